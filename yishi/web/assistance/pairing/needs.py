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
from yishi.assistance.pairing.services.needs import need_close, need_share, need_state
from yishi.assistance.register.models import Household
from yishi.commitments.models import Commitment
from yishi.kit.records import filled
from yishi.organisations.models import Place
from yishi.organisations.rights import may
from yishi.web.kit.exports import export
from yishi.web.kit.forms import ActForm, Form
from yishi.web.kit.nearby import widest_place
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.place_field import PlaceField
from yishi.web.kit.request import Request

from .need_words import standing, state_word, with_promises

PER_PAGE = 25
STATES = [
    ("", gettext_lazy("not met")),
    ("alone", gettext_lazy("nobody promised yet")),
    ("promised", gettext_lazy("promised, not kept yet")),
    *Need.State.choices[1:],
]
DAY = forms.DateInput(attrs={"type": "date"})
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
        """By words, kind, place and age; `day` is the field from which the age counts."""
        given = self.cleaned_data if self.is_valid() else {}
        if given.get("q"):
            rows = rows.filter(words__icontains=given["q"].strip())
        if given.get("kind"):
            rows = rows.filter(kind=given["kind"])
        if given.get("place"):
            rows = rows.filter(place__lo__gte=given["place"].lo, place__lo__lte=given["place"].hi)
        if given.get("age"):
            before = timezone.localdate() - timedelta(days=int(given["age"]))
            rows = rows.filter(**{f"{day}__lte": before})
        return rows

    @property
    def asked(self) -> str:
        return self.cleaned_data.get("state", "") if self.is_valid() else ""


@page("need.list", methods=("GET",))
def needs(request: Request) -> HttpResponse:
    """What the people lack, the longest unmet first."""
    viewer = request.viewer
    form = ListFilter(request, STATES)
    rows = form.narrow(with_promises(Need.objects.select_related("place", "household__head")), "stated_on")
    waiting = rows.filter(state=Need.State.OPEN)
    if form.asked in ("alone", "promised"):
        rows = waiting.filter(is_promised=form.asked == "promised")
    elif form.asked != "all":
        rows = rows.filter(state=form.asked or Need.State.OPEN)
    rows = rows.order_by("is_promised", "stated_on", "pk")
    if request.GET.get("export"):
        columns = [
            (_("kind"), lambda one: one.get_kind_display()),
            (_("what is lacking"), lambda one: one.words),
            (_("quantity"), lambda one: one.quantity),
            (_("unit"), lambda one: one.unit),
            (_("place"), lambda one: one.place.full_name),
            (_("household number"), lambda one: one.household.number if one.household else ""),
            (_("stated on"), lambda one: one.stated_on),
            (_("wanted by"), lambda one: one.wanted_by),
            (_("age in days"), lambda one: one.age),
            (_("state"), state_word),
            (_("promised by"), lambda one: one.giver or ""),
            (_("by when"), lambda one: one.promised_until),
        ]
        return export(request, _("needs"), columns, rows)
    page_obj = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    for one in page_obj.object_list:
        one.standing = state_word(one)
        one.group = one.is_promised if one.state == Need.State.OPEN else None
    counts = waiting.aggregate(
        alone=Count("pk", filter=Q(is_promised=False)), promised=Count("pk", filter=Q(is_promised=True))
    )
    words = {
        "form": form,
        "page_obj": page_obj,
        "is_filtered": bool(request.GET),
        "counts": counts,
        "asked": form.asked,
        "keep": _kept(request),
        "is_mixed": form.asked in ("", "all"),
        "may_write": may("need.write", viewer),
        "may_browse": may("need.browse", viewer),
        "may_offer": may("offer.make", viewer),
    }
    return render(request, "assistance/pairing/needs.html", words)


def _kept(request: Request) -> str:
    """The filters but the state and the page, to go on with: "" or ending with "&"."""
    given = request.GET.copy()
    for name in ("state", "page", "export"):
        given.pop(name, None)
    return f"{given.urlencode()}&" if given else ""


@page("need.browse", methods=("GET",))
def needs_shared(request: Request) -> HttpResponse:
    """What members may read: words and village of needs that are shared, never whose they are."""
    form = ListFilter(request, [("", _("not met"))])
    form.fields["place"].limit(None)
    rows = Need.within.filter(is_shared=True, state=Need.State.OPEN).select_related("place").order_by("stated_on", "pk")
    own = [member.term.body.place for member in request.viewer.memberships] + [
        post.body.place for post in request.viewer.posts
    ]
    near = Q(pk__in=[])
    for place in own:
        near |= Q(place__lo__gte=place.lo, place__lo__lte=place.hi)
    rows = form.narrow(rows.filter(near), "stated_on")
    words = {
        "form": form,
        "page_obj": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "is_filtered": bool(request.GET),
        "may_offer": may("offer.make", request.viewer),
    }
    return render(request, "assistance/pairing/needs_shared.html", words)


