"""A road from plan to acceptance: who may, in which order, how much is plausible, and what is owed for defects."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.assistance.helping import Helping
from tests.assistance.works import YUAN, Works
from tests.cast import sign_in
from tests.kept import kept
from yishi.assistance.campaign.models import Campaign, Direction
from yishi.assistance.projects.models import Project
from yishi.assistance.projects.services.acceptance import Defect, project_promise, promises_of
from yishi.assistance.projects.services.asked_works import Part, Quantity
from yishi.assistance.projects.services.balances import project_money
from yishi.assistance.projects.services.building import project_drop, project_finish, project_start
from yishi.assistance.projects.services.contracts import contract_cancel, households_reach
from yishi.assistance.projects.services.funds import fund_open
from yishi.assistance.projects.services.progress import standing_of, unit_cost, wholes
from yishi.assistance.projects.services.projects import (
    money_decide,
    money_plan,
    parts_of,
    project_change,
    project_find,
    project_open,
    quantities_plan,
    works_decide,
)
from yishi.database.reach import reaching
from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.organisations.models import Post
from yishi.web.shell.desk import inbox

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]


@kept
def works(cast) -> Works:
    return Works(cast)


def test_it_works(works):
    works.approve(paper="牟发改〔2026〕1号").allot().start()
    contract = works.sign()
    works.report(上村小组="1.5", 中村小组="2.3")
    works.build().pay(70_000 * YUAN, contract=contract)
    works.accept()
    project = works.project
    assert project.stage == "accepted"
    (road,) = wholes(standing_of(project))
    assert (road.planned, road.done, road.accepted) == (10_000, 10_000, 10_000)  # thousandths of a km
    assert unit_cost(70_000 * YUAN, road.done) == 7_000 * YUAN
    assert {one.verb for one in project.steps.all()} == {"plan", "approve", "start", "finish", "pass"}
    entries = Entry.objects.filter(subject_id=project.pk, code="assistance.project.report")
    assert sum(entry.quantities.get("done", 0) for entry in entries) == road.done


@pytest.mark.parametrize("who", ["outsider", "outside_handler", "member", "handler"])
def test_strangers_see_and_change_nothing(works, cast, who):
    with reaching(cast.viewer(who).reach):
        assert not Project.objects.exists()
    works.approve()
    with pytest.raises(NotAllowed):
        project_start(actor=cast.viewer(who), project=works.project, on=works.day(1))


@pytest.mark.parametrize("who", ["clerk", "water_clerk", "village_head", "party_clerk", "prefecture_clerk"])
def test_those_around_it_see_it(works, cast, who):
    with reaching(cast.viewer(who).reach):
        assert Project.objects.get() == works.project


def test_nobody_approves_or_accepts_what_their_own_desk_builds(works, cast):
    with pytest.raises(NotAllowed):
        works.clerk = works.builder
        works.approve()
    works.clerk = cast.viewer("clerk")
    works.approve().start().build()
    with pytest.raises(NotAllowed) as refused:
        works.accept(body=cast.bodies["water"])
    assert refused.value.code == "right.desk"
    Post.objects.create(person=cast.people["clerk"], body=cast.bodies["water"], role="clerk")
    works.clerk = cast.viewer("clerk")
    for body in ("water", "office"):  # a post at another desk does not make it another hand
        with pytest.raises(NotAllowed) as refused:
            works.accept(body=cast.bodies[body])
        assert refused.value.code == "right.missing"


def test_a_department_that_was_named_accepts(works, cast):
    works.approve(acceptor=cast.bodies["department"]).start().build()
    works.clerk = cast.viewer("handler")
    assert works.accept(body=cast.bodies["department"]).result == "passed"


def test_only_the_responsible_desk_reports(works):
    works.approve().start()
    works.builder = works.clerk
    with pytest.raises(NotAllowed):
        works.report(上村小组="1")


def test_steps_come_in_their_order(works):
    with pytest.raises(WrongStage):
        works.start()
    with pytest.raises(Refusal) as refused:
        works.approve(on=works.day(261))  # before it was planned
    assert refused.value.code == "project.early"
    works.approve()
    with pytest.raises(WrongStage):
        works.report(上村小组="1")
    with pytest.raises(Refusal) as refused:
        project_start(actor=works.builder, project=works.project, on=works.day(191))
    assert refused.value.code == "project.early"


def test_more_than_planned_or_less_than_before_needs_a_reason(works):
    works.approve().start().report(100, 上村小组="3")
    with pytest.raises(Refusal) as refused:
        works.report(90, 上村小组="3.3")
    assert refused.value.code == "progress.more" and "3.2" in str(refused.value)
    with pytest.raises(Refusal) as refused:
        works.report(90, 上村小组="2.9")
    assert refused.value.code == "progress.less"
    works.report(90, reason="复测后更正", 上村小组="2.9")
    assert standing_of(works.project)[0].done == 2_900


def test_a_report_that_arrives_late_does_not_undo_a_later_one(works):
    works.approve().start().report(50, 上村小组="3")
    works.report(100, 上村小组="1")
    assert standing_of(works.project)[0].done == 3_000
    entries = Entry.objects.filter(subject_id=works.pk, code="assistance.project.report")
    assert sum(entry.quantities.get("done", 0) for entry in entries) == 3_000


def test_finished_with_less_than_planned_says_why(works):
    works.approve().start().report(上村小组="3.2")
    with pytest.raises(Refusal) as refused:
        project_finish(actor=works.builder, project=works.project, on=works.day(9))
    assert "中村小组" in str(refused.value) and "上村小组" not in str(refused.value)
    project_finish(actor=works.builder, project=works.project, on=works.day(9), words="其余改线")
    assert works.project.stage == "finished"


def test_not_more_is_accepted_than_is_done_and_a_failed_one_is_built_on(works):
    works.approve().start().build()
    with pytest.raises(Refusal) as refused:
        works.accept(found={works.parts["上村小组"].pk: Decimal("3.3")})
    assert refused.value.code == "acceptance.more"
    works.accept(result="failed", words="路基不实")
    assert works.project.stage == "building"
    assert sum(one.accepted for one in standing_of(works.project)) == 0


def test_a_defect_is_a_promise_of_the_responsible_body(works, cast):
    works.approve().start().build()
    with pytest.raises(Refusal):  # said, but none named
        works.accept(result="defects")
    due = timezone.localdate() + timedelta(days=30)
    works.accept(result="defects", defects=[Defect("补做边沟 200 米", due)])
    (promise,) = promises_of(works.project)
    assert (promise.bearer, promise.supervisor) == (cast.bodies["water"], cast.bodies["office"])
    assert (promise.state, promise.due_on) == ("in_force", due)
    assert works.project.stage == "accepted"


def test_an_office_writes_down_what_somebody_owes_the_project(works, cast):
    works.approve()
    given = {
        "project": works.project,
        "bearer": cast.bodies["department"],
        "supervisor": cast.bodies["office"],
        "text": "协调占地",
        "due_on": timezone.localdate() + timedelta(days=9),
        "proof_expected": "协议",
    }
    project_promise(actor=works.clerk, **given)
    assert promises_of(works.project).count() == 1
    with pytest.raises(NotAllowed):
        project_promise(actor=works.builder, **given)


def test_contracts_are_worth_no_more_than_is_planned_and_payments_no_more_than_the_contract(works):
    contract = works.approve().allot().sign(50_000 * YUAN)
    with pytest.raises(Refusal) as refused:
        works.sign(30_001 * YUAN, number="HT-2")
    assert refused.value.code == "contract.planned" and "30,000.00" in str(refused.value)
    works.pay(50_000 * YUAN, contract=contract)
    with pytest.raises(Refusal) as refused:
        works.pay(1, contract=contract)
    assert refused.value.code == "payment.contract_left"
    with pytest.raises(Refusal):
        contract_cancel(actor=works.builder, contract=contract, reason="违约")


def test_the_plan_of_money_is_not_less_than_what_is_held_or_signed(works):
    works.approve().allot()
    with pytest.raises(Refusal) as refused:
        money_plan(actor=works.builder, project=works.project, money={"fiscal": 10**7}, reason="调整")
    assert refused.value.code == "money.allotted"
    with pytest.raises(Refusal) as refused:
        money_plan(actor=works.builder, project=works.project, money={"donation": 10**7})
    assert refused.value.code == "money.reason"
    money_plan(actor=works.builder, project=works.project, money={"donation": 10**7}, reason="增加一段")


def test_more_money_than_was_approved_waits_for_who_approves(works, cast):
    works.approve()
    money_plan(actor=works.builder, project=works.project, money={"donation": 5_000_000 * YUAN}, reason="增加一段")
    asked = works.project
    assert (project_money(asked).total.planned, asked.asked_sum) == (80_000 * YUAN, 5_000_000 * YUAN)
    with pytest.raises(NotAllowed):
        money_decide(actor=works.builder, project=asked, granted=True)
    with pytest.raises(Refusal) as unsaid:
        money_decide(actor=works.clerk, project=asked, granted=False)
    assert unsaid.value.field == "answer"
    assert "project" in [item.kind for item in inbox(works.clerk)]
    money_decide(actor=works.clerk, project=asked, granted=False, answer="没有依据")
    assert (project_money(works.project).total.planned, works.project.asked_money) == (80_000 * YUAN, None)
    with pytest.raises(WrongStage):
        money_decide(actor=works.clerk, project=works.project, granted=True)
    money_plan(actor=works.builder, project=works.project, money={"donation": 90_000 * YUAN}, reason="材料涨价")
    money_decide(actor=works.clerk, project=works.project, granted=True)
    assert project_money(works.project).total.planned == 90_000 * YUAN
    money_plan(actor=works.builder, project=works.project, money={"donation": 70_000 * YUAN}, reason="少修一段")
    assert project_money(works.project).total.planned == 70_000 * YUAN  # less asks nobody


def planned(works):
    return sum(part.planned for part in parts_of(works.project))


def test_more_works_than_were_approved_wait_for_who_approves(works, cast):
    works.approve()

    def plan(km, who=works.builder):
        more = [Quantity("道路硬化", "公里", [Part("上村小组", Decimal(km)), Part("下村小组", Decimal("4.5"))])]
        quantities_plan(actor=who, project=works.project, quantities=more, reason="增加一段")

    before = planned(works)
    plan("20")
    assert (planned(works), works.project.asked_works_why) == (before, "增加一段")
    with pytest.raises(NotAllowed):
        works_decide(actor=works.builder, project=works.project, granted=True)
    with pytest.raises(Refusal) as unsaid:
        works_decide(actor=works.clerk, project=works.project, granted=False)
    assert unsaid.value.field == "answer"
    assert "project" in [item.kind for item in inbox(works.clerk)]
    works_decide(actor=works.clerk, project=works.project, granted=False, answer="没有依据")
    assert (planned(works), works.project.asked_works) == (before, None)
    with pytest.raises(WrongStage):
        works_decide(actor=works.clerk, project=works.project, granted=True)
    plan("20")
    works_decide(actor=works.clerk, project=works.project, granted=True)
    assert planned(works) == 24_500
    plan("3")
    assert planned(works) == 7_500 and works.project.asked_works is None  # less asks nobody
    plan("21", works.clerk)
    assert planned(works) == 25_500  # nor who approves it
    with pytest.raises(Refusal):  # what could not be granted is refused while the form is open
        more = [Quantity("道路硬化", "公里", [Part("上村小组", Decimal(90)), Part("上村小组", Decimal(1))])]
        quantities_plan(actor=works.builder, project=works.project, quantities=more, reason="增加一段")


def test_more_money_after_the_acceptance_is_on_a_desk(works):
    works.approve().allot().start().build().accept()
    assert "project" not in [item.kind for item in inbox(works.clerk)]
    money_plan(actor=works.builder, project=works.project, money={"donation": 90_000 * YUAN}, reason="决算增加")
    assert works.project.asked_sum and "project" in [item.kind for item in inbox(works.clerk)]


def test_a_part_with_progress_cannot_be_left_out(works):
    works.approve().start().report(上村小组="1")
    rest = [Quantity("道路硬化", "公里", [Part("中村小组", Decimal(2))])]
    with pytest.raises(Refusal) as refused:
        quantities_plan(actor=works.builder, project=works.project, quantities=rest, reason="改线")
    assert refused.value.code == "part.begun"
    both = [Quantity("道路硬化", "公里", [Part("上村小组", Decimal(3)), Part("新村小组", Decimal(2))])]
    quantities_plan(actor=works.builder, project=works.project, quantities=both, reason="改线")
    assert [(one.part.name, one.done) for one in standing_of(works.project)] == [("上村小组", 1_000), ("新村小组", 0)]


def test_a_project_with_bound_money_is_not_given_up(works):
    works.approve().allot()
    with pytest.raises(Refusal) as refused:
        project_drop(actor=works.clerk, project=works.project, reason="不建了")
    assert refused.value.code == "project.bound"


def test_families_reached_are_counted_by_name_and_the_rest_as_a_number(works, cast):
    households = Helping(cast).households[:2]
    households_reach(actor=works.clerk, project=works.project, households=households, unnamed=30)
    households_reach(actor=works.clerk, project=works.project, households=households[:1], unnamed=31)
    project = works.project
    assert (project.reached.get().household, project.unnamed_households) == (households[0], 31)
    touches = [one for entry in Entry.objects.filter(code="assistance.project.reach") for one in entry.touches]
    assert sum(sign for _kind, key, sign in touches if key == str(households[1].pk)) == 0


def test_one_place_has_one_project_of_a_name(works, cast):
    assert project_find(place=cast.places["牟尼村"], name=" 通组路硬化 ") == works.project
    with pytest.raises(Refusal) as refused:
        project_open(
            actor=works.clerk,
            name="通组路硬化",
            place=cast.places["牟尼村"],
            kind="road",
            responsible=cast.bodies["water"],
            starts_on=works.day(1),
            ends_on=works.day(0),
        )
    assert refused.value.code == "project.taken"


def test_records_11_project_and_fund_belong_to_a_campaign_of_their_place_and_selects_name_it(works, cast, client):
    mine = Helping(cast).campaign
    other = Campaign.objects.create(
        code="yiliang",
        name="宜良行动",
        owner=cast.bodies["outside_office"],
        place=cast.places["宜良县"],
        starts_on=mine.starts_on,
    )
    for campaign, code in ((other, "industry"), (mine, "later")):
        Direction.objects.create(campaign=campaign, code=code, name="产业助推", ordinal=9)
    opened = {
        "actor": works.builder,
        "place": cast.places["牟尼村"],
        "kind": "road",
        "responsible": cast.bodies["water"],
    }
    days = {"starts_on": works.day(200), "ends_on": works.day(20)}
    with pytest.raises(Refusal) as refused:
        project_open(name="机耕路", campaign=other, **opened, **days)
    assert refused.value.code == "campaign.elsewhere" and "宜良行动" in str(refused.value)
    with pytest.raises(Refusal) as refused:
        fund_open(
            actor=works.clerk,
            owner=cast.bodies["office"],
            name="外县资金",
            kind="fiscal",
            place=cast.places["牟定县"],
            campaign=other,
        )
    assert refused.value.code == "campaign.elsewhere"
    project_open(name="机耕路", campaign=mine, **opened, **days)
    sign_in(client, cast, "clerk")
    for page in ("/desk/projects/new/", "/desk/funds/new/", "/desk/projects/"):
        fields = [form for form in flat(client.get(page).context) if "campaign" in getattr(form, "fields", {})]
        assert fields, page
        for form in fields:
            assert [str(choice) for _key, choice in form.fields["campaign"].choices][1:] == ["助推行动"], page
            if "direction" in form.fields:
                shown = [label for _key, label in form.fields["direction"].choices]
                assert "助推行动 · 产业助推" in shown and not any("宜良" in label for label in shown)


def flat(context):
    return [value for layer in context for part in layer for value in part.values()]


def test_a_misspelt_name_of_a_project_is_corrected_and_the_first_one_stays_in_its_story(works, client):
    """A name could be written once: 腊姑村道路硬花 stood on every list and paper."""
    project = works.project
    first = project.name
    same = {"kind": project.kind, "starts_on": project.starts_on, "ends_on": project.ends_on}
    project_change(actor=works.builder, project=project, name="村组道路硬化（一期）", **same)
    project.refresh_from_db()
    assert project.name == "村组道路硬化（一期）"
    assert [step.words for step in project.steps.filter(verb="rename")] == [first]
    sign_in(client, works.cast, "clerk")
    assert first in client.get(reverse("project", args=[project.pk])).content.decode()
    project_change(actor=works.builder, project=project, name="村组道路硬化（一期）", **same)
    project_change(actor=works.builder, project=project, **same)  # an import that says no name changes none
    assert project.steps.filter(verb="rename").count() == 1
    project_open(actor=works.builder, name="人畜饮水", place=project.place, responsible=project.responsible, **same)
    with pytest.raises(Refusal) as refused:
        project_change(actor=works.builder, project=project, name="人畜 饮水", **same)
    assert refused.value.code == "project.taken"
