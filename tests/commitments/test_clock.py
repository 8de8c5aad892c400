"""Blue, yellow, red; reminder, letter, next tier: each once."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from yishi.cli import tick
from yishi.commitments import reads, services
from yishi.commitments.clocks import Colour, colour, yellow_from
from yishi.commitments.models import Commitment
from yishi.commitments.services import clock
from yishi.journal.models import Entry
from yishi.kit.clock import add_workdays
from yishi.kit.errors import Refusal, WrongStage
from yishi.notices.models import Notice
from yishi.organisations.models import Body, Post

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
        (add_workdays(due, 6), {"reminder": 0, "letter": 0, "next_tier": 1}),
        (add_workdays(due, 9), {"reminder": 0, "letter": 0, "next_tier": 0}),
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


def test_a_duty_of_three_years_is_reminded_of_in_its_last_fifth(promise):
    commitment = promise(due_in=3 * 365)
    begins = yellow_from(commitment.in_force_on, commitment.due_on)
    assert pressed(begins - timedelta(days=1))["reminder"] == 0
    assert pressed(begins)["reminder"] == 1


def test_what_was_handed_over_in_the_past_has_no_clock(cast, promise):
    day = timezone.localdate() - timedelta(days=40)
    commitment = promise(in_force=False, agreed_on=day, due_on=day + timedelta(days=20))
    services.commitment_hand_over(actor=cast.viewer("clerk"), commitment=commitment, on=day)
    commitment.refresh_from_db()
    assert commitment.backfilled and colour(commitment, timezone.localdate()) == Colour.NONE
    assert set(services.clocks_run().values()) == {0}


def test_what_was_signed_yesterday_and_is_handed_over_today_is_pressed_for(cast, promise):
    commitment = promise(in_force=False, agreed_on=timezone.localdate() - timedelta(days=1))
    services.commitment_hand_over(actor=cast.viewer("clerk"), commitment=commitment)
    commitment.refresh_from_db()
    assert not commitment.backfilled and colour(commitment, timezone.localdate()) == Colour.BLUE


@pytest.mark.parametrize("day", [-40, -2, 0, 1, 20, 23, 24, 26, 27, 29, 30, 31, 60])
def test_the_ledgers_colour_filter_says_what_the_clock_says(cast, promise, proved, day):
    today = timezone.localdate() + timedelta(days=day)
    late = proved()
    Commitment.objects.filter(pk=late.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    promise(due_in=30), promise(due_in=3), promise(in_force=False), promise(due_in=200)
    rows = Commitment.objects.all()
    for shade in (Colour.BLUE, Colour.YELLOW, Colour.RED):
        found = set(reads.of_colour(rows, shade, today))
        assert found == {one for one in rows if colour(one, today) == shade}, shade


def test_the_clock_asks_the_supervisor_to_strike_off_when_the_time_for_verdicts_is_over(cast, checked):
    commitment = checked()
    assert services.clocks_run(commitment.verdict_due_on)["strike_off"] == 0
    after = commitment.verdict_due_on + timedelta(days=1)
    assert [services.clocks_run(after)["strike_off"] for _twice in range(2)] == [1, 0]
    entry = Entry.objects.get(code="commitments.strike_off.ask")
    assert (entry.right_kind, entry.data["unanswered"]) == ("system", 1)
    assert Notice.objects.filter(code="commitment.strike_off_due", body_id=commitment.supervisor_id).count() == 1


def test_the_clock_asks_at_once_when_all_have_judged(cast, checked):
    commitment = checked()
    services.verdict_give(actor=cast.viewer("villager"), commitment=commitment, value="satisfied")
    assert services.clocks_run()["strike_off"] == 1


def test_the_look_back_is_due_from_the_thirtieth_day_and_asked_for_once(cast, checked):
    commitment = checked(judges=())
    services.commitment_strike_off(actor=cast.viewer("clerk"), commitment=commitment)
    day = timezone.localdate()
    assert services.clocks_run(day + timedelta(days=29))["recheck"] == 0
    assert services.clocks_run(day + timedelta(days=30))["recheck"] == 1
    assert services.clocks_run(day + timedelta(days=31))["recheck"] == 0


def test_where_no_office_stands_above_the_letter_stays_the_last_word(cast, promise):
    Post.objects.filter(body__in=[cast.bodies["prefecture_office"], cast.bodies["province_office"]]).delete()
    Body.objects.filter(pk__in=[cast.bodies["prefecture_office"].pk, cast.bodies["province_office"].pk]).delete()
    commitment = promise()
    much_later = commitment.due_on + timedelta(days=60)
    assert pressed(much_later)["letter"] == 1
    assert pressed(much_later) == {"reminder": 0, "letter": 0, "next_tier": 0}
    with pytest.raises(Refusal):
        services.next_tier_pass(actor=cast.viewer("clerk"), commitment=commitment)


def test_one_promise_that_cannot_be_pressed_stops_no_other(cast, promise, monkeypatch):
    broken, sound = promise(), promise()
    tend = clock._tend

    def breaks(commitment, day):
        if commitment.pk == broken.pk:
            raise RuntimeError
        return tend(commitment, day)

    monkeypatch.setattr(clock, "_tend", breaks)
    assert pressed(sound.due_on)["reminder"] == 1


def test_the_command_line_runs_the_clock_and_says_what_it_did(cast, promise, capsys):
    commitment = promise()
    assert tick.run([commitment.due_on.isoformat()]) == 0
    assert "reminder     1" in capsys.readouterr().out
    assert tick.run(["tomorrow"]) == 2
