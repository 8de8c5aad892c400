"""In the room: statements one by one, where each seat stands, hand counts, and the floor that every party shares."""

from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from yishi.common_ground.floor import Accepted, Counts, Ground, Said, floor, folded_spelling
from yishi.database.words import Words
from yishi.deliberation.models import ConditionAcceptance, HandCount, Party, Presence, Seat, Sitting, Stance, Statement
from yishi.journal.act import act
from yishi.journal.models import Entry, Receipt
from yishi.journal.moved import Watch
from yishi.kit.errors import Refusal, WrongStage
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit

from .asked import UNCOUNTED, seats_asked
from .room import here_that_count, locked_sitting, next_state, quorum_now, touch

MINORITY_NOTE = Words("minority_note", 500)
CONDITION = Words("condition", 300)
REASON = Words("reason", 300)
TEXT = Words("text", 300, _("Please write one short sentence on which people can say where they stand."))

Spoken = TypeVar("Spoken", Stance, HandCount)
NO_PARTY = "-"  # people in the room who sit for no party
# What a stance reads of its statement: hundreds are taken at once, and long texts are not carried along.
NEEDED = ("is_open", "edition", "sitting__state", "sitting__matter__place")


def statement_add(
    *,
    actor: Viewer,
    sitting: Sitting,
    text: str,
    party: Party | None = None,
    by_staff: bool = False,
    act_id: UUID | None = None,
) -> Receipt:
    """Put a statement to the room, in the words of a party, or labelled as written by staff. Result: statement."""
    by = permit("sitting.run", actor, sitting.matter)
    body = {"sitting": sitting.pk, "text": text, "party": party.pk if party else None, "staff": by_staff}
    with act("deliberation.statement.add", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(sitting)
        next_state(row, "state")
        if party is not None and party.matter_id != row.matter_id:
            raise Refusal("statement.party", _("This party does not belong to the matter."), field="party")
        statement = Statement.objects.create(
            sitting=row,
            ordinal=row.statements.count() + 1,
            text=TEXT.kept(text),
            party=party,
            by_staff=by_staff or party is None,
            at=this.now,
        )
        touch(row.pk)
        this.entry(
            subject=("matter", row.matter_id),
            place=row.matter.place_id,
            quantities={"statements": 1},
            data={"statement": statement.pk, "staff": statement.by_staff},
        )
        this.result(statement=statement.pk)
    return this.receipt


def statement_close(
    *,
    actor: Viewer,
    statement: Statement,
    minority_note: str = "",
    without_quorum: bool = False,
    act_id: UUID | None = None,
) -> Receipt:
    """Take no more stances on a statement: the room has decided, and what stayed disputed is kept in the minority's own
    words. Closing it asks for the quorum; below it, only where whoever closes it says that nothing was decided."""
    by = permit("sitting.run", actor, statement.sitting.matter)
    body = {"statement": statement.pk, "note": minority_note, **({"undecided": True} if without_quorum else {})}
    with act("deliberation.statement.close", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = Statement.objects.select_for_update().get(pk=statement.pk)
        if not row.is_open:
            raise WrongStage("statement.closed", _("This statement is closed already."))
        present, quorum = here_that_count(statement.sitting), quorum_now(statement.sitting)
        if present < quorum and not without_quorum and statement.sitting.state == Sitting.State.OPEN:
            raise Refusal(
                "statement.quorum",
                _(
                    "%(present)d are here, the quorum is %(quorum)d: nothing can be decided. Wait or take a recess; or "
                    "say that it is closed without a decision."
                )
                % {"present": present, "quorum": quorum},
                field="without_quorum",
            )
        watch = Watch()
        watch.row(row, "is_open", "minority_note", "present", "quorum", "closed_at")
        row.is_open, row.minority_note = False, MINORITY_NOTE.kept(minority_note)
        row.present, row.quorum, row.closed_at = present, quorum, this.now
        row.save(update_fields=["is_open", "minority_note", "present", "quorum", "closed_at"])
        watch.keep(this, ("statement", row.pk))
        touch(row.sitting_id)
        matter = statement.sitting.matter
        this.entry(subject=("matter", matter.pk), place=matter.place_id, data={"statement": row.pk})
        this.result(statement=row.pk)
    return this.receipt


def stance_take(
    *,
    actor: Viewer,
    statement: Statement,
    seat: Seat,
    value: str,
    condition: str = "",
    reason: str = "",
    way: str = "",
    only_new: bool = False,
    edition: int | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Where a seat stands: said by the person, or recorded for the room by the secretary's desk. `way` is how it came
    in; without it the grant says so: one's own seat by an account or by its code, else the desk. `only_new` refuses
    where the seat has said something already (`stance.quicker`). `edition` is the wording that was read: on another one
    nothing is said (`stance.reworded`).

    The same stance again changes nothing; another one replaces it while the statement is open, and the journal
    reverses the first. The chair has no stance. It takes no lock on sitting or statement: hundreds may speak at once.
    """
    by = permit("stance.take", actor, seat)
    body = {"statement": statement.pk, "seat": seat.pk, "value": value, "condition": condition, "reason": reason}
    body |= {"way": way} if way else {}
    body |= {"edition": edition} if edition is not None else {}
    with act("deliberation.stance.take", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = Statement.objects.select_related("sitting__matter").only(*NEEDED).get(pk=statement.pk)
        check_edition(row, edition)
        _check_stance(row, seat, value, condition)
        position = {
            "value": value,
            "condition": CONDITION.kept(condition),
            "reason": REASON.kept(reason),
        }
        fields = {
            **position,
            "party_id": seat.party_id,
            "recorded_by": actor.person,
            "at": this.now,
            "way": way or _way_of(actor, by.right_id == seat.pk),
        }
        try:
            with transaction.atomic():
                stance = Stance.objects.create(statement=row, seat=seat, edition=row.edition, **fields)
        except IntegrityError:  # stood there already
            if only_new:
                raise WrongStage("stance.quicker", _("This person has said it themselves meanwhile.")) from None
            stance = Stance.objects.select_for_update().get(statement=row, seat=seat, edition=row.edition)
            if all(getattr(stance, name) == value for name, value in position.items()):
                this.result(stance=stance.pk, same=True)
                return this.receipt
            said = Entry.objects.filter(code=this.code, subject_id=stance.pk)
            undone = said.filter(reverses_id__isnull=False).values("reverses_id")
            for before in said.filter(reverses_id__isnull=True).exclude(pk__in=undone):
                this.reverse(before)
            Stance.objects.filter(pk=stance.pk).update(**fields, changes=F("changes") + 1)
        this.entry(
            subject=("stance", stance.pk),
            place=row.sitting.matter.place_id,
            quantities={f"stances_{value}": 1},
            data={"statement": row.pk, "party": seat.party_id, "matter": row.sitting.matter_id},
        )
        this.result(stance=stance.pk)
    return this.receipt


def hands_count(
    *,
    actor: Viewer,
    statement: Statement,
    party: Party | None,
    agree: int,
    object: int,
    abstain: int,
    conditional: int = 0,
    condition: str = "",
    unseated: bool = False,
    act_id: UUID | None = None,
) -> Receipt:
    """A show of hands, of one party or of the whole room; counted again, it replaces the first count. Where hands of a
    party stand under a condition, it is written once for them, unless one of them has named it. More hands in the whole
    room than seats that are here: only where whoever counts says that others raised theirs too (`unseated`)."""
    by = permit("sitting.run", actor, statement.sitting.matter)
    counts = {"agree": agree, "object": object, "abstain": abstain, "conditional": conditional}
    body: dict[str, Any] = {"statement": statement.pk, "party": party.pk if party else None, **counts}
    body |= {"unseated": True} if unseated else {}
    body |= {"condition": condition} if condition else {}
    with act("deliberation.hands.count", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = Statement.objects.select_for_update(of=("self",)).select_related("sitting__matter").get(pk=statement.pk)
        if not row.is_open or row.sitting.state != Sitting.State.OPEN:
            raise WrongStage("statement.closed", _("This statement is closed; hands are not counted any more."))
        if party is not None and party.matter_id != row.sitting.matter_id:
            raise Refusal("statement.party", _("This party does not belong to the matter."), field="party")
        present = row.sitting.presences.filter(left_at__isnull=True).exclude(seat__role__in=UNCOUNTED)
        here = (present.filter(seat__party=party) if party else present).values("seat").distinct().count()
        if min(counts.values()) < 0 or sum(counts.values()) == 0:
            raise Refusal("hands.none", _("Please type how many hands were counted."), field="agree")
        if party is not None and sum(counts.values()) > here:
            raise Refusal(
                "hands.many",
                _("That is more hands than people of this party are here: %(count)d. Call the roll, or count again.")
                % {"count": here},
                field="agree",
            )
        if party is None and sum(counts.values()) > max(here, 1) * 50:
            raise Refusal(
                "hands.many", _("That is more hands than can be in this room. Please count again."), field="agree"
            )
        if party is None and sum(counts.values()) > here and not unseated:
            raise Refusal(
                "hands.unseated",
                _("%(hands)d hands, and %(count)d people with a seat are here. Did others raise theirs too?")
                % {"hands": sum(counts.values()), "count": here},
                field="unseated",
            )
        words = _condition_of(row, party, conditional, condition)
        HandCount.objects.update_or_create(
            statement=row,
            party=party,
            edition=row.edition,
            defaults={**counts, "condition": words, "at": this.now, "counted_by": actor.person},
        )
        touch(row.sitting_id)
        this.entry(
            subject=("matter", row.sitting.matter_id),
            place=row.sitting.matter.place_id,
            data={
                "statement": row.pk,
                "party": party.pk if party else None,
                **counts,
                **({"unseated": True} if unseated else {}),
            },
        )
        this.result(statement=row.pk)
    return this.receipt


def room_floor(sitting: Sitting) -> list[tuple[Statement, Ground, list[tuple[str, Counts]]]]:
    """Per statement: the statement, its ground, and (party's name, counts) in the order of the parties.

    Where the hands of a party were counted, the count stands for the whole party on that statement, instead of the
    single stances of its people; conditions that they named stay listed, and wait for nobody where no hand stands
    under one. Observers speak, and do not count;
    nor does who stepped back because of an interest. Silence of who is here is no assent, and a condition waits until
    the other parties have accepted it (decision 0044).
    A statement that was withdrawn, or merged into another one, is not among them; what was said on an earlier wording
    does not count.
    """
    standing = sitting.statements.filter(withdrawn_at__isnull=True, merged_into__isnull=True)
    statements = list(standing.select_related("party"))
    parties = {str(party.pk): party.name for party in sitting.matter.parties.all()}
    hands = list(current(HandCount.objects.filter(statement__in=statements, party__isnull=False)))
    counted = {(hand.statement_id, hand.party_id): hand for hand in hands}
    counted_stances = current(Stance.objects.filter(statement__in=statements)).exclude(seat__role=Seat.Role.OBSERVER)
    counted_stances = counted_stances.exclude(seat__state=Seat.State.RECUSED)  # what they said before they stepped back
    said: list[Said] = []
    outvoted: list[Said] = []  # conditions of a party whose hands stand under none
    here: dict[UUID, dict[str, set[UUID]]] = {
        key: _by_party(seats) for key, seats in seats_asked(sitting, statements).items()
    }
    for stance in counted_stances.only("statement", "party", "seat", "value", "condition").order_by("at"):
        key = str(stance.party_id) if stance.party_id else NO_PARTY
        hand_count = counted.get((stance.statement_id, stance.party_id))
        weight = 0 if hand_count else 1
        said.append(Said(str(stance.statement_id), key, stance.value, stance.condition, weight))
        outvoted += said[-1:] if hand_count and not hand_count.conditional else []
        here[stance.statement_id].setdefault(key, set()).add(stance.seat_id)  # who spoke and left was asked too
    for hand in hands:
        numbers = {"agree": hand.agree, "object": hand.object, "pass": hand.abstain, "conditional": hand.conditional}
        for value, number in numbers.items():
            condition = hand.condition if value == Stance.Value.CONDITIONAL else ""
            said.append(Said(str(hand.statement_id), str(hand.party_id), value, condition, number))
    if any(stance.party == NO_PARTY for stance in said):
        parties[NO_PARTY] = _now("others in the room")
    accepted = _accepted(statements)
    found = []
    for statement in statements:
        key = str(statement.pk)
        there = {party: len(seats) for party, seats in here[statement.pk].items()}
        on_it = [one for one in said if one.statement == key]
        # A condition waits for the parties alone: who sits for none is not asked.
        taken = [*accepted, *(Accepted(key, NO_PARTY, one.condition) for one in on_it if one.condition)]
        for gone in _outvoted(on_it, outvoted):
            taken += [Accepted(key, party, gone) for party in parties]
        asked: Any = {"here": there, "accepted": taken} if statement.asks_the_room else {}
        (ground,) = floor([key], list(parties), on_it, **asked)
        found.append((statement, ground, [(parties[name], counts) for name, counts in ground.by_party.items()]))
    return found


def _outvoted(said: list[Said], outvoted: list[Said]) -> list[str]:
    """The conditions that were named only by people of parties whose hands, counted later, stand under none."""
    standing = {folded_spelling(one.condition) for one in said if one not in outvoted}
    return [one.condition for one in said if one in outvoted and folded_spelling(one.condition) not in standing]


def _by_party(seats: list[Seat]) -> dict[str, set[UUID]]:
    """Who of each party is asked. Who sits for none may speak; their silence keeps nothing from being shared."""
    parties: dict[str, set[UUID]] = {}
    for seat in seats:
        if seat.party_id is not None:
            parties.setdefault(str(seat.party_id), set()).add(seat.pk)
    return parties


def _accepted(statements: list[Statement]) -> list[Accepted]:
    taken = ConditionAcceptance.objects.filter(statement__in=statements, edition=F("statement__edition"))
    rows = taken.values_list("statement", "party", "condition")
    return [Accepted(str(statement), str(party), condition) for statement, party, condition in rows]


def _condition_of(statement: Statement, party: Party | None, conditional: int, condition: str) -> str:
    """Under which condition hands of a party can live with it: written for them, or named by one of them."""
    words = CONDITION.kept(condition) if conditional else ""
    said = current(Stance.objects.filter(statement=statement, party=party, value=Stance.Value.CONDITIONAL))
    if conditional and party is not None and not words and not said.exists():
        raise Refusal(
            "hands.condition", _("Please write under which condition they can live with it."), field="condition"
        )
    return words


def current(rows: QuerySet[Spoken]) -> QuerySet[Spoken]:
    """Of stances or hands: those on the wording that stands now."""
    return rows.filter(edition=F("statement__edition"))


def check_edition(statement: Statement, edition: int | None) -> None:
    """Refuse what was said on a wording that another one has replaced meanwhile."""
    if edition is not None and edition != statement.edition:
        raise WrongStage(
            "stance.reworded", _("The wording has changed meanwhile. Read it again, then say where you stand.")
        )


def _way_of(actor: Viewer, is_own: bool) -> str:
    """How a stance came in, by the grant under which it was said."""
    if not is_own:
        return Stance.Way.DESK
    return Stance.Way.CODE if actor.query_code is not None else Stance.Way.PHONE


def _check_stance(statement: Statement, seat: Seat, value: str, condition: str) -> None:
    if value not in Stance.Value.values:
        raise Refusal("stance.value", _("Please choose one of the four answers."), field="value")
    if not statement.is_open or statement.sitting.state != Sitting.State.OPEN:
        raise WrongStage("statement.closed", _("This statement is closed; the count stands."))
    if seat.matter_id != statement.sitting.matter_id or seat.ended_on is not None:
        raise Refusal("stance.seat", _("This person holds no seat in this matter."), field="seat")
    if not Presence.objects.filter(sitting=statement.sitting_id, seat=seat).exists():
        raise Refusal(
            "stance.absent", _("This person is not marked as here. Please call the roll, then record it."), field="seat"
        )
    if seat.role == Seat.Role.CHAIR:
        raise Refusal("stance.chair", _("The chair is neutral and takes no stance."), field="seat")
    if value == Stance.Value.CONDITIONAL and not condition.strip():
        raise Refusal(
            "stance.condition", _("Please write under which condition you can live with it."), field="condition"
        )
    if value != Stance.Value.CONDITIONAL and condition.strip():  # else it would stand in no list and in no minutes
        raise Refusal(
            "stance.no_condition",
            _("A condition is written, and the answer is “%(answer)s”. Choose “%(if)s”, or take the condition out.")
            % {"answer": Stance.Value(value).label, "if": Stance.Value.CONDITIONAL.label},
            field="value",
        )
