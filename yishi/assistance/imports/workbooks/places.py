"""The places that a workbook may name: those within the importer's own, by name and by code."""

from typing import Any

from yishi.organisations.models import Place, PlaceLevel


class Places:
    """All places within `home`, in memory: a hundred thousand rows ask for a few hundred of them."""

    def __init__(self, home: Place):
        self.home = home
        places = Place.objects.filter(closed_on__isnull=True, lo__gte=home.lo, lo__lte=home.hi)
        self.rows = {place.pk: place for place in places.select_related("parent__parent")}
        self.villages = [place for place in self.rows.values() if place.level == PlaceLevel.VILLAGE]
        self.by_code = {place.code: place for place in self.villages}
        self.by_name: dict[str, list[Place]] = {}
        for place in self.villages:
            for name in {place.name, _short(place.name)}:
                self.by_name.setdefault(name, []).append(place)
        self._asked: dict[tuple[str, ...], tuple[Any, str, str]] = {}

    def find(self, county: str, township: str, village: str, code: str) -> tuple[Any, str, str]:
        """(village, "", "") or (None, code of the fault, what was asked for)."""
        asked = (county, township, village, code)
        if asked not in self._asked:
            self._asked[asked] = self._find(*asked)
        return self._asked[asked]

    def _find(self, county: str, township: str, village: str, code: str) -> tuple[Any, str, str]:
        if code:
            place = self.by_code.get(code) or self.by_code.get(code.ljust(12, "0")[:12])
            if place is None:
                return None, "no_place", code
            if village and _short(village.strip()) != _short(place.name):
                return None, "place_and_code", village
            return place, "", ""
        if not village:
            if self.home.level == PlaceLevel.VILLAGE:
                return self.home, "", ""
            return None, "missing", ""
        name = village.strip()
        matches = self.by_name.get(name) or self.by_name.get(_short(name)) or []
        matches = [match for match in matches if _within(match, PlaceLevel.TOWNSHIP, township)]
        matches = [match for match in matches if _within(match, PlaceLevel.COUNTY, county)]
        if len(matches) == 1:
            return matches[0], "", ""
        return None, "many_places" if matches else "no_place", name


def _short(name: str) -> str:
    for ending in ("村民委员会", "居民委员会", "村委会", "居委会", "社区", "村"):
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return name.removesuffix(ending)
    return name


def _within(place: Place, level: str, name: str) -> bool:
    """Does the place lie in the one called so (if one is named, and if ours is known)?"""
    if not name.strip():
        return True
    above = place.parent
    while above is not None and above.level != level:
        above = above.parent
    if above is None:
        return True
    said = name.strip()
    return said == above.name or above.name.startswith(said) or said.startswith(above.name)
