"""A person gets a post or a membership in one act, registered on the way where they are not known yet."""

from datetime import date
from uuid import UUID

from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.people.models import Person
from yishi.people.services import person_name, person_phone, person_write

from ..grants import Viewer
from ..models import Body, Term
from ..rights import permit
from .bodies import post_give
from .members import member_admit


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
    by = permit("post.manage", actor, body)
    sent = {"body": body.pk, "name": name, "phone": phone, "role": role, "title": title, "since": since}
    with act("organisations.person.appoint", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        person = _known_or_new(this, name, phone)
        given = post_give(
            actor=actor, person=person, body=body, role=role, title=title, since=since, act_id=this.child()
        )
        this.result(person=person.pk, post=given.result["post"])
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
        person = _known_or_new(this, name, phone)
        admitted = member_admit(
            actor=actor, person=person, term=term, sector=sector, title=title, since=since, act_id=this.child()
        )
        this.result(person=person.pk, member=admitted.result["member"])
    return this.receipt


def _known_or_new(this: Act, name: str, phone: str) -> Person:
    """Who appoints also registers: by the right over the body, which asks more than `person.register`."""
    act_id = this.child()
    name, phone = person_name(name), person_phone(phone)
    if phone:
        rows = Person.within.filter(name=name, phone=phone)
        known = rows.exclude(posts=None, memberships=None).distinct().first()
        if known is not None:
            return known
    receipt = person_write(by=this.actor, name=name, phone=phone, act_id=act_id)
    return Person.within.get(pk=receipt.result["person"])
