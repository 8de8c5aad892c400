"""Steering: meetings with the reports they heard and the instructions they gave; all instructions with their clocks."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.db.models import F, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.campaign.models import Campaign, Cooperation, SteeringMeeting
from yishi.assistance.campaign.reads import meetings_for, promises_of, with_counts
from yishi.assistance.campaign.services.steering import (
    MINUTES,
    REPORT,
    instruction_give,
    meeting_change,
    meeting_open,
    minutes_write,
    report_hear,
)
from yishi.commitments.models import Commitment
from yishi.commitments.services.making import ACT, PROOF_EXPECTED
from yishi.kit.records import certain
from yishi.organisations.models import Body
from yishi.organisations.rights import may
from yishi.web.kit.fields.body_field import BodyField
from yishi.web.kit.fields.simple import AmountField, day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm, Form, ReplacingForm
from yishi.web.kit.lists import Column, DeclaredList, file_response
from yishi.web.kit.one_act import CENTRED, one_act
from yishi.web.kit.page import page
from yishi.web.kit.press import paper_response
from yishi.web.kit.request import Request
from yishi.web.kit.standing import standing_text

from .campaigns import load_campaign
from .steering_papers import steering_paper

PER_PAGE = 25
Origin = Commitment.Origin


def load_meeting(request: Request, pk: UUID) -> SteeringMeeting:
    meetings = SteeringMeeting.objects.select_related("campaign__place", "campaign__owner", "body", "place", "drive")
    return meetings.get(pk=pk)


# Rows of both: {case, n: how many instructions or clauses, open: open ones, late: overdue ones}.
STEERING_MEETINGS = DeclaredList(
    "steering_meetings",
    gettext_lazy("Meetings"),
    [
        Column(gettext_lazy("meeting"), "case.title", cell="meeting"),
        Column(gettext_lazy("kind"), "case.get_kind_display", page=False),
        Column(gettext_lazy("drive"), "case.drive.name", page=False),
        Column(gettext_lazy("day"), "case.on", cell="day"),
        Column(gettext_lazy("convened by"), "case.body.name"),
        Column(gettext_lazy("instructions"), "n", cell="instructions"),
        Column(gettext_lazy("open ones"), "open", page=False),
        Column(gettext_lazy("overdue"), "late", page=False),
    ],
    prepare=lambda meetings: with_counts(meetings, Origin.STEERING),
)
COOPERATIONS = DeclaredList(
    "cooperations",
    gettext_lazy("cooperation agreements"),
    [
        Column(gettext_lazy("number"), "case.number", page=False),
        Column(gettext_lazy("agreement"), "case.title", cell="agreement"),
        Column(gettext_lazy("signed on"), "case.signed_on", page=False),
        Column(gettext_lazy("agreed between"), lambda row: "、".join(body.name for body in row["case"].parties.all())),
        Column(gettext_lazy("place"), "case.place.full_name"),
        Column(gettext_lazy("clauses"), "n", cell="clauses"),
        Column(gettext_lazy("open ones"), "open", page=False),
        Column(gettext_lazy("overdue"), "late", page=False),
    ],
    prepare=lambda agreements: with_counts(agreements, Origin.COOPERATION),
)


@page("campaign.see", load=load_campaign, methods=("GET",))
def steering(request: Request, campaign: Campaign) -> HttpResponse:
    """The meetings and the cooperation agreements of a campaign, with what is open and overdue of each."""
    meetings = meetings_for(request.viewer, campaign).select_related("body", "drive")
    page_obj = Paginator(meetings, PER_PAGE).get_page(request.GET.get("page"))
    agreements = _cooperations(request, campaign)
    context = {
        "campaign": campaign,
        "page_obj": page_obj,
        "meetings": certain(STEERING_MEETINGS.prepare)(list(page_obj)),
        "cooperations": certain(COOPERATIONS.prepare)(list(agreements)),
        "holds": may("steering.hold", request.viewer, campaign),
        "today": timezone.localdate(),
    }
    return file_response(
        request, "assistance/campaign/steering.html", context, {STEERING_MEETINGS: meetings, COOPERATIONS: agreements}
    )


def _cooperations(request: Request, campaign: Campaign) -> QuerySet[Cooperation]:
    theirs = Q(parties__in=request.viewer.reach.bodies) | request.viewer.ground_q("place__")
    cooperations = Cooperation.objects.filter(theirs, campaign=campaign).select_related("place", "supervisor")
    return cooperations.prefetch_related("parties").distinct().order_by("-signed_on", "-pk")


class InstructionFilter(Form):
    state = forms.ChoiceField(label=gettext_lazy("state"), required=False)
    bearer = forms.CharField(label=gettext_lazy("bearer"), required=False, max_length=64)

    def __init__(self, request: Request):
        super().__init__(request.GET or None)
        self.fields["state"].choices = [
            ("", _("all")),
            ("open", _("all open ones")),
            ("late", _("overdue")),
            ("done", _("struck off")),
        ]

    def narrow(self, instructions: QuerySet[Commitment]) -> QuerySet[Commitment]:
        filters = self.cleaned_data if self.is_valid() else {}
        if filters.get("state") == "open":
            instructions = instructions.filter(state__in=Commitment.OPEN)
        elif filters.get("state") == "late":
            today = timezone.localdate()
            instructions = instructions.filter(state=Commitment.State.IN_FORCE, due_on__lt=today, backfilled=False)
        elif filters.get("state") == "done":
            instructions = instructions.filter(state=Commitment.State.STRUCK_OFF)
        if filters.get("bearer"):
            instructions = instructions.filter(bearer__name__finds=filters["bearer"].strip())
        return instructions


INSTRUCTIONS = DeclaredList(
    "instructions",
    gettext_lazy("instructions"),
    [
        Column(gettext_lazy("number"), "number", page=False),
        Column(gettext_lazy("what is to be done"), "act", cell="act"),
        Column(gettext_lazy("from"), lambda promise: str(Origin(promise.origin_kind).label), page=False),
        Column(gettext_lazy("bearer"), "owes"),
        Column(gettext_lazy("supervising body"), "supervisor.name"),
        Column(gettext_lazy("place"), "place.full_name", page=False),
        Column(gettext_lazy("promised"), "agreed_on", page=False),
        Column(gettext_lazy("due"), "due_on"),
        Column(gettext_lazy("state"), "get_state_display", page=False),
        Column(gettext_lazy("clock"), standing_text, cell="clock"),
        Column(gettext_lazy("settled"), "settled_on", page=False),
    ],
)


@page("campaign.see", load=load_campaign, methods=("GET",))
def instructions(request: Request, campaign: Campaign) -> HttpResponse:
    """All instructions and clauses of a campaign's meetings and agreements, the most urgent first."""
    form = InstructionFilter(request)
    meetings = meetings_for(request.viewer, campaign).order_by().values("pk")
    agreements = _cooperations(request, campaign).order_by().values("pk")
    instructions = Commitment.objects.filter(
        Q(origin_kind=Origin.STEERING, origin_id__in=meetings)
        | Q(origin_kind=Origin.COOPERATION, origin_id__in=agreements)
    ).exclude(state=Commitment.State.DROPPED)
    instructions = form.narrow(instructions).select_related("bearer", "supervisor", "place")
    instructions = instructions.order_by(F("settled_on").asc(nulls_first=True), "due_on", "pk")
    filename = f"{campaign.name}-{_('instructions')}"
    template = "assistance/campaign/instructions.html"
    return INSTRUCTIONS.respond(request, template, instructions, filename=filename, form=form, campaign=campaign)


