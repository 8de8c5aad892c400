"""The work on workbooks that were sent: read, check, write, sweep; piece by piece, so that a process that dies is
followed by the next one where it stopped.

Every piece is one short transaction, with a pause after it: on SQLite one writer at a time writes, and a phone's deed
must not wait for a workbook.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from yishi.assistance.imports.models import Import, ImportFile, ImportPiece
from yishi.assistance.imports.workbooks.faults import masked_params
from yishi.assistance.imports.workbooks.kinds import OF_THE_CHECK, KindOfImport, Stale, kind_of
from yishi.assistance.imports.workbooks.results import Result
from yishi.assistance.imports.workbooks.rows import EXPLAINED, GIVEN_BACK, SHEET, StagedRow
from yishi.database.reach import everything
from yishi.formats.sheet_limits import SheetError
from yishi.formats.sheet_rows import Head, Row, Tail, read_rows
from yishi.formats.tables import Column, Line, Table
from yishi.kit.errors import Refusal
from yishi.kit.identity import masked_in

from .meanings import Meanings, explained
from .pieces import (
    Stage,
    file_bytes,
    pieces,
    results_in,
    rows_in,
    rows_piece,
    units_piece,
)
from .publish import import_check_anew, import_hidden_sweep, import_switch_on

log = logging.getLogger("yishi.assistance.imports")
State = Import.State
UNREAD = (State.SENT, State.READING, State.CHECKING)
ROWS_A_PIECE = 1_000
UNITS_A_PIECE = 250
LEASE = timedelta(seconds=45)
PAUSE = 0.25  # of the time that a piece took to write
WAITING = (State.SENT, State.READING, State.CHECKING, State.WRITING, State.UNDOING)


def _waiting() -> QuerySet[Import]:
    """The imports that wait for work and are held by no living process."""
    free = Q(held_until__isnull=True) | Q(held_until__lt=timezone.now())
    follows = Q(state=State.PUBLISHED, kind=Import.Kind.DEEDS, done__lt=F("total"))
    return Import.within.filter(free, Q(state__in=WAITING) | follows)


def imports_work() -> int:
    """Take up every import that waits for work and that no living process holds; gives how many."""
    done = 0
    with everything():
        while (workbook := _next()) is not None:
            import_carry_on(workbook)
            done += 1
    return done


def imports_wait() -> bool:
    """Is there an import to take up?"""
    return _waiting().exists()


def _next() -> Import | None:
    for key in _waiting().order_by("sent_at").values_list("pk", flat=True)[:10]:
        if _waiting().filter(pk=key).update(held_until=timezone.now() + LEASE):
            return Import.within.select_related("place", "body").get(pk=key)
    return None


def import_carry_on(workbook: Import) -> None:
    """Work on one import until it waits for a person. The caller holds it (see `_next`)."""
    steps = {
        State.SENT: _read,
        State.READING: _read,
        State.CHECKING: _check,
        State.WRITING: _write,
        State.UNDOING: _sweep,
    }
    try:
        while workbook.state in steps:
            steps[State(workbook.state)](workbook)
            workbook.refresh_from_db()
        if workbook.state == State.PUBLISHED and workbook.done < workbook.total:
            _follow(workbook)
    except SheetError as error:
        _refuse(workbook, error.code, error.params)
    except Refusal as refusal:
        if workbook.state == State.PUBLISHED:
            raise
        log.warning("import %s: %s", workbook.pk, refusal.code)
        _refuse(workbook, "refusal", {"text": str(refusal.message)})
    except (OperationalError, InterfaceError):
        raise  # the database is away or busy: the next process goes on where this one stopped
    except Exception:
        if workbook.state not in UNREAD:
            raise
        # What nobody foresaw would end every process that takes this workbook up, and its desk would wait for ever.
        log.exception("import %s cannot be read", workbook.pk)
        _refuse(workbook, "broken", {})
    Import.within.filter(pk=workbook.pk).update(held_until=None)


def _refuse(workbook: Import, code: str, params: dict[str, str | int]) -> None:
    """End the import: of a refused workbook nothing is kept but the reason."""
    if workbook.state == State.WRITING:
        import_hidden_sweep(workbook)
    with transaction.atomic():
        ImportFile.objects.filter(of=workbook).delete()
        ImportPiece.objects.filter(of=workbook).delete()
        Import.within.filter(pk=workbook.pk).update(state=State.REFUSED, refused={"code": code, "params": params})


def _stored(began: float) -> None:
    """After a piece: let others write."""
    time.sleep(min(0.2, (time.perf_counter() - began) * PAUSE))


# Reading


def _read(workbook: Import) -> None:
    """Stage the workbook's rows in pieces; after a death, from the last whole piece on."""
    kind = kind_of(workbook.kind)
    has_already = workbook.staged
    reading = Reading(workbook, kind)
    Import.within.filter(pk=workbook.pk, state=State.SENT).update(state=State.READING)
    batch: list[StagedRow] = []
    ordinal = ImportPiece.objects.filter(of=workbook, stage=Stage.ROWS).count()
    count = 0
    for row in reading.rows():
        count += 1
        if count <= has_already:
            continue
        batch.append(row)
        if len(batch) == ROWS_A_PIECE:
            _stage(workbook, ordinal, batch)
            ordinal, batch = ordinal + 1, []
    if batch:
        _stage(workbook, ordinal, batch)
    with transaction.atomic():
        ImportFile.objects.filter(of=workbook).delete()
        Import.within.filter(pk=workbook.pk).update(
            state=State.CHECKING,
            columns=reading.columns,
            notes=[[code, masked_params(params)] for code, params in reading.notes],
            options={
                **workbook.options,
                "headings": reading.headings,
                "sheets": reading.sheets if kind.sheets() else [],
            },
        )


