"""The work on workbooks that were sent: read, check, write, sweep; piece by piece, so that a process that dies is
followed by the next one where it stopped.

Every piece is one short transaction, with a pause after it: on SQLite one writer at a time writes, and a phone's deed
must not wait for a workbook.
"""

import logging
import time
from collections.abc import Iterator
from datetime import timedelta

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from yishi.assistance.imports.models import Import, ImportFile, ImportPiece
from yishi.assistance.imports.workbooks.kinds import KindOfImport, Stale, kind_of
from yishi.assistance.imports.workbooks.results import Result
from yishi.assistance.imports.workbooks.rows import SHEET, StagedRow
from yishi.database.reach import everything
from yishi.formats.sheet_limits import SheetError
from yishi.formats.sheet_rows import Head, Row, Tail, read_rows
from yishi.formats.tables import Line, Table
from yishi.kit.errors import Refusal

from .checks import NOTE, import_checks
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
    """What waits for work and is held by no living process."""
    free = Q(held_until__isnull=True) | Q(held_until__lt=timezone.now())
    follows = Q(state=State.PUBLISHED, kind=Import.Kind.DEEDS, done__lt=F("total"))
    return Import.within.filter(free, Q(state__in=WAITING) | follows)


def imports_work() -> int:
    """Take up every import that waits for work and that no living process holds; gives how many."""
    done = 0
    with everything():
        while (one := _next()) is not None:
            import_carry_on(one)
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


def import_carry_on(one: Import) -> None:
    """Work on one import until it waits for a person. It is the caller's (see `_next`)."""
    steps = {
        State.SENT: _read,
        State.READING: _read,
        State.CHECKING: _check,
        State.WRITING: _write,
        State.UNDOING: _sweep,
    }
    try:
        while one.state in steps:
            steps[State(one.state)](one)
            one.refresh_from_db()
        if one.state == State.PUBLISHED and one.done < one.total:
            _follow(one)
    except SheetError as error:
        _refuse(one, error.code, error.params)
    except Refusal as refusal:
        if one.state == State.PUBLISHED:
            raise
        log.warning("import %s: %s", one.pk, refusal.code)
        _refuse(one, "refusal", {"text": str(refusal.message)})
    except (OperationalError, InterfaceError):
        raise  # the database is away or busy: the next process goes on where this one stopped
    except Exception:
        if one.state not in UNREAD:
            raise
        # What nobody foresaw would end every process that takes this workbook up, and its desk would wait for ever.
        log.exception("import %s cannot be read", one.pk)
        _refuse(one, "broken", {})
    Import.within.filter(pk=one.pk).update(held_until=None)


def _refuse(one: Import, code: str, params: dict[str, str | int]) -> None:
    """End it: of a refused workbook nothing is kept but the reason."""
    if one.state == State.WRITING:
        import_hidden_sweep(one)
    with transaction.atomic():
        ImportFile.objects.filter(of=one).delete()
        ImportPiece.objects.filter(of=one).delete()
        Import.within.filter(pk=one.pk).update(state=State.REFUSED, refused={"code": code, "params": params})


def _stored(began: float) -> None:
    """After a piece: let others write."""
    time.sleep(min(0.2, (time.perf_counter() - began) * PAUSE))


# Reading


def _read(one: Import) -> None:
    """Stage the workbook's rows in pieces; after a death, from the last whole piece on."""
    kind = kind_of(one.kind)
    has_already = one.staged
    reading = Reading(one, kind)
    Import.within.filter(pk=one.pk, state=State.SENT).update(state=State.READING)
    batch: list[StagedRow] = []
    ordinal = ImportPiece.objects.filter(of=one, stage=Stage.ROWS).count()
    count = 0
    for row in reading.rows():
        count += 1
        if count <= has_already:
            continue
        batch.append(row)
        if len(batch) == ROWS_A_PIECE:
            _stage(one, ordinal, batch)
            ordinal, batch = ordinal + 1, []
    if batch:
        _stage(one, ordinal, batch)
    with transaction.atomic():
        ImportFile.objects.filter(of=one).delete()
        Import.within.filter(pk=one.pk).update(
            state=State.CHECKING,
            columns=reading.columns,
            notes=reading.notes,
            options={**one.options, "headings": reading.headings},
        )


def _stage(one: Import, ordinal: int, batch: list[StagedRow]) -> None:
    piece = rows_piece(one, ordinal, batch)
    began = time.perf_counter()
    with transaction.atomic():
        piece.save(force_insert=True)
        Import.within.filter(pk=one.pk).update(staged=F("staged") + len(batch), held_until=timezone.now() + LEASE)
    _stored(began)


