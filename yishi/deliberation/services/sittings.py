"""A sitting: planned, noticed, opened with its roll call, closed; minutes written and issued."""

from datetime import datetime
from uuid import UUID

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.deliberation.models import Matter, Minutes, Presence, Seat, Sitting
from yishi.deliberation.process.schema import read_document
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.kit.clock import add_workdays, workdays_between
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.text import clean
from yishi.notices.services import tell
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Venue
from yishi.organisations.numbers import next_number
from yishi.organisations.rights import permit

from .course import matter_move_on
from .studies import open_matter, words

S = Sitting.State
VERBS: dict[str, dict[str, str]] = {
    S.PLANNED: {"change": S.PLANNED, "notice": S.NOTICED, "papers": S.PLANNED, "open": S.OPEN, "cancel": S.CANCELLED},
    S.NOTICED: {"change": S.NOTICED, "papers": S.NOTICED, "open": S.OPEN, "cancel": S.CANCELLED},
    S.OPEN: {"attend": S.OPEN, "state": S.OPEN, "close": S.CLOSED},
    S.CLOSED: {"minute": S.CLOSED},
    S.CANCELLED: {},
}


def next_state(sitting: Sitting, verb: str) -> str:
    """The state after `verb`, or WrongStage with where the sitting stands."""
    following = VERBS[sitting.state].get(verb)
    if following is None:
        raise WrongStage(
            f"sitting.{verb}.state",
            _("The sitting is “%(state)s” now; this is not possible. Reload the page.")
            % {"state": sitting.get_state_display()},
        )
    return following


