"""A sitting: planned, noticed, opened, in recess, closed. The roll call: roll.py. Its minutes: minutes.py."""

from datetime import date, datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.database.words import Words
from yishi.deliberation.models import Matter, Recess, Sitting
from yishi.deliberation.process.schema import read_document
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.journal.moved import Watch
from yishi.kit.clock import workdays_between
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.text import clean
from yishi.notices.days import day_said
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Venue
from yishi.organisations.rights import permit

from .ballots import check_no_ballot
from .course import matter_move_on
from .minutes import minutes_issue, minutes_write
from .roll import check_able_to_decide
from .room import enter, happened_at, locked_sitting, next_state, quorum_now, quorum_of, save, tell_seats
from .speaking import items_make, speaking, stop_speaking
from .studies import open_matter

SHORT_NOTICE_REASON = Words("short_notice_reason", 300)
REASON = Words("reason", 300, _("Please write why it does not take place."))
WHERE = Words("where", 120)
AGENDA = Words("agenda", 5000)
RECESS_REASON = Words("reason", 300)

__all__ = [
    "minutes_issue",
    "minutes_write",
    "papers_send",
    "sitting_cancel",
    "sitting_change",
    "sitting_close",
    "sitting_notice",
    "sitting_open",
    "sitting_plan",
    "sitting_recess",
    "sitting_resume",
]


