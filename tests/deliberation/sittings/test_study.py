"""Studies: somebody goes there, writes down what they found, and a second person checks it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.kept import kept
from tests.story import Story
from yishi.deliberation.models import Study, Worry
from yishi.deliberation.services.studies import finding_add, study_check, study_hand_in, study_open, visit_add
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.kit.ids import uuid7
from yishi.notices.models import Notice
from yishi.organisations.models import Installation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]


@kept
def story(cast):
    story = Story(cast).raise_worry().take_up()
    receipt = study_open(actor=story.by("convener"), matter=story.matter, question="租金为何付不出")
    story.study = Study.objects.get(pk=receipt.result["study"])
    return story


def visit(story, who="convener", **given):
    given = {"on": timezone.localdate(), "where": "花卉基地", "met": "村民五户", "text": "看了大棚", **given}
    return visit_add(actor=story.by(who), study=story.study, **given)


def handed_in(story):
    visit(story)
    finding_add(actor=story.by("convener"), study=story.study, text="公司周转不开", source="走访")
    study_hand_in(actor=story.by("convener"), study=story.study, report="建议缓交")
    story.study.refresh_from_db()


def test_it_works(story):
    handed_in(story)
    study_check(actor=story.by("clerk"), study=story.study, accepted=True, note="属实")
    story.study.refresh_from_db()
    assert story.study.checked_by == story.cast.people["clerk"]
    assert [finding.ordinal for finding in story.study.findings.all()] == [1]


def test_who_raised_it_is_invited_to_the_study(story):
    assert Notice.objects.filter(code="study.invited", person=story.worry.raiser).count() == 1


def test_who_went_there_does_not_check_it_except_in_a_small_office(story):
    handed_in(story)
    with pytest.raises(NotAllowed) as refused:
        study_check(actor=story.by("convener"), study=story.study, accepted=True, note="属实")
    assert refused.value.code == "study.second_person"
    Installation.objects.update(small_office=True)
    study_check(actor=story.by("convener"), study=story.study, accepted=True, note="属实")


def test_given_back_it_is_open_again_with_what_is_missing(story):
    handed_in(story)
    study_check(actor=story.by("clerk"), study=story.study, accepted=False, note="没有见公司")
    story.study.refresh_from_db()
    assert story.study.handed_in_on is None and story.study.check_note == "没有见公司"
    visit(story, met="公司负责人")
    study_hand_in(actor=story.by("convener"), study=story.study, report="补充走访")


def test_without_a_visit_and_a_finding_it_is_not_handed_in(story):
    for add in (visit, lambda story: finding_add(actor=story.by("convener"), study=story.study, text="周转不开")):
        with pytest.raises(WrongStage) as refused:
            study_hand_in(actor=story.by("convener"), study=story.study, report="建议缓交")
        assert refused.value.code == "study.thin"
        add(story)
    study_hand_in(actor=story.by("convener"), study=story.study, report="建议缓交")


def test_a_checked_study_takes_nothing_more(story):
    handed_in(story)
    study_check(actor=story.by("clerk"), study=story.study, accepted=True, note="属实")
    for act in (
        lambda: visit(story),
        lambda: finding_add(actor=story.by("convener"), study=story.study, text="又一条"),
        lambda: study_check(actor=story.by("second_clerk"), study=story.study, accepted=True, note="属实"),
    ):
        with pytest.raises(WrongStage) as refused:
            act()
        assert refused.value.code == "study.checked"


@pytest.mark.parametrize("field", ["where", "met", "text"])
def test_an_empty_field_is_named(story, field):
    with pytest.raises(Refusal) as refused:
        visit(story, **{field: "  "})
    assert refused.value.field == field


def test_a_visit_of_tomorrow_is_refused_and_one_of_last_year_is_not(story):
    today = timezone.localdate()
    with pytest.raises(Refusal) as refused:
        visit(story, on=today + timedelta(days=1))
    assert refused.value.code == "on.future"
    Worry.within.update(raised_at=timezone.now() - timedelta(days=500))
    visit(story, on=today - timedelta(days=400))


def test_a_visit_sent_twice_is_one(story):
    act_id = uuid7()
    first = visit(story, act_id=act_id)
    assert visit(story, act_id=act_id).result == first.result
    assert story.study.visits.count() == 1


@pytest.mark.parametrize("who", ["outsider", "handler", "member"])
def test_others_do_not_write_in_it(story, who):
    with pytest.raises(NotAllowed):
        visit(story, who)
