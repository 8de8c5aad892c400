"""Visits: the list of a desk, one recorded in under a minute, one that waits for the desk, one withdrawn."""

from typing import Any
from uuid import UUID

from django import forms
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
from yishi.assistance.pairing.services.visits import (
    FOUND,
    RISKS_SEEN,
    WHY_NOT_COUNTED,
    WHY_WITHDRAWN,
    decision_to_take_back,
    visit_decide,
    visit_decision_take_back,
    visit_log,
    visit_withdraw,
)
from yishi.assistance.register import codes
from yishi.assistance.register.models import Household
from yishi.journal.moved import moved_of
from yishi.kit.records import certain
from yishi.notices.days import day_said
from yishi.organisations.models import valid_on
from yishi.organisations.rights import may
from yishi.people.models import Person
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm, Form
from yishi.web.kit.lists import Column, DeclaredList
from yishi.web.kit.nearby import widest_place
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request
from yishi.web.kit.taking_back import taken_back_events, taking_back

from .family import load_household


class VisitFilter(Form):
    q = forms.CharField(label=gettext_lazy("household or visitor"), required=False)
    since = day_field(gettext_lazy("from"), required=False)
    until = day_field(gettext_lazy("until"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("state"), required=False)
    place = PlaceField(label=gettext_lazy("place"), required=False)

    def __init__(self, request: Request):
        super().__init__(request.GET or None)
        self.fields["state"].choices = [*Visit.State.choices, ("all", _("all"))]
        self.fields["place"].limit(widest_place(request))

    def narrow(self, visits: QuerySet[Visit]) -> QuerySet[Visit]:
        filters = self.cleaned_data if self.is_valid() else {}
        state = filters.get("state") or Visit.State.KEPT
        if state != "all":
            visits = visits.filter(state=state)
        if filters.get("q"):
            typed = filters["q"].strip()
            named = Person.within.filter(name__finds=typed, visits_made__isnull=False)
            visits = visits.filter(
                Q(household__number__finds=typed)
                | Q(household__head__name__finds=typed)
                | Q(visitors__in=named.values("pk"))
            ).distinct()
        if filters.get("since"):
            visits = visits.filter(on__gte=filters["since"])
        if filters.get("until"):
            visits = visits.filter(on__lte=filters["until"])
        if filters.get("place"):
            lo, hi = filters["place"].lo, filters["place"].hi
            visits = visits.filter(household__place__lo__gte=lo, household__place__lo__lte=hi)
        return visits


VISITS = DeclaredList(
    "visits",
    gettext_lazy("visits"),
    [
        Column(gettext_lazy("day of the visit"), "on", cell="day"),
        Column(gettext_lazy("household"), cell="household"),
        Column(gettext_lazy("household number"), "household.number", page=False),
        Column(gettext_lazy("head of the household"), "household.head.name", page=False),
        Column(gettext_lazy("place"), "household.place.full_name", page=False),
        Column(
            gettext_lazy("visitors"),
            lambda visit: "、".join(person.name for person in visit.visitors.all()),
        ),
        Column(gettext_lazy("whom I met"), "met", page=False),
        Column(gettext_lazy("found"), "found", cell="found"),
        Column(gettext_lazy("root"), "cause", page=False),
        Column(gettext_lazy("agreed on"), "agreed", page=False),
        Column(gettext_lazy("new trouble seen"), lambda visit: risk_word(visit), page=False),
        Column(gettext_lazy("state"), "get_state_display", page=False),
    ],
)


def risk_word(visit: Visit) -> str:
    return codes.label("poverty_cause", visit.risk) if visit.risk else ""


@page("visit.see", methods=("GET",))
def visits(request: Request) -> HttpResponse:
    """The visits to the families that the viewer may see, the newest first."""
    form = VisitFilter(request)
    listed_visits = form.narrow(Visit.objects.select_related("household__head", "household__place"))
    listed_visits = listed_visits.prefetch_related("visitors").order_by("-on", "-written_at", "pk")
    return VISITS.respond(request, "assistance/pairing/visits.html", listed_visits, form=form)


class VisitForm(ActForm):
    """Four lines. Everything but the first may stay empty; no photo, no position."""

    found = WordsField(FOUND, gettext_lazy("what I found"), rows=3)
    met = forms.CharField(
        label=gettext_lazy("whom I met"), max_length=120, required=False, help_text=gettext_lazy("Such as: the wife.")
    )
    cause = forms.CharField(label=gettext_lazy("what lies at the root"), max_length=300, required=False)
    agreed = forms.CharField(label=gettext_lazy("what we agreed"), max_length=500, required=False)
    risk = forms.ChoiceField(
        label=gettext_lazy("a new trouble, if you saw one"),
        required=False,
        help_text=gettext_lazy("The village is told at once and judges it within seven days."),
    )
    on = day_field(gettext_lazy("day of the visit"))
    visitors = forms.ModelMultipleChoiceField(
        Person.within.none(),
        label=gettext_lazy("who came along"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    then = forms.BooleanField(label=gettext_lazy("Next: agree a measure"), required=False)

    def __init__(self, *args: Any, household: Household, person: Person | None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["risk"].choices = [("", "—"), *((code, codes.label("poverty_cause", code)) for code in RISKS_SEEN)]
        others = companions(household, person)
        self.fields["visitors"].queryset = others
        known = where_from(others)
        self.fields["visitors"].label_from_instance = lambda person: (
            f"{person.name}（{known[person.pk]}）" if person.pk in known else person.name
        )
        if not others:
            del self.fields["visitors"]


def companions(household: Household, person: Person | None) -> Any:
    """Who may have come along: the family's other helpers, and the team stationed in its village."""
    today = timezone.localdate()
    helpers = Pairing.within.filter(valid_on(today), household=household, person__isnull=False)
    spans = {"team__place__lo__lte": household.place.lo, "team__place__hi__gte": household.place.lo}
    stationed = TeamMember.objects.filter(valid_on(today), **spans)
    people = Person.within.filter(Q(pk__in=helpers.values("person")) | Q(pk__in=stationed.values("person")))
    return people.exclude(pk__in=[person.pk] if person else []).order_by("name")


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

    def fields(cleaned: dict[str, Any]) -> dict[str, Any]:
        cleaned.pop("then", None)
        return cleaned

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
    """The viewer's own pairing with a family, ended by now. Of the family is shown only whom the visit was made to."""
    pairings = Pairing.objects.filter(person=request.viewer.person_id, household__isnull=False)
    return pairings.select_related("household__head", "household__place").get(pk=pk)


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
def visit_late(request: Request, pairing: Pairing) -> HttpResponse:
    """For some weeks after a handover: a visit that was made before it and is written down only now."""
    home = pairing.household
    assert home is not None
    return one_act(
        request,
        LateVisitForm(request.POST or None, pairing=pairing, initial={"on": pairing.valid_to}),
        visit_log,
        heading=_("A visit to %(name)s before you handed over") % {"name": home.head.name},
        lead=f"{home.number} · {home.place.full_name}",
        back=reverse("families"),
        done=_("The visit is written down. The desk of the village says whether it counts."),
        submit=_("Record the visit"),
        given={"household": home},
    )


def load_visit(request: Request, pk: UUID) -> Visit:
    visits = Visit.objects.select_related("household__head", "household__place", "written_by", "place")
    return visits.prefetch_related("visitors").get(pk=pk)


@page("visit.see", load=load_visit, methods=("GET",))
def visit(request: Request, visit: Visit) -> HttpResponse:
    viewer = request.viewer
    context = {
        "visit": visit,
        "risk": risk_word(visit),
        "measures": visit.measures.select_related("commitment__bearer"),
        "may_decide": visit.state == Visit.State.WAITING and may("visit.decide", viewer, visit),
        "events": taken_back_events(moved_of(("visit", visit.pk))),
        "may_take_back": may("visit.decide", viewer, visit) and decision_to_take_back(visit) is not None,
        "may_withdraw": visit.state == Visit.State.KEPT and may("visit.withdraw", viewer, visit),
    }
    return render(request, "assistance/pairing/visit.html", context)


class DecideForm(ActForm):
    accepted = forms.TypedChoiceField(
        label=gettext_lazy("does it count?"),
        choices=[("1", gettext_lazy("yes, it counts")), ("0", gettext_lazy("no"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    reason = WordsField(WHY_NOT_COUNTED, gettext_lazy("reason, if not"), when=("accepted", False))


@page("visit.decide", load=load_visit)
def visit_answer(request: Request, visit: Visit) -> HttpResponse:
    return one_act(
        request,
        DecideForm(request.POST or None),
        visit_decide,
        heading=_("Does this visit count?"),
        lead=_("It was sent after its writer's time as helper had ended, about a day before."),
        back=reverse("visit", args=[visit.pk]),
        done=_("Your decision is stored."),
        submit=_("Save"),
        given={"visit": visit},
    )


def _what(visit: Visit) -> str:
    return f"{day_said(visit.on)} · {visit.household.head.name} · {visit.household.number}"


@page("visit.decide", load=load_visit)
def visit_decision_back(request: Request, visit: Visit) -> HttpResponse:
    return taking_back(
        request,
        visit_decision_take_back,
        what=_what(visit),
        heading=_("Decided by mistake: take it back"),
        lead=_("The visit waits for the desk again and counts when that says so."),
        back=reverse("visit", args=[visit.pk]),
        given={"visit": visit},
    )


class ReasonForm(ActForm):
    reason = WordsField(WHY_WITHDRAWN, gettext_lazy("reason"))


@page("visit.withdraw", load=load_visit)
def visit_take_back(request: Request, visit: Visit) -> HttpResponse:
    return one_act(
        request,
        ReasonForm(request.POST or None),
        visit_withdraw,
        heading=_("Withdraw this visit"),
        facts=[(_("Visit"), _what(visit))],
        lead=_("It counts no longer; the record and your reason stay."),
        back=reverse("visit", args=[visit.pk]),
        done=_("The visit is withdrawn."),
        submit=_("Withdraw"),
        given={"visit": visit},
    )


urlpatterns = [
    path("desk/families/<uuid:pk>/visit/", visit_new, name="family_visit"),
    path("desk/families/ended/<uuid:pk>/visit/", visit_late, name="visit_late"),
    path("desk/visits/", visits, name="visits"),
    path("desk/visits/<uuid:pk>/", visit, name="visit"),
    path("desk/visits/<uuid:pk>/decide/", visit_answer, name="visit_decide"),
    path("desk/visits/<uuid:pk>/decide/back/", visit_decision_back, name="visit_decision_take_back"),
    path("desk/visits/<uuid:pk>/withdraw/", visit_take_back, name="visit_withdraw"),
]
