"""What a part above does when a deed keeps one of its promises: one explicit table, filled at start."""

from collections.abc import Callable
from typing import Any

from yishi.journal.act import Act
from yishi.organisations.grants import Viewer

from .models import Deed

# (the act, its actor, the match of a need and an offer that the deed keeps, the deed)
ON_MATCH_KEPT: list[Callable[[Act, Viewer, Any, Deed], None]] = []


def match_kept(this: Act, actor: Viewer, match: Any, deed: Deed) -> None:
    """Tell every part above, within the act that recorded the deed."""
    for close in ON_MATCH_KEPT:
        close(this, actor, match, deed)
