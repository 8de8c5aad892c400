"""The five rates, by hand."""

from datetime import timedelta

import pytest
from django.utils import timezone

from yishi.commitments import reads, services
from yishi.commitments.models import Commitment
from yishi.database.reach import everything

pytestmark = pytest.mark.django_db


def test_it_works(cast, promise, checked):
    today = timezone.localdate()
    done = checked(judges=("villager", "second_villager"))
    services.verdict_give(actor=cast.viewer("villager"), commitment=done, value="satisfied")
    Commitment.objects.filter(pk=done.pk).update(verdict_due_on=today - timedelta(days=1))
    services.commitment_strike_off(actor=cast.viewer("clerk"), commitment=done)
    undone = promise()
    services.people_met(actor=cast.viewer("handler"), commitment=undone, text="见了村民")
    services.commitment_close_undone(actor=cast.viewer("clerk"), commitment=undone, reason="撤销")
    promise()  # still owed
    promise(in_force=False)  # not in force: not counted

    rows = reads.due_in(today, today + timedelta(days=40), bearer=cast.bodies["department"].pk)
    found = reads.rates(rows)
    assert (found.due, found.struck_off, found.answered, found.met, found.as_agreed) == (3, 1, 1, 1, 1)
    assert (found.asked, found.judged, found.satisfied) == (2, 1, 1)
    assert found.share("struck_off") == pytest.approx(1 / 3)
    assert found.share("satisfied") == 1
    for part in ("due", "struck_off", "answered", "met", "as_agreed"):
        assert reads.cases(rows, part).count() == getattr(found, part)


def test_closed_undone_counts_below_the_line_only(cast, promise):
    commitment = promise()
    services.commitment_close_undone(actor=cast.viewer("clerk"), commitment=commitment, reason="撤销")
    rows = reads.due_in(timezone.localdate(), timezone.localdate() + timedelta(days=40))
    found = reads.rates(rows)
    assert (found.due, found.struck_off, found.as_agreed) == (1, 0, 0)


def test_nothing_due_gives_no_rate():

    with everything():
        found = reads.rates(reads.due_in(timezone.localdate(), timezone.localdate()))
    assert found.share("struck_off") is None


def test_all_bodies_at_once_give_the_same_counts(cast, promise, checked):
    done = checked(judges=("villager", "second_villager"))
    services.verdict_give(actor=cast.viewer("villager"), commitment=done, value="satisfied")
    promise(bearer=cast.bodies["water"])
    rows = reads.due_in(timezone.localdate(), timezone.localdate() + timedelta(days=40))
    together = reads.rates_by_bearer(rows)
    assert set(together) == {cast.bodies["department"].pk, cast.bodies["water"].pk}
    for bearer, found in together.items():
        assert found == reads.rates(rows.filter(bearer=bearer))


def test_a_verdict_that_reopened_counts_until_its_author_says_another(cast, checked):
    done = checked()
    services.verdict_give(actor=cast.viewer("villager"), commitment=done, value="not_satisfied")
    rows = reads.due_in(timezone.localdate(), timezone.localdate() + timedelta(days=40))
    found = reads.rates(rows)
    assert (found.asked, found.judged, found.satisfied) == (1, 1, 0)
    services.proof_give(actor=cast.viewer("handler"), commitment=done, text="补办", done_on=timezone.localdate())
    services.proof_check(actor=cast.viewer("clerk"), commitment=done, accepted=True, finding="属实", as_agreed=True)
    services.verdict_give(actor=cast.viewer("villager"), commitment=done, value="satisfied")
    found = reads.rates(rows)
    assert (found.asked, found.judged, found.satisfied) == (1, 1, 1)


def test_answered_after_the_due_date_is_not_answered_in_time(cast, promise):
    late, in_time = promise(due_in=5), promise(due_in=5)
    today = timezone.localdate()
    services.commitment_answer(actor=cast.viewer("handler"), commitment=late, text="正在办")
    services.commitment_answer(actor=cast.viewer("handler"), commitment=in_time, text="正在办")
    Commitment.objects.filter(pk=late.pk).update(answered_on=today + timedelta(days=6))
    rows = reads.due_in(today, today + timedelta(days=40))
    assert reads.rates(rows).answered == 1
    assert list(reads.cases(rows, "answered")) == [in_time]


def test_not_quite_as_agreed_is_struck_off_and_not_carried_out_as_agreed(cast, proved):
    one = proved(judges=())
    services.proof_check(actor=cast.viewer("clerk"), commitment=one, accepted=True, finding="少付一季", as_agreed=False)
    services.commitment_strike_off(actor=cast.viewer("clerk"), commitment=one)
    found = reads.rates(reads.due_in(timezone.localdate(), timezone.localdate() + timedelta(days=40)))
    assert (found.struck_off, found.as_agreed) == (1, 0)
