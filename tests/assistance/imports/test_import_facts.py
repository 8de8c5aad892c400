"""Departments' lists (部门预警名单): facts about families by the road of all workbooks, which raise signals alike."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
import xlsxwriter
from django.utils import timezone

from tests.assistance.importing import faults, publish, send
from tests.assistance.keeping import Keeping, card
from tests.kept import kept_over_all_files
from yishi.assistance.imports.models import Import
from yishi.assistance.imports.reads import import_faults, rejected_workbook
from yishi.assistance.imports.services.publish import import_undo
from yishi.assistance.watch.models import WatchFact, WatchSignal
from yishi.assistance.watch.services.signals import signal_judge, signal_raise
from yishi.formats.sheets import write_sheet
from yishi.kit.errors import Refusal

State = Import.State
BILLS = ["姓名", "证件号码", "结算日期", "个人自付金额（元）", "结算单号", "备注"]
WIFE = card(1, female=True)
DAY = date(2026, 3, 2)


@kept_over_all_files
def keeping(cast):
    return Keeping(cast)


def bill(name="张三", number=None, on="2026-03-02", paid=12_000, reference="JS001", note=""):
    return [name, card(1) if number is None else number, on, paid, reference, note]


def bills(cast, *rows, headings=BILLS, **given):
    return send(cast, write_sheet([*rows], headings, "名单"), kind="facts", year=2026, **given)


def said(one):
    return [code for _row, _heading, code in faults(one)]


def test_a_list_raises_signals_as_typed_facts_do(cast, keeping):
    one = bills(cast, bill(), bill("张三之妻", WIFE, paid=400, reference="JS002"),
                bill("李四", card(40), paid=9_000, reference="JS003"))  # fmt: skip
    assert (one.state, one.new) == (State.READY, 3), faults(one)
    assert not WatchFact.within.exists() and not WatchSignal.within.exists()  # tried and rolled back
    assert publish(cast, one).state == State.PUBLISHED
    assert WatchFact.within.count() == 3
    signal = WatchSignal.within.get()  # 9,000 yuan of the neighbours are below the line of 10,000
    assert (signal.household, signal.trigger, signal.source) == (keeping.household, "self_paid", "department")
    assert (signal.total, signal.raised_by) == (12_000, cast.people["clerk"])
    assert WatchFact.within.get(reference="JS002").member.person.name == "张三之妻"
    assert WatchFact.within.get(reference="JS002").signal == signal  # within the cool-down it joins


def test_bills_by_workbook_and_by_hand_add_up(cast, keeping):
    publish(cast, bills(cast, bill(paid=6_000)))
    signal_raise(
        actor=cast.viewer("village_head"), household=keeping.household, trigger="self_paid", on=DAY,
        amount=Decimal(4_000), reference="村001",
    )  # fmt: skip
    assert WatchSignal.within.get().total == 10_000


def test_the_same_bill_counts_once_in_a_file_and_by_a_second_file(cast, keeping):
    twice = bills(cast, bill(), bill(reference="ＪＳ００１"))
    assert said(twice) == ["fact_twice"] and not WatchFact.within.exists()
    publish(cast, bills(cast, bill()))
    again = bills(cast, bill(), filename="医保-三月.xlsx")
    assert (again.new, again.same, again.bad) == (0, 1, 0)
    other = bills(cast, bill(paid=11_000), filename="医保-更正.xlsx")
    assert said(other) == ["refusal"] and "计一次" in import_faults(other)[0].reason
    assert WatchFact.within.count() == 1
    nameless = bills(cast, bill(reference=""), bill(reference=""), bill(reference="", paid=800))
    assert said(nameless) == ["fact_twice"] and nameless.new == 2


def test_a_bill_that_was_typed_is_not_told_again_by_a_list(cast, keeping):
    signal_raise(
        actor=cast.viewer("village_head"), household=keeping.household, trigger="self_paid", on=DAY,
        amount=Decimal(12_000), reference=" js００１ ".upper(),
    )  # fmt: skip
    assert bills(cast, bill()).same == 1


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (bill(number=card(77)), "no_person"),
        (bill("王五", card(80)), "no_person"),  # of another county
        (bill("张四"), "other_name"),
        (bill(number=""), "who"),
        (bill(name=""), "missing"),
        (bill(number=card(1)[:-1] + ("1" if card(1)[-1] != "1" else "2")), "identity_check"),
        (bill(number="53232319750302****"), "masked"),
        (bill(paid=-300), "money_range"),
        (bill(paid=0), "money_range"),
        (bill(paid="99999999999"), "money_range"),
        (bill(paid=""), "no_trouble"),
        (bill(paid="约五千"), "no_number"),
        (bill(on=(timezone.localdate() + timedelta(days=1)).isoformat()), "refusal"),
        (bill(on="2999-01-01"), "no_date"),
        (bill(on=""), "missing"),
        (bill(on=46083), "no_date"),
        (bill(reference="9" * 70), "refusal"),
        (bill(note=f"另见{card(3)}"), "refusal"),
    ],
)
def test_a_row_that_is_not_taken_says_why_and_nothing_is_half_loaded(cast, keeping, row, code):
    one = bills(cast, bill("李四", card(40), reference="JS009"), row)
    assert (one.state, one.new, said(one)) == (State.FAULTY, 1, [code])
    with pytest.raises(Refusal):
        publish(cast, one)
    assert not WatchFact.within.exists() and not WatchSignal.within.exists()
    assert card(1).encode() not in rejected_workbook(one)


DOTS, BLANKS = "·•‧∙⋅・･", ["", " ", "\u3000", "\u00a0", "\u200b"]
SPELLINGS = [  # 30 of one name: the same letters, however widths, dots and blanks stand
    *(f"阿孜{dot}买买提" for dot in DOTS),
    *(f"阿孜{blank}{dot}{blank}买买提" for dot in DOTS[:2] for blank in BLANKS[1:]),
    *(f"{blank}阿孜·买买提{blank}" for blank in BLANKS[1:]),
    *(f"阿{blank}孜·买{blank}买提" for blank in BLANKS[1:]),
    "阿孜买买提", "阿孜.买买提", "阿孜．买买提", "阿孜 买买提", "阿孜\n·买买提", "阿孜·買買提", "阿兹·买买提",
]  # fmt: skip
OTHERS = {"阿孜·買買提", "阿兹·买买提"}


def test_thirty_spellings_of_a_name_are_one_person_or_refused_never_guessed(cast, keeping):
    assert len(SPELLINGS) == len(set(SPELLINGS)) == 30
    home = keeping.register("牟尼村", "阿孜·买买提", 120)
    rows = [bill(name, card(120), paid=100 + place, reference=f"R{place}") for place, name in enumerate(SPELLINGS)]
    one = bills(cast, *rows)
    refused = {SPELLINGS[row - 2] for row, _heading, _code in faults(one)}
    assert refused == OTHERS and set(said(one)) == {"other_name"} and one.new == 28
    by_household = ["姓名", "户编号", "结算日期", "个人自付金额", "结算单号"]
    rows = [[name, home.number, "2026-03-02", 100, f"H{place}"] for place, name in enumerate(SPELLINGS)]
    second = bills(cast, *rows, headings=by_household)
    assert {SPELLINGS[row - 2] for row, _heading, _code in faults(second)} == OTHERS
    assert set(said(second)) == {"no_such_member"}


def test_two_members_of_one_name_are_told_apart_by_their_numbers_alone(cast, keeping):
    keeping.household.members.filter(relation="daughter").get().person.__class__.objects.filter(
        pk=keeping.household.members.get(relation="daughter").person_id
    ).update(name="张三")
    row = ["张三", keeping.household.number, "2026-03-02", 100]
    assert said(bills(cast, row, headings=["姓名", "户编号", "结算日期", "个人自付金额"])) == ["two_of_name"]
    assert bills(cast, bill()).new == 1


@pytest.mark.parametrize(
    ("headings", "row", "trigger", "amount"),
    [
        (["学生姓名", "身份证号", "缺课日期", "缺课天数"], ["张三之妻", WIFE, "20260302", "１２"], "school", 12),
        (["户主姓名", "身份证号码", "鉴定日期", "鉴定等级"], ["张三", card(1), "2026.3.2", "Ｄ级"], "housing", None),
        (["户主", "证件号码", "受灾日期", "直接经济损失"], ["张三", card(1), DAY, "8,000.50"], "disaster", 8000.5),
        (["姓名", "证件号码", "失业日期"], ["张三", card(1), "2026年3月2日"], "work", None),
        (["姓名", "证件号码", "日期", "预警事项"], ["张三", card(1), DAY, "基本医保断保"], "insurance", None),
        (
            ["姓名", "证件号码", "日期", "风险事项", "数额"],
            ["张三", card(1), DAY, "产业失败或价格大跌", 7],
            *("business", 7),
        ),
    ],
)  # fmt: skip
def test_each_department_sends_its_own_columns(cast, keeping, headings, row, trigger, amount):
    one = bills(cast, row, headings=headings)
    assert one.state == State.READY, faults(one)
    publish(cast, one)
    fact = WatchFact.within.get()
    assert (fact.trigger, fact.amount, fact.on, fact.source) == (trigger, amount, DAY, "department")


@pytest.mark.parametrize(
    ("headings", "row", "code"),
    [
        (["户主", "证件号码", "鉴定日期", "鉴定等级"], ["张三", card(1), DAY, "B级"], "no_unsafe_house"),
        (["姓名", "证件号码", "日期", "个人自付", "缺课天数"], ["张三", card(1), DAY, 5, 9], "two_troubles"),
        (["姓名", "证件号码", "日期", "预警事项"], ["张三", card(1), DAY, "下雨"], "no_label"),
        (["姓名", "证件号码", "日期", "预警事项"], ["张三", card(1), DAY, "自付医疗支出大"], "missing"),
        (["姓名", "证件号码", "户编号", "日期", "个人自付"], ["张三", card(1), "没有", DAY, 5], "registered_already"),
        (["姓名", "户编号", "日期", "个人自付"], ["张三", "没有", DAY, 5], "no_household"),
    ],
)
def test_what_is_not_clear_is_asked_back(cast, keeping, headings, row, code):
    assert said(bills(cast, row, headings=headings)) == [code]


def test_a_workbook_as_an_office_sends_it(cast, keeping):
    """A merged title, a line of who filled it in, blanks, numbers kept as text, full-width digits, a total below."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("3月")
        sheet.merge_range(0, 0, 0, 5, "牟定县2026年3月大额医疗费用人员名单")
        sheet.write_row(1, 0, ["填报单位：牟定县医疗保障局", "", "", "", "填表人：某某"])
        sheet.write_row(2, 0, ["序号", "姓 名", "身份证号", "结算日期", "个人自付\n金额（元）", "结算单号"])
        wide = str.maketrans("0123456789", "０１２３４５６７８９")
        sheet.write_row(3, 0, [1, "张　三", card(1), "2026/3/2", "１２，０００．５０", " JS 001 "])
        sheet.write_row(4, 0, [2, "张三之妻", WIFE.translate(wide), "20260303", "300", ""])
        sheet.write_row(6, 0, [3, " 李四 ", f"'{card(40)}", "2026-3-4", 8000, "JS003"])
        sheet.write_row(7, 0, ["合计", "", "", "", 20300.5, ""])
    one = send(cast, out.getvalue(), kind="facts", year=2026, filename="大额医疗.xlsx")
    assert (one.state, one.new, faults(one)) == (State.READY, 3, [])
    publish(cast, one)
    told = {(fact.member.person.name, fact.amount, fact.on) for fact in WatchFact.within.all()}
    assert told == {
        ("张三", 12_000.5, DAY), ("张三之妻", 300, DAY + timedelta(days=1)), ("李四", 8_000, DAY + timedelta(days=2)),
    }  # fmt: skip
    assert WatchSignal.within.get().household == keeping.household


def test_a_list_is_undone_as_a_whole_until_a_verdict_rests_on_it(cast, keeping):
    one = publish(cast, bills(cast, bill(), bill("李四", card(40), reference="JS002")))
    import_undo(actor=cast.viewer("clerk"), sent=one)
    assert not WatchFact.within.exists() and WatchFact.every.count() == 2
    assert "名单" in WatchFact.every.first().taken_back_reason or ".xlsx" in WatchFact.every.first().taken_back_reason
    assert set(WatchSignal.within.values_list("state", flat=True)) == {"mistake"}
    two = publish(cast, bills(cast, bill("李四", card(40), reference="JS002")))
    assert two.state == State.PUBLISHED  # the numbers are free again
    signal = WatchSignal.within.get(facts__isnull=False, facts__taken_back_at=None)
    signal_judge(actor=cast.viewer("clerk"), signal=signal, verdict="true", reason="看过单据")
    with pytest.raises(Refusal) as refused:
        import_undo(actor=cast.viewer("clerk"), sent=two)
    assert refused.value.code == "import.built_upon" and "判定" in str(refused.value.message)
    assert WatchFact.within.count() == 1
