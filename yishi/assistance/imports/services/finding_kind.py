"""Workbooks of findings (督战问题清单), as a kind of import: the matrix of a round as it was taken along, a digit for
each finding. A gap is known by its round, household, person and item, whoever sends it and however it is spelt."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from yishi.assistance.imports.models import Import, ImportedRow, ImportPiece
from yishi.assistance.imports.workbooks.helpers import helpers_called
from yishi.assistance.imports.workbooks.kinds import Stale, Whole
from yishi.assistance.imports.workbooks.places import Places
from yishi.assistance.imports.workbooks.results import Result
from yishi.assistance.imports.workbooks.rows import Fault, StagedRow
from yishi.assistance.register.models import Household, HouseholdMember
from yishi.assistance.supervision.book import WHOLE_VILLAGE, columns, item_key, lane_of
from yishi.assistance.supervision.items import every_item, read_pack
from yishi.assistance.supervision.matrix import matrix_of
from yishi.assistance.supervision.models import Finding, FindingStep, Lane, Round
from yishi.assistance.supervision.services.findings import MOST, Gap, round_visit
from yishi.assistance.supervision.services.visits import VISITED, findings_undo
from yishi.assistance.supervision.usual import KEYS, known_words, usual_bearer, usual_coordinator
from yishi.formats.tables import Column
from yishi.journal.act import Act
from yishi.journal.models import Entry
from yishi.kit.errors import Refusal
from yishi.organisations.around import bodies_around
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Place

from .by_row import MOST_ROWS, ByRow
from .deed_kind import blinded
from .obstacles import CHANGED, Obstacles
from .pieces import Stage, results_in

MOST_GAPS = 1_000  # of one workbook: all of them are one transaction
MADE = ("commitments.commitment.agree", "commitments.commitment.hand_over")  # the entries with which a promise begins
Visit = tuple[str, str, str]  # round, village, day, as a row says them


@dataclass
class WholeBook(Whole):
    """`seen`: of how many households a visit has a day."""

    seen: Counter[Visit] = field(default_factory=Counter)


class Findings(ByRow):
    subject, model = "finding", Finding
    stirs_checks = False

    def columns(self) -> list[Column]:
        return columns()

    def choices(self) -> dict[str, list[str]]:
        return {item_key(code): list(KEYS) for code in every_item()}

    def meanings(self, workbook: Import) -> dict[str, list[str]]:
        return {}

    def examples(self) -> list[dict[str, str]]:
        said = {"county": "某某县", "township": "某某乡", "village": "某某村", "number": "5300000001", "head": "某某某"}
        return [{"round": "示例督-2026-001", **said, "on": "2026-01-01", "item.housing": "1", "words": "墙体开裂"}]

    def explain(self) -> list[list[str]]:
        return [
            ["一户一行", "户编号按登记册填写；全村性的问题“户主”列填“全村”，户编号留空。"],
            ["问题", "在对应的一列填数字：1 现场解决，2 县级协调，3 州市协调，4 省级协调；没有问题留空。"],
            ["△ 和 已列", "导出时登记册、逻辑校验已知的缺项标 △，清单上未销号的标“已列”；原样保留表示没有新情况。"],
            ["督战日期", "看过的户填写日期；只要填了问题就要填日期。"],
            ["看到的情况", "标 △ 的可以不写，其他问题必须写明。"],
            ["责任单位等", "不填按该层级通常的单位和期限；需要时写单位全称。"],
            *super().explain()[3:],
        ]

    def own(self) -> set[Any]:
        return {FindingStep}

    def codes(self) -> list[str]:
        return [VISITED]

    def name_of(self, record: Any) -> str:
        return str(record.commitment.number)

    def look_through(self, workbook: Import, staged: Iterable[StagedRow]) -> WholeBook:
        """Faults of the whole file: the same gap twice, too many of them."""
        whole, first, count = WholeBook(), dict[tuple[str, ...], int](), 0
        for row in staged:
            said = row.values
            whole.last[self.unit_of(row)] = 1
            visit = (said.get("round", ""), said.get("village", ""), said.get("on", ""))
            if visit[2] and said.get("number"):
                whole.seen[visit] += 1
            faults = whole.faults.setdefault(row.number, [])
            for code in every_item():
                if not lane_of(said.get(item_key(code), "")):
                    continue
                count += 1
                key = (*visit[:2], said.get("number", ""), said.get("person", ""), code)
                before = first.setdefault(key, row.number) if said.get("number") else row.number
                if before != row.number:
                    faults.append(Fault(row.number, every_item()[code].zh, "row_twice", {"row": before}))
            if whole.units > MOST_ROWS or count > MOST_GAPS:
                faults.append(Fault(row.number, "", "too_many_records", {"most": MOST_GAPS}))
        return whole

    def checker(self, workbook: Import, whole: Whole) -> Callable[[list[list[StagedRow]]], list[Result]]:
        assert isinstance(whole, WholeBook), "what `look_through` gave"
        check = super().checker(workbook, whole)

        def counted(units: list[list[StagedRow]]) -> list[Result]:
            results = check(units)
            for unit, result in zip(units, results, strict=True):
                if result.verdict == "new":
                    said = unit[0].values
                    visit = (said.get("round", ""), said.get("village", ""), said.get("on", ""))
                    result.new["said"]["seen"] = whole.seen[visit]
            return results

        return counted

    def read(self, workbook: Import, places: Places, row: StagedRow) -> tuple[dict[str, Any], list[Fault]]:
        return _Row(workbook, places, row).read()

    def meaning(self, said: dict[str, Any]) -> list[Any]:
        return [said["round"], said["place"], said["household"], said["member"], said["on"], said["gaps"]]

    def standing(self, said: dict[str, Any]) -> bool:
        """Does every gap of the row stand: on the list and open, or brought by a workbook before? One that says nothing
        new stands."""
        return all(self._stands(said, gap) for gap in said["gaps"])

    def _stands(self, said: dict[str, Any], gap: dict[str, str]) -> bool:
        if ImportedRow.objects.filter(kind="findings", digest=digest_of(said, gap)).exists():
            return True
        same = Finding.within.filter(
            round=said["round"], place=said["place"], household=said["household"] or None,
            member=said["member"] or None, item=gap["item"], standing=Finding.Standing.OPEN,
        )  # fmt: skip
        return (same if said["household"] else same.filter(words=gap["words"])).exists()

    def record(
        self, workbook: Import, actor: Viewer, said: Sequence[dict[str, Any]], act_id: Callable[[], UUID]
    ) -> list[UUID]:
        """One visit for each round, village and day; of each row what does not stand yet. The ids in the order of
        `new_gaps`."""
        by_visit: dict[Visit, list[tuple[dict[str, Any], dict[str, str]]]] = {}
        for each, gap in self.new_gaps(said):
            by_visit.setdefault((each["round"], each["place"], each["on"]), []).append((each, gap))
        made: dict[str, UUID] = {}
        for (round_key, place_key, on), gaps in by_visit.items():
            round = Round.objects.get(pk=round_key)
            for start in range(0, len(gaps), MOST):
                some = gaps[start : start + MOST]
                receipt = round_visit(
                    actor=actor, round=round, place=Place.objects.get(pk=place_key), on=date.fromisoformat(on),
                    gaps=[_gap(each, gap) for each, gap in some], act_id=act_id(),
                    households=0 if start else max(each.get("seen", 0) for each, _gap_ in some),
                )  # fmt: skip
                keys = [UUID(str(key)) for key in receipt.result["findings"]]
                made |= {digest_of(each, gap): key for (each, gap), key in zip(some, keys, strict=True)}
        return [made[digest_of(each, gap)] for each, gap in self.new_gaps(said, made)]

    def new_gaps(
        self, said: Sequence[dict[str, Any]], made: dict[str, UUID] | None = None
    ) -> list[tuple[dict[str, Any], dict[str, str]]]:
        """What of the rows does not stand yet; with `made`, what was made of them."""
        gaps = [(each, gap) for each in said for gap in each["gaps"]]
        if made is not None:
            return [(each, gap) for each, gap in gaps if digest_of(each, gap) in made]
        return [(each, gap) for each, gap in gaps if not self._stands(each, gap)]

    def switch_on(self, workbook: Import, actor: Viewer, this: Act, turn: None) -> None:
        said = [
            result.new["said"]
            for piece in ImportPiece.objects.filter(of=workbook, stage=Stage.UNITS).order_by("ordinal")
            for result in results_in(piece)
            if result.verdict == "new"
        ]
        if any(self.standing(each) for each in said):
            raise Stale("import.taken", _("Some of these rows were imported meanwhile."))
        new = self.new_gaps(said)
        try:
            made = self.record(workbook, actor, said, this.child)
        except Refusal as refusal:
            raise Stale("import.changed", refusal.message) from refusal
        ImportedRow.objects.bulk_create(
            ImportedRow(of=workbook, kind=workbook.kind, digest=digest_of(each, gap), target_id=target)
            for (each, gap), target in zip(new, made, strict=True)
        )

    def built_upon(self, workbook: Import) -> Any:
        """Anything that became of a finding or of its promise since."""
        found = Finding.within.filter(pk__in=ImportedRow.objects.filter(of=workbook).values("target_id"))
        number_of = dict(found.values_list("pk", "commitment__number"))
        promises = dict(found.values_list("commitment", "pk"))
        later = Entry.objects.filter(subject_kind="finding", subject_id__in=number_of).exclude(receipt__code=VISITED)
        upon = set(later.values_list("subject_id", flat=True))
        of_promises = Entry.objects.filter(subject_kind="commitment", subject_id__in=promises).exclude(code__in=MADE)
        upon |= {promises[key] for key in of_promises.values_list("subject_id", flat=True)}
        obstacles = Obstacles()
        for key in upon:
            obstacles.add(number_of[key], CHANGED)
        return obstacles.sentence()

    def switch_off(self, workbook: Import, actor: Viewer, this: Act, turn: None) -> None:
        """Each finding is ruled to be no gap, with the reason: nothing leaves a list unseen. Its row may come again."""
        rows = ImportedRow.objects.filter(of=workbook)
        reason = _("The workbook %(file)s was undone.") % {"file": workbook.filename}
        findings_undo(this, actor, list(rows.values_list("target_id", flat=True)), reason)
        rows.delete()


def digest_of(said: dict[str, Any], gap: dict[str, str]) -> str:
    """What makes a gap this one and no other, as a keyed hash; of the village's own gaps the words tell them apart."""
    words = "" if said["household"] else gap["words"]
    key = [said["round"], said["place"], said["household"], said["member"], gap["item"], said["on"], words]
    return blinded(["finding", *key])


