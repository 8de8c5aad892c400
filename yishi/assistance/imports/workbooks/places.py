"""The places that a workbook may name: those within the importer's own, by the names and codes of all times."""

from datetime import date
from typing import Any

from yishi.organisations.models import Place, PlaceLevel
from yishi.organisations.named_places import NamedPlaces, short

WIDER = frozenset(PlaceLevel.values) - {PlaceLevel.VILLAGE, PlaceLevel.HAMLET}


class Places:
    """All places within `home`, in memory: a hundred thousand rows ask for a few hundred of them."""

    def __init__(self, home: Place):
        self.home = home
        self.named = NamedPlaces(home)
        self.rows = self.named.places
        self._asked: dict[tuple[Any, ...], tuple[Any, str, str]] = {}

    def find(
        self, county: str, township: str, village: str, code: str, *, day: date | None = None
    ) -> tuple[Any, str, str]:
        """(village, "", "") or (None, code of the fault, what was asked for). With `day` the village as of that day."""
        asked = (county, township, village, code, day)
        if asked not in self._asked:
            self._asked[asked] = self._find(*asked)
        return self._asked[asked]

    def wider(self, name: str) -> tuple[Any, str, str]:
        """Likewise a township, a county or more."""
        return self._only(self.named.find(name, levels=WIDER), name)

    def lives_in(self, place: Place) -> list[Any]:
        """Where a family is today that is registered in `place`: there, or in what it was merged or divided into."""
        return [place, *self.named.now(place)]

    def _find(self, county: str, township: str, village: str, code: str, day: date | None) -> tuple[Any, str, str]:
        if code:
            place, fault, text = self._only(self.named.find(code=code, day=day), code)
            if place is not None and village and not self.named.is_called(place, village):
                return None, "place_and_code", village
            return place, fault, text
        if not village:
            if self.home.level == PlaceLevel.VILLAGE:
                return self.home, "", ""
            return None, "missing", ""
        name = village.strip()
        return self._only(self.named.find(name, township=township, county=county, day=day), name)

    @staticmethod
    def _only(matches: list[Place], text: str) -> tuple[Any, str, str]:
        if len(matches) == 1:
            return matches[0], "", ""
        if matches and all(
            text not in (match.code, match.name) and short(match.name) != short(text) for match in matches
        ):
            return None, "place_became_many", f"{text}→{'、'.join(match.name for match in matches)}"
        return None, "many_places" if matches else "no_place", text
