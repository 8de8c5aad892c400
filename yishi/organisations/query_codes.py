"""Query codes: what a villager holds instead of an account. Only a keyed hash is stored."""

import hmac
import ipaddress
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.kit.errors import Refusal
from yishi.kit.ids import clean_code
from yishi.people.models import Person

from .models import QueryCode, WrongCode

Kind = QueryCode.Kind
LENGTH = 10
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def code_for_act(act_id: UUID) -> str:
    """The code that the act `act_id` gives: the same at every repetition, unguessable without the site's key."""
    bits = int.from_bytes(keyed(b"query-code:" + act_id.bytes), "big")
    return "".join(_ALPHABET[bits >> (5 * place) & 31] for place in range(LENGTH))


def digest(code: str) -> str:
    """The keyed hash under which a code is stored."""
    return keyed(b"query-code-digest:" + clean_code(code).encode()).hex()


def code_issue(person: Person, code: str, *, seat_in: UUID | None = None) -> QueryCode:
    """Store `code` for `person`, of what is their own or of their seat in the matter `seat_in`; within an act."""
    kind = Kind.OWN if seat_in is None else Kind.SEAT
    return QueryCode.objects.create(
        person=person, kind=kind, matter_id=seat_in, digest=digest(code), issued_at=timezone.now()
    )


def codes_revoke(person: Person, *, seat_in: UUID | None = None) -> int:
    """Kill the codes of `person` of that kind; within an act."""
    kind = Kind.OWN if seat_in is None else Kind.SEAT
    live = QueryCode.objects.filter(person=person, kind=kind, matter_id=seat_in, revoked_at__isnull=True)
    return live.update(revoked_at=timezone.now())


def code_find(typed: str) -> QueryCode | None:
    """The live code that somebody typed, however they wrote it."""
    if len(clean_code(typed)) != LENGTH:
        return None
    return QueryCode.objects.filter(digest=digest(typed), revoked_at__isnull=True).select_related("person").first()


def spaced(code: str) -> str:
    """A code as it is read out: K7M4-2QX-D9R."""
    return f"{code[:4]}-{code[4:7]}-{code[7:]}"


def keyed(message: bytes) -> bytes:
    """HMAC-SHA256 of `message` under the site's key."""
    return hmac.new(settings.SECRET_KEY.encode(), message, sha256).digest()


FREE_TRIES = 5
IPV6 = 6
LONGEST_WAIT = timedelta(minutes=15)


def code_try(typed: str, address: str) -> QueryCode | None:
    """The code that somebody typed from `address`, or None.

    A right code always opens: its 50 bits are guessed by nobody, and a village shares one address with whoever mistypes
    (docs/decisions/0017). After five wrong ones each further wrong one is answered with a wait, doubling from 15
    seconds to a quarter of an hour: Refusal, field "code".
    """
    query_code = code_find(typed)
    if query_code is not None:
        return query_code
    now, address = timezone.now(), _network(address)
    misses = WrongCode.objects.filter(address=address).first()
    if misses is not None and now - misses.last_at > 4 * LONGEST_WAIT:
        misses.delete()
        misses = None
    if misses is not None and misses.count >= FREE_TRIES:
        wait = min(timedelta(seconds=15 * 2 ** min(misses.count - FREE_TRIES, 8)), LONGEST_WAIT)
        left = misses.last_at + wait - now
        if left > timedelta():
            raise Refusal(
                "code.slow",
                _("Too many wrong codes from here. Please wait %(minutes)d minutes and try again, or call the office.")
                % {"minutes": int(left.total_seconds() // 60) + 1},
                field="code",
            )
    wrong_code, is_new = WrongCode.objects.get_or_create(address=address, defaults={"count": 1, "last_at": now})
    if not is_new:
        WrongCode.objects.filter(pk=wrong_code.pk).update(count=F("count") + 1, last_at=now)
    return None


def _network(address: str) -> str:
    """The address whose tries are counted together: a household has a whole /64 of IPv6."""
    try:
        host = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((host, 64), strict=False)) if host.version == IPV6 else address
