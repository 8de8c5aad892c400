"""Recording a deed on a phone in under a minute: the item by a big button, then the fields that only its doer knows."""

from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Max
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.campaign.models import CatalogueItem, ItemVersion
from yishi.assistance.campaign.reads import version_on
from yishi.assistance.deeds.models import Deed, DeedParty
from yishi.assistance.deeds.reads import (
    alike_of,
    bodies_by,
    bodies_find,
    households_by,
    households_find,
    members_by,
    members_find,
    open_items,
    places_of,
    villagers_by,
    villagers_find,
)
from yishi.assistance.deeds.services.deeds import DEED_WORDS, deed_record
from yishi.assistance.deeds.services.standing import Part, Reached, joined
from yishi.assistance.pairing.models import Match
from yishi.assistance.register.models import Household
from yishi.kit.ids import id_read
from yishi.kit.records import certain
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Place
from yishi.organisations.rights import may
from yishi.people.models import Person
from yishi.web.kit.fields.picker import FIND, PickerField, is_search
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.fields.simple import AmountField, day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.nearby import stationed_places
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .deed_words import (
    household_label,
    how_much,
    party_words,
    villager_label,
    whom,
)

ME, DESK, FOR_MEMBERS, FOR_OTHERS = "me", "desk", "members", "others"
Role, Serves = DeedParty.Role, ItemVersion.Serves
USED = 4  # how many of the items used last stand on top


@page("deed.record", methods=("GET",), unaudited="the choice of a form")
def deed_new(request: Request) -> HttpResponse:
    """First step: the catalogue as big buttons, the items that the viewer used last on top."""
    catalogue = list(
        open_items(request.viewer)
        .select_related("direction", "campaign")
        .prefetch_related("versions")
        .order_by("-campaign__starts_on", "direction__ordinal", "ordinal")
    )
    today = timezone.localdate()
    items: list[dict[str, Any]] = [{"item": item, "version": _version(item, today)} for item in catalogue]
    last = (
        Deed.within.filter(recorded_by=request.viewer.person, recorded_by__isnull=False)
        .values("item")
        .annotate(last=Max("recorded_at"))
        .order_by("-last")[:USED]
    )
    used = {row["item"]: place for place, row in enumerate(last)}
    recent = sorted(
        (choice for choice in items if choice["item"].pk in used), key=lambda choice: used[choice["item"].pk]
    )
    query = request.GET.urlencode()
    context = {
        "items": items,
        "several": len({choice["item"].campaign_id for choice in items}) > 1,
        "recent": recent if len(items) > USED else [],
        "query": f"?{query}" if query else "",
    }
    return render(request, "assistance/deeds/deed_items.html", context)


def _version(item: CatalogueItem, day: Any) -> ItemVersion:
    """The version that holds on a day, as `version_on` says, from versions that are prefetched."""
    versions = sorted(item.versions.all(), key=lambda version: version.number)
    return ([version for version in versions if version.valid_from <= day] or versions[:1])[-1]


