"""Handing over (交接): somebody else helps from a day on. One pairing, or all that a helper has, in one act.

Each pairing that is handed over has two entries of its own and, among many, a receipt of its own: who reads one
family's history need not know how many came with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.pairing.models import Measure, Pairing
from yishi.assistance.register.hooks import households_changed
from yishi.commitments.models import Commitment
from yishi.database.words import Words
from yishi.journal.act import Act, act, parts_write
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.notices.days import day_said
from yishi.notices.services import tell
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, current
from yishi.organisations.rights import may, permit
from yishi.people.models import Person

from .pairing import (
    PairingRow,
    helpers_lock,
    pairing_enter,
    pairing_entry_fields,
    pairing_locked,
    pairing_new,
    pairing_problems,
    pairing_tell,
    sitting_among,
)

FOR_THE_SUCCESSOR = Words("note", 500, _("Write what the successor should know."), code="pairing.note")

HAND_OVER = "assistance.pairing.hand_over"
MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Preview:
    """What handing over would do: who goes over, who cannot and why, what stays with the predecessor."""

    over: list[Pairing]
    stay: list[tuple[Pairing, Refusal]]
    owed: int  # measures under way in these families that the predecessor promised in person


def pairings_of(actor: Viewer, helper: Person | Body) -> QuerySet[Pairing]:
    """What `helper` helps today or will help, within the actor's reach, by village and household."""
    own = {"body": helper} if isinstance(helper, Body) else {"person": helper}
    pairings = Pairing.objects.filter(current(timezone.localdate()), **own)
    pairings = pairings.select_related("person", "body", "place", "household__head", "household__place")
    return pairings.order_by("household__place__lo", "place__lo", "household__number", "pk")


def hand_over_preview(
    *, actor: Viewer, pairings: Sequence[Pairing], successor: Person | Body, on: date, note: str
) -> Preview:
    """What `pairings_hand_over` would do with these, without writing anything."""
    problems = _problems(actor, pairings, successor, on, note)
    over = [pairing for pairing in pairings if pairing.pk not in problems]
    homes = [pairing.household_id for pairing in over if pairing.person_id and pairing.household_id]
    owed = Measure.within.filter(
        household__in=homes,
        commitment__bearer_person__in={pairing.person_id for pairing in over if pairing.person_id},
        commitment__state__in=Commitment.OPEN,
    )
    return Preview(
        over, [(pairing, problems[pairing.pk]) for pairing in pairings if pairing.pk in problems], owed.count()
    )


