"""A value that is in no list is explained once: for all rows of the workbook and for the desk's next ones."""

import pytest
from django.urls import reverse

from tests.assistance.importing import again, card, families, faults, publish, send, workbook
from tests.cast import sign_in
from yishi.assistance.deeds.models import Deed
from yishi.assistance.imports.models import Import, ImportWord
from yishi.assistance.imports.services.meanings import Word, import_explain, words_asked
from yishi.assistance.imports.services.steps import imports_work
from yishi.assistance.imports.workbooks.faults import note_words
from yishi.assistance.register.models import HouseholdMember, Resident
from yishi.database.reach import everything
from yishi.formats.sheets import write_sheet
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.kit.ids import uuid7

HEALTH = "member_year.health"


def strange(count=300):
    """A county's own words in every row."""
    lines = families(count, size=1)
    for line in lines:
        line.update(健康状况="身体不错", 文化程度="念过中学")
    return lines


def explain(cast, sent, *words, who="clerk"):
    import_explain(actor=cast.viewer(who), sent=sent, words=[Word(*word) for word in words])
    imports_work()
    return again(sent.pk)


def keys(sent):
    return {asked.said: asked.column for asked in words_asked(sent)}


def test_workbooks_4_a_value_is_explained_once_for_all_rows_and_remembered(cast):
    sent = send(cast, workbook(strange()))
    assert (sent.state, sent.bad) == ("faulty", 300)
    asked = {(value.heading, value.said): value for value in words_asked(sent)}
    assert {key: value.rows for key, value in asked.items()} == {
        ("健康状况", "身体不错"): 300,
        ("文化程度", "念过中学"): 300,
    }
    assert "健康" in asked["健康状况", "身体不错"].choices
    column = keys(sent)
    sent = explain(cast, sent, (column["身体不错"], "身体不错", "健康"), (column["念过中学"], "念过中学", "初中"))
    assert (sent.state, sent.new, sent.bad) == ("ready", 300, 0), faults(sent)[:3]
    said = [note_words(code, params) for code, params in sent.notes]
    assert any("身体不错→健康（300）" in sentence for sentence in said)
    publish(cast, sent)
    assert HouseholdMember.within.count() == 300
    other = strange(301)[300:]
    assert send(cast, workbook(other)).new == 1, "the next workbook of the desk reads so by itself"
    ImportWord.objects.all().delete()
    assert send(cast, workbook(other)).bad == 1


def test_workbooks_4_one_of_several_values_in_a_cell_is_explained(cast):
    lines = families(2, size=1)
    for line in lines:
        line["健康状况"] = "残疾、老毛病"
    sent = send(cast, workbook(lines))
    column = keys(sent)
    assert set(column) == {"老毛病"}
    sent = explain(cast, sent, (column["老毛病"], "老毛病", "长期慢性病"))
    assert sent.state == "ready", faults(sent)


def test_workbooks_4_items_kinds_and_sectors_are_explained_too(cast, helping):
    lines = [["办培训班", "2026-11-01", 1, "种花"]]
    sent = send(cast, write_sheet(lines, ["活动项", "日期", "数量", "内容"], "实绩"), kind="deeds", year=2026)
    assert words_asked(sent)[0].choices == sorted(item.versions.get().name for item in helping.items.values())
    sent = publish(cast, explain(cast, sent, ("item", "办培训班", "办一场培训")))
    assert Deed.within.get().version.name == "办一场培训"
    lines = [["H牟尼村0", "委员甲", "政协的", "2020-03-01"]]
    sent = send(cast, write_sheet(lines, ["户编号", "帮扶责任人", "结对类型", "开始日期"], "结对"), kind="pairings")
    assert explain(cast, sent, ("kind", "政协的", "委员")).state == "ready"


def test_workbooks_4_what_was_explained_can_be_forgotten_and_is_of_one_desk(cast):
    sent = send(cast, workbook(strange(1)))
    column = keys(sent)
    words = [(column["身体不错"], "身体不错", "健康"), (column["念过中学"], "念过中学", "初中")]
    sent = explain(cast, sent, *words)
    remembered = {(value.said, value.meant, value.rows) for value in words_asked(sent)}
    assert remembered == {("身体不错", "健康", 0), ("念过中学", "初中", 0)}
    sent = explain(cast, sent, (column["身体不错"], "身体不错", ""))
    assert sent.bad == 1 and ImportWord.objects.count() == 1
    other = ImportWord.objects.get()
    ImportWord.objects.filter(pk=other.pk).update(body=cast.bodies["outside_office"])
    assert {fault[1] for fault in faults(send(cast, workbook(strange(1))))} == {"健康状况", "文化程度"}


def test_workbooks_4_only_values_of_the_list_are_taken_and_only_before_it_is_imported(cast):
    sent = send(cast, workbook(strange(1)))
    column = keys(sent)["身体不错"]
    for word in ((column, "身体不错", "很好"), ("village", "牟尼村", "邻近村")):
        with pytest.raises(Refusal):
            explain(cast, sent, word)
    with pytest.raises(Refusal):
        explain(cast, sent)
    with pytest.raises(NotAllowed):
        explain(cast, sent, (column, "身体不错", "健康"), who="outsider")
    Import.within.filter(pk=sent.pk).update(state="published")
    with pytest.raises(WrongStage):
        explain(cast, sent, (column, "身体不错", "健康"))
    assert not ImportWord.objects.exists()


def test_workbooks_4_a_number_in_a_column_of_a_list_is_not_offered_in_clear(cast):
    lines = families(1, size=1)
    lines[0]["健康状况"] = card(77)
    assert words_asked(send(cast, workbook(lines))) == []


def test_workbooks_4_the_page_asks_for_each_value_and_says_what_is_read_so(client, cast):
    with everything():
        sent = send(cast, workbook(strange(3)))
    sign_in(client, cast, "clerk")
    page, words = reverse("import", args=[sent.pk]), reverse("import_words", args=[sent.pk])
    assert words in client.get(page).content.decode()
    form = client.get(words).context["form"]
    chosen = {name: {"身体不错": "健康", "念过中学": "初中"}[value.said] for name, value in form.asked.items()}
    assert client.post(words, {"act_id": uuid7(), **chosen}).status_code == 302
    with everything():
        imports_work()
        assert again(sent.pk).state == "ready"
        assert not Resident.within.exists()
    text = client.get(page).content.decode()
    assert "按您单位说明过的读" in text and words in text
