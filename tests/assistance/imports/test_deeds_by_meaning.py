"""A row of a workbook is known by what it means: sent again with other numbers in front, blanks, stops, columns and
rows, it is the same deed; the sisters among projects and pairings likewise."""

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.assistance.importing import faults, publish, send
from yishi.assistance.deeds.models import Deed
from yishi.assistance.imports.models import Import, ImportedRow
from yishi.assistance.imports.services.deed_kind import digest_of
from yishi.assistance.imports.workbooks.rows import StagedRow
from yishi.assistance.projects.models import Project
from yishi.formats.sheets import write_sheet
from yishi.kit.text import folded
from yishi.organisations.grants import system
from yishi.organisations.services.places import place_merge

State = Import.State
HEADINGS = ["序号", "活动项", "日期", "村", "数量", "受益户编号", "主办", "内容", "备注"]
PROJECT = ["序号", "项目名称", "项目类型", "村", "责任单位", "开工日期", "完工日期", "备注"]
PAIRING = ["序号", "户编号", "帮扶责任人", "结对类型", "开始日期", "备注"]


def deed(words="教种花", amount="1", days=3, item="办一场培训", households="", lead=""):
    """What a desk did, as somebody writes it down; the number in front and the remark come later."""
    day = (timezone.localdate() - timedelta(days=days)).isoformat()
    village = "牟尼村" if households else "邻近村"
    return [item, day, village, amount, households, lead, words]


def sent(cast, deeds, *, start=1, remark=""):
    rows = [[str(number), *row, remark] for number, row in enumerate(deeds, start)]
    return send(cast, write_sheet(rows, HEADINGS, "实绩"), kind="deeds", year=2026)


def outcome(workbook):
    return (workbook.new, workbook.same, workbook.bad)


@pytest.mark.parametrize(
    "again",
    [
        {"start": 2},
        {"remark": "已核"},
        {"words": "教 种花。"},
        {"amount": "1.0"},
        {"households": "H牟尼村1，H牟尼村0"},
    ],
)
def test_records_7_a_row_sent_again_in_another_spelling_is_the_same_deed(cast, helping, again):
    told = {"item": "为农户找一条销路", "households": "H牟尼村0、H牟尼村1", "lead": "委员甲"}
    publish(cast, sent(cast, [deed(**told)]))
    extra = {key: again.pop(key) for key in ("start", "remark") if key in again}
    workbook = sent(cast, [deed(**told | again)], **extra)
    assert outcome(workbook) == (0, 1, 0), faults(workbook)


def test_records_7_two_equal_rows_are_asked_about_whatever_their_numbers(cast, helping):
    workbook = sent(cast, [deed(), deed(amount="1.0", words="教种花。"), deed(words="教养蜂")])
    assert [code for _row, _heading, code in faults(workbook)] == ["deed_twice"]


def test_records_7_what_looks_like_a_recorded_deed_is_named_before_it_is_taken(cast, helping):
    day = timezone.localdate() - timedelta(days=3)
    helping.record(on=day, amount=2)  # by hand, on the member's phone
    told = {"item": "为农户找一条销路", "households": "H牟尼村0", "lead": "委员甲"}
    workbook = sent(cast, [deed(amount="2", **told), deed(amount="9", **told)])
    helping.households[0].refresh_from_db()
    assert outcome(workbook)[2] == 0
    publish(cast, sent(cast, [deed()]))
    workbook = sent(cast, [deed(words="另教一次养蜂"), deed(days=4)])
    assert outcome(workbook) == (2, 0, 0)
    assert [note[0] for note in workbook.notes if note[0] == "deed_alike"] == ["deed_alike"]
    assert dict(workbook.notes)["deed_alike"] == {"count": 1, "rows": "2"}


def test_records_7_rows_taken_before_they_were_known_by_meaning_are_still_known(cast, helping):
    publish(cast, sent(cast, [deed()]))
    values = dict(zip(("item", "on", "village", "amount", "words"), [*deed()[:4], "教种花"], strict=True))
    old = digest_of(StagedRow(2, "实绩", values, {"序号": "1"}, []))
    ImportedRow.objects.update(digest=old)
    workbook = sent(cast, [deed()])
    assert outcome(workbook) == (0, 1, 0)


