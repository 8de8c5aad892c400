"""An office's bodies and people come from one workbook by the road of all imports: seen, taken whole, undone whole."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.assistance.importing import again, publish
from tests.formats.books import read_sheet
from yishi.assistance.imports.models import Import
from yishi.assistance.imports.reads import (
    import_by_sheet,
    import_changes,
    import_faults,
    rejected_workbook,
    template,
)
from yishi.assistance.imports.services.imports import import_send
from yishi.assistance.imports.services.publish import import_publish, import_undo, imports_forget
from yishi.assistance.imports.services.steps import imports_work
from yishi.assistance.imports.workbooks.faults import note_words
from yishi.assistance.imports.workbooks.organisation_columns import SHEETS
from yishi.formats.sheets import SheetOut, write_workbook
from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.organisations.models import Body, Member, Post, Term
from yishi.organisations.services.bodies import body_change, post_give
from yishi.organisations.services.people import invitation_issue
from yishi.people.models import Person

State = Import.State

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


def workbook(others=(), **rows):
    """A filled-in template; sheets by key, the rows above where none are given; `others`: a further column of each."""
    default = {"bodies": BODIES, "posts": POSTS, "members": MEMBERS, "councillors": COUNCILLORS}
    sheets = []
    for plan in SHEETS:
        lines = rows.get(plan.key, default[plan.key] if not rows else [])
        headings = [column.headings[0] for column in plan.columns]
        if others:
            headings, lines = [*headings, "序号"], [[*line, others[n]] for n, line in enumerate(lines)]
        sheets.append(SheetOut(plan.title, headings, [plan.examples, *lines], ["说明"]))
    return write_workbook(sheets)


def send(cast, data, who="administrator", filename="机构.xlsx"):
    receipt = import_send(actor=cast.viewer(who), kind="organisation", data=data, filename=filename)
    imports_work()
    return again(receipt.result["import"])


def undo(cast, sent):
    import_undo(actor=cast.viewer("administrator"), sent=sent)
    imports_work()
    return again(sent.pk)


def everything_counted():
    models = (Body, Post, Member, Term)
    return (Person.within.count(), *(model.objects.count() for model in models))


def faults(sent):
    return [tuple(fault) for fault in import_faults(sent)]


def test_it_works(cast):
    before = everything_counted()
    sent = send(cast, workbook())
    assert (sent.state, sent.new, sent.bad) == (State.READY, 8, 0), faults(sent)
    assert everything_counted() == before
    assert import_by_sheet(sent)[0] == {"title": "机构", "new": 3, "changed": 0, "same": 0, "bad": 0}
    assert ("机构 5", "机构名称", "", "牟定县卫生健康局 · 部门 · 牟定县") in import_changes(sent)
    assert publish(cast, sent, "administrator").state == State.PUBLISHED
    assert everything_counted() == (before[0] + 4, before[1] + 3, before[2] + 4, before[3] + 1, before[4])
    health = Body.objects.get(name="牟定县卫生健康局")
    assert Body.objects.get(name="共和镇卫生院").parent == health
    head = Post.objects.get(body=health)
    assert (head.person.name, head.person.phone, head.role, head.title) == ("李一", "13900000001", "head", "局长")
    assert str(head.valid_from) == "2026-03-01"
    assert head.person.posts.count() == 2  # the same phone: the same person
    assert Member.objects.get(person__name="赵三").sector == "health"
    assert Post.objects.get(person__name="钱四").role == "councillor"
    assert not cast.viewer("administrator").reach.spans


def test_the_same_workbook_again_changes_nothing(cast):
    publish(cast, send(cast, workbook()), "administrator")
    before, entries = everything_counted(), Entry.objects.count()
    sent = send(cast, workbook())
    assert (sent.state, sent.new, sent.changed, sent.same) == (State.READY, 0, 0, 8)
    with pytest.raises(WrongStage) as refused:
        import_publish(actor=cast.viewer("administrator"), sent=sent)
    assert refused.value.code == "import.nothing"
    assert everything_counted() == before and Entry.objects.count() == entries + 1  # that it was sent


def test_rows_that_were_moved_and_numbered_anew_are_the_same(cast):
    publish(cast, send(cast, workbook(others="12345")), "administrator")
    turned = workbook(others="54321", bodies=BODIES[::-1], posts=POSTS[::-1], members=MEMBERS, councillors=COUNCILLORS)
    sent = send(cast, turned)
    assert (sent.new, sent.changed, sent.same, sent.bad) == (0, 0, 8, 0)


def test_what_changes_of_a_known_body_is_shown_old_and_new_and_put_back(cast):
    body = cast.bodies["water"]
    sent = send(cast, workbook(bodies=[[body.name, "部门", "", "水务局", "", "0878-5", "否"], BODIES[1]]))
    assert (sent.new, sent.changed) == (1, 1)
    assert [change[1:] for change in import_changes(sent)][:3] == [
        ("简称", "", "水务局"), ("电话", "", "0878-5"), ("名称可否公开", "是", "否"),
    ]  # fmt: skip
    sent = publish(cast, sent, "administrator")
    body.refresh_from_db()
    assert (body.short_name, body.phone, body.may_be_public) == ("水务局", "0878-5", False)
    assert undo(cast, sent).state == State.UNDONE
    body.refresh_from_db()
    assert (body.short_name, body.phone, body.may_be_public) == ("", "", True)
    assert not Body.objects.filter(name=BODIES[1][0]).exists()


def test_a_known_body_below_a_new_one_is_put_back_too(cast):
    body = cast.bodies["water"]
    row = [body.name, "部门", "", "", "牟定县卫生健康局", "", ""]
    sent = publish(cast, send(cast, workbook(bodies=[row, BODIES[1]])), "administrator")
    body.refresh_from_db()
    assert body.parent.name == "牟定县卫生健康局"
    undo(cast, sent)
    body.refresh_from_db()
    assert body.parent is None and not Body.objects.filter(name="牟定县卫生健康局").exists()


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
@pytest.mark.once
def test_a_bad_row_is_named_and_nothing_is_imported(cast, sheet, row, column, said):
    title = next(plan.title for plan in SHEETS if plan.key == sheet)
    good = {"bodies": BODIES, "posts": [], "members": [], "councillors": []}
    good[sheet] = [*good[sheet], row]
    number = 3 + len(good[sheet])  # a note, the headings, the example
    before = everything_counted()
    sent = send(cast, workbook(**good))
    assert [fault[:2] for fault in faults(sent)] == [(f"{title} {number}", column)]
    assert said in faults(sent)[0][2] and sent.state == State.FAULTY
    with pytest.raises(Refusal) as refused:
        import_publish(actor=cast.viewer("administrator"), sent=sent)
    assert refused.value.code == "import.faulty" and everything_counted() == before


def test_all_bad_rows_are_named_at_once_come_back_with_their_reasons_and_are_taken_when_mended(cast):
    bad = [["甲局", "怪", "", "", "", "", ""], ["乙局", "部门", "无此地", "", "", "", ""], BODIES[1]]
    sent = send(cast, workbook(bodies=bad))
    assert [fault[0] for fault in faults(sent)] == ["机构 4", "机构 5"]
    (back,) = read_sheet(rejected_workbook(sent))
    assert back.name == "机构" and back.rows[0][0] == "未导入的原因"
    assert [bool(row[0]) for row in back.rows[1:]] == [True, True, False]
    assert "怪" in back.rows[1][0] and back.rows[1][1] == "甲局"
    back.rows[1][2], back.rows[2][3] = "部门", ""
    mended = send(cast, write_workbook([SheetOut("机构", back.rows[0], back.rows[1:])]))
    assert (mended.state, mended.new, mended.notes) == (State.READY, 3, [])


def test_a_sheet_without_its_headings_and_a_file_without_its_sheets_are_refused(cast):
    members = SheetOut("委员", ["姓", "名"], [["赵", "三"]])
    bodies = SheetOut("机构", [column.headings[0] for column in SHEETS[0].columns], BODIES)
    sent = send(cast, write_workbook([bodies, members]))
    assert (sent.state, sent.refused["code"], sent.refused["params"]["sheet"]) == ("refused", "no_headings", "委员")
    sent = send(cast, write_workbook([SheetOut("表1", ["机构名称", "类别"], [["甲局", "部门"]])]))
    assert (sent.state, sent.refused["code"]) == ("refused", "no_sheets")


def test_the_template_is_taken_as_it_is_and_holds_nothing(cast):
    names = [sheet.name for sheet in read_sheet(template("organisation"))]
    assert names == ["机构", "人员与任职", "委员", "议事会成员", "填写说明"]
    sent = send(cast, template("organisation"))
    assert (sent.state, sent.refused["code"]) == (State.REFUSED, "empty")


def test_a_row_twice_and_a_namesake_without_phone_are_noticed(cast):
    row = ["县办甲", "", "牟定县水务局", "工作人员", "", ""]
    sent = send(cast, workbook(posts=[row, row]))
    assert faults(sent)[0][0] == "人员与任职 5" and "人员与任职 4" in faults(sent)[0][2]
    sent = send(cast, workbook(posts=[row]))
    assert sent.state == State.READY and sent.notes == [["namesake", {"row": "人员与任职 4"}]]
    assert "人员与任职 4" in note_words(*sent.notes[0])


def test_a_first_term_is_opened_by_the_import_and_goes_with_it(cast):
    Member.objects.all().delete()
    Term.objects.all().delete()
    sent = send(cast, workbook(members=[["赵三", "", "牟定县政协", "第十一届", "农业", "", ""]]))
    sent = publish(cast, sent, "administrator")
    assert Term.objects.get().number == 11 and str(Term.objects.get()) == "第十一届"
    undo(cast, sent)
    assert not Term.objects.exists() and not Member.objects.exists()


def test_separation_of_posts_holds_in_an_import_too(cast):
    row = ["李一", "13900000001", "牟定县水务局", "经办人", "", ""]
    other = ["李一", "13900000001", "牟定县政协办公室", "经办人", "", ""]
    assert [fault[0] for fault in faults(send(cast, workbook(posts=[row, other])))] == ["人员与任职 5"]


def test_an_undo_takes_all_of_it_away_and_leaves_its_trace(cast):
    before = everything_counted()
    sent = publish(cast, send(cast, workbook()), "administrator")
    made = Entry.objects.filter(code__startswith="organisations.").count()
    assert undo(cast, sent).state == State.UNDONE
    assert everything_counted() == before
    assert Entry.objects.filter(code__startswith="organisations.", reverses_id__isnull=False).count() == made
    assert Entry.objects.get(code="assistance.import.undo").subject_id == sent.pk
    sent = publish(cast, send(cast, workbook()), "administrator")  # and it may come again
    assert (sent.state, sent.new) == (State.PUBLISHED, 8)


def an_invitation(cast):
    invitation_issue(actor=cast.viewer("administrator"), person=Person.within.get(name="李一"))


def a_second_post(cast):
    body = Body.objects.get(name="牟定县卫生健康局")
    post_give(actor=cast.viewer("administrator"), person=cast.people["clerk"], body=body, role="staff")


def a_new_name(cast):
    body = Body.objects.get(name="牟定县卫生健康局")
    body_change(actor=cast.viewer("administrator"), body=body, name="牟定县卫健局")


def another_phone(cast):
    body_change(actor=cast.viewer("administrator"), body=cast.bodies["water"], phone="0878-9")


def an_act_by_the_post(cast):
    post = Post.objects.get(person__name="王二")
    entry = Entry.objects.order_by("-received_at").first()
    Entry.objects.filter(pk=entry.pk).update(right_id=post.pk, received_at=timezone.now())


@pytest.mark.parametrize("build", [an_invitation, a_second_post, a_new_name, another_phone, an_act_by_the_post])
def test_nothing_is_undone_once_something_was_built_on_it(cast, build):
    row = [cast.bodies["water"].name, "部门", "", "", "", "0878-5", ""]
    rows = {"posts": POSTS, "members": MEMBERS, "councillors": COUNCILLORS}
    sent = publish(cast, send(cast, workbook(bodies=[*BODIES, row], **rows)), "administrator")
    build(cast)
    before = everything_counted()
    with pytest.raises(Refusal) as refused:
        undo(cast, sent)
    assert refused.value.code == "import.built_upon" and everything_counted() == before


def test_what_an_undo_needs_is_kept_for_thirty_days(cast):
    sent = publish(cast, send(cast, workbook()), "administrator")
    Import.within.update(published_at=timezone.now() - timedelta(days=31))
    imports_forget()
    with pytest.raises(Refusal) as refused:
        undo(cast, again(sent.pk))
    assert "30" in str(refused.value.message) and Body.objects.filter(name="牟定县卫生健康局").exists()


def test_what_changed_meanwhile_is_checked_anew(cast):
    """Between the look and the taking somebody registered one of the bodies by hand."""
    sent = send(cast, workbook())
    import_publish(actor=cast.viewer("administrator"), sent=sent)
    Body.objects.create(kind="department", name="牟定县卫生健康局", place=cast.places["牟定县"], phone="0878-1")
    imports_work()
    sent = again(sent.pk)
    assert (sent.state, sent.new, sent.same) == (State.READY, 7, 1) and ["stale", {}] in sent.notes


@pytest.mark.parametrize("who", ["clerk", "outsider", "member", "villager"])
def test_others_import_nothing_and_see_nothing(cast, who):
    with pytest.raises(NotAllowed):
        send(cast, workbook(), who)
    sent = send(cast, workbook())
    with pytest.raises(NotAllowed):
        import_publish(actor=cast.viewer(who), sent=sent)
    assert not Import.within.filter(Import.reach_q(cast.viewer(who).reach)).exists()
    assert Import.within.filter(Import.reach_q(cast.viewer("administrator").reach)).exists()


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
        send(cast, data)
    assert refused.value.code == code and str(refused.value)
