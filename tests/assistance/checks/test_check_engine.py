"""The engine: what is unknown breaks no rule, thresholds have their day, nothing makes it stumble."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yishi.assistance.checks.logic import words as w
from yishi.assistance.checks.logic.dossier import (
    FIELDS,
    Dossier,
    Helper,
    Measure,
    Member,
)
from yishi.assistance.checks.logic.engine import Checker, Settings
from yishi.assistance.checks.logic.expression import ExpressionError, Reader
from yishi.assistance.checks.logic.identity import read_number
from yishi.assistance.checks.logic.pack import read_pack
from yishi.kit.identity import check_character

pytestmark = pytest.mark.once

PACK = read_pack()
CHECKER = Checker(PACK)
DAY = date(2026, 6, 30)


def answer(text: str, scope="household", **known):
    dossier = Dossier(as_of=DAY, **known).settle()
    return Reader(scope, PACK.parameters).read(text)(dossier, None, CHECKER.values_on(DAY))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cropland > 1", None),  # unknown
        ("not (cropland > 1)", None),
        ("cropland > 1 or woodland > 1", True),
        ("cropland > 1 and woodland > 1", None),
        ("cropland > 1 and woodland < 1", False),
        ("missing(cropland) and known(woodland)", True),
        ("1 < woodland < 3", True),
        ("2 < woodland < cropland", False),
        ("woodland / pasture_of_nobody > 1", ExpressionError),
        ("woodland / orchard > 1", None),  # nobody divides by nil
        ("woodland + 1 == 3", True),
        ("fuel not in ['wood', 'coal']", None),
        ("road_kind not in ['earth']", True),
        ("any_member(age > 3)", False),  # no member
        ("every_member(age > 3)", False),
        ("count_member(age > 3) == 0", True),
        ("any_helper(in_place)", None),  # the pairing is not kept here
        ("days_since(watch_from) == 29", True),
        ("head.age > 3", None),
        ("size_of(risks) > 0", None),
        ("missing(risks)", True),
        ("true", True),
        ("any_member(any_member(age > 3))", ExpressionError),
        ("a := 3", ExpressionError),
        ("f'{age}'", ExpressionError),
        ("(" * 500 + "1" + ")" * 500, ExpressionError),
        ("x" * 2000, ExpressionError),
    ],
)
def test_logic_has_three_values(text, expected):
    given = {"woodland": 2, "orchard": 0, "road_kind": "cement", "watch_from": date(2026, 6, 1)}
    if expected is ExpressionError:
        with pytest.raises(ExpressionError):
            answer(text, **given)
    else:
        assert answer(text, **given) is expected


def test_each_year_is_measured_by_its_own_line():
    poor = {"net_income": 2_900_00, "head_count": 1, "state": "exited"}
    for year, expected in ((2015, False), (2017, True), (2020, True)):
        dossier = Dossier(as_of=date(year, 12, 31), **poor).settle()
        codes = {finding.rule.code for finding in CHECKER.check(dossier)}
        assert ("exit-income" in codes) is expected, year


def test_an_area_may_change_severity_threshold_and_switch_rules_off():
    dossier = PACK.example({"road_km": 60, "member.2.sex": "male"})
    local = Settings(
        off=frozenset({"relation-spouse-sex"}),
        severities={"road-far": "hint"},
        values={"road_most": ((date(2026, 7, 1), Decimal(80)), (date(2026, 8, 1), Decimal(10)))},
    )
    strict = {(f.rule.code, f.severity) for f in CHECKER.check(dossier)}
    assert {("road-far", "doubt"), ("relation-spouse-sex", "error")} <= strict
    before = {(f.rule.code, f.severity) for f in Checker(PACK, local).check(dossier)}
    assert ("road-far", "hint") in before  # the new threshold holds from July on
    assert "relation-spouse-sex" not in {code for code, _severity in before}
    later = PACK.example({"road_km": 60, "as_of": date(2026, 7, 15)})
    assert "road-far" not in {f.rule.code for f in Checker(PACK, local).check(later)}


def test_a_finding_names_household_and_member():
    dossier = PACK.example({"member.2.sex": "unknown"})
    dossier.key = "H1"
    (finding,) = CHECKER.check(dossier)
    assert (finding.household, finding.member, finding.rule.code) == ("H1", 2, "blank-sex")


@pytest.mark.parametrize("number", ["", None, "   ", "X", "²" * 18, "１" * 18, "5" * 400, "53999919810315001X\n"])
def test_any_text_is_read_as_a_number_without_stumbling(number):
    read_number(number)


def test_a_number_says_birth_and_sex():
    first = "53999919810315002"
    found = read_number(first + check_character(first))
    assert (found.birth, found.sex, found.is_check_right) == (date(1981, 3, 15), "female", True)


NUMBERS = st.one_of(
    st.none(),
    st.integers(-(10**20), 10**20),
    st.decimals(allow_nan=True, allow_infinity=True),
    st.sampled_from([Decimal("sNaN"), Decimal("1E+9999"), 0, 1, 12]),
)
DAYS = st.one_of(st.none(), st.dates())


def _values(kind: str, words):
    if kind == "number":
        return NUMBERS
    if kind == "day":
        return DAYS
    if kind == "flag":
        return st.one_of(st.none(), st.booleans())
    codes = st.sampled_from([*words, "no such code"])
    return st.one_of(st.none(), codes if kind == "code" else st.frozensets(codes))


def _rows(kind: type, scope):
    derived = {name for name, one in kind.__dataclass_fields__.items() if not one.init}
    names = {name: one for name, one in FIELDS[scope].items() if name not in derived and name != "as_of"}
    return {name: _values(one.kind, one.words) for name, one in names.items()}


MEMBERS = st.builds(Member, **_rows(Member, "member"), number=st.one_of(st.none(), st.text(max_size=24))).map(
    lambda member: (setattr(member, "identity", read_number(member.number)), member)[1]
)
DOSSIERS = st.builds(
    Dossier,
    **_rows(Dossier, "household"),
    as_of=st.dates(),
    members=st.lists(MEMBERS, max_size=3),
    helpers=st.one_of(st.none(), st.lists(st.builds(Helper, **_rows(Helper, "helper")), max_size=2)),
    measures=st.one_of(st.none(), st.lists(st.builds(Measure, **_rows(Measure, "measure")), max_size=2)),
)


@settings(max_examples=60, deadline=None)
@given(DOSSIERS)
def test_no_dossier_makes_the_engine_stumble(dossier):
    for finding in CHECKER.check(dossier.settle()):
        assert finding.severity in ("error", "doubt", "hint")
        assert finding.rule.code in PACK.rules


def test_the_codes_of_dossiers_are_those_of_the_register():
    assert w.codes_of("relation")["spouse"] == "配偶"
    assert w.marked("relation", "sex")["daughter"] == "female"
    assert set(w.marked("student", "level").values()) == set(w.LEVELS)
