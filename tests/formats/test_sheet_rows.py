"""Large workbooks, row by row: values as they were written, marks where a cell cannot be read, little memory."""

import io
import json
import random
import sys
import zipfile
from datetime import date, datetime, time
from types import SimpleNamespace

import pytest

from tests.formats.books import book_of, zipped
from yishi.formats import sheet_child
from yishi.formats.sheet_limits import LIMITS, SheetError
from yishi.formats.sheet_rows import Head, Row, Tail, read_rows
from yishi.formats.sheets import Trouble, cell_text, write_sheet


def rows(data, name="农户.xlsx"):
    return [what for what in read_rows(data, name) if isinstance(what, Row)]


def test_it_works(in_a_child):
    day, moment = date(2020, 5, 1), datetime.fromisoformat("2020-05-01T08:30")
    data = write_sheet([["甲", 3, day, None, moment], [], ["乙"]], ["名", "数", "日", "空", "时"], "表")
    found = list(read_rows(data))
    assert found[0] == Head("表", False) and found[-1] == Tail([])
    assert [(one.number, one.cells) for one in found[1:-1]] == [
        (1, ["名", "数", "日", "空", "时"]),
        (2, ["甲", 3.0, day, None, moment]),
        (4, ["乙"]),
    ]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c r="A1"><v>1.5</v></c>', 1.5),
        ("<c><v>2</v></c>", 2.0),
        ('<c r="A1" t="b"><v>1</v></c>', True),
        ('<c r="A1" t="inlineStr"><is><t>甲</t></is></c>', "甲"),
        ('<c r="A1" t="inlineStr"><is><r><t>甲</t></r><r><t>乙</t></r><rPh><t>x</t></rPh></is></c>', "甲乙"),
        ('<c r="A1" t="str"><f>B1</f><v>甲</v></c>', "甲"),
        ('<c r="A1"><f>1+1</f><v>2</v></c>', 2.0),
        ('<c r="A1"><f>1+1</f></c>', Trouble("formula_empty")),
        ('<c r="A1"><f>1+1</f><v></v></c>', Trouble("formula_empty")),
        ('<c r="A1" t="e"><v>#REF!</v></c>', Trouble("cell_error", "#REF!")),
        ('<c r="A1" t="d"><v>2020-05-01</v></c>', date(2020, 5, 1)),
        ('<c r="A1"><v>nonsense</v></c>', Trouble("cell_error", "nonsense")),
        ('<c r="A1" t="inlineStr"><is><t>a_x0041_</t></is></c>', "aA"),
        ('<c r="A1" t="inlineStr"><is><t>\ue7c7</t></is></c>', Trouble("private_letters", "\ue7c7")),
    ],
)
def test_cells_of_every_kind(cell, value):
    assert rows(book_of(cell))[0].cells == [value]


@pytest.mark.parametrize(
    ("serial", "is_1904", "value"),
    [
        ("43952", False, date(2020, 5, 1)),
        ("42490", True, date(2020, 5, 1)),
        ("43952.5", False, datetime.fromisoformat("2020-05-01T12:00")),
        ("0.5", False, time(12)),
        ("59", False, date(1900, 2, 28)),
        ("61", False, date(1900, 3, 1)),
        ("60", False, Trouble("cell_error", "60")),
        ("99999999", False, Trouble("cell_error", "99999999")),
    ],
)
@pytest.mark.parametrize("style", [1, 2], ids=["built in", "custom"])
def test_days_in_both_calendars(serial, is_1904, value, style):
    data = book_of(f'<c r="A1" s="{style}"><v>{serial}</v></c>', is_1904=is_1904)
    assert rows(data)[0].cells == [value]


def test_merged_cells_fill_downwards_and_are_marked_across():
    sheet = (
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>7</v></c></row><row r="2"><c r="C2"><v>9</v></c></row>'
        '<row r="3"><c r="A3"><v>3</v></c></row>'
    )
    merges = '<mergeCells><mergeCell ref="A1:A2"/><mergeCell ref="B1:C1"/></mergeCells>'
    found = rows(book_of(sheet=f"<sheetData>{sheet}</sheetData>{merges}"))
    assert [one.cells for one in found] == [[1.0, 7.0, Trouble("merged_across", "7")], [1.0, None, 9.0], [3.0]]


def test_hidden_rows_and_columns_are_read_and_named_and_hidden_sheets_only_named():
    sheet = (
        '<cols><col min="2" max="2" hidden="1"/></cols><sheetData><row r="1" hidden="1"><c r="A1"><v>1</v></c></row>'
    )
    found = list(read_rows(book_of(sheet=sheet + "</sheetData>", second="hidden")))
    assert found == [Head("表", False), Row(1, True, [1.0]), Tail([1]), Head("二", True), Tail([])]


