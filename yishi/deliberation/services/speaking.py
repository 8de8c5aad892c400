"""Who speaks: items of the agenda one after the other, a queue with a limit, who has not spoken yet first."""

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from yishi.database.words import Words
from yishi.deliberation.models import AgendaItem, AgendaSpan, Seat, Sitting, Turn
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit

from .room import enter, happened_at, locked_sitting, next_state, save

TITLE = Words("title", 120, _("Please write what it is about, in a few words."))
NOTES = Words("notes", 10_000)
LIMITS = (60, 180, 300, 600)  # seconds for one turn
NUMBERED = re.compile(r"(?:^|[\s。；;])(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})[.、．]\s*")


def titles_of(agenda: str) -> list[str]:
    """The items that an agenda's text names: numbered ones, else its lines; of an empty one the usual order."""
    text = agenda.strip()
    parts = NUMBERED.split(text) if NUMBERED.search(text) else re.split(r"[\n；;]", text)
    titles = [part.strip(" \n。.；;")[: TITLE.longest] for part in parts]
    titles = [title for title in titles if title]  # few: the agenda's own length bounds them
    return titles or [_now("Report of the facts"), _now("Questions and answers"), _now("Speeches"), _now("Stances")]


def items_make(sitting: Sitting) -> None:
    """The items with which a sitting opens; those that stand already stay."""
    if sitting.items.exists():
        return
    titles = titles_of(sitting.agenda)
    AgendaItem.objects.bulk_create(
        AgendaItem(sitting=sitting, ordinal=number, title=title) for number, title in enumerate(titles, start=1)
    )