class ReachedForm(ActForm):
    """The fields of every record of a deed, as far as its item asks: how much, whom it reached, where, when."""

    amount = AmountField(label=gettext_lazy("How much?"), max_digits=14, decimal_places=3)
    unnamed = forms.IntegerField(
        label=gettext_lazy("People reached without names: how many?"),
        help_text=gettext_lazy("Only if you do not name them. Numbers are kept apart from households by name."),
        required=False,
        min_value=0,
        max_value=5_000_000,
    )
    place = PlaceField(day="on")
    on = day_field(gettext_lazy("When?"))
    words = WordsField(DEED_WORDS, gettext_lazy("In a few words (if you like)"), rows=2)

    def __init__(
        self, *args: Any, viewer: Viewer, version: ItemVersion, household: Household | None = None, **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        self.viewer, self.version, self.household = viewer, version, household
        self.fields["amount"].widget.attrs.update({"inputmode": "decimal", "step": "any"})
        self.fields["unnamed"].widget.attrs["inputmode"] = "numeric"
        if version.serves == Serves.VILLAGE:
            del self.fields["unnamed"]
            self.fields["place"] = PlaceField(label=gettext_lazy("Which village?"), levels=("village",), day="on")
        elif household is not None:  # of the promise that this fulfils: nobody is asked again
            self.fields["unnamed"].label = _("How many people besides?")
            self.fields["unnamed"].help_text = ""
        elif not self.is_number_alone():
            self.offer_families()
        self.fields["on"].widget.format = "%Y-%m-%d"

    def is_number_alone(self) -> bool:
        """Was a number sent, and nobody named? Then the pickers change nothing; a page that shows the form again offers
        them (`offer_families`)."""
        return False

    def offer_families(self) -> None:
        """The fields for families and people, where the viewer has any to choose from."""
        if (
            self.household is not None
            or self.version.serves == Serves.VILLAGE
            or {"households", "people"} & {*self.fields}
        ):
            return
        if Household.objects.exists():
            self._name_families()
        else:  # nobody to choose from: the number is all that can be said
            self.fields["unnamed"].label = _("How many people did it reach?")
            self.fields["unnamed"].help_text = ""
            self.fields["unnamed"].required = self.version.serves != Serves.ANYBODY

    def _name_families(self) -> None:
        """Add the pickers of families and people; without a family in reach there is nothing to pick from."""
        self.fields["households"] = PickerField(
            find=households_find,
            by_ids=households_by,
            label_of=household_label,
            label=gettext_lazy("Which families?"),
            placeholder=gettext_lazy("Name of the head, or number"),
            required=False,
        )
        if self.version.serves in (Serves.PERSON, Serves.ANYBODY):
            self.fields["people"] = PickerField(
                find=villagers_find,
                by_ids=villagers_by,
                label_of=villager_label,
                label=gettext_lazy("Which people?"),
                placeholder=gettext_lazy("Name, or number of the family"),
                required=False,
            )
        if self.version.serves == Serves.HOUSEHOLD:
            self.fields.pop("people", None)
        if self.version.serves == Serves.PERSON:
            del self.fields["households"]
        self.order_fields(("act_id", "amount", "households", "people", "unnamed", "place", "on", "words"))

    def reached(self) -> Reached:
        """Whom the deed reached, from the cleaned data."""
        cleaned = self.cleaned_data
        villages = [cleaned["place"]] if self.version.serves == Serves.VILLAGE else []
        return Reached(
            households=[self.household] if self.household else cleaned.get("households") or [],
            people=cleaned.get("people") or [],
            villages=villages,
            unnamed=cleaned.get("unnamed") or 0,
        )


class DeedForm(ReachedForm):
    """A new deed, with who did it: the viewer, their desk, members for whom the desk records, or others whose deed the
    desk only reports; further parties and shares are folded away."""

    doer = forms.ChoiceField(label=gettext_lazy("Who did it?"), widget=forms.RadioSelect)
    members = PickerField(
        find=lambda text: [],
        by_ids=lambda ids: [],
        label=gettext_lazy("Which members?"),
        placeholder=gettext_lazy("Name of the member"),
        required=False,
        help_text=gettext_lazy("They find it on their page and confirm it with one tap."),
    )
    role = forms.ChoiceField(label=gettext_lazy("In which role?"), choices=Role.choices, initial=Role.LEAD)
    bodies = PickerField(
        find=bodies_find,
        by_ids=bodies_by,
        label=gettext_lazy("Which other bodies took part?"),
        placeholder=gettext_lazy("Name of the body"),
        required=False,
    )
    share = forms.DecimalField(
        label=gettext_lazy("Our own share in per cent (empty: equal parts)"),
        required=False,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
    )
    FOLDED = ("role", "bodies", "share")

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any):
        super().__init__(*args, viewer=viewer, **kwargs)
        self.desks = {str(post.body_id): post.body for post in viewer.working_posts}
        self.is_stationed = viewer.stationed() is not None
        choices = [(ME, _("I myself"))] if viewer.is_sitting_member() or self.is_stationed else []
        for key, body in self.desks.items():
            choices.append((f"{DESK}:{key}", body.name))
            choices.append((f"{FOR_MEMBERS}:{key}", _("members; %(body)s organised it") % {"body": body.name}))
            choices.append((f"{FOR_OTHERS}:{key}", _("others; %(body)s only reports it") % {"body": body.name}))
        if self.is_stationed:  # for no desk: what others did where the team is
            choices.append((FOR_OTHERS, _("others; I only report it")))
        self.fields["doer"].choices = choices
        self.fields["doer"].initial = choices[0][0] if choices else ""
        if len(choices) < 2:
            self.fields["doer"].widget = forms.HiddenInput()
        if self.desks or self.is_stationed:
            members = self.fields["members"]
            members.find, members.by_ids = (partial(search, viewer) for search in (members_find, members_by))
        else:
            del self.fields["members"]

    def is_number_alone(self) -> bool:
        named = any(value for name, value in self.data.items() if name.startswith(("households", "people")))
        return bool(self.is_bound and self.data.get("unnamed")) and not named and FIND not in self.data

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        doer, members = cleaned.get("doer", ""), cleaned.get("members")
        if doer.startswith(FOR_MEMBERS) and not members and "members" not in self.errors:
            self.add_error("members", _("Search, and tick at least one."))
        if doer.startswith(FOR_OTHERS) and not (members or cleaned.get("bodies")) and "bodies" not in self.errors:
            self.add_error("bodies", _("Search, and tick at least one."))
        return cleaned

    def service_fields(self) -> dict[str, Any]:
        """The arguments of `deed_record` besides the item and the match."""
        cleaned = self.cleaned_data
        desk = self.desks.get(cleaned["doer"].partition(":")[2])
        others = [Part(body, Role.CO, 1) for body in cleaned["bodies"] if body != desk]
        if cleaned["doer"] == ME:
            ours = [Part(certain(self.viewer.person), cleaned["role"])]
        elif cleaned["doer"].startswith(DESK):
            ours = [Part(certain(desk), cleaned["role"])]
        elif cleaned["doer"].startswith(FOR_OTHERS):  # its desk records and is no party
            named = [*cleaned["members"], *cleaned["bodies"]]
            ours, others = [Part(named[0], Role.LEAD)], [Part(party, Role.CO, 1) for party in named[1:]]
        else:
            ours = [Part(person, Role.LEAD) for person in cleaned["members"]]
            others = [part for part in others if part.who != desk]
            ours.append(Part(certain(desk), Role.ORGANISER))
        return {
            "place": cleaned["place"],
            "on": cleaned["on"],
            "amount": cleaned["amount"],
            "words": cleaned["words"],
            "reached": self.reached(),
            "recorded_for": desk,
            "parties": _shared(ours, others, cleaned["share"]),
        }


