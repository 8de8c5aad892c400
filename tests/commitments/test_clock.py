"""Blue, yellow, red; reminder, letter, next tier: each once."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from yishi.commitments import services
from yishi.commitments.clocks import Colour, colour, yellow_from
from yishi.commitments.models import Commitment
from yishi.kit.clock import add_workdays
from yishi.kit.errors import WrongStage

pytestmark = pytest.mark.django_db


def test_yellow_begins_with_the_last_fifth_of_a_long_duty():
    assert yellow_from(date(2026, 1, 1), date(2026, 4, 11)) == date(2026, 3, 22)  # 100 days: 20 before


def test_yellow_begins_three_working_days_before_a_short_one():
    # due on Monday 12 January: three working days before is Wednesday the 7th, a fifth would be the 10th
    assert yellow_from(date(2026, 1, 2), date(2026, 1, 12)) == date(2026, 1, 7)


def test_the_spring_festival_does_not_count_as_working_days():
    # 15 to 23 February 2026 is off, 14 February is a make-up working day
    assert yellow_from(date(2026, 2, 10), date(2026, 2, 24)) == date(2026, 2, 12)


@pytest.mark.parametrize(
    ("days_before", "expected"), [(15, Colour.BLUE), (4, Colour.YELLOW), (0, Colour.YELLOW), (-1, Colour.RED)]
)
def test_the_colour_on_a_day(promise, days_before, expected):
    commitment = promise()
    assert colour(commitment, commitment.due_on - timedelta(days=days_before)) == expected


def test_proof_in_time_stops_the_bearers_clock(proved):
    commitment = proved()
    assert colour(commitment, commitment.due_on + timedelta(days=30)) == Colour.BLUE


def test_what_is_settled_has_no_colour(cast, promise):
    commitment = promise()
    services.commitment_close_undone(actor=cast.viewer("clerk"), commitment=commitment, reason="撤销")
    commitment.refresh_from_db()
    assert colour(commitment, timezone.localdate()) == Colour.NONE


def pressed(day):
    done = services.clocks_run(day)
    return {name: done[name] for name in ("reminder", "letter", "next_tier")}


def test_the_daily_clock_reminds_writes_and_passes_on_each_once(cast, promise):
    commitment = promise()
    due = commitment.due_on
    assert pressed(due - timedelta(days=25)) == {"reminder": 0, "letter": 0, "next_tier": 0}
    for day, expected in [
        (due, {"reminder": 1, "letter": 0, "next_tier": 0}),
        (due, {"reminder": 0, "letter": 0, "next_tier": 0}),
        (due + timedelta(days=1), {"reminder": 0, "letter": 1, "next_tier": 0}),
        (due + timedelta(days=1), {"reminder": 0, "letter": 0, "next_tier": 0}),
        (add_workdays(due, 6).day, {"reminder": 0, "letter": 0, "next_tier": 1}),
        (add_workdays(due, 9).day, {"reminder": 0, "letter": 0, "next_tier": 0}),
    ]:
        assert pressed(day) == expected
    commitment.refresh_from_db()
    assert commitment.escalated_to == cast.bodies["prefecture_office"]
    assert commitment.events.get(kind="letter").number.startswith("督办-")


def test_the_next_tier_sees_the_file_from_then_on(cast, promise):
    commitment = promise()
    with pytest.raises(WrongStage):
        services.letter_send(actor=cast.viewer("clerk"), commitment=commitment, text="请办")
        services.letter_send(actor=cast.viewer("second_clerk"), commitment=commitment, text="请办")
    services.next_tier_pass(actor=cast.viewer("clerk"), commitment=commitment)
    assert Commitment.objects.get(pk=commitment.pk).escalated_to == cast.bodies["prefecture_office"]
