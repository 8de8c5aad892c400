"""A gate's answer that came on paper: written down, compared with its scan by a second person; the scan itself."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.deliberation.models import GatePaper, GateRequest, Matter
from yishi.deliberation.services.asking import shown_to
from yishi.deliberation.services.gate_papers import NOT_AGREEING, gate_compare, gate_record
from yishi.journal.shown import digest
from yishi.web.kit.fields.paper_fields import from_paper, with_paper
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request
from yishi.web.kit.stream import stream

from .gates import AnswerForm, load_gate

PaperAnswerForm = with_paper(AnswerForm)


@page("gate.record", load=load_gate)
def gate_recording(request: Request, gate: GateRequest) -> HttpResponse:
    """Write down what the body answered on paper; the answers are those that may follow."""
    form: Any = PaperAnswerForm
    return one_act(
        request,
        form(request.POST or None, request.FILES or None, gate=gate, shown=digest(shown_to(gate))),
        from_paper(gate_record),
        heading=_("Write down an answer that came on paper"),
        lead=f"{gate.name} · {gate.body.name} · {gate.matter.number}",
        back=reverse("gate", args=[gate.pk]),
        done=_("Written down. It counts as soon as a second person has compared it with the scan."),
        submit=_("Write it down"),
        given={"gate": gate},
    )


def load_paper(request: Request, pk: UUID) -> GatePaper:
    papers = GatePaper.objects.select_related("gate__matter__place", "gate__body", "recorded_by", "scan")
    return papers.get(pk=pk, gate__matter__in=Matter.keys())


class CompareForm(ActForm):
    accepted = forms.TypedChoiceField(
        label=gettext_lazy("Does it say what the paper says?"),
        choices=[("1", gettext_lazy("yes, it is right")), ("0", gettext_lazy("no, put it aside"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    finding = WordsField(
        NOT_AGREEING, gettext_lazy("What does not agree? (only if it is not right)"), rows=4, when=("accepted", False)
    )


@page("gate.compare", load=load_paper)
def gate_comparing(request: Request, paper: GatePaper) -> HttpResponse:
    """Look at the scan and at what was written down, then say whether they agree."""
    return one_act(
        request,
        CompareForm(request.POST or None),
        gate_compare,
        heading=_("Compare with the paper"),
        back=reverse("gate", args=[paper.gate_id]),
        done=_("Compared; the file shows it."),
        submit=_("Compared"),
        given={"paper": paper},
        template="deliberation/process/gate_compare.html",
        paper=paper,
        scan_url=reverse("gate_paper_scan", args=[paper.pk]),
    )


@page("gate.paper", load=load_paper, methods=("GET",))
def gate_paper_scan(request: Request, paper: GatePaper) -> HttpResponse:
    return stream(paper.scan)


urlpatterns = [
    path("desk/gates/<uuid:pk>/record/", gate_recording, name="gate_record"),
    path("desk/gate-papers/<uuid:pk>/", gate_comparing, name="gate_compare"),
    path("desk/gate-papers/<uuid:pk>/scan/", gate_paper_scan, name="gate_paper_scan"),
]
