"""Putting what somebody else found on a round's list of problems: one form for a worry, a matter, a proposal, a signal
and a monitored family, filled with what that file knows."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.exits.models import ExitSuspicion
from yishi.assistance.register.models import Household
from yishi.assistance.supervision.items import Item, read_pack
from yishi.assistance.supervision.models import Lane, Round
from yishi.assistance.supervision.services.findings import SEEN
from yishi.assistance.supervision.usual import usual_bearer
from yishi.assistance.watch.models import Watch, WatchSignal
from yishi.assistance.watch.reads import trigger_of
from yishi.crossings.exit_findings import suspicion_supervise
from yishi.crossings.into_supervision import (
    Listed,
    matter_supervise,
    proposal_supervise,
    signal_supervise,
    watch_supervise,
    worry_supervise,
)
from yishi.crossings.rules import place_of, rounds_open_for
from yishi.deliberation.models import Matter, StudyFinding, Worry
from yishi.deliberation.services.screening import WHY
from yishi.journal.models import Receipt
from yishi.kit.text import clean
from yishi.organisations.around import bodies_around
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Place, PlaceLevel
from yishi.proposals.models import Proposal
from yishi.web.assistance.exits.exit_words import who
from yishi.web.assistance.exits.loads import load_suspicion
from yishi.web.assistance.supervision.bodies import CoordinatorField
from yishi.web.assistance.watch.loads import load_signal, load_watch
from yishi.web.deliberation.process.loads import load_matter
from yishi.web.kit.fields.bearer_field import BearerField
from yishi.web.kit.fields.picker import PickerField
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .loads import load_raised, load_written

FOUND = 20  # households of one search


class FamilyField(PickerField):
    """One family of a place, by name or number; one that the file knows stands there already."""

    def __init__(self, **options: Any):
        options.setdefault("label", gettext_lazy("household"))
        options.setdefault("placeholder", gettext_lazy("Name of the head, or number"))
        super().__init__(find=lambda text: [], by_ids=lambda ids: [], label_of=_family, **options)

    def within(self, place: Place) -> None:
        homes = Household.objects.filter(place__lo__range=(place.lo, place.hi), left_on__isnull=True)
        homes = homes.select_related("head", "place").order_by("place__lo", "number")

        def find(text: str) -> list[Household]:
            word = clean(text)[:64]
            named = Q(number__starts=word) | Q(head__name__finds=word)
            return list(homes.filter(named)[:FOUND]) if word else []

        def by_ids(ids: Iterable[UUID]) -> list[Household]:
            return list(homes.filter(pk__in=list(ids)))

        self.find, self.by_ids = find, by_ids

    def clean(self, value: Any) -> Household | None:  # type: ignore[override]  # one of the list, or none
        picked = super().clean(value)
        if len(picked) > 1:
            raise forms.ValidationError(_("Please tick one family only."))
        return picked[0] if picked else None


def _family(household: Household) -> str:
    return f"{household.head.name} · {household.place.name} · {household.number}"


def family_of(worry: Worry) -> list[Household]:
    """The family of the register to which whoever raised it belongs, where the viewer reaches it."""
    own = Household.objects.filter(
        members__person=worry.raiser_id, members__valid_to=None, place__lo__range=(worry.place.lo, worry.place.hi)
    )
    return list(own.select_related("head", "place")[:1])


class ListedForm(ActForm):
    """What is to be owed: on which list, of whom, by whom, by when. Nothing that the file says is asked again."""

    round: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        None, label=gettext_lazy("On the list of which round?")
    )
    place: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(None, label=gettext_lazy("village"))
    household = FamilyField(
        required=False, help_text=gettext_lazy("Only where it concerns one family; else it stands for the village.")
    )
    item = forms.ChoiceField(label=gettext_lazy("What does it concern?"), widget=forms.RadioSelect)
    said = forms.ChoiceField(label=gettext_lazy("What is lacking?"), widget=forms.RadioSelect)
    words = WordsField(SEEN, gettext_lazy("What is lacking?"), rows=3)
    lane = forms.ChoiceField(label=gettext_lazy("lane"), choices=Lane.choices, widget=forms.RadioSelect)
    coordinator = CoordinatorField(required=False)
    bearer = BearerField()
    due_on = day_field(gettext_lazy("due"))
    reason = WordsField(
        WHY, gettext_lazy("Reason"), rows=3, help_text=gettext_lazy("Whoever raised it will read this.")
    )

    def __init__(self, *args: Any, viewer: Viewer, file: Any, found: list[str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        place = place_of(file)
        rounds = rounds_open_for(viewer.changing, place)
        self.fields["round"].queryset = Round.objects.filter(pk__in=[round.pk for round in rounds]).order_by(
            "-starts_on"
        )
        if len(rounds) == 1:
            self.initial.setdefault("round", rounds[0].pk)
        self.fields["item"].choices = [(item.code, item.name) for item in _items(rounds)]
        if place.level == PlaceLevel.VILLAGE:
            del self.fields["place"]
        else:
            self.fields["place"].queryset = _villages(place, rounds)
        if isinstance(file, WatchSignal | Watch | ExitSuspicion):
            del self.fields["household"]
        else:
            self.fields["household"].within(place)
        self._ask_what_was_found(found)
        if not isinstance(file, Worry):
            del self.fields["reason"]
        bodies = list(bodies_around(place))
        self.fields["coordinator"].around(place)
        self.fields["bearer"].around(place)
        usual = usual_bearer(bodies, Lane.SPOT)
        if usual is not None:
            self.initial.setdefault("bearer", usual.pk)
        days = read_pack(rounds[0].pack).days if rounds else {}
        self.initial.setdefault("due_on", timezone.localdate() + timedelta(days=days.get(Lane.COUNTY, 30)))

    def _ask_what_was_found(self, found: list[str]) -> None:
        """One finding is written already; of several one is chosen, and need not be written."""
        if len(found) > 1:
            self.fields["said"].choices = [(str(number), text) for number, text in enumerate(found)]
            self.fields["words"].required = False
            self.fields["words"].label = _("or in other words")
        else:
            del self.fields["said"]
            self.initial.setdefault("words", _short(found[0]) if found else "")
        self.found = found

    def listed(self) -> Listed:
        """How it enters the list, from the cleaned data."""
        cleaned = self.cleaned_data
        words = cleaned["words"] or self.found[int(cleaned["said"])]
        said: dict[str, Any] = {
            name: cleaned.get(name)
            for name in ("round", "item", "lane", "bearer", "due_on", "coordinator", "place", "household")
        }
        return Listed(words=words, **said)


def _short(text: str) -> str:
    """A proposal for the finding's words: the whole text stands in its own file."""
    line = " ".join(text.split())
    return line if len(line) <= SEEN.longest else f"{line[: SEEN.longest - 1]}…"


