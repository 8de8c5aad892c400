"""Numbers as people read them."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yishi.kit.clock import is_certain
from yishi.reporting.small_numbers import Told


def number_text(told: Told) -> str:
    """ "1,234", "≈15", "fewer than 10"."""
    if told.is_exact:
        return f"{told.low:,}"
    if told.is_small:
        return _("fewer than %(few)d") % {"few": told.spread}
    return _("≈%(number)s") % {"number": f"{told.about:,}"}


def plain(value: Decimal, places: int = 3) -> str:
    """1,720 and 28.5: no zeros behind the point that nobody wrote."""
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def thousandths(value: int) -> str:
    """An amount in thousandths as it is said."""
    return plain(Decimal(value) / 1000)


def quantity_words(amount: int, unit: str, told: tuple[Told, Told] | None = None) -> tuple[str, str]:
    """An item's amount (thousandths), or where it counts heads those with names; and what stands apart: heads of whom
    only a number is known, which may be among them and are never added."""
    if told is None:
        return f"{thousandths(amount)} {unit}", ""
    named, nameless = told
    if nameless.is_exact and not nameless.low:
        return f"{number_text(named)} {unit}", ""
    apart = _("another %(number)s %(unit)s without names, may overlap")
    return f"{number_text(named)} {unit}", apart % {"number": number_text(nameless), "unit": unit}


def days_left(days: int) -> str:
    """ "3 days left", "due today", "overdue by 2 days"."""
    if days == 0:
        return _("due today")
    if days < 0:
        return ngettext("overdue by %(days)d day", "overdue by %(days)d days", -days) % {"days": -days}
    return ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}


def left_until(day: date, days: int) -> str:
    """The days left until `day`, which may still move."""
    left = days_left(days)
    return left if days <= 0 or is_certain(day) else str(_("about %(left)s") % {"left": left})
