"""Who tells the story: a cast by key, a clock that only goes forward, and one way to do an act."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from yishi.deliberation.models import Matter, Worry
from yishi.journal.models import Receipt
from yishi.kit.clock import add_workdays
from yishi.organisations.grants import Viewer, system, viewer_of
from yishi.organisations.models import Body, Place, QueryCode, Venue
from yishi.people.models import Person

from .story_time import story_time

BETWEEN = timedelta(minutes=7)  # two acts of one morning
MORNING = time(9, 10)


@dataclass
class Cast:
    """Everybody and everything of the story, by key."""

    places: dict[str, Place] = field(default_factory=dict)  # by code
    bodies: dict[str, Body] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    venues: dict[str, Venue] = field(default_factory=dict)


class Teller:
    """`teller.does("clerk", worry_answer, worry=…)` at the teller's own time, which `wait` moves on."""

    def __init__(self, cast: Cast, today: date):
        self.cast = cast
        self.today = today
        self.moment = timezone.now()

    def go_to(self, day: date, at: time = MORNING) -> None:
        """Continue the story on the morning of `day`."""
        self.moment = timezone.make_aware(datetime.combine(day, at))

    def back(self, workdays: int) -> None:
        """Continue the story on the morning of so many working days before today."""
        self.go_to(add_workdays(self.today, -workdays))

    def wait(self, workdays: int) -> None:
        """Let so many working days pass."""
        self.go_to(add_workdays(self.day, workdays))

    @property
    def day(self) -> date:
        return timezone.localdate(self.moment)

    def does(self, who: str | None, service: Callable[..., Receipt], /, **fields: Any) -> Receipt:
        """One act of `who` (a key of the cast; None: somebody without account; "system")."""
        with story_time(self.moment):
            receipt = service(actor=self.viewer(who), **fields)
        self.moment += BETWEEN
        return receipt

    def viewer(self, who: str | None) -> Viewer:
        if who is None:
            return Viewer()
        if who == "system":
            return system()
        person = self.cast.people[who]
        return viewer_of(person, QueryCode.objects.filter(person=person, revoked_at__isnull=True).first())


def matter_of(receipt: Receipt) -> Matter:
    matters = Matter.within.select_related("place", "convener__place", "process", "venue")
    return matters.get(pk=UUID(receipt.result["matter"]))


def worry_of(receipt: Receipt) -> Worry:
    worries = Worry.within.select_related("place", "convener", "desk", "raiser", "venue")
    return worries.get(pk=UUID(receipt.result["worry"]))
