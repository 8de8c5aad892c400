"""Gates: what waits for our answer, one gate's file and answer, asking a gate (again). And leaders' notes."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.commitments.rules import is_small_office
from yishi.deliberation.models import Agreement, GatePaper, GateRequest, LeaderNote, Matter
from yishi.deliberation.process.schema import Gate, read_document
from yishi.deliberation.services.asking import gate_bodies, shown_to
from yishi.deliberation.services.file_ways_back import REASON as WHY_BACK
from yishi.deliberation.services.file_ways_back import note_take_back
from yishi.deliberation.services.gates import ANSWERS, REASON, gate_answer, gate_ask, gates_of
from yishi.deliberation.services.notes import AUTHOR, TEXT, note_add
from yishi.deliberation.shown import gate_is_stale
from yishi.journal.shown import digest
from yishi.kit.records import lend, lent
from yishi.notices.days import day_said
from yishi.organisations.models import Body
from yishi.organisations.rights import may
from yishi.web.deliberation.process.loads import bodies_around, load_matter
from yishi.web.kit.fields.paper_fields import with_scan
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.lists import Column, DeclaredList, local_day
from yishi.web.kit.one_act import link, one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request
from yishi.web.kit.stream import stream


def load_gate(request: Request, pk: UUID) -> GateRequest:
    gates = GateRequest.objects.select_related("matter__place", "matter__convener", "body", "answered_by")
    return gates.get(pk=pk, matter__in=Matter.keys())


GATES = DeclaredList(
    "gates",
    gettext_lazy("gates"),
    [
        Column(gettext_lazy("gate"), "name", cell="gate", at=2),
        Column(gettext_lazy("matter"), lambda gate: f"{gate.matter.number} {gate.matter.title}", cell="matter"),
        Column(gettext_lazy("body"), "body.name", page=False),
        Column(gettext_lazy("place"), "matter.place.full_name", page=False),
        Column(gettext_lazy("asked"), local_day("asked_at")),
        Column(gettext_lazy("until"), shown="due_on"),
        Column(gettext_lazy("state"), cell="state"),
        Column(gettext_lazy("due"), "due_on", page=False),
        Column(gettext_lazy("answer"), "get_answer_display", page=False),
        Column(gettext_lazy("reason"), "reason", page=False),
    ],
)


@page("gate.see", methods=("GET",))
def gates(request: Request) -> HttpResponse:
    """What waits for our desks; with ?all=1 what we answered too."""
    show_all = request.GET.get("all") == "1"
    gates = gates_of(request.viewer.reach.bodies, open_only=not show_all)
    today = timezone.localdate()
    return GATES.respond(request, "deliberation/process/gates.html", gates, show_all=show_all, today=today)


class AnswerForm(ActForm):
    answer = forms.ChoiceField(label=gettext_lazy("answer"), widget=forms.RadioSelect)
    reason = WordsField(
        REASON,
        gettext_lazy("reason"),
        rows=3,
        help_text=gettext_lazy("One word is enough for a yes; a return says what to mend."),
    )

    def __init__(self, *args: Any, gate: GateRequest, **kwargs: Any):
        super().__init__(*args, **kwargs)
        possible = ANSWERS[gate.answer] or GateRequest.Answer.values  # answered meanwhile: the service says by whom
        labels = {
            "approve": gettext_lazy("approve"),
            "return": gettext_lazy("return, to be mended"),
            "hold": gettext_lazy("put on hold"),
        }
        self.fields["answer"].choices = [(value, labels[value]) for value in possible]


def changes(before: dict[str, Any], now: dict[str, Any]) -> list[tuple[Any, str, str]]:
    """What was mended since a return: (which part, as it was, as it is)."""
    parts = {
        "title": _("title"),
        "summary": _("What it is about"),
        "text": _("What was agreed"),
        "conditions": _("Conditions"),
        "minority": _("What stayed disputed"),
    }
    changed = [
        (label, before.get(key, ""), now.get(key, ""))
        for key, label in parts.items()
        if before.get(key, "") != now.get(key, "")
    ]
    was, is_now = before.get("duties", []), now.get("duties", [])
    if was != is_now:
        changed.append((_("Duties"), "\n".join(duty[0] or "" for duty in was), _duties_now(was, is_now)))
    return changed


def _duties_now(was: list[list[str | None]], is_now: list[list[str | None]]) -> str:
    """The duties as they are; one that is new or was changed is marked."""
    return "\n".join(
        (duty[0] or "") if duty in was else _("%(duty)s (new or changed)") % {"duty": duty[0]} for duty in is_now
    )


@page("gate.see", load=load_gate)
def gate(request: Request, gate: GateRequest) -> HttpResponse:
    """A gate's file; who works at the body answers here."""
    answers = may("gate.answer", request.viewer, gate)
    step = read_document(gate.matter.process.document).step(gate.step)
    asked = GateRequest.objects.filter(matter=gate.matter, gate=gate.gate, step=gate.step)
    rounds = list(asked.select_related("answered_by").prefetch_related("papers").order_by("round"))
    is_open = bool(ANSWERS[gate.answer]) and rounds[-1].pk == gate.pk
    papers = [paper for past in rounds for paper in past.papers.all()]
    runs = may("gate.record", request.viewer, gate)
    shown = shown_to(gate)
    agreement = (
        Agreement.objects.filter(matter=gate.matter).order_by("-written_at").first() if "duties" in shown else None
    )
    returned = next((past for past in reversed(rounds) if past.answer == "return" and past.shown), None)
    context: dict[str, Any] = {
        "agreement": agreement,
        "duties": list(agreement.duties.select_related("bearer", "bearer_party", "supervisor")) if agreement else [],
        "changes": changes(returned.shown, shown) if returned and not gate.answer else None,
        "is_stale": gate_is_stale(gate, shown) and rounds[-1].pk == gate.pk,
        "gate": gate,
        "answers": answers,
        "is_open": is_open,
        "cover_url": link("gate_cover_pdf", gate.pk) if runs and is_open else "",
        "cover_word_url": link("gate_cover_docx", gate.pk) if runs and is_open else "",
        "waiting_paper": next((paper for paper in papers if not paper.outcome), None),
        "record_url": reverse("gate_record", args=[gate.pk]) if runs and is_open else "",
        "compares": runs,
        "compares_now": runs and any(_is_second(request, paper) for paper in papers if not paper.outcome),
        "reads_papers": any(may("gate.paper", request.viewer, paper) for paper in papers[:1]),
        "is_silent": not gate.answer and gate.due_on < timezone.localdate(),
        "step_name": step.name if step else gate.step,
        "rounds": rounds,
        "matter_url": reverse("matter", args=[gate.matter_id]),
        "notes": LeaderNote.objects.filter(matter=gate.matter).order_by("written_on") if answers else [],
    }
    if not answers:
        if request.method == "POST":
            raise Http404
        return render(request, "deliberation/process/gate.html", context)
    return one_act(
        request,
        AnswerForm(request.POST or None, gate=gate, shown=digest(shown)),
        gate_answer,
        heading=gate.name,
        back=reverse("gates"),
        done=_("Your answer stands on the file; the convener is told."),
        submit=_("Answer"),
        given={"gate": gate},
        template="deliberation/process/gate.html",
        **context,
    )


