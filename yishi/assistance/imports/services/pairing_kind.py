"""Workbooks of pairings (结对), as a kind of import: who helps which family, village or county, from when on."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from yishi.assistance.imports.models import Import
from yishi.assistance.imports.workbooks.helpers import helpers_called
from yishi.assistance.imports.workbooks.places import Places
from yishi.assistance.imports.workbooks.rows import Fault, StagedRow
from yishi.assistance.pairing.models import Pairing
from yishi.assistance.pairing.services.pairing import PairingRow, pairings_make_many
from yishi.assistance.register.models import Household
from yishi.formats.tables import Column
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Place
from yishi.people.models import Person

from .by_row import ByRow

KINDS = {"领导": "leader", "委员": "member", "干部": "cadre", "单位": "body"}
COLUMNS = [
    Column("number", ("户编号", "帮扶户编号"), "code", names=True),
    Column("county", ("县", "县（市、区）")),
    Column("township", ("乡", "乡镇", "乡（镇）")),
    Column("village", ("村", "行政村", "村（社区）")),
    Column("person", ("帮扶责任人", "帮扶人", "帮扶责任人姓名", "帮扶人姓名"), "name", names=True),
    Column("body", ("帮扶单位", "挂钩单位", "单位"), names=True),
    Column("kind", ("结对类型", "类型")),
    Column("start", ("开始日期", "结对日期", "开始时间", "帮扶开始时间"), "day", is_wanted=True),
    Column("end", ("结束日期", "结束时间", "帮扶结束时间"), "day"),
    Column("note", ("备注", "说明")),
]


class Pairings(ByRow):
    subject, model = "pairing", Pairing

    def columns(self) -> list[Column]:
        return COLUMNS

    def choices(self) -> dict[str, list[str]]:
        return {"kind": list(KINDS)}

    def examples(self) -> list[dict[str, str]]:
        said = {"person": "某某某", "body": "某某县某局", "kind": "干部", "start": "2026-01-01"}
        return [{"number": "示例5300000001", **said}]

    def codes(self) -> list[str]:
        return ["assistance.pairing.make"]

    def read(self, workbook: Import, places: Places, row: StagedRow) -> tuple[dict[str, Any], list[Fault]]:
        headings, values = workbook.options["headings"], row.values
        faults = [Fault(row.number, *fault) for fault in row.faults]

        def wrong(key: str, code: str, text: str = "") -> None:
            faults.append(Fault(row.number, headings.get(key, ""), code, {"text": text[:32], "said": text}))

        said: dict[str, Any] = {"start": values.get("start", ""), "end": values.get("end", "")}
        if not said["start"] and not faults:
            wrong("start", "missing")
        said["kind"] = KINDS.get(values.get("kind", ""), "")
        if values.get("kind") and not said["kind"]:
            wrong("kind", "no_label", values["kind"])
        said["note"] = values.get("note", "")
        code, text = self._target(places, values, said)
        if code:
            wrong("number" if values.get("number") else "village", code, text)
        code, text = self._helper(places, values, said)
        if code:
            wrong("person" if values.get("person") else "body", code, text)
        return said, faults

    def _target(self, places: Places, values: dict[str, str], said: dict[str, Any]) -> tuple[str, str]:
        home = places.home
        if number := values.get("number"):
            within = Household.within.filter(number=number, place__lo__gte=home.lo, place__lo__lte=home.hi)
            household = within.values_list("pk", flat=True).first()
            said["household"] = str(household)
            return ("", "") if household else ("no_household", number)
        asked = [values.get(key, "").strip() for key in ("county", "township", "village")]
        if asked[2]:
            place, code, text = places.find(asked[0], asked[1], asked[2], "")
            said["place"] = str(place.pk) if place is not None else ""
            return code, text
        if not any(asked):
            return "missing", ""
        name = asked[1] or asked[0]
        place, code, text = places.wider(name)
        said["place"] = str(place.pk) if place is not None else ""
        return code, text

    def _helper(self, places: Places, values: dict[str, str], said: dict[str, Any]) -> tuple[str, str]:
        person, body = values.get("person", ""), values.get("body", "")
        if not person and not body:
            return "missing", ""
        helpers = helpers_called(places.home, person, body)
        if len(helpers) != 1:
            return "many_parties" if helpers else "no_party", person or body
        said["helper"] = ["person" if isinstance(helpers[0], Person) else "body", str(helpers[0].pk)]
        return "", ""

    def meaning(self, said: dict[str, Any]) -> list[Any]:
        return [said.get("household") or said["place"], said["helper"], said["start"]]

    def standing(self, said: dict[str, Any]) -> bool:
        target = {"household": said["household"]} if "household" in said else {"place": said["place"]}
        pairings = Pairing.within.filter(**target, **{said["helper"][0]: said["helper"][1]}, valid_from=said["start"])
        return (pairings.filter(valid_to=said["end"]) if said["end"] else pairings).exists()

    def record(
        self, workbook: Import, actor: Viewer, said: Sequence[dict[str, Any]], act_id: Callable[[], UUID]
    ) -> list[UUID]:
        receipt = pairings_make_many(actor=actor, rows=[self._row(each) for each in said], act_id=act_id())
        return [UUID(str(key)) for key in receipt.result["pairings"]]

    def name_of(self, record: Any) -> str:
        target = record.household.number if record.household_id else record.place
        return f"{record.person or record.body} → {target}"

    def _row(self, said: dict[str, Any]) -> PairingRow:
        kind, key = said["helper"]
        household = said.get("household")
        return PairingRow(
            helper=Person.within.get(pk=key) if kind == "person" else Body.objects.get(pk=key),
            target=Household.within.get(pk=household) if household else Place.objects.get(pk=said["place"]),
            valid_from=date.fromisoformat(said["start"]),
            valid_to=date.fromisoformat(said["end"]) if said["end"] else None,
            kind=said["kind"],
            note=said["note"],
        )