def test_a_number_of_eighteen_digits_is_never_read_as_text():
    cell = rows(book_of('<c r="A1"><v>530102199001011234</v></c>'))[0].cells[0]
    with pytest.raises(SheetError) as refused:
        cell_text(cell)
    assert refused.value.code == "digits_lost"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_csv_in_the_encodings_of_chinese_offices(encoding, separator):
    text = f"姓名{separator}手机\r\n\r\n张三{separator}139\r\n".encode(encoding)
    assert [(one.number, one.cells) for one in rows(text, "a.csv")] == [(1, ["姓名", "手机"]), (3, ["张三", "139"])]


def test_empty_formatted_rows_down_to_the_last_do_no_harm():
    sheet = '<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="1"/></row>'
    assert len(rows(book_of(sheet=sheet + "</sheetData>"))) == 1


def bomb(megabytes):
    """A workbook of some hundred kilobytes that unpacks to `megabytes`."""
    row = '<row><c t="inlineStr"><is><t>' + "a" * 1000 + "</t></is></c></row>"
    return book_of(sheet="<sheetData>" + row * (megabytes * 1000) + "</sheetData>")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"x" * (LIMITS.bytes + 1), "too_big"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_excel"),
        (b"PK\x03\x04....", "broken"),
        (b"a,b\0c\n", "not_a_workbook"),
        (b'a,"b\n', "broken"),
        (b"\xff\xfe\x81", "encoding"),
        (("x," * 200 + "x\n").encode(), "too_many_columns"),
        (b"x\n" * (LIMITS.rows + 1), "too_many_rows"),
        (book_of('<c r="XFD1"><v>2</v></c>'), "too_many_columns"),
        (book_of('<c r="A1" t="s"><v>7</v></c>'), "broken"),
        (book_of(sheet="<sheetData><row><c>"), "broken"),
        (book_of(sheet="<sheetData/>", doctype='<!DOCTYPE x [<!ENTITY a "b">]>'), "bomb"),
        (zipped({"a.txt": "x"}), "not_a_workbook"),
    ],
    ids=range(14),
)
def test_what_is_no_sheet_is_refused_by_its_reason(data, code):
    with pytest.raises(SheetError) as refused:
        rows(data, "a.csv")
    assert refused.value.code == code


def test_a_bomb_of_300_kb_is_refused_unread(in_a_child):
    data = bomb(60)
    assert len(data) < 400_000
    with pytest.raises(SheetError) as refused:
        rows(data)
    assert refused.value.code == "bomb"


def test_a_bomb_within_the_bounds_is_stopped_while_it_unpacks(in_a_child):
    """One text of 65 million letters, packed just loosely enough to pass the first look."""
    dice = random.Random(1)
    shared = "<si><t>" + "".join(dice.choice("abcdefgh") * 200 for _ in range(325_000)) + "</t></si>"
    data = book_of('<c r="A1" t="s"><v>0</v></c>', shared=shared)
    with pytest.raises(SheetError) as refused:
        rows(data)
    assert refused.value.code == "bomb"


def test_a_damaged_zip_is_refused_not_read_half(in_a_child):
    data = bytearray(write_sheet([["甲"] * 20] * 500, ["名"] * 20, "表"))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        part = archive.getinfo("xl/worksheets/sheet1.xml")
    for place in range(part.header_offset + 60, part.header_offset + 160):
        data[place] ^= 0xFF
    with pytest.raises(SheetError) as refused:
        rows(bytes(data))
    assert refused.value.code == "broken"


def test_rows_are_counted_over_all_sheets(monkeypatch, capsys):
    """A hundred sheets may lead to one part: a small file, and rows without end."""
    sheet = "<sheetData>" + "<row><c><v>1</v></c></row>" * 6 + "</sheetData>"
    book = io.BytesIO(book_of(sheet=sheet))
    with zipfile.ZipFile(book) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    one = '<sheet name="表" sheetId="1" r:id="rId1"/>'
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(one, one * 100)
    monkeypatch.setattr(sheet_child, "LIMITS", LIMITS._replace(rows=20))
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(zipped(parts))))
    assert sheet_child.write_rows("xlsx") == 0
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert sum(isinstance(one, list) for one in said) == 20
    assert said[-1] == {"error": "too_many_rows", "params": {"most": 20}}