@page("steering.see", load=load_meeting, methods=("GET",))
def meeting(request: Request, meeting: SteeringMeeting) -> HttpResponse:
    """One meeting: the reports it heard, its instructions with bearer, date and state, its minutes."""
    campaign = meeting.campaign
    promises = promises_of(Origin.STEERING, [meeting.pk]).select_related("bearer", "supervisor").order_by("ordinal")
    context = {
        "meeting": meeting,
        "campaign": campaign,
        "phase": campaign.phases.filter(starts_on__lte=meeting.on, ends_on__gte=meeting.on).first(),
        "reports": meeting.reports.select_related("body"),
        "promises": promises,
        "keeps": may("steering.keep", request.viewer, meeting),
        "is_held": meeting.on <= timezone.localdate(),
    }
    return render(request, "assistance/campaign/meeting.html", context)


class MeetingForm(ActForm):
    kind = forms.ChoiceField(label=gettext_lazy("kind"), choices=SteeringMeeting.Kind.choices, widget=forms.RadioSelect)
    title = forms.CharField(label=gettext_lazy("title"), max_length=120)
    body = forms.ModelChoiceField(Body.objects.none(), label=gettext_lazy("convened by"))
    on = day_field(gettext_lazy("day of the meeting"))
    where = forms.CharField(label=gettext_lazy("Where"), max_length=120, required=False)
    chaired_by = forms.CharField(
        label=gettext_lazy("chaired by"),
        max_length=64,
        required=False,
        help_text=gettext_lazy("The office is enough, for example: chairperson of the prefecture's committee."),
    )
    drive: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        None, label=gettext_lazy("part of a drive"), required=False
    )

    def __init__(self, *args: Any, request: Request, campaign: Campaign, **kwargs: Any):
        super().__init__(*args, **kwargs)
        viewer = request.viewer
        desks = [post.body_id for post in viewer.posts if may("steering.hold", viewer, campaign, at=post.body)]
        self.fields["body"].queryset = Body.objects.filter(pk__in=desks)
        self.initial.setdefault("body", desks[0] if desks else None)
        self.fields["drive"].queryset = campaign.drives.all()
        self.fields["drive"].empty_label = _("none")


