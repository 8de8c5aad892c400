"""How a promise stands, in words: the one function that every page, workbook and paper asks.

One deed, one word for its state. Where two clocks run, its own and that of its check or verdict, both are named.
"""

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yishi.commitments.clocks import Clock, Colour, Runs, clocks_of

from .numbers import left_until

Said = tuple[str, str]  # shade of the mark, words


def standing(commitment: Any, today: date | None = None) -> list[Said]:
    """The words of each clock of a promise with its shade; without a clock its state."""
    clocks = clocks_of(commitment, today or timezone.localdate())
    if not clocks:
        return [("none", str(commitment.get_state_display()))]
    return [(clock.colour.value, _words(clock)) for clock in clocks]


def running(commitment: Any) -> tuple[Said, ...]:
    """What an item on a desk says of its promise; nothing where no clock of it runs: its day then speaks."""
    return tuple(standing(commitment)) if clocks_of(commitment, timezone.localdate()) else ()


def standing_text(commitment: Any) -> str:
    """The same as one line."""
    return "，".join(words for _shade, words in standing(commitment))


def _words(clock: Clock) -> str:
    if clock.whose == Runs.CHECK:
        return _("check of the proof: %(days)s") % {"days": left_until(clock.due, clock.days)}
    if clock.whose == Runs.VERDICT:
        if clock.days < 0:
            return _("the time for verdicts is over")
        return _("verdicts: %(days)s") % {"days": left_until(clock.due, clock.days)}
    if clock.stands and clock.days < 0:
        late = ngettext("proof given %(n)d day late", "proof given %(n)d days late", -clock.days)
        return late % {"n": -clock.days}
    if clock.stands:
        return _("proof given in time")
    if clock.days < 0:  # "overdue by 20 days" says both
        return left_until(clock.due, clock.days)
    word = _("due soon") if clock.colour == Colour.YELLOW else _("on course")
    return f"{word} · {left_until(clock.due, clock.days)}"
