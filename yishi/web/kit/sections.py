"""What the parts of the product add to a page of another part: one table for each kind of file.

A section is a generator function `(request, subject)`. It yields the rows it asks for, by name and within the viewer's
reach; is sent them; and returns the context of its template (`template`, `heading` and what the template needs), or
None where it has nothing to say to this viewer. What all sections of a page ask for is one query; who needs an answer
to ask on yields again. The tables are filled at start, in one place: `shell/sections.py`.
"""

from collections.abc import Callable, Generator, Iterable
from typing import Any

from yishi.database.gather import gather
from yishi.web.kit.request import Request

Context = dict[str, Any] | None  # what its template needs; None: nothing to say to this viewer
# Yields what it asks for (queries by name), is sent the rows by the same names, returns the context of its template.
Asking = Generator[dict[str, Any], dict[str, Any], Context]
Section = Callable[[Request, Any], Asking]

HOUSEHOLD: list[Section] = []  # subject: Household
PLACE: list[Section] = []  # subject: Place, of any level
MEMBER: list[Section] = []  # subject: Person, for that person's own file
BODY: list[Section] = []  # subject: Body
DEED: list[Section] = []  # subject: Deed


def sections(request: Request, table: Iterable[Section], subject: Any) -> list[dict[str, Any]]:
    """The sections of `table` that have something to say, in its order; a query for each round of asking."""
    running = {number: section(request, subject) for number, section in enumerate(table)}
    contexts: dict[int, Context] = {}
    answers: dict[int, Any] = dict.fromkeys(running)  # a generator begins by being sent None
    while running:
        asked: dict[int, dict[str, Any]] = {}
        for number, section in list(running.items()):
            try:
                asked[number] = section.send(answers[number])
            except StopIteration as end:
                contexts[number] = end.value
                del running[number]
        rows = gather(
            **{f"{name} {number}": query for number, queries in asked.items() for name, query in queries.items()}
        )
        answers = {number: {name: rows[f"{name} {number}"] for name in queries} for number, queries in asked.items()}
    return [context for number in sorted(contexts) if (context := contexts[number]) is not None]
