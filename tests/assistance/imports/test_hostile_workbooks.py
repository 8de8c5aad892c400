"""Workbooks that somebody has made to do harm, or that a machine has spoilt: each ends with a plain sentence, nothing
is kept, and no process that reads workbooks dies of one."""

import io
import struct
import zipfile

import pytest

from tests.assistance.helping import Helping
from tests.assistance.importing import again, card, counted, families, faults, send, workbook
from tests.formats.books import MAIN, REL, book_of, zipped
from yishi.assistance.imports.models import Import, ImportFile, ImportPiece
from yishi.assistance.imports.reads import import_faults, rejected_workbook
from yishi.assistance.imports.services import steps as import_steps
from yishi.assistance.imports.services.imports import import_send
from yishi.assistance.imports.services.steps import imports_work
from yishi.assistance.imports.workbooks.kinds import kind_of, kinds
from yishi.formats.sheet_limits import LIMITS
from yishi.kit.errors import Refusal

from .test_import_matrix import (
    CELLS,
    HEADINGS,
    as_csv,
    changed,
    made,
)

State = Import.State
once = pytest.mark.once
# What stands in a cell; the sheet stores it as a number or as a text.
NUMBERS = ("1e999", "-1e999", "1E+30", "nan", "9" * 400, "1_0", "-5", "50000000000", "99999999999999")
TEXTS = (
    *("1e999", "1E+30", "9" * 5000, "0." + "9" * 5000, "1" * 400, "1.0000000000000000000001", "²", "①", "٣", "－５"),
    *("_x0000_", "a_x0000_b", "_xD800_", "\ufeff王甲", "\u202e王甲", "\u200b", "😀", "%(text)s", "=1+1", "1/0"),
    *("0001-01-01", "9999-12-31", "2026-02-30"),
)


def cell(value, is_number=False):
    if is_number:
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t xml:space="preserve">{value}</t></is></c>'


def mean_book(kind):
    """A row for each mean value, which stands in every column; and one in which it stands in those of words alone."""
    columns = kind_of(kind).columns()
    lines = [[cell(column.headings[0]) for column in columns] + [cell("别的")]]
    for number, (value, is_number) in enumerate([*((one, True) for one in NUMBERS), *((one, False) for one in TEXTS)]):
        keys = {column.key for column in columns if column.key == "number"}
        for kept in (keys, {column.key for column in columns if column.kind != "text" or column.is_wanted}):
            line = [cell(f"H{number}" if one.key in kept else value, is_number and one.key not in kept)
                    for one in columns]  # fmt: skip
            lines.append([*line, cell(value, is_number)])
    return book_of(sheet="<sheetData>" + "".join(f"<row>{''.join(line)}</row>" for line in lines) + "</sheetData>")


@pytest.mark.long
@pytest.mark.parametrize("kind", ["households", "deeds", "pairings", "projects", "facts"])
def test_no_value_of_a_cell_ends_the_process_that_reads_it(cast, kind):
    assert kind in kinds()
    Helping(cast)
    before = counted()
    one = send(cast, mean_book(kind), kind=kind)
    assert (one.state, one.new, one.same) == (State.FAULTY, 0, 0), one.refused
    said = " ".join(fault.reason for fault in import_faults(one))
    assert "“" in said and "\x00" not in said and "\ud800" not in said
    assert rejected_workbook(one) and counted() == before


@once
def test_marks_without_width_are_no_part_of_a_name_or_number(cast):
    rows = changed((0, "姓名", "\ufeff王甲\u202e"), (0, "户编号", "\ufeffH1"), (0, "证件号码", "\u200b" + card(1)))
    one = send(cast, as_csv(rows, "utf-8-sig"), filename="a.csv")
    assert (one.state, one.new) == (State.READY, 1), faults(one)


def test_what_nobody_foresaw_ends_one_workbook_and_no_other(cast, monkeypatch):
    """Else the process dies of it, the next one too, and what the desk sends afterwards waits for ever."""
    given = {"actor": cast.viewer("clerk"), "body": cast.bodies["office"], "kind": "households", "year": 2020}
    keys = [
        import_send(data=workbook(families(1, start=number)), filename=f"{number}.xlsx", **given).result["import"]
        for number in range(2)
    ]
    real = import_steps.read_rows

    def broken(data, filename):
        if filename == "0.xlsx":
            raise ZeroDivisionError
        return real(data, filename)

    monkeypatch.setattr(import_steps, "read_rows", broken)
    imports_work()
    first, second = (again(key) for key in keys)
    assert (first.state, first.refused["code"], first.held_until) == (State.REFUSED, "broken", None)
    assert second.state == State.READY
    assert not ImportFile.objects.exists() and not ImportPiece.objects.filter(of=first).exists()


