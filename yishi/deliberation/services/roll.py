"""The roll call: who is in the room, from when to when; by one grid, by one's own phone, on the spot."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.database.words import Words
from yishi.deliberation.models import Party, Presence, Seat, Sitting, Stance
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit
from yishi.people.models import Person
from yishi.people.services import Newcomer, person_sent

from .chairs import chair_problem
from .room import enter, happened_at, here_that_count, locked_sitting, quorum_now, raise_roll
from .seats import seat_newcomer
from .studies import open_matter

EARLY = timedelta(hours=2)  # so long before a sitting a phone may sign in
WHY_LEFT = Words("reason", 300)
OVER = _("The sitting is over; nobody arrives any more.")


def check_able_to_decide(sitting: Sitting) -> int:
    """Refuse without the chair, without a neutral one, or with fewer here than the quorum. How many are here."""
    here = Seat.objects.filter(presences__sitting=sitting, presences__left_at__isnull=True, ended_on__isnull=True)
    if not here.filter(role=Seat.Role.CHAIR).exists():
        raise WrongStage(
            "sitting.no_chair", _("The chair is not here. Call the roll first; a sitting needs its chair.")
        )
    problem = chair_problem(sitting.matter)
    if problem:
        raise WrongStage("sitting.chair_not_neutral", problem)
    present, quorum = here_that_count(sitting), quorum_now(sitting)
    if present < quorum:
        raise WrongStage(
            "sitting.quorum",
            _("%(present)d are here, the quorum is %(quorum)d. Wait, or cancel the sitting and plan another.")
            % {"present": present, "quorum": quorum},
        )
    return present


def roll_call(
    *,
    actor: Viewer,
    sitting: Sitting,
    here: Collection[Seat],
    gone: Collection[Seat] = (),
    sexes: Mapping[Seat, str] | None = None,
    at: datetime | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Call the roll at once: who is `here`, and who of the room is `gone`. Who is meant to come and is here already, or
    to go and is not here, stays as they are: a phone, or a colleague, was quicker. `sexes` notes on which
    side a seat's time to speak is counted.

    Before the sitting opens, who is gone was ticked by mistake; later they leave. Result: sitting, arrived, left.
    """
    by = permit("sitting.run", actor, sitting.matter)
    body = {
        "sitting": sitting.pk,
        "here": sorted(str(seat.pk) for seat in here),
        "gone": sorted(str(seat.pk) for seat in gone),
        "at": at,
        **({"sexes": {str(seat.pk): sex for seat, sex in sexes.items()}} if sexes else {}),
    }
    with act("deliberation.roll.call", actor=by, act_id=act_id, at=at, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(sitting)
        if not row.calls_roll:
            raise WrongStage("sitting.over", OVER)
        for seat in (*here, *gone, *(sexes or ())):
            _check_seat(row, seat)
        moment = happened_at(at, this.now)
        in_room = {presence.seat_id: presence for presence in row.presences.filter(left_at__isnull=True)}
        coming = [seat for seat in here if seat.pk not in in_room]
        going = [in_room[seat.pk] for seat in gone if seat.pk in in_room]
        Presence.objects.bulk_create(Presence(sitting=row, seat=seat, arrived_at=moment) for seat in coming)
        for presence in going:
            _end(row, presence, moment)
        for seat, sex in (sexes or {}).items():
            Seat.objects.filter(pk=seat.pk).update(sex=sex if sex in Seat.Sex.values else "")
        raise_roll(row)
        arrived, left = [str(seat.pk) for seat in coming], [str(presence.seat_id) for presence in going]
        enter(this, row, arrived=arrived, left=left)
        this.result(arrived=len(arrived), left=len(left))
    return this.receipt


def presence_arrive(
    *, actor: Viewer, sitting: Sitting, seat: Seat, at: datetime | None = None, act_id: UUID | None = None
) -> Receipt:
    """Somebody is here: written down at the desk, or signed in on their own phone. Who left and comes back has a second
    line. A phone signs in on the day, from two hours before, and for now alone."""
    by = permit("presence.arrive", actor, seat)
    body = {"sitting": sitting.pk, "seat": seat.pk, "at": at}
    with act("deliberation.presence.arrive", actor=by, act_id=act_id, at=at, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(sitting)
        by_self = by.right_id == seat.pk
        if not row.calls_roll:
            raise WrongStage("sitting.over", OVER)
        if by_self:
            _check_day(row, this.now)
        _check_seat(row, seat)
        if row.presences.filter(seat=seat, left_at__isnull=True).exists():
            raise WrongStage("presence.here", _("This person is marked as here already."))
        presence = Presence.objects.create(
            sitting=row, seat=seat, arrived_at=happened_at(at, this.now), by_self=by_self
        )
        raise_roll(row)
        enter(this, row, seat=seat.pk, presence=presence.pk)
    return this.receipt


def presence_leave(
    *,
    actor: Viewer,
    sitting: Sitting,
    seat: Seat,
    reason: str = "",
    at: datetime | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Write down that somebody left, when, and why if they said so. Refused for a seat that is not marked as here, and
    before it came. Who leaves because of an interest steps back (`seat_recuse`), and is out of the room by that."""
    by = permit("sitting.run", actor, sitting.matter)
    body = {"sitting": sitting.pk, "seat": seat.pk, "at": at, **({"reason": reason} if reason else {})}
    with act("deliberation.presence.leave", actor=by, act_id=act_id, at=at, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(sitting)
        presence = row.presences.filter(seat=seat, left_at__isnull=True).first()
        if presence is None:
            raise WrongStage("presence.gone", _("This person is not marked as here."))
        left_at = happened_at(at, this.now)
        if left_at < presence.arrived_at:
            raise Refusal("presence.before", _("Nobody leaves before they came. Please check the time."), field="at")
        presence.left_at, presence.left_why = left_at, WHY_LEFT.kept(reason)
        presence.save(update_fields=["left_at", "left_why"])
        raise_roll(row)
        enter(this, row, seat=seat.pk, presence=presence.pk)
    return this.receipt


def walk_in(
    *,
    actor: Viewer,
    sitting: Sitting,
    person: Person | Newcomer,
    role: str,
    party: Party | None = None,
    at: datetime | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Somebody who was not invited came, and stays: a seat on the spot, and they are here. Result: sitting, seat."""
    by = permit("sitting.run", actor, sitting.matter)
    body = {
        "sitting": sitting.pk,
        "person": person_sent(person),
        "role": role,
        "party": party.pk if party else None,
        "at": at,
    }
    with act("deliberation.presence.walk_in", actor=by, act_id=act_id, at=at, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(sitting)
        if not row.calls_roll:
            raise WrongStage("sitting.over", OVER)
        seat = seat_newcomer(this, open_matter(row.matter), person, role=role, party=party)
        presence = Presence.objects.create(sitting=row, seat=seat, arrived_at=happened_at(at, this.now))
        raise_roll(row)
        enter(this, row, seat=seat.pk, presence=presence.pk)
        this.result(seat=seat.pk)
    return this.receipt


def _check_seat(sitting: Sitting, seat: Seat) -> None:
    if seat.matter_id != sitting.matter_id or seat.ended_on is not None:
        raise Refusal("presence.seat", _("This person holds no seat in this matter."), field="seat")


def _check_day(sitting: Sitting, now: datetime) -> None:
    """A phone far away signs nobody in days ahead."""
    begins = sitting.resumes_at or sitting.starts_at
    if sitting.state == Sitting.State.OPEN or begins - EARLY <= now:
        return
    raise WrongStage(
        "presence.early",
        _("You can sign in from %(time)s on, two hours before it begins.")
        % {"time": f"{timezone.localtime(begins - EARLY):%Y-%m-%d %H:%M}"},
    )


def _end(sitting: Sitting, presence: Presence, moment: datetime) -> None:
    """Unticked: before it opens nobody had come; later they leave now. Who has said where they stand was here."""
    spoke = Stance.objects.filter(statement__sitting=sitting, seat=presence.seat_id).exists()
    if sitting.opened_at is None and not spoke:
        presence.delete()
        return
    presence.left_at = max(moment, presence.arrived_at)
    presence.save(update_fields=["left_at"])


def absent_invited(sitting: Sitting) -> list[Seat]:
    """Who holds a seat and is not in the room: whom “all present” means."""
    here = sitting.presences.filter(left_at__isnull=True).values("seat")
    seats = Seat.objects.filter(matter=sitting.matter_id, state__in=Seat.LIVE, ended_on__isnull=True)
    return list(seats.exclude(pk__in=here).select_related("person", "party"))
