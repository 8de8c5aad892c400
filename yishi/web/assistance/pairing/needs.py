"""Needs (群众所需): a list with their age, written down at the village's desk or by who helps; shared with members."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.pairing.models import HelpKind, Need
from yishi.assistance.pairing.services.matches import offers_for
from yishi.assistance.pairing.services.needs import WHY_CLOSED, WORDS, need_close, need_share, need_state
from yishi.assistance.register.models import Household
from yishi.commitments.models import Commitment
from yishi.database.named import record_named
from yishi.kit.records import filled, lend
from yishi.organisations.models import Place
from yishi.organisations.rights import may
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.fields.simple import AmountField, day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm, Form
from yishi.web.kit.lists import Column, DeclaredList
from yishi.web.kit.nearby import widest_place
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .need_words import need_standing, promised_day, state_word, with_promises

PER_PAGE = 25
STATES = [
    ("", gettext_lazy("not met")),
    ("alone", gettext_lazy("nobody promised yet")),
    ("promised", gettext_lazy("promised, not kept yet")),
    *Need.State.choices[1:],
]
AGES = (("", gettext_lazy("all")), ("30", gettext_lazy("30 days or older")), ("90", gettext_lazy("90 days or older")))


class ListFilter(Form):
    q = forms.CharField(label=gettext_lazy("words"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("kind"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("state"), required=False)
    age = forms.ChoiceField(label=gettext_lazy("waiting for"), choices=AGES, required=False)
    place = PlaceField(label=gettext_lazy("place"), required=False)

    def __init__(self, request: Request, states: list[tuple[str, Any]]):
        super().__init__(request.GET or None)
        self.fields["kind"].choices = [("", _("all")), *HelpKind.choices]
        self.fields["state"].choices = [*states, ("all", _("all"))]
        self.fields["place"].limit(widest_place(request))

    def narrow(self, rows: QuerySet[Any], day: str) -> QuerySet[Any]:
        """`rows` (needs or offers) by words, kind, place and age; `day` names the field from which the age counts."""
        filters = self.cleaned_data if self.is_valid() else {}
        if filters.get("q"):
            rows = rows.filter(words__finds=filters["q"].strip())
        if filters.get("kind"):
            rows = rows.filter(kind=filters["kind"])
        if filters.get("place"):
            rows = rows.filter(place__lo__gte=filters["place"].lo, place__lo__lte=filters["place"].hi)
        if filters.get("age"):
            before = timezone.localdate() - timedelta(days=int(filters["age"]))
            rows = rows.filter(**{f"{day}__lte": before})
        return rows

    @property
    def asked(self) -> str:
        """The state that is asked for: a key of the choices; "" is the first of them."""
        return self.cleaned_data.get("state", "") if self.is_valid() else ""


def with_standing(needs: list[Need]) -> None:
    """Lend each need of `with_promises` its `standing`, the word that the list shows of it, and `promised_day`."""
    for need in needs:
        lend(need, standing=state_word(need), promised_day=promised_day(need))


NEEDS = DeclaredList(
    "needs",
    gettext_lazy("needs"),
    [
        Column(gettext_lazy("what is lacking"), "words", cell="need", at=2),
        Column(gettext_lazy("kind"), "get_kind_display"),
        Column(gettext_lazy("quantity"), "quantity", page=False),
        Column(gettext_lazy("unit"), "unit", page=False),
        Column(gettext_lazy("place"), "place.full_name"),
        Column(gettext_lazy("waiting for"), cell="age"),
        Column(gettext_lazy("household number"), "household.number", page=False),
        Column(gettext_lazy("stated on"), "stated_on", page=False),
        Column(gettext_lazy("wanted by"), "wanted_by", page=False),
        Column(gettext_lazy("age in days"), "age", page=False),
        Column(gettext_lazy("state"), state_word, cell="state"),
        Column(gettext_lazy("promised by"), "giver", page=False),
        Column(gettext_lazy("by when"), promised_day, page=False),
    ],
    group=lambda need: need.is_promised if need.state == Need.State.OPEN else None,
)


@page("need.list", methods=("GET",))
def needs(request: Request) -> HttpResponse:
    """What the people lack, the longest unmet first."""
    viewer = request.viewer
    form = ListFilter(request, STATES)
    listed_needs = form.narrow(with_promises(Need.objects.select_related("place", "household__head")), "stated_on")
    waiting = listed_needs.filter(state=Need.State.OPEN)
    if form.asked in ("alone", "promised"):
        listed_needs = waiting.filter(is_promised=form.asked == "promised")
    elif form.asked != "all":
        listed_needs = listed_needs.filter(state=form.asked or Need.State.OPEN)
    listed_needs = listed_needs.order_by("is_promised", "stated_on", "pk")
    counts = waiting.aggregate(
        alone=Count("pk", filter=Q(is_promised=False)), promised=Count("pk", filter=Q(is_promised=True))
    )
    return NEEDS.respond(
        request,
        "assistance/pairing/needs.html",
        listed_needs,
        form=form,
        dress=with_standing,
        counts=counts,
        asked=form.asked,
        kept_filters=_kept_filters(request),
        is_mixed=form.asked in ("", "all"),
        may_write=may("need.write", viewer),
        may_browse=may("need.browse", viewer),
        may_offer=may("offer.make", viewer),
    )


def _kept_filters(request: Request) -> str:
    """The filters but the state and the page, to go on with: "" or ending with "&"."""
    filters = request.GET.copy()
    for name in ("state", "page", "export"):
        filters.pop(name, None)
    return f"{filters.urlencode()}&" if filters else ""


@page("need.browse", methods=("GET",))
def needs_shared(request: Request) -> HttpResponse:
    """What members may read: words and village of needs that are shared, never whose they are."""
    form = ListFilter(request, [("", _("not met"))])
    form.fields["place"].limit(None)
    shared_needs = Need.within.filter(is_shared=True, state=Need.State.OPEN).select_related("place")
    own = [member.term.body.place for member in request.viewer.memberships] + [
        post.body.place for post in request.viewer.posts
    ]
    near = Q(pk__in=[])
    for place in own:
        near |= Q(place__lo__gte=place.lo, place__lo__lte=place.hi)
    shared_needs = form.narrow(shared_needs.filter(near).order_by("stated_on", "pk"), "stated_on")
    context = {
        "form": form,
        "page_obj": Paginator(shared_needs, PER_PAGE).get_page(request.GET.get("page")),
        "is_filtered": bool(request.GET),
        "may_offer": may("offer.make", request.viewer),
    }
    return render(request, "assistance/pairing/needs_shared.html", context)


class NeedForm(ActForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("what kind of help"), choices=HelpKind.choices, widget=forms.RadioSelect
    )
    words = WordsField(WORDS, gettext_lazy("what is lacking"), rows=2)
    place = PlaceField(label=gettext_lazy("village"), levels=("village", "hamlet", "township"), required=False)
    household = forms.CharField(
        label=gettext_lazy("household number"),
        max_length=32,
        required=False,
        help_text=gettext_lazy("Empty: the village needs it."),
    )
    quantity = AmountField(label=gettext_lazy("quantity"), required=False, max_digits=12, decimal_places=3, min_value=0)
    unit = forms.CharField(label=gettext_lazy("unit"), max_length=16, required=False)
    wanted_by = day_field(gettext_lazy("wanted by"), required=False)
    is_shared = forms.BooleanField(
        label=gettext_lazy("Members may read it (words and village, never whose it is)"), required=False
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        number = (cleaned.get("household") or "").strip()
        cleaned["household"] = None
        if number:
            cleaned["household"] = Household.objects.select_related("place", "head").filter(number=number).first()
            if cleaned["household"] is None:
                self.add_error("household", _("No household of yours has this number."))
        elif not cleaned.get("place") and "place" not in self.errors:
            self.add_error("place", _("Choose a place."))
        return cleaned


@page("need.write")
def need_new(request: Request) -> HttpResponse:
    """A villager says it to the village's desk, or a helper hears it: no account needed."""
    home = _household_asked(request)
    initial: dict[str, Any] = {"is_shared": True}
    if home is not None:
        initial |= {"household": home.number, "place": home.place}
    else:
        initial["place"] = _own_village(request)
    form = NeedForm(request.POST or None, initial=initial)
    form.fields["place"].limit(widest_place(request))

    def fields(cleaned: dict[str, Any]) -> dict[str, Any]:
        if cleaned["household"] is not None:
            cleaned["place"] = cleaned["household"].place
        return cleaned

    return one_act(
        request,
        form,
        need_state,
        heading=_("Write down a need"),
        lead=_("In their words. It stands in the list until it is met."),
        back=reverse("needs"),
        done=_("The need is written down. These offers could fit."),
        submit=_("Save"),
        fields=fields,
        next_url=lambda receipt: reverse("need", args=[receipt.result["need"]]),
    )


