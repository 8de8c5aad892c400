"""Questions about pairings: who could help, which families have nobody, which pairings have had no visit for long.

Lists of gaps are ordered by village and household, never by who helps: they say where to go, and rank nobody.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from yishi.assistance.register.models import Household
from yishi.commitments.models import Commitment
from yishi.kit.text import clean
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Member, Place, Post, current, valid_on
from yishi.people.models import Person

from .models import (
    Measure,
    Pairing,
    TeamMember,
    Visit,
    VisitRule,
)

MOST_FOUND = 12


def helpers_find(typed: str, place: Place | None, *, bodies: bool = True) -> list[Person | Body]:
    """Who is called so, among those who could help at `place`: sitting members of the committees above it, people with
    a post in its line of places, its stationed team; and bodies there. Names of officials are known inside."""
    name = clean(typed)
    if not name:
        return []
    today = timezone.localdate()
    line = Q() if place is None else Q(place__lo__lte=place.lo, place__hi__gte=place.lo)
    desks = Body.objects.filter(valid_on(today), line)
    stationed = TeamMember.objects.filter(valid_on(today))
    if place is not None:
        stationed = stationed.filter(team__place__lo__lte=place.hi, team__place__hi__gte=place.lo)
    known = (
        Q(pk__in=Member.objects.filter(valid_on(today), term__body__in=desks).values("person"))
        | Q(pk__in=Post.objects.filter(valid_on(today), body__in=desks).values("person"))
        | Q(pk__in=stationed.values("person"))
    )
    people = Person.within.filter(known, name__contains=name).order_by("name", "pk")[:MOST_FOUND]
    found: list[Person | Body] = list(people)
    if bodies:
        found += list(desks.filter(name__contains=name).order_by("-place__lo", "name")[:MOST_FOUND])
    exact = [one for one in found if one.name == name]
    return exact or found


def where_from(people: Iterable[Person]) -> dict[UUID, str]:
    """For each person what tells namesakes apart: their committee, or the body of a post, or their team."""
    today, found = timezone.localdate(), dict[UUID, str]()
    missing = {one.pk for one in people}
    for rows, word in (
        (Member.objects.filter(valid_on(today)), "term__body__name"),
        (Post.objects.filter(valid_on(today)), "body__name"),
        (TeamMember.objects.filter(valid_on(today)), "team__name"),
    ):
        if missing:
            found |= dict(rows.filter(person__in=missing).values_list("person", word))
            missing -= set(found)
    return found


def with_where(rows: QuerySet[Pairing]) -> QuerySet[Pairing]:
    """`rows` with `where`, what tells a helping person apart from namesakes (see where_from)."""
    today, same = timezone.localdate(), {"person": OuterRef("person")}
    committee = Member.objects.filter(valid_on(today), **same).values("term__body__name")[:1]
    desk = Post.objects.filter(valid_on(today), **same).values("body__name")[:1]
    team = TeamMember.objects.filter(valid_on(today), **same).values("team__name")[:1]
    return rows.annotate(where=Coalesce(Subquery(committee), Subquery(desk), Subquery(team)))


def active_pairings(day: date) -> QuerySet[Pairing]:
    """The pairings with families that are valid on `day`, within the viewer's reach."""
    return Pairing.objects.filter(valid_on(day), household__isnull=False, household__left_on__isnull=True)


def helper_counts(rows: Iterable[Pairing]) -> dict[UUID, int]:
    """For each helper of `rows` how many pairings of theirs the viewer sees, from today on: persons and bodies in one
    question."""
    shown = list(rows)
    people, bodies = {one.person_id for one in shown} - {None}, {one.body_id for one in shown} - {None}
    if not shown:
        return {}
    own = Q(person__in=people) | Q(body__in=bodies)
    found = Pairing.objects.filter(own, current(timezone.localdate())).order_by().values("person", "body")
    return {row["person"] or row["body"]: row["n"] for row in found.annotate(n=Count("pk"))}


def without_helper(rows: QuerySet[Household], day: date) -> QuerySet[Household]:
    """Those of `rows` that are on the register and have no helper on `day`."""
    helped = Pairing.within.filter(valid_on(day), household=OuterRef("pk"))
    return rows.filter(~Exists(helped), left_on__isnull=True)


def unvisited(rows: QuerySet[Pairing], days: int, day: date) -> QuerySet[Pairing]:
    """Those pairings of `rows` whose helper has not visited the family for `days` days (a body: nobody has), and that
    are as old themselves. `last_visit` stands at each."""
    since = day - timedelta(days=days)
    kept = Visit.within.filter(household=OuterRef("household"), state=Visit.State.KEPT, on__gt=since)
    by_person = kept.filter(visitors=OuterRef("person"))
    missing = (Q(person__isnull=False) & ~Exists(by_person)) | (Q(body__isnull=False) & ~Exists(kept))
    return with_last_visit(rows.filter(missing, valid_from__lte=since))


def with_last_visit(rows: QuerySet[Pairing]) -> QuerySet[Pairing]:
    """`rows` with the day of the family's last visit by anybody."""
    return rows.annotate(last_visit=Max("household__visits__on", filter=Q(household__visits__state=Visit.State.KEPT)))


def days_of(viewer: Viewer) -> int:
    """After how many days the viewer's desk wants to know: what it set itself, else the usual."""
    return days_said(list(visit_days(viewer)))


def visit_days(viewer: Viewer) -> QuerySet[Any, tuple[int]]:
    """What `days_said` reads."""
    rows = VisitRule.objects.filter(body__in=viewer.reach.bodies).order_by(F("body__place__lo"))
    return rows.values_list("days")[:1]


def days_said(found: list[tuple[int]]) -> int:
    return found[0][0] if found else VisitRule.USUAL


def next_measures(households: Iterable[Any]) -> dict[UUID, Measure]:
    """For each household the open measure that is due first."""
    rows = Measure.within.filter(household__in=list(households), commitment__state__in=Commitment.OPEN).select_related(
        "commitment__bearer"
    )
    found: dict[UUID, Measure] = {}
    for one in rows.order_by("commitment__due_on", "pk"):
        found.setdefault(one.household_id, one)
    return found


def last_visits(households: Iterable[Any]) -> dict[UUID, date]:
    rows = Visit.within.filter(household__in=list(households), state=Visit.State.KEPT)
    return dict(rows.values_list("household").annotate(last=Max("on")))
