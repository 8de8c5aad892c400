"""Members of a household: who joins (birth, marriage, moving in), who leaves (death, marriage, moving out), who is
corrected; and the one act that shows an identity number in full."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.register import codes, fields
from yishi.assistance.register.hooks import households_changed
from yishi.assistance.register.models import Household, HouseholdMember, Resident
from yishi.journal.act import act
from yishi.journal.models import Entry, Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.identity import CARD
from yishi.kit.ids import child_id
from yishi.kit.records import certain
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit
from yishi.people.models import Person
from yishi.people.services import person_name, person_phone

from .identity import card_agrees, identity_index, identity_of, identity_read, identity_set, keys_check, number_of
from .residents import active, day_read, member_put, person_here, person_read, recount, sex_fits

MOST_LOOKS = 60  # numbers that one person opens within a day
LOOK_AGAIN = timedelta(minutes=10)  # as long as the same sending shows the number again


class Look(models.TextChoices):
    """Why somebody opens a number in full."""

    PAPER = "paper", _("to compare it with the card")
    BENEFIT = "benefit", _("to apply for a benefit")
    PAYMENT = "payment", _("for a payment to the family")
    SCHOOL = "school", _("for school or training")
    HEALTH = "health", _("for medical insurance or treatment")
    ASKED = "asked", _("the person asks what is stored")


def member_join(
    *,
    actor: Viewer,
    household: Household,
    member: Mapping[str, Any],
    reason: str,
    on: date | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Somebody joins a household. `member` is a mapping as `person_read` takes it. Result: member, household."""
    by = permit("household.decide", actor, household.place)
    new = person_read(member)
    body = {"household": household.pk, "member": new.body(), "reason": reason, "on": on}
    with act("assistance.member.join", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = active(household)
        day = day_read(on, after=row.registered_on)
        relation = new.place.get("relation", "")
        if relation == "head":
            raise Refusal("relation.head_twice", _("A household has one head."), field="relation")
        sex_fits(relation, new.identity.sex or new.facts.get("sex", ""))
        person = person_here(actor, new, child_id(this.id, 10))
        joined = member_put(row, person, new.place, key=child_id(this.id, 1), on=day, reason=reason)
        recount(row)
        this.entry(
            subject=("household", row.pk),
            place=row.place_id,
            at=this.on_day(day),
            quantities={"members": 1},
            data={"member": joined.pk, "reason": reason},
        )
        households_changed([row.pk])
        this.result(member=joined.pk, household=row.pk)
    return this.receipt


def member_leave(
    *, actor: Viewer, member: HouseholdMember, reason: str, on: date | None = None, act_id: UUID | None = None
) -> Receipt:
    """Somebody leaves the household; `on` is their last day in it. The head leaves after another took their place.
    Result: member, household."""
    by = permit("household.decide", actor, member.household.place)
    body = {"member": member.pk, "reason": reason, "on": on}
    with act("assistance.member.leave", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        if not codes.has("member_leave", reason):
            raise Refusal("member.reason", _("Please choose one of the values that are offered."), field="reason")
        household = active(member.household)
        row = _there(member)
        if row.person_id == household.head_id:
            raise Refusal(
                "member.head", _("The head leaves when the household has another head. Change the head first.")
            )
        row.valid_to, row.left_reason = day_read(on, after=row.valid_from), reason
        row.save(update_fields=["valid_to", "left_reason"])
        recount(household)
        this.entry(
            subject=("household", household.pk),
            place=household.place_id,
            at=this.on_day(row.valid_to),
            quantities={"members": -1},
            data={"member": row.pk, "reason": reason},
        )
        households_changed([household.pk])
        this.result(member=row.pk, household=household.pk)
    return this.receipt


def _person_read(corrections: Mapping[str, Any]) -> dict[str, str]:
    """Of what was sent the name and the phone, checked; a number of a card stands in neither."""
    of_person: dict[str, str] = {}
    if "name" in corrections:
        of_person["name"] = fields.no_card_number(person_name(str(corrections["name"])), "name")
    if "phone" in corrections:
        of_person["phone"] = person_phone(str(corrections["phone"]))
    return of_person


def member_change(
    *, actor: Viewer, member: HouseholdMember, values: Mapping[str, Any], act_id: UUID | None = None, **_more: Any
) -> Receipt:
    """Correct what is given of a person: name, phone, number of their card, sex, people, relation. Result: member,
    household.

    An identity number left empty stays as it is.
    """
    by = permit("household.decide", actor, member.household.place)
    corrections = {
        name: value for name, value in values.items() if name not in ("identity", "identity_kind", "as_on_card")
    }
    names = {field.name for field in fields.PERSON}
    facts = fields.read(fields.PERSON, {name: value for name, value in corrections.items() if name in names})
    place = fields.read(
        fields.MEMBER, {name: value for name, value in corrections.items() if name not in {*names, "name", "phone"}}
    )
    number = identity_read(
        str(values.get("identity") or ""),
        str(values.get("identity_kind") or CARD),
        as_on_card=bool(values.get("as_on_card")),
    )
    of_person = _person_read(corrections)
    body = {"member": member.pk, **of_person, **facts, **place, "identity": identity_index(number), "kind": number.kind}
    with act("assistance.member.change", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        household = active(member.household)
        member = _there(member)
        resident, _is_new = Resident.within.get_or_create(person_id=member.person_id)
        changed = [name for name, value in of_person.items() if getattr(member.person, name) != value]
        changed += [name for name, value in facts.items() if getattr(resident, name) != value]
        changed += [name for name, value in place.items() if getattr(member, name) != value]
        for name, value in facts.items():
            setattr(resident, name, value)
        stands = number if number.number else number_of(resident)
        card_agrees(stands, {name: facts[name] for name in facts if name in changed})
        if number.number and (identity_index(number), number.kind) != (
            resident.identity_index,
            resident.identity_kind,
        ):
            keys_check()
            identity_set(resident, number)
            changed.append("identity")
        if not changed:
            raise Refusal("member.unchanged", _("This is how it stands already; nothing was changed."))
        relation = place.get("relation", member.relation)
        if (relation == "head") != (member.person_id == household.head_id) and "relation" in place:
            raise Refusal("relation.head_twice", _("A household has one head."), field="relation")
        sex_fits(relation, resident.sex)
        Person.within.filter(pk=member.person_id).update(**of_person)
        resident.save()
        HouseholdMember.within.filter(pk=member.pk).update(**place)
        this.entry(
            subject=("household", household.pk),
            place=household.place_id,
            data={"member": member.pk, "fields": sorted(changed)},
        )
        households_changed([household.pk])
        this.result(member=member.pk, household=household.pk)
    return this.receipt


def identity_reveal(*, actor: Viewer, member: HouseholdMember, reason: str, act_id: UUID | None = None) -> Receipt:
    """Open a member's identity number in full, for a reason that stays in the journal.

    The number is `receipt.number_in_clear` and stands nowhere else. Refuses more than MOST_LOOKS within a day.
    """
    by = permit("identity.open", actor, member)
    with act("assistance.identity.open", actor=by, act_id=act_id, body={"member": member.pk, "reason": reason}) as this:
        resident = Resident.within.filter(person=member.person_id).first()
        if this.replayed:
            if timezone.now() - this.receipt.received_at > LOOK_AGAIN:
                raise WrongStage("identity.again", _("This was opened a while ago. Give the reason again."))
        else:
            if reason not in Look.values:
                raise Refusal("identity.reason", _("Say why you need the number in full."), field="reason")
            if resident is None or not resident.identity_sealed:
                raise WrongStage("identity.none", _("No number is stored for this person."))
            since = this.now - timedelta(days=1)
            looks = Entry.objects.filter(code=this.code, received_at__gte=since, actor_id=by.person_id)
            if looks.count() >= MOST_LOOKS:
                raise Refusal(
                    "identity.many",
                    _("You opened %(most)d numbers within a day. Ask your office before you go on.")
                    % {"most": MOST_LOOKS},
                )
            this.entry(
                subject=("household", member.household_id),
                place=member.household.place_id,
                data={"member": member.pk, "reason": reason},
            )
            this.result(member=member.pk)
        this.receipt.number_in_clear = identity_of(certain(resident))
    return this.receipt


def _there(member: HouseholdMember) -> HouseholdMember:
    """The member, locked; refuses one who left the household."""
    row = HouseholdMember.within.select_for_update(of=("self",)).select_related("person").get(pk=member.pk)
    if row.valid_to is not None:
        raise WrongStage("member.left", _("This person left the household already."))
    return row
