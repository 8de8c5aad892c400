"""Awkward workbooks, as offices send them: none crashes, none is taken by half, none stores a wrong value.

Each is one family of three at 牟尼村. What is taken must read exactly as `FAMILY` says; what is not names its reason.
"""

import io
import zipfile
from datetime import date

import pytest
import xlsxwriter

from tests.assistance.importing import again, card, counted, faults, publish, send
from tests.formats.books import book_of
from yishi.assistance.imports.models import Import
from yishi.assistance.register.models import Household
from yishi.assistance.register.services.identity import identity_of
from yishi.kit.errors import Refusal
from yishi.kit.identity import check_character

pytestmark = [pytest.mark.once, pytest.mark.long]
State = Import.State
HEADINGS = ["县", "乡", "村", "户编号", "人口编号", "姓名", "证件号码", "与户主关系", "采集时间", "工资性收入"]
CELLS = [
    ["牟定县", "共和镇", "牟尼村", "H1", "P1", "王甲", card(1), "户主", "2020-05-01", 1200.5],
    ["牟定县", "共和镇", "牟尼村", "H1", "P2", "王乙", card(2), "配偶", "", ""],
    ["牟定县", "共和镇", "牟尼村", "H1", "P3", "王丙", card(3), "子", "", ""],
]
TWICE = {"columns in another order", "cells merged over the family", "full-width digits and letters", "csv in GBK"}
FAMILY = {
    "place": "牟尼村",
    "members": [("P1", "王甲", card(1), "head"), ("P2", "王乙", card(2), "spouse"), ("P3", "王丙", card(3), "son")],
    "collected_on": date(2020, 5, 1),
    "wage_income": 120050,
}


def changed(*places, **more):
    """The cells with some replaced: (row, column, value)."""
    rows = [list(row) for row in CELLS]
    for row, column, value in places:
        rows[row][HEADINGS.index(column) if isinstance(column, str) else column] = value
    return rows


def made(rows, headings=HEADINGS, *, options=None, before=(), after=(), work=None):
    """An .xlsx of xlsxwriter: `before` and `after` are further rows, `work(book, sheet)` does what it likes."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, **(options or {})}) as book:
        sheet = book.add_worksheet("农户")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        lines = [*before, headings, *rows, *after]
        for number, line in enumerate(lines):
            for column, value in enumerate(line):
                if isinstance(value, date):
                    sheet.write_datetime(number, column, value, day)
                elif isinstance(value, str):
                    sheet.write_string(number, column, value)
                elif value is not None:
                    sheet.write(number, column, value)
        if work:
            work(book, sheet)
    return out.getvalue()


def as_csv(rows, encoding, separator=",", headings=HEADINGS):
    lines = [separator.join(str(cell) for cell in line) for line in [headings, *rows]]
    return "\r\n".join(lines).encode(encoding)


def wide(text):
    """Full-width digits and letters."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def merged_families():
    """县, 乡, 村 and 户编号 merged over the rows of the family."""

    def work(book, sheet):
        for column in range(4):
            sheet.merge_range(1, column, 3, column, CELLS[0][column])

    rows = [row if not number else [None] * 4 + row[4:] for number, row in enumerate(changed())]
    return made(rows, work=work)


def two_rows_of_headings():
    upper = ["所在地", None, None, "家庭情况", None, None, None, None, None, "收入"]

    def work(book, sheet):
        sheet.merge_range(0, 0, 0, 9, "2020年农户信息采集表")
        sheet.merge_range(1, 0, 1, 2, "所在地")
        sheet.merge_range(1, 3, 1, 8, "家庭情况")

    return made(CELLS, before=[["2020年农户信息采集表"], upper], work=work)


