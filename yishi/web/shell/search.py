"""One search page over deeds, households and projects: what the viewer may see, and nothing of the rest."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy

from yishi.assistance.deeds.models import Deed
from yishi.assistance.deeds.reads import deeds_like
from yishi.assistance.projects.models import Project
from yishi.assistance.projects.reads import projects_like
from yishi.assistance.register.models import Household
from yishi.assistance.register.reads import Typed, households_like
from yishi.database.reach import Reach
from yishi.web.kit.exports import AT_ONCE, wants_export
from yishi.web.kit.lists import Column, DeclaredList
from yishi.web.kit.numbers import thousandths
from yishi.web.kit.one_act import link
from yishi.web.kit.page import page
from yishi.web.kit.peek import Peek
from yishi.web.kit.request import Request

PER_PAGE = 25
FIRST = 5  # of each kind, before one kind is chosen


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file that the search knows."""

    label: Any
    find: Callable[[Typed, Reach], QuerySet[Any]]
    files: Any
    along: tuple[str, ...]  # what a line shows of other records
    line: Callable[[Any], dict[str, Any]]


def _deed(deed: Any) -> dict[str, Any]:
    return {
        "title": f"{deed.version.name} · {thousandths(deed.amount)} {deed.version.unit}",
        "detail": deed.words,
        "place": deed.place.full_name,
        "day": deed.on,
        "number": deed.number,
        "url": link("deed", pk=deed.pk),
    }


def _household(household: Any) -> dict[str, Any]:
    return {
        "title": household.head.name,
        "detail": "",
        "place": household.place.full_name,
        "day": None,
        "number": household.number,
        "url": link("household", pk=household.pk),
    }


def _project(project: Any) -> dict[str, Any]:
    return {
        "title": project.name,
        "detail": project.get_stage_display(),
        "place": project.place.full_name,
        "day": project.starts_on,
        "number": project.number,
        "url": link("project", pk=project.pk),
    }


KINDS: dict[str, Kind] = {
    "deeds": Kind(gettext_lazy("deeds"), deeds_like, Deed, ("place", "version"), _deed),
    "households": Kind(gettext_lazy("households"), households_like, Household, ("place", "head"), _household),
    "projects": Kind(gettext_lazy("projects"), projects_like, Project, ("place", "responsible"), _project),
}


FOUND = DeclaredList(
    "",
    gettext_lazy("search"),
    [
        Column(gettext_lazy("number"), "number"),
        Column(gettext_lazy("title"), "title"),
        Column(gettext_lazy("place"), "place"),
        Column(gettext_lazy("day"), "day"),
    ],
)


@page("figure.see", methods=("GET",))
def search(request: Request) -> HttpResponse:
    """All kinds with the first few of each, or one kind with its pages."""
    typed, kind = request.GET.get("q", "").strip()[:64], request.GET.get("kind", "")
    reach, searching = request.viewer.reach, Typed(typed)
    chosen = {kind: KINDS[kind]} if kind in KINDS else KINDS
    if wants_export(request) and kind in KINDS:
        searched = KINDS[kind]
        files = searched.find(searching, reach).select_related(*searched.along)
        return FOUND.workbook(request, (searched.line(file) for file in files.iterator(chunk_size=AT_ONCE)))
    results = []
    for code, searched in chosen.items():
        files = searched.files.objects.select_related(*searched.along)
        pages = Peek(searched.find(searching, reach), files, PER_PAGE if kind in KINDS else FIRST)
        files_page = pages.get_page(request.GET.get("page"))
        lines = [searched.line(file) for file in files_page]
        results.append({"code": code, "label": searched.label, "page_obj": files_page, "lines": lines})
    context = {
        "typed": typed,
        "kind": kind if kind in KINDS else "",
        "kinds": [(code, known.label) for code, known in KINDS.items()],
        "results": results,
        "is_empty": not any(result["lines"] for result in results),
    }
    return render(request, "shell/search.html", context)


urlpatterns = [path("desk/search/", search, name="search")]
