"""A whole village on one page: a digit in a cell is a finding, its lane; what the register knows needs no words.

The rows stand in the order of the paper that the leader takes along (`village_papers.py`). A cell with something open
on it takes no digit: it is on the list. Bearer, coordinating body and due day are said once for each lane.
"""

import unicodedata
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.supervision.items import read_pack
from yishi.assistance.supervision.matrix import Cell, Line, households_of, matrix_of
from yishi.assistance.supervision.models import Finding, Lane, Round
from yishi.assistance.supervision.reads import STANDINGS, with_promise
from yishi.assistance.supervision.services.findings import SEEN, VISIT_WORDS, Gap, round_visit
from yishi.assistance.supervision.usual import KEYS, known_words, usual_bearer, usual_coordinator
from yishi.kit.records import lent
from yishi.organisations.around import bodies_around
from yishi.organisations.models import Body, Place
from yishi.web.kit.fields.bearer_field import BearerField
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.one_act import SHEET, one_act
from yishi.web.kit.page import page
from yishi.web.kit.press import paper_response
from yishi.web.kit.request import Request
from yishi.web.kit.widgets import text_input

from .bodies import CoordinatorField
from .supervision_words import item_word, whom
from .village_papers import village_paper
from .villages import HOMES, load_village


class GridForm(ActForm):
    """The head of a visit, a bearer and a day for each lane, and a cell for each item of each household. Of the cells
    only those into which something was typed become fields: what is empty has nothing to be read or refused."""

    on = day_field(gettext_lazy("day of the visit"))
    kind = forms.ChoiceField(label=gettext_lazy("kind of visits"), choices=Round.Visits.choices)
    households = forms.IntegerField(label=gettext_lazy("households seen"), min_value=0, max_value=HOMES, required=False)
    note = WordsField(VISIT_WORDS, gettext_lazy("what else was seen"), rows=2)

    def __init__(self, *args: Any, village: Place, lines: list[Line], days: dict[str, int], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.lines = lines
        bodies, today = list(bodies_around(village)), timezone.localdate()
        for lane in Lane.values:
            self._ask_of_lane(village, lane, bodies, today + timedelta(days=days[lane]))
        for line in lines if self.is_bound else ():
            self._read(line)

    def _read(self, line: Line) -> None:
        typed = [cell for cell in line.cells if not cell.open_findings and self.data.get(_cell(line, cell))]
        if not typed and not self.data.get(_words(line)):
            return
        for cell in typed:
            self.fields[_cell(line, cell)] = _text_field(1, _cell_attributes(line, cell))
        self.fields[_words(line)] = _text_field(SEEN.longest, _words_attributes(line))

    def _ask_of_lane(self, village: Place, lane: str, bodies: list[Body], due_on: date) -> None:
        bearer = BearerField(required=False)
        bearer.around(village)
        bearer.offer(bodies)
        self.fields[f"bearer_{lane}"], self.initial[f"bearer_{lane}"] = bearer, usual_bearer(bodies, lane)
        if lane != Lane.SPOT:
            coordinator = CoordinatorField(required=False, help_text="")
            coordinator.around(village)
            coordinator.offer(bodies)
            self.fields[f"coordinator_{lane}"] = coordinator
            self.initial[f"coordinator_{lane}"] = usual_coordinator(bodies, lane)
        self.fields[f"due_{lane}"] = day_field(gettext_lazy("due"), required=False)
        self.initial[f"due_{lane}"] = due_on

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        used = set()
        for line in self.lines:
            marked = [cell for cell in line.cells if self._lane(cleaned, line, cell)]
            used |= {self._lane(cleaned, line, cell) for cell in marked}
            unknown = [cell for cell in marked if not cell.is_gap]
            if unknown and not cleaned.get(_words(line)):
                self.add_error(
                    _words(line), _("%(item)s: please write what was seen.") % {"item": unknown[0].item.name}
                )
        for lane in used - {""}:
            for name in ("bearer", "coordinator", "due"):
                key = f"{name}_{lane}"
                if key in self.fields and not cleaned.get(key) and key not in self.errors:
                    self.add_error(key, _("This lane is used below: please fill it in."))
        return cleaned

    def _lane(self, cleaned: dict[str, Any], line: Line, cell: Cell) -> str:
        name = _cell(line, cell)
        typed = unicodedata.normalize("NFKC", cleaned.get(name) or "").strip()
        if not typed or name in self.errors:
            return ""
        if typed not in KEYS:
            self.add_error(name, _("A lane is a digit from 1 to 4."))
            return ""
        return KEYS[typed]

    def gaps(self) -> list[Gap]:
        """What was marked, in the order of the page."""
        said = self.cleaned_data
        return [
            Gap(
                item=cell.item.code,
                words=said.get(_words(line)) or known_words(cell),
                lane=lane,
                bearer=said[f"bearer_{lane}"],
                due_on=said[f"due_{lane}"],
                household=line.household,
                coordinator=said.get(f"coordinator_{lane}"),
            )
            for line in self.lines
            for cell in line.cells
            if (lane := self._lane(said, line, cell))
        ]

    @property
    def head(self) -> list[forms.BoundField]:
        return [self[name] for name in ("on", "kind", "households", "note")]

    @property
    def lanes(self) -> list[dict[str, Any]]:
        return [
            {
                "key": key,
                "label": Lane(lane).label,
                "fields": [self[f"{name}_{lane}"] for name in ("coordinator", "bearer", "due")
                           if f"{name}_{lane}" in self.fields],
            }
            for key, lane in KEYS.items()
        ]  # fmt: skip

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [
            {
                "household": line.household,
                "cells": [
                    None if cell.open_findings else self._drawn(_cell(line, cell), 1, _cell_attributes(line, cell))
                    for cell in line.cells
                ],
                "words": self._drawn(_words(line), SEEN.longest, _words_attributes(line)),
                "errors": [error for name in self._names(line) for error in self.errors.get(name, ())],
            }
            for line in self.lines
        ]

    def _drawn(self, name: str, longest: int, attributes: dict[str, Any]) -> Any:
        if name in self.fields:
            return self[name]
        return text_input(name, {**attributes, "data-longest": longest, "id": str(self.auto_id) % name})

    def _names(self, line: Line) -> list[str]:
        return [*(_cell(line, cell) for cell in line.cells), _words(line)]


def _cell(line: Line, cell: Cell) -> str:
    return f"{cell.item.code}_{line.household.pk}"


def _words(line: Line) -> str:
    return f"words_{line.household.pk}"


def _cell_attributes(line: Line, cell: Cell) -> dict[str, Any]:
    """Of an input that is one key wide."""
    label = _("%(name)s, %(item)s") % {"name": line.household.head.name, "item": cell.item.name}
    mark = {"placeholder": "△"} if cell.is_gap else {}
    return {"class": "form-control grid-cell", "size": 2, "inputmode": "numeric", "autocomplete": "off",
            "aria-label": label, **mark}  # fmt: skip


def _words_attributes(line: Line) -> dict[str, Any]:
    label = _("what was seen: %(name)s") % {"name": line.household.head.name}
    return {"class": "form-control grid-words", "aria-label": label, "autocomplete": "off"}


def _text_field(longest: int, attributes: dict[str, Any]) -> forms.CharField:
    label = attributes["aria-label"]
    return forms.CharField(label=label, max_length=longest, required=False, widget=forms.TextInput(attributes))


def _page_of(request: Request, round: Round) -> Any:
    return Paginator(households_of(lent(round, "village")), HOMES).get_page(request.GET.get("page"))


@page("round.visit", load=load_village)
def grid(request: Request, round: Round) -> HttpResponse:
    """Write down a visit to the whole village, or to one page of sixty households of it."""
    place, today = lent(round, "village"), timezone.localdate()
    page_obj, pack = _page_of(request, round), read_pack(round.pack)
    homes = list(page_obj.object_list)
    lines = matrix_of(round, homes, today)
    form = GridForm(
        request.POST or None,
        village=place,
        lines=lines,
        days=pack.days,
        initial={"on": today, "kind": round.visits, "households": len(homes)},
    )

    def fields(cleaned: dict[str, Any]) -> dict[str, Any]:
        head = {name: cleaned[name] for name in ("on", "kind", "note")}
        return {**head, "households": cleaned["households"] or 0, "gaps": form.gaps()}

    still = Finding.within.filter(STANDINGS["open"], round=round, place=place)
    return one_act(
        request,
        form,
        round_visit,
        given={"round": round, "place": place},
        fields=fields,
        heading=_("Visit to %(village)s") % {"village": place.name},
        lead=_("1 on the spot, 2 county, 3 prefecture, 4 province; △: the register or a check has this gap already."),
        back=reverse("round_village", args=[round.pk, place.pk]),
        done=_("The visit is written down; what was found is on the list."),
        submit=_("Write down the visit"),
        layout=SHEET,
        template="assistance/supervision/grid.html",
        round=round,
        place=place,
        items=pack.some(round.items),
        page_obj=page_obj,
        still=[
            (found, item_word(found), whom(found)) for found in with_promise(still).order_by("found_on", "pk")[:HOMES]
        ],
        first=(page_obj.number - 1) * HOMES,
    )


@page("round.read", load=load_village, methods=("GET",))
def village_sheet(request: Request, round: Round) -> HttpResponse:
    """The paper list that the leader takes along: the rows of the grid, in its order."""
    place = lent(round, "village")
    page_obj = _page_of(request, round)
    lines = matrix_of(round, list(page_obj.object_list), timezone.localdate())
    paper = village_paper(round, place, lines, (page_obj.number - 1) * HOMES)
    return paper_response(paper, f"{round.number}-{place.name}-{page_obj.number}", "pdf")


urlpatterns = [
    path("desk/rounds/<uuid:pk>/villages/<uuid:place>/visit/", grid, name="round_grid"),
    path("desk/rounds/<uuid:pk>/villages/<uuid:place>/list.pdf", village_sheet, name="village_sheet"),
]
