"""Workbooks of deeds, as a kind of import: each row is a deed as `deed_record` makes it, with an entry of its own, and
goes into the queue of possible duplicates like any other. They are written unseen and counted together (see
deed_rows.py). What is undone is withdrawn; the record and the reason stay, as of every deed.
"""

import hashlib
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.deeds.models import (
    Deed,
    DeedRemark,
    Evidence,
    PossibleDuplicate,
)
from yishi.assistance.deeds.services.alike import duplicates_find_many
from yishi.assistance.deeds.services.fitting import ItemsRead
from yishi.assistance.imports.models import Import, ImportedRow
from yishi.assistance.imports.workbooks import deed_rows
from yishi.assistance.imports.workbooks.deed_rows import DeedReader
from yishi.assistance.imports.workbooks.kinds import DeskKind, Whole
from yishi.assistance.imports.workbooks.places import Places
from yishi.assistance.imports.workbooks.results import Result
from yishi.assistance.imports.workbooks.rows import Fault, StagedRow
from yishi.assistance.register.services.identity import ring
from yishi.formats.tables import Column
from yishi.journal.act import Act, canonical
from yishi.journal.models import Entry
from yishi.kit.errors import Refusal
from yishi.kit.ids import child_id, uuid7
from yishi.organisations.grants import Viewer, viewer_of
from yishi.organisations.rights import permit

from .deed_rows import (
    NewDeeds,
    Shown,
    Withdrawn,
    as_plain,
    deed_tried,
    hidden_sweep,
)

MOST_DEEDS = 50_000
MOST_ON_SQLITE = 20_000  # there, nobody else writes while their entries are written


def most_deeds() -> int:
    """How many deeds a workbook may hold, so that no phone waits longer than two seconds for it."""
    return min(MOST_DEEDS, MOST_ON_SQLITE) if connection.vendor == "sqlite" else MOST_DEEDS


class Deeds(DeskKind):
    """See `workbooks.kinds.KindOfImport`."""

    follows = True

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

    def look_through(self, workbook: Import, staged: Iterable[StagedRow]) -> Whole:
        whole, most = Whole(), most_deeds()
        seen: dict[str, int] = {}
        for row in staged:
            whole.last[self.unit_of(row)] = 1
            digest = digest_of(row)
            before = seen.setdefault(digest, row.number)
            if before != row.number:
                fault = Fault(row.number, "", "deed_twice", {"row": before})
                whole.faults.setdefault(row.number, []).append(fault)
            if whole.units == most + 1:
                fault = Fault(row.number, "", "too_many_deeds", {"most": most})
                whole.faults.setdefault(row.number, []).append(fault)
        return whole

    def checker(self, workbook: Import, whole: Whole) -> Callable[[list[list[StagedRow]]], list[Result]]:
        reader = DeedReader(workbook.body, Places(workbook.place), workbook.options["headings"])
        actor, items = viewer_of(workbook.sent_by).at(workbook.body_id), ItemsRead()

        def check(units: list[list[StagedRow]]) -> list[Result]:
            by = permit("deed.record", actor, at=workbook.body)
            rows = [unit[0] for unit in units]
            reader.look_up(rows)
            digests = {row.number: digest_of(row) for row in rows}
            there = set(
                ImportedRow.objects.filter(kind=workbook.kind, digest__in=digests.values()).values_list(
                    "digest", flat=True
                )
            )
            made = []
            for row in rows:
                wanted = reader.read(row)
                wanted.faults.extend(whole.faults.get(row.number, ()))
                digest = digests[row.number]
                if not wanted.faults and digest in there:
                    made.append(Result("same", [row.number]))
                    continue
                if not wanted.faults:
                    try:
                        deed_tried(by, actor, workbook.body, wanted, items)
                    except Refusal as refusal:
                        wanted.fault(row, "", "refusal", text=str(refusal.message))
                if wanted.faults:
                    made.append(Result("bad", [row.number], wanted.faults))
                else:
                    new = {"act": str(uuid7()), "digest": digest, **as_plain(wanted)}
                    made.append(Result("new", [row.number], new=new))
            return made

        return check

    def prepare(self, workbook: Import, results: list[Result]) -> NewDeeds:
        return NewDeeds(workbook, [result.new for result in results if result.verdict == "new"])

    def write(self, prepared: NewDeeds) -> None:
        prepared.insert()

    def turn(self, workbook: Import, actor: Viewer, changed: Iterable[Result], *, forwards: bool) -> Shown | Withdrawn:
        return Shown(workbook, actor) if forwards else Withdrawn(workbook, actor)

    def switch_on(self, workbook: Import, actor: Viewer, this: Act, turn: Shown) -> None:
        turn.run(this)

    def follow(self, workbook: Import, results: list[Result]) -> None:
        """Put them into the queue of possible duplicates."""
        keys = [child_id(UUID(result.new["act"]), 1) for result in results if result.verdict == "new"]
        by_day: dict[date, list[Deed]] = {}
        for deed in Deed.within.filter(pk__in=keys, state=Deed.State.COUNTED):
            by_day.setdefault(deed.on, []).append(deed)
        for deeds in by_day.values():
            duplicates_find_many(deeds, timezone.now())

    def built_upon(self, workbook: Import) -> Any:
        deeds = Deed.within.filter(pk__in=ImportedRow.objects.filter(of=workbook).values("target_id"))
        # Who claims one of them meanwhile waits, and is then told that it is withdrawn.
        list(deeds.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
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

    def switch_off(self, workbook: Import, actor: Viewer, this: Act, turn: Withdrawn) -> None:
        turn.run(this)

    def sweep(self, workbook: Import) -> int:
        return hidden_sweep(workbook)


def digest_of(row: StagedRow) -> str:
    """What a row says, as a keyed hash: a workbook of deeds may name families."""
    said = hashlib.sha256(canonical([row.values, row.raw]).encode()).hexdigest()
    return ring().blind("import", said)
