"""Workbooks of deeds, as a kind of import: each row goes through `deed_record`, and into the queue of possible
duplicates like any other deed. What is undone is withdrawn; the record and the reason stay, as of every deed.
"""

import hashlib
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yishi.assistance.models import (
    CatalogueItem,
    Deed,
    DeedRemark,
    Evidence,
    Household,
    Import,
    ImportedRow,
    ImportPiece,
    PossibleDuplicate,
)
from yishi.assistance.workbooks import deed_rows
from yishi.assistance.workbooks.deed_rows import DeedReader, WantedDeed
from yishi.assistance.workbooks.kinds import Stale, Whole
from yishi.assistance.workbooks.places import Places
from yishi.assistance.workbooks.results import Result
from yishi.assistance.workbooks.rows import Fault, StagedRow
from yishi.formats.tables import Column
from yishi.journal.act import Act, canonical
from yishi.journal.models import Entry
from yishi.kit.errors import Refusal
from yishi.organisations.grants import Viewer, viewer_of
from yishi.organisations.models import Body, Place
from yishi.people.models import Person

from .deeds import deed_record, deed_withdraw
from .identity import ring
from .import_pieces import Stage, results_in
from .standing import Part, Reached

MOST_DEEDS = 1_000  # recorded in one transaction: more would keep phones waiting on SQLite
UNDONE = "导入撤销"


class _Tried(Exception):
    """Ends a try: all of it is rolled back."""


class Deeds:
    """See `workbooks.kinds.KindOfImport`."""

    def columns(self) -> list[Column]:
        return deed_rows.columns()

    def choices(self) -> dict[str, list[str]]:
        return {}

    def examples(self) -> list[dict[str, str]]:
        return [
            {"item": "示例：办一场培训", "on": "2026-03-01", "village": "某某村", "amount": "1", "words": "做了什么"}
        ]

    def unit_of(self, row: StagedRow) -> str:
        return str(row.number)

    def look_through(self, one: Import, staged: Iterable[StagedRow]) -> Whole:
        whole = Whole()
        seen: dict[str, int] = {}
        for row in staged:
            whole.last[self.unit_of(row)] = 1
            digest = digest_of(row)
            before = seen.setdefault(digest, row.number)
            if before != row.number:
                fault = Fault(row.number, "", "deed_twice", {"row": before})
                whole.faults.setdefault(row.number, []).append(fault)
            if whole.units == MOST_DEEDS + 1:
                fault = Fault(row.number, "", "too_many_deeds", {"most": MOST_DEEDS})
                whole.faults.setdefault(row.number, []).append(fault)
        return whole

    def checker(self, one: Import, whole: Whole) -> Callable[[list[list[StagedRow]]], list[Result]]:
        reader = DeedReader(one.body, Places(one.place), one.options["headings"])
        actor = viewer_of(one.sent_by)
        return lambda units: [self._check(one, reader, actor, rows[0], whole) for rows in units]

    def _check(self, one: Import, reader: DeedReader, actor: Viewer, row: StagedRow, whole: Whole) -> Result:
        wanted = reader.read(row)
        wanted.faults.extend(whole.faults.get(row.number, ()))
        digest = digest_of(row)
        if not wanted.faults and ImportedRow.objects.filter(kind=one.kind, digest=digest).exists():
            return Result("same", [row.number])
        if not wanted.faults:
            try:
                with transaction.atomic():
                    deed_record(actor=actor, recorded_for=one.body, **_given(wanted))
                    raise _Tried
            except _Tried:
                pass
            except Refusal as refusal:
                wanted.fault(row, "", "refusal", text=str(refusal.message))
        if wanted.faults:
            return Result("bad", [row.number], wanted.faults)
        return Result("new", [row.number], new={"digest": digest, **_plain(wanted)})

    def prepare(self, one: Import, results: list[Result]) -> None:
        """Nothing is written beforehand: a deed counts as soon as it stands."""

    def write(self, prepared: None) -> None: ...

    def turn(self, one: Import, actor: Viewer, changed: Iterable[Result], *, forwards: bool) -> None:
        """Nothing is made beforehand."""

    def switch_on(self, one: Import, actor: Viewer, this: Act, turn: None) -> None:
        rows = []
        for piece in ImportPiece.objects.filter(of=one, stage=Stage.UNITS).order_by("ordinal"):
            for result in results_in(piece):
                if result.verdict == "new":
                    rows.append(self._record(one, actor, this, result.new))
        digests = [row.digest for row in rows]
        if ImportedRow.objects.filter(kind=one.kind, digest__in=digests).exists():
            raise Stale("import.taken", _("Some of these rows were imported meanwhile."))
        ImportedRow.objects.bulk_create(rows)

    def _record(self, one: Import, actor: Viewer, this: Act, new: dict[str, Any]) -> ImportedRow:
        try:
            receipt = deed_record(actor=actor, recorded_for=one.body, act_id=this.child(), **_fetched(new))
        except Refusal as refusal:
            raise Stale("import.changed", refusal.message) from refusal
        target = UUID(str(receipt.result["deed"]))
        return ImportedRow(of=one, kind=one.kind, digest=new["digest"], target_id=target)

    def built_upon(self, one: Import) -> Any:
        deeds = Deed.within.filter(pk__in=ImportedRow.objects.filter(of=one).values("target_id"))
        keys = deeds.values("pk")
        decided = PossibleDuplicate.objects.exclude(verdict="")
        touched = (
            deeds.exclude(state=Deed.State.COUNTED).exists()
            or Evidence.objects.filter(deed__in=keys).exists()
            or DeedRemark.objects.filter(deed__in=keys).exists()
            or decided.filter(earlier__in=keys).exists()
            or decided.filter(later__in=keys).exists()
            or Entry.objects.filter(subject_kind="deed", subject_id__in=keys).count() > deeds.count()
        )
        return _("It cannot be undone: some of these deeds were changed, claimed or proved since.") if touched else None

    def switch_off(self, one: Import, actor: Viewer, this: Act, turn: None) -> None:
        rows = ImportedRow.objects.filter(of=one)
        for deed in Deed.within.filter(pk__in=rows.values("target_id")).select_related("item", "place").order_by("pk"):
            deed_withdraw(actor=actor, deed=deed, reason=UNDONE, act_id=this.child())
        rows.delete()

    def sweep(self, one: Import) -> int:
        return 0


