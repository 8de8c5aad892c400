"""Monitoring through the pages, as different people: a family whose hospital bill raises a signal is verified, helped
by its paired member and cleared; one that fell back into poverty is helped again; one tells of its trouble on an old
phone without scripts."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.assistance.watched import Watched, found
from tests.attachments.test_photo_keep import picture
from tests.browser.conftest import violations
from tests.browser.test_chain import People, newest, send
from yishi.assistance.pairing.models import Measure
from yishi.assistance.pairing.services.pairing import PairingRow, pairing_make
from yishi.assistance.register.models import Household
from yishi.assistance.watch.models import SelfReport, Watch, WatchSignal, WatchStep
from yishi.commitments.models import Commitment
from yishi.database.reach import everything
from yishi.organisations.query_codes import code_issue

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DAYS_OF_THE_NOTICE = 6
COLUMNS = ("found_on", "recognise_by", "posted_on", "posted_until", "measures_from")


@pytest.fixture
def people(open_page, cast):
    return People(open_page, cast)


@pytest.fixture
def watched(cast):
    with everything():
        watched = Watched(cast)
        row = PairingRow(cast.people["member"], watched.home, watched.ago(100), None, note="常联系")
        pairing_make(actor=cast.viewer("village_head"), row=row)
        return watched


def days_pass(watch: Watch, days: int = DAYS_OF_THE_NOTICE) -> None:
    """As if what was done until now had been done so many days before."""
    back = timedelta(days=days)
    with everything():
        row = found(watch.pk)
        for name in COLUMNS:
            if (day := getattr(row, name)) is not None:
                setattr(row, name, day - back)
        row.save()
        for step in WatchStep.objects.filter(watch=row):
            step.on -= back
            step.save()


def helped_by_its_member(people, watched) -> Measure:
    """The paired member promises a measure and does it; the village writes down the family's word."""
    today, home = timezone.localdate(), watched.home
    page = people.at("member", "family_measure", home.pk)
    page.select_option("[name=group]", "health")
    page.fill("[name=act_text]", "陪着办好慢病卡")
    page.fill("[name=due_on]", (today + timedelta(days=20)).isoformat())
    send(page)  # “I do it myself” stands there
    measure = newest(Measure, household=home)
    page = people.at("member", "measure_done", measure.pk)
    page.fill("[name=text]", "卡已办好，当天报销了药费")
    send(page)
    page = people.at("village_head", "measure_hear", measure.pk)
    page.check("[name=value][value=satisfied]", force=True)
    send(page)
    return measure


def struck_off(people, measure: Measure) -> None:
    """Whoever supervises the promise checks it and strikes it off, where the family's word has not done so."""
    with everything():
        promise = Commitment.within.get(pk=measure.commitment_id)
    if promise.state == Commitment.State.PROVED:
        page = people.at("convener", "commitment_check", promise.pk)
        page.locator("[name=accepted]").first.check(force=True)
        page.locator("[name=as_agreed]").first.check(force=True)
        page.fill("[name=finding]", "看过慢病卡")
        send(page)
    if promise.state != Commitment.State.STRUCK_OFF:
        send(people.at("convener", "commitment_strike_off", promise.pk))


