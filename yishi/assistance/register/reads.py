"""Look-ups over households at the size of a province: written so that both databases answer them from an index."""

from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from yishi.database.reach import WIDE, Reach, Span, width
from yishi.kit.names import dotted, plain_name
from yishi.kit.text import bigrams, clean, grams
from yishi.organisations.models import Place, PlaceVersion
from yishi.people.letters import inside
from yishi.people.models import Person

from .models import Household, HouseholdMember
from .models.households import helped_households

MOST_FOUND = 100  # households in which one number stands
FEW, MANY = 2_000, 20_000  # so many ids are looked up, rather than all rows of a county, of a province looked through
MOST_SPANS = 60
MOST_PAIRS = 12  # of letters that are looked for in the words
MOST_TYPED = 64
_LAST = "\U0010ffff"


def households_in(reach: Reach) -> QuerySet[Household]:
    """What `Household.objects` gives within `reach`, in a form that an index answers.

    Whoever helps no single household (most desks) is spared the "or" that would make the database look at every row;
    a wide span is not looked up by place, so that a page of a list by number ends after its 25 rows.
    """
    if reach.everything or helped_households(reach)[:1]:
        return Household.objects.all()
    spans = [*reach.spans, *reach.villages]
    households = Household.within.filter(arriving__isnull=True)
    if not reach.is_wide:
        return households.filter(reach.places("place__", tuple(spans)))
    return between(households, spans)


def between(households: QuerySet[Household], spans: list[tuple[int, int]]) -> QuerySet[Household]:
    """The rows whose place lies in one of the spans, without a look-up by place."""
    households = households.annotate(_lo=F("place__lo") + 0)
    condition = Q(pk__in=[])
    for lo, hi in spans:
        condition |= Q(_lo__gte=lo, _lo__lte=hi)
    return households.filter(condition)


def beginning_with(typed: str) -> Q:
    """The condition that a household's number, or the name of one of its members, begins so."""
    name = plain_name(typed)
    called = begins("person__name", name)
    for spelling in dotted(name):
        called |= begins("person__name", spelling)
    members = HouseholdMember.within.filter(called, valid_to__isnull=True)
    return begins_number(name) | Q(pk__in=members.values("household"))


def begins_number(typed: str) -> Q:
    """The condition that a record's number begins so, in small letters or capitals."""
    return begins("number", typed) | begins("number", typed.upper())


def households_of_number(index: str) -> list[UUID]:
    """The ids of households in which somebody with this keyed index is or was."""
    members = HouseholdMember.within.filter(person__resident__identity_index=index)
    return list(members.values_list("household", flat=True)[:MOST_FOUND])


def begins(field: str, typed: str) -> Q:
    """The condition that a text begins with what was typed: SQLite answers only a range from its index."""
    if connection.vendor == "sqlite":
        return Q(**{f"{field}__gte": typed, f"{field}__lt": typed + _LAST})
    return Q(**{f"{field}__startswith": typed})


def ordered(records: QuerySet[Any]) -> QuerySet[Any]:
    """By number: ours begin with the village's code, so that a village's households stand together."""
    return records.order_by("number", "pk")


def named(typed: str) -> Q:
    """The condition on a person that this stands in their name, also without its dot."""
    condition = begins("name", typed) | inside("name", typed)
    for spelling in dotted(typed):
        condition |= begins("name", spelling)
    return condition


def is_few(records: QuerySet[Any], most: int) -> bool:
    """Are these at most `most`? No more are counted."""
    return records.order_by()[: most + 1].count() <= most


def households_like(typed: "str | Typed", reach: Reach) -> QuerySet[Household]:
    """Households that fit every word: number, name of the head or of a member, place."""
    typed_words = words_of(typed)
    households = ordered(households_in(reach).select_related("head", "place"))
    lead = next((word for word in typed_words if word.fits_few_households), None)
    if lead is not None:
        households = households.filter(pk__in=lead.households())
    for word in typed_words:
        if word is not lead:
            households = households.filter(word.of_household())
    return households if typed_words else households.none()


def words_of(typed: "str | Typed") -> list["Word"]:
    """The words of what somebody typed into a search."""
    return typed.words if isinstance(typed, Typed) else [Word(text) for text in typed_words(typed)]


class Typed:
    """What somebody typed, for several searches: where the places of its words lie is looked up once for all."""

    def __init__(self, text: str):
        self.words = words_of(text)


def typed_words(typed: str) -> list[str]:
    """What somebody typed, cut at blanks, each word as a name is stored: widths, dots and marks are alike."""
    return [text for word in clean(typed)[:MOST_TYPED].split() if (text := plain_name(word))]


class Word:
    """One word of a search, and what it may mean: looked up once in the small tables."""

    def __init__(self, text: str):
        self.text = text
        self.is_number = text.isascii()
        self.grams = sorted(bigrams(text))[:MOST_PAIRS] or sorted(grams(text))

    @cached_property
    def spans(self) -> list[Span]:
        """The spans of the places whose name holds the word or held it once, each within no other; the first MOST_SPANS
        of very many."""
        spans: list[Span] = []
        renamed = PlaceVersion.objects.filter(~Q(name=F("place__name")), name__finds=self.text)
        places = Place.objects.filter(Q(name__finds=self.text) | Q(pk__in=renamed.values("place")))
        for lo, hi in places.order_by("lo", "-hi").values_list("lo", "hi"):
            if not spans or lo > spans[-1][1]:
                spans.append((lo, hi))
            if len(spans) == MOST_SPANS:
                break
        return spans

    @cached_property
    def fits_few_households(self) -> bool:
        if width(self.spans) > WIDE or not is_few(self.people, MANY):
            return False
        return not self.is_number or is_few(Household.within.filter(begins_number(self.text)), MANY)

    @cached_property
    def people(self) -> QuerySet[Person]:
        return Person.within.filter(named(self.text))

    def households(self) -> QuerySet[Any, Any]:
        """The ids of the households that it fits, each kind from its index."""
        members = HouseholdMember.within.filter(person__in=self.people.values("pk"), valid_to__isnull=True)
        keys = members.values("household").union(
            Household.within.filter(head__in=self.people.values("pk")).values("pk")
        )
        if self.is_number:
            keys = keys.union(Household.within.filter(begins_number(self.text)).values("pk"))
        if self.spans:
            keys = keys.union(Household.within.filter(self.in_places()).values("pk"))
        return keys

    def of_household(self) -> Q:
        """The condition on a household that is at hand."""
        members = HouseholdMember.within.filter(household=OuterRef("pk"), valid_to__isnull=True)
        fits = Q(head__name__finds=self.text) | Q(Exists(members.filter(person__name__finds=self.text)))
        return fits | Q(number__starts=self.text) | self.in_places()

    def in_words(self, field: str) -> Q:
        """The condition that a text field holds all pairs of letters of this word."""
        fits = Q()
        for gram in sorted(bigrams(self.text))[:MOST_PAIRS] or [self.text]:
            fits &= Q(**{f"{field}__finds": gram})
        return fits

    def in_places(self) -> Q:
        """The condition that the record's place is one that the word may mean. The places themselves are found first: a
        join by many spans would look through all rows."""
        inside = Q(pk__in=[])
        for lo, hi in self.spans:
            inside |= Q(lo__range=(lo, hi))
        return Q(place__in=Place.objects.filter(inside).values("pk")) if self.spans else inside
