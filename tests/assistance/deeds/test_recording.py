"""Recording a deed costs what it writes: nothing is asked twice, what belongs together is written together."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.assistance.deeds.test_deed_pages import given, new
from tests.assistance.helping import Helping
from tests.cast import sign_in
from tests.kept import kept
from yishi.assistance.deeds.models import Deed, DeedWords, PossibleDuplicate
from yishi.assistance.deeds.services.alike import look
from yishi.assistance.deeds.services.standing import Part, Reached
from yishi.database.reach import everything
from yishi.journal.models import Entry, Receipt, Unfolded

pytestmark = pytest.mark.django_db


@kept
def helping(cast):
    with everything():
        return Helping(cast)


def sent_number(client, helping, **more):
    typed = given(client, new(helping), amount="2", unnamed="6", place="牟尼村", **more)
    return {**typed, "place_id": str(helping.cast.places["牟尼村"].pk)}


def test_a_deed_by_form_takes_few_statements(client, helping, cast):
    """Who asks (session, account, posts, membership, station), the item, its versions, the place and whether it stood
    then, the savepoint, the receipt, what looks like it, everything that is written, the receipt's end."""
    sign_in(client, cast, "member")
    client.post(new(helping), sent_number(client, helping))
    Deed.within.update(on=timezone.localdate() - timedelta(days=30))  # so that nothing looks like the next one
    typed = sent_number(client, helping, words="教两户嫁接核桃")
    with CaptureQueriesContext(connection) as caught:
        assert client.post(new(helping), typed).status_code == 302
    wanted = [one["sql"] for one in caught if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    is_postgresql = connection.vendor == "postgresql"  # SQLite: each table by itself
    assert len(wanted) <= (13 if is_postgresql else 17), "\n".join(sql[:90] for sql in wanted)
    versions = [sql for sql in wanted if 'FROM "assistance_itemversion"' in sql]
    families = [sql for sql in wanted if 'FROM "assistance_household"' in sql]
    members = [sql for sql in wanted if 'FROM "organisations_member"' in sql]
    assert (len(versions), len(families), len(members)) == (1, 0, 1), "nothing is asked twice"
    deed = Deed.within.get(words="教两户嫁接核桃")
    assert deed.parties.get().sector == cast.viewer("member").memberships[0].sector
    assert DeedWords.objects.filter(deed=deed).exists()
    entry = Entry.objects.get(pk=deed.entry_id)
    assert Unfolded.objects.filter(entry=entry).exists()
    receipt = Receipt.objects.get(pk=entry.receipt_id)
    assert receipt.entry_count == 1 and receipt.result["deed"] == str(deed.pk)


def test_a_deed_of_another_day_has_the_sector_of_that_day(helping, cast):
    """What the viewer knows is today's."""
    membership = cast.viewer("member").memberships[0]
    type(membership).objects.filter(pk=membership.pk).update(valid_from=timezone.localdate())
    with everything():
        sectors = [helping.record(on=timezone.localdate() - timedelta(days=days)).parties.get() for days in (0, 1)]
    assert [party.sector for party in sectors] == [membership.sector, ""]


def test_a_new_deed_is_compared_as_one_that_stands(helping):
    """The look before it is written finds what a look at the written one finds; what was seen makes no second pair."""
    families, others = helping.households[:2], helping.households[1:3]
    with everything():
        for number, reached in enumerate((families, others, helping.households[3:4], ())):
            helping.record("handler", amount=Decimal(2), reached=Reached(households=reached, unnamed=number),
                           parties=[Part(helping.cast.bodies["department"])])  # fmt: skip
        deed = helping.record(amount=Decimal(2), reached=Reached(households=families))
        found = {(pair.earlier_id, pair.likeness) for pair in PossibleDuplicate.objects.filter(later=deed)}
        again = look([deed], timezone.now())
        assert {(pair.earlier_id, pair.likeness) for pair in again.pairs} == found and found
        assert look([deed], timezone.now(), seen=again.seen).pairs == []
        missed = min(found)[0]  # as another desk's, recorded at the same moment
        (pair,) = look([deed], timezone.now(), seen=again.seen - {missed}).pairs
        assert pair.earlier_id == missed


def test_a_number_alone_asks_for_no_family_and_the_form_that_comes_back_offers_them(client, helping, cast):
    sign_in(client, cast, "clerk")
    desk = f"desk:{cast.bodies['office'].pk}"
    typed = sent_number(client, helping, doer=desk)
    for wrong in ({"amount": "0.5"}, {"amount": ""}):  # refused by the service; by the form
        answer = client.post(new(helping), {**typed, **wrong})
        assert answer.status_code == 422 and 'name="households_q"' in answer.content.decode()
        assert 'value="6"' in answer.content.decode()
    left = {**typed, "unnamed": "", "households_q": "无此人"}
    assert client.post(new(helping), left).status_code == 422
    assert client.post(new(helping), {**typed, "households_q": "户主"}).status_code == 422, (
        "several fit, none is ticked"
    )
    assert not Deed.within.exists()
    assert client.post(new(helping), typed).status_code == 302
    assert Deed.within.get().unnamed == 6
