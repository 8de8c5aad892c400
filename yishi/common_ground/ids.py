"""Ids that are words: numbered for the work, and put back in the result."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from .result import CommonGround

Names = NDArray[np.str_] | None


def coded(given: ArrayLike) -> tuple[ArrayLike, Names]:
    """Numbers for a column of strings, with the strings in their order; any other column as it is, with None."""
    listed = given.tolist() if isinstance(given, np.ndarray) and given.dtype.kind in "UO" else given
    if not isinstance(listed, list | tuple) or not listed or not all(isinstance(identity, str) for identity in listed):
        return given, None
    names, place = np.unique(np.asarray(listed, dtype=np.str_), return_inverse=True)
    return place.astype(np.int64), names


def numbers(some: Collection[Any], names: Names) -> Collection[Any]:
    """The numbers of those of `some` that have one."""
    if names is None:
        return some
    number = {name: place for place, name in enumerate(names.tolist())}
    return [number[identity] for identity in some if identity in number]


def numbered(labels: Mapping[Any, Any] | None, names: Names) -> Mapping[int, Any] | None:
    """Labels by number."""
    if labels is None or names is None:
        return labels
    number = {name: place for place, name in enumerate(names.tolist())}
    return {number[who]: label for who, label in labels.items() if who in number}


def with_names(found: "CommonGround", people: Names, topics: Names) -> "CommonGround":
    """The result with strings where numbers stood for them."""
    if people is not None:
        told = people.tolist()
        found = replace(
            found,
            participant_ids=people[found.participant_ids],
            groups=tuple(
                replace(group, members=tuple(told[member] for member in group.members)) for group in found.groups
            ),
            odd=tuple(replace(apart, participant=told[apart.participant]) for apart in found.odd),
        )
    if topics is not None:
        told = topics.tolist()
        moderated = frozenset(told[statement] for statement in found.moderated)
        found = replace(found, statement_ids=topics[found.statement_ids], moderated=moderated)
    return found
