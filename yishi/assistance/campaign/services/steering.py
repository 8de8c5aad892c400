"""Meetings that steer a campaign, and cooperation agreements: what they lay down is a promise of the ledger at once."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.campaign.models import (
    Campaign,
    CampaignLead,
    Cooperation,
    Drive,
    SteeringMeeting,
    SteeringReport,
)
from yishi.commitments.models import Commitment
from yishi.commitments.services import check_unowed, promise_make
from yishi.database.taken_back import locked_standing
from yishi.database.words import Words
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.journal.moved import GONE, take_back_row
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.ids import child_id
from yishi.notices.days import happened
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Place, valid_on
from yishi.organisations.numbers import next_number
from yishi.organisations.rights import permit

from .campaigns import check_days, named

WHERE = Words("where", 120)
CHAIRED_BY = Words("chaired_by", 64)
WORDS = Words("words", 500)
SPEAKER = Words("speaker", 64)

Origin = Commitment.Origin
REPORT = Words("text", 10_000, _("Please write what was reported."))
MINUTES = Words("text", 10_000, _("Please write what the meeting was about."))


def meeting_open(
    *,
    actor: Viewer,
    campaign: Campaign,
    kind: str,
    title: str,
    body: Body,
    on: date,
    where: str = "",
    chaired_by: str = "",
    drive: Drive | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Set down a meeting, held or to come, convened by the desk `body`. Result: meeting, number."""
    by = permit("steering.hold", actor, campaign, at=body)
    sent = {"campaign": campaign.pk, "kind": kind, "title": title, "body": body.pk, "on": on, "where": where}
    sent |= {"chair": chaired_by, "drive": drive.pk if drive else None}
    with act("assistance.steering.open", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        number = f"调-{on.year}-{next_number(f'steering/{on.year}'):04d}"
        meeting = SteeringMeeting(
            id=child_id(this.id, 1),
            campaign=campaign,
            number=number,
            body=body,
            place=body.place,
            opened_by=actor.person,
        )
        _put(meeting, kind=kind, title=title, on=on, where=where, chaired_by=chaired_by, drive=drive)
        meeting.save(force_insert=True)
        _enter(this, meeting, kind=kind)
        this.result(number=number)
    return this.receipt


def meeting_change(
    *,
    actor: Viewer,
    meeting: SteeringMeeting,
    kind: str,
    title: str,
    on: date,
    where: str = "",
    chaired_by: str = "",
    drive: Drive | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Mend what was set down of a meeting. Result: meeting."""
    by = permit("steering.keep", actor, meeting)
    sent = {"meeting": meeting.pk, "kind": kind, "title": title, "on": on, "where": where, "chair": chaired_by}
    sent["drive"] = drive.pk if drive else None
    with act("assistance.steering.change", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        row = _locked(meeting)
        _put(row, kind=kind, title=title, on=on, where=where, chaired_by=chaired_by, drive=drive)
        row.save()
        _enter(this, row, kind=kind)
    return this.receipt


def report_hear(
    *,
    actor: Viewer,
    meeting: SteeringMeeting,
    body: Body,
    text: str,
    speaker: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """Write down what a body reported to the meeting; written again, the report replaces the one before. Result:
    meeting."""
    by = permit("steering.keep", actor, meeting)
    sent = {"meeting": meeting.pk, "body": body.pk, "text": text, "speaker": speaker}
    with act("assistance.steering.report", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        row = _held(meeting)
        SteeringReport.objects.update_or_create(
            meeting=row,
            body=body,
            defaults={
                "text": REPORT.kept(text),
                "speaker": SPEAKER.kept(speaker),
                "written_by": actor.person,
                "written_at": this.now,
            },
        )
        _enter(this, row, body=body.pk)
    return this.receipt


def instruction_give(
    *,
    actor: Viewer,
    meeting: SteeringMeeting,
    act_text: str,
    bearer: Body,
    due_on: date,
    proof_expected: str,
    quantity: Decimal | None = None,
    unit: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """Lay something on a body in the meeting's name: a promise in force from today, supervised by the campaign's
    office.

    Result: meeting, commitment.
    """
    by = permit("steering.keep", actor, meeting)
    sent = {"meeting": meeting.pk, "act": act_text, "bearer": bearer.pk, "due": due_on, "proof": proof_expected}
    sent |= {"quantity": quantity, "unit": unit}
    with act("assistance.steering.instruct", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        row = _held(meeting)
        commitment = promise_make(
            this,
            actor,
            origin=(Origin.STEERING, row.pk),
            place=_where(bearer, row.place),
            bearer=bearer,
            supervisor=_supervisor(row.campaign, row.body, bearer),
            act_text=act_text,
            due_on=due_on,
            proof_expected=proof_expected,
            quantity=quantity,
            unit=unit,
            agreed_on=row.on,
        )
        _enter(this, row, commitment=commitment.pk)
        this.result(commitment=commitment.pk)
    return this.receipt


def minutes_write(*, actor: Viewer, meeting: SteeringMeeting, text: str, act_id: UUID | None = None) -> Receipt:
    """The minutes' own words; reports and instructions stand beside them by themselves. Result: meeting."""
    by = permit("steering.keep", actor, meeting)
    with act(
        "assistance.steering.minutes", actor=by, act_id=act_id, body={"meeting": meeting.pk, "text": text}
    ) as this:
        if this.replayed:
            return this.receipt
        row = _held(meeting)
        row.minutes, row.minutes_at = MINUTES.kept(text), this.now
        row.save(update_fields=["minutes", "minutes_at"])
        _enter(this, row)
    return this.receipt


def cooperation_sign(
    *,
    actor: Viewer,
    campaign: Campaign,
    title: str,
    place: Place,
    parties: Iterable[Body],
    supervisor: Body,
    signed_on: date,
    ends_on: date | None = None,
    words: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """Set down a signed agreement of two or more bodies for a place. Result: cooperation, number."""
    by = permit("cooperation.write", actor, campaign, at=supervisor)
    named_bodies = list(dict.fromkeys(parties))
    sent = {"campaign": campaign.pk, "title": title, "place": place.pk, "parties": [body.pk for body in named_bodies]}
    sent |= {"supervisor": supervisor.pk, "signed": signed_on, "ends": ends_on, "words": words}
    with act("assistance.cooperation.sign", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        if len(named_bodies) < 2:
            raise Refusal("cooperation.parties", _("An agreement has at least two parties."), field="second")
        happened(signed_on, "signed_on", code="cooperation", today=timezone.localdate(this.now))
        if not campaign.place.lo <= place.lo <= campaign.place.hi:
            raise Refusal("cooperation.place", _("The campaign does not take place there."), field="place")
        check_days(signed_on, ends_on)
        year = signed_on.year
        number = f"协-{year}-{next_number(f'cooperation/{year}'):04d}"
        row = Cooperation.objects.create(
            id=child_id(this.id, 1),
            campaign=campaign,
            number=number,
            title=named(title, 120, "title"),
            place=place,
            supervisor=supervisor,
            words=WORDS.kept(words),
            signed_on=signed_on,
            ends_on=ends_on,
            written_by=actor.person,
        )
        row.parties.set(named_bodies)
        this.entry(subject=("cooperation", row.pk), place=place.pk, dims={"campaign": campaign.pk})
        this.result(cooperation=row.pk, number=number)
    return this.receipt


def cooperation_take_back(
    *, actor: Viewer, cooperation: Cooperation, reason: str, act_id: UUID | None = None
) -> Receipt:
    """Written down by mistake or twice: it stays with the reason and is listed no more. Refused while promises of it
    are owed or were kept. Result: cooperation."""
    by = permit("cooperation.keep", actor, cooperation)
    body = {"cooperation": cooperation.pk, "reason": reason}
    with act("assistance.cooperation.take_back", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = take_back_row(this, cooperation, reason)
        check_unowed(Commitment.Origin.COOPERATION, row.pk)
        this.entry(subject=("cooperation", row.pk), place=row.place_id)
        this.result(cooperation=row.pk)
    return this.receipt


def clause_add(
    *,
    actor: Viewer,
    cooperation: Cooperation,
    act_text: str,
    bearer: Body,
    due_on: date,
    proof_expected: str,
    quantity: Decimal | None = None,
    unit: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """One clause: what a party does by when. Result: cooperation, commitment."""
    by = permit("cooperation.keep", actor, cooperation)
    sent = {"cooperation": cooperation.pk, "act": act_text, "bearer": bearer.pk, "due": due_on}
    sent |= {"proof": proof_expected, "quantity": quantity, "unit": unit}
    with act("assistance.cooperation.clause", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        row = locked_standing(cooperation, GONE)
        if not row.parties.filter(pk=bearer.pk).exists():
            raise Refusal("clause.bearer", _("A clause binds a party of the agreement."), field="bearer")
        commitment = promise_make(
            this,
            actor,
            origin=(Origin.COOPERATION, row.pk),
            place=row.place,
            bearer=bearer,
            supervisor=_supervisor(row.campaign, row.supervisor, bearer),
            act_text=act_text,
            due_on=due_on,
            proof_expected=proof_expected,
            quantity=quantity,
            unit=unit,
            agreed_on=row.signed_on,
        )
        this.entry(subject=("cooperation", row.pk), place=row.place_id, data={"commitment": commitment.pk})
        this.result(cooperation=row.pk, commitment=commitment.pk)
    return this.receipt


def _supervisor(campaign: Campaign, body: Body, bearer: Body) -> Body:
    """Who watches over it: the office of the leading group, the convening desk, the owner; never the bearer itself."""
    today = timezone.localdate()
    leads = campaign.leads.filter(valid_on(today)).select_related("body")
    by_role = {lead.role: lead.body for lead in leads}
    office, group = by_role.get(CampaignLead.Role.OFFICE), by_role.get(CampaignLead.Role.GROUP)
    for candidate in (office, body, campaign.owner, group):
        if candidate is not None and candidate.pk != bearer.pk:
            return candidate
    return body  # the ledger refuses it with a sentence: nobody supervises themselves


def _where(bearer: Body, place: Place) -> Place:
    """The bearer's place, if it lies within the meeting's."""
    return bearer.place if place.lo <= bearer.place.lo <= place.hi else place


def _put(meeting: SteeringMeeting, *, kind: str, title: str, on: date, **said: Any) -> None:
    """Check what is said of a meeting and put it into the record, which the caller saves."""
    campaign, drive = meeting.campaign, said["drive"]
    if kind not in SteeringMeeting.Kind.values:
        raise Refusal("steering.kind", _("Please choose one of the values that are offered."), field="kind")
    if on < campaign.starts_on or (campaign.ends_on and on > campaign.ends_on):
        raise Refusal(
            "steering.outside",
            _("The campaign “%(name)s” did not run on this day.") % {"name": campaign.name},
            field="on",
        )
    if drive is not None and drive.campaign_id != campaign.pk:
        raise Refusal("steering.drive", _("This drive belongs to another campaign."), field="drive")
    meeting.kind, meeting.title, meeting.on, meeting.drive = kind, named(title, 120, "title"), on, drive
    meeting.where, meeting.chaired_by = (
        WHERE.kept(said["where"]),
        CHAIRED_BY.kept(said["chaired_by"]),
    )


def _locked(meeting: SteeringMeeting) -> SteeringMeeting:
    meetings = SteeringMeeting.objects.select_for_update(of=("self",))
    return meetings.select_related("campaign__owner", "campaign__place", "body", "place").get(pk=meeting.pk)


def _held(meeting: SteeringMeeting) -> SteeringMeeting:
    """The meeting, locked; refuses one that is still to come."""
    row = _locked(meeting)
    if row.on > timezone.localdate():
        raise WrongStage("steering.to_come", _("The meeting is still to come; this is written down when it is held."))
    return row


def _enter(this: Act, meeting: SteeringMeeting, **data: Any) -> None:
    this.entry(
        subject=("steering_meeting", meeting.pk),
        place=meeting.place_id,
        dims={"campaign": meeting.campaign_id},
        data=data,
    )
    this.result(meeting=meeting.pk)
