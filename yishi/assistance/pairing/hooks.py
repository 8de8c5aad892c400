"""What a part above does when a visit to a family counts, or counts no longer: one explicit table, filled at start."""

from collections.abc import Callable

from yishi.journal.act import Act

from .models import Visit

ON_VISIT: list[Callable[[Visit, Act], None]] = []  # within the act that kept it, withdrew it, or decided on it


def visit_settled(visit: Visit, this: Act) -> None:
    """Tell every part above how a visit stands now."""
    for follow in ON_VISIT:
        follow(visit, this)
