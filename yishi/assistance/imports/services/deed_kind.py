"""Workbooks of deeds, as a kind of import: each row is a deed as `deed_record` makes it, with an entry of its own, and
goes into the queue of possible duplicates like any other. They are written unseen and counted together (see
deed_rows.py). What is undone is withdrawn; the record and the reason stay, as of every deed.
"""

import hashlib
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count
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
from yishi.assistance.imports.workbooks.deed_rows import DeedReader, WantedDeed
from yishi.assistance.imports.workbooks.kinds import DeskKind, Whole
from yishi.assistance.imports.workbooks.places import Places
from yishi.assistance.imports.workbooks.results import Result
from yishi.assistance.imports.workbooks.rows import Fault, StagedRow, refused, row_text
from yishi.assistance.register.services.identity import ring
from yishi.formats.tables import Column
from yishi.journal.act import Act, canonical
from yishi.journal.models import Entry
from yishi.kit.errors import Refusal
from yishi.kit.ids import child_id, uuid7
from yishi.kit.text import folded
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
from .led import led_places
from .obstacles import CHANGED, Obstacles
from .pieces import Stage, pieces, results_in

SHOWN = 20  # rows that a note names
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

    def meanings(self, workbook: Import) -> dict[str, list[str]]:
        return {"item": deed_rows.item_names(workbook.place)}

    def examples(self) -> list[dict[str, str]]:
        return [
            {"item": "示例：办一场培训", "on": "2026-03-01", "village": "某某村", "amount": "1", "words": "做了什么"}
        ]

    def unit_of(self, row: StagedRow) -> str:
        return str(row.number)

    def look_through(self, workbook: Import, staged: Iterable[StagedRow]) -> Whole:
        whole, most = Whole(), most_deeds()
        for row in staged:
            whole.last[self.unit_of(row)] = 1
            if whole.units > most:
                fault = Fault(row.number, "", "too_many_deeds", {"most": most})
                whole.faults.setdefault(row.number, []).append(fault)
        return whole

    def checker(self, workbook: Import, whole: Whole) -> Callable[[list[list[StagedRow]]], list[Result]]:
        places = Places(workbook.place)
        reader = DeedReader(workbook.body, places, workbook.options["headings"])
        actor, items = viewer_of(workbook.sent_by).at(workbook.body_id), ItemsRead()
        before = Before(workbook, places)

        def check(units: list[list[StagedRow]]) -> list[Result]:
            by = permit("deed.record", actor, at=workbook.body)
            rows = [unit[0] for unit in units]
            reader.look_up(rows)
            tried: list[tuple[StagedRow, WantedDeed]] = []
            for row in rows:
                wanted = reader.read(row)
                wanted.faults.extend(whole.faults.get(row.number, ()))
                tried.append((row, wanted))
            said = {row.number: as_plain(wanted) for row, wanted in tried if not wanted.faults}
            before.look_up({row.number: row for row in rows if row.number in said}, said)
            made = []
            for row, wanted in tried:
                if row.number in said and before.is_there(row.number):
                    made.append(Result("same", [row.number]))
                    continue
                if row.number in said and (first := before.same_row(row.number)):
                    wanted.faults.append(Fault(row.number, "", "deed_twice", {"row": first}))
                if not wanted.faults:
                    try:
                        deed_tried(by, actor, workbook.body, wanted, items)
                    except Refusal as refusal:
                        wanted.faults.append(refused(row.number, refusal, reader.headings))
                if wanted.faults:
                    made.append(Result("bad", [row.number], wanted.faults))
                else:
                    new = {"act": str(uuid7()), **before.known(row.number), **said[row.number]}
                    made.append(Result("new", [row.number], new=new))
            return made

        return check

    def notes(self, workbook: Import) -> list[list[Any]]:
        """The rows that look like a deed which stands already, though 内容 says something else; villages of before."""
        alike = [
            row_text(result.rows[0])
            for piece in pieces(workbook, Stage.UNITS)
            for result in results_in(piece)
            if result.new.get("alike")
        ]
        said = {"count": len(alike), "rows": "、".join(alike[:SHOWN]) + "…" * (len(alike) > SHOWN)}
        return [*([["deed_alike", said]] if alike else []), *led_places(workbook)]

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
        keys, names, obstacles = deeds.values("pk"), dict(deeds.values_list("pk", "number")), Obstacles()
        decided = PossibleDuplicate.objects.exclude(verdict="")
        entries = Entry.objects.filter(subject_kind="deed", subject_id__in=keys).values_list("subject_id")
        often = dict(entries.annotate(count=Count("pk")).order_by())
        for what, touched in (
            (_("proofs"), Evidence.objects.filter(deed__in=keys).values_list("deed", flat=True)),
            (
                _("families' words"),
                DeedRemark.objects.filter(deed__in=keys).values_list("deed", flat=True),
            ),
            (_("compared with others"), decided.filter(earlier__in=keys).values_list("earlier", flat=True)),
            (_("compared with others"), decided.filter(later__in=keys).values_list("later", flat=True)),
            (CHANGED, deeds.exclude(state=Deed.State.COUNTED).values_list("pk", flat=True)),
            (CHANGED, [key for key, count in often.items() for _later in range(count - 1)]),
        ):
            obstacles.add_each((names[key] for key in touched), what)
        return obstacles.sentence()

    def switch_off(self, workbook: Import, actor: Viewer, this: Act, turn: Withdrawn) -> None:
        turn.run(this)

    def sweep(self, workbook: Import) -> int:
        return hidden_sweep(workbook)


