"""The place that somebody names, on a day: by the name and code of today or of any time before.

    places = NamedPlaces(county)
    places.find("牟尼村", township="共和镇")               # today: [what it is or what it was merged into]
    places.find("牟尼村", township="共和镇", day=day)       # the village as of that day

A place that was merged, divided or given another name or code is found by the old ones too, below the old townships as
below the new. Without a day the answer is what stands there today; with one, what stood there then: a deed of before a
merger belongs to the village that was. More than one answer means that the name says too little; none, that no place
was ever called so here.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from uuid import UUID

from django.db.models import F, Min, Q
from django.utils import timezone

from .models import Place, PlaceLevel, PlaceSuccession, PlaceVersion

_ENDINGS = ("村民委员会", "居民委员会", "村委会", "居委会", "社区", "村")
_RANK = {level: rank for rank, level in enumerate(PlaceLevel.values)}


class NamedPlaces:
    """All places within `home`, as they are and were, in memory: a hundred thousand rows ask for a few hundred."""

    def __init__(self, home: Place):
        self.home, self.today = home, timezone.localdate()
        known = Place.objects.filter(Q(lo__gte=home.lo, lo__lte=home.hi) | Q(lo__lt=home.lo, hi__gte=home.hi))
        self._known = {place.pk: place for place in known}  # within `home`, and above it
        self.places = {key: place for key, place in self._known.items() if home.lo <= place.lo <= home.hi}
        self._versions: dict[UUID, list[PlaceVersion]] = defaultdict(list)  # those that differ from today's
        self._since: dict[UUID, date] = {}
        self._read_versions()
        self._heirs: dict[UUID, list[PlaceSuccession]] = defaultdict(list)
        self._forebears: dict[UUID, list[PlaceSuccession]] = defaultdict(list)
        followed = PlaceSuccession.objects.filter(old__lo__gte=home.lo, old__lo__lte=home.hi)
        for succession in followed.select_related("old", "new"):
            self._heirs[succession.old_id].append(succession)
            self._forebears[succession.new_id].append(succession)
        self._by_code: dict[str, list[Place]] = defaultdict(list)
        self._by_name: dict[str, list[Place]] = defaultdict(list)
        for place in self.places.values():
            for code in {place.code, *(version.code for version in self._versions.get(place.pk, ()))}:
                self._by_code[code].append(place)
            for key in {key for name in self._names(place) for key in (name, short(name))}:
                self._by_name[key].append(place)

    def _read_versions(self) -> None:
        home = self.home
        within = Q(place__lo__gte=home.lo, place__lo__lte=home.hi) | Q(place__lo__lt=home.lo, place__hi__gte=home.hi)
        versions = PlaceVersion.objects.filter(within)
        other = ~Q(code=F("place__code")) | ~Q(name=F("place__name")) | ~Q(parent=F("place__parent"))
        for version in versions.filter(other).select_related("parent").order_by("valid_from"):
            self._versions[version.place_id].append(version)
        self._since = dict(versions.values_list("place").annotate(Min("valid_from")))

    def find(
        self,
        name: str = "",
        *,
        code: str = "",
        township: str = "",
        county: str = "",
        day: date | None = None,
        levels: Collection[str] = (PlaceLevel.VILLAGE,),
    ) -> list[Place]:
        """The places of some levels that may be meant, as they stand today or stood on `day`."""
        name = name.strip()
        if code:
            named = self._by_code.get(code) or self._by_code.get(code.ljust(12, "0")[:12], [])
        else:
            named = list(dict.fromkeys((*self._by_name.get(name, ()), *self._by_name.get(short(name), ()))))
            wider = ((PlaceLevel.TOWNSHIP, township), (PlaceLevel.COUNTY, county))
            named = [place for place in named if all(self._lies_in(place, level, text) for level, text in wider)]
        named = [place for place in named if place.level in levels]
        named = self._best(named, name, code, day)
        return list({each.pk: each for place in named for each in self.on(place, day or self.today)}.values())

    def _best(self, named: list[Place], name: str, code: str, day: date | None) -> list[Place]:
        """Those called so on the day that is asked for; else those of today, by their whole name and by its short form;
        else those that still stand; else all."""
        ways: list[Callable[[Place], bool]] = [
            lambda place: place.closed_on is None and (place.code == code if code else place.name == name),
            lambda place: place.closed_on is None and not code and short(place.name) == short(name),
            lambda place: place.closed_on is None,
        ]
        if day is not None and day != self.today:
            ways.insert(0, lambda place: self._was_called(place, name, code, day))
        for fits in ways:
            if fitting := [place for place in named if fits(place)]:
                return fitting
        return named

    def _was_called(self, place: Place, name: str, code: str, day: date) -> bool:
        if not self._stood(place, day):
            return False
        versions = self._versions.get(place.pk, ())
        called = next((version for version in versions if version.is_valid_on(day)), place)
        return called.code == code if code else short(called.name) == short(name)

    def is_called(self, place: Place, name: str) -> bool:
        """Is or was the place called so, or one that it took up or became?"""
        return any(short(known) == short(name.strip()) for each in self._kin(place) for known in self._names(each))

    def _kin(self, place: Place) -> list[Place]:
        """The place, what it took up and what it became."""
        return [place, *_followed(place, self._forebears, "old"), *_followed(place, self._heirs, "new")]

    def on(self, place: Place, day: date) -> list[Place]:
        """What stood there on `day`: what followed it if it was gone by then, what it was made of if it was not yet."""
        return _standing(place, day, self._heirs.__getitem__, self._forebears.__getitem__, self._stood)

    def now(self, place: Place) -> list[Place]:
        """What the place is today: itself, or what it was merged or divided into."""
        return self.on(place, self.today)

    def came_into(self, key: UUID, day: date) -> list[Place]:
        """The places that this one had taken up by `day`: what was recorded in them before anybody knew is of it."""
        place = self._known.get(key)
        before = _followed(place, self._forebears, "old") if place else ()
        return [each for each in before if self.on(each, day) == [place]]

    def _stood(self, place: Place, day: date) -> bool:
        since = self._since.get(place.pk)
        return (since is None or since <= day) and (place.closed_on is None or day < place.closed_on)

    def _names(self, place: Place) -> set[str]:
        return {place.name, *(version.name for version in self._versions.get(place.pk, ()))}

    def _lies_in(self, place: Place, level: str, name: str) -> bool:
        """Does or did the place lie in the one called so (if one is named, and if ours is known)?"""
        said = name.strip()
        above = list(self._above(place, level)) if said else []
        names = {known for each in above for known in self._names(each)}
        return not above or any(known.startswith(said) or said.startswith(known) for known in names)

    def _above(self, place: Place, level: str) -> Iterator[Place]:
        """Every place of a level that this one, or what it became, lies or lay in, with the kin of those."""
        for heir in _followed(place, self._heirs, "new"):
            yield from self._above(heir, level)
        parents = {
            place.parent_id: None,
            **{version.parent_id: version for version in self._versions.get(place.pk, ())},
        }
        for key, version in parents.items():
            parent = self._known.get(key) if key else None
            parent = parent or (version.parent if version else None)
            if parent is None or _RANK[parent.level] < _RANK[level]:
                continue
            if parent.level == level:
                yield from self._kin(parent)
            else:
                yield from self._above(parent, level)


def place_on_day(place: Place, day: date) -> tuple[Place, ...]:
    """What stood on `day` where `place` is or was, by its successions only: itself, what it was merged or divided into,
    or what it was made of."""

    def stood(other: Place, day: date) -> bool:
        return other.versions.filter(valid_from__lte=day).exists()

    standing = _standing(
        place,
        day,
        lambda key: PlaceSuccession.objects.filter(old=key).select_related("new"),
        lambda key: PlaceSuccession.objects.filter(new=key).select_related("old"),
        stood,
    )
    return tuple(sorted(standing, key=lambda each: each.code))


def place_now(place: Place) -> tuple[Place, ...]:
    """Where `place` is today: itself, or what it was merged or divided into."""
    return place_on_day(place, timezone.localdate())


def _standing(
    place: Place,
    day: date,
    heirs: Callable[[UUID], Iterable[PlaceSuccession]],
    forebears: Callable[[UUID], Iterable[PlaceSuccession]],
    stood: Callable[[Place, date], bool],
) -> list[Place]:
    seen: set[UUID] = set()
    standing: list[Place] = []
    waiting = [place]
    while waiting:
        place = waiting.pop()
        if place.pk in seen:
            continue
        seen.add(place.pk)
        if place.closed_on is not None and day >= place.closed_on:
            waiting.extend(succession.new for succession in heirs(place.pk))
        elif not stood(place, day) and (before := [link.old for link in forebears(place.pk) if link.date > day]):
            waiting.extend(before)
        else:
            standing.append(place)
    return standing


def _followed(place: Place, links: dict[UUID, list[PlaceSuccession]], end: str) -> Iterator[Place]:
    for succession in links.get(place.pk, ()):
        yield getattr(succession, end)
        yield from _followed(getattr(succession, end), links, end)


def short(name: str) -> str:
    """A village's name without 村, 社区, 村委会: so people write it now, now otherwise."""
    for ending in _ENDINGS:
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return name.removesuffix(ending)
    return name
