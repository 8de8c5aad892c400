"""What the parts of the product add to a page of another part: one explicit table for each kind of file.

A section is a function `(request, subject) -> dict | None`: the words of its template (`template`, `heading` and what
the template needs), or None where it has nothing to say to this viewer. It asks for its rows within the viewer's reach.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest

from .check_sections import household_checks
from .deed_sections import household_deeds
from .pairing_sections import body_help, household_help, member_help, place_help
from .project_sections import at_place, of_body, of_deed, of_household, of_member
from .proposal_story import body_proposals, member_proposals, place_proposals

Section = Callable[[HttpRequest, Any], dict[str, Any] | None]

HOUSEHOLD: tuple[Section, ...] = (household_help, household_checks, household_deeds, of_household)  # subject: Household
PLACE: tuple[Section, ...] = (place_help, at_place, place_proposals)  # subject: Place, of any level
MEMBER: tuple[Section, ...] = (member_help, of_member, member_proposals)  # subject: Person, for that person's own file
BODY: tuple[Section, ...] = (body_help, of_body, body_proposals)  # subject: Body
DEED: tuple[Section, ...] = (of_deed,)  # subject: Deed


def sections(request: HttpRequest, table: Iterable[Section], subject: Any) -> list[dict[str, Any]]:
    """The sections of `table` that have something to say, in its order."""
    found = (section(request, subject) for section in table)
    return [one for one in found if one is not None]
