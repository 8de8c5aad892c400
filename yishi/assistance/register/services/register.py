"""Households in the register: registered, corrected, given another head, split, moved. Taken off: `leaving.py`.

These are the changes as they take effect. Whoever may not decide them asks for them (`requests.py`), on any day of the
year, and the desk that decides lets them take effect by the same functions.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from yishi.assistance.register import fields
from yishi.assistance.register.hooks import households_changed
from yishi.assistance.register.models import (
    Household,
    HouseholdCause,
    HouseholdMember,
    HouseholdStay,
)
from yishi.database.words import Words
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.journal.moved import Watch
from yishi.kit.errors import Refusal
from yishi.kit.ids import child_id
from yishi.kit.text import clean
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Place, PlaceLevel
from yishi.organisations.numbers import next_number
from yishi.organisations.rights import permit

from .causes import causes_write, risks_write
from .identity import account_read, account_set, keys_check, ring
from .residents import (
    active,
    day_read,
    member_put,
    members_now,
    person_here,
    person_read,
    recount,
    relations_set,
    relative,
    sex_fits,
    twice,
)
from .standings import FOLLOWED, standing_split, standings_follow

NUMBER = Words("number", 32)

MOST_MEMBERS = 40
# What a household that splits off has from the one that it leaves.
KEPT_BY_A_SPLIT = (
    "place", "hamlet", "group_name", "kind", "attribute", "state", "standard", "identified_year", "exited_year",
    "is_resettled", "resettlement_site",
)  # fmt: skip


def household_register(
    *,
    actor: Viewer,
    place: Place,
    head: Mapping[str, Any],
    members: Sequence[Mapping[str, Any]] = (),
    values: Mapping[str, Any] | None = None,
    main_cause: str = "",
    causes: Sequence[str] = (),
    number: str = "",
    hamlet: Place | None = None,
    bank_account: str = "",
    on: date | None = None,
    is_demo: bool = False,
    act_id: UUID | None = None,
) -> Receipt:
    """Register a household of a village, its head and its members. Result: household, number.

    `head` and `members` are mappings as `person_read` takes them; `values` are fields of HOUSEHOLD. Without a national
    number it gets one of ours.
    """
    by = permit("household.decide", actor, place)
    head_read = person_read({**head, "relation": "head"}, "head_")
    members_read = [person_read(member) for member in members]
    columns = fields.read(fields.HOUSEHOLD, values or {})
    day, account = day_read(on), account_read(bank_account)
    body = {
        "place": place.pk,
        "head": head_read.body(),
        "members": [person.body() for person in members_read],
        "values": columns,
        "causes": [main_cause, *causes],
        "number": number,
        "hamlet": hamlet.pk if hamlet else None,
        "account": ring().blind("bank", account) if account else "",
        "on": day,
    }
    with act("assistance.household.register", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        _village(place, hamlet)
        if len(members_read) > MOST_MEMBERS:
            raise Refusal("household.large", _("At most 40 members at once."), field="members")
        twice([head_read, *members_read])
        household = Household(
            id=child_id(this.id, 1),
            number=_number(number) or f"{place.code}-{next_number(f'household/{place.code}'):05d}",
            place=place,
            hamlet=hamlet,
            registered_on=day,
            size=1 + len(members_read),
            is_demo=is_demo,
            **columns,
        )
        household.head = person_here(actor, head_read, child_id(this.id, 10))
        if account:
            keys_check()
            account_set(household, account)
        _insert(household)
        member_put(household, household.head, head_read.place, key=child_id(this.id, 2), on=day, reason="registered")
        for ordinal, member in enumerate(members_read):
            person = person_here(actor, member, child_id(this.id, 11 + ordinal))
            relative(member.place.get("relation", ""))
            sex_fits(member.place.get("relation", ""), member.identity.sex or member.facts.get("sex", ""))
            key = child_id(this.id, 100 + ordinal)
            member_put(household, person, member.place, key=key, on=day, reason="registered")
        _stay(household, HouseholdStay.Kind.REGISTERED, day, child_id(this.id, 3))
        causes_write(household, main_cause, causes)
        standings_follow([household], day)
        this.entry(
            subject=("household", household.pk),
            place=place.pk,
            at=this.on_day(day),
            quantities={"households": 1, "members": household.size},
        )
        households_changed([household.pk])
        this.result(household=household.pk, number=household.number)
    return this.receipt


def household_change(
    *,
    actor: Viewer,
    household: Household,
    values: Mapping[str, Any] | None = None,
    number: str | None = None,
    main_cause: str | None = None,
    causes: Sequence[str] = (),
    bank_account: str | None = None,
    risks: Sequence[tuple[str, date | None]] | None = None,
    on: date | None = None,
    takes_back: bool = False,
    act_id: UUID | None = None,
) -> Receipt:
    """Correct what is given of a household's record, from a day on. `risks` are all its risks of poverty, each with the
    day on which it was cleared. `takes_back`: a standing that an earlier change made gives way. Result: household."""
    by = permit("household.decide", actor, household.place)
    said = fields.read(fields.HOUSEHOLD, values or {})
    account = account_read(bank_account) if bank_account is not None else None
    body = {
        "household": household.pk,
        "values": said,
        "number": number,
        "causes": None if main_cause is None else [main_cause, *causes],
        "account": ring().blind("bank", account) if account else account,
        "on": on,
        **({"risks": list(map(list, risks))} if risks is not None else {}),
        **({"takes_back": True} if takes_back else {}),
    }
    with act("assistance.household.change", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = active(household)
        day = day_read(on, after=row.registered_on)
        changed = sorted(name for name, value in said.items() if getattr(row, name) != value)
        for name in changed:
            setattr(row, name, said[name])
        if number is not None and _number(number) != row.number:
            row.number = _number(number) or row.number
            changed.append("number")
        if account is not None:
            if account:
                keys_check()
            account_set(row, account)
            changed.append("bank_account")
        if main_cause is not None and causes_write(row, main_cause, causes):
            changed.append("causes")
        if risks is not None and risks_write(row, risks):
            changed.append("risks")
        if not changed:
            raise Refusal("household.unchanged", _("This is how it stands already; nothing was changed."))
        _update(row)
        if FOLLOWED & set(changed):
            standings_follow([row], day, takes_back=takes_back)
        this.entry(subject=("household", row.pk), place=row.place_id, at=this.on_day(day), data={"fields": changed})
        households_changed([row.pk])
        this.result(household=row.pk)
    return this.receipt


def household_head_change(
    *,
    actor: Viewer,
    household: Household,
    member: HouseholdMember,
    relations: Mapping[UUID, str],
    on: date | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Another member is head from a day on; `relations` (member → code) says how each of the others stands to the new
    head. Result: household."""
    by = permit("household.decide", actor, household.place)
    said = {UUID(str(key)): code for key, code in relations.items()}
    body = {"household": household.pk, "member": member.pk, "relations": sorted(map(str, said.items())), "on": on}
    with act("assistance.household.head", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = active(household)
        day = day_read(on, after=row.registered_on)
        there = {member.pk: member for member in members_now(row)}
        if member.pk not in there:
            raise Refusal("head.foreign", _("The new head must be a member of the household."), field="member")
        row.head = there[member.pk].person
        row.save(update_fields=["head"])
        relations_set(row, said)
        this.entry(subject=("household", row.pk), place=row.place_id, at=this.on_day(day), data={"member": member.pk})
        households_changed([row.pk])
        this.result(household=row.pk)
    return this.receipt


def _move_out(member: HouseholdMember, split_off: Household, relation: str, day: date, key: UUID) -> None:
    """End a membership on the day before `day` and begin the one in the new household, with the same number."""
    sex_fits(relation, getattr(getattr(member.person, "resident", None), "sex", ""))
    member.valid_to, member.left_reason = max(member.valid_from, day - timedelta(days=1)), "split"
    member.save(update_fields=["valid_to", "left_reason"])
    membership = {"relation": relation, "number": member.number}
    member_put(split_off, member.person, membership, key=key, on=day, reason="split")


def household_split(
    *,
    actor: Viewer,
    household: Household,
    members: Sequence[HouseholdMember],
    head: HouseholdMember,
    relations: Mapping[UUID, str] | None = None,
    number: str = "",
    on: date | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Some members form a household of their own (分户) at the same place. Result: household (the new one), number.

    `relations` says how each of them stands to the new head. Relocation is another act.
    """
    by = permit("household.decide", actor, household.place)
    leaving = sorted({member.pk for member in members} | {head.pk})
    relation_of = {UUID(str(key)): code for key, code in (relations or {}).items()}
    body = {
        "household": household.pk,
        "members": leaving,
        "head": head.pk,
        "relations": sorted(map(str, relation_of.items())),
        "number": number,
        "on": on,
    }
    with act("assistance.household.split", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        household = active(household)
        day = day_read(on, after=household.registered_on + timedelta(days=1))
        members_there = {member.pk: member for member in members_now(household)}
        if not set(leaving) <= set(members_there) or any(
            members_there[key].person_id == household.head_id for key in leaving
        ):
            raise Refusal(
                "split.members", _("Choose members of this household; its head stays in it."), field="members"
            )
        split_off = Household(
            id=child_id(this.id, 1),
            number=_number(number) or f"{household.place.code}-{next_number(f'household/{household.place.code}'):05d}",
            head=members_there[head.pk].person,
            registered_on=day,
            size=len(leaving),
            split_from=household,
            is_demo=household.is_demo,
            **{name: getattr(household, name) for name in KEPT_BY_A_SPLIT},
        )
        _insert(split_off)
        watch = Watch()
        watch.rows((members_there[key] for key in leaving), "valid_to", "left_reason")
        for ordinal, key in enumerate(leaving):
            relation = "head" if key == head.pk else relation_of.get(key, "other")
            _move_out(members_there[key], split_off, relation, day, child_id(this.id, 100 + ordinal))
        _stay(split_off, HouseholdStay.Kind.REGISTERED, day, child_id(this.id, 3))
        standing_split(household, split_off, day)
        for cause in household.causes.all():
            HouseholdCause.objects.create(
                household=split_off, kind=cause.kind, code=cause.code, is_main=cause.is_main, ordinal=cause.ordinal
            )
        recount(household)
        at, moved = this.on_day(day), len(leaving)
        this.entry(
            subject=("household", household.pk),
            place=household.place_id,
            at=at,
            data={"into": split_off.pk, "members": moved},
        )
        this.entry(
            subject=("household", split_off.pk),
            code="assistance.household.register",
            place=household.place_id,
            at=at,
            quantities={"households": 1, "members": moved},
            data={"from": household.pk},
        )
        watch.keep(this, ("household", household.pk), into=split_off.pk)
        households_changed([household.pk, split_off.pk])
        this.result(household=split_off.pk, number=split_off.number)
    return this.receipt


def household_relocate(
    *,
    actor: Viewer,
    household: Household,
    place: Place,
    hamlet: Place | None = None,
    group_name: str = "",
    site: str = "",
    kind: str = HouseholdStay.Kind.RELOCATED,
    on: date | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """The household lives elsewhere from a day on: relocated (易地搬迁, with a site), moved, or only corrected.

    Whoever oversees both places decides. Result: household.
    """
    permit("household.decide", actor, place)
    by = permit("household.decide", actor, household.place)
    columns = fields.read(fields.HOUSEHOLD, {"group_name": group_name, "resettlement_site": site})
    body = {
        "household": household.pk,
        "place": place.pk,
        "hamlet": hamlet.pk if hamlet else None,
        "kind": kind,
        "on": on,
        **columns,
    }
    with act("assistance.household.relocate", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        _village(place, hamlet)
        household = active(household)
        if kind not in (HouseholdStay.Kind.RELOCATED, HouseholdStay.Kind.MOVED, HouseholdStay.Kind.CORRECTED):
            raise Refusal("stay.kind", _("Please choose one of the values that are offered."), field="kind")
        last = household.stays.filter(valid_to__isnull=True).select_for_update().first()
        day = day_read(on, after=last.valid_from if last else household.registered_on)
        if (household.place_id, household.hamlet_id, household.group_name) == (
            place.pk,
            hamlet and hamlet.pk,
            columns["group_name"],
        ):
            raise Refusal("household.unchanged", _("This is how it stands already; nothing was changed."))
        if last is not None:
            if kind == HouseholdStay.Kind.CORRECTED or last.valid_from == day:
                day = last.valid_from
                last.delete()
            else:
                last.valid_to = day - timedelta(days=1)
                last.save(update_fields=["valid_to"])
        before = household.place_id
        household.place, household.hamlet, household.group_name = place, hamlet, columns["group_name"]
        if kind == HouseholdStay.Kind.RELOCATED:
            household.is_resettled, household.resettlement_site = (
                True,
                columns["resettlement_site"] or household.resettlement_site,
            )
        household.save()
        _stay(household, kind, day, child_id(this.id, 3))
        data = {"from": before, "to": place.pk, "kind": kind}
        this.entry(subject=("household", household.pk), place=place.pk, at=this.on_day(day), data=data)
        households_changed([household.pk])
        this.result(household=household.pk)
    return this.receipt


def _village(place: Place, hamlet: Place | None) -> None:
    if place.level != PlaceLevel.VILLAGE or place.closed_on is not None:
        raise Refusal("household.place", _("A household stands in a village or community. Choose one."), field="place")
    if hamlet is not None and hamlet.parent_id != place.pk:
        raise Refusal("household.hamlet", _("This hamlet does not belong to the village."), field="hamlet")


def _number(typed: str) -> str:
    return fields.no_card_number(NUMBER.kept("".join(clean(typed).split())), "number")


def _insert(household: Household) -> None:
    try:
        with transaction.atomic():
            household.save(force_insert=True)
    except IntegrityError as error:
        raise _taken() from error


def _update(household: Household) -> None:
    try:
        with transaction.atomic():
            household.save(force_update=True)
    except IntegrityError as error:
        raise _taken() from error


def _taken() -> Refusal:
    return Refusal(
        "household.number_taken", _("A household has this number already. Check the number."), field="number"
    )


def _stay(household: Household, kind: str, day: date, key: UUID) -> None:
    HouseholdStay.objects.create(
        id=key,
        household=household,
        place=household.place,
        hamlet=household.hamlet,
        group_name=household.group_name,
        kind=kind,
        valid_from=day,
    )
