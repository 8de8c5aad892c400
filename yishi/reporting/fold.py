"""Fold the journal into figures: entry by entry, each once, one folder at a time."""

from array import array
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any, Protocol

from django.db import transaction
from django.utils import timezone

from yishi.journal.feed import FEEDS, mark_folded, unfolded
from yishi.journal.models import Entry

from .indicators import SERIES, Series, series_of
from .models import FigureKey, FigureRow, FigureState
from .tallies import rows_add

BATCH = 2_000
WHOLE = 10_000
TOUCHED = {"household": 0, "person": 1, "village": 2}
PARTY = {"body": 0, "person": 1}
ROLES = {"lead": 0, "co": 1, "funder": 2, "organiser": 3}
NO_SECTOR = 0  # keys begin at 1
COUNTS = "counts"  # in the data of an entry: [day, place, fact, households, people] for each change of a stock
RULES = 1  # raised when the same entry makes other rows than before: `prepare` then builds all figures anew
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Ref = tuple[str, str]  # kind, ref


class Counted(Protocol):
    """What figures read of an entry."""

    @property
    def pk(self) -> Any: ...
    @property
    def code(self) -> str: ...
    @property
    def place_id(self) -> Any: ...
    @property
    def at(self) -> datetime: ...
    @property
    def received_at(self) -> datetime: ...
    @property
    def reverses_id(self) -> Any: ...
    @property
    def dims(self) -> dict[str, Any]: ...
    @property
    def quantities(self) -> dict[str, Any]: ...
    @property
    def touches(self) -> list[Any]: ...
    @property
    def data(self) -> dict[str, Any]: ...


def listen() -> None:
    """Say to the journal which entries feed figures."""
    FEEDS.update(series.entry for series in SERIES)


def fold(limit: int = BATCH) -> int:
    """Take in up to `limit` entries that wait; gives how many. Several processes may: one works at a time."""
    with transaction.atomic():
        state()
        entries = unfolded(limit)
        if entries:
            _write(entries)
            mark_folded(entries)
            up_to()
    return len(entries)


def fold_all() -> int:
    """Take in all that waits."""
    done = 0
    while count := fold():
        done += count
    return done


def state() -> FigureState:
    """The one row, locked for the rest of the transaction."""
    FigureState.objects.get_or_create(pk=1, defaults={"rules": RULES})
    return FigureState.objects.select_for_update().get(pk=1)


def up_to() -> None:
    """Say how far the figures are."""
    last = FigureRow.objects.order_by("-sequence").values_list("sequence", flat=True).first()
    key = FigureKey.objects.order_by("-pk").values_list("pk", flat=True).first()
    FigureState.objects.filter(pk=1).update(sequence=last or 0, key=key or 0)


def project(entry: Counted, series: Series, keys: dict[Ref, int]) -> list[dict[str, Any]]:
    """The columns of an entry's rows in one series: of a stock one for each change that it tells of, else one."""
    if series.is_stock:
        return [
            _row(series, part, keys, count=count, amount=people, day=day, place=place, item=("fact", fact), entry=entry)
            for part, (day, place, fact, count, people) in enumerate(entry.data.get(COUNTS, ()))
        ]
    return [_of_entry(entry, series, keys)]


def _row(
    series: Series,
    part: int,
    keys: dict[Ref, int],
    *,
    entry: Counted,
    count: int,
    amount: int,
    day: int,
    place: str,
    item: Ref,
) -> dict[str, Any]:
    return {
        "series": series.number,
        "part": part,
        "deeds": count,
        "amount": amount,
        "unnamed": 0,
        "day": day,
        "received": (entry.received_at - EPOCH) // timedelta(microseconds=1),
        "item": keys.get(item, -1),
        "place": keys.get(("place", place), -1),
        "touches": b"",
        "parties": b"",
    }


