"""forms 2: the answer to an act says which act was received: with a message on the next page or without, at the first
sending or at the second."""

import pytest
from django.urls import reverse

from tests.cast import sign_in
from yishi.kit.ids import uuid7
from yishi.web.kit.received import COOKIE, KEPT

pytestmark = pytest.mark.django_db
RAISE = ("raise_worry_at", ["MN0000TEST"])


def send(client, **changed):
    sent = {"text": "路灯坏了半个月", "theme": "roads", "sure": "1", "act_id": str(uuid7()), **changed}
    return client.post(reverse(RAISE[0], args=RAISE[1]), sent), sent["act_id"]


def received(client):
    cookie = client.cookies.get(COOKIE)
    return cookie.value.split(".") if cookie else []


def test_forms_2_the_browser_hears_which_act_was_received(client, cast):
    answer, act = send(client)
    assert (answer.status_code, received(client)) == (302, [act])
    assert not client.cookies[COOKIE]["httponly"]  # its drafts read it


def test_forms_2_the_receipt_of_a_second_sending_says_it_too(client, cast):
    _answer, act = send(client)
    client.cookies.pop(COOKIE)  # the first answer was lost
    assert send(client, act_id=act)[0].status_code == 302
    assert received(client) == [act]


def test_forms_2_what_was_refused_was_not_received(client, cast):
    answer, _act = send(client, text="")
    assert (answer.status_code, received(client)) == (422, [])
    sign_in(client, cast, "clerk")
    client.post(reverse("language"), {"language": "en", "act_id": str(uuid7())})  # no act
    assert received(client) == []


def test_forms_2_several_windows_hear_of_theirs(client, cast):
    acts = [send(client, text=f"第{number}盏路灯坏了")[1] for number in range(KEPT + 2)]
    assert received(client) == acts[2:]
