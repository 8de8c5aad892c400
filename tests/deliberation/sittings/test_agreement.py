"""The agreement: words and duties, each party's consent, recorded as promises, handed over after the gates."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import sign_in
from tests.kept import kept
from tests.story import Story
from yishi.commitments.models import Commitment
from yishi.deliberation.models import Agreement, Consent, Duty, GateRequest, Matter
from yishi.deliberation.services.agreements import (
    agreement_change,
    agreement_draft,
    agreement_hand_over,
    agreement_record,
    agreement_take_back,
    consent_record,
    duty_add,
    duty_change,
    duty_remove,
)
from yishi.deliberation.services.matters import matter_end
from yishi.deliberation.services.sittings import sitting_plan
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.kit.ids import uuid7
from yishi.notices.days import day_said
from yishi.organisations.models import Body, Post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]


@kept
def story(cast):
    return draft(Story(cast).raise_worry().take_up().study_it().fill_seats().sit().stand())


def draft(story, **given):
    given = {"sitting": story.sitting, "text": "租金缓交半年，水费分期付清", **given}
    receipt = agreement_draft(actor=story.by("convener"), matter=story.matter, **given)
    story.agreement = Agreement.objects.get(pk=receipt.result["agreement"])
    return story


def duty(story, who="convener", **given):
    given = {
        "act": "付清两季租金",
        "bearer": story.cast.bodies["company"],
        "due_on": timezone.localdate() + timedelta(days=30),
        "proof_expected": "转账凭证",
        "supervisor": story.cast.bodies["department"],
        **given,
    }
    receipt = duty_add(actor=story.by(who), agreement=story.agreement, **given)
    return Duty.objects.get(pk=receipt.result["duty"])


def consents(story):
    for party in story.matter.parties.all():
        consent_record(actor=story.by("convener"), agreement=story.agreement, party=party, way="paper")


def record(story, **given):
    return agreement_record(actor=story.by("convener"), agreement=story.agreement, **given)


def hand_over(story, who="convener", **given):
    return agreement_hand_over(actor=story.by(who), agreement=story.agreement, **given)


def refused_with(code, act):
    with pytest.raises(Refusal) as refused:
        act()
    assert refused.value.code == code
    return refused.value


def promises(story):
    return list(Commitment.within.filter(origin_id=story.matter.pk).order_by("pk"))


def test_it_works(story):
    duty(story, quantity=1720, unit="亩", conditions="丰收后")
    consents(story)
    record(story)
    (promise,) = promises(story)
    assert (promise.state, promise.quantity, promise.unit) == ("agreed", 1720, "亩")
    assert Duty.objects.get().commitment == promise
    assert [judge.person for judge in promise.judges.all()] == [story.worry.raiser]
    hand_over(story)
    promise.refresh_from_db()
    assert promise.state == "in_force" and promise.in_force_on == timezone.localdate()


@pytest.mark.parametrize(
    ("lack", "word"),
    [("bearer", "承办"), ("due_on", "期限"), ("proof_expected", "凭"), ("supervisor", "督")],
)
def test_a_duty_that_lacks_something_is_refused_by_name(story, lack, word):
    duty(story)
    duty(story, **{lack: None if lack != "proof_expected" else ""})
    consents(story)
    said = refused_with("duty.incomplete", lambda: record(story))
    assert "2" in str(said) and word in str(said), str(said)
    assert promises(story) == [] and Agreement.objects.get().state == "draft"


def test_a_due_date_in_the_past_is_refused_in_plain_words_and_starts_nothing(story):
    yesterday = timezone.localdate() - timedelta(days=1)
    said = refused_with("duty.due_on.past", lambda: duty(story, due_on=yesterday))
    assert said.field == "due_on" and day_said(yesterday) in str(said)
    good = duty(story)
    given = {"act": good.act, "due_on": yesterday}
    refused_with("duty.due_on.past", lambda: duty_change(actor=story.by("convener"), duty=good, **given))
    Duty.objects.filter(pk=good.pk).update(due_on=yesterday)  # a draft that lay too long
    consents(story)
    refused_with("duty.due_on.past", lambda: record(story))


def test_what_was_agreed_last_year_is_recorded_with_its_due_date_of_then(story):
    last_year = timezone.localtime() - timedelta(days=300)
    type(story.sitting).within.filter(pk=story.sitting.pk).update(backfilled=True)
    type(story.matter).within.filter(pk=story.matter.pk).update(opened_at=last_year, backfilled=True)
    duty(story, due_on=(last_year + timedelta(days=60)).date())
    consents(story)
    record(story, recorded_on=last_year.date())
    (promise,) = promises(story)
    assert promise.backfilled and promise.agreed_on == last_year.date()


def test_every_party_consents_first_and_who_has_not_is_named(story):
    duty(story)
    first = story.matter.parties.first()
    consent_record(actor=story.by("convener"), agreement=story.agreement, party=first, way="paper")
    said = refused_with("agreement.consents", lambda: record(story))
    assert "花卉公司" in str(said) and "农业农村局" in str(said) and first.name not in str(said)


def test_consent_in_words_needs_a_witness(story):
    party = story.matter.parties.first()

    def say(**given):
        return consent_record(actor=story.by("convener"), agreement=story.agreement, party=party, **given)

    assert refused_with("consent.witness", lambda: say(way="oral")).field == "witness"
    refused_with("consent.way", lambda: say(way="nod"))
    say(way="oral", witness="村委会主任", condition="农业农村局监督")
    refused_with("consent.stands", lambda: say(way="paper"))  # it would lose the condition
    say(way="paper", condition="农业农村局监督")  # they signed later
    assert (Consent.objects.get().way, Consent.objects.get().witness) == ("paper", "村委会主任")


def test_a_party_of_another_matter_consents_to_nothing_here(story, cast):
    other = Story(cast).raise_worry().take_up()
    refused_with(
        "consent.party",
        lambda: consent_record(
            actor=story.by("convener"), agreement=story.agreement, party=other.matter.parties.first(), way="paper"
        ),
    )


def test_who_was_not_in_the_room_only_has_a_proposed_promise(story):
    duty(story)
    duty(story, act="修好水闸", bearer=story.cast.bodies["water"])
    consents(story)
    record(story)
    states = {promise.bearer_id: promise.state for promise in promises(story)}
    assert states == {story.cast.bodies["company"].pk: "agreed", story.cast.bodies["water"].pk: "proposed"}


def test_after_a_sitting_an_agreement_without_duties_binds_nobody_and_is_refused(story):
    consents(story)
    refused_with("agreement.no_duty", lambda: record(story))


def test_nobody_supervises_themselves_and_nothing_is_less_than_something(story):
    company = story.cast.bodies["company"]
    refused_with("duty.supervisor", lambda: duty(story, supervisor=company))
    refused_with("duty.quantity", lambda: duty(story, quantity=0))
    refused_with("amount.whole", lambda: duty(story, quantity=Decimal("0.5"), unit="次"))
    refused_with("act.empty", lambda: duty(story, act=" "))


def test_a_draft_is_mended_and_a_recorded_agreement_stands(story):
    agreement_change(actor=story.by("clerk"), agreement=story.agreement, text="缓交三个月", minority="村民乙：太长")
    wrong = duty(story, act="写错了")
    duty_remove(actor=story.by("convener"), duty=wrong)
    right = duty(story)
    consents(story)
    record(story)
    for act in (
        lambda: agreement_change(actor=story.by("convener"), agreement=story.agreement, text="改"),
        lambda: duty(story),
        lambda: duty_change(actor=story.by("convener"), duty=right, act="改"),
        lambda: duty_remove(actor=story.by("convener"), duty=right),
        lambda: record(story),
    ):
        with pytest.raises(WrongStage) as refused:
            act()
        assert refused.value.code == "agreement.recorded"


def test_one_draft_at_a_time_and_of_a_sitting_of_this_matter(story, cast):
    refused_with("agreement.exists", lambda: draft(story))
    other = Story(cast).raise_worry().take_up()
    receipt = sitting_plan(
        actor=story.by("convener"), matter=other.matter, starts_at=timezone.now() + timedelta(days=3), where="村口"
    )
    other.sitting = other.matter.sittings.get(pk=receipt.result["sitting"])
    story.agreement.delete()
    refused_with("agreement.sitting", lambda: draft(story, sitting=other.sitting))


def test_solved_on_the_way_it_ends_before_any_sitting(cast):
    story = draft(Story(cast).raise_worry().take_up().study_it(), sitting=None, text="公司当场付清")
    consents(story)
    record(story)  # nothing is left to do
    story.fresh()
    matter_end(actor=story.by("convener"), matter=story.matter, reason="走访时双方谈妥")
    story.matter.refresh_from_db()
    assert story.matter.state == "ended"


def test_promises_made_on_the_way_are_handed_over_without_a_sitting(cast):
    story = draft(Story(cast).raise_worry().take_up().study_it(), sitting=None)
    duty(story)
    consents(story)
    record(story)
    hand_over(story)
    assert [promise.state for promise in promises(story)] == ["in_force"]


def test_the_hand_over_waits_for_its_gate(cast):
    story = Story(cast).raise_worry().take_up("five_links").study_it().fill_seats().sit().stand()
    draft(story)
    duty(story)
    consents(story)
    record(story)
    said = refused_with("agreement.gate", lambda: hand_over(story))
    assert "党委采纳交办" in str(said)
    GateRequest.objects.create(
        matter=story.matter,
        step="hand_over",
        gate="party_adopts",
        name="党委采纳交办",
        body=cast.bodies["party"],
        asked_at=timezone.now(),
        due_on=date(2099, 1, 1),
        answer="approve",
    )
    hand_over(story)
    with pytest.raises(WrongStage):
        hand_over(story, "clerk")


def test_taken_back_it_is_a_draft_again_and_its_promises_are_dropped(story):
    duty(story)
    consents(story)
    refused_with(
        "agreement.in_force",
        lambda: agreement_take_back(actor=story.by("convener"), agreement=story.agreement, reason="退回"),
    )
    record(story)
    agreement_take_back(actor=story.by("convener"), agreement=story.agreement, reason="县委退回：期限太长")
    story.agreement.refresh_from_db()
    assert story.agreement.state == "draft" and not story.agreement.consents.exists()
    assert [promise.state for promise in promises(story)] == ["dropped"]
    consents(story)
    record(story)
    assert [promise.state for promise in promises(story)] == ["dropped", "agreed"]


def test_a_village_committee_that_convenes_records_and_hands_over_its_own_agreement(story):
    """Its desk runs the matter; in the ledger the recorded agreement is the right."""
    village = story.cast.bodies["village"]
    type(story.matter).within.filter(pk=story.matter.pk).update(convener=village)
    story.matter.refresh_from_db()
    Post.objects.filter(person=story.cast.people["village_head"]).update(role="head")
    assert Body.objects.get(pk=village.pk).kind == "village"
    duty(story, "village_head")
    consents(story)
    agreement_record(actor=story.by("village_head"), agreement=story.agreement)
    hand_over(story, "village_head")
    assert [promise.state for promise in promises(story)] == ["in_force"]


def test_recorded_twice_it_is_recorded_once(story):
    duty(story)
    consents(story)
    act_id = uuid7()
    first = record(story, act_id=act_id)
    assert record(story, act_id=act_id).result == first.result
    assert len(promises(story)) == 1


@pytest.mark.parametrize("who", ["outsider", "handler", "company_head", "neighbour"])
def test_who_does_not_run_the_matter_writes_no_agreement(story, who):
    with pytest.raises(NotAllowed):
        duty(story, who)
    with pytest.raises(NotAllowed):
        agreement_record(actor=story.by(who), agreement=story.agreement)
    with pytest.raises(NotAllowed):
        hand_over(story, who)


def test_a_duty_whose_day_has_passed_is_not_complete_before_the_consents(story, client):
    """It said “complete”, everybody consented, and the recording refused."""
    owed = duty(story)
    Duty.objects.filter(pk=owed.pk).update(due_on=timezone.localdate() - timedelta(days=3))
    sign_in(client, story.cast, "convener")
    page = client.get(reverse("matter_agreement", args=[story.matter.pk]))
    assert "已过" in page.content.decode()
    assert page.context["primary"][1] == reverse("duty_edit", args=[owed.pk])
    Matter.within.filter(pk=story.matter.pk).update(backfilled=True)
    page = client.get(reverse("matter_agreement", args=[story.matter.pk])).content.decode()
    assert "已过" not in page  # recorded afterwards, a day that has passed is what it was