class AskForm(ActForm):
    body = forms.ModelChoiceField(
        Body.objects.none(), label=gettext_lazy("body"), empty_label=gettext_lazy("the one that fits"), required=False
    )

    def __init__(self, *args: Any, matter: Matter, gate: Gate, **kwargs: Any):
        super().__init__(*args, **kwargs)
        candidates = gate_bodies(matter, gate, timezone.localdate())
        self.fields["body"].queryset = Body.objects.filter(pk__in=[body.pk for body in candidates]).order_by("name")


def load_matter_and_gate(request: Request, pk: UUID, code: str) -> Matter:
    matter = load_matter(request, pk)
    step = read_document(matter.process.document).step(matter.step)
    gate = step.gate(code) if step else None
    if gate is None:
        raise Matter.DoesNotExist
    return lend(matter, asked_gate=gate)


@page("gate.ask", load=load_matter_and_gate)
def gate_asking(request: Request, matter: Matter) -> HttpResponse:
    gate = lent(matter, "asked_gate")
    return one_act(
        request,
        AskForm(request.POST or None, matter=matter, gate=gate),
        gate_ask,
        heading=_("Ask the gate “%(gate)s”") % {"gate": gate.name},
        lead=_("The desk has %(days)d working days; its silence shows after that.") % {"days": gate.days},
        back=reverse("matter", args=[matter.pk]),
        done=_("The gate is asked; the desk is told."),
        submit=_("Ask"),
        given={"matter": matter, "gate_code": gate.code},
    )


