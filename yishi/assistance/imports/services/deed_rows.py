"""Deeds of a workbook are written unseen in pieces; one short transaction lets all of them count; one withdraws them.

Until then a deed is `arriving`: no page, list or figure sees it, and the journal knows nothing of it. The entries that
count the deeds are prepared and written together with the mark's clearing: they are received when the workbook is.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.deeds.models import (
    Deed,
    DeedBeneficiary,
    DeedParty,
    DeedRemark,
    DeedWords,
)
from yishi.assistance.deeds.services.deeds import (
    RECORD,
    Planned,
    deed_made,
)
from yishi.assistance.deeds.services.fitting import ItemsRead
from yishi.assistance.deeds.services.searched import words_rows, words_write
from yishi.assistance.deeds.services.standing import (
    Part,
    Reached,
    beneficiary_rows,
    counting,
    party_rows,
)
from yishi.assistance.imports.models import Import, ImportedRow
from yishi.assistance.imports.workbooks.deed_rows import WantedDeed
from yishi.assistance.imports.workbooks.kinds import Stale
from yishi.assistance.register.models import Household
from yishi.database.prepared import Prepared, insert_of
from yishi.journal.act import Act, Actor, loose_act
from yishi.journal.feed import FEEDS
from yishi.journal.models import Entry, Receipt, Unfolded
from yishi.kit.errors import Refusal
from yishi.kit.ids import child_id, uuid7
from yishi.organisations.grants import Viewer, viewer_of
from yishi.organisations.models import Body, Member, Place
from yishi.organisations.rights import permit
from yishi.people.models import Person

from .pieces import Stage, pieces, results_in

UNDONE = "导入撤销"
WITHDRAW = "assistance.deed.withdraw"
AT_ONCE = 500  # deeds
_RECEIVED = [field.name for field in Entry._meta.concrete_fields].index("received_at")


def deed_tried(by: Actor, actor: Viewer, desk: Body, wanted: WantedDeed, items: ItemsRead) -> None:
    """Raise what `deed_record` would refuse of a row that was read; nothing is asked or written."""
    assert wanted.item is not None and wanted.on is not None
    version = items.version(wanted.item.pk, wanted.on)
    plan = Planned(
        item=wanted.item,
        place=wanted.place,
        on=wanted.on,
        amount=wanted.amount,
        parties=[Part(who, role) for who, role in wanted.parties],
        reached=Reached(
            households=wanted.households, people=wanted.people, villages=wanted.villages, unnamed=wanted.unnamed
        ),
        words=wanted.words,
        recorded_for=desk,
    )
    deed = deed_made(loose_act(RECORD, by, {}, uuid7(), timezone.now()), actor, plan, version)
    party_rows(deed, plan.parties, {})
    beneficiary_rows(deed, plan.reached)


def as_plain(wanted: WantedDeed) -> dict[str, Any]:
    """A deed as it is kept until it is written."""
    assert wanted.item is not None and wanted.on is not None
    return {
        "item": str(wanted.item.pk),
        "place": str(wanted.place.pk),
        "on": wanted.on.isoformat(),
        "amount": str(wanted.amount),
        "parties": [["body" if isinstance(who, Body) else "person", str(who.pk), role] for who, role in wanted.parties],
        "households": [str(household.pk) for household in wanted.households],
        "people": [str(person.pk) for person in wanted.people],
        "villages": [str(village.pk) for village in wanted.villages],
        "unnamed": wanted.unnamed,
        "words": wanted.words,
    }


class NewDeeds:
    """Some deeds with all that belongs to them but the entries that count them. `insert` within the transaction."""

    def __init__(self, workbook: Import, new: Sequence[dict[str, Any]]):
        actor, now, items = viewer_of(workbook.published_by).at(workbook.body_id), timezone.now(), ItemsRead()
        by = permit("deed.record", actor, at=workbook.body)
        sectors, places = _Sectors(new), Place.objects.in_bulk({UUID(each["place"]) for each in new})
        _all_there(new)
        receipts: list[Receipt] = []
        deeds: list[Deed] = []
        parties: list[DeedParty] = []
        reached: list[DeedBeneficiary] = []
        imported_rows: list[ImportedRow] = []
        for each in new:
            on, key = date.fromisoformat(each["on"]), UUID(each["act"])
            try:
                version = items.version(UUID(each["item"]), on)
                plan = Planned(
                    item=version.item,
                    place=places[UUID(each["place"])],
                    on=on,
                    amount=Decimal(each["amount"]),
                    parties=[
                        Part((Body if kind == "body" else Person)(pk=UUID(who)), role)
                        for kind, who, role in each["parties"]
                    ],
                    reached=Reached(
                        households=[Household(pk=UUID(household)) for household in each["households"]],
                        people=[Person(pk=UUID(person)) for person in each.get("people", ())],
                        villages=[places[UUID(village)] for village in each.get("villages", ())],
                        unnamed=each["unnamed"],
                    ),
                    words=each["words"],
                    recorded_for=workbook.body,
                )
                part = loose_act(RECORD, by, plan.sent(), key, now)
                deed = deed_made(part, actor, plan, version)
            except Refusal as refusal:
                raise Stale("import.changed", refusal.message) from refusal
            deed.arriving = workbook.pk
            part.result(deed=deed.pk, number=deed.number)
            receipts.append(part.receipt)
            deeds.append(deed)
            parties += party_rows(deed, plan.parties, sectors.on(on))
            reached += beneficiary_rows(deed, plan.reached)
            imported_rows.append(ImportedRow(of=workbook, kind=workbook.kind, digest=each["digest"], target_id=deed.pk))
        self.statements = [
            insert_of(ImportedRow, imported_rows),
            insert_of(Receipt, receipts),
            insert_of(Deed, deeds),
            insert_of(DeedParty, parties),
            insert_of(DeedBeneficiary, reached),
        ]
        self.words = words_rows(deeds)

    def insert(self) -> None:
        try:
            for statement in self.statements:
                statement.run()
            words_write(self.words)
        except IntegrityError as error:
            raise Stale("import.taken", _("Some of these rows were imported meanwhile.")) from error


def _all_there(new: Sequence[dict[str, Any]]) -> None:
    """A household and its people may have gone with the import that brought them."""
    keys = {UUID(key) for each in new for key in each["households"]}
    people = {UUID(key) for each in new for key in each.get("people", ())}
    if len(Household.within.in_bulk(keys)) < len(keys) or len(Person.within.in_bulk(people)) < len(people):
        raise Stale("import.changed", _("Some of these households were changed meanwhile."))


class _Sectors:
    """The sectors of all members whom some deeds name, on any day."""

    def __init__(self, new: Sequence[dict[str, Any]]):
        people = {UUID(key) for each in new for kind, key, _role in each["parties"] if kind == "person"}
        self.members = list(Member.objects.filter(person__in=people).order_by("pk"))

    def on(self, day: date) -> dict[Any, str]:
        return {member.person_id: member.sector for member in self.members if member.is_valid_on(day)}


class Shown:
    """All deeds of an import begin to count."""

    def __init__(self, workbook: Import, actor: Viewer):
        by = permit("deed.record", actor, at=workbook.body)
        self.workbook, self.count = workbook, 0
        self.acts: list[list[UUID]] = []
        self.entries, self.unfolded = insert_of(Entry, []), insert_of(Unfolded, [])
        for keys in _acts(workbook):
            receipts = Receipt.objects.in_bulk(keys)
            arriving = Deed.arriving_too.filter(arriving=workbook.pk).select_related("item")
            deeds = arriving.in_bulk([child_id(key, 1) for key in keys])
            parties, reached = _of(DeedParty, deeds), _of(DeedBeneficiary, deeds)
            entries = []
            for key in keys:
                deed, receipt = deeds.get(child_id(key, 1)), receipts.get(key)
                if deed is None or receipt is None:
                    raise Stale("import.new", _("Not all deeds were written."))
                part = Act(RECORD, by, receipt, receipt.received_at)
                said = counting(part, deed, parties.get(deed.pk, []), reached.get(deed.pk, []))
                entries.append(part.draft(**said))
            self.count += len(entries)
            self.acts.append(keys)
            _add(self.entries, self.unfolded, entries)

    def run(self, this: Act) -> None:
        shown = Deed.arriving_too.filter(arriving=self.workbook.pk).update(arriving=None, recorded_at=this.now)
        if not shown == self.count == self.workbook.new:
            raise Stale("import.new", _("Not all deeds were written."))
        for keys in self.acts:  # a receipt is of the moment of its entry, and says one only when it stands
            for start in range(0, len(keys), AT_ONCE):
                some = Receipt.objects.filter(pk__in=keys[start : start + AT_ONCE])
                some.update(received_at=this.now, entry_count=1)
        _run(self.entries, self.unfolded, this.now)


class Withdrawn:
    """All deeds of an import are withdrawn; their entries are reversed."""

    def __init__(self, workbook: Import, actor: Viewer):
        by, now = permit("deed.record", actor, at=workbook.body), timezone.now()
        self.workbook = workbook
        self.receipts: list[Receipt] = []
        self.entries, self.unfolded = insert_of(Entry, []), insert_of(Unfolded, [])
        self.remarks = insert_of(DeedRemark, [])
        targets = list(
            ImportedRow.objects.filter(of=workbook).order_by("target_id").values_list("target_id", flat=True)
        )
        for start in range(0, len(targets), AT_ONCE):
            keys = targets[start : start + AT_ONCE]
            part = loose_act(WITHDRAW, by, {"import": workbook.pk, "from": start, "reason": UNDONE}, uuid7(), now)
            standing = Deed.within.filter(pk__in=keys, entry_id__isnull=False).values_list("entry_id", flat=True)
            for entry in Entry.objects.filter(pk__in=list(standing)).order_by("pk"):
                part.draft_reversal(entry, data={"parties": entry.data["parties"]})
            part.receipt.entry_count = len(part.entries)
            self.receipts.append(part.receipt)
            _add(self.entries, self.unfolded, part.entries)
            remarks = [DeedRemark(deed_id=key, act_id=part.id, text=UNDONE) for key in keys]
            self.remarks.rows.extend(insert_of(DeedRemark, remarks).rows)

    def run(self, this: Act) -> None:
        imported_rows = ImportedRow.objects.filter(of=self.workbook)
        Deed.within.filter(pk__in=imported_rows.values("target_id")).update(
            state=Deed.State.WITHDRAWN, reason=UNDONE, entry_id=None
        )
        for receipt in self.receipts:
            receipt.received_at = this.now
        Receipt.objects.bulk_create(self.receipts)
        _run(self.entries, self.unfolded, this.now)
        self.remarks.run()
        imported_rows._raw_delete(imported_rows.db)


def hidden_sweep(workbook: Import) -> int:
    """Take away some deeds that were written and never counted; 0 when nothing is left."""
    arriving = list(Deed.arriving_too.filter(arriving=workbook.pk).values_list("pk", "number")[:AT_ONCE])
    keys, numbers = [key for key, _number in arriving], [number for _key, number in arriving]
    with transaction.atomic():  # the receipts are found by the deeds: all go, or all stay
        for records in (
            DeedBeneficiary.objects.filter(deed__in=keys),
            DeedParty.objects.filter(deed__in=keys),
            DeedWords.objects.filter(deed__in=keys),
            ImportedRow.objects.filter(of=workbook, target_id__in=keys),
            Deed.arriving_too.filter(pk__in=keys),
            Receipt.objects.filter(number__in=numbers, code=RECORD, entries__isnull=True),
        ):
            records.delete()
    return len(keys)


def _acts(workbook: Import) -> Iterator[list[UUID]]:
    """The ids of the acts that record new deeds, piece by piece."""
    for piece in pieces(workbook, Stage.UNITS):
        keys = [UUID(result.new["act"]) for result in results_in(piece) if result.verdict == "new"]
        if keys:
            yield keys


def _of(model: Any, deeds: dict[UUID, Deed]) -> dict[UUID, list[Any]]:
    """The rows of each deed in the order in which they were made."""
    made: dict[UUID, list[Any]] = {}
    for row in model.objects.filter(deed__in=list(deeds)).order_by("pk"):
        made.setdefault(row.deed_id, []).append(row)
    return made


def _add(entries: Prepared, unfolded: Prepared, some: Sequence[Entry]) -> None:
    entries.rows.extend(insert_of(Entry, some).rows)
    unfolded.rows.extend(
        insert_of(Unfolded, [Unfolded(entry_id=entry.pk) for entry in some if entry.code in FEEDS]).rows
    )


def _run(entries: Prepared, unfolded: Prepared, now: datetime) -> None:
    """Write prepared entries as received now."""
    field = Entry._meta.concrete_fields[_RECEIVED]
    received = field.get_db_prep_save(now, connection)
    for row in entries.rows:
        row[_RECEIVED] = received
    entries.run()
    unfolded.run()
