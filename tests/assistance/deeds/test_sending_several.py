"""Several deeds of one phone in one sending: each is an act of its own, and each is answered."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.assistance.helping import Helping
from tests.cast import sign_in
from tests.kept import kept
from yishi.assistance.deeds.models import Deed
from yishi.database.reach import everything
from yishi.journal.models import Entry, Receipt
from yishi.kit.ids import uuid7
from yishi.web.assistance.deeds.deeds_send import MOST

pytestmark = pytest.mark.django_db


@kept
def helping(cast):
    with everything():
        return Helping(cast)


def one(helping, item="training", **more):
    return {
        "act_id": str(uuid7()),
        "item": str(helping.items[item].pk),
        "place_id": str(helping.cast.places["牟尼村"].pk),
        "on": timezone.localdate().isoformat(),
        "amount": "1",
        "unnamed": 12,
        "doer": "me",
        "role": "lead",
        **more,
    }


def send(client, *deeds):
    answer = client.post(reverse("deeds_send"), json.dumps({"deeds": deeds}), content_type="application/json")
    return answer.status_code, answer.json()


def test_each_has_its_own_receipt_and_one_that_is_refused_holds_up_no_other(client, helping, cast):
    sign_in(client, cast, "member")
    deeds = [one(helping, words="第一件"), one(helping, amount="0.5"), one(helping, "channel", on="2999-01-01")]
    deeds += [one(helping, item="training", words="第二件"), {**one(helping), "item": str(uuid7())}, {"item": "x"}]
    status, said = send(client, *deeds)
    assert status == 200 and [answer["act_id"] for answer in said["deeds"][:5]] == [
        deed["act_id"] for deed in deeds[:5]
    ]
    assert [sorted(answer.get("errors", ())) for answer in said["deeds"]] == [
        [], ["amount"], ["on"], [], ["item"], ["act_id"]
    ]  # fmt: skip
    assert {deed.words for deed in Deed.within.all()} == {"第一件", "第二件"}
    for sent, answer in ((deeds[0], said["deeds"][0]), (deeds[3], said["deeds"][3])):
        receipt = Receipt.objects.get(pk=sent["act_id"])
        assert (receipt.number, receipt.result["deed"]) == (answer["receipt"], answer["deed"])
        assert Entry.objects.get(receipt=receipt).actor_id == cast.people["member"].pk
    assert said["deeds"][3]["alike"] == 1, "the same once more is asked about"


def test_what_was_received_before_is_answered_by_its_receipt(client, helping, cast):
    """The phone sends again what it had no answer to, with what it kept since."""
    sign_in(client, cast, "member")
    first = one(helping)
    _status, before = send(client, first)
    _status, after = send(client, first, one(helping, words="后来的"), {**first, "amount": "2"})
    assert after["deeds"][0] == before["deeds"][0]
    assert "receipt" in after["deeds"][1]
    assert "内容不同" in after["deeds"][2]["errors"][""][0]
    assert Deed.within.count() == 2


def test_the_tenth_costs_what_it_writes(client, helping, cast):
    sign_in(client, cast, "member")
    send(client, one(helping))

    def statements(count):
        with CaptureQueriesContext(connection) as caught:
            assert send(client, *(one(helping, amount=str(n + 2)) for n in range(count)))[0] == 200
        return len([sql for sql in caught if not sql["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))])

    alone, ten = statements(1), statements(10)
    assert ten - alone <= 9 * 13, (alone, ten)
    assert Deed.within.count() == 12


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"deeds": []}', '{"deeds": [1]}', '{"deeds": "x"}', "{"])
def test_what_is_no_list_of_deeds_is_refused_whole(client, helping, cast, body):
    sign_in(client, cast, "member")
    answer = client.post(reverse("deeds_send"), body, content_type="application/json")
    assert answer.status_code == 400 and f"1 至 {MOST} 条" in answer.json()["errors"][""][0]


def test_so_many_and_no_more(client, helping, cast):
    sign_in(client, cast, "member")
    assert send(client, *([{"item": "x"}] * (MOST + 1)))[0] == 400
    assert send(client, *([{"item": "x"}] * MOST))[0] == 200


@pytest.mark.parametrize("who", ["outsider", "villager"])
def test_who_may_record_nothing_sends_nothing(client, helping, cast, who):
    if who == "outsider":
        sign_in(client, cast, who)
    answer = client.post(reverse("deeds_send"), json.dumps({"deeds": [one(helping)]}), content_type="application/json")
    assert answer.status_code in (302, 403) or answer.json()["deeds"][0]["errors"]
    assert not Deed.within.exists()
