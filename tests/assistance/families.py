"""Families of the register for tests of the checks: written straight into the tables, as many as are wanted."""

from datetime import date
from typing import Any

from django.utils import timezone

from yishi.assistance.pairing.models import Pairing
from yishi.assistance.register.models import (
    Household,
    HouseholdCause,
    HouseholdMember,
    HouseholdYear,
    MemberYear,
    Resident,
)
from yishi.assistance.register.services.identity import identity_read, identity_set
from yishi.kit.identity import check_character
from yishi.organisations.models import Place
from yishi.people.models import Person

YEAR = 2026
HEAD, WIFE, SON, FATHER = range(4)


def number_of(birth: date, order: int) -> str:
    """A valid number of a region that does not exist."""
    first = f"539999{birth:%Y%m%d}{order:03}"
    return first + check_character(first)


PEOPLE: tuple[dict[str, Any], ...] = (
    {
        "relation": "head", "sex": "male", "birth": date(1981, 3, 15), "education": "middle", "student": "none",
        "health": ["healthy"], "skill": "ordinary", "work_place": "elsewhere", "work_months": 10, "pension": "resident",
    },
    {
        "relation": "spouse", "sex": "female", "birth": date(1983, 8, 20), "education": "primary", "student": "none",
        "health": ["healthy"], "skill": "ordinary", "pension": "resident",
    },
    {
        "relation": "son", "sex": "male", "birth": date(2012, 5, 10), "education": "primary", "student": "grade_8",
        "health": ["healthy"], "skill": "none", "pension": "none",
    },
    {
        "relation": "father", "sex": "male", "birth": date(1954, 2, 1), "education": "illiterate", "student": "none",
        "health": ["chronic"], "skill": "lost", "pension": "resident",
    },
)  # fmt: skip
PLAIN = {"minimum_living": False, "destitute": False, "serious_illness": True, "medical": "resident"}

HOME = {
    "phone": "13900000000", "kind": "exited_with_policy", "attribute": "general", "state": "exited",
    "identified_year": 2014, "exited_year": 2018, "bank_sealed": b"x",
}  # fmt: skip
YEARLY = {
    "head_count": 4, "income": {"work": 40_000_00, "pension": 1_500_00, "eco_farmland": 1_000_00},
    "wage_income": 48_000_00, "business_income": 20_000_00, "business_cost": 6_000_00,
    "property_income": 1_000_00, "transfer_income": 3_000_00, "net_income": 66_000_00, "self_paid": 0,
    "cropland": 6, "irrigated": 3, "woodland": 8, "returned_woodland": 2, "house_area": 120, "house_grade": "A",
    "road_kind": "cement", "road_km": 1, "has_power": True, "has_broadcast": True, "water_is_hard_to_get": False,
    "water_is_safe": True, "has_toilet": True, "fuel": "gas", "measures": ["industry"],
}  # fmt: skip


def family(place: Place, number: int = 1, **changes: Any) -> Household:
    """A sound household in which the checks find nothing; `changes` go into it."""
    heads = [Person.objects.create(name=f"户{number}人{n}") for n in range(len(PEOPLE))]
    home = {**HOME, **{name: changes.pop(name) for name in list(changes) if hasattr(Household, name)}}
    household = Household.within.create(
        number=f"C{place.code}{number:05}",
        place=place,
        head=heads[HEAD],
        size=len(PEOPLE),
        registered_on=date(2014, 1, 1),
        **home,
    )
    HouseholdCause.objects.create(household=household, code="illness", is_main=True)
    helper = Person.objects.create(name=f"干部{number}", phone="13900000001")
    Pairing.within.create(
        kind="cadre", person=helper, household=household, valid_from=date(2024, 1, 1), made_at=timezone.now()
    )
    HouseholdYear.within.create(household=household, year=YEAR, **{**YEARLY, **changes})
    for n, (person, said) in enumerate(zip(heads, PEOPLE, strict=True)):
        order = 2 * (number * len(PEOPLE) + n) + (said["sex"] == "male")
        resident = Resident(person=person, ethnic="YI")
        identity_set(resident, identity_read(number_of(said["birth"], order % 1000)))
        resident.save(force_insert=True)
        member = HouseholdMember.within.create(household=household, person=person, relation=said["relation"])
        yearly = {name: value for name, value in said.items() if name not in ("relation", "sex", "birth")}
        MemberYear.within.create(member=member, year=YEAR, **yearly, **PLAIN)
    return household
