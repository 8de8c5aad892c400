"""One family: its plan on one page (causes, helpers, measures, visits), a visit in under a minute, what it says."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.pairing.models import Measure, Visit
from yishi.assistance.pairing.rules import bears_it, is_another_hand
from yishi.assistance.pairing.services.measures import (
    RESULT,
    TEXT,
    family_code_issue,
    measure_agree,
    measure_done,
    measure_hear,
)
from yishi.assistance.pairing.services.pairing import desk_of
from yishi.assistance.register.models import Household
from yishi.assistance.register.rules import keeps_its_village
from yishi.commitments.models import Verdict
from yishi.commitments.services.carrying import PROOF
from yishi.commitments.services.making import ACT
from yishi.database.named import record_named
from yishi.kit.errors import Refusal
from yishi.kit.records import certain
from yishi.notices.addresses import address_of
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, BodyKind, valid_on
from yishi.organisations.query_codes import spaced
from yishi.organisations.rights import may
from yishi.web.commitments.verdict_words import MAY_READ, WHO_READS
from yishi.web.kit.fields.simple import AmountField, day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.one_act import link, one_act
from yishi.web.kit.page import page
from yishi.web.kit.press import paper_response
from yishi.web.kit.request import Request

from .family_papers import family_paper
from .family_plan import family_plan

NEW_CODE = "family_code"
BEARING = (
    BodyKind.VILLAGE,
    BodyKind.GOVERNMENT,
    BodyKind.DEPARTMENT,
    BodyKind.INSTITUTION,
    BodyKind.COMPANY,
    BodyKind.COOPERATIVE,
)


def load_household(request: Request, pk: UUID) -> Household:
    return Household.objects.select_related("head", "place").get(pk=pk)


@page("family.see", load=load_household, methods=("GET",))
def family(request: Request, household: Household) -> HttpResponse:
    """Everything that is done for a family, on one page."""
    viewer = request.viewer
    kept = request.session.pop(NEW_CODE, None)
    plan = family_plan(household)
    # One question about the family answers for all its measures: the rights of measures ask the same of each.
    helps = plan.is_helped_by(viewer) or keeps_its_village.test(viewer, household.place)
    running = [line.measure for line in plan.lines if line.is_open or line.is_done]
    context = {
        "plan": plan,
        "may_done": {
            line.measure.pk for line in plan.lines if line.is_open and (helps or bears_it.test(viewer, line.measure))
        },
        "may_hear": {measure.pk for measure in running if helps and is_another_hand.test(viewer, measure)},
        "household": household,
        "file_url": link("household", pk=household.pk),
        "code": kept["code"] if kept and kept["household"] == str(household.pk) else "",
        "judge_address": address_of("judge"),
        "may_visit": helps and household.is_active,
        "may_code": may("family.code", viewer, household),
        "may_need": helps,
    }
    return render(request, "assistance/pairing/family.html", context)


def _sheet(ending: str) -> Any:
    @page("family.see", load=load_household, methods=("GET",))
    def sheet(request: Request, household: Household) -> HttpResponse:
        """The family's plan as one sheet to hang on its wall or to sign."""
        return paper_response(family_paper(household), _("family plan") + f"-{household.number}", ending)

    return sheet


family_pdf, family_docx = _sheet("pdf"), _sheet("docx")


