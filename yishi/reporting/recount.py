"""The same figures counted by hand: straight from the journal, entry by entry, in plain Python. Slow, and hard to get
wrong; tests and `yishi tally verify` hold the fast figures against it."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils import timezone

from yishi.assistance.models import CatalogueItem
from yishi.journal.models import Entry
from yishi.organisations.models import Place, PlaceSetItem, valid_on

from .columns import WHOLE, Figure
from .figures import Question


def recount(question: Question, entries: Iterable[Entry]) -> Figure:
    """The figure, from `entries` that count deeds (all of them, in any order)."""
    asked = _Asked(question)
    sums: Counter[str] = Counter()
    heads: dict[str, Counter[str]] = {kind: Counter() for kind in ("household", "person", "village", "body", "giver")}
    for entry in entries:
        parties = entry.data.get("parties", [])
        if not asked.fits(entry, parties):
            continue
        sign = entry.quantities["deeds"]
        sums["deeds"] += sign
        sums["amount"] += entry.quantities["amount"]
        sums["unnamed"] += entry.quantities["unnamed"]
        sums["credits"] += sign * len(parties)
        for kind, ref, one in entry.touches:
            heads[kind][ref] += one
        for kind, ref, _role, share, sector in parties:
            heads["body" if kind == "body" else "giver"][ref] += sign
            is_body = question.body is not None and kind == "body" and ref == str(question.body.pk)
            if is_body or (question.sector and kind == "person" and sector == question.sector):
                sums["credited"] += entry.quantities["amount"] * share
    return Figure(
        deeds=sums["deeds"],
        amount=sums["amount"],
        unnamed=sums["unnamed"],
        households=_positive(heads["household"]),
        people=_positive(heads["person"]),
        villages=_positive(heads["village"]),
        bodies=_positive(heads["body"]),
        givers=_positive(heads["giver"]),
        credits=sums["credits"],
        credited=sums["credited"] // WHOLE,
    )


class _Asked:
    """Whether an entry answers a question."""

    def __init__(self, question: Question):
        self.question = question
        self.places = {str(pk): lo for pk, lo in Place.objects.values_list("pk", "lo")}
        self.items = {str(one.pk): (one.campaign_id, one.direction_id) for one in CatalogueItem.objects.all()}
        rows = PlaceSetItem.objects.filter(place_set=question.place_set).select_related("place")
        if question.place_set and not question.sets_then:
            rows = rows.filter(valid_on(timezone.localdate()))
        self.members = list(rows) if question.place_set else []

    def fits(self, entry: Entry, parties: list[Any]) -> bool:
        question = self.question
        day, lo = timezone.localdate(entry.at), self.places[str(entry.place_id)]
        campaign, direction = self.items[entry.dims["item"]]
        if not (question.start <= day <= question.end and question.place.lo <= lo <= question.place.hi):
            return False
        if question.known_by is not None and entry.received_at > question.known_by:
            return False
        if question.campaign is not None and campaign != question.campaign.pk:
            return False
        if question.direction is not None and direction != question.direction.pk:
            return False
        if question.item is not None and entry.dims["item"] != str(question.item.pk):
            return False
        if question.phase is not None:
            inside = question.phase.starts_on <= day <= question.phase.ends_on
            if not inside or campaign != question.phase.campaign_id:
                return False
        if question.body is not None and not any(one[1] == str(question.body.pk) for one in parties):
            return False
        if question.sector and not any(one[0] == "person" and one[4] == question.sector for one in parties):
            return False
        return not question.place_set or any(self._member(one, lo, day) for one in self.members)

    def _member(self, one: PlaceSetItem, lo: int, day: date) -> bool:
        if not one.place.lo <= lo <= one.place.hi:
            return False
        if not self.question.sets_then:
            return True
        return (one.valid_from is None or one.valid_from <= day) and (one.valid_to is None or day <= one.valid_to)


def _positive(counts: Counter[str]) -> int:
    return sum(1 for number in counts.values() if number > 0)
