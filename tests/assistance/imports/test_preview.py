"""The preview of a workbook: new, changed and unchanged rows are listed; faults of one kind stand together."""

from django.urls import reverse

from tests.assistance.importing import card, families, publish, send, workbook
from tests.cast import sign_in
from tests.kept import kept
from yishi.assistance.imports.reads import import_fault_groups, import_rows
from yishi.database.reach import everything


@kept
def sent(cast):
    """Two families that are new, one that changes, one that stays as it is."""
    with everything():
        publish(cast, send(cast, workbook(families(2))))
        lines = families(4)
        lines[0]["联系电话"] = "13911112222"
        return send(cast, workbook(lines))


def test_workbooks_4_new_changed_and_unchanged_rows_are_listed(client, cast, sent):
    assert (sent.new, sent.changed, sent.same) == (2, 1, 1)
    sign_in(client, cast, "clerk")
    page = reverse("import", args=[sent.pk])
    changed = client.get(page).content.decode()
    assert "13900000000" in changed and "13911112222" in changed
    new = client.get(page, {"show": "new"}).content.decode()
    assert "5323230000000002" in new and "5323230000000003" in new and "5323230000000001" not in new
    same = client.get(page, {"show": "same"}).content.decode()
    assert "5323230000000001" in same and "5323230000000002" not in same
    assert all(card(number) not in text for number in range(16) for text in (changed, new, same))


def test_workbooks_4_the_rows_are_those_of_the_workbook_with_numbers_of_papers_left_out(cast, sent):
    with everything():
        listed = import_rows(sent, "new")
        gone = import_rows(publish(cast, sent), "new")
    assert listed.headings == ["县", "乡", "村", "户编号", "人口编号", "姓名"]
    assert [number for number, _cells in listed.rows] == [str(number) for number in range(10, 18)]
    assert listed.rows[0][1][3] == "5323230000000002" and gone.rows == []


def test_workbooks_4_faults_of_one_kind_stand_together_with_their_number(client, cast):
    lines = families(400, size=2)
    for line in lines:
        line["健康状况"] = "很健康"
    lines[0]["文化程度"] = "私塾"
    with everything():
        sent = send(cast, workbook(lines))
        groups = import_fault_groups(sent)
    assert [(heading, count) for heading, _reason, count in groups] == [("健康状况", 800), ("文化程度", 1)]
    sign_in(client, cast, "clerk")
    text = client.get(reverse("import", args=[sent.pk])).content.decode()
    assert "800" in text and text.index("800") < text.index("很健康") + 2_000
