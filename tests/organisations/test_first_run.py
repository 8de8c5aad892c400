"""Starting for real: the console's code, my place, the first administrator, one workbook, invitations."""

import sqlite3

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.assistance.imports.test_organisation import BODIES, COUNCILLORS, MEMBERS, POSTS, workbook
from tests.cast import sign_in
from tests.formats.books import read_sheet
from tests.kept import kept
from yishi.assistance.imports.models import Import
from yishi.assistance.imports.services.steps import imports_work
from yishi.kit.errors import Refusal
from yishi.kit.ids import uuid7
from yishi.organisations.first_code import first_code, first_code_fits, first_code_forget
from yishi.organisations.fresh_start import demo_set_aside, move_database, places_provide
from yishi.organisations.models import Body, Installation, Place, Post
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


@kept
def province(db):
    """All places, as the first page loads them."""
    places_provide()


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
    assert set(Post.objects.values_list("role", flat=True)) == {"administrator", "security"}
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


@pytest.mark.once  # the page loads them in the first test, on every database
def test_what_is_typed_wrong_is_said_and_kept(client, province):
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


def send(client, data, name="机构.xlsx"):
    """As the wizard's link leads: the page of workbooks, for bodies and people."""
    address = reverse("import_new") + "?kind=organisation"
    fields = {"kind": "organisation", "file": SimpleUploadedFile(name, data), "act_id": uuid7()}
    response = client.post(address, fields, follow=True)
    imports_work()
    return client.get(response.request["PATH_INFO"]) if response.redirect_chain else response


def test_a_workbook_is_checked_seen_imported_and_undone(client, cast):
    sign_in(client, cast, "administrator")
    link = reverse("import_new") + "?kind=organisation"
    assert link in client.get(reverse("start")).content.decode()
    form = client.get(link).content.decode()
    assert 'name="file"' in form and 'name="body"' not in form and 'name="year"' not in form
    page = send(client, workbook()).content.decode()
    assert not Body.objects.filter(name="共和镇卫生院").exists()
    assert "机构.xlsx" in page and "共和镇卫生院 · 事业单位 · 共和镇" in page
    sent = Import.within.get()
    client.post(reverse("import_take", args=[sent.pk]), {"act_id": uuid7()})
    imports_work()
    assert Body.objects.filter(name="共和镇卫生院").exists()
    assert reverse("start") in client.get(reverse("import", args=[sent.pk])).content.decode()
    assert "没有需要导入的" in send(client, workbook()).content.decode()
    client.post(reverse("import_undo", args=[sent.pk]), {"act_id": uuid7()})
    assert not Body.objects.filter(name="共和镇卫生院").exists()


@pytest.mark.once
def test_a_fresh_installation_takes_its_first_workbook(client, province):
    started(client)
    council = ["共和镇协商议事会议", "协商议事会议", "共和镇", "", "", "", ""]
    committee = ["政协牟定县委员会", "政协委员会", "", "", "", "", ""]
    data = workbook(bodies=[council, committee, *BODIES], posts=POSTS, members=MEMBERS, councillors=COUNCILLORS)
    assert "共和镇协商议事会议" in send(client, data).content.decode()
    client.post(reverse("import_take", args=[Import.within.get().pk]), {"act_id": uuid7()})
    imports_work()
    assert Import.within.get().state == Import.State.PUBLISHED
    assert Post.objects.exclude(role__in=("administrator", "security")).count() == 4 and Body.objects.count() == 6


def test_bad_rows_are_listed_and_come_back_as_a_workbook(client, cast):
    sign_in(client, cast, "administrator")
    page = send(client, workbook(bodies=[["甲局", "怪类别", "", "", "", "", ""]]))
    assert "怪类别" in page.content.decode()
    back = client.get(reverse("import_rejected", args=[Import.within.get().pk]))
    assert "怪类别" in read_sheet(back.content)[0].rows[1][0]
    assert not Body.objects.filter(name="甲局").exists()


def test_no_workbook_is_said_on_the_page(client, cast):
    sign_in(client, cast, "administrator")
    for data in (b"%PDF", b"", b"PK\x03\x04"):
        assert send(client, data, "a.xlsx").status_code == 422
    assert client.post(reverse("import_new"), {"act_id": uuid7()}).status_code == 422


def test_the_template_downloads(client, cast):
    sign_in(client, cast, "administrator")
    data = client.get(reverse("import_template"), {"kind": "organisation"}).content
    assert [sheet.name for sheet in read_sheet(data)] == ["机构", "人员与任职", "委员", "议事会成员", "填写说明"]
    assert client.get(reverse("import_template"), {"kind": "households"}).status_code == 404


def test_others_see_neither_the_kind_nor_what_was_sent(client, cast):
    sign_in(client, cast, "administrator")
    send(client, workbook())
    sent = Import.within.get()
    for who in ("outsider", "clerk"):
        sign_in(client, cast, who)
        assert "organisation" not in client.get(reverse("import_new")).content.decode()
        for name in ("import", "import_state", "import_rejected", "import_take", "import_undo", "import_give_up"):
            assert client.get(reverse(name, args=[sent.pk])).status_code == 404


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
