"""The yearly plan as a board: proposed, in the draft, approved, left out; each topic with its next act."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.deliberation.models import Matter, PlanTopic, Worry, YearPlan
from yishi.deliberation.services.matters import SUMMARY
from yishi.deliberation.services.plans import (
    WHY_DECIDED,
    WHY_LEFT_OUT,
    WHY_SUPPLEMENTED,
    plan_decide,
    plan_open,
    plan_submit,
    plan_supplement,
    topic_draft,
    topic_leave_out,
    topic_open,
    topic_propose,
)
from yishi.kit.records import lend
from yishi.organisations.grants import OVERSEEING, Viewer
from yishi.organisations.models import Body, BodyKind, valid_on
from yishi.organisations.rights import may
from yishi.organisations.themes import theme_choices, theme_word
from yishi.web.deliberation.process.loads import ProcessChoice, conveners, load_matter, published_versions
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.lists import Column, DeclaredList
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .matters import LEVELS

APPROVERS = (BodyKind.PARTY, BodyKind.CHAIRS, BodyKind.GOVERNMENT)


def load_plan(request: Request, pk: UUID) -> YearPlan:
    return YearPlan.objects.select_related("body__place", "approver", "decided_by").get(pk=pk)


def load_topic(request: Request, pk: UUID) -> PlanTopic:
    topics = PlanTopic.objects.select_related("plan__body__place", "plan__approver", "matter", "worry")
    return topics.get(pk=pk, plan__in=YearPlan.keys())


PLANS = DeclaredList(
    "plans",
    gettext_lazy("plans"),
    [
        Column(gettext_lazy("year"), "year", link="plan"),
        Column(gettext_lazy("whose plan"), "body.name"),
        Column(gettext_lazy("decided by"), "approver.name"),
        Column(gettext_lazy("state"), "get_state_display"),
    ],
)


@page("plan.see", methods=("GET",))
def plans(request: Request) -> HttpResponse:
    plans = YearPlan.objects.select_related("body", "approver").order_by("-year", "body__name")
    may_open = any(post.body.kind in OVERSEEING and request.viewer.holds(post.body_id) for post in request.viewer.posts)
    return PLANS.respond(request, "deliberation/process/plans.html", plans, may_open=may_open)


class PlanForm(ActForm):
    body = forms.ModelChoiceField(Body.objects.none(), label=gettext_lazy("whose plan"))
    approver = forms.ModelChoiceField(Body.objects.none(), label=gettext_lazy("who decides it"))
    year = forms.IntegerField(label=gettext_lazy("year"))

    def __init__(self, *args: Any, request: Request, **kwargs: Any):
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        desks = request.viewer.desks
        own = Body.objects.filter(pk__in=desks, kind__in=OVERSEEING)
        places = [post.body.place_id for post in request.viewer.posts]
        self.fields["body"].queryset = own.order_by("name")
        self.fields["approver"].queryset = Body.objects.filter(
            valid_on(today), place__in=places, kind__in=APPROVERS
        ).order_by("name")
        self.initial.setdefault("year", today.year)


def load_planning_body(request: Request) -> Body:
    """The body whose plan is opened: the one that the form names, else the viewer's first desk that may have one."""
    desks = [post.body for post in request.viewer.working_posts]
    wanted = request.POST.get("body", "")
    own = [body for body in desks if body.kind in OVERSEEING and wanted in ("", str(body.pk))]
    if not own:
        raise Body.DoesNotExist
    return own[0]


@page("plan.open", load=load_planning_body)
def plan_new(request: Request, body: Body) -> HttpResponse:
    return one_act(
        request,
        PlanForm(request.POST or None, request=request, initial={"body": body.pk}),
        plan_open,
        heading=_("Open the plan of a year"),
        lead=_("Topics are collected, drafted, and put to the body that decides."),
        back=reverse("plans"),
        done=_("The plan is open: topics can be put forward."),
        submit=_("Open the plan"),
        next_url=lambda receipt: reverse("plan", args=[receipt.result["plan"]]),
    )


