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
from yishi.kit.names import plain_name
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
    name = plain_name(typed)
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
    people = Person.within.filter(known, name__finds=name).order_by("name", "pk")[:MOST_FOUND]
    helpers: list[Person | Body] = list(people)
    if bodies:
        helpers += list(desks.filter(name__finds=name).order_by("-place__lo", "name")[:MOST_FOUND])
    exact = [helper for helper in helpers if helper.name == name]
    return exact or helpers


def where_from(people: Iterable[Person]) -> dict[UUID, str]:
    """For each person what tells namesakes apart: their committee, or the body of a post, or their team."""
    today, positions = timezone.localdate(), dict[UUID, str]()
    missing = {person.pk for person in people}
    for dated, word in (
        (Member.objects.filter(valid_on(today)), "term__body__name"),
        (Post.objects.filter(valid_on(today)), "body__name"),
        (TeamMember.objects.filter(valid_on(today)), "team__name"),
    ):
        if missing:
            positions |= dict(dated.filter(person__in=missing).values_list("person", word))
            missing -= set(positions)
    return positions


def with_where(pairings: QuerySet[Pairing]) -> QuerySet[Pairing]:
    """`pairings` with `where`: what tells a helping person apart from namesakes (see `where_from`)."""
    today, same = timezone.localdate(), {"person": OuterRef("person")}
    committee = Member.objects.filter(valid_on(today), **same).values("term__body__name")[:1]
    desk = Post.objects.filter(valid_on(today), **same).values("body__name")[:1]
    team = TeamMember.objects.filter(valid_on(today), **same).values("team__name")[:1]
    return pairings.annotate(where=Coalesce(Subquery(committee), Subquery(desk), Subquery(team)))


def active_pairings(day: date) -> QuerySet[Pairing]:
    """The pairings with families that are valid on `day`, within the viewer's reach."""
    return Pairing.objects.filter(valid_on(day), household__isnull=False, household__left_on__isnull=True)


def helper_counts(pairings: Iterable[Pairing]) -> dict[UUID, int]:
    """For each helper of `pairings` how many pairings of theirs the viewer sees, from today on: persons and bodies in
    one query."""
    shown = list(pairings)
    people, bodies = {pairing.person_id for pairing in shown} - {None}, {pairing.body_id for pairing in shown} - {None}
    if not shown:
        return {}
    own = Q(person__in=people) | Q(body__in=bodies)
    theirs = Pairing.objects.filter(own, current(timezone.localdate())).order_by().values("person", "body")
    return {row["person"] or row["body"]: row["n"] for row in theirs.annotate(n=Count("pk"))}


def without_helper(households: QuerySet[Household], day: date) -> QuerySet[Household]:
    """Those of `households` that are on the register and have no helper on `day`."""
    helped = Pairing.within.filter(valid_on(day), household=OuterRef("pk"))
    return households.filter(~Exists(helped), left_on__isnull=True)


def unvisited(pairings: QuerySet[Pairing], days: int, day: date) -> QuerySet[Pairing]:
    """Those of `pairings` whose helper has not visited the family for `days` days (a body: nobody has), and that
    are as old themselves. `last_visit` stands at each."""
    since = day - timedelta(days=days)
    kept = Visit.within.filter(household=OuterRef("household"), state=Visit.State.KEPT, on__gt=since)
    by_person = kept.filter(visitors=OuterRef("person"))
    missing = (Q(person__isnull=False) & ~Exists(by_person)) | (Q(body__isnull=False) & ~Exists(kept))
    return with_last_visit(pairings.filter(missing, valid_from__lte=since))


def with_last_visit(pairings: QuerySet[Pairing]) -> QuerySet[Pairing]:
    """`pairings` with `last_visit`: the day of the family's last visit by anybody."""
    return pairings.annotate(
        last_visit=Max("household__visits__on", filter=Q(household__visits__state=Visit.State.KEPT))
    )


def days_of(viewer: Viewer) -> int:
    """After how many days the viewer's desk wants to know: what it set itself, else the usual."""
    return days_said(list(visit_days(viewer)))


def visit_days(viewer: Viewer) -> QuerySet[Any, tuple[int]]:
    """What `days_said` reads."""
    visit_rules = VisitRule.objects.filter(body__in=viewer.reach.bodies).order_by(F("body__place__lo"))
    return visit_rules.values_list("days")[:1]


def days_said(days: list[tuple[int]]) -> int:
    """The number of days that the rows of `visit_days` say, or the usual one."""
    return days[0][0] if days else VisitRule.USUAL


def open_measures(of: Q) -> QuerySet[Measure]:
    """The open measures of the households that `of` says, those that are due first before the others."""
    measures = Measure.within.filter(of, commitment__state__in=Commitment.OPEN)
    return measures.select_related("commitment__bearer").order_by("commitment__due_on", "pk")


def first_of_each(measures: Iterable[Measure]) -> dict[UUID, Measure]:
    """For each household the first of its measures."""
    first: dict[UUID, Measure] = {}
    for measure in measures:
        first.setdefault(measure.household_id, measure)
    return first


def next_measures(households: Iterable[Any]) -> dict[UUID, Measure]:
    """For each household the open measure that is due first."""
    return first_of_each(open_measures(Q(household__in=list(households))))


def visit_last(of: Q) -> QuerySet[Any, Any]:
    """Households that `of` says with the day of their last visit."""
    return Visit.within.filter(of, state=Visit.State.KEPT).values_list("household").annotate(last=Max("on"))


def last_visits(households: Iterable[Any]) -> dict[UUID, date]:
    """For each household the day of its last visit."""
    return dict(visit_last(Q(household__in=list(households))))