class MeasureForm(ActForm):
    group = forms.ChoiceField(label=gettext_lazy("kind of measure"), choices=Measure.Group.choices)
    act_text = WordsField(ACT, gettext_lazy("what is to be done"))
    due_on = day_field(gettext_lazy("due"))
    bearer = forms.ModelChoiceField(
        Body.objects.none(),
        label=gettext_lazy("who does it"),
        required=False,
        empty_label=gettext_lazy("I do it myself"),
    )
    quantity = AmountField(label=gettext_lazy("quantity"), required=False, max_digits=12, decimal_places=3, min_value=0)
    unit = forms.CharField(label=gettext_lazy("unit"), max_length=16, required=False)
    proof_expected = forms.CharField(label=gettext_lazy("how it is proved"), max_length=300, required=False)

    def __init__(self, *args: Any, household: Household, viewer: Viewer, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.own = desk_of(viewer.person, timezone.localdate()) if viewer.person else None
        place = household.place
        near = Q(place__lo__lte=place.lo, place__hi__gte=place.lo, kind__in=BEARING)
        paired = Q(pk__in=household.pairings.filter(valid_on(timezone.localdate())).values("body"))
        bodies = Body.objects.filter(near | paired | Q(pk__in=viewer.reach.bodies), valid_on(timezone.localdate()))
        self.fields["bearer"].queryset = bodies.order_by("-place__lo", "name").distinct()
        if self.own is None:
            self.fields["bearer"].empty_label = _("choose")
            self.fields["bearer"].required = True


@page("measure.agree", load=load_household)
def measure_new(request: Request, household: Household) -> HttpResponse:
    """Agree a measure: what, by when, by whom."""
    viewer, visited = request.viewer, _visit_of(request, household)
    initial = {"proof_expected": _("The family confirms it.")}
    if visited is not None:  # what was agreed there is what is to be done: it is not typed again
        initial["act_text"] = visited.agreed[:300]
    form = MeasureForm(request.POST or None, household=household, viewer=viewer, initial=initial)

    def fields(cleaned: dict[str, Any]) -> dict[str, Any]:
        if cleaned["bearer"] is None:
            cleaned |= {"bearer": form.own, "bearer_person": viewer.person}
        return cleaned

    return one_act(
        request,
        form,
        measure_agree,
        heading=_("A measure for %(name)s") % {"name": household.head.name},
        lead=_("It is owed from now on: whoever does it is reminded, and the family says whether it helped."),
        back=reverse("family", args=[household.pk]),
        done=_("The measure is agreed and its clock runs."),
        submit=_("Agree it"),
        given={"household": household, "visit": visited},
        fields=fields,
    )


def _visit_of(request: Request, household: Household) -> Visit | None:
    """The visit to this family that the address names: the measure was agreed in it."""
    return record_named(household.visits, request.GET.get("visit"))


def load_measure(request: Request, pk: UUID) -> Measure:
    measures = Measure.objects.select_related(
        "household__head", "household__place", "commitment__bearer", "commitment__place", "commitment__supervisor"
    )
    return measures.get(pk=pk)


class DoneForm(ActForm):
    text = WordsField(PROOF, gettext_lazy("what was done"), rows=2)
    quantity = AmountField(label=gettext_lazy("quantity"), required=False, max_digits=12, decimal_places=3, min_value=0)
    done_on = day_field(gettext_lazy("done on"))


@page("measure.done", load=load_measure)
def measure_finish(request: Request, measure: Measure) -> HttpResponse:
    form = DoneForm(request.POST or None, initial={"done_on": timezone.localdate()})
    if not measure.commitment.unit:
        del form.fields["quantity"]
    return one_act(
        request,
        form,
        measure_done,
        heading=measure.commitment.act,
        lead=_("Say that it is done. The family's word follows, by its code or at the next visit of somebody else."),
        back=reverse("family", args=[measure.household_id]),
        done=_("It is stored as done; now the family says how it turned out."),
        submit=_("It is done"),
        given={"measure": measure},
    )


class HearForm(ActForm):
    value = forms.ChoiceField(
        label=gettext_lazy("What does the family say?"),
        choices=Verdict.Value.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please choose one of the three answers.")},
    )
    text = WordsField(TEXT, gettext_lazy("in their words (if you like)"), rows=2)
    bearer_reads = forms.BooleanField(label=MAY_READ, help_text=WHO_READS, required=False)
    result = WordsField(
        RESULT, gettext_lazy("what came of it"), help_text=gettext_lazy("Such as: earns 600 yuan more a month.")
    )


@page("measure.hear", load=load_measure)
def measure_verdict(request: Request, measure: Measure) -> HttpResponse:
    """Write down the family's word, as somebody who does not owe the measure."""
    return one_act(
        request,
        HearForm(request.POST or None),
        measure_hear,
        heading=measure.commitment.act,
        lead=_("Ask the family and write down what they say. If they are not satisfied, it is owed again."),
        back=reverse("family", args=[measure.household_id]),
        done=_("The family's word is stored."),
        submit=_("Save"),
        given={"measure": measure},
    )


@page("family.code", load=load_household, methods=("POST",))
def family_code(request: Request, household: Household) -> HttpResponse:
    """A new query code for the family; shown once, to be written on the sheet."""
    form = ActForm(request.POST)
    try:
        receipt = family_code_issue(
            actor=request.viewer,
            household=household,
            act_id=form.cleaned_data["act_id"] if form.is_valid() else None,
        )
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return redirect("family", pk=household.pk)
    request.session[NEW_CODE] = {"household": str(household.pk), "code": spaced(certain(receipt.query_code))}
    messages.success(request, _("The new code is below; the old one is dead."))
    return redirect("family", pk=household.pk)


urlpatterns = [
    path("desk/families/<uuid:pk>/", family, name="family"),
    path("desk/families/<uuid:pk>/plan.pdf", family_pdf, name="family_pdf"),
    path("desk/families/<uuid:pk>/plan.docx", family_docx, name="family_docx"),
    path("desk/families/<uuid:pk>/measure/", measure_new, name="family_measure"),
    path("desk/families/<uuid:pk>/code/", family_code, name="family_query_code"),
    path("desk/measures/<uuid:pk>/done/", measure_finish, name="measure_done"),
    path("desk/measures/<uuid:pk>/hear/", measure_verdict, name="measure_hear"),
]
