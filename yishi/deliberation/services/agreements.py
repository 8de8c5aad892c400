"""The agreement (协商意见): text, conditions, duties, how each party consented; recorded; handed over."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.attachments.models import Attachment
from yishi.commitments.models import Commitment
from yishi.commitments.services import commitment_agree, commitment_drop, commitment_hand_over
from yishi.deliberation.models import Agreement, Consent, Duty, Matter, Party, Presence, Sitting
from yishi.deliberation.process.validator import hand_over_missing
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.text import clean
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body
from yishi.organisations.numbers import next_number
from yishi.organisations.rights import permit
from yishi.people.models import Person

from .course import matter_move_on
from .studies import open_matter, words
from .telling import tell_authors
from .worries import authors_of

S = Agreement.State
DUTY_FIELDS = (
    "act",
    "bearer",
    "bearer_person",
    "quantity",
    "unit",
    "due_on",
    "conditions",
    "proof_expected",
    "supervisor",
)


def agreement_draft(
    *,
    actor: Viewer,
    matter: Matter,
    text: str,
    conditions: str = "",
    minority: str = "",
    sitting: Sitting | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Write the draft: of a sitting, or without one where people agreed on the way. Result: agreement."""
    by = permit("agreement.run", actor, matter)
    body = {
        "matter": matter.pk,
        "text": text,
        "conditions": conditions,
        "minority": minority,
        "sitting": sitting.pk if sitting else None,
    }
    with act("deliberation.agreement.draft", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        fresh = open_matter(matter)
        if fresh.agreements.exists():
            raise WrongStage("agreement.exists", _("There is a draft or an agreement already. Change that one."))
        year = timezone.localdate(this.at).year
        agreement = Agreement.objects.create(
            matter=fresh,
            sitting=sitting,
            number=f"{fresh.number}-意见-{next_number(f'agreement/{fresh.pk}')}" if fresh.number else str(year),
            written_by=actor.person,
            written_at=this.now,
            **_texts(text, conditions, minority),
        )
        _entry(this, agreement)
    return this.receipt


def agreement_change(
    *,
    actor: Viewer,
    agreement: Agreement,
    text: str,
    conditions: str = "",
    minority: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """Change the draft's words."""
    by = permit("agreement.run", actor, agreement.matter)
    body = {"agreement": agreement.pk, "text": text, "conditions": conditions, "minority": minority}
    with act("deliberation.agreement.change", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = _draft(agreement)
        for name, value in _texts(text, conditions, minority).items():
            setattr(row, name, value)
        row.save(update_fields=["text", "conditions", "minority"])
        _entry(this, row)
    return this.receipt


def duty_add(*, actor: Viewer, agreement: Agreement, act_id: UUID | None = None, **given: Any) -> Receipt:
    """Add a duty to a draft. Fields: act, bearer, bearer_person, quantity, unit, due_on, conditions, proof_expected,
    supervisor. What is missing may follow until the agreement is recorded. Result: duty."""
    by = permit("agreement.run", actor, agreement.matter)
    with act(
        "deliberation.duty.add", actor=by, act_id=act_id, body={"agreement": agreement.pk, **_sent(given)}
    ) as this:
        if this.replayed:
            return this.receipt
        row = _draft(agreement)
        duty = Duty.objects.create(agreement=row, ordinal=_last(row) + 1, **_duty(given))
        _entry(this, row, duty=duty.pk)
        this.result(duty=duty.pk)
        matter_move_on(row.matter, actor=actor, caused_by=this.id)
    return this.receipt


def duty_change(*, actor: Viewer, duty: Duty, act_id: UUID | None = None, **given: Any) -> Receipt:
    """Change a duty of a draft (fields as in `duty_add`)."""
    by = permit("agreement.run", actor, duty.agreement.matter)
    with act("deliberation.duty.change", actor=by, act_id=act_id, body={"duty": duty.pk, **_sent(given)}) as this:
        if this.replayed:
            return this.receipt
        row = _draft(duty.agreement)
        Duty.objects.filter(pk=duty.pk, agreement=row).update(**_duty(given))
        _entry(this, row, duty=duty.pk)
        matter_move_on(row.matter, actor=actor, caused_by=this.id)
    return this.receipt


def duty_remove(*, actor: Viewer, duty: Duty, act_id: UUID | None = None) -> Receipt:
    """Take a duty out of a draft."""
    by = permit("agreement.run", actor, duty.agreement.matter)
    with act("deliberation.duty.remove", actor=by, act_id=act_id, body={"duty": duty.pk}) as this:
        if this.replayed:
            return this.receipt
        row = _draft(duty.agreement)
        Duty.objects.filter(pk=duty.pk, agreement=row).delete()
        _entry(this, row, duty=duty.pk)
    return this.receipt


def consent_record(
    *,
    actor: Viewer,
    agreement: Agreement,
    party: Party,
    way: str,
    witness: str = "",
    condition: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """How a party consented: on signed paper, or in words before a witness (named by office, not in the journal)."""
    by = permit("agreement.run", actor, agreement.matter)
    body = {"agreement": agreement.pk, "party": party.pk, "way": way, "witness": witness, "condition": condition}
    with act("deliberation.consent.record", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = _draft(agreement)
        if party.matter_id != row.matter_id:
            raise Refusal("consent.party", _("This party does not belong to the matter."), field="party")
        if way == Consent.Way.ORAL and not witness.strip():
            raise Refusal(
                "consent.witness", _("Consent in words needs a witness: please write who it was."), field="witness"
            )
        if way not in Consent.Way.values:
            raise Refusal("consent.way", _("Please choose how the party consented."), field="way")
        Consent.objects.update_or_create(
            agreement=row,
            party=party,
            defaults={"way": way, "witness": clean(witness)[:64], "condition": clean(condition)[:300]},
        )
        _entry(this, row, party=party.pk, way=way)
    return this.receipt


def agreement_record(
    *,
    actor: Viewer,
    agreement: Agreement,
    scan: Attachment | None = None,
    recorded_on: date | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Record it: every party has consented, every duty is complete. Each duty becomes a commitment:
    agreed if its bearer was in the room (or consented as a party), else proposed until the bearer confirms."""
    by = permit("agreement.run", actor, agreement.matter)
    body = {"agreement": agreement.pk, "scan": scan.sha256 if scan else "", "on": recorded_on}
    with act("deliberation.agreement.record", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = _draft(agreement)
        day = recorded_on or timezone.localdate(this.at)
        if day > timezone.localdate():
            raise Refusal("agreement.future", _("This day is still to come."), field="recorded_on")
        lacking = [party.name for party in row.matter.parties.all() if not row.consents.filter(party=party).exists()]
        if lacking:
            raise Refusal(
                "agreement.consents",
                _("These parties have not consented yet: %(names)s. Record how they consented, first.")
                % {"names": "、".join(lacking)},
            )
        duties = list(row.duties.select_related("bearer", "supervisor", "bearer_person"))
        _check_duties(duties, day)
        row.state, row.recorded_on, row.scan = S.RECORDED, day, scan or row.scan
        row.save(update_fields=["state", "recorded_on", "scan"])
        present = _present_bodies(row)
        judges = authors_of(matter=row.matter)
        for duty in duties:
            _commit(this, actor, row, duty, duty.bearer_id in present, judges, day)
        _entry(this, row, duties=len(duties))
        tell_authors(row.matter, "agreement.recorded", once=f"agreement/{row.pk}")
        matter_move_on(row.matter, actor=actor, caused_by=this.id)
    return this.receipt


def agreement_hand_over(
    *, actor: Viewer, agreement: Agreement, on: date | None = None, act_id: UUID | None = None
) -> Receipt:
    """Adopted and handed over (采纳交办): its commitments are in force and their clocks run.

    Refused while a gate of the matter's present step has not approved.
    """
    by = permit("agreement.run", actor, agreement.matter)
    body = {"agreement": agreement.pk, "on": on}
    with act("deliberation.agreement.hand_over", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = _locked(agreement)
        if row.state != S.RECORDED:
            raise WrongStage(
                "agreement.not_recorded",
                _("The agreement is “%(state)s”; only a recorded one is handed over.")
                % {"state": row.get_state_display()},
            )
        _check_gates(row.matter)
        day = on or timezone.localdate(this.at)
        row.state, row.handed_over_on = S.HANDED_OVER, day
        row.save(update_fields=["state", "handed_over_on"])
        states = (Commitment.State.AGREED, Commitment.State.PROPOSED)
        for commitment in Commitment.within.filter(origin_id=row.matter_id, state__in=states).order_by("ordinal"):
            commitment_hand_over(actor=actor, commitment=commitment, on=day, act_id=this.child())
        _entry(this, row)
        tell_authors(row.matter, "agreement.handed_over", once=f"handed_over/{row.pk}")
        matter_move_on(row.matter, actor=actor, caused_by=this.id)
    return this.receipt


def agreement_take_back(*, actor: Viewer, agreement: Agreement, reason: str, act_id: UUID | None = None) -> Receipt:
    """A gate returned it: the agreement is a draft again, and its duties that are not in force are dropped."""
    by = permit("agreement.run", actor, agreement.matter)
    body = {"agreement": agreement.pk, "reason": reason}
    with act("deliberation.agreement.take_back", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = _locked(agreement)
        if row.state != S.RECORDED:
            raise WrongStage(
                "agreement.in_force", _("Only an agreement that is recorded and not handed over is taken back.")
            )
        why = words(reason, "reason", 300, _("Please write why it is taken back."))
        for duty in row.duties.exclude(commitment=None).select_related("commitment"):
            commitment_drop(actor=actor, commitment=duty.commitment, reason=why, act_id=this.child())
        row.duties.update(commitment=None)
        row.consents.all().delete()
        row.state, row.recorded_on = S.DRAFT, None
        row.save(update_fields=["state", "recorded_on"])
        _entry(this, row)
    return this.receipt


def _commit(
    this: Act, actor: Viewer, agreement: Agreement, duty: Duty, present: bool, judges: list[Person], day: date
) -> None:
    receipt = commitment_agree(
        actor=actor,
        origin_kind=Commitment.Origin.MATTER,
        origin_id=agreement.matter_id,
        ordinal=duty.ordinal,
        place=agreement.matter.place,
        bearer=duty.bearer,
        act_text=duty.act,
        due_on=duty.due_on,
        proof_expected=duty.proof_expected,
        supervisor=duty.supervisor,
        judges=judges,
        quantity=duty.quantity,
        unit=duty.unit,
        conditions=duty.conditions,
        bearer_person=duty.bearer_person,
        bearer_present=present,
        agreed_on=day,
        act_id=this.child(),
    )
    Duty.objects.filter(pk=duty.pk).update(commitment=receipt.result["commitment"])


def _present_bodies(agreement: Agreement) -> set[UUID]:
    """Bodies that were in the room or consented as a party."""
    bodies = set(agreement.consents.exclude(party__body=None).values_list("party__body", flat=True))
    if agreement.sitting_id:
        seats = Presence.objects.filter(sitting=agreement.sitting_id)
        bodies |= set(seats.exclude(seat__body=None).values_list("seat__body", flat=True))
        bodies |= set(seats.exclude(seat__party__body=None).values_list("seat__party__body", flat=True))
    return bodies


def _check_duties(duties: list[Duty], day: date) -> None:
    if not duties:
        raise Refusal("agreement.no_duty", _("The agreement has no duty yet. Write who does what by when."))
    for duty in duties:
        lacks = [
            str(word)
            for word, value in (
                (_("a bearer"), duty.bearer_id),
                (_("a due date"), duty.due_on),
                (_("how it is proved"), duty.proof_expected),
                (_("a supervisor"), duty.supervisor_id),
            )
            if not value
        ]
        if lacks:
            raise Refusal(
                "duty.incomplete",
                _("Duty %(number)d still lacks: %(what)s.") % {"number": duty.ordinal, "what": "、".join(lacks)},
                details={"duty": str(duty.pk)},
            )
        if duty.due_on and day >= timezone.localdate() and duty.due_on < day:
            raise Refusal(
                "duty.due_on.past",
                _("Duty %(number)d is due on %(day)s, which has passed. Choose a day from today on.")
                % {"number": duty.ordinal, "day": duty.due_on.isoformat()},
                details={"duty": str(duty.pk)},
            )


def _check_gates(matter: Matter) -> None:
    lacking = hand_over_missing(matter)
    if lacking:
        raise WrongStage(
            "agreement.gate",
            _("It is handed over when its gate has approved. %(missing)s")
            % {"missing": " ".join(one.message for one in lacking)},
        )


def _duty(given: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(given) - set(DUTY_FIELDS)
    if unknown:
        raise TypeError(f"unknown fields of a duty: {sorted(unknown)}")
    due_on, quantity = given.get("due_on"), given.get("quantity")
    if isinstance(quantity, Decimal | int) and quantity <= 0:
        raise Refusal("duty.quantity", _("The quantity must be more than nothing."), field="quantity")
    if due_on is not None and not isinstance(due_on, date):
        raise TypeError("due_on must be a date")
    bearer, supervisor = given.get("bearer"), given.get("supervisor")
    if isinstance(bearer, Body) and isinstance(supervisor, Body) and bearer.pk == supervisor.pk:
        raise Refusal(
            "duty.supervisor", _("Nobody supervises themselves. Please choose another body."), field="supervisor"
        )
    return {
        "act": words(given.get("act", ""), "act", 300, _("Please write what is to be done.")),
        "bearer": bearer,
        "bearer_person": given.get("bearer_person"),
        "quantity": quantity,
        "unit": clean(given.get("unit") or "")[:16],
        "due_on": due_on,
        "conditions": clean(given.get("conditions") or "")[:500],
        "proof_expected": clean(given.get("proof_expected") or "")[:300],
        "supervisor": supervisor,
    }


def _sent(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: getattr(value, "pk", value) for name, value in given.items()}


def _last(agreement: Agreement) -> int:
    return agreement.duties.order_by("-ordinal").values_list("ordinal", flat=True).first() or 0


def _texts(text: str, conditions: str, minority: str) -> dict[str, str]:
    return {
        "text": words(text, "text", 20000, _("Please write what was agreed.")),
        "conditions": clean(conditions)[:5000],
        "minority": clean(minority)[:5000],
    }


def _locked(agreement: Agreement) -> Agreement:
    rows = Agreement.objects.select_for_update(of=("self",))
    return rows.select_related("matter__process", "matter__place", "matter__convener").get(pk=agreement.pk)


def _draft(agreement: Agreement) -> Agreement:
    row = _locked(agreement)
    if row.state != S.DRAFT:
        raise WrongStage(
            "agreement.recorded",
            _("The agreement is “%(state)s”; its words do not change any more.") % {"state": row.get_state_display()},
        )
    return row


def _entry(this: Act, agreement: Agreement, **data: object) -> None:
    this.entry(
        subject=("matter", agreement.matter_id),
        place=agreement.matter.place_id,
        quantities={"agreements": 1} if this.code == "deliberation.agreement.record" else {},
        data={"agreement": agreement.pk, "state": agreement.state, **data},
    )
    this.result(agreement=agreement.pk)
