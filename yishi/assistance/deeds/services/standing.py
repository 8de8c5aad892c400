"""A deed as it stands: its parties with their shares, whom it reached, and the one entry that counts it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.deeds.models import Deed, DeedBeneficiary, DeedParty
from yishi.assistance.deeds.models.deeds import WHOLE
from yishi.assistance.register.models import Household
from yishi.journal.act import Act, Touch
from yishi.journal.models import Entry
from yishi.kit.errors import Conflict, Refusal, WrongStage
from yishi.kit.ids import uuid7
from yishi.kit.records import certain
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Member, Place, valid_on
from yishi.people.models import Person

Role = DeedParty.Role
MOST_PARTIES = 40
MOST_BENEFICIARIES = 2_000


@dataclass(frozen=True, slots=True)
class Part:
    """A party of a deed: a body or a person, its role, its share of ten thousandths (None: an equal part)."""

    who: Body | Person
    role: str = Role.LEAD
    share: int | None = None


@dataclass(frozen=True, slots=True)
class Reached:
    """Whom a deed reached by name, and how many besides of whom only the number is known."""

    households: Sequence[Household] = ()
    people: Sequence[Person] = ()
    villages: Sequence[Place] = ()
    unnamed: int = 0


NOBODY = Reached()


def count(
    this: Act,
    deed: Deed,
    parties: Sequence[DeedParty] | None = None,
    beneficiaries: Sequence[DeedBeneficiary] | None = None,
) -> Entry:
    """Write the entry that counts `deed` as it stands now; rows that were just written need not be read again."""
    said = counting(this, deed, parties, beneficiaries)
    entry = this.entry(**said)
    if deed.entry_id != entry.pk:
        Deed.within.filter(pk=deed.pk).update(entry_id=entry.pk)
        deed.entry_id = entry.pk
    return entry


def counting(
    this: Act,
    deed: Deed,
    parties: Sequence[DeedParty] | None = None,
    beneficiaries: Sequence[DeedBeneficiary] | None = None,
) -> dict[str, Any]:
    """The arguments of the journal's entry that counts `deed` (see `Act.entry`)."""
    touches: list[Touch] = []
    for beneficiary in deed.beneficiaries.all() if beneficiaries is None else beneficiaries:
        if beneficiary.household_id:
            touches.append(("household", beneficiary.household_id, 1))
        elif beneficiary.person_id:
            touches.append(("person", beneficiary.person_id, 1))
        else:
            touches.append(("village", certain(beneficiary.village_id), 1))
    said = [
        ["body" if party.body_id else "person", party.body_id or party.person_id, party.role, party.share, party.sector]
        for party in (deed.parties.order_by("pk") if parties is None else parties)
    ]
    return {
        "code": "assistance.deed.count",
        "subject": ("deed", deed.pk),
        "place": deed.place_id,
        "at": this.on_day(deed.on),
        "dims": {"campaign": deed.item.campaign_id, "item": deed.item_id},
        "quantities": {"deeds": 1, "amount": deed.amount, "unnamed": deed.unnamed},
        "touches": touches,
        "data": {"parties": said},
    }


def uncount(this: Act, deed: Deed) -> None:
    """Reverse the entry that counts `deed`."""
    standing = Entry.objects.get(pk=certain(deed.entry_id))
    this.reverse(standing, data={"parties": standing.data["parties"]})
    Deed.within.filter(pk=deed.pk).update(entry_id=None)
    deed.entry_id = None


def parts_of(deed: Deed) -> list[Part]:
    """The parties as they stand."""
    parties = deed.parties.select_related("body", "person").order_by("pk")
    return [Part(party.who, party.role, party.share) for party in parties]


def reached_by(deed: Deed) -> Reached:
    """The beneficiaries as they stand."""
    beneficiaries = list(deed.beneficiaries.select_related("household", "person", "village"))
    return Reached(
        households=[beneficiary.household for beneficiary in beneficiaries if beneficiary.household],
        people=[beneficiary.person for beneficiary in beneficiaries if beneficiary.person],
        villages=[beneficiary.village for beneficiary in beneficiaries if beneficiary.village],
        unnamed=deed.unnamed,
    )


def rewrite(this: Act, deed: Deed, parts: Sequence[Part]) -> None:
    """Reverse what is counted of `deed`, give it `parts`, and count it anew."""
    if deed.entry_id is not None:
        uncount(this, deed)
    deed.parties.all().delete()
    count(this, deed, write_parties(deed, parts))


def joined(parts: Sequence[Part], more: Part) -> list[Part]:
    """`parts` and one more: with a share the others keep their proportions of the rest, without one all are equal."""
    if more.share is None:
        return [*(replace(part, share=None) for part in parts), more]
    if not 0 <= more.share <= WHOLE:
        raise Refusal("party.share", _("A share lies between 0 and 100 per cent."), field="share")
    rest = WHOLE - more.share
    return [*_shared([replace(part, share=(part.share or 0)) for part in parts], rest), more]


