"""Agenda, queue and the figures of fairness: counted by hand and by the one function alike."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import sign_in
from tests.kept import kept
from tests.story import Story
from yishi.database.reach import everything
from yishi.deliberation.models import AgendaItem, AgendaSpan, Sitting, Turn
from yishi.deliberation.services.fairness import fairness_of
from yishi.deliberation.services.roll import presence_leave, roll_call
from yishi.deliberation.services.sittings import sitting_close, sitting_recess
from yishi.deliberation.services.speaking import (
    agenda_item_add,
    agenda_item_begin,
    agenda_item_drop,
    agenda_item_note,
    queue_of,
    speaking,
    titles_of,
    turn_ask,
    turn_begin,
    turn_drop,
    turn_end,
    turn_limit,
)
from yishi.kit.errors import NotAllowed, Refusal
from yishi.kit.ids import uuid7

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]


@kept
def story(cast):
    """A sitting that is open since an hour."""
    with everything():
        story = Story(cast).raise_worry().take_up().study_it().fill_seats().sit()
        Sitting.within.filter(pk=story.sitting.pk).update(opened_at=timezone.now() - timedelta(hours=1))
        return story


def ask(story, who, by="convener"):
    receipt = turn_ask(actor=story.by(by), sitting=story.sitting, seat=story.seat(who))
    return Turn.objects.get(pk=receipt.result["turn"])


def speak(story, who, seconds):
    """Somebody speaks for so long, counted back from now."""
    turn, now = ask(story, who), timezone.now()
    turn_begin(actor=story.by("convener"), turn=turn, at=now - timedelta(seconds=seconds))
    turn_end(actor=story.by("convener"), turn=turn, at=now)
    return turn


def refused_with(code, call):
    with pytest.raises(Refusal) as refusal:
        call()
    assert refusal.value.code == code


def test_it_works(story):
    """Items stand as the agenda names them; one is before the room, and taken up again it goes on."""
    assert [item.title for item in story.sitting.items.all()] == ["通报", "协商"]
    first, second = story.sitting.items.all()
    for item in (first, second, first):
        agenda_item_begin(actor=story.by("convener"), item=item)
    assert AgendaSpan.objects.filter(item=first).count() == 2
    assert [span.item for span in AgendaSpan.objects.filter(ended_at=None)] == [first]
    refused_with("agenda.current", lambda: agenda_item_begin(actor=story.by("convener"), item=first))
    agenda_item_note(actor=story.by("convener"), item=first, notes="公司通报了账目")
    assert AgendaItem.objects.get(pk=first.pk).notes == "公司通报了账目"


@pytest.mark.parametrize(
    ("agenda", "titles"),
    [
        ("1. 通报情况。2. 提问。3. 答复。", ["通报情况", "提问", "答复"]),
        ("一、通报；二、协商", ["通报", "协商"]),
        ("通报\n提问", ["通报", "提问"]),
        ("", ["通报情况", "提问和答复", "各方发言", "逐条表态"]),
    ],
)
def test_an_agenda_names_its_items(agenda, titles):
    assert titles_of(agenda) == titles


def test_who_has_not_spoken_yet_is_first_in_the_queue(story):
    speak(story, "company_head", 60)
    asked = [ask(story, who) for who in ("company_head", "village_head", "handler")]
    assert queue_of(story.sitting) == [asked[1], asked[2], asked[0]]


def test_one_speaks_at_a_time_and_a_recess_ends_it(story):
    first, second = ask(story, "village_head"), ask(story, "company_head")
    turn_begin(actor=story.by("convener"), turn=first)
    turn_begin(actor=story.by("convener"), turn=second)
    assert speaking(story.sitting) == [second] and Turn.objects.get(pk=first.pk).ended_at is not None
    sitting_recess(actor=story.by("convener"), sitting=story.sitting)
    assert speaking(story.sitting) == []


def test_a_phone_asks_for_its_holder_and_takes_it_back(story, client):
    sign_in(client, story.cast, "village_head")
    address, accept = reverse("room_ask", args=[story.sitting.pk]), {"Accept": "application/json"}
    assert client.post(address, {"act_id": str(uuid7())}, headers=accept).status_code == 200
    turn = Turn.objects.get()
    assert turn.by_self and turn.seat == story.seat("village_head")
    assert client.post(address, {"act_id": str(uuid7())}, headers=accept).json()["refused"] == "turn.waits"
    assert client.post(address, {"act_id": str(uuid7()), "wants": "no"}, headers=accept).status_code == 200
    assert queue_of(story.sitting) == []
    with pytest.raises(NotAllowed):
        ask(story, "company_head", by="village_head")


def test_a_refused_wish_is_said_on_a_phone_without_a_script(story, client):
    sign_in(client, story.cast, "village_head")
    address = reverse("room_ask", args=[story.sitting.pk])
    assert client.post(address, {"act_id": str(uuid7())}).status_code == 302
    again = client.post(address, {"act_id": str(uuid7())})
    assert again.status_code == 422 and "alert-danger" in again.content.decode()


def test_who_is_not_in_the_room_does_not_speak(story):
    presence_leave(actor=story.by("convener"), sitting=story.sitting, seat=story.seat("handler"))
    refused_with("turn.absent", lambda: ask(story, "handler"))


def test_the_figures_are_those_of_a_recount_by_hand(story):
    sexes = {story.seat("village_head"): "f", story.seat("company_head"): "m", story.seat("handler"): "m"}
    roll_call(actor=story.by("convener"), sitting=story.sitting, here=[], sexes=sexes)
    for who, seconds in (("village_head", 90), ("company_head", 200), ("village_head", 30)):
        speak(story, who, seconds)
    mistaken = speak(story, "handler", 500)
    turn_drop(actor=story.by("convener"), turn=mistaken)
    figures = fairness_of(story.sitting)
    assert {share.name: share.seconds for share in figures.parties} == {"村民": 120, "花卉公司": 200, "农业农村局": 0}
    assert [(share.spoke, share.came, share.seconds) for share in figures.sexes] == [(1, 1, 120), (1, 2, 200)]
    assert [seat.person for seat in figures.silent] == [story.cast.people["handler"]]
    assert [figures.part(share) for share in figures.parties] == [38, 62, 0]


def test_they_stand_in_the_file_after_the_sitting(story, client):
    speak(story, "village_head", 65)
    sitting_close(actor=story.by("convener"), sitting=story.sitting)
    sign_in(client, story.cast, "convener")
    page = client.get(reverse("sitting", args=[story.sitting.pk])).content.decode()
    assert "1:05" in page and "还没有发言" in page


def test_a_turn_has_a_limit(story):
    turn_limit(actor=story.by("convener"), sitting=story.sitting, seconds=60)
    turn = speak(story, "village_head", 90)
    assert Turn.objects.get(pk=turn.pk).limit == 60
    refused_with("turn.limit", lambda: turn_limit(actor=story.by("convener"), sitting=story.sitting, seconds=7))


def test_one_more_item_stands_at_the_end(story):
    agenda_item_add(actor=story.by("convener"), sitting=story.sitting, title="修渠", minutes=20)
    item = story.sitting.items.last()
    assert item.title == "修渠"
    agenda_item_drop(actor=story.by("convener"), item=item)
    assert not AgendaItem.objects.filter(title="修渠").exists()
    first = story.sitting.items.first()
    agenda_item_begin(actor=story.by("convener"), item=first)
    refused_with("agenda.taken_up", lambda: agenda_item_drop(actor=story.by("convener"), item=first))
