"""The one way in which something changes: receipt first, then the check, then the write, then the entry.

    with act("deliberation.worry.file", actor=actor, act_id=act_id, body={...}) as this:
        if this.replayed:
            return this.receipt
        ...  # check rights and stage, write
        this.entry(subject=("worry", worry.id), place=worry.place_id)
        this.result(worry=worry.id)
    return this.receipt

`act` opens a transaction. A known id with the same content gives the stored receipt back (`replayed`); a known
id with another content raises `Conflict`; in both cases nothing is written.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.database.insert import insert_together
from yishi.kit.errors import Conflict
from yishi.kit.ids import child_id, made_at, uuid7

from .feed import FEEDS
from .models import Entry, Receipt, Unfolded
from .receipts import receipt_end, receipt_insert_or_return

Touch = tuple[str, UUID, int]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and by which right: a post in a body, a seat in a matter, a query code, the public, the system."""

    person_id: UUID | None = None
    right_kind: str = "public"
    right_id: UUID | None = None
    body_id: UUID | None = None
    on_behalf_of_id: UUID | None = None


SYSTEM = Actor(right_kind="system")

_story_time: ContextVar[datetime | None] = ContextVar("story_time", default=None)


@contextmanager
def acting_at(moment: datetime) -> Iterator[None]:
    """Receive the acts inside at `moment`, a time of an invented story, and mark their entries `"demo": true`.

    For the demo alone: its past must look like a past. `verify` lets marked entries be received before they were
    sealed; a page or an import has no business here.
    """
    token = _story_time.set(moment)
    try:
        yield
    finally:
        _story_time.reset(token)


_received: ContextVar[list[UUID] | None] = ContextVar("received", default=None)


@contextmanager
def receiving() -> Iterator[list[UUID]]:
    """The ids of the acts that are received inside, those included whose receipt answers once more."""
    ids: list[UUID] = []
    token = _received.set(ids)
    try:
        yield ids
    finally:
        _received.reset(token)


@dataclass
class Act:
    """An act in progress (see the module's text)."""

    code: str
    actor: Actor
    receipt: Receipt
    at: datetime
    caused_by: UUID | None = None
    replayed: bool = False
    entries: list[Entry] = field(default_factory=list)
    _children: int = 0

    @property
    def id(self) -> UUID:
        return self.receipt.id

    @property
    def now(self) -> datetime:
        """When the platform received this act."""
        return self.receipt.received_at

    @property
    def next_entry_id(self) -> UUID:
        """The id that the next entry of this act will have."""
        return child_id(self.id, len(self.entries))

    def on_day(self, day: date) -> datetime:
        """When something happened of which only the day is known: the act's own time if today, else that day's noon."""
        if day == timezone.localdate(self.at):
            return self.at
        return timezone.make_aware(datetime.combine(day, time(12)))

    def child(self) -> UUID:
        """The id for the next service called within this act."""
        self._children += 1
        return child_id(self.id, 1000 + self._children)

    def result(self, **ids: Any) -> None:
        """Ids (and numbers) that the receipt gives back, now and at every repetition."""
        self.receipt.result.update(json.loads(canonical(ids)))

    def entry(
        self,
        *,
        subject: tuple[str, UUID],
        code: str = "",
        version: int = 1,
        place: UUID | None = None,
        at: datetime | None = None,
        dims: Mapping[str, Any] | None = None,
        quantities: Mapping[str, int] | None = None,
        touches: Iterable[Touch] = (),
        data: Mapping[str, Any] | None = None,
        reverses: UUID | None = None,
    ) -> Entry:
        """Write one effect. `code` is the act's own unless another is given."""
        drafted = self.draft(
            subject=subject,
            code=code,
            version=version,
            place=place,
            at=at,
            dims=dims,
            quantities=quantities,
            touches=touches,
            data=data,
            reverses=reverses,
        )
        return self._written(drafted)

    @staticmethod
    def _written(drafted: Entry) -> Entry:
        insert_together([drafted], _feeding([drafted]))
        return drafted

    def write(self, *groups: Sequence[Model]) -> None:
        """Write the entries that are only drafted and, with them, the rows of other tables that this act makes: one
        statement for all of them (see `insert_together`)."""
        drafted = [entry for entry in self.entries if entry._state.adding]
        insert_together(*groups, drafted, _feeding(drafted))

    def draft(
        self,
        *,
        subject: tuple[str, UUID],
        code: str = "",
        version: int = 1,
        place: UUID | None = None,
        at: datetime | None = None,
        dims: Mapping[str, Any] | None = None,
        quantities: Mapping[str, int] | None = None,
        touches: Iterable[Touch] = (),
        data: Mapping[str, Any] | None = None,
        reverses: UUID | None = None,
    ) -> Entry:
        """One effect that is not written yet: `entry` writes it, `write` writes it with other rows of the act, and
        `parts_write` those of many acts together."""
        entry = Entry(
            id=self.next_entry_id,
            receipt=self.receipt,
            ordinal=len(self.entries),
            code=code or self.code,
            version=version,
            subject_kind=subject[0],
            subject_id=subject[1],
            actor_id=self.actor.person_id,
            on_behalf_of_id=self.actor.on_behalf_of_id,
            right_kind=self.actor.right_kind,
            right_id=self.actor.right_id,
            body_id=self.actor.body_id,
            place_id=place,
            at=at or self.at,
            received_at=self.now,
            body_hash=self.receipt.body_hash,
            caused_by_id=self.caused_by,
            reverses_id=reverses,
            dims=plain(dims or {}),
            quantities=plain(quantities or {}),
            touches=plain([list(touch) for touch in touches]),
            data=plain({**(data or {}), "demo": True} if _story_time.get() else data or {}),
        )
        self.entries.append(entry)
        return entry

    def part(self, code: str, body: Mapping[str, Any], actor: Actor | None = None) -> "Act":
        """An act within this one that is sent with it and has a receipt of its own; `parts_write` writes it.

        This act is new, so the part is: nobody need look for its receipt. `actor`: by another right than this one's.
        """
        part = loose_act(code, actor or self.actor, body, self.child(), self.now)
        part.at, part.caused_by = self.at, self.caused_by
        return part

    def reverse(self, original: Entry, *, data: Mapping[str, Any] | None = None) -> Entry:
        """Write the reversal of `original`: its place, dims and `at`, quantities and touches with the sign turned."""
        return self._written(self.draft_reversal(original, data=data))

    def draft_reversal(self, original: Entry, *, data: Mapping[str, Any] | None = None) -> Entry:
        """The same, not written yet (see `draft`)."""
        return self.draft(
            subject=(original.subject_kind, original.subject_id),
            code=original.code,
            version=original.version,
            place=original.place_id,
            at=original.at,
            dims=original.dims,
            quantities={name: -number for name, number in original.quantities.items()},
            touches=[(kind, UUID(key), -sign) for kind, key, sign in original.touches],
            data=data,
            reverses=original.id,
        )


