"""Deeds: the list with its filters, one deed's file."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import OuterRef, Q, QuerySet, Subquery, UUIDField
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.campaign.models import CatalogueItem
from yishi.assistance.campaign.reads import item_names
from yishi.assistance.deeds.models import (
    Activity,
    Deed,
    DeedCode,
    DeedConfirmation,
    DeedParty,
    Evidence,
)
from yishi.assistance.deeds.reads import both_seen_q, deeds_in, deeds_search, pairs_to_decide, pairs_with, parts_in
from yishi.database.gather import Given, HowMany
from yishi.database.kept import kept_question
from yishi.kit.records import lent
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body
from yishi.organisations.rights import may
from yishi.proposals.models import Proposal
from yishi.web.assistance.deeds.loads import PARTIES, deeds_with_details
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.forms import Form
from yishi.web.kit.lists import Column, DeclaredList, First, file_response
from yishi.web.kit.numbers import thousandths
from yishi.web.kit.page import page
from yishi.web.kit.peek import Peek
from yishi.web.kit.request import Request
from yishi.web.kit.sections import DEED, StandIn, kept, sections

from .deed_story import deed_events, story_rows
from .deed_words import (
    how_much,
    party_words,
    share_word,
    whom_from,
    whom_rows,
)

PER_PAGE = 25
MOST_COUNTED = 10_000  # deeds of a list: those of a province are told by its figures
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
    since = day_field(gettext_lazy("from (first day)"), required=False)
    until = day_field(gettext_lazy("to (last day)"), required=False)
    body = forms.UUIDField(required=False, widget=forms.HiddenInput)
    activity = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, request: Request):
        super().__init__(request.GET or None)
        self.viewer = request.viewer
        asked = kept_question("items of deeds", None, lambda: {"items": _items()}, is_reached=False)
        self.fields["item"].choices = [("", _("all")), *item_names(asked.answer()["items"]).items()]
        self.fields["state"].choices = [("", _("all")), *Deed.State.choices]
        self.fields["since"].widget.format = self.fields["until"].widget.format = "%Y-%m-%d"

    def narrow(self, deeds: QuerySet[Deed]) -> QuerySet[Deed]:
        """The deeds that fit the filters; all of them where the filters are not valid."""
        filters = self.cleaned_data if self.is_valid() else {}
        deeds = narrowed_by_whose(deeds, self.viewer, filters.get("whose", ""))
        if filters.get("q"):
            deeds = deeds_search(deeds, filters["q"], self.viewer.reach)
        for name, column in (("item", "item"), ("state", "state"), ("activity", "activity")):
            if filters.get(name):
                deeds = deeds.filter(**{column: filters[name]})
        if filters.get("body"):
            deeds = deeds.filter(Q(pk__in=_of_bodies([filters["body"]])) | Q(recorded_for=filters["body"]))
        if filters.get("place"):
            deeds = deeds.filter(place__lo__gte=filters["place"].lo, place__lo__lte=filters["place"].hi)
        if filters.get("since"):
            deeds = deeds.filter(on__gte=filters["since"])
        if filters.get("until"):
            deeds = deeds.filter(on__lte=filters["until"])
        return deeds

    @property
    def looks_for_words(self) -> bool:
        return self.is_valid() and bool(self.cleaned_data.get("q"))


def _items() -> QuerySet[CatalogueItem]:
    items = CatalogueItem.objects.select_related("campaign").prefetch_related("versions")
    return items.order_by("-campaign__starts_on", "campaign__code", "ordinal")


def narrowed_by_whose(deeds: QuerySet[Deed], viewer: Viewer, whose: str) -> QuerySet[Deed]:
    """Those of one choice of `WHOSE`."""
    person, bodies = viewer.person_id, viewer.reach.bodies
    named = DeedParty.objects.filter(person=person, person__isnull=False).values("deed")
    if whose == "mine":  # the ids first, each kind from its index
        recorded = Deed.within.filter(recorded_by=person, recorded_for__isnull=True)
        return deeds.filter(pk__in=recorded.values("pk").union(named))
    if whose == "desk":
        recorded = Deed.within.filter(recorded_for__in=bodies)
        return deeds.filter(pk__in=recorded.values("pk").union(_of_bodies(bodies)))
    if whose == "confirm":
        said = DeedConfirmation.objects.filter(person=person).values("deed")
        return deeds.filter(pk__in=named, confirmed_at__isnull=True, state=Deed.State.COUNTED).exclude(pk__in=said)
    if whose == "denied":
        return deeds.filter(pk__in=denied().values("deed"))
    return deeds


def denied() -> QuerySet[DeedCode]:
    """Codes by which a family answered "no", and that nobody looked into yet."""
    return DeedCode.objects.filter(said_yes=False, settled_at__isnull=True)


def _of_bodies(bodies: Any) -> Any:
    return DeedParty.objects.filter(body__in=bodies).values("deed")


def _listed(deeds: QuerySet[Deed]) -> QuerySet[Deed]:
    return deeds.select_related("version", "place", "activity", "recorded_for").prefetch_related(PARTIES)


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
        Column(gettext_lazy("who"), lambda deed: "、".join(party_words(deed))),
        Column(gettext_lazy("in words"), "words", page=False),
        Column(gettext_lazy("activity"), "activity.title", page=False),
        Column(gettext_lazy("state"), "get_state_display", cell="state"),
        Column(gettext_lazy("recorded by"), "recorded_for.name", page=False),
    ],
    most=MOST_COUNTED,
)


@page("deed.see", methods=("GET",))
def deeds(request: Request) -> HttpResponse:
    """The deeds that the viewer may see: mine, my body's, those of a place."""
    form = DeedFilter(request)

    def listed() -> QuerySet[Deed]:
        return _listed(form.narrow(deeds_in(request.viewer.reach))).order_by("-on", "-pk")

    filters = form.cleaned_data if form.is_valid() else {}
    reach = request.viewer.reach
    return DEEDS.respond(
        request,
        "assistance/deeds/deeds.html",
        listed,
        first=First(lambda: parts_in(reach), ("-on", "-pk"), lambda: _listed(Deed.within.all()), are_apart=True),
        form=form,
        paginator=Peek(listed(), _listed(Deed.objects.all()), PER_PAGE) if form.looks_for_words else None,
        about=_about(filters),
        may_record=may("deed.record", request.viewer),
        waiting=_pairs_waiting(request.viewer),
    )