class NeedForm(ActForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("what kind of help"), choices=HelpKind.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=gettext_lazy("what is lacking"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    place = PlaceField(label=gettext_lazy("village"), levels=("village", "hamlet", "township"), required=False)
    household = forms.CharField(
        label=gettext_lazy("household number"),
        max_length=32,
        required=False,
        help_text=gettext_lazy("Empty: the village needs it."),
    )
    quantity = forms.DecimalField(
        label=gettext_lazy("quantity"), required=False, max_digits=12, decimal_places=3, min_value=0
    )
    unit = forms.CharField(label=gettext_lazy("unit"), max_length=16, required=False)
    wanted_by = forms.DateField(label=gettext_lazy("wanted by"), required=False, widget=DAY)
    is_shared = forms.BooleanField(
        label=gettext_lazy("Members may read it (words and village, never whose it is)"), required=False
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        number = (given.get("household") or "").strip()
        given["household"] = None
        if number:
            given["household"] = Household.objects.select_related("place", "head").filter(number=number).first()
            if given["household"] is None:
                self.add_error("household", _("No household of yours has this number."))
        elif not given.get("place") and "place" not in self.errors:
            self.add_error("place", _("Choose a place."))
        return given


@page("need.write")
def need_new(request: Request) -> HttpResponse:
    """A villager says it to the village's desk, or a helper hears it: no account needed."""
    home = _household(request)
    initial: dict[str, Any] = {"is_shared": True}
    if home is not None:
        initial |= {"household": home.number, "place": home.place}
    else:
        initial["place"] = _own_village(request)
    form = NeedForm(request.POST or None, initial=initial)
    form.fields["place"].limit(widest_place(request))

    def fields(given: dict[str, Any]) -> dict[str, Any]:
        if given["household"] is not None:
            given["place"] = given["household"].place
        return given

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


def _household(request: Request) -> Household | None:
    try:
        return Household.objects.select_related("place").filter(pk=UUID(request.GET.get("household", ""))).first()
    except ValueError:
        return None


def _own_village(request: Request) -> Place | None:
    return next((post.body.place for post in request.viewer.posts if post.body.place.level == "village"), None)


def load_need(request: Request, pk: UUID) -> Need:
    return Need.objects.select_related("place", "household__head", "household__place", "desk").get(pk=pk)


@page("need.see", load=load_need, methods=("GET",))
def need(request: Request, one: Need) -> HttpResponse:
    viewer = request.viewer
    may_keep = may("need.keep", viewer, one)
    rows = list(one.matches.select_related("offer__person", "offer__body", "commitment__bearer").order_by("-made_at"))
    where = standing(one, rows)
    owed = filled(match.commitment_id for match in where.promised)
    seen = set(Commitment.objects.filter(pk__in=owed).values_list("pk", flat=True)) if owed else set()
    wants_more = one.state == Need.State.OPEN and not (where.promised and not where.lacking)
    words = {
        "need": one,
        "wants_more": wants_more,
        "matches": [match for match in rows if match not in where.promised],
        "where": where,
        "sees_promise": seen,
        "suggestions": offers_for(one) if may_keep and wants_more else [],
        "may_keep": may_keep and one.state == Need.State.OPEN,
    }
    return render(request, "assistance/pairing/need.html", words)


class ShareForm(ActForm):
    is_shared = forms.BooleanField(
        label=gettext_lazy("Members may read it (words and village, never whose it is)"), required=False
    )


@page("need.keep", load=load_need)
def need_sharing(request: Request, one: Need) -> HttpResponse:
    return one_act(
        request,
        ShareForm(request.POST or None, initial={"is_shared": one.is_shared}),
        need_share,
        heading=_("May members read it?"),
        lead=one.words,
        back=reverse("need", args=[one.pk]),
        done=_("The change is stored."),
        submit=_("Save"),
        given={"need": one},
    )


class CloseForm(ActForm):
    is_met = forms.TypedChoiceField(
        label=gettext_lazy("how it ended"),
        choices=[("1", gettext_lazy("met in another way")), ("0", gettext_lazy("withdrawn"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=gettext_lazy("reason"), max_length=300, required=False)


@page("need.keep", load=load_need)
def need_end(request: Request, one: Need) -> HttpResponse:
    return one_act(
        request,
        CloseForm(request.POST or None),
        need_close,
        heading=_("Close this need"),
        lead=one.words,
        back=reverse("need", args=[one.pk]),
        done=_("The need is closed."),
        submit=_("Close this need"),
        given={"need": one},
    )


urlpatterns = [
    path("desk/needs/", needs, name="needs"),
    path("desk/needs/shared/", needs_shared, name="needs_shared"),
    path("desk/needs/new/", need_new, name="need_new"),
    path("desk/needs/<uuid:pk>/", need, name="need"),
    path("desk/needs/<uuid:pk>/share/", need_sharing, name="need_share"),
    path("desk/needs/<uuid:pk>/close/", need_end, name="need_close"),
]
