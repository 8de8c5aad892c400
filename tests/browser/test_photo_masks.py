"""A mask is drawn on the photo with a pointer; without a script its numbers are typed."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.story import Story
from yishi.attachments.store import photo_keep
from yishi.database.reach import everything
from yishi.deliberation.models import PhotoMask
from yishi.organisations.grants import Viewer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def address(cast, settings, tmp_path):
    settings.FILES_DIR = tmp_path
    with everything():
        story = Story(cast).raise_worry().take_up().study_it()
        out = io.BytesIO()
        Image.linear_gradient("L").resize((1200, 800)).convert("RGB").save(out, "JPEG")
        photo = photo_keep(actor=Viewer(), upload=SimpleUploadedFile("a.jpg", out.getvalue()))
        story.study.visits.get().photos.add(photo)
    return f"/desk/matters/{story.matter.pk}/release/photos/{photo.pk}/mask/"


@pytest.mark.parametrize("width", [390, 1440])
def test_waiting_7_a_rectangle_drawn_on_the_photo_is_what_is_covered(open_page, cast, address, width):
    page = open_page("clerk", cast, width=width)
    page.goto(address)
    photo = page.locator("[data-mask] img")
    photo.scroll_into_view_if_needed()
    frame = photo.bounding_box()
    at = lambda x, y: (frame["x"] + frame["width"] * x, frame["y"] + frame["height"] * y)  # noqa: E731
    for (left, top), (right, bottom) in (((0.2, 0.25), (0.6, 0.5)), ((0.95, 0.9), (0.7, 0.6))):
        page.mouse.move(*at(left, top))
        page.mouse.down()
        page.mouse.move(*at(right, bottom), steps=4)
        page.mouse.up()
    assert page.locator(".mask-box").count() == 2
    page.locator("[data-mask-undo]").click()
    assert page.locator(".mask-box").count() == 1
    page.locator("[data-mask-form] button").click()
    page.wait_for_url("**/release/")
    ((*area,),) = PhotoMask.objects.get().areas
    assert all(abs(is_ - wanted) <= 5 for is_, wanted in zip(area, (200, 250, 400, 250), strict=True))


def test_waiting_7_without_a_script_the_numbers_are_typed(open_page, cast, address):
    page = open_page("clerk", cast, width=390, script=False)
    page.goto(address)
    page.locator("summary", has_text="百分比").click()
    for name, value in (("left", "10"), ("top", "20"), ("width", "30"), ("height", "40.5")):
        page.locator(f"[name={name}_1]").fill(value)
    page.locator("[data-mask-form] button").click()
    page.wait_for_url("**/release/")
    assert PhotoMask.objects.get().areas == [[100, 200, 300, 405]]
