"""The screens of a room: what each shows, what the projector keeps to itself, what they ask for all the time."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import sign_in
from tests.kept import kept
from tests.story import Story
from yishi.database.reach import everything
from yishi.deliberation.models import Statement
from yishi.deliberation.services.chairs import chair_object
from yishi.deliberation.services.sittings import sitting_recess
from yishi.deliberation.services.stances import hands_count, stance_take, statement_close
from yishi.kit.ids import uuid7

pytestmark = pytest.mark.django_db
SCREENS = ("sitting_room", "room_chair", "room_projector")


@kept
def story(cast):
    """A sitting that is open, with one statement."""
    with everything():
        return Story(cast).raise_worry().take_up().study_it().fill_seats().sit()


def shown(client, story, name):
    return client.get(reverse(name, args=[story.sitting.pk])).content.decode()


def test_it_works(client, story):
    sign_in(client, story.cast, "convener")
    for name in SCREENS:
        page, part = shown(client, story, name), shown(client, story, f"{name}_part")
        for words in ("租金缓交半年", "5"):
            assert words in page and words in part, name
        assert f'data-poll-url="{reverse("sitting_state", args=[story.sitting.pk])}"' in page


def test_the_wall_shows_no_names_and_no_counts_before_it_is_closed(client, story):
    with everything():
        objecting = {"seat": story.seat("company_head"), "value": "object", "reason": "周转不开"}
        stance_take(actor=story.by("company_head"), statement=story.statement, **objecting)
        naming = {"seat": story.seat("village_head"), "value": "conditional", "condition": "农业局监督"}
        stance_take(actor=story.by("village_head"), statement=story.statement, **naming)
    sign_in(client, story.cast, "convener")
    wall = shown(client, story, "room_projector")
    assert "在场3人已有2人表态" in wall and "农业局监督" in wall and "wall-counts" not in wall
    people = [story.cast.people[who].name for who in ("company_head", "village_head")]
    assert not any(words in wall for words in (*people, "周转不开"))
    with everything():
        statement_close(actor=story.by("convener"), statement=story.statement)
    wall = shown(client, story, "room_projector")
    assert "wall-counts" in wall and "wall-ground" in wall and not any(name in wall for name in people)


def test_hands_that_the_room_saw_stand_on_the_wall_at_once(client, story):
    with everything():
        party = story.matter.parties.get(name="村民")
        hands = {"agree": 1, "object": 0, "abstain": 0}
        hands_count(actor=story.by("convener"), statement=story.statement, party=party, **hands)
    sign_in(client, story.cast, "convener")
    assert "wall-counts" in shown(client, story, "room_projector")


def test_the_chair_sees_what_was_declared_and_objected(client, story):
    with everything():
        party = story.matter.parties.get(name="花卉公司")
        objected = {"seat": story.seat("member"), "party": party, "reason": "曾在村里任职"}
        chair_object(actor=story.by("company_head"), **objected)
    sign_in(client, story.cast, "member")
    page = shown(client, story, "room_chair")
    assert "曾在村里任职" in page and "无" in page


def test_a_recess_stands_on_every_screen(client, story):
    with everything():
        sitting_recess(actor=story.by("convener"), sitting=story.sitting)
    sign_in(client, story.cast, "convener")
    for name in SCREENS:
        assert "休会" in shown(client, story, name), name
    sign_in(client, story.cast, "village_head")
    assert "休会" in shown(client, story, "room")


def test_screens_of_an_open_sitting_are_no_desk_that_somebody_left(client, story):
    sign_in(client, story.cast, "convener")
    state = reverse("sitting_state", args=[story.sitting.pk])
    assert client.get(state).json()["stays"] is True
    with everything():
        later = timezone.now() + timedelta(days=3)
        sitting_recess(actor=story.by("convener"), sitting=story.sitting, resumes_at=later)
    assert client.get(state).json()["stays"] is False


def test_what_is_sent_by_a_script_is_answered_in_a_few_bytes(client, story):
    sign_in(client, story.cast, "convener")
    address = reverse("statement_new", args=[story.sitting.pk])
    sent = {"act_id": str(uuid7()), "text": ""}
    accept = {"Accept": "application/json"}
    refused = client.post(address, sent, headers=accept)
    assert refused.status_code == 422 and refused.json()["message"] and refused.json()["fields"] == ["text"]
    sent["text"] = "先通水"
    for _twice in range(2):
        assert client.post(address, sent, headers=accept).json()["said"]
    assert Statement.objects.filter(text="先通水").count() == 1


def test_screens_ask_the_database_little(client, story, django_assert_max_num_queries):
    sign_in(client, story.cast, "convener")
    shown(client, story, "sitting_state")
    with django_assert_max_num_queries(10):
        shown(client, story, "sitting_state")
    for name in SCREENS:
        with django_assert_max_num_queries(32):
            shown(client, story, f"{name}_part")


@pytest.mark.parametrize("who", ["outsider", "neighbour", "village_head"])
def test_nobody_else_sees_the_desks_screens(client, story, who):
    sign_in(client, story.cast, who)
    for name in SCREENS:
        assert client.get(reverse(name, args=[story.sitting.pk])).status_code == 404
        assert client.get(reverse(f"{name}_part", args=[story.sitting.pk])).status_code == 404
