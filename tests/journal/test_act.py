"""One way in which something changes: receipt first."""

import pytest

from yishi.journal.act import SYSTEM, act
from yishi.journal.models import Entry, Receipt
from yishi.kit.errors import Conflict
from yishi.kit.ids import uuid7

pytestmark = pytest.mark.django_db


def do(act_id, text="a"):
    with act("test.thing.do", actor=SYSTEM, act_id=act_id, body={"text": text}) as this:
        if this.replayed:
            return this.receipt
        this.entry(subject=("thing", this.id), quantities={"things": 1})
        this.result(thing=this.id)
    return this.receipt


def test_it_works():
    receipt = do(uuid7())
    assert receipt.entry_count == 1
    assert Entry.objects.get().receipt == receipt


def test_the_same_delivery_gives_the_stored_receipt():
    act_id = uuid7()
    first, again = do(act_id), do(act_id)
    assert again.replayed and not first.replayed
    assert (again.number, again.result) == (first.number, first.result)
    assert Entry.objects.count() == 1


def test_a_known_id_with_other_content_is_refused():
    act_id = uuid7()
    do(act_id)
    with pytest.raises(Conflict):
        do(act_id, text="b")
    assert Receipt.objects.count() == 1
