"""A sitting with hundreds of seats, opened, with one statement: what `deliberation` sends stances to."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from .measure import Client


@dataclass
class Room:
    path: str
    state_path: str
    statement: Any
    accounts: list[Any]
    chair: Client

    def fields(self, number: int, value: str) -> dict[str, str]:
        """What a phone sends for one stance: an act id of its own, the statement, the answer."""
        from yishi.kit.ids import uuid7

        return {"act_id": str(uuid7()), "statement": str(self.statement.pk), "value": value}

    def reads(self, body: bytes) -> int:
        """How many stances the chair's count shows."""
        import json

        counts = json.loads(body)["counts"].get(str(self.statement.pk), {})
        return sum(counts.values())


def make_room(actor: Any, province: Any, people: int) -> Room:
    """Seats for `people` persons of two parties; everybody is here; one statement is open."""
    from django.db import transaction
    from django.urls import reverse
    from django.utils import timezone

    from yishi.database.reach import everything
    from yishi.deliberation.models import Matter, Seat, Sitting, Statement
    from yishi.deliberation.services import matters, roll, seats, sittings, stances
    from yishi.organisations.models import Place
    from yishi.people.models import Account, Person

    from .deliberation import signed_in

    with everything(), transaction.atomic():
        home = Place.objects.get(code="532323")
        matter = Matter.objects.filter(place__lo__gte=home.lo, place__lo__lte=home.hi, state="open").first()
        matter = matter or Matter.objects.filter(state="open").first()
        parties = []
        for name in ("村民", "经营者"):
            receipt = matters.party_add(actor=actor, matter=matter, name=name)
            parties.append(matter.parties.get(pk=receipt.result["party"]))
        accounts = []
        for number in range(people):
            person = Person.objects.create(name=f"演示{number}")
            account = Account.objects.create(username=f"seat{number}", person=person, password="!")
            accounts.append(account)
            seats.seat_fill(
                actor=actor,
                matter=matter,
                person=person,
                role="party",
                filled_by="invitation",
                party=parties[number % 2],
                accepted=True,
            )
        chair = Person.objects.create(name="演示主持")
        given = {"role": "chair", "filled_by": "invitation", "accepted": True}
        receipt = seats.seat_fill(actor=actor, matter=matter, person=chair, **given)
        chair_seat = Seat.objects.get(pk=receipt.result["seat"])
        seats.interests_declare(actor=actor, seat=chair_seat, interests="无")
        receipt = sittings.sitting_plan(
            actor=actor, matter=matter, starts_at=timezone.now() + timedelta(hours=1), where="礼堂", quorum=10
        )
        sitting = Sitting.within.get(pk=receipt.result["sitting"])
        for seat in Seat.objects.filter(matter=matter):
            roll.presence_arrive(actor=actor, sitting=sitting, seat=seat)
        sittings.sitting_open(actor=actor, sitting=sitting)
        receipt = stances.statement_add(actor=actor, sitting=sitting, text="租金缓交半年", by_staff=True)
    return Room(
        path=reverse("room_stance", args=[sitting.pk]),
        state_path=reverse("sitting_state", args=[sitting.pk]),
        statement=Statement.objects.get(pk=receipt.result["statement"]),
        accounts=accounts,
        chair=signed_in(province.clerks["532323"]),
    )
