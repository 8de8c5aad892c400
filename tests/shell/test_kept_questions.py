"""What a desk asks is compiled once for equal grants and a day: only what hangs on these may be compiled in.

Sisters that were looked for: whatever else is kept by each process for equal grants (`kept_question`). Each is tried
here: its builder asks the database nothing, gives the same question at another moment of the day, and gives what a
fresh question gives.
"""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.database.test_gather import told
from tests.full_pages import Full
from tests.kept import kept
from tests.samples import kwargs_by_loader
from tests.story import Story
from yishi.commitments.models import Commitment
from yishi.database import kept as questions
from yishi.database.gather import Question, gather
from yishi.database.kept import kept_question
from yishi.database.reach import everything, reaching
from yishi.organisations.models import Body, Post
from yishi.people.models import Person
from yishi.web.assistance.checks.check_sections import _standing_rows
from yishi.web.assistance.deeds.deed_sections import _reaching_rows
from yishi.web.assistance.pairing.family_plan import plan_rows
from yishi.web.assistance.projects.project_sections import _household_rows
from yishi.web.assistance.register.household_story import story_rows
from yishi.web.assistance.register.households import HOME
from yishi.web.kit.desk_items import collect
from yishi.web.kit.next_acts import A_MATTER, turns_of
from yishi.web.shell.desk import SOURCES
from yishi.web.shell.waiting import COURSES

pytestmark = pytest.mark.django_db

WHO = ("clerk", "second_clerk", "convener", "village_head", "handler", "party_clerk", "province_clerk", "member")


def _asked(viewer):
    return {
        f"source_{number}": rows for number, source in enumerate(SOURCES) if (rows := source.rows(viewer)) is not None
    }


@kept
def samples(cast):
    return kwargs_by_loader(cast)


@pytest.mark.parametrize("who", WHO)
def test_what_is_kept_hangs_on_grants_and_day_alone(cast, samples, who, monkeypatch):
    viewer = cast.viewer(who)
    with reaching(viewer.reach):
        assert viewer.key  # its stations are asked for
        with CaptureQueriesContext(connection) as asked:
            first = Question(**_asked(viewer))
        assert not [query["sql"] for query in asked]
        later = timezone.now() + timedelta(seconds=1)
        monkeypatch.setattr(timezone, "now", lambda: later)
        again = Question(**_asked(viewer))
        assert (first.plan.sql, first.params) == (again.plan.sql, again.params)
        kept = collect(viewer, SOURCES)
        questions.forget()
        assert kept == collect(viewer, SOURCES)


def test_only_the_question_is_kept_never_an_answer(cast):
    names = lambda: kept_question("people", None, lambda: {"people": Person.within.order_by("pk")}).answer()["people"]  # noqa: E731
    with everything():
        before = len(names())
        Person.objects.create(name="新来的")
        assert len(names()) == before + 1


def test_another_reach_and_another_day_have_questions_of_their_own(cast, monkeypatch):
    built = []

    def build():
        built.append(timezone.localdate())
        return {"promises": Commitment.objects.order_by("pk")}

    for who in ("clerk", "outsider", "clerk"):
        with reaching(cast.viewer(who).reach):
            kept_question("promises", None, build)
    assert len(built) == 2
    tomorrow = timezone.now() + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    with reaching(cast.viewer("clerk").reach):
        kept_question("promises", None, build)
    assert len(built) == 3


def test_a_grant_that_changes_changes_what_is_asked(cast):
    """Its place, its role, its end: each asks anew."""
    keys = {cast.viewer("clerk").key}
    assert cast.viewer("clerk").key in keys
    with everything():
        post = Post.objects.get(person=cast.people["clerk"])
        Post.objects.filter(pk=post.pk).update(role="staff")
        keys.add(cast.viewer("clerk").key)
        Body.objects.filter(pk=post.body_id).update(place=cast.places["云南省"])
        keys.add(cast.viewer("clerk").key)
        Post.objects.filter(pk=post.pk).update(valid_to=timezone.localdate() - timedelta(days=1))
        keys.add(cast.viewer("clerk").key)
    assert len(keys) == 4


def test_no_more_than_so_many_are_kept(cast, monkeypatch):
    monkeypatch.setattr(questions, "KEPT", 3)
    questions.forget()
    for number in range(9):
        kept_question("people", number, lambda: {"people": Person.within.order_by("pk")})
    assert [key[1] for key in questions._kept] == [6, 7, 8]


ABOUT_A_HOUSEHOLD = {
    "story": story_rows, "plan": plan_rows, "checks": _standing_rows, "deeds": _reaching_rows, "money": _household_rows,
}  # fmt: skip


def test_a_question_about_a_stand_in_gives_each_household_its_own(cast):
    """Of two families each gets what a question of its own gives, nothing of the other; no family's key is kept."""
    full = Full(cast)
    homes = [full.home, full.home.split_from]
    viewer = cast.viewer("clerk")
    with reaching(viewer.reach):
        for name, rows in ABOUT_A_HOUSEHOLD.items():
            question = Question(**rows(HOME.file))
            keys = {str(key) for home in homes for key in (home.pk, home.pk.hex)}
            assert not keys & {str(param) for param in question.params}, name
            found = [question.answer(**HOME.values(home)) for home in homes]
            expected = [gather(**rows(home)) for home in homes]
            assert _told(found) == _told(expected), name
            assert found[0] != found[1], name


def _told(answers):
    return [
        {name: [told(row) for row in rows] if isinstance(rows, list) else rows for name, rows in answer.items()}
        for answer in answers
    ]


def test_whose_turn_it_is_on_a_matter_is_asked_of_that_matter(cast):
    with everything():
        first, second = (Story(cast).raise_worry().take_up().matter for _ in range(2))
        courses = {f"turns_{number}": course for number, course in enumerate(COURSES) if course.matter}
        question = Question(**{name: course.standing(A_MATTER) for name, course in courses.items()})
        for matter in (first, second):
            found = question.answer(matter=matter.pk)
            assert _told([found]) == _told([gather(**{name: one.standing(matter) for name, one in courses.items()})])
        assert [turn.url for turn in turns_of(first)] != [turn.url for turn in turns_of(second)]
