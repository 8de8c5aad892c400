"""What upper rooms do when a proposal moves: one explicit table, filled at start by their `apps.ready`."""

from collections.abc import Callable

from yishi.journal.act import Act
from yishi.organisations.grants import Viewer

from .models import Proposal

Hook = Callable[[Proposal, Viewer, Act], None]

ON_SUBMITTED: list[Hook] = []
ON_SIGNED: list[Hook] = []  # a co-author signed after it was submitted
ON_WITHDRAWN: list[Hook] = []
ON_ADOPTED: list[Hook] = []  # adopted, at least in part


def run(hooks: list[Hook], proposal: Proposal, actor: Viewer, this: Act) -> None:
    """Call every function of one list, in the order in which they were registered."""
    for hook in hooks:
        hook(proposal, actor, this)