def digest_of(row: StagedRow) -> str:
    """What a row says, as a keyed hash: a workbook of deeds may name families."""
    said = hashlib.sha256(canonical([row.values, row.raw]).encode()).hexdigest()
    return ring().blind("import", said)


def _given(wanted: WantedDeed) -> dict[str, Any]:
    return {
        "item": wanted.item,
        "place": wanted.place,
        "on": wanted.on,
        "amount": wanted.amount,
        "parties": [Part(who, role) for who, role in wanted.parties],
        "reached": Reached(households=wanted.households, unnamed=wanted.unnamed),
        "words": wanted.words,
    }


def _plain(wanted: WantedDeed) -> dict[str, Any]:
    return {
        "item": str(wanted.item.pk),
        "place": str(wanted.place.pk),
        "on": wanted.on.isoformat(),
        "amount": str(wanted.amount),
        "parties": [["body" if isinstance(who, Body) else "person", str(who.pk), role] for who, role in wanted.parties],
        "households": [str(one.pk) for one in wanted.households],
        "unnamed": wanted.unnamed,
        "words": wanted.words,
    }


def _fetched(new: dict[str, Any]) -> dict[str, Any]:
    parties = [
        Part((Body.objects if kind == "body" else Person.within).get(pk=key), role)
        for kind, key, role in new["parties"]
    ]
    return {
        "item": CatalogueItem.objects.get(pk=new["item"]),
        "place": Place.objects.get(pk=new["place"]),
        "on": date.fromisoformat(new["on"]),
        "amount": Decimal(new["amount"]),
        "parties": parties,
        "reached": Reached(households=list(Household.within.filter(pk__in=new["households"])), unnamed=new["unnamed"]),
        "words": new["words"],
    }
