"""Whether a household was poor by the register on a day: what the record said, as it came to say it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yishi.assistance.register.models import Household
from yishi.assistance.register.services.standings import Span, spans_of

DAY = date(2021, 3, 1)
P, E, R = "poor", "exited", "returned"


def said(spans):
    return [(span.state, span.since.isoformat(), span.until and span.until.isoformat()) for span in spans]


def home(**values):
    return Household(**{"registered_on": DAY, **values})


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, []),
        ({"kind": "ordinary"}, []),
        ({"state": "poor"}, [(P, "2021-03-01", None)]),
        ({"state": "pending", "identified_year": 2014}, [(P, "2014-12-31", None)]),
        (
            {"state": "exited", "identified_year": 2014, "exited_year": 2017},
            [(P, "2014-12-31", "2017-12-30"), (E, "2017-12-31", None)],
        ),
        (
            {"kind": "exited_with_policy", "identified_year": 2014, "exited_year": 2017},
            [(P, "2014-12-31", "2017-12-30"), (E, "2017-12-31", None)],
        ),
        ({"exited_year": 2017}, [(E, "2017-12-31", None)]),  # when it became poor, nobody wrote down
        ({"state": "exited", "identified_year": 2016, "exited_year": 2016}, [(E, "2016-12-31", None)]),
        (
            {"state": "returned", "identified_year": 2014, "exited_year": 2017},
            [(P, "2014-12-31", "2017-12-30"), (E, "2017-12-31", "2021-02-28"), (R, "2021-03-01", None)],
        ),
        ({"state": "cancelled", "identified_year": 2014}, [(P, "2014-12-31", "2021-02-28")]),
        ({"identified_year": 2021, "state": "poor"}, [(P, "2021-03-01", None)]),  # its end is still to come
        ({"identified_year": 2014, "left_on": date(2019, 6, 1)}, [(P, "2014-12-31", "2019-05-31")]),
    ],
)
def test_what_a_record_says_when_it_comes(values, expected):
    assert said(spans_of(home(**values), DAY)) == expected


def followed(*steps):
    """The standings after `steps`, each what the record says then and on which day it came to say it."""
    record, spans = home(registered_on=date(2015, 5, 1)), []
    for day, values in steps:
        for name, value in values.items():
            setattr(record, name, value)
        spans = spans_of(record, day, spans)
    return said(spans)


def test_a_family_leaves_falls_back_and_leaves_again():
    steps = [
        (date(2015, 5, 1), {"state": "poor"}),
        (date(2018, 11, 20), {"state": "exited", "exited_year": 2018}),
        (date(2020, 2, 10), {"state": "returned"}),
        (date(2020, 10, 9), {"state": "exited"}),  # the year of the first exit still stands in the record
    ]
    assert followed(*steps) == [
        (P, "2015-05-01", "2018-11-19"),
        (E, "2018-11-20", "2020-02-09"),
        (R, "2020-02-10", "2020-10-08"),
        (E, "2020-10-09", None),
    ]


def test_an_exit_by_mistake_gives_way_and_a_corrected_year_moves_it():
    first = (date(2018, 12, 31), {"state": "exited", "identified_year": 2014, "exited_year": 2018})
    assert followed(first, (date(2019, 1, 8), {"state": "poor", "exited_year": None})) == [(P, "2014-12-31", None)]
    corrected = followed(first, (date(2019, 1, 8), {"exited_year": 2017}))
    assert corrected == [(P, "2014-12-31", "2017-12-30"), (E, "2017-12-31", None)]


def test_what_is_cancelled_stands_until_then_as_it_stood():
    exited = (date(2018, 6, 1), {"state": "exited"})
    assert followed(exited, (date(2019, 1, 8), {"state": "cancelled"}))[-1] == (E, "2018-06-01", "2019-01-07")


@pytest.mark.parametrize("state", ["poor", "exited", "returned", "cancelled"])
def test_the_same_record_said_again_changes_nothing(state):
    record = home(state=state, identified_year=2014, exited_year=None if state == "poor" else 2017)
    spans = spans_of(record, DAY)
    assert spans_of(record, DAY + timedelta(days=40), spans) == spans


def test_an_undone_change_takes_its_standing_back():
    record = home(registered_on=date(2015, 5, 1), state="poor")
    poor = spans_of(record, date(2015, 5, 1))
    record.state = "exited"
    left = spans_of(record, DAY, poor)
    record.state = "returned"
    back = spans_of(record, DAY + timedelta(days=5), left)
    record.state = "exited"
    assert spans_of(record, DAY + timedelta(days=9), back, takes_back=True) == left
    record.state = "poor"
    assert spans_of(record, DAY + timedelta(days=9), left, takes_back=True) == poor


YEARS = st.one_of(st.none(), st.integers(2013, 2021))
STATES = st.sampled_from(["", "poor", "pending", "exited", "returned", "cancelled"])
KINDS = st.sampled_from(["", "ordinary", "listed", "exited_with_policy"])
STEPS = st.lists(st.tuples(st.integers(0, 400), STATES, KINDS, YEARS, YEARS), min_size=1, max_size=8)


@given(STEPS)
def test_whatever_is_recorded_on_no_day_does_a_household_stand_twice(steps):
    record, spans, day = home(registered_on=date(2015, 5, 1)), [], date(2015, 5, 1)
    for later, state, kind, identified, exited in steps:
        day += timedelta(days=later)
        record.state, record.kind, record.identified_year, record.exited_year = state, kind, identified, exited
        spans = spans_of(record, day, spans)
        assert all(isinstance(span, Span) and span.since <= (span.until or date.max) for span in spans)
        for earlier, following in zip(spans, spans[1:], strict=False):
            assert earlier.until is not None and earlier.until < following.since
        assert all(span.since <= day for span in spans)
        if state in ("exited", "returned"):
            assert spans and spans[-1].state == state and spans[-1].until is None
        if state in ("poor", "pending"):
            assert spans and spans[-1].state in (P, R) and spans[-1].until is None
