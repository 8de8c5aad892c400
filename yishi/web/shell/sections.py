"""What the parts of the product add to a page of another part: one explicit table for each kind of file.

A section is a generator function `(request, subject)`. It yields the rows it asks for, by name and within the viewer's
reach; is sent them; and returns the words of its template (`template`, `heading` and what the template needs), or None
where it has nothing to say to this viewer. What all sections of a page ask for is one query; who needs an answer to ask
on yields again.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest

from yishi.database.gather import gather
from yishi.web.assistance.checks.check_sections import household_checks
from yishi.web.assistance.deeds.deed_sections import household_deeds
from yishi.web.assistance.pairing.pairing_sections import (
    body_help,
    household_help,
    member_help,
    place_help,
)
from yishi.web.assistance.projects.project_sections import (
    at_place,
    of_body,
    of_deed,
    of_household,
    of_member,
)
from yishi.web.kit.asking import Asking, Words
from yishi.web.proposals.proposal_story import body_proposals, member_proposals, place_proposals

Section = Callable[[HttpRequest, Any], Asking]

HOUSEHOLD: tuple[Section, ...] = (household_help, household_checks, household_deeds, of_household)  # subject: Household
PLACE: tuple[Section, ...] = (place_help, at_place, place_proposals)  # subject: Place, of any level
MEMBER: tuple[Section, ...] = (member_help, of_member, member_proposals)  # subject: Person, for that person's own file
BODY: tuple[Section, ...] = (body_help, of_body, body_proposals)  # subject: Body
DEED: tuple[Section, ...] = (of_deed,)  # subject: Deed


def sections(request: HttpRequest, table: Iterable[Section], subject: Any) -> list[dict[str, Any]]:
    """The sections of `table` that have something to say, in its order; a query for each round of asking."""
    running = {number: section(request, subject) for number, section in enumerate(table)}
    said: dict[int, Words] = {}
    found: dict[int, Any] = dict.fromkeys(running)  # a generator begins by being sent None
    while running:
        asked: dict[int, dict[str, Any]] = {}
        for number, section in list(running.items()):
            try:
                asked[number] = section.send(found[number])
            except StopIteration as end:
                said[number] = end.value
                del running[number]
        rows = gather(**{f"{name} {number}": one for number, all_of in asked.items() for name, one in all_of.items()})
        found = {number: {name: rows[f"{name} {number}"] for name in all_of} for number, all_of in asked.items()}
    return [said[number] for number in sorted(said) if said[number] is not None]
