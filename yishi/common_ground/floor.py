"""Common ground for a room of 10 to 45: counts per party, and the floor that every party shares.

Nothing is estimated, and anybody can recount it by hand:

* A party *shares* a statement if none of its people objects and somebody agrees or can live with it. Where it is known
  how many of the party are here, more than half of them must: one voice is not twenty, and silence is no assent.
* "Can live with it if…" counts where the condition is accepted: by each of the other parties, or because they named the
  same one. Two conditions that exclude each other are never both accepted, and so are no common ground.
* A statement is *shared* if every party that belongs to the room shares it and no condition waits for acceptance.
* What keeps a statement from being shared is said party by party: who objected, where too few spoke for it, which
  condition waits for whom.
"""

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

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
class Accepted:
    """A party accepts a condition that others named."""

    statement: str
    party: str
    condition: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How many people of one party stand where on one statement, and how many of it are `here` (None: not known)."""

    agree: int = 0
    object: int = 0
    abstain: int = 0
    conditional: int = 0
    here: int | None = None

    @property
    def said(self) -> int:
        """How many said anything."""
        return self.agree + self.object + self.abstain + self.conditional

    @property
    def silent(self) -> int:
        """How many are here and said nothing; 0 where that is not known."""
        return max(0, (self.here or 0) - self.said)

    @property
    def shares(self) -> bool:
        """Nobody objects, and somebody agrees or can live with it; of a known number more than half."""
        accepting = self.agree + self.conditional
        return self.object == 0 and accepting > 0 and 2 * accepting > (self.here or 0)


@dataclass(frozen=True, slots=True)
class Ground:
    """Where the room stands on one statement."""

    statement: str
    by_party: Mapping[str, Counts]
    conditions: tuple[str, ...]
    objecting: tuple[str, ...]  # parties with somebody who objects
    silent: tuple[str, ...]  # parties without an objection of whom nobody, or too few, are for it
    waiting: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # condition: parties that have not accepted it
    asked: bool = False  # whether the parties were asked to accept conditions
    named: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # party: the one condition that all its own named

    @property
    def is_shared(self) -> bool:
        """Every party shares it, and where the parties were asked, no condition waits for one of them."""
        return bool(self.by_party) and not self.objecting and not self.silent and not (self.asked and self.waiting)

    @property
    def is_conditional(self) -> bool:
        """Shared, but only under conditions."""
        return self.is_shared and any(counts.conditional for counts in self.by_party.values())

    @property
    def total(self) -> Counts:
        """The whole room, parties added up."""
        rows = self.by_party.values()
        known = [row.here for row in rows if row.here is not None]
        return Counts(
            sum(row.agree for row in rows),
            sum(row.object for row in rows),
            sum(row.abstain for row in rows),
            sum(row.conditional for row in rows),
            sum(known) if len(known) == len(self.by_party) > 0 else None,
        )


def floor(
    statements: Sequence[str],
    parties: Sequence[str],
    said: Iterable[Said],
    *,
    here: Mapping[str, int] | None = None,
    accepted: Collection[Accepted] | None = None,
) -> list[Ground]:
    """The ground of each statement, in the order of `statements`; every party of the room stands in each.

    Parameters
    ----------
    statements, parties : sequence of str
        What is put to the room, and who belongs to it.
    said : iterable of Said
        Single stances and shows of hands.
    here : mapping of party to number, optional
        How many people of each party are in the room; a party that is not named has nobody here. Hands that were
        counted beyond it are believed.
    accepted : collection of Accepted, optional
        Which conditions of others each party accepts. Without it conditions are listed and nothing waits for them.

    Returns
    -------
    list of Ground

    Raises
    ------
    ValueError
        For an unknown statement, party or value, and for a negative count.

    Examples
    --------
    >>> stances = [Said("dam", "village", "agree"), Said("dam", "company", "agree")]
    >>> floor(["dam"], ["village", "company"], stances)[0].is_shared
    True
    >>> floor(["dam"], ["village", "company"], stances, here={"village": 20, "company": 1})[0].silent
    ('village',)
    """
    known_statements, known_parties = set(statements), set(parties)
    cells: dict[tuple[str, str], dict[str, int]] = {}
    conditions: dict[str, dict[str, str]] = {}  # of a statement: folded spelling → as it was first written
    named: dict[tuple[str, str], set[str]] = {}
    for stance in said:
        if stance.statement not in known_statements or stance.party not in known_parties:
            raise ValueError(f"unknown statement or party: {stance.statement!r}, {stance.party!r}")
        if stance.value not in VALUES or stance.count < 0:
            raise ValueError(f"unknown value or negative count: {stance.value!r}, {stance.count}")
        cell = cells.setdefault((stance.statement, stance.party), dict.fromkeys(VALUES, 0))
        cell[stance.value] += stance.count
        if stance.value == CONDITIONAL and (folded := folded_spelling(stance.condition)):
            conditions.setdefault(stance.statement, {}).setdefault(folded, stance.condition)
            named.setdefault((stance.statement, stance.party), set()).add(folded)
    taken = {(assent.statement, assent.party, folded_spelling(assent.condition)) for assent in accepted or ()}
    grounds = []
    for statement in statements:
        listed = conditions.get(statement, {})
        waiting = {
            text: tuple(
                party
                for party in parties
                if (statement, party, folded) not in taken and named.get((statement, party)) != {folded}
            )
            for folded, text in listed.items()
        }
        by_party = {party: _counts(cells.get((statement, party), {}), party, here) for party in parties}
        grounds.append(
            Ground(
                statement,
                by_party,
                tuple(listed.values()),
                tuple(party for party, counts in by_party.items() if counts.object),
                tuple(party for party, counts in by_party.items() if not counts.object and not counts.shares),
                {text: parties_waiting for text, parties_waiting in waiting.items() if parties_waiting},
                accepted is not None,
                {
                    party: tuple(text for folded, text in listed.items() if named.get((statement, party)) == {folded})
                    for party in parties
                    if len(named.get((statement, party), ())) == 1
                },
            )
        )
    return grounds


def folded_spelling(condition: str) -> str:
    """A condition without what does not change it: width and case of letters, spaces, marks at its end."""
    plain = "".join(unicodedata.normalize("NFKC", condition).casefold().split())
    return plain.rstrip(".,;:!。，、；：！…")


def _counts(cell: Mapping[str, int], party: str, here: Mapping[str, int] | None) -> Counts:
    counted = Counts(cell.get(AGREE, 0), cell.get(OBJECT, 0), cell.get(PASS, 0), cell.get(CONDITIONAL, 0))
    if here is None:
        return counted
    if here.get(party, 0) < 0:
        raise ValueError(f"unknown number or negative count: {party!r}, {here[party]}")
    number = max(here.get(party, 0), counted.said)
    return Counts(counted.agree, counted.object, counted.abstain, counted.conditional, number)
