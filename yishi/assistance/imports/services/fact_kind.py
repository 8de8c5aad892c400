"""Departments' lists (部门预警名单), as a kind of import: bills, absence, unsafe houses, disasters, lost work; each row
is a fact about a family, told by the same service as one that a desk types, and raises signals by its rules.

Who is meant follows from an identity number with the name beside it, or from a household's number with the name of one
of its members. A name alone finds nobody: nothing is matched by guess.
"""

import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from yishi.assistance.imports.models import Import, ImportedRow
from yishi.assistance.imports.workbooks.household_rows import number_of
from yishi.assistance.imports.workbooks.places import Places
from yishi.assistance.imports.workbooks.rows import Fault, StagedRow
from yishi.assistance.register.models import Household, HouseholdMember
from yishi.assistance.register.services.identity import identity_index
from yishi.assistance.watch.models import WatchFact, WatchSignal
from yishi.assistance.watch.reads import UNSAFE
from yishi.assistance.watch.services.signals import MOST_AMOUNT, fact_take_back, signal_raise
from yishi.assistance.watch.triggers import Trigger, read_pack
from yishi.formats.tables import Column
from yishi.journal.act import Act
from yishi.kit.identity import Identity
from yishi.kit.names import searched
from yishi.organisations.grants import Viewer

from .by_row import ByRow
from .obstacles import Obstacles

SOURCE = WatchSignal.Source.DEPARTMENT
FEN = Decimal("0.01")
YUAN = "元"
# Which column says what happened.
SAYS = {"paid": "self_paid", "days": "school", "grade": "housing", "loss": "disaster", "lost": "work"}
COLUMNS = [
    Column("name", ("姓名", "患者姓名", "参保人姓名", "学生姓名", "户主姓名", "户主"), "name", True, names=True),
    Column("identity", ("证件号码", "身份证号", "身份证号码", "公民身份号码", "户主证件号码"), "identity"),
    Column("number", ("户编号",), "code"),
    Column("what", ("预警事项", "风险事项")),
    Column("paid", ("自付金额（元）", "个人自付金额", "个人自付", "自付费用", "个人负担金额"), "number"),
    Column("days", ("缺课天数（天）", "缺课天数", "旷课天数"), "number"),
    Column("grade", ("住房等级", "鉴定等级", "房屋鉴定等级", "危房等级")),
    Column("loss", ("直接损失（元）", "直接经济损失", "损失金额"), "number"),
    Column("lost", ("失业日期", "离岗日期"), "day"),
    Column("amount", ("数额", "金额或天数"), "number"),
    Column("on", ("发生日期", "日期", "结算日期", "缺课日期", "鉴定日期", "受灾日期"), "day"),
    Column("reference", ("单据号", "结算单号", "票据号", "鉴定书编号"), "code"),
    Column("words", ("说明", "情况说明", "备注")),
]  # fmt: skip


