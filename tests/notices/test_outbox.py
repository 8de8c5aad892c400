"""Nothing is sent twice, nothing is lost when the sender is down."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone, translation

from yishi.database.reach import everything
from yishi.kit.ids import uuid7
from yishi.notices import outbox, texts
from yishi.notices.models import Delivery, Notice
from yishi.notices.services import tell
from yishi.people.models import Person


class Carrier:
    """A carrier that remembers what it took, and may be down."""

    def __init__(self):
        self.taken, self.is_down = [], False

    def send(self, message):
        if self.is_down:
            raise ConnectionRefusedError
        self.taken.append(message.id)


@pytest.fixture
def carrier():
    return Carrier()


@pytest.fixture
def message(db):
    def make(phone="13900000000", once=None):
        with everything():
            person = Person.objects.create(name="村民甲", phone=phone)
        return tell(
            person=person,
            code="worry.answered",
            params={"number": "牟定-2026-00001"},
            subject=("worry", uuid7()),
            once=once or str(uuid7()),
            channels=("app", "sms"),
        )

    return make


def run(carrier):
    return outbox.run_outbox(senders={"sms": carrier})


def test_it_works(message, carrier):
    message()
    assert run(carrier) == 1 and len(carrier.taken) == 1
    assert run(carrier) == 0 and len(carrier.taken) == 1


def test_the_same_thing_is_told_once(message):
    message(once="a")
    message(once="a")
    assert Notice.objects.count() == Delivery.objects.count() == 1


def test_who_left_no_number_gets_no_message(message):
    message(phone="")
    assert not Delivery.objects.exists()


def test_nothing_is_lost_while_the_carrier_is_down(message, carrier):
    message()
    carrier.is_down = True
    for _ in range(3):
        assert run(carrier) == 0
        Delivery.objects.update(next_try_at=timezone.now())
    carrier.is_down = False
    assert run(carrier) == 1


def test_each_try_waits_longer(message, carrier):
    message()
    carrier.is_down = True
    run(carrier)
    assert run(carrier) == 0 and Delivery.objects.get().attempts == 1  # not tried again at once


def test_a_crash_after_sending_is_doubtful_and_not_sent_again(message, carrier):
    class Crashing(Carrier):
        def send(self, message):
            super().send(message)
            raise KeyboardInterrupt

    message()
    crashing = Crashing()
    with pytest.raises(KeyboardInterrupt):
        run(crashing)
    Delivery.objects.update(claimed_at=timezone.now() - timedelta(hours=1))
    assert run(carrier) == 0 and not carrier.taken
    delivery = Delivery.objects.get()
    assert delivery.state == "doubtful"
    outbox.delivery_decide(delivery, was_sent=True)
    assert run(carrier) == 0
    assert len(crashing.taken) == 1


def test_a_number_is_not_flooded(message, carrier):
    for _ in range(outbox.DAILY_CAP + 3):
        message()
    run(carrier)
    assert len(carrier.taken) == outbox.DAILY_CAP
    assert Delivery.objects.filter(state="waiting").count() == 3


def test_every_sms_is_one_message_without_a_name():
    for code in texts.TEXTS:
        for language in ("zh-hans", "en"):
            with translation.override(language):
                notice = Notice(code=code, params={"number": "协商-牟定-2026-0001", "due_on": "2026-12-01"})
                assert len(texts.sms_text(notice, "议事")) <= 70


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_everything_once(message, carrier):
    for number in range(20):
        message(phone=f"139{number:08d}")

    def work(_):
        try:
            return run(carrier)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(work, range(2))) == 20
    assert len(carrier.taken) == len(set(carrier.taken)) == 20


def test_two_people_are_told_also_where_the_key_is_long_and_ends_in_their_ids(db):
    long = "x" * 200
    with everything():
        people = [Person.objects.create(name=f"测试{name}") for name in "甲乙"]
    for person in (*people, people[1]):
        tell(code="minutes.issued", params={}, subject=("sitting", uuid7()), once=f"{long}/{person.pk}", person=person)
    assert Notice.objects.filter(code="minutes.issued").count() == 2
