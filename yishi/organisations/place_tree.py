"""The tree of places: full names, and the numbers `lo`…`hi` between which lies all that a place contains."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F

from yishi.database.prepared import update_of

from .models import Place, PlaceLevel, PlaceSuccession, PlaceVersion, valid_on
from .numbers import next_number

# Names that stand for "directly under the province" in the statistical codes; nobody says them.
_PLACEHOLDERS = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})
_DERIVED = ("full_name", "lo", "hi")


def _plain_letters(rest: str) -> Any:
    """What is no Chinese, letter by letter (pypinyin takes a list, whatever its types say)."""
    return [letter for letter in rest if letter.isascii()]


def initials(name: str) -> str:
    """Pinyin initials, lower case: `mncmwyh` for 牟尼村民委员会; digits and Latin letters are kept."""
    # Its dictionaries take as long to load as all of Django; only who writes a place needs them.
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415

    parts = lazy_pinyin(name, style=Style.FIRST_LETTER, errors=_plain_letters)
    return "".join(part[:1] for part in parts if part[:1].isalnum()).lower()[:64]


def full_name(name: str, parent: Place | None) -> str:
    """From the prefecture down; a place in a place that nobody names takes the name above it."""
    if parent is None or parent.level == PlaceLevel.PROVINCE:
        return name
    if parent.name in _PLACEHOLDERS:
        above = parent.parent
        return (above.name + name) if above and above.level == PlaceLevel.PROVINCE else full_name(name, above)
    return (parent.full_name + name)[:160]


def lock_places() -> int:
    """One change of the tree at a time: held until the transaction ends. Gives the tree's version."""
    return next_number("places")


def refresh(fresh: Iterable[Place] = ()) -> None:
    """Work out full names and numbers anew for the whole tree and write what differs.

    `fresh` are places that are not in the database yet: they get their values and stay unwritten.
    """
    fresh = list(fresh)
    places = {
        place.pk: place for place in Place.objects.only("level", "code", "name", "parent", "closed_on", *_DERIVED)
    }
    before = {place.pk: tuple(getattr(place, name) for name in _DERIVED) for place in places.values()}
    places.update({place.pk: place for place in fresh})
    children = _children(places)
    _number(children)
    for place in _downwards(children):
        if place.closed_on:
            continue  # keeps the name under which it was known
        above = places.get(place.parent_id) if place.parent_id else None
        place.parent = above
        place.full_name = full_name(place.name, above)
    changed = [
        (key, (place.full_name, place.lo, place.hi))
        for key, place in places.items()
        if key in before and before[key] != (place.full_name, place.lo, place.hi)
    ]
    update_of(Place, ("full_name", "lo", "hi"), changed).run()


def make_room(parent: Place) -> tuple[int, int]:
    """Numbers for one new place below `parent`, without numbering everything anew."""
    parent.refresh_from_db(fields=["lo", "hi"])
    last = parent.hi
    Place.objects.filter(lo__gt=last).update(lo=F("lo") + 1, hi=F("hi") + 1)
    Place.objects.filter(lo__lte=parent.lo, hi__gte=last).update(hi=F("hi") + 1)
    return last + 1, last + 1


def place_on(place: Place, day: date) -> PlaceVersion | None:
    """Code, name and parent as they were on `day`; None where the place did not exist then."""
    return place.versions.filter(valid_on(day)).select_related("parent").order_by("-valid_from").first()


def _children(places: dict[UUID, Place]) -> dict[UUID | None, list[Place]]:
    """Who stands below whom. What was merged away stands below its successor, whose desks inherit its files."""
    heirs = dict(PlaceSuccession.objects.filter(kind=PlaceSuccession.Kind.MERGER).values_list("old_id", "new_id"))
    children: dict[UUID | None, list[Place]] = defaultdict(list)
    for place in places.values():
        above = heirs.get(place.pk) if place.closed_on else None
        children[above or place.parent_id].append(place)
    for below in children.values():
        below.sort(key=lambda place: (place.code, place.pk.hex))
    return children


def _number(children: dict[UUID | None, list[Place]]) -> None:
    """Preorder numbers from 1, without recursion (a tree may be made by people)."""
    count = 0
    stack: list[tuple[Place, bool]] = [(place, False) for place in reversed(children[None])]
    while stack:
        place, is_done = stack.pop()
        if is_done:
            place.hi = count
            continue
        count += 1
        place.lo = count
        stack.append((place, True))
        stack.extend((below, False) for below in reversed(children.get(place.pk, [])))


def _downwards(children: dict[UUID | None, list[Place]]) -> Iterable[Place]:
    stack = list(children[None])
    while stack:
        place = stack.pop()
        yield place
        stack.extend(children.get(place.pk, []))