@contextmanager
def act(
    code: str,
    *,
    actor: Actor,
    body: Mapping[str, Any],
    act_id: UUID | None = None,
    at: datetime | None = None,
    caused_by: UUID | None = None,
) -> Iterator[Act]:
    """Open an act in its transaction. `body` is all that was sent (it is hashed, not kept).

    `at` says when it happened; without it, it happened now. Raises `Conflict` for a known id with another body.
    """
    now = _story_time.get() or timezone.now()
    identity = act_id or uuid7()
    body_hash = _hash(code, actor, body)
    with transaction.atomic():
        draft = Receipt(id=identity, number=receipt_number(identity), code=code, body_hash=body_hash, received_at=now)
        receipt, is_new = receipt_insert_or_return(draft)
        this = Act(code=code, actor=actor, receipt=receipt, at=at or now, caused_by=caused_by, replayed=not is_new)
        if not is_new:
            if receipt.body_hash != body_hash:
                raise Conflict(
                    "act.conflict",
                    _("This was sent before with other content. Please reload the page and send it again."),
                )
            receipt.replayed = True
        yield this
        if is_new:
            receipt.entry_count = len(this.entries)
            if receipt.result or this.entries:
                receipt_end(receipt)
    if (received := _received.get()) is not None:
        received.append(receipt.pk)


def loose_act(code: str, actor: Actor, body: Mapping[str, Any], identity: UUID, now: datetime) -> Act:
    """An act whose receipt and entries its caller writes; `identity` is new."""
    receipt = Receipt(
        id=identity,
        number=receipt_number(identity),
        code=code,
        body_hash=_hash(code, actor, body),
        received_at=now,
    )
    return Act(code=code, actor=actor, receipt=receipt, at=now)


def parts_write(parts: Sequence[Act]) -> None:
    """Write the receipts and entries of many parts of one act: a statement for each table, within its transaction."""
    entries = [entry for part in parts for entry in part.entries]
    for part in parts:
        part.receipt.entry_count = len(part.entries)
    Receipt.objects.bulk_create([part.receipt for part in parts])
    Entry.objects.bulk_create(entries)
    Unfolded.objects.bulk_create(_feeding(entries))


def _feeding(entries: Sequence[Entry]) -> list[Unfolded]:
    """The marks of those that figures have yet to take in."""
    return [Unfolded(entry=entry) for entry in entries if entry.code in FEEDS]


def _hash(code: str, actor: Actor, body: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical({"code": code, "person": actor.person_id, "body": body}).encode()).hexdigest()


def canonical(value: Any) -> str:
    """JSON with sorted keys and no blanks, in which ids, dates, times and decimals are strings."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_scalar)


def plain(value: Any) -> Any:
    """`value` as JSON will give it back."""
    return json.loads(canonical(value))


def _scalar(value: Any) -> Any:
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    if isinstance(value, tuple):
        return list(value)
    return str(value)


def receipt_number(identity: UUID) -> str:
    """The receipt's short form: the year's last two digits, then 12 characters that hold 60 bits of its id's hash."""
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    year = datetime.fromtimestamp(min(made_at(identity), 4102444800), tz=timezone.get_default_timezone()).year
    bits = int.from_bytes(hashlib.sha256(identity.bytes).digest()[:8], "big") >> 4
    text = "".join(alphabet[bits >> (5 * place) & 31] for place in reversed(range(12)))
    return f"{year % 100:02d}{text}"
