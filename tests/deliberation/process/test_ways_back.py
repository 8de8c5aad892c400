"""What was put on a matter's file by mistake, or ended by mistake, has a way back that leaves its trace."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import sign_in
from tests.kept import kept
from tests.story import Story
from yishi.deliberation.models import (
    GateRequest,
    LeaderNote,
    Matter,
    StepRecord,
    Study,
    StudyFinding,
    StudyVisit,
    Worry,
)
from yishi.deliberation.process.facts import Facts
from yishi.deliberation.services.course import matter_advance, matter_drop, matter_open_again, matter_step_back
from yishi.deliberation.services.file_ways_back import (
    finding_take_back,
    note_take_back,
    study_take_back,
    visit_take_back,
)
from yishi.deliberation.services.notes import note_add
from yishi.deliberation.services.studies import (
    finding_add,
    study_check,
    study_hand_in,
    study_open,
    visit_add,
)
from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.notices.models import Notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]


@kept
def story(cast):
    return Story(cast).raise_worry().take_up()


@pytest.fixture
def study(story):
    actor = story.by("convener")
    receipt = study_open(actor=actor, matter=story.matter, question="租金为何付不出")
    study = Study.objects.get(pk=receipt.result["study"])
    visit_add(actor=actor, study=study, on=timezone.localdate(), where="花卉基地", met="村民代表", text="花价跌了")
    finding_add(actor=actor, study=study, text="公司愿付，需缓交")
    return study


def test_a_study_opened_by_mistake_is_taken_back_with_what_it_holds(story, study, client):
    with pytest.raises(NotAllowed):
        study_take_back(actor=story.by("outsider"), study=study, reason="开错了事项")
    with pytest.raises(Refusal):
        study_take_back(actor=story.by("convener"), study=study, reason="　")
    study_take_back(actor=story.by("convener"), study=study, reason="开错了事项")
    assert not Study.objects.exists() and not StudyVisit.objects.exists() and not StudyFinding.objects.exists()
    assert Study.every.get().taken_back_reason == "开错了事项"
    assert Facts(Matter.within.get(pk=story.matter.pk)).studies == []  # no step of the model is met by it
    assert Entry.objects.get(code="deliberation.study.take_back").quantities == {"visits": -1}
    assert Notice.objects.filter(code="study.taken_back", person=story.worry.raiser).count() == 1
    with pytest.raises(WrongStage):
        study_take_back(actor=story.by("convener"), study=study, reason="再来一次")
    with pytest.raises(WrongStage):
        finding_add(actor=story.by("convener"), study=study, text="迟到的发现")
    sign_in(client, story.cast, "convener")
    page = client.get(reverse("matter_studies", args=[story.matter.pk])).content.decode()
    assert "租金为何付不出" in page and "开错了事项" in page and "花卉基地" not in page


def test_a_visit_or_a_finding_is_taken_back_until_the_study_is_checked(story, study):
    convener = story.by("convener")
    study_hand_in(actor=convener, study=study, report="建议缓交")
    visit_take_back(actor=convener, visit=study.visits.get(), reason="记在了别的调研")
    study.refresh_from_db()
    assert study.handed_in_on is None  # nothing was seen any more: it is handed in anew
    finding_take_back(actor=convener, finding=study.findings.get(), reason="写错了")
    facts = Facts(Matter.within.get(pk=story.matter.pk))
    assert [(row.visit_count, row.finding_count) for row in facts.studies] == [(0, 0)]
    visit_add(actor=convener, study=study, on=timezone.localdate(), where="二组", met="村民", text="看了水渠")
    finding_add(actor=convener, study=study, text="水渠要修")
    assert study.findings.get().ordinal == 2  # the first keeps its number
    study_hand_in(actor=convener, study=study, report="建议修渠")
    study_check(actor=story.by("clerk"), study=study, accepted=True, note="属实")
    for act, part in ((visit_take_back, "visit"), (finding_take_back, "finding")):
        with pytest.raises(WrongStage):
            act(actor=convener, reason="晚了", **{part: getattr(study, f"{part}s").get()})
    with pytest.raises(WrongStage):
        study_take_back(actor=convener, study=study, reason="晚了")


def test_a_leaders_note_is_taken_off_the_file(story, client):
    convener = story.by("convener")
    note_add(actor=convener, matter=story.matter, kind="instruction", author="县长测试", text="请尽快办理")
    note = LeaderNote.objects.get()
    with pytest.raises(NotAllowed):
        note_take_back(actor=story.by("outsider"), note=note, reason="不是这一件")
    sign_in(client, story.cast, "convener")
    page = client.get(reverse("note_take_back", args=[story.matter.pk, note.pk]))
    assert "县长测试" in page.content.decode()
    client.post(reverse("note_take_back", args=[story.matter.pk, note.pk]), {"reason": "不是这一件"})
    assert not LeaderNote.objects.exists()
    page = client.get(reverse("matter", args=[story.matter.pk])).content.decode()
    assert "不是这一件" in page and "请尽快办理" not in page
    with pytest.raises(WrongStage):
        note_take_back(actor=convener, note=note, reason="再来一次")


def test_a_matter_dropped_by_mistake_goes_on_with_the_clock_it_had(story, client):
    """The convener's own act: no promise need be reopened for it. Its days are those it had."""
    convener = story.by("convener")
    due = timezone.localdate() - timedelta(days=3)
    StepRecord.objects.filter(matter=story.matter, left_on=None).update(due_on=due)
    Matter.within.filter(pk=story.matter.pk).update(step_due_on=due)
    step = Matter.within.get(pk=story.matter.pk).step
    with pytest.raises(WrongStage):
        matter_open_again(actor=convener, matter=story.matter, reason="还没停")
    matter_drop(actor=convener, matter=story.matter, reason="以为是重复的")
    with pytest.raises(NotAllowed):
        matter_open_again(actor=story.by("outsider"), matter=story.matter, reason="误点")
    with pytest.raises(Refusal):
        matter_open_again(actor=convener, matter=story.matter, reason="")
    sign_in(client, story.cast, "convener")
    assert reverse("matter_open_again", args=[story.matter.pk]) in (
        client.get(reverse("matter", args=[story.matter.pk])).content.decode()
    )
    client.post(reverse("matter_open_again", args=[story.matter.pk]), {"reason": "误点了不再协商"})
    matter = Matter.within.get(pk=story.matter.pk)
    assert (matter.state, matter.step, matter.step_due_on, matter.closed_on) == ("open", step, due, None)
    assert Worry.within.get().state == Worry.State.TAKEN_UP
    assert Notice.objects.filter(code="matter.reopened", person=story.worry.raiser).count() == 1
    page = client.get(reverse("matter", args=[matter.pk])).content.decode()
    assert "以为是重复的" in page  # what was said then, and why it was wrong, both stand in the story
    matter_drop(actor=convener, matter=matter, reason="第二次")
    matter_open_again(actor=convener, matter=matter, reason="再恢复")
    page = client.get(reverse("matter", args=[matter.pk])).content.decode()
    assert "误点了不再协商" in page and "第二次" in page


def test_a_matter_sent_on_by_mistake_goes_back_and_leaves_by_hand(story, client):
    convener, matter = story.by("convener"), Matter.within.get(pk=story.matter.pk)
    facts = Facts(matter)
    first, second = facts.model.steps[:2]
    assert matter.step == second.code, "the screened worry brought it on by itself"
    with pytest.raises(NotAllowed):
        matter_step_back(actor=story.by("outsider"), matter=matter, reason="误点")
    sign_in(client, story.cast, "convener")
    client.post(reverse("matter_step_back", args=[matter.pk]), {"reason": "点快了"})
    matter.refresh_from_db()
    assert matter.step == first.code
    assert matter.steps.order_by("-ordinal")[0].came_back
    with pytest.raises(WrongStage):
        matter_step_back(actor=convener, matter=matter, reason="再退", step=second.code)
    with pytest.raises(WrongStage):
        matter_step_back(actor=convener, matter=matter, reason="再退")
    assert "点快了" in Facts(matter).steps[-1].note
    matter_advance(actor=convener, matter=matter, step=first.code)
    matter.refresh_from_db()
    assert matter.step == second.code
    assert not GateRequest.objects.exists()
