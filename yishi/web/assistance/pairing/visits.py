"""Visits: the list of a desk, one recorded in under a minute, one that waits for the desk, one withdrawn."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.pairing.models import Pairing, TeamMember, Visit
from yishi.assistance.pairing.reads import where_from
from yishi.assistance.pairing.services.visits import visit_decide, visit_log, visit_withdraw
from yishi.assistance.register.models import Household
from yishi.kit.records import certain
from yishi.organisations.models import valid_on
from yishi.organisations.rights import may
from yishi.people.models import Person
from yishi.web.kit.exports import export
from yishi.web.kit.forms import ActForm, Form
from yishi.web.kit.nearby import widest_place
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.place_field import PlaceField
from yishi.web.kit.request import Request

from .family import load_household

PER_PAGE = 25
DAY = forms.DateInput(attrs={"type": "date"})


class VisitFilter(Form):
    q = forms.CharField(label=gettext_lazy("household or visitor"), required=False)
    since = forms.DateField(label=gettext_lazy("from"), widget=DAY, required=False)
    until = forms.DateField(label=gettext_lazy("until"), widget=DAY, required=False)
    state = forms.ChoiceField(label=gettext_lazy("state"), required=False)
    place = PlaceField(label=gettext_lazy("place"), required=False)

    def __init__(self, request: Request):
        super().__init__(request.GET or None)
        self.fields["state"].choices = [*Visit.State.choices, ("all", _("all"))]
        self.fields["place"].limit(widest_place(request))

    def narrow(self, rows: QuerySet[Visit]) -> QuerySet[Visit]:
        given = self.cleaned_data if self.is_valid() else {}
        state = given.get("state") or Visit.State.KEPT
        if state != "all":
            rows = rows.filter(state=state)
        if given.get("q"):
            typed = given["q"].strip()
            named = Person.within.filter(name__icontains=typed, visits_made__isnull=False)
            rows = rows.filter(
                Q(household__number__icontains=typed)
                | Q(household__head__name__icontains=typed)
                | Q(visitors__in=named.values("pk"))
            ).distinct()
        if given.get("since"):
            rows = rows.filter(on__gte=given["since"])
        if given.get("until"):
            rows = rows.filter(on__lte=given["until"])
        if given.get("place"):
            lo, hi = given["place"].lo, given["place"].hi
            rows = rows.filter(household__place__lo__gte=lo, household__place__lo__lte=hi)
        return rows


@page("visit.see", methods=("GET",))
def visits(request: Request) -> HttpResponse:
    """The visits to the families that the viewer may see, the newest first."""
    form = VisitFilter(request)
    rows = form.narrow(Visit.objects.select_related("household__head", "household__place"))
    rows = rows.prefetch_related("visitors").order_by("-on", "-written_at", "pk")
    if request.GET.get("export"):
        columns = [
            (_("day of the visit"), lambda one: one.on),
            (_("household number"), lambda one: one.household.number),
            (_("head of the household"), lambda one: one.household.head.name),
            (_("place"), lambda one: one.household.place.full_name),
            (_("visitors"), lambda one: "、".join(person.name for person in one.visitors.all())),
            (_("whom I met"), lambda one: one.met),
            (_("found"), lambda one: one.found),
            (_("root"), lambda one: one.cause),
            (_("agreed on"), lambda one: one.agreed),
            (_("state"), lambda one: one.get_state_display()),
        ]
        return export(request, _("visits"), columns, rows)
    words = {
        "form": form,
        "page_obj": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "is_filtered": bool(request.GET),
    }
    return render(request, "assistance/pairing/visits.html", words)


class VisitForm(ActForm):
    """Four lines. Everything but the first may stay empty; no photo, no position."""

    found = forms.CharField(
        label=gettext_lazy("what I found"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    met = forms.CharField(
        label=gettext_lazy("whom I met"), max_length=120, required=False, help_text=gettext_lazy("Such as: the wife.")
    )
    cause = forms.CharField(label=gettext_lazy("what lies at the root"), max_length=300, required=False)
    agreed = forms.CharField(label=gettext_lazy("what we agreed"), max_length=500, required=False)
    on = forms.DateField(label=gettext_lazy("day of the visit"), widget=DAY)
    visitors = forms.ModelMultipleChoiceField(
        Person.within.none(),
        label=gettext_lazy("who came along"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    then = forms.BooleanField(label=gettext_lazy("Next: agree a measure"), required=False)

    def __init__(self, *args: Any, household: Household, person: Person | None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        others = companions(household, person)
        self.fields["visitors"].queryset = others
        known = where_from(others)
        self.fields["visitors"].label_from_instance = lambda one: (
            f"{one.name}（{known[one.pk]}）" if one.pk in known else one.name
        )
        if not others:
            del self.fields["visitors"]


def companions(household: Household, person: Person | None) -> Any:
    """Who may have come along: the family's other helpers, and the team stationed in its village."""
    today = timezone.localdate()
    helpers = Pairing.within.filter(valid_on(today), household=household, person__isnull=False)
    spans = {"team__place__lo__lte": household.place.lo, "team__place__hi__gte": household.place.lo}
    stationed = TeamMember.objects.filter(valid_on(today), **spans)
    rows = Person.within.filter(Q(pk__in=helpers.values("person")) | Q(pk__in=stationed.values("person")))
    return rows.exclude(pk__in=[person.pk] if person else []).order_by("name")


