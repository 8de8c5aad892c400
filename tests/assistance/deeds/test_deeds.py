"""Deeds: recorded once, claimed, corrected by reversal, withdrawn; shares that add up; what is refused and why."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.assistance.helping import Helping
from tests.kept import kept_over_all_files
from yishi.assistance.campaign.services.campaigns import (
    campaign_open,
    item_change,
    item_retire,
    phase_add,
    target_set,
)
from yishi.assistance.deeds.models import Deed
from yishi.assistance.deeds.services.deeds import (
    deed_claim,
    deed_confirm,
    deed_correct,
    deed_record,
    deed_withdraw,
    evidence_add,
)
from yishi.assistance.deeds.services.standing import Part, Reached, joined
from yishi.assistance.register.models import Household
from yishi.database.reach import reaching
from yishi.journal.models import Entry
from yishi.kit.errors import Conflict, NotAllowed, Refusal, WrongStage
from yishi.kit.ids import uuid7
from yishi.organisations.models import Body

pytestmark = pytest.mark.django_db


@kept_over_all_files
def helping(cast):
    return Helping(cast)


def shares(deed):
    return sorted(deed.parties.values_list("share", flat=True))


def test_it_works_and_twice_is_once(helping):
    cast, act_id = helping.cast, uuid7()
    given_ = {
        "item": helping.items["channel"],
        "place": cast.places["牟尼村"],
        "on": timezone.localdate(),
        "amount": Decimal(2),
        "parties": [Part(cast.people["member"])],
        "reached": Reached(households=helping.households[:2]),
    }
    first = deed_record(actor=cast.viewer("member"), act_id=act_id, **given_)
    again = deed_record(actor=cast.viewer("member"), act_id=act_id, **given_)
    assert first.result == again.result
    with pytest.raises(Conflict):
        deed_record(actor=cast.viewer("member"), act_id=act_id, **{**given_, "amount": Decimal(3)})
    deed = Deed.within.get()
    assert (deed.amount, deed.confirmed_at is not None, deed.parties.get().sector) == (2000, True, "agriculture")
    entry = Entry.objects.get(code="assistance.deed.count")
    assert entry.quantities == {"deeds": 1, "amount": 2000, "unnamed": 0}
    assert len(entry.touches) == 2
    assert "户主" not in str(entry.data)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"amount": Decimal(0)}, "amount"),
        ({"amount": Decimal("0.0001")}, "amount"),
        ({"amount": Decimal("NaN")}, "amount"),
        ({"amount": Decimal(10**10)}, "amount"),
        ({"on": timezone.localdate() + timedelta(days=1)}, "on"),
        ({"on": timezone.localdate() - timedelta(days=5000)}, "on"),
        ({"parties": []}, "parties"),
        ({"reached": Reached()}, "reached"),
        ({"reached": Reached(unnamed=-1)}, "unnamed"),
    ],
)
def test_what_is_refused_leaves_nothing(helping, wrong, field):
    with pytest.raises(Refusal) as refused:
        helping.record(**wrong)
    assert refused.value.field == field
    assert not Deed.within.exists()
    assert not Entry.objects.filter(code="assistance.deed.count").exists()


def test_shares_add_up(helping):
    cast = helping.cast
    office, department = cast.bodies["office"], cast.bodies["department"]
    with pytest.raises(Refusal):
        helping.record("clerk", parties=[Part(office, "lead", 6_000), Part(department, "co", 3_000)])
    with pytest.raises(Refusal):
        helping.record("clerk", parties=[Part(office, "lead", 10_000), Part(department, "co")])
    with pytest.raises(Refusal):
        helping.record("clerk", parties=[Part(office), Part(office, "co")])
    deed = helping.record("clerk", parties=[Part(office), Part(department, "co"), Part(cast.people["member"], "co")])
    assert shares(deed) == [3_333, 3_333, 3_334]


@given(
    st.lists(st.integers(0, 10_000), min_size=1, max_size=12),
    st.one_of(st.none(), st.integers(0, 10_000)),
)
def test_shares_always_add_up_to_the_whole(weights, share):
    """Whoever joins with whatever share: nothing is lost to rounding."""
    parts = [Part(Body(), "lead", weight) for weight in weights]
    found = joined(parts, Part(Body(), "co", share))
    if share is None:
        assert {part.share for part in found} == {None}
    else:
        assert sum(part.share for part in found) == 10_000
        assert found[-1].share == share


def test_one_claims_for_oneself_only_and_once(helping):
    cast, deed = helping.cast, helping.record()
    department = cast.bodies["department"]
    with pytest.raises(Refusal):
        deed_claim(actor=cast.viewer("outsider"), deed=deed, who=department, role="co")
    deed_claim(actor=cast.viewer("handler"), deed=deed, who=department, role="funder", share=0)
    with pytest.raises(WrongStage):
        deed_claim(actor=cast.viewer("handler"), deed=deed, who=department, role="co")
    assert shares(deed) == [0, 10_000]
    signs = [entry.quantities["deeds"] for entry in Entry.objects.filter(code="assistance.deed.count")]
    assert sorted(signs) == [-1, 1, 1]


def test_a_correction_reverses_and_says_why(helping):
    deed = helping.record(amount=Decimal(5))
    with pytest.raises(Refusal):
        deed_correct(actor=helping.cast.viewer("member"), deed=deed, amount=Decimal(4), reason=" ")
    with pytest.raises(NotAllowed):
        deed_correct(actor=helping.cast.viewer("outsider"), deed=deed, amount=Decimal(4), reason="我来改")
    deed_correct(actor=helping.cast.viewer("clerk"), deed=deed, amount=Decimal(4), reason="核实为四条")
    rows = Entry.objects.filter(code="assistance.deed.count").order_by("received_at", "ordinal")
    assert [entry.quantities["amount"] for entry in rows] == [5000, -5000, 4000]
    assert rows[1].at == rows[0].at
    assert Deed.within.get().reason == "核实为四条"


def test_what_is_withdrawn_stays_and_is_not_touched_again(helping):
    deed = helping.record()
    deed_withdraw(actor=helping.cast.viewer("member"), deed=deed, reason="没有办成")
    for again in (deed_withdraw, deed_correct):
        with pytest.raises(WrongStage):
            again(actor=helping.cast.viewer("member"), deed=deed, reason="再来")
    assert Deed.within.get().state == "withdrawn"


def test_whoever_organised_it_records_and_the_member_confirms(helping):
    cast = helping.cast
    deed = helping.record("clerk", parties=[Part(cast.people["member"])], recorded_for=cast.bodies["office"])
    assert deed.confirmed_at is None
    with pytest.raises(NotAllowed):
        deed_confirm(actor=cast.viewer("neighbour"), deed=deed)
    deed_confirm(actor=cast.viewer("member"), deed=deed)
    with pytest.raises(WrongStage):
        deed_confirm(actor=cast.viewer("member"), deed=deed)


def test_each_member_confirms_for_themself(helping):
    cast = helping.cast
    parties = [
        Part(cast.people["member"]),
        Part(cast.people["neighbour"], "co"),
        Part(cast.bodies["office"], "organiser"),
    ]
    deed = helping.record("clerk", parties=parties, recorded_for=cast.bodies["office"])
    deed_confirm(actor=cast.viewer("member"), deed=deed)
    assert Deed.within.get().confirmed_at is None
    with pytest.raises(WrongStage):
        deed_confirm(actor=cast.viewer("member"), deed=deed)
    deed_confirm(actor=cast.viewer("neighbour"), deed=deed)
    assert Deed.within.get().confirmed_at is not None


def test_evidence_is_words_or_a_file(helping):
    deed = helping.record()
    with pytest.raises(Refusal):
        evidence_add(actor=helping.cast.viewer("member"), deed=deed, kind="receipt")
    evidence_add(actor=helping.cast.viewer("member"), deed=deed, kind="receipt", words="收据第 12 号")
    assert deed.evidence.get().words == "收据第 12 号"


def test_a_deed_keeps_the_version_of_its_day(helping):
    clerk, item = helping.cast.viewer("clerk"), helping.items["channel"]
    since = timezone.localdate() - timedelta(days=10)
    with pytest.raises(Refusal):
        item_change(actor=clerk, item=item, since=since, name="改名", unit="户")
    item_change(actor=clerk, item=item, since=since, name="改了名的销路", unit="条", serves="household")
    old, new = helping.record(on=since - timedelta(days=1)), helping.record(on=since)
    assert (old.version.number, new.version.number, new.version.name) == (1, 2, "改了名的销路")
    item_retire(actor=clerk, item=item)
    with pytest.raises(Refusal):
        helping.record()
    deed_correct(actor=clerk, deed=new, amount=Decimal(3), reason="停用以后也能更正")


def test_phases_lie_inside_and_do_not_overlap(helping):
    clerk, campaign = helping.cast.viewer("clerk"), helping.campaign
    for days in (-10, 100):
        with pytest.raises(Refusal):
            begins = helping.start + timedelta(days=days)
            phase_add(actor=clerk, campaign=campaign, name="再一段", starts_on=begins, ends_on=begins)
    with pytest.raises(NotAllowed):
        phase_add(
            actor=helping.cast.viewer("outsider"),
            campaign=campaign,
            name="别人的",
            starts_on=helping.start,
            ends_on=helping.start,
        )
    target_set(
        actor=clerk,
        item=helping.items["channel"],
        place=helping.cast.places["牟定县"],
        amount=Decimal(60_000),
        due_on=timezone.localdate(),
    )


def test_only_its_own_body_opens_a_campaign(helping):
    with pytest.raises(Refusal):
        campaign_open(
            actor=helping.cast.viewer("outsider"),
            owner=helping.cast.bodies["office"],
            code="theirs",
            name="别人的行动",
            starts_on=timezone.localdate(),
        )


@pytest.mark.parametrize(
    ("who", "sees"),
    [("clerk", 3), ("province_clerk", 4), ("outsider", 1), ("member", 4), ("neighbour", 0), ("handler", 1)],
)
def test_who_sees_which_deeds(helping, who, sees):
    """Oversight of the place, one's own, and one's desk's; nobody else's."""
    cast = helping.cast
    helping.record()
    helping.record(on=timezone.localdate() - timedelta(days=60))
    deed = helping.record(on=timezone.localdate() - timedelta(days=90))
    deed_claim(actor=cast.viewer("handler"), deed=deed, who=cast.bodies["department"], role="co")
    helping.record(place=cast.places["外县村"])
    with reaching(cast.viewer(who).reach):
        assert Deed.objects.count() == sees


@pytest.mark.parametrize(("who", "sees"), [("clerk", 8), ("village_head", 4), ("outsider", 4), ("member", 0)])
def test_a_cadre_reads_nothing_of_the_next_villages_households(helping, who, sees):
    with reaching(helping.cast.viewer(who).reach):
        assert Household.objects.count() == sees