def sitting_plan(
    *,
    actor: Viewer,
    matter: Matter,
    starts_at: datetime,
    venue: Venue | None = None,
    where: str = "",
    agenda: str = "",
    quorum: int | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Plan a sitting; a day in the past records one that was held (补录). Result: sitting.

    The quorum, if not given, follows the model and the seats held at the opening (see `room.quorum_of`).
    """
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
        if fresh.sittings.filter(state__in=Sitting.CALLS_ROLL).exists():
            raise WrongStage(
                "sitting.planned", _("A sitting of this matter is planned already. Change or cancel that one.")
            )
        sitting = Sitting.within.create(
            matter=fresh,
            ordinal=fresh.sittings.count() + 1,
            venue=venue,
            where=WHERE.kept(where),
            agenda=AGENDA.kept(agenda),
            starts_at=starts_at,
            quorum=quorum if quorum else quorum_of(fresh),
            quorum_by_hand=bool(quorum),
            backfilled=starts_at < this.now,
        )
        enter(this, sitting, starts_at=starts_at, backfilled=sitting.backfilled)
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
        if venue is None and not where.strip():
            raise Refusal("sitting.where", _("Please say where it takes place."), field="where")
        moved = (row.starts_at, row.venue_id, row.where) != (
            starts_at,
            venue.pk if venue else None,
            WHERE.kept(where),
        )
        row.starts_at, row.venue, row.where, row.agenda = starts_at, venue, WHERE.kept(where), AGENDA.kept(agenda)
        save(row, "starts_at", "venue", "where", "agenda")
        enter(this, row, starts_at=starts_at)
        if moved and row.notice_given_on:
            tell_seats(row, "sitting.moved", str(this.id))
    return this.receipt


def sitting_notice(
    *,
    actor: Viewer,
    sitting: Sitting,
    short_notice_reason: str = "",
    given_on: date | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Give notice to everybody who holds a seat. Later than the model's clock it needs a reason.

    Once the sitting is open or over, it is recorded that notice had been given (on `given_on`, else that day) and why
    this was not written down before; nobody is told of a sitting that they sit in.
    """
    by = permit("sitting.run", actor, sitting.matter)
    body = {"sitting": sitting.pk, "reason": short_notice_reason, "given_on": given_on}
    with act("deliberation.sitting.notice", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(sitting)
        state = next_state(row, "notice")
        late = row.has_begun
        row.notice_given_on = _ahead_on(row, "notice", row.notice_given_on, given_on, short_notice_reason)
        row.state, row.short_notice_reason = state, _both_reasons(row, short_notice_reason)
        save(row, "state", "notice_given_on", "short_notice_reason")
        enter(this, row, notice=True, late=late)
        if not late:
            tell_seats(row, "sitting.notice", "notice")
        matter_move_on(row.matter, by=this.actor, caused_by=this.id)
    return this.receipt


def papers_send(
    *,
    actor: Viewer,
    sitting: Sitting,
    short_notice_reason: str = "",
    given_on: date | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """The papers went out to the seats. Later than the model's clock it needs a reason; once the sitting is open or
    over, as with `sitting_notice`."""
    by = permit("sitting.run", actor, sitting.matter)
    body = {"sitting": sitting.pk, "reason": short_notice_reason, "given_on": given_on}
    with act("deliberation.sitting.papers", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(sitting)
        next_state(row, "papers")
        late = row.has_begun
        row.papers_sent_on = _ahead_on(row, "papers", row.papers_sent_on, given_on, short_notice_reason)
        row.short_notice_reason = _both_reasons(row, short_notice_reason)
        save(row, "papers_sent_on", "short_notice_reason")
        enter(this, row, papers=True, late=late)
        if not late:
            tell_seats(row, "sitting.papers", "papers")
        matter_move_on(row.matter, by=this.actor, caused_by=this.id)
    return this.receipt


def sitting_cancel(*, actor: Viewer, sitting: Sitting, reason: str, act_id: UUID | None = None) -> Receipt:
    """Cancel a sitting; everybody who was told of it hears that it does not take place."""
    by = permit("sitting.run", actor, sitting.matter)
    body = {"sitting": sitting.pk, "reason": reason}
    with act("deliberation.sitting.cancel", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(sitting)
        row.state = next_state(row, "cancel")
        row.cancel_reason = REASON.kept(reason)
        save(row, "state", "cancel_reason")
        enter(this, row)
        if row.notice_given_on:
            tell_seats(row, "sitting.cancelled", "cancelled")
    return this.receipt


def sitting_open(*, actor: Viewer, sitting: Sitting, at: datetime | None = None, act_id: UUID | None = None) -> Receipt:
    """Open the sitting after the roll call; refuses without a neutral chair, or with fewer present than the quorum.

    For a sitting that was held before (补录) give `at`.
    """
    by = permit("sitting.run", actor, sitting.matter)
    body = {"sitting": sitting.pk, "at": at}
    with act("deliberation.sitting.open", actor=by, act_id=act_id, at=at, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(sitting)
        state = next_state(row, "open")
        opened_at = happened_at(at, this.now)
        present, quorum = check_able_to_decide(row), quorum_now(row)
        watch = Watch()
        watch.row(row, "state", "opened_at")
        row.state, row.opened_at, row.present_at_opening, row.quorum = state, opened_at, present, quorum
        save(row, "state", "opened_at", "present_at_opening", "quorum")
        items_make(row)
        enter(this, row, present=present, quorum=row.quorum)
        watch.keep(this, ("sitting", row.pk))
    return this.receipt


def sitting_close(
    *, actor: Viewer, sitting: Sitting, at: datetime | None = None, act_id: UUID | None = None
) -> Receipt:
    """Close the sitting: whoever is still here leaves, open statements are closed, the minutes' clock starts."""
    by = permit("sitting.run", actor, sitting.matter)
    body = {"sitting": sitting.pk, "at": at}
    with act("deliberation.sitting.close", actor=by, act_id=act_id, at=at, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(sitting)
        state = next_state(row, "close")
        check_no_ballot(row)
        if row.backfilled and at is None:
            raise Refusal(
                "sitting.closed_at",
                _("This sitting is recorded afterwards. Please write when it was closed."),
                field="at",
            )
        closed_at = happened_at(at, this.now)
        if row.opened_at is not None and closed_at < row.opened_at:
            raise Refusal("sitting.before", _("This lies before the sitting was opened. Please check it."), field="at")
        watch, step = Watch(), row.matter.step
        watch.row(row, "state", "closed_at")
        watch.rows(row.presences.filter(left_at__isnull=True), "left_at")
        watch.rows(row.statements.filter(is_open=True), "is_open", "closed_at")
        watch.rows(row.spans.filter(ended_at__isnull=True), "ended_at")
        watch.rows(speaking(row), "ended_at")
        watch.rows(row.recesses.filter(ended_at__isnull=True), "ended_at")
        row.state, row.closed_at = state, closed_at
        row.recesses.filter(ended_at__isnull=True).update(ended_at=closed_at)
        stop_speaking(row, closed_at)
        row.presences.filter(left_at__isnull=True).update(left_at=closed_at)
        row.statements.filter(is_open=True).update(is_open=False, closed_at=closed_at)
        save(row, "state", "closed_at")
        enter(this, row)
        matter_move_on(row.matter, by=this.actor, caused_by=this.id)
        watch.keep(this, ("sitting", row.pk), step=step, led_to=row.matter.step)
    return this.receipt


def sitting_recess(
    *,
    actor: Viewer,
    sitting: Sitting,
    reason: str = "",
    resumes_at: datetime | None = None,
    at: datetime | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """A recess: nothing is said or decided until it goes on. To another day (`resumes_at`) everybody leaves, and who
    holds a seat is told. Result: sitting."""
    by = permit("sitting.run", actor, sitting.matter)
    body = {"sitting": sitting.pk, "reason": reason, "resumes_at": resumes_at, "at": at}
    with act("deliberation.sitting.recess", actor=by, act_id=act_id, at=at, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(sitting)
        state = next_state(row, "recess")
        began_at = happened_at(at, this.now)
        if resumes_at is not None and resumes_at <= began_at:
            raise Refusal(
                "recess.day", _("It goes on after the recess has begun. Please check the day."), field="resumes_at"
            )
        stop_speaking(row, began_at)
        words = RECESS_REASON.kept(reason)
        Recess.objects.create(sitting=row, began_at=began_at, reason=words, resumes_at=resumes_at)
        row.state, row.resumes_at = state, resumes_at
        if resumes_at is not None:
            row.presences.filter(left_at__isnull=True).update(left_at=began_at)
        save(row, "state", "resumes_at")
        enter(this, row, resumes_at=resumes_at)
        if resumes_at is not None:
            tell_seats(row, "sitting.adjourned", str(this.id))
    return this.receipt


def sitting_resume(
    *, actor: Viewer, sitting: Sitting, at: datetime | None = None, act_id: UUID | None = None
) -> Receipt:
    """The sitting goes on after a recess: with its chair and a quorum, as it opened. Result: sitting."""
    by = permit("sitting.run", actor, sitting.matter)
    with act("deliberation.sitting.resume", actor=by, act_id=act_id, at=at, body={"sitting": sitting.pk}) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(sitting)
        state = next_state(row, "resume")
        present = check_able_to_decide(row)
        recess = row.recesses.get(ended_at__isnull=True)
        recess.ended_at, recess.present = max(happened_at(at, this.now), recess.began_at), present
        recess.save(update_fields=["ended_at", "present"])
        row.state, row.resumes_at = state, None
        save(row, "state", "resumes_at")
        enter(this, row, present=present)
    return this.receipt


def _both_reasons(sitting: Sitting, reason: str) -> str:
    """Notice and papers may each have been short, or late: the second reason stands behind the first."""
    said = SHORT_NOTICE_REASON.kept(reason)
    before = sitting.short_notice_reason
    if not said or said in before:
        return before
    return SHORT_NOTICE_REASON.kept(f"{before}；{said}" if before else said)


def _ahead_on(sitting: Sitting, clock: str, before: date | None, given_on: date | None, reason: str) -> date:
    """The day on which notice was given (or the papers went out): today, or recorded when the sitting had begun."""
    if not sitting.has_begun:
        if given_on is not None and given_on != timezone.localdate():
            raise Refusal("sitting.given_on", _("Leave the day empty: it is today."), field="given_on")
        _check_ahead(sitting, clock, reason)
        return timezone.localdate()
    held_on = timezone.localdate(sitting.starts_at)
    if before is not None:
        raise WrongStage(
            f"sitting.{clock}.recorded",
            _("This is recorded already, with the day %(day)s.") % {"day": day_said(before)},
        )
    if not clean(reason):
        raise Refusal(
            f"sitting.late_{clock}",
            _("The sitting has begun. Please write how people were told, and why it is recorded only now."),
            field="short_notice_reason",
        )
    if given_on is not None and given_on > held_on:
        raise Refusal("sitting.given_on", _("This day lies after the sitting. Please check it."), field="given_on")
    return given_on or held_on


def _check_ahead(sitting: Sitting, clock: str, reason: str) -> None:
    """Notice and papers keep the model's clock, counted in Chinese working days, or say why not."""
    wanted = read_document(sitting.matter.process.document).clock(clock)
    days_ahead = workdays_between(timezone.localdate(), timezone.localdate(sitting.starts_at))
    if sitting.backfilled or days_ahead >= wanted or clean(reason) or sitting.short_notice_reason:
        return
    raise Refusal(
        f"sitting.short_{clock}",
        _(
            "That is %(given)d working days ahead; the model asks for %(wanted)d. "
            "Choose a later day, or write the reason for the short notice."
        )
        % {"given": days_ahead, "wanted": wanted},
        field="short_notice_reason",
    )
