"""What projects and money add to the pages of places, families, bodies, members and deeds.

Every sum is asked within the viewer's reach and links to the list that holds exactly its rows.
"""

from collections.abc import Generator
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from yishi.assistance.deeds.models import Deed
from yishi.assistance.projects.models import (
    Fund,
    FundKind,
    FundMovement,
    Project,
)
from yishi.assistance.projects.services.balances import fund_money, money_from, money_rows
from yishi.assistance.projects.services.progress import standing_rows, standings_from, wholes
from yishi.assistance.register.models import Household
from yishi.database.gather import HowMany
from yishi.organisations.models import Body, Place
from yishi.organisations.rights import may
from yishi.people.models import Person
from yishi.web.kit.request import Request
from yishi.web.kit.sections import Asking

SHOWN = 10
Kind = FundMovement.Kind


def counted() -> QuerySet[FundMovement]:
    return FundMovement.objects.filter(state=FundMovement.State.COUNTED)


def source_rows(movements: QuerySet[FundMovement]) -> QuerySet[Any, Any]:
    """What `by_source` reads: the sum of `movements` for each source and kind, in fen."""
    return movements.order_by().values_list("fund__kind", "kind").annotate(Sum("amount"))


def by_source(sums_by_kind: list[tuple[str, str, int]], **filters: Any) -> list[dict[str, Any]]:
    """A line for each source: mobilised, received, paid, each with the address of its movements.

    `filters` are the further filters of these addresses.
    """
    sums: dict[str, dict[str, int]] = {}
    for source, kind, amount in sums_by_kind:
        sums.setdefault(source, {})[kind] = amount
    address = reverse("movements")
    return [
        {
            "name": label,
            "cells": [
                {
                    "fen": sums[source].get(kind, 0),
                    "url": f"{address}?{urlencode({'source': source, 'kind': kind, **filters})}",
                }
                for kind in Kind.values
            ],
        }
        for source, label in FundKind.choices
        if source in sums
    ]


def first_of(projects: QuerySet[Project]) -> QuerySet[Project]:
    """The `SHOWN` of them that are planned to begin last."""
    return projects.select_related("responsible", "place").order_by("-starts_on", "pk")[:SHOWN]


def project_lines(projects: list[Project]) -> Generator[dict[str, Any], dict[str, Any], list[dict[str, Any]]]:
    """`projects` with their money and their quantities, as the lines of `PROJECTS`; asks as a section does."""
    keys = [project.pk for project in projects]
    gathered = yield {**money_rows(keys), **standing_rows(keys)}
    money, parts = money_from(keys, gathered), standings_from(keys, gathered)
    return [
        {"project": project, "money": money[project.pk].total, "wholes": wholes(parts[project.pk])}
        for project in projects
    ]


def _place_rows(place: Any) -> dict[str, Any]:
    here = {"place__lo__gte": place.lo, "place__lo__lte": place.hi}
    projects = Project.objects.filter(**here)
    return {
        "projects": first_of(projects),
        "number": HowMany(projects),
        "sources": source_rows(counted().filter(**here)),
    }


def at_place(request: Request, place: Place) -> Asking:
    """Projects here and money that came for here or arrived here."""
    if not may("project.see", request.viewer):
        return None
    gathered = yield _place_rows
    if not gathered["projects"] and not gathered["sources"]:
        return None
    lines = yield from project_lines(gathered["projects"])
    return {
        "template": "assistance/projects/section_place.html",
        "heading": _("Projects and money"),
        "number": gathered["number"],
        "projects_url": f"{reverse('projects')}?{urlencode({'place_id': place.pk})}",
        "lines": lines,
        "more": gathered["number"] - len(lines),
        "sources": by_source(gathered["sources"], place_id=place.pk),
        "kinds": [label for _kind, label in Kind.choices],
    }


def _household_rows(household: Any) -> dict[str, Any]:
    reached = counted().filter(household=household.pk)
    return {
        "money": reached.select_related("fund", "pupil").order_by("-on")[:SHOWN],
        "total": reached.order_by().values_list("household").annotate(Sum("amount")),
        "projects": Project.objects.filter(reached__household=household.pk).order_by("-starts_on")[:SHOWN],
    }


def of_household(request: Request, household: Household) -> Asking:
    """Money and projects that reached this family."""
    if not may("project.see", request.viewer):
        return None
    gathered = yield _household_rows
    if not gathered["money"] and not gathered["projects"]:
        return None
    return {
        "template": "assistance/projects/section_household.html",
        "heading": _("Money and projects that reached this family"),
        "money": gathered["money"],
        "total": sum(amount for _household, amount in gathered["total"]),
        "url": f"{reverse('movements')}?{urlencode({'household': household.pk})}",
        "projects": gathered["projects"],
    }


def of_body(request: Request, body: Body) -> Asking:
    """What the body is responsible for, the funds that it keeps, what it gave."""
    if not may("project.see", request.viewer):
        return None
    gathered = yield {
        "projects": first_of(Project.objects.filter(responsible=body)),
        "funds": Fund.objects.filter(owner=body).order_by("name")[:SHOWN],
        "gifts": source_rows(counted().filter(giver_body=body)),
    }
    if not any(gathered.values()):
        return None
    lines = yield from project_lines(gathered["projects"])
    money = fund_money(fund.pk for fund in gathered["funds"])
    return {
        "template": "assistance/projects/section_body.html",
        "heading": _("Projects and money"),
        "lines": lines,
        "projects_url": f"{reverse('projects')}?{urlencode({'body': body.name})}",
        "funds": [(fund, money[fund.pk]) for fund in gathered["funds"]],
        "gifts": by_source(gathered["gifts"], giver=body.pk),
        "kinds": [label for _kind, label in Kind.choices],
    }


def of_member(request: Request, person: Person) -> Asking:
    """What a member gave in money, each gift with what became of it."""
    if not may("movement.see", request.viewer):
        return None
    gifts = counted().filter(giver_person=person)
    passed_on = Sum("passed_on__amount", filter=Q(passed_on__state=FundMovement.State.COUNTED))
    gathered = yield {
        "gifts": gifts.select_related("fund").annotate(went_on=passed_on).order_by("-on")[:SHOWN],
        "sources": source_rows(gifts),
    }
    if not gathered["gifts"]:
        return None
    return {
        "template": "assistance/projects/section_member.html",
        "heading": _("Money given"),
        "gifts": gathered["gifts"],
        "sources": by_source(gathered["sources"], giver=person.pk),
        "kinds": [label for _kind, label in Kind.choices],
    }


def _of_deed_rows(deed: Any) -> dict[str, Any]:
    return {"money": FundMovement.objects.filter(deeds__deed=deed.pk).select_related("fund").order_by("on")}


def of_deed(request: Request, deed: Deed) -> Asking:
    """The movements of money to which a deed refers."""
    movements = (yield _of_deed_rows)["money"]
    may_link = may("deed.link_money", request.viewer, deed) and deed.state == Deed.State.COUNTED
    if not movements and not may_link:
        return None
    return {
        "template": "assistance/projects/section_deed.html",
        "heading": _("Money of this deed"),
        "money": movements,
        "link_url": reverse("deed_money", args=[deed.pk]) if may_link else "",
    }
