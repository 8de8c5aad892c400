"""Screening: nothing raised is dropped."""

import pytest
from django.urls import reverse

from tests.cast import sign_in
from yishi.deliberation.models import Matter, Worry
from yishi.deliberation.services import screening
from yishi.deliberation.services.processes import process_shipped
from yishi.deliberation.services.similar import similar_worries
from yishi.deliberation.services.worries import worry_file
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.notices.models import Notice
from yishi.organisations.grants import Viewer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]


@pytest.fixture
def worry(cast):
    def make(text="花卉公司欠了两季的租金", theme="land", **given):
        receipt = worry_file(
            actor=Viewer(), text=text, theme=theme, place=cast.places["牟尼村"], channel="code", **given
        )
        return Worry.objects.get(pk=receipt.result["worry"])

    return make


def told(worry):
    return list(Notice.objects.filter(person=worry.raiser).order_by("created_at").values_list("code", flat=True))


def test_it_works(cast, worry):
    one = worry()
    receipt = screening.worry_take_up(
        actor=cast.viewer("convener"),
        worry=one,
        reason="涉及多户",
        title="土地租金",
        process=process_shipped("courtyard"),
    )
    one.refresh_from_db()
    matter = Matter.objects.get(pk=receipt.result["matter"])
    assert (one.state, one.matter) == ("taken_up", matter)
    assert matter.convener == cast.bodies["council"]
    assert "worry.taken_up" in told(one)


def test_passed_on_the_other_desk_owes_the_answer(cast, worry):
    one = worry()
    screening.worry_pass(
        actor=cast.viewer("convener"), worry=one, to_body=cast.bodies["department"], reason="属农业局职责"
    )
    one.refresh_from_db()
    assert (one.state, one.desk) == ("passed", cast.bodies["department"])
    screening.worry_answer(actor=cast.viewer("handler"), worry=one, text="已约谈企业")
    one.refresh_from_db()
    assert one.state == "answered" and one.answered_on
    assert told(one) == ["worry.passed", "worry.answered"]


def test_a_merged_worrys_author_hears_what_becomes_of_the_other(cast, worry):
    first, second = worry(), worry("花卉公司欠了我家租金")
    screening.worry_merge(actor=cast.viewer("convener"), worry=second, into=first, reason="说的是同一件事")
    screening.worry_answer(actor=cast.viewer("convener"), worry=first, text="下周开会")
    assert told(second) == ["worry.merged", "worry.answered"]


def test_waiting_8_merging_needs_a_reason_that_the_author_reads(cast, worry):
    first, second = worry(), worry("花卉公司欠了我家租金")
    with pytest.raises(Refusal) as refused:
        screening.worry_merge(actor=cast.viewer("convener"), worry=second, into=first, reason=" ")
    assert refused.value.field == "reason"
    screening.worry_merge(actor=cast.viewer("convener"), worry=second, into=first, reason="都是租金的事")
    assert second.steps.get(kind="merged").reason == "都是租金的事"


def test_waiting_8_a_short_and_a_long_one_about_the_same_are_offered_first(client, cast, worry):
    """Same village, same theme, 12 letters against 60: whichever is the longer. The button says what is merged."""
    long = worry(
        "从去年雨季开始上村到中村那条灌溉水沟塌了三处一直没人修，下面几十亩稻田今年插不上秧，"
        "群众多次反映都没有结果，请帮忙协调修复"
    )
    short, other = worry("灌溉水沟塌了没人修"), worry("村口路灯不亮")
    assert [one.pk for one in similar_worries(short.place, short.text) if one.pk != short.pk] == [long.pk]
    sign_in(client, cast, "convener")
    page = client.get(reverse("worry_merge", args=[short.pk])).content.decode()
    assert page.index(long.number) < page.index(other.number)  # both of this village and theme, the likest first
    assert "撤并" not in page and "合并这两件" in page


def test_merging_a_chain_ends_at_the_first(cast, worry):
    first, second, third = worry(), worry("欠租二"), worry("欠租三")
    screening.worry_merge(actor=cast.viewer("convener"), worry=third, into=second, reason="说的是同一件事")
    screening.worry_merge(actor=cast.viewer("convener"), worry=second, into=first, reason="说的是同一件事")
    third.refresh_from_db()
    assert third.merged_into == first


def test_sensitive_ones_are_referred_not_taken_up(cast, worry):
    one = worry(theme="law_case")
    with pytest.raises(Refusal):
        screening.worry_take_up(
            actor=cast.viewer("convener"), worry=one, reason="好", title="案", process=process_shipped("courtyard")
        )
    screening.worry_refer(
        actor=cast.viewer("convener"), worry=one, authority="县人民法院", reason="已立案，请向法院反映"
    )
    one.refresh_from_db()
    assert one.state == "referred"


def test_a_decision_needs_a_reason(cast, worry):
    with pytest.raises(Refusal) as refused:
        screening.worry_decline(actor=cast.viewer("convener"), worry=worry(), reason=" ")
    assert refused.value.field == "reason"


def test_who_is_second_reads_that_it_was_decided(cast, worry):
    one = worry()
    screening.worry_answer(actor=cast.viewer("clerk"), worry=one, text="已修好")
    with pytest.raises(WrongStage):
        screening.worry_decline(actor=cast.viewer("second_clerk"), worry=one, reason="不办")


def test_not_content_one_asks_again_once(cast, worry):
    one = worry()
    screening.worry_answer(actor=cast.viewer("clerk"), worry=one, text="已修好")
    mine = Viewer(person=one.raiser)
    screening.worry_reopen(actor=mine, worry=one, reason="没有修")
    one.refresh_from_db()
    assert (one.state, one.answered_on) == ("filed", None)
    screening.worry_answer(actor=cast.viewer("clerk"), worry=one, text="真的修好了")
    with pytest.raises(WrongStage):
        screening.worry_reopen(actor=mine, worry=one, reason="还是没有")


@pytest.mark.parametrize("who", ["outsider", "outside_handler", "handler", "member", "former_member", "villager"])
def test_others_do_not_decide(cast, worry, who):
    with pytest.raises(NotAllowed):
        screening.worry_answer(actor=cast.viewer(who), worry=worry(), text="好")


def test_alike_worries_near_by_are_found(cast, worry):
    first = worry("花卉公司欠了两季的土地租金，快过年了")
    worry("村口的路灯坏了三个月", theme="roads")
    found = similar_worries(cast.places["邻近村"], "花卉公司拖欠土地租金")
    assert found == [first]
    assert similar_worries(cast.places["外县村"], "花卉公司拖欠土地租金") == []