def test_a_hospital_bill_raises_a_signal_and_the_family_is_verified_helped_and_cleared(people, cast, watched):
    today, home = timezone.localdate().isoformat(), watched.home

    # The village tells of the bill on its phone; it reaches the line, and the village judges the signal.
    page = people.at("village_head", "signal_raise", home.pk)
    page.select_option("[name=trigger]", "self_paid")
    page.fill("[name=on]", today)
    page.fill("[name=amount]", "26000")
    page.fill("[name=reference]", "住院0001")
    page.select_option("[name=source]", "seen")
    page.fill("[name=words]", "户主住院四十天")
    send(page)
    signal = newest(WatchSignal)
    people.refused("outsider", "watch_signal", signal.pk)
    page = people.at("village_head", "signal_judge", signal.pk)
    page.check("[name=verdict][value=true]", force=True)
    page.fill("[name=reason]", "看过住院清单")
    send(page)
    watch = newest(Watch)

    # At home, with the signed consent; then the village reviews and posts, without a name on the notice.
    page = people.at("village_head", "watch_verify", watch.pk)
    page.fill("[name=on]", today)
    page.check("[name=kind][value=unstable]", force=True)
    page.fill("[name=words]", "家里一人务工，药费难以支付")
    page.check("[name=consent][value=paper]", force=True)
    consent = {"name": "承诺书.jpg", "mimeType": "image/jpeg", "buffer": picture().read()}
    page.set_input_files("[name=scan]", consent)
    send(page)
    page = people.at("village_head", "watch_post", watch.pk)
    for name, value in {"on": today, "present": "41", "agreed": "39", "posted_on": today}.items():
        page.fill(f"[name={name}]", value)
    send(page)
    assert (
        not people.at("convener", "watch", watch.pk)
        .locator(f"a[href='{reverse('watch_check', args=[watch.pk])}']")
        .count()
    )  # the notice hangs

    # After the notice the township checks, and the county recognises: three people.
    days_pass(watch)
    people.refused("village_head", "watch_check", watch.pk)
    page = people.at("convener", "watch_check", watch.pk)
    page.fill("[name=on]", today)
    send(page)
    people.refused("convener", "watch_recognise", watch.pk)
    page = people.at("clerk", "watch_recognise", watch.pk)
    page.fill("[name=on]", today)
    send(page)
    with everything():
        assert Household.within.get(pk=home.pk).is_watched
    page = people.at("village_head", "desk")
    assert "首项" in page.locator("main").inner_text()

    # Its paired member helps; with the measure done and the rest seen at home, the county clears the risk.
    struck_off(people, helped_by_its_member(people, watched))
    page = people.at("second_clerk", "watch_clear", watch.pk)
    page.fill("[name=on]", today)
    page.check("[name=clearing][value=stable]", force=True)
    page.check("[name=seen_at_home]", force=True)
    page.fill("[name=reason]", "病情稳定，药费能报销，收入恢复")
    send(page)
    assert "风险已消除" in page.locator("main").inner_text()
    assert (
        newest(Watch).stage == "cleared"
        and "首项" not in people.at("village_head", "desk").locator("main").inner_text()
    )


def test_a_family_that_fell_back_into_poverty_is_helped_again(people, cast, watched):
    today, home = timezone.localdate().isoformat(), watched.home
    with everything():
        watch = watched.recognised().watch
    people.refused("convener", "watch_return", watch.pk)
    page = people.at("clerk", "watch_return", watch.pk)
    page.fill("[name=on]", today)
    page.fill("[name=reason]", "户主去世，家里没有收入来源")
    send(page)
    assert "返贫" in page.locator("main").inner_text()
    with everything():
        assert Household.within.get(pk=home.pk).state == "returned"
    measure = helped_by_its_member(people, watched)
    struck_off(people, measure)
    page = people.at("clerk", "watch", watch.pk)
    assert measure.commitment_id and "陪着办好慢病卡" in page.locator("main").inner_text()
    page = people.at("clerk", "household", home.pk)
    assert "返贫" in page.locator("main").inner_text()


@pytest.mark.parametrize("script", [False, True])
def test_a_family_tells_of_its_trouble_on_an_old_phone(open_page, people, cast, watched, script):
    """390 px; without scripts too: the poster's code, four answers and a name, a receipt, and what came of it."""
    with everything():
        code_issue(watched.home.head, "K7M42QXD9R")
    page = open_page("", cast, width=390, script=script)
    page.goto(reverse("venue_door", args=["MN0000TEST"]))
    with page.expect_navigation():
        page.get_by_role("link", name="我家有困难").first.click()
    page.check("[name=trigger][value=illness]", force=True)
    page.fill("[name=on]", timezone.localdate().isoformat())
    page.fill("[name=name]", watched.home.head.name)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390 if script else True
    send(page)
    code, report = page.locator(".code-big").inner_text(), newest(SelfReport)
    page = people.at("village_head", "self_report_match", report.pk)
    page.check(f"[name=household][value='{watched.home.pk}']", force=True)
    send(page)

    phone = open_page("", cast, width=390, script=script)
    phone.goto(reverse("self_report_mine"))
    phone.fill("[name=code]", code)
    send(phone)
    said = phone.locator("main").inner_text()
    assert "上门了解" in said and watched.home.head.name not in said and "病" not in said.replace("看病", "")

    # By the family's own code four answers are enough.
    own = open_page("", cast, width=390, script=script)
    own.goto(reverse("self_report_code"))
    own.fill("[name=code]", "K7M4-2QX-D9R")
    send(own)
    own.check("[name=trigger][value=housing]", force=True)
    own.fill("[name=on]", timezone.localdate().isoformat())
    send(own)
    assert newest(SelfReport).household_id == watched.home.pk
    if script:
        assert violations(own) == []
