"""What rooms above do when a signal is judged, or waits again: one explicit table, filled at start."""

from collections.abc import Callable

from yishi.journal.act import Act

from .models import WatchSignal

ON_JUDGED: list[Callable[[WatchSignal, Act], None]] = []


def judged(signal: WatchSignal, this: Act) -> None:
    """Tell every room above, within the act that judged the signal or took the verdict back."""
    for follow in ON_JUDGED:
        follow(signal, this)
