"""How fairly a sitting went, from what was recorded: seats, who was here, turns. The one place where it is reckoned."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from yishi.deliberation.models import Seat, Sitting, Turn

from .speaking import turns_of

UNCOUNTED = (Seat.Role.OBSERVER, Seat.Role.CHAIR, Seat.Role.SECRETARY)  # they belong to no side


@dataclass(frozen=True, slots=True)
class Share:
    """Of one side of the room: its seats, how many of them came, how many spoke, how many seconds all together."""

    name: str
    seats: int
    came: int
    spoke: int
    seconds: int
    spoken_to: int = 0  # how often the chair intervened towards one of it

    @property
    def time(self) -> str:
        """Minutes and seconds: 2:05."""
        return f"{self.seconds // 60}:{self.seconds % 60:02d}"

    @property
    def is_missing(self) -> bool:
        """Has it seats, and nobody of it came?"""
        return self.came == 0


@dataclass(frozen=True, slots=True)
class Fairness:
    """Time per party and per sex, who has not spoken, and the balance of seats."""

    parties: tuple[Share, ...]
    sexes: tuple[Share, ...]
    silent: tuple[Seat, ...]  # who is (or was) in the room and has not spoken
    seconds: int

    @property
    def shares(self) -> list[tuple[Share, int]]:
        """Each side with its part of the time."""
        return [(share, self.part(share)) for share in (*self.parties, *self.sexes)]

    def part(self, share: Share) -> int:
        """Of all seconds, in per cent; rounded, 0 while nobody has spoken."""
        return round(100 * share.seconds / self.seconds) if self.seconds else 0


def fairness_of(sitting: Sitting, now: datetime | None = None, turns: Sequence[Turn] | None = None) -> Fairness:
    """The figures of a sitting, while it goes on and afterwards: whoever speaks at `now` is counted up to it."""
    moment = now or timezone.now()
    parties = sorted(sitting.matter.parties.all(), key=lambda party: party.ordinal)
    seats = Seat.objects.filter(matter=sitting.matter_id).exclude(role__in=UNCOUNTED).select_related("person", "party")
    came = set(sitting.presences.values_list("seat", flat=True))
    seated = [seat for seat in seats if seat.ended_on is None or seat.pk in came]
    spent: dict[UUID, float] = {}
    for turn in turns_of(sitting) if turns is None else turns:
        if turn.began_at is not None:
            lasted = ((turn.ended_at or moment) - turn.began_at).total_seconds()
            spent[turn.seat_id] = spent.get(turn.seat_id, 0) + max(0, lasted)

    towards = Counter(sitting.interventions.filter(seat__isnull=False).values_list("seat", flat=True))

    def share(name: str, of: Iterable[Seat]) -> Share:
        keys = [seat.pk for seat in of]
        return Share(
            name,
            len(keys),
            sum(key in came for key in keys),
            sum(key in spent for key in keys),
            round(sum(spent.get(key, 0) for key in keys)),
            sum(towards[key] for key in keys),
        )

    by_party = [share(party.name, (seat for seat in seated if seat.party_id == party.pk)) for party in parties]
    by_sex = [
        share(str(label), (seat for seat in seated if seat.sex == value and seat.pk in came))
        for value, label in Seat.Sex.choices
    ]
    return Fairness(
        tuple(by_party),
        tuple(by_sex),
        tuple(seat for seat in seated if seat.pk in came and seat.pk not in spent),
        round(sum(spent.values())),
    )
