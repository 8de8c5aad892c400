"""The code on a receipt follows what one raised; the code of a seat speaks in one matter. Neither does the other's."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection
from django.urls import reverse

from tests.kept import kept
from tests.story import Story
from yishi.commitments.models import Judge
from yishi.commitments.services import verdict_give
from yishi.database.reach import everything
from yishi.deliberation.models import Party, Seat, Stance, Worry
from yishi.deliberation.services.chairs import chair_object
from yishi.deliberation.services.roll import presence_arrive
from yishi.deliberation.services.screening import worry_reopen
from yishi.deliberation.services.seats import seat_answer, seat_code, seat_fill, seat_recuse
from yishi.deliberation.services.stances import stance_take
from yishi.deliberation.services.worries import code_reissue, phone_change, worry_file
from yishi.kit.errors import NotAllowed
from yishi.organisations.grants import viewer_of
from yishi.organisations.models import QueryCode
from yishi.organisations.query_codes import code_find
from yishi.organisations.rights import may

pytestmark = pytest.mark.django_db


@kept
def story(cast):
    with everything():
        story = Story(cast).raise_worry().take_up().fill_seats().sit()
        party = Party.objects.get(matter=story.matter, name="村民")
        given = {"role": "party", "filled_by": "invitation", "party": party, "accepted": True}
        raiser = story.worry.raiser
        receipt = seat_fill(actor=story.by("convener"), matter=story.matter, person=raiser, **given)
        presence_arrive(
            actor=story.by("convener"), sitting=story.sitting, seat=Seat.objects.get(pk=receipt.result["seat"])
        )
    return story


@pytest.fixture
def seat(story):
    with everything():
        return Seat.objects.get(matter=story.matter, person=story.worry.raiser)


@pytest.fixture
def speaks(story, seat):
    """The code of the raiser's seat."""
    with everything():
        return seat_code(actor=story.by("convener"), seat=seat).query_code


def by(code):
    found = code_find(code)
    return viewer_of(found.person, found)


@pytest.fixture(autouse=True)
def _unhurried():
    cache.clear()


def test_the_paper_of_a_worry_neither_votes_nor_answers(story, seat):
    with everything():
        viewer = by(story.code)
        for act in (
            lambda: stance_take(actor=viewer, statement=story.statement, seat=seat, value="agree"),
            lambda: seat_answer(actor=viewer, seat=seat, accepts=False, reason="有事"),
            lambda: seat_recuse(actor=viewer, seat=seat, reason="亲属"),
            lambda: chair_object(actor=viewer, seat=seat, party=seat.party, reason="不公"),
        ):
            with pytest.raises(NotAllowed):
                act()
        assert not may("room.enter", viewer, SimpleNamespace(seat=seat))
        assert may("worry.follow", viewer, story.worry)
        assert not Stance.objects.filter(seat=seat).exists()


def test_the_code_of_a_seat_opens_that_seat_and_nothing_of_its_holder(cast, story, seat, speaks):
    with everything():
        viewer = by(speaks)
        stance_take(actor=viewer, statement=story.statement, seat=seat, value="agree")
        assert Stance.objects.get(seat=seat).value == "agree"
        assert may("sitting.see", viewer, story.matter) and may("chair.object", viewer, story.matter)
        assert not may("worry.follow", viewer, story.worry) and not may("worry.own", viewer)
        with pytest.raises(NotAllowed):
            worry_reopen(actor=viewer, worry=story.worry, reason="没办好")
        with pytest.raises(NotAllowed):
            phone_change(actor=viewer, phone="13900000000")
        other = Story(cast).raise_worry().take_up().fill_seats()
        party = Party.objects.get(matter=other.matter, name="村民")
        given = {"role": "party", "filled_by": "invitation", "party": party, "accepted": True}
        receipt = seat_fill(actor=other.by("convener"), matter=other.matter, person=seat.person, **given)
        elsewhere = Seat.objects.get(pk=receipt.result["seat"])
        with pytest.raises(NotAllowed):
            seat_answer(actor=viewer, seat=elsewhere, accepts=False, reason="有事")
        assert not may("sitting.see", viewer, other.matter)


def test_the_code_of_a_seat_judges_no_promise(story, seat, speaks):
    with everything():
        story.agree().hand_over().carry_out()
        judge = Judge.objects.filter(commitment=story.commitment, person=seat.person).first()
        judge = judge or Judge.objects.create(commitment=story.commitment, person=seat.person, raised_it=True)
        assert may("commitment.judge", by(story.code), story.commitment)
        assert not may("commitment.judge", by(speaks), story.commitment)
        with pytest.raises(NotAllowed):
            verdict_give(actor=by(speaks), commitment=story.commitment, value="satisfied")


def test_a_new_code_of_either_kind_leaves_the_other(story, seat, speaks):
    with everything():
        again = seat_code(actor=story.by("convener"), seat=seat).query_code
        assert code_find(speaks) is None and code_find(again) and code_find(story.code)
        renewed = code_reissue(actor=story.by("convener"), worry=story.worry).query_code
        assert code_find(story.code) is None and code_find(again) and code_find(renewed).kind == "own"


def test_what_is_raised_with_the_code_of_a_seat_has_a_code_of_its_own(cast, story, speaks):
    with everything():
        receipt = worry_file(
            actor=by(speaks), place=cast.places["牟尼村"], text="路灯坏了", theme="roads", channel="qr"
        )
        raised = Worry.objects.get(pk=receipt.result["worry"])
        assert raised.raiser_id != story.worry.raiser_id and code_find(receipt.query_code).kind == "own"


def test_every_door_says_which_code_it_needs(client, story, seat, speaks):
    room, follow, judge = reverse("room", args=[story.sitting.pk]), reverse("follow"), reverse("judge")
    assert "席位码" in client.get(room).content.decode()
    answer = client.post(room, {"code": story.code})
    assert answer.status_code == 422 and "席位码" in answer.content.decode()
    assert client.post(follow, {"code": story.code}).status_code == 302
    page = client.get(follow).content.decode()
    assert story.worry.number in page and "席位码" in page
    assert client.get(reverse("my_seat", args=[seat.pk])).status_code in (403, 404)
    assert client.get(reverse("room_state", args=[story.sitting.pk])).status_code == 404
    assert story.matter.title not in client.get(room).content.decode()  # the door again
    assert client.post(room, {"code": speaks}).status_code == 302
    assert client.get(reverse("room_state", args=[story.sitting.pk])).status_code == 200
    page = client.get(follow).content.decode()
    assert reverse("my_seat", args=[seat.pk]) in page and story.worry.number not in page
    assert client.get(reverse("my_seat", args=[seat.pk])).status_code == 200
    assert client.get(reverse("follow_one", args=[story.worry.pk])).status_code in (403, 404)
    assert client.get(reverse("follow_phone")).status_code in (302, 403, 404)
    assert "查询码" in client.get(judge).content.decode()
    answer = client.post(judge, {"code": speaks})
    assert answer.status_code == 422 and "席位码" in answer.content.decode()


def test_codes_of_seats_that_were_made_before_are_told_apart(story, seat, speaks):
    with everything():
        QueryCode.objects.update(kind="own", matter_id=None)
        migration = import_module("yishi.deliberation.migrations.0008_seat_codes")
        migration.tell_apart(apps, SimpleNamespace(connection=connection))
        assert (code_find(speaks).kind, code_find(speaks).matter_id) == ("seat", story.matter.pk)
        assert code_find(story.code).kind == "own"
