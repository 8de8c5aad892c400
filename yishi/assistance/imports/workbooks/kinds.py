"""The kinds of workbooks: each says its columns, what is one unit, how to check, write, publish and undo."""

from abc import ABC, abstractmethod
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
    """What only the whole file shows: `last`, how many rows each unit has, and the faults by row."""

    last: dict[str, int] = field(default_factory=dict)
    faults: dict[int, list[Fault]] = field(default_factory=dict)

    @property
    def units(self) -> int:
        return len(self.last)


class KindOfImport(Protocol):
    """How one kind of workbook is taken in."""

    right: str  # to send, take and undo one
    follows: bool  # is there something to do after it is published?
    stirs_checks: bool  # are the logic checks of its place run anew?

    def sheets(self) -> dict[str, list[Column]]:
        """The sheets that are known by their names; none where every sheet is the same table."""

    def columns(self) -> list[Column]: ...

    def choices(self) -> dict[str, list[str]]: ...

    def examples(self) -> list[dict[str, str]]: ...

    def meanings(self, workbook: Import) -> dict[str, list[str]]:
        """By key of a column, what a value there may be said to mean."""

    def explain(self) -> list[list[str]]:
        """What the template says of itself: item, words."""

    def unit_of(self, row: StagedRow) -> str: ...

    def look_through(self, workbook: Import, staged: Iterable[StagedRow]) -> Whole: ...

    def checker(self, workbook: Import, whole: Whole) -> Callable[[list[list[StagedRow]]], list[Result]]: ...

    def notes(self, workbook: Import) -> list[list[Any]]:
        """What to know of a checked workbook; refuses nothing."""

    def prepare(self, workbook: Import, results: list[Result]) -> Any:
        """What `write` will write of some results, made outside the transaction."""

    def write(self, prepared: Any) -> None:
        """Write what is new, so that nobody sees it yet."""

    def turn(self, workbook: Import, actor: Viewer, changed: Iterable[Result], *, forwards: bool) -> Any:
        """What `switch_on` (forwards) or `switch_off` will do, made outside the transaction."""

    def switch_on(self, workbook: Import, actor: Viewer, this: Act, turn: Any) -> None:
        """Show what was written and do what changes, within the act that publishes. Raises `Stale`."""

    def follow(self, workbook: Import, results: list[Result]) -> None:
        """What may be done for some results after it is published; after a death some are done twice, to no effect."""

    def built_upon(self, workbook: Import) -> Any:
        """Why the import can no longer be undone, as a sentence; nothing if it can."""

    def switch_off(self, workbook: Import, actor: Viewer, this: Act, turn: Any) -> None:
        """Hide what was written and put back what was changed, within the act that undoes."""

    def sweep(self, workbook: Import) -> int:
        """Take away some of what is hidden, in one short transaction; 0 when nothing is left."""


class DeskKind(ABC):
    """What kinds have in common that a desk sends: every sheet is the same table."""

    right = "import.run"
    stirs_checks = True

    def sheets(self) -> dict[str, list[Column]]:
        return {}

    @abstractmethod
    def choices(self) -> dict[str, list[str]]:
        """See `KindOfImport`."""

    def meanings(self, workbook: Import) -> dict[str, list[str]]:
        return self.choices()

    def explain(self) -> list[list[str]]:
        return [
            ["表头", "按表头识别各列，不按位置；不需要的列可以删除，多出的列会原样保存。"],
            ["示例行", "以“示例”开头的行只作参考，不会导入。"],
            ["长号码", "证件号码、户编号等列已设为“文本”，请不要改成数字；被表格软件截断的号码不会被猜测补全。"],
            [
                "整体导入",
                "有误的行会列出；可改好再导入，也可先导入没有错的、其余退回。同一个文件再导入一次不会重复。空白单元格表示不改动。",
            ],
            ["模板版本", "2"],
        ]

    def notes(self, workbook: Import) -> list[list[Any]]:
        return []


class AtOnce(DeskKind):
    """A kind of which nothing is written before the act that publishes, and nothing follows it."""

    follows = False

    def prepare(self, workbook: Import, results: list[Result]) -> None:
        """Nothing is written beforehand."""

    def write(self, prepared: None) -> None:
        """Likewise."""

    def turn(self, workbook: Import, actor: Viewer, changed: Iterable[Result], *, forwards: bool) -> None:
        """Nothing is made beforehand."""

    def follow(self, workbook: Import, results: list[Result]) -> None:
        """Nothing comes after."""

    def sweep(self, workbook: Import) -> int:
        return 0


class Stale(Refusal):
    """What the check found is no longer so: somebody changed the register meanwhile."""


OF_THE_CHECK = frozenset(
    {"checks", "namesake", "deed_alike", "place_led", "explained"}
)  # codes of the notes that a check makes

_KINDS: dict[str, KindOfImport] = {}


def kind_add(name: str, kind: KindOfImport) -> None:
    """Say at start how workbooks of a kind are taken in."""
    _KINDS[name] = kind


def kind_of(name: str) -> KindOfImport:
    """The kind of workbook with this name. KeyError for a name that no kind has registered."""
    return _KINDS[name]


def kinds() -> list[str]:
    """The kinds that are there, in the order of `Import.Kind`."""
    return [kind for kind in Import.Kind.values if kind in _KINDS]
