"""The words of monitoring for pages: triggers in the reader's language, risks, badges."""

from typing import Any

from django.utils.translation import get_language

from yishi.assistance.register import codes
from yishi.assistance.watch.models import Watch, WatchFact, WatchSignal
from yishi.assistance.watch.triggers import Trigger, read_pack

STAGE_BADGES: dict[str, str] = {
    Watch.Stage.WATCHED: "info",
    Watch.Stage.CLEARED: "done",
    Watch.Stage.RETURNED: "late",
    Watch.Stage.REFUSED: "",
}
STATE_BADGES: dict[str, str] = {WatchSignal.State.WAITING: "warn", WatchSignal.State.TRUE: "late"}


def title_of(trigger: Trigger) -> str:
    """The trigger's title in the reader's language."""
    return trigger.title_en if (get_language() or "zh").startswith("en") else trigger.title


def trigger_word(signal: WatchSignal) -> str:
    """What raised the signal, as its version calls it."""
    return title_of(read_pack(signal.pack).triggers[signal.trigger])


def fact_word(fact: WatchFact) -> str:
    """What was told, with how much of it."""
    trigger = read_pack().triggers.get(fact.trigger)
    title = title_of(trigger) if trigger else fact.trigger
    return title if fact.amount is None or trigger is None else f"{title} {fact.amount.normalize():f} {trigger.unit}"


def amount_word(signal: WatchSignal) -> str:
    """What it adds up to, against the threshold of that day."""
    if signal.total is None or signal.threshold is None:
        return ""
    unit = read_pack(signal.pack).triggers[signal.trigger].unit
    return f"{signal.total.normalize():f} / {signal.threshold.normalize():f} {unit}"


def risk_words(watch: Watch) -> str:
    return "、".join(codes.label("poverty_cause", code) for code in watch.risks)


def kind_word(watch: Watch) -> str:
    return codes.label("watch_kind", watch.kind)


def choices_of(name: str, version: str | None = None) -> list[tuple[str, str]]:
    """The codes of a list of the register with their labels."""
    return [(each["code"], codes.label(name, each["code"], version)) for each in codes.values(name, version)]


def household_word(row: Any) -> str:
    """Whom a signal or file concerns."""
    return f"{row.household.head.name} · {row.household.number}"
