"""Who stands firm and how right each trigger was, against counts by hand; too few are not told as a share."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from tests.assistance.families import family
from tests.assistance.watched import Watched
from tests.cast import sign_in
from tests.kept import kept_over_all_files
from yishi.assistance.register.models import HouseholdCause, HouseholdStanding
from yishi.assistance.watch.figures import LEAST, Cohort, Precision, Share, cohorts, precisions
from yishi.assistance.watch.models import WatchSignal
from yishi.database.reach import reaching
from yishi.kit.intervals import wilson

pytestmark = pytest.mark.django_db


@kept_over_all_files
def watched(cast):
    """Eleven families left poverty in 2018: one is monitored, one fell back; one of another cause; one left in 2019."""
    story = Watched(cast).recognised()
    for number in range(501, 513):
        home = family(cast.places["牟尼村"], number)
        HouseholdStanding.objects.create(
            household=home, state="exited", valid_from=date(2019 if number == 512 else 2018, 12, 31), by_year=True
        )
        if number == 511:
            HouseholdCause.objects.filter(household=home).update(code="schooling")
        if number == 501:
            HouseholdStanding.objects.filter(household=home).update(valid_to=date(2020, 5, 31))
            HouseholdStanding.objects.create(household=home, state="returned", valid_from=date(2020, 6, 1))
    return story


def test_it_works(watched):
    assert cohorts() == [
        Cohort(2019, "illness", 1, 0, 0),
        Cohort(2018, "illness", 11, 1, 1),
        Cohort(2018, "schooling", 1, 0, 0),
    ]
    assert cohorts()[1].firm == Share(9, 11) and cohorts()[1].firm.interval == wilson(9, 11)


def test_of_too_few_no_share_is_told():
    assert Share(LEAST - 1, LEAST - 1).share is None and Share(LEAST - 1, LEAST - 1).interval is None
    assert Share(LEAST, LEAST).share == 1.0 and Share(0, LEAST).interval[0] == 0.0


def test_a_family_without_a_known_cause_is_counted_too(watched):
    HouseholdCause.objects.filter(household__number__endswith="00511").delete()
    assert Cohort(2018, "", 1, 0, 0) in cohorts()


def test_how_right_a_trigger_was(cast, watched):
    rows = [
        WatchSignal(
            number=f"例-{n}", household=watched.home, trigger="housing", pack="2026.1", source="seen",
            raised_on=watched.today, raised_at="2026-01-01T00:00Z", judge_by=watched.today, state=state,
        )
        for n, state in enumerate(["true"] * 3 + ["untrue"] * 6 + ["known", "referred", "waiting"])
    ]  # fmt: skip
    WatchSignal.within.bulk_create(rows)
    first, *others = precisions(["housing", "self_paid", "water"])
    assert first == Precision("housing", 1, 3, 6, 1, 1) and first.judged == 11
    assert first.right.share == pytest.approx(3 / 11) and first.right.interval == wilson(3, 11)
    assert [(one.trigger, one.judged, one.right.share) for one in others] == [
        ("self_paid", 1, None),
        ("water", 0, None),
    ]


def test_everybody_counts_what_they_reach(cast, watched):
    with reaching(cast.viewer("outsider").reach):
        assert cohorts() == [] and all(not one.judged for one in precisions(["self_paid"]))
    with reaching(cast.viewer("village_head").reach):
        assert sum(cohort.left for cohort in cohorts()) == 13


def test_the_page_and_its_workbooks(client, cast, watched, django_assert_max_num_queries):
    sign_in(client, cast, "clerk")
    with django_assert_max_num_queries(12):
        page = client.get(reverse("watch_figures")).content.decode()
    assert "81.8%（52.3%–94.9%）" in page and "数量太少，不作推断" in page and "住房变成危房" in page
    for name in ("watch_cohorts", "watch_precisions"):
        assert client.get(reverse("watch_figures"), {"export": name}).status_code == 200
    watched.tell(Decimal(100))  # raises nothing: no signal more
    assert "81.8%" in client.get(reverse("watch_figures")).content.decode()