@once
def test_of_a_refused_workbook_nothing_is_kept(cast, monkeypatch):
    monkeypatch.setattr(import_steps, "ROWS_A_PIECE", 2)
    one = send(cast, as_csv(CELLS * 10, "utf-8") + b'\r\n"x', filename="a.csv")
    assert one.state == State.REFUSED and one.staged == 30
    assert not ImportPiece.objects.exists() and not ImportFile.objects.exists()


def lying(data, part, size):
    """The zip with another unpacked size written beside `part`, in both places where it stands."""
    data = bytearray(data)
    for mark, at, name_at in ((b"PK\x01\x02", 24, 46), (b"PK\x03\x04", 22, 30)):
        place = data.find(mark)
        while place >= 0:
            if data[place + name_at : place + name_at + len(part)] == part.encode():
                data[place + at : place + at + 4] = struct.pack("<I", size)
            place = data.find(mark, place + 4)
    return bytes(data)


def with_part(data, name, content="x"):
    """The workbook with one more part."""
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def linked():
    """A formula into another workbook, with its stored value, and that workbook's part beside."""
    book = made(CELLS, work=lambda book, sheet: sheet.write_formula(1, 9, "='[收入.xlsx]表'!A1", None, 1200.5))
    return with_part(book, "xl/externalLinks/externalLink1.xml", "<externalLink/>")


def styles(count):
    xfs = '<xf numFmtId="14"/>' * count
    return f'<styleSheet xmlns="{MAIN}"><cellXfs>{xfs}</cellXfs></styleSheet>'


