"""Faces and doorplates are covered before a photo is published; the original stays private and unchanged."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image, ImageChops, ImageStat

from tests.cast import sign_in
from tests.story import Story
from yishi.attachments.models import Attachment
from yishi.attachments.store import opened, photo_keep
from yishi.attachments.sweep import attachments_sweep
from yishi.database.reach import everything
from yishi.deliberation.models import PhotoMask, Release
from yishi.deliberation.services.masks import photo_mask, photo_unmask
from yishi.deliberation.services.releases import release_check, release_prepare
from yishi.deliberation.shown import release_digest
from yishi.deliberation.veil import Veil, public_texts
from yishi.journal.feed import entries_of
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.kit.ids import uuid7
from yishi.organisations.grants import Viewer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]
AREA = (250, 250, 500, 500)  # the middle half


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.FILES_DIR = tmp_path


@pytest.fixture
def story(cast):
    with everything():
        story = Story(cast).raise_worry().take_up().study_it()
        exif = Image.Exif()
        exif[0x010F] = "phone of somebody"
        out = io.BytesIO()
        Image.effect_noise((800, 600), 80).convert("RGB").save(out, "JPEG", quality=95, exif=exif)
        story.photo = photo_keep(actor=Viewer(), upload=SimpleUploadedFile("a.jpg", out.getvalue()))
        story.study.visits.get().photos.add(story.photo)
    return story


def mask(cast, story, who="clerk", areas=(AREA,), **more):
    return photo_mask(actor=cast.viewer(who), matter=story.matter, photo=story.photo, areas=areas, **more)


def prepare(cast, story):
    receipt = release_prepare(
        actor=cast.viewer("clerk"), matter=story.matter, title="路灯", summary="村口", photos=[story.photo]
    )
    return Release.objects.get(pk=receipt.result["release"])


def shown_by(release):
    return release_digest(release, public_texts(release, Veil(release.matter).facts))


def pixels(attachment, small=False):
    with opened(attachment, small=small) as file:
        return Image.open(io.BytesIO(file.read()))


def test_waiting_7_what_is_masked_is_solid_and_the_rest_is_as_it_was(cast, story):
    with opened(story.photo) as file:
        before = file.read()
    covered = Attachment.objects.get(pk=mask(cast, story).result["photo"])
    for small in (False, True):
        picture, original = pixels(covered, small), pixels(story.photo, small)
        assert picture.size == original.size and not dict(picture.getexif()) and "exif" not in picture.info
        width, height = picture.size
        box = (width // 4 + 8, height // 4 + 8, width * 3 // 4 - 8, height * 3 // 4 - 8)
        assert all(high - low <= 6 and abs(low - 128) <= 6 for low, high in picture.crop(box).getextrema())
        rest = picture.crop((0, 0, width // 4 - 8, height)).convert("L")
        assert ImageStat.Stat(rest).stddev[0] > 20
        same = original.crop((0, 0, width // 4 - 8, height)).convert("L")
        assert ImageStat.Stat(ImageChops.difference(rest, same)).mean[0] < 12
    with opened(story.photo) as file:
        assert file.read() == before
    assert not story.photo.may_be_public and covered.uploaded_by == cast.people["clerk"]


def test_waiting_7_the_public_page_serves_the_masked_picture_only(client, cast, story):
    covered = Attachment.objects.get(pk=mask(cast, story).result["photo"])
    release = prepare(cast, story)
    release_check(actor=cast.viewer("second_clerk"), release=release, approve=True, warnings_seen=True)
    page = client.get(reverse("public_file", args=[release.slug])).content.decode()
    at, original = (reverse("public_photo", args=[release.slug, one.pk]) for one in (covered, story.photo))
    assert at in page and original not in page and str(story.photo.pk) not in page
    with opened(covered) as file:
        assert b"".join(client.get(at).streaming_content) == file.read()
    assert client.get(original).status_code == 404
    story.photo.refresh_from_db()
    assert not story.photo.may_be_public


@pytest.mark.parametrize("takes_back", [False, True])
def test_waiting_7_a_public_file_whose_photo_changes_is_checked_again(client, cast, story, takes_back):
    if takes_back:
        mask(cast, story)
    release = prepare(cast, story)
    release_check(actor=cast.viewer("second_clerk"), release=release, approve=True, warnings_seen=True)
    shown = shown_by(release)
    if takes_back:
        photo_unmask(actor=cast.viewer("second_clerk"), mask=PhotoMask.objects.get())
    else:
        mask(cast, story, "second_clerk")
    release.refresh_from_db()
    assert (release.state, release.checked_by, release.prepared_by) == ("prepared", None, cast.people["second_clerk"])
    assert client.get(reverse("public_file", args=[release.slug])).status_code == 404
    assert not Attachment.objects.filter(may_be_public=True).exists()
    with pytest.raises(WrongStage):  # who looked at the photo before answers to that one
        release_check(actor=cast.viewer("clerk"), release=release, approve=True, warnings_seen=True, shown=shown)
    code = "deliberation.photo.unmask" if takes_back else "deliberation.photo.mask"
    assert entries_of("release", release.pk).last().code == code


@pytest.mark.parametrize("who", ["outsider", "handler", "member", "villager", "prefecture_clerk"])
def test_waiting_7_others_neither_mask_nor_take_back(client, cast, story, who):
    with pytest.raises(NotAllowed):
        mask(cast, story, who)
    mask(cast, story)
    with pytest.raises(NotAllowed):
        photo_unmask(actor=cast.viewer(who), mask=PhotoMask.objects.get())
    if who != "villager":  # who has no account
        sign_in(client, cast, who)
    for name in ("photo_mask", "release_photo"):
        assert client.get(reverse(name, args=[story.matter.pk, story.photo.pk])).status_code in (302, 403, 404)


@pytest.mark.parametrize("areas", [[], [AREA] * 9, [(1000, 0, 10, 10)], [(0, 0, 0, 10)], [(-1, 0, 10, 10)]])
def test_waiting_7_a_mask_without_a_rectangle_on_the_photo_is_refused(cast, story, areas):
    with pytest.raises(Refusal):
        mask(cast, story, areas=areas)
    assert Attachment.objects.count() == 1


def test_waiting_7_a_mask_sent_twice_is_made_once_and_a_changed_one_takes_its_place(cast, story):
    act_id = uuid7()
    first = mask(cast, story, act_id=act_id)
    assert mask(cast, story, act_id=act_id).result == first.result
    release = prepare(cast, story)
    second = mask(cast, story, areas=[AREA, (0, 0, 100, 100)])
    assert PhotoMask.objects.get().covered_id == release.photos.get().pk != first.result["photo"]
    assert str(release.photos.get().pk) == str(second.result["photo"])
    Attachment.objects.update(created_at="2020-01-01T00:00Z")
    assert attachments_sweep() == 1  # the first copy, which nothing holds


def test_waiting_7_a_mask_is_taken_back_once(cast, story):
    mask(cast, story)
    release, made = prepare(cast, story), PhotoMask.objects.get()
    photo_unmask(actor=cast.viewer("clerk"), mask=made)
    assert release.photos.get() == story.photo
    with pytest.raises(WrongStage):
        photo_unmask(actor=cast.viewer("clerk"), mask=made)


def test_waiting_7_a_photo_is_masked_and_shown_again_through_the_pages(client, cast, story):
    sign_in(client, cast, "clerk")
    at = reverse("photo_mask", args=[story.matter.pk, story.photo.pk])
    choice = reverse("matter_release", args=[story.matter.pk])
    assert at in client.get(choice).content.decode()
    assert client.get(at).status_code == 200
    assert client.post(at, {}).status_code == 422
    assert client.post(at, {"left_1": "10"}).status_code == 422
    area = {"left_1": "25", "top_1": "25.5", "width_1": "50", "height_1": "12.5"}
    assert client.post(at, area).url == choice
    made = PhotoMask.objects.get()
    assert made.areas == [[250, 255, 500, 125]]
    page = client.get(choice).content.decode()
    assert reverse("photo_unmask", args=[made.pk]) in page and "已遮挡" in page
    assert reverse("release_photo", args=[story.matter.pk, made.covered_id]) in page
    assert 'value="25.5"' in client.get(at).content.decode()
    sent = client.post(choice, {"title": "路灯", "summary": "村口", "photos": [str(story.photo.pk)]})
    assert Release.objects.get().photos.get().pk == made.covered_id
    assert "已遮挡" in client.get(sent.url).content.decode()
    assert "checked" in client.get(choice).content.decode().split(f'value="{story.photo.pk}"')[1].split(">")[0]
    client.post(reverse("photo_unmask", args=[made.pk]))
    assert Release.objects.get().photos.get() == story.photo and not PhotoMask.objects.exists()
