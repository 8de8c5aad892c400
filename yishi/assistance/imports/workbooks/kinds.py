"""The kinds of workbooks: each says its columns, what is one unit, how to check, write, publish and undo."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from yishi.assistance.imports.models import Import
from yishi.formats.tables import Column
from yishi.journal.act import Act
from yishi.kit.errors import Refusal
from yishi.organisations.grants import Viewer

from .results import Result
from .rows import Fault, StagedRow


@dataclass
class Whole:
    """What only the whole file shows: its units with their numbers of rows, and faults by row."""

    last: dict[str, int] = field(default_factory=dict)
    faults: dict[int, list[Fault]] = field(default_factory=dict)

    @property
    def units(self) -> int:
        return len(self.last)


class KindOfImport(Protocol):
    """How one kind of workbook is taken in."""

    follows: bool  # is there something to do after it is published?

    def columns(self) -> list[Column]: ...

    def choices(self) -> dict[str, list[str]]: ...

    def examples(self) -> list[dict[str, str]]: ...

    def unit_of(self, row: StagedRow) -> str: ...

    def look_through(self, one: Import, rows: Iterable[StagedRow]) -> Whole: ...

    def checker(self, one: Import, whole: Whole) -> Callable[[list[list[StagedRow]]], list[Result]]: ...

    def prepare(self, one: Import, results: list[Result]) -> Any:
        """What `write` will write of some results, made outside the transaction."""

    def write(self, prepared: Any) -> None:
        """Write what is new, so that nobody sees it yet."""

    def turn(self, one: Import, actor: Viewer, changed: Iterable[Result], *, forwards: bool) -> Any:
        """What `switch_on` (forwards) or `switch_off` will do, made outside the transaction."""

    def switch_on(self, one: Import, actor: Viewer, this: Act, turn: Any) -> None:
        """Show what was written and do what changes, within the act that publishes. Raises `Stale`."""

    def follow(self, one: Import, results: list[Result]) -> None:
        """What may be done for some results after it is published; after a death some are done twice, to no effect."""

    def built_upon(self, one: Import) -> Any:
        """Why the import can no longer be undone, as a sentence; nothing if it can."""

    def switch_off(self, one: Import, actor: Viewer, this: Act, turn: Any) -> None:
        """Hide what was written and put back what was changed, within the act that undoes."""

    def sweep(self, one: Import) -> int:
        """Take away some of what is hidden, in one short transaction; 0 when nothing is left."""


class Stale(Refusal):
    """What the check found is no longer so: somebody changed the register meanwhile."""


_KINDS: dict[str, KindOfImport] = {}


def kind_add(name: str, kind: KindOfImport) -> None:
    """Say at start how workbooks of a kind are taken in."""
    _KINDS[name] = kind


def kind_of(name: str) -> KindOfImport:
    return _KINDS[name]


def kinds() -> list[str]:
    """The kinds that are there, in the order of `Import.Kind`."""
    return [kind for kind in Import.Kind.values if kind in _KINDS]
