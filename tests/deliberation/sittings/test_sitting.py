"""A sitting: planned, noticed in working days, opened with quorum and a neutral chair, with arrivals and leavings."""

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from tests.kept import kept
from tests.story import Story
from yishi.deliberation.models import Minutes, Seat, Sitting
from yishi.deliberation.services.minutes import minutes_due, minutes_issue, minutes_write
from yishi.deliberation.services.roll import presence_arrive, presence_leave
from yishi.deliberation.services.room import quorum_of, room_number
from yishi.deliberation.services.seats import interests_declare, seat_fill
from yishi.deliberation.services.sittings import (
    papers_send,
    sitting_cancel,
    sitting_change,
    sitting_close,
    sitting_notice,
    sitting_open,
    sitting_plan,
)
from yishi.kit.clock import add_workdays
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.notices.models import Notice
from yishi.people.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]
EVERYBODY = ("member", "convener", "village_head", "company_head", "handler")


@kept
def story(cast):
    return Story(cast).raise_worry().take_up("five_links").study_it().fill_seats()


def on(day, hour=9):
    return timezone.make_aware(datetime.combine(day, time(hour)))


def workdays_ahead(count):
    return on(add_workdays(timezone.localdate(), count))


def plan(story, starts_at=None, **given):
    given = {"where": "牟尼村议事室", **given}
    starts_at = starts_at or workdays_ahead(20)
    receipt = sitting_plan(actor=story.by("convener"), matter=story.matter, starts_at=starts_at, **given)
    story.sitting = Sitting.within.get(pk=receipt.result["sitting"])
    return story.sitting


def arrive(story, *people, **given):
    for who in people:
        presence_arrive(actor=story.by("convener"), sitting=story.sitting, seat=story.seat(who), **given)


def refused_with(code, act):
    with pytest.raises(Refusal) as refused:
        act()
    assert refused.value.code == code
    return refused.value


def opened(story, *people):
    plan(story)
    arrive(story, *(people or EVERYBODY))
    sitting_open(actor=story.by("convener"), sitting=story.sitting)
    story.sitting.refresh_from_db()
    return story.sitting


def test_it_works(story):
    sitting = plan(story)
    sitting_notice(actor=story.by("convener"), sitting=sitting)
    papers_send(actor=story.by("convener"), sitting=sitting)
    arrive(story, *EVERYBODY)
    sitting_open(actor=story.by("convener"), sitting=sitting)
    sitting_close(actor=story.by("member"), sitting=sitting)  # the chair closes it by the seat
    sitting.refresh_from_db()
    assert (sitting.state, sitting.present_at_opening, sitting.quorum) == ("closed", 5, 3)
    assert sitting.notice_given_on == sitting.papers_sent_on == timezone.localdate()


@pytest.mark.parametrize(("ahead", "in_time"), [(15, True), (14, False)])
def test_notice_counts_working_days(story, ahead, in_time):
    sitting = plan(story, workdays_ahead(ahead))

    def give(reason=""):
        sitting_notice(actor=story.by("convener"), sitting=sitting, short_notice_reason=reason)

    if not in_time:
        said = refused_with("sitting.short_notice", give)
        assert said.field == "short_notice_reason" and "14" in str(said) and "15" in str(said)
        give("水渠要在汛前修好")
    else:
        give()
    sitting.refresh_from_db()
    assert sitting.state == "noticed"


def test_papers_have_their_own_clock(story):
    sitting = plan(story, workdays_ahead(9))
    refused_with("sitting.short_papers", lambda: papers_send(actor=story.by("convener"), sitting=sitting))
    papers_send(actor=story.by("convener"), sitting=sitting, short_notice_reason="事急")


def test_forms_4_the_reason_of_short_notice_stands_beside_that_of_late_papers(story):
    sitting = plan(story, workdays_ahead(9))
    for act, reason in ((sitting_notice, "水渠要在汛前修好"), (papers_send, "材料刚到"), (papers_send, "材料刚到")):
        act(actor=story.by("convener"), sitting=sitting, short_notice_reason=reason)
    sitting.refresh_from_db()
    assert sitting.short_notice_reason == "水渠要在汛前修好；材料刚到"


