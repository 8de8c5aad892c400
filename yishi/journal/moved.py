"""A decision that moves rows keeps what they were, so that it can be taken back: all stands as it stood, nothing anew.

    watch = Watch()
    watch.row(promise, "due_on")
    ...  # the act moves it
    watch.keep(this, ("commitment", promise.pk))

`put_back` gives every column back what it had and turns the entries of the act, so that figures follow. Where a column
is no longer as the act left it, something has followed: that is taken back first.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from yishi.database.taken_back import Row, locked_standing
from yishi.database.words import Words
from yishi.kit.errors import WrongStage

from .act import Act, plain
from .models import Entry, Moved

WHY_BACK = Words("reason", 300, _("Please say why it is taken back."))
GONE = _("This was taken back already.")
FOLLOWED = _("Something has followed from it. Take that back first, or put right what is wrong by a further act.")
NOTHING = _("There is nothing here that could be taken back.")

Subject = tuple[str, UUID]
Columns = dict[str, Any]


class Watch:
    """The rows that one act moves, with the columns that it moves."""

    def __init__(self) -> None:
        self._before: dict[tuple[str, str], Columns] = {}

    def row(self, row: Model, *columns: str) -> None:
        """Watch a row that the act has read and locked, before it writes."""
        self._before[row._meta.label, str(row.pk)] = plain({name: getattr(row, name) for name in columns})

    def rows(self, rows: Iterable[Model], *columns: str) -> None:
        for row in rows:
            self.row(row, *columns)

    def keep(self, this: Act, subject: Subject, **more: Any) -> Moved:
        """Keep what was moved, once it is written. `more`: what else the way back has to know, as JSON holds it."""
        rows = []
        now = _columns((label, key, list(before)) for (label, key), before in self._before.items())
        for (label, key), before in self._before.items():
            after = now[label, key]
            moved = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
            if moved:
                rows.append([label, key, moved])
        return Moved.objects.create(
            receipt=this.receipt,
            code=this.code,
            subject_kind=subject[0],
            subject_id=subject[1],
            at=this.now,
            rows=rows,
            more=plain(more),
        )


def moved_of(subject: Subject) -> list[Moved]:
    """What was moved of a subject, in order; what was taken back, too, as its story shows both."""
    return list(Moved.every.filter(subject_kind=subject[0], subject_id=subject[1]).order_by("at", "pk"))


def last_moved(subject: Subject, *codes: str, kept: Iterable[Moved] | None = None) -> Moved | None:
    """The last act of `codes` on a subject that was not taken back; of those that are `kept`, where they were read."""
    of_subject = moved_of(subject) if kept is None else kept
    standing = [moved for moved in of_subject if moved.taken_back_at is None and moved.code in codes]
    return standing[-1] if standing else None


def stands(moved: Moved | None) -> bool:
    """Is everything as the act left it, so that it can be taken back?"""
    return moved is not None and not any(now != after for _row, now, _before, after in _compared(moved))


def put_back(this: Act, moved: Moved | None, reason: str) -> Moved:
    """Take back what an act moved, within the act `this`: rows and figures are as if it had not been. Refused where
    something has followed from it, or where it was taken back already."""
    if moved is None:
        raise WrongStage("moved.nothing", NOTHING)
    why = WHY_BACK.kept(reason)
    kept = locked_standing(moved, GONE)
    if not stands(kept):
        raise WrongStage("moved.followed", FOLLOWED)
    for (label, key), _now, before, _after in _compared(kept):
        model = apps.get_model(label)
        columns = {name: model._meta.get_field(name).to_python(value) for name, value in before.items()}
        model._base_manager.filter(pk=key).update(**columns)
    turn_entries(this, kept.receipt_id)
    kept.take_back(why, this.now, this.actor.person_id)
    return kept


def take_back_row(this: Act, row: Row, reason: str) -> Row:
    """Take back, within the act `this`, what was entered by mistake: its row stays with the reason, and is not read."""
    why = WHY_BACK.kept(reason)
    kept = locked_standing(row, GONE)
    kept.take_back(why, this.now, this.actor.person_id)
    return kept


def turn_entries(this: Act, receipt: UUID) -> None:
    """Turn what an act counted: its entries with quantities or touches, each once."""
    entries = Entry.objects.filter(receipt=receipt, reverses_id__isnull=True)
    turned = Entry.objects.filter(reverses_id__in=entries.values("pk")).values("reverses_id")
    for entry in entries.exclude(pk__in=turned).order_by("ordinal"):
        if entry.quantities or entry.touches:
            this.reverse(entry)


def _compared(moved: Moved) -> Iterator[tuple[tuple[str, str], Columns, Columns, Columns]]:
    """Each row: its columns as they are now, as they were before the act, and as it left them."""
    now = _columns((label, key, list(columns)) for label, key, columns in moved.rows)
    for label, key, columns in moved.rows:
        before = {name: pair[0] for name, pair in columns.items()}
        after = {name: pair[1] for name, pair in columns.items()}
        yield (label, key), now[label, key], before, after


def _columns(wanted: Iterable[tuple[str, str, list[str]]]) -> dict[tuple[str, str], Columns]:
    """The columns of rows as they are, by model and key: a query for each kind of row, however many there are."""
    kinds: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    found: dict[tuple[str, str], Columns] = {}
    for label, key, names in wanted:
        kinds[label, tuple(names)].append(key)
        found[label, key] = {}
    for (label, columns), keys in kinds.items():
        for row in apps.get_model(label)._base_manager.filter(pk__in=keys).values("pk", *columns):
            key = str(row.pop("pk"))
            found[label, key] = plain(row)
    return found