@page("steering.hold", load=load_campaign)
def meeting_new(request: Request, campaign: Campaign) -> HttpResponse:
    initial = {"on": timezone.localdate(), "drive": request.GET.get("drive")}
    return one_act(
        request,
        MeetingForm(request.POST or None, request=request, campaign=campaign, initial=initial),
        meeting_open,
        heading=_("Set down a meeting"),
        lead=_("A meeting to come, or one that was held. Reports and instructions are added on its page."),
        back=reverse("steering", args=[campaign.pk]),
        done=_("The meeting is set down."),
        submit=_("Set it down"),
        given={"campaign": campaign},
        next_url=lambda receipt: reverse("meeting", args=[receipt.result["meeting"]]),
        layout=CENTRED,
    )


def _act_on(request: Request, meeting: SteeringMeeting, form: ActForm, service: Any, **texts: Any) -> HttpResponse:
    texts.setdefault("lead", meeting.title)
    back = reverse("meeting", args=[meeting.pk])
    return one_act(request, form, service, back=back, given={"meeting": meeting}, layout=CENTRED, **texts)


@page("steering.keep", load=load_meeting)
def meeting_edit(request: Request, meeting: SteeringMeeting) -> HttpResponse:
    fields = ("kind", "title", "on", "where", "chaired_by", "drive")
    initial = {name: getattr(meeting, name) for name in fields}
    form = MeetingForm(request.POST or None, request=request, campaign=meeting.campaign, initial=initial, edits=meeting)
    del form.fields["body"]
    return _act_on(
        request,
        meeting,
        form,
        meeting_change,
        heading=_("Change %(name)s") % {"name": meeting.title},
        done=_("The change is stored."),
        submit=_("Save"),
    )


class ReportForm(ReplacingForm):
    replaced = ("speaker", "text")

    body = BodyField(label=gettext_lazy("who reported"))
    speaker = forms.CharField(label=gettext_lazy("speaker's office"), max_length=64, required=False)
    text = WordsField(REPORT, gettext_lazy("What was reported"), rows=7)