@pytest.mark.parametrize("seed", [7, 8, 9])
def test_records_7_deeds_equal_a_count_by_meaning(cast, helping, seed):
    """Workbooks sent again with renumbered, added, removed and re-spelt rows, by chance; after some rounds villages are
    merged: what was written down before is the same deed under the old name and, as of its day, of the old village."""
    chance = random.Random(seed)
    known: dict[tuple, list] = {}
    rows = []
    merged_on = timezone.localdate() - timedelta(days=3)
    for turn in range(5):
        if turn == 2:
            place_merge(actor=system(), place=cast.places["邻近村"], into=cast.places["牟尼村"], on=merged_on)
        for _new in range(chance.randint(2, 4)):
            village = chance.choice(["邻近村", "牟尼村"])
            words = f"在{village}教种花第{chance.randint(1, 9)}课"
            told = deed(words=words, amount=str(chance.randint(1, 3)), days=chance.randint(1, 6))
            rows.append([*told[:2], village, *told[3:]])
        rows = list({meaning(row): row for row in rows}.values())
        chance.shuffle(rows)
        if len(rows) > 3:
            rows = rows[1:]
        respelt = []
        for row in rows:
            is_gone = turn >= 2 and row[1] >= merged_on.isoformat()
            village = chance.choice([row[2], "牟尼村"]) if is_gone else row[2]
            amount = chance.choice([row[3], f"{row[3]}.0"])
            respelt.append([*row[:2], village, amount, *row[4:6], spelt(chance, row[6])])
        known |= {meaning(row): row for row in rows}
        workbook = sent(cast, respelt, start=chance.randint(1, 9), remark=chance.choice(["", "补报"]))
        assert workbook.bad == 0, faults(workbook)
        if workbook.new:
            publish(cast, workbook)
        assert Deed.within.count() == len(known)
    assert sum(each.quantity for each in Deed.within.all()) == sum(int(row[3]) for row in known.values())


def meaning(row):
    return (*row[:3], int(row[3]), row[6])


def spelt(chance, words):
    return chance.choice([words, f"{words}。", f" {words}", words.replace("第", " 第 ")])


def test_records_7_a_project_twice_in_a_workbook_is_named_whatever_its_spelling(cast, helping):
    line = ["硬化村道", "道路", "牟尼村", "牟定县水务局", "2026-03-01", "2026-09-30"]
    rows = [["1", *line, ""], ["2", "硬化 村道。", *line[1:], "补报"]]
    workbook = send(cast, write_sheet(rows, PROJECT, "项目"), kind="projects")
    assert [code for _row, _heading, code in faults(workbook)] == ["row_twice"]
    publish(cast, send(cast, write_sheet(rows[:1], PROJECT, "项目"), kind="projects"))
    workbook = send(cast, write_sheet(rows[1:], PROJECT, "项目"), kind="projects")
    assert outcome(workbook) == (0, 1, 0) and Project.within.count() == 1


def test_records_7_a_pairing_twice_in_a_workbook_is_named_whatever_stands_beside(cast, helping):
    rows = [
        ["1", "H牟尼村0", "委员甲", "委员", "2026-01-01", ""],
        ["2", "H牟尼村0", "委员甲", "委员", "2026-01-01", "补"],
    ]
    workbook = send(cast, write_sheet(rows, PAIRING, "结对"), kind="pairings")
    assert [code for _row, _heading, code in faults(workbook)] == ["row_twice"]


def test_records_7_projects_and_pairings_of_a_village_stand_after_its_merger(cast, helping):
    projects = [["1", "硬化村道", "道路", "邻近村", "牟定县水务局", "2026-03-01", "2026-09-30", ""]]
    headings = ["村" if heading == "户编号" else heading for heading in PAIRING]
    pairings = [["1", "邻近村", "委员甲", "委员", "2026-01-01", ""]]
    tables = [(projects, PROJECT, "projects"), (pairings, headings, "pairings")]
    for rows, named, kind in tables:
        taken = publish(cast, send(cast, write_sheet(rows, named, "表"), kind=kind))
        assert taken.state == State.PUBLISHED, faults(taken)
    place_merge(actor=system(), place=cast.places["邻近村"], into=cast.places["牟尼村"])
    for rows, named, kind in tables:
        for village in ("邻近村", "牟尼村"):
            again = [[village if cell == "邻近村" else cell for cell in row] for row in rows]
            assert outcome(send(cast, write_sheet(again, named, "表"), kind=kind)) == (0, 1, 0), (kind, village)


def test_a_folded_text_keeps_what_tells_texts_apart():
    assert folded("教 种花。") == folded("教种花") and folded("Ａ1.5 米.") == "a1.5米"
    assert folded("1.5米") != folded("15米") and folded("1.") == "1"
