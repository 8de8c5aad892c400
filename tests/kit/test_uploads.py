"""A photo is chosen once: what came with a form that is shown again comes with its next sending, to nobody else."""

import os
import re
import time
from pathlib import Path

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.attachments.test_photo_keep import picture
from tests.cast import sign_in
from tests.every_form import fields_of
from tests.test_house import ROOT
from yishi.attachments import waiting
from yishi.attachments.waiting import uploads_sweep
from yishi.database.reach import everything
from yishi.deliberation.models import Worry
from yishi.web.kit.uploads import LEFT_OUT, NAMED

pytestmark = pytest.mark.django_db
SENT = {"text": "三组路灯坏了半个月，夜里看不见路", "theme": "roads"}
RECEIVED = "已收到：照片.jpg"
NAME = re.compile(rf'name="{NAMED}" value="([0-9a-f]+)"')


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.FILES_DIR, settings.WAITING_DIR = tmp_path / "files", tmp_path / "waiting"
    return settings


def raise_worry(client, **more):
    return client.post(reverse("raise_worry_at", args=["MN0000TEST"]), {**SENT, **more})


def token(page):
    return NAME.search(page.content.decode())[1]


def photos():
    with everything():
        return [worry.photos.count() for worry in Worry.objects.order_by("pk")]


def waits(settings):
    return len(list(Path(settings.WAITING_DIR).iterdir())) if Path(settings.WAITING_DIR).exists() else 0


def test_a_refused_form_keeps_its_photo(client, cast, folders):
    refused = raise_worry(client, photo=picture(), raiser_phone="1390000000000")
    assert refused.status_code == 422 and RECEIVED in refused.content.decode()
    assert photos() == [] and waits(folders) == 1
    again = raise_worry(client, raiser_phone="1390000000000", **{NAMED: token(refused)})
    assert again.status_code == 422 and token(again) == token(refused)  # as often as it takes
    assert raise_worry(client, **{NAMED: token(again)}).status_code == 302
    assert photos() == [1] and waits(folders) == 0


def test_the_question_whether_it_is_the_same_keeps_it_too(client, cast):
    assert raise_worry(client).status_code == 302
    asked = raise_worry(client, photo=picture())
    assert asked.status_code == 200 and asked.context["alike"] and RECEIVED in asked.content.decode()
    assert raise_worry(client, sure="1", same_as="", **{NAMED: token(asked)}).status_code == 302
    assert photos() == [0, 1]


def test_a_text_that_is_too_long_keeps_it_too(client, cast):
    sign_in(client, cast, "clerk")
    page = client.post(
        reverse("raise_worry_at", args=["MN0000TEST"]), {**SENT, "text": "长" * 5000, "photo": picture()}
    )
    assert page.status_code == 422 and RECEIVED in page.content.decode()


def test_it_is_left_out_or_replaced(client, cast, folders):
    refused = raise_worry(client, photo=picture(), raiser_phone="1390000000000")
    out = {NAMED: token(refused), LEFT_OUT: token(refused)}
    assert raise_worry(client, **out).status_code == 302
    assert photos() == [0] and waits(folders) == 0
    refused = raise_worry(client, text="水管漏了", photo=picture(), raiser_phone="1390000000000")
    other = raise_worry(client, text="水管漏了", photo=picture((900, 600)), sure="1", **{NAMED: token(refused)})
    assert other.status_code == 302 and photos() == [0, 1] and waits(folders) == 0
    with everything():
        assert [photo.width for photo in Worry.objects.latest("pk").photos.all()] == [900]


def test_nobody_else_gets_it(client, cast, folders):
    refused = raise_worry(client, photo=picture(), raiser_phone="1390000000000")
    stranger = client.__class__()
    assert raise_worry(stranger, **{NAMED: token(refused)}).status_code == 302
    sign_in(client, cast, "clerk")  # the same computer, another person
    assert raise_worry(client, text="水管漏了", sure="1", **{NAMED: token(refused)}).status_code == 302
    assert photos() == [0, 0]
    assert RECEIVED not in client.get(reverse("raise_worry_at", args=["MN0000TEST"])).content.decode()


def test_it_lies_there_unreadable_and_not_for_long(client, cast, folders):
    sent = picture()
    content = sent.read()
    sent.seek(0)
    raise_worry(client, photo=sent, raiser_phone="1390000000000")
    (path,) = Path(folders.WAITING_DIR).iterdir()
    assert content[20:60] not in path.read_bytes() and uploads_sweep() == 0
    os.utime(path, (time.time() - 90_000,) * 2)
    assert uploads_sweep() == 1 and waits(folders) == 0


def test_what_cannot_be_kept_is_asked_for_again(client, cast, folders, monkeypatch):
    monkeypatch.setattr(waiting, "MOST_BYTES", 10)
    page = raise_worry(client, photo=picture(), raiser_phone="1390000000000").content.decode()
    assert RECEIVED not in page and "照片.jpg 没有留下，请再选一次" in page


def test_a_file_that_is_none_is_not_kept_and_named_at_its_own_field(client, cast, proved, promise, folders):
    bad = raise_worry(client, photo=SimpleUploadedFile("照片.jpg", b"no photo"))
    assert bad.status_code == 422 and RECEIVED not in bad.content.decode()
    one = promise()
    sign_in(client, cast, "handler")
    fields = {"text": "修好了", "done_on": "2020-01-01", "photo_1": picture()}
    fields["photo_2"] = SimpleUploadedFile("照片.jpg", b"no photo")
    page = client.post(reverse("commitment_prove", args=[one.pk]), fields)
    assert [*page.context["form"].errors] == ["photo_2"] and page.content.decode().count(RECEIVED) == 1


def test_every_field_of_a_file_is_drawn_where_its_upload_is_kept():
    """`render_field` draws them all; a field drawn by hand would lose what came with it."""
    assert len([*fields_of(forms.FileField)]) >= 20
    templates = (ROOT / "yishi" / "web" / "templates").rglob("*.html")
    assert [path for path in templates if 'type="file"' in path.read_text("utf-8")] == []
