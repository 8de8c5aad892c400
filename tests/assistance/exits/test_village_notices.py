"""What a village is told of an assessment holds nothing of a family, by construction: a thousand seeded families."""

import random
import typing
from dataclasses import fields
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.assistance.exits.assessed import SEED, SOURCE
from tests.cast import sign_in
from yishi.assistance.exits.models import ExitAssessment, ExitInterview, ExitSample
from yishi.assistance.exits.reads import results_now, visited_of
from yishi.assistance.exits.services.assessments import assessment_draw, assessment_open
from yishi.assistance.exits.survey.notice import VillageNotice, notice_of
from yishi.assistance.exits.survey.results import Visited
from yishi.assistance.register.services.bulk import NewHousehold, households_register_many
from yishi.kit.identity import check_character
from yishi.web.assistance.exits.exit_papers import notice_paper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]
FAMILIES = 1_000
ILL = ("尿毒症", "肝硬化", "精神残疾二级", "肢体残疾一级", "白血病")
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈", "娟强敏伟芳磊洋艳勇杰"


def seeded(cast, rng):
    """A thousand families of 牟尼村 and the next village, each with number, phone, account and an illness."""
    secrets, rows = set(ILL), []
    for number in range(FAMILIES):
        first = f"532323{date(1950, 1, 1) + timedelta(days=rng.randrange(20_000)):%Y%m%d}{2 * (number % 499) + 1:03d}"
        identity = first + check_character(first)
        phone, account = f"139{rng.randrange(10**8):08d}", f"6217{rng.randrange(10**15):015d}"
        name = rng.choice(SURNAMES) + rng.choice(GIVEN) + rng.choice(GIVEN)
        home = f"H{rng.randrange(10**9):09d}{number:04d}"
        secrets |= {identity, phone, account, name, home}
        rows.append(
            NewHousehold(
                place=cast.places["牟尼村" if number % 2 else "邻近村"],
                number=home,
                head={"name": name, "identity": identity, "phone": phone},
                values={"kind": "exited_with_policy", "state": "exited", "exited_year": 2019, "phone": phone},
                main_cause=rng.choice(["illness", "disability"]),
                bank_account=account,
                on=date(2015, 1, 1),
            )
        )
    households_register_many(actor=cast.viewer("clerk"), place=cast.places["牟定县"], rows=rows, source="seeded")
    return secrets


@pytest.fixture
def told(cast):
    """All of them drawn and asked, with words in the remarks that no notice may repeat."""
    rng = random.Random(20_261_130)
    secrets = seeded(cast, rng)
    today = timezone.localdate()
    receipt = assessment_open(
        actor=cast.viewer("clerk"), place=cast.places["牟定县"], year=2020, as_of=today, rules="2018-west",
        questionnaire="2018-1", villages=0, exited=500, unlisted=0,
    )  # fmt: skip
    assessment = ExitAssessment.within.get(pk=receipt.result["assessment"])
    assessment_draw(actor=cast.viewer("clerk"), assessment=assessment, seed=SEED, seed_source=SOURCE)
    assessment.refresh_from_db()
    person = cast.people["clerk"]
    ExitInterview.objects.bulk_create(
        ExitInterview(
            sample=sample,
            questionnaire="2018-1",
            outcome="done",
            answers={
                "approves": rng.choice(["yes", "no"]),
                "remark": f"{rng.choice(ILL)}，电话{rng.choice(sorted(secrets))}",
            },
            on=today,
            asked_by=person,
            entered_by=person,
            entered_at=timezone.now(),
        )
        for sample in ExitSample.within.filter(assessment=assessment)
    )
    return assessment, secrets


def test_it_works(cast, told, client):
    """The paper and the page of every village, whole."""
    assessment, secrets = told
    ExitAssessment.within.update(stage="closed", closed_at=timezone.now(), results=results_now(assessment))
    sign_in(client, cast, "clerk")
    texts = [client.get(reverse("exit_notices", args=[assessment.pk])).content.decode()]
    for name in ("牟尼村", "邻近村"):
        village, today = cast.places[name], timezone.localdate()
        visited = visited_of(assessment, village)
        notice = notice_of("牟定县", name, assessment.number, assessment.as_of, visited, today, "牟定县政协办公室")
        assert notice.answered > 200 and notice.asked_approval == notice.answered
        texts.append(repr(notice_paper(notice).data()))
    assert [secret for secret in secrets for text in texts if secret in text] == []
    assert "身份证" not in "".join(texts[1:]) and "病" not in "".join(texts[1:])


def test_the_type_has_no_field_for_any_of_it():
    """Places, desks, days and counts; nothing free, nothing of anybody. A new field has to be looked at here."""
    hints = typing.get_type_hints(VillageNotice)
    words = {name for name, kind in hints.items() if kind is str}
    assert words == {"county", "village", "number", "desk"}
    assert {kind for name, kind in hints.items() if name not in words} == {int, date}
    assert {field.name for field in fields(Visited)} == {
        "stratum", "kind", "village", "outcome", "people", "concerned", "approves", "is_entered",
    }  # fmt: skip


def test_nobody_leaves_the_sample(told):
    """Whatever was answered: the outcomes of all drawn households add up to the sample, stratum by stratum."""
    assessment, _secrets = told
    rng = random.Random(1)
    for sample in ExitSample.within.filter(assessment=assessment):
        outcome = rng.choice(["done", "away", "refused", ""])
        interviews = ExitInterview.objects.filter(sample=sample)
        interviews.update(outcome=outcome) if outcome else interviews.delete()
    results = results_now(assessment)
    parts = [results[name] for name in ("answered", "away", "refused", "unvisited")]
    assert sum(parts) == results["drawn"] == ExitSample.within.filter(assessment=assessment).count()
    assert all(parts) and sum(row["answered"] for row in results["strata"]) == results["answered"]
    assert sum(row["drawn"] for row in results["strata"]) == results["drawn"]
