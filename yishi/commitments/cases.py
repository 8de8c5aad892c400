"""The cases to which promises and outcomes belong: upper rooms say at start how each is found and who works on it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist

from yishi.organisations.models import Place


@dataclass(frozen=True, slots=True)
class CaseKind:
    """How a kind of case (`Commitment.Origin`) is found, and who states what came of it."""

    find: Callable[[UUID], Any]  # within the reach; raises ObjectDoesNotExist
    right: str  # of who works on it
    subject: str  # what its file is called in the journal


@dataclass(frozen=True, slots=True)
class Case:
    """One file to which promises belong."""

    kind: str
    file: Any

    @property
    def key(self) -> UUID:
        key: UUID = self.file.pk
        return key

    @property
    def place(self) -> Place:
        place: Place = self.file.place
        return place


CASES: dict[str, CaseKind] = {}


def case_add(kind: str, case_kind: CaseKind) -> None:
    """Called at start; doing it again changes nothing."""
    CASES[kind] = case_kind


def case_found(kind: str, key: UUID) -> Case:
    """The case within the reach; raises ObjectDoesNotExist, also for a kind of which nothing is stated."""
    if kind not in CASES:
        raise ObjectDoesNotExist(kind)
    return Case(kind, CASES[kind].find(key))
