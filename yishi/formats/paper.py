"""A paper before it is a PDF or a Word file: a title, blocks, and what stands at its foot."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Heading:
    """First level (一、) or second level (（一）); the words carry their own number."""

    text: str
    level: int = 1
    kind: str = field(default="heading", init=False)


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; its first line is set in by two characters unless it addresses somebody."""

    text: str
    indent: bool = True
    kind: str = field(default="text", init=False)


@dataclass(frozen=True, slots=True)
class Facts:
    """Lines of "label：words", the labels in the bold face."""

    rows: Sequence[tuple[str, str]]
    kind: str = field(default="facts", init=False)


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of (heading, share of the width); a row has as many texts."""

    columns: Sequence[tuple[str, float]]
    rows: Sequence[Sequence[str]]
    tall: bool = False  # room to sign in every row
    kind: str = field(default="table", init=False)


@dataclass(frozen=True, slots=True)
class Picture:
    """An SVG over the whole width, with the line below it. In Word only the line stands."""

    svg: str
    text: str
    kind: str = field(default="picture", init=False)


@dataclass(frozen=True, slots=True)
class Signature:
    """Who issues it, and the day, at the right below the text."""

    lines: Sequence[str]
    kind: str = field(default="signature", init=False)


Block = Heading | Text | Facts | Table | Picture | Signature


@dataclass(frozen=True, slots=True)
class Paper:
    """`foot` is printed small on every page: the paper's number and the journal's last sealed hash."""

    title: str
    blocks: Sequence[Block]
    number: str = ""
    foot: str = ""

    def data(self) -> dict[str, Any]:
        """What a template is given: texts, lists and numbers only."""
        return asdict(self)
