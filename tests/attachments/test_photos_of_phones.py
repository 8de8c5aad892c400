"""Photos as today's phones take them: made small within a memory bound; what cannot be read says what to do."""

import io
import json
import subprocess
import sys

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from yishi.attachments.models import Attachment
from yishi.attachments.store import photo_keep, scan_keep
from yishi.kit.errors import Refusal
from yishi.organisations.grants import Viewer

pytestmark = [pytest.mark.django_db, pytest.mark.once]  # one row is all that a database sees of a photo
MOST_MEGABYTES = 200  # beyond what the process holds already

# Draws the picture in one process, and takes it in another whose highest water mark is read.
DRAW = """
import sys
import pillow_heif
from PIL import Image
pillow_heif.register_heif_opener()
path, kind, width, height, more = sys.argv[1:6]
tile = Image.effect_noise((750, 500), 60)
picture = Image.new("RGB", (int(width), int(height)), "navy")
for x in range(0, int(width), 1500):
    picture.paste(tile.convert("RGB"), (x, 0))
picture.save(path, kind, quality=80, **eval(more))
"""
TAKE = """
import json, resource, sys
import django
django.setup()
from yishi.attachments import store
raw = open(sys.argv[1], "rb").read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
edge = int(sys.argv[2])
picture, large = store._bare(store._opened(raw, edge, sys.argv[3]), edge, quality=75)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"size": picture.size, "megabytes": (peak - before) / 1024, "bytes": len(raw)}))
"""


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.FILES_DIR = tmp_path


def run(code, *words):
    done = subprocess.run([sys.executable, "-c", code, *map(str, words)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.long
@pytest.mark.parametrize(
    ("kind", "size", "more"),
    [
        ("JPEG", (6000, 4000), {}),  # 24 megapixels
        ("JPEG", (8160, 6120), {}),  # 50
        ("JPEG", (8160, 6120), {"progressive": True}),
        ("JPEG", (12000, 9000), {"subsampling": 0}),  # 108
        ("HEIF", (6000, 4000), {}),
    ],
)
def test_text_8_a_photo_of_a_phone_is_made_small_within_the_memory_bound(tmp_path, kind, size, more):
    path = tmp_path / "photo"
    run(DRAW, path, kind, *size, repr(more))
    taken = json.loads(run(TAKE, path, 1600, "photo"))
    assert taken["size"] == [1600, round(1600 * size[1] / size[0])]
    assert taken["megabytes"] < MOST_MEGABYTES, taken


def test_text_8_a_photographed_paper_of_108_megapixels_too(tmp_path):
    path = tmp_path / "scan"
    run(DRAW, path, "JPEG", 12000, 9000, "{}")
    taken = json.loads(run(TAKE, path, 3600, "scan"))
    assert taken["size"] == [3600, 2700] and taken["megabytes"] < MOST_MEGABYTES, taken


def sent(content):
    return SimpleUploadedFile("照片.jpg", content)


def picture(size, kind="JPEG", **more):
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, kind, **more)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("part", [0.02, 0.5, 0.98])
def test_text_8_a_photo_cut_short_says_send_it_again(kind, part):
    whole = picture((1200, 900), kind)
    with pytest.raises(Refusal) as refused:
        photo_keep(actor=Viewer(), upload=sent(whole[: int(len(whole) * part)]))
    assert (refused.value.code, refused.value.field) == ("photo.cut", "photo")
    assert "重新拍照或重新发送" in str(refused.value)
    assert not Attachment.objects.exists()


def test_text_8_a_scan_cut_short_says_send_it_again():
    whole = picture((1200, 900))
    with pytest.raises(Refusal, match="重新扫描或重新发送") as refused:
        scan_keep(actor=Viewer(), upload=sent(whole[: len(whole) // 2]))
    assert refused.value.field == "scan"


def test_text_8_heic_that_cannot_be_read_says_how_to_send_it():
    with pytest.raises(Refusal, match="兼容性最佳"):
        photo_keep(actor=Viewer(), upload=sent(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 200))


def test_text_8_a_picture_with_a_second_one_inside_counts_as_the_jpeg_that_it_is():
    out = io.BytesIO()
    first, second = (Image.effect_noise(size, 30).convert("RGB") for size in ((5000, 4000), (500, 400)))
    first.save(out, "MPO", save_all=True, append_images=[second])
    kept = photo_keep(actor=Viewer(), upload=sent(out.getvalue()))
    assert (kept.width, kept.height) == (1600, 1280)


@pytest.mark.parametrize(
    ("kind", "size", "more", "is_taken"),
    [
        ("JPEG", (8000, 7000), {"progressive": True}, False),  # held whole, 56 million × 3 bytes
        ("JPEG", (4000, 7000), {"progressive": True, "subsampling": 0}, False),  # 28 million × 6 bytes
        ("JPEG", (4000, 6900), {"progressive": True, "subsampling": 0}, True),
        ("PNG", (4000, 4001), {}, False),
        ("PNG", (4000, 4000), {}, True),
    ],
)
def test_text_8_what_needs_more_memory_is_refused_with_what_to_do(kind, size, more, is_taken):
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, kind, **more)
    if is_taken:
        assert photo_keep(actor=Viewer(), upload=sent(out.getvalue())).width
        return
    with pytest.raises(Refusal, match="相机设置") as refused:
        photo_keep(actor=Viewer(), upload=sent(out.getvalue()))
    assert refused.value.code == "photo.pixels"
