"""A consent, a gate's approval, a study's check and a release belong to what was shown: a change drops them, visibly.

Looked at for the same kind: consents, gates (plan and adoption), study checks, releases, recorded minutes (they do not
change once issued), yearly plans (their approval stands in the topic, which does not change after it).
"""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.kept import kept
from tests.story import Story
from yishi.deliberation.models import Agreement, Consent, Duty, GateRequest, Matter, Release
from yishi.deliberation.process.conditions import missing
from yishi.deliberation.process.facts import Facts
from yishi.deliberation.services import agreements, gates, matters, releases, studies
from yishi.deliberation.services.asking import gate_bodies, shown_to
from yishi.deliberation.services.course import locked
from yishi.deliberation.shown import agreement_digest, study_digest
from yishi.journal.models import Entry
from yishi.journal.shown import check_shown, digest
from yishi.kit.errors import Refusal, WrongStage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]


@kept
def story(cast):
    story = Story(cast).raise_worry().take_up().study_it().fill_seats().sit().stand()
    by = story.by("convener")
    receipt = agreements.agreement_draft(actor=by, matter=story.matter, sitting=story.sitting, text="租金缓交半年")
    story.agreement = Agreement.objects.get(pk=receipt.result["agreement"])
    agreements.duty_add(actor=by, agreement=story.agreement, **a_duty(story))
    return story


def a_duty(story, **given):
    return {
        "act": "付清两季租金",
        "bearer": story.cast.bodies["company"],
        "due_on": timezone.localdate() + timedelta(days=30),
        "proof_expected": "转账凭证",
        "supervisor": story.cast.bodies["department"],
        **given,
    }


def all_consent(story):
    for party in story.matter.parties.all():
        agreements.consent_record(actor=story.by("convener"), agreement=story.agreement, party=party, way="paper")


def change_words(story):
    agreements.agreement_change(actor=story.by("convener"), agreement=story.agreement, text="租金缓交两年")


def change_duty(story):
    duty = story.agreement.duties.get()
    later = a_duty(story, due_on=timezone.localdate() + timedelta(days=300))
    agreements.duty_change(actor=story.by("convener"), duty=duty, **later)


def add_duty(story):
    agreements.duty_add(actor=story.by("convener"), agreement=story.agreement, **a_duty(story, act="另付水费"))


def remove_duty(story):
    agreements.duty_remove(actor=story.by("convener"), duty=Duty.objects.get(agreement=story.agreement))


@pytest.mark.parametrize("change", [change_words, change_duty, add_duty, remove_duty])
@pytest.mark.parametrize("kept", [True, False])
def test_records_5_a_consent_does_not_outlive_the_text(story, client, change, kept):
    all_consent(story)
    if not kept:  # a consent from before hashes were kept
        Consent.objects.update(digest="")
    change(story)
    with pytest.raises(Refusal) as refused:
        agreements.agreement_record(actor=story.by("convener"), agreement=story.agreement)
    assert refused.value.code == "agreement.consents" and "村民" in str(refused.value)
    client.force_login(story.cast.people["convener"].account)
    page = client.get(f"/desk/matters/{story.matter.pk}/agreement/").content.decode()
    assert page.count("同意的是改动前的文本") == 3
    all_consent(story)
    if change is not remove_duty:
        agreements.agreement_record(actor=story.by("convener"), agreement=story.agreement)
        facts = Facts(Matter.within.select_related("process").get(pk=story.matter.pk))
        assert missing("consents_given", facts, facts.model) is None


def test_records_5_the_consent_is_to_what_the_page_showed(story, client):
    client.force_login(story.cast.people["convener"].account)
    address = f"/desk/agreements/{story.agreement.pk}/consent/"
    page = client.get(address)
    assert "租金缓交半年" in page.content.decode() and "付清两季租金" in page.content.decode()
    shown = page.context["form"].initial["shown"]
    assert shown == agreement_digest(story.agreement)
    change_duty(story)
    party = story.matter.parties.first()
    sent = {"party": party.pk, "way": "oral", "witness": "村主任", "shown": shown}
    refused = client.post(address, sent)
    assert refused.status_code == 422 and "您打开页面以后" in refused.content.decode()
    assert "村主任" in refused.content.decode()
    sent["shown"] = refused.context["form"].data["shown"]
    assert client.post(address, sent).status_code == 302


