"""One search over deeds, households and projects, each within what the viewer may see.

Every word must fit: as a number's beginning, an item, a place, an activity, a name, or as words that hold all its
pairs of letters. A word that fits few deeds leads: their ids come from indexes, the rest is looked at in those rows.
Where every word fits many, rows are looked through in the order of the list, which soon fills a page.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from yishi.assistance.campaign.models import ItemVersion
from yishi.assistance.deeds.models import Activity, Deed
from yishi.assistance.deeds.reads import MOST_PAIRS, MOST_TYPED, SUGGESTIONS
from yishi.assistance.projects.models import Project
from yishi.assistance.register.models import Household, HouseholdMember
from yishi.assistance.register.reads import (
    WIDE,
    begins,
    deeds_with,
    households_in,
    is_few,
    named,
    ordered,
    own_deeds,
)
from yishi.database.reach import Reach
from yishi.kit.text import bigrams, clean, grams
from yishi.organisations.models import Place
from yishi.people.models import Person

Span = tuple[int, int]
FEW, MANY = 2_000, 20_000  # so many ids are looked up, rather than all rows of a county, of a province looked through
MOST_SPANS = 60


def deeds_like(typed: str, reach: Reach) -> QuerySet[Deed]:
    """Deeds that fit every word, newest first."""
    rows = Deed.objects.all()
    return deeds_search(rows, typed, reach).order_by("-on", "-pk") if clean(typed) else rows.none()


def deeds_search(rows: QuerySet[Deed], typed: str, reach: Reach) -> QuerySet[Deed]:
    """`rows`, of what `reach` covers, that fit every word of what somebody typed."""
    words = [_Word(one) for one in clean(typed)[:MOST_TYPED].split()]
    narrow = not reach.everything and _width(reach.spans) <= WIDE
    lead = next((one for one in words if one.fits_few_deeds(FEW if narrow else MANY)), None)
    if lead is not None:
        rows = rows.filter(pk__in=lead.deeds())
    elif words and narrow:
        there = Deed.within.filter(reach.places("place__")).values("pk")
        rows = rows.filter(pk__in=there.union(own_deeds(reach).values("pk")))
    for word in words:
        if word is not lead:
            rows = rows.filter(word.of_deed())
    return rows


def households_like(typed: str, reach: Reach) -> QuerySet[Household]:
    """Households that fit every word: number, name of the head or of a member, place."""
    words = [_Word(one) for one in clean(typed)[:MOST_TYPED].split()]
    rows = ordered(households_in(reach).select_related("head", "place"))
    lead = next((one for one in words if one.fits_few_households), None)
    if lead is not None:
        rows = rows.filter(pk__in=lead.households())
    for word in words:
        if word is not lead:
            rows = rows.filter(word.of_household())
    return rows if words else rows.none()


def projects_like(typed: str, reach: Reach) -> QuerySet[Project]:
    """Projects that fit every word: number, name, place, or pairs of letters of their words. There are thousands."""
    rows = Project.objects.select_related("place", "responsible").order_by("-starts_on", "pk")
    words = [_Word(one) for one in clean(typed)[:MOST_TYPED].split()]
    for word in words:
        name = word.in_words("name")
        rows = rows.filter(Q(number__icontains=word.text) | name | word.in_words("words") | word.in_places())
    return rows if words else rows.none()


class _Word:
    """One word, and what it may mean: looked up once in the small tables."""

    def __init__(self, text: str):
        self.text = text
        self.is_number = text.isascii()
        self.grams = sorted(bigrams(text))[:MOST_PAIRS] or sorted(grams(text))

    @cached_property
    def items(self) -> list[Any]:
        return list(ItemVersion.objects.filter(name__icontains=self.text).values_list("item", flat=True).distinct())

    @cached_property
    def spans(self) -> list[Span]:
        """Of the places whose name holds it, each within no other; the first of very many."""
        found: list[Span] = []
        for lo, hi in Place.objects.filter(name__contains=self.text).order_by("lo", "-hi").values_list("lo", "hi"):
            if not found or lo > found[-1][1]:
                found.append((lo, hi))
            if len(found) == MOST_SPANS:
                break
        return found

    @cached_property
    def activities(self) -> list[Any]:
        rows = Activity.objects.filter(title__icontains=self.text).order_by("-on", "-pk")
        return list(rows.values_list("pk", flat=True)[:SUGGESTIONS])

    def fits_few_deeds(self, most: int) -> bool:
        if self.items or _width(self.spans) > WIDE or not is_few(deeds_with(self.grams), most):
            return False
        return not self.is_number or is_few(Deed.within.filter(begins("number", self.text.upper())), most)

    def deeds(self) -> QuerySet[Any, Any]:
        """The ids of the deeds that it fits, each kind from its index."""
        found = deeds_with(self.grams).values("deed")
        if self.is_number:
            found = found.union(Deed.within.filter(begins("number", self.text.upper())).values("pk"))
        if self.spans:
            found = found.union(Deed.within.filter(self.in_places()).values("pk"))
        if self.activities:
            found = found.union(Deed.within.filter(activity__in=self.activities).values("pk"))
        return found

    def of_deed(self) -> Q:
        """The condition on a deed that is at hand."""
        fits = self.in_words("words") | self.in_places() | Q(item__in=self.items) | Q(activity__in=self.activities)
        return fits | Q(number__startswith=self.text.upper()) if self.is_number else fits

    @cached_property
    def fits_few_households(self) -> bool:
        if _width(self.spans) > WIDE or not is_few(self.people, MANY):
            return False
        return not self.is_number or is_few(Household.within.filter(begins("number", self.text)), MANY)

    @cached_property
    def people(self) -> QuerySet[Person]:
        return Person.within.filter(named(self.text))

    def households(self) -> QuerySet[Any, Any]:
        """The ids of the households that it fits, each kind from its index."""
        members = HouseholdMember.within.filter(person__in=self.people.values("pk"), valid_to__isnull=True)
        found = members.values("household").union(
            Household.within.filter(head__in=self.people.values("pk")).values("pk")
        )
        if self.is_number:
            found = found.union(Household.within.filter(begins("number", self.text)).values("pk"))
        if self.spans:
            found = found.union(Household.within.filter(self.in_places()).values("pk"))
        return found

    def of_household(self) -> Q:
        """The condition on a household that is at hand."""
        members = HouseholdMember.within.filter(household=OuterRef("pk"), valid_to__isnull=True)
        fits = Q(head__name__contains=self.text) | Q(Exists(members.filter(person__name__contains=self.text)))
        return fits | Q(number__startswith=self.text) | self.in_places()

    def in_words(self, field: str) -> Q:
        """That a text holds all its pairs of letters."""
        fits = Q()
        for gram in sorted(bigrams(self.text))[:MOST_PAIRS] or [self.text]:
            fits &= Q(**{f"{field}__icontains": gram})
        return fits

    def in_places(self) -> Q:
        """The places themselves are found first: a join by many spans would look through all rows."""
        inside = Q(pk__in=[])
        for lo, hi in self.spans:
            inside |= Q(lo__range=(lo, hi))
        return Q(place__in=Place.objects.filter(inside).values("pk")) if self.spans else inside


def _width(spans: Sequence[Span]) -> int:
    return sum(hi - lo + 1 for lo, hi in spans)
