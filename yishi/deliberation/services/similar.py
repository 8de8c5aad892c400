"""Worries that look alike, near by and not long ago; and to whom a worry of a place goes."""

import re
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from yishi.database.reach import everything
from yishi.deliberation.models import Worry
from yishi.kit.text import bigrams, likeness
from yishi.organisations.models import Body, BodyKind, Place, PlaceLevel, valid_on

ALIKE = 0.28  # Dice coefficient of bigrams from which two worries are shown together
NEWEST = 400  # how many of a township's newest worries are compared
SHOWN = 5
HELD = 0.6  # what it counts that nearly all of a short text stands in a long one
GLIMPSE = 24  # letters of another's words that somebody is shown before they join it
DIGITS = re.compile(r"\d{5,}[\dXx]?")  # phones, cards, accounts
SHORTEST = 6  # pairs of letters: of fewer, "stands in it" means nothing
COMPARED = 2000  # characters; a longer text is refused anyway, and must cost nothing


def around(place: Place) -> Place:
    """The township of a village or hamlet; any other place itself."""
    here = place
    while here.level in (PlaceLevel.HAMLET, PlaceLevel.VILLAGE) and here.parent is not None:
        here = here.parent
    return here


def alike(left: frozenset[str], right: frozenset[str]) -> float:
    """How alike two texts are, whichever is longer: the same words, or a short one that stands in a long one."""
    fewer = min(len(left), len(right))
    held = len(left & right) / fewer if fewer >= SHORTEST else 0.0
    return max(likeness(left, right), HELD * held)


def glimpse(worry: Worry) -> str:
    """How a worry begins, for whoever is asked whether theirs is the same: by theme and day alone two look alike. Who
    raised it is not told, nor any number in it."""
    said = " ".join(worry.text.split())
    if worry.raiser is not None and len(worry.raiser.name) > 1:
        said = said.replace(worry.raiser.name, _("somebody"))
    said = DIGITS.sub("…", said)
    return said if len(said) <= GLIMPSE else said[:GLIMPSE] + "…"


def similar_worries(
    place: Place,
    text: str,
    *,
    theme: str = "",
    limit: int = SHOWN,
    only_open: bool = False,
    with_neighbours: bool = False,
) -> list[Worry]:
    """Worries of the same township in the last year that say nearly the same, the likest first.

    `with_neighbours` offers those of the very place and theme first, however they are worded. `only_open` leaves out
    those that are answered or over. It looks beyond what the viewer may see: show number, theme, day and state of what
    it gives, never the raiser.
    """
    mine = bigrams(text[:COMPARED])
    township = around(place)
    since = timezone.now() - timedelta(days=365)
    with everything():
        worries = (
            Worry.objects.filter(place__lo__gte=township.lo, place__lo__lte=township.hi, raised_at__gte=since)
            .exclude(state__in=[Worry.State.MERGED, Worry.State.REFERRED])
            .filter(is_sensitive=False)
            .select_related("place", "matter", "raiser")
            .order_by("-raised_at")
        )
        if only_open:
            worries = worries.filter(state__in=[*Worry.OWED, Worry.State.TAKEN_UP, Worry.State.CARRIED])
        newest = list(worries[:NEWEST])
    scored = []
    for worry in newest:
        score = alike(mine, bigrams(worry.text)) + (0.05 if theme and worry.theme == theme else 0)
        is_neighbour = with_neighbours and worry.place_id == place.pk and worry.theme == theme
        if is_neighbour or score >= ALIKE:
            scored.append((not is_neighbour, -score, worry))
    return [worry for *_rank, worry in sorted(scored, key=lambda ranked: ranked[:2])[:limit]]


def desk_for(place: Place) -> Body | None:
    """Who receives a worry of `place` raised without a venue: the nearest deliberation council, else the county's
    office of the consultative committee, else the nearest office above."""
    bodies = Body.objects.filter(valid_on(timezone.localdate()), place__lo__lte=place.lo, place__hi__gte=place.lo)
    council = bodies.filter(kind=BodyKind.COUNCIL).order_by("-place__lo").first()
    return council or bodies.filter(kind=BodyKind.OFFICE).order_by("-place__lo").first()
