"""Ways back from what was entered by mistake before and in the room: a seat, a name, a tick, a statement.

Each leaves its trace: what was entered stays in the journal, and with the reason on the page where it stood.
"""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.database.words import Words
from yishi.deliberation.models import BallotVoter, Minutes, Seat, Sitting, Stance, Statement
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Member, Post
from yishi.organisations.rights import permit
from yishi.people.models import Account, Person
from yishi.people.services import person_name, person_rewrite

from .course import matter_move_on
from .room import enter, locked_sitting, quorum_of, save, touch
from .seats import locked_seat, turn_seat

REASON = Words("reason", 300, _("Please write why, in a few words."))


def seat_take_back(*, actor: Viewer, seat: Seat, reason: str, act_id: UUID | None = None) -> Receipt:
    """Take back a seat that was entered by mistake, or twice. Whoever was in the room steps back instead. Result:
    seat."""
    by = permit("seat.run", actor, seat.matter)
    body = {"seat": seat.pk, "reason": reason}
    with act("deliberation.seat.take_back", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_seat(seat)
        if row.presences.exists():
            raise WrongStage(
                "seat.was_here", _("This person was in the room: the seat stays on the record. They may step back.")
            )
        turn_seat(this, row, "take_back", REASON.kept(reason))
        matter_move_on(row.matter, by=this.actor, caused_by=this.id)
    return this.receipt


def seat_rename(*, actor: Viewer, seat: Seat, name: str, act_id: UUID | None = None) -> Receipt:
    """Correct the name of somebody who is known by this matter's seats alone; how it was written stays beside it.

    Raises `Refusal` for whoever has an account, a post or a membership, or is on the register: these correct the name
    where it stands. Result: seat.
    """
    by = permit("seat.run", actor, seat.matter)
    with act("deliberation.seat.rename", actor=by, act_id=act_id, body={"seat": seat.pk, "name": name}) as this:
        if this.replayed:
            return this.receipt
        row = locked_seat(seat)
        known_as = row.person.name
        if person_name(name) == known_as:
            raise Refusal("seat.same_name", _("The name is written like this already."), field="name")
        if is_known_elsewhere(row.person, row.matter_id):
            raise Refusal(
                "seat.known",
                _("This person is known elsewhere too. Have the name corrected there, or replace the seat."),
                field="name",
            )
        person_rewrite(by=this.actor, person=row.person, name=name, act_id=this.child())
        Seat.objects.filter(person=row.person, matter=row.matter, written_as="").update(written_as=known_as)
        this.entry(subject=("matter", row.matter_id), place=row.matter.place_id, data={"seat": row.pk})
        this.result(seat=row.pk)
    return this.receipt


def is_known_elsewhere(person: Person, matter: UUID) -> bool:
    """Is somebody known by more than the seats of one matter?"""
    return (
        Account.objects.filter(person=person).exists()
        or Post.objects.filter(person=person).exists()
        or Member.objects.filter(person=person).exists()
        or hasattr(person, "resident")
        or Seat.objects.filter(person=person).exclude(matter=matter).exists()
    )


def presence_take_back(*, actor: Viewer, sitting: Sitting, seat: Seat, act_id: UUID | None = None) -> Receipt:
    """Take back a tick: this person has not come. Who has said where they stand was here, and leaves instead."""
    by = permit("sitting.run", actor, sitting.matter)
    body = {"sitting": sitting.pk, "seat": seat.pk}
    with act("deliberation.presence.take_back", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(sitting)
        if not row.calls_roll:
            raise WrongStage("sitting.over", _("The sitting is over; who was here stands in its minutes."))
        presence = row.presences.filter(seat=seat).order_by("-arrived_at").first()
        if presence is None:
            raise WrongStage("presence.gone", _("This person is not marked as here."))
        if Stance.objects.filter(statement__sitting=row, seat=seat).exists():
            raise WrongStage("presence.spoke", _("This person has said where they stand. Mark that they leave."))
        if BallotVoter.objects.filter(ballot__sitting=row, seat=seat).exists():
            raise WrongStage("presence.on_roll", _("This person stands on the roll of a ballot. Mark that they leave."))
        at_opening = row.opened_at is not None and presence.arrived_at <= row.opened_at
        if at_opening and seat.role == Seat.Role.CHAIR:
            raise WrongStage("presence.chair", _("The chair opened the sitting and was here."))
        if at_opening and seat.role != Seat.Role.OBSERVER:
            left = (row.present_at_opening or 0) - 1
            if left < (row.quorum if row.quorum_by_hand else quorum_of(row.matter)):
                raise WrongStage(
                    "presence.quorum",
                    _("Without this person the sitting had no quorum when it opened. Close it and plan another."),
                )
            row.present_at_opening = left
        gone = presence.pk
        presence.delete()
        save(row, "present_at_opening")
        enter(this, row, seat=seat.pk, presence=gone)
    return this.receipt


def presence_stay(*, actor: Viewer, sitting: Sitting, seat: Seat, act_id: UUID | None = None) -> Receipt:
    """Take back that somebody left: they are still in the room. While the sitting is open, and they have not come
    again since."""
    by = permit("sitting.run", actor, sitting.matter)
    body = {"sitting": sitting.pk, "seat": seat.pk}
    with act("deliberation.presence.stay", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(sitting)
        if not row.calls_roll:
            raise WrongStage("sitting.over", _("The sitting is over; who was here stands in its minutes."))
        presence = row.presences.filter(seat=seat).order_by("-arrived_at").first()
        if presence is None or presence.left_at is None:
            raise WrongStage("presence.here", _("This person is not marked as having left."))
        was = presence.left_at
        presence.left_at = None
        presence.save(update_fields=["left_at"])
        save(row)
        enter(this, row, seat=seat.pk, presence=presence.pk, left_at=was)
    return this.receipt


def statement_withdraw(*, actor: Viewer, statement: Statement, reason: str, act_id: UUID | None = None) -> Receipt:
    """Withdraw a statement: by the party that put it forward, or by whoever records the room. It stays in the minutes
    as withdrawn, with the reason; no stance on it counts. Result: statement."""
    by = permit("statement.withdraw", actor, statement)
    body = {"statement": statement.pk, "reason": reason}
    with act("deliberation.statement.withdraw", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        sitting = locked_sitting(statement.sitting)
        row = Statement.objects.select_for_update().get(pk=statement.pk)
        if row.withdrawn_at is not None:
            raise WrongStage("statement.withdrawn", _("This statement is withdrawn already."))
        if row.merged_into_id is not None:
            raise WrongStage("statement.merged", _("This statement is withdrawn or merged already. Reload the page."))
        if Minutes.objects.filter(sitting=sitting, issued_at__isnull=False).exists():
            raise WrongStage("minutes.issued", _("The minutes were issued; they do not change any more."))
        row.withdrawn_at, row.is_open = this.now, False
        row.withdrawn_reason = REASON.kept(reason)
        row.save(update_fields=["withdrawn_at", "withdrawn_reason", "is_open"])
        touch(sitting.pk)
        matter = sitting.matter
        this.entry(subject=("matter", matter.pk), place=matter.place_id, data={"statement": row.pk})
        this.result(statement=row.pk)
    return this.receipt