def helpers_beside():
    """Columns 姓名 and 联系电话 that belong to the helper, under a heading of their own."""
    headings = [*HEADINGS, "姓名", "联系电话"]
    rows = [[*row, "张帮扶", "13900000000"] for row in CELLS]

    def work(book, sheet):
        sheet.merge_range(0, 10, 0, 11, "帮扶责任人")

    return made(rows, headings, before=[[None] * 10 + ["帮扶责任人"]], work=work)


def hidden():
    def work(book, sheet):
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_column(8, 8, None, None, {"hidden": True})
        secret = book.add_worksheet("草稿")
        secret.write_row(0, 0, HEADINGS)
        secret.write_row(1, 0, ["牟定县", "共和镇", "牟尼村", "H9", "P9", "不该读", card(9), "户主"])
        secret.hide()

    return made(CELLS, work=work)


def formulas(value):
    def work(book, sheet):
        sheet.write_formula(1, 9, "=1000+200.5", None, value)

    return made(CELLS, work=work)


def errors():
    return made(CELLS, work=lambda book, sheet: sheet.write_formula(1, 9, "=1/0", None, "#DIV/0!"))


def styled_to_the_last_row():
    def work(book, sheet):
        sheet.set_row(1_048_575, 20, book.add_format({"bold": True}))
        sheet.write_blank(1_048_575, 0, None, book.add_format({"bold": True}))

    return made(CELLS, work=work)


def two_sheets():
    """A family on each of two sheets, a chart's data on the third."""
    other = [[*row[:3], "H2", f"Q{n}", f"李{n}", card(20 + n), *row[7:]] for n, row in enumerate(CELLS)]

    def work(book, sheet):
        second = book.add_worksheet("第二组")
        for number, line in enumerate([HEADINGS, *other]):
            second.write_row(number, 0, line)
        book.add_worksheet("图").write_row(0, 0, ["月", "数"])

    return made(CELLS, work=work)


def reordered():
    order = [6, 3, 9, 0, 5, 1, 8, 2, 7, 4]
    return made([[row[n] for n in order] for row in CELLS], [HEADINGS[n] for n in order])


def headings_as_typed():
    typed = "县（市、区）,乡 镇,行政村*,户编号：,人口\n编号,姓　名,身份证号,与户主的关系,采集日期,工资性收入（元）"
    return made(CELLS, typed.split(","))