def agenda_item_add(
    *, actor: Viewer, sitting: Sitting, title: str, minutes: int | None = None, act_id: UUID | None = None
) -> Receipt:
    """One more item, at the end. Result: item."""
    by = permit("sitting.run", actor, sitting.matter)
    body = {"sitting": sitting.pk, "title": title, "minutes": minutes}
    with act("deliberation.agenda.add", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(sitting)
        next_state(row, "state")
        last = row.items.order_by("-ordinal").first()
        item = AgendaItem.objects.create(
            sitting=row, ordinal=(last.ordinal if last else 0) + 1, title=TITLE.kept(title), minutes=minutes
        )
        save(row)
        enter(this, row, item=item.pk)
        this.result(item=item.pk)
    return this.receipt


def agenda_item_drop(*, actor: Viewer, item: AgendaItem, act_id: UUID | None = None) -> Receipt:
    """Take an item off the agenda that was never taken up and of which nothing is noted. Result: sitting."""
    by = permit("sitting.run", actor, item.sitting.matter)
    with act("deliberation.agenda.drop", actor=by, act_id=act_id, body={"item": item.pk}) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(item.sitting)
        next_state(row, "state")
        fresh = AgendaItem.objects.filter(pk=item.pk).first()
        if fresh is None or fresh.notes or fresh.spans.exists():
            raise WrongStage("agenda.taken_up", _("This item was taken up already, or is off the agenda."))
        fresh.delete()
        save(row)
        enter(this, row, item=item.pk)
    return this.receipt


def agenda_item_begin(
    *, actor: Viewer, item: AgendaItem, at: datetime | None = None, act_id: UUID | None = None
) -> Receipt:
    """Take up an item: the one before the room ends, and whoever speaks has ended. Taken up again it goes on."""
    by = permit("sitting.run", actor, item.sitting.matter)
    with act("deliberation.agenda.begin", actor=by, act_id=act_id, at=at, body={"item": item.pk, "at": at}) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(item.sitting)
        next_state(row, "state")
        moment = happened_at(at, this.now)
        if row.spans.filter(item=item, ended_at__isnull=True).exists():
            raise WrongStage("agenda.current", _("This item is before the room already."))
        stop_speaking(row, moment)
        AgendaSpan.objects.create(sitting=row, item=item, began_at=moment)
        save(row)
        enter(this, row, item=item.pk)
        this.result(item=item.pk)
    return this.receipt


def agenda_item_note(*, actor: Viewer, item: AgendaItem, notes: str, act_id: UUID | None = None) -> Receipt:
    """What is noted under an item; written anew it replaces what stood, and the draft of the minutes begins with it."""
    by = permit("sitting.run", actor, item.sitting.matter)
    with act("deliberation.agenda.note", actor=by, act_id=act_id, body={"item": item.pk, "notes": notes}) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(item.sitting)
        if not row.has_begun:
            raise WrongStage("agenda.ahead", _("The sitting has not begun. Write it into the agenda."))
        AgendaItem.objects.filter(pk=item.pk).update(notes=NOTES.kept(notes))
        save(row)
        enter(this, row, item=item.pk)
        this.result(item=item.pk)
    return this.receipt


def stop_speaking(sitting: Sitting, moment: datetime) -> None:
    """The item and the speech that go on end at `moment`: another begins, a recess, or the end of the sitting."""
    for span in sitting.spans.filter(ended_at__isnull=True):
        span.ended_at = max(moment, span.began_at)
        span.save(update_fields=["ended_at"])
    for turn in speaking(sitting):
        turn.ended_at = max(moment, turn.began_at or moment)
        turn.save(update_fields=["ended_at"])


def turns_of(sitting: Sitting) -> list[Turn]:
    """All turns of a sitting that count, in the order in which they were asked for."""
    turns = sitting.turns.filter(dropped_at__isnull=True).select_related("seat__person", "seat__party")
    return list(turns.order_by("asked_at", "pk"))


def speaking(sitting: Sitting, turns: Sequence[Turn] | None = None) -> list[Turn]:
    """Who speaks now: nobody, or one."""
    counted = turns_of(sitting) if turns is None else turns
    return [turn for turn in counted if turn.began_at is not None and turn.ended_at is None]


def queue_of(sitting: Sitting, turns: Sequence[Turn] | None = None) -> list[Turn]:
    """Who waits to speak: first who has not spoken in this sitting, then in the order in which they asked."""
    counted = turns_of(sitting) if turns is None else turns
    spoken = {turn.seat_id for turn in counted if turn.began_at is not None}
    waiting = [turn for turn in counted if turn.began_at is None]
    return sorted(waiting, key=lambda turn: turn.seat_id in spoken)


def turn_ask(
    *, actor: Viewer, sitting: Sitting, seat: Seat, at: datetime | None = None, act_id: UUID | None = None
) -> Receipt:
    """Somebody wants to speak: by their own phone, or written down at the desk. Result: turn."""
    by = permit("turn.ask", actor, seat)
    body = {"sitting": sitting.pk, "seat": seat.pk, "at": at}
    with act("deliberation.turn.ask", actor=by, act_id=act_id, at=at, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(sitting)
        next_state(row, "state")
        if not row.presences.filter(seat=seat, left_at__isnull=True, seat__ended_on__isnull=True).exists():
            raise Refusal("turn.absent", _("This person is not in the room. Call the roll first."), field="seat")
        if row.turns.filter(seat=seat, began_at__isnull=True, dropped_at__isnull=True).exists():
            raise WrongStage("turn.waits", _("This person is in the queue already."))
        turn = Turn.objects.create(
            sitting=row, seat=seat, asked_at=happened_at(at, this.now), by_self=by.right_id == seat.pk
        )
        save(row)
        _entered(this, row, turn)
    return this.receipt


def turn_begin(*, actor: Viewer, turn: Turn, at: datetime | None = None, act_id: UUID | None = None) -> Receipt:
    """They speak now; who spoke has ended. Who asked is heard in the order of the queue; whoever runs the room may take
    another first, and the fairness figures show it. Result: turn."""
    by = permit("sitting.run", actor, turn.sitting.matter)
    with act("deliberation.turn.begin", actor=by, act_id=act_id, at=at, body={"turn": turn.pk, "at": at}) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(turn.sitting)
        next_state(row, "state")
        fresh = _waiting(turn)
        moment = happened_at(at, this.now)
        for before in speaking(row):
            before.ended_at = max(moment, before.began_at or moment)
            before.save(update_fields=["ended_at"])
        span = row.spans.filter(ended_at__isnull=True).first()
        fresh.began_at, fresh.limit, fresh.item_id = moment, row.turn_seconds, span.item_id if span else None
        fresh.save(update_fields=["began_at", "limit", "item"])
        save(row)
        _entered(this, row, fresh)
    return this.receipt


def turn_end(*, actor: Viewer, turn: Turn, at: datetime | None = None, act_id: UUID | None = None) -> Receipt:
    """They have spoken. Result: turn."""
    by = permit("sitting.run", actor, turn.sitting.matter)
    with act("deliberation.turn.end", actor=by, act_id=act_id, at=at, body={"turn": turn.pk, "at": at}) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(turn.sitting)
        fresh = Turn.objects.select_for_update().get(pk=turn.pk)
        if fresh.began_at is None or fresh.ended_at is not None or fresh.dropped_at is not None:
            raise WrongStage("turn.over", _("This person does not speak now."))
        fresh.ended_at = max(happened_at(at, this.now), fresh.began_at)
        fresh.save(update_fields=["ended_at"])
        save(row)
        _entered(this, row, fresh)
    return this.receipt


def turn_drop(*, actor: Viewer, turn: Turn, act_id: UUID | None = None) -> Receipt:
    """They do not want to speak any more; or they never spoke and it was entered by mistake: it counts for nothing."""
    by = permit("turn.ask", actor, turn.seat)
    with act("deliberation.turn.drop", actor=by, act_id=act_id, body={"turn": turn.pk}) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(turn.sitting)
        fresh = Turn.objects.select_for_update().get(pk=turn.pk)
        if fresh.dropped_at is not None:
            raise WrongStage("turn.dropped", _("This was taken out of the queue already."))
        if fresh.began_at is not None and by.right_id == turn.seat_id:
            raise WrongStage("turn.spoke", _("You have begun to speak; tell the secretary."))
        fresh.dropped_at = this.now
        fresh.save(update_fields=["dropped_at"])
        save(row)
        _entered(this, row, fresh)
    return this.receipt


def turn_limit(*, actor: Viewer, sitting: Sitting, seconds: int, act_id: UUID | None = None) -> Receipt:
    """How long one turn lasts from now on; 0 is without a limit."""
    by = permit("sitting.run", actor, sitting.matter)
    body = {"sitting": sitting.pk, "seconds": seconds}
    with act("deliberation.turn.limit", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(sitting)
        if seconds not in (0, *LIMITS):
            raise Refusal("turn.limit", _("Please choose one of the limits."), field="seconds")
        row.turn_seconds = seconds or None
        save(row, "turn_seconds")
        enter(this, row, seconds=seconds)
    return this.receipt


def _waiting(turn: Turn) -> Turn:
    fresh = Turn.objects.select_for_update().get(pk=turn.pk)
    if fresh.began_at is not None or fresh.dropped_at is not None:
        raise WrongStage("turn.not_waiting", _("This person does not wait to speak any more. Reload the page."))
    return fresh


def _entered(this: Act, sitting: Sitting, turn: Turn) -> None:
    enter(this, sitting, turn=turn.pk, seat=turn.seat_id)
    this.result(turn=turn.pk)
