"""The draw: the list's hash is published first; then come the numbers; then the order, which anybody can repeat."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.database.words import Words
from yishi.deliberation import draw as repeatable
from yishi.deliberation.models import Draw, Matter, Seat
from yishi.deliberation.process.schema import read_document
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.names import masked_name
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit
from yishi.people.models import Person
from yishi.people.services import Newcomer, person_in, person_sent

from .seats import seat_fill
from .studies import open_matter

PUBLIC_NUMBER = Words("public_number", 64, _("Please type the public number."))
NUMBER_SOURCE = Words("number_source", 200, _("Please name the public number, such as a lottery of a later day."))


def draw_publish(
    *,
    actor: Viewer,
    matter: Matter,
    seat_class: str,
    wanted: int,
    candidates: Iterable[Person | Newcomer],
    number_source: str,
    act_id: UUID | None = None,
) -> Receipt:
    """Publish the hash of the list, and which later public number will be used; who is not known yet is written down
    first, once for each name. Result: draw, list_hash."""
    by = permit("seat.run", actor, matter)
    candidates = list(candidates)
    newcomers = [candidate for candidate in candidates if isinstance(candidate, Newcomer)]
    known = {str(candidate.pk) for candidate in candidates if isinstance(candidate, Person)}
    body = {"matter": matter.pk, "class": seat_class, "wanted": wanted, "ids": sorted(known), "source": number_source}
    if newcomers:
        body["new"] = [person_sent(newcomer) for newcomer in newcomers]
    with act("deliberation.draw.publish", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        matter = open_matter(matter)
        if not candidates:
            raise Refusal("draw.empty", _("The list is empty. Choose people, or write names."), field="names")
        if wanted < 1:
            raise Refusal("draw.none", _("At least one seat must be drawn."), field="wanted")
        ids = sorted(known | {str(person_in(this, newcomer).pk) for newcomer in newcomers})
        if wanted > len(ids):
            raise Refusal(
                "draw.too_many",
                _("%(wanted)d are to be drawn, but the list has only %(have)d. Lengthen the list or draw fewer.")
                % {"wanted": wanted, "have": len(ids)},
                field="wanted",
            )
        if seat_class and read_document(matter.process.document).seat(seat_class) is None:
            raise Refusal("draw.class", _("This model has no such class of seats."), field="seat_class")
        sitting = Seat.objects.filter(
            matter=matter, person__in=[UUID(key) for key in ids], ended_on__isnull=True
        ).count()
        if sitting:
            raise Refusal(
                "draw.sits",
                _("%(count)d on the list hold a seat in this matter already. Take them off the list.")
                % {"count": sitting},
                field="candidates",
            )
        draw = Draw.objects.create(
            matter=matter,
            seat_class=seat_class,
            wanted=wanted,
            candidates=ids,
            list_hash=repeatable.list_hash(ids),
            number_source=NUMBER_SOURCE.kept(number_source),
            published_at=this.now,
        )
        this.entry(
            subject=("matter", matter.pk),
            place=matter.place_id,
            data={"draw": draw.pk, "list_hash": draw.list_hash, "wanted": wanted, "candidates": len(ids)},
        )
        this.result(draw=draw.pk, list_hash=draw.list_hash)
    return this.receipt


def draw_run(
    *,
    actor: Viewer,
    draw: Draw,
    public_number: str,
    party_numbers: Mapping[str, str],
    role: str = Seat.Role.REPRESENTATIVE,
    act_id: UUID | None = None,
) -> Receipt:
    """With the public number and one number of each party (by party id) the order stands; those drawn are invited."""
    by = permit("seat.run", actor, draw.matter)
    numbers = {str(key): str(value).strip() for key, value in party_numbers.items()}
    body = {"draw": draw.pk, "public": public_number, "parties": numbers}
    with act("deliberation.draw.run", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        matter = open_matter(draw.matter)
        drawn = Draw.objects.select_for_update().get(pk=draw.pk)
        if drawn.drawn_at is not None:
            raise WrongStage("draw.drawn", _("This draw was held already; its result stands."))
        drawn.public_number = PUBLIC_NUMBER.kept(public_number)
        lacking = [party.name for party in matter.parties.all() if not numbers.get(str(party.pk))]
        if lacking:
            raise Refusal(
                "draw.party_number",
                _("These parties have not given a number yet: %(names)s.") % {"names": "、".join(lacking)},
                field="party_numbers",
            )
        drawn.party_numbers = numbers
        drawn.seed = repeatable.seed_of(drawn.list_hash, drawn.public_number, numbers)
        drawn.order = repeatable.order_of(drawn.seed, drawn.candidates)
        drawn.drawn_at = this.now
        drawn.save()
        people = {str(person.pk): person for person in Person.within.filter(pk__in=drawn.order[: drawn.wanted])}
        for key in drawn.order[: drawn.wanted]:
            if Seat.objects.filter(matter=matter, person=key, role=role, ended_on__isnull=True).exists():
                continue  # came to the table in between; the draw's order stands all the same
            seat_fill(
                actor=actor,
                matter=matter,
                person=people[key],
                role=role,
                filled_by=Seat.FilledBy.DRAW,
                seat_class=drawn.seat_class,
                draw_id=drawn.pk,
                act_id=this.child(),
            )
        this.entry(subject=("matter", matter.pk), place=matter.place_id, data={"draw": drawn.pk, "seed": drawn.seed})
        this.result(draw=drawn.pk, seed=drawn.seed)
    return this.receipt


def draw_record(draw: Draw) -> dict[str, Any]:
    """The published record of a draw, with masked names: what `yishi draw-verify` repeats."""
    people = Person.within.filter(pk__in=draw.candidates).values_list("pk", "name")
    return repeatable.record(
        draw.candidates,
        draw.wanted,
        draw.number_source,
        draw.public_number,
        draw.party_numbers,
        draw.list_hash,
        {str(key): masked_name(name) for key, name in people},
    )