def test_everybody_who_holds_a_seat_has_notice_once_and_hears_of_another_day(story):
    sitting = plan(story)
    sitting_notice(actor=story.by("convener"), sitting=sitting)
    assert Notice.objects.filter(code="sitting.notice").count() == len(EVERYBODY)
    with pytest.raises(WrongStage):
        sitting_notice(actor=story.by("clerk"), sitting=sitting)
    given = {"sitting": sitting, "where": "村小学", "agenda": "一、通报"}
    sitting_change(actor=story.by("convener"), starts_at=sitting.starts_at + timedelta(days=7), **given)
    assert Notice.objects.filter(code="sitting.moved").count() == len(EVERYBODY)
    sitting_cancel(actor=story.by("convener"), sitting=sitting, reason="大雪封路")
    assert Notice.objects.filter(code="sitting.cancelled").count() == len(EVERYBODY)
    sitting.refresh_from_db()
    assert (sitting.state, sitting.cancel_reason) == ("cancelled", "大雪封路")


def test_one_sitting_at_a_time_and_a_cancelled_one_makes_room(story):
    first = plan(story)
    refused_with("sitting.planned", lambda: plan(story))
    sitting_cancel(actor=story.by("convener"), sitting=first, reason="改期")
    assert plan(story).ordinal == 2


def test_it_takes_place_somewhere(story):
    refused_with("sitting.where", lambda: plan(story, where=" "))
    sitting = plan(story)
    refused_with(
        "sitting.where",
        lambda: sitting_change(actor=story.by("convener"), sitting=sitting, starts_at=sitting.starts_at),
    )


def test_too_few_open_nothing_and_the_message_says_how_many(story):
    plan(story)
    arrive(story, "member", "convener")
    said = refused_with("sitting.quorum", lambda: sitting_open(actor=story.by("convener"), sitting=story.sitting))
    assert "2" in str(said) and "3" in str(said)
    arrive(story, "village_head")
    sitting_open(actor=story.by("convener"), sitting=story.sitting)


def test_the_quorum_follows_the_seats_held_at_the_opening_and_observers_do_not_count(story):
    sitting = plan(story)
    seat = story.seat("handler")
    Seat.objects.filter(pk=seat.pk).update(role="observer")
    arrive(story, "member", "handler")
    refused_with("sitting.quorum", lambda: sitting_open(actor=story.by("convener"), sitting=sitting))
    by_hand = Sitting.within.filter(pk=sitting.pk)
    by_hand.update(quorum=1, quorum_by_hand=True)
    sitting_open(actor=story.by("convener"), sitting=sitting)
    assert by_hand.get().present_at_opening == 1


def test_without_its_chair_or_under_one_that_is_not_neutral_nothing_opens(story):
    plan(story)
    arrive(story, "convener", "village_head", "company_head")
    refused_with("sitting.no_chair", lambda: sitting_open(actor=story.by("convener"), sitting=story.sitting))
    Seat.objects.filter(pk=story.seat("member").pk).update(interests_declared_at=None)
    arrive(story, "member")
    refused_with("sitting.chair_not_neutral", lambda: sitting_open(actor=story.by("convener"), sitting=story.sitting))
    interests_declare(actor=story.by("member"), seat=story.seat("member"), interests="无")
    sitting_open(actor=story.by("convener"), sitting=story.sitting)


def test_who_leaves_and_comes_back_has_two_lines(story):
    sitting = opened(story)
    seat = story.seat("handler")
    presence_leave(actor=story.by("convener"), sitting=sitting, seat=seat)
    refused_with("presence.gone", lambda: presence_leave(actor=story.by("convener"), sitting=sitting, seat=seat))
    arrive(story, "handler")
    refused_with("presence.here", lambda: arrive(story, "handler"))
    sitting_close(actor=story.by("convener"), sitting=sitting)
    stays = sitting.presences.filter(seat=seat).order_by("arrived_at")
    assert stays.count() == 2 and all(stay.left_at for stay in stays)
    refused_with("sitting.over", lambda: arrive(story, "handler"))


def test_nobody_arrives_tomorrow_or_leaves_before_they_came(story):
    plan(story)
    refused_with("sitting.future", lambda: arrive(story, "member", at=timezone.now() + timedelta(hours=1)))
    arrive(story, "member")
    early = timezone.now() - timedelta(hours=1)
    refused_with(
        "presence.before",
        lambda: presence_leave(actor=story.by("convener"), sitting=story.sitting, seat=story.seat("member"), at=early),
    )


def test_a_foreign_seat_is_not_in_the_room(story, cast):
    plan(story)
    other = Story(cast).raise_worry().take_up().fill_seats()
    refused_with(
        "presence.seat",
        lambda: presence_arrive(actor=story.by("convener"), sitting=story.sitting, seat=other.seat("handler")),
    )