@page("steering.keep", load=load_meeting)
def report_new(request: Request, meeting: SteeringMeeting) -> HttpResponse:
    def standing(cleaned: dict[str, Any]) -> dict[str, Any] | None:
        report = meeting.reports.filter(body=cleaned["body"]).first()
        return {"speaker": report.speaker, "text": report.text} if report else None

    form = ReportForm(request.POST or None, edits=meeting, standing=standing)
    form.fields["body"].limit(meeting.place)
    return _act_on(
        request,
        meeting,
        form,
        report_hear,
        heading=_("Write down a report"),
        done=_("The report is written down."),
        submit=_("Save"),
    )


class InstructionForm(ActForm):
    act_text = WordsField(ACT, gettext_lazy("what is to be done"))
    bearer = BodyField(label=gettext_lazy("bearer"))
    due_on = day_field(gettext_lazy("due"))
    proof_expected = WordsField(
        PROOF_EXPECTED, gettext_lazy("how it is proved"), initial=gettext_lazy("a written report")
    )
    quantity = AmountField(label=gettext_lazy("quantity"), required=False, max_digits=14, decimal_places=3, min_value=0)
    unit = forms.CharField(label=gettext_lazy("unit"), max_length=16, required=False)


@page("steering.keep", load=load_meeting)
def instruction_new(request: Request, meeting: SteeringMeeting) -> HttpResponse:
    form = InstructionForm(request.POST or None)
    form.fields["bearer"].limit(meeting.place)
    return _act_on(
        request,
        meeting,
        form,
        instruction_give,
        heading=_("Write down an instruction"),
        lead=_("It stands in the ledger at once: the clock runs, and the campaign's office supervises it."),
        done=_("The instruction is in the ledger; its bearer has been told."),
        submit=_("Put it into the ledger"),
    )


class MinutesForm(ActForm):
    text = WordsField(
        MINUTES,
        gettext_lazy("minutes"),
        rows=12,
        help_text=gettext_lazy("Reports and instructions are added to the paper by themselves."),
    )


@page("steering.keep", load=load_meeting)
def minutes_edit(request: Request, meeting: SteeringMeeting) -> HttpResponse:
    return _act_on(
        request,
        meeting,
        MinutesForm(request.POST or None, initial={"text": meeting.minutes}, edits=meeting),
        minutes_write,
        heading=_("Write the minutes"),
        done=_("The minutes are written; print them as PDF or take the Word file."),
        submit=_("Save"),
    )


def _paper(ending: str) -> Any:
    @page("steering.see", load=load_meeting, methods=("GET",))
    def paper(request: Request, meeting: SteeringMeeting) -> HttpResponse:
        return paper_response(steering_paper(meeting), f"{_('minutes')}-{meeting.number}", ending)

    return paper


urlpatterns = [
    path("desk/campaigns/<uuid:pk>/steering/", steering, name="steering"),
    path("desk/campaigns/<uuid:pk>/instructions/", instructions, name="instructions"),
    path("desk/campaigns/<uuid:pk>/meetings/new/", meeting_new, name="meeting_new"),
    path("desk/meetings/<uuid:pk>/", meeting, name="meeting"),
    path("desk/meetings/<uuid:pk>/change/", meeting_edit, name="meeting_edit"),
    path("desk/meetings/<uuid:pk>/reports/new/", report_new, name="meeting_report"),
    path("desk/meetings/<uuid:pk>/instructions/new/", instruction_new, name="meeting_instruct"),
    path("desk/meetings/<uuid:pk>/minutes/", minutes_edit, name="meeting_minutes"),
    path("desk/meetings/<uuid:pk>/minutes.pdf", _paper("pdf"), name="meeting_pdf"),
    path("desk/meetings/<uuid:pk>/minutes.docx", _paper("docx"), name="meeting_docx"),
]
