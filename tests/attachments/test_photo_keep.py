"""Photos: upright, small, without what the camera wrote into them; fakes and giants are refused."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from yishi.attachments.models import Attachment
from yishi.attachments.store import opened, photo_keep, scan_keep
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