def _stage(workbook: Import, ordinal: int, batch: list[StagedRow]) -> None:
    piece = rows_piece(workbook, ordinal, batch)
    began = time.perf_counter()
    with transaction.atomic():
        piece.save(force_insert=True)
        Import.within.filter(pk=workbook.pk).update(staged=F("staged") + len(batch), held_until=timezone.now() + LEASE)
    _stored(began)


class Reading:
    """The tables of a workbook as one run of rows; what a clerk should know of the file stands in `notes`."""

    def __init__(self, workbook: Import, kind: KindOfImport):
        self.workbook, self.wanted, self.by_name = workbook, kind.columns(), kind.sheets()
        self.columns: list[str] = []
        self.headings: dict[str, str] = {}  # key of the plan: the heading that stands for it
        self.notes: list[tuple[str, dict[str, Any]]] = []
        self.sheets: list[str] = []  # those that were read
        self._skipped: list[str] = []
        self._sheet = ""  # the one that is being read
        self._hidden: list[int] = []
        self._has_rows = False

    def rows(self) -> Iterator[StagedRow]:
        table: Table | None = None
        for sheet_part in read_rows(file_bytes(self.workbook), self.workbook.filename):
            if isinstance(sheet_part, Head):
                table = self._begin(sheet_part)
            elif table is not None:
                lines = self._take(table, sheet_part) if isinstance(sheet_part, Row) else table.end()
                for line in lines:
                    yield self._staged(table, line)
                if isinstance(sheet_part, Tail):
                    self._end(table, sheet_part)
        if not self.sheets and self.by_name:
            raise SheetError("no_sheets", titles="、".join(self.by_name))
        if not self.sheets:
            raise SheetError("no_table", columns=_wanted(self.wanted))
        self.notes.extend(("other_sheet", {"sheet": sheet[:30]}) for sheet in self._skipped)

    def _begin(self, head: Head) -> Table | None:
        """The table to look for in a sheet; none where it is hidden or nobody asks for it."""
        self._sheet, self._hidden, self._has_rows = head.name.strip(), [], False
        columns = self.by_name.get(self._sheet) if self.by_name else self.wanted
        if head.is_hidden:
            self.notes.append(("hidden_sheet", {"sheet": self._sheet[:30]}))
        elif columns is not None:
            return Table(columns)
        elif self._sheet != EXPLAINED:
            self._skipped.append(self._sheet)
        return None

    def _take(self, table: Table, row: Row) -> Iterator[Line]:
        self._has_rows = True
        if row.is_hidden:
            self._hidden.append(row.number)
        return table.take(row)

    def _end(self, table: Table, tail: Tail) -> None:
        if table.is_found:
            self._take_notes(table, self._sheet, self._hidden, tail.hidden_columns)
        elif not self.by_name:
            self._skipped.append(self._sheet)
        elif self._has_rows:
            raise SheetError("no_headings", sheet=self._sheet, columns=_wanted(table.columns))

    def _staged(self, table: Table, line: Line) -> StagedRow:
        if table.twice:
            raise SheetError("heading_twice", text=table.twice[0][:30])
        number = len(self.sheets) * SHEET + line.number
        raw = {heading: text for heading, text in line.raw.items() if heading not in GIVEN_BACK}
        return StagedRow(number, self._sheet, line.values, raw, line.faults)

    def _take_notes(self, table: Table, sheet: str, hidden: list[int], columns: list[int]) -> None:
        self.sheets.append(sheet)
        for heading in table.headings:
            if heading and heading not in self.columns and heading not in GIVEN_BACK:
                self.columns.append(heading)
        for place, column in table.found.items():
            self.headings.setdefault(column.key, table.headings[place])
        if hidden:
            self.notes.append(("hidden_rows", {"sheet": sheet[:30], "rows": _listed(hidden), "count": len(hidden)}))
        named = [table.headings[place] for place in columns if place < len(table.headings) and table.headings[place]]
        if named:
            self.notes.append(("hidden_columns", {"sheet": sheet[:30], "columns": "、".join(named[:10])}))
        unknown = [heading for heading in table.unknown.values() if heading not in GIVEN_BACK]
        if unknown:
            self.notes.append(("unknown_columns", {"columns": "、".join(unknown[:20]), "count": len(unknown)}))
        for number, begins in table.left_out[:20]:
            self.notes.append(("left_out", {"row": number, "text": masked_in(begins)[:12]}))