def pairing_hand_over(
    *, actor: Viewer, pairing: Pairing, successor: Person | Body, on: date, note: str, act_id: UUID | None = None
) -> Receipt:
    """Somebody else helps from `on` on (交接); the note says what they should know. Result: pairing (the new one)."""
    by = permit("pairing.keep", actor, pairing)
    body = {"pairing": pairing.pk, "successor": successor.pk, "on": on, "note": note}
    with act(HAND_OVER, actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        helpers_lock([successor])
        row = pairing_locked(pairing)
        said = _said(note)
        problem = _problems(actor, [row], successor, on, said).get(row.pk)
        if problem is not None:
            raise problem
        made = _handed(this, row, successor, on, said, _sitting(successor))
        row.save(update_fields=["valid_to", "end_reason"])
        pairing_enter(this, row, "ended", at=row.valid_to)
        made.save(force_insert=True)
        pairing_enter(this, made, "pairings")
        pairing_tell(made)
        households_changed([row.household_id])
        this.result(pairing=made.pk)
    return this.receipt


def pairings_hand_over(
    *,
    actor: Viewer,
    pairings: Sequence[Pairing],
    successor: Person | Body,
    on: date,
    note: str,
    act_id: UUID | None = None,
) -> Receipt:
    """Several pairings of one helper go to one successor from `on` on: all of them, or none.

    Result: handed (how many), pairings (ids of the new ones). Raises the first pairing's own refusal.
    """
    rights = {pairing.pk: permit("pairing.keep", actor, pairing) for pairing in pairings}  # as for one, asked of each
    if not rights:
        raise Refusal("pairing.none", _("Tick at least one pairing."), field="pairings")
    by = rights[pairings[0].pk]
    body = {
        "pairings": sorted(str(pairing.pk) for pairing in pairings),
        "successor": successor.pk,
        "on": on,
        "note": note,
    }
    with act("assistance.pairing.hand_over_all", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        if len(pairings) > MOST_AT_ONCE:
            raise Refusal("pairing.most", _("At most 500 pairings at once. Hand over a part first."), field="pairings")
        helpers_lock([successor])
        locked = _locked_all(pairings)
        if len({pairing.helper.pk for pairing in locked}) > 1:
            raise Refusal("pairing.helpers", _("Hand over the pairings of one helper at a time."), field="pairings")
        note_written = _said(note)
        problems = _problems(actor, locked, successor, on, note_written)
        if problems:
            raise next(iter(problems.values()))
        parts, new_pairings, sitting = [], [], _sitting(successor)
        for pairing in locked:
            part_body = {"pairing": pairing.pk, "successor": successor.pk, "on": on, "note": note}
            part = this.part(HAND_OVER, part_body, rights[pairing.pk])
            new_pairing = _handed(part, pairing, successor, on, note_written, sitting)
            part.draft(**pairing_entry_fields(part, pairing, "ended", at=pairing.valid_to))
            part.draft(**pairing_entry_fields(part, new_pairing, "pairings"))
            part.result(pairing=new_pairing.pk)
            parts.append(part)
            new_pairings.append(new_pairing)
        Pairing.within.bulk_update(locked, ["valid_to", "end_reason"])
        Pairing.within.bulk_create(new_pairings)
        parts_write(parts)
        kind = "body" if isinstance(successor, Body) else "person"
        this.entry(subject=(kind, successor.pk), data={"from": locked[0].helper.pk, "handed": len(new_pairings)})
        if isinstance(successor, Person):
            tell(
                code="pairing.taken_over",
                params={"count": len(new_pairings), "due_on": on},
                subject=("families", successor.pk),
                once=f"pairing.taken_over/{this.id}",
                person=successor,
            )
        households_changed(pairing.household_id for pairing in locked)
        this.result(handed=len(new_pairings), pairings=[pairing.pk for pairing in new_pairings])
    return this.receipt


def _said(note: str) -> str:
    return FOR_THE_SUCCESSOR.kept(note)


def _problems(
    actor: Viewer, pairings: Sequence[Pairing], successor: Person | Body, on: date, note: str
) -> dict[UUID, Refusal]:
    """Which pairings cannot be handed over, and why."""
    problems: dict[UUID, Refusal] = {}
    today = timezone.localdate()
    for row in pairings:
        if not may("pairing.keep", actor, row):
            problems[row.pk] = Refusal("pairing.place", _("Another desk keeps this pairing."), field="pairings")
        elif row.valid_to is not None and row.valid_to < today:
            problems[row.pk] = WrongStage(
                "pairing.ended", _("This pairing has ended; nothing is changed in it any more.")
            )
        elif successor == row.helper:
            problems[row.pk] = Refusal(
                "pairing.same", _("Choose somebody else: this one is the helper already."), field="successor"
            )
        elif on <= row.valid_from:
            problems[row.pk] = Refusal(
                "pairing.early", _("The successor begins after the predecessor did."), field="on"
            )
    left = [row for row in pairings if row.pk not in problems]
    wrong = pairing_problems([_row(pairing, successor, on, note) for pairing in left], actor=actor)
    problems |= {left[index].pk: problem for index, problem in wrong.items()}
    # What stands already is no problem to `pairing_problems`: made again, it changes nothing. Here it stands twice.
    who = {"person": successor} if isinstance(successor, Person) else {"body": successor}
    begun = set(Pairing.within.filter(**who, valid_from=on).values_list("household", "place")) if left else set()
    for row in left:
        if (row.household_id, row.place_id) in begun and row.pk not in problems:
            problems[row.pk] = Refusal(
                "pairing.twice",
                _("This pair stands already, from %(day)s on. End it first, or leave it.") % {"day": day_said(on)},
                field="successor",
            )
    return problems


def _row(row: Pairing, successor: Person | Body, on: date, note: str) -> PairingRow:
    target = row.household or row.place
    assert target is not None
    leads = row.kind == Pairing.Kind.LEADER and isinstance(successor, Person)  # who follows a leader leads there too
    return PairingRow(successor, target, on, row.valid_to, row.kind if leads else "", note)


def _sitting(successor: Person | Body) -> set[UUID]:
    return sitting_among([successor] if isinstance(successor, Person) else [])


def _handed(this: Act, row: Pairing, successor: Person | Body, on: date, note: str, sitting: set[UUID]) -> Pairing:
    """End `row` the day before and begin its successor; neither is written yet."""
    made = pairing_new(this, _row(row, successor, on, note), sitting)
    made.follows = row
    row.valid_to, row.end_reason = on - timedelta(days=1), note
    return made


def _locked_all(pairings: Sequence[Pairing]) -> list[Pairing]:
    locked = Pairing.within.select_for_update(of=("self",)).filter(pk__in=[pairing.pk for pairing in pairings])
    return list(locked.select_related("person", "body", "household__place", "place").order_by("pk"))
