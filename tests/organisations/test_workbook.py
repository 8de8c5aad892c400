"""An office's register comes from one workbook: as a whole or not at all; bad rows are named with their reason."""

import pytest

from yishi.formats.sheets import SheetOut, read_sheet, write_workbook
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.organisations.models import Body, Member, Post, Term, WorkbookDraft
from yishi.organisations.services.imports import workbook_check, workbook_import
from yishi.organisations.workbook import SHEETS, RowError, template, with_reasons
from yishi.people.models import Person

BODIES = [
    ["共和镇卫生院", "事业单位", "共和镇", "卫生院", "牟定县卫生健康局", "", "是"],
    ["牟定县卫生健康局", "部门", "", "", "", "0878-1", ""],
    ["牟尼村花卉合作社", "专业合作社", "牟尼村", "", "", "", ""],
]
POSTS = [
    ["李一", 13900000001.0, "牟定县卫生健康局", "负责人", "局长", "2026年3月1日"],
    ["王二", "", "共和镇卫生院", "经办人", "", ""],
]
MEMBERS = [["赵三", "13900000003", "", "10", "医药卫生界", "委员", ""]]
COUNCILLORS = [
    ["钱四", "", "共和镇协商议事会议", "", "村民代表", ""],
    ["李一", "13900000001", "共和镇协商议事会议", "召集人", "", ""],
]


def workbook(**rows):
    """A filled-in template; sheets by key, the shipped rows where none are given."""
    default = {"bodies": BODIES, "posts": POSTS, "members": MEMBERS, "councillors": COUNCILLORS}
    sheets = []
    for plan in SHEETS:
        given = rows.get(plan.key, default[plan.key] if not rows else [])
        sheets.append(SheetOut(plan.title, [c.heading for c in plan.columns], [*plan.examples, *given], ["说明"]))
    return write_workbook(sheets)


def check(cast, data, filename="机构.xlsx", who="administrator"):
    receipt = workbook_check(actor=cast.viewer(who), data=data, filename=filename)
    return WorkbookDraft.objects.get(pk=receipt.result["draft"])


def everything_counted():
    return Body.objects.count(), Person.within.count(), Post.objects.count(), Member.objects.count()


def test_it_works(cast, all_files):
    before = everything_counted()
    draft = check(cast, workbook())
    assert draft.report["errors"] == [] and everything_counted() == before
    assert draft.report["counts"]["bodies"] == {"new": 3, "changed": 0, "same": 0}
    workbook_import(actor=cast.viewer("administrator"), draft=draft)
    assert everything_counted() == (before[0] + 3, before[1] + 4, before[2] + 4, before[3] + 1)
    health = Body.objects.get(name="牟定县卫生健康局")
    assert Body.objects.get(name="共和镇卫生院").parent == health
    head = Post.objects.get(body=health)
    assert (head.person.name, head.person.phone, head.role, head.title) == ("李一", "13900000001", "head", "局长")
    assert str(head.valid_from) == "2026-03-01"
    assert head.person.posts.count() == 2  # the same phone: the same person
    assert Member.objects.get(person__name="赵三").sector == "health"
    assert Post.objects.get(person__name="钱四").role == "councillor"
    assert not cast.viewer("administrator").reach.spans
    draft.refresh_from_db()
    assert draft.sheets == {} and draft.applied_at


def test_the_same_workbook_again_changes_nothing(cast, all_files):
    workbook_import(actor=cast.viewer("administrator"), draft=check(cast, workbook()))
    before = everything_counted()
    draft = check(cast, workbook())
    assert draft.report["counts"]["posts"] == {"new": 0, "changed": 0, "same": 2}
    workbook_import(actor=cast.viewer("administrator"), draft=draft)
    assert everything_counted() == before
    with pytest.raises(WrongStage):
        workbook_import(actor=cast.viewer("administrator"), draft=draft)


