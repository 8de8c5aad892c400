"""Measures for a family (帮扶措施): each is a commitment with bearer, date and supervisor; the family judges it.

The ledger of promises keeps them like any other. Two acts make it light in a village: what is done is said once
(`measure_done`), and what the family says of it is written down once, by another hand than the bearer's
(`measure_hear`): that keeps the verdict and, where the supervisor writes it, checks the proof and strikes it off.
"""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.pairing.models import Measure, Visit
from yishi.assistance.register.hooks import households_changed
from yishi.assistance.register.models import Household
from yishi.commitments.models import Commitment, Verdict
from yishi.commitments.rules import is_small_office, same_hands
from yishi.commitments.services import (
    commitment_strike_off,
    promise_make,
    proof_check,
    proof_give,
    verdict_give,
)
from yishi.database.amounts import whole_checked
from yishi.database.words import Words
from yishi.journal.act import Act, Actor, act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.text import clean
from yishi.notices.days import happened
from yishi.organisations.grants import Viewer, system
from yishi.organisations.models import Body, BodyKind, Place, valid_on
from yishi.organisations.query_codes import code_for_act, code_issue, codes_revoke
from yishi.organisations.rights import may, permit
from yishi.people.models import Person

RESULT = Words("result", 300)
TEXT = Words("text", 500)

S = Commitment.State
# Who supervises a promise in a village, the nearest first: never the body that bears it.
SUPERVISING = (BodyKind.VILLAGE, BodyKind.COUNCIL, BodyKind.GOVERNMENT, BodyKind.OFFICE)


