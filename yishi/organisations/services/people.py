"""People whom an administrator registers, invites, corrects; accounts that are disabled or get a new password."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal
from yishi.kit.ids import child_id, uuid7
from yishi.notices.services import tell
from yishi.people.models import Account, Invitation, Person
from yishi.people.services import (
    account_by_invitation,
    account_switch,
    invitation_find,
    invitation_withdraw,
    invitation_write,
    person_rewrite,
    person_write,
    second_lock_remove,
)

from ..grants import Viewer
from ..rights import permit


def person_register(
    *, actor: Viewer, name: str, phone: str = "", email: str = "", is_demo: bool = False, act_id: UUID | None = None
) -> Receipt:
    """Register a person, who then gets a post or a membership. Result: person."""
    by = permit("person.register", actor)
    return person_write(by=by, name=name, phone=phone, email=email, is_demo=is_demo, act_id=act_id)


def person_change(*, actor: Viewer, person: Person, act_id: UUID | None = None, **changes: str) -> Receipt:
    """Correct name, phone or mail of a person."""
    return person_rewrite(by=permit("person.manage", actor, person), person=person, act_id=act_id, **changes)


def invitation_issue(*, actor: Viewer, person: Person, act_id: UUID | None = None) -> Receipt:
    """Invite a person to make an account, or (password forgotten) to set a new password.

    The code is `receipt.invitation_code`. It holds 14 days, works once, and ends earlier invitations.
    """
    return invitation_write(by=permit("person.invite", actor, person), person=person, act_id=act_id)


def invitations_issue(
    *, actor: Viewer, people: Iterable[Person], act_id: UUID | None = None
) -> list[tuple[Person, Receipt]]:
    """Invite several people at once, each in an act of its own: a repeated delivery gives the same codes."""
    parent = act_id or uuid7()
    people = sorted(people, key=lambda person: person.pk)
    for person in people:
        permit("person.invite", actor, person)
    return [
        (person, invitation_issue(actor=actor, person=person, act_id=child_id(parent, person.pk.int & 0xFFFFFFFF)))
        for person in people
    ]


def invitation_accept(*, token: str, username: str, password: str, act_id: UUID | None = None) -> Receipt:
    """Make the person's account, or set its new password; who had one already is told of it.

    Refuses as `account_by_invitation` does. Result: account, username, is_new.
    """
    with transaction.atomic():
        receipt = account_by_invitation(token=token, username=username, password=password, act_id=act_id)
        if not receipt.replayed and not receipt.result["is_new"]:
            person = Person.within.get(account=receipt.result["account"])
            tell(
                person=person,
                code="account.password_replaced",
                params={},
                subject=("person", person.pk),
                once=f"account.password_replaced/{receipt.pk}",
                channels=("app", "sms", "mail"),
            )
    return receipt


def invitation_revoke(*, actor: Viewer, invitation: Invitation, act_id: UUID | None = None) -> Receipt:
    """Withdraw an invitation: its code is dead from now on."""
    by = permit("person.invite", actor, invitation.person)
    return invitation_withdraw(by=by, invitation=invitation, act_id=act_id)


def account_disable(*, actor: Viewer, account: Account, act_id: UUID | None = None) -> Receipt:
    """Disable an account: nobody signs in by it until it is enabled again. Nobody disables themself."""
    by = permit("account.switch", actor, account.person)
    if account.person_id == actor.person_id:
        raise Refusal("account.self", _("You cannot disable your own account. Ask another administrator."))
    return account_switch(by=by, account=account, is_active=False, act_id=act_id)


def account_enable(*, actor: Viewer, account: Account, act_id: UUID | None = None) -> Receipt:
    """Enable a disabled account: it works again, with the password that it had."""
    by = permit("account.switch", actor, account.person)
    return account_switch(by=by, account=account, is_active=True, act_id=act_id)


def account_unlock(*, actor: Viewer, account: Account, act_id: UUID | None = None) -> Receipt:
    """Remove the second lock of somebody who lost phone and spare codes; they are told. Nobody does it for themself."""
    by = permit("person.reset_password", actor, account.person)
    if account.person_id == actor.person_id:
        raise Refusal("account.self_lock", _("Remove your own second lock under “My account”, or ask a colleague."))
    with transaction.atomic():
        receipt = second_lock_remove(by=by, account=account, act_id=act_id)
        if not receipt.replayed:
            tell(
                person=account.person,
                code="account.unlocked",
                params={},
                subject=("person", account.person_id),
                once=f"account.unlocked/{receipt.pk}",
                channels=("app", "sms", "mail"),
            )
    return receipt


__all__ = [
    "account_disable",
    "account_enable",
    "account_unlock",
    "invitation_accept",
    "invitation_find",
    "invitation_issue",
    "invitation_revoke",
    "invitations_issue",
    "person_change",
    "person_register",
]
