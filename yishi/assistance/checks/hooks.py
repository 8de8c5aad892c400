"""What a part above does when the logic checks find something: one explicit table, filled at start."""

from collections.abc import Callable, Sequence

from .models import CheckFinding

ON_FOUND: list[Callable[[Sequence[CheckFinding]], None]] = []  # findings that are new, or came back


def findings_found(findings: Sequence[CheckFinding]) -> None:
    """Tell every part above, in the transaction that wrote them."""
    for follow in ON_FOUND:
        follow(findings)
