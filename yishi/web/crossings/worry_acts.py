"""A worry becomes a signal about a family, or a deed: two short forms, filled with what the worry says."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.campaign.models import CatalogueItem, ItemVersion
from yishi.assistance.campaign.reads import version_on
from yishi.assistance.deeds.models import DeedParty
from yishi.assistance.deeds.reads import open_items
from yishi.assistance.deeds.services.deeds import DEED_WORDS, Planned
from yishi.assistance.deeds.services.standing import Part, Reached
from yishi.assistance.watch.services.signals import MOST_AMOUNT, TOLD
from yishi.assistance.watch.triggers import read_pack
from yishi.crossings.worry_deeds import worry_help
from yishi.crossings.worry_signals import worry_signal
from yishi.deliberation.models import Worry
from yishi.deliberation.services.screening import WHY
from yishi.journal.models import Receipt
from yishi.kit.records import certain
from yishi.organisations.grants import Viewer
from yishi.organisations.models import PlaceLevel
from yishi.web.assistance.watch.watch_words import title_of
from yishi.web.kit.fields.simple import AmountField, day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .loads import load_raised
from .supervising import FamilyField, family_of

ME = "me"
Serves = ItemVersion.Serves


class SignalForm(ActForm):
    household = FamilyField()
    trigger = forms.ChoiceField(label=gettext_lazy("which kind of trouble"))
    on = day_field(gettext_lazy("day it happened"))
    amount = AmountField(
        label=gettext_lazy("amount or days"),
        min_value=0,
        max_value=MOST_AMOUNT,
        max_digits=12,
        decimal_places=2,
        required=False,
        help_text=gettext_lazy("Yuan that the family pays or lost; days of absence from school. Else leave it empty."),
    )
    words = WordsField(TOLD, gettext_lazy("what is known"), rows=3)
    reason = WordsField(
        WHY,
        gettext_lazy("Reason"),
        rows=3,
        help_text=gettext_lazy("Whoever raised it will read this. Nothing about the family, please."),
    )

    def __init__(self, *args: Any, worry: Worry, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["household"].within(worry.place)
        self.fields["trigger"].choices = [(each.code, title_of(each)) for each in read_pack().triggers.values()]


@page("worry.signal", load=load_raised)
def worry_family(request: Request, worry: Worry) -> HttpResponse:
    initial = {
        "household": family_of(worry),
        "on": timezone.localdate(worry.raised_at),
        "words": worry.text if len(worry.text) <= TOLD.longest else "",
    }
    return one_act(
        request,
        SignalForm(request.POST or None, worry=worry, initial=initial),
        worry_signal,
        given={"worry": worry},
        heading=_("Let the village look into it (signal)"),
        source=worry.text,
        template="crossings/act.html",
        back=reverse("worry", args=[worry.pk]),
        done=_("It is a signal now; whoever raised it is told."),
        submit=_("Make it a signal"),
        next_url=lambda receipt: reverse("watch_signal", args=[receipt.result["signal"]]),
    )


class HelpForm(ActForm):
    """A deed of one party for whoever raised it, or for a family; what it needs beyond is added on the deed's page."""

    item: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(None, label=gettext_lazy("Which kind of help?"))
    doer = forms.ChoiceField(label=gettext_lazy("Who did it?"), widget=forms.RadioSelect)
    amount = AmountField(label=gettext_lazy("How much?"), max_digits=14, decimal_places=3)
    household = FamilyField(required=False)
    unnamed = forms.IntegerField(
        label=gettext_lazy("People reached without names: how many?"), required=False, min_value=0, max_value=100_000
    )
    on = day_field(gettext_lazy("When?"))
    words = WordsField(DEED_WORDS, gettext_lazy("In a few words (if you like)"), rows=2)
    reason = WordsField(
        WHY, gettext_lazy("What was done"), rows=3, help_text=gettext_lazy("Whoever raised it will read this.")
    )

    def __init__(self, *args: Any, viewer: Viewer, worry: Worry, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.viewer, self.worry = viewer, worry
        typed = open_items(viewer).exclude(versions__fed_by__in=_fed())
        self.fields["item"].queryset = typed.select_related("campaign").order_by("campaign", "direction", "ordinal")
        self.fields["item"].label_from_instance = _called
        self.desks = {str(post.body_id): post.body for post in viewer.working_posts}
        choices = [(ME, _("I myself"))] if viewer.is_sitting_member() or viewer.stationed() else []
        choices += [(key, body.name) for key, body in self.desks.items()]
        self.fields["doer"].choices = choices
        if len(choices) == 1:
            self.initial.setdefault("doer", choices[0][0])
        self.fields["household"].within(worry.place)

    def planned(self) -> Planned:
        """The deed, from the cleaned data."""
        cleaned, worry = self.cleaned_data, self.worry
        desk = self.desks.get(cleaned["doer"])
        serves = version_on(cleaned["item"], cleaned["on"]).serves
        is_village = serves == Serves.VILLAGE and worry.place.level == PlaceLevel.VILLAGE
        return Planned(
            item=cleaned["item"],
            place=worry.place,
            on=cleaned["on"],
            amount=cleaned["amount"],
            parties=[Part(desk or certain(self.viewer.person), DeedParty.Role.LEAD)],
            reached=Reached(
                households=[cleaned["household"]] if cleaned["household"] and not is_village else [],
                villages=[worry.place] if is_village else [],
                unnamed=cleaned["unnamed"] or 0,
            ),
            words=cleaned["words"],
            recorded_for=desk,
        )


def _fed() -> list[str]:
    """What counts by itself and is never typed."""
    return [fed.value for fed in ItemVersion.Fed if fed != ItemVersion.Fed.HAND]


def _called(item: CatalogueItem) -> str:
    version = version_on(item, timezone.localdate())
    return f"{version.name}（{version.unit}）"


@page("worry.help", load=load_raised)
def worry_helped(request: Request, worry: Worry) -> HttpResponse:
    initial = {"household": family_of(worry), "on": timezone.localdate(), "amount": 1}
    initial["words"] = worry.text if len(worry.text) <= DEED_WORDS.longest else ""
    form = HelpForm(request.POST or None, viewer=request.viewer, worry=worry, initial=initial)

    def fields(cleaned: dict[str, Any]) -> dict[str, Any]:
        return {"worry": worry, "deed": form.planned(), "reason": cleaned["reason"]}

    def after(receipt: Receipt) -> str:
        return reverse("deed", args=[receipt.result["deed"]])

    return one_act(
        request,
        form,
        worry_help,
        fields=fields,
        heading=_("Help was given: record it as a deed"),
        source=worry.text,
        template="crossings/act.html",
        back=reverse("worry", args=[worry.pk]),
        done=_("The deed is recorded; whoever raised it is told."),
        submit=_("Record it"),
        next_url=after,
    )


urlpatterns = [
    path("desk/worries/<uuid:pk>/signal/", worry_family, name="worry_signal"),
    path("desk/worries/<uuid:pk>/help/", worry_helped, name="worry_help"),
]
