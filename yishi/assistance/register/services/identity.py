"""Identity and account numbers of the register: sealed into their own row, found by a keyed index, masked for people.

A number in clear exists only in the memory of the act that writes it or of the page that opens it for a reason. What is
hashed for a receipt holds the index, never the number: whoever knows a village could try all its numbers.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.register import codes
from yishi.assistance.register.models import (
    ChangeRequest,
    Household,
    RegisterKeys,
    Resident,
)
from yishi.kit import identity
from yishi.kit.errors import Refusal
from yishi.kit.identity import Fault, Identity
from yishi.kit.sealing import KeyRing, SealError, WrongKey
from yishi.notices.days import day_said

LOOK_EVERY = 2.0  # seconds between two looks at the key file
NOTHING = Identity("", "", "")
SHORTEST_ACCOUNT, LONGEST_ACCOUNT = 8, 32
_WORDS: dict[Fault, Any] = {
    Fault.LENGTH: _("An identity card's number has 18 characters (an old one 15), a disability card's 20 or 22."),
    Fault.CHARACTERS: _("An identity number has digits only; the last character may be X."),
    Fault.DAY: _("The day of birth in this number does not exist. Compare it with the card."),
    Fault.CHECK: _("One digit of this number is wrong or two are swapped. Compare it with the card."),
    Fault.SPREADSHEET: _(
        "A spreadsheet kept this number as a figure and its last digits are lost. Copy it from the card."
    ),
}


@dataclass(frozen=True, slots=True)
class Field:
    """A column in which sealed values stand."""

    table: str
    column: str


RESIDENT = Field("assistance_resident", "identity")
ACCOUNT = Field("assistance_household", "bank")
ASKED_IDENTITY = Field("assistance_changerequest", "identity")
ASKED_ACCOUNT = Field("assistance_changerequest", "bank")


def ring_again() -> KeyRing:
    """The ring after a look at its file now: somebody may have added a key a moment ago."""
    _kept.looked_at = -LOOK_EVERY
    return ring()


class _Kept:
    """The ring as it stands in its file: a key that is added there is known to every running process within seconds.

    Only more keys of the same ring are taken: a file with another index key belongs to another register. What was
    read last holds while the file cannot be read: it is being replaced, or harmed.
    """

    def __init__(self) -> None:
        self.ring: KeyRing | None = None
        self.looked_at = -LOOK_EVERY
        self.state: tuple[Path, int] | None = None  # the file that was read, and when it was written

    def look(self, path: Path, index: bytes) -> None:
        if time.monotonic() - self.looked_at < LOOK_EVERY:
            return
        self.looked_at = time.monotonic()
        try:
            state = (path, path.stat().st_mtime_ns)
            if state == self.state:
                return
            self.state = None  # until it is read whole: the next look reads it again
            read = KeyRing.parse(path.read_text())
        except (OSError, ValueError):
            self.state = None
        else:
            if read.index == index:
                self.ring, self.state = read, state


_kept = _Kept()


def ring() -> KeyRing:
    """The ring of keys of this register, the newest that this process knows of."""
    keys: KeyRing = settings.REGISTER_KEYS
    if settings.REGISTER_KEYS_FILE is None:
        return keys
    _kept.look(settings.REGISTER_KEYS_FILE, keys.index)
    kept = _kept.ring
    return kept if kept is not None and kept.index == keys.index and kept.current > keys.current else keys


def keys_check() -> None:
    """Refuse where this database was sealed with another ring of keys; remember ours at the first sealing."""
    row, _is_new = RegisterKeys.objects.get_or_create(pk=1, defaults={"mark": ring().mark, "made_at": timezone.now()})
    if row.mark != ring().mark:
        raise Refusal(
            "keys.foreign",
            _("The key file is not the one of this register. Ask whoever runs the server to restore it from a backup."),
        )


def identity_read(
    text: str, kind: str = identity.CARD, *, field: str = "identity", as_on_card: bool = False
) -> Identity:
    """The number that was typed (NOTHING for an empty text). A wrong one is refused, unless it stands so on the card
    (`as_on_card`)."""
    if not text.strip():
        return NOTHING
    if not codes.has("identity_kind", kind):
        raise Refusal("identity.kind", _("Please choose one of the values that are offered."), field="identity_kind")
    number = identity.read(text, kind, timezone.localdate())
    if number.fault == Fault.SPREADSHEET or (number.fault and not as_on_card) or len(number.number) > 2 * identity.LONG:
        raise Refusal(f"identity.{number.fault or 'length'}", fault_words(number.fault or Fault.LENGTH), field=field)
    return number


def fault_words(fault: str) -> Any:
    """The sentence for what is wrong with a number."""
    return _WORDS[Fault(fault)]


def identity_index(number: Identity) -> str:
    """The keyed index by which a number is searched for and compared; "" for none."""
    return ring().blind("identity", number.key) if number.number else ""


def identity_set(resident: Resident, number: Identity) -> None:
    """Put a number into its row, which is saved by the caller; what the card says of birth and sex goes with it."""
    resident.identity_kind, resident.identity_fault = number.kind, number.fault.value
    resident.identity_index = identity_index(number)
    resident.identity_sealed = seal(number.number, RESIDENT, resident.pk) if number.number else None
    resident.born_on = number.born_on or resident.born_on
    resident.sex = number.sex or resident.sex


def number_of(resident: Resident) -> Identity:
    """The number that stands in a row, read: for comparing what is typed beside it."""
    text = identity_of(resident) if resident.identity_sealed else ""
    return identity.read(text, resident.identity_kind) if text else NOTHING


def card_agrees(number: Identity, said: Mapping[str, Any], prefix: str = "") -> None:
    """Refuse a day of birth or a sex that was typed beside a number and is not the number's: one of both is a slip, and
    the card would overwrite what was typed without a word. A number with a fault says nothing."""
    if number.fault != Fault.NONE:
        return
    born_on, sex = said.get("born_on"), said.get("sex")
    if born_on and number.born_on and born_on != number.born_on:
        raise Refusal(
            "identity.born_on",
            _("By the identity number this person was born on %(day)s. Compare both with the card.")
            % {"day": day_said(number.born_on)},
            field=f"{prefix}born_on",
        )
    if sex and number.sex and sex != number.sex:
        raise Refusal(
            "identity.sex",
            _("By the identity number this person has the other sex. Compare both with the card."),
            field=f"{prefix}sex",
        )


def identity_of(resident: Resident) -> str:
    """The number in clear: for `identity_reveal`, checks and the mask only."""
    return unseal(resident.identity_sealed, RESIDENT, resident.pk)


def identity_masked(resident: Resident | None) -> str:
    """What lists, pages and exports show: stars and the last four characters."""
    return _masked(resident.identity_sealed, RESIDENT, resident.pk) if resident is not None else ""


def account_read(text: str) -> str:
    """A bank account's number as it is kept. Refuses what is none."""
    number = identity.normal(text)
    if number and not (number.isascii() and number.isdigit() and SHORTEST_ACCOUNT <= len(number) <= LONGEST_ACCOUNT):
        raise Refusal(
            "bank.number", _("An account has 8 to 32 digits. Compare it with the card."), field="bank_account"
        )
    return number