def _pairs_waiting(viewer: Viewer) -> int:
    asked = kept_question("pairs to decide", viewer.key, lambda: {"waiting": HowMany(pairs_to_decide(viewer))})
    return int(asked.answer()["waiting"])


def _about(filters: dict[str, Any]) -> list[Any]:
    """The body and the activity to which the list is narrowed; they have no field of their own."""
    narrowed_to: list[Any] = []
    if filters.get("body"):
        narrowed_to += Body.objects.filter(pk=filters["body"])
    if filters.get("activity"):
        seen = Deed.objects.filter(activity__isnull=False).values("activity")
        narrowed_to += Activity.objects.filter(pk=filters["activity"], pk__in=seen)
    return narrowed_to


def load_file(request: Request, pk: UUID) -> Deed:
    """The deed, with the key of the pair that waits for a ruling (`pair`) if the viewer may see both of its deeds."""

    def asked() -> dict[str, Any]:
        earlier, later = (side.filter(both_seen_q()).values("pk")[:1] for side in pairs_with(OuterRef("pk")))
        found = deeds_with_details().annotate(pair=Coalesce(Subquery(earlier), Subquery(later)))
        return {"found": found.filter(pk=Given("deed", UUIDField()))}

    found: list[Deed] = kept_question("deed", None, asked).answer(deed=pk)["found"]
    if not found:
        raise Deed.DoesNotExist
    return found[0]