def test_a_sitting_of_last_year_is_recorded_and_starts_no_clock(story):
    past = timezone.now() - timedelta(days=300)
    sitting = plan(story, past)
    assert sitting.backfilled
    sitting_notice(actor=story.by("convener"), sitting=sitting)
    assert not Notice.objects.filter(code="sitting.notice").exists()
    arrive(story, *EVERYBODY, at=past)
    sitting_open(actor=story.by("convener"), sitting=sitting, at=past)
    sitting_close(actor=story.by("convener"), sitting=sitting, at=past + timedelta(hours=2))
    sitting.refresh_from_db()
    assert sitting.opened_at == past and minutes_due(sitting) is None


def test_every_change_raises_the_number_that_screens_ask_for(story):
    sitting = plan(story)
    seen = [room_number(sitting)]
    for act in (
        lambda: arrive(story, *EVERYBODY),
        lambda: sitting_open(actor=story.by("convener"), sitting=sitting),
        lambda: sitting_close(actor=story.by("convener"), sitting=sitting),
    ):
        act()
        sitting.refresh_from_db()
        assert room_number(sitting) > seen[-1]
        seen.append(room_number(sitting))


@pytest.mark.parametrize("who", ["outsider", "handler", "village_head", "neighbour"])
def test_who_does_not_run_the_matter_runs_no_sitting(story, who):
    plan(story)
    for act in (
        lambda: sitting_notice(actor=story.by(who), sitting=story.sitting),
        lambda: sitting_open(actor=story.by(who), sitting=story.sitting),
        lambda: presence_arrive(actor=story.by(who), sitting=story.sitting, seat=story.seat("member")),
    ):
        with pytest.raises(NotAllowed):
            act()


# Minutes


def test_minutes_are_due_seven_working_days_after_and_stand_when_issued(story):
    sitting = opened(story)
    refused_with(
        "sitting.minute.state", lambda: minutes_write(actor=story.by("convener"), sitting=sitting, text="议了")
    )
    sitting_close(actor=story.by("convener"), sitting=sitting)
    sitting.refresh_from_db()
    refused_with("text.empty", lambda: minutes_write(actor=story.by("convener"), sitting=sitting, text=" "))
    receipt = minutes_write(actor=story.by("convener"), sitting=sitting, text="议了租金")
    minutes = Minutes.objects.get(pk=receipt.result["minutes"])
    assert minutes.due_on == add_workdays(timezone.localdate(), 7)
    assert minutes.number == f"{story.matter.number}-纪要-1"
    minutes_write(actor=story.by("clerk"), sitting=sitting, text="议了租金和水费")
    minutes_issue(actor=story.by("convener"), minutes=minutes, unheard="外出，联系不上")
    minutes.refresh_from_db()
    assert minutes.text == "议了租金和水费" and minutes.issued_at
    assert Notice.objects.filter(code="minutes.issued").count() == len(EVERYBODY)
    refused_with("minutes.issued", lambda: minutes_issue(actor=story.by("clerk"), minutes=minutes))
    refused_with("minutes.issued", lambda: minutes_write(actor=story.by("clerk"), sitting=sitting, text="改"))


def test_records_14_the_times_of_a_sitting_recorded_afterwards_are_its_own(story, client):
    past = (timezone.now() - timedelta(days=30)).replace(second=0, microsecond=0)
    sitting = plan(story, past)
    client.force_login(story.cast.people["convener"].account)
    client.post(f"/desk/sittings/{sitting.pk}/room/roll/", {"everybody": "1"})
    client.post(f"/desk/sittings/{sitting.pk}/room/open/")
    closing = f"/desk/sittings/{sitting.pk}/room/close/"
    assert client.post(closing, {"at": ""}).status_code == 422
    before, after = (timezone.localtime(past + timedelta(hours=hours)) for hours in (-1, 3))
    assert client.post(closing, {"at": f"{before:%Y-%m-%dT%H:%M}"}).status_code == 422
    assert client.post(closing, {"at": f"{after:%Y-%m-%dT%H:%M}"}).status_code == 302
    assert set(sitting.presences.values_list("arrived_at", "left_at")) == {(past, past + timedelta(hours=3))}


def test_records_14_observers_do_not_raise_the_quorum(story):
    before = quorum_of(story.matter)
    for number in range(6):
        person = Person.objects.create(name=f"旁听{number}")
        given = {"role": "observer", "filled_by": "invitation", "accepted": True}
        seat_fill(actor=story.by("convener"), matter=story.matter, person=person, **given)
    assert Seat.objects.filter(matter=story.matter, role="observer", state="accepted").count() == 6
    assert quorum_of(story.matter) == before
