"""The frame of an assessment: the file from which a sample is drawn, and which says how much of it.

A line is a household without anything of a person: a code that only the platform can read, its village and township by
their codes, whether it left poverty by the register or was never listed, and how many people it has (0: not known yet).

    # yishi exit frame 1; villages=2; exited=10; unlisted=5
    code,village,township,kind,people
    7f3a…,532323100201,532323100,exited,4

The plan stands in the first line, so that the hash of the file covers it: a sample is what comes of this file and a
seed that became known after the hash was published.
"""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

EXITED, UNLISTED = "exited", "unlisted"
KINDS = (EXITED, UNLISTED)
COLUMNS = ["code", "village", "township", "kind", "people"]
MOST_PEOPLE = 99
_FIRST = re.compile(r"# yishi exit frame 1; villages=(\d{1,4}); exited=(\d{1,4}); unlisted=(\d{1,4})")
_CODE = re.compile(r"[0-9A-Za-z-]{1,64}")


class FrameError(ValueError):
    """What is wrong with a frame, and in which line."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A household of the frame."""

    code: str
    village: str
    township: str
    kind: str
    people: int

    @property
    def stratum(self) -> str:
        return f"{self.township}/{self.kind}"


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is drawn: villages of each township (0: all of them), then households of each stratum by their kind."""

    villages: int
    exited: int
    unlisted: int

    def of(self, kind: str) -> int:
        return self.exited if kind == EXITED else self.unlisted


@dataclass(frozen=True, slots=True)
class Frame:
    plan: Plan
    units: tuple[Unit, ...]

    def written(self) -> str:
        """The file: its lines in order of village, kind and code, so that the same households give the same bytes."""
        plan, out = self.plan, io.StringIO()
        out.write(
            f"# yishi exit frame 1; villages={plan.villages}; exited={plan.exited}; unlisted={plan.unlisted}\n"
            + ",".join(COLUMNS)
            + "\n"
        )
        writer = csv.writer(out, lineterminator="\n")
        for unit in sorted(self.units, key=lambda unit: (unit.village, unit.kind, unit.code)):
            writer.writerow([unit.code, unit.village, unit.township, unit.kind, unit.people])
        return out.getvalue()


def frame_hash(text: str) -> str:
    """SHA-256 of the file, as `sha256sum` gives it."""
    return sha256(text.encode()).hexdigest()


def frame_read(text: str) -> Frame:
    """The frame of a file. Raises `FrameError` for anything that is not exactly one."""
    first, _break, rest = text.partition("\n")
    said = _FIRST.fullmatch(first)
    if said is None:
        raise FrameError("line 1: this is no frame of an exit assessment")
    rows = list(csv.reader(io.StringIO(rest)))
    if not rows or rows[0] != COLUMNS:
        raise FrameError(f"line 2: the columns are {','.join(COLUMNS)}")
    units = tuple(_unit(number, row) for number, row in enumerate(rows[1:], start=3))
    _whole(units)
    villages, exited, unlisted = (int(number) for number in said.groups())
    return Frame(Plan(villages, exited, unlisted), units)


def _unit(number: int, row: list[str]) -> Unit:
    if len(row) != len(COLUMNS):
        raise FrameError(f"line {number}: {len(COLUMNS)} values are expected")
    code, village, township, kind, people = row
    if not all(_CODE.fullmatch(value) for value in (code, village, township)) or kind not in KINDS:
        raise FrameError(f"line {number}: a code or the kind is not one")
    if not (people.isascii() and people.isdigit() and int(people) <= MOST_PEOPLE):
        raise FrameError(f"line {number}: people is a number up to {MOST_PEOPLE}")
    return Unit(code, village, township, kind, int(people))


def _whole(units: Iterable[Unit]) -> None:
    codes: set[str] = set()
    townships: dict[str, str] = {}
    for unit in units:
        if unit.code in codes:
            raise FrameError(f"the household {unit.code} stands in the frame twice")
        codes.add(unit.code)
        if townships.setdefault(unit.village, unit.township) != unit.township:
            raise FrameError(f"the village {unit.village} stands in two townships")
