"""The family answers by a code, a member says it was not they, an activity records many deeds at once, and numbers
without details stay apart."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.assistance.helping import Helping
from tests.kept import kept_over_all_files
from yishi.assistance.deeds.models import (
    Activity,
    Deed,
    DeedCode,
    Unitemised,
)
from yishi.assistance.deeds.services.activities import Line, activity_open, activity_record
from yishi.assistance.deeds.services.deeds import deed_correct
from yishi.assistance.deeds.services.family import (
    deed_answer,
    deed_claim_instead,
    deed_code_find,
    deed_code_issue,
    deed_disown,
    deed_uphold,
    family_code,
)
from yishi.assistance.deeds.services.standing import Part, Reached
from yishi.assistance.deeds.services.unitemised import unitemised_report, unitemised_withdraw
from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.kit.ids import uuid7
from yishi.organisations.grants import Viewer
from yishi.reporting.figures import Question, ask
from yishi.reporting.fold import fold_all

pytestmark = pytest.mark.django_db


@kept_over_all_files
def helping(cast):
    return Helping(cast)


def test_the_family_confirms_by_a_code(helping):
    deed, cast = helping.record(), helping.cast
    receipt = deed_code_issue(actor=cast.viewer("member"), deed=deed, household=helping.households[0])
    code = family_code(receipt.pk)
    assert code not in str(receipt.result)
    assert deed_code_find(code.lower()).deed == deed
    answer = deed_answer(actor=Viewer(), code=deed_code_find(code), said_yes=True)
    assert answer.result == {"deed": str(deed.pk)}
    assert [one.kind for one in deed.evidence.all()] == ["confirmation"]
    with pytest.raises(WrongStage):
        deed_answer(actor=Viewer(), code=deed_code_find(code), said_yes=True)
    entry = Entry.objects.get(code="assistance.deed.answer")
    assert (entry.right_kind, entry.actor_id) == ("deed_code", None)


def test_a_family_that_says_no_is_heard_and_changes_no_figure(helping):
    deed, cast = helping.record(), helping.cast
    code = family_code(deed_code_issue(actor=cast.viewer("member"), deed=deed).pk)
    deed_answer(actor=Viewer(), code=deed_code_find(code), said_yes=False)
    assert not deed.evidence.exists()
    assert DeedCode.objects.get().said_yes is False
    assert Deed.within.get().state == "counted"


def test_a_family_says_the_other_thing_once_and_both_are_kept(helping):
    """One tap too many on a small phone: the word of the family stood for ever."""
    deed, member = helping.record(), helping.cast.viewer("member")
    code = family_code(deed_code_issue(actor=member, deed=deed).pk)
    deed_answer(actor=Viewer(), code=deed_code_find(code), said_yes=False)
    deed_answer(actor=Viewer(), code=deed_code_find(code), said_yes=True)
    row = DeedCode.objects.get()
    assert (row.first_said_yes, row.said_yes) == (False, True) and row.first_answered_at < row.answered_at
    assert [one.kind for one in deed.evidence.all()] == ["confirmation"]
    with pytest.raises(WrongStage):
        deed_answer(actor=Viewer(), code=deed_code_find(code), said_yes=False)  # a second word, no third
    other = helping.record(amount=Decimal(3))
    code = family_code(deed_code_issue(actor=member, deed=other).pk)
    deed_answer(actor=Viewer(), code=deed_code_find(code), said_yes=True)
    deed_answer(actor=Viewer(), code=deed_code_find(code), said_yes=False)
    assert not other.evidence.exists()  # nothing rests on a word that was taken back
    entries = Entry.objects.filter(code="assistance.deed.answer").order_by("id")
    assert [entry.data.get("again") for entry in entries] == [None, True, None, True]


def test_a_second_word_comes_in_time_and_before_anything_followed(helping):
    deed, member = helping.record(), helping.cast.viewer("member")
    code = family_code(deed_code_issue(actor=member, deed=deed).pk)
    deed_answer(actor=Viewer(), code=deed_code_find(code), said_yes=False)
    DeedCode.objects.update(answered_at=timezone.now() - timedelta(days=40))
    with pytest.raises(WrongStage):
        deed_answer(actor=Viewer(), code=deed_code_find(code), said_yes=True)
    DeedCode.objects.update(answered_at=timezone.now())
    deed_uphold(actor=member, deed=deed, reason="老人不知情，儿子在场")
    with pytest.raises(WrongStage):
        deed_answer(actor=Viewer(), code=deed_code_find(code), said_yes=True)


def test_the_page_of_the_code_offers_the_other_answer(helping, client):
    code = family_code(deed_code_issue(actor=helping.cast.viewer("member"), deed=helping.record()).pk)
    address = reverse("family_code", args=[code])
    client.post(address, {"answer": "no"})
    page = client.get(address).content.decode()
    assert "点错了" in page and 'value="yes"' in page and 'value="no"' not in page
    client.post(address, {"answer": "yes"})
    assert "点错了" not in client.get(address).content.decode()
    assert DeedCode.objects.get().said_yes


def test_a_no_is_looked_into_and_settled(helping):
    deed, member = helping.record(), helping.cast.viewer("member")
    with pytest.raises(WrongStage):
        deed_uphold(actor=member, deed=deed, reason="没有人说不")
    for settle in ("uphold", "correct", "yes"):
        code = family_code(deed_code_issue(actor=member, deed=deed).pk)
        deed_answer(actor=Viewer(), code=deed_code_find(code), said_yes=False)
        assert DeedCode.objects.filter(said_yes=False, settled_at__isnull=True).count() == 1
        if settle == "uphold":
            with pytest.raises(NotAllowed):
                deed_uphold(actor=helping.cast.viewer("outsider"), deed=deed, reason="算了")
            deed_uphold(actor=member, deed=deed, reason="老人不知情，儿子在场")
        elif settle == "correct":
            deed_correct(actor=member, deed=deed, amount=Decimal(2), reason="核实为两条")
        else:
            code = family_code(deed_code_issue(actor=member, deed=deed).pk)
            deed_answer(actor=Viewer(), code=deed_code_find(code), said_yes=True)
        assert not DeedCode.objects.filter(said_yes=False, settled_at__isnull=True).exists()


def test_a_code_is_given_by_those_of_the_deed_and_the_last_one_holds(helping):
    deed, cast = helping.record(), helping.cast
    with pytest.raises(NotAllowed):
        deed_code_issue(actor=cast.viewer("outsider"), deed=deed)
    with pytest.raises(Refusal):
        deed_code_issue(actor=cast.viewer("member"), deed=deed, household=helping.households[3])
    first = family_code(deed_code_issue(actor=cast.viewer("member"), deed=deed).pk)
    second = family_code(deed_code_issue(actor=cast.viewer("member"), deed=deed).pk)
    assert deed_code_find(first) is None
    assert deed_code_find(second) is not None
    assert deed_code_find("0" * 10) is None


def test_a_member_who_did_not_do_it_says_so(helping):
    cast = helping.cast
    deed = helping.record("clerk", parties=[Part(cast.people["member"]), Part(cast.people["neighbour"], "co")])
    with pytest.raises(NotAllowed):
        deed_disown(actor=cast.viewer("clerk"), deed=deed, reason="不是我")
    deed_disown(actor=cast.viewer("member"), deed=deed, reason="那天我不在")
    party = deed.parties.get()
    assert (party.person, party.share) == (cast.people["neighbour"], 10_000)
    deed_disown(actor=cast.viewer("neighbour"), deed=Deed.within.get(), reason="也不是我")
    assert Deed.within.get().state == "withdrawn"
    assert [one.text for one in deed.remarks.order_by("pk")] == ["那天我不在", "也不是我"]


def test_every_correction_keeps_its_own_reason(helping):
    deed = helping.record(amount=Decimal(5))
    for amount, reason in ((4, "少一条"), (3, "又少一条")):
        deed_correct(actor=helping.cast.viewer("member"), deed=deed, amount=Decimal(amount), reason=reason)
    assert [one.text for one in deed.remarks.order_by("pk")] == ["少一条", "又少一条"]


def test_one_claims_in_the_others_instead_of_ones_own(helping):
    cast = helping.cast
    theirs = helping.record()
    mine = helping.record("clerk", parties=[Part(cast.bodies["office"])], recorded_for=cast.bodies["office"])
    deed_claim_instead(actor=cast.viewer("clerk"), deed=theirs, mine=mine, role="co", share=3_000, reason="别人已记")
    assert sorted(theirs.parties.values_list("share", flat=True)) == [3_000, 7_000]
    assert Deed.within.get(pk=mine.pk).state == "withdrawn"
    with pytest.raises(NotAllowed):
        another = helping.record(on=timezone.localdate() - timedelta(days=60))
        deed_claim_instead(actor=cast.viewer("outsider"), deed=another, mine=theirs, role="co", reason="抢")
    assert Deed.within.get(pk=theirs.pk).state == "counted"


def test_an_activity_records_many_deeds_or_none(helping):
    cast, clerk = helping.cast, helping.cast.viewer("clerk")
    office = cast.bodies["office"]
    opened = activity_open(
        actor=clerk, title="义诊", place=cast.places["牟尼村"], on=timezone.localdate(), organiser=office
    )
    activity = Activity.objects.get(pk=opened.result["activity"])
    lines = [Line(helping.items["channel"], Decimal(1), Reached(households=[one])) for one in helping.households[:3]]
    parties = [Part(cast.people["member"]), Part(office, "organiser")]
    with pytest.raises(NotAllowed):
        activity_record(actor=cast.viewer("outsider"), activity=activity, lines=lines, parties=parties)
    with pytest.raises(Refusal):
        bad = [*lines, Line(helping.items["channel"], Decimal(0), Reached(unnamed=1))]
        activity_record(actor=clerk, activity=activity, lines=bad, parties=parties)
    assert not activity.deeds.exists()
    act_id = uuid7()
    for _ in range(2):
        activity_record(actor=clerk, activity=activity, lines=lines, parties=parties, act_id=act_id)
    assert activity.deeds.count() == 3
    assert {deed.recorded_for for deed in activity.deeds.all()} == {office}


def test_numbers_without_details_stay_apart(helping):
    cast, today = helping.cast, timezone.localdate()
    given = {
        "item": helping.items["training"],
        "body": cast.bodies["department"],
        "place": cast.places["牟定县"],
        "starts_on": today - timedelta(days=30),
        "ends_on": today,
        "amount": Decimal(12),
        "note": "局内统计表",
    }
    with pytest.raises(Refusal):
        unitemised_report(actor=cast.viewer("outsider"), **given)
    with pytest.raises(Refusal):
        unitemised_report(actor=cast.viewer("handler"), **{**given, "note": ""})
    unitemised_report(actor=cast.viewer("handler"), **given)
    fold_all()
    assert ask(Question(cast.places["云南省"], helping.start, today)).amount == 0
    row = Unitemised.objects.get()
    with pytest.raises(NotAllowed):
        unitemised_withdraw(actor=cast.viewer("clerk"), row=row)
    unitemised_withdraw(actor=cast.viewer("handler"), row=row)
    with pytest.raises(WrongStage):
        unitemised_withdraw(actor=cast.viewer("handler"), row=row)
