"""An activity, an agreement of bodies, a village plan, a fund that was entered by mistake or twice: each stays on its
own page with the reason, is listed no more, and is refused to go as long as something rests on it."""

from uuid import uuid4

import pytest
from django.urls import reverse

from tests.assistance.helping import Helping
from tests.assistance.pairs import Paired
from tests.assistance.steered import Steered
from tests.assistance.works import Works
from tests.cast import sign_in
from tests.kept import kept_over_all_files
from yishi.assistance.campaign.models import Cooperation
from yishi.assistance.campaign.services.steering import clause_add, cooperation_take_back
from yishi.assistance.deeds.models import Activity, Deed
from yishi.assistance.deeds.services.activities import activity_open, activity_take_back
from yishi.assistance.deeds.services.deeds import deed_withdraw
from yishi.assistance.pairing.models import VillagePlan
from yishi.assistance.pairing.services.village_plans import village_plan_promise, village_plan_take_back
from yishi.assistance.projects.models import Fund
from yishi.assistance.projects.services.funds import fund_open, fund_take_back
from yishi.commitments.models import Commitment
from yishi.commitments.services import commitment_close_undone
from yishi.kit.errors import NotAllowed, Refusal, WrongStage

pytestmark = pytest.mark.django_db


@kept_over_all_files
def paired(cast):
    return Paired(cast)


@kept_over_all_files
def steered(cast):
    return Steered(cast, Helping(cast).campaign)


@kept_over_all_files
def works(cast):
    return Works(cast)


def refused_and_done(service, row, cast, who, **given):
    """Who may not, no reason, done, done again."""
    for stranger in ("outsider", "villager"):
        with pytest.raises(NotAllowed):
            service(actor=cast.viewer(stranger), reason="误录", **given)
    with pytest.raises(Refusal):
        service(actor=cast.viewer(who), reason=" ", **given)
    key = uuid4()
    first = service(actor=cast.viewer(who), reason="录了两遍", act_id=key, **given)
    assert service(actor=cast.viewer(who), reason="录了两遍", act_id=key, **given).pk == first.pk
    with pytest.raises(WrongStage):
        service(actor=cast.viewer(who), reason="再来一次", **given)
    kept = type(row).every.get(pk=row.pk)
    assert (kept.taken_back_reason, kept.taken_back_by_id) == ("录了两遍", cast.viewer(who).person_id)
    assert not type(row).objects.filter(pk=row.pk).exists()


def told_on_its_page(client, cast, who, name, listed, row):
    """The page offers it; sent, it tells the reason, offers nothing more, and no list has it."""
    sign_in(client, cast, who)
    page, back = reverse(name, args=[row.pk]), reverse(f"{name}_take_back", args=[row.pk])
    assert back in client.get(page).content.decode()
    assert client.get(back).status_code == 200
    assert client.post(back, {"reason": "录了两遍"}).status_code == 302
    told = client.get(page).content.decode()
    assert "录了两遍" in told and back not in told
    assert client.get(back).status_code == 404
    assert page not in client.get(listed).content.decode()


def test_it_works_with_an_activity(paired, client):
    cast, helping = paired.cast, paired.helping

    def opened():
        place, office = cast.places["牟尼村"], cast.bodies["office"]
        receipt = activity_open(
            actor=cast.viewer("clerk"), title="义诊", place=place, on=helping.start, organiser=office
        )
        return Activity.objects.get(pk=receipt.result["activity"])

    activity = opened()
    deed = helping.record()
    Deed.within.filter(pk=deed.pk).update(activity=activity)
    with pytest.raises(Refusal) as error:
        activity_take_back(actor=cast.viewer("clerk"), activity=activity, reason="误录")
    assert error.value.code == "activity.deeds" and Activity.objects.filter(pk=activity.pk).exists()
    deed_withdraw(actor=cast.viewer("clerk"), deed=deed, reason="没有办")
    refused_and_done(activity_take_back, activity, cast, "clerk", activity=activity)
    told_on_its_page(client, cast, "clerk", "activity", reverse("activities"), opened())


def test_a_village_plan(paired, client):
    cast, plan = paired.cast, paired.plan()
    owed = village_plan_promise(
        actor=cast.viewer("village_head"),
        plan=plan,
        act_text="发花椒苗",
        bearer=cast.bodies["department"],
        due_on=paired.today,
        proof_expected="签收单",
    )
    with pytest.raises(WrongStage) as error:
        village_plan_take_back(actor=cast.viewer("village_head"), plan=plan, reason="误录")
    assert error.value.code == "promises.owed" and VillagePlan.within.filter(pk=plan.pk).exists()
    promise = Commitment.within.get(pk=owed.result["commitment"])
    commitment_close_undone(actor=cast.viewer("clerk"), commitment=promise, reason="规划录重了")
    refused_and_done(village_plan_take_back, plan, cast, "village_head", plan=plan)
    with pytest.raises(WrongStage):
        village_plan_promise(
            actor=cast.viewer("village_head"),
            plan=plan,
            act_text="再发一次",
            bearer=cast.bodies["department"],
            due_on=paired.today,
            proof_expected="签收单",
        )
    told_on_its_page(client, cast, "village_head", "village_plan", reverse("village_plans"), paired.plan())


def test_an_agreement_of_bodies(steered, client):
    cast, cooperation = steered.cast, steered.cooperation
    with pytest.raises(WrongStage) as error:
        cooperation_take_back(actor=cast.viewer("clerk"), cooperation=cooperation, reason="误录")
    assert error.value.code == "promises.owed"
    for promise in Commitment.within.filter(origin_id=cooperation.pk):
        commitment_close_undone(actor=cast.viewer("clerk"), commitment=promise, reason="协议录重了")
    refused_and_done(cooperation_take_back, cooperation, cast, "clerk", cooperation=cooperation)
    with pytest.raises(WrongStage):
        clause_add(
            actor=cast.viewer("clerk"),
            cooperation=cooperation,
            act_text="招生",
            bearer=cast.bodies["company"],
            due_on=steered.soon,
            proof_expected="名单",
        )
    Cooperation.every.update(taken_back_at=None, taken_back_reason="")
    listed = reverse("steering", args=[cooperation.campaign_id])
    told_on_its_page(client, cast, "clerk", "cooperation", listed, cooperation)


def test_a_fund_and_its_name_is_free(works, client):
    cast = works.cast
    with pytest.raises(Refusal) as error:
        fund_take_back(actor=cast.viewer("clerk"), fund=works.fund, reason="误录")
    assert error.value.code == "fund.used"

    def opened():
        receipt = fund_open(
            actor=cast.viewer("clerk"),
            owner=cast.bodies["office"],
            name="爱心基金",
            kind=works.fund.kind,
            place=cast.places["牟定县"],
        )
        return Fund.within.get(pk=receipt.result["fund"])

    fund = opened()
    refused_and_done(fund_take_back, fund, cast, "clerk", fund=fund)
    told_on_its_page(client, cast, "clerk", "fund", reverse("funds"), opened())