def _shared(ours: list[Part], others: list[Part], share: Decimal | None) -> list[Part]:
    """All parts equal; with a share (per cent) the first of ours has it, and the rest is equal among the others."""
    rest = [Part(part.who, part.role, 1) for part in (*ours[1:], *others)]
    if share is None or not rest:
        return [Part(part.who, part.role) for part in (*ours, *others)]
    return joined(rest, Part(ours[0].who, ours[0].role, int(share * 100)))


def load_item(request: Request, pk: UUID) -> CatalogueItem:
    items = open_items(request.viewer).select_related("campaign", "direction").prefetch_related("versions")
    return items.get(pk=pk)


@page("deed.record", load=load_item)
def deed_new_item(request: Request, item: CatalogueItem) -> HttpResponse:
    """Second step: one short form; place from the last record, today, one unit."""
    version, match = version_on(item, timezone.localdate()), _promised(request)
    if version.fed_by != ItemVersion.Fed.HAND:
        return redirect("proposal_new")  # written once, as a proposal: it counts by itself
    form = DeedForm(
        request.POST or None,
        viewer=request.viewer,
        version=version,
        household=match.need.household if match else None,
        initial=_initial(request, version, match) if request.method == "GET" else None,  # what was typed stays
    )
    searched = is_search(request, form)
    if request.method == "POST" and not searched and form.is_valid():
        receipt = form.attempt(request, deed_record, item=item, match=match, **form.service_fields())
        if receipt is not None:
            return redirect(reverse("deed_done", args=[receipt.result["deed"]]))
    form.offer_families()
    errors = () if searched else form.errors
    context: dict[str, Any] = {"form": form, "item": item, "version": version, "match": match}
    context["folded"] = [form[name] for name in DeedForm.FOLDED]
    context["is_open"] = any(name in errors or request.POST.get(FIND) == name for name in DeedForm.FOLDED)
    context["main"] = [field for field in form.visible_fields() if field.name not in DeedForm.FOLDED]
    status = 422 if request.method == "POST" and not searched else 200
    return render(request, "assistance/deeds/deed_new.html", context, status=status)


