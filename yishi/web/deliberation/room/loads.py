"""What the pages of a room load, and what its screens show of it."""

from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _

from yishi.deliberation.models import Intervention, Matter, Seat, Sitting, Statement
from yishi.deliberation.process.schema import read_document
from yishi.deliberation.services.chairing import interventions_of
from yishi.deliberation.services.chairs import chair_problem
from yishi.deliberation.services.fairness import fairness_of
from yishi.deliberation.services.room import counted_seats, quorum_now, room_number
from yishi.deliberation.services.room_ways_back import sitting_to_step_back, statements_to_open
from yishi.deliberation.services.speaking import LIMITS, queue_of, speaking, turns_of
from yishi.kit.records import lend
from yishi.notices.addresses import address_of
from yishi.web.deliberation.sittings.loads import load_sitting
from yishi.web.deliberation.sittings.sitting_story import attendance, grid, set_aside
from yishi.web.kit.request import Request

from .ballot_shown import ballots_context


def load_statement(request: Request, pk: UUID) -> Statement:
    statements = Statement.objects.select_related("sitting__matter__place", "sitting__matter__convener", "party")
    return statements.get(pk=pk, sitting__matter__in=Matter.keys())


def load_room_seat(request: Request, pk: UUID, seat: UUID) -> Seat:
    """A seat in the room of a sitting; the sitting rides along."""
    sitting = load_sitting(request, pk)
    held_seat = Seat.objects.select_related("matter__place", "person", "party").get(pk=seat, matter=sitting.matter_id)
    return lend(held_seat, sitting=sitting)


def _not_yet(sitting: Sitting) -> list[tuple[Any, str]]:
    """What the model asks for before a sitting and what nobody recorded: said before it opens."""
    if sitting.opened_at is not None or sitting.backfilled:
        return []
    asked = {
        code for step in read_document(sitting.matter.process.document).steps for code in (*step.entry, *step.exit)
    }
    acts = []
    if "notice_given" in asked and sitting.notice_given_on is None:
        acts.append((_("Notice of the sitting has not been given yet."), reverse("sitting_notice", args=[sitting.pk])))
    if "papers_sent" in asked and sitting.papers_sent_on is None:
        acts.append((_("The papers are not sent yet."), reverse("papers_send", args=[sitting.pk])))
    return acts


def room_context(sitting: Sitting) -> dict[str, Any]:
    """What the secretary's, the chair's and the projector's screens show. `here` and `invited` count the seats that
    count for the quorum; `parties` says how many of each party are in the room, of how many."""
    prefetch_related_objects([sitting.matter], "parties")  # asked for by the floor, the figures and the forms
    attendances = attendance(sitting)
    counted = {seat.pk for seat in counted_seats(sitting.matter)}
    here = {entry["seat"].pk for entry in attendances if entry["is_here"] and not entry["seat"].ended_on} & counted
    quorum = quorum_now(sitting)
    statements = grid(sitting)
    is_open = sitting.state == Sitting.State.OPEN
    return {
        "sitting": sitting,
        "matter": sitting.matter,
        "version": room_number(sitting),
        "attendances": attendances,
        "here": len(here) if sitting.state != Sitting.State.CLOSED else sitting.present_at_opening or 0,
        "invited": len(counted),
        "quorum": quorum,
        "lacks_quorum": len(here) < quorum,
        "parties": _parties(attendances) if sitting.calls_roll else [],
        "chair_problem": chair_problem(sitting.matter) if sitting.opened_at is None else "",
        "not_yet": _not_yet(sitting),
        "grid": statements,
        "current": _current(statements),
        "recess": sitting.recesses.filter(ended_at__isnull=True).first() if sitting.state == "recess" else None,
        "may_open": statements_to_open(sitting),
        "may_change": is_open,
        "steps_back": sitting_to_step_back(sitting) if is_open else None,
        "set_aside": set_aside(sitting),
        "address": address_of("room", args=[sitting.pk]),
        **speaking_context(sitting, attendances),
        **(ballots_context(sitting) if sitting.has_begun else {}),
    }


def _parties(attendances: list[dict[str, Any]]) -> list[tuple[str, int, int]]:
    """Per party: its name, how many of it are here, how many seats it holds."""
    counts: dict[str, list[int]] = {}
    for entry in attendances:
        seat = entry["seat"]
        if seat.party is None or seat.role == Seat.Role.OBSERVER or (seat.ended_on and not entry["is_here"]):
            continue
        count = counts.setdefault(seat.party.name, [0, 0])
        count[0] += bool(entry["is_here"])
        count[1] += 1
    return [(name, here, seats) for name, (here, seats) in counts.items()]


def _current(statements: list[dict[str, Any]]) -> dict[str, Any] | None:
    """What the room looks at: the newest statement that is open, else the newest."""
    still_open = [row for row in statements if row["statement"].is_open]
    rows = still_open or statements
    return rows[-1] if rows else None


def speaking_context(sitting: Sitting, attendances: list[dict[str, Any]]) -> dict[str, Any]:
    """What the screens show of agenda, speaker, queue and fairness."""
    spans: dict[UUID, list[Any]] = {}
    for span in sitting.spans.all():
        spans.setdefault(span.item_id, []).append(span)
    items: list[dict[str, Any]] = [{"item": item, "spans": spans.get(item.pk, [])} for item in sitting.items.all()]
    turns = turns_of(sitting)
    now_speaks, queue = speaking(sitting, turns), queue_of(sitting, turns)
    waiting = {turn.seat_id for turn in queue}
    here = [entry["seat"] for entry in attendances if entry["is_here"] and not entry["seat"].ended_on]
    return {
        "items": items,
        "sexes": Seat.Sex.choices,
        "current_item": next((row for row in items if any(span.ended_at is None for span in row["spans"])), None),
        "speaker": now_speaks[0] if now_speaks else None,
        "queue": queue,
        "limits": [(0, _("no limit")), *((seconds, _("%(n)d min") % {"n": seconds // 60}) for seconds in LIMITS)],
        "may_ask": [seat for seat in here if seat.pk not in waiting and seat.role != Seat.Role.CHAIR],
        "interventions": interventions_of(sitting),
        "kinds": Intervention.Kind.choices,
        "may_be_spoken_to": [seat for seat in here if seat.role != Seat.Role.CHAIR],
        "fairness": fairness_of(sitting, turns=turns),
    }
