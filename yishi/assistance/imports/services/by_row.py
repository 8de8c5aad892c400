"""Workbooks whose rows are each one record, made by the record's own service within the act that publishes.

Nothing is written beforehand; a workbook holds at most a thousand rows, so that the act stays short. When a row is
checked it is tried with its service and rolled back, so that the preview says what the service would say.
"""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yishi.assistance.imports.models import Import, ImportedRow, ImportPiece
from yishi.assistance.imports.workbooks.kinds import AtOnce, Stale, Whole
from yishi.assistance.imports.workbooks.places import Places
from yishi.assistance.imports.workbooks.results import Result
from yishi.assistance.imports.workbooks.rows import Fault, StagedRow, refused
from yishi.journal.act import Act
from yishi.journal.models import Entry
from yishi.kit.errors import Refusal
from yishi.kit.ids import uuid7
from yishi.organisations.grants import Viewer, viewer_of

from .deed_kind import blinded
from .led import led_places
from .obstacles import CHANGED, Obstacles, called, pointing_at
from .pieces import Stage, pieces, results_in

MOST_ROWS = 1_000


class _Tried(Exception):
    """Ends a try: all of it is rolled back."""


class ByRow(AtOnce):
    """See `workbooks.kinds.KindOfImport`. What is read of a row is plain data: ids, texts, numbers."""

    subject = ""  # of the journal's entries about one record
    model: Any = None
    twice = "row_twice"  # the code of the fault where two rows say the same

    @abstractmethod
    def read(self, workbook: Import, places: Places, row: StagedRow) -> tuple[dict[str, Any], list[Fault]]:
        """What a row says as plain data, and its faults."""

    @abstractmethod
    def meaning(self, said: dict[str, Any]) -> list[Any]:
        """What makes a row this record and no other, whatever its spelling and the columns besides."""

    @abstractmethod
    def standing(self, said: dict[str, Any]) -> bool:
        """Does this record stand already, as the row says it?"""

    @abstractmethod
    def record(
        self, workbook: Import, actor: Viewer, said: Sequence[dict[str, Any]], act_id: Callable[[], UUID]
    ) -> list[UUID]:
        """Make the records by their service; gives their ids in order. Raises `Refusal`."""

    def choices(self) -> dict[str, list[str]]:
        return {}

    def unit_of(self, row: StagedRow) -> str:
        return str(row.number)

    def look_through(self, workbook: Import, staged: Iterable[StagedRow]) -> Whole:
        whole = Whole()
        for row in staged:
            whole.last[self.unit_of(row)] = 1
            if whole.units > MOST_ROWS:
                fault = Fault(row.number, "", "too_many_records", {"most": MOST_ROWS})
                whole.faults.setdefault(row.number, []).append(fault)
        return whole

    def checker(self, workbook: Import, whole: Whole) -> Callable[[list[list[StagedRow]]], list[Result]]:
        places, actor = Places(workbook.place), viewer_of(workbook.sent_by).at(workbook.body_id)
        first: dict[str, int] = {}  # meaning → the row that said it first, also of a process that died
        for piece in pieces(workbook, Stage.UNITS):
            for result in results_in(piece):
                if result.verdict == "new":
                    first.setdefault(result.new["digest"], result.rows[0])
        return lambda units: [self._check(workbook, places, actor, unit[0], whole, first) for unit in units]

    def _check(
        self, workbook: Import, places: Places, actor: Viewer, row: StagedRow, whole: Whole, first: dict[str, int]
    ) -> Result:
        said, faults = self.read(workbook, places, row)
        faults.extend(whole.faults.get(row.number, ()))
        if not faults and (self.standing(said) or self._stands_elsewhere(places, said)):
            return Result("same", [row.number])
        digest = "" if faults else blinded(self.meaning(said))
        if digest and (before := first.setdefault(digest, row.number)) != row.number:
            faults.append(Fault(row.number, "", self.twice, {"row": before}))
        if not faults:
            try:
                with transaction.atomic():
                    self.record(workbook, actor, [said], uuid7)
                    raise _Tried
            except _Tried:
                return Result("new", [row.number], new={"digest": digest, "said": said})
            except Refusal as refusal:
                faults.append(refused(row.number, refusal, workbook.options.get("headings", {})))
        return Result("bad", [row.number], faults)

    def _stands_elsewhere(self, places: Places, said: dict[str, Any]) -> bool:
        """Does it stand in a village that the row's village took up?"""
        if not said.get("place"):
            return False
        before = places.named.came_into(UUID(said["place"]), places.named.today)
        return any(self.standing({**said, "place": str(place.pk)}) for place in before)

    def notes(self, workbook: Import) -> list[list[Any]]:
        return led_places(workbook)

    def switch_on(self, workbook: Import, actor: Viewer, this: Act, turn: None) -> None:
        new = [
            result.new
            for piece in ImportPiece.objects.filter(of=workbook, stage=Stage.UNITS).order_by("ordinal")
            for result in results_in(piece)
            if result.verdict == "new"
        ]
        if any(self.standing(each["said"]) for each in new):
            raise Stale("import.taken", _("Some of these rows were imported meanwhile."))
        try:
            made = self.record(workbook, actor, [each["said"] for each in new], this.child)
        except Refusal as refusal:
            raise Stale("import.changed", refusal.message) from refusal
        # A row that was imported and undone may come again: what it stood for is gone.
        ImportedRow.objects.filter(kind=workbook.kind, digest__in=[each["digest"] for each in new]).delete()
        ImportedRow.objects.bulk_create(
            ImportedRow(of=workbook, kind=workbook.kind, digest=each["digest"], target_id=target)
            for each, target in zip(new, made, strict=True)
        )

    def built_upon(self, workbook: Import) -> Any:
        """An entry beyond those of its making, or a record of another kind that points at it."""
        keys, obstacles = ImportedRow.objects.filter(of=workbook).values("target_id"), Obstacles()
        later = Entry.objects.filter(subject_kind=self.subject, subject_id__in=keys).exclude(code__in=self.codes())
        upon = [(key, CHANGED) for key in later.values_list("subject_id", flat=True)]
        upon += [(key, called(other)) for other, key in self.pointed_at(keys)]
        records = self.model._base_manager.in_bulk({key for key, _what in upon})
        for key, what in upon:
            obstacles.add(self.name_of(records[key]) if key in records else str(key), what)
        return obstacles.sentence()

    @abstractmethod
    def name_of(self, record: Any) -> str:
        """What people call a record."""

    @abstractmethod
    def codes(self) -> list[str]:
        """The codes of the entries that a record begins with."""

    def pointed_at(self, keys: Any) -> Iterator[tuple[Any, UUID]]:
        """The records of other kinds that point at one of these: of which model, and at which."""
        for other, name in pointing_at(self.model):
            if other not in self.own():
                for key in other._base_manager.filter(**{f"{name}__in": keys}).values_list(name, flat=True):
                    yield other, key

    def own(self) -> set[Any]:
        """The models of a record's own parts: that they point at it does not hinder an undo."""
        return set()

    def switch_off(self, workbook: Import, actor: Viewer, this: Act, turn: None) -> None:
        """Take the records away and turn their entries round."""
        imported_rows = ImportedRow.objects.filter(of=workbook)
        keys = list(imported_rows.values_list("target_id", flat=True))
        reversed_already = Entry.objects.filter(reverses_id__isnull=False).values("reverses_id")
        entries = Entry.objects.filter(subject_kind=self.subject, subject_id__in=keys, reverses_id__isnull=True)
        for entry in entries.exclude(pk__in=reversed_already).order_by("received_at", "ordinal"):
            this.reverse(entry, data=entry.data)
        self.model.within.filter(pk__in=keys).delete()
        imported_rows.delete()
