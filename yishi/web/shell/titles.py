"""Which parts say what acts and files are called: the one table of them, put together at start."""

from types import ModuleType

from yishi.web.assistance.campaign import titles as campaign_titles
from yishi.web.assistance.checks import titles as checks_titles
from yishi.web.assistance.deeds import titles as deeds_titles
from yishi.web.assistance.exits import titles as exits_titles
from yishi.web.assistance.imports import titles as imports_titles
from yishi.web.assistance.pairing import titles as pairing_titles
from yishi.web.assistance.projects import titles as projects_titles
from yishi.web.assistance.register import titles as register_titles
from yishi.web.assistance.supervision import titles as supervision_titles
from yishi.web.assistance.watch import titles as watch_titles
from yishi.web.commitments import titles as commitments_titles
from yishi.web.crossings import titles as crossings_titles
from yishi.web.deliberation.consultation import titles as consultation_titles
from yishi.web.deliberation.process import titles as process_titles
from yishi.web.deliberation.record import titles as record_titles
from yishi.web.deliberation.room import titles as room_titles
from yishi.web.deliberation.sittings import titles as sittings_titles
from yishi.web.deliberation.worries import titles as worries_titles
from yishi.web.kit.titles import fill
from yishi.web.organisations import titles as organisations_titles
from yishi.web.proposals import titles as proposals_titles
from yishi.web.reporting import titles as reporting_titles

PARTS: tuple[ModuleType, ...] = (
    campaign_titles,
    checks_titles,
    deeds_titles,
    exits_titles,
    imports_titles,
    pairing_titles,
    projects_titles,
    register_titles,
    supervision_titles,
    watch_titles,
    commitments_titles,
    crossings_titles,
    consultation_titles,
    process_titles,
    record_titles,
    room_titles,
    sittings_titles,
    worries_titles,
    organisations_titles,
    proposals_titles,
    reporting_titles,
)


def connect() -> None:
    """Fill the tables of `kit/titles.py`; doing it again changes nothing."""
    fill([part.TITLES for part in PARTS], [getattr(part, "KINDS", {}) for part in PARTS])