@page("visit.log", load=load_household)
def visit_new(request: Request, household: Household) -> HttpResponse:
    """Log a visit, of today or of a day before."""
    form = VisitForm(
        request.POST or None,
        household=household,
        person=request.viewer.person,
        initial={"on": timezone.localdate()},
    )
    goes_on = bool(request.POST.get("then"))

    def fields(given: dict[str, Any]) -> dict[str, Any]:
        given.pop("then", None)
        return given

    def next_url(receipt: Any) -> str:
        if goes_on:
            return reverse("family_measure", args=[household.pk]) + f"?visit={receipt.result['visit']}"
        return reverse("family", args=[household.pk])

    return one_act(
        request,
        form,
        visit_log,
        heading=_("Visit to %(name)s") % {"name": household.head.name},
        lead=f"{household.number} · {household.place.full_name}",
        back=reverse("family", args=[household.pk]),
        done=_("The visit is recorded. Nobody asks for it again."),
        submit=_("Record the visit"),
        given={"household": household},
        fields=fields,
        next_url=next_url,
    )


def load_ended(request: Request, pk: UUID) -> Pairing:
    """The viewer's own pairing with a family; what is shown of the family is whom the visit was made to."""
    rows = Pairing.objects.filter(person=request.viewer.person_id, household__isnull=False)
    return rows.select_related("household__head", "household__place").get(pk=pk)


class LateVisitForm(VisitForm):
    """A visit of the time in which one was the helper: its day lies within it."""

    def __init__(self, *args: Any, pairing: Pairing, **kwargs: Any):
        super().__init__(*args, household=certain(pairing.household), person=pairing.person, **kwargs)
        self.pairing = pairing
        self.fields.pop("visitors", None)  # who helps the family today was not there
        del self.fields["then"]

    def clean_on(self) -> Any:
        on, first, last = self.cleaned_data["on"], self.pairing.valid_from, self.pairing.valid_to
        if on < first or (last is not None and on > last):
            days = {"first": date_format(first), "last": date_format(certain(last))}
            raise forms.ValidationError(
                _("You helped this family from %(first)s to %(last)s. Give a day within this time.") % days
            )
        return on


@page("visit.late", load=load_ended)
def visit_late(request: Request, one: Pairing) -> HttpResponse:
    """For some weeks after a handover: a visit that was made before it and is written down only now."""
    home = one.household
    assert home is not None
    return one_act(
        request,
        LateVisitForm(request.POST or None, pairing=one, initial={"on": one.valid_to}),
        visit_log,
        heading=_("A visit to %(name)s before you handed over") % {"name": home.head.name},
        lead=f"{home.number} · {home.place.full_name}",
        back=reverse("families"),
        done=_("The visit is written down. The desk of the village says whether it counts."),
        submit=_("Record the visit"),
        given={"household": home},
    )


def load_visit(request: Request, pk: UUID) -> Visit:
    rows = Visit.objects.select_related("household__head", "household__place", "written_by", "place")
    return rows.prefetch_related("visitors").get(pk=pk)


@page("visit.see", load=load_visit, methods=("GET",))
def visit(request: Request, one: Visit) -> HttpResponse:
    viewer = request.viewer
    words = {
        "visit": one,
        "measures": one.measures.select_related("commitment__bearer"),
        "may_decide": one.state == Visit.State.WAITING and may("visit.decide", viewer, one),
        "may_withdraw": one.state == Visit.State.KEPT and may("visit.withdraw", viewer, one),
    }
    return render(request, "assistance/pairing/visit.html", words)


class DecideForm(ActForm):
    accepted = forms.TypedChoiceField(
        label=gettext_lazy("does it count?"),
        choices=[("1", gettext_lazy("yes, it counts")), ("0", gettext_lazy("no"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=gettext_lazy("reason, if not"), max_length=300, required=False)


@page("visit.decide", load=load_visit)
def visit_answer(request: Request, one: Visit) -> HttpResponse:
    return one_act(
        request,
        DecideForm(request.POST or None),
        visit_decide,
        heading=_("Does this visit count?"),
        lead=_("It was sent after its writer's time as helper had ended, about a day before."),
        back=reverse("visit", args=[one.pk]),
        done=_("Your decision is stored."),
        submit=_("Save"),
        given={"visit": one},
    )


class ReasonForm(ActForm):
    reason = forms.CharField(label=gettext_lazy("reason"), max_length=300, required=False)


@page("visit.withdraw", load=load_visit)
def visit_back(request: Request, one: Visit) -> HttpResponse:
    return one_act(
        request,
        ReasonForm(request.POST or None),
        visit_withdraw,
        heading=_("Withdraw this visit"),
        lead=_("It counts no longer; the record and your reason stay."),
        back=reverse("visit", args=[one.pk]),
        done=_("The visit is withdrawn."),
        submit=_("Withdraw"),
        given={"visit": one},
    )


urlpatterns = [
    path("desk/families/<uuid:pk>/visit/", visit_new, name="family_visit"),
    path("desk/families/ended/<uuid:pk>/visit/", visit_late, name="visit_late"),
    path("desk/visits/", visits, name="visits"),
    path("desk/visits/<uuid:pk>/", visit, name="visit"),
    path("desk/visits/<uuid:pk>/decide/", visit_answer, name="visit_decide"),
    path("desk/visits/<uuid:pk>/withdraw/", visit_back, name="visit_withdraw"),
]
