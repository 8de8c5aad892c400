"""Which parts add doors, links and events to files of other lines: the one table of them, filled in at start."""

from typing import Any

from yishi.web.crossings import across as crossings
from yishi.web.kit.across import DOORS, EVENTS, LINKS

OFFERED: dict[str, list[Any]] = {
    "worry": [crossings.worry_doors],
    "matter": [crossings.matter_doors],
    "proposal": [crossings.proposal_doors],
    "watch_signal": [crossings.signal_doors],
    "watch": [crossings.watch_doors],
    "exit_suspicion": [crossings.suspicion_doors],
}
TOLD = {"worry": [crossings.worry_events]}


def connect() -> None:
    """Fill the tables of `kit/across.py`; doing it again changes nothing."""
    DOORS.update(OFFERED)
    EVENTS.update(TOLD)
    LINKS[:] = [crossings.file_links]
