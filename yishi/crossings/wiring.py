"""What one room does when something happens in another on its line: one explicit table, connected once at start."""

from typing import Any

from yishi.kit.hooks import connect as hooks_connect
from yishi.proposals import hooks

from .suggestions import suggestion_count, suggestion_count_adopted, suggestion_share, suggestion_take_back

TABLE: tuple[tuple[list[Any], Any], ...] = (
    (hooks.ON_SUBMITTED, suggestion_count),
    (hooks.ON_ADOPTED, suggestion_count_adopted),
    (hooks.ON_SIGNED, suggestion_share),
    (hooks.ON_WITHDRAWN, suggestion_take_back),
)


def connect() -> None:
    """Put every function of the table where it is called from; doing it again changes nothing."""
    hooks_connect(TABLE)
