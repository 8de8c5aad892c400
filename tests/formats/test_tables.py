"""Tables as the field draws them: found under titles, headings in one row or two, nothing guessed and nothing lost."""

from datetime import date, datetime, time

import pytest

from tests.formats.books import book_of
from yishi.formats.sheet_rows import Row, read_rows
from yishi.formats.sheets import Shown, Trouble, write_sheet
from yishi.formats.tables import LONGEST, Column, Table, normal, plain_number, shown

PLAN = (
    Column("household", ("户编号", "户号"), "code", is_wanted=True, names=True),
    Column("name", ("姓名", "户主姓名"), "name", is_wanted=True, names=True),
    Column("identity", ("身份证号", "户主身份证号"), "identity"),
    Column("income", ("人均收入",), "number"),
    Column("people", ("人数",), "whole"),
    Column("joined", ("纳入时间",), "day"),
    Column("year", ("年度",), "year"),
    Column("poor", ("是否脱贫",), "yes"),
    Column("phone", ("电话",), "code"),
)


def table_of(data, name="农户.xlsx"):
    """The table of a file's first sheet, and its lines."""
    table, lines = Table(PLAN), []
    for what in read_rows(data, name):
        if isinstance(what, Row):
            lines += table.take(what)
    return table, [*lines, *table.end()]


def csv(*rows):
    return "\n".join(",".join(row) for row in rows).encode()


def read(*rows):
    return table_of(csv(*rows), "农户.csv")


def test_it_works():
    headings = ["户编号", "姓名", "身份证号", "人均收入", "纳入时间", "备注"]
    rows = [
        ["H1", "王甲", "53232319700101123x", 1200.5, date(2020, 5, 1), "搬迁"],
        ["H2", "李 乙", None, 3000, None, None],
    ]
    table, (first, second) = table_of(write_sheet(rows, headings, "农户", notes=["牟尼村农户花名册"]))
    assert table.is_found and table.unknown == {5: "备注"} and table.twice == []
    assert first.values == {
        "household": "H1", "name": "王甲", "identity": "53232319700101123X", "income": "1200.5", "joined": "2020-05-01",
    }  # fmt: skip
    assert (first.number, first.raw, first.faults, first.is_hidden) == (3, {"备注": "搬迁"}, [], False)
    assert second.values == {"household": "H2", "name": "李乙", "income": "3000"} and second.raw == {}


TWO_ROWS = [
    ["牟定县2020年农户信息表", "", "", "", ""],
    ["户编号", "户主", "", "帮扶责任人", ""],
    ["", "姓名", "身份证号", "姓名", "电话"],
    ["H1", "王甲", "532323197001011234", "李干部", "13900000000"],
]


def test_headings_in_two_rows_and_a_helper_is_not_the_head():
    """The second 姓名 stands under 帮扶责任人: it is kept under that, and is nobody's name."""
    merged = '<mergeCells><mergeCell ref="A2:A3"/><mergeCell ref="B2:C2"/><mergeCell ref="D2:E2"/></mergeCells>'
    rows = "".join(
        f'<row r="{number}">'
        + "".join(
            f'<c r="{"ABCDE"[place]}{number}" t="inlineStr"><is><t>{text}</t></is></c>'
            for place, text in enumerate(row)
            if text
        )
        + "</row>"
        for number, row in enumerate(TWO_ROWS, 1)
    )
    table, (line,) = table_of(book_of(sheet=f"<sheetData>{rows}</sheetData>{merged}"))
    assert line.values == {"household": "H1", "name": "王甲", "identity": "532323197001011234"}
    assert line.raw == {"帮扶责任人姓名": "李干部", "帮扶责任人电话": "13900000000"}
    assert table.twice == [] and line.faults == []


def test_a_note_above_the_table_is_no_group_of_columns():
    table, (line,) = read(["填表人：张三", "", ""], ["户编号", "姓名", "电话"], ["H1", "王甲", "139"])
    assert line.values == {"household": "H1", "name": "王甲", "phone": "139"}


def test_a_title_over_all_columns_is_no_part_of_their_headings():
    title = "结对帮扶农户表"  # over one column it would be a group about somebody else
    table, (line,) = read([title] * 3, ["户编号", "姓名", "人数"], ["H1", "王甲", "3"])
    assert table.headings == ["户编号", "姓名", "人数"] and line.values["people"] == "3"


def test_headings_are_known_however_they_are_written():
    table, (line,) = read(["*户编号：", "姓 名", "人均收入（元）", "人数(人)"], ["H1", "王甲", "1", "2"])
    assert line.values == {"household": "H1", "name": "王甲", "income": "1", "people": "2"}


def test_two_headings_for_the_same_are_named_and_the_later_column_counts():
    table, (line,) = read(["户编号", "户号", "姓名"], ["H1", "H2", "王甲"])
    assert table.twice == ["户号"] and line.values["household"] == "H2"


def test_where_the_headings_are_missing_there_is_no_table():
    table, lines = read(["编号", "名称"], ["1", "王甲"])
    assert not table.is_found and lines == []


@pytest.mark.parametrize("above", [0, 10, 25])
def test_headings_stand_under_any_number_of_lines(above):
    table, lines = read(*[["说明"]] * above, ["户编号", "姓名"], *[[f"H{n}", "王甲"] for n in range(30)])
    assert table.is_found and len(lines) == 30
    assert (lines[0].number, lines[-1].number) == (above + 2, above + 31)


