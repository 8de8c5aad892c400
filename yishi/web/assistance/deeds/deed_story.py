"""A deed's story as a timeline, read from the journal: each act is one event, and says what it changed in numbers.

The journal holds no words and no names; the reasons stand in the deed's remarks, the names with the people.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from yishi.assistance.deeds.models import Deed, DeedParty, DeedRemark, Evidence
from yishi.assistance.register.models import Household, HouseholdMember
from yishi.database.gather import gather
from yishi.journal.models import Entry
from yishi.kit.records import filled
from yishi.organisations.models import Body, Place
from yishi.people.models import Person
from yishi.web.kit.numbers import thousandths
from yishi.web.kit.timeline import Event
from yishi.web.kit.titles import act_title

from .deed_words import share_word

COUNT = "assistance.deed.count"
DUPLICATE = "assistance.duplicate.decide"
PROVE = "assistance.deed.prove"
ANSWER = "assistance.deed.answer"


def story_rows(deed: Any) -> dict[str, QuerySet[Any, Any]]:
    """The querysets that `deed_events` reads of a deed or its stand-in: entries of the journal; the remarks as pairs of
    act and text."""
    entries = Entry.objects.filter(subject_kind="deed", subject_id=deed.pk).select_related("receipt")
    return {
        "entries": entries.order_by("received_at", "receipt_id", "ordinal"),
        "remarks": DeedRemark.objects.filter(deed=deed.pk).values_list("act_id", "text"),
    }


def deed_events(deed: Deed, entries: list[Entry], reasons: list[tuple[UUID, str]]) -> list[Event]:
    """All that happened to the deed, in order; then what it waits for. `reasons` are pairs of act and text."""
    acts: dict[UUID, list[Entry]] = {}
    for entry in entries:
        acts.setdefault(entry.receipt_id, []).append(entry)
    names = _Names(deed, [entry for group in acts.values() for entry in group])
    remarks = dict(reasons)
    events = [_event(deed, group, names, remarks.get(act_id, "")) for act_id, group in acts.items()]
    if deed.state == Deed.State.COUNTED and deed.confirmed_at is None and any(p.person_id for p in deed.parties.all()):
        events.append(Event(_("The member confirms it"), kind="now"))
    return events


class _Names:
    """The names of all people, bodies and places in the entries, by one query; of whom the deed reached, of those who
    came or went and whom the viewer may see."""

    def __init__(self, deed: Deed, entries: list[Entry]):
        people: set[Any] = {entry.actor_id for entry in entries}
        bodies: set[Any] = {entry.body_id for entry in entries}
        for kind, ref, *_rest in (party for entry in entries for party in entry.data.get("parties", [])):
            (bodies if kind == "body" else people).add(UUID(ref))
        places = set(filled(entry.place_id for entry in entries))
        moved = places if len(places) > 1 else set()  # only a move is told
        told = [_reached(entry) for entry in entries if entry.code == COUNT]
        everybody = {key for reached in told for key in reached}
        changed = {key for key in everybody if not all(key in reached for reached in told)}
        self.known = _named(deed)
        people, bodies = people - {None, *self.known}, bodies - {None, *self.known}
        self.unit = deed.version.unit
        self.reached: dict[Any, str] = {}
        self.places: dict[Any, str] = {}
        if not (people or bodies or moved or changed):  # as it is when it was recorded and nothing followed
            return
        named = gather(
            people=Person.within.filter(pk__in=people).values_list("pk", "name"),
            bodies=Body.objects.filter(pk__in=bodies).values_list("pk", "name"),
            places=Place.objects.filter(pk__in=moved).values_list("pk", "name"),
            families=Household.objects.filter(pk__in=changed).values_list("pk", "head__name", "number"),
            villagers=HouseholdMember.objects.filter(person__in=changed).values_list(
                "person", "person__name", "household__number"
            ),
            villages=Place.objects.filter(pk__in=changed).values_list("pk", "name"),
        )
        self.reached = {key: f"{name} {number}" for key, name, number in (*named["families"], *named["villagers"])}
        self.reached |= dict(named["villages"])
        self.known |= dict([*named["people"], *named["bodies"]])
        self.places = dict(named["places"])

    def of(self, key: Any) -> str:
        return self.known.get(UUID(str(key)), "") if key else ""


def _named(deed: Deed) -> dict[Any, str]:
    """The names that came with the deed: of its parties, of who recorded it and for whom."""
    came = [deed.recorded_by, deed.recorded_for, *(party.who for party in deed.parties.all())]
    return {record.pk: record.name for record in came if record is not None}


def _event(deed: Deed, entries: list[Entry], names: _Names, remark: str) -> Event:
    first = entries[0]
    code = first.receipt.code
    title = act_title(code, first)
    who = "，".join(word for word in (names.of(first.body_id), names.of(first.actor_id)) if word)
    if code == ANSWER:
        who = ""
    if code == PROVE:
        title = f"{title}：{Evidence.Kind(first.data['kind']).label}"
    if code == DUPLICATE and len([e for e in entries if e.code == COUNT]) == 1:
        title = _("Merged into another record of the same deed")
    text = "\n".join([*_changes(entries, names), *([_("Reason: %(text)s") % {"text": remark}] if remark else [])])
    return Event(title, when=first.received_at, who=who, text=text, kind="done")


def _changes(entries: Iterable[Entry], names: _Names) -> list[str]:
    """One line for each thing that the act changed: what it took back, and what it counts instead."""
    counts = [entry for entry in entries if entry.code == COUNT]
    before = next((entry for entry in counts if entry.reverses_id), None)
    after = next((entry for entry in counts if not entry.reverses_id), None)
    if after is not None and before is None:
        return [
            _("Counts: %(amount)s %(unit)s") % {"amount": thousandths(after.quantities["amount"]), "unit": names.unit}
        ]
    if before is not None and after is None:
        return [_("Counts no longer")]
    if before is None or after is None:
        return []
    lines = []
    old, new = -before.quantities["amount"], after.quantities["amount"]
    if old != new:
        lines.append(f"{thousandths(old)} → {thousandths(new)} {names.unit}")
    if _day(before.at) != _day(after.at):
        lines.append(f"{_day(before.at)} → {_day(after.at)}")
    if before.place_id != after.place_id:
        lines.append(f"{names.places.get(before.place_id, '')} → {names.places.get(after.place_id, '')}")
    known = {party[1]: party for party in before.data.get("parties", [])}
    for kind, ref, role, share, _sector in after.data.get("parties", []):
        if ref not in known:
            word = deed_role(role)
            lines.append(f"+ {names.of(ref)} · {word} · {share_word(share)}" if kind else "")
    gone = set(known) - {party[1] for party in after.data.get("parties", [])}
    lines += [f"− {names.of(ref)}" for ref in sorted(gone)]
    return lines + _reached_changes(_reached(before), _reached(after), names)


def _reached(entry: Entry) -> set[UUID]:
    """Whom an entry says that the deed reached: families, people, villages."""
    return {UUID(str(ref)) for _kind, ref, _sign in entry.touches or ()}


def _reached_changes(before: set[UUID], after: set[UUID], names: _Names) -> list[str]:
    """Who came and who went; without names where the viewer may not see them."""
    came, gone = after - before, before - after
    lines = sorted(f"+ {names.reached[key]}" for key in came if key in names.reached)
    lines += sorted(f"− {names.reached[key]}" for key in gone if key in names.reached)
    if len(lines) < len(came | gone):
        lines.append(_("Beneficiaries by name were changed"))
    return lines


def deed_role(role: str) -> str:
    return str(dict(DeedParty.Role.choices).get(role, role))


def _day(at: datetime) -> str:
    return date_format(timezone.localtime(at))
