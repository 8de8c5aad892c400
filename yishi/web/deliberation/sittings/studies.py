"""Studies of a matter: visits with photos, findings, the report handed in, and its check by a second person."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.deliberation.models import Matter, Study, StudyFinding, StudyVisit
from yishi.deliberation.services.studies import (
    FINDING,
    MET,
    NOTE,
    QUESTION,
    REPORT,
    SEEN,
    WHERE,
    finding_add,
    study_check,
    study_hand_in,
    study_open,
    visit_add,
)
from yishi.deliberation.services.worries import authors_of
from yishi.deliberation.shown import study_digest
from yishi.journal.models import Receipt
from yishi.notices.days import day_said
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import may
from yishi.web.deliberation.process.loads import load_matter
from yishi.web.kit.fields.simple import day_field, photo_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.proof_files import kept_photos
from yishi.web.kit.request import Request


def load_study(request: Request, pk: UUID) -> Study:
    return Study.objects.select_related("matter__place", "matter__process").get(pk=pk, matter__in=Matter.keys())


class OpenForm(ActForm):
    question = WordsField(QUESTION, gettext_lazy("What is the study to find out?"), rows=2)
    lead = forms.CharField(label=gettext_lazy("Who leads it"), required=False, max_length=64)
    opened_on = day_field(
        gettext_lazy("Begun on (if not today)"),
        required=False,
        help_text=gettext_lazy("A day in the past is accepted."),
    )


class VisitForm(ActForm):
    on = day_field(gettext_lazy("Day of the visit"))
    where = WordsField(WHERE, gettext_lazy("Where"))
    met = WordsField(
        MET,
        gettext_lazy("Whom you met"),
        help_text=gettext_lazy("In roles, such as “five households of group 3, the grower”. No names are needed."),
    )
    text = WordsField(SEEN, gettext_lazy("What you saw and heard"), rows=6)
    photo_1, photo_2, photo_3 = photo_field(1), photo_field(2), photo_field(3)


class FindingForm(ActForm):
    text = WordsField(FINDING, gettext_lazy("The finding, in a sentence"), rows=3)
    source = forms.CharField(
        label=gettext_lazy("Where it comes from"),
        help_text=gettext_lazy("A visit, an account, a paper."),
        required=False,
        max_length=200,
    )


class ReportForm(ActForm):
    report = WordsField(REPORT, gettext_lazy("The report, or its summary"), rows=10)
    on = day_field(gettext_lazy("Handed in on (if not today)"), required=False)


class CheckForm(ActForm):
    accepted = forms.TypedChoiceField(
        label=gettext_lazy("What did you find?"),
        choices=[
            ("yes", gettext_lazy("It is sound: accept it")),
            ("no", gettext_lazy("Something is missing: give it back")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    note = WordsField(NOTE, gettext_lazy("What you checked, or what is missing"), rows=3)


@page("matter.see", load=load_matter, methods=("GET",))
def matter_studies(request: Request, matter: Matter) -> HttpResponse:
    own_studies = Study.objects.filter(matter=matter).select_related("checked_by").order_by("opened_on", "pk")
    studies = list(own_studies.prefetch_related("visits__photos", "visits__recorded_by", "findings"))
    context = {
        "matter": matter,
        "studies": studies,
        "taken_back": _taken_back(matter),
        "runs": may("study.run", request.viewer, matter) and matter.state == Matter.State.OPEN,
        "authors": len(authors_of(matter=matter)),
    }
    return render(request, "deliberation/sittings/studies.html", context)


def _taken_back(matter: Matter) -> list[tuple[Any, str]]:
    """What was taken back of the matter's studies, the latest first, each with what it was."""
    gone = {"taken_back_at__isnull": False}
    studies = Study.every.filter(matter=matter, **gone).select_related("taken_back_by")
    alone = {"study__matter": matter, "study__taken_back_at__isnull": True, **gone}  # the others went with their study
    visits = StudyVisit.every.filter(**alone).select_related("taken_back_by")
    findings = StudyFinding.every.filter(**alone).select_related("taken_back_by")
    rows = [
        *((study, _("Study: %(what)s") % {"what": study.question}) for study in studies),
        *((visit, _("Visit: %(what)s") % {"what": f"{day_said(visit.on)} {visit.where}"}) for visit in visits),
        *((finding, _("Finding: %(what)s") % {"what": finding.text}) for finding in findings),
    ]
    return sorted(rows, key=lambda row: row[0].taken_back_at, reverse=True)


def _act(request: Request, study: Study, form: ActForm, service: Any, **options: Any) -> HttpResponse:
    return one_act(
        request,
        form,
        service,
        lead=f"{study.matter.number} {study.matter.title} · {study.question}",
        back=reverse("matter_studies", args=[study.matter_id]),
        given={"study": study},
        **options,
    )


@page("study.run", load=load_matter)
def study_new(request: Request, matter: Matter) -> HttpResponse:
    return one_act(
        request,
        OpenForm(request.POST or None),
        study_open,
        heading=_("Open a study"),
        lead=_("Go there before anybody talks. Those who raised the matter are invited to come along."),
        back=reverse("matter_studies", args=[matter.pk]),
        given={"matter": matter},
        done=_("The study is open; those who raised the matter are invited."),
        submit=_("Open the study"),
    )


def _visit_with_photos(*, actor: Viewer, act_id: UUID | None = None, **fields: Any) -> Receipt:
    return visit_add(actor=actor, act_id=act_id, photos=kept_photos(actor, fields), **fields)


@page("study.run", load=load_study)
def visit_new(request: Request, study: Study) -> HttpResponse:
    form = VisitForm(request.POST or None, request.FILES or None, initial={"on": timezone.localdate()})
    return _act(
        request,
        study,
        form,
        _visit_with_photos,
        heading=_("Record a visit"),
        done=_("The visit is recorded."),
        submit=_("Record the visit"),
    )


@page("study.run", load=load_study)
def finding_new(request: Request, study: Study) -> HttpResponse:
    return _act(
        request,
        study,
        FindingForm(request.POST or None),
        finding_add,
        heading=_("Write down a finding"),
        done=_("The finding is written down."),
        submit=_("Write it down"),
    )


@page("study.run", load=load_study)
def study_handing_in(request: Request, study: Study) -> HttpResponse:
    return _act(
        request,
        study,
        ReportForm(request.POST or None, initial={"report": study.report}, edits=study),
        study_hand_in,
        heading=_("Hand the study in"),
        done=_("The study is handed in; a second person checks it."),
        submit=_("Hand in"),
    )


@page("study.run", load=load_study)
def study_checking(request: Request, study: Study) -> HttpResponse:
    return _act(
        request,
        study,
        CheckForm(request.POST or None, shown=study_digest(study)),
        study_check,
        template="deliberation/sittings/study_check.html",
        handed_in=study,
        visits=list(study.visits.select_related("recorded_by").prefetch_related("photos").order_by("on", "pk")),
        findings=list(study.findings.all()),
        heading=_("Check the study"),
        done=_("The check is recorded."),
        submit=_("Record the check"),
    )


urlpatterns = [
    path("desk/matters/<uuid:pk>/studies/", matter_studies, name="matter_studies"),
    path("desk/matters/<uuid:pk>/studies/new/", study_new, name="study_new"),
    path("desk/studies/<uuid:pk>/visit/", visit_new, name="visit_new"),
    path("desk/studies/<uuid:pk>/finding/", finding_new, name="finding_new"),
    path("desk/studies/<uuid:pk>/hand-in/", study_handing_in, name="study_hand_in"),
    path("desk/studies/<uuid:pk>/check/", study_checking, name="study_check"),
]
