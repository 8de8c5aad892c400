"""Terms are opened, members admitted; a member who leaves keeps what they did and gets nothing new."""

from datetime import date, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.database.words import Words
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.journal.moved import Watch, last_moved, put_back, stands, take_back_row
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.ids import child_id
from yishi.notices.days import day_said
from yishi.people.models import Person

from ..grants import Viewer
from ..models import Body, BodyKind, Member, Term
from ..rights import permit
from ..sectors import sectors

TERM_NAME = Words("name", 64)
TITLE = Words("title", 64)
REASON = Words("reason", 120)

LAST_TERM = 99
OPENED = "organisations.term.open"


def term_open(
    *, actor: Viewer, body: Body, number: int, name: str = "", since: date | None = None, act_id: UUID | None = None
) -> Receipt:
    """Open a committee's next term (届); the term before and its memberships end the day before."""
    by = permit("member.manage", actor, body)
    since = since or timezone.localdate()
    called = TERM_NAME.kept(name)
    sent = {"body": body.pk, "number": number, "name": called, "since": since}
    with act("organisations.term.open", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        if body.kind != BodyKind.COMMITTEE:
            raise Refusal(
                "term.body", _("Only a consultative committee has terms. Choose the committee."), field="body"
            )
        if not 1 <= number <= LAST_TERM:
            raise Refusal("term.number", _("Enter the number of the term, for example 10."), field="number")
        Body.objects.select_for_update().get(pk=body.pk)
        earlier = Term.objects.filter(body=body)
        if earlier.filter(number__gte=number).exists():
            raise Refusal("term.taken", _("This term or a later one is open already."), field="number")
        eve, watch = since - timedelta(days=1), Watch()
        for old in earlier.filter(valid_to__isnull=True):
            if old.valid_from > eve:
                raise Refusal(
                    "term.order", _("The term before began later than this day. Check the day."), field="since"
                )
            left = Member.objects.filter(term=old, valid_to__isnull=True)
            watch.row(old, "valid_to")
            watch.rows(left, "valid_to", "end_reason")
            old.valid_to = eve
            old.save(update_fields=["valid_to"])
            left.update(valid_to=eve, end_reason=str(_("end of the term")))
        term = Term.objects.create(id=child_id(this.id, 1), body=body, number=number, valid_from=since, name=called)
        this.entry(subject=("term", term.pk), place=body.place_id, dims={"body": body.pk}, data={"number": number})
        watch.keep(this, ("term", term.pk))
        this.result(term=term.pk)
    return this.receipt


def term_to_take_back(term: Term) -> bool:
    """Does it keep what it ended, all of that as it left it, and does nobody sit in it yet?"""
    is_empty = not term.members.filter(valid_to__isnull=True).exists()
    return is_empty and stands(last_moved(("term", term.pk), OPENED))


def term_take_back(*, actor: Viewer, term: Term, reason: str, act_id: UUID | None = None) -> Receipt:
    """A term that was opened by mistake: the term before and its memberships go on as if it had not been. Refused while
    members sit in it. Result: term."""
    by = permit("member.manage", actor, term)
    body = {"term": term.pk, "reason": reason}
    with act("organisations.term.take_back", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = take_back_row(this, term, reason)
        if row.members.filter(valid_to__isnull=True).exists():
            raise Refusal("term.members", _("Members were admitted to it. Let them leave it first."))
        put_back(this, last_moved(("term", row.pk), OPENED), reason)
        this.entry(subject=("term", row.pk), place=row.body.place_id, dims={"body": row.body_id})
        this.result(term=row.pk)
    return this.receipt


def member_admit(
    *,
    actor: Viewer,
    person: Person,
    term: Term,
    sector: str,
    title: str = "",
    since: date | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Admit a person as member of a term, in a sector (界别)."""
    by = permit("member.manage", actor, term)
    since, title = since or max(term.valid_from, timezone.localdate()), TITLE.kept(title)
    if sector not in sectors():
        raise Refusal("member.sector", _("Choose the sector from the list."), field="sector")
    sent = {"person": person.pk, "term": term.pk, "sector": sector, "title": title, "since": since}
    with act("organisations.member.admit", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        term = Term.objects.select_related("body").get(pk=term.pk)
        if term.valid_to is not None:
            raise WrongStage("term.over", _("This term is over. Admit the person to the term that is open."))
        taken = Refusal("member.taken", _("This person belongs to this term already."), field="person")
        try:
            with transaction.atomic():
                new_member = Member.objects.create(
                    id=child_id(this.id, 1), person=person, term=term, sector=sector, title=title, valid_from=since
                )
        except IntegrityError as error:
            raise taken from error
        this.entry(
            subject=("member", new_member.pk), place=term.body.place_id, dims={"body": term.body_id, "sector": sector},
            quantities={"members": 1}, touches=[("person", person.pk, 1)],
        )  # fmt: skip
        this.result(member=new_member.pk)
    return this.receipt


def member_leave(
    *, actor: Viewer, member: Member, reason: str, until: date | None = None, act_id: UUID | None = None
) -> Receipt:
    """A member leaves: former from the day after. What they did stays theirs; no new duty or invitation comes."""
    by = permit("member.manage", actor, member)
    until, reason = until or timezone.localdate() - timedelta(days=1), REASON.kept(reason)
    if not reason:
        raise Refusal("member.reason", _("Write why: resigned, moved away, died…"), field="reason")
    sent = {"member": member.pk, "until": until, "reason": reason}
    with act("organisations.member.leave", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        leaving = Member.objects.select_for_update().select_related("term__body").get(pk=member.pk)
        if leaving.valid_to is not None:
            raise WrongStage(
                "member.left", _("This membership ended on %(day)s.") % {"day": day_said(leaving.valid_to)}
            )
        leaving.valid_to = max(until, leaving.valid_from - timedelta(days=1))
        leaving.end_reason = reason
        leaving.save(update_fields=["valid_to", "end_reason"])
        this.entry(
            subject=("member", leaving.pk), place=leaving.term.body.place_id, quantities={"members": -1},
            dims={"body": leaving.term.body_id, "sector": leaving.sector}, touches=[("person", leaving.person_id, -1)],
        )  # fmt: skip
        this.result(member=leaving.pk)
    return this.receipt
