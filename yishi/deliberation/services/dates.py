"""A day for a sitting (定时间): some days are put to everybody who holds a seat, and the one that
suits those who must come becomes the sitting."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.database.words import Words
from yishi.deliberation.models import DateAnswer, DateRound, Matter, Seat, Sitting
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.notices.services import tell
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Venue
from yishi.organisations.rights import permit

from .sittings import sitting_plan
from .studies import open_matter

WHY_DROPPED = Words("reason", 300, _("Please write why no day is asked for any more."))
LEAST_DAYS = 2
MOST_DAYS = 8
MUST_COME = (Seat.Role.CHAIR, Seat.Role.SECRETARY)
Can = DateAnswer.Can


@dataclass(frozen=True, slots=True)
class Day:
    """One of the days: how many can come, could if need be, cannot, and have not said; and who is missing of those
    without whom it cannot be held: the chair, the secretary, and each party with nobody who can."""

    at: datetime
    can: int
    maybe: int
    cannot: int
    silent: int
    missing: tuple[str, ...]


def asked_seats(matter: Matter) -> QuerySet[Seat]:
    """Whom the days are put to: everybody who holds a seat, observers too."""
    seats = Seat.objects.filter(matter=matter, state__in=Seat.LIVE, ended_on__isnull=True)
    return seats.select_related("person", "party").order_by("role", "party__ordinal", "pk")


def open_round(matter: Matter) -> DateRound | None:
    """The round that still takes answers."""
    return DateRound.objects.filter(matter=matter, ended_at__isnull=True).first()


def days_of(asked: DateRound) -> list[Day]:
    """Each day with who can come and who is missing; by the answers of the seats that are held now."""
    seats = list(asked_seats(asked.matter))
    said = {answer.seat_id: answer.can for answer in asked.answers.all()}
    days = []
    for place, text in enumerate(asked.options):
        answers = {seat.pk: said[seat.pk][place] for seat in seats if seat.pk in said}
        counts = Counter(answers.values())
        able = {seat.pk for seat in seats if answers.get(seat.pk) in (Can.YES, Can.MAYBE)}
        days.append(
            Day(
                datetime.fromisoformat(text),
                counts[Can.YES],
                counts[Can.MAYBE],
                counts[Can.NO],
                len(seats) - len(answers),
                _missing(seats, able),
            )
        )
    return days


def _missing(seats: Sequence[Seat], able: set[UUID]) -> tuple[str, ...]:
    persons = [str(seat.person) for seat in seats if seat.role in MUST_COME and seat.pk not in able]
    parties: dict[str, bool] = {}
    for seat in seats:
        if seat.party is not None and seat.role != Seat.Role.OBSERVER:
            parties[seat.party.name] = parties.get(seat.party.name, False) or seat.pk in able
    return tuple([*persons, *(name for name, comes in parties.items() if not comes)])


def dates_ask(
    *, actor: Viewer, matter: Matter, options: Sequence[datetime], answer_by: date, act_id: UUID | None = None
) -> Receipt:
    """Put two to eight days to everybody who holds a seat; each is told once. Result: round."""
    by = permit("sitting.run", actor, matter)
    days = sorted(set(options))
    body = {"matter": matter.pk, "options": days, "answer_by": answer_by}
    with act("deliberation.dates.ask", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        fresh = open_matter(matter)
        if open_round(fresh) is not None:
            raise WrongStage("dates.asked", _("Days are being asked for already. Settle or drop those first."))
        if fresh.sittings.filter(state__in=Sitting.CALLS_ROLL).exists():
            raise WrongStage("dates.planned", _("A sitting of this matter is planned already. Change its day there."))
        if not LEAST_DAYS <= len(days) <= MOST_DAYS:
            raise Refusal(
                "dates.number",
                _("Please give %(fewest)d to %(most)d different days.") % {"fewest": LEAST_DAYS, "most": MOST_DAYS},
                field="option_1",
            )
        if days[0] <= this.now:
            raise Refusal("dates.past", _("Each of the days is still to come. Please check them."), field="option_1")
        if not timezone.localdate() <= answer_by <= timezone.localdate(days[0]):
            raise Refusal(
                "dates.answer_by", _("Answers are wanted from today on, and before the first day."), field="answer_by"
            )
        seats = list(asked_seats(fresh))
        if not seats:
            raise Refusal("dates.nobody", _("Nobody holds a seat yet. Fill the seats first."))
        asked = DateRound.objects.create(
            matter=fresh, options=[day.isoformat() for day in days], asked_at=this.now, answer_by=answer_by
        )
        for seat in {seat.person_id: seat for seat in seats}.values():
            tell(
                person=seat.person,
                code="dates.asked",
                params={"number": fresh.number, "due_on": answer_by},
                subject=("matter", fresh.pk),
                once=f"dates.asked/{asked.pk}/{seat.person_id}",
                channels=("app", "sms"),
            )
        this.entry(subject=("matter", fresh.pk), place=fresh.place_id, data={"round": asked.pk, "days": len(days)})
        this.result(round=asked.pk)
    return this.receipt


def dates_answer(
    *, actor: Viewer, asked: DateRound, seat: Seat, can: Sequence[str], act_id: UUID | None = None
) -> Receipt:
    """On which days somebody can come: by themselves, or written down at the desk. Said again it replaces it."""
    by = permit("seat.answer", actor, seat)
    body = {"round": asked.pk, "seat": seat.pk, "can": list(can)}
    with act("deliberation.dates.answer", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = _locked(asked)
        if seat.matter_id != row.matter_id or seat.ended_on is not None:
            raise Refusal("dates.seat", _("This person holds no seat in this matter."), field="seat")
        if len(can) != len(row.options) or any(one not in Can.values for one in can):
            raise Refusal("dates.each", _("Please answer for each of the days."), field="day_1")
        DateAnswer.objects.update_or_create(
            round=row, seat=seat, defaults={"can": list(can), "by_self": by.right_id == seat.pk}
        )
        if not asked_seats(row.matter).exclude(pk__in=row.answers.values("seat")).exists():
            tell(
                body_id=row.matter.convener_id,
                code="dates.answered",
                params={"number": row.matter.number},
                subject=("matter", row.matter_id),
                once=f"dates.answered/{row.pk}",
            )
        this.entry(
            subject=("matter", row.matter_id), place=row.matter.place_id, data={"round": row.pk, "seat": seat.pk}
        )
        this.result(round=row.pk)
    return this.receipt


def dates_settle(
    *,
    actor: Viewer,
    asked: DateRound,
    option: int,
    venue: Venue | None = None,
    where: str = "",
    agenda: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """Take one of the days: the sitting is planned on it, as `sitting_plan` does. Result: round, sitting."""
    by = permit("sitting.run", actor, asked.matter)
    place = venue.pk if venue else None
    body = {"round": asked.pk, "option": option, "venue": place, "where": where, "agenda": agenda}
    with act("deliberation.dates.settle", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = _locked(asked)
        if not 0 <= option < len(row.options):
            raise Refusal("dates.option", _("Please choose one of the days."), field="option")
        day = datetime.fromisoformat(row.options[option])
        if day <= this.now:
            raise Refusal("dates.over", _("This day is over. Drop the days and ask for new ones."), field="option")
        planned = sitting_plan(
            actor=actor, matter=row.matter, starts_at=day, venue=venue, where=where, agenda=agenda, act_id=this.child()
        )
        row.sitting_id, row.ended_at = planned.result["sitting"], this.now
        row.save(update_fields=["sitting", "ended_at"])
        this.entry(subject=("matter", row.matter_id), place=row.matter.place_id, data={"round": row.pk})
        this.result(round=row.pk, sitting=planned.result["sitting"])
    return this.receipt


def dates_drop(*, actor: Viewer, asked: DateRound, reason: str, act_id: UUID | None = None) -> Receipt:
    """No day is asked for any more: none suits, or it was a mistake. Result: round."""
    by = permit("sitting.run", actor, asked.matter)
    with act("deliberation.dates.drop", actor=by, act_id=act_id, body={"round": asked.pk, "reason": reason}) as this:
        if this.replayed:
            return this.receipt
        row = _locked(asked)
        row.drop_reason, row.ended_at = WHY_DROPPED.kept(reason), this.now
        row.save(update_fields=["drop_reason", "ended_at"])
        this.entry(subject=("matter", row.matter_id), place=row.matter.place_id, data={"round": row.pk})
        this.result(round=row.pk)
    return this.receipt


def _locked(asked: DateRound) -> DateRound:
    rounds = DateRound.objects.select_for_update(of=("self",)).select_related("matter__place", "matter__process")
    row = rounds.get(pk=asked.pk)
    if row.ended_at is not None:
        raise WrongStage("dates.ended", _("No day is asked for any more. Reload the page."))
    return row