class Before:
    """What was there before a row: rows of the same workbook and of earlier ones, and deeds however they were recorded.

    A row is known by what it means, never by its spelling: item, day, place, amount, families, doers, and the letters
    of 内容. A number in front, a column that the template does not have, a full stop, a blank or 1.0 for 1 make no
    other deed of it.
    """

    def __init__(self, workbook: Import, places: Places):
        self.kind, self.places = workbook.kind, places
        self._first: dict[str, int] = {}  # meaning → the row that said it first
        for piece in pieces(workbook, Stage.UNITS):  # of a process that died
            for result in results_in(piece):
                if result.verdict == "new":
                    self._first.setdefault(result.new["digest"], result.rows[0])

    def look_up(self, rows: dict[int, StagedRow], said: dict[int, dict[str, Any]]) -> None:
        """Ask for what some rows mean, at once."""
        self._digests = {row: blinded(deed_meaning(plain)) for row, plain in said.items()}
        spelt = {row: digest_of(staged) for row, staged in rows.items()}  # as rows were known until 0.2
        known_as = {row: {digest, spelt[row], *self._elsewhere(said[row])} for row, digest in self._digests.items()}
        imported = ImportedRow.objects.filter(kind=self.kind, digest__in=set().union(*known_as.values()))
        there = set(imported.values_list("digest", flat=True))
        self._there = {row for row, digests in known_as.items() if digests & there}
        self._alike = alike_before(said)

    def _elsewhere(self, plain: dict[str, Any]) -> list[str]:
        """How a deed was known that was taken before somebody entered the merger of its village."""
        before = self.places.named.came_into(UUID(plain["place"]), date.fromisoformat(plain["on"]))
        return [blinded(deed_meaning({**plain, "place": str(place.pk)})) for place in before]

    def is_there(self, row: int) -> bool:
        """Was this very deed taken from a workbook already?"""
        return row in self._there

    def same_row(self, row: int) -> int:
        """The row of this workbook that said the same before; 0 where none did."""
        first = self._first.setdefault(self._digests[row], row)
        return first if first != row else 0

    def known(self, row: int) -> dict[str, Any]:
        """What is kept with a new deed: its digest, and whether it looks like one that stands."""
        return {"digest": self._digests[row], "alike": row in self._alike}


def deed_meaning(plain: dict[str, Any]) -> list[Any]:
    """What makes a row this deed and no other, from what is kept of it."""
    people = sorted(plain.get("people", ()))
    return [*_core(plain), plain["unnamed"], folded(plain["words"]), *([people] if people else [])]


def _core(plain: dict[str, Any]) -> list[Any]:
    amount = int(Decimal(plain["amount"]) * 1000)
    doers = sorted(key for _kind, key, _role in plain["parties"])
    return [plain["item"], plain["on"], plain["place"], amount, sorted(plain["households"]), doers]


def alike_before(said: dict[int, dict[str, Any]]) -> set[int]:
    """The rows of whose item, day, place, amount, families and doers a deed stands, by hand or from a workbook."""
    if not said:
        return set()
    values = list(said.values())
    deeds = Deed.within.filter(
        state=Deed.State.COUNTED,
        item__in={plain["item"] for plain in values},
        on__in={plain["on"] for plain in values},
        place__in={plain["place"] for plain in values},
        amount__in={_core(plain)[3] for plain in values},
    ).prefetch_related("parties", "beneficiaries")
    standing = [
        [
            str(deed.item_id),
            deed.on.isoformat(),
            str(deed.place_id),
            deed.amount,
            sorted(str(reached.household_id) for reached in deed.beneficiaries.all() if reached.household_id),
            sorted(str(party.body_id or party.person_id) for party in deed.parties.all()),
            sorted(str(reached.person_id) for reached in deed.beneficiaries.all() if reached.person_id),
        ]
        for deed in deeds
    ]
    there = {canonical(core) for core in standing}
    return {row for row, plain in said.items() if canonical([*_core(plain), sorted(plain.get("people", ()))]) in there}


def blinded(said: Any) -> str:
    """What a row means, as a keyed hash: a workbook of deeds may name families."""
    return ring().blind("import", hashlib.sha256(canonical(said).encode()).hexdigest())


def digest_of(row: StagedRow) -> str:
    """A row as it is spelt, with every column, as a keyed hash."""
    return blinded([row.values, row.raw])
