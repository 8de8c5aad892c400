"""The yearly plan: a funnel from proposal to approved topic to matter."""

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import sign_in
from tests.deliberation.facts import a_matter, a_worry
from tests.kept import kept
from yishi.deliberation.models import Matter, PlanTopic, YearPlan
from yishi.deliberation.services.plans import (
    plan_decide,
    plan_open,
    plan_submit,
    plan_supplement,
    topic_draft,
    topic_leave_out,
    topic_open,
    topic_propose,
)
from yishi.deliberation.services.processes import process_shipped
from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.kit.ids import uuid7
from yishi.notices.models import Notice
from yishi.organisations.models import Post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]
YEAR = timezone.localdate().year


@kept
def plan(cast):
    receipt = plan_open(
        actor=cast.viewer("clerk"), body=cast.bodies["office"], approver=cast.bodies["party"], year=YEAR
    )
    return YearPlan.within.select_related("body__place", "approver").get(pk=receipt.result["plan"])


def topic(cast, plan, who="clerk", title="土地流转租金", **given):
    receipt = topic_propose(actor=cast.viewer(who), plan=plan, title=title, theme="land", **given)
    return PlanTopic.objects.select_related("plan__body__place").get(pk=receipt.result["topic"])


def test_it_works(cast, plan):
    one = topic(cast, plan, worry=a_worry(cast))
    topic_draft(actor=cast.viewer("clerk"), topic=one)
    plan_submit(actor=cast.viewer("clerk"), plan=plan)
    plan_decide(actor=cast.viewer("party_second"), plan=plan, answer="approve", reason="同意")
    receipt = topic_open(
        actor=cast.viewer("clerk"),
        topic=one,
        process=process_shipped("four_two_n"),
        place=cast.places["牟尼村"],
        convener=cast.bodies["office"],
        summary="租金拖欠",
    )
    matter = Matter.within.get(pk=receipt.result["matter"])
    assert matter.step == "study"  # screened, and the plan is approved
    assert matter.worries.get().state == "taken_up"
    assert PlanTopic.objects.get(pk=one.pk).matter == matter


@pytest.mark.parametrize(
    ("who", "by"), [("clerk", "牟定县政协办公室"), ("handler", "牟定县农业农村局"), ("member", "委员")]
)
def test_offices_departments_and_members_put_topics_forward(cast, plan, who, by):
    assert topic(cast, plan, who=who).proposed_by == by


def test_records_4_a_topic_is_put_forward_by_the_desk_that_was_said(cast, plan, client):
    """Of somebody at two desks, and of a member who works at one."""
    Post.objects.create(person=cast.people["handler"], body=cast.bodies["office"], role="clerk")
    with pytest.raises(Refusal) as refused:
        topic(cast, plan, who="handler")
    assert refused.value.field == "desk"
    for key in ("department", "office"):
        put = topic(cast, plan, who="handler", desk=cast.bodies[key])
        assert put.proposed_by == cast.bodies[key].name
        assert Entry.objects.latest("pk").body_id == cast.bodies[key].pk
    with pytest.raises(NotAllowed):
        topic(cast, plan, who="handler", desk=cast.bodies["water"])
    Post.objects.create(person=cast.people["member"], body=cast.bodies["department"], role="clerk")
    assert topic(cast, plan, who="member").proposed_by == "委员"
    assert topic(cast, plan, who="member", desk=cast.bodies["department"]).proposed_by == "牟定县农业农村局"
    sign_in(client, cast, "handler")
    address = reverse("topic_new", args=[plan.pk])
    sent = {"title": "路灯", "theme": "land", "act_id": uuid7()}
    assert client.post(address, sent).status_code == 422
    assert client.post(address, {**sent, "desk": cast.bodies["office"].pk}).status_code == 302
    assert PlanTopic.objects.get(title="路灯").proposed_by == "牟定县政协办公室"
    sign_in(client, cast, "clerk")
    assert "desk" not in client.get(address).context["form"].fields


def test_outsiders_and_former_members_put_nothing_forward(cast, plan):
    for who in ("outsider", "former_member", "outside_handler"):
        with pytest.raises(NotAllowed):
            topic(cast, plan, who=who)


def test_one_plan_a_year(cast, plan):
    with pytest.raises(Refusal) as refused:
        plan_open(actor=cast.viewer("clerk"), body=cast.bodies["office"], approver=cast.bodies["party"], year=YEAR)
    assert refused.value.field == "year"
    with pytest.raises(NotAllowed):
        plan_open(actor=cast.viewer("outsider"), body=cast.bodies["office"], approver=cast.bodies["party"], year=YEAR)


def test_nobody_approves_their_own_plan(cast):
    with pytest.raises(Refusal) as refused:
        plan_open(actor=cast.viewer("clerk"), body=cast.bodies["office"], approver=cast.bodies["office"], year=YEAR)
    assert refused.value.field == "approver"


def test_what_is_left_out_has_a_reason(cast, plan):
    one = topic(cast, plan)
    with pytest.raises(Refusal) as refused:
        topic_leave_out(actor=cast.viewer("clerk"), topic=one, reason="")
    assert refused.value.field == "reason"
    topic_leave_out(actor=cast.viewer("clerk"), topic=one, reason="已有部门在办")
    assert PlanTopic.objects.get(pk=one.pk).reason == "已有部门在办"
    with pytest.raises(NotAllowed):
        topic_leave_out(actor=cast.viewer("handler"), topic=one, reason="不想")


