"""A draw through its pages: the list is published, the numbers come, anybody repeats the file."""

import json

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import sign_in
from tests.story import Story
from yishi.cli.draw_verify import run
from yishi.database.reach import everything
from yishi.deliberation.models import Draw, Matter
from yishi.kit.ids import uuid7
from yishi.people.models import Person

pytestmark = pytest.mark.django_db


def get(client, name, *args):
    return client.get(reverse(name, args=args))


def post(client, name, /, *args, **fields):
    return client.post(reverse(name, args=args), {"act_id": str(uuid7()), **fields})


def text_of(response):
    return response.content.decode()


def test_a_draw_goes_through_the_pages_and_its_file_is_repeated(client, cast, tmp_path):
    with everything():
        story = Story(cast).raise_worry().take_up("one_seven_n")
    sign_in(client, cast, "convener")
    typed = {
        "seat_class": "drawn",
        "wanted": "9",
        "names": "群众甲 13800000001\n群众乙\n",
        "number_source": "福彩下期号码",
    }
    page = post(client, "draw_new", story.matter.pk, **typed)
    assert page.status_code == 422 and "9" in text_of(page) and "群众甲 13800000001" in text_of(page)
    assert post(client, "draw_new", story.matter.pk, **{**typed, "wanted": "1"}).status_code == 302
    draw = Draw.objects.get()
    assert Person.within.filter(name="群众甲", phone="13800000001").count() == 1
    numbers = {f"party_{party.pk}": "8" for party in story.matter.parties.all()}
    assert post(client, "draw", draw.pk, public_number="136", **numbers).status_code == 302
    client.logout()
    page = text_of(get(client, "public_draw", draw.pk))
    assert draw.list_hash in page and "群众甲" not in page and "群*" in page
    file = get(client, "public_draw_file", draw.pk)
    path = tmp_path / "draw.json"
    path.write_bytes(file.content)
    assert run([str(path), "--list-hash", draw.list_hash]) == 0
    assert "13800000001" not in text_of(file) and json.loads(file.content)["wanted"] == 1


def test_the_draw_of_a_sensitive_matter_is_not_public(client, cast):
    with everything():
        story = Story(cast).raise_worry().take_up("one_seven_n")
        draw = Draw.objects.create(
            matter=story.matter, wanted=1, candidates=["a"], list_hash="h", published_at=timezone.now()
        )
        Matter.within.filter(pk=story.matter.pk).update(is_sensitive=True)
    for name in ("public_draw", "public_draw_file"):
        assert get(client, name, draw.pk).status_code == 404