TAKEN = {
    "plain": lambda: made(CELLS),
    "columns in another order": reordered,
    "headings as offices type them": headings_as_typed,
    "a title, a blank row and a note above": lambda: made(CELLS, before=[["某某村农户表"], [], ["单位：元"]]),
    "two rows of headings under a title": two_rows_of_headings,
    "the helper's name and phone beside": helpers_beside,
    "cells merged over the family": merged_families,
    "notes and a signature below": lambda: made(
        CELLS, after=[[], ["合计", None, None, None, None, None, None, None, None, 1200.5],
                      ["填表人：张三", None, None, None, None, "审核人：李四"], ["注：数据截至五月"]]),
    "the headings once more in the middle": lambda: made([*CELLS[:1], HEADINGS, *CELLS[1:]]),
    "empty rows between": lambda: made([CELLS[0], [], [None, "  "], CELLS[1], [], CELLS[2]]),
    "full-width digits and letters": lambda: made(
        changed((0, "证件号码", wide(card(1))), (1, "人口编号", "Ｐ２"), (0, "工资性收入", "１２００．５"))),
    "blanks within names and numbers": lambda: made(
        changed((0, "姓名", "王　甲"), (1, "姓名", " 王 乙 "), (0, "证件号码", f" {card(1)[:6]} {card(1)[6:]} "))),
    "a small x": lambda: made(changed((0, "证件号码", card(1).lower()))),
    "an apostrophe before the number": lambda: made(changed((0, "证件号码", "'" + card(1)), (0, "户编号", "'H1"))),
    "a date of the calendar of 1900": lambda: made(changed((0, "采集时间", date(2020, 5, 1)))),
    "a date of the calendar of 1904": lambda: made(
        changed((0, "采集时间", date(2020, 5, 1))), options={"date_1904": True}),
    "a date as text with dots": lambda: made(changed((0, "采集时间", "2020.5.1"))),
    "a date as Chinese text": lambda: made(changed((0, "采集时间", "2020年5月1日"))),
    "a date as eight digits": lambda: made(changed((0, "采集时间", 20200501))),
    "a date with its midnight": lambda: made(changed((0, "采集时间", "2020-05-01 00:00:00"))),
    "thousands apart": lambda: made(changed((0, "工资性收入", "1,200.50"))),
    "the crumbs of floating point": lambda: made(changed((0, "工资性收入", 1200.5000000000002))),
    "labels with their numbers": lambda: made(changed((0, "与户主关系", "01户主"), (1, "与户主关系", "02配偶"))),
    "synonyms of relations": lambda: made(changed((1, "与户主关系", "妻子"), (2, "与户主关系", "长子"))),
    "hidden row, column and sheet": hidden,
    "a formula with its value": lambda: formulas(1200.5),
    "formatted down to the last row": styled_to_the_last_row,
    "csv in UTF-8": lambda: as_csv(CELLS, "utf-8"),
    "csv in UTF-8 with a mark": lambda: as_csv(CELLS, "utf-8-sig"),
    "csv in GBK": lambda: as_csv(CELLS, "gbk"),
    "csv in GB18030": lambda: as_csv(CELLS, "gb18030"),
    "csv with tabs": lambda: as_csv(CELLS, "gb18030", "\t"),
    "the village by its code": lambda: made(
        [[*row, "532323100201"] for row in changed(*((n, "村", "") for n in range(3)))], [*HEADINGS, "村编码"]),
    "the village called 牟尼村委会": lambda: made(changed(*((n, "村", "牟尼村委会") for n in range(3)))),
    "the family's rows scattered": lambda: made([CELLS[2], CELLS[0], CELLS[1]]),
}  # fmt: skip

