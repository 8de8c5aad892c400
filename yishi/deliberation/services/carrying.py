"""A worry that goes on as a file of the campaign: its steps, within the act of the room above that makes it one.

Nothing that was raised is dropped in silence: what it became ends it, or gives it back to its convener's desk.
"""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.deliberation.models import Worry, WorryStep
from yishi.journal.act import Act
from yishi.kit.errors import Refusal

from .screening import WHY, locked_worry, next_state, owed_anew, step_write
from .worries import tell_authors_of

Kind = WorryStep.Kind


def worry_carry(this: Act, worry: Worry, kind: str, reason: str, *, told: str, **params: Any) -> Worry:
    """It goes on as what `kind` says; those who raised it read the reason and are told. Gives the locked row."""
    row = locked_worry(worry)
    state = next_state(row, "help" if kind == Kind.HELPED else "carry")
    if row.is_sensitive:
        raise Refusal("worry.sensitive", _("This theme goes the way the law provides. Please refer it."))
    row.answered_on = row.answered_on or timezone.localdate(this.at)
    row.state = state
    row.save(update_fields=["state", "answered_on"])
    _told(this, row, kind, WHY.kept(reason), told, **params)
    _enter(this, row)
    return row


def worry_end(this: Act, worry: Worry, *, is_found: bool = True) -> None:
    """What it became is over: done, or looked into and not so (`is_found` False), after which its author may ask once
    more."""
    row = locked_worry(worry)
    if row.state != Worry.State.CARRIED:
        return
    row.state = next_state(row, "settle" if is_found else "find")
    row.save(update_fields=["state"])
    kind, told = (Kind.SETTLED, "worry.settled") if is_found else (Kind.FOUND, "worry.answered")
    _told(this, row, kind, "", told)
    _enter(this, row)


def worry_return(this: Act, worry: Worry) -> None:
    """What it became is off the list without being done: its convener owes the answer from today on."""
    row = locked_worry(worry)
    if row.state != Worry.State.CARRIED:
        return
    row.state = next_state(row, "return")
    row.save(update_fields=["state"])
    _told(this, row, Kind.RETURNED, "", "worry.returned")
    owed_anew(this, row)
    _enter(this, row)


def worry_resume(this: Act, worry: Worry, verb: str) -> None:
    """What it became is under way again; `verb`: "carry_on", or "carry" where it had come back to its desk."""
    row = locked_worry(worry)
    row.state = next_state(row, verb)
    row.answered_on = row.answered_on or timezone.localdate(this.at)
    row.save(update_fields=["state", "answered_on"])
    _told(this, row, Kind.RESUMED, "", "worry.resumed")
    _enter(this, row)


def _told(this: Act, row: Worry, kind: str, reason: str, code: str, **params: Any) -> None:
    step_write(this, row, kind, reason=reason, body=row.desk)
    tell_authors_of(row, code, str(this.id), **params)


def _enter(this: Act, row: Worry) -> None:
    this.entry(
        subject=("worry", row.pk),
        place=row.place_id,
        dims={"theme": row.theme},
        data={"state": row.state, "desk": row.desk_id},
    )
