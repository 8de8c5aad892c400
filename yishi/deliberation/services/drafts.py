"""A draft agreement: its words, its duties, and how each party consented. What follows: agreements.py."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.attachments.models import Attachment
from yishi.database.amounts import whole_checked
from yishi.database.words import Words
from yishi.deliberation.models import Agreement, Consent, Duty, Matter, Party, Sitting
from yishi.deliberation.shown import agreement_digest
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.journal.shown import check_shown
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.names import plain_name
from yishi.notices.days import day_said
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body
from yishi.organisations.numbers import next_number
from yishi.organisations.rights import permit

from .course import matter_move_on
from .studies import open_matter

BEARER_HOUSEHOLD = Words("bearer_household", 64)
WHY_TAKEN_BACK = Words("reason", 300, _("Please write why the consent is taken back."))
ACT = Words("act", 300, _("Please write what is to be done."))
RESPONSIBLE = Words("responsible", 64)
UNIT = Words("unit", 16)
DUTY_CONDITIONS = Words("conditions", 500)
PROOF_EXPECTED = Words("proof_expected", 300)
TEXT = Words("text", 20_000, _("Please write what was agreed."))
CONDITIONS = Words("conditions", 5000)
MINORITY = Words("minority", 5000)
WITNESS = Words("witness", 64, _("Consent in words needs a witness: please write who it was."), "consent.witness")
CONDITION = Words("condition", 300)

S = Agreement.State
DUTY_FIELDS = (
    "act",
    "bearer",
    "bearer_party",
    "bearer_household",
    "bearer_person",
    "responsible",
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
        if sitting is not None and (sitting.matter_id != fresh.pk or sitting.state == Sitting.State.CANCELLED):
            raise Refusal("agreement.sitting", _("This sitting does not belong to the matter."), field="sitting")
        if fresh.agreements.exists():
            raise WrongStage("agreement.exists", _("There is a draft or an agreement already. Change that one."))
        agreement = Agreement.objects.create(
            matter=fresh,
            sitting=sitting,
            number=f"{fresh.number}-意见-{next_number(f'agreement/{fresh.pk}')}",
            written_by=actor.person,
            written_at=this.now,
            **_texts(text, conditions, minority),
        )
        enter(this, agreement)
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
    """Replace the draft's text, its conditions and the minority's words; consents to the earlier text count no
    longer. Refused once the agreement is recorded."""
    by = permit("agreement.run", actor, agreement.matter)
    body = {"agreement": agreement.pk, "text": text, "conditions": conditions, "minority": minority}
    with act("deliberation.agreement.change", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = _to_change(agreement)
        for name, value in _texts(text, conditions, minority).items():
            setattr(row, name, value)
        row.save(update_fields=["text", "conditions", "minority"])
        enter(this, row)
    return this.receipt


def duty_add(*, actor: Viewer, agreement: Agreement, act_id: UUID | None = None, **fields: Any) -> Receipt:
    """Add a duty to a draft. Fields: act, bearer (or bearer_party, or bearer_household), bearer_person, responsible,
    quantity, unit, due_on, conditions, proof_expected, supervisor. What is missing may follow until the agreement is
    recorded. Result: duty."""
    by = permit("agreement.run", actor, agreement.matter)
    with act(
        "deliberation.duty.add", actor=by, act_id=act_id, body={"agreement": agreement.pk, **_sent(fields)}
    ) as this:
        if this.replayed:
            return this.receipt
        row = _to_change(agreement)
        values = _duty(fields, row)
        check_due(row, values["due_on"], timezone.localdate(this.now))
        duty = Duty.objects.create(agreement=row, ordinal=_last(row) + 1, **values)
        enter(this, row, duty=duty.pk)
        this.result(duty=duty.pk)
        matter_move_on(row.matter, by=this.actor, caused_by=this.id)
    return this.receipt


def duty_change(*, actor: Viewer, duty: Duty, act_id: UUID | None = None, **fields: Any) -> Receipt:
    """Change a duty of a draft (fields as in `duty_add`)."""
    by = permit("agreement.run", actor, duty.agreement.matter)
    with act("deliberation.duty.change", actor=by, act_id=act_id, body={"duty": duty.pk, **_sent(fields)}) as this:
        if this.replayed:
            return this.receipt
        row = _to_change(duty.agreement)
        values = _duty(fields, row)
        check_due(row, values["due_on"], timezone.localdate(this.now))
        Duty.objects.filter(pk=duty.pk, agreement=row).update(**values)
        enter(this, row, duty=duty.pk)
        matter_move_on(row.matter, by=this.actor, caused_by=this.id)
    return this.receipt


def duty_remove(*, actor: Viewer, duty: Duty, act_id: UUID | None = None) -> Receipt:
    """Take a duty out of a draft; consents to the earlier text count no longer. Refused once the agreement is
    recorded."""
    by = permit("agreement.run", actor, duty.agreement.matter)
    with act("deliberation.duty.remove", actor=by, act_id=act_id, body={"duty": duty.pk}) as this:
        if this.replayed:
            return this.receipt
        row = _to_change(duty.agreement)
        Duty.objects.filter(pk=duty.pk, agreement=row).delete()
        enter(this, row, duty=duty.pk)
    return this.receipt


def signs_what_was_said(stands: Consent, written: dict[str, str]) -> bool:
    """Whether a consent given in words is now signed, on the same condition."""
    return (
        stands.way == Consent.Way.ORAL
        and written["way"] == Consent.Way.PAPER
        and stands.condition == written["condition"]
        and written["witness"] in ("", stands.witness)
    )


def consent_record(
    *,
    actor: Viewer,
    agreement: Agreement,
    party: Party,
    way: str,
    witness: str = "",
    condition: str = "",
    scan: Attachment | None = None,
    shown: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """How a party consented: on signed paper, or in words before a witness (named by office, not in the journal).

    The consent is to the agreement as it stands; `shown` is the hash of what the page showed (see shown.py). Who
    consented in words may sign the same text later, on the same condition: the witness stays. Anything else waits
    until the first consent is taken back.
    """
    by = permit("agreement.run", actor, agreement.matter)
    body = {"agreement": agreement.pk, "party": party.pk, "way": way, "witness": witness, "condition": condition}
    if scan is not None:
        body["scan"] = scan.sha256
    with act("deliberation.consent.record", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_agreement(agreement)
        if row.state != S.DRAFT and row.consents.filter(party=party).exists():
            draft_of(row)  # what was recorded with the agreement stands; a party that was named later may still consent
        now = agreement_digest(row)
        check_shown(shown, now)
        if party.matter_id != row.matter_id:
            raise Refusal("consent.party", _("This party does not belong to the matter."), field="party")
        if way not in Consent.Way.values:
            raise Refusal("consent.way", _("Please choose how the party consented."), field="way")
        written = {
            "way": way,
            "witness": WITNESS.kept(witness, needed=way == Consent.Way.ORAL),
            "condition": CONDITION.kept(condition),
        }
        stands = row.consents.filter(party=party, digest=now).first()
        if stands is not None and signs_what_was_said(stands, written):
            written["witness"] = written["witness"] or stands.witness
        elif stands is not None and any(getattr(stands, name) != value for name, value in written.items()):
            raise WrongStage(
                "consent.stands",
                _("The consent of this party to this text is recorded already. Was it a mistake? Take it back first."),
            )
        Consent.objects.update_or_create(
            agreement=row,
            party=party,
            defaults={**written, "scan": scan, "digest": now},
        )
        enter(this, row, party=party.pk, way=way, digest=now)
    return this.receipt


def consent_take_back(
    *, actor: Viewer, agreement: Agreement, party: Party, reason: str, act_id: UUID | None = None
) -> Receipt:
    """Take one party's consent out of a draft: it was written down by mistake, or the party thought better of it."""
    by = permit("agreement.run", actor, agreement.matter)
    body = {"agreement": agreement.pk, "party": party.pk, "reason": reason}
    with act("deliberation.consent.take_back", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = draft_of(agreement)
        WHY_TAKEN_BACK.kept(reason)
        if not row.consents.filter(party=party).delete()[0]:
            raise WrongStage("consent.none", _("No consent of this party is recorded. Reload the page."))
        enter(this, row, party=party.pk)
    return this.receipt


def consented(agreement: Agreement) -> QuerySet[Consent]:
    """The consents to the agreement as it stands now; those to an earlier wording do not count."""
    return agreement.consents.filter(digest__in=("", agreement_digest(agreement)))


def _to_change(agreement: Agreement) -> Agreement:
    """The draft, locked, to be changed: consents from before hashes were kept get that of the text they were to."""
    row = draft_of(agreement)
    row.consents.filter(digest="").update(digest=agreement_digest(row))
    return row


def _duty(fields: Mapping[str, Any], agreement: Agreement) -> dict[str, Any]:
    """The columns of a duty for the fields that were sent. TypeError for a field that a duty does not have."""
    unknown = set(fields) - set(DUTY_FIELDS)
    if unknown:
        raise TypeError(f"unknown fields of a duty: {sorted(unknown)}")
    due_on, quantity = fields.get("due_on"), fields.get("quantity")
    if isinstance(quantity, Decimal | int) and quantity <= 0:
        raise Refusal("duty.quantity", _("The quantity must be more than nothing."), field="quantity")
    if isinstance(quantity, Decimal):
        whole_checked(quantity, fields.get("unit") or "", "quantity")
    if due_on is not None and not isinstance(due_on, date):
        raise TypeError("due_on must be a date")
    bearer, supervisor = fields.get("bearer"), fields.get("supervisor")
    if isinstance(bearer, Body) and isinstance(supervisor, Body) and bearer.pk == supervisor.pk:
        raise Refusal(
            "duty.supervisor", _("Nobody supervises themselves. Please choose another body."), field="supervisor"
        )
    party = fields.get("bearer_party")
    household = BEARER_HOUSEHOLD.kept(plain_name(fields.get("bearer_household") or ""))
    if sum(map(bool, (bearer, party, household))) > 1:
        raise Refusal("duty.bearer", _("One does it: a body, a party or a household. Choose one."), field="bearer")
    if party is not None and party.matter_id != agreement.matter_id:
        raise Refusal("duty.party", _("This is no party of the matter."), field="bearer_party")
    return {
        "act": ACT.kept(fields.get("act", "")),
        "bearer": bearer or (party.body if party is not None else None),
        "bearer_party": party if party is not None and party.body_id is None else None,
        "bearer_household": household,
        "bearer_person": fields.get("bearer_person"),
        "responsible": RESPONSIBLE.kept(plain_name(fields.get("responsible") or "")),
        "quantity": quantity,
        "unit": UNIT.kept(fields.get("unit") or ""),
        "due_on": due_on,
        "conditions": DUTY_CONDITIONS.kept(fields.get("conditions") or ""),
        "proof_expected": PROOF_EXPECTED.kept(fields.get("proof_expected") or ""),
        "supervisor": supervisor,
    }


def duty_lacks(duty: Duty, today: date | None = None) -> list[str]:
    """What a duty still lacks before its agreement is recorded, in words; with `today` also a due date to come, where
    the agreement is not recorded afterwards: nobody is asked to consent to a day that has passed."""
    due: tuple[Any, Any] = (_("a due date"), duty.due_on)
    if duty.due_on is not None and today is not None and _has_passed(duty.agreement, duty.due_on, today):
        due = (_("a due date to come (%(day)s has passed)") % {"day": day_said(duty.due_on)}, None)
    wanted = (
        (_("a bearer"), duty.owes),
        due,
        (_("how it is proved"), duty.proof_expected),
        (_("a supervisor"), duty.supervisor_id),
    )
    return [str(word) for word, value in wanted if not value]


def _has_passed(agreement: Agreement, due_on: date, today: date) -> bool:
    past = agreement.matter.backfilled or bool(agreement.sitting and agreement.sitting.backfilled)
    return due_on < today and not past


def check_due(agreement: Agreement, due_on: date | None, today: date) -> None:
    """A due date lies ahead, but for what is recorded afterwards (补录)."""
    if due_on is not None and _has_passed(agreement, due_on, today):
        raise Refusal(
            "duty.due_on.past",
            _("The due date %(day)s has passed. Please choose a day from today on.") % {"day": day_said(due_on)},
            field="due_on",
        )


def _sent(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: getattr(value, "pk", value) for name, value in fields.items()}


def _last(agreement: Agreement) -> int:
    return agreement.duties.order_by("-ordinal").values_list("ordinal", flat=True).first() or 0


def _texts(text: str, conditions: str, minority: str) -> dict[str, str]:
    return {
        "text": TEXT.kept(text),
        "conditions": CONDITIONS.kept(conditions),
        "minority": MINORITY.kept(minority),
    }


def locked_agreement(agreement: Agreement) -> Agreement:
    """The agreement, read again and locked."""
    agreements = Agreement.objects.select_for_update(of=("self",))
    return agreements.select_related("matter__process", "matter__place", "matter__convener", "sitting").get(
        pk=agreement.pk
    )


def draft_of(agreement: Agreement) -> Agreement:
    """The agreement, locked; refuses one that is recorded already."""
    row = locked_agreement(agreement)
    if row.state != S.DRAFT:
        raise WrongStage(
            "agreement.recorded",
            _("The agreement is “%(state)s”; its words do not change any more.") % {"state": row.get_state_display()},
        )
    return row


def enter(this: Act, agreement: Agreement, *, on: date | None = None, **data: object) -> None:
    """The journal's entry of one act on an agreement, which happened on the day `on` (now without it)."""
    this.entry(
        subject=("matter", agreement.matter_id),
        place=agreement.matter.place_id,
        at=this.on_day(on) if on else None,
        quantities={"agreements": 1} if this.code == "deliberation.agreement.record" else {},
        data={"agreement": agreement.pk, "state": agreement.state, **data},
    )
    this.result(agreement=agreement.pk)
