"""Common ground for a room of 10 to 45: counts per party, and the floor that every party shares.

Nothing is estimated, and anybody can recount it by hand:

* A party *shares* a statement if at least one of its people agreed or could live with it, and none objected.
* A statement is *shared* if every party that belongs to the room shares it.
* It is shared *under conditions* if, besides, somebody said "can live with it if…"; the conditions are listed.
* What keeps a statement from being shared is said party by party: who objected, who said nothing either way.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

AGREE, OBJECT, PASS, CONDITIONAL = "agree", "object", "pass", "conditional"
VALUES = (AGREE, OBJECT, PASS, CONDITIONAL)


@dataclass(frozen=True, slots=True)
class Said:
    """One stance: of a party's person (or a show of hands: `count` people at once) on a statement."""

    statement: str
    party: str
    value: str
    condition: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Counts:
    """How many people of one party stand where on one statement."""

    agree: int = 0
    object: int = 0
    abstain: int = 0
    conditional: int = 0

    @property
    def said(self) -> int:
        """How many said anything."""
        return self.agree + self.object + self.abstain + self.conditional

    @property
    def shares(self) -> bool:
        """Somebody agrees or can live with it, nobody objects."""
        return self.object == 0 and self.agree + self.conditional > 0


@dataclass(frozen=True, slots=True)
class Ground:
    """Where the room stands on one statement."""

    statement: str
    by_party: Mapping[str, Counts]
    conditions: tuple[str, ...]
    objecting: tuple[str, ...]  # parties with somebody who objects
    silent: tuple[str, ...]  # parties of whom nobody agreed, objected or named a condition

    @property
    def is_shared(self) -> bool:
        return bool(self.by_party) and not self.objecting and not self.silent

    @property
    def is_conditional(self) -> bool:
        return self.is_shared and any(counts.conditional for counts in self.by_party.values())

    @property
    def total(self) -> Counts:
        """The whole room, parties added up."""
        rows = self.by_party.values()
        return Counts(
            sum(row.agree for row in rows),
            sum(row.object for row in rows),
            sum(row.abstain for row in rows),
            sum(row.conditional for row in rows),
        )


def floor(statements: Sequence[str], parties: Sequence[str], said: Iterable[Said]) -> list[Ground]:
    """The ground of each statement, in the order of `statements`; every party of the room stands in each.

    Raises ValueError for an unknown statement, party or value, and for a negative count.
    """
    known_statements, known_parties = set(statements), set(parties)
    cells: dict[tuple[str, str], dict[str, int]] = {}
    conditions: dict[str, list[str]] = {}
    for one in said:
        if one.statement not in known_statements or one.party not in known_parties:
            raise ValueError(f"unknown statement or party: {one.statement!r}, {one.party!r}")
        if one.value not in VALUES or one.count < 0:
            raise ValueError(f"unknown value or negative count: {one.value!r}, {one.count}")
        cell = cells.setdefault((one.statement, one.party), dict.fromkeys(VALUES, 0))
        cell[one.value] += one.count
        if one.value == CONDITIONAL and one.condition and one.condition not in conditions.setdefault(one.statement, []):
            conditions[one.statement].append(one.condition)
    return [_ground(statement, parties, cells, conditions.get(statement, [])) for statement in statements]


def _ground(
    statement: str,
    parties: Sequence[str],
    cells: Mapping[tuple[str, str], Mapping[str, int]],
    conditions: Sequence[str],
) -> Ground:
    by_party = {}
    for party in parties:
        cell = cells.get((statement, party), {})
        by_party[party] = Counts(cell.get(AGREE, 0), cell.get(OBJECT, 0), cell.get(PASS, 0), cell.get(CONDITIONAL, 0))
    return Ground(
        statement,
        by_party,
        tuple(conditions),
        tuple(party for party, counts in by_party.items() if counts.object),
        tuple(party for party, counts in by_party.items() if not counts.object and not counts.shares),
    )
