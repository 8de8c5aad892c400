"""Deeds: the list with its filters, one deed's file."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.campaign.models import CatalogueItem
from yishi.assistance.deeds.models import (
    Activity,
    Deed,
    DeedCode,
    DeedConfirmation,
    DeedParty,
    Evidence,
)
from yishi.assistance.deeds.reads import deeds_search, open_pairs, pairs_to_decide
from yishi.database.gather import gather
from yishi.kit.records import filled, lent
from yishi.organisations.models import Body
from yishi.organisations.rights import may
from yishi.proposals.models import Proposal
from yishi.web.assistance.deeds.loads import PARTIES, rows_of_files
from yishi.web.kit.forms import Form
from yishi.web.kit.lists import Column, DeclaredList
from yishi.web.kit.numbers import thousandths
from yishi.web.kit.page import page
from yishi.web.kit.peek import Peek
from yishi.web.kit.place_field import PlaceField
from yishi.web.kit.request import Request
from yishi.web.kit.sections import DEED, sections

from .deed_story import deed_events, story_rows
from .deed_words import (
    how_much,
    party_words,
    share_word,
    whom_from,
    whom_rows,
)

PER_PAGE = 25
WHOSE = (
    ("", gettext_lazy("all that I may see")),
    ("mine", gettext_lazy("mine")),
    ("desk", gettext_lazy("my body's")),
    ("confirm", gettext_lazy("to be confirmed by me")),
    ("denied", gettext_lazy("the family says no")),
)


class DeedFilter(Form):
    q = forms.CharField(label=gettext_lazy("Search"), required=False)
    whose = forms.ChoiceField(label=gettext_lazy("whose"), choices=WHOSE, required=False)
    item = forms.ChoiceField(label=gettext_lazy("item"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("state"), required=False)
    place = PlaceField(label=gettext_lazy("place"), required=False, help_text="")
    since = forms.DateField(
        label=gettext_lazy("from (first day)"), required=False, widget=forms.DateInput({"type": "date"})
    )
    until = forms.DateField(
        label=gettext_lazy("to (last day)"), required=False, widget=forms.DateInput({"type": "date"})
    )
    body = forms.UUIDField(required=False, widget=forms.HiddenInput)
    activity = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, request: Request):
        super().__init__(request.GET or None)
        self.viewer = request.viewer
        items = CatalogueItem.objects.prefetch_related("versions").order_by("-campaign__starts_on", "ordinal")
        named = [(str(one.pk), max(one.versions.all(), key=lambda v: v.number).name) for one in items]
        self.fields["item"].choices = [("", _("all")), *named]
        self.fields["state"].choices = [("", _("all")), *Deed.State.choices]
        self.fields["since"].widget.format = self.fields["until"].widget.format = "%Y-%m-%d"

    def narrow(self, rows: QuerySet[Deed]) -> QuerySet[Deed]:
        given = self.cleaned_data if self.is_valid() else {}
        rows = self._whose(rows, given.get("whose", ""))
        if given.get("q"):
            rows = deeds_search(rows, given["q"], self.viewer.reach)
        for name, column in (("item", "item"), ("state", "state"), ("activity", "activity")):
            if given.get(name):
                rows = rows.filter(**{column: given[name]})
        if given.get("body"):
            rows = rows.filter(Q(pk__in=_with_body([given["body"]])) | Q(recorded_for=given["body"]))
        if given.get("place"):
            rows = rows.filter(place__lo__gte=given["place"].lo, place__lo__lte=given["place"].hi)
        if given.get("since"):
            rows = rows.filter(on__gte=given["since"])
        if given.get("until"):
            rows = rows.filter(on__lte=given["until"])
        return rows

    @property
    def looks_for_words(self) -> bool:
        return self.is_valid() and bool(self.cleaned_data.get("q"))

    def _whose(self, rows: QuerySet[Deed], whose: str) -> QuerySet[Deed]:
        person, bodies = self.viewer.person_id, self.viewer.reach.bodies
        named = DeedParty.objects.filter(person=person, person__isnull=False).values("deed")
        if whose == "mine":
            return rows.filter(Q(recorded_by=person, recorded_for__isnull=True) | Q(pk__in=named))
        if whose == "desk":
            return rows.filter(Q(recorded_for__in=bodies) | Q(pk__in=_with_body(bodies)))
        if whose == "confirm":
            said = DeedConfirmation.objects.filter(person=person).values("deed")
            return rows.filter(pk__in=named, confirmed_at__isnull=True, state=Deed.State.COUNTED).exclude(pk__in=said)
        if whose == "denied":
            return rows.filter(pk__in=denied().values("deed"))
        return rows


def denied() -> QuerySet[DeedCode]:
    """Answers "no" of families that nobody looked into yet."""
    return DeedCode.objects.filter(said_yes=False, settled_at__isnull=True)


def _with_body(bodies: Any) -> Any:
    return DeedParty.objects.filter(body__in=bodies).values("deed")


def _listed(rows: QuerySet[Deed]) -> QuerySet[Deed]:
    return rows.select_related("version", "place", "activity", "recorded_for").prefetch_related(PARTIES)


DEEDS = DeclaredList(
    "deeds",
    gettext_lazy("deeds"),
    [
        Column(gettext_lazy("deed"), cell="deed"),
        Column(gettext_lazy("quantity"), "quantity", shown=how_much, at=4, css="number"),
        Column(gettext_lazy("receipt number"), "number", page=False),
        Column(gettext_lazy("item"), "version.name", page=False),
        Column(gettext_lazy("day"), "on", css="nowrap"),
        Column(gettext_lazy("unit"), "version.unit", page=False),
        Column(gettext_lazy("place"), "place.full_name", shown="place.name"),
        Column(gettext_lazy("who"), lambda one: "、".join(party_words(one))),
        Column(gettext_lazy("in words"), "words", page=False),
        Column(gettext_lazy("activity"), "activity.title", page=False),
        Column(gettext_lazy("state"), "get_state_display", cell="state"),
        Column(gettext_lazy("recorded by"), "recorded_for.name", page=False),
    ],
)


@page("deed.see", methods=("GET",))
def deeds(request: Request) -> HttpResponse:
    """The deeds that the viewer may see: mine, my body's, those of a place."""
    form = DeedFilter(request)
    rows = _listed(form.narrow(Deed.objects.all())).order_by("-on", "-pk")
    pages = Peek(rows, _listed(Deed.objects.all()), PER_PAGE) if form.looks_for_words else Paginator(rows, PER_PAGE)
    given = form.cleaned_data if form.is_valid() else {}
    return DEEDS.respond(
        request,
        "assistance/deeds/deeds.html",
        rows,
        form=form,
        paginator=pages,
        about=_about(given),
        may_record=may("deed.record", request.viewer),
        waiting=pairs_to_decide(request.viewer).count(),
    )


