"""Signals about families: their list, one with its facts and verdict, and who tells and judges."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.register.models import Household
from yishi.assistance.watch.models import WatchFact, WatchSignal
from yishi.assistance.watch.reads import trigger_of
from yishi.assistance.watch.services.signals import (
    MOST_AMOUNT,
    REFERENCE,
    TOLD,
    WHY,
    WHY_REOPENED,
    WHY_TAKEN_BACK,
    fact_take_back,
    signal_judge,
    signal_raise,
    signal_reopen,
)
from yishi.assistance.watch.triggers import read_pack
from yishi.journal.models import Receipt
from yishi.notices.days import day_said
from yishi.organisations.models import Body
from yishi.organisations.rights import may
from yishi.web.kit.fields.body_field import BodyField
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.fields.simple import AmountField, day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm, Form
from yishi.web.kit.lists import Column, DeclaredList, First
from yishi.web.kit.nearby import widest_place
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .loads import OF_HOUSEHOLD, load_fact, load_household, load_signal
from .watch_story import signal_events
from .watch_words import STATE_BADGES, amount_word, household_word, title_of, trigger_word

State, Source = WatchSignal.State, WatchSignal.Source
MOST = 10_000  # of one list that somebody counts
TOLD_BY_DESKS = (Source.SEEN, Source.VISIT, Source.DEPARTMENT)

SIGNALS = DeclaredList(
    "watch_signals",
    gettext_lazy("signals about families"),
    [
        Column(gettext_lazy("number"), "number", link="watch_signal"),
        Column(gettext_lazy("what raised it"), trigger_word),
        Column(gettext_lazy("household"), household_word),
        Column(gettext_lazy("village"), "household.place.full_name", shown="household.place.name"),
        Column(gettext_lazy("adds up to / threshold"), amount_word),
        Column(gettext_lazy("source of the signal"), "get_source_display"),
        Column(gettext_lazy("raised on"), "raised_on"),
        Column(gettext_lazy("judge by"), "judge_by"),
        Column(gettext_lazy("verdict on it"), "get_state_display"),
        Column(gettext_lazy("what the verdict rests on"), "reason", page=False),
    ],
    most=MOST,
)


class SignalFilter(Form):
    place = PlaceField(label=gettext_lazy("place"), required=False, help_text="")
    trigger = forms.ChoiceField(label=gettext_lazy("what raised it"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("verdict on it"), required=False)

    def __init__(self, request: Request):
        super().__init__(request.GET or None)
        self.fields["place"].limit(widest_place(request))
        triggers = read_pack().triggers.values()
        self.fields["trigger"].choices = [("", _("all")), *((each.code, title_of(each)) for each in triggers)]
        self.fields["state"].choices = [*State.choices, ("all", _("all"))]

    def narrow(self, signals: QuerySet[WatchSignal]) -> QuerySet[WatchSignal]:
        filters = self.cleaned_data if self.is_valid() else {}
        state = filters.get("state") or State.WAITING
        if state != "all":
            signals = signals.filter(state=state)
        if filters.get("trigger"):
            signals = signals.filter(trigger=filters["trigger"])
        if place := filters.get("place"):
            signals = signals.filter(household__place__lo__gte=place.lo, household__place__lo__lte=place.hi)
        return signals


@page("signal.list", methods=("GET",))
def signals(request: Request) -> HttpResponse:
    """The signals that the viewer reaches; without a filter those that wait, by the day by which they are judged."""
    form = SignalFilter(request)
    sends, parts = may("import.run", request.viewer), [form.narrow(part) for part in WatchSignal.parts()]
    first = First(lambda: parts, ("judge_by", "pk"), lambda: WatchSignal.within.select_related(*OF_HOUSEHOLD))
    return SIGNALS.respond_in_parts(request, "assistance/watch/signals.html", first, form=form, may_send=sends)


@page("signal.see", load=load_signal, methods=("GET",))
def signal(request: Request, signal: WatchSignal) -> HttpResponse:
    viewer, waits = request.viewer, signal.state == State.WAITING
    context = {
        "signal": signal,
        "trigger": trigger_word(signal),
        "says": trigger_of(signal).says,
        "amount": amount_word(signal),
        "badge": STATE_BADGES.get(signal.state, ""),
        "facts": signal.facts.select_related("told_by").order_by("-on", "pk"),
        "unit": trigger_of(signal).unit,
        "events": signal_events(signal),
        "may_tell": waits and may("signal.raise", viewer, signal.household),
        "may_judge": waits and may("signal.judge", viewer, signal),
        "may_reopen": signal.state in WatchSignal.VERDICTS and may("signal.reopen", viewer, signal),
        "may_household": may("household.see", viewer, signal.household),
    }
    return render(request, "assistance/watch/signal.html", context)


class RaiseForm(ActForm):
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
    reference = WordsField(
        REFERENCE,
        gettext_lazy("number of the bill or paper"),
        help_text=gettext_lazy("The same bill counts once."),
    )
    source = forms.ChoiceField(label=gettext_lazy("source of the signal"))
    words = WordsField(TOLD, gettext_lazy("what is known"), rows=3)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["trigger"].choices = [(each.code, title_of(each)) for each in read_pack().triggers.values()]
        self.fields["source"].choices = [(source.value, source.label) for source in TOLD_BY_DESKS]


def _after(receipt: Receipt) -> str:
    if receipt.result["signal"]:
        return reverse("watch_signal", args=[receipt.result["signal"]])
    return reverse("watch_signals")


@page("signal.raise", load=load_household)
def signal_new(request: Request, household: Household) -> HttpResponse:
    return one_act(
        request,
        RaiseForm(request.POST or None),
        signal_raise,
        given={"household": household},
        heading=_("A family in trouble: %(who)s") % {"who": household.head.name},
        lead=_("It is kept, adds up with what was told before, and raises a signal where it reaches the threshold."),
        back=reverse("household", args=[household.pk]),
        done=_("It is kept."),
        submit=_("Tell"),
        next_url=_after,
    )


class JudgeForm(ActForm):
    verdict = forms.ChoiceField(
        label=gettext_lazy("verdict on it"),
        choices=[(verdict.value, verdict.label) for verdict in WatchSignal.VERDICTS],
        widget=forms.RadioSelect,
    )
    referred_to = BodyField(label=gettext_lazy("to which body"), required=False)
    reason = WordsField(WHY, gettext_lazy("what the verdict rests on"), rows=3)

    def __init__(self, *args: Any, signal: WatchSignal, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["referred_to"].help_text = _("Only where it is handed to another body.")
        self.signal = signal

    def clean_referred_to(self) -> Body | None:
        body: Body | None = self.cleaned_data["referred_to"]
        return body if self.cleaned_data.get("verdict") == State.REFERRED else None


def _facts(signal: WatchSignal) -> list[tuple[Any, Any]]:
    facts = [
        (_("household"), household_word(signal)),
        (_("what raised it"), trigger_word(signal)),
        (_("adds up to / threshold"), amount_word(signal)),
        (_("what is known"), signal.words),
    ]
    return [(label, said) for label, said in facts if said]


@page("signal.judge", load=load_signal)
def signal_verdict(request: Request, signal: WatchSignal) -> HttpResponse:
    return one_act(
        request,
        JudgeForm(request.POST or None, signal=signal),
        signal_judge,
        given={"signal": signal},
        heading=_("Judge %(number)s") % {"number": signal.number},
        lead=_("Asked at home or seen, by %(day)s. A true one opens the family's file.")
        % {"day": day_said(signal.judge_by)},
        facts=_facts(signal),
        back=reverse("watch_signal", args=[signal.pk]),
        done=_("The verdict is kept."),
        submit=_("Keep the verdict"),
        next_url=lambda receipt: reverse(
            "watch" if receipt.result["watch"] else "watch_signal", args=[receipt.result["watch"] or signal.pk]
        ),
    )


class ReopenForm(ActForm):
    reason = WordsField(WHY_REOPENED, gettext_lazy("why"), rows=2)


@page("signal.reopen", load=load_signal)
def signal_again(request: Request, signal: WatchSignal) -> HttpResponse:
    return one_act(
        request,
        ReopenForm(request.POST or None),
        signal_reopen,
        given={"signal": signal},
        heading=_("Judge %(number)s again") % {"number": signal.number},
        lead=_("The signal waits again; a file that it opened, and in which nothing was done, goes with the verdict."),
        back=reverse("watch_signal", args=[signal.pk]),
        done=_("The signal waits for a verdict again."),
        submit=_("Take the verdict back"),
    )


class TakeBackForm(ActForm):
    reason = WordsField(WHY_TAKEN_BACK, gettext_lazy("why"), rows=2)


@page("signal.take_back", load=load_fact)
def fact_back(request: Request, fact: WatchFact) -> HttpResponse:
    facts = [(_("household"), household_word(fact)), (_("day it happened"), day_said(fact.on))]
    if fact.amount is not None:
        facts.append((_("amount or days"), f"{fact.amount.normalize():f}"))
    if fact.reference:
        facts.append((_("number of the bill or paper"), fact.reference))
    return one_act(
        request,
        TakeBackForm(request.POST or None),
        fact_take_back,
        given={"fact": fact},
        heading=_("Told by mistake: take it back"),
        lead=_("It counts no longer; a signal that waits and rests on nothing else goes with it."),
        facts=facts,
        back=reverse("household", args=[fact.household_id]),
        done=_("What was told counts no longer."),
        submit=_("Take it back"),
    )


urlpatterns = [
    path("desk/watch/signals/", signals, name="watch_signals"),
    path("desk/watch/signals/<uuid:pk>/", signal, name="watch_signal"),
    path("desk/watch/signals/<uuid:pk>/judge/", signal_verdict, name="signal_judge"),
    path("desk/watch/signals/<uuid:pk>/again/", signal_again, name="signal_reopen"),
    path("desk/watch/facts/<uuid:pk>/take-back/", fact_back, name="fact_take_back"),
    path("desk/watch/households/<uuid:pk>/signal/", signal_new, name="signal_raise"),
]
