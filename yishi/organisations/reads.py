"""Look-ups over places, people and posts that are more than one filter."""

import re
import unicodedata
from collections.abc import Iterable

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When

from yishi.kit.names import plain_name
from yishi.kit.text import clean

from .models import Place, PlaceLevel, PlaceVersion
from .named_places import place_now

_LEVEL_RANK = {level: rank for rank, level in enumerate(PlaceLevel.values)}
_WIDER = (PlaceLevel.PREFECTURE, PlaceLevel.COUNTY, PlaceLevel.TOWNSHIP)
_SPANS = 20
_MAX_TYPED = 64


def places_find(
    text: str,
    within: Place | None = None,
    limit: int = 10,
    levels: Iterable[str] | None = None,
    *,
    gone: bool = False,
) -> list[Place]:
    """Open places for what somebody typed: a name or a part of it, pinyin initials, or the first digits of a code.

    With several words the last is looked for within what the others mean ("牟定 牟尼", "mdx mnc"). Exact names come
    first, then names that begin so, initials, parts of names and of full names; within each, higher levels first. Last
    comes what places are today that were once called so. `gone`: places that were merged or divided too.
    """
    typed = [plain_name(word) for word in clean(unicodedata.normalize("NFKC", text[:_MAX_TYPED])).split()]
    typed = [word for word in typed if word]
    places = Place.objects.select_related("parent")
    if not gone:
        places = places.filter(closed_on__isnull=True)
    if within is not None:
        places = places.filter(lo__gte=within.lo, lo__lte=within.hi)
    if levels is not None:
        places = places.filter(level__in=list(levels))
    if not typed:
        return list(places.annotate(level_rank=_level_rank()).order_by("level_rank", "lo")[:limit]) if within else []
    fits = _fits(typed[-1])
    for word in typed[:-1]:
        fits &= _within(word)
    ranked = list(_ranked(places.filter(fits), typed[-1])[:limit])
    if not ranked and len(typed) == 1 and _is_chinese(typed[0]):
        # 牟定牟尼: the letters in their order, with what people leave out between them.
        pattern = ".*".join(re.escape(letter) for letter in typed[0])
        ranked = list(_ranked(places.filter(full_name__regex=pattern), typed[0])[:limit])
    if not ranked:  # 1组 is １组, 新村(东) is 新村（东）: both sides folded, which no index helps
        folded = Q(name__finds=typed[-1]) | Q(full_name__finds="".join(typed))
        ranked = list(_ranked(places.filter(folded), typed[-1])[:limit])
    for word in typed[:-1]:
        places = places.filter(_within(word))
    before = [place for place in _once_called(typed[-1], places) if place not in ranked]
    return [*ranked[: max(limit - len(before), 1)], *before][:limit]


def place_coded(code: str) -> Place | None:
    """The place that has a code today; else what the one that had it is today, if that is one place."""
    coded = Place.objects.filter(code=code, closed_on__isnull=True).first()
    today = [coded] if coded else _once_called(code, Place.objects.filter(closed_on__isnull=True))
    return today[0] if len(today) == 1 else None


def _once_called(word: str, places: QuerySet[Place]) -> list[Place]:
    """Those of `places` that what was once called `word`, or had that code, is today or was merged or divided into."""
    if len(word) < 2:
        return []
    other = Q(place__closed_on__isnull=False) | ~Q(name=F("place__name")) | ~Q(code=F("place__code"))
    called = Q(code=word) if word.isascii() else Q(name__startswith=word)
    versions = PlaceVersion.objects.filter(other, called).select_related("place")
    today = {heir.pk for version in versions[:_SPANS] for heir in place_now(version.place)}
    return list(places.filter(pk__in=today).order_by("lo")) if today else []


def _fits(word: str) -> Q:
    if word.isdigit():
        return Q(code__startswith=word) | Q(name__contains=word)
    if word.isascii():
        return Q(pinyin__startswith=word.lower()) | Q(code__startswith=word) | Q(name__finds=word)
    return Q(name__contains=word) | Q(full_name__contains=word)


def _within(word: str) -> Q:
    """Within one of the places that `word` means, or with `word` in the full name."""
    condition = Q(full_name__contains=word)
    wider = Place.objects.filter(level__in=_WIDER, closed_on__isnull=True)
    spans = list(_ranked(wider.filter(_fits(word)), word).values_list("lo", "hi")[:_SPANS])
    for lo, hi in spans or [(place.lo, place.hi) for place in _once_called(word, wider)]:
        condition |= Q(lo__gte=lo, lo__lte=hi)
    return condition


def _ranked(places: QuerySet[Place], word: str) -> QuerySet[Place]:
    low = word.lower()
    rank = Case(
        When(code=word, then=Value(0)),
        When(name=word, then=Value(1)),
        When(name__startswith=word, then=Value(2)),
        When(pinyin=low, then=Value(3)),
        When(code__startswith=word, then=Value(3)),
        When(pinyin__startswith=low, then=Value(4)),
        When(name__contains=word, then=Value(5)),
        default=Value(6),
        output_field=IntegerField(),
    )
    return places.annotate(rank=rank, level_rank=_level_rank()).order_by("rank", "level_rank", "lo")


def _level_rank() -> Case:
    return Case(
        *(When(level=level, then=Value(rank)) for level, rank in _LEVEL_RANK.items()),
        default=Value(len(_LEVEL_RANK)),
        output_field=IntegerField(),
    )


def _is_chinese(word: str) -> bool:
    return len(word) > 1 and not word.isascii()


def place_path(place: Place) -> list[Place]:
    """The places that contain `place`, from the province down to itself."""
    above = Place.objects.filter(lo__lte=place.lo, hi__gte=place.lo, closed_on__isnull=True)
    path = [other for other in above if _LEVEL_RANK[other.level] < _LEVEL_RANK[place.level]]
    return [*sorted(path, key=lambda other: _LEVEL_RANK[other.level]), place]
