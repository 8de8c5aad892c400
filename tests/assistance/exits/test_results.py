"""What an assessment comes to, reckoned by hand from households that are made up: no database."""

import pytest

from yishi.assistance.exits.survey.draw import Stratum
from yishi.assistance.exits.survey.frame import EXITED, UNLISTED
from yishi.assistance.exits.survey.pack import PackError, questionnaire_read, rules_read, rules_versions
from yishi.assistance.exits.survey.results import AWAY, DONE, REFUSED, Register, Visited, results_of

pytestmark = pytest.mark.once
RULES = rules_read("2018-west")
STRATA = {
    "甲乡/exited": Stratum("甲乡/exited", villages=4, drawn_villages=2, households=40, drawn=10),
    "甲乡/unlisted": Stratum("甲乡/unlisted", villages=4, drawn_villages=2, households=100, drawn=10),
}
REGISTER = Register(poor=30, exited=400, listed=500, rural=2_500)


def visited(kind=EXITED, outcome=DONE, concerned=0, approves=True, **more):
    return Visited(f"甲乡/{kind}", kind, "甲村", outcome, 4, concerned, approves, **more)


def sample(wrong=0, missed=0, away=0):
    """Ten households of each kind, of four people each."""
    exited = [visited(concerned=4 if number < wrong else 0, approves=number != 9) for number in range(10)]
    unlisted = [visited(UNLISTED, concerned=4 if number < missed else 0, approves=None) for number in range(10)]
    return [*exited[: 10 - away], *(visited(outcome=AWAY) for _each in range(away)), *unlisted]


def results(households, suspicions=(), register=REGISTER):
    return results_of(RULES, STRATA, households, suspicions, register)


def test_it_works():
    told = results(sample(wrong=1, missed=2), ["upheld", "dismissed", "upheld"])
    assert (told["drawn"], told["answered"], told["villages"]) == (20, 20, 1)
    assert told["suspicions"] == {"dismissed": 1, "upheld": 2}
    assert told["measures"]["wrong"]["people_share"] == 4 / 40
    assert told["measures"]["missed"]["share"] == 2 / 10
    assert told["measures"]["approval"]["share"] == 9 / 10
    assert told["incidence"]["wrong"] == pytest.approx(0.1 * 400)
    assert told["incidence"]["missed"] == pytest.approx(0.2 * 2_000)
    assert told["incidence"]["share"] == pytest.approx((30 + 40 + 400) / 2_500)
    holds = {name: line["holds"] for name, line in told["lines"].items()}
    assert holds == {"incidence": False, "wrong": False, "missed": False, "approval": True}
    (exited, unlisted) = told["strata"]
    assert (exited["hits"], exited["answered"], exited["people"], exited["concerned"]) == (1, 10, 40, 4)
    assert (unlisted["hits"], unlisted["share"]) == (2, 0.2)


def test_the_three_zeros_are_earned_by_a_sample_alone():
    zeros = results(sample())["zeros"]
    assert all(zero["is_earned"] for zero in zeros.values())
    assert (zeros["wrong"]["sample"], zeros["counter"]["sample"]) == (10, 20)
    assert 0 < zeros["counter"]["high"] < zeros["wrong"]["high"]  # more households, a narrower bound
    one_wrong = results(sample(wrong=1), ["upheld"])["zeros"]
    assert {name for name, zero in one_wrong.items() if zero["is_earned"]} == {"missed"}
    waits = results(sample(), ["open"])["zeros"]
    assert not any(zero["is_earned"] for zero in waits.values())
    too_few = results(sample(away=3))["zeros"]
    assert not any(zero["is_earned"] for zero in too_few.values())


def test_who_was_not_met_stands_apart_and_what_is_not_known_is_not_said():
    households = [visited(outcome=REFUSED), visited(outcome=""), visited(outcome="", is_entered=True)]
    told = results(households, register=Register(poor=30, exited=400, listed=500, rural=None))
    assert (told["refused"], told["unvisited"], told["papers"], told["answered"]) == (1, 1, 1, 0)
    assert told["measures"]["wrong"]["people_share"] is None
    assert told["incidence"] == {"poor": 30, "wrong": None, "missed": None, "rural": None, "share": None}
    assert {line["holds"] for line in told["lines"].values()} == {None}


def test_a_version_that_is_not_shipped_is_named():
    assert "2018-west" in rules_versions()
    for read in (rules_read, questionnaire_read):
        with pytest.raises(PackError, match="there is no version 1999"):
            read("1999")