def parts_with(name="", content=""):
    """The parts of a small workbook, one of them replaced or added."""
    rows = "".join(f"<row>{''.join(cell(one) for one in line)}</row>" for line in [HEADINGS, *CELLS])
    with zipfile.ZipFile(io.BytesIO(book_of(sheet=f"<sheetData>{rows}</sheetData>"))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return parts | ({name: content} if name else {})


def elsewhere():
    """The sheet lies outside the file."""
    relation = f'<Relationship Id="rId1" Type="{REL}/worksheet" Target="../../../etc/passwd"/>'
    return zipped(parts_with("xl/_rels/workbook.xml.rels", f"<Relationships>{relation}</Relationships>"))


def merged(count):
    ranges = "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(2, count))
    rows = f"<row>{''.join(cell(one) for one in HEADINGS)}</row>"
    return book_of(sheet=f"<sheetData>{rows}</sheetData><mergeCells>{ranges}</mergeCells>")


def of_rows(*rows):
    return book_of(sheet="<sheetData>" + "".join(rows) + "</sheetData>")


def ods():
    return zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<office/>"})


HEAD = f"<row>{''.join(cell(one) for one in HEADINGS)}</row>"
EXTERNAL = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'

# As it comes: refused before anything is stored.
AT_ONCE = {
    "a workbook with macros": (lambda: with_part(made(CELLS), "xl/vbaProject.bin"), "macro"),
    "a workbook with macros in capitals": (lambda: with_part(made(CELLS), "xl/VBAPROJECT.BIN"), "macro"),
    "an .ods with another name": (ods, "other_workbook"),
    "an .xlsb with another name": (lambda: zipped({"xl/workbook.bin": "x"}), "other_workbook"),
    "an .xls with another name": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_excel"),
    "a workbook in a zip": (lambda: zipped({"农户.xlsx": made(CELLS)}), "not_a_workbook"),
    "a page of the web": (lambda: b"<html><table><tr><td>1</td></tr></table></html>", "other_workbook"),
    "five hundred parts": (lambda: zipped({**parts_with(), **{f"x{n}": "" for n in range(500)}}), "bomb"),
    "half a file": (lambda: made(CELLS)[:-60], "broken"),
}
# Refused when it is read.
REFUSED = {
    "a file of the server as an entity": (lambda: book_of(sheet="<sheetData/>", doctype=EXTERNAL), "bomb"),
    "a billion laughs": (lambda: book_of(sheet="<sheetData/>", doctype=LAUGHS), "bomb"),
    "entities among the texts": (lambda: zipped(parts_with("xl/sharedStrings.xml", LAUGHS + "<sst/>")), "bomb"),
    "entities in the list of sheets": (lambda: zipped(parts_with("xl/workbook.xml", LAUGHS + "<x/>")), "bomb"),
    "sizes that lie: less": (lambda: lying(made(CELLS), "xl/worksheets/sheet1.xml", 10), "broken"),
    "a part that is not there": (elsewhere, "broken"),
    "three hundred thousand merged cells": (lambda: merged(300_000), "bomb"),
    "a cell left of the first": (lambda: of_rows(HEAD, '<row><c r="1" t="str"><v>x</v></c></row>'), "broken"),
    "a cell right of the last": (lambda: of_rows(HEAD, '<row><c r="ZZZZZ1" t="str"><v>x</v></c></row>'), "broken"),
    "a row below the last": (lambda: of_rows(HEAD, '<row r="99999999"><c t="str"><v>x</v></c></row>'), "broken"),
    "a style that is no number": (lambda: of_rows(HEAD, '<row><c s="x"><v>1</v></c></row>'), "broken"),
    "a day beyond all calendars": (
        lambda: of_rows(HEAD, '<row><c s="1"><v>1e999</v></c></row>'), "broken"),
    "a text beyond the table": (lambda: of_rows(HEAD, '<row><c t="s"><v>7</v></c></row>'), "broken"),
    "too many columns in a .csv": (lambda: as_csv(CELLS, "utf-8") + b"\r\n" + b"x," * 100_000, "too_many_columns"),
    "a megabyte in one cell of a .csv": (lambda: as_csv(CELLS, "utf-8") + b"\r\n" + b"x" * 1_000_000, "broken"),
    "a quotation mark that never closes": (lambda: as_csv(CELLS, "utf-8") + b'\r\n"x,\r\ny', "broken"),
    "zeros in a .csv": (lambda: as_csv(CELLS, "utf-8") + b"\r\nx\0y", "not_a_workbook"),
    "bytes of no alphabet": (lambda: as_csv(CELLS, "utf-8") + b"\r\n\xff\xff\xff", "encoding"),
}  # fmt: skip
# Harmless as they are read here: what is dangerous in them is never looked at.
TAKEN = {
    "links into other workbooks": linked,
    "names that lead out of the folder": lambda: with_part(with_part(made(CELLS), "../../tmp/x"), "/etc/cron.d/x"),
    "three hundred thousand styles": lambda: zipped(parts_with("xl/styles.xml", styles(300_000))),
    "line ends of three kinds": lambda: as_csv(CELLS, "utf-8").replace(b"\r\n", b"\r", 1).replace(b"\r\n", b"\n", 1),
    "a mark within the text": lambda: as_csv(CELLS, "utf-8-sig").replace(b"\r\n", b"\r\n\xef\xbb\xbf"),
}


def csv_or_book(data):
    return "a.xlsx" if data[:2] == b"PK" else "a.csv"


@once
@pytest.mark.long
@pytest.mark.parametrize("name", AT_ONCE)
def test_it_is_refused_at_once(cast, name):
    make, code = AT_ONCE[name]
    with pytest.raises(Refusal) as refused:
        send(cast, make(), filename="农户.xlsx")
    assert refused.value.code == f"workbook.{code}" and not Import.within.exists()


@once
@pytest.mark.long
@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_when_it_is_read(cast, name):
    make, code = REFUSED[name]
    data, before = make(), counted()
    one = send(cast, data, filename=csv_or_book(data))
    assert (one.state, one.refused.get("code")) == (State.REFUSED, code)
    assert counted() == before and not ImportPiece.objects.exists() and not ImportFile.objects.exists()


@once
@pytest.mark.long
@pytest.mark.parametrize("name", TAKEN)
def test_it_is_read_like_any_other(cast, name):
    data = TAKEN[name]()
    one = send(cast, data, filename=csv_or_book(data))
    assert (one.state, one.new, one.bad) == (State.READY, 1, 0), (faults(one), one.refused)


@once
def test_a_size_that_claims_too_much_is_not_unpacked(cast):
    data = lying(made(CELLS), "xl/worksheets/sheet1.xml", LIMITS.unpacked + 1)
    with pytest.raises(Refusal) as refused:
        send(cast, data)
    assert refused.value.code == "workbook.bomb"
