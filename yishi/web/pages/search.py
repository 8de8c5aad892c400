"""One search page over deeds, households and projects: what the viewer may see, and nothing of the rest."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.searching import deeds_like, households_like, projects_like
from yishi.web.components.figure_words import thousandths
from yishi.web.exports import export, wants_export
from yishi.web.page import page

from .one_act import link

PER_PAGE = 25
FIRST = 5  # of each kind, before one kind is chosen

Line = Callable[[Any], dict[str, Any]]


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


KINDS: dict[str, tuple[Any, Callable[[str], Any], Line]] = {
    "deeds": (gettext_lazy("deeds"), deeds_like, _deed),
    "households": (gettext_lazy("households"), households_like, _household),
    "projects": (gettext_lazy("projects"), projects_like, _project),
}


@page("figure.see", methods=("GET",))
def search(request: HttpRequest) -> HttpResponse:
    """All kinds with the first few of each, or one kind with its pages."""
    typed, kind = request.GET.get("q", "").strip()[:64], request.GET.get("kind", "")
    chosen = {kind: KINDS[kind]} if kind in KINDS else KINDS
    if wants_export(request) and kind in KINDS:
        _words, find, line = KINDS[kind]
        columns = [
            (_("number"), lambda row: row["number"]),
            (_("title"), lambda row: row["title"]),
            (_("place"), lambda row: row["place"]),
            (_("day"), lambda row: row["day"]),
        ]
        return export(request, _("search"), columns, (line(one) for one in find(typed)))
    found = []
    for code, (words, find, line) in chosen.items():
        rows = Paginator(find(typed), PER_PAGE if kind in KINDS else FIRST).get_page(request.GET.get("page"))
        found.append({"code": code, "words": words, "page_obj": rows, "rows": [line(one) for one in rows]})
    context = {
        "typed": typed,
        "kind": kind if kind in KINDS else "",
        "kinds": [(code, words) for code, (words, _find, _line) in KINDS.items()],
        "found": found,
        "is_empty": not any(part["rows"] for part in found),
    }
    return render(request, "figures/search.html", context)


urlpatterns = [path("desk/search/", search, name="search")]
