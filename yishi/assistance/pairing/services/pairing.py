"""Pairing (结对): who helps whom from when on, many at once, ended. Handing over: `handovers.py`.

A pairing with a household is a grant: from its first to its last day the helper sees that family's file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.pairing.models import Pairing, VisitRule
from yishi.assistance.register.hooks import households_changed
from yishi.assistance.register.models import Household
from yishi.database.words import Words
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.ids import uuid7
from yishi.kit.records import certain
from yishi.notices.days import day_said
from yishi.notices.services import tell
from yishi.organisations.grants import Grant, Viewer
from yishi.organisations.models import Body, Member, Place, Post, current, valid_on
from yishi.organisations.rights import may, permit
from yishi.people.models import Person

WHY_ENDED = Words("reason", 500, _("Please write why it ends."))
NOTE = Words("note", 500)

Kind = Pairing.Kind
MOST_DAYS = 366
MOST_TOLD = 200


@dataclass(frozen=True, slots=True)
class PairingRow:
    """One pairing to be made. `kind` may stay empty: a body is a body, a sitting member a member, else a cadre."""

    helper: Person | Body
    target: Household | Place
    valid_from: date
    valid_to: date | None = None
    kind: str = ""
    note: str = ""


def pairing_make(*, actor: Viewer, row: PairingRow, act_id: UUID | None = None) -> Receipt:
    """Pair one helper with one household or place. Result: pairing (the one that stands already, if it is the same)."""
    return pairings_make_many(actor=actor, rows=[row], act_id=act_id)


def pairings_make_many(
    *, actor: Viewer, rows: Sequence[PairingRow], caused_by: UUID | None = None, act_id: UUID | None = None
) -> Receipt:
    """Make many pairings in one act: all, or none. What stands already is left as it is, so the same file again
    changes nothing. Result: made, unchanged, pairings (ids of both, in the order of the rows).

    Raises Refusal `pairing.rows` with details {"rows": {index: sentence}} if any row is wrong; of a single row its own.
    """
    places = {place.pk: place for place in (place_of(row.target) for row in rows)}
    grants = {key: may("pairing.assign", actor, place) for key, place in places.items()}
    grants_held = [grant for grant in grants.values() if grant is not None]
    by = actor.acting(grants_held[0]) if grants_held else permit("pairing.assign", actor)
    body = {"rows": [_plain(row) for row in rows]}
    with act("assistance.pairing.make", actor=by, act_id=act_id, body=body, caused_by=caused_by) as this:
        if this.replayed:
            return this.receipt
        helpers_lock([row.helper for row in rows])
        standing = _standing(rows)
        problems = pairing_problems(rows, actor=actor, standing=standing)
        if len(rows) == 1 and problems:
            raise problems[0]
        if problems:
            messages = {index: str(problem.message) for index, problem in problems.items()}
            first_row = min(messages)
            raise Refusal(
                "pairing.rows",
                _("Row %(row)d: %(why)s (%(count)d rows cannot be stored; nothing was stored.)")
                % {"row": first_row + 1, "why": messages[first_row], "count": len(messages)},
                details={"rows": messages},
            )
        sitting = sitting_among([row.helper for row in rows if isinstance(row.helper, Person)])
        new_pairings, ids = [], []
        for row in rows:
            pairing_there = next((pairing for pairing in standing.get(_key(row), ()) if _is_same(pairing, row)), None)
            if pairing_there is None:
                pairing_there = pairing_new(this, row, sitting)
                new_pairings.append(pairing_there)
                standing.setdefault(_key(row), []).append(pairing_there)
            ids.append(pairing_there.pk)
        Pairing.objects.bulk_create(new_pairings, batch_size=1000)
        for pairing in new_pairings:
            place = place_of(pairing.household if pairing.household is not None else certain(pairing.place))
            this.actor = actor.acting(certain(grants[place.pk]))  # a row without its grant was refused above
            pairing_enter(this, pairing, "pairings")
        this.actor = by
        if len(new_pairings) <= MOST_TOLD:  # an import of thousands tells nobody
            for pairing in new_pairings:
                pairing_tell(pairing)
        households_changed(pairing.household_id for pairing in new_pairings)
        this.result(made=len(new_pairings), unchanged=len(rows) - len(new_pairings), pairings=ids)
        if len(rows) == 1:
            this.result(pairing=ids[0])
    return this.receipt


def pairing_problems(
    rows: Sequence[PairingRow], *, actor: Viewer, standing: Mapping[Any, Sequence[Pairing]] | None = None
) -> dict[int, Refusal]:
    """What is wrong with which row (by its index), without writing anything: for the preview of an import too."""
    known = {key: list(pairings) for key, pairings in (_standing(rows) if standing is None else standing).items()}
    sitting = sitting_among([row.helper for row in rows if isinstance(row.helper, Person)])
    allowed: dict[UUID, Grant | None] = {}
    problems: dict[int, Refusal] = {}
    for index, row in enumerate(rows):
        problem = _problem(row, actor, known.get(_key(row), []), sitting, allowed)
        if problem is None:
            known.setdefault(_key(row), []).append(_bare(row, sitting))
        else:
            problems[index] = problem
    return problems


def pairing_end(*, actor: Viewer, pairing: Pairing, on: date, reason: str, act_id: UUID | None = None) -> Receipt:
    """End a pairing with the day `on` (the helper sees the family for the last time); the reason stays. Result:
    pairing."""
    by = permit("pairing.keep", actor, pairing)
    body = {"pairing": pairing.pk, "on": on, "reason": reason}
    with act("assistance.pairing.end", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = pairing_locked(pairing)
        why = WHY_ENDED.kept(reason)
        if on < row.valid_from:
            raise Refusal("pairing.end", _("It cannot end before it began."), field="on")
        row.valid_to, row.end_reason = on, why
        row.save(update_fields=["valid_to", "end_reason"])
        pairing_enter(this, row, "ended", at=on)
        households_changed([row.household_id])
        this.result(pairing=row.pk)
    return this.receipt


def visit_rule_set(*, actor: Viewer, body: Body, days: int, act_id: UUID | None = None) -> Receipt:
    """Set after how many days without a visit a desk sees a pairing in its list of gaps."""
    by = permit("visit_rule.set", actor, at=body)
    with act("assistance.visit_rule.set", actor=by, act_id=act_id, body={"body": body.pk, "days": days}) as this:
        if this.replayed:
            return this.receipt
        if not 1 <= days <= MOST_DAYS:
            raise Refusal("visit_rule.days", _("Type a number of days between 1 and 366."), field="days")
        VisitRule.objects.update_or_create(body=body, defaults={"days": days})
        this.entry(subject=("body", body.pk), place=body.place_id, data={"days": days})
    return this.receipt


def place_of(target: Household | Place) -> Place:
    """The place of a target: where the family lives, or the place itself."""
    return target.place if isinstance(target, Household) else target


def desk_of(person: Person, day: date) -> Body | None:
    """The desk for which somebody answers when they promise something: the committee of a member, else where they hold
    a post, else who sent them to a stationed team."""
    member = Member.objects.filter(valid_on(day), person=person).select_related("term__body").order_by("pk").first()
    if member is not None:
        return member.term.body
    post = Post.objects.filter(valid_on(day), person=person).select_related("body").order_by("pk").first()
    if post is not None:
        return post.body
    station = person.stationed.filter(valid_on(day), sent_by__isnull=False).select_related("sent_by").first()
    return station.sent_by if station else None


def _plain(row: PairingRow) -> list[Any]:
    return [row.helper.pk, row.target.pk, row.valid_from, row.valid_to, row.kind, row.note]


def _key(row: PairingRow) -> tuple[UUID, UUID]:
    return (row.helper.pk, row.target.pk)


def _standing(wanted: Sequence[PairingRow]) -> dict[Any, list[Pairing]]:
    """The pairings that any two of the rows' helpers and targets have already, by (helper, target)."""
    helpers = {row.helper.pk for row in wanted}
    targets = {row.target.pk for row in wanted}
    standing: dict[Any, list[Pairing]] = {}
    step = 500
    for ids in (list(targets)[start : start + step] for start in range(0, len(targets), step)):
        for pairing in Pairing.within.filter(Q(household__in=ids) | Q(place__in=ids)):
            helper, target = pairing.person_id or pairing.body_id, pairing.household_id or pairing.place_id
            if helper in helpers:
                standing.setdefault((helper, target), []).append(pairing)
    return standing


