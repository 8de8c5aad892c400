"""A question to the figures: indicator × place × period, with at most two further dimensions."""

from dataclasses import dataclass
from datetime import date, datetime

from yishi.assistance.campaign.models import (
    Campaign,
    CatalogueItem,
    Direction,
    Phase,
)
from yishi.organisations.models import Body, Place, PlaceSet

MOST_DIMENSIONS = 2
DIMENSIONS = ("direction", "item", "body", "sector", "phase", "place_set")


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. Of the dimensions below `campaign` at most two are given (Refusal).

    "As it was then": `sets_then` takes a place set's members on each deed's own day, else today's members for all
    days; `places_then` takes what lay within the place on that day, else what lies within it today. `campaign` and
    `of_none` (what belongs to no campaign) narrow the series that know campaigns; visits, needs and
    proposals are of none.
    """

    place: Place
    start: date
    end: date
    campaign: Campaign | None = None
    of_none: bool = False
    direction: Direction | None = None
    item: CatalogueItem | None = None
    body: Body | None = None
    sector: str = ""
    phase: Phase | None = None
    place_set: PlaceSet | None = None
    sets_then: bool = True
    places_then: bool = False
    known_by: datetime | None = None

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day, within the phase if one is asked."""
        if self.phase is None:
            return self.start, self.end
        return max(self.start, self.phase.starts_on), min(self.end, self.phase.ends_on)

    @property
    def dimensions(self) -> list[str]:
        return [name for name in DIMENSIONS if getattr(self, name)]
