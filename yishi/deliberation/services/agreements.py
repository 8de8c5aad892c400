"""The agreement (协商意见): recorded, its duties become commitments; handed over, they are in force."""

from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.attachments.models import Attachment
from yishi.commitments.models import Commitment
from yishi.commitments.services import (
    commitment_agree,
    commitment_drop,
    commitment_hand_over,
    commitment_hand_over_correct,
)
from yishi.commitments.stages import may_step
from yishi.database.words import Words
from yishi.deliberation.models import Agreement, Duty, Matter, Presence, Release
from yishi.deliberation.process.validator import hand_over_missing
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.records import certain
from yishi.notices.days import day_said, happened
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit, self_or_system
from yishi.people.models import Person

from .asking import keep_shown
from .course import matter_move_on, of_matter
from .drafts import (
    S,
    agreement_change,
    agreement_draft,
    consent_record,
    consent_take_back,
    consented,
    draft_of,
    duty_add,
    duty_change,
    duty_lacks,
    duty_remove,
    enter,
    locked_agreement,
)
from .telling import tell_authors
from .worries import authors_of

REASON = Words("reason", 300, _("Please write why it is taken back."))
WRONG_DAY = Words("reason", 300, _("Please write how the wrong day came there."))

__all__ = [
    "agreement_change",
    "agreement_draft",
    "agreement_hand_over",
    "agreement_hand_over_correct",
    "agreement_record",
    "agreement_take_back",
    "consent_record",
    "consent_take_back",
    "duty_add",
    "duty_change",
    "duty_remove",
]