def without(parts: Sequence[Part], who: Body | Person) -> list[Part]:
    """`parts` when `who` leaves: the others keep their proportions of the whole."""
    rest = [part for part in parts if part.who != who]
    return _shared([replace(part, share=part.share or 0) for part in rest], WHOLE) if rest else []


def _shared(parts: Sequence[Part], whole: int) -> list[Part]:
    """`parts` with shares in their old proportions that add up to `whole`: the largest remainders get what is left."""
    total = sum(part.share or 0 for part in parts)
    weights = [part.share or 0 for part in parts] if total else [1] * len(parts)
    total = total or len(parts)
    exact = [weight * whole for weight in weights]
    made = [share // total for share in exact]
    order = sorted(range(len(parts)), key=lambda n: (-(exact[n] % total), n))
    for n in order[: whole - sum(made)]:
        made[n] += 1
    return [replace(part, share=share) for part, share in zip(parts, made, strict=True)]


def write_parties(deed: Deed, parts: Sequence[Part]) -> list[DeedParty]:
    """The parties in their order, with shares that add up to the whole."""
    return DeedParty.objects.bulk_create(party_rows(deed, parts, sectors_on(deed.on, parts)))


def sectors_on(day: date, parts: Sequence[Part], actor: Viewer | None = None) -> dict[Any, str]:
    """The sector of each member among the parties on a day; `actor` knows today's of their own."""
    people = [part.who for part in parts if isinstance(part.who, Person)]
    if actor is not None and day == timezone.localdate() and {person.pk for person in people} == {actor.person_id}:
        mine = sorted(actor.memberships, key=lambda member: member.pk)
        return {member.person_id: member.sector for member in mine}
    members = Member.objects.filter(valid_on(day), person__in=people).order_by("pk")
    return dict(members.values_list("person", "sector")) if people else {}


def party_rows(deed: Deed, parts: Sequence[Part], sectors: dict[Any, str]) -> list[DeedParty]:
    """The deed's parties as records that are not written yet; without shares all get an equal one. Refuses shares that
    do not add up to the whole, a party named twice, and a deed of nobody."""
    if not parts:
        raise Refusal("deed.nobody", _("Say who did it: at least one member, person or body."), field="parties")
    if len(parts) > MOST_PARTIES or len({part.who.pk for part in parts}) < len(parts):
        raise Refusal("deed.parties", _("Each party stands once, and at most 40 of them."), field="parties")
    shares = [part.share for part in parts if part.share is not None]
    if len(shares) == len(parts):
        if sum(shares) != WHOLE or min(shares) < 0:
            raise Refusal("deed.shares", _("The shares must add up to 100 per cent."), field="parties")
        made = list(parts)
    elif shares:
        raise Refusal("deed.shares", _("Give every party a share, or none."), field="parties")
    else:
        made = _shared([replace(part, share=1) for part in parts], WHOLE)
    return [
        DeedParty(
            id=uuid7(),
            deed=deed,
            place_id=deed.place_id,
            body=part.who if isinstance(part.who, Body) else None,
            person=part.who if isinstance(part.who, Person) else None,
            sector=sectors.get(part.who.pk, ""),
            role=role_of(part.role),
            share=part.share or 0,
        )
        for part in made
    ]


def write_beneficiaries(deed: Deed, reached: Reached) -> list[DeedBeneficiary]:
    """One row for each whom it reached by name."""
    return DeedBeneficiary.objects.bulk_create(beneficiary_rows(deed, reached))


def beneficiary_rows(deed: Deed, reached: Reached) -> list[DeedBeneficiary]:
    """Whom the deed reached by name, each once, as records that are not written yet."""
    beneficiaries = [
        DeedBeneficiary(id=uuid7(), deed=deed, household=household) for household in _once(reached.households)
    ]
    beneficiaries += [DeedBeneficiary(id=uuid7(), deed=deed, person=person) for person in _once(reached.people)]
    beneficiaries += [DeedBeneficiary(id=uuid7(), deed=deed, village=village) for village in _once(reached.villages)]
    if len(beneficiaries) > MOST_BENEFICIARIES:
        raise Refusal(
            "deed.beneficiaries",
            _("At most %(most)d beneficiaries by name. Record an activity with several deeds.")
            % {"most": MOST_BENEFICIARIES},
            field="reached",
        )
    return beneficiaries


def _once(records: Iterable[Any]) -> list[Any]:
    return list({record.pk: record for record in records}.values())


def role_of(role: str) -> str:
    """The role as it is stored. Refuses what is not among the roles of a party."""
    if role not in Role.values:
        raise Refusal("party.role", _("Please choose one of the values that are offered."), field="role")
    return role


def counted(deed: Deed) -> Deed:
    """The deed, locked; refuses one that counts no longer."""
    deeds = Deed.within.select_for_update(of=("self",)).select_related("item__campaign", "place", "version")
    row = deeds.get(pk=deed.pk)
    if row.state != Deed.State.COUNTED:
        raise WrongStage(
            "deed.state",
            _("This deed is “%(state)s”; nothing is changed in it any more.") % {"state": row.get_state_display()},
        )
    if row.entry_id is None:
        raise Conflict("deed.entry", _("This deed is being changed by somebody else. Reload the page."))
    return row
