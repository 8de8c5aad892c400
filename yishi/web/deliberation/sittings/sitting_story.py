"""What pages show of a sitting: who was in the room when, and what happened with it and comes next."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from yishi.common_ground.floor import Ground
from yishi.deliberation.models import HandCount, Presence, Seat, Sitting, Stance, Statement, StatementEdition
from yishi.deliberation.process.schema import read_document
from yishi.deliberation.services.asked import UNCOUNTED
from yishi.deliberation.services.minutes import minutes_due
from yishi.deliberation.services.room_ways_back import CLOSED, OPENED
from yishi.deliberation.services.stances import NO_PARTY, current, room_floor
from yishi.journal.moved import moved_of
from yishi.kit.clock import add_workdays, workdays_between
from yishi.web.kit.taking_back import taken_back_events
from yishi.web.kit.timeline import Event
from yishi.web.kit.titles import act_title


def attendance(sitting: Sitting) -> list[dict[str, Any]]:
    """Per seat (`seat`): its spans in the room (`stays`), and is it there now (`is_here`). Those never there come last.

    A seat that has ended and was never in the room is left out.
    """
    seats = list(
        Seat.objects.filter(matter=sitting.matter_id)
        .select_related("person", "party", "body")
        .order_by("started_on", "pk")
    )
    stays: dict[UUID, list[Presence]] = defaultdict(list)
    for presence in Presence.objects.filter(sitting=sitting).order_by("arrived_at"):
        stays[presence.seat_id].append(presence)
    attendances = [
        {
            "seat": seat,
            "stays": stays[seat.pk],
            "is_here": any(stay.left_at is None for stay in stays[seat.pk]),
            "by_self": any(stay.by_self for stay in stays[seat.pk]),
        }
        for seat in seats
        if stays[seat.pk] or seat.ended_on is None
    ]
    _tell_apart(attendances)
    return sorted(attendances, key=lambda entry: not entry["stays"])


def _tell_apart(attendances: list[dict[str, Any]]) -> None:
    """Where two in one room have one name, each says more of whom (`apart`): body and party, else the phone's end."""
    named = Counter(entry["seat"].person.name for entry in attendances)
    for entry in attendances:
        seat = entry["seat"]
        if named[seat.person.name] > 1:
            known = [seat.body.name if seat.body else "", seat.party.name if seat.party else ""]
            if seat.person.phone:
                known.append(_("phone …%(end)s") % {"end": seat.person.phone[-4:]})
            entry["apart"] = "，".join(dict.fromkeys(word for word in known if word))


def sitting_story(sitting: Sitting) -> list[Event]:
    """What happened with this sitting, and what comes next by when."""
    model = read_document(sitting.matter.process.document)
    day = timezone.localdate(sitting.starts_at)
    events = []
    if sitting.notice_given_on:
        ahead = workdays_between(sitting.notice_given_on, day)
        events.append(
            Event(
                act_title("deliberation.sitting.notice"),
                sitting.notice_given_on,
                text=_("%(days)d working days ahead (the model asks for %(wanted)d). %(reason)s")
                % {"days": ahead, "wanted": model.clock("notice"), "reason": sitting.short_notice_reason},
            )
        )
    if sitting.papers_sent_on:
        events.append(Event(act_title("deliberation.sitting.papers"), sitting.papers_sent_on))
    kept = moved_of(("sitting", sitting.pk))
    events += taken_back_events(kept, OPENED)
    if sitting.opened_at:
        counts = {"present": sitting.present_at_opening or 0, "quorum": sitting.quorum}
        text = _("%(present)d present, quorum %(quorum)d") % counts
        events.append(Event(act_title(OPENED), sitting.opened_at, text=text))
    for recess in sitting.recesses.all():
        events.append(Event(act_title("deliberation.sitting.recess"), recess.began_at, text=recess.reason))
        if recess.present is not None:
            text = _("%(present)d present, quorum %(quorum)d") % {"present": recess.present, "quorum": sitting.quorum}
            events.append(Event(act_title("deliberation.sitting.resume"), recess.ended_at, text=text))
    events += taken_back_events(kept, CLOSED)
    if sitting.closed_at:
        events.append(Event(act_title(CLOSED), sitting.closed_at))
    minutes = getattr(sitting, "minutes", None)
    if minutes and minutes.issued_at:
        replaced = list(minutes.replaced.order_by("edition")) if minutes.edition > 1 else []
        issued = [*(before.issued_at for before in replaced), minutes.issued_at]
        events.append(Event(act_title("deliberation.minutes.issue"), issued[0], text=minutes.number))
        events += [Event(act_title("deliberation.minutes.correct"), at) for at in issued[1:]]
    return [*events, *_ahead(sitting, model.clock("notice"), model.clock("papers"))]


