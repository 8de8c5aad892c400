"""The rules of an exit as they stand in an area on a day: the shipped ones, and what offices changed for their places.

The nearest area decides, and within it the newest change whose day has come. The income line of the year is not set
here: it is a threshold of the logic checks, and this part reads it there.
"""

from collections.abc import Iterable
from datetime import date

from yishi.assistance.checks.logic.pack import read_pack
from yishi.assistance.checks.settings import Checkers, holding
from yishi.organisations.models import Place

from .models import ExitAssessment, ExitSetting
from .survey.area import INCOME, Change, rules_with
from .survey.pack import Rules, rules_read


def rules_of(assessment: ExitAssessment) -> Rules:
    """The rules with which an assessment began, and keeps."""
    return rules_with(rules_read(assessment.rules), changes_kept(assessment))


def changes_kept(assessment: ExitAssessment) -> list[Change]:
    """What the area had changed when the assessment was opened; the income line of its year is among it."""
    return [Change.of(kept) for kept in assessment.area_rules]


def changes_for(place: Place, day: date, year: int) -> list[Change]:
    """What holds in `place` on `day` beyond the shipped rules, and the income line of `year`."""
    there = ExitSetting.objects.filter(place__lo__lte=place.lo, place__hi__gte=place.hi).select_related("place")
    by_code: dict[str, list[ExitSetting]] = {}
    for row in there:
        by_code.setdefault(row.code, []).append(row)
    holding = (in_force(rows, day) for _code, rows in sorted(by_code.items()))
    changes = [
        Change(row.code, row.value, row.is_off, row.place.full_name, row.valid_from, row.source)
        for row in holding
        if row is not None
    ]
    return [*changes, *income_line(place, year)]


def in_force(rows: Iterable[ExitSetting], day: date) -> ExitSetting | None:
    """Of the changes of one code around a place the one that holds on `day`."""
    return holding(rows, day, lambda row: row.is_off or row.value is not None)


def income_line(place: Place, year: int) -> list[Change]:
    """The line of income of a year, as the logic checks measure a household by it; nothing where none is known."""
    day, threshold = date(year, 12, 31), read_pack().parameters[INCOME]
    steps = Checkers(day).at(place.lo).settings.values.get(INCOME, ())
    changed = [(since, value) for since, value in steps if since <= day]
    if changed:
        since, value = changed[-1]
        return [Change(INCOME, value, False, place.full_name, since, "")]
    shipped = [value for value in threshold.values if value.since <= day][-1:]
    return [Change(INCOME, dated.value, False, "", dated.since, dated.source) for dated in shipped]
