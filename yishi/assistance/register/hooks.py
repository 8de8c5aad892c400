"""What parts above do when a household changes, and what they know of its helpers: explicit tables, filled at start."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from yishi.organisations.grants import Viewer

from .models import Household

ON_CHANGED: list[Callable[[Iterable[UUID | None]], None]] = []  # within the act: its logic checks follow
HELPS_SOMEBODY: list[Callable[[Viewer], Any]] = []  # is the viewer anybody's helper today?
HELPS_IT: list[Callable[[Viewer, Household], Any]] = []  # do they help this household?


def households_changed(households: Iterable[UUID | None]) -> None:
    """Tell every part above, within the act that changed them."""
    keys = list(households)
    for follow in ON_CHANGED:
        follow(keys)
