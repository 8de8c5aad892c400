"""What came of the files (成效): the list, one stated on a file, one taken back."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Count, F, QuerySet, Sum
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.commitments.cases import Case, case_found
from yishi.commitments.models import Commitment, Outcome
from yishi.commitments.services.outcomes import SOURCE, UNIT, WHAT, WHY, outcome_state, outcome_take_back
from yishi.kit.records import lend, lent
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.fields.simple import AmountField, day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm, Form
from yishi.web.kit.lists import Column, DeclaredList
from yishi.web.kit.nearby import widest_place
from yishi.web.kit.numbers import plain
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.page_tags import day as day_words
from yishi.web.kit.request import Request
from yishi.web.kit.titles import Subject, named

from .origins import CASES as FILES
from .outcome_words import change_text, outcome_text

Sort = Outcome.Sort
NO_FILE = Subject("")


def files_brought(outcomes: list[Outcome]) -> list[Outcome]:
    """Each with the file on which it stands, named as its viewer may read it."""
    keys = {(FILES[outcome.origin_kind], outcome.origin_id) for outcome in outcomes if outcome.origin_kind in FILES}
    files = named(list(keys))
    for outcome in outcomes:
        lend(outcome, file=files.get((FILES.get(outcome.origin_kind, ""), outcome.origin_id), NO_FILE))
    return outcomes


def file_of(outcome: Outcome) -> Subject:
    file: Subject = lent(outcome, "file")
    return file


class OutcomeFilter(Form):
    q = forms.CharField(label=gettext_lazy("words"), required=False)
    place = PlaceField(label=gettext_lazy("place"), required=False)
    sort = forms.ChoiceField(label=gettext_lazy("kind"), required=False)
    start = day_field(gettext_lazy("from"), required=False)
    end = day_field(gettext_lazy("until"), required=False)

    def __init__(self, request: Request):
        super().__init__(request.GET or None)
        self.fields["sort"].choices = [("", _("all")), *Sort.choices]
        self.fields["place"].limit(widest_place(request))

    def narrow(self, outcomes: QuerySet[Outcome]) -> QuerySet[Outcome]:
        asked = self.cleaned_data if self.is_valid() else {}
        if asked.get("q"):
            outcomes = outcomes.filter(what__finds=asked["q"])
        if asked.get("place"):
            outcomes = outcomes.filter(place__lo__gte=asked["place"].lo, place__lo__lte=asked["place"].hi)
        if asked.get("sort"):
            outcomes = outcomes.filter(sort=asked["sort"])
        if asked.get("start"):
            outcomes = outcomes.filter(on__gte=asked["start"])
        if asked.get("end"):
            outcomes = outcomes.filter(on__lte=asked["end"])
        return outcomes


OUTCOMES = DeclaredList(
    "outcomes",
    gettext_lazy("outcomes"),
    [
        Column(gettext_lazy("what came of it"), "what", cell="outcome"),
        Column(gettext_lazy("before"), lambda outcome: outcome.before, page=False),
        Column(gettext_lazy("after"), lambda outcome: outcome.after, page=False),
        Column(gettext_lazy("unit"), "unit", page=False),
        Column(gettext_lazy("change"), change_text, css="nowrap"),
        Column(gettext_lazy("place"), "place.full_name"),
        Column(gettext_lazy("as of"), "on", css="nowrap"),
        Column(gettext_lazy("source"), "source"),
        Column(
            gettext_lazy("stands on the file"),
            lambda outcome: file_of(outcome).title,
            link=lambda outcome: file_of(outcome).url,
        ),
    ],
    prepare=files_brought,
)


def added_up(outcomes: QuerySet[Outcome]) -> Iterable[Any]:
    """Amounts of the same thing in the same unit, added; levels are not."""
    amounts = outcomes.filter(sort=Sort.AMOUNT).order_by().values("what", "unit")
    return amounts.annotate(total=Sum("after"), files=Count("origin_id", distinct=True)).order_by("what")[:20]


@page("outcome.list", methods=("GET",))
def outcomes(request: Request) -> HttpResponse:
    form = OutcomeFilter(request)
    rows = form.narrow(Outcome.objects.select_related("place")).order_by(F("on").desc(), "-pk")
    totals = [{**line, "total": plain(line["total"])} for line in added_up(rows)]
    return OUTCOMES.respond(request, "commitments/outcomes.html", rows, form=form, totals=totals)


class OutcomeForm(ActForm):
    sort = forms.ChoiceField(label=gettext_lazy("what kind of outcome"), choices=Sort.choices, widget=forms.RadioSelect)
    what = WordsField(
        WHAT,
        gettext_lazy("what changed"),
        help_text=gettext_lazy("One thing: the return fare to the county town; income of a household in a year."),
    )
    before = AmountField(
        label=gettext_lazy("before"),
        required=False,
        max_digits=14,
        decimal_places=3,
        help_text=gettext_lazy("Of a level. Leave it empty where nobody measured it."),
    )
    after = AmountField(
        label=gettext_lazy("after; or by how much, or how much came about"), max_digits=14, decimal_places=3
    )
    unit = WordsField(UNIT, gettext_lazy("unit"))
    on = day_field(gettext_lazy("as of"))
    source = WordsField(SOURCE, gettext_lazy("where this is known from"), rows=2)
    commitment = forms.ModelChoiceField(
        Commitment.objects.none(), label=gettext_lazy("what promise it came of (if of one)"), required=False
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any):
        super().__init__(*args, **kwargs)
        promises = Commitment.objects.filter(origin_kind=case.kind, origin_id=case.key)
        self.fields["commitment"].queryset = promises.exclude(state=Commitment.State.DROPPED).order_by("ordinal")


def load_case(request: Request, kind: str, pk: UUID) -> Case:
    return case_found(kind, pk)


def file_url(kind: str, key: UUID) -> str:
    file = named([(FILES[kind], key)])[FILES[kind], key]
    return file.url or reverse("outcomes")


@page("outcome.state", load=load_case)
def outcome_new(request: Request, case: Case) -> HttpResponse:
    file = named([(FILES[case.kind], case.key)])[FILES[case.kind], case.key]
    return one_act(
        request,
        OutcomeForm(request.POST or None, case=case),
        outcome_state,
        given={"case": case},
        heading=_("State what came of it"),
        lead=file.title,
        back=file.url or reverse("outcomes"),
        done=_("It stands on the file, with its source."),
        submit=_("State it"),
    )


def load_outcome(request: Request, pk: UUID) -> Outcome:
    outcome: Outcome = Outcome.objects.select_related("place").get(pk=pk)
    return outcome


class TakeBackForm(ActForm):
    reason = WordsField(WHY, gettext_lazy("why"), rows=2)


@page("outcome.take_back", load=load_outcome)
def outcome_back(request: Request, outcome: Outcome) -> HttpResponse:
    facts = [outcome.what, outcome_text(outcome), day_words(outcome.on), outcome.source]
    return one_act(
        request,
        TakeBackForm(request.POST or None),
        outcome_take_back,
        given={"outcome": outcome},
        heading=_("Take this outcome back"),
        lead=" · ".join(str(fact) for fact in facts),
        back=file_url(outcome.origin_kind, outcome.origin_id),
        done=_("It is taken back; the journal keeps it."),
        submit=_("Take it back"),
    )


urlpatterns = [
    path("desk/outcomes/", outcomes, name="outcomes"),
    path("desk/outcomes/<str:kind>/<uuid:pk>/new/", outcome_new, name="outcome_new"),
    path("desk/outcomes/<uuid:pk>/take-back/", outcome_back, name="outcome_back"),
]