def _is_second(request: Request, paper: GatePaper) -> bool:
    """May the viewer compare it: did somebody else write it down, or is it a small office?"""
    return paper.recorded_by_id != request.viewer.person_id or is_small_office()


class NoteForm(ActForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("kind of note"), choices=LeaderNote.Kind.choices, widget=forms.RadioSelect
    )
    author = WordsField(
        AUTHOR, gettext_lazy("who wrote it"), help_text=gettext_lazy("Title, then name, as on the paper.")
    )
    body = forms.ModelChoiceField(
        Body.objects.none(), label=gettext_lazy("of which body"), required=False, empty_label=gettext_lazy("none")
    )
    written_on = day_field(gettext_lazy("written on"), required=False)
    text = WordsField(TEXT, gettext_lazy("what it says"), rows=5, when=("scan", None))
    scan = forms.FileField(
        label=gettext_lazy("photo or scan of the paper"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*,application/pdf"}),
    )

    def __init__(self, *args: Any, matter: Matter, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = bodies_around(matter)


@page("note.add", load=load_matter)
def note_adding(request: Request, matter: Matter) -> HttpResponse:
    return one_act(
        request,
        NoteForm(request.POST or None, request.FILES or None, matter=matter),
        with_scan(note_add),
        heading=_("A leader's note on the file"),
        lead=f"{matter.number} {matter.title}",
        back=reverse("matter", args=[matter.pk]),
        done=_("The note belongs to the file now."),
        submit=_("Put on the file"),
        given={"matter": matter},
    )


def load_matter_and_scan(request: Request, pk: UUID, note: UUID) -> Matter:
    """The matter, with the note whose scan is asked for: the right is about the matter."""
    matter = load_matter(request, pk)
    return lend(matter, asked_note=matter.notes.select_related("scan").get(pk=note, scan__isnull=False))


@page("note.see", load=load_matter_and_scan, methods=("GET",))
def note_scan(request: Request, matter: Matter) -> HttpResponse:
    """A note's scan, for those who may read and write notes on this file."""
    return stream(lent(matter, "asked_note").scan)


def load_matter_and_note(request: Request, pk: UUID, note: UUID) -> Matter:
    matter = load_matter(request, pk)
    return lend(matter, asked_note=matter.notes.get(pk=note))


class MistakenForm(ActForm):
    reason = WordsField(WHY_BACK, gettext_lazy("Why? It stays on the record."), rows=3)


@page("note.add", load=load_matter_and_note)
def note_mistaken(request: Request, matter: Matter) -> HttpResponse:
    note = lent(matter, "asked_note")
    return one_act(
        request,
        MistakenForm(request.POST or None),
        note_take_back,
        heading=_("Put on the file by mistake"),
        lead=f"{note.get_kind_display()} · {note.author} · {day_said(note.written_on)}",
        back=reverse("matter", args=[matter.pk]),
        done=_("It is taken back; the reason stays on the record."),
        submit=_("Take back"),
        given={"note": note},
    )


urlpatterns = [
    path("desk/gates/", gates, name="gates"),
    path("desk/gates/<uuid:pk>/", gate, name="gate"),
    path("desk/matters/<uuid:pk>/gates/<slug:code>/ask/", gate_asking, name="gate_ask"),
    path("desk/matters/<uuid:pk>/note/", note_adding, name="note_add"),
    path("desk/matters/<uuid:pk>/notes/<uuid:note>/mistaken/", note_mistaken, name="note_take_back"),
    path("desk/matters/<uuid:pk>/notes/<uuid:note>/scan/", note_scan, name="note_scan"),
]
