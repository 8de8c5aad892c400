"""Deeds on the pages of others: what reached a family; possible duplicates of an own record."""

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


def household_deeds(request: Request, household: Household) -> Asking:
    """The deeds that reached this family or one of its people. Who reads the family's file reads what helped it; the
    deed's own file opens for those who may see that."""
    people = HouseholdMember.within.filter(household=household).values("person")
    reached = DeedBeneficiary.objects.filter(Q(household=household) | Q(person__in=people)).values("deed")
    rows = Deed.within.filter(pk__in=reached, state=Deed.State.COUNTED).select_related("version", "place")
    seen = rows.annotate(is_seen=Exists(Deed.objects.filter(pk=OuterRef("pk")))).prefetch_related(PARTIES)
    found = yield {"deeds": seen.order_by("-on", "-pk")[:SHOWN], "count": HowMany(rows)}
    if not found["deeds"]:
        return None
    return {
        "template": "assistance/deeds/section_household.html",
        "heading": _("Deeds that reached this family"),
        "rows": [
            {
                "deed": one,
                "much": how_much(one),
                "who": party_words(one),
                "url": reverse("deed", args=[one.pk]) if one.is_seen else "",
            }
            for one in found["deeds"]
        ],
        "more": found["count"] - len(found["deeds"]),
    }
