"""No day lies before the thing that it answers; and a hand-over that was written with a wrong day has a way back."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import sign_in
from tests.kept import kept
from tests.story import Story
from yishi.commitments.models import Commitment
from yishi.commitments.services import commitment_answer, people_met, proof_give
from yishi.deliberation.models import Agreement, Matter, Study, Worry
from yishi.deliberation.services.agreements import (
    agreement_hand_over,
    agreement_hand_over_correct,
    agreement_record,
    agreement_take_back,
)
from yishi.deliberation.services.studies import finding_add, study_hand_in, study_open, visit_add
from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed, Refusal, WrongStage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]


@kept
def story(cast):
    return Story(cast).raise_worry().take_up().fill_seats().sit().agree()


def ago(days):
    return timezone.localdate() - timedelta(days=days)


def early(act, field="on", code=None):
    with pytest.raises(Refusal) as refused:
        act()
    assert refused.value.code.endswith(".early") and refused.value.field == field, refused.value.code


def recorded_ago(story, days):
    """The matter began, and its agreement was recorded, so many days ago."""
    Matter.within.update(opened_at=timezone.now() - timedelta(days=days))
    Agreement.objects.update(recorded_on=ago(days))
    Commitment.within.update(agreed_on=ago(days))


def hand_over(story, **given):
    agreement_hand_over(actor=story.by("convener"), agreement=story.agreement, **given)
    story.commitment.refresh_from_db()


def correct(story, who="convener", **given):
    given = {"on": timezone.localdate(), "reason": "年份写错了", **given}
    agreement_hand_over_correct(actor=story.by(who), agreement=story.agreement, **given)
    story.commitment.refresh_from_db()


def test_what_is_agreed_is_not_handed_over_before_it_was_recorded(story):
    early(lambda: hand_over(story, on=ago(2000)))
    hand_over(story)
    assert not story.commitment.backfilled


def test_an_agreement_is_not_recorded_before_its_matter_began(story):
    agreement_take_back(actor=story.by("convener"), agreement=story.agreement, reason="退回")
    early(
        lambda: agreement_record(actor=story.by("convener"), agreement=story.agreement, recorded_on=ago(2000)),
        field="recorded_on",
    )


def test_a_study_is_not_older_than_what_was_raised(story):
    clerk = story.by("convener")
    given = {"actor": clerk, "matter": story.matter, "question": "欠了多少"}
    early(lambda: study_open(**given, opened_on=ago(2000)), field="opened_on")
    Worry.within.update(raised_at=timezone.now() - timedelta(days=9))
    study = Study.objects.get(pk=study_open(**given, opened_on=ago(3)).result["study"])
    seen = {"actor": clerk, "study": study, "where": "二组", "met": "村民", "text": "看了"}
    early(lambda: visit_add(**seen, on=ago(10)))
    visit_add(**seen, on=ago(8))  # somebody went there before the study was opened
    finding_add(actor=clerk, study=study, text="欠两季")
    early(lambda: study_hand_in(actor=clerk, study=study, report="见附件", on=ago(4)))


def test_proof_and_answer_are_not_older_than_the_promise(story):
    recorded_ago(story, 5)
    hand_over(story)
    bearer = {"actor": story.by("company_head"), "commitment": story.commitment}
    early(lambda: proof_give(**bearer, text="已付", done_on=ago(3000)), field="done_on")
    early(lambda: commitment_answer(**bearer, text="正在办", on=ago(6)))
    early(lambda: people_met(**bearer, text="见了", on=ago(6)))
    proof_give(**bearer, text="已付", done_on=ago(4))  # begun before the hand-over


def test_a_wrong_day_of_a_hand_over_is_corrected_and_the_clock_runs(story):
    recorded_ago(story, 5)
    hand_over(story, on=ago(4))
    assert story.commitment.backfilled  # no clock
    correct(story)
    story.agreement.refresh_from_db()
    promise = story.commitment
    assert (story.agreement.handed_over_on, promise.in_force_on, promise.backfilled) == (ago(0), ago(0), False)
    event = promise.events.get(kind="in_force")
    assert event.on == ago(0) and "年份写错了" in event.text and str(ago(4).year) in event.text
    entries = Entry.objects.filter(subject_id=promise.pk, quantities__has_key="in_force")
    assert sum(entry.quantities["in_force"] for entry in entries) == 1
    correct(story, on=ago(1))
    assert promise.in_force_on == ago(1) and promise.backfilled


def test_a_correction_keeps_to_the_order_and_says_why(story):
    with pytest.raises(WrongStage):
        correct(story)
    recorded_ago(story, 5)
    hand_over(story)
    early(lambda: correct(story, on=ago(6)))
    for given in ({"on": ago(0)}, {"on": ago(1), "reason": " "}):
        with pytest.raises(Refusal):
            correct(story, **given)
    for who in ("outsider", "handler", "company_head"):
        with pytest.raises(NotAllowed):
            correct(story, who, on=ago(1))


def test_the_correction_goes_by_the_page(client, story):
    recorded_ago(story, 5)
    hand_over(story, on=ago(4))
    sign_in(client, story.cast, "convener")
    url = reverse("agreement_hand_over_correct", args=[story.agreement.pk])
    assert url in client.get(reverse("matter_agreement", args=[story.matter.pk])).content.decode()
    assert client.post(url, {"on": ago(0).isoformat(), "reason": ""}).status_code == 422
    assert client.post(url, {"on": ago(0).isoformat(), "reason": "写错了"}).status_code == 302
    assert Commitment.within.get(pk=story.commitment.pk).in_force_on == ago(0)
