"""A hospital bill raises a signal; the family is verified, recognised, helped and cleared, or falls back."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests.assistance.keeping import card
from tests.assistance.watched import DAYS, Watched, found
from tests.cast import sign_in
from tests.kept import kept_over_all_files
from yishi.assistance.checks.models import CheckSetting
from yishi.assistance.register.models import Household, HouseholdCause, HouseholdStanding
from yishi.assistance.watch.models import Watch, WatchFact, WatchSignal
from yishi.assistance.watch.services.ending import watch_clear, watch_resume, watch_step_back
from yishi.assistance.watch.services.recognising import MOST_PRESENT, watch_check, watch_recognise, watch_refuse
from yishi.assistance.watch.services.signals import MOST_AMOUNT, fact_take_back, signal_judge, signal_reopen
from yishi.assistance.watch.stages import TABLE
from yishi.commitments.models import Commitment
from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.kit.ids import uuid7
from yishi.organisations.models import Body, Installation
from yishi.organisations.query_codes import code_issue

pytestmark = pytest.mark.django_db


@kept_over_all_files
def watched(cast):
    return Watched(cast)


def standings(home):
    return list(HouseholdStanding.objects.filter(household=home).values_list("state", "valid_from", "valid_to"))


def risks(home):
    found = HouseholdCause.objects.filter(household=home, kind="risk").values_list("code", "cleared_on")
    return list(found)


def test_it_works(cast, watched):
    watched.heard()
    watch, signal, home = watched.watch, watched.signal, watched.home
    assert signal.state == "true" and (signal.total, signal.threshold) == (26_000, 10_000)
    assert signal.judge_by == watched.ago(DAYS["raise"] - 7) and watch.recognise_by == watched.ago(DAYS["raise"] - 15)
    assert watch.stage == "watched" and watch.recognised_on <= watch.recognise_by
    assert (home.watch_kind, home.watch_from, home.is_watched) == ("unstable", watched.ago(DAYS["recognise"]), True)
    assert risks(home) == [("illness", None)]
    assert watched.measure.commitment.origin_kind == "household"
    watched.clear()
    watched.fresh()
    assert watched.watch.stage == "cleared" and watched.home.watch_cleared_on == watched.today
    assert not watched.home.is_watched and risks(home) == [("illness", watched.today)]
    assert [step.verb for step in watch.steps.all()] == ["verify", "post", "check", "recognise", "clear"]
    assert Entry.objects.filter(code="assistance.watch.recognise", subject_id=watch.pk).count() == 1


def test_bills_of_a_year_add_up_and_the_same_bill_counts_once(cast, watched):
    first = watched.tell(Decimal(6_000), reference="住 001")
    assert first.result["signal"] is None and first.result["why"] == "below"
    with pytest.raises(WrongStage):
        watched.tell(Decimal(6_000), reference="住001")
    second = watched.tell(Decimal(5_000), reference="住002", source="department")
    assert watched.signal.total == 11_000 and second.result["why"] == ""
    third = watched.tell(Decimal(4_000), reference="住003")
    assert third.result["why"] == "cooling" and third.result["signal"] is None
    assert WatchSignal.within.count() == 1 and watched.signal.facts.count() == 2  # the one that raised it, and the last


def test_a_threshold_that_an_area_set_is_that_of_its_families(cast, watched):
    CheckSetting.objects.create(
        place=cast.places["牟定县"], code="medical_alarm", valid_from=date(2020, 1, 1), value=30_000, reason="县文件",
        set_at="2020-01-01T00:00Z",
    )  # fmt: skip
    assert watched.tell().result["why"] == "below"
    assert watched.tell(Decimal(4_000)).result["signal"] and watched.signal.threshold == 30_000


def test_what_was_told_by_mistake_is_taken_back_and_counts_no_longer(cast, watched):
    watched.tell(Decimal(6_000), reference="住001")
    fact, head = WatchFact.within.get(), cast.viewer("village_head")
    fact_take_back(actor=head, fact=fact, reason="录成别家的票据")
    with pytest.raises(WrongStage):
        fact_take_back(actor=head, fact=fact, reason="再来")
    assert watched.tell(Decimal(9_000), reference="住001").result["why"] == "below"  # the number is free again
    watched.tell(Decimal(1_000))
    assert watched.signal.total == 10_000
    fact_take_back(actor=head, fact=watched.signal.facts.get(), reason="票据重复")
    watched.signal.refresh_from_db()
    assert (watched.signal.state, watched.signal.reason) == ("mistake", "票据重复")
    with pytest.raises(NotAllowed):
        fact_take_back(actor=cast.viewer("outsider"), fact=WatchFact.within.get(), reason="外县")


def test_what_a_judged_signal_rests_on_is_not_taken_back(cast, watched):
    watched.judged()
    with pytest.raises(WrongStage):
        fact_take_back(actor=cast.viewer("village_head"), fact=WatchFact.within.get(), reason="票据重复")


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": None}, {"amount": Decimal(0)}, {"amount": Decimal(-5)}, {"amount": Decimal("NaN")},
        {"amount": MOST_AMOUNT + 1}, {"trigger": "rain"}, {"source": "rumour"}, {"on": date(2999, 1, 1)},
        {"words": f"身份证{card(7)}"}, {"words": "很" * 301},
    ],
)  # fmt: skip
def test_what_is_no_fact_is_refused_and_nothing_is_kept(cast, watched, wrong):
    with pytest.raises(Refusal):
        watched.tell(**wrong)
    assert not WatchFact.within.exists()


def test_each_verdict_leads_where_it_says(cast, watched):
    watched.raised()
    for wrong in (
        {"verdict": "waiting"},
        {"verdict": "maybe"},
        {"reason": " "},
        {"verdict": "known"},
        {"verdict": "referred"},
    ):
        with pytest.raises(Refusal):
            watched.judge(**wrong)
    assert watched.judge("untrue").result["watch"] is None
    signal_reopen(actor=cast.viewer("village_head"), signal=watched.signal, reason="看错了")
    assert watched.judge("referred", referred_to=cast.bodies["department"]).result["watch"] is None
    with pytest.raises(WrongStage):
        watched.judge()
    signal_reopen(actor=cast.viewer("village_head"), signal=watched.signal, reason="退回来了")
    watched.judge()
    assert watched.watch.stage == "opened" and watched.watch.risks == ["illness"]


def test_a_second_signal_joins_the_file_that_is_open(cast, watched):
    watched.judged()
    first = watched.watch
    watched.tell(trigger="housing", amount=None)
    watched.judge()
    assert watched.watch == first and Watch.within.count() == 1 and first.signals.count() == 2


def test_a_verdict_taken_back_takes_the_file_that_it_opened(cast, watched):
    watched.judged()
    signal_reopen(actor=cast.viewer("village_head"), signal=watched.signal, reason="弄错人家")
    assert not Watch.within.exists() and WatchSignal.within.get().state == "waiting"
    watched.judge()
    with watched.on("verify"):
        watched.verify()
    with pytest.raises(WrongStage):
        signal_reopen(actor=cast.viewer("village_head"), signal=watched.signal, reason="弄错人家")


def test_nothing_is_verified_without_consent(cast, watched):
    watched.judged()
    code = "K7M42QXD9R"
    for wrong in (
        {"consent": ""}, {"files": []}, {"consent": "code", "files": []},
        {"consent": "code", "files": [], "query_code": code},
        {"risks": []}, {"risks": ["rain"]}, {"kind": "marginal"}, {"kind": "poor"}, {"words": ""},
        {"on": watched.ago(DAYS["raise"] + 1)},
    ):  # fmt: skip
        with pytest.raises(Refusal):
            watched.verify(**wrong)
    code_issue(watched.home.head, code)
    watched.verify(consent="code", files=[], query_code="k7m4-2qx-d9r")
    assert found(watched.watch.pk).consent == "code"


def test_the_notice_hangs_five_days_before_the_township_looks(cast, watched):
    watched.posted()
    assert watched.watch.posted_until == watched.ago(DAYS["post"] - 4)
    with pytest.raises(WrongStage):
        watch_check(actor=cast.viewer("convener"), watch=watched.watch, on=watched.watch.posted_until)
    watch_check(actor=cast.viewer("convener"), watch=watched.watch, on=watched.watch.posted_until + timedelta(days=1))


def test_it_is_posted_where_more_than_half_agree(cast, watched):
    watched.verified()
    day = watched.ago(50)
    for wrong in ({"agreed": 20, "present": 40}, {"agreed": 42}, {"present": 0, "agreed": 0},
                  {"present": MOST_PRESENT + 1, "agreed": 2000},
                  {"posted_on": watched.ago(51)}, {"posted_on": watched.ago(-1)}):  # fmt: skip
        with pytest.raises(Refusal):
            watched.post(**{"on": day, "posted_on": day, **wrong})


def test_who_verified_does_not_check_and_who_checked_does_not_recognise(cast, watched):
    watched.judged()
    with watched.on("verify"):
        watched.verify("convener")
    with watched.on("post"):
        watched.post()
    stale, day = watched.watch, watched.ago(DAYS["check"])  # as it stood before anybody verified
    with pytest.raises(NotAllowed):
        watch_check(actor=cast.viewer("convener"), watch=stale, on=day)
    watched.fresh()
    with pytest.raises(NotAllowed):
        watch_check(actor=cast.viewer("convener"), watch=watched.watch, on=day)
    watch_check(actor=cast.viewer("clerk"), watch=watched.watch, on=day)
    watched.fresh()
    with pytest.raises(NotAllowed):
        watch_recognise(actor=cast.viewer("clerk"), watch=watched.watch, on=day)
    with pytest.raises(IntegrityError), transaction.atomic():
        Watch.within.filter(pk=watched.watch.pk).update(recognised_by=cast.people["clerk"])
    Installation.objects.update(small_office=True)
    watch_recognise(actor=cast.viewer("clerk"), watch=watched.watch, on=day)
    assert found(watched.watch.pk).same_hands


def test_who_may_not(cast, watched):
    watched.raised()
    for who in ("outsider", "member", "handler", "auditor", "villager"):
        with pytest.raises(NotAllowed):
            watched.judge(who=who)
        with pytest.raises(NotAllowed):
            watched.tell(who=who)
    watched.judge()
    for who in ("outsider", "member", "auditor"):
        with pytest.raises(NotAllowed):
            watched.verify(who)
    with pytest.raises(NotAllowed):
        watch_refuse(actor=cast.viewer("village_head"), watch=watched.watch, on=watched.today, reason="不是")
    with pytest.raises(NotAllowed):
        watch_recognise(actor=cast.viewer("convener"), watch=watched.watch, on=watched.today)


def test_a_clearance_needs_its_conditions(cast, watched):
    watched.helped()
    with pytest.raises(Refusal) as refused:
        watched.clear()
    assert refused.value.code == "watch.conditions"  # the measure is not done
    Commitment.within.filter(pk=watched.measure.commitment_id).update(state="struck_off")
    home = watched.home
    home.years.update(house_grade="D")
    with pytest.raises(Refusal):
        watched.clear()
    home.years.update(house_grade="A", net_per_head=None)
    with pytest.raises(Refusal) as refused:
        watched.clear(seen_at_home=False)
    assert refused.value.code == "watch.unknown"
    home.years.update(net_per_head=600_000)  # the line itself is not above it
    with pytest.raises(Refusal):
        watched.clear()
    home.years.update(net_per_head=600_001)
    Household.within.filter(pk=home.pk).update(no_labour=True)
    with pytest.raises(Refusal) as refused:
        watched.clear()
    assert refused.value.code == "watch.no_labour"
    watched.clear(clearing="natural", reason="整户迁往外省")
    assert found(watched.watch.pk).clearing == "natural"


def test_a_family_that_fell_back_is_poor_again_in_the_register_and_helped_again(cast, watched):
    watched.helped()
    before = standings(watched.home)
    watched.fall_back()
    watched.fresh()
    home = watched.home
    assert (home.state, home.returned, watched.watch.stage) == ("returned", True, "returned")
    assert standings(home)[-1] == ("returned", watched.today, None)
    watched.measure = None
    watch_step_back(actor=cast.viewer("clerk"), watch=watched.watch, reason="弄错人家")
    watched.fresh()
    assert standings(home) == before and (watched.home.state, watched.home.returned) == ("exited", False)
    assert watched.home.is_watched


def test_a_family_never_poor_does_not_fall_back(cast, watched):
    watched.recognised()
    Household.within.filter(pk=watched.home.pk).update(state="", kind="plain")
    with pytest.raises(Refusal):
        watched.fall_back()


def test_a_cleared_family_is_monitored_again(cast, watched):
    watched.heard().clear()
    watched.fresh()
    watch_resume(actor=cast.viewer("clerk"), watch=watched.watch, on=watched.today, reason="病又犯了")
    watched.fresh()
    assert watched.watch.stage == "watched" and watched.home.is_watched and risks(watched.home) == [("illness", None)]
    assert watched.watch.measures_from == watched.today
    assert watched.home.watch_from == watched.ago(DAYS["recognise"])  # since when it is monitored stays
    watch_step_back(actor=cast.viewer("clerk"), watch=watched.watch, reason="没有复发")
    watched.fresh()
    kept = (watched.home.watch_from, watched.home.watch_cleared_on)
    assert kept == (watched.ago(DAYS["recognise"]), watched.today)


def test_a_family_that_falls_back_and_is_monitored_once_more_keeps_its_first_day(cast, watched):
    """Taking a return back leaves the day of the first recognition; a second file that is opened begins a new one."""
    watched.recognised().fall_back()
    watched.fresh()
    assert watched.home.watch_from == watched.ago(DAYS["recognise"])
    watch_step_back(actor=cast.viewer("clerk"), watch=watched.watch, reason="弄错人家")
    watched.fresh()
    assert (watched.watch.stage, watched.home.watch_from) == ("watched", watched.ago(DAYS["recognise"]))


def test_where_a_township_has_no_overseeing_desk_two_people_of_the_county_act(cast, watched, client):
    """It is on the county's desk from the notice's end on, and the one who checked does not recognise."""
    watched.posted()
    day = watched.ago(DAYS["check"])
    Body.objects.filter(pk=cast.bodies["council"].pk).update(valid_to=date(2020, 1, 1))
    with pytest.raises(NotAllowed):
        watch_check(actor=cast.viewer("convener"), watch=watched.watch, on=day)
    for who, act in (("clerk", watch_check), ("second_clerk", watch_recognise)):
        sign_in(client, cast, who)
        address = reverse(act.__name__, args=[watched.watch.pk])
        assert address in client.get(reverse("desk")).content.decode()
        act(actor=cast.viewer(who), watch=watched.watch, on=day)
        watched.fresh()
        with pytest.raises(NotAllowed):
            watch_recognise(actor=cast.viewer("clerk"), watch=watched.watch, on=day)
    assert watched.watch.stage == "watched" and not watched.watch.same_hands


def test_every_step_has_its_way_back(cast, watched):
    watched.recognised()
    stages = []
    for _step in range(4):
        watch_step_back(actor=cast.viewer("clerk"), watch=watched.watch, reason="录错日期")
        watched.fresh()
        stages.append(watched.watch.stage)
    assert stages == ["checked", "posted", "verified", "opened"]
    home = watched.home
    assert (home.watch_kind, home.watch_from, risks(home)) == ("", None, [])
    watch = watched.watch
    assert (watch.verified_by, watch.posted_on, watch.checked_by, watch.measures_by) == (None, None, None, None)
    assert watch.steps.filter(taken_back_reason="录错日期").count() == 4
    with pytest.raises(WrongStage):
        watch_step_back(actor=cast.viewer("clerk"), watch=watched.watch, reason="再来")


def test_not_recognised_with_a_reason_and_back(cast, watched):
    watched.posted()
    watch_refuse(actor=cast.viewer("convener"), watch=watched.watch, on=watched.today, reason="公示期有异议，查实")
    assert found(watched.watch.pk).stage == "refused"
    watch_step_back(actor=cast.viewer("convener"), watch=watched.watch, reason="异议不成立")
    assert found(watched.watch.pk).stage == "posted"


def test_one_family_has_one_open_file(cast, watched):
    watched.heard().clear()
    watched.tell(trigger="housing", amount=None)
    watched.judge()
    assert Watch.within.filter(household=watched.home).count() == 2
    old = Watch.within.get(stage="cleared")
    for act in (watch_step_back, watch_resume):
        more = {"on": watched.today} if act is watch_resume else {}
        with pytest.raises(WrongStage):
            act(actor=cast.viewer("clerk"), watch=old, reason="再看", **more)


def test_sent_twice_it_is_done_once(cast, watched):
    key = uuid7()
    watched.tell(act_id=key)
    watched.tell(act_id=key)
    assert WatchFact.within.count() == 1
    key, signal = uuid7(), watched.signal
    for _time in range(2):
        signal_judge(
            actor=cast.viewer("village_head"), signal=signal, verdict="true", reason="看过住院清单", act_id=key
        )
    assert Watch.within.count() == 1


def test_what_is_not_in_the_table_is_refused(cast, watched):
    watched.judged()
    assert set(TABLE) == set(Watch.Stage.values)
    for verb, act, more in (
        ("check", watch_check, {}),
        ("recognise", watch_recognise, {}),
        ("clear", watch_clear, {"clearing": "natural", "reason": "迁走"}),
        ("resume", watch_resume, {"reason": "又犯"}),
    ):
        with pytest.raises(WrongStage) as refused:
            act(actor=cast.viewer("clerk"), watch=watched.watch, on=watched.today, **more)
        assert refused.value.code == f"watch.{verb}.stage"
    with pytest.raises(WrongStage):
        watched.fall_back()
