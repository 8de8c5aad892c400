"""The roll call: one grid with one save, all at once, one's own phone, who comes unannounced, who steps back."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import sign_in
from tests.kept import kept
from tests.story import Story
from yishi.database.reach import everything
from yishi.deliberation.models import Seat, Sitting, Stance, Statement
from yishi.deliberation.services import stances
from yishi.deliberation.services.roll import absent_invited, presence_arrive, presence_leave, roll_call, walk_in
from yishi.deliberation.services.room import here_that_count, room_number
from yishi.deliberation.services.seats import seat_recuse
from yishi.deliberation.services.sittings import sitting_open, sitting_plan
from yishi.deliberation.services.stances import room_floor
from yishi.kit.errors import NotAllowed, Refusal
from yishi.kit.ids import uuid7
from yishi.people.services import Newcomer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]
EVERYBODY = ("member", "convener", "village_head", "company_head", "handler")


@kept
def story(cast):
    """Seats are filled and a sitting is planned in an hour; nobody is here."""
    with everything():
        story = Story(cast).raise_worry().take_up().study_it().fill_seats()
        receipt = sitting_plan(
            actor=story.by("convener"),
            matter=story.matter,
            starts_at=timezone.now() + timedelta(hours=1),
            where="议事室",
        )
        story.sitting = Sitting.within.get(pk=receipt.result["sitting"])
        return story


def call(story, here=(), gone=(), **given):
    here, gone = ([story.seat(who) for who in people] for people in (here, gone))
    return roll_call(actor=story.by("convener"), sitting=story.sitting, here=here, gone=gone, **given)


def here(story):
    present = story.sitting.presences.filter(left_at__isnull=True)
    return {presence.seat.person.name for presence in present.select_related("seat__person")}


def names(story, *people):
    return {story.cast.people[who].name for who in people}


def opened(story):
    call(story, EVERYBODY)
    sitting_open(actor=story.by("convener"), sitting=story.sitting)
    story.sitting.refresh_from_db()
    return story


def refused_with(code, call):
    with pytest.raises(Refusal) as refusal:
        call()
    assert refusal.value.code == code


def test_it_works(story):
    receipt = call(story, EVERYBODY)
    assert receipt.result["arrived"] == 5 and here(story) == names(story, *EVERYBODY)
    assert here_that_count(story.sitting) == 5 and absent_invited(story.sitting) == []


def test_sent_again_it_counts_once(story):
    act_id = uuid7()
    for _twice in range(2):
        call(story, EVERYBODY[:3], act_id=act_id)
    assert story.sitting.presences.count() == 3


def test_a_grid_changes_only_what_somebody_changed_in_it(story, client):
    """Between the grid and its save somebody signed in by phone: they stay in."""
    call(story, ("member",))
    presence_arrive(actor=story.by("village_head"), sitting=story.sitting, seat=story.seat("village_head"))
    sign_in(client, story.cast, "convener")
    sent = {
        "act_id": str(uuid7()),
        "was_here": [str(story.seat("member").pk)],
        "here": [str(story.seat(who).pk) for who in ("member", "convener")],
    }
    assert client.post(reverse("room_roll", args=[story.sitting.pk]), sent).status_code == 302
    assert here(story) == names(story, "member", "convener", "village_head")


def test_before_it_opens_an_unticked_box_was_a_mistake_and_later_a_leaving(story):
    call(story, EVERYBODY)
    call(story, gone=("handler",))
    assert story.sitting.presences.count() == 4
    opened(story)
    call(story, gone=("handler",))
    last = story.sitting.presences.get(seat=story.seat("handler"))
    assert last.left_at is not None


def test_all_are_here_with_one_tap(story, client):
    sign_in(client, story.cast, "convener")
    client.post(reverse("room_roll", args=[story.sitting.pk]), {"act_id": str(uuid7()), "everybody": "1"})
    assert here(story) == names(story, *EVERYBODY)


def test_a_phone_signs_its_holder_in_and_nobody_else(story, client):
    sign_in(client, story.cast, "village_head")
    address = reverse("room_sign_in", args=[story.sitting.pk])
    answer = client.post(address, {"act_id": str(uuid7())}, headers={"Accept": "application/json"})
    assert answer.status_code == 200 and answer.json()["said"]
    presence = story.sitting.presences.get()
    assert (presence.seat, presence.by_self) == (story.seat("village_head"), True)
    with pytest.raises(NotAllowed):
        presence_arrive(actor=story.by("company_head"), sitting=story.sitting, seat=story.seat("handler"))


def test_a_phone_signs_in_on_the_day_only(story):
    Sitting.within.filter(pk=story.sitting.pk).update(starts_at=timezone.now() + timedelta(hours=3))
    arrive = {"sitting": story.sitting, "seat": story.seat("village_head")}
    refused_with("presence.early", lambda: presence_arrive(actor=story.by("village_head"), **arrive))
    presence_arrive(actor=story.by("convener"), **arrive)  # the desk sees who stands before it
    assert story.sitting.presences.get().by_self is False


def test_who_comes_unannounced_has_a_seat_and_is_here(story):
    opened(story)
    party = story.matter.parties.get(name="村民")
    receipt = walk_in(
        actor=story.by("convener"),
        sitting=story.sitting,
        person=Newcomer("群众甲"),
        role="party",
        party=party,
    )
    seat = Seat.objects.get(pk=receipt.result["seat"])
    assert (seat.party, seat.state) == (party, "accepted") and "群众甲" in here(story)
    stances.statement_add(actor=story.by("convener"), sitting=story.sitting, text="先通水", by_staff=True)
    stances.stance_take(actor=story.by("convener"), statement=Statement.objects.get(), seat=seat, value="agree")
    assert Stance.objects.get().seat == seat


def test_the_secretary_by_a_seat_lets_somebody_in(story, client):
    """The desk of the convener is not asked: whoever records the room does it."""
    opened(story)
    walk_in(actor=story.by("member"), sitting=story.sitting, person=Newcomer("旁听甲"), role="observer")
    assert "旁听甲" in here(story)
    with pytest.raises(NotAllowed):
        walk_in(actor=story.by("village_head"), sitting=story.sitting, person=Newcomer("旁听乙"), role="observer")


def test_who_leaves_early_says_why(story):
    opened(story)
    presence_leave(actor=story.by("convener"), sitting=story.sitting, seat=story.seat("handler"), reason="接孩子")
    assert story.sitting.presences.get(seat=story.seat("handler")).left_why == "接孩子"


def test_who_steps_back_is_out_of_the_room_and_what_they_said_counts_no_more(story):
    opened(story)
    stances.statement_add(actor=story.by("convener"), sitting=story.sitting, text="先通水", by_staff=True)
    statement, seat = Statement.objects.get(), story.seat("handler")
    stances.stance_take(actor=story.by("handler"), statement=statement, seat=seat, value="object")
    before = room_number(Sitting.within.get(pk=story.sitting.pk))
    seat_recuse(actor=story.by("convener"), seat=seat, reason="公司是亲戚开的")
    presence = story.sitting.presences.get(seat=seat)
    assert (presence.left_at is not None, presence.left_why) == (True, "公司是亲戚开的")
    assert room_floor(story.sitting)[0][1].total.object == 0
    assert room_number(Sitting.within.get(pk=story.sitting.pk)) > before
    again = {"statement": statement, "seat": Seat.objects.get(pk=seat.pk), "value": "agree"}
    refused_with("stance.seat", lambda: stances.stance_take(actor=story.by("convener"), **again))


def test_every_act_raises_the_number_of_the_room(story):
    numbers = [room_number(story.sitting)]

    def after(act):
        act()
        numbers.append(room_number(Sitting.within.get(pk=story.sitting.pk)))
        assert numbers[-1] > numbers[-2]

    convener = story.by("convener")
    after(lambda: call(story, EVERYBODY))
    after(lambda: sitting_open(actor=convener, sitting=story.sitting))
    after(lambda: stances.statement_add(actor=convener, sitting=story.sitting, text="先通水", by_staff=True))
    said = {"statement": Statement.objects.get(), "seat": story.seat("handler")}
    after(lambda: stances.stance_take(actor=story.by("handler"), value="agree", **said))
    after(lambda: stances.stance_take(actor=story.by("handler"), value="object", **said))  # said otherwise at once
    after(lambda: call(story, gone=("handler",)))


def test_a_stance_raises_no_row_that_others_raise(story):
    opened(story)
    stances.statement_add(actor=story.by("convener"), sitting=story.sitting, text="先通水", by_staff=True)
    before = Sitting.within.get(pk=story.sitting.pk)
    stances.stance_take(
        actor=story.by("handler"), statement=Statement.objects.get(), seat=story.seat("handler"), value="agree"
    )
    after = Sitting.within.get(pk=story.sitting.pk)
    assert (after.version, after.roll_version) == (before.version, before.roll_version)
