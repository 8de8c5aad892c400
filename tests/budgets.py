"""What a page may cost: the one place where it is said, by who opens which page.

`queries` is held by tests/shell/test_query_counts.py on the cast's rows, and by `./run bench pages` on the demo. The
milliseconds of processor, of web and database together, on a machine with nothing else to do, are held by `./run bench
pages` alone: a machine that is shared has no time of its own.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """A page by its URL name, who of the cast opens it, and what it may cost."""

    who: str
    page: str
    queries: int
    milliseconds: int


HOME, LIST, FILE, DESK, FIGURES, LIGHT = 18, 18, 35, 30, 30, 14  # milliseconds by kind of page

BUDGETS = (
    Budget("clerk", "desk", 7, DESK),
    Budget("clerk", "mine", 6, HOME),
    Budget("clerk", "calendar", 6, DESK),
    Budget("clerk", "notices", 7, LIST),
    Budget("clerk", "matters", 9, LIST),
    Budget("clerk", "worries", 7, LIST),
    Budget("clerk", "commitments", 7, LIST),
    Budget("clerk", "deeds", 9, LIST),
    Budget("clerk", "households", 8, LIST),
    Budget("clerk", "household", 10, FILE),
    Budget("clerk", "worry", 10, FILE),
    Budget("clerk", "matter", 23, FILE),
    Budget("clerk", "commitment", 17, FILE),
    Budget("clerk", "deed", 10, FILE),
    Budget("clerk", "search", 17, FILE),
    Budget("clerk", "overview_place", 12, FIGURES),
    Budget("clerk", "figures_place", 13, FIGURES),
    Budget("member", "desk", 7, HOME),
    Budget("member", "mine", 7, HOME),
    Budget("member", "helping", 7, HOME),
    Budget("cadre", "families", 7, HOME),
    Budget("village_head", "desk", 7, DESK),
    Budget("village_head", "families", 6, HOME),
    Budget("village_head", "household", 10, FILE),
    Budget("handler", "desk", 7, DESK),
    Budget("province_clerk", "desk", 7, DESK),
    Budget("province_clerk", "figures_place", 13, FIGURES),
)
