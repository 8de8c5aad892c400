"""Who sits: seats filled by office, nomination, invitation or draw; answers, replacement, recusal."""

from collections import Counter
from collections.abc import Mapping
from uuid import UUID

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.database.words import Words
from yishi.deliberation.models import Matter, Party, Presence, Seat, Sitting
from yishi.deliberation.process.schema import read_document
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.notices.services import tell
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Member, valid_on
from yishi.organisations.query_codes import code_for_act, code_issue, codes_revoke
from yishi.organisations.rights import may, permit
from yishi.people.models import Account, Person
from yishi.people.services import Newcomer, person_in, person_phone, person_sent

from .course import matter_move_on
from .room import tell_of_sitting
from .studies import open_matter

HOW = Words("how", 300, _("Please write how they declared it: on paper, by phone, on which day."))
INTERESTS = Words("interests", 500, _("Please write the interests, or “none”."))
RECUSAL_NOTE = Words("recusal_note", 500)
WHY = Words("reason", 300, _("Please write why, in a few words."))
SUBSTITUTE = Words("substitute", 64)
INTEREST = Words("reason", 300, _("Please write which interest it is."))

VERBS: Mapping[str, Mapping[str, str]] = {
    Seat.State.INVITED: {
        "accept": Seat.State.ACCEPTED,
        "decline": Seat.State.DECLINED,
        "replace": Seat.State.REPLACED,
        "recuse": Seat.State.RECUSED,
        "take_back": Seat.State.MISTAKEN,
    },
    Seat.State.ACCEPTED: {
        "decline": Seat.State.DECLINED,
        "replace": Seat.State.REPLACED,
        "recuse": Seat.State.RECUSED,
        "take_back": Seat.State.MISTAKEN,
    },
    Seat.State.DECLINED: {},
    Seat.State.REPLACED: {},
    Seat.State.RECUSED: {},
    Seat.State.MISTAKEN: {},
}
# Classes of seats for members of the consultative committee, as the shipped models call them.
MEMBER_CLASSES = frozenset({"member", "members"})
ENDS = (Seat.State.DECLINED, Seat.State.REPLACED, Seat.State.RECUSED, Seat.State.MISTAKEN)


def _check_role(matter: Matter, person: Person, role: str, party: Party | None) -> None:
    """Refuse a seat that the person holds, a second chair, a party of another matter, one too many or too few."""
    if party is not None and party.matter_id != matter.pk:
        raise Refusal("seat.other_party", _("This party does not belong to the matter."), field="party")
    live = Seat.objects.filter(matter=matter, ended_on__isnull=True)
    if live.filter(person=person, role=role).exists():
        raise Refusal("seat.held", _("This person holds this seat already and was invited."), field="person")
    if role == Seat.Role.CHAIR and live.filter(role=role).exists():
        raise Refusal("seat.chair", _("There is a chair already. Replace that one first."), field="role")
    if role == Seat.Role.PARTY and party is None:
        raise Refusal("seat.no_party", _("Please say for which party this person sits."), field="party")
    if role == Seat.Role.CHAIR and party is not None:
        raise Refusal("seat.chair_party", _("The chair is neutral and sits for no party."), field="party")


