"""forms 6: at a venue's tablet the next villager finds neither the answers nor the receipt of the one before."""

import re

import pytest
from django.urls import reverse

from tests.consulting import Consulted
from tests.kept import kept
from yishi.database.reach import everything
from yishi.deliberation.models import ConsultationVote, Voice
from yishi.kit.ids import uuid7
from yishi.web.kit.turns import TURN

pytestmark = pytest.mark.django_db


@kept
def consulted(cast):
    with everything():
        return Consulted(cast).opened()


def to(consulted, name="consult"):
    return reverse(name, args=[consulted.consultation.code])


def text(answer):
    return answer.content.decode()


def vote(client, consulted, number, value):
    sent = {"number": number, "value": value, "act_id": str(uuid7())}
    return client.post(to(consulted, "consult_vote"), sent)


def voted(client, consulted):
    """The first villager votes, reads the receipt, and leaves."""
    client.get(to(consulted))
    vote(client, consulted, 1, 1)
    return re.search(r'class="code-big">([^<]+)<', text(client.get(to(consulted, "consult_mine"))))[1]


@pytest.mark.parametrize("leaves", ["home", "time"])
def test_forms_6_the_next_one_is_asked_and_reads_nothing_of_the_one_before(client, consulted, leaves):
    receipt = voted(client, consulted)
    if leaves == "home":
        client.get(reverse("home"))
    else:
        del client.cookies[TURN]
    for name in ("consult", "consult_mine"):
        page = text(client.get(to(consulted, name)))
        assert "换一个人投票" in page and receipt not in page and "同意" not in page and "表态 1" not in page
    assert vote(client, consulted, 2, 1).status_code == 302  # from a page that stood open: asked first
    assert ConsultationVote.objects.count() == 1
    client.post(to(consulted, "consult_turn"), {"who": "other"})
    assert "已表态 0 / 8 条" in text(client.get(to(consulted)))
    assert receipt not in text(client.get(to(consulted, "consult_mine")))
    vote(client, consulted, 1, -1)
    assert Voice.objects.count() == 2
    assert client.post(to(consulted, "consult_enter"), {"code": receipt}).status_code == 302  # the first one
    assert "已表态 1 / 8 条" in text(client.get(to(consulted)))


def test_forms_6_on_ones_own_phone_one_goes_on(client, consulted):
    receipt = voted(client, consulted)
    assert "已表态 1 / 8 条" in text(client.get(to(consulted)))  # not asked while at work
    client.get(reverse("home"))
    client.post(to(consulted, "consult_turn"), {"who": "same"})
    assert receipt in text(client.get(to(consulted, "consult_mine")))
    vote(client, consulted, 2, 1)
    assert Voice.objects.count() == 1


def test_forms_6_the_venues_own_page_is_a_start_page_too(client, consulted):
    voted(client, consulted)
    client.get(reverse("venue_door", args=["MN0000TEST"]))
    page = text(client.get(to(consulted)))
    assert "就是我" in page and "已表态" not in page
