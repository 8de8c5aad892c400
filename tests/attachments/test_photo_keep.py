"""Photos: upright, small, without what the camera wrote into them; fakes and giants are refused."""

import io
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from yishi.attachments.models import Attachment
from yishi.attachments.store import opened, photo_keep, scan_keep
from yishi.attachments.sweep import attachments_sweep
from yishi.deliberation.services.worries import worry_file
from yishi.kit.errors import Refusal
from yishi.organisations.grants import Viewer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.FILES_DIR = tmp_path


def picture(size=(2400, 1200), kind="JPEG", **given):
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, kind, **given)
    return SimpleUploadedFile("照片.jpg", out.getvalue())


def test_it_works():
    exif = Image.Exif()
    exif[0x010F] = "phone of somebody"
    kept = photo_keep(actor=Viewer(), upload=picture(exif=exif))
    with opened(kept) as file:
        image = Image.open(file)
        assert (image.size, dict(image.getexif())) == ((1600, 800), {})
    with opened(kept, small=True) as file:
        assert max(Image.open(file).size) == 360


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_no_word_of_the_camera_or_its_owner_stays(kind):
    words = {"comment": b"Li lives here"} if kind == "JPEG" else {"pnginfo": PngInfo()}
    if kind == "PNG":
        words["pnginfo"].add_text("comment", "Li lives here")
    kept = photo_keep(actor=Viewer(), upload=picture((300, 200), kind, **words))
    for small in (False, True):
        with opened(kept, small=small) as file:
            assert b"Li lives" not in file.read()
    assert "照片" not in kept.name


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_photographed_paper_does_not_tell_where_it_was_taken(kind):
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (25.0, 1.0, 2.0), 3: "E", 4: (102.0, 3.0, 4.0)})  # where the phone was
    exif[0x010E] = "Li lives here"
    sent = picture((3000, 2000), kind, exif=exif)
    assert b"Li lives" in sent.read()
    sent.seek(0)
    kept = scan_keep(actor=Viewer(), upload=sent)
    with opened(kept) as file:
        content = file.read()
    image = Image.open(io.BytesIO(content))
    assert b"Li lives" not in content and dict(image.getexif()) == {}
    assert (image.size, kept.media_type, kept.name) == ((3000, 2000), "image/jpeg", "照片.jpg")  # still to be read


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\nno picture", b"\xff\xd8\xff\xe0 no picture", b"<svg/>", b""])
def test_a_scan_is_a_pdf_or_a_picture(content):
    with pytest.raises(Refusal, match="PDF") as refused:
        scan_keep(actor=Viewer(), upload=SimpleUploadedFile("收据.png", content))
    assert refused.value.field == "scan"
    assert not Attachment.objects.exists()


def test_what_no_record_took_up_is_swept_after_a_day(cast, all_files):
    fresh, old, used = (photo_keep(actor=Viewer(), upload=picture((30, 20))) for _ in range(3))
    Attachment.objects.exclude(pk=fresh.pk).update(created_at=timezone.now() - timedelta(days=2))
    worry = worry_file(
        actor=Viewer(), text="路灯坏了", theme="roads", place=cast.places["牟尼村"], channel="page", photos=[used]
    )
    assert worry.result["worry"] and attachments_sweep() == 1
    assert set(Attachment.objects.values_list("pk", flat=True)) == {fresh.pk, used.pk}
    with pytest.raises(FileNotFoundError):
        opened(old)
    assert attachments_sweep() == 0


def test_a_turned_photo_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees
    kept = photo_keep(actor=Viewer(), upload=picture(exif=exif))
    assert (kept.width, kept.height) == (800, 1600)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_formats_become_jpeg(kind):
    assert photo_keep(actor=Viewer(), upload=picture((300, 200), kind)).media_type == "image/jpeg"


def test_an_80_megapixel_photo_is_refused_before_it_is_unpacked():
    with pytest.raises(Refusal) as refused:
        photo_keep(actor=Viewer(), upload=picture((10_000, 8_000), "PNG"))
    assert refused.value.code == "photo.pixels"


@pytest.mark.parametrize("content", [b"", b"<svg onload='x'/>", b"GIF89a" + b"0" * 50, b"\xff\xd8\xff\xe0 not a photo"])
def test_a_fake_photo_is_refused(content):
    with pytest.raises(Refusal) as refused:
        photo_keep(actor=Viewer(), upload=SimpleUploadedFile("a.jpg", content))
    assert refused.value.field == "photo"
    assert not Attachment.objects.exists()


def test_a_scan_is_known_by_its_content():
    with pytest.raises(Refusal):
        scan_keep(actor=Viewer(), upload=SimpleUploadedFile("a.pdf", b"<html>"))
    assert scan_keep(actor=Viewer(), upload=SimpleUploadedFile("a.txt", b"%PDF-1.7 x")).media_type == "application/pdf"


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_is_white_as_paper(mode):
    image = Image.new("RGBA", (200, 100), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (20, 20, 60, 60))
    out = io.BytesIO()
    image.convert(mode).save(out, "PNG")
    kept = scan_keep(actor=Viewer(), upload=SimpleUploadedFile("收据.png", out.getvalue()))
    with opened(kept) as file:
        grey = Image.open(file).convert("L")
    assert grey.getpixel((150, 80)) > 240 and grey.getpixel((40, 40)) < 15


def test_a_scan_in_16_bits_of_grey_stays_grey_and_upright():
    exif, out = Image.Exif(), io.BytesIO()
    exif[0x0112], exif[0x010E] = 6, "Li lives here"
    Image.new("I;16", (200, 100), 20_000).save(out, "PNG", exif=exif)
    kept = scan_keep(actor=Viewer(), upload=SimpleUploadedFile("收据.png", out.getvalue()))
    with opened(kept) as file:
        content = file.read()
    grey = Image.open(io.BytesIO(content)).convert("L")
    assert b"Li lives" not in content
    assert abs(grey.getpixel((50, 50)) - 78) < 3 and grey.size == (100, 200)


def test_a_page_of_a4_at_600_dots_is_taken_as_a_scan_and_not_as_a_photo():
    out = io.BytesIO()
    Image.new("1", (4960, 7016), 1).save(out, "PNG")
    kept = scan_keep(actor=Viewer(), upload=SimpleUploadedFile("收据.png", out.getvalue()))
    assert kept.media_type == "image/jpeg"
    with pytest.raises(Refusal) as refused:
        photo_keep(actor=Viewer(), upload=SimpleUploadedFile("照片.png", out.getvalue()))
    assert refused.value.code == "photo.pixels"


def test_a_file_whose_act_failed_is_discarded_a_day_later(settings, monkeypatch):
    kept = photo_keep(actor=Viewer(), upload=picture())
    with pytest.raises(RuntimeError), transaction.atomic():
        lost = photo_keep(actor=Viewer(), upload=picture((640, 480)))
        raise RuntimeError("the act failed after its file was written")
    assert not Attachment.objects.filter(pk=lost.pk).exists()
    files = {path for path in settings.FILES_DIR.rglob("*") if path.is_file()}
    assert len(files) == 4 and attachments_sweep() == 0  # somebody may still be writing the record
    day = timezone.now() + timedelta(days=1, hours=1)
    monkeypatch.setattr("yishi.attachments.sweep.timezone", SimpleNamespace(now=lambda: day))
    Attachment.objects.filter(pk=kept.pk).update(created_at=day)
    assert attachments_sweep() == 1
    left = {path for path in settings.FILES_DIR.rglob("*") if path.is_file()}
    assert {path.name for path in left} == {kept.key[6:], f"{kept.key[6:]}.small"}
