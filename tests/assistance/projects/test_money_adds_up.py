"""Money adds up to the fen: every balance is the naive sum of the acts that were accepted, and never below 0."""

import random
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.assistance.works import Works
from tests.cast import make_cast
from yishi.assistance.projects.models import Allotment, Fund, FundMovement
from yishi.assistance.projects.services.balances import (
    contracts_signed,
    fund_money,
    payments_standing,
    project_money,
    total,
)
from yishi.assistance.projects.services.contracts import contract_cancel
from yishi.assistance.projects.services.funds import (
    allotment_make,
    allotment_take_back,
    fund_open,
    money_mobilise,
    money_receive,
)
from yishi.assistance.projects.services.funds import movement_reverse as reverse
from yishi.assistance.projects.services.payments import payment_confirm, payment_record, payment_return
from yishi.database.reach import everything
from yishi.journal.models import Entry
from yishi.kit.errors import Refusal

KINDS = ("mobilised", "received", "paid")


class Ledger:
    """What a clerk with a pencil would write down: a line for each act that was accepted."""

    def __init__(self):
        self.moved = Counter()  # (fund, kind) → fen that count
        self.waiting = Counter()  # fund → fen
        self.to_project = Counter()  # fund → fen paid or waiting for the project
        self.held = Counter()  # fund → fen held ready
        self.signed = 0


def an_act(rng: random.Random, works: Works, funds: list[Fund], book: Ledger) -> None:
    """One random act; what is refused stands in no book."""
    fund, amount, day = rng.choice(funds), rng.randrange(1, 4_000), works.day(rng.randrange(30))
    what = rng.choice(
        ["come"] * 3 + ["hold", "pay", "pay", "give", "answer", "answer", "reverse", "take", "sign", "end"]
    )
    try:
        if what == "come":
            kind, service = rng.choice([("mobilised", money_mobilise), ("received", money_receive)])
            service(actor=works.clerk, fund=fund, giver="某单位", amount=amount, on=day)
            book.moved[fund.pk, kind] += amount
        elif what == "hold":
            allotment_make(actor=works.clerk, fund=fund, project=works.project, amount=amount, on=day)
            book.held[fund.pk] += amount
        elif what in ("pay", "give"):
            to = works.project if what == "pay" else works.cast.bodies["village"]
            on_contract = rng.choice([None, *works.project.contracts.all()]) if what == "pay" else None
            payment_record(actor=works.clerk, fund=fund, to=to, amount=amount, on=day, contract=on_contract)
            book.waiting[fund.pk] += amount
            book.to_project[fund.pk] += amount if what == "pay" else 0
        elif what in ("answer", "reverse"):
            state = "waiting" if what == "answer" else "counted"
            rows = list(FundMovement.within.filter(state=state).order_by("pk"))
            if rows:
                answer(rng, works, rng.choice(rows), book)
        elif what == "take":
            rows = list(Allotment.objects.order_by("pk"))
            if rows:
                one = rng.choice(rows)
                allotment_take_back(actor=works.clerk, allotment=one, reason="收回")
                book.held[one.fund_id] -= one.amount
        elif what == "sign":
            works.sign(amount, number=f"HT-{rng.randrange(10**9)}")
            book.signed += amount
        else:
            rows = list(works.project.contracts.order_by("pk"))
            if rows:
                one = rng.choice(rows)
                contract_cancel(actor=works.builder, contract=one, reason="解除")
                book.signed -= one.amount
    except Refusal:
        pass


def answer(rng: random.Random, works: Works, movement: FundMovement, book: Ledger) -> None:
    fund, amount = movement.fund_id, movement.amount
    of_project = amount if movement.project_id else 0
    if movement.state == "counted":
        reverse(actor=works.clerk, movement=movement, reason="更正")
        book.moved[fund, movement.kind] -= amount
        book.to_project[fund] -= of_project
    elif rng.random() < 0.7:
        payment_confirm(actor=works.second, movement=movement)
        book.waiting[fund] -= amount
        book.moved[fund, "paid"] += amount
    else:
        payment_return(actor=works.second, movement=movement, reason="退回")
        book.waiting[fund] -= amount
        book.to_project[fund] -= of_project


@pytest.mark.long
class MoneyAddsUp(TestCase):
    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, 10**9))
    def test_every_balance_is_the_naive_sum_and_none_is_below_nothing(self, seed):
        rng = random.Random(seed)
        with everything():
            works = Works(make_cast(), received=0, planned=9_000).approve()
            other = fund_open(
                actor=works.clerk,
                owner=works.cast.bodies["office"],
                name="另一笔捐款",
                kind="donation",
                place=works.cast.places["牟定县"],
            )
            funds = [works.fund, Fund.within.get(pk=other.result["fund"])]
            book = Ledger()
            for _ in range(rng.randrange(10, 45)):
                an_act(rng, works, funds, book)
            money = fund_money([fund.pk for fund in funds])
            for fund in funds:
                found = money[fund.pk]
                for kind in KINDS:  # each count is its own and is the sum of the journal's entries of its name alone
                    assert getattr(found, kind) == book.moved[fund.pk, kind] == in_journal(fund, kind)
                assert found.waiting == book.waiting[fund.pk]
                assert found.allotted == book.held[fund.pk]
                out = book.moved[fund.pk, "paid"] + book.waiting[fund.pk]
                assert found.in_hand == book.moved[fund.pk, "received"] - out >= 0
                elsewhere = out - book.to_project[fund.pk]
                assert found.free == book.moved[fund.pk, "received"] - book.held[fund.pk] - elsewhere >= 0
            line = project_money(works.project).total
            assert line.planned >= line.allotted >= line.paid + line.waiting == sum(book.to_project.values())
            assert contracts_signed(works.project) == book.signed <= line.planned
            for contract in works.project.contracts.all():
                assert total(payments_standing().filter(contract=contract)) <= contract.amount


def in_journal(fund: Fund, kind: str) -> int:
    entries = Entry.objects.filter(code="assistance.fund.move")
    return sum(one.quantities.get(kind, 0) for one in entries if one.dims["fund"] == str(fund.pk))
