"""One search over deeds, households and projects, each within what the viewer may see."""

from typing import Any

from django.db.models import Q, QuerySet

from yishi.kit.text import bigrams, clean
from yishi.organisations.models import Place

from .finding import MOST_PAIRS, MOST_TYPED, SUGGESTIONS, deeds_search
from .models import Deed, Household, Project


def deeds_like(typed: str) -> QuerySet[Deed]:
    """Deeds that fit every word: receipt number, item, place, activity, or pairs of letters of their words."""
    rows = Deed.objects.select_related("place", "version")
    return deeds_search(rows, typed).order_by("-on", "-pk") if clean(typed) else rows.none()


def households_like(typed: str) -> QuerySet[Household]:
    """Households that fit every word: number, name of the head or of a member, place."""
    words = clean(typed)[:MOST_TYPED].split()
    rows = Household.objects.select_related("head", "place").order_by("place__lo", "number")
    for word in words:
        named = Q(head__name__contains=word) | Q(pk__in=_homes_of(word))
        rows = rows.filter(Q(number__istartswith=word) | named | _in_places(word))
    return rows if words else rows.none()


def projects_like(typed: str) -> QuerySet[Project]:
    """Projects that fit every word: number, name, place, or pairs of letters of their words."""
    words = clean(typed)[:MOST_TYPED].split()
    rows = Project.objects.select_related("place", "responsible").order_by("-starts_on", "pk")
    for word in words:
        said, name = Q(), Q()
        for pair in sorted(bigrams(word))[:MOST_PAIRS] or [word]:
            said &= Q(words__icontains=pair)
            name &= Q(name__icontains=pair)
        rows = rows.filter(Q(number__icontains=word) | name | said | _in_places(word))
    return rows if words else rows.none()


def _homes_of(word: str) -> QuerySet[Household, Any]:
    return Household.objects.filter(members__person__name__contains=word, members__valid_to__isnull=True).values("pk")


def _in_places(word: str) -> Q:
    """In one of the places whose name holds the word."""
    condition = Q(pk__in=[])
    for lo, hi in Place.objects.filter(name__contains=word).values_list("lo", "hi")[:SUGGESTIONS]:
        condition |= Q(place__lo__range=(lo, hi))
    return condition