class Reading:
    """The tables of a workbook as one run of rows; what a clerk should know of the file stands in `notes`."""

    def __init__(self, one: Import, kind: KindOfImport):
        self.one, self.wanted = one, kind.columns()
        self.columns: list[str] = []
        self.headings: dict[str, str] = {}  # key of the plan: the heading that stands for it
        self.notes: list[list[object]] = []
        self._sheets = 0

    def rows(self) -> Iterator[StagedRow]:
        table: Table | None = None
        name = ""
        hidden: list[int] = []
        skipped: list[str] = []
        for what in read_rows(file_bytes(self.one), self.one.filename):
            if isinstance(what, Head):
                name, hidden = what.name, []
                if what.is_hidden:
                    self.notes.append(["hidden_sheet", {"sheet": name[:30]}])
                table = None if what.is_hidden else Table(self.wanted)
            elif isinstance(what, Row) and table is not None:
                if what.is_hidden:
                    hidden.append(what.number)
                for line in table.take(what):
                    yield self._staged(table, name, line)
            elif isinstance(what, Tail) and table is not None:
                for line in table.end():
                    yield self._staged(table, name, line)
                if table.is_found:
                    self._take_notes(table, name, hidden, what.hidden_columns)
                else:
                    skipped.append(name)
                table = None
        if not self._sheets:
            wanted = "、".join(column.headings[0] for column in self.wanted if column.is_wanted)
            raise SheetError("no_table", columns=wanted)
        self.notes.extend(["other_sheet", {"sheet": sheet[:30]}] for sheet in skipped)

    def _staged(self, table: Table, sheet: str, line: Line) -> StagedRow:
        if table.twice:
            raise SheetError("heading_twice", text=table.twice[0][:30])
        number = self._sheets * SHEET + line.number
        return StagedRow(number, sheet, line.values, line.raw, line.faults)

    def _take_notes(self, table: Table, sheet: str, hidden: list[int], columns: list[int]) -> None:
        self._sheets += 1
        for heading in table.headings:
            if heading and heading not in self.columns:
                self.columns.append(heading)
        for place, column in table.found.items():
            self.headings.setdefault(column.key, table.headings[place])
        if hidden:
            self.notes.append(["hidden_rows", {"sheet": sheet[:30], "rows": _listed(hidden), "count": len(hidden)}])
        named = [table.headings[place] for place in columns if place < len(table.headings) and table.headings[place]]
        if named:
            self.notes.append(["hidden_columns", {"sheet": sheet[:30], "columns": "、".join(named[:10])}])
        unknown = list(table.unknown.values())
        if unknown:
            self.notes.append(["unknown_columns", {"columns": "、".join(unknown[:20]), "count": len(unknown)}])
        for number, begins in table.left_out[:20]:
            self.notes.append(["left_out", {"row": number, "text": begins}])


def _listed(numbers: list[int]) -> str:
    return "、".join(str(number) for number in numbers[:10]) + ("…" if len(numbers) > 10 else "")


# Checking


def _check(one: Import) -> None:
    """Compare the rows with the register, unit by unit; after a death, from the last whole piece on."""
    kind = kind_of(one.kind)
    whole = kind.look_through(one, (row for piece in pieces(one, Stage.ROWS) for row in rows_in(piece)))
    done = ImportPiece.objects.filter(of=one, stage=Stage.UNITS).count()
    Import.within.filter(pk=one.pk).update(total=whole.units, done=done * UNITS_A_PIECE)
    checker = kind.checker(one, whole)
    for ordinal, units in enumerate(_batches(_units(one, kind, whole.last))):
        if ordinal < done:
            continue
        _store_checked(one, ordinal, checker(units))
    _conclude(one)


def _units(one: Import, kind: KindOfImport, last: dict[str, int]) -> Iterator[list[StagedRow]]:
    """The rows of each unit together, wherever they stand; `last`: how many rows each unit has."""
    open_units: dict[str, list[StagedRow]] = {}
    for piece in pieces(one, Stage.ROWS):
        for row in rows_in(piece):
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


def _store_checked(one: Import, ordinal: int, results: list[Result]) -> None:
    piece = units_piece(one, ordinal, results)
    count = {name: sum(1 for result in results if result.verdict == name) for name in ("new", "changed", "same")}
    began = time.perf_counter()
    with transaction.atomic():
        piece.save(force_insert=True)
        Import.within.filter(pk=one.pk).update(
            done=F("done") + len(results),
            bad=F("bad") + piece.bad,
            held_until=timezone.now() + LEASE,
            **{name: F(name) + number for name, number in count.items()},
        )
    _stored(began)


def _conclude(one: Import) -> None:
    one.refresh_from_db()
    state = State.FAULTY if one.bad else State.READY
    if not one.staged:
        _refuse(one, "empty", {})
        return
    Import.within.filter(pk=one.pk, state=State.CHECKING).update(state=state)
    # What the logic checks say refuses nothing: whoever waits for the result need not wait for it.
    notes = [note for note in one.notes if note[0] != NOTE] + import_checks(one)
    Import.within.filter(pk=one.pk).update(notes=notes)


# Writing


def _write(one: Import) -> None:
    """Write what is new, unseen; then switch all of it on in one short transaction."""
    kind = kind_of(one.kind)
    for piece in pieces(one, Stage.UNITS):
        if piece.is_written:
            continue
        results = results_in(piece)
        try:
            prepared = kind.prepare(one, results)
            began = time.perf_counter()
            with transaction.atomic():
                if not ImportPiece.objects.filter(pk=piece.pk, is_written=False).update(is_written=True):
                    continue
                kind.write(prepared)
                Import.within.filter(pk=one.pk).update(done=F("done") + len(results), held_until=timezone.now() + LEASE)
        except Stale as stale:
            import_check_anew(one, stale)
            return
        _stored(began)
    Import.within.filter(pk=one.pk).update(held_until=timezone.now() + LEASE * 4)  # it is prepared in one go
    import_switch_on(one)


def _follow(one: Import) -> None:
    """What may come after a workbook is published, piece by piece."""
    kind, before = kind_of(one.kind), one.done
    for piece in pieces(one, Stage.UNITS):
        before -= piece.count
        if before >= 0:
            continue
        began = time.perf_counter()
        kind.follow(one, results_in(piece))
        Import.within.filter(pk=one.pk).update(done=F("done") + piece.count, held_until=timezone.now() + LEASE)
        _stored(began)
    Import.within.filter(pk=one.pk).update(done=F("total"))


def _sweep(one: Import) -> None:
    """Take away what an undone import wrote; nobody sees it any more."""
    import_hidden_sweep(one)
    Import.within.filter(pk=one.pk, state=State.UNDOING).update(state=State.UNDONE)


__all__ = ["import_carry_on", "imports_wait", "imports_work"]