def _wanted(columns: Sequence[Column]) -> str:
    return "、".join(column.headings[0] for column in columns if column.is_wanted)


def _listed(numbers: list[int]) -> str:
    return "、".join(str(number) for number in numbers[:10]) + ("…" if len(numbers) > 10 else "")


# Checking


def _check(workbook: Import) -> None:
    """Compare the rows with the register, unit by unit; after a death, from the last whole piece on."""
    kind = kind_of(workbook.kind)
    meanings = Meanings(workbook)
    whole = kind.look_through(workbook, _rows(workbook, meanings))
    done = ImportPiece.objects.filter(of=workbook, stage=Stage.UNITS).count()
    Import.within.filter(pk=workbook.pk).update(total=whole.units, done=done * UNITS_A_PIECE)
    checker = kind.checker(workbook, whole)
    for ordinal, units in enumerate(_batches(_units(_rows(workbook, meanings), kind, whole.last))):
        if ordinal < done:
            continue
        _store_checked(workbook, ordinal, checker(units))
    _conclude(workbook)


def _rows(workbook: Import, meanings: Meanings) -> Iterator[StagedRow]:
    """The rows that were staged, as the desk means them."""
    return (meanings.read(row) for piece in pieces(workbook, Stage.ROWS) for row in rows_in(piece))


def _units(staged: Iterator[StagedRow], kind: KindOfImport, last: dict[str, int]) -> Iterator[list[StagedRow]]:
    """The rows of each unit together, wherever they stand; `last`: how many rows each unit has."""
    open_units: dict[str, list[StagedRow]] = {}
    for row in staged:
        key = kind.unit_of(row)
        rows = open_units.setdefault(key, [])
        rows.append(row)
        if len(rows) == last[key]:
            yield open_units.pop(key)


def _batches(units: Iterator[list[StagedRow]]) -> Iterator[list[list[StagedRow]]]:
    batch: list[list[StagedRow]] = []
    for unit in units:
        batch.append(unit)
        if len(batch) == UNITS_A_PIECE:
            yield batch
            batch = []
    if batch:
        yield batch


def _store_checked(workbook: Import, ordinal: int, results: list[Result]) -> None:
    piece = units_piece(workbook, ordinal, results)
    count = {name: sum(1 for result in results if result.verdict == name) for name in ("new", "changed", "same")}
    began = time.perf_counter()
    with transaction.atomic():
        piece.save(force_insert=True)
        Import.within.filter(pk=workbook.pk).update(
            done=F("done") + len(results),
            bad=F("bad") + piece.bad,
            held_until=timezone.now() + LEASE,
            **{name: F(name) + number for name, number in count.items()},
        )
    _stored(began)


def _conclude(workbook: Import) -> None:
    workbook.refresh_from_db()
    state = State.FAULTY if workbook.bad else State.READY
    if not workbook.staged:
        _refuse(workbook, "empty", {})
        return
    Import.within.filter(pk=workbook.pk, state=State.CHECKING).update(state=state)
    # What the logic checks say refuses nothing: whoever waits for the result need not wait for it.
    notes = [note for note in workbook.notes if note[0] not in OF_THE_CHECK]
    notes += explained(workbook) + kind_of(workbook.kind).notes(workbook)
    Import.within.filter(pk=workbook.pk).update(notes=notes)


# Writing


def _write(workbook: Import) -> None:
    """Write what is new, unseen; then switch all of it on in one short transaction."""
    kind = kind_of(workbook.kind)
    for piece in pieces(workbook, Stage.UNITS):
        if piece.is_written:
            continue
        results = results_in(piece)
        try:
            prepared = kind.prepare(workbook, results)
            began = time.perf_counter()
            with transaction.atomic():
                if not ImportPiece.objects.filter(pk=piece.pk, is_written=False).update(is_written=True):
                    continue
                kind.write(prepared)
                Import.within.filter(pk=workbook.pk).update(
                    done=F("done") + len(results), held_until=timezone.now() + LEASE
                )
        except Stale as stale:
            import_check_anew(workbook, stale)
            return
        _stored(began)
    Import.within.filter(pk=workbook.pk).update(held_until=timezone.now() + LEASE * 4)  # it is prepared in one go
    import_switch_on(workbook)


def _follow(workbook: Import) -> None:
    """What may come after a workbook is published, piece by piece."""
    kind, before = kind_of(workbook.kind), workbook.done
    for piece in pieces(workbook, Stage.UNITS):
        before -= piece.count
        if before >= 0:
            continue
        began = time.perf_counter()
        kind.follow(workbook, results_in(piece))
        Import.within.filter(pk=workbook.pk).update(done=F("done") + piece.count, held_until=timezone.now() + LEASE)
        _stored(began)
    Import.within.filter(pk=workbook.pk).update(done=F("total"))


def _sweep(workbook: Import) -> None:
    """Take away what an undone import wrote; nobody sees it any more."""
    import_hidden_sweep(workbook)
    Import.within.filter(pk=workbook.pk, state=State.UNDOING).update(state=State.UNDONE)


__all__ = ["import_carry_on", "imports_wait", "imports_work"]
