"""What pages of supervision say: a line for listing, the numbers of a place, how a finding stands."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.supervision.items import read_pack
from yishi.assistance.supervision.listing import Values
from yishi.assistance.supervision.models import Finding, ListingRule
from yishi.assistance.supervision.reads import standing_of
from yishi.organisations.models import PlaceLevel

STANDING_WORDS = {
    "open": gettext_lazy("open"),
    "struck_off": gettext_lazy("struck off"),
    "merged": gettext_lazy("merged"),
    "ruled": gettext_lazy("ruled on"),
}
STANDING_BADGES = {"open": "warn", "struck_off": "ok", "merged": "neutral", "ruled": "neutral"}


def level_word(level: str) -> str:
    return str(PlaceLevel(level).label)


def percent(value: Decimal | str) -> str:
    return f"{Decimal(value).normalize():f}"


def line_words(rule: ListingRule) -> str:
    """“villages with more than 1,000 poor people, or an incidence from 10 % on (version 2)”."""
    lines = []
    if rule.poor_people is not None:
        lines.append(_("more than %(n)s poor people") % {"n": f"{rule.poor_people:,}"})
    if rule.incidence is not None:
        lines.append(_("an incidence from %(n)s %% on") % {"n": percent(rule.incidence)})
    joined = (_(" and ") if rule.needs_both else _(" or ")).join(lines)
    return _("%(place)s, %(level)s: %(lines)s (version %(number)d)") % {
        "place": rule.place.name,
        "level": level_word(rule.level),
        "lines": joined,
        "number": rule.number,
    }


def value_words(values: Values) -> str:
    """The numbers of a place, those that are known."""
    said = []
    if values.poor_people is not None:
        people = f"{values.poor_people:,}"
        word = _("%(n)s poor people (stated)") if values.is_stated else _("%(n)s poor people")
        said.append(word % {"n": people})
    if values.rural_people is not None:
        said.append(_("of %(n)s rural people") % {"n": f"{values.rural_people:,}"})
    if values.incidence is not None:
        said.append(_("incidence %(n)s %%") % {"n": percent(values.incidence)})
    return _(", ").join(said)


def standing_word(finding: Finding) -> str:
    return str(STANDING_WORDS[standing_of(finding)])


def whom(finding: Finding) -> str:
    """Whom it concerns: somebody in a household, a household, or the village."""
    if finding.member is not None and finding.household is not None:
        return _("%(person)s (household of %(head)s)") % {
            "person": finding.member.person.name,
            "head": finding.household.head.name,
        }
    return finding.household.head.name if finding.household is not None else finding.place.name


def item_word(finding: Any) -> str:
    return read_pack(finding.round.pack).items[finding.item].name
