"""Before a worry is sent, whoever sends it sees how those near it begin: by theme and day alone two look alike."""

import pytest
from django.urls import reverse

from tests.kept import kept
from tests.story import Story
from yishi.deliberation.models import Worry
from yishi.deliberation.services.similar import glimpse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]


@kept
def story(cast):
    return Story(cast).raise_worry()


def test_the_beginning_of_anothers_worry_is_shown_without_names_and_numbers(story, client):
    words = f"{story.worry.raiser.name}家门口水渠堵了，电话13900000000，一到雨天就淹，大家都走不了路，请来看一看吧"
    Worry.within.filter(pk=story.worry.pk).update(text=words)
    worry = Worry.within.get(pk=story.worry.pk)
    shown = glimpse(worry)
    assert shown.startswith("某人家门口水渠堵了") and shown.endswith("…") and len(shown) <= 25
    assert worry.raiser.name not in shown and "1390000" not in shown
    address = reverse("raise_worry_at", args=["MN0000TEST"])
    sent = {"text": words, "theme": worry.theme}
    page = client.post(address, sent)
    assert "某人家门口水渠堵了" in page.content.decode()
