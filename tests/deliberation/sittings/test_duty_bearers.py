"""Who owes a duty: a body, a party of the matter that is none, or a household; and who answers for it by name.

Sisters of the bearer's name: ledger and workbook, desk, letter, agreement paper, daily list, five rates, public file.
"""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import sign_in
from tests.deliberation.sittings.test_agreement import consents, draft, duty, hand_over, promises, record, refused_with
from tests.kept import kept
from tests.story import Story
from yishi.attachments.models import Attachment
from yishi.attachments.on_paper import OnPaper
from yishi.commitments import reads, services
from yishi.commitments.models import Commitment
from yishi.deliberation.models import Agreement
from yishi.deliberation.process.facts import Facts
from yishi.deliberation.services.matters import party_add
from yishi.deliberation.shown import agreement_digest
from yishi.deliberation.veil import Veil
from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed
from yishi.notices.models import Notice
from yishi.web.deliberation.sittings.agreement_papers import agreement_paper, letter_paper
from yishi.web.shell.desk import inbox
from yishi.web.shell.waiting import courses_due

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]
GROUP, HOME, NAME = "二组村民", "张老三家", "李队长"


@kept
def story(cast):
    story = draft(Story(cast).raise_worry().take_up().study_it().fill_seats().sit().stand())
    story.party = story.matter.parties.filter(body=None).first()
    if story.party is None:
        receipt = party_add(actor=story.by("convener"), matter=story.matter, name=GROUP)
        story.party = story.matter.parties.get(pk=receipt.result["party"])
    return story


@pytest.fixture
def paper():
    scan = Attachment.objects.create(
        kind="scan", name="证明.pdf", media_type="application/pdf", size=1, sha256="1" * 64, key="00/00/none.pdf"
    )
    return OnPaper(scan, "二组组长", timezone.localdate())


def owe(story, **given):
    """A duty of the party and one of a household, in force."""
    office = story.cast.bodies["office"]
    duty(story, bearer=None, bearer_party=story.party, act="清理水渠", supervisor=office, responsible=NAME, **given)
    duty(story, bearer=None, bearer_household=HOME, act="移走柴堆", supervisor=office, **given)
    consents(story)
    record(story)
    return promises(story)


def test_it_works(story):
    of_party, of_home = owe(story)
    assert (of_party.owes, of_party.bearer_kind, of_party.responsible) == (story.party.name, "party", NAME)
    assert (of_home.owes, of_home.bearer_kind, of_home.bearer) == (HOME, "household", None)
    assert (of_party.state, of_home.state) == ("agreed", "proposed")  # the party consented, the household was not asked
    hand_over(story)
    assert {promise.state for promise in promises(story)} == {"in_force"}
    assert "body" not in {key for key, value in Entry.objects.get(
        code="commitments.commitment.agree", subject_id=of_party.pk).dims.items() if value}  # fmt: skip


def test_waiting_3_what_a_party_says_comes_on_paper_and_another_person_checks(story, paper):
    of_party, _home = owe(story)
    hand_over(story)
    cast, today = story.cast, timezone.localdate()
    mine = reverse("commitment", args=[of_party.pk])
    assert mine in [item.url for item in inbox(cast.viewer("clerk"))]
    with pytest.raises(NotAllowed):
        services.proof_give(actor=cast.viewer("clerk"), commitment=of_party, text="已清", done_on=today)
    services.proof_give(actor=cast.viewer("clerk"), commitment=of_party, text="已清", done_on=today, paper=paper)
    entry = Entry.objects.get(code="commitments.commitment.prove")
    assert entry.data["from_paper"] and entry.right_kind == "post"
    assert mine not in [item.url for item in inbox(cast.viewer("clerk"))]
    assert mine in [item.url for item in inbox(cast.viewer("second_clerk"))]
    services.proof_check(
        actor=cast.viewer("second_clerk"), commitment=of_party, accepted=True, finding="属实", as_agreed=True
    )
    of_party.refresh_from_db()
    assert of_party.state == "checked"


def test_waiting_3_a_household_confirms_on_paper(story, paper):
    _party, of_home = owe(story)
    cast = story.cast
    acts = [item.act for item in inbox(cast.viewer("clerk")) if item.url == reverse("commitment", args=[of_home.pk])]
    assert len(acts) == 1 and "确认" in acts[0]
    services.commitment_confirm(actor=cast.viewer("clerk"), commitment=of_home, paper=paper)
    of_home.refresh_from_db()
    assert of_home.state == "agreed"


