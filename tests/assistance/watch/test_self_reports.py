"""A family tells of its own trouble without an account: by its code at once, from the poster matched by hand."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.assistance.keeping import Keeping, card
from tests.assistance.watched import Watched
from tests.cast import sign_in
from tests.kept import kept_over_all_files
from yishi.assistance.watch.models import SelfReport, WatchFact, WatchSignal
from yishi.assistance.watch.services.self_reports import (
    self_report_by_code,
    self_report_file,
    self_report_match,
    self_report_reopen,
    self_report_set_aside,
)
from yishi.assistance.watch.services.signals import signal_judge
from yishi.assistance.watch.triggers import read_pack
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.kit.ids import uuid7
from yishi.notices.models import Notice
from yishi.organisations.grants import viewer_of
from yishi.organisations.models import Body
from yishi.organisations.query_codes import code_find, code_issue

pytestmark = pytest.mark.django_db
CODE = "ABCDEFGHJ1"
SAID = {"trigger": "self_paid", "words": "住院花了不少"}


@kept_over_all_files
def keeping(cast):
    return Keeping(cast)


@kept_over_all_files
def watched(cast):
    return Watched(cast)


def family_of(household, **kind):
    """Whoever holds the code of the household's head."""
    return viewer_of(household.head, code_issue(household.head, CODE, **kind))


def by_code(household, **more):
    said = {**SAID, "on": timezone.localdate(), **more}
    return self_report_by_code(actor=family_of(household), household=household, **said)


def from_poster(cast, name="张三", place="牟尼村", **more):
    said = {**SAID, "on": timezone.localdate(), "name": name, "place": cast.places[place], **more}
    receipt = self_report_file(actor=viewer_of(None), **said)
    return SelfReport.within.select_related("place").get(pk=receipt.result["report"]), receipt.query_code


def test_it_works_by_the_familys_code(cast, keeping):
    """Whatever the sum: who asks is answered. The desk of the village judges it."""
    receipt = by_code(keeping.household, amount=Decimal(900))
    report, signal = SelfReport.within.get(), WatchSignal.within.get()
    assert receipt.result["number"] == report.number and receipt.result["signal"] == str(signal.pk)
    assert (report.state, report.household, report.reporter) == ("matched", keeping.household, keeping.household.head)
    assert (signal.source, signal.state, signal.total) == ("self_report", "waiting", 900)
    assert signal.raised_by == keeping.household.head
    assert Notice.objects.filter(code="signal.raised", body_id=cast.bodies["village"].pk).exists()
    signal_judge(actor=cast.viewer("village_head"), signal=signal, verdict="true", reason="看过")
    assert Notice.objects.filter(code="self_report.answered", person=keeping.household.head).exists()


def test_once_more_joins_the_signal_that_waits_and_asks_anew_after_a_verdict_against_it(cast, keeping):
    by_code(keeping.household)
    again = self_report_by_code(
        actor=viewer_of(keeping.household.head, code_find(CODE)), household=keeping.household,
        on=timezone.localdate(), **SAID,
    )  # fmt: skip
    signal = WatchSignal.within.get()
    assert again.result["signal"] == str(signal.pk) and signal.facts.count() == 2
    signal_judge(actor=cast.viewer("village_head"), signal=signal, verdict="untrue", reason="已报销")
    anew = self_report_by_code(
        actor=viewer_of(keeping.household.head, code_find(CODE)), household=keeping.household,
        on=timezone.localdate(), **SAID,
    )  # fmt: skip
    assert anew.result["signal"] != str(signal.pk) and WatchSignal.within.count() == 2


def test_a_seats_code_and_another_familys_open_nothing(cast, keeping):
    said = {**SAID, "on": timezone.localdate(), "household": keeping.household}
    with pytest.raises(NotAllowed):
        self_report_by_code(actor=family_of(keeping.household, seat_in=uuid7()), **said)
    with pytest.raises(NotAllowed):
        self_report_by_code(
            actor=viewer_of(keeping.next_door.head, code_issue(keeping.next_door.head, "K" * 10)), **said
        )
    with pytest.raises(NotAllowed):
        self_report_by_code(actor=viewer_of(None), **said)
    assert not SelfReport.within.exists()


def test_from_the_poster_it_is_matched_by_hand_and_never_by_guess(cast, keeping):
    report, code = from_poster(cast)
    assert (report.state, report.household) == ("waiting", None) and not WatchFact.within.exists()
    assert code_find(code).person == report.reporter != keeping.household.head
    assert Notice.objects.filter(code="self_report.filed", body_id=cast.bodies["village"].pk).exists()
    for who in ("outsider", "handler", "auditor"):
        with pytest.raises(NotAllowed):
            self_report_match(actor=cast.viewer(who), report=report, household=keeping.household)
    with pytest.raises(Refusal):
        self_report_match(actor=cast.viewer("village_head"), report=report, household=keeping.next_door)
    self_report_match(actor=cast.viewer("village_head"), report=report, household=keeping.household)
    assert WatchSignal.within.get().household == keeping.household
    with pytest.raises(WrongStage):
        self_report_set_aside(actor=cast.viewer("village_head"), report=report, reason="无此人")


def test_matched_with_the_wrong_family_it_is_taken_back(cast, keeping):
    report, _code = from_poster(cast)
    head = cast.viewer("village_head")
    self_report_match(actor=head, report=report, household=keeping.household)
    self_report_reopen(actor=head, report=report, reason="认错了")
    report.refresh_from_db()
    assert (report.state, report.household, report.fact) == ("waiting", None, None)
    assert not WatchFact.within.exists() and WatchSignal.within.get().state == "mistake"
    self_report_set_aside(actor=head, report=report, reason="村里没有这个人")
    self_report_reopen(actor=head, report=report, reason="问到了")
    self_report_match(actor=head, report=report, household=keeping.household)
    signal = WatchSignal.within.get(state="waiting")  # what was told by mistake cools nothing
    signal_judge(actor=head, signal=signal, verdict="true", reason="看过")
    with pytest.raises(WrongStage):
        self_report_reopen(actor=head, report=report, reason="又认错了")