def _household_asked(request: Request) -> Household | None:
    """The household within the viewer's reach whose id the address names, if it names one."""
    return record_named(Household.objects.select_related("place"), request.GET.get("household"))


def _own_village(request: Request) -> Place | None:
    return next((post.body.place for post in request.viewer.posts if post.body.place.level == "village"), None)


def load_need(request: Request, pk: UUID) -> Need:
    return Need.objects.select_related("place", "household__head", "household__place", "desk").get(pk=pk)


@page("need.see", load=load_need, methods=("GET",))
def need(request: Request, need: Need) -> HttpResponse:
    viewer = request.viewer
    may_keep = may("need.keep", viewer, need)
    joined = need.matches.select_related("offer__person", "offer__body", "commitment__bearer")
    matches = list(joined.order_by("-made_at"))
    standing = need_standing(need, matches)
    owed = filled(match.commitment_id for match in standing.promised)
    seen = set(Commitment.objects.filter(pk__in=owed).values_list("pk", flat=True)) if owed else set()
    wants_more = need.state == Need.State.OPEN and not (standing.promised and not standing.lacking)
    context = {
        "need": need,
        "wants_more": wants_more,
        "matches": [match for match in matches if match not in standing.promised],
        "standing": standing,
        "sees_promise": seen,
        "suggestions": offers_for(need) if may_keep and wants_more else [],
        "may_keep": may_keep and need.state == Need.State.OPEN,
    }
    return render(request, "assistance/pairing/need.html", context)


