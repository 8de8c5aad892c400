"""Workbooks of households and their members, as a kind of import."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db.models import Count, Model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.checks.models import CheckFinding
from yishi.assistance.imports.models import Import
from yishi.assistance.imports.workbooks import household_columns
from yishi.assistance.imports.workbooks.household_rows import number_of
from yishi.assistance.imports.workbooks.kinds import DeskKind, Whole
from yishi.assistance.imports.workbooks.places import Places
from yishi.assistance.imports.workbooks.results import Result
from yishi.assistance.imports.workbooks.rows import Fault, StagedRow
from yishi.assistance.register.models import (
    Household,
    HouseholdCause,
    HouseholdMember,
    HouseholdStanding,
    HouseholdStay,
    HouseholdYear,
    MemberYear,
    Resident,
)
from yishi.formats.tables import Column
from yishi.journal.act import Act
from yishi.journal.models import Entry
from yishi.organisations.grants import Viewer
from yishi.people.models import Person

from . import household_rows as rows
from .checks import import_checks
from .household_changes import Changes
from .households import households_compare
from .led import led_places
from .obstacles import CHANGED, Obstacles, called, pointing_at

OWN = {
    CheckFinding,
    Household,
    HouseholdCause,
    HouseholdMember,
    HouseholdStanding,
    HouseholdStay,
    HouseholdYear,
    MemberYear,
    Resident,
    Person,
}
MOST_MEMBERS = 40


def _pointing() -> Iterator[tuple[type[Model], str]]:
    """The models that point at a household or its people, but its own parts, each with the way to the household."""
    for model, path in (
        (Household, ""),
        (HouseholdMember, "household__"),
        (Person, "household_members__household__"),
    ):
        for other, name in pointing_at(model):
            if other not in OWN:
                yield other, f"{name}__{path}"


class Households(DeskKind):
    """See `workbooks.kinds.KindOfImport`."""

    follows = False

    def columns(self) -> list[Column]:
        return household_columns.columns()

    def choices(self) -> dict[str, list[str]]:
        return household_columns.choices()

    def meanings(self, workbook: Import) -> dict[str, list[str]]:
        return household_columns.lists()

    def examples(self) -> list[dict[str, str]]:
        family = {"county": "示例县", "township": "示例乡", "village": "示例村", "number": "示例5300000001"}
        return [
            {**family, "member.number": "示例530000000101", "name": "某某某", "member.relation": "户主"},
            {**family, "member.number": "示例530000000102", "name": "某某", "member.relation": "配偶"},
        ]

    def unit_of(self, row: StagedRow) -> str:
        return row.values.get("number") or f"#{row.sheet}#{row.number}"

    def look_through(self, workbook: Import, staged: Iterable[StagedRow]) -> Whole:
        """Numbers that stand twice in the file, be it as an old card's and as a disability card's of one person; where
        a spreadsheet has eaten the last digits of a whole column."""
        whole = Whole()
        seen: dict[tuple[str, str], int] = {}
        headings = workbook.options["headings"]
        for row in staged:
            key = self.unit_of(row)
            whole.last[key] = whole.last.get(key, 0) + 1
            if whole.last[key] > MOST_MEMBERS:
                fault = Fault(row.number, headings["number"], "household_too_large", {"most": MOST_MEMBERS})
                whole.faults.setdefault(row.number, []).append(fault)
            number = number_of(row.values)
            own = {"identity": number and number.key, "member.number": row.values.get("member.number")}
            for name, code in (("identity", "identity_twice"), ("member.number", "number_twice")):
                text = own[name]
                if not text:
                    continue
                before = seen.setdefault((name, text), row.number)
                if before != row.number:
                    fault = Fault(row.number, headings[name], code, {"row": before})
                    whole.faults.setdefault(row.number, []).append(fault)
        return whole

    def checker(self, workbook: Import, whole: Whole) -> Callable[[list[list[StagedRow]]], list[Result]]:
        places, today = Places(workbook.place), timezone.localdate()
        return lambda units: households_compare(workbook, units, places, whole.faults, today)

    def notes(self, workbook: Import) -> list[list[Any]]:
        return [*import_checks(workbook), *led_places(workbook)]

    def prepare(self, workbook: Import, results: list[Result]) -> rows.NewRows:
        return rows.prepare_new(workbook, results)

    def write(self, prepared: rows.NewRows) -> None:
        prepared.insert()

    def turn(self, workbook: Import, actor: Viewer, changed: Iterable[Result], *, forwards: bool) -> Changes:
        return Changes(changed, forwards=forwards)

    def switch_on(self, workbook: Import, actor: Viewer, this: Act, turn: Changes) -> None:
        rows.show(workbook)
        turn.run()

    def follow(self, workbook: Import, results: list[Result]) -> None:
        """Nothing comes after."""

    def built_upon(self, workbook: Import) -> Any:
        """A deed, a visit, a pairing, a request, a later change: anything that points at what the import brought."""
        obstacles = Obstacles()
        for other, path in _pointing():
            upon = other._base_manager.filter(**{f"{path}brought_by": workbook.pk}).order_by()
            for number, count in upon.values_list(f"{path}number").annotate(Count("pk", distinct=True)):
                obstacles.add(number, called(other), count)
        brought = dict(Household.within.filter(brought_by=workbook.pk).values_list("pk", "number"))
        later = Entry.objects.filter(subject_kind="household", received_at__gt=workbook.published_at)
        by_household = later.filter(subject_id__in=Household.within.filter(brought_by=workbook.pk).values("pk"))
        for key in by_household.values_list("subject_id", flat=True):
            obstacles.add(brought[key], CHANGED)
        return obstacles.sentence() or self._later_import(workbook)

    def _later_import(self, workbook: Import) -> Any:
        later = Import.within.filter(
            kind=workbook.kind,
            state=Import.State.PUBLISHED,
            published_at__gt=workbook.published_at,
            place__lo__lte=workbook.place.hi,
            place__hi__gte=workbook.place.lo,
        )
        later_import = later.filter(changed__gt=0).order_by("published_at").first()
        if later_import is None:
            return None
        text = _("A later workbook (%(name)s) changed households. Undo that one first.")
        return text % {"name": later_import.filename}

    def switch_off(self, workbook: Import, actor: Viewer, this: Act, turn: Changes) -> None:
        turn.run()
        rows.hide(workbook)

    def sweep(self, workbook: Import) -> int:
        return rows.sweep(workbook)
