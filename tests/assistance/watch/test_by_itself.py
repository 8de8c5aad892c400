"""Signals that nobody types: what the logic checks find, and what a helper sees on a visit."""

import pytest

from tests.assistance.pairs import Paired
from tests.assistance.watched import Watched
from tests.kept import kept_over_all_files
from yishi.assistance.checks.logic.pack import newest as newest_checks
from yishi.assistance.checks.logic.pack import read_pack as read_checks
from yishi.assistance.checks.models import CheckFinding
from yishi.assistance.checks.services.checks import findings_refresh
from yishi.assistance.pairing.services.visits import RISKS_SEEN, visit_withdraw
from yishi.assistance.register.models import Household, HouseholdYear
from yishi.assistance.watch.models import WatchFact, WatchSignal
from yishi.assistance.watch.services.signals import signal_judge
from yishi.assistance.watch.triggers import read_pack
from yishi.kit.errors import Refusal
from yishi.notices.models import Notice

pytestmark = pytest.mark.django_db


@kept_over_all_files
def watched(cast):
    return Watched(cast)


@kept_over_all_files
def paired(cast):
    made = Paired(cast)
    made.pair()
    return made


def grade(home, value):
    """The year's form says what the house is worth; the register's own check follows."""
    HouseholdYear.objects.update_or_create(household=home, year=2026, defaults={"house_grade": value})
    findings_refresh([home.pk])


def test_a_finding_raises_a_signal_once(cast, watched):
    grade(watched.home, "D")
    signal = WatchSignal.within.get(trigger="housing")
    assert (signal.source, signal.raised_by, signal.household) == ("check", None, watched.home)
    assert Notice.objects.filter(code="signal.raised", body_id=cast.bodies["village"].pk).count() == 1
    findings_refresh([watched.home.pk])  # nothing new
    grade(watched.home, "A")
    grade(watched.home, "C")  # it came back within the cool-down
    assert CheckFinding.within.get(rule="exit-house").cleared_at is None
    assert WatchSignal.within.filter(trigger="housing").count() == 1
    assert WatchFact.within.filter(trigger="housing").count() == 1


def test_what_somebody_told_before_is_not_raised_again_by_the_check(cast, watched):
    watched.tell(trigger="housing", amount=None)
    grade(watched.home, "D")
    assert WatchSignal.within.filter(trigger="housing").count() == 1


def test_a_family_that_is_poor_is_not_signalled(cast, watched):
    Household.within.filter(pk=watched.home.pk).update(state="poor")
    grade(watched.home, "D")
    assert not WatchSignal.within.exists()


def test_a_check_needs_no_sum(cast, watched):
    """The yearly form says 12,000 yuan, which no bill told: the check has weighed it."""
    HouseholdYear.objects.update_or_create(household=watched.home, year=2026, defaults={"self_paid": 12_000_00})
    findings_refresh([watched.home.pk])
    signal = WatchSignal.within.get(trigger="self_paid")
    assert (signal.source, signal.total) == ("check", None)


def test_the_rules_and_risks_that_a_trigger_names_exist():
    pack, rules = read_pack(), read_checks(newest_checks()).rules
    named = [rule for trigger in pack.triggers.values() for rule in trigger.checks]
    assert named and set(named) <= set(rules) and len(named) == len(set(named))
    assert set(pack.visit) == set(RISKS_SEEN)


def test_a_new_trouble_seen_on_a_visit_raises_a_signal(cast, paired):
    paired.visit()  # nothing new was seen
    assert not WatchSignal.within.exists()
    visit = paired.visit(risk="illness", found="户主查出重病，身份证532323197503020010")
    signal = WatchSignal.within.get()
    assert (signal.trigger, signal.source, signal.household) == ("illness", "visit", paired.family)
    assert "户主查出重病" in signal.words and "1975" not in signal.words
    paired.visit(risk="illness", days_ago=0)
    assert WatchSignal.within.count() == 1 and signal.facts.count() == 2
    visit_withdraw(actor=cast.viewer("member"), visit=visit, reason="记错了户")
    assert signal.facts.count() == 1
    signal.refresh_from_db()
    assert signal.state == "waiting"


def test_a_visit_withdrawn_takes_its_signal_back_unless_a_verdict_rests_on_it(cast, paired):
    visit = paired.visit(risk="housing")
    visit_withdraw(actor=cast.viewer("member"), visit=visit, reason="记错了户")
    assert WatchSignal.within.get().state == "mistake" and not WatchFact.within.exists()
    visit = paired.visit(risk="housing")
    signal = WatchSignal.within.get(state="waiting")
    signal_judge(actor=cast.viewer("village_head"), signal=signal, verdict="true", reason="看过房子")
    visit_withdraw(actor=cast.viewer("member"), visit=visit, reason="日期写错")
    signal.refresh_from_db()
    assert signal.state == "true" and WatchFact.within.filter(visit=visit).exists()


def test_a_trouble_that_no_visit_sees_is_refused(cast, paired):
    with pytest.raises(Refusal):
        paired.visit(risk="rain")