def helpers_lock(helpers: Sequence[Person | Body]) -> None:
    """Lock the helpers, in one order: two desks that pair the same two at once come one after the other."""
    for model in (Person.within, Body.objects):
        ids, step = sorted({helper.pk for helper in helpers if isinstance(helper, model.model)}), 500
        for start in range(0, len(ids), step):
            list(
                model.select_for_update(no_key=True)
                .filter(pk__in=ids[start : start + step])
                .order_by("pk")
                .values_list("pk")
            )


def sitting_among(people: Sequence[Person]) -> set[UUID]:
    """Those of `people` who are members of a committee today."""
    ids, members, step = list({person.pk for person in people}), set[UUID](), 500
    for start in range(0, len(ids), step):
        memberships = Member.objects.filter(current(timezone.localdate()), person__in=ids[start : start + step])
        members |= set(memberships.values_list("person", flat=True))
    return members


def _kind(row: PairingRow, sitting: set[UUID]) -> str:
    if row.kind:
        return row.kind
    if isinstance(row.helper, Body):
        return Kind.BODY
    return Kind.MEMBER if row.helper.pk in sitting else Kind.CADRE


def _problem(
    row: PairingRow, actor: Viewer, known: Sequence[Pairing], sitting: set[UUID], allowed: dict[UUID, Grant | None]
) -> Refusal | None:
    """Why a row cannot be made, or None. `known`: the pairings of the same two; `allowed` keeps the answers by
    place."""
    place = place_of(row.target)
    if place.pk not in allowed:
        allowed[place.pk] = may("pairing.assign", actor, place)
    if not allowed[place.pk]:
        return Refusal(
            "pairing.place", _("%(place)s is not looked after by your desk.") % {"place": place.name}, field="target"
        )
    if row.valid_to is not None and row.valid_to < row.valid_from:
        return Refusal("pairing.days", _("The last day lies before the first."), field="valid_to")
    kind = _kind(row, sitting)
    if kind not in Kind.values or (kind == Kind.BODY) != isinstance(row.helper, Body):
        return Refusal("pairing.kind", _("Please choose one of the values that are offered."), field="kind")
    if kind == Kind.MEMBER and isinstance(row.helper, Person) and row.helper.pk not in sitting:
        return Refusal(
            "pairing.member", _("%(name)s is not a sitting member.") % {"name": row.helper.name}, field="kind"
        )
    if kind == Kind.LEADER and isinstance(row.target, Household):
        return Refusal(
            "pairing.leader", _("A leader is paired with a place; with a family as a cadre or member."), field="kind"
        )
    if isinstance(row.target, Household):
        if row.target.left_on is not None and row.target.left_on <= row.valid_from:
            return Refusal("pairing.left", _("This household has left the register."), field="target")
        if row.target.head_id == row.helper.pk:
            return Refusal("pairing.self", _("Nobody helps their own household."), field="helper")
    bare = _bare(row, sitting)
    for standing in known:
        if _overlaps(standing, bare) and not _is_same(standing, row):
            return Refusal(
                "pairing.twice",
                _("This pair stands already, from %(day)s on. End it first, or leave it.")
                % {"day": day_said(standing.valid_from)},
                field="target",
            )
    return None


