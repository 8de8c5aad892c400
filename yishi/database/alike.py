"""What the question of one person has in common with that of another whose grants are alike.

To compile the questions of an office's desk takes a quarter of a second, and three thousand people open one at nine.
Two clerks of two counties ask the same with other keys in it. So a person's keys are taken apart into their form and
their values (`taken_apart`); from two questions of one form, each compiled for its own person, it is found out which
value of the statement is which of the person's (`Pattern.of`); and the third one's is filled in.

Rights hang on this, so it is never guessed. A number that two people share tells nothing; a set of several desks has no
order; a value that is nobody's must be the same in both: else no pattern is made. Every so often one that is in use is
compared with what is compiled anew (`is_due`), in tests each time.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

WIDTHS = (1, 400, 3_000)  # numbers of places, at which questions are asked otherwise (see `reach.WIDE`)
EVERY = 200  # uses of patterns, of which one is compared
TRIED = 6  # people whose questions are compared before a form is given up

Writer = Callable[[Any], Any]

_used = count(1)
always = False  # compare each: set by tests


@dataclass(frozen=True, slots=True)
class Form:
    """What is left of some keys without their values."""

    form: Hashable
    values: tuple[Any, ...]


class Open:
    """A value of a statement that comes with each asking."""

    def is_same(self, other: Any) -> bool:
        raise NotImplementedError


class _Several(Exception):
    """A set of several keys: nobody says which is which."""


def taken_apart(keys: Any) -> Form | None:
    """The form and the values of nested tuples of keys; None where they have no order. Equal values are one; of numbers
    the form says how they lie to each other, and roughly how far apart."""
    values: dict[Any, int] = {}
    try:
        form = _form(keys, values)
    except _Several:
        return None
    numbers = sorted(value for value in values if isinstance(value, int))
    lie = tuple((values[one], _width(other - one)) for one, other in zip(numbers, numbers[1:], strict=False))
    return Form((form, lie, tuple(values[number] for number in numbers)), tuple(values))


def _form(keys: Any, values: dict[Any, int]) -> Hashable:
    if isinstance(keys, frozenset):
        if len(keys) > 1 and not all(isinstance(key, str) for key in keys):
            raise _Several
        return frozenset(_form(key, values) for key in keys)
    if isinstance(keys, tuple):
        return tuple(_form(key, values) for key in keys)
    if isinstance(keys, UUID) or type(keys) is int:
        return type(keys), values.setdefault(keys, len(values))
    whole: Hashable = keys
    return whole


def _width(width: int) -> int:
    return sum(width + 1 > limit for limit in WIDTHS)


@dataclass(frozen=True, slots=True)
class Pattern:
    """Which of a statement's values are a person's, by place."""

    constant: tuple[Any, ...]
    sources: tuple[tuple[int, int, Writer], ...]  # place in the statement, place among the person's, how it is written

    @classmethod
    def of(
        cls, one: Sequence[Any], ones: Sequence[Any], other: Sequence[Any], others: Sequence[Any]
    ) -> "Pattern | None":
        """What two statements' values (`one`, `other`) have of two persons' (`ones`, `others`), if that is certain."""
        places = {value: at for at, value in enumerate(ones)}
        sources = []
        for at, (value, theirs) in enumerate(zip(one, other, strict=True)):
            key, write = _key(value)
            source = places.get(key) if key is not None else None
            if source is None:
                if not _is_same(value, theirs):
                    return None
                continue
            if ones[source] == others[source] or not _is_same(write(others[source]), theirs):
                return None  # the key of both may be one that is the same for everybody
            sources.append((at, source, write))
        return cls(tuple(one), tuple(sources))

    def filled(self, values: Sequence[Any]) -> list[Any]:
        """The statement's values for the person with these."""
        params = list(self.constant)
        for at, source, write in self.sources:
            params[at] = write(values[source])
        return params


def is_due() -> bool:
    """Is it time to compare a pattern with what is compiled anew?"""
    return always or next(_used) % EVERY == 0


def _key(value: Any) -> tuple[Any, Writer]:
    """What `value` of a statement would be among a person's values, and what writes it as it stands there: SQLite has
    keys in hex, PostgreSQL has numbers of several widths."""
    if isinstance(value, UUID):
        return value, _itself
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value), type(value)
    if isinstance(value, str) and len(value) == 32:
        try:
            return UUID(hex=value), _in_hex
        except ValueError:
            pass
    return None, _itself


def _itself(value: Any) -> Any:
    return value


def _in_hex(value: UUID) -> str:
    return value.hex


def are_same(ours: Sequence[Any], theirs: Sequence[Any]) -> bool:
    """Are these the values of one statement?"""
    return len(ours) == len(theirs) and all(_is_same(one, other) for one, other in zip(ours, theirs, strict=True))


def _is_same(one: Any, other: Any) -> bool:
    if type(one) is not type(other):
        return False
    return one.is_same(other) if isinstance(one, Open) else bool(one == other)
