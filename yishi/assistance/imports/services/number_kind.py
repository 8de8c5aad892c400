"""Workbooks of numbers that a paper states of villages (人口), as a kind of import: rural people above all, without
which no incidence of poverty can be told. Each row is stated by the same service as one that is typed."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import override

from yishi.assistance.campaign.models import StatedNumber
from yishi.assistance.campaign.services.stated import MOST, number_restore, numbers_state
from yishi.assistance.imports.models import Import, ImportedRow
from yishi.assistance.imports.workbooks.places import Places
from yishi.assistance.imports.workbooks.rows import Fault, StagedRow
from yishi.formats.tables import Column
from yishi.journal.act import Act
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Place

from .by_row import ByRow
from .obstacles import CHANGED, Obstacles

What = StatedNumber.What
COLUMNS = [
    Column("county", ("县", "县（市、区）", "县市区")),
    Column("township", ("乡", "乡镇", "乡（镇）", "乡镇（街道）")),
    Column("village", ("村", "行政村", "村（社区）", "村名"), names=True),
    Column("code", ("行政区划代码", "村编码", "统计代码"), "code"),
    Column("value", ("人数", "乡村人口", "农村人口", "户籍人口", "乡村户籍人口", "农业人口"), "number", is_wanted=True),
    Column("what", ("指标", "内容")),
    Column("on", ("截至日期", "统计日期", "日期", "时点"), "day", is_wanted=True),
    Column("source", ("来源", "数据来源", "文件", "依据"), is_wanted=True),
]  # fmt: skip


def labels() -> dict[str, str]:
    """What a row may state → its code: numbers of people and households, no number of listed places."""
    with override("zh-hans"):
        return {str(what.label): what.value for what in What if what != What.LISTED_PLACES}


class Numbers(ByRow):
    subject, model = "place", StatedNumber
    stirs_checks = False

    def columns(self) -> list[Column]:
        return COLUMNS

    def choices(self) -> dict[str, list[str]]:
        return {"what": list(labels())}

    def examples(self) -> list[dict[str, str]]:
        said = {"township": "某某乡", "village": "示例村", "value": "1860", "on": "2020-12-31"}
        return [{**said, "source": "某某县2020年统计年鉴"}]

    def explain(self) -> list[list[str]]:
        return [
            *super().explain(),
            ["指标", "不填就是乡村人口，贫困发生率用它作分母。同一个村同一天再导入一次，以后来的为准，原来的留底。"],
            ["来源", "写清楚出自哪份文件或年鉴；没有来源的数字不收。"],
        ]

    def codes(self) -> list[str]:
        return ["assistance.number.state"]

    def read(self, workbook: Import, places: Places, row: StagedRow) -> tuple[dict[str, Any], list[Fault]]:
        headings, values = workbook.options["headings"], row.values
        faults = [Fault(row.number, *fault) for fault in row.faults]
        faulty = {fault.heading for fault in faults}

        def wrong(key: str, code: str, text: str = "") -> None:
            faults.append(Fault(row.number, headings.get(key, ""), code, {"text": text[:32], "said": text}))

        said: dict[str, Any] = {}
        for key in ("on", "source"):
            said[key] = values.get(key, "").strip()
            if not said[key] and headings.get(key) not in faulty:
                wrong(key, "missing")
        what = values.get("what", "").strip()
        said["what"] = labels().get(what, "" if what else What.RURAL_PEOPLE.value)
        if not said["what"]:
            wrong("what", "no_label", what)
        said["value"] = self._value(values.get("value", ""), headings.get("value") in faulty, wrong)
        asked = [values.get(key, "").strip() for key in ("county", "township", "village", "code")]
        place, code, text = places.find(asked[0], asked[1], asked[2], asked[3])
        said["place"] = str(place.pk) if place is not None else ""
        if code:
            wrong("code" if asked[3] else "village", code, text)
        return said, faults

    def _value(self, text: str, is_faulty: bool, wrong: Any) -> int:
        if not text:
            if not is_faulty:
                wrong("value", "missing")
            return 0
        number = float(text)
        if not number.is_integer() or not 0 <= number <= MOST:
            wrong("value", "no_number", text)
            return 0
        return int(number)

    def meaning(self, said: dict[str, Any]) -> list[Any]:
        """Two rows that speak of the same village, number and day are the same, whatever they say it comes to."""
        return [said["place"], said["what"], said["on"]]

    def standing(self, said: dict[str, Any]) -> bool:
        same = {"place": said["place"], "what": said["what"], "on": said["on"], "source": said["source"]}
        return StatedNumber.objects.filter(**same, value=said["value"], ended_at=None).exists()

    def record(
        self, workbook: Import, actor: Viewer, said: Sequence[dict[str, Any]], act_id: Callable[[], UUID]
    ) -> list[UUID]:
        """One statement for the villages of a township that stand together: a paper, a day, a number."""
        places = {str(key): place for key, place in Place.objects.in_bulk([each["place"] for each in said]).items()}
        together: dict[tuple[Any, ...], dict[UUID, int]] = defaultdict(dict)
        for each in said:
            place = places[each["place"]]
            key = (place.parent_id, each["what"], each["on"], each["source"])
            together[key][place.pk] = each["value"]
        parents = Place.objects.in_bulk([key[0] for key in together])
        for (parent, what, on, source), values in together.items():
            stated = {"what": what, "on": date.fromisoformat(on), "source": source}
            numbers_state(actor=actor, place=parents[parent], values=values, act_id=act_id(), **stated)
        return [self._standing(each).pk for each in said]

    def _standing(self, said: dict[str, Any]) -> StatedNumber:
        return StatedNumber.objects.get(
            place=said["place"], what=said["what"], on=said["on"], place_set=None, ended_at=None
        )

    def name_of(self, record: Any) -> str:
        return f"{record.place.name} {record.get_what_display()}"

    def built_upon(self, workbook: Import) -> Any:
        """One that was withdrawn, or stated anew, since."""
        keys, obstacles = ImportedRow.objects.filter(of=workbook).values("target_id"), Obstacles()
        for number in StatedNumber.objects.filter(pk__in=keys, ended_at__isnull=False).select_related("place"):
            obstacles.add(self.name_of(number), CHANGED)
        return obstacles.sentence()

    def switch_off(self, workbook: Import, actor: Viewer, this: Act, turn: None) -> None:
        """The numbers stay, ended; what they had taken the place of stands again."""
        rows = ImportedRow.objects.filter(of=workbook)
        numbers = StatedNumber.objects.filter(pk__in=rows.values("target_id")).select_related("place").order_by("pk")
        for number in numbers:
            number_restore(this, number)
        rows.delete()
