"""The pages of monitoring, walked by who acts: from a bill to the notice without names, to clearance."""

import dataclasses
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.assistance.watched import Watched, found
from tests.cast import sign_in
from tests.formats.books import read_sheet
from tests.kept import kept_over_all_files
from yishi.assistance.register import codes
from yishi.assistance.register.models import Household
from yishi.assistance.watch.models import Watch, WatchSignal
from yishi.assistance.watch.notice import VillageNotice
from yishi.people.models import Person
from yishi.web.assistance.watch.watch_papers import notice_paper
from yishi.web.assistance.watch.watches import notice_of

pytestmark = pytest.mark.django_db


@kept_over_all_files
def watched(cast):
    return Watched(cast)


def text(response, status=200):
    assert response.status_code == status, response.content.decode()[-2000:]
    return response.content.decode()


def send(client, name, pk, **said):
    page = reverse(name, args=[pk])
    text(client.get(page))
    answer = client.post(page, said)
    assert answer.status_code == 302, text(answer, 422)[:4000]
    return answer


def test_it_works(client, cast, watched):
    """A bill is told on the family's page, judged, and the file leads from desk to desk."""
    day = timezone.localdate().isoformat()
    sign_in(client, cast, "village_head")
    assert "报告困难情况" in text(client.get(reverse("household", args=[watched.home.pk])))
    send(
        client,
        "signal_raise",
        watched.home.pk,
        trigger="self_paid",
        on=day,
        amount="12000",
        source="seen",
        words="住院",
    )
    signal = WatchSignal.within.get()
    assert "判定预警" in text(client.get(reverse("desk")))
    answer = send(client, "signal_judge", signal.pk, verdict="true", reason="看过住院清单")
    watch = Watch.within.get()
    assert answer.url == reverse("watch", args=[watch.pk])
    assert "入户核实" in text(client.get(reverse("desk"))) and "待入户核实" in text(client.get(answer.url))
    refused = client.post(
        reverse("watch_verify", args=[watch.pk]),
        {"on": day, "kind": "unstable", "risks": ["illness"], "words": "属实", "consent": "paper"},
    )
    assert "请附上签字的授权承诺书" in text(refused, 422)
    watched.signal, watched.watch = signal, found(watch.pk)
    watched.verify()
    send(client, "watch_post", watch.pk, on=day, present=41, agreed=39, posted_on=day, words="")
    page = text(client.get(reverse("watch", args=[watch.pk])))
    assert "村内公示到" in page and watched.home.head.name in page
    sign_in(client, cast, "convener")
    page = text(client.get(reverse("watch", args=[watch.pk])))
    assert reverse("watch_check", args=[watch.pk]) not in page  # the notice still hangs


def test_the_township_and_the_county_act_by_their_pages(client, cast, watched):
    watched.posted()
    day = timezone.localdate().isoformat()
    sign_in(client, cast, "convener")
    assert watched.watch.number in text(client.get(reverse("desk")))
    send(client, "watch_check", watched.watch.pk, on=day, words="")
    sign_in(client, cast, "clerk")
    assert "审定" in text(client.get(reverse("desk")))
    send(client, "watch_recognise", watched.watch.pk, on=day, words="")
    assert found(watched.watch.pk).stage == "watched"
    sign_in(client, cast, "village_head")
    assert "商定首项措施" in text(client.get(reverse("desk")))
    sign_in(client, cast, "clerk")
    page = text(client.get(reverse("watch_clear", args=[watched.watch.pk])))
    assert "人均纯收入高于当年监测范围" in page
    said = {"on": day, "clearing": "natural", "reason": "整户迁出"}
    send(client, "watch_clear", watched.watch.pk, **said)
    send(client, "watch_resume", watched.watch.pk, on=day, reason="又迁回来")
    send(client, "watch_return", watched.watch.pk, on=day, reason="收入低于标准")
    send(client, "watch_step_back", watched.watch.pk, reason="弄错人家")
    assert "弄错人家" in text(client.get(reverse("watch", args=[watched.watch.pk])))


def test_verdicts_and_facts_are_taken_back_by_their_pages(client, cast, watched):
    watched.tell()
    sign_in(client, cast, "village_head")
    body = cast.bodies["department"]
    send(client, "signal_judge", watched.signal.pk, verdict="referred", referred_to=body.name, reason="归医保办")
    send(client, "signal_reopen", watched.signal.pk, reason="退回")
    send(client, "fact_take_back", watched.signal.facts.get().pk, reason="票据重复")
    assert WatchSignal.within.get().state == "mistake"
    watched.tell(Decimal(500))
    assert "未达预警界限" in text(client.get(reverse("household", args=[watched.home.pk])))


def test_the_lists_and_their_workbooks(client, cast, watched, django_assert_max_num_queries):
    watched.recognised()
    sign_in(client, cast, "clerk")
    for name, mark in (("watch_signals", watched.signal.number), ("watches", watched.watch.number)):
        with django_assert_max_num_queries(15):
            page = text(client.get(reverse(name), {"state": "all", "stage": "all"}))
        assert mark in page
        book = client.get(reverse(name), {"state": "true", "export": "xlsx"})
        sheets = read_sheet(book.content, "x.xlsx")
        assert any(mark == cell for sheet in sheets for row in sheet.rows for cell in map(str, row))
    assert watched.signal.number not in text(client.get(reverse("watch_signals")))  # judged: it waits no longer
    assert watched.watch.number not in text(client.get(reverse("watches"), {"stage": "cleared"}))
    sign_in(client, cast, "outsider")
    assert watched.watch.number not in text(client.get(reverse("watches"), {"stage": "all"}))
    assert client.get(reverse("watch", args=[watched.watch.pk])).status_code == 404


def test_a_notice_has_no_place_for_what_nobody_may_read():
    names = {field.name for field in dataclasses.fields(VillageNotice)}
    assert names == {"village", "number", "kind", "reviewed_on", "present", "agreed", "posted_on", "until", "desk"}


def test_a_thousand_notices_name_nobody(cast, watched):
    """Of 1,000 families with names, phones, accounts, illnesses and numbers: nothing of them is on the paper."""
    watched.posted()
    watch = watched.watch
    step = watch.steps.get(verb="post")
    watch.steps.filter(pk=step.pk).update(words="户主患尿毒症，电话13987654321")
    secrets = [codes.label("poverty_cause", code) for code in ("illness", "disability", "schooling")]
    for number in range(1_000):
        head = Person(name=f"秘密户主{number:04}")
        watch.household = Household(
            number=f"5323231002010{number:05}",
            head=head,
            phone=f"139{number:08}",
            place=watch.place,
            bank_name="农信社",
        )
        watch.risks, watch.number = ["illness", "disability"], f"监-2026-{number:05}"
        said = repr(notice_paper(notice_of(watch)))
        for secret in (
            head.name,
            watch.household.number,
            watch.household.phone,
            "农信社",
            "尿毒症",
            "1398765",
            *secrets,
        ):
            assert secret not in said
        assert watch.number in said


def test_the_notice_is_printed(client, cast, watched):
    watched.verified()
    sign_in(client, cast, "village_head")
    for name in ("watch_notice_pdf", "watch_notice_word"):
        assert client.get(reverse(name, args=[watched.watch.pk])).status_code == 404
    with watched.on("post"):
        watched.post()
    for name in ("watch_notice_pdf", "watch_notice_word"):
        assert client.get(reverse(name, args=[watched.watch.pk])).status_code == 200
    assert found(watched.watch.pk).posted_until - found(watched.watch.pk).posted_on == timedelta(days=4)
