"""The pages of studies, seats, draws, the room and the agreement: a whole sitting through the pages."""

import json

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import sign_in
from tests.story import Story
from yishi.deliberation.models import Agreement, Draw, Matter, Seat, Sitting, Stance, Statement, Study
from yishi.kit.ids import uuid7
from yishi.organisations.models import QueryCode
from yishi.organisations.query_codes import code_for_act, code_issue
from yishi.people.models import Person
from yishi.people.scopes import everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(cast):
    """A matter that is studied, sat over and agreed on."""
    with everything():
        return Story(cast).all()


def get(client, name, *args):
    return client.get(reverse(name, args=args))


def post(client, name, *args, **fields):
    return client.post(reverse(name, args=args), {"act_id": str(uuid7()), **fields})


def text_of(response):
    return response.content.decode()


def pages_of(story):
    """Every page of this slice that is opened by GET, with an object of the story."""
    matter, sitting, agreement = story.matter.pk, story.sitting.pk, story.agreement.pk
    with everything():
        chair, duty = story.seat("member").pk, agreement_duty(story).pk
    statement, study = story.statement.pk, story.study.pk
    return [
        *[(name, matter) for name in ("matter_studies", "matter_seats", "matter_sittings", "matter_agreement")],
        *[(name, matter) for name in ("study_new", "seat_new", "draw_new", "sitting_new", "agreement_new")],
        *[(name, study) for name in ("visit_new", "finding_new", "study_hand_in", "study_check")],
        *[(name, chair) for name in ("my_seat", "seat_answer", "seat_invite", "seat_replace", "seat_recuse")],
        *[(name, chair) for name in ("seat_declare", "seat_code", "chair_object")],
        *[(name, sitting) for name in ("sitting", "sitting_change", "sitting_notice", "papers_send")],
        *[(name, sitting) for name in ("sitting_cancel", "minutes_write", "sitting_room", "sitting_state")],
        *[(name, sitting) for name in ("room_code", "room_close", "statement_new")],
        *[(name, statement) for name in ("statement_close", "stance_record", "hands_count")],
        *[(name, agreement) for name in ("agreement_edit", "duty_new", "consent_new", "agreement_record")],
        *[(name, agreement) for name in ("agreement_hand_over", "agreement_take_back")],
        ("duty_edit", duty),
    ]


def agreement_duty(story):
    return story.agreement.duties.get()


def test_it_works(client, cast, story):
    sign_in(client, cast, "convener")
    for name, pk in pages_of(story):
        response = get(client, name, pk)
        assert response.status_code == 200, (name, response.status_code)


def test_the_outsider_finds_none_of_it(client, cast, story):
    sign_in(client, cast, "outsider")
    for name, pk in pages_of(story):
        assert get(client, name, pk).status_code == 404, name
        assert client.post(reverse(name, args=[pk])).status_code in (404, 405), name


def test_nobody_is_sent_to_sign_in(client, cast, story):
    for name, pk in pages_of(story):
        assert get(client, name, pk).status_code == 302, name