def test_records_5_one_consent_registered_by_mistake_is_taken_back(story, client):
    all_consent(story)
    consent = story.agreement.consents.get(party__name="花卉公司")
    client.force_login(story.cast.people["convener"].account)
    assert client.post(f"/desk/consents/{consent.pk}/take-back/", {"reason": ""}).status_code == 422
    assert client.post(f"/desk/consents/{consent.pk}/take-back/", {"reason": "记错了一方"}).status_code == 302
    assert set(story.agreement.consents.values_list("party__name", flat=True)) == {"村民", "农业农村局"}
    assert Entry.objects.filter(code="deliberation.consent.take_back", subject_id=story.matter.pk).count() == 1
    all_consent(story)
    agreements.agreement_record(actor=story.by("convener"), agreement=story.agreement)
    with pytest.raises(WrongStage):
        agreements.consent_take_back(
            actor=story.by("convener"), agreement=story.agreement, party=consent.party, reason="晚了"
        )


def test_forms_4_another_consent_does_not_take_the_place_of_the_first(story):
    by, party = story.by("convener"), story.matter.parties.get(name="花卉公司")
    given = {"agreement": story.agreement, "party": party, "way": "oral", "witness": "李见证", "condition": "缓交半年"}
    agreements.consent_record(actor=by, **given)
    agreements.consent_record(actor=by, **given)  # the same, said again, takes nothing
    with pytest.raises(WrongStage) as refused:
        agreements.consent_record(actor=story.by("clerk"), **given | {"condition": "不缓交"})
    assert refused.value.code == "consent.stands"
    assert story.agreement.consents.get(party=party).condition == "缓交半年"


def test_a_consent_in_words_is_signed_later_and_keeps_its_condition(story, client):
    party = story.matter.parties.get(name="花卉公司")
    given = {"way": "oral", "witness": "李见证", "condition": "缓交半年"}
    agreements.consent_record(actor=story.by("convener"), agreement=story.agreement, party=party, **given)
    client.force_login(story.cast.people["convener"].account)
    page = f"/desk/agreements/{story.agreement.pk}/consent/"
    offered = client.get(page, {"party": party.pk}).context["form"].initial
    assert offered | given | {"way": "paper"} == offered
    assert client.post(page, offered).status_code == 302
    signed = story.agreement.consents.get(party=party)
    assert (signed.way, signed.witness, signed.condition) == ("paper", "李见证", "缓交半年")


def test_records_5_the_check_of_a_study_is_of_the_report_that_was_shown(cast, client):
    story = Story(cast).raise_worry().take_up()
    by = story.by("convener")
    receipt = studies.study_open(actor=by, matter=story.matter, question="租金为何付不出")
    study = story.matter.studies.get(pk=receipt.result["study"])
    given = {"on": timezone.localdate(), "where": "基地", "met": "村民", "text": "花价跌了"}
    studies.visit_add(actor=by, study=study, **given)
    studies.finding_add(actor=by, study=study, text="公司愿付，需缓交")
    studies.study_hand_in(actor=by, study=study, report="建议缓交并由农业农村局监督")
    client.force_login(cast.people["clerk"].account)
    page = client.get(f"/desk/studies/{study.pk}/check/")
    body = page.content.decode()
    assert "建议缓交并由农业农村局监督" in body and "公司愿付，需缓交" in body and "花价跌了" in body
    shown = page.context["form"].initial["shown"]
    studies.finding_add(actor=by, study=study, text="公司其实不愿付")
    sent = {"accepted": "yes", "note": "属实", "shown": shown}
    assert client.post(f"/desk/studies/{study.pk}/check/", sent).status_code == 422
    study.refresh_from_db()
    assert study.checked_on is None
    assert client.post(f"/desk/studies/{study.pk}/check/", {**sent, "shown": study_digest(study)}).status_code == 302


@kept
def gated(cast):
    """A matter of five links that stands at its adoption, recorded agreement and all."""
    story = Story(cast).raise_worry().take_up("five_links").study_it().fill_seats().sit().stand()
    story.agree()
    model = Facts(locked(story.matter)).model
    step = next(step for step in model.steps if step.stage == "handed_over" and step.gates)
    Matter.within.filter(pk=story.matter.pk).update(step=step.code, stage=step.stage)
    gate = GateRequest.objects.create(
        matter=story.matter,
        step=step.code,
        gate=step.gates[0].code,
        name=step.gates[0].name,
        body=cast.bodies["office"],
        asked_at=timezone.now(),
        due_on=timezone.localdate(),
    )
    return story, gate


