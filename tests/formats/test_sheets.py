"""Sheets in and out: nothing hostile is parsed, nothing that was written runs."""

import io
import unicodedata
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.books import read_sheet
from yishi.formats.sheet_limits import LIMITS
from yishi.formats.sheets import (
    SheetError,
    SheetOut,
    cell_date,
    cell_text,
    write_sheet,
    write_workbook,
)

NASTY = ["=1+1", "+86", "-5", "@sum", "\tx", "\rx", "＝1", "＋1", "－1", "＠a", '=cmd|"/c calc"!A1', "a\n=b"]


def test_it_works(in_a_child):
    day = date(2026, 3, 1)
    data = write_sheet([["甲", 3, day, None, True]], ["名", "数", "日", "空", "否"], "表", notes=["说明"])
    (sheet,) = read_sheet(data)
    assert sheet.name == "表"
    assert sheet.rows[1][:3] == ["名", "数", "日"]
    assert sheet.rows[2] == ["甲", 3.0, day, "", "是"]


def raw(data, name="xl/worksheets/sheet1.xml"):
    return zipfile.ZipFile(io.BytesIO(data)).read(name).decode()


@pytest.mark.parametrize("text", NASTY)
def test_t18_no_cell_is_a_live_formula_and_text_stays_as_it_was(text):
    data = write_sheet([[text]], ["=名"], "表")
    assert "<f>" not in raw(data) and "<f " not in raw(data)
    assert read_sheet(data)[0].rows[1][0].replace("\r\n", "\n") in (text, text.replace("\r", "\n"))


def test_long_numbers_are_kept_as_text():
    assert read_sheet(write_sheet([[530102199001011234]], ["号"], "表"))[0].rows[1] == ["530102199001011234"]


def test_the_heading_is_frozen():
    assert 'state="frozen"' in raw(write_sheet([["甲"]], ["名"], "表"))


def test_sheets_of_odd_names_get_lawful_ones():
    data = write_workbook([SheetOut("a/b*c", ["x"], []), SheetOut("a b c", ["x"], []), SheetOut("", ["x"], [])])
    assert len({sheet.name for sheet in read_sheet(data)}) == 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_t19_csv_in_the_encodings_of_chinese_offices(encoding):
    assert read_sheet("姓名,手机\n张三,139\n".encode(encoding), "a.csv")[0].rows == [["姓名", "手机"], ["张三", "139"]]


def test_t19_rare_letters_survive_and_private_ones_are_marked_in_their_cell():
    assert read_sheet("䶮𬭊㛃,ꀀ\n".encode("gb18030"))[0].rows == [["䶮𬭊㛃", "ꀀ"]]
    for data in ("\ue7c7,a\n".encode(), write_sheet([["\ue81e"]], ["\ue7c7"], "表")):
        with pytest.raises(SheetError) as refused:
            cell_text(read_sheet(data)[0].rows[0][0])
        assert refused.value.code == "private_letters"


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
        (("x," * LIMITS.columns + "x\n").encode(), "too_many_columns"),
        (b"x\n" * (LIMITS.rows + 1), "too_many_rows"),
    ],
)
def test_t16_what_is_no_sheet_is_refused_by_its_reason(in_a_child, data, code):
    with pytest.raises(SheetError) as refused:
        read_sheet(data, "a.csv")
    assert refused.value.code == code


def workbook_with(sheet_xml, extra=()):
    """A workbook whose first sheet is replaced by `sheet_xml`."""
    source = zipfile.ZipFile(io.BytesIO(write_sheet([["甲"]], ["名"], "表")))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for item in source.infolist():
            is_sheet = item.filename == "xl/worksheets/sheet1.xml"
            archive.writestr(item.filename, sheet_xml if is_sheet else source.read(item.filename))
        for name, data in extra:
            archive.writestr(name, data)
    return out.getvalue()


HEAD = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def one_row(cells):
    return f"{HEAD}<row r='1'>{cells}</row></sheetData></worksheet>".replace("'", '"')


@pytest.mark.parametrize(
    ("sheet", "code"),
    [
        (one_row("<c r='XFD1048576'><v>2</v></c>"), "too_many_columns"),
        (one_row("<c r='XFD1'><v>2</v></c>"), "too_many_columns"),
        ('<!DOCTYPE x [<!ENTITY a "b">]>' + one_row("<c r='A1'><v>1</v></c>"), "bomb"),
        (HEAD + " " * (41 * 1024 * 1024), "bomb"),  # packed to a thousandth
        ("<worksheet><broken", "broken"),
    ],
    ids=["far cell", "far column", "entities", "inflated", "broken"],
)
def test_t17_bombs_and_traps_are_refused_before_they_cost_anything(in_a_child, sheet, code):
    data = workbook_with(sheet)
    with pytest.raises(SheetError) as refused:
        read_sheet(data)
    assert refused.value.code == code


def test_t17_macros_and_too_many_parts_are_refused():
    for extra, code in (
        ([("xl/vbaProject.bin", b"x")], "macro"),
        ([(f"xl/media/{n}", b"") for n in range(401)], "bomb"),
    ):
        with pytest.raises(SheetError) as refused:
            read_sheet(workbook_with(one_row(""), extra))
        assert refused.value.code == code


def test_a_number_whose_digits_excel_lost_is_refused():
    assert cell_text(13900000000.0) == "13900000000"
    assert cell_text(1.5) == "1.5" and cell_text(None) == "" and cell_text(" 甲 ") == "甲"
    with pytest.raises(SheetError) as refused:
        cell_text(5.30102199001011e17)
    assert refused.value.code == "digits_lost"


@pytest.mark.parametrize(
    "cell",
    [
        date(2026, 3, 1),
        datetime.fromisoformat("2026-03-01T08:00"),
        "2026-3-1",
        "2026.03.01",
        "2026/3/1",
        "2026年3月1日",
        "２０２６－３－１",
    ],
)
def test_days_as_offices_write_them(cell):
    assert cell_date(cell) == date(2026, 3, 1)


@pytest.mark.parametrize("cell", ["明年", "2026-13-01", "3月1日", 46082.0])
def test_what_is_no_day_is_refused(cell):
    with pytest.raises(SheetError):
        cell_date(cell)
    assert cell_date("") is None


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Co", "Cc"]), max_size=20), min_size=1, max_size=4))
def test_any_text_comes_back_as_it_was(texts):

    (sheet,) = read_sheet(write_sheet([["甲", *texts]], ["名"] * (len(texts) + 1), "表"))
    wanted = [unicodedata.normalize("NFC", text) for text in texts]
    assert sheet.rows[1][1:] == wanted
