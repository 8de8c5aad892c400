"""A village's plan (产业发展规划): one page of promises, and its sheet."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.pairing.models import VillagePlan
from yishi.assistance.pairing.services.village_plans import (
    AIM,
    TITLE,
    village_plan_open,
    village_plan_promise,
    village_plan_take_back,
)
from yishi.commitments.models import Commitment
from yishi.commitments.reads import is_owed
from yishi.commitments.services.making import ACT, PROOF_EXPECTED
from yishi.organisations.models import Body, valid_on
from yishi.organisations.rights import may
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.fields.simple import AmountField, day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.lists import Column, DeclaredList, file_response
from yishi.web.kit.nearby import widest_place
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.press import paper_response
from yishi.web.kit.request import Request
from yishi.web.kit.standing import standing_text
from yishi.web.kit.taking_back import taking_back

from .family_papers import village_plan_paper


def promises_of(plan: VillagePlan) -> QuerySet[Commitment]:
    """Everything that somebody owes under a plan."""
    promises = Commitment.within.filter(origin_kind=Commitment.Origin.VILLAGE_PLAN, origin_id=plan.pk)
    return promises.exclude(state=Commitment.State.DROPPED).select_related("bearer", "supervisor").order_by("ordinal")


VILLAGE_PLANS = DeclaredList(
    "village_plans",
    gettext_lazy("village plans"),
    [
        Column(gettext_lazy("place"), "place.full_name", page=False),
        Column(gettext_lazy("title"), "title", link="village_plan"),
        Column(gettext_lazy("village"), shown="place.full_name"),
        Column(gettext_lazy("aim"), "aim", page=False),
        Column(gettext_lazy("from"), "starts_on"),
        Column(gettext_lazy("last day"), "ends_on"),
    ],
)


@page("village_plan.see", methods=("GET",))
def village_plans(request: Request) -> HttpResponse:
    plans = VillagePlan.objects.select_related("place").order_by("place__lo", "-starts_on")
    typed = request.GET.get("q", "").strip()
    if typed:
        plans = plans.filter(Q(title__finds=typed) | Q(place__full_name__finds=typed))
    may_open = may("village_plan.open", request.viewer)
    return VILLAGE_PLANS.respond(
        request, "assistance/pairing/village_plans.html", plans, typed=typed, may_open=may_open
    )


def load_plan(request: Request, pk: UUID) -> VillagePlan:
    return VillagePlan.objects.select_related("place", "desk").get(pk=pk)


def load_kept(request: Request, pk: UUID) -> VillagePlan:
    """The same, if it was taken back, too: its page says so."""
    return VillagePlan.every.select_related("place", "desk").get(pk=pk)


PLAN_PROMISES = DeclaredList(
    "plan_promises",
    gettext_lazy("promises"),
    [
        Column(gettext_lazy("number"), "promise.number", page=False),
        Column(gettext_lazy("promise"), "promise.act", cell="promise"),
        Column(gettext_lazy("quantity"), "promise.quantity", page=False),
        Column(gettext_lazy("unit"), "promise.unit", page=False),
        Column(gettext_lazy("bearer"), "promise.owes"),
        Column(gettext_lazy("supervising body"), "promise.supervisor.name"),
        Column(gettext_lazy("due"), "promise.due_on"),
        Column(gettext_lazy("clock"), lambda entry: standing_text(entry["promise"]), cell="clock"),
    ],
)


@page("village_plan.see", load=load_kept, methods=("GET",))
def village_plan(request: Request, plan: VillagePlan) -> HttpResponse:
    seen = set(Commitment.objects.filter(origin_id=plan.pk).values_list("pk", flat=True))
    may_keep = plan.taken_back_at is None and may("village_plan.keep", request.viewer, plan)
    context: dict[str, Any] = {
        "plan": plan,
        "promises": [{"promise": promise, "opens": promise.pk in seen} for promise in promises_of(plan)],
        "may_keep": may_keep,
        "may_take_back": may_keep and not is_owed(Commitment.Origin.VILLAGE_PLAN, plan.pk),
    }
    return file_response(request, "assistance/pairing/village_plan.html", context, {PLAN_PROMISES: context["promises"]})


def _sheet(ending: str) -> Any:
    @page("village_plan.see", load=load_plan, methods=("GET",))
    def sheet(request: Request, plan: VillagePlan) -> HttpResponse:
        return paper_response(village_plan_paper(plan), f"{plan.title}-{plan.place.name}", ending)

    return sheet


plan_pdf, plan_docx = _sheet("pdf"), _sheet("docx")


class PlanForm(ActForm):
    place = PlaceField(label=gettext_lazy("village"), levels=("village",))
    title = WordsField(TITLE, gettext_lazy("title"))
    aim = WordsField(AIM, gettext_lazy("aim"), rows=4)
    starts_on = day_field(gettext_lazy("from"))
    ends_on = day_field(gettext_lazy("last day"))


@page("village_plan.open")
def plan_new(request: Request) -> HttpResponse:
    form = PlanForm(request.POST or None, initial={"starts_on": timezone.localdate()})
    form.fields["place"].limit(widest_place(request))
    return one_act(
        request,
        form,
        village_plan_open,
        heading=_("Write a village plan"),
        lead=_("What the village wants to live on. Next you add who owes what for it, and until when."),
        back=reverse("village_plans"),
        done=_("The plan stands. Add who owes what for it."),
        submit=_("Save"),
        next_url=lambda receipt: reverse("village_plan", args=[receipt.result["plan"]]),
    )


class PromiseForm(ActForm):
    act_text = WordsField(ACT, gettext_lazy("what is to be done"))
    bearer = forms.ModelChoiceField(Body.objects.none(), label=gettext_lazy("who does it"))
    due_on = day_field(gettext_lazy("due"))
    quantity = AmountField(label=gettext_lazy("quantity"), required=False, max_digits=12, decimal_places=3, min_value=0)
    unit = forms.CharField(label=gettext_lazy("unit"), max_length=16, required=False)
    proof_expected = WordsField(PROOF_EXPECTED, gettext_lazy("how it is proved"))

    def __init__(self, *args: Any, plan: VillagePlan, **kwargs: Any):
        super().__init__(*args, **kwargs)
        place, today = plan.place, timezone.localdate()
        near = Q(place__lo__lte=place.lo, place__hi__gte=place.lo) | Q(pairings__place=place)
        bodies = Body.objects.filter(near, valid_on(today)).distinct()
        self.fields["bearer"].queryset = bodies.order_by("-place__lo", "name")


@page("village_plan.keep", load=load_plan)
def plan_promise(request: Request, plan: VillagePlan) -> HttpResponse:
    return one_act(
        request,
        PromiseForm(request.POST or None, plan=plan),
        village_plan_promise,
        heading=_("Who owes what for %(title)s") % {"title": plan.title},
        lead=_("It stands in the ledger of promises from now on, with its clock."),
        back=reverse("village_plan", args=[plan.pk]),
        done=_("It is owed from now on."),
        submit=_("Add"),
        given={"plan": plan},
    )


@page("village_plan.keep", load=load_plan)
def plan_back(request: Request, plan: VillagePlan) -> HttpResponse:
    return taking_back(
        request,
        village_plan_take_back,
        what=f"{plan.place.name} · {plan.title}",
        heading=_("Entered by mistake: take it back"),
        lead=_("It is listed no more; its page says that it was taken back, and why."),
        back=reverse("village_plan", args=[plan.pk]),
        given={"plan": plan},
    )


urlpatterns = [
    path("desk/village-plans/", village_plans, name="village_plans"),
    path("desk/village-plans/new/", plan_new, name="village_plan_new"),
    path("desk/village-plans/<uuid:pk>/back/", plan_back, name="village_plan_take_back"),
    path("desk/village-plans/<uuid:pk>/", village_plan, name="village_plan"),
    path("desk/village-plans/<uuid:pk>/plan.pdf", plan_pdf, name="village_plan_pdf"),
    path("desk/village-plans/<uuid:pk>/plan.docx", plan_docx, name="village_plan_docx"),
    path("desk/village-plans/<uuid:pk>/promise/", plan_promise, name="village_plan_promise"),
]
