"""Amounts with a unit: of some things there are only whole ones."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from yishi.kit.errors import Refusal

WHOLE_UNITS = frozenset("件条次个户人期场")  # there is no part of one


def whole_checked(amount: Decimal, unit: str, field: str) -> None:
    """Refuse a part of what cannot be divided: half a job, a tenth of a visit."""
    exact = Decimal(amount)  # a service may be handed a whole number
    if unit.strip() in WHOLE_UNITS and exact.is_finite() and exact != exact.to_integral_value():
        raise Refusal(
            "amount.whole",
            _("Of “%(unit)s” there are only whole ones. Please type a whole number.") % {"unit": unit.strip()},
            field=field,
        )
