"""Deeds on the pages of others: what reached a family; possible duplicates of an own record."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from yishi.assistance.models import Deed, DeedBeneficiary, Household, HouseholdMember

from .deed_words import how_much, party_words

SHOWN = 20


def household_deeds(request: HttpRequest, household: Household) -> dict[str, Any] | None:
    """The deeds that reached this family or one of its people. Who reads the family's file reads what helped it; the
    deed's own file opens for those who may see that."""
    people = HouseholdMember.within.filter(household=household).values("person")
    reached = DeedBeneficiary.objects.filter(Q(household=household) | Q(person__in=people)).values("deed")
    rows = Deed.within.filter(pk__in=reached, state=Deed.State.COUNTED).select_related("version", "place")
    rows = rows.prefetch_related("parties__body", "parties__person").order_by("-on", "-pk")
    count = rows.count()
    if not count:
        return None
    found = list(rows[:SHOWN])
    seen = set(Deed.objects.filter(pk__in=[one.pk for one in found]).values_list("pk", flat=True))
    return {
        "template": "assistance/section_household.html",
        "heading": _("Deeds that reached this family"),
        "rows": [
            {
                "deed": one,
                "much": how_much(one),
                "who": party_words(one),
                "url": reverse("deed", args=[one.pk]) if one.pk in seen else "",
            }
            for one in found
        ],
        "more": count - len(found),
    }
