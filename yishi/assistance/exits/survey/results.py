"""What an assessment comes to: rates of each stratum and of the whole, the lines of the rules, the three zeros."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from .draw import Stratum
from .frame import EXITED, UNLISTED
from .pack import Rules
from .rates import Answer, rate_of, rates_by_stratum, whole_of

DONE, AWAY, REFUSED = "done", "away", "refused"
MEASURED = {"wrong": EXITED, "missed": UNLISTED}


@dataclass(frozen=True, slots=True)
class Visited:
    """A drawn household as it stands: `outcome` is "" where nobody has been there, and where a paper `is_entered` whose
    answers do not stand yet."""

    stratum: str
    kind: str
    village: str
    outcome: str
    people: int
    concerned: int  # people of an upheld wrong exit or missed household
    approves: bool | None
    is_entered: bool = False


@dataclass(frozen=True, slots=True)
class Register:
    """What the incidence is reckoned from; `rural` is None where no paper states the rural people."""

    poor: int
    exited: int  # people of the frame
    listed: int  # people of all listed households, poor or not
    rural: int | None


def results_of(
    rules: Rules,
    strata: Mapping[str, Stratum],
    visited: Sequence[Visited],
    suspicions: Iterable[str],
    register: Register,
) -> dict[str, Any]:
    """All figures of an assessment, as plain values. `suspicions`: the state of each that stands."""
    states = list(suspicions)
    known = dict(strata)
    measures = {name: _measure(known, visited, kind) for name, kind in MEASURED.items()}
    measures["approval"] = _approval(known, visited)
    incidence = _incidence(measures, register)
    shares = {
        "wrong": measures["wrong"]["people_share"],
        "missed": measures["missed"]["people_share"],
        "approval": measures["approval"]["share"],
        "incidence": incidence["share"],
    }
    answered = sum(each.outcome == DONE for each in visited)
    return {
        "drawn": len(visited),
        "answered": answered,
        "away": sum(each.outcome == AWAY for each in visited),
        "refused": sum(each.outcome == REFUSED for each in visited),
        "unvisited": sum(not each.outcome and not each.is_entered for each in visited),
        "papers": sum(not each.outcome and each.is_entered for each in visited),
        "villages": len({each.village for each in visited if each.outcome == DONE}),
        "strata": [_stratum(known[name], visited) for name in sorted(known) if known[name].drawn],
        "measures": measures,
        "incidence": incidence,
        "lines": {
            name: {
                "value": str(line.value),
                "is_least": line.is_least,
                "share": shares[name],
                "holds": None if shares[name] is None else line.holds(shares[name]),
            }
            for name, line in rules.lines.items()
        },
        "suspicions": {state: states.count(state) for state in sorted(set(states))},
        "zeros": _zeros(rules, measures, visited, states),
    }


def _stratum(stratum: Stratum, visited: Sequence[Visited]) -> dict[str, Any]:
    here = [each for each in visited if each.stratum == stratum.name]
    answered = [each for each in here if each.outcome == DONE]
    rate = rate_of(sum(each.concerned > 0 for each in answered), len(answered))
    return {
        **asdict(stratum),
        "answered": len(answered),
        "hits": rate.hits,
        "share": rate.share,
        "low": rate.low,
        "high": rate.high,
        "people": sum(each.people for each in answered),
        "concerned": sum(each.concerned for each in answered),
    }


def _measure(strata: dict[str, Stratum], visited: Sequence[Visited], kind: str) -> dict[str, Any]:
    """Of the households of a kind that answered: as sampled, by people and by households, and weighted."""
    here = [each for each in visited if each.kind == kind and each.outcome == DONE]
    answers = [Answer(each.stratum, each.people, each.concerned, each.concerned > 0) for each in here]
    return _told(strata, answers)


def _told(strata: dict[str, Stratum], answers: list[Answer]) -> dict[str, Any]:
    rate = rate_of(sum(answer.is_hit for answer in answers), len(answers))
    people, concerned = sum(answer.people for answer in answers), sum(answer.concerned for answer in answers)
    whole = whole_of(strata, answers)
    return {
        "hits": rate.hits,
        "sample": rate.sample,
        "share": rate.share,
        "low": rate.low,
        "high": rate.high,
        "people": people,
        "concerned": concerned,
        "people_share": concerned / people if people else None,
        "whole": asdict(whole),
        "strata": {name: [each.hits, each.sample] for name, each in rates_by_stratum(answers).items()},
    }


def _approval(strata: dict[str, Stratum], visited: Sequence[Visited]) -> dict[str, Any]:
    asked = [each for each in visited if each.outcome == DONE and each.approves is not None]
    return _told(strata, [Answer(each.stratum, 1, int(bool(each.approves)), bool(each.approves)) for each in asked])


def _incidence(measures: Mapping[str, Any], register: Register) -> dict[str, Any]:
    """(poor + estimated wrong exits + estimated missed) ÷ rural people; None where something of it is not known."""
    wrong, missed = (measures[name]["whole"]["people_share"] for name in ("wrong", "missed"))
    estimated_wrong = None if wrong is None else wrong * register.exited
    unlisted = None if register.rural is None else max(0, register.rural - register.listed)
    estimated_missed = None if missed is None or unlisted is None else missed * unlisted
    share = None
    if register.rural and estimated_wrong is not None and estimated_missed is not None:
        share = (register.poor + estimated_wrong + estimated_missed) / register.rural
    return {
        "poor": register.poor,
        "wrong": estimated_wrong,
        "missed": estimated_missed,
        "rural": register.rural,
        "share": share,
    }


def _zeros(
    rules: Rules, measures: Mapping[str, Any], visited: Sequence[Visited], states: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Of each zero whether it was earned, and by which sample: nobody is missing from the sample unseen, enough of the
    drawn households answered, every suspicion is ruled. What nobody was asked for is earned by nothing."""
    enough = _answered(visited, rules) and all(state in ("upheld", "dismissed") for state in states)
    zeros: dict[str, dict[str, Any]] = {}
    for name, kind in MEASURED.items():
        measure = measures[name]
        here = [each for each in visited if each.kind == kind]
        is_earned = enough and _answered(here, rules) and measure["sample"] > 0 and measure["hits"] == 0
        zeros[name] = {"is_earned": is_earned, "sample": measure["sample"], "high": measure["high"]}
    answered = sum(each.outcome == DONE for each in visited)
    high = rate_of(0, answered).high
    zeros["counter"] = {"is_earned": enough and answered > 0 and not states, "sample": answered, "high": high}
    return zeros


def _answered(visited: Sequence[Visited], rules: Rules) -> bool:
    answered = sum(each.outcome == DONE for each in visited)
    return bool(visited) and all(each.outcome for each in visited) and answered * 100 >= rules.answered * len(visited)
