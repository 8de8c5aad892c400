"""Telling how far long work has come: a function of the part done (0 to 1) and the name of what comes next."""

from collections.abc import Callable

Progress = Callable[[float, str], None]


def silent(done: float, step: str) -> None:
    """Tell nobody."""


def within(progress: Progress, low: float, high: float) -> Progress:
    """The same for a part of the work, told of as the stretch from `low` to `high` of the whole."""
    return lambda done, step: progress(low + (high - low) * done, step)
