"""Which names and codes of before a workbook uses, and where they lead: said before it is taken."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from yishi.assistance.imports.models import Import
from yishi.assistance.imports.workbooks.places import Places
from yishi.organisations.models import Place
from yishi.organisations.named_places import short

from .pieces import Stage, pieces, rows_in

SHOWN = 10  # places that the note names
ASKED = ("county", "township", "village", "village_code")


def led_places(workbook: Import) -> list[list[Any]]:
    """The note on villages that are named as they were once; empty where all are named as they are."""
    places = Places(workbook.place)
    led: Counter[tuple[str, str]] = Counter()
    for piece in pieces(workbook, Stage.ROWS):
        for row in rows_in(piece):
            if row.values.get("village") or row.values.get("village_code"):
                place, _fault, _text = places.find(*(row.values.get(key, "") for key in ASKED), day=_day(row.values))
                if place is not None and (named := _named_of_before(row.values, place)):
                    led[named, place.name] += 1
    if not led:
        return []
    said = [f"{named}→{name}（{count}）" for (named, name), count in led.most_common(SHOWN)]
    return [["place_led", {"count": sum(led.values()), "places": "、".join(said) + "…" * (len(led) > SHOWN)}]]


def _named_of_before(values: Mapping[str, str], place: Place) -> str:
    """The name or code in a row that is not the place's own; empty where it is."""
    village, code = values.get("village", "").strip(), values.get("village_code", "")
    if village and short(village) != short(place.name):
        return village
    return code if code and not place.code.startswith(code.rstrip("0")) else ""


def _day(values: Mapping[str, str]) -> date | None:
    """The day of a deed; a faulty cell is kept as it stands."""
    try:
        return date.fromisoformat(values.get("on", ""))
    except ValueError:
        return None
