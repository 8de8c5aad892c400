"""Which sections stand on which file, in their order: the one table of them, filled in at start."""

from yishi.web.assistance.checks.check_sections import household_checks
from yishi.web.assistance.deeds.deed_sections import household_deeds
from yishi.web.assistance.exits.exit_sections import place_exits
from yishi.web.assistance.pairing.delivery_sections import body_delivered, member_delivered
from yishi.web.assistance.pairing.pairing_sections import body_help, household_help, member_help, place_help
from yishi.web.assistance.projects.project_sections import at_place, of_body, of_deed, of_household, of_member
from yishi.web.assistance.watch.watch_sections import household_watch
from yishi.web.commitments.outcome_sections import place_outcomes
from yishi.web.kit.sections import BODY, DEED, HOUSEHOLD, MEMBER, PLACE, Section
from yishi.web.proposals.proposal_story import body_proposals, member_proposals, place_proposals

TABLE: tuple[tuple[list[Section], tuple[Section, ...]], ...] = (
    (HOUSEHOLD, (household_help, household_watch, household_checks, household_deeds, of_household)),
    (PLACE, (place_help, at_place, place_exits, place_outcomes, place_proposals)),
    (MEMBER, (member_help, member_delivered, of_member, member_proposals)),
    (BODY, (body_help, body_delivered, of_body, body_proposals)),
    (DEED, (of_deed,)),
)


def connect() -> None:
    """Fill the tables of `kit/sections.py`; doing it again changes nothing."""
    for table, added in TABLE:
        table[:] = added