def _ahead(sitting: Sitting, notice: int, papers: int) -> list[Event]:
    day = timezone.localdate(sitting.starts_at)
    if sitting.state == Sitting.State.CANCELLED:
        return [Event(act_title("deliberation.sitting.cancel"), text=sitting.cancel_reason)]
    if sitting.state == Sitting.State.CLOSED:
        minutes = getattr(sitting, "minutes", None)
        if minutes and minutes.issued_at:
            return []
        return [Event(_("Write and issue the minutes"), kind="now", due=minutes_due(sitting))]
    if sitting.state == Sitting.State.OPEN:
        return [Event(_("The sitting is open"), sitting.opened_at, kind="now")]
    if sitting.state == Sitting.State.RECESS:
        return [Event(_("The sitting goes on"), sitting.resumes_at, kind="now")]
    events = []
    if not sitting.notice_given_on and not sitting.backfilled:  # else it was held, and people were told elsewhere
        events.append(Event(_("Give notice"), kind="now", due=add_workdays(day, -notice)))
    if not sitting.papers_sent_on and papers and not sitting.backfilled:
        events.append(Event(_("Send the papers"), kind="next" if events else "now", due=add_workdays(day, -papers)))
    return [*events, Event(_("The sitting"), sitting.starts_at, kind="next" if events else "now")]


def set_aside(sitting: Sitting) -> list[Statement]:
    """The statements that were withdrawn, or merged into another one: no stance on them counts, and they stay."""
    gone = sitting.statements.filter(Q(withdrawn_at__isnull=False) | Q(merged_into__isnull=False))
    return list(gone.select_related("merged_into"))


def _earlier(sitting: Sitting, stances: Iterable[Stance]) -> dict[UUID, list[dict[str, Any]]]:
    """Per statement its wordings that were replaced (`wording`), in order, with how many said what on each (`said`)
    and under which conditions. What was said stands with the last wording of its edition: spelling takes it along."""
    replaced: dict[UUID, list[dict[str, Any]]] = {}
    for wording in StatementEdition.objects.filter(statement__sitting=sitting):
        replaced.setdefault(wording.statement_id, []).append({"wording": wording, "said": [], "conditions": []})
    lines = {
        (line["wording"].statement_id, line["wording"].edition): line
        for rows in replaced.values()
        for line in rows
        if not line["wording"].is_spelling
    }
    counts: dict[tuple[UUID, int], Counter[str]] = defaultdict(Counter)
    for stance in stances:
        key = (stance.statement_id, stance.edition)
        if key in lines and stance.seat.role != Seat.Role.OBSERVER:
            counts[key][stance.value] += 1
            lines[key]["conditions"] += [stance.condition] if stance.condition else []
    for key, line in lines.items():
        line["said"] = [(label, counts[key][value]) for value, label in Stance.Value.choices if counts[key][value]]
        line["conditions"] = list(dict.fromkeys(line["conditions"]))
    return replaced


def _conditions(sitting: Sitting, ground: Ground, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Per condition: its words (`text`), who has not accepted it yet (`waiting`, names), and of each party whether it
    accepts it, or has named it. Those of a statement from before conditions were accepted wait for nobody."""
    rows = []
    for text in ground.conditions:
        waiting = ground.waiting.get(text, ()) if ground.asked else ()
        parties = [
            {
                "party": party,
                "accepts": str(party.pk) not in waiting,
                "named": text in ground.named.get(str(party.pk), ()),
            }
            for party in sitting.matter.parties.all()
        ]
        rows.append({"text": text, "waiting": [names[key] for key in waiting], "parties": parties})
    return rows


def grid(sitting: Sitting) -> list[dict[str, Any]]:
    """Per statement: counts of each party, the ground, who has said what, and its earlier wordings."""
    said: dict[UUID, list[Stance]] = {}
    stances = Stance.objects.filter(statement__sitting=sitting).select_related("seat__person", "party", "statement")
    ordered = list(stances.order_by("at"))
    for stance in ordered:
        if stance.edition == stance.statement.edition:
            said.setdefault(stance.statement_id, []).append(stance)
    earlier = _earlier(sitting, ordered)
    hands: dict[UUID, list[HandCount]] = {}
    for count in current(HandCount.objects.filter(statement__sitting=sitting).select_related("party")):
        hands.setdefault(count.statement_id, []).append(count)
    ever: Counter[str] = Counter()
    grounds = room_floor(sitting)
    if not all(statement.asks_the_room for statement, _ground, _parties in grounds):
        sat = Seat.objects.filter(presences__sitting=sitting).exclude(role__in=UNCOUNTED).distinct()
        for party in sat.values_list("party", flat=True):
            ever[str(party) if party else NO_PARTY] += 1
    rows = []
    for statement, ground, parties in grounds:
        names = {key: name for key, (name, _counts) in zip(ground.by_party, parties, strict=True)}
        here = {key: ever[key] if counts.here is None else counts.here for key, counts in ground.by_party.items()}
        rows.append(
            {
                "statement": statement,
                "ground": ground,
                "parties": [
                    (name, counts, here[key], max(here[key] - counts.said, 0))
                    for key, (name, counts) in zip(ground.by_party, parties, strict=True)
                ],
                "here": sum(here[key] for key in ground.by_party),
                "said_here": sum(
                    here[key] - max(here[key] - counts.said, 0) for key, counts in ground.by_party.items()
                ),
                "unheard": sum(max(here[key] - counts.said, 0) for key, counts in ground.by_party.items()),
                "total": ground.total,
                "objecting": [names[key] for key in ground.objecting],
                "silent": [names[key] for key in ground.silent],
                "conditions": _conditions(sitting, ground, names),
                "would_extend": ground.asked and bool(ground.waiting) and not ground.objecting and not ground.silent,
                "said": said.get(statement.pk, []),
                "hands": hands.get(statement.pk, []),
                "earlier": earlier.get(statement.pk, []),
            }
        )
    return rows
