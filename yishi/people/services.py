"""People and their accounts.

Who may do this is decided above (organisations/services/people.py), where posts are known; an invitation is a right of
its own: whoever holds its code sets the password of its person, once.
"""

import hashlib
import hmac
import re
import unicodedata
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.journal.act import Act, Actor, act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal
from yishi.kit.ids import child_id, clean_code, code_of, uuid7
from yishi.kit.names import lost_letter, plain_name
from yishi.kit.text import clean, phone_number

from .models import Account, Invitation, Person

INVITATION_DAYS = 14
MAX_PHONE = 16
CODE_LENGTH = 20  # 100 bits: typed from paper, never guessed
_USERNAME = re.compile(r"[\w.-]{3,32}")


def person_write(
    *, by: Actor, name: str, phone: str = "", email: str = "", is_demo: bool = False, act_id: UUID | None = None
) -> Receipt:
    """Write a person whom the platform gets to know. Result: person."""
    name, phone, email = person_name(name), person_phone(phone), person_email(email)
    body = {"name": name, "phone": phone, "email": email}
    with act("people.person.register", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        person = Person.within.create(id=child_id(this.id, 1), is_demo=is_demo, **body)
        this.entry(subject=("person", person.pk))
        this.result(person=person.pk)
    return this.receipt


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody whom the platform does not know yet, as an act names them: written down within it."""

    name: str
    phone: str = ""


def person_in(this: Act, person: Person | Newcomer) -> Person:
    """Whom an act means: a newcomer is written down within it, by the right that the act was given."""
    if isinstance(person, Person):
        return person
    receipt = person_write(by=this.actor, name=person.name, phone=person.phone, act_id=this.child())
    return Person.within.get(pk=receipt.result["person"])


def person_sent(person: Person | Newcomer) -> object:
    """What was sent of a person, for the body of an act."""
    return person.pk if isinstance(person, Person) else asdict(person)


def person_rewrite(*, by: Actor, person: Person, act_id: UUID | None = None, **changes: str) -> Receipt:
    """Correct a person's name, phone or mail. The entry names the fields, never what stood or stands in them."""
    readers: dict[str, Any] = {"name": person_name, "phone": person_phone, "email": person_email}
    values = {field: readers[field](value) for field, value in changes.items()}
    with act("people.person.change", actor=by, act_id=act_id, body={"person": person.pk, **values}) as this:
        if this.replayed:
            return this.receipt
        Person.within.filter(pk=person.pk).update(**values)
        this.entry(subject=("person", person.pk), data={"fields": sorted(values)})
        this.result(person=person.pk)
    return this.receipt


def invitation_write(*, by: Actor, person: Person, act_id: UUID | None = None) -> Receipt:
    """Invite a person to make an account, or to set a new password. Earlier invitations end.

    The code is `receipt.invitation_code`; only its hash is stored, and a repeated delivery gives the same code.
    """
    act_id = act_id or uuid7()
    code = _code_for(act_id, person.pk)
    with act("people.invitation.issue", actor=by, act_id=act_id, body={"person": person.pk}) as this:
        this.receipt.invitation_code = code
        if this.replayed:
            return this.receipt
        Person.within.select_for_update().get(pk=person.pk)
        _revoke_open(person, this.now)
        expires = this.now + timedelta(days=INVITATION_DAYS)
        invitation = Invitation.objects.create(
            id=child_id(this.id, 1),
            person=person,
            digest=_digest(code),
            invited_by_id=by.person_id,
            created_at=this.now,
            expires_at=expires,
        )
        this.entry(subject=("person", person.pk), data={"invitation": invitation.pk, "expires": expires})
        this.result(invitation=invitation.pk)
    return this.receipt


def invitation_withdraw(*, by: Actor, invitation: Invitation, act_id: UUID | None = None) -> Receipt:
    """Withdraw an invitation: its code is dead from now on."""
    with act("people.invitation.revoke", actor=by, act_id=act_id, body={"invitation": invitation.pk}) as this:
        if this.replayed:
            return this.receipt
        _revoke_open(invitation.person, this.now)
        this.entry(subject=("person", invitation.person_id), data={"invitation": invitation.pk})
        this.result(invitation=invitation.pk)
    return this.receipt


def invitation_find(code: str) -> Invitation:
    """The open invitation of a typed code. Refuses, saying what to do, as `account_by_invitation` does."""
    invitation = Invitation.objects.filter(digest=_digest(clean_code(code))).select_related("person").first()
    if invitation is None:
        raise Refusal("invitation.unknown", _("No invitation has this code. Compare it with your sheet."), field="code")
    _check_open(invitation)
    return invitation


def account_by_invitation(*, token: str, username: str, password: str, act_id: UUID | None = None) -> Receipt:
    """Make the person's account, or set its new password. Result: account, username, is_new.

    A disabled account stays disabled.

    Raises `Refusal` "invitation.unknown", ".used", ".revoked", ".expired", "account.username", "account.taken",
    "account.password"; the invitation stays open then.
    """
    digest = _digest(clean_code(token))
    known = Invitation.objects.filter(digest=digest).first()
    if known is None:
        raise Refusal("invitation.unknown", _("No invitation has this code. Compare it with your sheet."), field="code")
    by = Actor(known.person_id, "invitation", known.pk)
    username = plain_username(username)
    # The password is not part of the hashed body: a receipt must not help anybody to guess it.
    body = {"invitation": known.pk, "username": username}
    with act("people.invitation.accept", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        invitation = Invitation.objects.select_for_update().get(pk=known.pk)
        _check_open(invitation)
        person = Person.within.get(pk=invitation.person_id)
        account = Account.objects.select_for_update().filter(person=person).first()
        if account is None:
            account = Account(id=child_id(this.id, 1), person=person, username=username)
        is_new = account._state.adding
        account_password(account, password)
        _save_account(account)
        invitation.used_at = this.now
        invitation.save(update_fields=["used_at"])
        this.entry(subject=("person", person.pk), data={"account": account.pk, "is_new": is_new})
        this.result(account=account.pk, username=account.username, is_new=is_new)
    return this.receipt


def account_write(*, by: Actor, person: Person, username: str, password: str, act_id: UUID | None = None) -> Receipt:
    """Make an account at once: the first administrator's, on the first-run page. Result: account."""
    username = plain_username(username)
    with act("people.account.make", actor=by, act_id=act_id, body={"person": person.pk, "username": username}) as this:
        if this.replayed:
            return this.receipt
        account = Account(id=child_id(this.id, 1), person=person, username=username)
        account_password(account, password)
        _save_account(account)
        this.entry(subject=("person", person.pk), data={"account": account.pk})
        this.result(account=account.pk)
    return this.receipt


def account_demo(*, by: Actor, person: Person, username: str, act_id: UUID | None = None) -> Receipt:
    """An account of the demo: no password opens it, one enters by the demo's page alone. Result: account."""
    username = plain_username(username)
    with act("people.account.demo", actor=by, act_id=act_id, body={"person": person.pk, "username": username}) as this:
        if this.replayed:
            return this.receipt
        account = Account(id=child_id(this.id, 1), person=person, username=username, is_demo=True)
        account.set_unusable_password()
        _save_account(account)
        this.entry(subject=("person", person.pk), data={"account": account.pk})
        this.result(account=account.pk)
    return this.receipt


def account_switch(*, by: Actor, account: Account, is_active: bool, act_id: UUID | None = None) -> Receipt:
    """Disable an account (its sessions end with the next request, its invitations are dead) or enable it again."""
    body = {"account": account.pk, "is_active": is_active}
    with act("people.account.switch", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        account = Account.objects.select_for_update().select_related("person").get(pk=account.pk)
        account.is_active = is_active
        account.save(update_fields=["is_active"])
        if not is_active:
            _revoke_open(account.person, this.now)
        this.entry(subject=("person", account.person_id), data={"account": account.pk, "is_active": is_active})
        this.result(account=account.pk)
    return this.receipt


def second_lock_remove(*, by: Actor, account: Account, act_id: UUID | None = None) -> Receipt:
    """Take the codes from an app, the passkeys and the spare codes off an account whose owner lost them.

    Refuses ("account.no_lock") where there is none. The password stays; whoever is signed in stays signed in.
    """
    with act("people.account.unlock", actor=by, act_id=act_id, body={"account": account.pk}) as this:
        if this.replayed:
            return this.receipt
        count, _rows = Authenticator.objects.filter(user=account).delete()
        if not count:
            raise Refusal("account.no_lock", _("This account has no second lock; the password is enough."))
        this.entry(subject=("person", account.person_id), data={"account": account.pk, "locks": count})
        this.result(account=account.pk)
    return this.receipt


def account_password(account: Account, password: str) -> None:
    """Set a password that the house's rules allow, or refuse with their sentences."""
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise Refusal("account.password", " ".join(error.messages), field="password") from error
    account.set_password(password)


def plain_username(typed: str) -> str:
    """A sign-in name: 3 to 32 letters (Chinese or Latin), digits, dots and dashes, in lower case."""
    username = unicodedata.normalize("NFKC", clean(typed)).lower()
    if not _USERNAME.fullmatch(username):
        text = _("A sign-in name has 3 to 32 letters or digits, without blanks. Choose another one.")
        raise Refusal("account.username", text, field="username")
    return username


def person_name(typed: str) -> str:
    """A name as it is stored (`kit.names`); refuses an empty or over-long one, and one with a letter that others cannot
    see."""
    name = plain_name(typed)
    if letter := lost_letter(name):
        text = _(
            "The letter %(letter)s in this name is known to one computer's font only; others see an empty box. Type "
            "the letter as the identity card shows it, with an input method for rare letters."
        )
        raise Refusal("person.lost_letter", text % {"letter": letter}, field="name")
    if not name:
        raise Refusal("person.no_name", _("Enter the person's name."), field="name")
    if len(name) > 64:
        raise Refusal("person.long_name", _("A name may have 64 characters."), field="name")
    return name


def person_phone(typed: str) -> str:
    """A phone number without blanks and dashes; empty stays empty. Refuses what is no phone number."""
    if not clean(typed):
        return ""
    phone = phone_number(typed)
    if phone is None and sum(letter.isdigit() for letter in typed) > MAX_PHONE:
        raise Refusal(
            "person.phone", _("This is longer than a phone number. Never enter identity numbers."), field="phone"
        )
    if phone is None:
        said = _("This is no phone number. Please count its digits, or leave it empty.")
        raise Refusal("person.phone", said, field="phone")
    return phone


def person_email(typed: str) -> str:
    """A mail address as it is stored; empty stays empty. Refuses what is no address."""
    email = clean(typed)
    if email:
        try:
            validate_email(email)
        except ValidationError as error:
            raise Refusal(
                "person.email", _("This is no mail address. Check it, or leave it empty."), field="email"
            ) from error
    return email


def _save_account(account: Account) -> None:
    taken = Refusal("account.taken", _("This sign-in name is taken. Choose another one."), field="username")
    if Account.objects.filter(username__iexact=account.username).exclude(pk=account.pk).exists():
        raise taken
    try:
        with transaction.atomic():
            account.save()
    except IntegrityError as error:
        raise taken from error


def _check_open(invitation: Invitation) -> None:
    again = _("Ask your administrator for a new invitation.")
    if invitation.used_at is not None:
        raise Refusal("invitation.used", _("This invitation was used already.") + " " + again, field="code")
    if invitation.revoked_at is not None:
        raise Refusal("invitation.revoked", _("This invitation was replaced or withdrawn.") + " " + again, field="code")
    if invitation.expires_at <= timezone.now():
        raise Refusal("invitation.expired", _("This invitation has expired.") + " " + again, field="code")


def _revoke_open(person: Person, now: Any) -> None:
    Invitation.objects.filter(person=person, used_at=None, revoked_at=None).update(revoked_at=now)


def _code_for(act_id: UUID, person_id: UUID) -> str:
    message = b"invitation:" + act_id.bytes + person_id.bytes
    return code_of(hmac.new(settings.SECRET_KEY.encode(), message, hashlib.sha256).digest(), CODE_LENGTH)


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
