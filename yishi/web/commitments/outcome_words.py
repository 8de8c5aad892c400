"""An outcome in words: from what to what, and how far it moved."""

from decimal import Decimal

from yishi.commitments.models import Outcome
from yishi.web.kit.numbers import plain

Sort = Outcome.Sort


def number(value: Decimal | None) -> str:
    return "" if value is None else plain(value)


def signed(value: Decimal) -> str:
    """+2,400 or −36."""
    return f"{'−' if value < 0 else '+'}{plain(abs(value))}"


def change_text(outcome: Outcome) -> str:
    """How far a level moved; "" where that is not known."""
    return "" if outcome.change is None else signed(outcome.change)


def outcome_text(outcome: Outcome) -> str:
    """ "40 → 4 yuan", "→ 4 yuan" where nobody measured it before; "+2,400 yuan"; "18 groups"."""
    if outcome.sort == Sort.AMOUNT:
        return f"{plain(outcome.after)} {outcome.unit}"
    if outcome.sort == Sort.CHANGE:
        return f"{signed(outcome.after)} {outcome.unit}"
    return f"{number(outcome.before)} → {plain(outcome.after)} {outcome.unit}".strip()