def is_own(request: Request, deed: Deed) -> bool:
    """Did the viewer, or a desk of theirs, record the deed? Then they know whom it reached."""
    viewer = request.viewer
    return (viewer.person_id is not None and deed.recorded_by_id == viewer.person_id) or (
        deed.recorded_for_id in viewer.reach.bodies
    )


DEED_PARTIES = DeclaredList(
    "deed_parties",
    gettext_lazy("who took part"),
    [
        Column(gettext_lazy("who took part"), "name"),
        Column(gettext_lazy("role in it"), "role"),
        Column(gettext_lazy("share"), "share", css="number"),
        Column(gettext_lazy("credited"), "amount", css="number"),
    ],
)


def _file_rows(deed: Any) -> dict[str, Any]:
    return {
        **story_rows(deed),
        **whom_rows(deed),
        "evidence": Evidence.objects.filter(deed=deed.pk).select_related("file", "added_by").order_by("added_at"),
        "merged": Deed.within.filter(merged_into=deed.pk),
        "source": Proposal.objects.filter(pk=deed.proposal_id)[:1],
        "into": Deed.objects.filter(pk=deed.merged_into_id)[:1],
    }


A_DEED = StandIn(
    SimpleNamespace(
        pk=Given("deed", UUIDField()),
        proposal_id=Given("proposal", UUIDField()),
        merged_into_id=Given("into", UUIDField()),
    ),
    lambda deed: {
        "deed": deed.pk,
        "proposal": deed.source_id if deed.source_kind == "proposal" else None,
        "into": deed.merged_into_id,
    },
)


@page("deed.see", load=load_file, methods=("GET",))
def deed(request: Request, deed: Deed) -> HttpResponse:
    """One deed's file: what, who with which share, whom, on what it rests, its story, the next acts."""
    viewer, counts = request.viewer, deed.state == Deed.State.COUNTED
    gathered = kept(request, "deed file", A_DEED, _file_rows, deed)
    events = deed_events(deed, gathered["entries"], gathered["remarks"])
    parties = [
        {"name": str(party.body or party.person), "role": party.get_role_display(), "share": share_word(party.share),
         "amount": f"{thousandths(deed.amount * party.share // 10_000)} {deed.version.unit}",
         "is_me": party.person_id == viewer.person_id and counts}
        for party in deed.parties.all()
    ]  # fmt: skip
    context = {
        "deed": deed,
        "much": how_much(deed),
        "parties": parties,
        "whom": whom_from(deed, gathered, is_own=is_own(request, deed)),
        "evidence": evidence_for(viewer, deed, gathered["evidence"]),
        "events": events,
        "merged": gathered["merged"],
        "source": next(iter(gathered["source"]), None),
        "acts": _acts(request, deed) if counts else [],
        "seen_into": bool(gathered["into"]),
        "sections": sections(request, DEED, deed, A_DEED),
    }
    return file_response(request, "assistance/deeds/deed.html", context, {DEED_PARTIES: parties})


def evidence_for(viewer: Viewer, deed: Deed, evidence: list[Evidence]) -> list[Evidence]:
    """The evidence as the viewer may read it: where it names families, words and file are taken off the records
    (nothing is saved) unless the viewer may correct the deed."""
    knows = may("deed.correct", viewer, deed)
    for piece in evidence:
        if Evidence.Kind(piece.kind).names_families and not knows:
            piece.words, piece.file = "", None
    return evidence


def _acts(request: Request, deed: Deed) -> list[dict[str, Any]]:
    """The next acts that this viewer may do, the likeliest first."""
    viewer = request.viewer
    offered = (
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
        for name, right, label, fits in offered
        if fits and may(right, viewer, deed)
    ]


def _names(viewer: Viewer, deed: Deed) -> bool:
    """Is the viewer a party of the deed that somebody else recorded? Each confirms for themself."""
    named = {party.person_id for party in deed.parties.all()} - {None, deed.recorded_by_id}
    return viewer.person_id in named


urlpatterns = [
    path("desk/deeds/", deeds, name="deeds"),
    path("desk/deeds/<uuid:pk>/", deed, name="deed"),
]