BAD = {
    "an identity number as a number": (lambda: made(changed((0, "证件号码", float(card(2)[:17] + "0")))),
                                       {(2, "证件号码", "digits_lost")}),
    "an identity number in scientific notation": (lambda: made(changed((0, "证件号码", "5.32323E+17"))),
                                                  {(2, "证件号码", "digits_lost")}),
    "an identity number cut to zeros": (lambda: as_csv(changed((0, "证件号码", card(1)[:15] + "000")), "gbk"),
                                        {(2, "证件号码", "digits_lost")}),
    "an identity number that ends in zeros and fits": (lambda: made(changed((0, "证件号码", ZEROS))),
                                                       {(2, "证件号码", "identity_zeros")}),
    "an identity number of stars": (lambda: made(changed((0, "证件号码", "5323**********1234"))),
                                    {(2, "证件号码", "masked")}),
    "one digit wrong": (lambda: made(changed((0, "证件号码", WRONG))), {(2, "证件号码", "identity_check")}),
    "a number too short": (lambda: made(changed((1, "证件号码", "53232319"))), {(3, "证件号码", "identity_length")}),
    "the same person twice": (lambda: made(changed((2, "证件号码", card(2)))), {(4, "证件号码", "identity_twice")}),
    "the same member number twice": (lambda: made(changed((2, "人口编号", "P2"))), {(4, "人口编号", "number_twice")}),
    "a household number as a date": (lambda: made(changed((0, "户编号", date(2020, 1, 1)))),
                                     {(2, "户编号", "date_for_code"), (3, "与户主关系", "no_head")}),
    "a serial number where a date belongs": (lambda: made(changed((0, "采集时间", 43952))),
                                             {(2, "采集时间", "no_date")}),
    "the leap day that 1900 did not have": (lambda: made(CELLS, work=leap), {(2, "采集时间", "cell_error")}),
    "a month without a day": (lambda: made(changed((0, "采集时间", "2020年5月"))), {(2, "采集时间", "no_date")}),
    "money with its unit": (lambda: made(changed((0, "工资性收入", "约1200元"))), {(2, "工资性收入", "no_number")}),
    "negative money": (lambda: made(changed((0, "工资性收入", -5))), {(2, "工资性收入", "money_range")}),
    "a formula without its value": (lambda: formulas(""), {(2, "工资性收入", "formula_empty")}),
    "an error of a formula": (errors, {(2, "工资性收入", "cell_error")}),
    "cells merged across columns": (lambda: made(CELLS, work=lambda book, sheet: sheet.merge_range(1, 8, 1, 9, "x")),
                                    {(2, "采集时间", "no_date"), (2, "工资性收入", "merged_across")}),
    "a relation nobody knows": (lambda: made(changed((2, "与户主关系", "干儿子"))), {(4, "与户主关系", "no_label")}),
    "no head": (lambda: made(changed((0, "与户主关系", "子"))), {(2, "与户主关系", "no_head")}),
    "two heads": (lambda: made(changed((1, "与户主关系", "户主"))), {(3, "与户主关系", "two_heads")}),
    "a name missing": (lambda: made(changed((1, "姓名", ""))), {(3, "姓名", "missing")}),
    "a name that is a number": (lambda: made(changed((1, "姓名", 12))), {(3, "姓名", "not_text")}),
    "a household number missing": (lambda: made(changed((2, "户编号", ""))),
                                   {(4, "户编号", "missing"), (4, "与户主关系", "no_head")}),
    "a village of another county": (lambda: made(changed(*((n, "村", "外县村") for n in range(3)))),
                                    {(2, "村", "no_place")}),
    "a family in two villages": (lambda: made(changed((2, "村", "邻近村"))), {(4, "村", "two_villages")}),
    "letters of a private font": (lambda: made(changed((0, "姓名", "王\ue7c7"))), {(2, "姓名", "private_letters")}),
}  # fmt: skip

REFUSED = {
    "no headings": (lambda: made(CELLS, ["a"] * 10), "no_table"),
    "a heading twice": (lambda: made(CELLS, [*HEADINGS[:6], "姓名", *HEADINGS[7:]]), "heading_twice"),
    "headings alone": (lambda: made([]), "empty"),
    "entities": (lambda: book_of(sheet="<sheetData/>", doctype='<!DOCTYPE x [<!ENTITY a "b">]>'), "bomb"),
    "a sheet cut off": (lambda: book_of(sheet="<sheetData><row><c>"), "broken"),
    "a csv that breaks off": (lambda: as_csv(CELLS, "utf-8") + b'\r\n"x', "broken"),
}


def bomb():
    """Three hundred kilobytes that unpack to three hundred megabytes."""
    row = '<row><c t="inlineStr"><is><t>' + "a" * 1000 + "</t></is></c></row>"
    return book_of(sheet="<sheetData>" + row * 60_000 + "</sheetData>")


def encrypted():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("EncryptedPackage", b"x")
    return out.getvalue()


AT_ONCE = {
    "a bomb": (bomb, "bomb"),
    "a password": (encrypted, "encrypted"),
    "an old .xls": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_excel"),
    "half a file": (lambda: made(CELLS)[:900], "broken"),
    "nothing": (lambda: b"", "empty"),
}


def _last_digit(first):
    return next(c for c in "0123456789X" if c != first[-1])


def leap(book, sheet):
    sheet.write_number(1, 8, 60, book.add_format({"num_format": "yyyy-mm-dd"}))


def _zeros():
    return next(
        made
        for day in range(1, 29)
        for year in range(1950, 2000)
        if (made := f"532323{year}01{day:02d}100" + check_character(f"532323{year}01{day:02d}100")).endswith("000")
    )


ZEROS = _zeros()
WRONG = card(1)[:-1] + _last_digit(card(1))