def _items(rounds: list[Round]) -> list[Item]:
    """The items of all rounds that are offered, each once."""
    items = {item.code: item for round in rounds for item in read_pack(round.pack).some(round.items)}
    return list(items.values())


def _villages(place: Place, rounds: list[Round]) -> Any:
    """The villages of the rounds' lists within a place."""
    listed = Q(pk__in=[])
    for round in rounds:
        for lo, hi in round.listed.filter(off_at=None).values_list("place__lo", "place__hi"):
            listed |= Q(lo__range=(lo, hi))
    villages = Place.objects.filter(listed, level=PlaceLevel.VILLAGE, closed_on=None)
    return villages.filter(lo__range=(place.lo, place.hi)).order_by("lo")


def _supervise(
    request: Request, file: Any, name: str, service: Callable[..., Receipt], found: list[str], **options: Any
) -> HttpResponse:
    form = ListedForm(
        request.POST or None, viewer=request.viewer, file=file, found=found, initial=options.pop("initial", None)
    )

    def fields(cleaned: dict[str, Any]) -> dict[str, Any]:
        more = {"reason": cleaned["reason"]} if "reason" in cleaned else {}
        return {name: file, "listed": form.listed(), **more}

    return one_act(
        request,
        form,
        service,
        fields=fields,
        heading=_("Put it on a list of supervision"),
        lead=_("It is owed from now on, by the body and the day below, until a second person strikes it off."),
        done=_("The finding is on the list."),
        submit=_("Put it on the list"),
        next_url=_after,
        template="crossings/act.html",
        **options,
    )


