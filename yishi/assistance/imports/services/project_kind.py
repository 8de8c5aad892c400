"""Workbooks of projects, as a kind of import: each row is a project as planned, with one quantity and its money."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from yishi.assistance.imports.models import Import
from yishi.assistance.imports.workbooks.helpers import helpers_called
from yishi.assistance.imports.workbooks.places import Places
from yishi.assistance.imports.workbooks.rows import Fault, StagedRow
from yishi.assistance.projects.models import (
    PlannedMoney,
    Project,
    ProjectQuantity,
    ProjectStep,
)
from yishi.assistance.projects.models.funds import FundKind
from yishi.assistance.projects.services.asked_works import Part, Quantity
from yishi.assistance.projects.services.projects import project_find, project_open
from yishi.formats.tables import Column
from yishi.kit.money import fen_from_yuan
from yishi.kit.text import folded
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Place

from .by_row import ByRow

KINDS = {
    "道路": "road", "水利": "irrigation", "饮水": "water", "住房": "housing", "产业": "industry", "教育": "education",
    "卫生": "health", "文化": "culture", "电力通信": "power", "其他": "other",
}  # fmt: skip
MONEY = {
    FundKind.FISCAL: "财政资金（元）",
    FundKind.EAST_WEST: "东西部协作资金（元）",
    FundKind.TARGETED: "定点帮扶资金（元）",
    FundKind.DONATION: "社会捐赠（元）",
    FundKind.COMPANY: "企业资金（元）",
    FundKind.MEMBER: "委员捐助（元）",
    FundKind.OTHER: "其他资金（元）",
}
COLUMNS = [
    Column("name", ("项目名称",), is_wanted=True, names=True),
    Column("kind", ("项目类型", "项目类别"), is_wanted=True),
    Column("county", ("县", "县（市、区）")),
    Column("township", ("乡", "乡镇", "乡（镇）")),
    Column("village", ("村", "行政村", "村（社区）")),
    Column("body", ("责任单位", "实施单位", "项目实施单位"), names=True),
    Column("start", ("计划开工日期", "开工日期", "开始日期"), "day", is_wanted=True),
    Column("end", ("计划完工日期", "完工日期", "结束日期"), "day", is_wanted=True),
    Column("what", ("工程内容", "建设规模名称")),
    Column("amount", ("工程量", "建设规模"), "number"),
    Column("unit", ("单位", "计量单位")),
    *(Column(f"money.{kind}", (heading, heading.removesuffix("（元）")), "number") for kind, heading in MONEY.items()),
    Column("outside", ("项目编号", "项目库编号"), "code"),
    Column("words", ("建设内容", "说明", "备注")),
]


class Projects(ByRow):
    subject, model = "project", Project

    def columns(self) -> list[Column]:
        return COLUMNS

    def choices(self) -> dict[str, list[str]]:
        return {"kind": list(KINDS)}

    def examples(self) -> list[dict[str, str]]:
        said = {
            "kind": "道路",
            "village": "某某村",
            "body": "某某镇人民政府",
            "start": "2026-01-01",
            "end": "2026-12-31",
        }
        return [{"name": "示例：村内道路硬化", "what": "道路硬化", "amount": "2.5", "unit": "公里", **said}]

    def codes(self) -> list[str]:
        return ["assistance.project.open"]

    def own(self) -> set[Any]:
        return {PlannedMoney, ProjectQuantity, ProjectStep}

    def read(self, workbook: Import, places: Places, row: StagedRow) -> tuple[dict[str, Any], list[Fault]]:
        headings, values = workbook.options["headings"], row.values
        faults = [Fault(row.number, *fault) for fault in row.faults]
        faulty = {fault.heading for fault in faults}

        def wrong(key: str, code: str, text: str = "") -> None:
            faults.append(Fault(row.number, headings.get(key, ""), code, {"text": text[:32], "said": text}))

        said: dict[str, Any] = {
            key: values.get(key, "") for key in ("name", "start", "end", "outside", "words", "unit")
        }
        for key in ("name", "kind", "start", "end"):
            if not values.get(key):
                wrong(key, "missing")
        said["kind"] = KINDS.get(values.get("kind", ""), "")
        if values.get("kind") and not said["kind"]:
            wrong("kind", "no_label", values["kind"])
        asked = [values.get(key, "") for key in ("county", "township", "village")]
        place, code, text = places.find(asked[0], asked[1], asked[2], "") if any(asked) else (places.home, "", "")
        if code:
            wrong("village", code, text)
        said["place"] = str(place.pk) if place is not None else ""
        bodies = helpers_called(places.home, "", values["body"]) if values.get("body") else [workbook.body]
        if len(bodies) != 1:
            wrong("body", "many_parties" if bodies else "no_party", values.get("body", ""))
        said["body"] = str(bodies[0].pk) if bodies else ""
        said["what"], said["amount"] = values.get("what", "") or said["name"][:40], values.get("amount", "")
        if said["amount"] and headings.get("amount") not in faulty and not said["unit"]:
            wrong("unit", "missing")
        said["money"] = {}
        for kind in MONEY:
            key = f"money.{kind}"
            if values.get(key) and headings[key] not in faulty:
                try:
                    said["money"][str(kind)] = fen_from_yuan(values[key])
                except ValueError:
                    wrong(key, "money_range", values[key])
        return said, faults

    def meaning(self, said: dict[str, Any]) -> list[Any]:
        return [said["place"], folded(said["name"])]

    def standing(self, said: dict[str, Any]) -> bool:
        """The same project, as planned; one of this name with other days is refused by the service."""
        place = Place.objects.get(pk=said["place"])
        project = project_find(place=place, name=said["name"]) or self._respelt(place, said["name"])
        if project is None:
            return False
        return (project.kind, f"{project.starts_on}", f"{project.ends_on}") == (
            said["kind"],
            said["start"],
            said["end"],
        )

    def name_of(self, record: Any) -> str:
        return str(record.name)

    def _respelt(self, place: Place, name: str) -> Project | None:
        """The project of this place whose name differs in blanks, stops or widths alone."""
        there = Project.within.filter(place=place)
        return next((project for project in there if folded(project.name) == folded(name)), None)

    def record(
        self, workbook: Import, actor: Viewer, said: Sequence[dict[str, Any]], act_id: Callable[[], UUID]
    ) -> list[UUID]:
        made = []
        for each in said:
            place = Place.objects.get(pk=each["place"])
            quantities = []
            if each["amount"]:
                quantities = [Quantity(each["what"], each["unit"], [Part(place, Decimal(each["amount"]))])]
            start = date.fromisoformat(each["start"])
            receipt = project_open(
                actor=actor, name=each["name"], place=place, kind=each["kind"],
                responsible=Body.objects.get(pk=each["body"]), starts_on=start,
                ends_on=date.fromisoformat(each["end"]), quantities=quantities, money=each["money"],
                outside_number=each["outside"], words=each["words"],
                planned_on=min(start, timezone.localdate()),  # else what is recorded late could not be approved then
                act_id=act_id(),
            )  # fmt: skip
            made.append(UUID(str(receipt.result["project"])))
        return made