def _gap(said: dict[str, Any], gap: dict[str, str]) -> Gap:
    household, member = said["household"], said["member"]
    return Gap(
        item=gap["item"],
        words=gap["words"],
        lane=gap["lane"],
        bearer=Body.objects.get(pk=gap["bearer"]),
        due_on=date.fromisoformat(gap["due_on"]),
        household=Household.within.select_related("head").get(pk=household) if household else None,
        member=HouseholdMember.within.get(pk=member) if member else None,
        coordinator=Body.objects.get(pk=gap["coordinator"]) if gap["coordinator"] else None,
    )


class _Row:
    """What one row says, and its faults."""

    def __init__(self, workbook: Import, places: Places, row: StagedRow):
        self.workbook, self.places, self.values = workbook, places, row.values
        self.number, self.headings = row.number, workbook.options["headings"]
        self.faults = [Fault(row.number, *fault) for fault in row.faults]

    def wrong(self, key: str, code: str, text: str = "") -> None:
        params = {"text": text[:32], "said": text}
        self.faults.append(Fault(self.number, self.headings.get(key, ""), code, params))

    def read(self) -> tuple[dict[str, Any], list[Fault]]:
        said: dict[str, Any] = {"round": "", "place": "", "household": "", "member": "", "on": "", "gaps": []}
        lanes = self._lanes()
        if not lanes or self.faults:
            return said, self.faults
        round, place = self._round(), self._place()
        if round is None or place is None:
            return said, self.faults
        said |= {"round": str(round.pk), "place": str(place.pk), "on": self.values.get("on", "")}
        if not said["on"]:
            self.wrong("on", "missing")
        household = self._household(place)
        if household is not None:
            said["household"] = str(household.pk)
            said["member"] = self._member(household)
        if not self.faults:
            said["gaps"] = self._gaps(round, place, household, lanes)
        return said, self.faults

    def _lanes(self) -> dict[str, str]:
        """Item → lane, where the row says something new of it."""
        lanes = {}
        for code in every_item():
            text = self.values.get(item_key(code), "")
            lane = lane_of(text)
            if lane is None:
                self.wrong(item_key(code), "no_label", text)
            elif lane:
                lanes[code] = lane
        return lanes

    def _round(self) -> Round | None:
        number = self.values.get("round", "")
        round = Round.objects.filter(number=number).first()
        if round is None:
            self.wrong("round", "no_round" if number else "missing", number)
        return round

    def _place(self) -> Place | None:
        asked = [self.values.get(key, "").strip() for key in ("county", "township", "village")]
        place, code, text = self.places.find(asked[0], asked[1], asked[2], "")
        if place is None:
            self.wrong("village", code, text)
        found: Place | None = place
        return found

    def _household(self, place: Place) -> Household | None:
        """The household of the number in this village, whose head is called so; none for the whole village."""
        number, head = self.values.get("number", ""), self.values.get("head", "").strip()
        if not number:
            if head != WHOLE_VILLAGE:
                self.wrong("number", "missing")
            return None
        household = Household.within.select_related("head").filter(number=number, place=place).first()
        if household is None:
            self.wrong("number", "no_household", number)
        elif head and head != household.head.name:
            self.wrong("head", "head_differs", head)
        return household

    def _member(self, household: Household) -> str:
        name = self.values.get("person", "").strip()
        if not name:
            return ""
        called = HouseholdMember.within.filter(household=household, valid_to=None, person__name=name)
        keys = list(called.values_list("pk", flat=True)[:2])
        if len(keys) != 1:
            self.wrong("person", "namesakes" if keys else "no_member", name)
            return ""
        return str(keys[0])

    def _gaps(
        self, round: Round, place: Place, household: Household | None, lanes: dict[str, str]
    ) -> list[dict[str, str]]:
        pack, today = read_pack(round.pack), timezone.localdate()
        known = self._known(round, place, household, today)
        bodies = list(bodies_around(place))
        gaps = []
        for code, lane in lanes.items():
            if code not in round.items:
                self.wrong(item_key(code), "item_not_looked_at", every_item()[code].zh)
                continue
            words = self.values.get("words", "").strip() or known.get(code, "")
            if not words:
                self.wrong("words", "missing")
            bearer = self._body("bearer", usual_bearer(bodies, lane))
            coordinator = None if lane == Lane.SPOT else self._body("coordinator", usual_coordinator(bodies, lane))
            due_on = self.values.get("due_on") or (today + timedelta(days=pack.days[lane])).isoformat()
            gaps.append(
                {
                    "item": code,
                    "lane": lane,
                    "words": words,
                    "bearer": str(bearer.pk) if bearer else "",
                    "coordinator": str(coordinator.pk) if coordinator else "",
                    "due_on": due_on,
                }
            )
        return gaps

    def _known(self, round: Round, place: Place, household: Household | None, day: date) -> dict[str, str]:
        """Item → what the register and the checks say of it, where it is a gap."""
        if household is None or self.values.get("words", "").strip():
            return {}
        (line,) = matrix_of(round, [household], day)
        return {cell.item.code: known_words(cell) for cell in line.cells if cell.is_lacking or cell.rules}

    def _body(self, key: str, usual: Body | None) -> Body | None:
        """The body that is named, else the usual one; a fault where there is none, or several are called so."""
        name = self.values.get(key, "").strip()
        if not name:
            if usual is None:
                self.wrong(key, "missing")
            return usual
        called = [body for body in helpers_called(self.places.home, "", name) if isinstance(body, Body)]
        if len(called) != 1:
            self.wrong(key, "many_parties" if called else "no_body_called", name)
            return None
        return called[0]
