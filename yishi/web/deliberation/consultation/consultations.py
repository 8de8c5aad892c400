"""Online consultations at the desk: prepare, have it checked and opened, moderate, close; the result to the sitting."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.deliberation.models import Consultation, ConsultationStatement, ConsultationVote, Matter, Sitting
from yishi.deliberation.services.consultation_results import consultation_brief
from yishi.deliberation.services.consultation_statements import (
    TEXT,
    consultation_statement_add,
    statement_doubts,
)
from yishi.deliberation.services.consultation_voices import is_open
from yishi.deliberation.services.consultations import (
    INTRO,
    LEAST_STATEMENTS,
    QUESTION,
    REASON,
    Stage,
    consultation_change,
    consultation_close,
    consultation_open,
    consultation_plan,
    link_reissue,
    slip_code,
    slips_make,
)
from yishi.deliberation.veil import Veil
from yishi.journal.models import Receipt
from yishi.notices.addresses import address_of
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Installation
from yishi.organisations.query_codes import spaced
from yishi.organisations.rights import may
from yishi.web.deliberation.process.loads import load_matter
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.press import pdf_response
from yishi.web.kit.qr_image import qr_image
from yishi.web.kit.request import Request

from .consultation_papers import poster_of

State = ConsultationStatement.State
SLIPS_A_PAGE = 120


def load_consultation(request: Request, pk: UUID) -> Consultation:
    consultations = Consultation.objects.select_related(
        "matter__place", "matter__convener", "matter__process", "planned_by", "opened_by", "brief"
    )
    return consultations.get(pk=pk)


def consult_address(consultation: Consultation) -> str:
    """What the QR code says."""
    return address_of("consult", args=[consultation.code])


class PlanForm(ActForm):
    question = WordsField(
        QUESTION,
        gettext_lazy("The question"),
        help_text=gettext_lazy("One sentence that everybody understands, such as “How shall we use the square?”"),
    )
    intro = WordsField(
        INTRO,
        gettext_lazy("What people should know before"),
        rows=4,
        help_text=gettext_lazy("Facts from the study; no opinion of the desk."),
    )
    closes_at = forms.DateTimeField(
        label=gettext_lazy("Open until"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    audience = forms.ChoiceField(
        label=gettext_lazy("Who may vote"), choices=Consultation.Audience.choices, widget=forms.RadioSelect
    )
    addressed = forms.IntegerField(
        label=gettext_lazy("For how many people it is meant"),
        help_text=gettext_lazy("The adults of the village, the shops of the market. The result then says what share."),
        required=False,
        min_value=1,
        max_value=100_000_000,
    )
    may_people_state = forms.BooleanField(label=gettext_lazy("People may add statements of their own"), required=False)
    asks_party = forms.BooleanField(
        label=gettext_lazy("Ask to which party of the matter one belongs"),
        help_text=gettext_lazy("One need not answer; parties with fewer than five people are not counted apart."),
        required=False,
    )


class TextForm(ActForm):
    text = WordsField(
        TEXT,
        gettext_lazy("A short sentence on which everybody can say where they stand"),
        rows=2,
        help_text=gettext_lazy("One thought only, at most 140 characters. It is labelled as written by staff."),
    )


class CloseForm(ActForm):
    reason = WordsField(
        REASON,
        gettext_lazy("Why before its day?"),
        rows=2,
        help_text=gettext_lazy("Everybody reads it with the result."),
    )


class SlipsForm(ActForm):
    count = forms.IntegerField(label=gettext_lazy("How many slips"), min_value=1, max_value=5000)


@page("matter.see", load=load_matter, methods=("GET",))
def matter_consultations(request: Request, matter: Matter) -> HttpResponse:
    consultations = list(Consultation.objects.filter(matter=matter).order_by("-ordinal"))
    context = {
        "matter": matter,
        "consultations": consultations,
        "may_plan": may("consultation.run", request.viewer, matter) and matter.state == Matter.State.OPEN,
    }
    return render(request, "deliberation/consultation/consultations.html", context)


@page("consultation.run", load=load_matter)
def consultation_new(request: Request, matter: Matter) -> HttpResponse:
    form = PlanForm(request.POST or None, initial={"audience": Consultation.Audience.ANYONE, "may_people_state": True})
    return one_act(
        request,
        form,
        consultation_plan,
        heading=_("Prepare an online consultation"),
        lead=f"{matter.number} {matter.title}",
        back=reverse("matter_consultations", args=[matter.pk]),
        given={"matter": matter},
        done=_("Prepared. Write the first statements; then a second person checks and opens it."),
        submit=_("Prepare it"),
        next_url=lambda receipt: reverse("consultation", args=[receipt.result["consultation"]]),
    )


def next_acts(request: Request, consultation: Consultation, admitted: int) -> list[tuple[Any, str]]:
    """What the viewer may do next, the first as the primary act."""

    def to(name: str) -> str:
        return reverse(name, args=[consultation.pk])

    runs = may("consultation.run", request.viewer, consultation)
    if consultation.stage == Stage.DRAFT and runs:
        ready = admitted >= LEAST_STATEMENTS
        acts = [(_("Write a statement"), to("consultation_statement_new"))]
        opens = (
            [(_("Check and open"), to("consultation_opening"))]
            if may("consultation.open", request.viewer, consultation)
            else []
        )
        return [*(opens + acts if ready else acts + opens), (_("Change"), to("consultation_changing"))]
    if consultation.stage == Stage.OPEN and runs:
        return [
            (_("Write a statement"), to("consultation_statement_new")),
            (_("Change"), to("consultation_changing")),
            (_("Close the consultation"), to("consultation_closing")),
        ]
    return []


@page("consultation.see", load=load_consultation, methods=("GET",))
def consultation(request: Request, consultation: Consultation) -> HttpResponse:
    """Its file: how many took part, what waits for moderation, the statements, link, slips. No tally before the end."""
    matter = consultation.matter
    statements = list(consultation.statements.select_related("decided_by", "appeal_decided_by"))
    veil = Veil(matter)
    waiting = [
        {"statement": statement, "doubts": statement_doubts(statement, veil)}
        for statement in statements
        if statement.state == State.WAITING
    ]
    appeals = [statement for statement in statements if statement.appealed_at and not statement.appeal_decided_at]
    admitted = sum(1 for statement in statements if statement.state == State.ADMITTED)
    live = Sitting.objects.filter(matter=matter, state__in=[Sitting.State.PLANNED, Sitting.State.NOTICED]).first()
    counts = consultation.voices.aggregate(voices=Count("pk"))
    votes = ConsultationVote.objects.filter(voice__consultation=consultation, statement__state=State.ADMITTED).count()
    context = {
        "consultation": consultation,
        "matter": matter,
        "statements": statements,
        "waiting": waiting,
        "appeals": appeals,
        "admitted": admitted,
        "least": LEAST_STATEMENTS,
        "voices": counts["voices"],
        "votes": votes,
        "slips": consultation.slips.filter(is_void=False).count(),
        "is_open": is_open(consultation),
        "runs": may("consultation.run", request.viewer, consultation),
        "moderates": may("consultation.moderate", request.viewer, consultation),
        "acts": next_acts(request, consultation, admitted),
        "address": consult_address(consultation) if consultation.stage != Stage.DRAFT else "",
        "image": qr_image(consult_address(consultation)) if consultation.stage == Stage.OPEN else "",
        "sitting": live,
        "may_plan_sitting": may("sitting.run", request.viewer, matter) and matter.state == Matter.State.OPEN,
    }
    return render(request, "deliberation/consultation/consultation.html", context)


def consultation_act(
    request: Request, consultation: Consultation, form: ActForm, service: Any, /, **options: Any
) -> HttpResponse:
    """The page of one act on a consultation; it leads back to its file. `options` go on to `one_act`."""
    options.setdefault("lead", f"{consultation.matter.number} {consultation.matter.title} · {consultation.question}")
    return one_act(
        request,
        form,
        service,
        back=reverse("consultation", args=[consultation.pk]),
        given=options.pop("given", {"consultation": consultation}),
        **options,
    )


@page("consultation.run", load=load_consultation)
def consultation_changing(request: Request, consultation: Consultation) -> HttpResponse:
    names = ("question", "intro", "audience", "addressed", "may_people_state", "asks_party")
    initial = {name: getattr(consultation, name) for name in names} | {
        "closes_at": timezone.localtime(consultation.closes_at)
    }
    form = PlanForm(request.POST or None, initial=initial, edits=consultation)
    if consultation.stage == Stage.OPEN:
        for name in ("question", "audience", "may_people_state", "asks_party"):
            form.fields[name].disabled = True  # those who voted were asked this
    return consultation_act(
        request,
        consultation,
        form,
        consultation_change,
        heading=_("Change the consultation"),
        done=_("Changed."),
        submit=_("Save"),
    )


@page("consultation.run", load=load_consultation)
def consultation_statement_new(request: Request, consultation: Consultation) -> HttpResponse:
    """One after the other: after each the empty form comes again."""
    have = consultation.statements.filter(state=State.ADMITTED).count()
    return consultation_act(
        request,
        consultation,
        TextForm(request.POST or None),
        consultation_statement_add,
        heading=_("Write a statement"),
        lead=_("%(question)s · %(have)d statements so far. Write for and against, in the words of the people.")
        % {"question": consultation.question, "have": have},
        done=_("Added. Write the next one, or go back to the consultation."),
        submit=_("Add it"),
        next_url=lambda _receipt: reverse("consultation_statement_new", args=[consultation.pk]),
    )


@page("consultation.open", load=load_consultation)
def consultation_opening(request: Request, consultation: Consultation) -> HttpResponse:
    """The release check: all that people will see, and the button."""
    statements = list(consultation.statements.filter(state=State.ADMITTED))
    doubts = Veil(consultation.matter).warnings(
        {_("question"): consultation.question, _("introduction"): consultation.intro}
        | {str(statement.number): statement.text for statement in statements}
    )
    return consultation_act(
        request,
        consultation,
        ActForm(request.POST or None),
        consultation_open,
        heading=_("Check and open"),
        done=_("It is open. Print the poster, send the link, give out the slips."),
        submit=_("It is fit for everybody: open it"),
        template="deliberation/consultation/opening.html",
        consultation=consultation,
        statements=statements,
        doubts=doubts,
    )


@page("consultation.run", load=load_consultation)
def consultation_closing(request: Request, consultation: Consultation) -> HttpResponse:
    return consultation_act(
        request,
        consultation,
        CloseForm(request.POST or None),
        consultation_close,
        heading=_("Close the consultation"),
        lead=_("%(question)s · it ends by itself on its day. Once closed, it stays closed.")
        % {"question": consultation.question},
        done=_("Closed. The result is counted now; it stands here in a moment."),
        submit=_("Close it now"),
    )


@page("consultation.run", load=load_consultation)
def consultation_link(request: Request, consultation: Consultation) -> HttpResponse:
    return consultation_act(
        request,
        consultation,
        ActForm(request.POST or None),
        link_reissue,
        heading=_("A new link"),
        lead=_("The old link and every poster with it stop working at once. What was voted stays."),
        done=_("There is a new link. Print the poster anew."),
        submit=_("Make a new link"),
    )


@page("consultation.run", load=load_consultation)
def consultation_slips(request: Request, consultation: Consultation) -> HttpResponse:
    return consultation_act(
        request,
        consultation,
        SlipsForm(request.POST or None),
        slips_make,
        heading=_("Make slips"),
        lead=_("Each slip is one voice. Give them out from hand to hand; nobody writes down who got which."),
        done=_("Made. Print them, cut them, give them out."),
        submit=_("Make them"),
        next_url=lambda receipt: (
            reverse("consultation_slip_sheets", args=[consultation.pk])
            + f"?page={-(-receipt.result['first'] // SLIPS_A_PAGE)}"
        ),
    )


@page("consultation.run", load=load_consultation, methods=("GET",), unaudited="slips to be printed, each a voice")
def consultation_slip_sheets(request: Request, consultation: Consultation) -> HttpResponse:
    """Slips to print and cut."""
    page_obj = Paginator(consultation.slips.filter(is_void=False), SLIPS_A_PAGE).get_page(request.GET.get("page"))
    slips = []
    for slip in page_obj:
        code = slip_code(slip)
        link = address_of("consult_slip", args=[consultation.code, code])
        slips.append({"number": slip.number, "code": spaced(code), "image": qr_image(link)})
    response = render(
        request,
        "deliberation/consultation/slips.html",
        {"consultation": consultation, "slips": slips, "page_obj": page_obj, "address": consult_address(consultation)},
    )
    response["Cache-Control"] = "no-store"
    return response


@page(
    "consultation.run",
    load=load_consultation,
    methods=("GET",),
    unaudited="a poster to be printed, with the key of the consultation",
)
def consultation_poster(request: Request, consultation: Consultation) -> HttpResponse:
    site = Installation.objects.filter(pk=1).first() or Installation()
    return pdf_response("poster.typ", poster_of(consultation, site), _("poster") + f"-{consultation.matter.number}")


def _brief(*, actor: Viewer, consultation: Consultation, act_id: UUID | None = None) -> Receipt:
    sitting = Sitting.objects.filter(
        matter=consultation.matter, state__in=[Sitting.State.PLANNED, Sitting.State.NOTICED]
    ).get()
    return consultation_brief(actor=actor, consultation=consultation, sitting=sitting, act_id=act_id)


def load_briefed(request: Request, pk: UUID) -> Consultation:
    """A consultation of whose matter a sitting is planned."""
    consultation = load_consultation(request, pk)
    if not Sitting.objects.filter(
        matter=consultation.matter, state__in=[Sitting.State.PLANNED, Sitting.State.NOTICED]
    ).exists():
        raise Sitting.DoesNotExist
    return consultation


@page("consultation.run", load=load_briefed, methods=("POST",))
def consultation_briefing(request: Request, consultation: Consultation) -> HttpResponse:
    """One click: the result lies before the next sitting."""
    return consultation_act(
        request,
        consultation,
        ActForm(request.POST),
        _brief,
        heading=_("Before the sitting"),
        done=_("The result lies before the sitting: in its agenda, and as statements for the room."),
        submit=_("Lay it before the sitting"),
        next_url=lambda receipt: reverse("sitting", args=[receipt.result["sitting"]]),
    )


urlpatterns = [
    path("desk/matters/<uuid:pk>/consultations/", matter_consultations, name="matter_consultations"),
    path("desk/matters/<uuid:pk>/consultations/new/", consultation_new, name="consultation_new"),
    path("desk/consultations/<uuid:pk>/", consultation, name="consultation"),
    path("desk/consultations/<uuid:pk>/change/", consultation_changing, name="consultation_changing"),
    path("desk/consultations/<uuid:pk>/statements/new/", consultation_statement_new, name="consultation_statement_new"),
    path("desk/consultations/<uuid:pk>/open/", consultation_opening, name="consultation_opening"),
    path("desk/consultations/<uuid:pk>/close/", consultation_closing, name="consultation_closing"),
    path("desk/consultations/<uuid:pk>/link/", consultation_link, name="consultation_link"),
    path("desk/consultations/<uuid:pk>/slips/", consultation_slips, name="consultation_slips"),
    path("desk/consultations/<uuid:pk>/slips/print/", consultation_slip_sheets, name="consultation_slip_sheets"),
    path("desk/consultations/<uuid:pk>/poster.pdf", consultation_poster, name="consultation_poster"),
    path("desk/consultations/<uuid:pk>/brief/", consultation_briefing, name="consultation_briefing"),
]