def test_waiting_3_whoever_has_no_desk_is_told_by_the_supervisors(story):
    of_party, _home = owe(story)
    hand_over(story)
    services.letter_send(actor=story.by("clerk"), commitment=of_party, text="请尽快")
    told = Notice.objects.filter(code="commitment.by_hand", subject_id=of_party.pk)
    assert {notice.body_id for notice in told} == {story.cast.bodies["office"].pk}
    assert all(story.party.name in notice.params["whom"] for notice in told) and told.count() == 2
    letter = of_party.events.get(kind="letter")
    said = str(letter_paper(letter).blocks)
    assert f"{story.party.name}：" in said and "你方承诺" in said and NAME in said


def test_waiting_3_everything_names_who_owes_it(client, story):
    of_party, of_home = owe(story)
    hand_over(story)
    sign_in(client, story.cast, "clerk")
    for url in (
        reverse("commitments"),
        reverse("commitment", args=[of_party.pk]),
        reverse("matter_agreement", args=[story.matter.pk]),
        reverse("matter", args=[story.matter.pk]),
        reverse("rate_cases") + "?body=none",
    ):
        assert story.party.name in client.get(url).content.decode(), url
    assert client.get(reverse("commitments"), {"body": HOME}).content.decode().count(of_home.number) == 1
    page = client.get(reverse("commitment", args=[of_party.pk])).content.decode()
    assert NAME in page and "协商事项的一方" in page
    assert "各方和农户" in client.get(reverse("rates")).content.decode()
    paper = str(agreement_paper(Agreement.objects.get(pk=story.agreement.pk)).blocks)
    assert story.party.name in paper and HOME in paper and f"责任人：{NAME}" in paper


def test_waiting_3_rates_count_them_apart_from_the_bodies(story):
    owe(story)
    hand_over(story)
    today = timezone.localdate()
    by_bearer = reads.rates_by_bearer(reads.due_in(today, today + timedelta(days=60)))
    assert by_bearer[None].due == 2 and len(by_bearer) == 1
    due = {(one.number, one.kind, one.body_id) for one in courses_due(today + timedelta(days=60))}
    assert due == {(promise.number, "on_paper", story.cast.bodies["office"].pk) for promise in promises(story)}


def test_waiting_3_in_public_a_household_is_not_named(story):
    of_party, of_home = owe(story)
    veil = Veil(story.matter, Facts(story.matter))
    assert veil.bearer(of_home) == "某农户" and HOME not in veil(f"{HOME}移走柴堆")
    assert NAME not in veil(f"由{NAME}负责") and veil.bearer(of_party) == story.party.name


def test_one_owes_it_and_a_consent_belongs_to_who_does(story):
    refused_with("duty.bearer", lambda: duty(story, bearer_household=HOME))
    refused_with("duty.bearer", lambda: duty(story, bearer=None, bearer_household=HOME, bearer_party=story.party))
    one = duty(story, bearer=None, bearer_household=HOME)
    before = agreement_digest(story.agreement)
    one.bearer_household = "李老四家"
    one.save()
    assert agreement_digest(story.agreement) != before


def test_the_ledger_refuses_nobody(story):
    for given in ({"bearer_kind": "party"}, {"bearer_kind": "body", "bearer_name": GROUP}):
        refused_with(
            "commitment.bearer.nobody",
            lambda given=given: services.commitment_agree(
                actor=story.by("clerk"), origin_kind="matter", origin_id=story.matter.pk, ordinal=1,
                place=story.matter.place, bearer=None, act_text="x", due_on=timezone.localdate(),
                proof_expected="x", supervisor=story.cast.bodies["office"], **given,
            ),
        )  # fmt: skip
    assert not Commitment.within.exists()


def test_waiting_3_it_goes_by_the_page(client, story):
    sign_in(client, story.cast, "convener")
    url = reverse("duty_new", args=[story.agreement.pk])
    form = client.get(url).context["form"]
    sent = {
        "act_id": form["act_id"].value(), "act": "清理水渠", "bearer_party": str(story.party.pk), "responsible": NAME,
        "due_on": (timezone.localdate() + timedelta(days=9)).isoformat(), "proof_expected": "照片",
        "supervisor": str(story.cast.bodies["office"].pk),
    }  # fmt: skip
    assert client.post(url, {**sent, "bearer_household": HOME}).status_code == 422
    assert client.post(url, sent).status_code == 302
    page = client.get(reverse("matter_agreement", args=[story.matter.pk])).content.decode()
    assert story.party.name in page and NAME in page