def agreement_record(
    *,
    actor: Viewer,
    agreement: Agreement,
    scan: Attachment | None = None,
    recorded_on: date | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Record the agreement: every party has consented, every duty is complete. Each duty becomes a commitment.

    A commitment is agreed if its bearer was in the room or consented as a party, else proposed until the bearer
    confirms. Only what was solved before any sitting may do without duties.
    """
    by = permit("agreement.run", actor, agreement.matter)
    body = {"agreement": agreement.pk, "scan": scan.sha256 if scan else "", "on": recorded_on}
    with act("deliberation.agreement.record", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = draft_of(agreement)
        today = timezone.localdate(this.now)
        day = happened(
            recorded_on or today, "recorded_on", code="agreement", today=today, not_before=of_matter(row.matter)
        )
        agreed = set(consented(row).values_list("party", flat=True))
        lacking = [party.name for party in row.matter.parties.all() if party.pk not in agreed]
        if lacking:
            raise Refusal(
                "agreement.consents",
                _("These parties have not consented yet: %(names)s. Record how they consented, first.")
                % {"names": "、".join(lacking)},
            )
        duties = list(row.duties.select_related("bearer", "bearer_party", "supervisor", "bearer_person"))
        if not duties and row.sitting_id:
            raise Refusal("agreement.no_duty", _("The agreement has no duty yet. Write who does what by when."))
        _check_duties(duties, day, today)
        row.state, row.recorded_on, row.scan = S.RECORDED, day, scan or row.scan
        row.save(update_fields=["state", "recorded_on", "scan"])
        present = _present_bodies(row)
        judges = authors_of(matter=row.matter)
        # The parties agreed it; who runs the matter records it and need not oversee the place.
        writer = self_or_system("commitment.agree", actor, row.matter.place)
        for duty in duties:
            # Every party has consented; a household is asked, or the hand-over puts its duty in force.
            was_there = duty.bearer_party_id is not None or duty.bearer_id in present
            _commit(this, writer, row, duty, was_there, judges, day)
        enter(this, row, on=day, duties=len(duties))
        tell_authors(row.matter, "agreement.recorded", once=f"agreement/{this.id}")
        matter_move_on(row.matter, by=this.actor, caused_by=this.id)
    return this.receipt


def agreement_hand_over(
    *, actor: Viewer, agreement: Agreement, on: date | None = None, act_id: UUID | None = None
) -> Receipt:
    """Hand over an agreement that was adopted (采纳交办): its commitments are in force and their clocks run.

    Refused while a gate of the hand-over has not approved (see `hand_over_missing`).
    """
    by = permit("agreement.run", actor, agreement.matter)
    body = {"agreement": agreement.pk, "on": on}
    with act("deliberation.agreement.hand_over", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_agreement(agreement)
        if row.state != S.RECORDED:
            raise WrongStage(
                "agreement.not_recorded",
                _("The agreement is “%(state)s”; only a recorded one is handed over.")
                % {"state": row.get_state_display()},
            )
        _check_gates(row.matter)
        day = _handed_over(this, row, on)
        row.state, row.handed_over_on = S.HANDED_OVER, day
        row.save(update_fields=["state", "handed_over_on"])
        states = (Commitment.State.AGREED, Commitment.State.PROPOSED)
        for commitment in Commitment.within.filter(origin_id=row.matter_id, state__in=states).order_by("ordinal"):
            # By the right of the agreement, whose handing over puts its duties in force.
            writer = self_or_system("commitment.hand_over", actor, commitment)
            commitment_hand_over(actor=writer, commitment=commitment, on=day, act_id=this.child())
        enter(this, row, on=day)
        tell_authors(row.matter, "agreement.handed_over", once=f"handed_over/{row.pk}")
        matter_move_on(row.matter, by=this.actor, caused_by=this.id)
    return this.receipt


def _handed_over(this: Act, agreement: Agreement, on: date | None) -> date:
    today, recorded = timezone.localdate(this.now), certain(agreement.recorded_on)
    since = (recorded, _("The agreement was recorded on %(day)s; it cannot have been handed over earlier."))
    return happened(on or today, "on", code="agreement", today=today, not_before=since)


def agreement_hand_over_correct(
    *, actor: Viewer, agreement: Agreement, on: date, reason: str, act_id: UUID | None = None
) -> Receipt:
    """Correct the day of a hand-over that was written wrong: its promises are in force from that day on, and their
    clocks run where a wrong day had made them records after the event. Each file names the day that stood there."""
    by = permit("agreement.run", actor, agreement.matter)
    body = {"agreement": agreement.pk, "on": on, "reason": reason}
    with act("deliberation.agreement.hand_over_correct", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_agreement(agreement)
        if row.state != S.HANDED_OVER:
            raise WrongStage("agreement.not_handed_over", _("The agreement is not handed over yet."))
        day, before, why = _handed_over(this, row, on), certain(row.handed_over_on), WRONG_DAY.kept(reason)
        if day == before:
            raise Refusal("agreement.same_day", _("This day stands there already."), field="on")
        row.handed_over_on = day
        row.save(update_fields=["handed_over_on"])
        for commitment in Commitment.within.filter(duty__agreement=row).order_by("ordinal"):
            if commitment.in_force_on == before and may_step(commitment, "hand_over_correct"):
                writer = self_or_system("commitment.hand_over", actor, commitment)
                commitment_hand_over_correct(
                    actor=writer, commitment=commitment, on=day, reason=why, act_id=this.child()
                )
        enter(this, row, on=day, before=before)
    return this.receipt


def agreement_take_back(*, actor: Viewer, agreement: Agreement, reason: str, act_id: UUID | None = None) -> Receipt:
    """Take an agreement back that a gate returned: it is a draft again, its commitments are dropped, its consents are
    gone."""
    by = permit("agreement.run", actor, agreement.matter)
    body = {"agreement": agreement.pk, "reason": reason}
    with act("deliberation.agreement.take_back", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_agreement(agreement)
        if row.state != S.RECORDED:
            raise WrongStage(
                "agreement.in_force", _("Only an agreement that is recorded and not handed over is taken back.")
            )
        why = REASON.kept(reason)
        for duty in row.duties.exclude(commitment=None).select_related("commitment"):
            # By the right to take the agreement back, with which its duties fall.
            writer = self_or_system("commitment.hand_over", actor, duty.commitment)
            commitment_drop(actor=writer, commitment=certain(duty.commitment), reason=why, act_id=this.child())
        keep_shown(row.matter)
        # What was released is the text that is taken back: the public file waits for a check of the next one.
        public = Release.objects.filter(matter=row.matter, state=Release.State.RELEASED, shows_agreement=True)
        public.update(state=Release.State.PREPARED, checked_by=None, checked_at=None)
        row.duties.update(commitment=None)
        row.consents.all().delete()
        row.state, row.recorded_on = S.DRAFT, None
        row.save(update_fields=["state", "recorded_on"])
        enter(this, row)
    return this.receipt


def _commit(
    this: Act, writer: Viewer, agreement: Agreement, duty: Duty, present: bool, judges: list[Person], day: date
) -> None:
    """Write one duty into the ledger: by the actor's own right there, else by the right of the recorded agreement."""
    receipt = commitment_agree(
        actor=writer,
        origin_kind=Commitment.Origin.MATTER,
        origin_id=agreement.matter_id,
        ordinal=duty.ordinal,
        place=agreement.matter.place,
        bearer=duty.bearer,
        bearer_kind=_bearer_kind(duty),
        bearer_name="" if duty.bearer_id else duty.owes,
        responsible=duty.responsible,
        act_text=duty.act,
        due_on=certain(duty.due_on),
        proof_expected=duty.proof_expected,
        supervisor=certain(duty.supervisor),
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


def _bearer_kind(duty: Duty) -> str:
    if duty.bearer_id:
        return Commitment.BearerKind.BODY
    return Commitment.BearerKind.PARTY if duty.bearer_party_id else Commitment.BearerKind.HOUSEHOLD


def _present_bodies(agreement: Agreement) -> set[UUID]:
    """Bodies that were in the room or consented as a party."""
    bodies = set(agreement.consents.exclude(party__body=None).values_list("party__body", flat=True))
    if agreement.sitting_id:
        seats = Presence.objects.filter(sitting=agreement.sitting_id)
        bodies |= set(seats.exclude(seat__body=None).values_list("seat__body", flat=True))
        bodies |= set(seats.exclude(seat__party__body=None).values_list("seat__party__body", flat=True))
    return bodies


def _check_duties(duties: list[Duty], day: date, today: date) -> None:
    for duty in duties:
        lacks = duty_lacks(duty)
        if lacks:
            raise Refusal(
                "duty.incomplete",
                _("Duty %(number)d still lacks: %(what)s.") % {"number": duty.ordinal, "what": "、".join(lacks)},
                details={"duty": str(duty.pk)},
            )
        if duty.due_on and day >= today and duty.due_on < day:
            raise Refusal(
                "duty.due_on.past",
                _("Duty %(number)d is due on %(day)s, which has passed. Choose a day from today on.")
                % {"number": duty.ordinal, "day": day_said(duty.due_on)},
                details={"duty": str(duty.pk)},
            )


def _check_gates(matter: Matter) -> None:
    lacking = hand_over_missing(matter)
    if lacking:
        raise WrongStage(
            "agreement.gate",
            _("It is handed over when its gate has approved. %(missing)s")
            % {"missing": " ".join(condition.message for condition in lacking)},
        )
