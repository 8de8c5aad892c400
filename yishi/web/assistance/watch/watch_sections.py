"""Monitoring as a section of a household's file: what it went through, and where one tells of trouble."""

from typing import Any

from django.utils.translation import gettext as _

from yishi.assistance.register.models import Household
from yishi.assistance.watch.models import Watch, WatchFact, WatchSignal
from yishi.organisations.rights import may
from yishi.web.kit.one_act import link
from yishi.web.kit.request import Request
from yishi.web.kit.sections import Asking

from .watch_words import STAGE_BADGES, STATE_BADGES, fact_word, trigger_word

SHOWN = 10


def household_watch(request: Request, household: Household) -> Asking:
    """The household's files and signals, the newest first."""
    rows = yield _rows
    tells = household.left_on is None and may("signal.raise", request.viewer, household)
    if not rows["watches"] and not rows["watch_signals"] and not rows["watch_facts"] and not tells:
        return None
    return {
        "template": "assistance/watch/section_household.html",
        "heading": _("Monitoring"),
        "watches": [(watch, STAGE_BADGES.get(watch.stage, "warn")) for watch in rows["watches"]],
        "signals": [
            (signal, trigger_word(signal), STATE_BADGES.get(signal.state, "")) for signal in rows["watch_signals"]
        ],
        "facts": [(fact, fact_word(fact)) for fact in rows["watch_facts"]],
        "tell_url": link("signal_raise", household.pk) if tells else "",
    }


def _rows(household: Any) -> dict[str, Any]:
    return {
        "watches": Watch.objects.filter(household=household.pk).order_by("-found_on", "pk")[:SHOWN],
        "watch_signals": WatchSignal.objects.filter(household=household.pk).order_by("-raised_on", "pk")[:SHOWN],
        "watch_facts": WatchFact.objects.filter(household=household.pk, signal=None).order_by("-on", "pk")[:SHOWN],
    }
