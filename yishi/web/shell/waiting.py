"""Who acts next, for every kind of file of every part: the one table that the desk, the calendar, a matter's page and
the daily list by mail read."""

from collections.abc import Iterator
from datetime import date

from yishi.kit.hooks import connect as hooks_connect
from yishi.organisations.digest import SOURCES as DAILY
from yishi.organisations.digest import Due
from yishi.web.assistance.deeds import waiting as deeds
from yishi.web.assistance.exits import waiting as exits
from yishi.web.assistance.imports import waiting as imports
from yishi.web.assistance.pairing import waiting as pairing
from yishi.web.assistance.projects import waiting as projects
from yishi.web.assistance.register import waiting as register
from yishi.web.assistance.supervision import waiting as supervision
from yishi.web.assistance.watch import waiting as watch
from yishi.web.commitments import waiting as commitments
from yishi.web.deliberation.consultation import waiting as consultation
from yishi.web.deliberation.process import waiting as process
from yishi.web.deliberation.record import waiting as record
from yishi.web.deliberation.sittings import waiting as sittings
from yishi.web.deliberation.worries import waiting as worries
from yishi.web.kit.next_acts import Course, fill
from yishi.web.proposals import waiting as proposals
from yishi.web.reporting import waiting as reporting

# Whose act comes next, for every kind of file that has stages.
COURSES: tuple[Course, ...] = (
    process.PRESSING,
    process.IDLE,
    worries.WORRIES,
    process.GATES,
    process.PLANS,
    sittings.STUDIES,
    sittings.SITTINGS,
    sittings.AGREEMENTS,
    commitments.PROMISES,
    record.RELEASES,
    consultation.CONSULTATIONS,
    register.CHANGES,
    projects.PROJECTS,
    projects.PAYMENTS,
    supervision.COORDINATION,
    supervision.ROUNDS,
    proposals.PROPOSALS,
    pairing.VISITS,
    pairing.MATCHES,
    pairing.NEEDS,
    deeds.PAIRS,
    exits.SUSPICIONS,
    exits.ASSESSMENTS,
    watch.SELF_REPORTS,
    watch.SIGNALS,
    watch.WATCHES,
    imports.IMPORTS,
    reporting.SHEETS,
)


def connect() -> None:
    """Tell the parts' pages of all courses, and the daily list what desks owe; doing it again changes nothing."""
    fill(COURSES)
    hooks_connect(((DAILY, courses_due),))


def courses_due(until: date) -> Iterator[Due]:
    """What every desk owes by a day, as its next acts say it: for the daily list by mail."""
    for course in COURSES:
        for number, due_on, desk, code in course.owed(until):
            yield Due(due_on, code, number, desk)
