"""A register for tests: valid numbers that belong to nobody, a household of three in 牟尼村 and one next door."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from tests.cast import Cast
from yishi.assistance.register.models import ChangeRequest, Household, HouseholdMember
from yishi.assistance.register.services.register import household_register
from yishi.assistance.register.services.requests import change_ask
from yishi.assistance.register.services.years import household_year_fill
from yishi.kit.identity import check_character

AREA = "532323"


def card(number: int, born: date = date(1975, 3, 2), *, female: bool = False) -> str:
    """The number of an invented card: sequence `number`, whose last digit is even for a woman."""
    first = f"{AREA}{born:%Y%m%d}{2 * (number % 499) + (2 if female else 1):03d}"
    return first + check_character(first)


def person(name: str, number: int, **more: Any) -> dict[str, Any]:
    born, female = more.pop("born", date(1975, 3, 2)), more.pop("female", False)
    return {"name": name, "identity": card(number, born, female=female), **more}


class Keeping:
    """`Keeping(cast)`: `.household` (牟尼村), `.next_door` (邻近村), `.far` (外县村), `.member("配偶")`."""

    def __init__(self, cast: Cast):
        self.cast = cast
        self.day = timezone.localdate() - timedelta(days=400)
        self.household = self.register("牟尼村", "张三", 1)
        self.next_door = self.register("邻近村", "李四", 40)
        self.far = self.register("外县村", "王五", 80, "outsider")

    def register(self, village: str, name: str, start: int, who: str = "clerk", **more: Any) -> Household:
        receipt = household_register(
            actor=self.cast.viewer(who),
            place=self.cast.places[village],
            head=person(name, start),
            members=[
                person(f"{name}之妻", start, female=True, relation="spouse"),
                person(f"{name}之女", start, female=True, born=date(2015, 6, 1), relation="daughter"),
            ],
            on=self.day,
            **{
                "values": {"kind": "exited_with_policy", "attribute": "general", "phone": "13900001111"},
                "main_cause": "illness",
                "causes": ["schooling"],
                "bank_account": "6217000010001234567",
                **more,
            },
        )
        return Household.within.get(pk=receipt.result["household"])

    def member(self, relation: str = "spouse", household: Household | None = None) -> HouseholdMember:
        rows = HouseholdMember.within.select_related("household__place", "person__resident")
        return rows.get(household=household or self.household, relation=relation, valid_to__isnull=True)

    def lived(self) -> "Keeping":
        """Two years of the household, so that its file has something to compare."""
        for back, wages in ((2, "18000"), (1, "24000")):
            household_year_fill(
                actor=self.cast.viewer("village_head"),
                household=self.household,
                year=timezone.localdate().year - back,
                values={"business_income": "0", "property_income": "0", "transfer_income": "1200", "cropland": "5.2"},
                income={"work": wages},
                members={self.member().pk: {"health": ["chronic"], "skill": "weak"}},
            )
        return self

    def asked(self) -> ChangeRequest:
        """The village asks for a birth to be entered."""
        receipt = change_ask(
            actor=self.cast.viewer("village_head"),
            kind="join",
            asked={"member": {"relation": "son", **person("张小", 3)}, "reason": "birth"},
            household=self.household,
            reason="出生证明已看",
        )
        return ChangeRequest.within.get(pk=receipt.result["request"])