def _overlaps(pairing: Pairing, other: Pairing) -> bool:
    latest = date.max
    return pairing.valid_from <= (other.valid_to or latest) and other.valid_from <= (pairing.valid_to or latest)


def _is_same(pairing: Pairing, row: PairingRow) -> bool:
    """Does this row say what stands already? Dates alike; an empty last day leaves an ended one ended."""
    return pairing.valid_from == row.valid_from and (pairing.valid_to == row.valid_to or row.valid_to is None)


def _bare(row: PairingRow, sitting: set[UUID]) -> Pairing:
    """The pairing that a row asks for, without its maker."""
    person = row.helper if isinstance(row.helper, Person) else None
    household = row.target if isinstance(row.target, Household) else None
    return Pairing(
        kind=_kind(row, sitting),
        person=person,
        body=row.helper if isinstance(row.helper, Body) else None,
        household=household,
        place=row.target if isinstance(row.target, Place) else None,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        note=NOTE.kept(row.note),
    )


def pairing_new(this: Act, row: PairingRow, sitting: set[UUID]) -> Pairing:
    """The pairing of a row, made by this act and not written yet. `sitting`: the helpers who are sitting members."""
    made = _bare(row, sitting)
    made.id, made.made_at, made.made_by_id = uuid7(), this.now, this.actor.person_id
    return made


def pairing_enter(this: Act, pairing: Pairing, event: str, *, at: date | None = None) -> None:
    """Write the entry of a pairing (see `pairing_entry_fields`)."""
    this.entry(**pairing_entry_fields(this, pairing, event, at=at))


def pairing_entry_fields(this: Act, pairing: Pairing, event: str, *, at: date | None = None) -> dict[str, Any]:
    """The arguments of an entry about a pairing. `event`: "pairings" (it began) or "ended"; on the day `at`, else on
    its first."""
    target = pairing.household or pairing.place
    assert target is not None
    return {
        "subject": ("pairing", pairing.pk),
        "place": place_of(target).pk,
        "at": this.on_day(at or pairing.valid_from),
        "dims": {"kind": pairing.kind},
        "quantities": {event: 1},
        "data": {
            "person": pairing.person_id,
            "body": pairing.body_id,
            "household": pairing.household_id,
            "place": pairing.place_id,
            "valid_to": pairing.valid_to,
        },
    }


def pairing_tell(pairing: Pairing) -> None:
    """Tell a person that they help a family; a pairing of the past tells nobody."""
    today = timezone.localdate()
    if (
        pairing.person is None
        or pairing.household_id is None
        or (pairing.valid_to is not None and pairing.valid_to < today)
    ):
        return
    comes = pairing.valid_from > today
    tell(
        code="pairing.coming" if comes else "pairing.made",
        params={"due_on": pairing.valid_from} if comes else {},
        subject=("families", pairing.person.pk) if comes else ("family", pairing.household_id),
        once=f"pairing.made/{pairing.pk}",
        person=pairing.person,
    )


def pairing_locked(pairing: Pairing) -> Pairing:
    """The pairing, locked; refuses one that has ended."""
    row = (
        Pairing.within.select_for_update(of=("self",))
        .select_related("person", "body", "household__place", "place")
        .get(pk=pairing.pk)
    )
    if row.valid_to is not None and row.valid_to < timezone.localdate():
        raise WrongStage("pairing.ended", _("This pairing has ended; nothing is changed in it any more."))
    return row
