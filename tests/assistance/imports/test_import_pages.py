"""The pages of workbooks: a county clerk sends one, sees what it would do, takes it, undoes it; others see nothing."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.assistance.importing import again, card, families, faulty, workbook
from tests.cast import sign_in
from tests.formats.books import read_sheet
from yishi.assistance.imports.models import Import
from yishi.assistance.imports.reads import REASON
from yishi.assistance.imports.services.steps import imports_work
from yishi.assistance.register.models import Household
from yishi.database.reach import everything
from yishi.formats.sheet_rows import Row, read_rows
from yishi.kit.ids import uuid7

pytestmark = pytest.mark.django_db


def send(client, cast, data, name="农户.xlsx"):
    fields = {"kind": "households", "body": cast.bodies["office"].pk, "year": 2020}
    return client.post(reverse("import_new"), {**fields, "file": SimpleUploadedFile(name, data)})


def test_it_works(client, cast):
    sign_in(client, cast, "clerk")
    assert "表格导入" in client.get(reverse("desk")).content.decode()
    answer = send(client, cast, workbook(families(2)))
    assert answer.status_code == 302
    text = client.get(answer.url).content.decode()
    assert "等待读取" in text and "data-poll-url" in text
    imports_work()
    text = client.get(answer.url).content.decode()
    assert "全部导入" in text and "养蜂箱数" in text
    key = answer.url.strip("/").rpartition("/")[2]
    assert client.post(reverse("import_take", args=[key]), {"act_id": uuid7()}).status_code == 302
    imports_work()
    assert "撤销导入" in client.get(answer.url).content.decode()
    with everything():
        assert Household.objects.count() == 2
    assert client.post(reverse("import_undo", args=[key]), {"act_id": uuid7()}).status_code == 302
    imports_work()
    assert "已撤销" in client.get(answer.url).content.decode()
    with everything():
        assert not Household.objects.exists()
    assert "农户.xlsx" in client.get(reverse("imports")).content.decode()
    assert client.get(reverse("imports"), {"export": "xlsx"}).status_code == 200


def test_rejected_rows_come_back_with_the_reason_and_without_identity_numbers(client, cast):
    sign_in(client, cast, "clerk")
    one = faulty(cast)
    text = client.get(reverse("import", args=[one.pk])).content.decode()
    assert "证件号码" in text and "18 位" in text and card(0) not in text
    answer = client.get(reverse("import_rejected", args=[one.pk]))
    rows = read_sheet(answer.content)[0].rows
    assert rows[1][:2] == [REASON, "原表行号"]
    assert [(row[1], bool(row[0])) for row in rows[2:]] == [("2", True), ("3", True), ("4", True), ("5", True)]
    place = rows[1].index("证件号码")
    assert rows[2][place] == "*" * 14 + card(0)[-4:]
    assert rows[3][0].startswith("证件号码：") and rows[2][0] == "同一户第 3 行有误"


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "a.xlsx", "空"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.xls", ".xls"),
        (b"PK\x03\x04", "a.xlsx", "损坏"),
    ],
)
def test_what_is_no_workbook_is_refused_at_once_in_plain_words(client, cast, data, name, said):
    sign_in(client, cast, "clerk")
    answer = send(client, cast, data, name)
    assert answer.status_code == 422 and said in answer.content.decode()
    assert not Import.within.exists()


def test_a_file_without_headings_says_so_on_its_page(client, cast):
    sign_in(client, cast, "clerk")
    answer = send(client, cast, "甲,乙\n1,2\n".encode(), "a.csv")
    imports_work()
    assert "户编号、姓名" in client.get(answer.url).content.decode()


def test_the_template_is_taken_as_it_is_filled_in(client, cast):
    sign_in(client, cast, "clerk")
    data = client.get(reverse("import_template"), {"kind": "households"}).content
    rows = [what.cells for what in read_rows(data) if isinstance(what, Row)]
    assert rows[-1][:2] == ["模板版本", "2"]
    assert rows[0][:8] == ["县", "乡", "村", "户编号", "人口编号", "姓名", "证件号码", "与户主关系"]
    answer = send(client, cast, data)
    imports_work()
    assert "没有数据行" in client.get(answer.url).content.decode()  # its examples are no data


def test_each_kind_has_a_template_with_its_own_headings(client, cast):
    sign_in(client, cast, "clerk")
    wanted = {"households": "户编号", "deeds": "活动项", "pairings": "帮扶责任人", "projects": "项目名称"}
    for kind, heading in wanted.items():
        data = client.get(reverse("import_template"), {"kind": kind}).content
        assert heading in next(what.cells for what in read_rows(data) if isinstance(what, Row))
    assert client.get(reverse("import_template"), {"kind": "nothing"}).status_code == 404


def test_the_outsider_and_the_member_do_not_get_in(client, cast):
    one = faulty(cast)
    for who in ("outsider", "member"):
        sign_in(client, cast, who)
        for name in (
            "import",
            "import_state",
            "import_rejected",
            "import_take",
            "import_take_good",
            "import_undo",
            "import_give_up",
        ):
            assert client.get(reverse(name, args=[one.pk])).status_code == 404, (who, name)
    sign_in(client, cast, "member")
    assert client.get(reverse("imports")).status_code == 403
    sign_in(client, cast, "outsider")
    assert "农户.xlsx" not in client.get(reverse("imports")).content.decode()
    fields = {"kind": "households", "body": cast.bodies["office"].pk, "year": 2020}
    file = SimpleUploadedFile("a.xlsx", workbook(families(1)))
    assert client.post(reverse("import_new"), {**fields, "file": file}).status_code == 422
    assert again(one.pk).state == Import.State.FAULTY
