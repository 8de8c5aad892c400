"""What upper rooms do when a commitment changes: one explicit table, filled at start by their `apps.ready`."""

from collections.abc import Callable

from yishi.journal.act import Act

from .models import Commitment

Hook = Callable[[Commitment, Act], None]

ON_REOPENED: list[Hook] = []  # a reopened commitment reopens its matter
ON_SETTLED: list[Hook] = []  # struck off, closed undone or dropped: perhaps its matter is done
ON_MOVED: list[Hook] = []  # any other step: a condition of its matter may be met now


def run(hooks: list[Hook], commitment: Commitment, this: Act) -> None:
    """Call every function of one list, in the order in which they were registered."""
    for hook in hooks:
        hook(commitment, this)