def sitting_plan(
    *,
    actor: Viewer,
    matter: Matter,
    starts_at: datetime,
    ends_at: datetime | None = None,
    venue: Venue | None = None,
    where: str = "",
    agenda: str = "",
    quorum: int | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Plan a sitting; a day in the past records one that was held (补录). The quorum, if not given: over half of the seats."""
    by = permit("sitting.run", actor, matter)
    body = {
        "matter": matter.pk,
        "starts_at": starts_at,
        "venue": venue.pk if venue else None,
        "where": where,
        "agenda": agenda,
        "quorum": quorum,
    }
    with act("deliberation.sitting.plan", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        fresh = open_matter(matter)
        if venue is None and not where.strip():
            raise Refusal("sitting.where", _("Please say where it takes place."), field="where")
        if fresh.sittings.filter(state__in=[S.PLANNED, S.NOTICED, S.OPEN]).exists():
            raise WrongStage(
                "sitting.planned", _("A sitting of this matter is planned already. Change or cancel that one.")
            )
        seats = fresh.seats.filter(ended_on__isnull=True).count()
        sitting = Sitting.within.create(
            matter=fresh,
            ordinal=fresh.sittings.count() + 1,
            venue=venue,
            where=clean(where)[:120],
            agenda=clean(agenda),
            starts_at=starts_at,
            quorum=quorum if quorum is not None else seats // 2 + 1,
            backfilled=starts_at < this.now,
        )
        _entry(this, sitting, starts_at=starts_at, backfilled=sitting.backfilled)
    return this.receipt


def sitting_change(
    *,
    actor: Viewer,
    sitting: Sitting,
    starts_at: datetime,
    venue: Venue | None = None,
    where: str = "",
    agenda: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """Change day, place or agenda; who was told is told of a new day or place."""
    by = permit("sitting.run", actor, sitting.matter)
    body = {
        "sitting": sitting.pk,
        "starts_at": starts_at,
        "venue": venue.pk if venue else None,
        "where": where,
        "agenda": agenda,
    }
    with act("deliberation.sitting.change", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(sitting)
        next_state(row, "change")
        moved = (row.starts_at, row.venue_id, row.where) != (starts_at, venue.pk if venue else None, clean(where)[:120])
        row.starts_at, row.venue, row.where, row.agenda = starts_at, venue, clean(where)[:120], clean(agenda)
        _save(row, "starts_at", "venue", "where", "agenda")
        _entry(this, row, starts_at=starts_at)
        if moved and row.notice_given_on:
            _tell_seats(row, "sitting.moved", str(this.id))
    return this.receipt


def sitting_notice(
    *, actor: Viewer, sitting: Sitting, short_notice_reason: str = "", act_id: UUID | None = None
) -> Receipt:
    """Give notice to everybody who holds a seat. Later than the model's clock it needs a reason."""
    by = permit("sitting.run", actor, sitting.matter)
    body = {"sitting": sitting.pk, "reason": short_notice_reason}
    with act("deliberation.sitting.notice", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(sitting)
        state = next_state(row, "notice")
        today = timezone.localdate(this.at)
        _check_ahead(row, "notice", short_notice_reason)
        row.state, row.notice_given_on = state, today
        row.short_notice_reason = clean(short_notice_reason)[:300] or row.short_notice_reason
        _save(row, "state", "notice_given_on", "short_notice_reason")
        _entry(this, row, notice=True)
        _tell_seats(row, "sitting.notice", "notice")
        matter_move_on(row.matter, actor=actor, caused_by=this.id)
    return this.receipt


def papers_send(
    *, actor: Viewer, sitting: Sitting, short_notice_reason: str = "", act_id: UUID | None = None
) -> Receipt:
    """The papers went out to the seats. Later than the model's clock it needs a reason."""
    by = permit("sitting.run", actor, sitting.matter)
    body = {"sitting": sitting.pk, "reason": short_notice_reason}
    with act("deliberation.sitting.papers", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(sitting)
        next_state(row, "papers")
        _check_ahead(row, "papers", short_notice_reason)
        row.papers_sent_on = timezone.localdate(this.at)
        row.short_notice_reason = clean(short_notice_reason)[:300] or row.short_notice_reason
        _save(row, "papers_sent_on", "short_notice_reason")
        _entry(this, row, papers=True)
        _tell_seats(row, "sitting.papers", "papers")
        matter_move_on(row.matter, actor=actor, caused_by=this.id)
    return this.receipt


def sitting_cancel(*, actor: Viewer, sitting: Sitting, reason: str, act_id: UUID | None = None) -> Receipt:
    """It does not take place; everybody who was told is told."""
    by = permit("sitting.run", actor, sitting.matter)
    body = {"sitting": sitting.pk, "reason": reason}
    with act("deliberation.sitting.cancel", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(sitting)
        row.state = next_state(row, "cancel")
        row.agenda += "\n" + words(reason, "reason", 300, _("Please write why it does not take place."))
        _save(row, "state", "agenda")
        _entry(this, row)
        if row.notice_given_on:
            _tell_seats(row, "sitting.cancelled", "cancelled")
    return this.receipt


def sitting_open(*, actor: Viewer, sitting: Sitting, at: datetime | None = None, act_id: UUID | None = None) -> Receipt:
    """Open it after the roll call: refuses without a chair, or with fewer present than the quorum.

    For a sitting that was held before (补录) give `at`.
    """
    by = permit("sitting.run", actor, sitting.matter)
    body = {"sitting": sitting.pk, "at": at}
    with act("deliberation.sitting.open", actor=by, act_id=act_id, at=at, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(sitting)
        state = next_state(row, "open")
        present = row.presences.filter(left_at__isnull=True).values("seat").distinct().count()
        if not row.presences.filter(left_at__isnull=True, seat__role=Seat.Role.CHAIR).exists():
            raise WrongStage(
                "sitting.no_chair", _("The chair is not here. Call the roll first; a sitting needs its chair.")
            )
        if present < row.quorum:
            raise WrongStage(
                "sitting.quorum",
                _("%(present)d are here, the quorum is %(quorum)d. Wait, or cancel the sitting and plan another.")
                % {"present": present, "quorum": row.quorum},
            )
        row.state, row.opened_at, row.present_at_opening = state, at or this.now, present
        _save(row, "state", "opened_at", "present_at_opening")
        _entry(this, row, present=present)
    return this.receipt


def presence_arrive(
    *, actor: Viewer, sitting: Sitting, seat: Seat, at: datetime | None = None, act_id: UUID | None = None
) -> Receipt:
    """Somebody is here. Who left and comes back has a second line."""
    by = permit("sitting.run", actor, sitting.matter)
    body = {"sitting": sitting.pk, "seat": seat.pk, "at": at}
    with act("deliberation.presence.arrive", actor=by, act_id=act_id, at=at, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(sitting)
        if row.state not in (S.PLANNED, S.NOTICED, S.OPEN):
            raise WrongStage("sitting.over", _("The sitting is over; nobody arrives any more."))
        if seat.matter_id != row.matter_id or seat.ended_on is not None:
            raise Refusal("presence.seat", _("This person holds no seat in this matter."), field="seat")
        if row.presences.filter(seat=seat, left_at__isnull=True).exists():
            raise WrongStage("presence.here", _("This person is marked as here already."))
        presence = Presence.objects.create(sitting=row, seat=seat, arrived_at=at or this.now)
        _save(row)
        _entry(this, row, seat=seat.pk, presence=presence.pk)
    return this.receipt


def presence_leave(
    *, actor: Viewer, sitting: Sitting, seat: Seat, at: datetime | None = None, act_id: UUID | None = None
) -> Receipt:
    """Somebody leaves."""
    by = permit("sitting.run", actor, sitting.matter)
    body = {"sitting": sitting.pk, "seat": seat.pk, "at": at}
    with act("deliberation.presence.leave", actor=by, act_id=act_id, at=at, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(sitting)
        presence = row.presences.filter(seat=seat, left_at__isnull=True).first()
        if presence is None:
            raise WrongStage("presence.gone", _("This person is not marked as here."))
        presence.left_at = at or this.now
        presence.save(update_fields=["left_at"])
        _save(row)
        _entry(this, row, seat=seat.pk, presence=presence.pk)
    return this.receipt


def sitting_close(
    *, actor: Viewer, sitting: Sitting, at: datetime | None = None, act_id: UUID | None = None
) -> Receipt:
    """Close it: who is still here leaves with it, open statements are closed, the minutes' clock starts."""
    by = permit("sitting.run", actor, sitting.matter)
    body = {"sitting": sitting.pk, "at": at}
    with act("deliberation.sitting.close", actor=by, act_id=act_id, at=at, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(sitting)
        row.state = next_state(row, "close")
        row.closed_at = at or this.now
        row.presences.filter(left_at__isnull=True).update(left_at=row.closed_at)
        row.statements.filter(is_open=True).update(is_open=False)
        _save(row, "state", "closed_at")
        _entry(this, row)
        matter_move_on(row.matter, actor=actor, caused_by=this.id)
    return this.receipt


def minutes_write(*, actor: Viewer, sitting: Sitting, text: str, act_id: UUID | None = None) -> Receipt:
    """Write the minutes, or write them anew until they are issued. Result: minutes."""
    by = permit("sitting.run", actor, sitting.matter)
    body = {"sitting": sitting.pk, "text": text}
    with act("deliberation.minutes.write", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(sitting)
        next_state(row, "minute")
        kept = words(text, "text", 50000, _("Please write the minutes."))
        minutes = Minutes.objects.select_for_update().filter(sitting=row).first()
        if minutes is None:
            year = timezone.localdate(row.starts_at).year
            ended = timezone.localdate(row.closed_at or row.starts_at)
            wanted = read_document(row.matter.process.document).clock("minutes")
            minutes = Minutes(
                sitting=row,
                number=f"纪要-{year}-{next_number(f'minutes/{row.matter.convener_id}/{year}'):04d}-{str(row.pk)[-4:]}",
                due_on=None if row.backfilled else add_workdays(ended, wanted).day,
            )
        elif minutes.issued_at is not None:
            raise WrongStage("minutes.issued", _("The minutes were issued; they do not change any more."))
        minutes.text, minutes.written_by, minutes.written_at = kept, actor.person, this.now
        minutes.save()
        _entry(this, row, minutes=minutes.pk)
        this.result(minutes=minutes.pk)
    return this.receipt


def minutes_issue(*, actor: Viewer, minutes: Minutes, act_id: UUID | None = None) -> Receipt:
    """Issue the minutes: from now on they stand."""
    by = permit("sitting.run", actor, minutes.sitting.matter)
    with act("deliberation.minutes.issue", actor=by, act_id=act_id, body={"minutes": minutes.pk}) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(minutes.sitting)
        fresh = Minutes.objects.select_for_update().get(pk=minutes.pk)
        if fresh.issued_at is not None:
            raise WrongStage("minutes.issued", _("The minutes were issued already."))
        fresh.issued_at = this.now
        fresh.save(update_fields=["issued_at"])
        _entry(this, row, minutes=fresh.pk)
        _tell_seats(row, "minutes.issued", "minutes", channels=("app",))
        matter_move_on(row.matter, actor=actor, caused_by=this.id)
    return this.receipt


def locked_sitting(sitting: Sitting) -> Sitting:
    """The sitting, read again and locked."""
    rows = Sitting.within.select_for_update(of=("self",))
    return rows.select_related("matter__process", "matter__place", "matter__convener").get(pk=sitting.pk)


def touch(sitting_id: UUID) -> None:
    """Raise the version for which phones poll."""
    Sitting.within.filter(pk=sitting_id).update(version=F("version") + 1)


def _check_ahead(sitting: Sitting, clock: str, reason: str) -> None:
    """Notice and papers keep the model's clock, counted in Chinese working days, or say why not."""
    wanted = read_document(sitting.matter.process.document).clock(clock)
    given = workdays_between(timezone.localdate(), timezone.localdate(sitting.starts_at))
    if sitting.backfilled or given >= wanted or clean(reason) or sitting.short_notice_reason:
        return
    raise Refusal(
        f"sitting.short_{clock}",
        _(
            "That is %(given)d working days ahead; the model asks for %(wanted)d. "
            "Choose a later day, or write the reason for the short notice."
        )
        % {"given": given, "wanted": wanted},
        field="short_notice_reason",
    )


def _save(sitting: Sitting, *fields: str) -> None:
    sitting.version += 1
    sitting.save(update_fields=[*fields, "version"])


def _entry(this: Act, sitting: Sitting, **data: object) -> None:
    this.entry(
        subject=("matter", sitting.matter_id),
        place=sitting.matter.place_id,
        dims={"body": sitting.matter.convener_id},
        quantities={"sittings": 1} if this.code == "deliberation.sitting.open" else {},
        data={"sitting": sitting.pk, "state": sitting.state, **data},
    )
    this.result(sitting=sitting.pk)


def _tell_seats(sitting: Sitting, code: str, once: str, channels: tuple[str, ...] = ("app", "sms")) -> None:
    """Tell everybody who holds a seat."""
    seats = Seat.objects.filter(matter=sitting.matter, state__in=Seat.LIVE, ended_on__isnull=True)
    told = set()
    for seat in seats.select_related("person"):
        if seat.person_id in told:
            continue
        told.add(seat.person_id)
        tell(
            person=seat.person,
            code=code,
            params={
                "number": sitting.matter.number,
                "title": sitting.matter.title,
                "when": f"{timezone.localtime(sitting.starts_at):%Y-%m-%d %H:%M}",
                "where": sitting.where or (sitting.venue.name if sitting.venue else ""),
            },
            subject=("sitting", sitting.pk),
            once=f"{code}/{sitting.pk}/{once}/{seat.person_id}",
            channels=channels,
        )
