"""Steering: meetings with the reports they heard and the instructions they gave; all instructions with their clocks."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.campaign.models import Campaign, Cooperation, SteeringMeeting
from yishi.assistance.campaign.services.steering import (
    instruction_give,
    meeting_change,
    meeting_open,
    minutes_write,
    report_hear,
)
from yishi.commitments.clocks import colour
from yishi.commitments.models import Commitment
from yishi.organisations.grants import OVERSEEING
from yishi.organisations.models import Body
from yishi.organisations.rights import may
from yishi.web.commitments.clock_words import SHADES
from yishi.web.kit.body_field import BodyField
from yishi.web.kit.exports import export
from yishi.web.kit.fields import area, day_field
from yishi.web.kit.forms import ActForm, Form
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.press import paper_response
from yishi.web.kit.request import Request

from .campaigns import load_campaign
from .steering_papers import steering_paper

PER_PAGE = 25
Origin = Commitment.Origin


def load_meeting(request: Request, pk: UUID) -> SteeringMeeting:
    rows = SteeringMeeting.objects.select_related("campaign__place", "campaign__owner", "body", "place", "drive")
    return rows.get(pk=pk)


def meetings_for(viewer: Any, campaign: Campaign) -> QuerySet[SteeringMeeting]:
    """The meetings of a campaign that are held where the viewer sits, above or within."""
    return SteeringMeeting.objects.filter(viewer.ground_q("place__"), campaign=campaign)


def promises_of(kind: str, keys: Any) -> QuerySet[Commitment]:
    """The promises of some cases that the viewer may see."""
    return Commitment.objects.filter(origin_kind=kind, origin_id__in=keys).exclude(state=Commitment.State.DROPPED)


def with_counts(found: list[Any], kind: str) -> list[dict[str, Any]]:
    """Each case with how many of its promises there are, are open, are overdue."""
    today = timezone.localdate()
    open_ones = Q(state__in=Commitment.OPEN)
    late = Q(state=Commitment.State.IN_FORCE, due_on__lt=today, backfilled=False)
    rows = promises_of(kind, [one.pk for one in found]).order_by().values("origin_id")
    counts = {
        row["origin_id"]: row
        for row in rows.annotate(n=Count("pk"), open=Count("pk", filter=open_ones), late=Count("pk", filter=late))
    }
    return [{"one": one, **counts.get(one.pk, {"n": 0, "open": 0, "late": 0})} for one in found]


@page("campaign.see", load=load_campaign, methods=("GET",))
def steering(request: Request, campaign: Campaign) -> HttpResponse:
    """The meetings and the cooperation agreements of a campaign, with what is open and overdue of each."""
    meetings = meetings_for(request.viewer, campaign).select_related("body", "drive")
    found = Paginator(meetings, PER_PAGE).get_page(request.GET.get("page"))
    cooperations = list(_cooperations(request, campaign)[:PER_PAGE])
    words = {
        "campaign": campaign,
        "page_obj": found,
        "meetings": with_counts(list(found), Origin.STEERING),
        "cooperations": with_counts(cooperations, Origin.COOPERATION),
        "holds": may("steering.hold", request.viewer, campaign),
        "today": timezone.localdate(),
    }
    return render(request, "assistance/campaign/steering.html", words)


def _cooperations(request: Request, campaign: Campaign) -> QuerySet[Cooperation]:
    theirs = Q(parties__in=request.viewer.reach.bodies) | request.viewer.ground_q("place__")
    rows = Cooperation.objects.filter(theirs, campaign=campaign).select_related("place", "supervisor")
    return rows.prefetch_related("parties").distinct().order_by("-signed_on", "-pk")


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

    def narrow(self, rows: QuerySet[Commitment]) -> QuerySet[Commitment]:
        given = self.cleaned_data if self.is_valid() else {}
        if given.get("state") == "open":
            rows = rows.filter(state__in=Commitment.OPEN)
        elif given.get("state") == "late":
            today = timezone.localdate()
            rows = rows.filter(state=Commitment.State.IN_FORCE, due_on__lt=today, backfilled=False)
        elif given.get("state") == "done":
            rows = rows.filter(state=Commitment.State.STRUCK_OFF)
        if given.get("bearer"):
            rows = rows.filter(bearer__name__icontains=given["bearer"].strip())
        return rows


@page("campaign.see", load=load_campaign, methods=("GET",))
def instructions(request: Request, campaign: Campaign) -> HttpResponse:
    """Everything that meetings and agreements of a campaign laid down, the most urgent first."""
    form = InstructionFilter(request)
    meetings = meetings_for(request.viewer, campaign).order_by().values("pk")
    agreements = _cooperations(request, campaign).order_by().values("pk")
    rows = Commitment.objects.filter(
        Q(origin_kind=Origin.STEERING, origin_id__in=meetings)
        | Q(origin_kind=Origin.COOPERATION, origin_id__in=agreements)
    ).exclude(state=Commitment.State.DROPPED)
    rows = form.narrow(rows).select_related("bearer", "supervisor", "place")
    rows = rows.order_by(F("settled_on").asc(nulls_first=True), "due_on", "pk")
    if request.GET.get("export"):
        today = timezone.localdate()
        columns = [
            (_("number"), lambda one: one.number),
            (_("what is to be done"), lambda one: one.act),
            (_("from"), lambda one: str(Origin(one.origin_kind).label)),
            (_("bearer"), lambda one: one.bearer.name),
            (_("supervising body"), lambda one: one.supervisor.name),
            (_("place"), lambda one: one.place.full_name),
            (_("promised"), lambda one: one.agreed_on),
            (_("due"), lambda one: one.due_on),
            (_("state"), lambda one: one.get_state_display()),
            (_("clock"), lambda one: str(SHADES[colour(one, today)])),
            (_("settled"), lambda one: one.settled_on),
        ]
        return export(request, f"{campaign.name}-{_('instructions')}", columns, rows)
    words = {
        "campaign": campaign,
        "form": form,
        "page_obj": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "is_filtered": bool(request.GET),
    }
    return render(request, "assistance/campaign/instructions.html", words)


@page("steering.see", load=load_meeting, methods=("GET",))
def meeting(request: Request, one: SteeringMeeting) -> HttpResponse:
    """One meeting: what was reported, what it lays on whom until when and where that stands, its minutes."""
    campaign = one.campaign
    rows = promises_of(Origin.STEERING, [one.pk]).select_related("bearer", "supervisor").order_by("ordinal")
    words = {
        "meeting": one,
        "campaign": campaign,
        "phase": campaign.phases.filter(starts_on__lte=one.on, ends_on__gte=one.on).first(),
        "reports": one.reports.select_related("body"),
        "promises": rows,
        "keeps": may("steering.keep", request.viewer, one),
        "is_held": one.on <= timezone.localdate(),
    }
    return render(request, "assistance/campaign/meeting.html", words)


class MeetingForm(ActForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("kind"), choices=SteeringMeeting.Kind.choices, widget=forms.RadioSelect, initial="push"
    )
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
        leads = set(campaign.leads.values_list("body", flat=True)) | {campaign.owner_id}
        desks = [
            post.body_id
            for post in viewer.posts
            if viewer.holds(post.body_id) and (post.body.kind in OVERSEEING or post.body_id in leads)
        ]
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
        template="kit/register_act.html",
    )


def _act_on(request: Request, one: SteeringMeeting, form: ActForm, service: Any, **words: Any) -> HttpResponse:
    words.setdefault("lead", one.title)
    back = reverse("meeting", args=[one.pk])
    return one_act(request, form, service, back=back, given={"meeting": one}, template="kit/register_act.html", **words)


@page("steering.keep", load=load_meeting)
def meeting_edit(request: Request, one: SteeringMeeting) -> HttpResponse:
    fields = ("kind", "title", "on", "where", "chaired_by", "drive")
    initial = {name: getattr(one, name) for name in fields}
    form = MeetingForm(request.POST or None, request=request, campaign=one.campaign, initial=initial)
    del form.fields["body"]
    return _act_on(
        request,
        one,
        form,
        meeting_change,
        heading=_("Change %(name)s") % {"name": one.title},
        done=_("The change is stored."),
        submit=_("Save"),
    )


class ReportForm(ActForm):
    body = BodyField(label=gettext_lazy("who reported"))
    speaker = forms.CharField(label=gettext_lazy("speaker's office"), max_length=64, required=False)
    text = area(gettext_lazy("What was reported"), rows=7)


@page("steering.keep", load=load_meeting)
def report_new(request: Request, one: SteeringMeeting) -> HttpResponse:
    form = ReportForm(request.POST or None)
    form.fields["body"].limit(one.place)
    return _act_on(
        request,
        one,
        form,
        report_hear,
        heading=_("Write down a report"),
        done=_("The report is written down."),
        submit=_("Save"),
    )


class InstructionForm(ActForm):
    act_text = forms.CharField(label=gettext_lazy("what is to be done"), max_length=300)
    bearer = BodyField(label=gettext_lazy("bearer"))
    due_on = day_field(gettext_lazy("due"))
    proof_expected = forms.CharField(
        label=gettext_lazy("how it is proved"), max_length=300, initial=gettext_lazy("a written report")
    )
    quantity = forms.DecimalField(
        label=gettext_lazy("quantity"), required=False, max_digits=14, decimal_places=3, min_value=0
    )
    unit = forms.CharField(label=gettext_lazy("unit"), max_length=16, required=False)


@page("steering.keep", load=load_meeting)
def instruction_new(request: Request, one: SteeringMeeting) -> HttpResponse:
    form = InstructionForm(request.POST or None)
    form.fields["bearer"].limit(one.place)
    return _act_on(
        request,
        one,
        form,
        instruction_give,
        heading=_("Write down an instruction"),
        lead=_("It stands in the ledger at once: the clock runs, and the campaign's office supervises it."),
        done=_("The instruction is in the ledger; its bearer has been told."),
        submit=_("Put it into the ledger"),
    )


class MinutesForm(ActForm):
    text = area(
        gettext_lazy("minutes"),
        rows=12,
        help_text=gettext_lazy("Reports and instructions are added to the paper by themselves."),
    )


@page("steering.keep", load=load_meeting)
def minutes_edit(request: Request, one: SteeringMeeting) -> HttpResponse:
    return _act_on(
        request,
        one,
        MinutesForm(request.POST or None, initial={"text": one.minutes}),
        minutes_write,
        heading=_("Write the minutes"),
        done=_("The minutes are written; print them as PDF or take the Word file."),
        submit=_("Save"),
    )


def _paper(ending: str) -> Any:
    @page("steering.see", load=load_meeting, methods=("GET",))
    def paper(request: Request, one: SteeringMeeting) -> HttpResponse:
        return paper_response(steering_paper(one), f"{_('minutes')}-{one.number}", ending)

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
