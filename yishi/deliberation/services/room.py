"""What every act on a sitting needs: the table of its stages, the lock, its entry, and telling the seats."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.deliberation.models import Matter, Seat, Sitting, Stance
from yishi.deliberation.process.schema import read_document
from yishi.journal.act import Act
from yishi.kit.errors import Refusal, WrongStage
from yishi.notices.services import tell

S = Sitting.State
SLACK = timedelta(minutes=5)
VERBS: dict[str, dict[str, str]] = {
    S.PLANNED: {"change": S.PLANNED, "notice": S.NOTICED, "papers": S.PLANNED, "open": S.OPEN, "cancel": S.CANCELLED},
    S.NOTICED: {"change": S.NOTICED, "papers": S.NOTICED, "open": S.OPEN, "cancel": S.CANCELLED},
    S.OPEN: {
        "attend": S.OPEN,
        "state": S.OPEN,
        "recess": S.RECESS,
        "close": S.CLOSED,
        "notice": S.OPEN,
        "papers": S.OPEN,
    },
    S.RECESS: {"resume": S.OPEN, "close": S.CLOSED, "notice": S.RECESS, "papers": S.RECESS},
    S.CLOSED: {"minute": S.CLOSED, "notice": S.CLOSED, "papers": S.CLOSED},
    S.CANCELLED: {},
}


def next_state(sitting: Sitting, verb: str) -> str:
    """The state after `verb`, or WrongStage with where the sitting stands."""
    following = VERBS[sitting.state].get(verb)
    if following is None:
        raise WrongStage(
            f"sitting.{verb}.state",
            _("The sitting is “%(state)s” now; this is not possible. Reload the page.")
            % {"state": sitting.get_state_display()},
        )
    return following


def locked_sitting(sitting: Sitting) -> Sitting:
    """The sitting, read again and locked."""
    sittings = Sitting.within.select_for_update(of=("self",))
    return sittings.select_related("matter__process", "matter__place", "matter__convener").get(pk=sitting.pk)


def touch(sitting_id: UUID) -> None:
    """Raise the version for which phones poll."""
    Sitting.within.filter(pk=sitting_id).update(version=F("version") + 1)


def raise_roll(sitting: Sitting) -> None:
    """Somebody came or went: the desk's screens show it; of phones only that person's own."""
    sitting.roll_version += 1
    sitting.save(update_fields=["roll_version"])


def happened_at(at: datetime | None, now: datetime) -> datetime:
    """The moment of something that happened in the room: now, or before; a few minutes of a fast clock are forgiven."""
    if at is not None and at > now + SLACK:
        raise Refusal("sitting.future", _("This time is still to come. Please give the time it happened."), field="at")
    return min(at or now, now)


def counted_seats(matter: Matter) -> list[Seat]:
    """The held seats that make a quorum: everybody but observers."""
    seats = Seat.objects.filter(matter=matter, state__in=Seat.LIVE, ended_on__isnull=True)
    return [seat for seat in seats if seat.role != Seat.Role.OBSERVER]


def quorum_of(matter: Matter) -> int:
    """More than half of the seats that count, and no fewer than the least number of the classes that have a voice."""
    seats = counted_seats(matter)
    least = sum(seat.min for seat in read_document(matter.process.document).seats if seat.votes)
    return max(len(seats) // 2 + 1, least)


def here_that_count(sitting: Sitting) -> int:
    """How many of the seats that make a quorum are in the room."""
    here = sitting.presences.filter(left_at__isnull=True, seat__ended_on__isnull=True)
    return here.exclude(seat__role=Seat.Role.OBSERVER).values("seat").distinct().count()


def quorum_now(sitting: Sitting) -> int:
    """How many must be here: as it was set by hand or at the opening; before that, by the model and the seats."""
    if sitting.quorum_by_hand or sitting.opened_at is not None:
        return sitting.quorum
    return quorum_of(sitting.matter)


def room_number(sitting: Sitting) -> int:
    """One number that grows with every act in the room: those of its desk, and each stance (decision 0068)."""
    said = Stance.objects.filter(statement__sitting=sitting).aggregate(changes=Sum("changes"))
    return sitting.version + sitting.roll_version + (said["changes"] or 0)


def save(sitting: Sitting, *fields: str) -> None:
    """Write `fields`, and raise the version for which phones poll."""
    sitting.version += 1
    sitting.save(update_fields=[*fields, "version"])


def enter(this: Act, sitting: Sitting, **data: object) -> None:
    """The act's entry on the sitting's matter, and its result."""
    this.entry(
        subject=("matter", sitting.matter_id),
        place=sitting.matter.place_id,
        dims={"body": sitting.matter.convener_id},
        quantities={"sittings": 1} if this.code == "deliberation.sitting.open" else {},
        data={"sitting": sitting.pk, "state": sitting.state, **data},
    )
    this.result(sitting=sitting.pk)


def tell_seats(
    sitting: Sitting,
    code: str,
    once: str,
    channels: tuple[str, ...] = ("app", "sms"),
    seats: Iterable[Seat] | None = None,
) -> None:
    """Tell everybody who holds a seat (or only `seats`), each once; of a sitting recorded afterwards nobody is told."""
    if sitting.backfilled:
        return
    if seats is None:
        held = Seat.objects.filter(matter=sitting.matter, state__in=Seat.LIVE, ended_on__isnull=True)
        seats = held.select_related("person")
    told = set()
    for seat in seats:
        if seat.person_id in told:
            continue
        told.add(seat.person_id)
        _tell(sitting, seat, code, once, channels)


def tell_of_sitting(seat: Seat) -> None:
    """Whose seat is filled after notice was given hears of the day too: they alone, nobody for the second time."""
    noticed = Sitting.within.filter(matter=seat.matter_id, state__in=Sitting.AHEAD, notice_given_on__isnull=False)
    for sitting in noticed.select_related("matter", "venue"):
        _tell(sitting, seat, "sitting.notice", "notice", ("app", "sms"))


def _tell(sitting: Sitting, seat: Seat, code: str, once: str, channels: tuple[str, ...]) -> None:
    tell(
        person=seat.person,
        code=code,
        params={
            "number": sitting.matter.number,
            "title": sitting.matter.title,
            "when": f"{timezone.localtime(sitting.resumes_at or sitting.starts_at):%Y-%m-%d %H:%M}",
            "where": sitting.where or (sitting.venue.name if sitting.venue else ""),
        },
        subject=("sitting", sitting.pk),
        once=f"{code}/{sitting.pk}/{once}/{seat.person_id}",
        channels=channels,
    )
