"""A county's exit assessment through the pages, as different people: two suspected wrong exits, one refuted by
counter-evidence, one upheld; the village with a phone, the decision by somebody else."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from tests.assistance.exits.assessed import SEED, Assessed, answers
from tests.browser.test_chain import People, newest, send
from yishi.assistance.exits.models import ExitAssessment, ExitSample, ExitSuspicion
from yishi.assistance.exits.survey.package import package_check
from yishi.assistance.register.models import HouseholdStanding
from yishi.database.reach import everything

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people(open_page, cast):
    return People(open_page, cast)


@pytest.fixture
def assessed(cast):
    with everything():
        return Assessed(cast, households=3)


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (60, 40), "#336699").save(out, "JPEG")
    return out.getvalue()


def ask(people, sample, **changes) -> None:
    """The clerk records an interview at home, on a phone's width."""
    page = people.at("clerk", "exit_interview", sample.pk)
    page.check("[name=outcome][value=done]", force=True)
    page.fill("[name=on]", timezone.localdate().isoformat())
    for code, said in answers(sample, **changes).items():
        field = page.locator(f"[name=answer_{code}]")
        if field.first.get_attribute("type") == "radio":
            page.check(f"[name=answer_{code}][value={said}]", force=True)
        else:
            field.fill(said)
    send(page)


def test_two_suspected_wrong_exits_one_refuted_one_upheld(people, cast, assessed):
    # The county's office makes the frame; its hash stands on the page before there is a seed.
    page = people.at("clerk", "exit_new")
    page.select_option("[name=place]", str(cast.places["牟定县"].pk))
    page.fill("[name=year]", str(timezone.localdate().year))
    page.fill("[name=as_of]", (timezone.localdate() - timedelta(days=1)).isoformat())
    page.select_option("[name=rules]", "2018-west")
    page.select_option("[name=questionnaire]", "2018-1")
    for name, value in (("villages", "0"), ("exited", "9"), ("unlisted", "2")):
        page.fill(f"[name={name}]", value)
    page.fill("[name=rosters]", "牟尼村 1")
    send(page)
    assessment = newest(ExitAssessment)
    assert assessment.frame_hash in page.locator("main").inner_text()

    # It is drawn with the published number, and every household is asked; two of 牟尼村 carry their water home.
    page = people.at("clerk", "exit_draw", assessment.pk)
    page.fill("[name=seed]", SEED)
    page.fill("[name=seed_source]", "双色球2026140期，抽样框公布后的次日开奖")
    send(page)
    with everything():
        drawn = list(ExitSample.within.filter(assessment=assessment).select_related("place"))
    thirsty = [sample for sample in drawn if sample.kind == "exited" and sample.place.name == "牟尼村"][:2]
    assert len(thirsty) == 2 and len(drawn) == 6
    for sample in drawn:
        ask(people, sample, **({"water": "no"} if sample in thirsty else {}))
    for sample in thirsty:
        page = people.at("clerk", "exit_suspect", sample.pk)
        assert "喝的水干净" in page.locator("main").inner_text()
        page.check("[name=kind][value=wrong]", force=True)
        page.check("[name=conditions][value=water]", force=True)
        page.fill("[name=people]", "3")
        page.fill("[name=basis]", "水窖见底，要到两公里外背水")
        send(page)
    with everything():
        refuted, upheld = ExitSuspicion.within.order_by("number")

    # The village reads it on a phone and refutes one; neither the village nor a stranger sees the assessment.
    page = people.at("village_head", "exit_suspicions")
    assert refuted.number in page.locator("main").inner_text() and upheld.number in page.locator("main").inner_text()
    people.refused("village_head", "exit_assessment", assessment.pk)
    people.refused("outsider", "exit_suspicion", refuted.pk)
    page = people.at("village_head", "exit_counter", refuted.pk)
    page.fill("[name=text]", "自来水五月已接通，附水表照片")
    page.set_input_files("[name=photo_1]", {"name": "水表.jpg", "mimeType": "image/jpeg", "buffer": picture()})
    send(page)

    # Who asked and raised it is not offered the ruling; another clerk rules, on the second only when its time is over.
    page = people.at("clerk", "exit_suspicion", refuted.pk)
    assert not page.locator(f"a[href='{reverse('exit_rule', args=[refuted.pk])}']").count()
    people.refused("clerk", "exit_rule", refuted.pk)
    page = people.at("second_clerk", "exit_suspicion", refuted.pk)
    page.click(f"a[href='{reverse('exit_rule', args=[refuted.pk])}']")
    page.check("[name=is_upheld][value=no]", force=True)
    page.fill("[name=reason]", "现场复核：水表在走，水质检测合格")
    send(page)
    page = people.at("second_clerk", "exit_suspicion", upheld.pk)
    assert not page.locator(f"a[href='{reverse('exit_rule', args=[upheld.pk])}']").count()
    with everything():
        ExitSuspicion.within.filter(pk=upheld.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    page = people.at("second_clerk", "exit_rule", upheld.pk)
    page.check("[name=is_upheld][value=yes]", force=True)
    page.fill("[name=reason]", "逾期没有举证；复核时仍在背水")
    send(page)

    # One wrong exit of five households stands; no zero but that of missed households was earned.
    page = people.at("clerk", "exit_assessment", assessment.pk)
    words = page.locator("main").inner_text()
    assert "20.00%" in words and "零漏评" in words and "零错退" not in words and "零举证" not in words
    page.click(f"a[href='{reverse('exit_close', args=[assessment.pk])}']")
    send(page)
    with page.expect_download() as download:
        page.click(f"a[href='{reverse('exit_package', args=[assessment.pk])}']")
    assert package_check(download.value.path().read_bytes()).problem == ""

    # Who closed it does not decide; the office's head refuses the exit, and the family is poor as it was before.
    people.refused("clerk", "exit_decide", assessment.pk)
    page = people.at("office_head", "exit_decide", assessment.pk)
    page.check("[name=decision][value=refused]", force=True)
    page.fill("[name=reason]", "错退率高于标准，整改后再评")
    send(page)
    with everything():
        states = dict(HouseholdStanding.objects.filter(valid_to=None).values_list("household", "state"))
    by_sample = {sample.pk: states[sample.household_id] for sample in thirsty}
    assert by_sample == {refuted.sample_id: "exited", upheld.sample_id: "poor"}