COLUMNS = (
    (PlanTopic.State.PROPOSED, gettext_lazy("put forward")),
    (PlanTopic.State.DRAFTED, gettext_lazy("in the draft")),
    (PlanTopic.State.APPROVED, gettext_lazy("approved")),
    (PlanTopic.State.LEFT_OUT, gettext_lazy("left out")),
)


TOPICS = DeclaredList(
    "",
    gettext_lazy("plan"),
    [
        Column(gettext_lazy("topic"), "title"),
        Column(gettext_lazy("theme"), "theme_name"),
        Column(gettext_lazy("state"), "get_state_display"),
        Column(gettext_lazy("proposed by"), "proposed_by"),
        Column(gettext_lazy("month"), "due_month"),
        Column(gettext_lazy("matter"), "matter.number"),
        Column(gettext_lazy("reason"), "reason"),
    ],
)


@page("plan.see", load=load_plan, methods=("GET",))
def plan(request: Request, plan: YearPlan) -> HttpResponse:
    topics = list(plan.topics.select_related("worry", "matter"))
    for topic in topics:
        lend(topic, theme_name=theme_word(topic.theme))
    if request.GET.get("export"):
        return TOPICS.workbook(request, topics)
    runs = may("plan.run", request.viewer, plan)
    collecting = plan.state == YearPlan.State.COLLECTING
    decides = may("plan.decide", request.viewer, plan) and plan.state == YearPlan.State.SUBMITTED
    context = {
        "plan": plan,
        "columns": [(label, [topic for topic in topics if topic.state == state], state) for state, label in COLUMNS],
        "runs": runs,
        "collecting": collecting,
        "may_propose": plan.state != YearPlan.State.SUBMITTED and may("topic.propose", request.viewer, plan),
        "may_supplement": runs and plan.state == YearPlan.State.APPROVED,
        "may_submit": runs and collecting and any(topic.state == PlanTopic.State.DRAFTED for topic in topics),
        "may_decide": decides,
        "topic_count": len(topics),
    }
    return render(request, "deliberation/process/plan.html", context)


class ProposedForm(ActForm):
    """Asks whoever works at several desks, or sits as a member too, which of them puts a topic forward."""

    desk = forms.ModelChoiceField(
        Body.objects.none(),
        label=gettext_lazy("who puts it forward"),
        required=False,
        empty_label=gettext_lazy("I myself, as a member"),
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any):
        super().__init__(*args, **kwargs)
        desk = self.fields["desk"]
        desk.queryset = Body.objects.filter(pk__in=viewer.desks).order_by("name")
        if not viewer.memberships:
            desk.required, desk.empty_label = True, gettext_lazy("choose one of your desks")
        if len(set(viewer.desks)) + bool(viewer.memberships) < 2:
            del self.fields["desk"]


