"""One declaration of who acts next: the desk, the calendar, the daily list, one's duties and a matter's page read it.

Sisters: each had a copy of its own (steps, gates and promises in the calendar; worries, gates, matters and promises in
the daily list; a gate's body on the matter's page; a promise's two acts among one's duties), so that an agreement to
hand over, a project to begin or a promise to press for stood on the desk alone.
"""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import sign_in
from tests.shell.test_desk import _shape, on_desk, world  # noqa: F401  the fixture
from tests.story import Story
from yishi.commitments.models import Commitment
from yishi.database.reach import everything, reaching
from yishi.notices.texts import DUE
from yishi.web.kit import next_acts
from yishi.web.kit.next_acts import turns_of
from yishi.web.shell.calendar import items_of
from yishi.web.shell.member import duties
from yishi.web.shell.waiting import COURSES, courses_due

pytestmark = pytest.mark.django_db
DAYS = timedelta(days=20)


def test_the_shell_tells_the_parts_of_all_courses():
    assert tuple(next_acts.ALL) == COURSES


@pytest.mark.long
def test_waiting_1_calendar_and_daily_list_say_what_the_desk_says(world):  # noqa: F811
    """Generated: each act with a day, at each of its stages."""
    clerk, outsider, today = world.viewer("clerk"), world.viewer("outsider"), timezone.localdate()
    lacking, tried = [], 0
    for course in COURSES:
        if course.kind == "matter" or course.together:
            continue
        with everything():
            record = course.records().order_by("pk").first()
        for act in course.acts:
            if not act.due or (course.kind == "consultation" and "open" in act.stages):
                continue
            for stage in act.stages:
                with everything():
                    _shape(course, act, stage, record, world)
                    record = course.records().get(pk=record.pk)
                    due_on = act.due_on(record)
                if due_on is None:
                    continue
                tried += 1
                record.next_act = course.acts.index(act)
                first, last = due_on - DAYS, max(due_on, today) + DAYS
                said = (due_on, course.kind, course.file_url(record))
                with reaching(clerk.reach):
                    if said not in [(item.day, item.kind, item.url) for item in items_of(first, last)]:
                        lacking.append(("calendar", course.kind, stage))
                if course.number and not act.whose:
                    with everything():
                        code = act.code or course.kind
                        listed = [(one.due_on, one.kind, one.body_id) for one in courses_due(due_on)]
                    assert code in DUE
                    if (due_on, code, world.bodies["office"].pk) not in listed:
                        lacking.append(("list", course.kind, stage, code))
        with reaching(outsider.reach):
            foreign = [item.kind for item in items_of(today - DAYS, today + DAYS)]
        assert not foreign, course.kind
    assert not lacking
    assert tried >= 12


def test_every_code_of_the_daily_list_has_its_words():
    codes = {
        act.code or course.kind for course in COURSES if course.number for act in course.acts
        if act.due and not act.whose
    }  # fmt: skip
    assert codes <= set(DUE)


def test_waiting_1_what_was_recorded_afterwards_has_no_clock_anywhere(cast):
    with everything():
        story = Story(cast).all()
        Commitment.within.filter(pk=story.commitment.pk).update(state="in_force", backfilled=True)
        assert not [one for one in courses_due(story.commitment.due_on) if one.number == story.commitment.number]
    viewer = cast.viewer("clerk")
    day = story.commitment.due_on
    with reaching(viewer.reach):
        assert not [item for item in items_of(day - DAYS, day + DAYS) if item.title == story.commitment.act]


def test_waiting_1_ones_own_promise_asks_what_the_desk_asks(cast):
    with everything():
        story = Story(cast).all()
        promises = Commitment.within.filter(pk=story.commitment.pk)
        promises.update(state="in_force", bearer_person=cast.people["member"])
        bearer = next(key for key, body in cast.bodies.items() if body.pk == story.commitment.bearer_id)
    viewer = cast.viewer("member")
    with reaching(viewer.reach):
        (mine,) = [item.act for item in duties(viewer) if item.kind == "commitment"]
    who = {"company": "company_head", "department": "handler", "government": "clerk"}.get(bearer, "company_head")
    assert mine in [act for kind, _url, act in on_desk(cast.viewer(who)) if kind == "commitment"]


def test_waiting_1_a_matters_page_says_whose_turn_it_is(client, cast):
    with everything():
        story = Story(cast).raise_worry().take_up().study_it().fill_seats().sit().stand().agree()
        turns = turns_of(story.matter)
    assert turns and all(turn.url for turn in turns)
    sign_in(client, cast, "clerk")
    page = client.get(reverse("matter", args=[story.matter.pk])).content.decode()
    shown = page.split("轮到谁")[1].split("</ul>")[0]
    for turn in turns:
        assert turn.act in shown and turn.desk in shown
