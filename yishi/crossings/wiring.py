"""What one room does when something happens in another on its line: one explicit table, connected once at start."""

from typing import Any

from yishi.assistance.exits.hooks import ON_RULING_BACK
from yishi.assistance.watch.hooks import ON_JUDGED
from yishi.commitments.hooks import ON_REOPENED, ON_SETTLED
from yishi.deliberation.services.screening import ON_TAKEN_BACK
from yishi.kit.hooks import connect as hooks_connect
from yishi.proposals import hooks

from . import exit_findings, into_supervision, rules, worry_deeds, worry_signals
from .suggestions import suggestion_count, suggestion_count_adopted, suggestion_share, suggestion_take_back

RULES = (rules,)  # a module of rules declares its rights when it is imported

TABLE: tuple[tuple[list[Any], Any], ...] = (
    (hooks.ON_SUBMITTED, suggestion_count),
    (hooks.ON_ADOPTED, suggestion_count_adopted),
    (hooks.ON_SIGNED, suggestion_share),
    (hooks.ON_WITHDRAWN, suggestion_take_back),
    (ON_SETTLED, into_supervision.finding_ended),
    (ON_REOPENED, into_supervision.finding_again),
    (ON_REOPENED, exit_findings.promise_held),
    (ON_JUDGED, worry_signals.signal_judged),
    (ON_RULING_BACK, exit_findings.ruling_held),
    (ON_TAKEN_BACK, into_supervision.worry_taken_back),
    (ON_TAKEN_BACK, worry_signals.worry_taken_back),
    (ON_TAKEN_BACK, worry_deeds.worry_taken_back),
)


def connect() -> None:
    """Put every function of the table where it is called from; doing it again changes nothing."""
    hooks_connect(TABLE)
