"""What rooms above do, or refuse, when a ruling on a suspicion is taken back: one explicit table, filled at start."""

from collections.abc import Callable

from yishi.journal.act import Act

from .models import ExitSuspicion

ON_RULING_BACK: list[Callable[[ExitSuspicion, Act], None]] = []


def ruling_taken_back(suspicion: ExitSuspicion, this: Act) -> None:
    """Tell every room above, within the act; each may refuse it."""
    for follow in ON_RULING_BACK:
        follow(suspicion, this)
