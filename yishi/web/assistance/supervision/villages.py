"""A village of a round: its matrix (households × items), a household's page, one finding written down by itself."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.register.models import Household, HouseholdMember
from yishi.assistance.supervision.items import read_pack
from yishi.assistance.supervision.matrix import TOGETHER, Line, households_of, matrix_of
from yishi.assistance.supervision.models import Finding, Lane, Round, RoundVisit
from yishi.assistance.supervision.reads import STANDINGS, people_of, standing_of, with_promise
from yishi.assistance.supervision.services._common import WHY
from yishi.assistance.supervision.services.findings import SEEN, Gap, round_visit, village_listed
from yishi.assistance.supervision.services.visits import round_visit_take_back
from yishi.assistance.supervision.usual import rule_title
from yishi.attachments.store import scan_keep
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal
from yishi.kit.records import lend, lent
from yishi.notices.days import day_said
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Place
from yishi.organisations.rights import may
from yishi.web.kit.fields.bearer_field import BearerField
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.lists import Column, DeclaredList, file_response
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.proof_files import ProofFiles, kept_photos
from yishi.web.kit.request import Request

from .bodies import CoordinatorField
from .cells import cell_drawn, cells_drawn
from .rounds import load_round
from .supervision_words import STANDING_BADGES, STANDING_WORDS, item_word, standing_word, whom

HOMES = TOGETHER  # households of one page, of the grid and of one sheet of paper


def load_village(request: Request, pk: UUID, place: UUID) -> Round:
    """The round, lent `village`: a village of its list."""
    round = load_round(request, pk)
    village = Place.objects.get(pk=place)
    try:
        village_listed(round, village)
    except Refusal as refusal:
        raise Place.DoesNotExist from refusal
    return lend(round, village=village)


def cell_words(line: Line) -> list[str]:
    """What a workbook says of each item of a household."""
    said = []
    for cell in line.cells:
        parts = [_("register")] if cell.is_lacking else []
        parts += cell.people
        parts += [rule_title(rule) for rule in cell.rules]
        parts += [f"{found.number} {STANDING_WORDS[found.standing]}" for found in cell.findings]
        said.append("；".join(parts))
    return said


def matrix_list(round: Round) -> DeclaredList:
    """The matrix as a workbook: its columns are the items of the round."""
    items = read_pack(round.pack).some(round.items)

    def column(number: int) -> Any:
        return lambda line: cell_words(line)[number]

    return DeclaredList(
        "",
        _("matrix"),
        [
            Column(_("household number"), "household.number"),
            Column(_("head of the household"), "household.head.name"),
            Column(_("people"), "household.size"),
            *(Column(item.name, column(number)) for number, item in enumerate(items)),
        ],
    )


OF_VILLAGE = DeclaredList(
    "village_findings",
    gettext_lazy("findings of the village"),
    [
        Column(gettext_lazy("finding"), "words", link="supervision_finding"),
        Column(gettext_lazy("What is looked at"), item_word),
        Column(gettext_lazy("whom it concerns"), whom),
        Column(gettext_lazy("bearer"), "commitment.bearer.name"),
        Column(gettext_lazy("due"), "commitment.due_on"),
        Column(gettext_lazy("state"), standing_word),
    ],
)


@page("round.read", load=load_village, methods=("GET",))
def village(request: Request, round: Round) -> HttpResponse:
    """The matrix of a village: what the register and the checks know, what is on the list; what is open comes first."""
    place, today = lent(round, "village"), timezone.localdate()
    homes = households_of(place)
    if request.GET.get("export") == "matrix":
        return matrix_list(round).workbook(request, matrix_of(round, list(homes), today), _("matrix"))
    page_obj = Paginator(homes, HOMES).get_page(request.GET.get("page"))
    lines = matrix_of(round, list(page_obj.object_list), today)
    whole = with_promise(Finding.within.filter(round=round, place=place, household=None)).order_by("-found_on", "pk")
    context: dict[str, Any] = {
        "round": round,
        "place": place,
        "items": read_pack(round.pack).some(round.items),
        "lines": [(line.household, cells_drawn(line)) for line in lines],
        "page_obj": page_obj,
        "of_village": list(whole),
        "still": Finding.within.filter(STANDINGS["open"], round=round, place=place).count(),
        "last_visits": list(_visits(round, place).select_related("written_by").order_by("-on", "-pk")[:5]),
        "visits": round.state == Round.State.OPEN and may("round.visit", request.viewer, round),
        "may_import": may("import.see", request.viewer),
    }
    return file_response(request, "assistance/supervision/village.html", context, {OF_VILLAGE: context["of_village"]})


def _visits(round: Round, place: Place) -> QuerySet[RoundVisit]:
    """The visits to a village; `found`: something that one found was a gap."""
    found = Finding.within.filter(visit=OuterRef("pk")).exclude(ruling=Finding.Ruling.UNFOUNDED)
    return RoundVisit.objects.filter(round=round, place=place).annotate(found=Exists(found))


def load_visit(request: Request, pk: UUID, place: UUID, visit: UUID) -> Round:
    """The village, lent `visit`: one visit to it."""
    round = load_village(request, pk, place)
    return lend(round, visit=_visits(round, lent(round, "village")).select_related("round").get(pk=visit))


class BackForm(ActForm):
    reason = WordsField(WHY, gettext_lazy("why"), rows=2)


@page("round.visit", load=load_visit)
def visit_back(request: Request, round: Round) -> HttpResponse:
    place, visit = lent(round, "village"), lent(round, "visit")
    return one_act(
        request,
        BackForm(request.POST or None),
        round_visit_take_back,
        given={"visit": visit},
        heading=_("Visit written down by mistake"),
        lead=_("It stays, with the reason, and counts no longer. What it found is ruled to be no gap before."),
        facts=[(_("village"), place.full_name), (_("day of the visit"), day_said(visit.on))],
        back=reverse("round_village", args=[round.pk, place.pk]),
        done=_("The visit is taken back."),
        submit=_("Take the visit back"),
    )


def load_home(request: Request, pk: UUID, place: UUID, home: UUID) -> Round:
    """The village, lent `home` too: a household of it."""
    round = load_village(request, pk, place)
    household = Household.within.select_related("head", "place").get(pk=home, place=lent(round, "village"))
    return lend(round, home=household)


@page("round.read", load=load_home, methods=("GET",))
def home(request: Request, round: Round) -> HttpResponse:
    """A household person by person and item by item, with all that is on the list of it."""
    household, place = lent(round, "home"), lent(round, "village")
    (line,) = matrix_of(round, [household], timezone.localdate())
    found = with_promise(Finding.within.filter(round=round, household=household)).order_by("-found_on", "pk")
    context = {
        "round": round,
        "place": place,
        "household": household,
        "cells": [(cell, cell_drawn(cell)) for cell in line.cells],
        "people": people_of(household),
        "findings": [
            lend(finding, item_name=item_word(finding), badge=STANDING_BADGES[standing_of(finding)])
            for finding in found
        ],
        "reached": Household.objects.filter(pk=household.pk).exists(),
        "visits": round.state == Round.State.OPEN and may("round.visit", request.viewer, round),
    }
    for finding in context["findings"]:
        lend(finding, state_word=standing_word(finding))
    return render(request, "assistance/supervision/home.html", context)


class GapForm(ProofFiles):
    """One finding by itself, of a household, of somebody in it, or of the village."""

    item = forms.ChoiceField(label=gettext_lazy("What is looked at"), widget=forms.RadioSelect)
    member: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        None, label=gettext_lazy("person"), required=False, empty_label=gettext_lazy("the whole household")
    )
    words = WordsField(SEEN, gettext_lazy("What was seen?"), rows=2)
    lane = forms.ChoiceField(label=gettext_lazy("lane"), choices=Lane.choices, widget=forms.RadioSelect)
    coordinator = CoordinatorField(required=False)
    bearer = BearerField()
    due_on = day_field(gettext_lazy("due"))
    on = day_field(gettext_lazy("day of the visit"))
    field_order = ["item", "member", "words", "lane", "coordinator", "bearer", "due_on", "on"]

    def __init__(self, *args: Any, round: Round, home: Household | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        place = lent(round, "village")
        items = read_pack(round.pack).some(round.items)
        self.fields["item"].choices = [(item.code, item.name) for item in items]
        self.fields["coordinator"].around(place)
        self.fields["bearer"].around(place)
        if home is None:
            del self.fields["member"]
        else:
            members = HouseholdMember.within.filter(household=home, valid_to=None).select_related("person")
            self.fields["member"].queryset = members.order_by("pk")


def _one_gap(request: Request, round: Round, household: Household | None, back: str, heading: str) -> HttpResponse:
    place, today = lent(round, "village"), timezone.localdate()
    initial = {"on": today, "item": request.GET.get("item", "")}
    form = GapForm(request.POST or None, request.FILES or None, round=round, home=household, initial=initial)

    def record(*, actor: Viewer, act_id: UUID | None = None, **said: Any) -> Receipt:
        files = kept_photos(actor, said)
        if scan := said.pop("scan"):
            files.append(scan_keep(actor=actor, upload=scan))
        on = said.pop("on")
        gap = Gap(household=household, files=files, **said)
        return round_visit(
            actor=actor,
            round=round,
            place=place,
            on=on,
            gaps=[gap],
            households=0 if household is None else 1,
            act_id=act_id,
        )

    return one_act(
        request,
        form,
        record,
        heading=heading,
        lead=_("It is owed from now on, and stands on the bearer's desk until a second person strikes it off."),
        back=back,
        done=_("The finding is on the list."),
        submit=_("Put it on the list"),
    )


@page("round.visit", load=load_home)
def home_gap(request: Request, round: Round) -> HttpResponse:
    household = lent(round, "home")
    back = reverse("round_home", args=[round.pk, lent(round, "village").pk, household.pk])
    heading = _("What was found at the household of %(name)s") % {"name": household.head.name}
    return _one_gap(request, round, household, back, heading)


@page("round.visit", load=load_village)
def village_gap(request: Request, round: Round) -> HttpResponse:
    place = lent(round, "village")
    back = reverse("round_village", args=[round.pk, place.pk])
    return _one_gap(request, round, None, back, _("What was found in %(village)s") % {"village": place.name})


urlpatterns = [
    path("desk/rounds/<uuid:pk>/villages/<uuid:place>/", village, name="round_village"),
    path("desk/rounds/<uuid:pk>/villages/<uuid:place>/finding/", village_gap, name="village_gap"),
    path(
        "desk/rounds/<uuid:pk>/villages/<uuid:place>/visits/<uuid:visit>/take-back/",
        visit_back,
        name="round_visit_back",
    ),
    path("desk/rounds/<uuid:pk>/villages/<uuid:place>/<uuid:home>/", home, name="round_home"),
    path("desk/rounds/<uuid:pk>/villages/<uuid:place>/<uuid:home>/finding/", home_gap, name="home_gap"),
]