def _about(given: dict[str, Any]) -> list[Any]:
    """The body and the activity to which the list is narrowed; they have no field of their own."""
    found: list[Any] = []
    if given.get("body"):
        found += Body.objects.filter(pk=given["body"])
    if given.get("activity"):
        seen = Deed.objects.filter(activity__isnull=False).values("activity")
        found += Activity.objects.filter(pk=given["activity"], pk__in=seen)
    return found


def open_pairs_in_reach(request: Request) -> Any:
    """Pairs in the queue both of whose deeds the viewer may see."""
    seen = Deed.objects.values("pk")
    return open_pairs().filter(earlier__in=seen, later__in=seen)


def load_file(request: Request, pk: UUID) -> Deed:
    """With the pair in the queue, if there is one that the viewer may see."""
    pairs = open_pairs_in_reach(request).filter(Q(earlier=OuterRef("pk")) | Q(later=OuterRef("pk")))
    return rows_of_files().annotate(pair=Subquery(pairs.values("pk")[:1])).get(pk=pk)


def is_own(request: Request, deed: Deed) -> bool:
    """Did the viewer, or their desk, record it? They know whom it reached: they wrote it."""
    viewer = request.viewer
    return (viewer.person_id is not None and deed.recorded_by_id == viewer.person_id) or (
        deed.recorded_for_id in viewer.reach.bodies
    )