def account_set(household: Household, number: str) -> None:
    """Seal the number of a bank account into the household, which the caller saves; "" takes it out."""
    household.bank_sealed = seal(number, ACCOUNT, household.pk) if number else None


def account_of(household: Household) -> str:
    """The number of the household's bank account in clear, "" for none. Who shows it to somebody enters that in the
    journal."""
    return unseal(household.bank_sealed, ACCOUNT, household.pk)


def account_masked(household: Household) -> str:
    """The number of the household's bank account with stars but for its end, "" for none."""
    return _masked(household.bank_sealed, ACCOUNT, household.pk)


def seal(plain: str | bytes, field: Field, row: UUID) -> bytes:
    """Encrypt a value with the newest key, bound to its column and row."""
    return ring().seal(plain, table=field.table, column=field.column, row=row)


def unseal(sealed: Any, field: Field, row: UUID) -> str:
    """What was sealed, "" for nothing. A value that does not open is refused with what to do."""
    return unseal_bytes(sealed, field, row).decode()


def unseal_bytes(sealed: Any, field: Field, row: UUID) -> bytes:
    """The same for what was sealed as bytes."""
    if not sealed:
        return b""
    try:
        keys = ring()
        if KeyRing.key_of(sealed) not in keys.keys:
            keys = ring_again()
        return keys.open_bytes(sealed, table=field.table, column=field.column, row=row)
    except WrongKey as error:
        raise Refusal(
            "keys.missing",
            _("The key for this number is not here. Ask whoever runs the server to restore the key file."),
        ) from error
    except SealError as error:
        raise Refusal(
            "seal.broken",
            _("This number was changed outside Yishi and does not open. Enter it again from the card."),
        ) from error


def _masked(sealed: Any, field: Field, row: UUID) -> str:
    """A mask even where the number does not open: a page about a family does not break for it."""
    try:
        return identity.masked(unseal(sealed, field, row))
    except Refusal:
        return str(_("does not open"))


def asked_seal(request: ChangeRequest, numbers: str, account: str) -> None:
    """The numbers within a change that waits, bound to its row."""
    request.identity_sealed = seal(numbers, ASKED_IDENTITY, request.pk) if numbers else None
    request.bank_sealed = seal(account, ASKED_ACCOUNT, request.pk) if account else None


def asked_open(request: ChangeRequest) -> tuple[str, str]:
    """The identity number and the bank account for which a change was asked, both in clear, "" for what was not
    asked."""
    return (
        unseal(request.identity_sealed, ASKED_IDENTITY, request.pk),
        unseal(request.bank_sealed, ASKED_ACCOUNT, request.pk),
    )
