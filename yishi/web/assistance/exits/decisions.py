"""An assessment is closed into its package, decided by somebody else, and each taken back; what a village is told."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.exits.models import ExitAssessment, ExitSample
from yishi.assistance.exits.reads import visited_of
from yishi.assistance.exits.services.closing import WHY, assessment_close, assessment_reopen
from yishi.assistance.exits.services.deciding import REASON, WHY_BACK, exit_decide, exit_take_back
from yishi.assistance.exits.shown import exit_digest
from yishi.assistance.exits.survey.notice import VillageNotice, notice_of
from yishi.kit.records import lend, lent
from yishi.organisations.models import Place
from yishi.organisations.services.place_sets import poor_lists
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.press import paper_response
from yishi.web.kit.request import Request
from yishi.web.kit.taking_back import taking_back

from .exit_papers import notice_paper
from .exit_words import MEASURES, line_words, list_words, per_cent
from .loads import load_assessment

Stage, Decision = ExitAssessment.Stage, ExitAssessment.Decision


def _act(request: Request, assessment: ExitAssessment, form: ActForm, service: Any, **texts: Any) -> HttpResponse:
    back = reverse("exit_assessment", args=[assessment.pk])
    return one_act(request, form, service, given={"assessment": assessment}, back=back, **texts)


@page("exit.close", load=load_assessment)
def assessment_closing(request: Request, assessment: ExitAssessment) -> HttpResponse:
    return _act(
        request,
        assessment,
        ActForm(request.POST or None),
        assessment_close,
        heading=_("Close the assessment"),
        lead=_("The figures are frozen, and all they rest on becomes one signed package. Somebody else decides then."),
        done=_("Closed. The package is signed."),
        submit=_("Close the assessment"),
    )


class ReopenForm(ActForm):
    reason = WordsField(WHY, gettext_lazy("why"), rows=2)


@page("exit.reopen", load=load_assessment)
def assessment_reopening(request: Request, assessment: ExitAssessment) -> HttpResponse:
    return _act(
        request,
        assessment,
        ReopenForm(request.POST or None),
        assessment_reopen,
        heading=_("Open the assessment again"),
        lead=_("For what was closed by mistake. Its package is void; the next one has another hash."),
        done=_("It is open again."),
        submit=_("Open it again"),
    )


class DecideForm(ActForm):
    decision = forms.ChoiceField(label=gettext_lazy("decision"), choices=Decision.choices, widget=forms.RadioSelect)
    reason = WordsField(REASON, gettext_lazy("document, or reason"), rows=2)


@page("exit.decide", load=load_assessment)
def exit_deciding(request: Request, assessment: ExitAssessment) -> HttpResponse:
    lines = assessment.results.get("lines", {})
    facts = [(MEASURES[name], _measured(line)) for name, line in lines.items()]
    lists = poor_lists(assessment.place, timezone.localdate())
    return _act(
        request,
        assessment,
        DecideForm(request.POST or None, shown=exit_digest(assessment)),
        exit_decide,
        heading=_("Decide on the exit of %(county)s") % {"county": assessment.place.name},
        lead=_(
            "What was upheld is put right in the register either way. Approved, whoever was about to leave poverty "
            "has left it, and the county leaves the lists of poor places by the same decision."
        ),
        facts=[
            *facts,
            *((_("approved, it leaves the list"), list_words(item)) for item in lists),
            (_("households drawn"), assessment.results.get("drawn", 0)),
            (_("hash of the package"), assessment.package_hash),
        ],
        done=_("Decided; the register follows."),
        submit=_("Decide"),
    )


def _measured(line: dict[str, Any]) -> str:
    """A share with its line, and whether it keeps to it."""
    said = f"{per_cent(line['share']) or '—'}（{line_words(line)}）"
    if line["holds"] is None:
        return said
    return f"{said} · {_('keeps to it') if line['holds'] else _('does not keep to it')}"


class BackForm(ActForm):
    reason = WordsField(WHY_BACK, gettext_lazy("why"), rows=2)


@page("exit.decide_back", load=load_assessment)
def exit_back(request: Request, assessment: ExitAssessment) -> HttpResponse:
    return taking_back(
        request,
        exit_take_back,
        form=BackForm(request.POST or None),
        what=f"{assessment.number} · {assessment.place.name}",
        given={"assessment": assessment},
        back=reverse("exit_assessment", args=[assessment.pk]),
        heading=_("Take the exit decision back"),
        lead=_("Each household and the county stand as they stood before, unless a record was changed since."),
        done=_("The decision is taken back."),
    )


@page("exit.see", load=load_assessment, methods=("GET",))
def notices(request: Request, assessment: ExitAssessment) -> HttpResponse:
    """The villages of the sample, each with its notice."""
    if assessment.stage != Stage.CLOSED:
        raise Http404
    places = Place.objects.filter(pk__in=ExitSample.objects.filter(assessment=assessment).values("place"))
    context = {"assessment": assessment, "villages": places.order_by("lo")}
    return render(request, "assistance/exits/notices.html", context)


def load_notice(request: Request, pk: UUID, village: UUID) -> ExitAssessment:
    assessment = load_assessment(request, pk)
    if assessment.stage != Stage.CLOSED:
        raise Http404
    return lend(assessment, notice=village_notice(assessment, Place.objects.get(pk=village)))


def village_notice(assessment: ExitAssessment, village: Place) -> VillageNotice:
    """What one village of a closed assessment is told. Raises `Http404` for one of which nobody was drawn."""
    visited = visited_of(assessment, village)
    if not visited or assessment.closed_at is None:
        raise Http404
    desk = assessment.opened_for.name if assessment.opened_for else ""
    day = timezone.localdate(assessment.closed_at)
    return notice_of(assessment.place.name, village.name, assessment.number, assessment.as_of, visited, day, desk)


@page("exit.see", load=load_notice, methods=("GET",))
def notice_pdf(request: Request, assessment: ExitAssessment) -> HttpResponse:
    return _notice(assessment, "pdf")


@page("exit.see", load=load_notice, methods=("GET",))
def notice_word(request: Request, assessment: ExitAssessment) -> HttpResponse:
    return _notice(assessment, "docx")


def _notice(assessment: ExitAssessment, ending: str) -> HttpResponse:
    notice: VillageNotice = lent(assessment, "notice")
    return paper_response(notice_paper(notice), f"{notice.village}退出评估公示", ending)


urlpatterns = [
    path("desk/exits/<uuid:pk>/close/", assessment_closing, name="exit_close"),
    path("desk/exits/<uuid:pk>/reopen/", assessment_reopening, name="exit_reopen"),
    path("desk/exits/<uuid:pk>/decide/", exit_deciding, name="exit_decide"),
    path("desk/exits/<uuid:pk>/decision/take-back/", exit_back, name="exit_decide_back"),
    path("desk/exits/<uuid:pk>/notices/", notices, name="exit_notices"),
    path("desk/exits/<uuid:pk>/notices/<uuid:village>.pdf", notice_pdf, name="exit_notice_pdf"),
    path("desk/exits/<uuid:pk>/notices/<uuid:village>.docx", notice_word, name="exit_notice_word"),
]
