"""Sittings of a matter: planned, noticed, papers sent; their papers; what is due. The room: room.py."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.deliberation.models import DateRound, Matter, Minutes, Seat, Sitting
from yishi.deliberation.process.schema import read_document
from yishi.deliberation.services.fairness import fairness_of
from yishi.deliberation.services.inviting import balance_of
from yishi.deliberation.services.minutes import (
    TEXT,
    UNHEARD,
    minutes_correct,
    minutes_due,
    minutes_issue,
    minutes_write,
    waits_for,
)
from yishi.deliberation.services.minutes import WHY as WHY_CORRECTED
from yishi.deliberation.services.room import quorum_of
from yishi.deliberation.services.room_ways_back import sitting_to_step_back
from yishi.deliberation.services.sittings import (
    AGENDA,
    REASON,
    SHORT_NOTICE_REASON,
    papers_send,
    sitting_cancel,
    sitting_change,
    sitting_notice,
    sitting_plan,
)
from yishi.deliberation.shown import minutes_issue_digest
from yishi.kit.clock import add_workdays
from yishi.notices.days import day_said
from yishi.organisations.models import Venue, valid_on
from yishi.organisations.rights import may
from yishi.web.deliberation.process.loads import load_matter
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .ballots_kept import ballots_shown
from .loads import load_sitting
from .read_back import read_back, read_back_facts
from .sitting_story import attendance, grid, set_aside, sitting_story

RECORDED_LATE = gettext_lazy("The sitting has begun. What was done before it is recorded now; nobody is told again.")


def load_noted(request: Request, pk: UUID) -> Sitting:
    """A sitting whose minutes are written."""
    return Sitting.objects.select_related("matter__place", "matter__convener", "minutes").get(
        pk=pk, minutes__isnull=False
    )


class PlanForm(ActForm):
    starts_at = forms.DateTimeField(
        label=gettext_lazy("When"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        help_text=gettext_lazy("A time in the past records a sitting that was held; it starts no clock."),
    )
    venue: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        queryset=None, label=gettext_lazy("Venue"), required=False
    )
    where = forms.CharField(label=gettext_lazy("Or where else"), required=False, max_length=120)
    agenda = WordsField(AGENDA, gettext_lazy("Agenda"), rows=6)
    quorum = forms.IntegerField(
        label=gettext_lazy("Quorum"),
        required=False,
        min_value=1,
        max_value=500,
    )
    either = (("venue", "where"),)

    def __init__(self, *args: Any, matter: Matter, **kwargs: Any):
        super().__init__(*args, **kwargs)
        county = matter.place
        venues = Venue.objects.filter(valid_on(timezone.localdate()))
        around = venues.filter(place__lo__lte=county.lo, place__hi__gte=county.lo)
        inside = venues.filter(place__lo__gte=county.lo, place__lo__lte=county.hi)
        self.fields["venue"].queryset = (around | inside).distinct().order_by("name")
        self.fields["venue"].empty_label = _("none")
        model = read_document(matter.process.document)
        today = timezone.localdate()
        self.fields["quorum"].help_text = _(
            "Empty: %(count)d by the model and the seats as they are held today. Observers do not count."
        ) % {"count": quorum_of(matter)}
        self.earliest = add_workdays(today, model.clock("notice"))
        self.notice_days = model.clock("notice")


@page("matter.see", load=load_matter, methods=("GET",))
def matter_sittings(request: Request, matter: Matter) -> HttpResponse:
    own_sittings = Sitting.objects.filter(matter=matter).select_related("venue", "minutes").order_by("-ordinal")
    sittings = list(own_sittings)
    live = any(sitting.calls_roll for sitting in sittings)
    context = {
        "matter": matter,
        "sittings": sittings,
        "rounds": list(DateRound.objects.filter(matter=matter)),
        "may_plan": may("sitting.run", request.viewer, matter) and matter.state == Matter.State.OPEN and not live,
    }
    return render(request, "deliberation/sittings/sittings.html", context)


@page("sitting.run", load=load_matter)
def sitting_new(request: Request, matter: Matter) -> HttpResponse:
    initial = {
        "venue": matter.venue_id,
        "agenda": _("1. What happened. 2. Questions. 3. Answers. 4. Speeches and stances."),
    }
    form = PlanForm(request.POST or None, matter=matter, initial=initial)
    lead = _(
        "The model asks for %(days)d working days of notice: %(day)s at the earliest, if notice is given today."
    ) % {
        "days": form.notice_days,
        "day": day_said(form.earliest),
    }
    return one_act(
        request,
        form,
        sitting_plan,
        heading=_("Plan a sitting"),
        lead=lead,
        back=reverse("matter_sittings", args=[matter.pk]),
        given={"matter": matter},
        done=_("The sitting is planned. Give notice to everybody who holds a seat."),
        submit=_("Plan the sitting"),
        next_url=lambda receipt: reverse("sitting", args=[receipt.result["sitting"]]),
    )


def next_acts(request: Request, sitting: Sitting) -> list[tuple[Any, str]]:
    """What the viewer may do next, the first as the primary act."""
    if not may("sitting.run", request.viewer, sitting):
        return []

    def to(name: str) -> str:
        return reverse(name, args=[sitting.pk])

    if sitting.state in (Sitting.State.PLANNED, Sitting.State.NOTICED):
        is_told = sitting.notice_given_on or sitting.backfilled
        acts = [] if is_told else [(_("Give notice"), to("sitting_notice"))]
        acts += [(_("To the room: roll call"), to("sitting_room"))]
        acts += [] if sitting.papers_sent_on or sitting.backfilled else [(_("Papers sent"), to("papers_send"))]
        return [*acts, (_("Change"), to("sitting_change")), (_("Cancel"), to("sitting_cancel"))]
    late = [] if sitting.backfilled else late_acts(sitting)
    if sitting.state in (Sitting.State.OPEN, Sitting.State.RECESS):
        return [(_("Into the room"), to("sitting_room")), *late]
    if sitting.state == Sitting.State.CLOSED:
        minutes = getattr(sitting, "minutes", None)
        if minutes is None:
            return [(_("Write the minutes"), to("minutes_write")), *late]
        if minutes.issued_at is None:
            return [(_("Read the minutes back"), to("minutes_read")), *late]
        return [(_("To the agreement"), reverse("matter_agreement", args=[sitting.matter_id])), *late]
    return []


def late_acts(sitting: Sitting) -> list[tuple[Any, str]]:
    """What should have been done before the sitting began and can be recorded afterwards."""
    acts = []
    if sitting.notice_given_on is None:
        acts.append((_("Record the notice afterwards"), reverse("sitting_notice", args=[sitting.pk])))
    if sitting.papers_sent_on is None:
        acts.append((_("Record the papers afterwards"), reverse("papers_send", args=[sitting.pk])))
    return acts


@page("sitting.see", load=load_sitting, methods=("GET",))
def sitting(request: Request, sitting: Sitting) -> HttpResponse:
    runs = may("sitting.run", request.viewer, sitting)
    context = {
        "sitting": sitting,
        "matter": sitting.matter,
        "minutes": getattr(sitting, "minutes", None),
        "events": sitting_story(sitting),
        "attendances": attendance(sitting),
        "grid": grid(sitting),
        "set_aside": set_aside(sitting),
        "recounts": sitting.has_begun and may("sitting.recount", request.viewer, sitting),
        "acts": next_acts(request, sitting),
        "runs": runs,
        "steps_back": sitting_to_step_back(sitting) if runs else None,
        "fairness": fairness_of(sitting) if sitting.has_begun else None,
        "balance": balance_of(sitting.matter) if not sitting.has_begun and sitting.state in Sitting.AHEAD else None,
        "brief": getattr(sitting, "brief", None),
        "ballots": ballots_shown(sitting) if sitting.has_begun else [],
        "read_back": read_back(sitting),
        "items": list(sitting.items.exclude(notes="")) if sitting.has_begun else [],
    }
    return render(request, "deliberation/sittings/sitting.html", context)


def _act(request: Request, sitting: Sitting, form: ActForm, service: Any, **options: Any) -> HttpResponse:
    when = timezone.localtime(sitting.starts_at)
    options.setdefault(
        "lead", f"{sitting.matter.number} {sitting.matter.title} · {date_format(when, 'DATETIME_FORMAT')}"
    )
    return one_act(
        request,
        form,
        service,
        back=reverse("sitting", args=[sitting.pk]),
        given=options.pop("given", {"sitting": sitting}),
        **options,
    )


@page("sitting.run", load=load_sitting)
def sitting_changing(request: Request, sitting: Sitting) -> HttpResponse:
    initial = {
        "starts_at": timezone.localtime(sitting.starts_at),
        "venue": sitting.venue_id,
        "where": sitting.where,
        "agenda": sitting.agenda,
    }
    form = PlanForm(request.POST or None, matter=sitting.matter, initial=initial, edits=sitting)
    del form.fields["quorum"]
    return _act(
        request,
        sitting,
        form,
        sitting_change,
        heading=_("Change the sitting"),
        done=_("The sitting is changed; who had notice of it is told."),
        submit=_("Save"),
    )


class NoticeForm(ActForm):
    short_notice_reason = WordsField(
        SHORT_NOTICE_REASON, gettext_lazy("Reason, if it is later than the model asks"), rows=2
    )
    given_on = day_field(
        gettext_lazy("On which day"),
        required=False,
        help_text=gettext_lazy("Empty: the day of the sitting itself."),
    )

    def __init__(self, *args: Any, sitting: Sitting, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if sitting.has_begun:
            self.fields["short_notice_reason"].label = _("How people were told, and why it is recorded only now")
        else:
            del self.fields["given_on"]


@page("sitting.run", load=load_sitting)
def sitting_noticing(request: Request, sitting: Sitting) -> HttpResponse:
    held = Seat.objects.filter(matter=sitting.matter_id, state__in=Seat.LIVE, ended_on__isnull=True).count()
    return _act(
        request,
        sitting,
        NoticeForm(request.POST or None, sitting=sitting),
        sitting_notice,
        heading=_("Give notice"),
        lead=RECORDED_LATE
        if sitting.has_begun
        else _(
            "Everybody who holds a seat is told in the app, and by SMS or by hand who left a number: %(count)d so far."
        )
        % {"count": held},
        done=_("Notice is given."),
        submit=_("Give notice"),
    )


@page("sitting.run", load=load_sitting)
def papers_sending(request: Request, sitting: Sitting) -> HttpResponse:
    return _act(
        request,
        sitting,
        NoticeForm(request.POST or None, sitting=sitting),
        papers_send,
        heading=_("The papers went out"),
        lead=RECORDED_LATE
        if sitting.has_begun
        else _("Brief and study report lie with everybody who holds a seat, on paper or by message."),
        done=_("It is recorded that the papers went out."),
        submit=_("Papers sent"),
    )


class ReasonForm(ActForm):
    reason = WordsField(REASON, gettext_lazy("Why does it not take place?"), rows=3)


@page("sitting.run", load=load_sitting)
def sitting_cancelling(request: Request, sitting: Sitting) -> HttpResponse:
    return _act(
        request,
        sitting,
        ReasonForm(request.POST or None),
        sitting_cancel,
        heading=_("Cancel the sitting"),
        done=_("The sitting is cancelled; who had notice of it is told."),
        submit=_("Cancel the sitting"),
    )


class MinutesForm(ActForm):
    text = WordsField(
        TEXT,
        gettext_lazy("What was said and settled"),
        rows=16,
        help_text=gettext_lazy("Attendance, statements and stances are added to the paper by themselves."),
    )


@page("sitting.run", load=load_sitting)
def minutes_writing(request: Request, sitting: Sitting) -> HttpResponse:
    minutes = getattr(sitting, "minutes", None)
    due = minutes_due(sitting)
    return _act(
        request,
        sitting,
        MinutesForm(request.POST or None, initial={"text": minutes.text if minutes else ""}, edits=minutes or sitting),
        minutes_write,
        heading=_("Minutes"),
        done=_("The minutes are kept. Read them once more, then issue them."),
        submit=_("Keep the minutes"),
        template="deliberation/sittings/minutes.html",
        minutes=minutes,
        due=due,
        grid=grid(sitting),
    )


class CorrectionForm(MinutesForm):
    reason = WordsField(WHY_CORRECTED, gettext_lazy("What was wrong?"), rows=3)


@page("sitting.run", load=load_noted)
def minutes_correcting(request: Request, sitting: Sitting) -> HttpResponse:
    minutes = sitting.minutes
    return _act(
        request,
        sitting,
        CorrectionForm(request.POST or None, initial={"text": minutes.text}, edits=minutes),
        minutes_correct,
        given={"minutes": minutes},
        heading=_("Correct the minutes"),
        lead=_("The corrected edition replaces the issued one, which stays readable as that; all who sat are told."),
        done=_("The corrected minutes are issued."),
        submit=_("Issue the corrected minutes"),
    )


class IssueForm(ActForm):
    """Only a button, once everybody who was there has answered or the clock of the minutes has run out."""

    unheard = WordsField(UNHEARD, gettext_lazy("Why they are issued before everybody has answered"))

    def __init__(self, *args: Any, minutes: Minutes, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not waits_for(minutes):
            del self.fields["unheard"]


@page("sitting.run", load=load_noted)
def minutes_issuing(request: Request, sitting: Sitting) -> HttpResponse:
    minutes = sitting.minutes
    minutes.sitting = sitting
    return _act(
        request,
        sitting,
        IssueForm(request.POST or None, minutes=minutes, shown=minutes_issue_digest(minutes)),
        minutes_issue,
        given={"minutes": minutes},
        heading=_("Issue the minutes"),
        lead=_("From then on they stand: nothing is changed any more, and everybody who sat is told."),
        done=_("The minutes are issued."),
        facts=[(_("Minutes"), minutes.text), *read_back_facts(minutes)],
        submit=_("Issue the minutes"),
    )


urlpatterns = [
    path("desk/matters/<uuid:pk>/sittings/", matter_sittings, name="matter_sittings"),
    path("desk/matters/<uuid:pk>/sittings/new/", sitting_new, name="sitting_new"),
    path("desk/sittings/<uuid:pk>/", sitting, name="sitting"),
    path("desk/sittings/<uuid:pk>/change/", sitting_changing, name="sitting_change"),
    path("desk/sittings/<uuid:pk>/notice/", sitting_noticing, name="sitting_notice"),
    path("desk/sittings/<uuid:pk>/papers-sent/", papers_sending, name="papers_send"),
    path("desk/sittings/<uuid:pk>/cancel/", sitting_cancelling, name="sitting_cancel"),
    path("desk/sittings/<uuid:pk>/minutes/", minutes_writing, name="minutes_write"),
    path("desk/sittings/<uuid:pk>/minutes/correct/", minutes_correcting, name="minutes_correct"),
    path("desk/sittings/<uuid:pk>/minutes/issue/", minutes_issuing, name="minutes_issue"),
]