def test_a_report_by_code_needs_no_matching_and_is_not_reopened(cast, keeping):
    by_code(keeping.household)
    with pytest.raises(WrongStage):
        self_report_reopen(actor=cast.viewer("village_head"), report=SelfReport.within.get(), reason="x")


@pytest.mark.parametrize(
    "wrong",
    [
        {"trigger": "income"}, {"trigger": "rain"}, {"amount": Decimal(-1)}, {"amount": Decimal("NaN")},
        {"on": timezone.localdate().replace(year=2999)}, {"words": f"身份证{card(7)}"}, {"words": "很" * 301},
        {"name": ""}, {"name": "三" * 200}, {"phone": "12"}, {"place": "牟定县"},
    ],
)  # fmt: skip
def test_what_is_no_report_is_refused_and_nothing_is_kept(cast, keeping, wrong):
    with pytest.raises(Refusal):
        from_poster(cast, **wrong)
    assert not SelfReport.within.exists() and not Notice.objects.exists()


def test_without_a_village_desk_the_township_receives_it(cast, keeping):
    Body.objects.filter(kind="village").update(valid_to="2020-01-01")
    report, _code = from_poster(cast)
    assert Notice.objects.get(code="self_report.filed").body_id == cast.bodies["council"].pk
    self_report_match(actor=cast.viewer("convener"), report=report, household=keeping.household)


def test_every_trouble_that_a_family_reports_is_asked_in_plain_words():
    told = [rule for rule in read_pack().triggers.values() if "self_report" in rule.sources]
    assert len(told) == 10 and all(rule.asked and rule.asked_en for rule in told)


def text(response, status=200):
    assert response.status_code == status, response.content.decode()[-2000:]
    return response.content.decode()


def test_on_the_phone_without_an_account(client, cast, keeping):
    """From the poster: form, receipt with a code, and later the status; the desk finds the household meanwhile."""
    door = text(client.get(reverse("venue_door", args=["MN0000TEST"])))
    address = reverse("self_report_at", args=["MN0000TEST"])
    assert address in door and "看病自己花了很多钱" in text(client.get(address))
    empty = text(client.post(address, {"on": ""}), 422)
    assert "请选择家里出了什么事" in empty
    sent = {
        "trigger": "illness",
        "on": timezone.localdate().isoformat(),
        "words": "脑梗住院",
        "name": "张三",
        "amount": "",
    }
    receipt = text(client.post(address, sent, follow=True))
    report = SelfReport.within.get()
    assert report.number in receipt and "已收到" in receipt
    code = receipt.split('class="code-big">')[1].split("<")[0].strip()
    client.session.flush()
    client.cookies.clear()
    assert report.number not in text(client.get(reverse("self_report_mine")))
    shown = text(client.post(reverse("self_report_mine"), {"code": code}, follow=True))
    assert report.number in shown and "核对您是哪一户" in shown
    client.cookies.clear()
    sign_in(client, cast, "village_head")
    assert "认户" in text(client.get(reverse("desk"))) and report.number in text(client.get(reverse("self_reports")))
    match = reverse("self_report_match", args=[report.pk])
    page = text(client.get(match))
    assert keeping.household.number in page and "checked" not in page.split("households with")[0].split("<form")[-1]
    assert "请说明是哪一户的申报" in text(client.post(match, {"number": ""}), 422)
    assert client.post(match, {"household": str(keeping.household.pk)}).status_code == 302
    assert WatchSignal.within.get().source == "self_report"
    client.cookies.clear()
    shown = text(client.post(reverse("self_report_mine"), {"code": code}, follow=True))
    assert "有人上门了解" in shown
    for secret in ("脑梗", "大病", "张三", "illness"):
        assert secret not in shown  # neither the illness nor the name: the page is seen by whoever holds the phone


def test_by_the_familys_code_on_the_phone(client, cast, keeping):
    code_issue(keeping.household.head, CODE)
    answer = text(client.post(reverse("self_report_code"), {"code": CODE}, follow=True))
    assert "张三" in answer and 'name="name"' not in answer
    sent = {"trigger": "housing", "on": timezone.localdate().isoformat()}
    receipt = text(client.post(reverse("self_report"), sent, follow=True))
    assert "有人上门了解" in receipt and "code-big" not in receipt
    assert SelfReport.within.get().household == keeping.household


def test_each_step_is_told_in_plain_words(client, cast, watched):
    """From the signal to the county's decision; after it was cleared too."""
    from yishi.web.assistance.watch.report_words import status_of  # noqa: PLC0415

    with watched.on("raise"):
        self_report_by_code(
            actor=family_of(watched.home), household=watched.home, trigger="self_paid", on=timezone.localdate(),
        )  # fmt: skip
        watched.signal = WatchSignal.within.select_related("household__place").get()
        watched.judge()
    seen = [status_of(SelfReport.within.get())]
    watched.raised = watched.judged = lambda: watched
    for step in (watched.verified, watched.posted, watched.checked, watched.recognised):
        setattr(watched, step.__name__, lambda: watched)
        step()
        seen.append(status_of(SelfReport.within.get()))
    words = ("属实", "评议", "公示", "初审", "监测")
    assert [word for word, said in zip(words, seen, strict=True) if word in said] == [*words]
