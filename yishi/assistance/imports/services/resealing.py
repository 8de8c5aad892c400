"""Sealing the register again with a new key, while it is in use: killed at any moment, the next run goes on.

A sealed value names its key, so no list of what is done is kept: what does not carry the newest key is still to do.
Each step is one transaction; old keys open what is left until nothing is.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Model, QuerySet

from yishi.assistance.imports.models import Import, ImportFile, ImportPiece
from yishi.assistance.register.models import ChangeRequest, Household, Resident
from yishi.assistance.register.services.identity import (
    ACCOUNT,
    ASKED_ACCOUNT,
    ASKED_IDENTITY,
    RESIDENT,
    Field,
    ring,
)
from yishi.journal.act import SYSTEM, act
from yishi.kit.ids import named_id
from yishi.kit.sealing import KeyRing, SealError, Tampered

from .pieces import FILE, PIECE

STEP = 500
AT_WORK = (Import.State.READING, Import.State.CHECKING, Import.State.WRITING, Import.State.UNDOING)
KEYS = named_id("register", "keys")  # the subject of their entries


@dataclass(frozen=True, slots=True)
class Column:
    """Where sealed values stand: how they are bound, and the attribute that holds them."""

    field: Field
    model: type[Model]
    attribute: str

    @property
    def rows(self) -> QuerySet[Any]:
        sealed: QuerySet[Any] = self.manager.filter(**{f"{self.attribute}__isnull": False}).order_by("pk")
        return sealed

    @property
    def manager(self) -> Any:
        """All rows, also those that an import is writing: nobody sees them yet, but they are sealed."""
        for name in ("arriving_too", "within"):
            if hasattr(self.model, name):
                return getattr(self.model, name)
        return self.model._default_manager


COLUMNS = (
    Column(RESIDENT, Resident, "identity_sealed"),
    Column(ACCOUNT, Household, "bank_sealed"),
    Column(ASKED_IDENTITY, ChangeRequest, "identity_sealed"),
    Column(ASKED_ACCOUNT, ChangeRequest, "bank_sealed"),
    Column(FILE, ImportFile, "sealed"),
    Column(PIECE, ImportPiece, "sealed"),
)


@dataclass(slots=True)
class Resealed:
    """What a run did: values sealed again, and those that do not open (table and row), which are left as they are."""

    key: int
    done: int = 0
    broken: list[tuple[str, UUID]] = field(default_factory=list)


def sealed_by_key() -> Counter[int]:
    """How many values each key seals; 0 for what is no sealed value."""
    counts: Counter[int] = Counter()
    for column in COLUMNS:
        for _row, sealed in _values(column):
            counts[_key(sealed)] += 1
    return counts


def imports_at_work() -> int:
    """How many imports may hold values in memory that are sealed with an old key and written in a moment."""
    return Import.within.filter(state__in=AT_WORK).count()


def reseal(told: Callable[[int], None] = lambda done: None) -> Resealed:
    """Seal everything with the newest key that does not carry it yet. `told` hears after each step how many were
    looked at. Written into the journal when something was done."""
    keys, looked = ring(), 0
    result = Resealed(keys.current)
    for column in COLUMNS:
        for step in _steps(column):
            old = [row for row, sealed in step if _key(sealed) != keys.current]
            if old:
                _again(keys, column, old, result)
            looked += len(step)
            told(looked)
    if result.done:
        with act("assistance.register.reseal", actor=SYSTEM, body={"key": result.key, "done": result.done}) as this:
            data = {"key": result.key, "done": result.done, "broken": len(result.broken)}
            this.entry(subject=("register_keys", KEYS), data=data)
    return result


def _again(keys: KeyRing, column: Column, pks: list[UUID], result: Resealed) -> None:
    with transaction.atomic():
        rows = list(column.rows.select_for_update().filter(pk__in=pks))
        changed = []
        for row in rows:
            sealed = getattr(row, column.attribute)
            if _key(sealed) == keys.current:
                continue
            bound = {"table": column.field.table, "column": column.field.column, "row": row.pk}
            try:
                setattr(row, column.attribute, keys.seal(keys.open_bytes(sealed, **bound), **bound))
            except SealError:
                result.broken.append((column.field.table, row.pk))
            else:
                changed.append(row)
        column.manager.bulk_update(changed, [column.attribute])
    result.done += len(changed)


def _steps(column: Column) -> Iterator[list[tuple[UUID, Any]]]:
    """Rows and what they hold, some hundreds at a time, in the order of their ids."""
    last = None
    while True:
        rows = column.rows if last is None else column.rows.filter(pk__gt=last)
        step = list(rows.values_list("pk", column.attribute)[:STEP])
        if not step:
            return
        yield step
        last = step[-1][0]


def _values(column: Column) -> Iterator[tuple[UUID, Any]]:
    for step in _steps(column):
        yield from step


def _key(sealed: Any) -> int:
    try:
        return KeyRing.key_of(sealed)
    except Tampered:
        return 0