@pytest.mark.parametrize(
    ("sheet", "row", "column", "said"),
    [
        ("bodies", ["", "部门", "", "", "", "", ""], "机构名称", ""),
        ("bodies", ["甲局", "奇怪的类别", "", "", "", "", ""], "类别", "奇怪的类别"),
        ("bodies", ["甲局", "部门", "火星村", "", "", "", ""], "所在地", "火星村"),
        ("bodies", ["甲局", "部门", "外县村", "", "", "", ""], "所在地", "外县村"),
        ("bodies", ["甲局", "部门", "", "", "没有的上级", "", ""], "上级机构", "没有的上级"),
        ("bodies", ["甲局", "部门", "", "", "", "", "可能"], "名称可否公开", ""),
        ("posts", ["李一", "", "没有的机构", "经办人", "", ""], "机构名称", "没有的机构"),
        ("posts", ["李一", "", "牟定县水务局", "老大", "", ""], "职责", "老大"),
        ("posts", ["李一", "", "牟定县水务局", "经办人", "", "明年"], "任职起", "明年"),
        ("posts", ["李一", "电话", "牟定县水务局", "经办人", "", ""], "手机", ""),
        ("posts", ["李一", 530102199001011234, "牟定县水务局", "经办人", "", ""], "手机", ""),
        ("members", ["赵三", "", "", "10", "没有的界", "", ""], "界别", "没有的界"),
        ("members", ["赵三", "", "", "12", "医卫界", "", ""], "届次", "12"),
        ("members", ["赵三", "", "", "很多", "医卫界", "", ""], "届次", ""),
        ("members", ["赵三", "", "牟定县水务局", "10", "医卫界", "", ""], "政协名称", ""),
        ("councillors", ["钱四", "", "牟定县水务局", "", "", ""], "议事会名称", ""),
        ("councillors", ["钱四", "", "共和镇协商议事会议", "国王", "", ""], "身份", ""),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_imported(cast, sheet, row, column, said, all_files):
    title = next(plan.title for plan in SHEETS if plan.key == sheet)
    good = {"bodies": BODIES, "posts": [], "members": [], "councillors": []}
    good[sheet] = [*good[sheet], row]
    number = 3 + len(good[sheet])  # a note, the headings, the example
    before = everything_counted()
    draft = check(cast, workbook(**good))
    errors = [RowError(*error) for error in draft.report["errors"]]
    assert [(e.sheet, e.row) for e in errors] == [(title, number)]
    assert errors[0].column == column and said in errors[0].reason
    with pytest.raises(Refusal) as refused:
        workbook_import(actor=cast.viewer("administrator"), draft=draft)
    assert refused.value.code == "workbook.errors" and str(number) in str(refused.value)
    assert everything_counted() == before


def test_all_bad_rows_are_named_at_once_and_come_back_with_their_reasons(cast):
    draft = check(
        cast, workbook(bodies=[["甲局", "怪", "", "", "", "", ""], ["乙局", "部门", "无此地", "", "", "", ""]])
    )
    errors = [RowError(*error) for error in draft.report["errors"]]
    assert [error.row for error in errors] == [4, 5]
    back = {sheet.name: sheet.rows for sheet in read_sheet(with_reasons(draft.sheets, errors))}["机构"]
    assert back[0][0] == "未导入的原因"
    assert [bool(row[0]) for row in back[1:]] == [False, True, True]
    assert "怪" in back[2][0] and back[2][1] == "甲局"


def test_a_mended_workbook_of_reasons_is_taken(cast):
    """The clerk mends the rows in the workbook that came back and sends that."""
    draft = check(cast, workbook(bodies=[["甲局", "怪", "", "", "", "", ""]]))
    back = with_reasons(draft.sheets, [RowError(*error) for error in draft.report["errors"]])
    rows = {sheet.name: sheet.rows for sheet in read_sheet(back)}["机构"]
    rows[2][2] = "部门"
    again = check(cast, write_workbook([SheetOut("机构", rows[0], rows[1:])]))
    assert again.report["errors"] == []


def test_the_template_is_taken_as_it_is_and_holds_nothing(cast):
    draft = check(cast, template())
    assert [error[1] for error in draft.report["errors"]] == [0]
    assert "示例" in draft.report["errors"][0][3]


def test_a_row_twice_and_a_namesake_without_phone_are_noticed(cast):
    row = ["县办甲", "", "牟定县水务局", "工作人员", "", ""]
    draft = check(cast, workbook(posts=[row, row]))
    assert draft.report["errors"][0][1] == 5
    draft = check(cast, workbook(posts=[row]))
    assert draft.report["errors"] == [] and "县办甲" in draft.report["warnings"][0][3]


def test_a_first_term_is_opened_by_the_import(cast, all_files):
    Member.objects.all().delete()
    Term.objects.all().delete()
    draft = check(cast, workbook(members=[["赵三", "", "牟定县政协", "第十一届", "农业", "", ""]]))
    workbook_import(actor=cast.viewer("administrator"), draft=draft)
    assert Term.objects.get().number == 11 and str(Term.objects.get()) == "第十一届"


def test_separation_of_posts_holds_in_an_import_too(cast):
    row = ["李一", "13900000001", "牟定县水务局", "经办人", "", ""]
    other = ["李一", "13900000001", "牟定县政协办公室", "经办人", "", ""]
    draft = check(cast, workbook(posts=[row, other]))
    assert [error[1] for error in draft.report["errors"]] == [5]


@pytest.mark.parametrize("who", ["clerk", "outsider", "member", "villager"])
def test_others_import_nothing(cast, who):
    with pytest.raises(NotAllowed):
        workbook_check(actor=cast.viewer(who), data=workbook(), filename="a.xlsx")


def test_a_draft_belongs_to_whoever_sent_it(cast, all_files):
    draft = check(cast, workbook())
    Post.objects.create(person=cast.people["neighbour"], body=cast.bodies["office"], role="administrator")
    with pytest.raises(NotAllowed):
        workbook_import(actor=cast.viewer("neighbour"), draft=draft)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "workbook.empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "workbook.old_excel"),
        (b"PK\x03\x04 not a zip", "workbook.broken"),
        (b"%PDF-1.4", "workbook.not_a_workbook"),
    ],
)
def test_what_is_no_workbook_is_refused_in_words(cast, data, code):
    with pytest.raises(Refusal) as refused:
        workbook_check(actor=cast.viewer("administrator"), data=data, filename="机构.xlsx")
    assert refused.value.code == code and str(refused.value)
