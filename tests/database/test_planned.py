"""PostgreSQL plans a kept question once for a connection, and answers it as ever."""

import pytest
from django.db import OperationalError, ProgrammingError, connection, transaction
from django.db.models import TextField
from django.urls import reverse

from tests import samples as sample
from tests.budgets import BUDGETS
from tests.cast import sign_in
from yishi.database import gather, planned
from yishi.database.gather import Given, Question
from yishi.people.models import Person

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgres,  # SQLite keeps plans by itself
]


def kept(name):
    question = Question(found=Person.within.filter(name=name).values_list("name"))
    question.plan.is_kept = True
    return question


def plans():
    """How often each statement that this connection has prepared was asked by its plan."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement, generic_plans + custom_plans FROM pg_prepared_statements")
        return dict(cursor.fetchall())


def test_it_works():
    Person.within.create(name="测试冯六")
    question = kept("测试冯六")
    assert [question.answer()["found"] for _ in range(4)] == [[("测试冯六",)]] * 4
    assert [count for statement, count in plans().items() if "people_person" in statement] == [2]


def test_within_a_transaction_nothing_is_prepared():
    question = kept("测试冯六")
    with transaction.atomic():
        for _ in range(4):
            question.answer()
    assert not plans()


def test_behind_a_pooler_nothing_is_prepared(monkeypatch):
    """It gives a number of its own for the server that answers."""
    connection.ensure_connection()
    monkeypatch.setattr(type(connection.connection.info), "backend_pid", 1)
    monkeypatch.setattr(planned, "_is_its_own", type(planned._is_its_own)())
    question = kept("测试冯六")
    for _ in range(4):
        question.answer()
    assert not plans()


def test_what_the_server_refuses_is_asked_as_ever():
    """A text that may be anything: only where it stands in the statement itself is it text."""
    question = Question(found=Person.within.annotate(one=Given("one", TextField())).values_list("one"))
    question.plan.is_kept = True
    question.plan.sql = "SELECT CAST(json_build_array(json_build_array(json_build_array(%s))) AS text)"
    Person.within.create(name="测试冯六")
    assert [question.answer(one="二")["found"] for _ in range(3)] == [[("二",)]] * 3
    assert question.plan.is_refused


def test_a_connection_on_which_a_plan_was_lost_prepares_no_more():
    question = kept("测试冯六")
    for _ in range(4):
        question.answer()
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    assert question.answer()["found"] == []
    assert not planned.may_plan()


def test_other_faults_are_told(monkeypatch):
    question = kept("测试冯六")
    question.answer()
    question.plan.sql = "SELECT pg_terminate_backend(pg_backend_pid()), %s"
    with pytest.raises(OperationalError):
        question.answer()
    connection.close()
    question.plan.sql = "SELECT nothing, %s"
    with pytest.raises(ProgrammingError):
        question.answer()


def test_every_question_of_a_page_is_answered_the_same_by_its_plan(client, cast, monkeypatch):
    addresses = {name: address for name, address, *_rest in sample.addresses(sample.kwargs_by_loader(cast))}
    by_plan = gather.Plan._row
    differ, asked = [], []

    def both(plan, params):
        found = by_plan(plan, params)
        with connection.cursor() as cursor:
            cursor.execute(plan.sql, params)
            if cursor.fetchone() != found:
                differ.append(plan.sql)
        asked.append(plan)
        return found

    monkeypatch.setattr(gather.Plan, "_row", both)
    for budget in BUDGETS:
        sign_in(client, cast, budget.who)
        for _ in range(3):
            assert client.get(addresses[budget.page]).status_code == 200, budget
    assert client.get(reverse("desk")).status_code == 200
    assert not differ
    assert not [plan.sql for plan in asked if plan.is_kept and plan.is_refused]
    assert len(plans()) > len(BUDGETS) / 2
