"""Workbooks for tests of the import: families of a village, sent, checked and published as a desk would."""

from yishi.assistance.imports.models import Import, ImportPiece
from yishi.assistance.imports.services.imports import import_send
from yishi.assistance.imports.services.pieces import results_in
from yishi.assistance.imports.services.publish import import_publish
from yishi.assistance.imports.services.steps import imports_work
from yishi.assistance.register.models import (
    Household,
    HouseholdCause,
    HouseholdMember,
    HouseholdStay,
    HouseholdYear,
    MemberYear,
    Resident,
)
from yishi.database.reach import everything
from yishi.formats.sheets import write_sheet
from yishi.journal.models import Entry
from yishi.kit.identity import check_character
from yishi.people.models import Person

_HEADINGS = (
    "县 乡 村 户编号 人口编号 姓名 证件号码 与户主关系 户类型 民族 文化程度 健康状况 劳动技能 联系电话 主要致贫原因 "
    "工资性收入 生产经营性收入 财产性收入 转移性收入 生产经营性支出（合计） 纯收入（元） 识别年度 养蜂箱数"
)
HEADINGS = tuple(_HEADINGS.split())
RELATIONS = ("户主", "配偶", "子", "女")


def card(number: int) -> str:
    """The `number`-th invented identity number; none ends in 000."""
    first = f"532323{1950 + number % 50}{number // 50 % 12 + 1:02d}{number // 600 % 28 + 1:02d}{number % 899 + 100:03d}"
    made = first + check_character(first)
    return card(number + 1_000_003) if made.endswith("000") else made


def families(count: int, size: int = 4, start: int = 0, village: str = "牟尼村") -> list[dict]:
    """`count` families of `size`, a dict for each person."""
    rows = []
    for family in range(start, start + count):
        for place in range(size):
            person = family * size + place
            row = dict.fromkeys(HEADINGS, "")
            row.update(
                县="牟定县", 乡="共和镇", 村=village, 户编号=f"532323{family:010d}", 人口编号=f"5323{person:014d}",
                姓名=f"王{'甲乙丙丁戊己庚辛壬癸'[person % 10]}{person % 977}号", 证件号码=card(person),
                与户主关系=RELATIONS[min(place, 3)],
                民族="彝族", 文化程度="初中", 健康状况="健康", 劳动技能="普通劳动力", 养蜂箱数=str(person % 7),
            )  # fmt: skip
            if place == 0:
                row.update(
                    户类型="脱贫户", 联系电话=f"139{family:08d}", 主要致贫原因="因病", 工资性收入=20000 + family,
                    生产经营性收入=8000.5, 财产性收入=0, 转移性收入=1200, **{"生产经营性支出（合计）": 3000},
                    识别年度="2014",
                )  # fmt: skip
                row["纯收入（元）"] = 20000 + family + 8000.5 + 1200 - 3000
            rows.append(row)
    return rows


def workbook(rows: list[dict], headings=None, notes=()) -> bytes:
    headings = headings or list(dict.fromkeys(key for row in rows for key in row)) or HEADINGS
    return write_sheet([[row.get(name, "") for name in headings] for row in rows], headings, "农户", notes)


def send(cast, data, who: str = "clerk", body: str = "office", filename: str = "农户.xlsx", **given) -> Import:
    """Sent and checked."""
    receipt = import_send(
        actor=cast.viewer(who), body=cast.bodies[body], kind=given.pop("kind", "households"), data=data,
        filename=filename, year=given.pop("year", 2020), **given,
    )  # fmt: skip
    imports_work()
    return again(receipt.result["import"])


def publish(cast, one: Import, who: str = "clerk") -> Import:
    import_publish(actor=cast.viewer(who), sent=one)
    imports_work()
    return again(one.pk)


def again(key) -> Import:
    return Import.within.select_related("place", "body").get(pk=key)


def faults(one: Import) -> list[tuple[int, str, str]]:
    """(row, heading, code) of everything that is wrong."""
    found = []
    for piece in ImportPiece.objects.filter(of=one, stage="units").order_by("ordinal"):
        for result in results_in(piece):
            found.extend((fault.row, fault.heading, fault.code) for fault in result.faults)
    return sorted(found)


def counted() -> dict[str, int]:
    """How much stands in the register, seen or not."""
    models = (HouseholdCause, HouseholdMember, HouseholdStay, HouseholdYear, MemberYear, Resident, Person)
    with everything():
        made = {model.__name__: model._base_manager.count() for model in models}
        return made | {"Household": Household.arriving_too.count(), "seen": Household.within.count()}


def entries() -> int:
    return Entry.objects.filter(code__startswith="assistance.import.publish").count()


def faulty(cast) -> Import:
    """An import with a row to mend, as the pages show it."""
    rows = families(2)
    rows[1]["证件号码"] = "532323"
    return send(cast, workbook(rows))
