"""Minutes (纪要): written until they are issued; then they stand, and a corrected edition replaces them."""

from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.database.words import Words
from yishi.deliberation.models import Minutes, ReplacedMinutes, Seat, Sitting
from yishi.deliberation.shown import minutes_digest, minutes_issue_digest
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.journal.shown import check_shown
from yishi.kit.clock import add_workdays
from yishi.kit.errors import Refusal, WrongStage
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit

from .course import matter_move_on
from .minutes_reading import may_wait_no_longer, silent_seats
from .processes import model_of
from .room import enter, locked_sitting, next_state, save, tell_seats

WHY = Words("reason", 300, _("Please write what was wrong, in a few words."))
UNHEARD = Words(
    "unheard",
    300,
    _(
        "Some who were there have neither confirmed the minutes nor objected. Read the minutes out to them first, or"
        " write why they are issued without that."
    ),
)
TEXT = Words("text", 50_000, _("Please write the minutes."))


def minutes_due(sitting: Sitting) -> date | None:
    """By when the minutes of a closed sitting are due; recorded afterwards, it has no clock."""
    if sitting.backfilled or sitting.closed_at is None:
        return None
    wanted = model_of(sitting.matter.process).clock("minutes")
    return add_workdays(timezone.localdate(sitting.closed_at), wanted)


def minutes_write(*, actor: Viewer, sitting: Sitting, text: str, act_id: UUID | None = None) -> Receipt:
    """Write the minutes, or write them anew until they are issued. Result: minutes."""
    by = permit("sitting.run", actor, sitting.matter)
    body = {"sitting": sitting.pk, "text": text}
    with act("deliberation.minutes.write", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(sitting)
        next_state(row, "minute")
        kept = TEXT.kept(text)
        minutes = Minutes.objects.select_for_update().filter(sitting=row).first()
        if minutes is None:
            number = f"{row.matter.number}-纪要-{row.ordinal}"
            minutes = Minutes(sitting=row, number=number)
        elif minutes.issued_at is not None:
            raise WrongStage("minutes.issued", _("The minutes were issued; they do not change any more."))
        minutes.due_on = minutes.due_on or minutes_due(row)
        if minutes.text and minutes.text != kept and minutes.answers.filter(draft=minutes.draft).exists():
            minutes.draft += 1  # what was said to the draft before stays with it
        minutes.text, minutes.written_by, minutes.written_at = kept, actor.person, this.now
        minutes.save()
        save(row)
        enter(this, row, minutes=minutes.pk)
        this.result(minutes=minutes.pk)
    return this.receipt


def minutes_issue(
    *, actor: Viewer, minutes: Minutes, unheard: str = "", shown: str = "", act_id: UUID | None = None
) -> Receipt:
    """Issue the minutes, once: from now on their text stands, with what was objected to. Tells everybody with a seat,
    and moves the matter on where its step waited for them.

    While somebody who was there has not answered (`minutes_reading`) and the clock of the minutes runs, `unheard` says
    why that is not waited for. `shown`: the hash of what was read (`minutes_issue_digest`).
    """
    by = permit("sitting.run", actor, minutes.sitting.matter)
    body = {"minutes": minutes.pk, **({"unheard": unheard} if unheard else {})}
    with act("deliberation.minutes.issue", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(minutes.sitting)
        fresh = Minutes.objects.select_for_update().get(pk=minutes.pk)
        if fresh.issued_at is not None:
            raise WrongStage("minutes.issued", _("The minutes were issued already."))
        now = minutes_issue_digest(fresh)
        check_shown(shown, now)
        fresh.unheard = UNHEARD.kept(unheard) if waits_for(fresh) else ""
        fresh.issued_at = this.now
        fresh.save(update_fields=["issued_at", "unheard"])
        enter(this, row, minutes=fresh.pk, shown=now)
        tell_seats(row, "minutes.issued", "minutes", channels=("app",))
        matter_move_on(row.matter, by=this.actor, caused_by=this.id)
    return this.receipt


def waits_for(minutes: Minutes) -> list[Seat]:
    """Who has still to answer before the draft may be issued without a word why not."""
    if minutes.sitting.backfilled or may_wait_no_longer(minutes):
        return []
    return silent_seats(minutes)


def minutes_correct(*, actor: Viewer, minutes: Minutes, text: str, reason: str, act_id: UUID | None = None) -> Receipt:
    """Issue a corrected edition of minutes that were issued: it says which it replaces and why, and the one before
    stays readable as replaced. Everybody with a seat is told. Result: minutes, sitting."""
    by = permit("sitting.run", actor, minutes.sitting.matter)
    body = {"minutes": minutes.pk, "text": text, "reason": reason}
    with act("deliberation.minutes.correct", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(minutes.sitting)
        fresh = Minutes.objects.select_for_update().get(pk=minutes.pk)
        if fresh.issued_at is None:
            raise WrongStage("minutes.draft", _("These minutes are not issued yet: write them anew instead."))
        kept, why = TEXT.kept(text), WHY.kept(reason)
        if kept == fresh.text:
            raise Refusal("minutes.same", _("This is the text that was issued. What is to be corrected?"), field="text")
        ReplacedMinutes.objects.create(
            minutes=fresh,
            edition=fresh.edition,
            text=fresh.text,
            written_by=fresh.written_by,
            issued_at=fresh.issued_at,
            replaced_at=this.now,
        )
        fresh.text, fresh.correction, fresh.edition = kept, why, fresh.edition + 1
        fresh.written_by, fresh.written_at, fresh.issued_at = actor.person, this.now, this.now
        fresh.save()
        save(row)
        enter(this, row, minutes=fresh.pk, edition=fresh.edition, shown=minutes_digest(fresh))
        this.result(minutes=fresh.pk)
        tell_seats(row, "minutes.corrected", f"minutes/{fresh.edition}", channels=("app",))
    return this.receipt
