"""A person gets a post or a membership in one act, registered on the way where they are not known yet."""

from datetime import date
from uuid import UUID

from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.people.models import Person
from yishi.people.services import person_name, person_phone

from ..grants import Viewer
from ..models import Body, Term
from ..rights import permit
from .bodies import post_give
from .members import member_admit
from .people import person_register


def person_appoint(
    *,
    actor: Viewer,
    body: Body,
    name: str,
    phone: str = "",
    role: str,
    title: str = "",
    since: date | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Give a post to the person of this name and phone; else register them. Result: person, post."""
    by = permit("organisation.manage", actor, body)
    sent = {"body": body.pk, "name": name, "phone": phone, "role": role, "title": title, "since": since}
    with act("organisations.person.appoint", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        person = _known_or_new(actor, name, phone, this.child())
        appointed = post_give(
            actor=actor, person=person, body=body, role=role, title=title, since=since, act_id=this.child()
        )
        this.result(person=person.pk, post=appointed.result["post"])
    return this.receipt


def member_appoint(
    *,
    actor: Viewer,
    term: Term,
    name: str,
    phone: str = "",
    sector: str,
    title: str = "",
    since: date | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Admit the person of this name and phone as member; else register them. Result: person, member."""
    by = permit("member.manage", actor, term)
    sent = {"term": term.pk, "name": name, "phone": phone, "sector": sector, "title": title, "since": since}
    with act("organisations.member.appoint", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        person = _known_or_new(actor, name, phone, this.child())
        admitted = member_admit(
            actor=actor, person=person, term=term, sector=sector, title=title, since=since, act_id=this.child()
        )
        this.result(person=person.pk, member=admitted.result["member"])
    return this.receipt


def _known_or_new(actor: Viewer, name: str, phone: str, act_id: UUID) -> Person:
    name, phone = person_name(name), person_phone(phone)
    if phone:
        people = Person.within.filter(name=name, phone=phone)
        known = people.exclude(posts=None, memberships=None).distinct().first()
        if known is not None:
            return known
    receipt = person_register(actor=actor, name=name, phone=phone, act_id=act_id)
    return Person.within.get(pk=receipt.result["person"])
