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
    Budget("clerk", "desk", 8, DESK),
    Budget("clerk", "mine", 7, HOME),
    Budget("clerk", "calendar", 7, DESK),
    Budget("clerk", "notices", 9, LIST),
    Budget("clerk", "matters", 10, LIST),
    Budget("clerk", "worries", 7, LIST),
    Budget("clerk", "commitments", 7, LIST),
    Budget("clerk", "deeds", 10, LIST),
    Budget("clerk", "households", 10, LIST),
    Budget("clerk", "household", 12, FILE),
    Budget("clerk", "worry", 15, FILE),
    Budget("clerk", "matter", 20, FILE),
    Budget("clerk", "commitment", 20, FILE),
    Budget("clerk", "deed", 12, FILE),
    Budget("clerk", "search", 15, FILE),
    Budget("clerk", "overview_place", 15, FIGURES),
    Budget("clerk", "figures_place", 13, FIGURES),
    Budget("member", "desk", 8, HOME),
    Budget("member", "mine", 8, HOME),
    Budget("member", "helping", 8, HOME),
    Budget("cadre", "families", 8, HOME),
    Budget("village_head", "desk", 8, DESK),
    Budget("village_head", "families", 8, HOME),
    Budget("village_head", "household", 12, FILE),
    Budget("handler", "desk", 8, DESK),
    Budget("province_clerk", "desk", 8, DESK),
    Budget("province_clerk", "figures_place", 12, FIGURES),
)
