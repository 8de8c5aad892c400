"""What the campaign's second half posts in public names nobody: a thousand seeded families, every ending of a notice.

By construction: the types of the notices have no such field (their own tests say so). Here it is tried, also on what
is published beside them: frame and sample of an exit assessment.
"""

import io
import random
import re
import shutil
import subprocess
import typing
import zipfile
from dataclasses import fields
from datetime import date, timedelta

import pytest
from django.urls import get_resolver, reverse
from django.utils import timezone

from tests.assistance.exits.assessed import SEED, SOURCE
from tests.assistance.exits.test_village_notices import FAMILIES, ILL, seeded
from tests.cast import sign_in
from yishi.assistance.exits.models import ExitAssessment, ExitInterview, ExitSample
from yishi.assistance.exits.reads import results_now
from yishi.assistance.exits.services.assessments import assessment_draw, assessment_open
from yishi.assistance.exits.survey.notice import VillageNotice as ExitNotice
from yishi.assistance.register.models import Household
from yishi.assistance.watch.models import Watch, WatchStep
from yishi.assistance.watch.notice import VillageNotice as WatchNotice
from yishi.web.assistance.watch.watch_papers import notice_paper
from yishi.web.assistance.watch.watches import notice_of
from yishi.web.kit.public_views import PUBLIC_VIEWS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]
WORDS = ("病", "残疾", "身份证", "电话", "手机", "银行", "账号")  # none of them is said in a notice, of anybody


def told_by(secrets, text):
    """The secrets that a text tells; long numbers are looked up, the rest is looked for."""
    numbers = set(re.findall(r"[0-9]{11,19}X?|H[0-9]{13}", text)) & secrets
    return numbers | {secret for secret in secrets if not secret[-2:-1].isdigit() and secret in text}


def read(response):
    """The text of a page, a Word file or a PDF as somebody reads it."""
    assert response.status_code == 200
    content = response.getvalue() if response.streaming else response.content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            return "".join(re.sub(r"<[^>]+>", "", opened.read(name).decode()) for name in opened.namelist()
                           if name.endswith(".xml"))  # fmt: skip
    if content.startswith(b"%PDF"):
        if shutil.which("pdftotext") is None:
            pytest.skip("apt install poppler-utils")
        shown = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
        return shown.stdout.decode()
    return content.decode()


@pytest.fixture
def families(cast):
    """A thousand families of two villages, and what nobody may read of them."""
    return seeded(cast, random.Random(20_261_130))