@page("deed.see", load=load_file, methods=("GET",))
def deed(request: Request, deed: Deed) -> HttpResponse:
    """One deed's file: what, who with which share, whom, on what it rests, its story, the next acts."""
    viewer, counts = request.viewer, deed.state == Deed.State.COUNTED
    followed = deed.source_id if deed.source_kind == "proposal" else None
    rows = gather(
        **story_rows(deed),
        **whom_rows(deed),
        evidence=deed.evidence.select_related("file", "added_by").order_by("added_at"),
        merged=Deed.within.filter(merged_into=deed),
        source=Proposal.objects.filter(pk__in=filled([followed]))[:1],
        into=Deed.objects.filter(pk__in=filled([deed.merged_into_id]))[:1],
    )
    events = deed_events(deed, rows["entries"], rows["remarks"])
    parties = [
        {"name": str(one.body or one.person), "role": one.get_role_display(), "share": share_word(one.share),
         "amount": thousandths(deed.amount * one.share // 10_000),
         "is_me": one.person_id == viewer.person_id and counts}
        for one in deed.parties.all()
    ]  # fmt: skip
    words = {
        "deed": deed,
        "much": how_much(deed),
        "parties": parties,
        "whom": whom_from(deed, rows, is_own=is_own(request, deed)),
        "evidence": evidence_for(viewer, deed, rows["evidence"]),
        "events": events,
        "merged": rows["merged"],
        "source": next(iter(rows["source"]), None),
        "acts": _acts(request, deed) if counts else [],
        "seen_into": bool(rows["into"]),
        "sections": sections(request, DEED, deed),
    }
    return render(request, "assistance/deeds/deed.html", words)


def evidence_for(viewer: Any, deed: Deed, rows: list[Evidence]) -> list[Evidence]:
    """What it rests on. Words and file of a paper that names families are for those who may correct the deed."""
    knows = may("deed.correct", viewer, deed)
    for one in rows:
        if one.kind in Evidence.NAMING and not knows:
            one.words, one.file = "", None
    return rows


def _acts(request: Request, deed: Deed) -> list[dict[str, Any]]:
    """The next acts that this viewer may do, the likeliest first."""
    viewer = request.viewer
    rows = (
        ("deed_confirm", "deed.confirm", _("It was so: confirm"), deed.confirmed_at is None and _names(viewer, deed)),
        ("deed_claim", "deed.claim", _("Claim a role in it"), True),
        ("deed_prove", "deed.prove", _("Add evidence"), True),
        ("deed_code", "deed.prove", _("Code for the family"), True),
        ("deed_correct", "deed.correct", _("Correct it"), True),
        ("deed_uphold", "deed.correct", _("It stands all the same"), lent(deed, "is_denied")),
        ("deed_withdraw", "deed.correct", _("Withdraw it"), True),
        ("deed_disown", "deed.disown", _("It was not I"), True),
    )
    return [
        {"url": reverse(name, args=[deed.pk]), "label": label}
        for name, right, label, fits in rows
        if fits and may(right, viewer, deed)
    ]


def _names(viewer: Any, deed: Deed) -> bool:
    """Is the viewer a member named in it by somebody else? Each confirms for themself."""
    named = {one.person_id for one in deed.parties.all()} - {None, deed.recorded_by_id}
    return viewer.person_id in named


urlpatterns = [
    path("desk/deeds/", deeds, name="deeds"),
    path("desk/deeds/<uuid:pk>/", deed, name="deed"),
]
