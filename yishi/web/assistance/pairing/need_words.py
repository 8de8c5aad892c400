"""How a need stands, in words: nobody has answered; asked; promised by whom and until when; met.

"Not met" alone would send a second giver to a family to whom the first has given their word.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from yishi.assistance.pairing.models import Match, Need
from yishi.assistance.pairing.models.needs import left_of
from yishi.commitments.models import Commitment
from yishi.kit.clock import CountedDay
from yishi.kit.records import lent

S = Match.State
BROKEN = (Commitment.State.CLOSED_UNDONE, Commitment.State.DROPPED)


def promises() -> QuerySet[Match]:
    """Matches that were accepted and are still owed: their deed is not recorded, and they did not come to nothing."""
    return Match.within.filter(state=S.ACCEPTED).exclude(commitment__state__in=BROKEN)


def with_promises(needs: QuerySet[Need]) -> QuerySet[Need]:
    """`needs` with `is_promised`, `is_asked` (a proposal waits for its answer), and of the promise that is due first
    `giver` and its day (`promised_day`)."""
    owed = promises().filter(need=OuterRef("pk")).order_by("commitment__due_on", "pk")
    giver = owed.annotate(giver=Coalesce(F("offer__person__name"), F("offer__body__name")))
    return needs.annotate(
        is_promised=Exists(owed),
        is_asked=Exists(Match.within.filter(need=OuterRef("pk"), state=S.PROPOSED)),
        giver=Subquery(giver.values("giver")[:1]),
        promised_until=Subquery(owed.values("commitment__due_on")[:1]),
        counted_from=Subquery(owed.values("commitment__due_counted_from")[:1]),
    )


def promised_day(need: Need) -> date | None:
    """The day by which the promise that is due first is owed; one that the platform counted may still move."""
    day = lent(need, "promised_until")
    return CountedDay.of(day) if day and lent(need, "counted_from") else day


def state_word(need: Need) -> str:
    """The word of a list for a need of `with_promises`."""
    if need.state != Need.State.OPEN:
        return str(need.get_state_display())
    if lent(need, "is_promised"):
        return _("promised, not kept yet")
    return _("asked, no answer yet") if lent(need, "is_asked") else _("nobody promised yet")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one need stands: its word, what is promised, what nobody has promised yet (None: no quantity named)."""

    word: str
    promised: list[Match]
    lacking: Decimal | None


def need_standing(need: Need, matches: list[Match]) -> Standing:
    """Where a need stands; `matches` are all of its matches, each with its offer and commitment."""
    owed = [
        match
        for match in matches
        if match.state == S.ACCEPTED and not (match.commitment and match.commitment.state in BROKEN)
    ]
    sure = [match for match in matches if match in owed or match.state in Match.KEPT]
    named = [match.quantity for match in sure if match.quantity is not None]
    lacking = left_of(need.quantity, sum(named, Decimal(0))) if len(named) == len(sure) else None
    if need.state != Need.State.OPEN:
        return Standing(str(need.get_state_display()), owed, None)
    if not owed:
        asked = any(match.state == S.PROPOSED for match in matches)
        return Standing(_("asked, no answer yet") if asked else _("nobody promised yet"), owed, lacking)
    word = _("partly promised, not kept yet") if lacking else _("promised, not kept yet")
    return Standing(word, owed, lacking)
