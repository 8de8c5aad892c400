"""A bad line delivers everything five times, in any order, over ten connections: everything counts once."""

import random
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from yishi.journal.act import SYSTEM, act
from yishi.journal.models import Entry, Receipt
from yishi.kit.errors import Conflict
from yishi.kit.ids import uuid7

pytestmark = pytest.mark.django_db(transaction=True)

ACTS, COPIES, CONNECTIONS = 500, 5, 10


def deliver(deliveries):
    """Send a phone's deliveries over a connection of its own; give the receipts back."""
    answers = []
    try:
        for act_id, text in deliveries:
            with act("test.thing.do", actor=SYSTEM, act_id=act_id, body={"text": text}) as this:
                if not this.replayed:
                    this.entry(subject=("thing", act_id), quantities={"things": 1})
                    this.result(thing=act_id)
            answers.append((act_id, this.receipt.number, this.receipt.result["thing"]))
    finally:
        connection.close()
    return answers


def test_500_acts_delivered_five_times_over_ten_connections_make_500_entries():
    acts = [(uuid7(), f"act {number}") for number in range(ACTS)]
    deliveries = acts * COPIES
    random.Random(7).shuffle(deliveries)
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        answers = [
            a for part in pool.map(deliver, [deliveries[n::CONNECTIONS] for n in range(CONNECTIONS)]) for a in part
        ]
    assert len(answers) == ACTS * COPIES
    assert len(set(answers)) == ACTS  # every copy got the same receipt and the same result
    assert Entry.objects.count() == Receipt.objects.count() == ACTS


def test_every_connection_delivers_the_same_act_at_the_same_moment():
    acts = [(uuid7(), f"act {number}") for number in range(40)]
    gate = Barrier(CONNECTIONS)

    def in_step():
        answers = []
        for one in acts:
            gate.wait(timeout=30)
            answers += deliver([one])
        return answers

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        parts = [one.result() for one in [pool.submit(in_step) for _ in range(CONNECTIONS)]]
    assert len({answer for part in parts for answer in part}) == len(acts)
    assert Entry.objects.count() == Receipt.objects.count() == len(acts)


def test_the_same_id_with_another_body_is_refused_and_writes_nothing():
    act_id = uuid7()
    deliver([(act_id, "one")])
    with pytest.raises(Conflict):
        deliver([(act_id, "another")])
    assert Entry.objects.count() == 1
