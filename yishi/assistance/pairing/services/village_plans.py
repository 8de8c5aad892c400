"""A village's plan (产业发展规划): one page, and everything in it is a commitment of somebody."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.assistance.pairing.models import VillagePlan
from yishi.commitments.models import Commitment
from yishi.commitments.services import check_unowed
from yishi.database.taken_back import locked_standing
from yishi.database.words import Words
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.journal.moved import GONE, take_back_row
from yishi.kit.errors import Refusal
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Place, PlaceLevel
from yishi.organisations.rights import permit
from yishi.people.models import Person

from .measures import promise

TITLE = Words("title", 120, _("Please write a title."), "village_plan.title")
AIM = Words("aim", 1000, _("Write in a sentence what it aims at."), "village_plan.aim")


def village_plan_open(
    *,
    actor: Viewer,
    place: Place,
    title: str,
    aim: str,
    starts_on: date,
    ends_on: date,
    act_id: UUID | None = None,
) -> Receipt:
    """Write down what a village wants to live on, and until when. Result: plan."""
    by = permit("village_plan.open", actor, place)
    body = {"place": place.pk, "title": title, "aim": aim, "starts_on": starts_on, "ends_on": ends_on}
    with act("assistance.village_plan.open", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        if place.level != PlaceLevel.VILLAGE:
            raise Refusal("village_plan.place", _("Choose a village."), field="place")
        called, said = TITLE.kept(title), AIM.kept(aim)
        if ends_on < starts_on:
            raise Refusal("village_plan.days", _("The last day lies before the first."), field="ends_on")
        plan = VillagePlan.within.create(
            place=place,
            title=called,
            aim=said,
            starts_on=starts_on,
            ends_on=ends_on,
            desk_id=by.body_id if by.right_kind == "post" else None,
            made_by=actor.person,
            made_at=this.now,
        )
        this.entry(subject=("village_plan", plan.pk), place=place.pk, quantities={"plans": 1})
        this.result(plan=plan.pk)
    return this.receipt


def village_plan_take_back(*, actor: Viewer, plan: VillagePlan, reason: str, act_id: UUID | None = None) -> Receipt:
    """Written down by mistake or twice: it stays with the reason and is listed no more. Refused while promises of it
    are owed or were kept. Result: plan."""
    by = permit("village_plan.keep", actor, plan)
    body = {"plan": plan.pk, "reason": reason}
    with act("assistance.village_plan.take_back", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = take_back_row(this, plan, reason)
        check_unowed(Commitment.Origin.VILLAGE_PLAN, row.pk)
        this.entry(subject=("village_plan", row.pk), place=row.place_id)
        this.result(plan=row.pk)
    return this.receipt


def village_plan_promise(
    *,
    actor: Viewer,
    plan: VillagePlan,
    act_text: str,
    bearer: Body,
    due_on: date,
    proof_expected: str,
    quantity: Decimal | None = None,
    unit: str = "",
    bearer_person: Person | None = None,
    supervisor: Body | None = None,
    agreed_on: date | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Add what somebody owes the village under its plan, in force from now on. Result: plan, commitment."""
    by = permit("village_plan.keep", actor, plan)
    body = {
        "plan": plan.pk,
        "act": act_text,
        "bearer": bearer.pk,
        "person": bearer_person.pk if bearer_person else None,
        "due_on": due_on,
        "proof": proof_expected,
        "quantity": quantity,
        "unit": unit,
        "supervisor": supervisor.pk if supervisor else None,
        "agreed_on": agreed_on,
    }
    with act("assistance.village_plan.promise", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        plan = locked_standing(plan, GONE)
        commitment = promise(
            this,
            actor,
            origin=(Commitment.Origin.VILLAGE_PLAN, plan.pk),
            place=plan.place,
            bearer=bearer,
            bearer_person=bearer_person,
            act_text=act_text,
            quantity=quantity,
            unit=unit,
            due_on=due_on,
            proof_expected=proof_expected,
            supervisor=supervisor,
            agreed_on=agreed_on,
        )
        this.entry(subject=("village_plan", plan.pk), place=plan.place_id, data={"commitment": commitment.pk})
        this.result(plan=plan.pk, commitment=commitment.pk)
    return this.receipt
