"""In the room: statements one by one, where each seat stands, hand counts, and the floor that every party shares."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from yishi.common_ground.floor import Counts, Ground, Said, floor
from yishi.database.words import Words
from yishi.deliberation.models import HandCount, Party, Presence, Seat, Sitting, Stance, Statement
from yishi.journal.act import act
from yishi.journal.models import Entry, Receipt
from yishi.journal.moved import Watch
from yishi.kit.errors import Refusal, WrongStage
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit

from .room import here_that_count, locked_sitting, next_state, quorum_now, touch

MINORITY_NOTE = Words("minority_note", 500)
CONDITION = Words("condition", 300)
REASON = Words("reason", 300)
TEXT = Words("text", 300, _("Please write one short sentence on which people can say where they stand."))

UNCOUNTED = (Seat.Role.OBSERVER, Seat.Role.CHAIR)  # no hand of theirs stands for a party
NO_PARTY = "-"  # people in the room who sit for no party
# What a stance reads of its statement: hundreds are taken at once, and long texts are not carried along.
NEEDED = ("is_open", "sitting__state", "sitting__matter__place")


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
        watch.row(row, "is_open", "minority_note", "present", "quorum")
        row.is_open, row.minority_note = False, MINORITY_NOTE.kept(minority_note)
        row.present, row.quorum = present, quorum
        row.save(update_fields=["is_open", "minority_note", "present", "quorum"])
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
    act_id: UUID | None = None,
) -> Receipt:
    """Where a seat stands: said by the person, or recorded for the room by the secretary's desk.

    The same stance again changes nothing; another one replaces it while the statement is open, and the journal
    reverses the first. The chair has no stance. It takes no lock on sitting or statement: hundreds may speak at once.
    """
    by = permit("stance.take", actor, seat)
    body = {"statement": statement.pk, "seat": seat.pk, "value": value, "condition": condition, "reason": reason}
    with act("deliberation.stance.take", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = Statement.objects.select_related("sitting__matter").only(*NEEDED).get(pk=statement.pk)
        _check_stance(row, seat, value, condition)
        position = {
            "value": value,
            "condition": CONDITION.kept(condition),
            "reason": REASON.kept(reason),
        }
        fields = {**position, "party_id": seat.party_id, "recorded_by": actor.person, "at": this.now}
        try:
            with transaction.atomic():
                stance = Stance.objects.create(statement=row, seat=seat, **fields)
        except IntegrityError:  # stood there already
            stance = Stance.objects.select_for_update().get(statement=row, seat=seat)
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
    unseated: bool = False,
    act_id: UUID | None = None,
) -> Receipt:
    """A show of hands, of one party or of the whole room; counted again, it replaces the first count. More hands in the
    whole room than seats that are here: only where whoever counts says that others raised theirs too (`unseated`)."""
    by = permit("sitting.run", actor, statement.sitting.matter)
    counts = {"agree": agree, "object": object, "abstain": abstain, "conditional": conditional}
    body = {"statement": statement.pk, "party": party.pk if party else None, **counts}
    body |= {"unseated": True} if unseated else {}
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
        HandCount.objects.update_or_create(
            statement=row, party=party, defaults={**counts, "at": this.now, "counted_by": actor.person}
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
    single stances of its people; conditions that they named stay listed. Observers speak, and do not count;
    nor does who stepped back because of an interest.
    A statement that was withdrawn is not among them.
    """
    statements = list(sitting.statements.filter(withdrawn_at__isnull=True).select_related("party"))
    parties = {str(party.pk): party.name for party in sitting.matter.parties.all()}
    said: list[Said] = []
    hands = list(HandCount.objects.filter(statement__in=statements, party__isnull=False))
    counted = {(hand.statement_id, hand.party_id) for hand in hands}
    counted_stances = Stance.objects.filter(statement__in=statements).exclude(seat__role=Seat.Role.OBSERVER)
    counted_stances = counted_stances.exclude(seat__state=Seat.State.RECUSED)  # what they said before they stepped back
    stances = counted_stances.values_list("statement", "party", "value", "condition")
    for statement_id, party_id, value, condition in stances:
        key = str(party_id) if party_id else NO_PARTY
        weight = 0 if (statement_id, party_id) in counted else 1
        said.append(Said(str(statement_id), key, value, condition, weight))
    for hand in hands:
        numbers = {"agree": hand.agree, "object": hand.object, "pass": hand.abstain, "conditional": hand.conditional}
        said += [
            Said(str(hand.statement_id), str(hand.party_id), value, count=number) for value, number in numbers.items()
        ]
    if any(stance.party == NO_PARTY for stance in said):
        parties[NO_PARTY] = _now("others in the room")
    grounds = floor([str(statement.pk) for statement in statements], list(parties), said)
    return [
        (statement, ground, [(parties[key], counts) for key, counts in ground.by_party.items()])
        for statement, ground in zip(statements, grounds, strict=True)
    ]


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
