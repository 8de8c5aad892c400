"""forms 9: what a worry needs is marked as such, and complained of together; what shows nothing was not written."""

import re

import pytest
from django.core.cache import cache
from django.urls import reverse

from tests.cast import sign_in
from yishi.database.reach import everything
from yishi.deliberation.models import Worry
from yishi.kit.ids import uuid7

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _unhurried():
    cache.clear()


def marked(page):
    """The labels that stand with 必填."""
    return re.findall(r">([^<>]+?)\s*<span class=\"must\">", page)


def pages(client, cast):
    yield client, reverse("raise_worry_at", args=["MN0000TEST"]), 2
    yield client, reverse("raise_worry"), 3
    yield sign_in(client, cast, "clerk"), reverse("worry_new"), 4


def test_forms_9_what_is_needed_is_marked_and_complained_of_together(client, cast):
    for who, address, count in pages(client, cast):
        assert len(marked(who.get(address).content.decode())) == count, address
        answer = who.post(address, {"act_id": str(uuid7())}).content.decode()
        assert answer.count('class="field-error"') >= min(count, 3), address


@pytest.mark.parametrize("unseen", ["\u200b\u200b", "\u3164", "\u00ad", "\u2800"])
def test_forms_9_a_worry_of_nothing_is_refused(client, cast, unseen):
    sent = {"text": unseen, "theme": "roads", "raiser_name": unseen, "act_id": str(uuid7())}
    answer = client.post(reverse("raise_worry_at", args=["MN0000TEST"]), sent)
    assert answer.status_code == 422 and answer.content.decode().count('class="field-error"') == 1
    answer = client.post(reverse("raise_worry_at", args=["MN0000TEST"]), {**sent, "text": "路灯坏了"})
    assert answer.status_code == 302
    with everything():
        assert Worry.objects.get().raiser.name == ""


def test_forms_9_a_phone_number_that_lacks_a_digit_is_refused(client, cast):
    sent = {"text": "路灯坏了", "theme": "roads", "raiser_phone": "1390000000", "act_id": str(uuid7())}
    answer = client.post(reverse("raise_worry_at", args=["MN0000TEST"]), sent)
    assert answer.status_code == 422 and "数一数位数" in answer.content.decode()
