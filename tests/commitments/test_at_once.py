"""Two people act at the same moment: one effect, and a clear word to the other."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from tests.cast import make_cast
from yishi.commitments import services
from yishi.commitments.models import Commitment, LedgerEvent
from yishi.database.reach import everything
from yishi.journal.models import Entry
from yishi.kit.errors import Refusal
from yishi.kit.ids import uuid7

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db):
    """The cast in tables that other connections see."""
    return make_cast()


def together(*calls):
    """Run the calls in threads of their own, begun at one moment: each one's answer or refusal."""
    start = Barrier(len(calls))

    def run(call):
        try:
            with everything():
                start.wait(timeout=10)
                return call()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_two_strike_off_the_same_promise(cast, checked):
    one = checked(judges=())
    viewers = [cast.viewer(who) for who in ("clerk", "second_clerk", "office_head")]
    answers = together(
        *[lambda by=by: services.commitment_strike_off(actor=by, commitment=one, note="同意") for by in viewers]
    )
    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    assert len(refused) == 2
    assert all("牟定县政协办公室" in str(answer.message) for answer in refused)
    assert Entry.objects.filter(code="commitments.commitment.strike_off").count() == 1
    assert LedgerEvent.objects.filter(commitment=one, kind="struck_off").count() == 1


def test_the_same_strike_off_delivered_twice_is_one(cast, checked):
    one, act_id, by = checked(judges=()), uuid7(), cast.viewer("clerk")
    answers = together(
        *[lambda: services.commitment_strike_off(actor=by, commitment=one, note="同意", act_id=act_id)] * 3
    )
    assert {answer.pk for answer in answers} == {act_id}
    assert Entry.objects.filter(code="commitments.commitment.strike_off").count() == 1


def test_the_clock_and_a_clerk_send_the_same_letter_once(cast, promise):
    one = promise()
    late = one.due_on.replace(year=one.due_on.year + 1)
    clerk = cast.viewer("clerk")
    together(
        lambda: services.clocks_run(late),
        lambda: services.letter_send(actor=clerk, commitment=one, text="请尽快办理"),
        lambda: services.clocks_run(late),
    )
    assert LedgerEvent.objects.filter(commitment=one, kind="letter").count() == 1
    with everything():
        assert Commitment.objects.get(pk=one.pk).escalation >= 2


def test_two_of_those_who_raised_it_are_not_satisfied_at_once(cast, checked):
    one = checked(judges=("villager", "second_villager"))
    viewers = [cast.viewer(who) for who in ("villager", "second_villager")]
    together(*[lambda by=by: services.verdict_give(actor=by, commitment=one, value="not_satisfied") for by in viewers])
    with everything():
        one.refresh_from_db()
    assert (one.round, LedgerEvent.objects.filter(commitment=one, kind="reopened").count()) == (2, 1)