def test_what_stands_beside_the_table_is_kept_under_its_column():
    _table, (line,) = read(["户编号", "姓名"], ["H1", "王甲", "", "见附件"])
    assert line.raw == {"#4": "见附件"}


def test_a_text_of_a_whole_novel_is_cut_where_it_is_kept():
    _table, (line,) = read(["户编号", "姓名", "备注"], ["H1", "王" * 3000, "长" * 3000])
    assert (len(line.values["name"]), len(line.raw["备注"])) == (LONGEST, LONGEST)


def test_notes_totals_and_repeated_headings_are_left_out_and_named():
    head = ["户编号", "姓名", "人数", "电话"]
    table, lines = read(
        head,
        ["示例：H0", "张三", "3", ""],
        ["H1", "合计生", "3", ""],
        head,
        ["小计", "", "3", ""],
        ["合　计", "合计", "3", ""],
        ["填表人：李四", "", "", "139"],
        ["", "", "", ""],
        ["H2", "王甲", "4", ""],
    )
    assert [line.values["household"] for line in lines] == ["H1", "H2"], "somebody may be called 合计生"
    assert table.left_out == [(4, "户编号"), (5, "小计"), (6, "合 计"), (7, "填表人：李四")]


def test_a_note_that_names_a_household_is_data():
    """A family whose code begins like a note is kept: nothing is left out that names somebody."""
    table, (line,) = read(["姓名", "户编号"], ["说明王", "H1"])
    assert (line.values["name"], table.left_out) == ("说明王", [])


def test_hidden_rows_say_so_and_cells_in_trouble_keep_what_stood_there():
    sheet = (
        '<row r="1"><c t="inlineStr"><is><t>户编号</t></is></c><c t="inlineStr"><is><t>姓名</t></is></c>'
        '<c t="inlineStr"><is><t>人均收入</t></is></c></row>'
        '<row r="2" hidden="1"><c t="inlineStr"><is><t>H1</t></is></c><c t="inlineStr"><is><t>王甲</t></is></c>'
        '<c t="e"><v>#REF!</v></c></row>'
    )
    _table, (line,) = table_of(book_of(sheet=f"<sheetData>{sheet}</sheetData>"))
    assert line.is_hidden and line.values["income"] == "#REF!"
    assert line.faults == [("人均收入", "cell_error", {"text": "#REF!"})]


@pytest.mark.parametrize(
    ("kind", "cell", "said"),
    [
        ("name", 3.0, "not_text"),
        ("code", date(2020, 5, 1), "date_for_code"),
        ("code", True, "date_for_code"),
        ("code", "5.32323E+17", "digits_lost"),
        ("code", 1e16, "digits_lost"),
        ("text", 1e16, "digits_lost"),
        ("identity", "5323231970****1234", "masked"),
        ("number", date(2020, 5, 1), "no_number"),
        ("number", 1e16, "no_number"),
        ("number", "约3亩", "no_number"),
        ("number", "1e5", "no_number"),
        ("number", "NaN", "no_number"),
        ("number", "9" * 41, "no_number"),
        ("whole", "2.5", "no_whole"),
        ("day", 43952.0, "no_date"),
        ("day", True, "no_date"),
        ("day", time(8), "no_date"),
        ("day", date(1899, 12, 31), "no_date"),
        ("day", "20201345", "no_date"),
        ("year", date(1905, 7, 12), "no_year"),
        ("year", "20", "no_year"),
        ("yes", "大概", "no_yes"),
    ],
)
def test_what_its_column_does_not_hold_is_kept_with_its_fault(kind, cell, said):
    text, code, _params = normal(cell, kind)
    assert (text, code) == (shown(cell), said)


@pytest.mark.parametrize(
    ("kind", "cell", "text"),
    [
        ("text", "甲\u200b乙\r\n丙\u3000", "甲乙\n丙"),
        ("text", 12.0, "12"),
        ("text", True, "是"),
        ("text", time(8, 30), "08:30:00"),
        ("text", datetime.fromisoformat("2020-05-01T08:30"), "2020-05-01 08:30:00"),
        ("code", "'５３２３ ２３", "532323"),
        ("code", 13900000000.0, "13900000000"),
        ("identity", "53232319700101123x", "53232319700101123X"),
        ("number", "1,200.50", "1200.50"),
        ("number", "－3", "-3"),
        ("number", "—", ""),
        ("number", 0.1 + 0.2, "0.3"),
        ("whole", "3.0", "3"),
        ("whole", "/", ""),
        ("day", 20200501.0, "2020-05-01"),
        ("day", "20200501", "2020-05-01"),
        ("day", "", ""),
        ("year", 2020.0, "2020"),
        ("year", "2020年度", "2020"),
        ("yes", "√", "1"),
        ("yes", "没有", "0"),
        ("yes", False, "0"),
    ],
)
def test_what_its_column_holds_has_one_form(kind, cell, text):
    assert normal(cell, kind) == (text, "", {})


def test_a_cell_is_given_back_as_the_spreadsheet_shows_it():
    assert (
        shown(None) == "" and shown(Trouble("cell_error", "#N/A")) == "#N/A" and shown(Shown(456, "00456")) == "00456"
    )
    assert shown(date(2020, 5, 1)) == "2020-05-01" and plain_number(1e16) == "1e+16"