class Facts(ByRow):
    subject, model, twice = "fact", WatchFact, "fact_twice"
    stirs_checks = False

    def columns(self) -> list[Column]:
        return COLUMNS

    def choices(self) -> dict[str, list[str]]:
        return {"what": [trigger.title for trigger in _told_by_departments()], "grade": sorted(UNSAFE)}

    def examples(self) -> list[dict[str, str]]:
        return [{"name": "示例：某某某", "paid": "12800.50", "on": "2026-01-15", "reference": "JS20260115001"}]

    def explain(self) -> list[list[str]]:
        titles = "、".join(trigger.title for trigger in _told_by_departments())
        return [
            *super().explain(),
            ["认人", "凭证件号码和姓名，或者户编号和姓名认人；只有姓名的行会退回，不会按猜测对上。"],
            ["事项", "填了自付金额、缺课天数、住房等级、直接损失、失业日期中的一项，就知道是什么事。"],
            ["预警事项", f"其他的事写在“预警事项”列：{titles}。"],
            ["单据号", "同一张单据只算一次，换个文件再来也一样；没有单据号的，同一人、同一天、同一数额算一次。"],
        ]  # fmt: skip

    def codes(self) -> list[str]:
        return ["assistance.signal.raise"]

    def read(self, workbook: Import, places: Places, row: StagedRow) -> tuple[dict[str, Any], list[Fault]]:
        headings, values = workbook.options["headings"], row.values
        faults = [Fault(row.number, *fault) for fault in row.faults]
        faulty = {fault.heading for fault in faults}

        def wrong(key: str, code: str, **params: Any) -> None:
            faults.append(Fault(row.number, headings.get(key, ""), code, params))

        said: dict[str, Any] = {"reference": values.get("reference", ""), "words": values.get("words", "")}
        said["household"], said["member"] = self._who(places, values, faulty, headings, wrong)
        rule, key = self._what(values, wrong)
        said["trigger"] = rule.code if rule is not None else ""
        said["on"] = values.get("on") or values.get("lost", "")
        if not said["on"]:
            wrong("on", "missing")
        said["amount"] = ""
        if rule is not None and rule.unit and headings.get(key) not in faulty:
            said["amount"] = self._amount(rule, key, values.get(key, ""), wrong)
        return said, faults

    def _who(
        self, places: Places, values: dict[str, str], faulty: set[str], headings: Any, wrong: Any
    ) -> tuple[str, str]:
        """The household that the row names, and which of its members, as ids; faults where it is nobody, or not one."""
        name, number = values.get("name", ""), values.get("number", "")
        if not name:
            wrong("name", "missing")
        if not values.get("identity") and not number:
            wrong("identity" if "identity" in headings else "number", "who")
            return "", ""
        if not name or {headings.get(key) for key in ("name", "identity", "number")} & faulty:
            return "", ""
        home = places.home
        members = HouseholdMember.within.filter(
            valid_to=None, household__left_on=None, household__place__lo__gte=home.lo, household__place__lo__lte=home.hi
        ).select_related("person", "household")
        if not values.get("identity"):
            return self._of_household(members, number, name, wrong)
        card = number_of(values, timezone.localdate())
        if card is None or card.fault:
            wrong("identity", _fault_of(card))
            return "", ""
        found = list(members.filter(person__resident__identity_index=identity_index(card))[:2])
        if len(found) != 1:
            wrong("identity", "many_of_identity" if found else "no_person")
        elif searched(found[0].person.name) != searched(name):
            wrong("name", "other_name", text=name[:20])
        elif number and found[0].household.number != number:
            wrong("number", "registered_already", number=found[0].household.number)
        else:
            return str(found[0].household_id), str(found[0].pk)
        return "", ""

    def _of_household(self, members: Any, number: str, name: str, wrong: Any) -> tuple[str, str]:
        of_it = list(members.filter(household__number=number))
        if not of_it:
            wrong("number", "no_household", text=number[:32])
            return "", ""
        called = [member for member in of_it if searched(member.person.name) == searched(name)]
        if len(called) != 1:
            wrong("name", "two_of_name" if called else "no_such_member", text=name[:20])
            return "", ""
        return str(called[0].household_id), str(called[0].pk)

    def _what(self, values: dict[str, str], wrong: Any) -> tuple[Trigger | None, str]:
        """The trigger that a row speaks of, and the column of its amount."""
        rules = {trigger.code: trigger for trigger in _told_by_departments()}
        said = [key for key in SAYS if values.get(key)]
        if text := values.get("what", ""):
            rule = next((trigger for trigger in rules.values() if trigger.title == text), None)
            if rule is None:
                wrong("what", "no_label", text=text[:20], said=text)
                return None, ""
            own = next((key for key, code in SAYS.items() if code == rule.code and values.get(key)), "amount")
            if own == "grade" and not self._is_unsafe(values["grade"], wrong):
                return None, ""
            return rule, own
        if len(said) != 1:
            wrong("what", "two_troubles" if said else "no_trouble")
            return None, ""
        if said == ["grade"] and not self._is_unsafe(values["grade"], wrong):
            return None, ""
        return rules[SAYS[said[0]]], said[0]

    def _is_unsafe(self, text: str, wrong: Any) -> bool:
        if unicodedata.normalize("NFKC", text).upper().removesuffix("级").strip() in UNSAFE:
            return True
        wrong("grade", "no_unsafe_house", text=text[:10])
        return False

    def _amount(self, rule: Trigger, key: str, text: str, wrong: Any) -> str:
        if not text:
            wrong(key, "missing")
            return ""
        amount = Decimal(text)
        if not 0 < amount <= MOST_AMOUNT or amount != amount.quantize(FEN):
            wrong(key, "money_range" if rule.unit == YUAN else "number_range", text=text[:20])
            return ""
        return f"{amount.quantize(FEN)}"

    def meaning(self, said: dict[str, Any]) -> list[Any]:
        if said["reference"]:
            return [said["trigger"], said["reference"]]
        return [said[key] for key in ("trigger", "household", "member", "on", "amount")]

    def standing(self, said: dict[str, Any]) -> bool:
        """Was the same told before, by a workbook or by hand? The number of a bill with another sum is refused."""
        facts = WatchFact.within.filter(
            household=said["household"],
            trigger=said["trigger"],
            on=said["on"],
            amount=Decimal(said["amount"]) if said["amount"] else None,
            reference=said["reference"],
        )
        return (facts if said["reference"] else facts.filter(member=said["member"])).exists()

    def record(
        self, workbook: Import, actor: Viewer, said: Sequence[dict[str, Any]], act_id: Callable[[], UUID]
    ) -> list[UUID]:
        made = []
        for each in said:
            receipt = signal_raise(
                actor=actor,
                household=Household.within.select_related("place").get(pk=each["household"]),
                member=HouseholdMember.within.get(pk=each["member"]),
                trigger=each["trigger"],
                on=date.fromisoformat(each["on"]),
                amount=Decimal(each["amount"]) if each["amount"] else None,
                words=each["words"],
                reference=each["reference"],
                source=SOURCE,
                act_id=act_id(),
            )
            made.append(UUID(str(receipt.result["fact"])))
        return made

    def name_of(self, record: Any) -> str:
        return f"{record.household.number} {record.on}"

    def built_upon(self, workbook: Import) -> Any:
        """A verdict rests on a signal that these facts raised or joined."""
        obstacles = Obstacles()
        facts = WatchFact.within.filter(pk__in=ImportedRow.objects.filter(of=workbook).values("target_id"))
        judged = facts.filter(signal__isnull=False).exclude(signal__state=WatchSignal.State.WAITING)
        for fact in judged.select_related("household"):
            obstacles.add(self.name_of(fact), _("judged signals"))
        return obstacles.sentence()

    def switch_off(self, workbook: Import, actor: Viewer, this: Act, turn: None) -> None:
        """Take each fact back by its own service; what somebody took back before stays so."""
        rows = ImportedRow.objects.filter(of=workbook)
        reason = _("The workbook %(file)s was undone.") % {"file": workbook.filename}
        for fact in WatchFact.within.filter(pk__in=rows.values("target_id")).select_related("household__place"):
            fact_take_back(actor=actor, fact=fact, reason=reason, act_id=this.child())
        rows.delete()


def _told_by_departments() -> list[Trigger]:
    return [trigger for trigger in read_pack().triggers.values() if SOURCE in trigger.sources]


def _fault_of(card: Identity | None) -> str:
    """The code of what is wrong with an identity number."""
    fault = card.fault.value if card is not None else "length"
    return "digits_lost" if fault == "spreadsheet" else f"identity_{fault}"
