"""The logic checks over the new households of a workbook, before it is imported: what a clerk should know of it.

Nothing is refused for it: what contradicts itself in the workbook may be so in the village's books too, and is mended
in the register. Blanks are left out here, for a workbook need not have every column.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.utils import timezone

from yishi.assistance.checks.logic.dossier import (
    FIELDS,
    Dossier,
    Measure,
    Member,
)
from yishi.assistance.checks.logic.identity import read_number
from yishi.assistance.checks.settings import Checkers
from yishi.assistance.imports.models import Import, ImportPiece
from yishi.organisations.models import Place

from .pieces import pieces, results_in

NOTE = "checks"
BLANKS = "blanks"
MOST = 3  # rules that the note names
LEASE = timedelta(seconds=45)


def import_checks(workbook: Import) -> list[list[Any]]:
    """The note on the new households of a checked workbook; empty where they contradict themselves nowhere."""
    checkers, today = Checkers(without=[BLANKS]), timezone.localdate()
    places = dict(
        Place.objects.filter(lo__gte=workbook.place.lo, lo__lte=workbook.place.hi).values_list("pk", "lo")
    )  # fmt: skip
    rules: Counter[str] = Counter()
    households = errors = 0
    for piece in pieces(workbook, ImportPiece.Stage.UNITS):
        for result in results_in(piece):
            if result.verdict != "new" or "members" not in result.new:
                continue
            checker = checkers.at(places.get(UUID(result.new["place"]), workbook.place.lo))
            findings = checker.check(dossier_of_new(result.new, today))
            rules.update({finding.rule.code for finding in findings})
            households += bool(findings)
            errors += any(finding.severity == "error" for finding in findings)
        Import.within.filter(pk=workbook.pk).update(held_until=timezone.now() + LEASE)
    if not households:
        return []
    titles = [f"{checkers.pack.rules[code].title}（{count}）" for code, count in rules.most_common(MOST)]
    return [[NOTE, {"households": households, "errors": errors, "most": "、".join(titles)}]]


def dossier_of_new(new: Mapping[str, Any], today: date) -> Dossier:
    """The settled dossier of a household as a workbook brings it. Who helps it is not known yet."""
    fields, causes = new["fields"], new["causes"]
    year = fields.get("year", {})
    main, risks = causes.get("cause", []), frozenset(causes.get("risk", ()))
    cleared = fields.get("household", {}).get("watch_cleared_on") is not None
    dossier = Dossier(
        as_of=today,
        year=new["year"],
        main_cause=main[0] if main else None,
        other_causes=frozenset(main[1:]),
        risks=risks,
        open_risks=frozenset() if cleared else risks,
        measures=[Measure(group=code) for code in year["measures"]] if "measures" in year else None,
    )
    _put(dossier, "household", {**fields.get("household", {}), **year})
    dossier.members = [_member(member) for member in new["members"]]
    return dossier.settle()


def _member(member: Mapping[str, Any]) -> Member:
    said = member["fields"]
    resident, yearly = said.get("resident", {}), said.get("member_year", {})
    made = Member(
        identity=read_number(member["identity"]),
        number=member["identity"] or None,
        identity_kind=member["kind"] or None,
        has_name=bool(member["name"]),
    )
    _put(made, "member", {**said.get("member", {}), **resident, **yearly})
    if resident.get("born_on"):
        made.born = date.fromisoformat(resident["born_on"])
    return made


def _put(record: Any, scope: Any, said: Mapping[str, Any]) -> None:
    """The fields of the workbook that a dossier has under the same name."""
    for name, field in FIELDS[scope].items():
        value = said.get(name)
        if value is None or value == "":
            continue
        if field.kind == "day" and isinstance(value, str):
            value = date.fromisoformat(value)
        elif field.kind == "codes":
            value = frozenset(value)
        elif field.kind == "number" and isinstance(value, str):
            try:
                value = Decimal(value)
            except InvalidOperation:
                continue
        setattr(record, name, value)
