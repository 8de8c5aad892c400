"""Starting for real: the console's code, my place, the first administrator, one workbook, invitations."""

import sqlite3

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.cast import sign_in
from tests.organisations.test_workbook import workbook
from yishi.formats.sheets import read_sheet
from yishi.kit.errors import Refusal
from yishi.kit.ids import uuid7
from yishi.organisations.first_code import first_code, first_code_fits, first_code_forget
from yishi.organisations.fresh_start import demo_set_aside, move_database
from yishi.organisations.models import Body, Installation, Place, Post, WorkbookDraft
from yishi.organisations.services.installation import installation_start, may_begin
from yishi.people.models import Account

pytestmark = pytest.mark.django_db

START = {
    "body_name": "政协牟定县委员会办公室",
    "site_name": "牟定县协商议事平台",
    "name": "管理员甲",
    "username": "guanli",
    "password": "一句够长的口令 2026",
    "again": "一句够长的口令 2026",
}


@pytest.fixture(autouse=True)
def _data_folder(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    cache.clear()
    yield
    first_code_forget()


def enter_code(client):
    return client.post(reverse("first"), {"code": first_code(), "act_id": uuid7()})


def started(client, **given):
    enter_code(client)
    county = Place.objects.filter(code="532323").first()
    if county is None:
        client.get(reverse("first"))  # loads the places
        county = Place.objects.get(code="532323")
    return client.post(reverse("first"), {**START, "place": county.full_name, "act_id": uuid7(), **given})


def test_it_works(client):
    assert "first-code" in client.get(reverse("first")).content.decode()
    response = started(client)
    assert response.status_code == 302 and response.url == reverse("start")
    one = Installation.objects.get()
    assert (one.home_place.name, one.site_name) == ("牟定县", "牟定县协商议事平台") and one.started_at
    account = Account.objects.get()
    assert account.username == "guanli" and client.session["_auth_user_id"] == str(account.pk)
    assert Post.objects.get().role == "administrator"
    assert Place.objects.count() == 16495
    assert client.get(reverse("start")).status_code == 200
    assert client.get(reverse("first")).status_code == 404 and not may_begin()
    assert not first_code_fits(first_code() + "X")


def test_a_stranger_without_the_code_begins_nothing(client):
    assert not first_code_fits("") and not first_code_fits("AAAAAAAAAA")
    first_code()
    response = client.post(reverse("first"), {**START, "code": "WRONGWRONG", "act_id": uuid7()})
    assert response.status_code == 422 and not Account.objects.exists()
    for _n in range(25):
        response = client.post(reverse("first"), {"code": "WRONGWRONG", "act_id": uuid7()})
    assert "太多" in response.content.decode()
    assert enter_code(client).status_code == 302  # a stranger's guesses do not hold the operator up


def test_what_is_typed_wrong_is_said_and_kept(client):
    response = started(client, place="火星", password="1", again="1")
    page = response.content.decode()
    assert response.status_code == 422 and "guanli" in page and not Account.objects.exists()
    assert started(client, password="123", again="123").status_code == 422
    assert not Account.objects.exists() and not Body.objects.exists()


def test_a_second_start_is_refused(cast):
    with pytest.raises(Refusal) as refused:
        installation_start(
            place=cast.places["牟定县"], body_kind="office", body_name="又一办公室", site_name="又一平台",
            name="甲", username="second", password="一句够长的口令 2026",
        )  # fmt: skip
    assert refused.value.code == "installation.started"
    assert not Body.objects.filter(name="又一办公室").exists()


def test_the_first_page_is_gone_where_people_have_begun(client, cast):
    assert client.get(reverse("first")).status_code == 404
    assert client.post(reverse("first"), {"code": first_code()}).status_code == 404


def upload(name, data):
    return SimpleUploadedFile(name, data)


def test_a_workbook_is_checked_seen_and_imported(client, cast):
    sign_in(client, cast, "administrator")
    sent = {"file": upload("机构.xlsx", workbook()), "act_id": uuid7()}
    response = client.post(reverse("register_import"), sent, follow=True)
    page = response.content.decode()
    assert response.status_code == 200 and not Body.objects.filter(name="共和镇卫生院").exists()
    assert "机构.xlsx" in page
    draft = WorkbookDraft.objects.get()
    client.post(reverse("register_preview", kwargs={"pk": draft.pk}), {"act_id": uuid7()})
    assert Body.objects.filter(name="共和镇卫生院").exists()
    client.post(reverse("register_import"), {"file": upload("机构.xlsx", workbook()), "act_id": uuid7()})
    newest = WorkbookDraft.objects.latest("created_at")
    assert newest.report["counts"]["bodies"]["same"] == 3


def test_bad_rows_are_listed_and_come_back_as_a_workbook(client, cast):
    sign_in(client, cast, "administrator")
    data = workbook(bodies=[["甲局", "怪类别", "", "", "", "", ""]])
    response = client.post(reverse("register_import"), {"file": upload("a.xlsx", data), "act_id": uuid7()}, follow=True)
    assert "怪类别" in response.content.decode()
    draft = WorkbookDraft.objects.get()
    back = client.get(reverse("register_reasons", kwargs={"pk": draft.pk}))
    assert "怪类别" in read_sheet(back.content)[0].rows[2][0]
    assert not Body.objects.filter(name="甲局").exists()


def test_no_workbook_is_said_on_the_page(client, cast):
    sign_in(client, cast, "administrator")
    for data in (b"%PDF", b"", b"PK\x03\x04"):
        response = client.post(reverse("register_import"), {"file": upload("a.xlsx", data), "act_id": uuid7()})
        assert response.status_code == 422
    assert client.post(reverse("register_import"), {"act_id": uuid7()}).status_code == 422


def test_the_template_downloads(client, cast):
    sign_in(client, cast, "administrator")
    names = [sheet.name for sheet in read_sheet(client.get(reverse("register_template")).content)]
    assert names == ["机构", "人员与任职", "委员", "议事会成员", "填写说明"]


def test_a_draft_is_seen_by_its_sender_only(client, cast):
    sign_in(client, cast, "administrator")
    client.post(reverse("register_import"), {"file": upload("a.xlsx", workbook()), "act_id": uuid7()})
    draft = WorkbookDraft.objects.get()
    for who in ("outsider", "clerk"):
        sign_in(client, cast, who)
        for name in ("register_preview", "register_reasons"):
            assert client.get(reverse(name, kwargs={"pk": draft.pk})).status_code == 404


def test_the_demo_is_switched_off_with_the_code_only(client, cast, monkeypatch):
    Installation.objects.update(is_demo=True)
    done = []
    monkeypatch.setattr("yishi.web.organisations.first_run.demo_set_aside", lambda: done.append(1) or "somewhere")
    client.post(reverse("first"), {"act_id": uuid7()})
    assert not done
    enter_code(client)
    assert not done and client.get(reverse("first")).status_code == 200
    response = client.post(reverse("first"), {"act_id": uuid7()})
    assert done and response.status_code == 302


def test_a_real_installation_is_never_set_aside(cast):
    with pytest.raises(Refusal) as refused:
        demo_set_aside()
    assert refused.value.code == "demo.none"


def test_the_demos_database_is_moved_whole(tmp_path):
    database, folder = tmp_path / "yishi.sqlite3", tmp_path / "aside"
    folder.mkdir()
    writer = sqlite3.connect(database)
    writer.execute("PRAGMA journal_mode=WAL")
    writer.execute("CREATE TABLE t (n)")
    writer.execute("INSERT INTO t VALUES (7)")
    writer.commit()
    move_database(database, folder)
    writer.close()
    assert not database.exists()
    assert sqlite3.connect(folder / database.name).execute("SELECT n FROM t").fetchall() == [(7,)]