@pytest.mark.parametrize("name", TAKEN)
def test_it_is_taken_exactly(cast, name):
    data = TAKEN[name]()
    one = send(cast, data, filename="a.csv" if name.startswith("csv") else "a.xlsx")
    assert (one.state, one.new, one.bad) == (State.READY, 1, 0), (faults(one), one.refused)
    publish(cast, one)
    household = Household.within.get(number="H1")
    year = household.years.get()
    members = [
        (one.number, one.person.name, identity_of(one.person.resident), one.relation)
        for one in household.members.select_related("person__resident").order_by("number")
    ]
    found = {"place": household.place.name, "members": members, "collected_on": year.collected_on}
    assert found | {"wage_income": year.wage_income} == FAMILY
    assert (household.phone, household.head.name) == ("", "王甲")
    if name not in TWICE:
        return
    again_sent = send(cast, data, filename="a.csv" if name.startswith("csv") else "a.xlsx")
    assert (again_sent.new, again_sent.changed, again_sent.same, again_sent.bad) == (0, 0, 1, 0), faults(again_sent)


@pytest.mark.parametrize("name", BAD)
def test_it_is_rejected_with_its_reason(cast, name):
    make, wanted = BAD[name]
    before = counted()
    one = send(cast, make(), filename="a.csv" if "cut to zeros" in name else "a.xlsx")
    assert one.state == State.FAULTY, (one.state, one.refused)
    assert set(faults(one)) == wanted
    assert counted() == before


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_when_it_is_read(cast, name):
    make, code = REFUSED[name]
    before = counted()
    one = send(cast, make(), filename="a.csv" if "csv" in name else "a.xlsx")
    assert (one.state, one.refused.get("code")) == (State.REFUSED, code)
    assert counted() == before


@pytest.mark.parametrize("name", AT_ONCE)
def test_it_is_refused_at_once(cast, name):
    make, code = AT_ONCE[name]
    with pytest.raises(Refusal) as refused:
        send(cast, make(), filename="a.xlsx")
    assert refused.value.code == f"workbook.{code}"
    assert not Import.within.exists()


def test_two_sheets_are_one_workbook(cast):
    one = send(cast, two_sheets())
    assert (one.state, one.new, one.staged) == (State.READY, 2, 6), faults(one)
    assert ["other_sheet", {"sheet": "图"}] in one.notes


def test_what_is_hidden_and_left_out_is_said(cast):
    said = {code: params for code, params in send(cast, TAKEN["hidden row, column and sheet"]()).notes}
    assert said["hidden_sheet"] == {"sheet": "草稿"}
    assert said["hidden_rows"]["rows"] == "3" and said["hidden_columns"]["columns"] == "采集时间"
    notes = send(cast, TAKEN["notes and a signature below"]()).notes
    assert [params["row"] for code, params in notes if code == "left_out"] == [6, 7, 8]


def test_a_number_that_ends_in_zeros_is_taken_once_somebody_has_looked(cast):
    rows = [[*row, "是" if not n else ""] for n, row in enumerate(changed((0, "证件号码", ZEROS)))]
    one = publish(cast, send(cast, made(rows, [*HEADINGS, "证件号码已核对"])))
    assert identity_of(Household.within.get().head.resident) == ZEROS
    assert again(one.pk).state == State.PUBLISHED


def test_somebody_registered_elsewhere_in_reach_is_found(cast):
    publish(cast, send(cast, made(CELLS)))
    rows = [[*row[:3], "H2", f"Q{n}", f"李{n}", card(50 + n), *row[7:]] for n, row in enumerate(CELLS)]
    rows[1][6] = card(2)
    one = send(cast, made(rows))
    assert faults(one) == [(3, "证件号码", "registered_already")]


def test_there_are_enough_of_them():
    assert len(TAKEN) + len(BAD) + len(REFUSED) + len(AT_ONCE) >= 40
