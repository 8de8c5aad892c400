"""A year of a household: asked once, computed to the fen, the next one begins with what was true."""

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.assistance.keeping import Keeping
from tests.kept import kept_over_all_files
from yishi.assistance.register import codes
from yishi.assistance.register.models import HouseholdYear, MemberYear
from yishi.assistance.register.services.years import (
    CLASSES,
    class_sum,
    compute,
    household_year_fill,
    year_draft,
)
from yishi.database.reach import everything
from yishi.kit.errors import NotAllowed, Refusal

pytestmark = pytest.mark.django_db
YEAR = timezone.localdate().year - 1


@kept_over_all_files
def keeping(cast):
    return Keeping(cast)


def test_it_works(keeping, cast):
    member = keeping.member()
    receipt = household_year_fill(
        actor=cast.viewer("village_head"),
        household=keeping.household,
        year=YEAR,
        values={
            "property_income": "1,200.50",
            "transfer_income": "0",
            "business_cost": "3000",
            "cropland": "5.2",
            "house_grade": "safe",
            "water_is_safe": "yes",
        },
        income={"work": "24000", "village_post": "6000", "planting": "9000", "livestock": ""},
        members={member.pk: {"health": ["chronic", "disabled"], "skill": "weak", "work_months": "6"}},
    )
    row = HouseholdYear.within.get(household=keeping.household)
    assert (row.wage_income, row.business_income) == (3_000_000, 900_000)
    assert row.net_income == 3_000_000 + 900_000 + 120_050 - 300_000
    assert receipt.result["net_per_head"] == row.net_per_head == round(row.net_income / 3)
    assert (str(row.cropland), row.water_is_safe, row.has_toilet) == ("5.20", True, None)
    assert MemberYear.within.get(member=member).health == ["chronic", "disabled"]


def test_filled_in_again_it_is_corrected_not_doubled(keeping, cast):
    for grade in ("C", "safe"):
        household_year_fill(
            actor=cast.viewer("clerk"), household=keeping.household, year=YEAR, values={"house_grade": grade}
        )
    assert HouseholdYear.within.get().house_grade == "safe"
    assert HouseholdYear.within.get().net_income is None  # nothing is known of incomes: that is not zero


def test_the_next_year_begins_with_what_was_true(keeping, cast):
    household_year_fill(
        actor=cast.viewer("clerk"),
        household=keeping.household,
        year=YEAR - 1,
        values={"cropland": "5", "self_paid": "800", "transfer_income": "100"},
        income={"work": "100"},
    )
    values, income, source = year_draft(keeping.household, YEAR)
    assert source == YEAR - 1
    assert (str(values["cropland"]), values["transfer_income"], income) == ("5.00", 10_000, {"work": 10_000})
    assert "self_paid" not in values  # what was paid in one year is not true of the next
    assert values["wage_income"] is None  # a sum of items is computed, not typed


def test_what_does_not_fit_is_refused_and_named(keeping, cast):
    def refusal(year=YEAR, **given) -> tuple[str, str | None]:
        with pytest.raises(Refusal) as caught:
            household_year_fill(actor=cast.viewer("clerk"), household=keeping.household, year=year, **given)
        return caught.value.code, caught.value.field

    assert refusal(values={"wage_income": "1"}, income={"work": "2"}) == ("income.sum", "wage_income")
    assert refusal(values={"wage_income": "-1"}) == ("field.value", "wage_income")
    assert refusal(values={"cropland": "many"}) == ("field.value", "cropland")
    assert refusal(income={"gold": "1"}) == ("income.item", "income")
    assert refusal(year=YEAR + 2)[0] == refusal(year=1900)[0] == "year.range"
    assert refusal(members={keeping.member().pk: {"health": ["healthy", "chronic"]}}) == ("health.both", "health")
    assert refusal(members={keeping.member().pk: {"work_months": 13}}) == ("field.value", "work_months")
    foreign = keeping.member(household=keeping.next_door)
    assert refusal(members={foreign.pk: {"skill": "weak"}}) == ("member.foreign", "members")
    assert not HouseholdYear.within.exists()


def test_a_village_fills_in_its_own_households_only(keeping, cast):
    for who, household in (("village_head", keeping.next_door), ("outsider", keeping.household)):
        with pytest.raises(NotAllowed):
            household_year_fill(actor=cast.viewer(who), household=household, year=YEAR, values={})


AMOUNTS = st.integers(0, 10**9)
ITEMS = st.dictionaries(st.sampled_from([value["code"] for value in codes.values("income_item")]), AMOUNTS)


@given(items=ITEMS, cost=AMOUNTS, heads=st.integers(1, 20))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_money_adds_up_to_the_fen(items, cost, heads):
    with everything():
        row = HouseholdYear(income=items, business_cost=cost, head_count=heads)
        for name in CLASSES:
            setattr(row, f"{name}_income", class_sum(items, name) or 0)
        compute(row, heads)
    assert row.net_income == sum(items.values()) - cost
    assert abs(row.net_per_head * heads - row.net_income) * 2 <= heads
