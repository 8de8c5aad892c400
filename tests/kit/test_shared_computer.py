"""A computer that many use: what one was shown, the next does not find in it."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from tests.cast import sign_in
from tests.story import Story
from yishi.database.reach import everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(cast):
    cache.clear()
    with everything():
        return Story(cast).raise_worry()


def test_a_desks_pages_are_not_stored(client, cast):
    assert "Cache-Control" not in client.get("/privacy/").headers
    sign_in(client, cast, "clerk")
    assert client.get(reverse("desk")).headers["Cache-Control"] == "no-store"
    left = client.post("/accounts/logout/")
    assert left.headers["Clear-Site-Data"] == '"cache"'


def test_a_villagers_file_is_not_stored_and_forgetting_clears(client, story):
    client.post(reverse("follow"), {"code": story.code})
    page = client.get(reverse("follow"))
    assert story.worry.number in page.content.decode()
    assert page.headers["Cache-Control"] == "no-store"
    assert client.post(reverse("forget")).headers["Clear-Site-Data"] == '"cache"'


def test_the_page_with_a_new_code_is_not_stored(client, cast):
    sent = {"text": "路灯坏了半个月", "theme": "roads", "act_id": "01900000-0000-7000-8000-000000000001"}
    shown = client.post(reverse("raise_worry_at", args=["MN0000TEST"]), sent, follow=True)
    assert "code-big" in shown.content.decode() and shown.headers["Cache-Control"] == "no-store"