def test_a_plan_is_submitted_when_every_topic_is_decided_about(cast, plan):
    with pytest.raises(Refusal) as refused:
        plan_submit(actor=cast.viewer("clerk"), plan=plan)
    assert refused.value.code == "plan.empty"
    one, other = topic(cast, plan), topic(cast, plan, title="路灯")
    topic_draft(actor=cast.viewer("clerk"), topic=one)
    with pytest.raises(Refusal) as refused:
        plan_submit(actor=cast.viewer("clerk"), plan=plan)
    assert refused.value.code == "plan.undecided" and "1个" in str(refused.value)
    topic_leave_out(actor=cast.viewer("clerk"), topic=other, reason="村里自己能办")
    plan_submit(actor=cast.viewer("clerk"), plan=plan)
    assert Notice.objects.filter(body_id=cast.bodies["party"].pk, code="plan.submitted").exists()
    with pytest.raises(WrongStage):
        topic(cast, plan, title="晚了")


def submitted(cast, plan):
    one = topic(cast, plan)
    topic_draft(actor=cast.viewer("clerk"), topic=one)
    plan_submit(actor=cast.viewer("clerk"), plan=plan)
    return one


def test_a_returned_plan_is_mended_and_submitted_again(cast, plan):
    one = submitted(cast, plan)
    plan_decide(actor=cast.viewer("party_second"), plan=plan, answer="return", reason="议题太少")
    assert YearPlan.within.get(pk=plan.pk).state == "collecting"
    topic_draft(actor=cast.viewer("clerk"), topic=one, into=False)
    topic_draft(actor=cast.viewer("clerk"), topic=one)
    plan_submit(actor=cast.viewer("clerk"), plan=plan)
    assert YearPlan.within.get(pk=plan.pk).state == "submitted"


def test_only_the_approver_decides_and_once(cast, plan):
    submitted(cast, plan)
    for who in ("clerk", "outsider", "chair_head"):
        with pytest.raises(NotAllowed):
            plan_decide(actor=cast.viewer(who), plan=plan, answer="approve", reason="同意")
    with pytest.raises(Refusal):
        plan_decide(actor=cast.viewer("party_clerk"), plan=plan, answer="approve", reason=" ")
    plan_decide(actor=cast.viewer("party_clerk"), plan=plan, answer="approve", reason="同意")
    with pytest.raises(WrongStage):
        plan_decide(actor=cast.viewer("party_second"), plan=plan, answer="return", reason="再议")


def test_a_matter_that_waits_for_the_plan_goes_on_when_it_is_approved(cast, plan):
    matter = a_matter(cast, "four_two_n")
    assert matter.step == "plan"
    one = topic(cast, plan, matter=matter, title=matter.title)
    with pytest.raises(Refusal):
        topic(cast, plan, matter=matter, title=matter.title)
    topic_draft(actor=cast.viewer("clerk"), topic=one)
    plan_submit(actor=cast.viewer("clerk"), plan=plan)
    plan_decide(actor=cast.viewer("party_second"), plan=plan, answer="approve", reason="同意")
    assert Matter.within.get(pk=matter.pk).step == "study"


def test_records_6_a_matter_of_an_approved_year_comes_into_the_plan_as_a_supplement(cast, plan):
    first = submitted(cast, plan)
    matter = a_matter(cast, "four_two_n")
    with pytest.raises(WrongStage):  # while it is being decided
        topic(cast, plan, who="clerk", matter=matter, title=matter.title)
    plan_decide(actor=cast.viewer("party_second"), plan=plan, answer="approve", reason="同意")
    added = topic(cast, plan, matter=matter, title=matter.title)
    assert Notice.objects.filter(body_id=cast.bodies["office"].pk, code="plan.late_topic").exists()
    with pytest.raises(WrongStage):
        topic_draft(actor=cast.viewer("clerk"), topic=added)
    with pytest.raises(NotAllowed):
        plan_supplement(actor=cast.viewer("party_second"), plan=plan, reason="年中新增")
    with pytest.raises(Refusal):
        plan_supplement(actor=cast.viewer("clerk"), plan=plan, reason=" ")
    plan_supplement(actor=cast.viewer("clerk"), plan=plan, reason="年中新增")
    with pytest.raises(WrongStage):
        plan_supplement(actor=cast.viewer("clerk"), plan=plan, reason="年中新增")
    assert PlanTopic.objects.get(pk=first.pk).state == "approved"
    topic_draft(actor=cast.viewer("clerk"), topic=added)
    plan_submit(actor=cast.viewer("clerk"), plan=plan)
    assert Matter.within.get(pk=matter.pk).step == "plan"
    plan_decide(actor=cast.viewer("party_second"), plan=plan, answer="approve", reason="同意增补")
    assert Matter.within.get(pk=matter.pk).step == "study"
    assert set(plan.topics.values_list("state", flat=True)) == {"approved"}


def test_a_topic_opens_one_matter_and_only_when_approved(cast, plan):
    one = submitted(cast, plan)
    given = {
        "actor": cast.viewer("clerk"),
        "topic": one,
        "process": process_shipped("courtyard"),
        "place": cast.places["牟尼村"],
        "convener": cast.bodies["office"],
    }
    with pytest.raises(WrongStage):
        topic_open(**given)
    plan_decide(actor=cast.viewer("party_second"), plan=plan, answer="approve", reason="同意")
    topic_open(**given)
    with pytest.raises(WrongStage):
        topic_open(**given)
