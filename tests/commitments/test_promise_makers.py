"""A promise that an act of another part makes is made in one way: the next of its origin, in force at once."""

import re
from pathlib import Path

import pytest

import yishi
from tests.assistance.helping import Helping
from tests.assistance.pairs import Paired
from yishi.commitments.models import Commitment
from yishi.commitments.services import promise_make
from yishi.database.reach import everything
from yishi.journal.act import act
from yishi.journal.models import Entry
from yishi.organisations.grants import system
from yishi.organisations.rights import permit

pytestmark = pytest.mark.django_db
LATER = {"yishi/deliberation/services/agreements.py"}  # agreed on one day, put in force by the hand-over


def test_only_the_ledger_agrees_and_hands_over_in_one_act():
    root = Path(yishi.__path__[0])
    callers = {
        str(path.relative_to(root.parent))
        for path in root.rglob("*.py")
        if re.search(r"\bcommitment_agree\(", path.read_text("utf-8")) and "commitments" not in path.parts
    }
    assert callers == LATER


def test_promises_of_one_origin_are_numbered_and_written_by_who_may(cast):
    with everything():
        paired = Paired(cast, Helping(cast))
        given = {
            "place": cast.places["牟尼村"],
            "bearer": cast.bodies["department"],
            "supervisor": cast.bodies["office"],
            "act_text": "修机耕路",
            "due_on": paired.today,
            "proof_expected": "照片",
            "origin": (Commitment.Origin.HOUSEHOLD, paired.family.pk),
        }
        for who in ("clerk", "village_head"):
            actor = cast.viewer(who)
            with act("assistance.household.change", actor=permit("desk.see", actor), body={}) as this:
                made = promise_make(this, actor, **given)
                assert made.state == Commitment.State.IN_FORCE and made.in_force_on == paired.today
        promises = Commitment.within.filter(origin_id=paired.family.pk).order_by("ordinal")
        assert [promise.ordinal for promise in promises] == [1, 2]
        agreed = Entry.objects.filter(code="commitments.commitment.agree").order_by("received_at")
        assert [entry.right_kind for entry in agreed] == ["post", "system"]
        with act("assistance.household.change", actor=permit("desk.see", cast.viewer("clerk")), body={}) as this:
            promise_make(this, system(), **given)
        assert Entry.objects.filter(code="commitments.commitment.agree").latest("received_at").right_kind == "system"
