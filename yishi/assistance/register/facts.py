"""The facts that the figures of the register count (timeline.py), in words."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.register import codes

from .timeline import ALL, LACKS, NO_CAUSE, POOR, RETURNED, WATCHED

EXITED = "exited"
STANDINGS = (POOR, EXITED, RETURNED)
ETHNIC, CAUSE, LACK = "ethnic", "cause", "lack"

_WORDS = {
    ALL: gettext_lazy("in the register"),
    POOR: gettext_lazy("not yet out of poverty"),
    EXITED: gettext_lazy("out of poverty"),
    RETURNED: gettext_lazy("fell back into poverty"),
    WATCHED: gettext_lazy("monitored"),
    f"{CAUSE}.{NO_CAUSE}": gettext_lazy("no cause written down"),
    f"{LACK}.school": gettext_lazy("children out of school"),
    f"{LACK}.medical": gettext_lazy("people without basic medical insurance"),
    f"{LACK}.housing": gettext_lazy("dangerous house"),
    f"{LACK}.water": gettext_lazy("no safe drinking water"),
    f"{LACK}.power": gettext_lazy("no electricity"),
}
LACKING = tuple(f"{LACK}.{lack}" for lack in LACKS)


def fact_words(fact: str) -> Any:
    """What is true of a household, as a heading says it; "" for what is no fact."""
    if fact in _WORDS:
        return _WORDS[fact]
    kind, _dot, code = fact.partition(".")
    if kind == CAUSE and codes.has("poverty_cause", code):
        return codes.label("poverty_cause", code)
    if kind == WATCHED and codes.has("watch_kind", code):
        return codes.label("watch_kind", code)
    if kind in STANDINGS and code.startswith(f"{ETHNIC}."):
        people = code.removeprefix(f"{ETHNIC}.")
        if codes.has("ethnic", people):
            return _("%(people)s, %(standing)s") % {
                "people": codes.label("ethnic", people),
                "standing": fact_words(kind),
            }
    return ""
