"""What was sent or merged by mistake has a way back, and the way is seen by whoever raised the worry."""

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import sign_in
from tests.story import Story
from yishi.deliberation.models import Worry
from yishi.deliberation.services import screening
from yishi.deliberation.services.worries import authors_of, worry_file
from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.notices.models import Notice
from yishi.organisations.grants import Viewer
from yishi.web.deliberation.worries.worry_story import worry_events

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]


@pytest.fixture
def worry(cast):
    def make(text="花卉公司欠了两季的租金", theme="land", **given):
        given = {"actor": Viewer(), "channel": "code", **given}
        receipt = worry_file(text=text, theme=theme, place=cast.places["牟尼村"], **given)
        return Worry.objects.get(pk=receipt.result["worry"])

    return make


def told(worry):
    return list(Notice.objects.filter(person=worry.raiser).order_by("created_at").values_list("code", flat=True))


def test_forms_7_a_wrong_answer_is_corrected_and_both_are_read(cast, worry):
    one, convener = worry(), cast.viewer("convener")
    with pytest.raises(WrongStage):
        screening.worry_correct(actor=convener, worry=one, text="先改后答")
    screening.worry_answer(actor=convener, worry=one, text="十二月一日付清")
    with pytest.raises(NotAllowed):
        screening.worry_correct(actor=cast.viewer("outsider"), worry=one, text="改")
    screening.worry_correct(actor=convener, worry=one, text="更正：是一月十日付清")
    one.refresh_from_db()
    assert one.state == "answered"
    said = [event.text for event in worry_events(one, to_raiser=True)]
    assert said[-2:] == ["十二月一日付清", "更正：是一月十日付清"]
    assert told(one) == ["worry.answered", "worry.corrected"]
    assert Entry.objects.get(code="deliberation.worry.correct").subject_id == one.pk


def test_forms_7_a_merge_is_taken_back(cast, worry):
    first, second, convener = worry(), worry("村口路灯不亮"), cast.viewer("convener")
    screening.worry_merge(actor=convener, worry=second, into=first, reason="看错了")
    second.refresh_from_db()
    screening.worry_separate(actor=convener, worry=second, reason="是两件事，合错了")
    second.refresh_from_db()
    assert (second.state, second.merged_into, second.desk) == ("filed", None, second.convener)
    assert second.answer_due_on > second.raised_at.date()
    assert told(second) == ["worry.merged", "worry.separated"]
    assert authors_of(worry=first) == [first.raiser]
    assert [step.kind for step in second.steps.order_by("at", "pk")] == ["filed", "merged", "separated"]
    screening.worry_answer(actor=convener, worry=second, text="明天修")
    assert told(first) == []


@pytest.mark.parametrize("decided", ["taken_up", "joined", "declined", "answered", "referred"])
def test_what_was_decided_by_mistake_is_taken_back_to_the_conveners_desk(cast, worry, decided):
    one, convener = worry(), cast.viewer("convener")
    story = Story(cast).raise_worry().take_up()
    do = {"actor": convener, "worry": one}
    {
        "taken_up": lambda: screening.worry_take_up(**do, reason="宜协商", title="租金", process=story.matter.process),
        "joined": lambda: screening.worry_take_up(**do, reason="同一件事", matter=story.matter),
        "declined": lambda: screening.worry_decline(**do, reason="不属于协商范围"),
        "answered": lambda: screening.worry_answer(**do, text="已经付清"),
        "referred": lambda: screening.worry_refer(**do, authority="县法院", reason="涉诉"),
    }[decided]()
    with pytest.raises(NotAllowed):
        screening.worry_take_back(actor=cast.viewer("outsider"), worry=one, reason="点错了")
    with pytest.raises(Refusal):
        screening.worry_take_back(**do, reason=" ")
    screening.worry_take_back(**do, reason="点错了")
    one.refresh_from_db()
    assert (one.state, one.matter, one.desk, one.answered_on) == ("filed", None, one.convener, None)
    assert one.answer_due_on > timezone.localdate() and not one.is_sensitive
    assert told(one)[-1] == "worry.taken_back"
    assert [event.text for event in worry_events(one, to_raiser=True)][-2] == "点错了"
    assert one.raiser not in authors_of(matter=story.matter)
    screening.worry_answer(**do, text="明天修")
    with pytest.raises(WrongStage):
        screening.worry_take_back(actor=convener, worry=worry("灯坏了"), reason="还没办")


def test_a_worry_whose_matter_is_agreed_stays_there(cast):
    """Its author judges the promises: who is joined by mistake is taken out before the agreement is recorded."""
    story = Story(cast).all()
    with pytest.raises(WrongStage):
        screening.worry_take_back(actor=cast.viewer("convener"), worry=story.worry, reason="关联错了")


def test_the_page_takes_a_decision_back(client, cast, worry):
    one = worry()
    screening.worry_decline(actor=cast.viewer("convener"), worry=one, reason="不属于协商范围")
    sign_in(client, cast, "convener")
    url = reverse("worry_take_back", args=[one.pk])
    assert url in client.get(reverse("worry", args=[one.pk])).content.decode()
    answer = client.post(url, {"reason": "点错了"}, follow=True).content.decode()
    assert "点错了" in answer and url not in answer


def test_forms_7_a_closed_worry_takes_nobody_in(cast, worry):
    first, second, convener = worry(), worry("花卉公司欠了我家租金"), cast.viewer("convener")
    screening.worry_answer(actor=convener, worry=first, text="已付清")
    with pytest.raises(Refusal) as refused:
        screening.worry_merge(actor=convener, worry=second, into=first, reason="同一件事")
    assert refused.value.field == "into" and first.number in str(refused.value.message)
    second.refresh_from_db()
    assert second.state == "filed"


def test_forms_7_who_writes_one_down_joins_no_closed_one(cast, worry):
    first = worry()
    screening.worry_answer(actor=cast.viewer("convener"), worry=first, text="已付清")
    again = worry("又欠租金", actor=cast.viewer("convener"), channel="phone", same_as=first)
    assert (again.state, again.says_same_as) == ("filed", first)


def test_forms_7_the_pages(client, cast, worry):
    sign_in(client, cast, "convener")
    first, second = worry(), worry("村口路灯不亮")
    closed = worry("水渠漏水")
    screening.worry_answer(actor=cast.viewer("convener"), worry=closed, text="已修")
    merge = client.get(reverse("worry_merge", args=[second.pk]), {"number": closed.number}).content.decode()
    assert closed.number not in merge.split("<main")[-1].replace(f'value="{closed.number}"', "")
    client.post(reverse("worry_merge", args=[second.pk]), {"into": str(first.pk), "reason": "同一件"})
    page = client.get(reverse("worry", args=[second.pk])).content.decode()
    assert reverse("worry_separate", args=[second.pk]) in page
    answer = client.post(reverse("worry_separate", args=[second.pk]), {"reason": "是两件事"}, follow=True)
    assert "撤回合并" in answer.content.decode()
    page = client.get(reverse("worry", args=[closed.pk])).content.decode()
    assert reverse("worry_correct", args=[closed.pk]) in page
    answer = client.post(reverse("worry_correct", args=[closed.pk]), {"text": "还没修好，周五修"}, follow=True)
    assert "更正的答复" in answer.content.decode() and "已修" in answer.content.decode()
