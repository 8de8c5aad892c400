"""Findings in the register: found, cleared, found again; waived until a day; within reach only; areas' own rules."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from tests.assistance.families import SON, family
from tests.assistance.importing import families, publish, send, workbook
from tests.assistance.keeping import Keeping
from tests.kept import kept
from yishi.assistance.checks.models import CheckFinding, CheckRun
from yishi.assistance.checks.reads import dossiers_of
from yishi.assistance.checks.services.check_acts import check_set, finding_unwaive, finding_waive
from yishi.assistance.checks.services.checks import (
    check_run_ask,
    check_run_do,
    check_run_make,
    checks_nightly,
    checks_tend,
    findings_follow,
    findings_refresh,
)
from yishi.assistance.imports.services.publish import import_undo
from yishi.assistance.imports.services.steps import imports_work
from yishi.assistance.imports.workbooks.faults import note_words
from yishi.assistance.pairing.models import Pairing
from yishi.assistance.pairing.services.pairing import PairingRow, pairing_make
from yishi.assistance.register.models import (
    Household,
    HouseholdMember,
    HouseholdYear,
    Resident,
)
from yishi.assistance.register.services.leaving import household_end
from yishi.assistance.register.services.years import household_year_fill
from yishi.database.reach import everything, reaching
from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed, Refusal, WrongStage

pytestmark = pytest.mark.django_db


def waiting(household=None) -> set[str]:
    rows = CheckFinding.within.filter(CheckFinding.waits(timezone.localdate()))
    return set((rows if household is None else rows.filter(household=household)).values_list("rule", flat=True))


@kept
def home(cast) -> Household:
    return family(cast.places["牟尼村"])


def change(household: Household, **values) -> None:
    HouseholdYear.within.filter(household=household).update(**values)
    findings_refresh([household.pk])


def test_it_works(home):
    findings_refresh([home.pk])
    assert waiting(home) == set()
    change(home, house_grade="D", business_cost=0, net_income=72_000_00)
    assert waiting(home) == {"exit-house", "income-no-cost"}
    change(home, house_grade="A")
    assert waiting(home) == {"income-no-cost"}
    assert CheckFinding.within.get(rule="exit-house").cleared_at is not None
    change(home, house_grade="D")
    assert waiting(home) == {"exit-house", "income-no-cost"}
    assert CheckFinding.within.count() == 2


def test_every_act_on_a_household_checks_it_at_once(cast):
    keeping = Keeping(cast)
    home, clerk = keeping.household, cast.viewer("clerk")
    assert {"blank-road", "blank-house", "helper-none"} <= waiting(home)
    year = {"road_kind": "cement", "house_grade": "D"}
    with everything():
        household_year_fill(actor=clerk, household=home, year=timezone.localdate().year, values=year)
        assert "blank-road" not in waiting(home)
        pairing_make(actor=clerk, row=PairingRow(cast.people["member"], home, timezone.localdate(), None, "member", ""))
        assert "helper-none" not in waiting(home)
        household_end(actor=clerk, household=home, reason="moved")
    assert waiting(home) == set()
    assert waiting(keeping.next_door) != set()


def test_very_many_changed_households_are_left_to_the_jobs(cast, monkeypatch):
    monkeypatch.setattr("yishi.assistance.checks.services.checks.AT_ONCE", 1)
    homes = [family(cast.places[village], n) for n, village in enumerate(("牟尼村", "邻近村"), 1)]
    findings_follow([one.pk for one in homes])
    run = CheckRun.objects.get()
    assert (run.place, run.state) == (cast.places["共和镇"], "waiting")


def test_an_import_is_checked_and_its_findings_do_not_stand_in_the_way_of_an_undo(cast):
    with everything():
        sent = send(cast, workbook(families(3)))
        ((code, said),) = [note for note in sent.notes if note[0] == "checks"]
        assert (said["households"], said["errors"]) == (3, 3)
        assert "因病致贫，家里没有病人（3）" in note_words(code, said)
        one = publish(cast, sent)
        assert checks_tend() == 1
        assert {"helper-none", "cause-illness"} <= waiting()
        import_undo(actor=cast.viewer("clerk"), sent=one)
        imports_work()
        checks_tend()
    assert CheckFinding.within.count() == 0


def test_a_finding_of_a_member_says_which(home):
    son = HouseholdMember.within.filter(household=home).order_by("pk")[SON]
    son.years.update(student="none")
    findings_refresh([home.pk])
    found = CheckFinding.within.get(rule="exit-dropout")
    assert (found.member_id, found.group, found.severity, found.year) == (son.pk, "exit", "error", 2026)


def test_a_helper_whose_own_family_is_listed_is_found(cast, home):
    pairing = home.pairings.get()
    member = HouseholdMember.within.filter(household=family(cast.places["邻近村"], 2)).first()
    Pairing.within.filter(pk=pairing.pk).update(person=member.person)
    findings_refresh([home.pk])
    assert waiting(home) == {"helper-poor", "helper-phone"}
    Pairing.within.update(valid_to=date(2025, 1, 1))
    findings_refresh([home.pk])
    assert waiting(home) == {"helper-ended"}


def test_the_same_check_again_changes_nothing(home):
    change(home, house_grade="D")
    before = list(CheckFinding.within.values())
    count = findings_refresh([home.pk])
    assert (count.households, count.found, count.cleared) == (1, 0, 0)
    assert list(CheckFinding.within.values()) == before


def test_a_number_in_two_households_is_found_in_both_without_saying_where_the_other_is(cast, home):
    other, far = family(cast.places["邻近村"], 2), family(cast.places["外县村"], 3)
    first = _resident(home)
    for twin in (other, far):
        _resident(twin, identity_index=first.identity_index)
    findings_refresh([home.pk, other.pk, far.pk])
    assert waiting(home) == {"repeat-here", "repeat-prefecture"}
    assert waiting(far) == {"repeat-prefecture"}


def _resident(household: Household, **values) -> Resident:
    member = HouseholdMember.within.filter(household=household).order_by("pk")[0]
    if values:
        Resident.within.filter(person=member.person_id).update(**values)
    return Resident.within.get(person=member.person_id)


def test_a_household_that_left_the_register_is_asked_for_nothing(home):
    change(home, house_grade="D")
    Household.within.filter(pk=home.pk).update(left_on=date(2026, 1, 1))
    findings_refresh([home.pk])
    assert waiting(home) == set()


def test_queries_do_not_grow_with_the_number_of_households(cast, home, django_assert_max_num_queries):
    keys = [home.pk, *(family(cast.places["邻近村"], n).pk for n in range(2, 8))]
    with django_assert_max_num_queries(11):
        assert len(dossiers_of(keys)) == 7


def test_a_run_over_a_place_checks_its_households_and_writes_one_entry(cast, home):
    far = family(cast.places["外县村"], 2)
    HouseholdYear.within.update(house_grade="D")
    with everything():
        check_run_ask(actor=cast.viewer("clerk"), place=cast.places["牟定县"])
        assert checks_tend() == 1
    run = CheckRun.objects.get()
    assert (run.state, run.households, run.found, run.cleared) == ("done", 1, 1, 0)
    assert waiting(home) == {"exit-house"}
    assert waiting(far) == set()
    entry = Entry.objects.get(code="assistance.check.run")
    assert entry.quantities == {"households": 1, "found": 1, "cleared": 0}


def test_a_run_goes_on_where_a_stopped_process_left_it(cast, home):
    families = sorted([home, *(family(cast.places["邻近村"], n) for n in range(2, 5))], key=lambda one: one.pk)
    run = check_run_make(None)
    check_run_do(run, batch=1)
    assert run.households == 4
    CheckRun.objects.update(
        state="running", reached=families[1].pk, households=2, touched_at=timezone.now() - timedelta(hours=1)
    )
    assert checks_tend() == 1
    assert CheckRun.objects.get().households == 4


def test_the_job_lays_a_run_aside_after_its_slice_and_goes_on_later(cast, home, monkeypatch):
    monkeypatch.setattr("yishi.assistance.checks.services.checks.SLICE_BATCH", 1)
    family(cast.places["邻近村"], 2)
    check_run_make(None)
    small = check_run_make(cast.places["邻近村"])
    states = []
    while CheckRun.objects.exclude(state="done").exists():
        checks_tend(seconds=0)
        small.refresh_from_db()
        states.append((small.state, CheckRun.objects.get(place=None).households))
    assert states == [("waiting", 0), ("done", 0), ("done", 1), ("done", 2), ("done", 2)]


def test_the_whole_register_is_checked_once_a_night(home):
    midnight = timezone.localtime().replace(hour=2)
    assert checks_nightly(midnight.replace(hour=9)) is None
    assert checks_nightly(midnight) is not None
    assert checks_nightly(midnight.replace(hour=4)) is None
    assert checks_tend() == 1
    assert checks_nightly(midnight + timedelta(days=2)) is not None


def test_nobody_has_another_place_checked(cast, home):
    for who in ("outsider", "villager", "administrator", "handler"):
        with pytest.raises(NotAllowed), everything():
            check_run_ask(actor=cast.viewer(who), place=cast.places["牟定县"])
    with pytest.raises(NotAllowed), everything():
        check_run_ask(actor=cast.viewer("village_head"), place=cast.places["共和镇"])
    with everything():
        check_run_ask(actor=cast.viewer("village_head"), place=cast.places["牟尼村"])


def test_a_waived_finding_comes_back_after_its_day(cast, home):
    change(home, house_grade="D")
    finding = CheckFinding.within.get()
    today = timezone.localdate()
    finding_waive(actor=cast.viewer("clerk"), finding=finding, reason="正在改造", until=today)
    assert waiting(home) == set()
    findings_refresh([home.pk])
    assert waiting(home) == set()
    assert CheckFinding.within.filter(CheckFinding.waits(today + timedelta(days=1))).exists()
    entry = Entry.objects.get(code="assistance.check.waive")
    assert "改造" not in str(entry.data)
    finding_unwaive(actor=cast.viewer("clerk"), finding=finding)
    assert waiting(home) == {"exit-house"}


def test_a_waiver_needs_a_reason_and_a_day_within_a_year(cast, home):
    change(home, house_grade="D")
    finding, clerk, today = CheckFinding.within.get(), cast.viewer("clerk"), timezone.localdate()
    for reason, until in (
        (" ", today),
        ("x" * 301, today),
        ("好", today - timedelta(days=1)),
        ("好", today + timedelta(days=400)),
    ):
        with pytest.raises(Refusal):
            finding_waive(actor=clerk, finding=finding, reason=reason, until=until)
    change(home, house_grade="A")
    with pytest.raises(WrongStage):
        finding_waive(actor=clerk, finding=finding, reason="好", until=today)


def test_who_wrote_it_down_waives_no_error_of_it(cast, home):
    change(home, house_grade="D", net_income=20_000_00, self_paid=0)
    error = CheckFinding.within.get(rule="exit-house")
    doubt = CheckFinding.within.get(rule="exit-watch-line")
    today = timezone.localdate()
    with pytest.raises(NotAllowed):
        finding_waive(actor=cast.viewer("village_head"), finding=error, reason="好", until=today)
    finding_waive(actor=cast.viewer("village_head"), finding=doubt, reason="好", until=today)
    for who in ("outsider", "handler", "member"):
        with pytest.raises(NotAllowed):
            finding_waive(actor=cast.viewer(who), finding=error, reason="好", until=today)


def test_a_village_sees_its_own_findings_only(cast, home):
    neighbour = family(cast.places["邻近村"], 2)
    HouseholdYear.within.update(house_grade="D")
    findings_refresh([home.pk, neighbour.pk])
    seen = {}
    for who in ("village_head", "clerk", "outsider", "handler"):
        with reaching(cast.viewer(who).reach):
            seen[who] = set(CheckFinding.objects.values_list("household", flat=True))
    assert seen == {"village_head": {home.pk}, "clerk": {home.pk, neighbour.pk}, "outsider": set(), "handler": set()}


def test_an_office_changes_a_threshold_and_a_rule_for_its_area(cast, home):
    far = family(cast.places["外县村"], 2)
    today = timezone.localdate()
    HouseholdYear.within.update(road_km=30, house_grade="D")
    given = {"place": cast.places["牟定县"], "valid_from": today, "reason": "县办文件"}
    clerk = cast.viewer("clerk")
    check_set(actor=clerk, code="road_most", value=Decimal(20), **given)
    check_set(actor=clerk, code="road-far", severity="hint", **given)
    check_set(actor=clerk, code="exit-house", is_off=True, **given)
    findings_refresh([home.pk, far.pk])
    assert waiting(home) == {"road-far"}
    assert CheckFinding.within.get(rule="road-far").severity == "hint"
    assert waiting(far) == {"exit-house"}
    check_set(actor=clerk, code="exit-house", **given)  # as the area above has it
    check_set(
        actor=cast.viewer("province_clerk"),
        code="road_most",
        value=Decimal(1),
        **{**given, "place": cast.places["云南省"]},
    )
    findings_refresh([home.pk, far.pk])
    assert waiting(home) == {"road-far", "exit-house"}
    assert waiting(far) == {"road-far", "exit-house"}


def test_a_change_holds_from_its_day_on(cast, home):
    HouseholdYear.within.update(house_grade="D")
    check_set(
        actor=cast.viewer("clerk"),
        place=cast.places["牟定县"],
        code="exit-house",
        is_off=True,
        valid_from=timezone.localdate() + timedelta(days=1),
        reason="下月起",
    )
    findings_refresh([home.pk])
    assert waiting(home) == {"exit-house"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "no-such"},
        {"code": "road_most", "value": Decimal(-1)},
        {"code": "road_most", "value": Decimal("NaN")},
        {"code": "road_most", "is_off": True},
        {"code": "road-far", "severity": "grave"},
        {"code": "road-far", "value": Decimal(3)},
        {"code": "road-far", "is_off": True, "reason": ""},
    ],
)
def test_a_wrong_change_is_refused(cast, wrong):
    given = {"place": cast.places["牟定县"], "valid_from": timezone.localdate(), "reason": "文件", **wrong}
    with pytest.raises(Refusal):
        check_set(actor=cast.viewer("clerk"), **given)


def test_nobody_changes_the_rules_of_another_area_or_of_a_village(cast):
    given = {"code": "road-far", "is_off": True, "valid_from": timezone.localdate(), "reason": "文件"}
    for who, place in (
        ("outsider", "牟定县"),
        ("clerk", "楚雄彝族自治州"),
        ("village_head", "牟尼村"),
        ("convener", "共和镇"),
    ):
        with pytest.raises(NotAllowed):
            check_set(actor=cast.viewer(who), place=cast.places[place], **given)
