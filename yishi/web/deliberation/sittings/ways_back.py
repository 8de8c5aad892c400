"""The pages of the ways back: a seat entered by mistake, a name misspelt, a sitting opened or closed too early; a
study, its visit, its finding."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.deliberation.models import Matter, Seat, Sitting, Study, StudyFinding, StudyVisit
from yishi.deliberation.services.file_ways_back import finding_take_back, study_take_back, visit_take_back
from yishi.deliberation.services.room_ways_back import (
    OPENED,
    sitting_step_back,
    sitting_to_step_back,
)
from yishi.deliberation.services.ways_back import (
    REASON,
    seat_rename,
    seat_take_back,
)
from yishi.notices.days import day_said, moment_said
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request
from yishi.web.kit.taking_back import taking_back

from .loads import load_sitting
from .seats import load_seat
from .studies import load_study

KEPT = gettext_lazy("It stays on the page of the study as taken back, with the reason.")


class WhyForm(ActForm):
    reason = WordsField(REASON, gettext_lazy("Why? It stays on the record."), rows=3)


@page("seat.run", load=load_seat)
def seat_mistaken(request: Request, seat: Seat) -> HttpResponse:
    return one_act(
        request,
        WhyForm(request.POST or None),
        seat_take_back,
        heading=_("Entered by mistake: %(name)s") % {"name": seat.person},
        lead=_("The seat is free again. Somebody else takes a seat by “Replace”, an interest ends it by “Steps back”."),
        back=reverse("matter_seats", args=[seat.matter_id]),
        given={"seat": seat},
        done=_("The seat is taken back; the reason stays on the record."),
        submit=_("Take the seat back"),
    )


class NameForm(ActForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=64)


@page("seat.run", load=load_seat)
def seat_renaming(request: Request, seat: Seat) -> HttpResponse:
    return one_act(
        request,
        NameForm(request.POST or None, initial={"name": seat.person.name}, edits=seat.person),
        seat_rename,
        heading=_("Correct the name"),
        lead=_("How it was written before stays beside it."),
        back=reverse("matter_seats", args=[seat.matter_id]),
        given={"seat": seat},
        done=_("The name is corrected."),
        submit=_("Save"),
    )


def load_visit(request: Request, pk: UUID) -> StudyVisit:
    visits = StudyVisit.objects.select_related("study__matter__place", "study__matter__process")
    return visits.get(pk=pk, study__matter__in=Matter.keys())


def load_finding(request: Request, pk: UUID) -> StudyFinding:
    findings = StudyFinding.objects.select_related("study__matter__place", "study__matter__process")
    return findings.get(pk=pk, study__matter__in=Matter.keys())


@page("sitting.run", load=load_sitting)
def sitting_stepping_back(request: Request, sitting: Sitting) -> HttpResponse:
    last = sitting_to_step_back(sitting)
    if last is not None and last.code == OPENED:
        heading = _("Opened by mistake: take it back")
        lead = _("The sitting waits for its opening again. Who is in the room stays in the roll call.")
    else:
        heading = _("Closed by mistake: take it back")
        lead = _(
            "The sitting is open again: whoever was in the room when it closed is there, statements that were open are"
            " open, and the minutes' clock starts when it closes. A matter that went on because of it comes back."
        )
    return taking_back(
        request,
        sitting_step_back,
        what=f"{sitting.matter.title} · {moment_said(sitting.starts_at)}",
        heading=heading,
        lead=lead,
        back=reverse("sitting", args=[sitting.pk]),
        given={"sitting": sitting},
    )


@page("study.run", load=load_study)
def study_mistaken(request: Request, study: Study) -> HttpResponse:
    return _taking_back(
        request, study.matter, study_take_back, _("Opened by mistake: “%(question)s”") % {"question": study.question},
        _("Its visits and findings go with it. It stays below the others with the reason; the invited are told."),
        study=study,
    )  # fmt: skip


@page("study.run", load=load_visit)
def visit_mistaken(request: Request, visit: StudyVisit) -> HttpResponse:
    what = {"day": day_said(visit.on), "where": visit.where}
    return _taking_back(
        request,
        visit.study.matter,
        visit_take_back,
        _("Recorded by mistake: %(day)s, %(where)s") % what,
        KEPT,
        visit=visit,
    )


@page("study.run", load=load_finding)
def finding_mistaken(request: Request, finding: StudyFinding) -> HttpResponse:
    heading = _("Written down by mistake: finding %(number)d") % {"number": finding.ordinal}
    return _taking_back(request, finding.study.matter, finding_take_back, heading, finding.text, finding=finding)


def _taking_back(request: Request, matter: Matter, service: Any, heading: str, lead: Any, **given: Any) -> HttpResponse:
    return one_act(
        request,
        WhyForm(request.POST or None),
        service,
        heading=heading,
        lead=lead,
        back=reverse("matter_studies", args=[matter.pk]),
        given=given,
        done=_("It is taken back; the reason stays on the record."),
        submit=_("Take back"),
    )


urlpatterns = [
    path("desk/seats/<uuid:pk>/mistaken/", seat_mistaken, name="seat_take_back"),
    path("desk/seats/<uuid:pk>/name/", seat_renaming, name="seat_rename"),
    path("desk/sittings/<uuid:pk>/step-back/", sitting_stepping_back, name="sitting_step_back"),
    path("desk/studies/<uuid:pk>/mistaken/", study_mistaken, name="study_take_back"),
    path("desk/studies/visits/<uuid:pk>/mistaken/", visit_mistaken, name="visit_take_back"),
    path("desk/studies/findings/<uuid:pk>/mistaken/", finding_mistaken, name="finding_take_back"),
]
