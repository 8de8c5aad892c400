"""The schematic map as an SVG of links: a square for each county, its number written on it; a shade says it again."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from yishi.reporting.place_figures import Square
from yishi.reporting.tiles import bounds, shade

SIDE, GAP = 52, 4
SHORT, DARK = 3, 2  # a name of more letters is written smaller; on darker shades the letters are light
NOWHERE = UUID(int=0)  # stands in an address for the place that is written there
PREFECTURE = 4  # digits of its code, with which those of its counties begin


def figure_map(squares: list[Square], query: str) -> dict[str, Any]:
    """The map, cut to the squares that are there, and its legend."""
    cuts = bounds([square.value for square in squares])
    left = min((square.tile.column for square in squares), default=0)
    top = min((square.tile.row for square in squares), default=0)
    page = reverse("figures_place", args=[NOWHERE])
    drawn: list[dict[str, Any]] = [
        {
            "x": (square.tile.column - left) * SIDE,
            "y": (square.tile.row - top) * SIDE,
            "name": square.tile.name,
            "place": square.place,
            "value": square.value,
            "shade": shade(square.value, cuts),
            "url": f"{page.replace(str(NOWHERE), str(square.place.pk))}?{query}",
        }
        for square in sorted(squares, key=lambda square: (square.tile.row, square.tile.column))
    ]
    rows = sorted(drawn, key=lambda drawing: drawing["place"].lo)  # the same as a table
    return {
        "squares": drawn,
        "rows": rows,
        "squares_drawn": _squares(drawn),
        "rows_drawn": _rows(rows),
        "side": SIDE - GAP,
        "width": max((drawing["x"] for drawing in drawn), default=0) + SIDE,
        "height": max((drawing["y"] for drawing in drawn), default=0) + SIDE,
        "borders": _borders(squares, left, top),
        "legend": [{"shade": 0, "from": 0, "to": 0}, *_legend(cuts)],
    }


def _squares(drawn: list[dict[str, Any]]) -> SafeString:
    """The squares as links: a template for each of 129 took half of a province's page."""
    parts = []
    for square in drawn:
        at = f'x="{square["x"]}" y="{square["y"]}"'
        ground, name = " on-dark" if square["shade"] > DARK else "", str(square["name"])
        long = " map-long" if len(name) > SHORT else ""
        parts.append(
            f'<a href="{escape(square["url"])}"><rect class="shade-{square["shade"]}" {at}'
            f' width="{SIDE - GAP}" height="{SIDE - GAP}" rx="4"/>'
            f'<text class="map-name{long}{ground}" {at} dx="24.5" dy="20">{escape(name)}</text>'
            f'<text class="map-number{ground}" {at} dx="24.5" dy="38">{square["value"]}</text></a>'
        )
    return mark_safe("\n".join(parts))


def _rows(drawn: list[dict[str, Any]]) -> SafeString:
    return mark_safe(
        "\n".join(
            f'<tr><td><a href="{escape(row["url"])}">{escape(row["place"].full_name)}</a></td>'
            f'<td class="number">{row["value"]}</td></tr>'
            for row in drawn
        )
    )


def _borders(squares: list[Square], left: int, top: int) -> str:
    """The lines between prefectures, as an SVG path."""
    whose = {(square.tile.column, square.tile.row): square.tile.code[:PREFECTURE] for square in squares}
    parts = []
    for (column, row), prefecture in sorted(whose.items()):
        x, y = (column - left) * SIDE - GAP / 2, (row - top) * SIDE - GAP / 2
        if whose.get((column + 1, row), prefecture) != prefecture:
            parts.append(f"M{x + SIDE:g} {y:g}v{SIDE}")
        if whose.get((column, row + 1), prefecture) != prefecture:
            parts.append(f"M{x:g} {y + SIDE:g}h{SIDE}")
    return "".join(parts)


def _legend(cuts: list[int]) -> list[dict[str, Any]]:
    """For each shade the numbers from and to which it stands; the darkest is open above (`to`: None)."""
    if not cuts:  # nothing was counted anywhere yet
        return []
    tops: list[Any] = [*[cut - 1 for cut in cuts[1:]], None]
    pairs = enumerate(zip(cuts, tops, strict=True), 1)
    return [{"shade": number, "from": cut, "to": end} for number, (cut, end) in pairs]