def _after(receipt: Receipt) -> str:
    return reverse("supervision_finding", args=[receipt.result["finding"]])


@page("worry.supervise", load=load_raised)
def worry_list(request: Request, worry: Worry) -> HttpResponse:
    initial = {"household": family_of(worry)}
    back = reverse("worry", args=[worry.pk])
    return _supervise(
        request, worry, "worry", worry_supervise, [worry.text], back=back, initial=initial, source=worry.text
    )


@page("matter.supervise", load=load_matter)
def matter_list(request: Request, matter: Matter) -> HttpResponse:
    """The findings of its studies, the duties of its agreement; its title where there are none."""
    found = list(StudyFinding.objects.filter(study__matter=matter).order_by("ordinal").values_list("text", flat=True))
    back = reverse("matter", args=[matter.pk])
    return _supervise(
        request, matter, "matter", matter_supervise, [*found, matter.title], back=back, source=matter.summary
    )


@page("proposal.supervise", load=load_written)
def proposal_list(request: Request, proposal: Proposal) -> HttpResponse:
    back = reverse("proposal", args=[proposal.pk])
    return _supervise(
        request, proposal, "proposal", proposal_supervise, [proposal.title], back=back, source=proposal.text
    )


@page("signal.supervise", load=load_signal)
def signal_list(request: Request, signal: WatchSignal) -> HttpResponse:
    back = reverse("watch_signal", args=[signal.pk])
    return _supervise(request, signal, "signal", signal_supervise, [_signal_said(signal)], back=back)


def _signal_said(signal: WatchSignal) -> str:
    title = trigger_of(signal).title
    return f"{title}：{signal.words}" if signal.words else title


@page("watch.supervise", load=load_watch)
def watch_list(request: Request, watch: Watch) -> HttpResponse:
    """What its signals say, and what was found at home."""
    signals = [_signal_said(signal) for signal in watch.signals.all()]
    seen = [step.words for step in watch.steps.filter(taken_back_at=None, verb="verify") if step.words]
    back = reverse("watch", args=[watch.pk])
    return _supervise(request, watch, "watch", watch_supervise, [*seen, *signals], back=back)


@page("suspicion.supervise", load=load_suspicion)
def suspicion_list(request: Request, suspicion: ExitSuspicion) -> HttpResponse:
    """What it rests on, and what of the household's conditions is not met; of one that no register knows its line."""
    sample, known = suspicion.sample, suspicion.conditions
    said = suspicion.basis if sample.household_id else f"{who(sample)}：{suspicion.basis}"
    back = reverse("exit_suspicion", args=[suspicion.pk])
    initial = {"item": known[0]} if len(known) == 1 else {}
    return _supervise(request, suspicion, "suspicion", suspicion_supervise, [said], back=back, initial=initial)


urlpatterns = [
    path("desk/worries/<uuid:pk>/supervise/", worry_list, name="worry_supervise"),
    path("desk/matters/<uuid:pk>/supervise/", matter_list, name="matter_supervise"),
    path("desk/proposals/<uuid:pk>/supervise/", proposal_list, name="proposal_supervise"),
    path("desk/watch/signals/<uuid:pk>/supervise/", signal_list, name="signal_supervise"),
    path("desk/watch/<uuid:pk>/supervise/", watch_list, name="watch_supervise"),
    path("desk/exits/suspicions/<uuid:pk>/supervise/", suspicion_list, name="suspicion_supervise"),
]