def _of_entry(entry: Counted, series: Series, keys: dict[Ref, int]) -> dict[str, Any]:
    quantities = entry.quantities
    touches = [
        (TOUCHED[kind], keys.get((kind, str(ref)), -1), int(sign))
        for kind, ref, sign in entry.touches
        if kind in TOUCHED
    ]
    parties = [
        (
            PARTY[kind],
            keys.get((kind, str(ref)), -1),
            ROLES[role],
            int(share),
            keys.get(("sector", sector), -1) if sector else NO_SECTOR,
        )
        for kind, ref, role, share, sector in parties_of(entry)
    ]
    return {
        "series": series.number,
        "part": 0,
        "deeds": series.counted(quantities, is_reversal=entry.reverses_id is not None),
        "amount": int(quantities.get(series.amount, 0)),
        "unnamed": int(quantities.get(series.unnamed, 0)),
        "day": entry.at.astimezone(timezone.get_default_timezone()).toordinal(),
        "received": (entry.received_at - EPOCH) // timedelta(microseconds=1),
        "item": keys.get(home_of(entry), -1),
        "place": keys.get(("place", str(entry.place_id)), -1),
        "touches": array("i", chain.from_iterable(touches)).tobytes(),
        "parties": array("i", chain.from_iterable(parties)).tobytes(),
    }


def home_of(entry: Counted) -> Ref:
    """What an entry counts for: its item, else its campaign, else neither."""
    if not entry.dims.get("item") and entry.dims.get("campaign"):
        return ("campaign", str(entry.dims["campaign"]))
    return ("item", str(entry.dims.get("item") or ""))


def parties_of(entry: Counted) -> list[tuple[str, str, str, int, str]]:
    """Who did what an entry counts: (kind, id, role, share, sector). An entry that names none was done by the body in
    its dims, if there is one."""
    named = [tuple(party) for party in entry.data.get("parties", ())]
    if not named and entry.dims.get("body"):
        named = [("body", str(entry.dims["body"]), "lead", WHOLE, "")]
    return named


def series_in(entry: Counted) -> list[Series]:
    """The series in which an entry has a row."""
    return [series for series in series_of(entry.code) if series.takes(entry.quantities, entry.dims)]


def _write(entries: list[Entry]) -> None:
    """A row for each series of each entry; what was delivered before is there already."""
    ids = [entry.pk for entry in entries]
    known = set(FigureRow.objects.filter(entry_id__in=ids).values_list("entry_id", flat=True))
    fresh = list({entry.pk: entry for entry in entries if entry.pk not in known}.values())
    keys = keys_of(refs_of(fresh), {})
    rows_add(
        [
            {"entry_id": entry.pk, **row}
            for entry in fresh
            for series in series_in(entry)
            for row in project(entry, series, keys)
        ]
    )


def refs_of(entries: Iterable[Counted]) -> set[Ref]:
    """Everything in `entries` that needs a key."""
    refs: set[Ref] = set()
    for entry in entries:
        for _day, place, fact, _count, _people in entry.data.get(COUNTS, ()):
            refs.add(("place", place))
            refs.add(("fact", fact))
        refs.add(home_of(entry))
        refs.add(("place", str(entry.place_id)))
        refs.update((kind, str(ref)) for kind, ref, _sign in entry.touches if kind in TOUCHED)
        for kind, ref, _role, _share, sector in parties_of(entry):
            refs.add((kind, str(ref)))
            if sector:
                refs.add(("sector", sector))
    return refs


def keys_of(refs: set[Ref], at_hand: dict[Ref, int], *, make: bool = True) -> dict[Ref, int]:
    """`at_hand` with the keys of `refs`, which never change; new ones are given out, within the folder's lock."""
    at_hand.update(_known(refs - at_hand.keys()))
    missing = sorted(refs - at_hand.keys())
    if make and missing:
        made = FigureKey.objects.bulk_create([FigureKey(kind=kind, ref=ref) for kind, ref in missing], batch_size=500)
        at_hand.update({(key.kind, key.ref): key.pk for key in made})
    return at_hand


def _known(refs: set[Ref]) -> dict[Ref, int]:
    keys: dict[Ref, int] = {}
    by_kind: dict[str, list[str]] = {}
    for kind, ref in refs:
        by_kind.setdefault(kind, []).append(ref)
    for kind, wanted in by_kind.items():
        for start in range(0, len(wanted), 500):
            known = FigureKey.objects.filter(kind=kind, ref__in=wanted[start : start + 500])
            keys.update({(kind, ref): key for key, ref in known.values_list("pk", "ref")})
    return keys