class ShareForm(ActForm):
    is_shared = forms.BooleanField(
        label=gettext_lazy("Members may read it (words and village, never whose it is)"), required=False
    )


@page("need.keep", load=load_need)
def need_sharing(request: Request, need: Need) -> HttpResponse:
    return one_act(
        request,
        ShareForm(request.POST or None, initial={"is_shared": need.is_shared}),
        need_share,
        heading=_("May members read it?"),
        lead=need.words,
        back=reverse("need", args=[need.pk]),
        done=_("The change is stored."),
        submit=_("Save"),
        given={"need": need},
    )


class CloseForm(ActForm):
    is_met = forms.TypedChoiceField(
        label=gettext_lazy("how it ended"),
        choices=[("1", gettext_lazy("met in another way")), ("0", gettext_lazy("withdrawn"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    reason = WordsField(WHY_CLOSED, gettext_lazy("reason"))


@page("need.keep", load=load_need)
def need_end(request: Request, need: Need) -> HttpResponse:
    return one_act(
        request,
        CloseForm(request.POST or None),
        need_close,
        heading=_("Close this need"),
        lead=need.words,
        back=reverse("need", args=[need.pk]),
        done=_("The need is closed."),
        submit=_("Close this need"),
        given={"need": need},
    )


urlpatterns = [
    path("desk/needs/", needs, name="needs"),
    path("desk/needs/shared/", needs_shared, name="needs_shared"),
    path("desk/needs/new/", need_new, name="need_new"),
    path("desk/needs/<uuid:pk>/", need, name="need"),
    path("desk/needs/<uuid:pk>/share/", need_sharing, name="need_share"),
    path("desk/needs/<uuid:pk>/close/", need_end, name="need_close"),
]
