"""Deeds on the pages of others: what reached a family; possible duplicates of an own record."""

from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from yishi.assistance.deeds.models import Deed, DeedBeneficiary, DeedParty
from yishi.assistance.register.models import Household, HouseholdMember
from yishi.database.gather import HowMany
from yishi.web.kit.request import Request
from yishi.web.kit.sections import Asking

from .deed_words import how_much, party_words

SHOWN = 20
PARTIES = Prefetch("parties", DeedParty.objects.select_related("body", "person"))


def _reaching_rows(household: Any) -> dict[str, Any]:
    people = HouseholdMember.within.filter(household=household.pk).values("person")
    reached = DeedBeneficiary.objects.filter(Q(household=household.pk) | Q(person__in=people)).values("deed")
    deeds = Deed.within.filter(pk__in=reached, state=Deed.State.COUNTED).select_related("version", "place")
    marked = deeds.annotate(is_seen=Exists(Deed.objects.filter(pk=OuterRef("pk")))).prefetch_related(PARTIES)
    return {"deeds": marked.order_by("-on", "-pk")[:SHOWN], "count": HowMany(deeds)}


def household_deeds(request: Request, household: Household) -> Asking:
    """The deeds that reached this family or one of its people. Who reads the family's file reads what helped it; the
    deed's own file opens only for those who may see the deed."""
    gathered = yield _reaching_rows
    if not gathered["deeds"]:
        return None
    return {
        "template": "assistance/deeds/section_household.html",
        "heading": _("Deeds that reached this family"),
        "deeds": [
            {
                "deed": deed,
                "much": how_much(deed),
                "who": party_words(deed),
                "url": reverse("deed", args=[deed.pk]) if deed.is_seen else "",
            }
            for deed in gathered["deeds"]
        ],
        "more": gathered["count"] - len(gathered["deeds"]),
    }