def seat_fill(
    *,
    actor: Viewer,
    matter: Matter,
    person: Person | Newcomer,
    role: str = "",
    filled_by: str = "",
    seat_class: str = "",
    party: Party | None = None,
    body: Body | None = None,
    accepted: bool = False,
    draw_id: UUID | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Give somebody a seat and invite them: only them; nobody who holds a seat is invited again.

    A role and a way to the seat that are not said follow the class. `accepted` for who sits by office or said so in
    person. Raises Refusal for nobody, a full class, a seat held already, a second chair, a former member in the
    members' class, a party's seat without its party.
    """
    by = permit("seat.run", actor, matter)
    body_sent = {
        "matter": matter.pk,
        "person": person_sent(person),
        "role": role,
        "filled_by": filled_by,
        "class": seat_class,
        "party": party.pk if party else None,
        "body": body.pk if body else None,
        "accepted": accepted,
        "draw": draw_id,
    }
    with act("deliberation.seat.fill", actor=by, act_id=act_id, body=body_sent) as this:
        if this.replayed:
            return this.receipt
        matter = open_matter(matter)
        seat = _seat_made(
            this,
            matter,
            person,
            role=role,
            filled_by=filled_by,
            seat_class=seat_class,
            party=party,
            body=body,
            accepted=accepted,
            draw_id=draw_id,
        )
        if not accepted:
            _tell_seat(seat, "seat.invited", "invited")
        tell_of_sitting(seat)
        matter_move_on(matter, by=this.actor, caused_by=this.id)
    return this.receipt


def seat_newcomer(this: Act, matter: Matter, person: Person | Newcomer, *, role: str, party: Party | None) -> Seat:
    """A seat for somebody who came without an invitation, within the act that lets them into the room."""
    return _seat_made(this, matter, person, role=role, party=party, accepted=True)


def _seat_made(
    this: Act,
    matter: Matter,
    person: Person | Newcomer,
    *,
    role: str,
    filled_by: str = "",
    seat_class: str = "",
    party: Party | None = None,
    body: Body | None = None,
    accepted: bool = False,
    draw_id: UUID | None = None,
) -> Seat:
    person = _seated(this, person)
    role, filled_by = _as_its_class(matter, seat_class, role, filled_by)
    _check_choices(role, filled_by)
    seat_class = seat_class or _class_of_role(matter, role)
    _check_class(matter, seat_class)
    _check_member(matter, seat_class, person, is_for_somebody=bool(party or body))
    _check_role(matter, person, role, party)
    seat = Seat.objects.create(
        matter=matter,
        seat_class=seat_class,
        person=person,
        party=party,
        body=body,
        role=role,
        filled_by=filled_by,
        draw_id=draw_id,
        state=Seat.State.ACCEPTED if accepted else Seat.State.INVITED,
        started_on=timezone.localdate(),
    )
    this.entry(
        subject=("matter", matter.pk),
        code="deliberation.seat.fill",
        place=matter.place_id,
        dims={"role": role, "filled_by": filled_by},
        quantities={"seats": 1},
        data={"seat": seat.pk, "class": seat_class},
    )
    this.result(seat=seat.pk)
    return seat


def seat_invite_again(*, actor: Viewer, seat: Seat, act_id: UUID | None = None) -> Receipt:
    """Invite once more somebody who has not answered: that person, nobody else."""
    by = permit("seat.run", actor, seat.matter)
    with act("deliberation.seat.invite_again", actor=by, act_id=act_id, body={"seat": seat.pk}) as this:
        if this.replayed:
            return this.receipt
        row = locked_seat(seat)
        if row.state != Seat.State.INVITED:
            raise WrongStage(
                "seat.answered",
                _("This seat is “%(state)s” already. Reload the page.") % {"state": row.get_state_display()},
            )
        _tell_seat(row, "seat.invited", str(this.id))
        this.entry(subject=("matter", row.matter_id), place=row.matter.place_id, data={"seat": row.pk})
        this.result(seat=row.pk)
    return this.receipt


def seat_code(*, actor: Viewer, seat: Seat, act_id: UUID | None = None) -> Receipt:
    """The code of the seat of somebody without an account; `receipt.query_code`. Made anew, the one before is dead.

    It opens this seat and nothing else; the code on the receipt of what they raised opens no seat: a paper that lies
    about does not vote.
    """
    by = permit("seat.run", actor, seat.matter)
    with act("deliberation.seat.code", actor=by, act_id=act_id, body={"seat": seat.pk}) as this:
        if not this.replayed:
            row = locked_seat(seat)
            if row.state in ENDS:
                raise WrongStage("seat.ended", _("This seat is not held any more."))
            if Account.objects.filter(person=row.person_id).exists():
                raise Refusal("seat.account", _("This person signs in with an account; a code is not needed."))
            codes_revoke(row.person, seat_in=row.matter_id)
            code_issue(row.person, code_for_act(this.id), seat_in=row.matter_id)
            this.entry(subject=("matter", row.matter_id), place=row.matter.place_id, data={"seat": row.pk})
            this.result(seat=row.pk)
    this.receipt.query_code = code_for_act(this.id)
    return this.receipt


def seat_answer(
    *,
    actor: Viewer,
    seat: Seat,
    accepts: bool,
    reason: str = "",
    substitute: str = "",
    substitute_phone: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """The invited person (or the desk, for who answered by phone) accepts or declines, declining with a reason and, if
    they know one, the name of somebody who could come instead: the desk decides whom it invites."""
    by = permit("seat.answer", actor, seat)
    body = {"seat": seat.pk, "accepts": accepts, "reason": reason}
    body |= {"substitute": [substitute, substitute_phone]} if substitute else {}
    with act("deliberation.seat.answer", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_seat(seat)
        if accepts and row.state == Seat.State.ACCEPTED:
            raise WrongStage("seat.accepted", _("The invitation was accepted already."))
        said = WHY.kept(reason) if not accepts else ""
        if not accepts and (name := SUBSTITUTE.kept(substitute)):
            phone = person_phone(substitute_phone)
            Seat.objects.filter(pk=row.pk).update(substitute=name, substitute_phone=phone)
        turn_seat(this, row, "accept" if accepts else "decline", said)
    return this.receipt


def seat_replace(
    *, actor: Viewer, seat: Seat, person: Person | Newcomer, reason: str, act_id: UUID | None = None
) -> Receipt:
    """Somebody else takes the seat; both and the reason stay on the record. Result: the new seat."""
    by = permit("seat.run", actor, seat.matter)
    body = {"seat": seat.pk, "person": person_sent(person), "reason": reason}
    with act("deliberation.seat.replace", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_seat(seat)
        turn_seat(this, row, "replace", WHY.kept(reason))
        receipt = seat_fill(
            actor=actor,
            matter=row.matter,
            person=person,
            role=row.role,
            filled_by=row.filled_by,
            seat_class=row.seat_class,
            party=row.party,
            body=row.body,
            draw_id=row.draw_id,
            act_id=this.child(),
        )
        this.result(seat=receipt.result["seat"])
    return this.receipt


def seat_recuse(*, actor: Viewer, seat: Seat, reason: str, act_id: UUID | None = None) -> Receipt:
    """Somebody steps back because of an interest (回避); the reason stays on the record."""
    by = permit("seat.answer", actor, seat)
    body = {"seat": seat.pk, "reason": reason}
    with act("deliberation.seat.recuse", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        turn_seat(this, locked_seat(seat), "recuse", INTEREST.kept(reason))
    return this.receipt


def interests_declare(
    *,
    actor: Viewer,
    seat: Seat,
    interests: str,
    recusal_note: str = "",
    how: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """The chair (or whoever sits) declares interests; "none" is a declaration too.

    It is their own word. Whoever runs the matter may write it down for them (代记), with `how` they declared it: it
    names its writer, they are told, and what they declared themselves is not written over.
    A recusal note says why somebody of an obligated body may chair all the same.
    """
    is_own = may("seat.declare", actor, seat) is not None
    by = permit("seat.declare" if is_own else "seat.run", actor, seat)
    body = {"seat": seat.pk, "interests": interests, "note": recusal_note, **({} if is_own else {"how": how})}
    with act("deliberation.seat.declare", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_seat(seat)
        if row.state in ENDS:
            raise WrongStage("seat.ended", _("This seat is not held any more."))
        if not is_own and row.interests_declared_at is not None and row.interests_by_id is None:
            raise WrongStage("interests.own", _("They have declared their interests themselves; only they change it."))
        row.interests = INTERESTS.kept(interests)
        row.interests_declared_at = this.now
        row.recusal_note = RECUSAL_NOTE.kept(recusal_note)
        row.interests_by = None if is_own else actor.person
        row.interests_how = "" if is_own else HOW.kept(how)
        row.save(update_fields=["interests", "interests_declared_at", "recusal_note", "interests_by", "interests_how"])
        data = {"seat": row.pk, "recusal_note": bool(row.recusal_note), "own": is_own}
        this.entry(subject=("matter", row.matter_id), place=row.matter.place_id, data=data)
        if not is_own:
            tell(
                person=row.person,
                code="seat.declared_for",
                params={"number": row.matter.number},
                subject=("matter", row.matter_id),
                once=f"seat.declared_for/{this.id}",
                channels=("app", "sms"),
            )
        this.result(seat=row.pk)
        matter_move_on(row.matter, by=this.actor, caused_by=this.id)
    return this.receipt


def _seated(this: Act, person: Person | Newcomer) -> Person:
    """Who is to sit, written down where they are new."""
    if isinstance(person, Newcomer) and not person.name.strip():
        raise Refusal("seat.nobody", _("Choose somebody from the list, or write a name."), field="who")
    return person_in(this, person)


def _as_its_class(matter: Matter, seat_class: str, role: str, filled_by: str) -> tuple[str, str]:
    """The role and the way to the seat, as the class says where they are left open."""
    seat_type = read_document(matter.process.document).seat(seat_class) if seat_class else None
    if seat_type is None:
        return role, filled_by or Seat.FilledBy.INVITATION
    return role or seat_type.role, filled_by or seat_type.filled_by


def _class_of_role(matter: Matter, role: str) -> str:
    """The code of the model's first class of this role that has room; empty if there is no such class."""
    live = Seat.objects.filter(matter=matter, ended_on__isnull=True)
    held = Counter(live.values_list("seat_class", flat=True))
    for seat_type in read_document(matter.process.document).seats:
        if (
            seat_type.role == role
            and seat_type.code not in MEMBER_CLASSES
            and (not seat_type.max or held[seat_type.code] < seat_type.max)
        ):
            return seat_type.code
    return ""


def _check_choices(role: str, filled_by: str) -> None:
    if role not in Seat.Role.values:
        raise Refusal("seat.role", _("Please choose what this person is there for."), field="role")
    if filled_by not in Seat.FilledBy.values:
        raise Refusal("seat.filled_by", _("Please say how this person came to the seat."), field="filled_by")


def _check_class(matter: Matter, seat_class: str) -> None:
    if not seat_class:
        return
    model = read_document(matter.process.document)
    seat_type = model.seat(seat_class)
    if seat_type is None:
        raise Refusal("seat.class", _("This model has no such class of seats."), field="seat_class")
    held = Seat.objects.filter(matter=matter, seat_class=seat_class, ended_on__isnull=True).count()
    if seat_type.max and held >= seat_type.max:
        raise Refusal(
            "seat.full",
            _("“%(name)s” has %(max)d seats at most, and all are held.")
            % {"name": seat_type.name, "max": seat_type.max},
            field="seat_class",
        )


def _check_member(matter: Matter, seat_class: str, person: Person, *, is_for_somebody: bool) -> None:
    """Who is invited as a member sits today. A former one may still come for a party or a body."""
    ever = Member.objects.filter(person=person)
    if ever.filter(valid_on(timezone.localdate())).exists():
        return
    if seat_class in MEMBER_CLASSES or (ever.exists() and not is_for_somebody):
        raise Refusal(
            "seat.former_member",
            _("This person is no sitting member and is not invited as one. Name the party or body they come for."),
            field="person",
        )


def locked_seat(seat: Seat) -> Seat:
    """The seat with its matter, locked until the act ends."""
    seats = Seat.objects.select_for_update(of=("self",))
    return seats.select_related("matter__process", "matter__place", "matter__convener", "party", "body").get(pk=seat.pk)


def turn_seat(this: Act, seat: Seat, verb: str, reason: str) -> None:
    """Take the seat to the state that `verb` leads to, enter it, and tell the convener where it ends. Refused where the
    seat stands in a state that knows no such verb."""
    following = VERBS[seat.state].get(verb)
    if following is None:
        raise WrongStage(
            "seat.wrong_state",
            _("This seat is “%(state)s” already. Reload the page.") % {"state": seat.get_state_display()},
        )
    seat.state, seat.reason = following, reason
    if following in ENDS:
        seat.ended_on = timezone.localdate(this.at)
        _leave_the_room(this, seat, reason)
    seat.save(update_fields=["state", "reason", "ended_on"])
    this.entry(
        subject=("matter", seat.matter_id), place=seat.matter.place_id, data={"seat": seat.pk, "state": following}
    )
    this.result(seat=seat.pk)
    if following in ENDS and following != Seat.State.MISTAKEN:
        tell(
            body_id=seat.matter.convener_id,
            code=f"seat.{following}",
            params={"number": seat.matter.number},
            subject=("matter", seat.matter_id),
            once=f"seat.{following}/{seat.pk}",
        )


def _leave_the_room(this: Act, seat: Seat, reason: str) -> None:
    """Whose seat ends while they are in the room is out of it: their interval ends, with the reason."""
    for presence in Presence.objects.filter(seat=seat, left_at__isnull=True):
        presence.left_at, presence.left_why = max(this.at, presence.arrived_at), reason
        presence.save(update_fields=["left_at", "left_why"])
        Sitting.within.filter(pk=presence.sitting_id).update(version=F("version") + 1)


def _tell_seat(seat: Seat, code: str, once: str) -> None:
    tell(
        person=seat.person,
        code=code,
        params={"number": seat.matter.number, "title": seat.matter.title},
        subject=("matter", seat.matter_id),
        once=f"{code}/{seat.pk}/{once}",
        channels=("app", "sms"),
    )