def _promised(request: Request) -> Match | None:
    """The accepted match that the deed fulfils, where the viewer keeps it (`?match=`)."""
    if "match" not in request.GET:
        return None
    accepted = Match.objects.filter(pk__in=_keys(request.GET["match"]), state=Match.State.ACCEPTED)
    match = accepted.select_related("need__place", "need__household", "offer", "commitment").first()
    return match if match is not None and may("match.keep", request.viewer, match) else None


def _initial(request: Request, version: ItemVersion, match: Match | None) -> dict[str, Any]:
    """What the form is filled with: the place of the viewer's last record; place, quantity and words of the record that
    is to be repeated (`?like=`); place and quantity of the promise that the deed keeps."""
    person: Person | None = request.viewer.person
    own = Deed.within.filter(recorded_by=person, recorded_by__isnull=False).select_related("place")
    like = own.filter(pk__in=_keys(request.GET.get("like"))).first()
    last = like or own.order_by("-recorded_at").first()
    initial: dict[str, Any] = {"on": timezone.localdate(), "amount": 1}
    stood = places_of(request.viewer) or stationed_places(request.viewer)
    place: Place | None = last.place if last else next(iter(stood), None)
    if version.serves != Serves.VILLAGE or (place and place.level == "village"):
        initial["place"] = place
    if match is not None:
        initial["place"] = match.need.place
        if match.quantity:
            initial["amount"] = f"{match.quantity.normalize():f}"
    if like is not None:
        initial.update(amount=f"{like.quantity.normalize():f}", words=like.words)
    return initial


def _keys(text: str | None) -> list[UUID]:
    """The key in an address, as a list for `pk__in`: empty where it is no key."""
    key = id_read(text)
    return [key] if key else []


def load_own(request: Request, pk: UUID) -> Deed:
    """A deed that the viewer recorded."""
    deeds = Deed.objects.select_related("version", "place", "item", "activity")
    return deeds.prefetch_related("parties__body", "parties__person").get(pk=pk, recorded_by=request.viewer.person)


@page(
    "deed.see",
    load=load_own,
    methods=("GET",),
    unaudited="for whoever has just recorded it; the deed's own page says the same",
)
def deed_done(request: Request, deed: Deed) -> HttpResponse:
    """After sending: who did it and whom it reached, by name, so that a wrong tick is seen at once; the receipt's
    number, one more like it, and what looks like the same deed."""
    alike = [{"deed": other, "much": how_much(other), "parties": party_words(other)} for other in alike_of(deed)]
    context = {"deed": deed, "much": how_much(deed), "alike": alike, "wanted": _wanted(deed)}
    context |= {"whom": whom(deed, is_own=True), "parties": party_words(deed)}
    return render(request, "assistance/deeds/deed_done.html", context)


def _wanted(deed: Deed) -> list[str]:
    """The kinds of evidence of which the item asks for one."""
    labels = dict(deed.evidence.model.Kind.choices)
    return [str(labels[kind]) for kind in deed.version.evidence if kind in labels]


urlpatterns = [
    path("desk/deeds/new/", deed_new, name="deed_new"),
    path("desk/deeds/new/<uuid:pk>/", deed_new_item, name="deed_new_item"),
    path("desk/deeds/<uuid:pk>/done/", deed_done, name="deed_done"),
]
