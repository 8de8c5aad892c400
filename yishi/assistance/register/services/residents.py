"""People of the register: who somebody is, put into a household, counted. Called within the acts of the register."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.register import codes, fields
from yishi.assistance.register.models import (
    Household,
    HouseholdMember,
    Resident,
    household_reach,
)
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.identity import CARD, Identity
from yishi.notices.days import day_said, happened
from yishi.organisations.grants import Viewer
from yishi.people.models import Person
from yishi.people.services import person_name, person_phone

from .identity import card_agrees, identity_index, identity_read, identity_set, keys_check

TEXTS = ("name", "phone", "identity", "identity_kind", "as_on_card")


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person as they were given: texts read, the number apart from what is hashed."""

    name: str
    phone: str
    identity: Identity
    facts: Mapping[str, Any]  # fields.PERSON
    place: Mapping[str, Any]  # fields.MEMBER: relation, number

    def body(self) -> dict[str, Any]:
        """For the hash of the act: the number by its index."""
        return {
            "name": self.name,
            "phone": self.phone,
            "identity": identity_index(self.identity),
            "identity_kind": self.identity.kind,
            "fault": self.identity.fault.value,
            **self.facts,
            **self.place,
        }


def person_read(said: Mapping[str, Any], prefix: str = "") -> NewPerson:
    """Read a mapping with name, phone, identity, identity_kind, as_on_card and the fields of PERSON and MEMBER."""
    own = {field.name for field in fields.PERSON}
    number = identity_read(
        str(said.get("identity") or ""),
        str(said.get("identity_kind") or CARD),
        field=f"{prefix}identity",
        as_on_card=bool(said.get("as_on_card")),
    )
    rest = {name: value for name, value in said.items() if name not in TEXTS}
    facts = fields.read(fields.PERSON, {name: value for name, value in rest.items() if name in own})
    card_agrees(number, facts, prefix)
    return NewPerson(
        fields.no_card_number(person_name(str(said.get("name") or "")), f"{prefix}name"),
        person_phone(str(said.get("phone") or "")),
        number,
        facts,
        fields.read(fields.MEMBER, {name: value for name, value in rest.items() if name not in own}),
    )


def relative(relation: str) -> None:
    """Refuse a second head."""
    if relation == "head":
        raise Refusal("relation.head_twice", _("A household has one head."), field="relation")


def sex_fits(relation: str, sex: str) -> None:
    """Refuse a relation that does not go with the sex (a daughter is no man): a slip of the pen, most often in the
    relation."""
    wanted = codes.of("relation", relation).get("sex") if relation else None
    if wanted and sex and sex != wanted:
        raise Refusal(
            "relation.sex",
            _("“%(relation)s” does not go with this sex. Check the relation and the number.")
            % {"relation": codes.label("relation", relation)},
            field="relation",
        )


def person_here(actor: Viewer, new: NewPerson, key: UUID) -> Person:
    """The person of the register whom `new` means, else a new one under `key`.

    A number that stands in a household within the actor's reach means that person: they may have left it and come, but
    not be in two at once. What stands elsewhere is not looked at: it would answer a question about a foreign household.
    """
    if new.identity.number:
        keys_check()
        known = _known(actor, new)
        if known is not None:
            return known
    person = Person.within.create(id=key, name=new.name, phone=new.phone)
    resident = Resident(person=person, **new.facts)
    if new.identity.number:
        identity_set(resident, new.identity)
    resident.save(force_insert=True)
    return person


def _known(actor: Viewer, new: NewPerson) -> Person | None:
    members = HouseholdMember.within.filter(
        person__resident__identity_index=identity_index(new.identity), household__arriving__isnull=True
    )
    if not actor.reach.everything:
        members = members.filter(household_reach(actor.reach, "household__"))
    memberships = list(members.select_related("person", "household").order_by("valid_from"))
    for member in memberships:
        if member.valid_to is None and member.household.left_on is None:
            raise Refusal(
                "identity.known",
                _("This number stands in household %(number)s already. Let the person leave it first.")
                % {"number": member.household.number},
                field="identity",
            )
    if not memberships:
        return None
    person = memberships[-1].person
    if person.name != new.name:
        raise Refusal(
            "identity.other_name",
            _("This number belongs to %(name)s. Compare name and number with the card.") % {"name": person.name},
            field="identity",
        )
    return person


def member_put(
    household: Household, person: Person, new: Mapping[str, Any], *, key: UUID, on: date, reason: str
) -> HouseholdMember:
    """Put a person into a household from a day on; `new`: fields of MEMBER in their own types."""
    if not codes.has("member_join", reason):
        raise Refusal("member.reason", _("Please choose one of the values that are offered."), field="reason")
    return HouseholdMember.within.create(
        id=key, household=household, person=person, valid_from=on, joined_reason=reason, **new
    )


def active(household: Household) -> Household:
    """The household, locked; refuses one that left the register."""
    row = Household.within.select_for_update(of=("self",)).select_related("place", "head").get(pk=household.pk)
    if row.left_on is not None:
        raise WrongStage("household.left", _("This household left the register; nothing is changed in it any more."))
    return row


def members_now(household: Household) -> list[HouseholdMember]:
    """Who lives in the household today, with what the register knows of them."""
    members = HouseholdMember.within.filter(household=household, valid_to__isnull=True)
    return list(members.select_related("person__resident").order_by("valid_from", "pk"))


def recount(household: Household) -> None:
    """The size of the household follows from its members."""
    household.size = HouseholdMember.within.filter(household=household, valid_to__isnull=True).count()
    household.save(update_fields=["size"])


def day_read(on: date | None, *, after: date | None = None, field: str = "effective_on") -> date:
    """The day from which a change holds (today, if none is given). Refuses one that is to come, or before `after`."""
    day = happened(on or timezone.localdate(), field, code="day")
    if after is not None and day < after:
        raise Refusal(
            "day.before",
            _("This was before %(day)s, when it began. Check the day.") % {"day": day_said(after)},
            field=field,
        )
    return day


def relations_set(household: Household, relations: Mapping[UUID, str]) -> None:
    """Set everybody's relation to the (new) head. Whoever is not named keeps theirs."""
    for member in members_now(household):
        relation = "head" if member.person_id == household.head_id else relations.get(member.pk, member.relation)
        if relation == "head" and member.person_id != household.head_id:
            raise Refusal(
                "relation.head",
                _("Say for %(name)s, too, how they stand to the new head.") % {"name": member.person.name},
                field="relations",
            )
        if relation != member.relation:
            fields.read(fields.MEMBER, {"relation": relation})
            sex_fits(relation, getattr(getattr(member.person, "resident", None), "sex", ""))
            HouseholdMember.within.filter(pk=member.pk).update(relation=relation)


def twice(people: Iterable[NewPerson]) -> None:
    """Refuse two people of one form who have the same number."""
    seen: set[str] = set()
    for person in people:
        if person.identity.number and person.identity.key in seen:
            raise Refusal("identity.twice", _("Two people here have the same number."), field="members")
        seen.add(person.identity.key)