class TopicForm(ProposedForm):
    title = forms.CharField(label=gettext_lazy("topic"), max_length=120)
    theme = forms.ChoiceField(label=gettext_lazy("theme"))
    due_month = forms.TypedChoiceField(
        label=gettext_lazy("month"), required=False, coerce=int, empty_value=None, choices=()
    )
    worry = forms.ModelChoiceField(
        Worry.within.none(), label=gettext_lazy("from a worry"), required=False, empty_label=gettext_lazy("none")
    )

    def __init__(self, *args: Any, plan: YearPlan, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["theme"].choices = theme_choices()
        months = [(month, _("month %(month)d") % {"month": month}) for month in range(1, 13)]
        self.fields["due_month"].choices = [("", _("not fixed")), *months]
        place = plan.body.place
        worries = Worry.objects.filter(state__in=Worry.OWED, matter__isnull=True, place__lo__range=(place.lo, place.hi))
        self.fields["worry"].queryset = worries.order_by("-raised_at")
        self.fields["worry"].label_from_instance = lambda worry: f"{worry.number} · {worry.text[:40]}"


@page("topic.propose", load=load_plan)
def topic_new(request: Request, plan: YearPlan) -> HttpResponse:
    return one_act(
        request,
        TopicForm(request.POST or None, viewer=request.viewer, plan=plan),
        topic_propose,
        heading=_("Put a topic forward"),
        lead=str(plan),
        back=reverse("plan", args=[plan.pk]),
        done=_("The topic is put forward."),
        submit=_("Put forward"),
        given={"plan": plan},
    )


@page("topic.run", load=load_topic, methods=("POST",))
def topic_drafting(request: Request, topic: PlanTopic) -> HttpResponse:
    """One button: into the draft, or out of it again."""
    return one_act(
        request,
        ActForm(request.POST),
        topic_draft,
        heading=topic.title,
        back=reverse("plan", args=[topic.plan_id]),
        done=_("The draft was changed."),
        submit=_("Try again"),
        given={"topic": topic, "into": request.POST.get("into") != "0"},
    )


class LeaveOutForm(ActForm):
    reason = WordsField(WHY_LEFT_OUT, gettext_lazy("reason"), rows=2)


@page("topic.run", load=load_topic)
def topic_out(request: Request, topic: PlanTopic) -> HttpResponse:
    return one_act(
        request,
        LeaveOutForm(request.POST or None),
        topic_leave_out,
        heading=_("Leave out “%(topic)s”") % {"topic": topic.title},
        lead=_("Who put it forward reads the reason."),
        back=reverse("plan", args=[topic.plan_id]),
        done=_("The topic is left out, with its reason."),
        submit=_("Leave out"),
        given={"topic": topic},
    )


@page("plan.run", load=load_plan)
def plan_submitting(request: Request, plan: YearPlan) -> HttpResponse:
    return one_act(
        request,
        ActForm(request.POST or None),
        plan_submit,
        heading=_("Put the plan to %(body)s") % {"body": plan.approver.name},
        lead=_("Until it is decided, topics are not changed any more."),
        back=reverse("plan", args=[plan.pk]),
        done=_("The plan is submitted; the desk that decides is told."),
        submit=_("Submit the plan"),
        given={"plan": plan},
    )


class SupplementForm(ActForm):
    reason = WordsField(WHY_SUPPLEMENTED, gettext_lazy("reason"), rows=2)


@page("plan.run", load=load_plan)
def plan_supplementing(request: Request, plan: YearPlan) -> HttpResponse:
    return one_act(
        request,
        SupplementForm(request.POST or None),
        plan_supplement,
        heading=_("Supplement the plan %(plan)s") % {"plan": plan},
        lead=_("What is approved stays approved; topics that you add are put to %(body)s again.")
        % {"body": plan.approver.name},
        back=reverse("plan", args=[plan.pk]),
        done=_("Topics are collected again. Take them into the draft, then submit."),
        submit=_("Supplement the plan"),
        given={"plan": plan},
    )


class DecideForm(ActForm):
    answer = forms.ChoiceField(
        label=gettext_lazy("answer"),
        choices=[("approve", gettext_lazy("approve")), ("return", gettext_lazy("return, to be mended"))],
        widget=forms.RadioSelect,
    )
    reason = WordsField(WHY_DECIDED, gettext_lazy("reason"), rows=3)


@page("plan.decide", load=load_plan)
def plan_deciding(request: Request, plan: YearPlan) -> HttpResponse:
    return one_act(
        request,
        DecideForm(request.POST or None),
        plan_decide,
        heading=_("Decide the plan %(plan)s") % {"plan": plan},
        lead=_("Topics in the draft become approved; each can then be opened as a matter."),
        back=reverse("plan", args=[plan.pk]),
        done=_("Your decision stands on the plan."),
        submit=_("Decide"),
        given={"plan": plan},
    )


class TopicOpenForm(ActForm):
    summary = WordsField(SUMMARY, gettext_lazy("what it is about"), rows=4)
    place = PlaceField(levels=LEVELS)
    convener = forms.ModelChoiceField(Body.objects.none(), label=gettext_lazy("convening body"))
    process = ProcessChoice(label=gettext_lazy("process model"))

    def __init__(self, *args: Any, request: Request, topic: PlanTopic, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["place"].limit(topic.plan.body.place)
        self.fields["convener"].queryset = conveners(request)
        self.fields["process"].queryset = published_versions()
        if topic.worry is not None:
            self.initial.setdefault("place", topic.worry.place_id)
            self.initial.setdefault("convener", topic.worry.convener_id)


@page("topic.run", load=load_topic)
def topic_opening(request: Request, topic: PlanTopic) -> HttpResponse:
    return one_act(
        request,
        TopicOpenForm(request.POST or None, request=request, topic=topic),
        topic_open,
        heading=_("Open the matter “%(topic)s”") % {"topic": topic.title},
        back=reverse("plan", args=[topic.plan_id]),
        done=_("The matter is open."),
        submit=_("Open the matter"),
        given={"topic": topic},
        next_url=lambda receipt: reverse("matter", args=[receipt.result["matter"]]),
    )


class IntoPlanForm(ProposedForm):
    plan = forms.ModelChoiceField(YearPlan.within.none(), label=gettext_lazy("plan"))

    def __init__(self, *args: Any, matter: Matter, **kwargs: Any):
        super().__init__(*args, **kwargs)
        plans = YearPlan.objects.filter(
            state__in=(YearPlan.State.COLLECTING, YearPlan.State.APPROVED),
            year__gte=timezone.localdate().year,
            body__place__lo__lte=matter.place.lo,
            body__place__hi__gte=matter.place.lo,
        )
        self.fields["plan"].queryset = plans.select_related("body").order_by("-year")
        self.fields["plan"].label_from_instance = lambda plan: f"{plan} · {plan.get_state_display()}"
        if not plans.exists():
            self.fields["plan"].help_text = _(
                "No plan of this place takes topics now: either none is open for this year, or it is being decided. "
                "Ask the conference's office to open it."
            )


@page("matter.run", load=load_matter)
def matter_into_plan(request: Request, matter: Matter) -> HttpResponse:
    """Put a matter under way forward as a topic of a plan; an approved one is supplemented."""
    return one_act(
        request,
        IntoPlanForm(request.POST or None, viewer=request.viewer, matter=matter),
        topic_propose,
        heading=_("Put the matter forward for the yearly plan"),
        lead=f"{matter.number} {matter.title}",
        back=reverse("matter", args=[matter.pk]),
        done=_("The matter is put forward as a topic."),
        submit=_("Put forward"),
        given={"matter": matter, "title": matter.title, "theme": matter.theme},
    )


urlpatterns = [
    path("desk/plans/", plans, name="plans"),
    path("desk/plans/new/", plan_new, name="plan_new"),
    path("desk/plans/<uuid:pk>/", plan, name="plan"),
    path("desk/plans/<uuid:pk>/topic/", topic_new, name="topic_new"),
    path("desk/plans/<uuid:pk>/submit/", plan_submitting, name="plan_submit"),
    path("desk/plans/<uuid:pk>/supplement/", plan_supplementing, name="plan_supplement"),
    path("desk/plans/<uuid:pk>/decide/", plan_deciding, name="plan_decide"),
    path("desk/topics/<uuid:pk>/draft/", topic_drafting, name="topic_draft"),
    path("desk/topics/<uuid:pk>/out/", topic_out, name="topic_out"),
    path("desk/topics/<uuid:pk>/open/", topic_opening, name="topic_open"),
    path("desk/matters/<uuid:pk>/plan/", matter_into_plan, name="matter_into_plan"),
]
