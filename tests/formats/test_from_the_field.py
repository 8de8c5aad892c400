"""Files and cells as the field sends them: read for what they show, or refused by a reason that leads on."""

import pytest

from tests.formats.books import MAIN, book_of, zipped
from yishi.formats.sheet_limits import SheetError
from yishi.formats.sheet_rows import Row, read_rows
from yishi.formats.sheets import Trouble
from yishi.formats.tables import normal

PADDED = (
    f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="170" formatCode="0000"/></numFmts>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs></styleSheet>'
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def rows(data, name="农户.xlsx"):
    return [what.cells for what in read_rows(data, name) if isinstance(what, Row)]


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "农户.xlsx", "encrypted"),
        (OLE + b"\0" * 600 + "Workbook".encode("utf-16-le"), "农户.xls", "old_excel"),
        (zipped({"mimetype": "application/vnd.oasis", "content.xml": "<x/>"}), "农户.ods", "other_workbook"),
        (zipped({"xl/workbook.bin": "x"}), "农户.xlsb", "other_workbook"),
        (b"\xef\xbb\xbf\r\n<HTML><table><tr><td>1</td></tr></table>", "农户.xls", "other_workbook"),
        (b'<?xml version="1.0"?><Workbook/>', "农户.xls", "other_workbook"),
    ],
    ids=["a password", "old Excel", "ods", "xlsb", "a web page", "Excel 2003 XML"],
)
def test_workbooks_7_a_file_that_is_no_xlsx_is_called_what_it_is(data, name, code):
    """A password is no old format, and what a spreadsheet can open and save anew is said so."""
    with pytest.raises(SheetError) as refused:
        rows(data, name)
    assert refused.value.code == code


@pytest.mark.parametrize("separator", [",", "\t", ";"])
@pytest.mark.parametrize("title", ["2020年农户信息采集表", "2020年, 牟定县, 共和镇, 农户, 采集表"])
def test_workbooks_7_a_csv_under_a_title_is_split_where_its_rows_are(separator, title):
    lines = [title, separator.join(["户编号", "姓名", "收入"]), separator.join(["H1", "王甲", '"1,200.50"'])]
    assert rows("\r\n".join(lines).encode(), "农户.csv")[1:] == [["户编号", "姓名", "收入"], ["H1", "王甲", "1,200.50"]]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2020/5/1 0:00", "2020-05-01"),
        ("2020-05-01 13:30:05", "2020-05-01"),
        ("2020-05-01T00:00:00.000Z", "2020-05-01"),
        ("2020年5月1日 8:30", "2020-05-01"),
        ("2020 年 5 月 1 日", "2020-05-01"),
        ("2020. 5. 1", "2020-05-01"),
        ("２０２０／５／１", "2020-05-01"),
    ],
)
def test_workbooks_7_a_day_with_its_time_is_the_day(text, day):
    assert normal(text, "day") == (day, "", {})


@pytest.mark.parametrize("text", ["2020-5-1 2", "2020-5-1 25:00", "2020 5 1", "2020-5-1 8:3", "2020-5", "2020-13-1"])
def test_workbooks_7_what_is_no_day_is_refused_as_it_was_written(text):
    """ "2020-5-1 2" was stored as 12 May: blanks were taken out before the day was read."""
    shown, code, params = normal(text, "day")
    assert (shown, code, params["text"]) == (text, "no_date", text)


@pytest.mark.parametrize(
    ("text", "code"), [("3 5", "no_number"), ("1 200", ""), ("1 200.5", ""), ("12 00", "no_number")]
)
def test_workbooks_7_two_numbers_in_a_cell_are_not_joined(text, code):
    """The sister of the days: blanks set thousands apart, and nothing else."""
    shown, refused, _params = normal(text, "number")
    assert refused == code and (code or shown == text.replace(" ", ""))


def styled(number, code, *, builtin=0):
    """A cell of a number in a format: `code`, or one of the spreadsheet's own by its number."""
    escaped = code.replace('"', "&quot;")
    styles = (
        f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="170" formatCode="{escaped}"/></numFmts>'
        f'<cellXfs><xf numFmtId="0"/><xf numFmtId="{builtin or 170}"/></cellXfs></styleSheet>'
    )
    data = book_of(f'<c r="A1" s="1"><v>{number}</v></c>', styles=styles)
    return rows(data)[0][0]


@pytest.mark.parametrize(
    ("number", "code", "shown"),
    [
        ("456", "00000000", "00000456"),
        ("456", "00000000;-00000000", "00000456"),
        ("13900000000", "000-0000-0000", "139-0000-0000"),
        ("456", '"H"0000', "H0456"),
        ("456", "0000\\号", "0456号"),
        ("123456789", "0000", "123456789"),
        ("456", "0", "456"),
        ("456", "#,##0", "456"),
        ("456.5", '#,##0.00"元"', "456.5"),
        ("456", "_ * #,##0_ ", "456"),
    ],
)
def test_workbooks_3_a_code_is_what_the_cell_shows(number, code, shown):
    """Stored is not what is shown: household, member, village and catalogue codes, phones, accounts, texts; what goes
    into a field that counts stays the number."""
    cell = styled(number, code)
    for kind in ("code", "text"):
        assert normal(cell, kind) == (shown, "", {})
    assert normal(cell, "number") == (number, "", {})


@pytest.mark.parametrize("kind", ["number", "whole", "code", "identity", "year"])
@pytest.mark.parametrize(("code", "builtin"), [("0.0%", 0), ("", 9), ("", 10)])
def test_workbooks_3_per_cent_is_refused_with_its_remedy(kind, code, builtin):
    _shown, refused, params = normal(styled("0.5", code, builtin=builtin), kind)
    assert (refused, params) == ("percent", {"text": "50%", "stored": "0.5"})


def test_workbooks_3_leading_zeros_do_not_hide_lost_digits():
    assert normal(styled("530102199001011234", "000000000000000000"), "identity")[1] == "digits_lost"
    assert rows(book_of('<c r="A1" s="1"><v>x</v></c>', styles=PADDED))[0] == [Trouble("cell_error", "x")]