def gate_lacks(story, gate):
    facts = Facts(locked(story.matter))
    return missing(f"gate:{gate.gate}", facts, facts.model) or ""


@pytest.mark.parametrize("kept", [True, False])
def test_records_5_the_approval_of_a_gate_does_not_outlive_the_agreement(gated, client, kept):
    story, gate = gated
    shown = shown_to(gate)
    assert shown["text"] and shown["duties"]
    client.force_login(story.cast.people["clerk"].account)
    page = client.get(f"/desk/gates/{gate.pk}/").content.decode()
    assert "租金缓交半年，水费分期付清" in page and "付清两季租金" in page
    gates.gate_answer(actor=story.by("clerk"), gate=gate, answer="approve", reason="同意", shown=digest(shown))
    assert gate_lacks(story, gate) == ""
    if not kept:
        GateRequest.objects.update(shown={})
    by = story.by("convener")
    release = Release.objects.create(
        matter=story.matter, slug="abc", title="租金", summary="谈成了", state="released", prepared_at=timezone.now()
    )
    agreements.agreement_take_back(actor=by, agreement=story.agreement, reason="有误")
    release.refresh_from_db()
    assert release.state == "prepared"  # what was released is not the text that comes next
    agreements.agreement_change(actor=by, agreement=story.agreement, text="租金缓交十年")
    assert "重新报送" in gate_lacks(story, gate)
    assert "原来的同意不再有效" in client.get(f"/desk/gates/{gate.pk}/").content.decode()
    asked = Facts(locked(story.matter)).model.step(gate.step).gate(gate.gate)
    fitting = gate_bodies(locked(story.matter), asked, timezone.localdate())[0]
    gates.gate_ask(actor=by, matter=story.matter, gate_code=gate.gate, body=fitting)
    assert GateRequest.objects.filter(gate=gate.gate, step=gate.step).count() == 2


def test_records_5_a_gate_answers_what_its_page_showed_and_reads_what_was_mended(gated, client):
    story, gate = gated
    shown = digest(shown_to(gate))
    by = story.by("convener")
    matters.matter_change(actor=by, matter=story.matter, title="租金", summary="公司欠租两季")
    with pytest.raises(WrongStage):
        gates.gate_answer(actor=story.by("clerk"), gate=gate, answer="approve", reason="同意", shown=shown)
    gates.gate_answer(actor=story.by("clerk"), gate=gate, answer="hold", reason="再看看")
    gate = GateRequest.objects.get(gate=gate.gate, step=gate.step)
    GateRequest.objects.filter(pk=gate.pk).update(answer="return")
    matters.matter_change(actor=by, matter=story.matter, title="租金", summary="公司欠租三季")
    second = GateRequest.objects.create(
        matter=story.matter,
        step=gate.step,
        gate=gate.gate,
        name=gate.name,
        body=gate.body,
        asked_at=timezone.now(),
        due_on=timezone.localdate(),
        round=2,
    )
    client.force_login(story.cast.people["clerk"].account)
    page = client.get(f"/desk/gates/{second.pk}/").content.decode()
    assert "退回以后改了什么" in page and "公司欠租两季" in page and "公司欠租三季" in page


def test_records_5_a_release_is_of_what_the_page_showed(cast, client):
    story = Story(cast).all()
    receipt = releases.release_prepare(
        actor=story.by("convener"), matter=story.matter, title="租金协商", summary="租金的事谈成了"
    )
    client.force_login(cast.people["clerk"].account)
    address = f"/desk/releases/{receipt.result['release']}/"
    page = client.get(address)
    assert page.status_code == 200
    shown = page.context["form"].initial["shown"]
    releases.release_prepare(
        actor=story.by("convener"), matter=story.matter, title="租金协商", summary="另一段没人看过的话"
    )
    sent = {"answer": "yes", "warnings_seen": "on", "reason": "", "shown": shown}
    assert client.post(f"{address}check/", sent).status_code == 422
    story.matter.release.refresh_from_db()
    assert story.matter.release.state == "prepared"


def test_records_5_who_sends_no_hash_has_just_read_it():
    check_shown("", "any")
    with pytest.raises(WrongStage):
        check_shown("old", "new")
