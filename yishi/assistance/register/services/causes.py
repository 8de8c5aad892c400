"""Why a household is poor: one main cause, others that differ; and the risks of a monitored one."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _

from yishi.assistance.register import codes
from yishi.assistance.register.models import Household, HouseholdCause
from yishi.kit.errors import Refusal

MOST = 5


def causes_read(main: str, others: Sequence[str]) -> list[tuple[str, bool]]:
    """(code, is it the main one) in order. Refuses another cause without a main one, and one that stands twice."""
    named = [code for code in others if code]
    if named and not main:
        raise Refusal("cause.main", _("Say which cause is the main one."), field="main_cause")
    if main in named or len(set(named)) < len(named):
        raise Refusal(
            "cause.twice", _("Each cause stands once: another cause differs from the main one."), field="causes"
        )
    if len(named) >= MOST or not all(codes.has("poverty_cause", code) for code in (main, *named) if code):
        raise Refusal("cause.unknown", _("Choose one main cause and at most four others."), field="causes")
    return [(code, code == main) for code in ([main] if main else []) + named]


def causes_write(household: Household, main: str, others: Sequence[str]) -> bool:
    """Write the causes of a household; answers whether anything changed."""
    wanted = causes_read(main, others)
    causes = household.causes.filter(kind=HouseholdCause.Kind.CAUSE)
    if [(row.code, row.is_main) for row in causes] == wanted:
        return False
    causes.delete()
    HouseholdCause.objects.bulk_create(causes_of(household, wanted))
    return True


def causes_of(household: Household, wanted: Sequence[tuple[str, bool]]) -> list[HouseholdCause]:
    """The causes of a household (as `causes_read` gives them) as records that are not written yet."""
    return [
        HouseholdCause(household=household, code=code, is_main=is_main, ordinal=ordinal + 1)
        for ordinal, (code, is_main) in enumerate(wanted)
    ]


def risks_write(household: Household, risks: Sequence[tuple[str, date | None]]) -> bool:
    """Write the risks of a monitored household, each with the day on which it was cleared; whether anything changed."""
    wanted = list(risks)
    named = [code for code, _day in wanted]
    if len(set(named)) < len(named) or len(named) > MOST or not all(codes.has("poverty_cause", code) for code in named):
        raise Refusal("risk.unknown", _("Choose at most five risks, each once."), field="risks")
    standing = household.causes.filter(kind=HouseholdCause.Kind.RISK)
    if [(row.code, row.cleared_on) for row in standing] == wanted:
        return False
    standing.delete()
    HouseholdCause.objects.bulk_create(
        HouseholdCause(
            household=household, kind=HouseholdCause.Kind.RISK, code=code, ordinal=ordinal + 1, cleared_on=day
        )
        for ordinal, (code, day) in enumerate(wanted)
    )
    return True
