"""Photos to be published are chosen by what they show, not by their file name."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from tests.cast import sign_in
from tests.story import Story
from yishi.attachments.store import photo_keep
from yishi.database.reach import everything
from yishi.organisations.grants import Viewer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.FILES_DIR = tmp_path


def photo(colour="white", size=(1200, 800)):
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG", quality=95)
    return photo_keep(actor=Viewer(), upload=SimpleUploadedFile("李家门口.jpg", out.getvalue()))


@pytest.fixture
def story(cast):
    """A matter carried out, with a photo of its study and one of a promise's proof."""
    with everything():
        story = Story(cast).all()
        story.seen, story.done = photo("white"), photo("green")
        story.study.visits.get().photos.add(story.seen)
        story.commitment.proofs.first().files.add(story.done)
    return story


def address(story, one):
    return reverse("release_photo", args=[story.matter.pk, one.pk])


def test_waiting_7_photos_are_chosen_by_what_they_show(client, cast, story):
    sign_in(client, cast, "clerk")
    page = client.get(reverse("matter_release", args=[story.matter.pk])).content.decode()
    assert story.seen.name not in page and story.done.name not in page
    visit, proof = story.study.visits.get(), story.commitment.proofs.first()
    for one, belongs in ((story.seen, visit.where), (story.done, story.commitment.act)):
        assert f'src="{address(story, one)}?small=1"' in page and belongs in page
    for on in (visit.on, proof.done_on):
        assert f"{on.year}年{on.month}月{on.day}日</small>" in page
    assert 'alt="事项照片1"' in page and 'alt="事项照片2"' in page


def test_waiting_7_a_thumbnail_is_small_and_kept_by_the_browser_of_whoever_may_see_it(client, cast, story):
    sign_in(client, cast, "clerk")
    for one in (story.seen, story.done):
        answer = client.get(address(story, one), {"small": "1"})
        assert max(Image.open(io.BytesIO(b"".join(answer.streaming_content))).size) == 360
        assert answer.headers["Cache-Control"] == "private, no-cache"
        again = client.get(address(story, one), {"small": "1"}, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert client.get(address(story, story.seen)).headers["Cache-Control"] == "no-store"
    tag = answer.headers["ETag"]
    sign_in(client, cast, "outsider")
    for one in (story.seen, story.done):
        assert client.get(address(story, one), {"small": "1"}, headers={"If-None-Match": tag}).status_code == 404
    sign_in(client, cast, "clerk")
    assert client.get(address(story, photo())).status_code == 404  # of another file


def test_waiting_7_the_second_person_sees_every_photo_that_was_chosen(client, cast, story):
    """A proof's photo was broken on the page of the check: its address was that of a study."""
    sign_in(client, cast, "clerk")
    chosen = {"title": "路灯", "summary": "村口路灯", "photos": [str(story.seen.pk), str(story.done.pk)]}
    sent = client.post(reverse("matter_release", args=[story.matter.pk]), chosen)
    page = sign_in(client, cast, "second_clerk").get(sent.url).content.decode()
    for one in (story.seen, story.done):
        assert f'src="{address(story, one)}?small=1"' in page
        assert client.get(f"{address(story, one)}?small=1").status_code == 200
