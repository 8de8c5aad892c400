"""The same figures counted by hand: straight from the journal, entry by entry, in plain Python. Slow, and hard to get
wrong; tests and `yishi tally verify` hold the fast figures against it."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone

from yishi.assistance.campaign.models import CatalogueItem
from yishi.journal.models import Entry
from yishi.organisations.models import Place, PlaceSetItem, PlaceVersion, valid_on

from .columns import WHOLE, Figure
from .fold import COUNTS, parties_of
from .indicators import DEEDS, Series
from .question import Question


def recount(question: Question, entries: Iterable[Entry], series: Series = DEEDS) -> Figure:
    """The figure, from the entries of the journal (all of them, in any order; those of other series are left out)."""
    asked = _Asked(question, series)
    if series.is_stock:
        return _stock(asked, entries)
    sums: Counter[str] = Counter()
    heads: dict[str, Counter[str]] = {kind: Counter() for kind in ("household", "person", "village", "body", "giver")}
    for entry in entries:
        if entry.code != series.entry or (series.count or series.amount) not in entry.quantities:
            continue
        if entry.place_id is None or any(entry.dims.get(name) != code for name, code in series.where):
            continue
        parties = parties_of(entry)
        if not asked.fits(entry, parties):
            continue
        amount = entry.quantities.get(series.amount, 0)
        sign = entry.quantities[series.count] if series.count else (-1 if entry.reverses_id else 1)
        sums["deeds"] += sign
        sums["amount"] += amount
        sums["unnamed"] += entry.quantities.get(series.unnamed, 0)
        sums["credits"] += sign * len(parties)
        if asked.head:  # an item that counts heads: what its deeds give beyond those whom they name
            named = sum(1 for kind, _ref, _sign in entry.touches if kind == asked.head)
            sums["nameless"] += max(abs(amount) - 1_000 * named, 0) * (1 if amount > 0 else -1)
        for kind, ref, touch_sign in entry.touches:
            heads[kind][ref] += touch_sign
        for kind, ref, _role, share, sector in parties:
            heads["body" if kind == "body" else "giver"][ref] += sign
            is_body = question.body is not None and kind == "body" and ref == str(question.body.pk)
            if is_body or (question.sector and kind == "person" and sector == question.sector):
                sums["credited"] += amount * share
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
        nameless=sums["nameless"] // 1_000,
    )


def _stock(asked: "_Asked", entries: Iterable[Entry]) -> Figure:
    """Of a stock: all changes up to the last day that is asked, in places that lie there on that day."""
    question, series = asked.question, asked.series
    households = people = 0
    for entry in entries:
        if entry.code != series.entry or (question.known_by is not None and entry.received_at > question.known_by):
            continue
        for day, place, fact, count, heads in entry.data.get(COUNTS, ()):
            if day > question.end.toordinal() or series.fact not in ("", fact):
                continue
            if asked.holds(UUID(place), question.end):
                households, people = households + count, people + heads
    return Figure(deeds=households, amount=people)


class _Asked:
    """Whether an entry answers a question."""

    def __init__(self, question: Question, series: Series):
        self.question, self.series = question, series
        self.places = {str(pk): lo for pk, lo in Place.objects.values_list("pk", "lo")}
        self.ends = {str(pk): hi for pk, hi in Place.objects.values_list("pk", "hi")}
        self.versions: dict[Any, list[PlaceVersion]] = defaultdict(list)
        if question.places_then:
            for place_version in PlaceVersion.objects.order_by("valid_from"):
                self.versions[place_version.place_id].append(place_version)
        self.items = {str(item.pk): (item.campaign_id, item.direction_id) for item in CatalogueItem.objects.all()}
        place_set_items = PlaceSetItem.objects.filter(place_set=question.place_set).select_related("place")
        if question.place_set and not question.sets_then:
            place_set_items = place_set_items.filter(valid_on(timezone.localdate()))
        self.members = list(place_set_items) if question.place_set else []

    @property
    def head(self) -> str:
        """Whose heads the asked item counts on the question's last day: "household", "person", "village" or ""."""
        if self.question.item is None or self.series is not DEEDS:
            return ""
        versions = list(self.question.item.versions.order_by("number"))
        version = (
            [known_version for known_version in versions if known_version.valid_from <= self.question.end]
            or versions[:1]
        )[-1]
        return str(version.serves) if version.additivity == "distinct" and version.serves != "anybody" else ""

    def holds(self, place: UUID, day: date) -> bool:
        """Does a place lie where the question asks, on a day?"""
        lo = self.places[str(place)]
        if not self._lies_there(place, lo, day):
            return False
        return not self.question.place_set or any(self._member(member, lo, day) for member in self.members)

    def fits(self, entry: Entry, parties: list[Any]) -> bool:
        question = self.question
        day, lo = timezone.localdate(entry.at), self.places[str(entry.place_id)]
        campaign, direction = self.items.get(entry.dims.get("item"), (None, None))
        if not (question.start <= day <= question.end and self._lies_there(entry.place_id, lo, day)):
            return False
        if question.known_by is not None and entry.received_at > question.known_by:
            return False
        if not entry.dims.get("item") and entry.dims.get("campaign"):
            campaign = UUID(str(entry.dims["campaign"]))
        of_campaigns = self.series.of_campaigns
        if of_campaigns and question.of_none and campaign is not None:
            return False
        if of_campaigns and question.campaign is not None and campaign != question.campaign.pk:
            return False
        if question.direction is not None and direction != question.direction.pk:
            return False
        if question.item is not None and entry.dims.get("item") != str(question.item.pk):
            return False
        if question.phase is not None:
            inside = question.phase.starts_on <= day <= question.phase.ends_on
            if not inside or (of_campaigns and campaign != question.phase.campaign_id):
                return False
        if question.body is not None and not any(party[1] == str(question.body.pk) for party in parties):
            return False
        if question.sector and not any(party[0] == "person" and party[4] == question.sector for party in parties):
            return False
        return not question.place_set or any(self._member(member, lo, day) for member in self.members)

    def _lies_there(self, place: Any, lo: int, day: date) -> bool:
        """In the place as it is now, or step by step upwards by the parents of that day."""
        asked = self.question.place
        if not self.question.places_then:
            return self.places[str(asked.pk)] <= lo <= self.ends[str(asked.pk)]
        while place is not None and place != asked.pk:
            versions = self.versions[place]
            on = [
                version
                for version in versions
                if version.valid_from <= day and (version.valid_to is None or day <= version.valid_to)
            ]
            place = (on or [versions[0] if day < versions[0].valid_from else versions[-1]])[0].parent_id
        return place is not None

    def _member(self, place_set_item: PlaceSetItem, lo: int, day: date) -> bool:
        if not place_set_item.place.lo <= lo <= place_set_item.place.hi:
            return False
        if not self.question.sets_then:
            return True
        return (place_set_item.valid_from is None or place_set_item.valid_from <= day) and (
            place_set_item.valid_to is None or day <= place_set_item.valid_to
        )


def _positive(counts: Counter[str]) -> int:
    return sum(1 for number in counts.values() if number > 0)
