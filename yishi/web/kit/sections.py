"""What the parts of the product add to a page of another part: one table for each kind of file.

A section is a generator function `(request, subject)`. It yields the rows it asks for, by name and within the viewer's
reach; is sent them; and returns the context of its template (`template`, `heading` and what the template needs), or
None where it has nothing to say to this viewer. What all sections of a page ask for is one query; who needs an answer
to ask on yields again. The tables are filled at start, in one place: `shell/sections.py`.

A section of a file that is opened often yields, instead of rows, a function of the file that gives them: of a stand-in
for it (`StandIn`), so that what it asks is compiled once for all files. It reads nothing else than the file's columns
that the stand-in has.
"""

from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from yishi.database.gather import gather
from yishi.database.kept import kept_question
from yishi.web.kit.request import Request

Context = dict[str, Any] | None  # what its template needs; None: nothing to say to this viewer
# Yields what it asks for (queries by name), is sent the rows by the same names, returns the context of its template.
Asking = Generator[Any, dict[str, Any], Context]
Section = Callable[[Request, Any], Asking]

HOUSEHOLD: list[Section] = []  # subject: Household
PLACE: list[Section] = []  # subject: Place, of any level
MEMBER: list[Section] = []  # subject: Person, for that person's own file
BODY: list[Section] = []  # subject: Body
DEED: list[Section] = []  # subject: Deed


@dataclass(frozen=True, slots=True)
class StandIn:
    """What stands for a file in questions that are kept, and the values with which they are then asked."""

    file: Any
    values: Callable[[Any], dict[str, Any]]


def kept(request: Request, name: str, stand_in: StandIn, rows: Callable[[Any], Mapping[str, Any]], subject: Any) -> Any:
    """The answer to what `rows` asks of `subject`, by the kept question of its stand-in."""
    question = kept_question((name, rows), request.viewer.key, lambda: rows(stand_in.file))
    return question.answer(**stand_in.values(subject))


def sections(
    request: Request, table: Iterable[Section], subject: Any, stand_in: StandIn | None = None
) -> list[dict[str, Any]]:
    """The sections of `table` that have something to say, in its order; a query for each round of asking."""
    running = {number: section(request, subject) for number, section in enumerate(table)}
    contexts: dict[int, Context] = {}
    answers: dict[int, Any] = dict.fromkeys(running)  # a generator begins by being sent None
    while running:
        asked: dict[int, Any] = {}
        for number, section in list(running.items()):
            try:
                asked[number] = section.send(answers[number])
            except StopIteration as end:
                contexts[number] = end.value
                del running[number]
        answers = _answers(request, asked, subject, stand_in)
    return [context for number in sorted(contexts) if (context := contexts[number]) is not None]


def _answers(request: Request, asked: dict[int, Any], subject: Any, stand_in: StandIn | None) -> dict[int, Any]:
    """What each section is sent: functions that all ask of the stand-in by one kept question, rows by another one."""
    functions = {number: rows for number, rows in asked.items() if callable(rows)}
    answers: dict[int, Any] = {}
    if functions and stand_in is not None:
        together = _Together(tuple(functions.items()))
        found = kept(request, "sections", stand_in, together, subject)
        for number in functions:
            ending = f" {number}"
            answers[number] = {key.removesuffix(ending): rows for key, rows in found.items() if key.endswith(ending)}
    rest = {
        number: rows(subject) if callable(rows) else rows for number, rows in asked.items() if number not in answers
    }
    rows = gather(**{f"{name} {number}": query for number, queries in rest.items() for name, query in queries.items()})
    return answers | {number: {name: rows[f"{name} {number}"] for name in queries} for number, queries in rest.items()}


@dataclass(frozen=True, slots=True)
class _Together:
    """The functions of several sections as one; equal for equal ones."""

    functions: tuple[tuple[int, Callable[[Any], Mapping[str, Any]]], ...]

    def __call__(self, file: Any) -> dict[str, Any]:
        return {f"{name} {number}": query for number, rows in self.functions for name, query in rows(file).items()}
