"""The map of opinion groups as SVG: a dot for each participant, its shape and colour those of its group."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WIDTH, HEIGHT, EDGE = 640, 440, 24
MOST_DOTS = 2_000
# Told apart without colour by their shapes, and by most colour-blind eyes without shapes (after Okabe and Ito 2008).
COLOURS = ("#1f4e79", "#b8500c", "#00735c", "#8f3f71", "#6b5d00", "#3b3b3b", "#0a6a8a")
NOBODY = "#8a8a8a"
SHAPES = (
    "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",  # disc
    "M0-5L4.6 3.4H-4.6z",  # triangle
    "M-3.6-3.6H3.6V3.6H-3.6z",  # square
    "M0-5.2L5.2 0L0 5.2L-5.2 0z",  # diamond
    "M0 5L4.6-3.4H-4.6z",  # triangle on its head
    "M-1.5-5H1.5V-1.5H5V1.5H1.5V5H-1.5V1.5H-5V-1.5H-1.5z",  # cross
    "M0-5L4.8-1.5L2.9 4.1H-2.9L-4.8-1.5z",  # pentagon
)
SMALL = "M-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0z"


def shown(points: int, most: int = MOST_DOTS) -> int:
    """How many of so many participants are drawn: all up to `most`, then every second, every third…"""
    return len(range(0, points, _step(points, most)))


def opinion_map(where: "NDArray[np.float64]", group: "Sequence[int] | NDArray[np.integer]", label: str) -> str:
    """SVG of `where` (n, 2) people stand; `group` (n,) from 0, -1 for nobody's; `label` says what it is for a reader
    who cannot see it (a table belongs beside it)."""
    return picture(dots(where, group), label)


def dots(
    where: "NDArray[np.float64]", group: "Sequence[int] | NDArray[np.integer]", most: int = MOST_DOTS
) -> list[tuple[float, float, int]]:
    """What `picture` draws: at most `most` people as (x, y, group), in the picture's own units."""
    import numpy as np  # noqa: PLC0415  a page that only draws need not carry it

    if where.size == 0:
        return []
    order = np.lexsort((where[:, 1], where[:, 0]))[:: _step(where.shape[0], most)]
    spots, numbers = _scaled(where)[order], np.asarray(group)[order]
    return [(round(x, 1), round(y, 1), number) for (x, y), number in zip(spots.tolist(), numbers.tolist(), strict=True)]


def picture(people: "Iterable[Sequence[float]]", label: str) -> str:
    """SVG of what `dots` gave."""
    drawn = [(x, y, int(number)) for x, y, number in people]
    numbers = sorted({number for _x, _y, number in drawn if number >= 0})
    kinds = {f"g{number}": (SHAPES[number % 7], COLOURS[number % 7]) for number in numbers}
    if any(number < 0 for _x, _y, number in drawn):
        kinds["g-1"] = (SMALL, NOBODY)
    defined = "".join(
        f'<path id="{name}" d="{shape}" fill="{colour}" fill-opacity=".75"/>' for name, (shape, colour) in kinds.items()
    )
    signs = "".join(f'<use href="#g{number}" x="{x:.1f}" y="{y:.1f}"/>' for x, y, number in drawn)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(label)}">'
        f'<defs>{defined}</defs><rect width="{WIDTH}" height="{HEIGHT}" fill="#fafaf6"/>{signs}</svg>'
    )


def mark(number: int) -> str:
    """The sign of one group, as a small SVG for a legend."""
    shape, colour = SHAPES[number % 7], COLOURS[number % 7]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-7 -7 14 14" width="18" height="18" aria-hidden="true">'
        f'<path d="{shape}" fill="{colour}"/></svg>'
    )


def _step(points: int, most: int) -> int:
    return max(1, -(-points // most))


def _scaled(where: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Into the picture, both axes by the same scale; the outermost hundredth is drawn in to the edge."""
    import numpy as np  # noqa: PLC0415

    low, high = np.quantile(where, [0.005, 0.995], axis=0)
    span = np.maximum(high - low, 1e-9)
    scale = min((WIDTH - 2 * EDGE) / span[0], (HEIGHT - 2 * EDGE) / span[1])
    middle = (low + high) / 2.0
    spots = np.array([WIDTH, HEIGHT]) / 2.0 + (where - middle) * scale * np.array([1.0, -1.0])
    inside: NDArray[np.float64] = np.clip(spots, EDGE / 2, np.array([WIDTH, HEIGHT]) - EDGE / 2)
    return inside
