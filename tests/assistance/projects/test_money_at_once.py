"""Two desks reach for the same money at one moment: one gets it, the other reads how much is left."""

import pytest

from tests.assistance.works import YUAN, Works
from tests.cast import make_cast
from tests.commitments.test_at_once import together
from yishi.assistance.projects.services.balances import money_of, project_money
from yishi.assistance.projects.services.funds import allotment_make
from yishi.assistance.projects.services.payments import payment_confirm, payment_record
from yishi.database.reach import everything
from yishi.kit.errors import Refusal

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def works(transactional_db) -> Works:
    with everything():
        return Works(make_cast()).approve()


def test_what_is_free_is_held_ready_once(works):
    given = {"fund": works.fund, "project": works.project, "amount": 45_000 * YUAN, "on": works.day(1)}
    answers = together(*[lambda: allotment_make(actor=works.clerk, **given)] * 3)
    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    assert {answer.code for answer in refused} == {"allotment.planned"}
    assert len(refused) == 2
    assert money_of(works.fund).allotted == 45_000 * YUAN


def test_what_is_held_ready_is_paid_once_and_confirmed_once(works):
    with everything():
        works.allot(50_000 * YUAN)
    given = {"fund": works.fund, "to": works.project, "amount": 30_000 * YUAN, "on": works.day(1)}
    answers = together(*[lambda: payment_record(actor=works.clerk, **given)] * 3)
    paid = [answer for answer in answers if not isinstance(answer, Refusal)]
    assert len(paid) == 1
    with everything():
        movement = works.project.payments.get()
    answers = together(*[lambda: payment_confirm(actor=works.second, movement=movement)] * 3)
    assert sum(isinstance(answer, Refusal) for answer in answers) == 2
    with everything():
        assert project_money(works.project).total.paid == 30_000 * YUAN
