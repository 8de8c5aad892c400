"""Look-ups over households at the size of a province: written so that both databases answer them from an index."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import RawSQL

from yishi.assistance.deeds.models import Deed, DeedParty, DeedWords
from yishi.database.reach import Reach
from yishi.people.letters import inside

from .models import Household, HouseholdMember
from .models.households import helped_households

MOST_FOUND = 100  # households in which one number stands
WIDE = 400  # places: a reach of more is asked household by household, not place by place
_LAST = "\U0010ffff"


def households_in(reach: Reach) -> QuerySet[Household]:
    """What `Household.objects` gives within `reach`, in a form that an index answers.

    Whoever helps no single household (most desks) is spared the "or" that would make the database look at every row;
    a wide span is not looked up by place, so that a page of a list by number ends after its 25 rows.
    """
    if reach.everything or helped_households(reach)[:1]:
        return Household.objects.all()
    spans = [*reach.spans, *reach.villages]
    rows = Household.within.filter(arriving__isnull=True)
    if sum(hi - lo + 1 for lo, hi in spans) <= WIDE:
        return rows.filter(reach.places("place__", tuple(spans)))
    return between(rows, spans)


def own_deeds(reach: Reach) -> QuerySet[Deed]:
    """What `Deed.objects` gives within `reach` outside its places: deeds of the viewer's desks and of themself.

    The ids come first, each kind from its index; the place is then only looked at, never looked up.
    """
    theirs = Q(body__in=reach.bodies) | Q(person=reach.person, person__isnull=False)
    ids = DeedParty.objects.filter(theirs).values("deed")
    ids = ids.union(Deed.within.filter(recorded_for__in=reach.bodies).values("pk"))
    if reach.person is not None:
        ids = ids.union(Deed.within.filter(recorded_by=reach.person).values("pk"))
    return outside(Deed.within.filter(pk__in=ids), reach.spans)


def outside(rows: QuerySet[Any], spans: Iterable[tuple[int, int]]) -> QuerySet[Any]:
    """The rows whose place lies in none of the spans, without a look-up by place."""
    rows = rows.annotate(_lo=F("place__lo") + 0)
    for lo, hi in spans:
        rows = rows.exclude(_lo__gte=lo, _lo__lte=hi)
    return rows


def between(rows: QuerySet[Household], spans: list[tuple[int, int]]) -> QuerySet[Household]:
    """The rows whose place lies in one of the spans, without a look-up by place."""
    rows = rows.annotate(_lo=F("place__lo") + 0)
    condition = Q(pk__in=[])
    for lo, hi in spans:
        condition |= Q(_lo__gte=lo, _lo__lte=hi)
    return rows.filter(condition)


def beginning_with(typed: str) -> Q:
    """The condition that a household's number, or the name of one of its members, begins so."""
    members = HouseholdMember.within.filter(begins("person__name", typed), valid_to__isnull=True)
    return begins("number", typed) | Q(pk__in=members.values("household"))


def households_of_number(index: str) -> list[UUID]:
    """The ids of households in which somebody with this keyed index is or was."""
    rows = HouseholdMember.within.filter(person__resident__identity_index=index)
    return list(rows.values_list("household", flat=True)[:MOST_FOUND])


def begins(field: str, typed: str) -> Q:
    """The condition that a text begins with what was typed: SQLite answers only a range from its index."""
    if connection.vendor == "sqlite":
        return Q(**{f"{field}__gte": typed, f"{field}__lt": typed + _LAST})
    return Q(**{f"{field}__startswith": typed})


def ordered(rows: QuerySet[Any]) -> QuerySet[Any]:
    """By number: ours begin with the village's code, so that a village's households stand together."""
    return rows.order_by("number", "pk")


def deeds_with(cut: Sequence[str]) -> QuerySet[DeedWords]:
    """The words of deeds that hold all these letters and pairs of letters."""
    if not cut:
        return DeedWords.objects.none()
    given: str | list[str]
    if connection.vendor == "sqlite":
        sql = "SELECT rowid FROM assistance_deedwords_fts WHERE assistance_deedwords_fts MATCH %s"
        given = " AND ".join(f'"{one}"' for one in cut)
    else:
        sql = "SELECT id FROM assistance_deedwords WHERE string_to_array(grams, ' ') @> %s::text[]"
        given = list(cut)
    return DeedWords.objects.filter(pk__in=RawSQL(sql, [given]))  # noqa: S611  only letters and figures are given


def named(typed: str) -> Q:
    """The condition on a person that this stands in their name."""
    return begins("name", typed) | inside("name", typed)


def is_few(rows: QuerySet[Any], most: int) -> bool:
    """Are these at most `most`? No more are counted."""
    return rows.order_by()[: most + 1].count() <= most