def measure_agree(
    *,
    actor: Viewer,
    household: Household,
    group: str,
    act_text: str,
    due_on: date,
    bearer: Body,
    bearer_person: Person | None = None,
    quantity: Decimal | None = None,
    unit: str = "",
    proof_expected: str = "",
    supervisor: Body | None = None,
    visit: Visit | None = None,
    agreed_on: date | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Agree a measure with the family: a commitment in force from now on, judged by the head of the household.

    Without `supervisor` the nearest body supervises that does not bear it: the village's committee, the township, the
    county's office. Result: measure, commitment.
    """
    by = permit("measure.agree", actor, household)
    body = {
        "household": household.pk,
        "group": group,
        "act": act_text,
        "due_on": due_on,
        "bearer": bearer.pk,
        "person": bearer_person.pk if bearer_person else None,
        "quantity": quantity,
        "unit": unit,
        "proof": proof_expected,
        "supervisor": supervisor.pk if supervisor else None,
        "visit": visit.pk if visit else None,
        "agreed_on": agreed_on,
    }
    with act("assistance.measure.agree", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        if group not in Measure.Group.values:
            raise Refusal("measure.group", _("Please choose one of the values that are offered."), field="group")
        if household.left_on is not None:
            raise WrongStage("household.left", _("This household has left the register."))
        if visit is not None and visit.household_id != household.pk:
            raise Refusal("measure.visit", _("That visit was to another family."), field="visit")
        commitment = promise(
            this,
            actor,
            origin=(Commitment.Origin.HOUSEHOLD, household.pk),
            place=household.place,
            bearer=bearer,
            bearer_person=bearer_person,
            act_text=act_text,
            quantity=quantity,
            unit=unit,
            due_on=due_on,
            proof_expected=proof_expected,
            supervisor=supervisor,
            judges=[household.head],
            agreed_on=agreed_on,
        )
        measure = Measure.objects.create(
            household=household, group=group, commitment=commitment, visit=visit, made_at=this.now
        )
        this.entry(
            subject=("measure", measure.pk),
            place=household.place_id,
            at=this.on_day(agreed_on) if agreed_on else None,
            dims={"group": group, "body": bearer.pk},
            quantities={"measures": 1},
            touches=[("household", household.pk, 1)],
            data={"commitment": commitment.pk, "visit": visit.pk if visit else None},
        )
        households_changed([household.pk])
        this.result(measure=measure.pk, commitment=commitment.pk)
    return this.receipt


def measure_done(
    *,
    actor: Viewer,
    measure: Measure,
    text: str,
    done_on: date,
    quantity: Decimal | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Say that a measure is done: the bearer says so, or somebody who looks after the family and saw it. The family's
    word is still to come. Result: measure."""
    by = permit("measure.done", actor, measure)
    body = {"measure": measure.pk, "text": text, "done_on": done_on, "quantity": quantity}
    with act("assistance.measure.done", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        commitment = measure.commitment
        # Who looks after the family and bears nothing holds no right of the bearer: the proof is the platform's, names
        # its writer in its text, and is checked by somebody else than that writer.
        is_bearer = may("commitment.answer", actor, commitment) is not None
        proof_give(
            actor=actor if is_bearer else system(),
            commitment=commitment,
            text=text if is_bearer else _signed(text, by),
            done_on=done_on,
            quantity=quantity,
            writer=by,
            act_id=this.child(),
        )
        this.entry(subject=("measure", measure.pk), place=commitment.place_id, at=this.on_day(done_on))
        this.result(measure=measure.pk)
    return this.receipt


def _prove(this: Act, commitment: Commitment, value: str, text: str, done_on: date | None) -> None:
    """Take the family's own word for the proof: nobody of the bearer gives it, so the platform does, and `text` says
    who wrote it down. Refused where the family says that it is not done."""
    if value == Verdict.Value.NOT_SATISFIED:
        raise WrongStage("measure.not_done", _("It is not done yet; the family judges it when it is."))
    day = done_on or timezone.localdate(this.at)
    proof_give(actor=system(), commitment=commitment, text=text, done_on=day, act_id=this.child())
    commitment.refresh_from_db()


def measure_hear(
    *,
    actor: Viewer,
    measure: Measure,
    value: str,
    text: str = "",
    bearer_reads: bool = False,
    result: str = "",
    done_on: date | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Write down what the family says of a measure. Not by the hands of the body that owes it.

    Satisfied or partly, and the writer supervises the promise: it is checked, judged and struck off by them. Of anybody
    else the family's word is kept as written down by them; check and strike-off stay with the supervisor. Not
    satisfied: it is opened again and owed anew. Of a measure that nobody called done yet, the family's word is its
    proof. Result: measure, reopened.
    """
    by = permit("measure.hear", actor, measure, on_behalf_of=measure.household.head_id)
    body = {
        "measure": measure.pk,
        "value": value,
        "text": text,
        "bearer_reads": bearer_reads,
        "result": result,
        "done_on": done_on,
    }
    with act("assistance.measure.hear", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        if value not in Verdict.Value.values:
            raise Refusal("verdict.value", _("Please choose one of the three answers."), field="value")
        if done_on is not None:  # refused where a proof is there already, too
            happened(done_on, "done_on", code="measure", today=timezone.localdate(this.now))
        locked_measure = Measure.within.select_for_update(of=("self",)).get(pk=measure.pk)
        head, commitment = measure.household.head, measure.commitment
        commitment.refresh_from_db()
        family_words = clean(text) or str(_("The family was asked."))
        if commitment.state == S.IN_FORCE:
            _prove(this, commitment, value, _signed(family_words, by), done_on)
        if commitment.state == S.PROVED and _checks(actor, commitment):
            agreed = value == Verdict.Value.SATISFIED
            proof_check(
                actor=actor,
                commitment=commitment,
                accepted=True,
                finding=family_words,
                as_agreed=agreed,
                act_id=this.child(),
            )
        # The verdict is the family's: the right to write it down is this act's (`measure.hear`, another hand than the
        # bearer's), which the ledger does not know; it names the writer.
        verdict = verdict_give(
            actor=system(),
            commitment=commitment,
            value=value,
            text=TEXT.kept(text),
            bearer_reads=bearer_reads,
            judge=head,
            writer=by,
            act_id=this.child(),
        )
        commitment.refresh_from_db()
        if commitment.state == S.CHECKED and may("commitment.decide", actor, commitment):
            commitment_strike_off(actor=actor, commitment=commitment, act_id=this.child())
        came_of_it = RESULT.kept(result)
        if came_of_it and came_of_it != locked_measure.result:
            if locked_measure.result:
                locked_measure.earlier_results.append(locked_measure.result)
            locked_measure.result = came_of_it
            locked_measure.save(update_fields=["result", "earlier_results"])
        this.entry(subject=("measure", locked_measure.pk), place=commitment.place_id, data={"value": value})
        this.result(measure=locked_measure.pk, reopened=verdict.result["reopened"])
    return this.receipt


def _checks(actor: Viewer, commitment: Commitment) -> bool:
    """May the actor check the proof that waits, as its supervisor and as another person than who gave it?"""
    if not may("commitment.decide", actor, commitment):
        return False
    proof = commitment.proofs.filter(round=commitment.round, outcome="").latest("given_at")
    return not same_hands(actor, commitment, proof.given_by_id) or is_small_office()


def _signed(text: str, by: Actor) -> str:
    """A text for the ledger that names who wrote it down, with their desk."""
    person, desk = (
        thing.filter(pk=key).first() if key else None
        for thing, key in ((Person.objects, by.person_id), (Body.objects, by.body_id))
    )
    name = " ".join(str(each.name) for each in (desk, person) if each is not None)
    return str(_("%(text)s (written down by %(name)s)") % {"text": clean(text), "name": name}) if name else text


def family_code_issue(*, actor: Viewer, household: Household, act_id: UUID | None = None) -> Receipt:
    """Give the family a new query code: with it they judge from any phone. `receipt.query_code` shows it, once more at
    every repetition of the act; the old one is dead. Result: household."""
    by = permit("family.code", actor, household)
    with act("assistance.family.code", actor=by, act_id=act_id, body={"household": household.pk}) as this:
        if not this.replayed:
            codes_revoke(household.head)
            code_issue(household.head, code_for_act(this.id))
            this.entry(subject=("household", household.pk), place=household.place_id)
            this.result(household=household.pk)
    this.receipt.query_code = code_for_act(this.id)
    return this.receipt


def promise(
    this: Act,
    actor: Viewer,
    *,
    place: Place,
    bearer: Body,
    supervisor: Body | None = None,
    proof_expected: str = "",
    agreed_on: date | None = None,
    **said: Any,
) -> Commitment:
    """A promise of this part, in force from the day on which it was agreed, supervised by the nearest body that does
    not bear it, and proved by the family's word where nothing else is said."""
    if said.get("quantity") is not None:
        whole_checked(said["quantity"], said.get("unit", ""), "quantity")
    overseer = supervisor or supervisor_for(place, bearer)
    if overseer is None:
        raise Refusal(
            "measure.supervisor",
            _("No body is registered that could supervise this. Ask the administrator to register the township."),
            field="bearer",
        )
    return promise_make(
        this,
        actor,
        place=place,
        bearer=bearer,
        supervisor=overseer,
        proof_expected=proof_expected or str(_("The family confirms it.")),
        agreed_on=agreed_on,
        handed_over_on=agreed_on,
        **said,
    )


def supervisor_for(place: Place, bearer: Body) -> Body | None:
    """The body nearest above `place` that supervises a promise of `bearer`: of a higher place if there is none here."""
    bodies = Body.objects.filter(valid_on(timezone.localdate()), kind__in=SUPERVISING).exclude(pk=bearer.pk)
    near = bodies.filter(place__lo__lte=place.lo, place__hi__gte=place.lo).select_related("place")
    order = {kind: rank for rank, kind in enumerate(SUPERVISING)}
    nearest = sorted(near, key=lambda body: (-body.place.lo, order[BodyKind(body.kind)], str(body.pk)))
    return nearest[0] if nearest else None