def test_the_helper_finds_what_is_told(families):
    """Else the tests below would find nothing of anybody."""
    for secret in sorted(families)[:: len(families) // 40]:
        assert told_by(families, f"公示：{secret}。") >= {secret}


def test_a_thousand_families_of_an_exit_assessment(cast, client, families):
    """The notice of each village on paper and in Word, the page of all notices, the published frame and sample."""
    rng, today, clerk = random.Random(7), timezone.localdate(), cast.viewer("clerk")
    receipt = assessment_open(
        actor=clerk, place=cast.places["牟定县"], year=2020, as_of=today, rules="2018-west", questionnaire="2018-1",
        villages=0, exited=500, unlisted=2, rosters={cast.places["牟尼村"].pk: 9},
    )  # fmt: skip
    assessment = ExitAssessment.within.get(pk=receipt.result["assessment"])
    assert assessment.frame_households == FAMILIES + 9
    assessment_draw(actor=clerk, assessment=assessment, seed=SEED, seed_source=SOURCE)
    assessment.refresh_from_db()
    known = sorted(families)
    ExitInterview.objects.bulk_create(
        ExitInterview(
            sample=sample,
            questionnaire="2018-1",
            outcome="done",
            answers={
                "approves": rng.choice(["yes", "no"]),
                "people": 3,
                "remark": f"{rng.choice(ILL)} {rng.choice(known)}",
            },
            on=today,
            asked_by=cast.people["clerk"],
            entered_by=cast.people["clerk"],
            entered_at=timezone.now(),
        )
        for sample in ExitSample.within.filter(assessment=assessment)
    )
    ExitAssessment.within.update(stage="closed", closed_at=timezone.now(), results=results_now(assessment))
    sign_in(client, cast, "clerk")
    page = read(client.get(reverse("exit_notices", args=[assessment.pk])))
    published = [read(client.get(reverse(name, args=[assessment.pk]))) for name in ("exit_frame", "exit_sample_file")]
    papers = [
        read(client.get(reverse(name, args=[assessment.pk, cast.places[village].pk])))
        for village in ("牟尼村", "邻近村")
        for name in ("exit_notice_pdf", "exit_notice_word")
    ]
    for text in (page, *published, *papers):
        assert told_by(families, text) == set()
    for paper in papers:
        assert "退出评估结果公示" in paper.replace(" ", "") and not [word for word in WORDS if word in paper]
    assert published[0].count("exited") == FAMILIES + 1


def test_a_thousand_families_of_the_monitoring(cast, client, families):
    """Of each the content of its notice; of a drawn dozen the paper and the Word file too."""
    today = timezone.localdate()
    homes = list(Household.within.select_related("place", "head").order_by("number"))
    assert len(homes) == FAMILIES
    watches = Watch.within.bulk_create(
        Watch(
            number=f"监-2026-{number:05}", household=home, place=home.place, pack="2026.1", stage="posted",
            found_on=today, recognise_by=today + timedelta(days=15), kind="unstable", risks=["illness", "disability"],
            measures_from=today, posted_on=today, posted_until=today + timedelta(days=4), opened_at=timezone.now(),
        )
        for number, home in enumerate(homes)
    )  # fmt: skip
    WatchStep.objects.bulk_create(
        WatchStep(
            watch=watch, verb="post", on=today, words=f"{watch.household.head.name}患{ILL[0]}",
            data={"present": 41, "agreed": 39, "reviewed_on": today.isoformat()}, before={}, at=timezone.now(),
        )
        for watch in watches
    )  # fmt: skip
    for watch in Watch.within.select_related("household__head", "place"):
        text = repr(notice_paper(notice_of(watch)).data())
        assert (
            watch.number in text and told_by({watch.household.head.name, watch.household.number, *ILL}, text) == set()
        )
        assert not [word for word in WORDS if word in text]
    sign_in(client, cast, "village_head")
    own = [watch for watch in watches if watch.place_id == cast.places["牟尼村"].pk]
    for watch in random.Random(3).sample(own, 6):
        for name in ("watch_notice_pdf", "watch_notice_word"):
            paper = read(client.get(reverse(name, args=[watch.pk])))
            assert watch.number in paper and told_by(families, paper) == set()
            assert not [word for word in WORDS if word in paper]


@pytest.mark.parametrize("notice", [ExitNotice, WatchNotice])
def test_no_type_of_a_notice_has_a_place_for_it(notice):
    """Places, desks, codes, days and counts. A new field has to be looked at here."""
    hints = typing.get_type_hints(notice)
    assert {field.name for field in fields(notice)} == set(hints)
    assert {name for name, kind in hints.items() if kind is str} <= {"county", "village", "number", "desk", "kind"}
    assert {kind for name, kind in hints.items() if kind is not str} == {int, date}


def test_no_page_of_the_three_parts_is_read_without_an_account():
    """What the village reads hangs in the village; supervision shows nothing in public at all. A family's own report is
    read by its code (tests/assistance/watch/test_self_reports.py)."""
    parts = ("supervision", "exits", "watch")
    modules = tuple(f"yishi.web.assistance.{part}." for part in parts)
    names = {
        pattern.name
        for pattern in _patterns(get_resolver().url_patterns)
        if pattern.callback.__module__.startswith(modules)
    }
    assert len(names) > 60 and {name for name in names & PUBLIC_VIEWS if not name.startswith("self_report")} == set()


def _patterns(patterns):
    for pattern in patterns:
        inner = getattr(pattern, "url_patterns", None)
        if inner is None:
            yield pattern
        else:
            yield from _patterns(inner)
