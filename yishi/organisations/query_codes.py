"""Query codes: what a villager holds instead of an account. Only a keyed hash is stored."""

import hmac
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from yishi.kit.ids import clean_code
from yishi.people.models import Person

from .models import QueryCode

LENGTH = 10
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def code_for_act(act_id: UUID) -> str:
    """The code that the act `act_id` gives: the same at every repetition, unguessable without the site's key."""
    bits = int.from_bytes(_keyed(b"query-code:" + act_id.bytes), "big")
    return "".join(_ALPHABET[bits >> (5 * place) & 31] for place in range(LENGTH))


def digest(code: str) -> str:
    """The keyed hash under which a code is stored."""
    return _keyed(b"query-code-digest:" + clean_code(code).encode()).hex()


def code_issue(person: Person, code: str) -> QueryCode:
    """Store `code` for `person`; within an act."""
    return QueryCode.objects.create(person=person, digest=digest(code), issued_at=timezone.now())


def codes_revoke(person: Person) -> int:
    """Kill the codes of `person`; within an act."""
    return QueryCode.objects.filter(person=person, revoked_at__isnull=True).update(revoked_at=timezone.now())


def code_find(typed: str) -> QueryCode | None:
    """The live code that somebody typed, however they wrote it."""
    if len(clean_code(typed)) != LENGTH:
        return None
    return QueryCode.objects.filter(digest=digest(typed), revoked_at__isnull=True).select_related("person").first()


def spaced(code: str) -> str:
    """A code as it is read out: K7M4-2QX-D9R."""
    return f"{code[:4]}-{code[4:7]}-{code[7:]}"


def _keyed(message: bytes) -> bytes:
    return hmac.new(settings.SECRET_KEY.encode(), message, sha256).digest()
