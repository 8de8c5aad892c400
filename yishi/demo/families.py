"""Invented families of 腊姑村 and 梨树村, with invented identity numbers of an area that does not exist."""

from datetime import date
from uuid import UUID

from yishi.assistance.register import codes
from yishi.assistance.register.models import Household, HouseholdMember
from yishi.assistance.register.services.register import household_register
from yishi.assistance.register.services.years import household_year_fill
from yishi.kit.identity import check_character
from yishi.kit.records import certain
from yishi.organisations.models import Place

from .honghe import LAGU, LISHU
from .teller import Teller

AREA = "539900"  # no county of the province has this code: nobody's number begins so
FAMILIES = (  # head, born, main cause, others of the household (name, relation, born), where
    ("演示·普甲", 1972, "因学", (("演示·普甲妻", "spouse", 1974), ("演示·普小甲", "daughter", 2006)), LAGU),
    ("演示·李乙", 1968, "缺技术", (("演示·李乙妻", "spouse", 1970), ("演示·李小乙", "son", 1996)), LAGU),
    ("演示·白丙", 1959, "因病", (("演示·白丙妻", "spouse", 1961),), LAGU),
    ("演示·陈丁", 1980, "缺资金", (("演示·陈丁妻", "spouse", 1983), ("演示·陈小丁", "son", 2009)), LAGU),
    ("演示·龙戊", 1955, "缺劳动力", (("演示·龙戊孙", "sons_son", 2010),), LAGU),
    ("演示·车己", 1975, "交通条件落后", (("演示·车己妻", "spouse", 1978), ("演示·车母", "mother", 1950)), LAGU),
    ("演示·马庚", 1983, "缺技术", (("演示·马庚妻", "spouse", 1985), ("演示·马小庚", "daughter", 2012)), LAGU),
    ("演示·石辛", 1966, "因残", (("演示·石辛妻", "spouse", 1969),), LAGU),
    ("演示·梨子", 1970, "缺技术", (("演示·梨子妻", "spouse", 1972), ("演示·梨小子", "son", 2004)), LISHU),
    ("演示·梨丑", 1962, "因病", (("演示·梨丑妻", "spouse", 1964),), LISHU),
    ("演示·梨寅", 1978, "缺资金", (("演示·梨寅妻", "spouse", 1981),), LISHU),
    ("演示·梨卯", 1985, "缺水", (("演示·梨卯妻", "spouse", 1987), ("演示·梨小卯", "son", 2014)), LISHU),
)
FEMALE = {"spouse", "daughter", "mother"}
YEARS = (  # wages, business, transfers, cost of each family, in yuan; the later year is the better one
    (9_600, 8_200, 3_400, 2_100),
    (17_800, 11_500, 3_900, 2_600),
)


def registered(t: Teller, since: date) -> list[Household]:
    """The families in the register, with two years of income."""
    t.go_to(since)
    made = []
    for number, (name, born, cause, others, code) in enumerate(FAMILIES):
        place = Place.objects.get(code=code)
        receipt = t.does(
            "system",
            household_register,
            place=place,
            head=_person(name, born, number, "male"),
            members=[
                {
                    **_person(member_name, year, 100 * (n + 1) + number, "female" if relation in FEMALE else "male"),
                    "relation": relation,
                }
                for n, (member_name, relation, year) in enumerate(others)
            ],
            values={"kind": "listed", "attribute": "general", "state": "poor", "identified_year": since.year},
            main_cause=codes.find("poverty_cause", cause),
            on=since,
            is_demo=True,
        )
        made.append(Household.within.select_related("place", "head").get(pk=UUID(receipt.result["household"])))
    for back, money in zip((2, 1), YEARS, strict=True):
        t.go_to(date(t.today.year - back, 12, 20) if back else t.today)
        for number, household in enumerate(made):
            _year(t, household, t.today.year - back, money, number)
    return made


def _person(name: str, born: int, number: int, sex: str) -> dict[str, object]:
    first = f"{AREA}{born}{1 + number % 12:02d}{1 + number % 27:02d}{(2 * number + (sex == 'male')) % 1000:03d}"
    return {"name": name, "identity": first + check_character(first), "sex": sex, "ethnic": "HN"}


def _year(t: Teller, household: Household, year: int, money: tuple[int, ...], number: int) -> None:
    """An invented year; each family's income differs a little."""
    wages, business, transfers, cost = (fen * (90 + 3 * (number % 7)) for fen in money)
    members = HouseholdMember.within.filter(household=household, valid_to__isnull=True).select_related(
        "person__resident"
    )
    t.does(
        "system",
        household_year_fill,
        household=household,
        year=year,
        values={
            "wage_income": wages,
            "business_income": business,
            "property_income": 0,
            "transfer_income": transfers,
            "business_cost": cost,
            "cropland": "6.5",
            "house_area": "92",
            "house_grade": "safe",
            "house_structure": "brick_concrete",
            "road_kind": "cement" if year >= t.today.year - 1 else "gravel",
            "road_km": "0.6",
            "has_power": "yes",
            "has_broadcast": "yes",
            "water_is_hard_to_get": "no",
            "water_is_safe": "yes",
            "has_toilet": "yes",
            "fuel": "wood" if number % 3 else "gas",
            "collected_on": date(year, 12, 18),
        },
        members={member.pk: _member(member, year) for member in members},
    )


def _member(member: HouseholdMember, year: int) -> dict[str, object]:
    """What goes with somebody's age. That nobody is ill where illness is the cause is left for the logic checks."""
    age = year - certain(member.person.resident.born_on).year
    told: dict[str, object] = {"health": ["healthy"], "medical": "resident", "serious_illness": "yes"}
    if age < 23:
        told |= {"student": "primary" if age < 13 else "grade_8" if age < 16 else "high_2" if age < 19 else "none"}
    told["education"] = "preschool" if age < 6 else "primary" if age < 13 or age > 45 else "middle"
    if age >= 16:
        told["skill"] = (
            "none" if "student" in told and told["student"] != "none" else "weak" if age > 60 else "ordinary"
        )
        told["pension"] = "resident"
    return told
