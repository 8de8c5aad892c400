"""What projects and money add to the pages of places, families, bodies, members and deeds.

Every sum is asked within the viewer's reach and links to the list that holds exactly its rows.
"""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from yishi.assistance.models import Deed, Fund, FundKind, FundMovement, Household, Project
from yishi.assistance.services.balances import fund_money, projects_money
from yishi.assistance.services.progress import standings, wholes
from yishi.organisations.models import Body, Place
from yishi.organisations.rights import may
from yishi.people.models import Person

SHOWN = 10
Kind = FundMovement.Kind


def counted() -> QuerySet[FundMovement]:
    return FundMovement.objects.filter(state=FundMovement.State.COUNTED)


def by_source(rows: QuerySet[FundMovement], **given: Any) -> list[dict[str, Any]]:
    """A line for each source: mobilised, received, paid, each with the address of its movements."""
    sums: dict[str, dict[str, int]] = {}
    for source, kind, amount in rows.order_by().values_list("fund__kind", "kind").annotate(Sum("amount")):
        sums.setdefault(source, {})[kind] = amount
    address = reverse("movements")
    return [
        {
            "name": label,
            "cells": [
                {
                    "label": word,
                    "fen": sums[source].get(kind, 0),
                    "url": f"{address}?{urlencode({'source': source, 'kind': kind, **given})}",
                }
                for kind, word in Kind.choices
            ],
        }
        for source, label in FundKind.choices
        if source in sums
    ]


def project_lines(rows: QuerySet[Project]) -> list[dict[str, Any]]:
    """The first projects with their money and their quantities."""
    found = list(rows.select_related("responsible", "place").order_by("-starts_on", "pk")[:SHOWN])
    keys = [one.pk for one in found]
    money, parts = projects_money(keys), standings(keys)
    return [{"project": one, "money": money[one.pk].total, "wholes": wholes(parts[one.pk])} for one in found]


def at_place(request: HttpRequest, place: Place) -> dict[str, Any] | None:
    """Projects here and money that came for here or arrived here."""
    if not may("project.see", request.viewer):
        return None
    here = {"place__lo__gte": place.lo, "place__lo__lte": place.hi}
    projects = Project.objects.filter(**here)
    lines = project_lines(projects)
    number = len(lines) if len(lines) < SHOWN else projects.count()
    sources = by_source(counted().filter(**here), place_id=place.pk)
    if not number and not sources:
        return None
    return {
        "template": "projects/section_place.html",
        "heading": _("Projects and money"),
        "number": number,
        "projects_url": f"{reverse('projects')}?{urlencode({'place_id': place.pk})}",
        "lines": lines,
        "more": number - len(lines),
        "sources": sources,
        "kinds": [label for _kind, label in Kind.choices],
    }


def of_household(request: HttpRequest, household: Household) -> dict[str, Any] | None:
    """Money and projects that reached this family."""
    if not may("project.see", request.viewer):
        return None
    money = list(counted().filter(household=household).select_related("fund", "pupil").order_by("-on")[:SHOWN])
    total = counted().filter(household=household).aggregate(total=Sum("amount"))["total"]
    projects = list(Project.objects.filter(reached__household=household).order_by("-starts_on")[:SHOWN])
    if not money and not projects:
        return None
    return {
        "template": "projects/section_household.html",
        "heading": _("Money and projects that reached this family"),
        "money": money,
        "total": total or 0,
        "url": f"{reverse('movements')}?{urlencode({'household': household.pk})}",
        "projects": projects,
    }


def of_body(request: HttpRequest, body: Body) -> dict[str, Any] | None:
    """What the body is responsible for, the funds that it keeps, what it gave."""
    if not may("project.see", request.viewer):
        return None
    projects = Project.objects.filter(responsible=body)
    lines = project_lines(projects)
    funds = list(Fund.objects.filter(owner=body).order_by("name")[:SHOWN])
    money = fund_money(one.pk for one in funds)
    given = by_source(counted().filter(giver_body=body), giver=body.pk)
    if not lines and not funds and not given:
        return None
    return {
        "template": "projects/section_body.html",
        "heading": _("Projects and money"),
        "lines": lines,
        "projects_url": f"{reverse('projects')}?{urlencode({'body': body.name})}",
        "funds": [(one, money[one.pk]) for one in funds],
        "given": given,
        "kinds": [label for _kind, label in Kind.choices],
    }


def of_member(request: HttpRequest, person: Person) -> dict[str, Any] | None:
    """What a member gave in money, each gift with what became of it."""
    if not may("movement.see", request.viewer):
        return None
    gifts = counted().filter(giver_person=person)
    passed_on = Sum("passed_on__amount", filter=Q(passed_on__state=FundMovement.State.COUNTED))
    rows = list(gifts.select_related("fund").annotate(went_on=passed_on).order_by("-on")[:SHOWN])
    if not rows:
        return None
    return {
        "template": "projects/section_member.html",
        "heading": _("Money given"),
        "gifts": rows,
        "sources": by_source(gifts, giver=person.pk),
        "kinds": [label for _kind, label in Kind.choices],
    }


def of_deed(request: HttpRequest, deed: Deed) -> dict[str, Any] | None:
    """The movements of money to which a deed refers."""
    rows = list(FundMovement.objects.filter(deeds__deed=deed).select_related("fund").order_by("on"))
    may_link = may("deed.link_money", request.viewer, deed) and deed.state == Deed.State.COUNTED
    if not rows and not may_link:
        return None
    return {
        "template": "projects/section_deed.html",
        "heading": _("Money of this deed"),
        "money": rows,
        "link_url": reverse("deed_money", args=[deed.pk]) if may_link else "",
    }
