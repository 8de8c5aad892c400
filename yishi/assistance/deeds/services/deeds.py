"""Deeds: recorded once, claimed by others, corrected by reversal, withdrawn with a reason.

Each deed that counts has one entry in the journal that says all of it; every change reverses that entry and writes the
next. So the figures follow by adding up, whatever order things arrive in, and a closed report stays what it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.assistance.campaign.models import CatalogueItem, ItemVersion
from yishi.assistance.campaign.services.campaigns import thousandths
from yishi.assistance.deeds.hooks import match_kept
from yishi.assistance.deeds.models import (
    Activity,
    Deed,
    DeedBeneficiary,
    DeedConfirmation,
    DeedParty,
    DeedRemark,
    Evidence,
)
from yishi.assistance.deeds.models.deeds import WHOLE
from yishi.attachments.models import Attachment
from yishi.database.words import Words
from yishi.journal.act import Act, act, parts_write, receipt_number
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.ids import child_id
from yishi.kit.records import certain
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Place
from yishi.organisations.rights import permit
from yishi.people.models import Person

from .alike import NOTHING, duplicates_find, fingerprint, look, look_again, pairs_move, pairs_write
from .fitting import reached_fits, unnamed_checked, version_then, versions_open
from .searched import words_index, words_index_again, words_rows
from .standing import (
    NOBODY,
    Part,
    Reached,
    beneficiary_rows,
    counted,
    counting,
    joined,
    parts_of,
    party_rows,
    rewrite,
    role_of,
    sectors_on,
    uncount,
    write_beneficiaries,
)

WHY_CORRECTED = Words("reason", 300, _("Please write what was wrong."))
WHY_WITHDRAWN = Words("reason", 300, _("Please write why it is withdrawn."))
PROOF_WORDS = Words("words", 200)
DEED_WORDS = Words("words", 300)

State = Deed.State
RECORD = "assistance.deed.record"


@dataclass(frozen=True, slots=True)
class Planned:
    """One deed as it is sent (see `deed_record`)."""

    item: CatalogueItem
    place: Place
    on: date
    amount: Decimal
    parties: Sequence[Part]
    reached: Reached = NOBODY
    words: str = ""
    activity: Activity | None = None
    recorded_for: Body | None = None
    source: tuple[str, UUID] | None = None

    def sent(self) -> dict[str, Any]:
        """The plan as plain values: what is hashed for the receipt."""
        return {
            "item": self.item.pk,
            "place": self.place.pk,
            "on": self.on,
            "amount": self.amount,
            "parties": [[part.who.pk, part.role, part.share] for part in self.parties],
            "reached": _ids(self.reached),
            "words": self.words,
            "activity": self.activity.pk if self.activity else None,
            "desk": self.recorded_for.pk if self.recorded_for else None,
            **({"source": list(self.source)} if self.source else {}),
        }


def deed_record(
    *,
    actor: Viewer,
    item: CatalogueItem,
    place: Place,
    on: date,
    amount: Decimal,
    parties: Sequence[Part],
    reached: Reached = NOBODY,
    words: str = "",
    activity: Activity | None = None,
    recorded_for: Body | None = None,
    match: Any = None,
    source: tuple[str, UUID] | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Record a deed. Result: deed, number, alike (how many look like it). The deed's id follows from the act's id.

    `amount` is in the item's unit, to three decimal places. With `match` (a Match) the deed is the help promised there:
    it closes need and offer, and proves the promise. `source` (kind, id) is what the deed follows from, such as a
    proposal: an item that is fed by proposals takes no deed typed by hand.
    """
    by = permit("deed.record", actor, place, at=recorded_for)
    plan = Planned(item, place, on, amount, parties, reached, words, activity, recorded_for, source)
    body = {**plan.sent(), **({"match": match.pk} if match is not None else {})}
    with act(RECORD, actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        deed = deed_made(this, actor, plan, versions_open([item], on)[item.pk])
        ours, theirs = party_rows(deed, parties, sectors_on(on, parties, actor)), beneficiary_rows(deed, reached)
        found = look([deed], this.now, sides=(ours, theirs)) if source is None else NOTHING
        this.draft(**counting(this, deed, ours, theirs))
        this.write([deed], words_rows([deed]), ours, theirs)
        if source is None:  # what it follows from is one already
            pairs_write(found)
            look_again([deed], this.now, found.seen)
        if match is not None:
            match_kept(this, actor, match, deed)
        this.result(deed=deed.pk, number=deed.number, alike=len(found.pairs))
    return this.receipt


def deeds_record(this: Act, *, actor: Viewer, plans: Sequence[Planned]) -> tuple[list[Deed], int]:
    """Record several deeds of one day within the act that carries them: each with its own receipt, in a statement for
    each table. Gives the deeds and how many look like others."""
    where = {(plan.recorded_for, plan.place) for plan in plans}
    by = {(desk, place): permit("deed.record", actor, place, at=desk) for desk, place in where}
    versions = versions_open([plan.item for plan in plans], plans[0].on)
    sectors = sectors_on(plans[0].on, [part for plan in plans for part in plan.parties], actor)
    parts, deeds, parties, beneficiaries = [], [], [], []
    for plan in plans:
        part = this.part(RECORD, plan.sent(), by[plan.recorded_for, plan.place])
        deed = deed_made(part, actor, plan, versions[plan.item.pk])
        ours, theirs = party_rows(deed, plan.parties, sectors), beneficiary_rows(deed, plan.reached)
        part.draft(**counting(part, deed, ours, theirs))
        part.result(deed=deed.pk, number=deed.number)
        parts.append(part)
        deeds.append(deed)
        parties += ours
        beneficiaries += theirs
    parts_write(parts)
    Deed.within.bulk_create(deeds)
    words_index(deeds)
    DeedParty.objects.bulk_create(parties)
    DeedBeneficiary.objects.bulk_create(beneficiaries)
    found = look(deeds, this.now, sides=(parties, beneficiaries))
    look_again(deeds, this.now, found.seen)
    return deeds, pairs_write(found)


def deed_made(this: Act, actor: Viewer, plan: Planned, version: ItemVersion) -> Deed:
    """The deed of `plan` by the item's version, checked and not written yet."""
    if plan.source is None and version.fed_by != ItemVersion.Fed.HAND:
        raise Refusal(
            "deed.fed", _("This item counts proposals by itself: write the suggestion as a proposal."), field="item"
        )
    reached_fits(version, plan.reached)
    deed = Deed(
        id=child_id(this.id, 1),
        number=receipt_number(this.id),
        item=version.item,
        version=version,
        place=plan.place,
        on=plan.on,
        amount=thousandths(plan.amount, "amount", unit=version.unit),
        unnamed=unnamed_checked(plan.reached),
        words=DEED_WORDS.kept(plan.words),
        activity=plan.activity,
        recorded_by=actor.person,
        recorded_for=plan.recorded_for,
        recorded_at=this.now,
        source_kind=plan.source[0] if plan.source else "",
        source_id=plan.source[1] if plan.source else None,
        confirmed_at=this.now if _only_oneself(actor, plan.parties) else None,
        is_demo=bool(actor.is_system and version.item.campaign.is_demo),
    )
    deed.fingerprint = fingerprint(deed)
    deed.entry_id = this.next_entry_id
    return deed


def deed_claim(
    *,
    actor: Viewer,
    deed: Deed,
    who: Body | Person,
    role: str,
    share: int | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Claim a role in a deed that stands, for a body or a person: one more credit, no second deed.

    With a share the others keep their proportions of the rest; without one all parts become equal. Result: deed.
    """
    by = permit("deed.claim", actor, deed, at=who if isinstance(who, Body) else None)
    body = {"deed": deed.pk, "who": who.pk, "role": role, "share": share}
    with act("assistance.deed.claim", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        if isinstance(who, Person) and who != actor.person and not actor.is_system:
            raise Refusal("claim.foreign", _("One claims a role for oneself or for one's own desk only."), field="who")
        row = counted(deed)
        parts = parts_of(row)
        if any(part.who == who for part in parts):
            raise WrongStage("claim.there", _("This one is a party of the deed already."))
        if share == WHOLE:
            raise Refusal("claim.whole", _("Others did it too: leave them a share."), field="share")
        rewrite(this, row, joined(parts, Part(who, role_of(role), share)))
        this.result(deed=row.pk)
    return this.receipt


def deed_confirm(*, actor: Viewer, deed: Deed, act_id: UUID | None = None) -> Receipt:
    """Confirm, as a party for whom somebody else recorded the deed, that it was so; each member for themself. The
    deed counts before, too. Result: deed."""
    by = permit("deed.confirm", actor, deed)
    with act("assistance.deed.confirm", actor=by, act_id=act_id, body={"deed": deed.pk}) as this:
        if this.replayed:
            return this.receipt
        row = counted(deed)
        said = set(row.confirmations.values_list("person", flat=True))
        if row.confirmed_at is not None or actor.person_id in said:
            raise WrongStage("deed.confirmed", _("This is confirmed already."))
        named = set(row.parties.filter(person__isnull=False).values_list("person", flat=True))
        if actor.person in {part.who for part in parts_of(row)}:
            DeedConfirmation.objects.create(deed=row, person=actor.person, at=this.now)
            said.add(certain(actor.person_id))
        elif named - {row.recorded_by_id} - said:
            raise Refusal("confirm.members", _("Members are named in it: each of them confirms for themself."))
        elif actor.person_id is not None and actor.person_id == row.recorded_by_id:
            raise Refusal("confirm.own", _("You recorded it yourself: somebody else of a party confirms it."))
        if named - {row.recorded_by_id} <= said:
            row.confirmed_at = this.now
            row.save(update_fields=["confirmed_at"])
        this.entry(subject=("deed", row.pk), place=row.place_id)
        this.result(deed=row.pk)
    return this.receipt


def deed_correct(
    *,
    actor: Viewer,
    deed: Deed,
    reason: str,
    on: date | None = None,
    place: Place | None = None,
    amount: Decimal | None = None,
    reached: Reached | None = None,
    parties: Sequence[Part] | None = None,
    words: str | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Correct what is given, on any day: what was counted is reversed, what is right is counted. Result: deed."""
    by = permit("deed.correct", actor, deed)
    body = {
        "deed": deed.pk,
        "reason": reason,
        "on": on,
        "place": place.pk if place else None,
        "amount": amount,
        "reached": _ids(reached) if reached else None,
        "parties": [[part.who.pk, part.role, part.share] for part in parties] if parties is not None else None,
        "words": words,
    }
    with act("assistance.deed.correct", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = counted(deed)
        row.reason = _reason(this, row, WHY_CORRECTED.kept(reason))
        row.on, row.place = on or row.on, place or row.place
        row.version = version_then(row.item, row.on)
        row.amount = thousandths(amount, "amount", unit=row.version.unit) if amount is not None else row.amount
        said, row.words = row.words, DEED_WORDS.kept(words) if words is not None else row.words
        if reached is not None:
            reached_fits(row.version, reached)
            row.unnamed = unnamed_checked(reached)
            row.beneficiaries.all().delete()
            write_beneficiaries(row, reached)
        row.fingerprint = fingerprint(row)
        row.save()
        pairs_move(row)
        if row.words != said:
            words_index_again(row)
        row.codes.filter(said_yes=False, settled_at__isnull=True).update(settled_at=this.now)
        rewrite(this, row, parts_of(row) if parties is None else parties)
        this.result(deed=row.pk, alike=duplicates_find(row, this.now))
    return this.receipt


def deed_withdraw(*, actor: Viewer, deed: Deed, reason: str, act_id: UUID | None = None) -> Receipt:
    """Withdraw a deed that did not happen so, or not at all: it counts no longer; the record and the reason stay.
    Result: deed."""
    by = permit("deed.correct", actor, deed)
    with act("assistance.deed.withdraw", actor=by, act_id=act_id, body={"deed": deed.pk, "reason": reason}) as this:
        if this.replayed:
            return this.receipt
        row = counted(deed)
        row.reason = _reason(this, row, WHY_WITHDRAWN.kept(reason))
        uncount(this, row)
        row.state = State.WITHDRAWN
        row.save(update_fields=["state", "reason", "entry_id"])
        this.result(deed=row.pk)
    return this.receipt


def evidence_add(
    *,
    actor: Viewer,
    deed: Deed,
    kind: str,
    words: str = "",
    file: Attachment | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Add what the deed rests on: words, a file, or both. Result: deed."""
    by = permit("deed.prove", actor, deed)
    body = {"deed": deed.pk, "kind": kind, "words": words, "file": file.sha256 if file else None}
    with act("assistance.deed.prove", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = counted(deed)
        if kind not in Evidence.Kind.values:
            raise Refusal("evidence.kind", _("Please choose one of the values that are offered."), field="kind")
        said = PROOF_WORDS.kept(words)
        if not said and file is None:
            raise Refusal("evidence.empty", _("Write which paper or who confirmed it, or add a file."), field="words")
        Evidence.objects.create(deed=row, kind=kind, words=said, file=file, added_by=actor.person, added_at=this.now)
        this.entry(subject=("deed", row.pk), place=row.place_id, data={"kind": kind})
        this.result(deed=row.pk)
    return this.receipt


def _only_oneself(actor: Viewer, parties: Sequence[Part]) -> bool:
    """Are they the only person named? Then nobody is asked to confirm."""
    people = {part.who for part in parties if isinstance(part.who, Person)}
    return bool(people) and people == {actor.person}


def _reason(this: Act, deed: Deed, reason: str) -> str:
    """The reason, which stays with this act: a later change does not overwrite it."""
    DeedRemark.objects.create(deed=deed, act_id=this.id, text=reason)
    return reason


def _ids(reached: Reached) -> dict[str, Any]:
    """Whom a deed reached, by ids, as the body of an act holds it."""
    return {
        "households": [household.pk for household in reached.households],
        "people": [person.pk for person in reached.people],
        "villages": [village.pk for village in reached.villages],
        "unnamed": reached.unnamed,
    }
