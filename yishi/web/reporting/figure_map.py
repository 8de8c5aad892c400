"""The schematic map as an SVG of links: a square for each county, its number written on it; a shade says it again."""

from typing import Any

from django.urls import reverse

from yishi.reporting.place_figures import Square
from yishi.reporting.tiles import bounds, shade

SIDE, GAP = 52, 4
PREFECTURE = 4  # digits of its code, with which those of its counties begin


def figure_map(squares: list[Square], query: str) -> dict[str, Any]:
    """The map, cut to the squares that are there, and its legend."""
    cuts = bounds([square.value for square in squares])
    left = min((square.tile.column for square in squares), default=0)
    top = min((square.tile.row for square in squares), default=0)
    drawn: list[dict[str, Any]] = [
        {
            "x": (square.tile.column - left) * SIDE,
            "y": (square.tile.row - top) * SIDE,
            "name": square.tile.name,
            "place": square.place,
            "value": square.value,
            "shade": shade(square.value, cuts),
            "url": f"{reverse('figures_place', args=[square.place.pk])}?{query}",
        }
        for square in sorted(squares, key=lambda square: (square.tile.row, square.tile.column))
    ]
    return {
        "squares": drawn,
        "rows": sorted(drawn, key=lambda drawing: drawing["place"].lo),  # the same as a table
        "side": SIDE - GAP,
        "width": max((drawing["x"] for drawing in drawn), default=0) + SIDE,
        "height": max((drawing["y"] for drawing in drawn), default=0) + SIDE,
        "borders": _borders(squares, left, top),
        "legend": [{"shade": 0, "from": 0, "to": 0}, *_legend(cuts)],
    }


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
