"""What rounds look at: the items of a pack, its lanes' days. A round keeps the version with which it began."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

HERE = Path(__file__).parent / "packs"


@dataclass(frozen=True, slots=True)
class Item:
    """One column of the matrix: what fills it, and how it is proved that its gap is closed."""

    code: str
    zh: str
    en: str
    lack: str = ""  # a fact of the register
    rules: frozenset[str] = field(default_factory=frozenset)  # of the logic checks
    proof_zh: str = ""
    proof_en: str = ""

    @property
    def name(self) -> str:
        return self.en if _speaks_english() else self.zh

    @property
    def proof(self) -> str:
        return self.proof_en if _speaks_english() else self.proof_zh


@dataclass(frozen=True, slots=True)
class Pack:
    """One version of the items."""

    version: str
    items: dict[str, Item]
    days: dict[str, int]  # lane → days to the due date, as forms offer it
    coordinate_workdays: int

    def some(self, codes: Iterable[str]) -> list[Item]:
        """The items of a round, in its order."""
        return [self.items[code] for code in codes]


def _speaks_english() -> bool:
    return (get_language() or "zh").startswith("en")


@cache
def read_pack(version: str) -> Pack:
    """The pack of a version. FileNotFoundError for none."""
    document = tomllib.loads((HERE / f"{version}.toml").read_text("utf-8"))
    lanes = dict(document["lanes"])
    coordinate = lanes.pop("coordinate_workdays")
    items = {said["code"]: Item(**{**said, "rules": frozenset(said.get("rules", ()))}) for said in document["items"]}
    return Pack(document["version"], items, lanes, coordinate)


@cache
def versions() -> list[str]:
    """The versions, the oldest first."""
    return sorted((path.stem for path in HERE.glob("*.toml")), key=lambda stem: [int(part) for part in stem.split(".")])


def newest() -> str:
    """The version with which a round that is opened today begins."""
    return versions()[-1]


def every_item() -> dict[str, Item]:
    """The items of all versions by code, as the newest has them: a round keeps its own."""
    return {code: item for version in versions() for code, item in read_pack(version).items.items()}
