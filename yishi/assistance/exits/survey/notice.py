"""What a village is told of an assessment (村内公示): counts and rates, by construction nothing of a family or person.

The type has no field for a name, an identity number, a phone, an account, an illness or a disability, and none for free
words: what has no place cannot slip in. A test makes a thousand notices and looks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .results import AWAY, DONE, REFUSED, Visited

DAYS = 5  # that it hangs in the village


@dataclass(frozen=True, slots=True)
class VillageNotice:
    """A notice of one village; places and desks are named, nobody else."""

    county: str
    village: str
    number: str  # of the assessment
    as_of: date
    visited: int
    answered: int
    exited: int  # that answered
    unlisted: int
    wrong: int  # households that were ruled wrongly exited
    missed: int
    approving: int
    asked_approval: int
    posted_on: date
    until: date
    desk: str  # where objections go


def notice_of(
    county: str, village: str, number: str, as_of: date, visited: Sequence[Visited], posted_on: date, desk: str
) -> VillageNotice:
    """The notice of a village of its drawn households."""
    answered = [each for each in visited if each.outcome == DONE]
    return VillageNotice(
        county=county,
        village=village,
        number=number,
        as_of=as_of,
        visited=sum(each.outcome in (DONE, AWAY, REFUSED) for each in visited),
        answered=len(answered),
        exited=sum(each.kind == "exited" for each in answered),
        unlisted=sum(each.kind == "unlisted" for each in answered),
        wrong=sum(each.kind == "exited" and each.concerned > 0 for each in answered),
        missed=sum(each.kind == "unlisted" and each.concerned > 0 for each in answered),
        approving=sum(bool(each.approves) for each in answered),
        asked_approval=sum(each.approves is not None for each in answered),
        posted_on=posted_on,
        until=posted_on + timedelta(days=DAYS),
        desk=desk,
    )
