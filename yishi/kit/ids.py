"""Identifiers: uuid7 (RFC 9562), which a phone may choose, and child ids derived from a parent."""

import hashlib
import os
import threading
import time
import unicodedata
import uuid

_CHANCE = 74  # bits of chance in a uuid7
_LOCK = threading.Lock()
_last = 0  # milliseconds and chance of the last uuid7 of this process
_VERSION = 0x7 << 76
_VARIANT = 0b10 << 62
_VERSION_MASK = ~(0xF << 76)
_VARIANT_MASK = ~(0b11 << 62)

# Crockford's base 32 without I, L, O and U: nothing that is misheard on the phone or misread on paper.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})


def uuid7(milliseconds: int | None = None) -> uuid.UUID:
    """A new uuid of version 7: 48 bits of Unix time in milliseconds, then 74 random bits.

    Those that one process makes one after another rise (RFC 9562, 6.2, method 2): what was written first stands first.
    """
    if milliseconds is not None:
        return _stamp((milliseconds & 0xFFFF_FFFF_FFFF) << 80 | int.from_bytes(os.urandom(10), "big"))
    global _last
    with _LOCK:
        now = time.time_ns() // 1_000_000
        if now > _last >> _CHANCE:
            _last = now << _CHANCE | int.from_bytes(os.urandom(10), "big") >> 6
        else:  # the same millisecond, or a clock that was put back
            _last += 1 + int.from_bytes(os.urandom(4), "big")
        rising = _last
    chance = rising & (1 << _CHANCE) - 1
    return _stamp((rising >> _CHANCE) << 80 | (chance >> 62) << 64 | chance & (1 << 62) - 1)


def id_read(text: object) -> uuid.UUID | None:
    """The id that a text names, such as a part of an address; None where it names none."""
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None


def made_at(identity: uuid.UUID) -> float:
    """When a uuid7 was made, in seconds since 1970, to the millisecond."""
    return (identity.int >> 80) / 1000


def child_id(parent: uuid.UUID, ordinal: int) -> uuid.UUID:
    """The uuid7 that stands for effect number `ordinal` of the act `parent`.

    The time of the parent is kept, the rest is SHA-256 of (parent, ordinal): the same delivery gives
    the same child ids on every machine.
    """
    digest = hashlib.sha256(parent.bytes + ordinal.to_bytes(8, "big")).digest()
    head = parent.int >> 80 << 80
    return _stamp(head | int.from_bytes(digest[:10], "big"))


def named_id(namespace: str, name: str) -> uuid.UUID:
    """A uuid5 for a thing that has a public code (a place), equal on every installation."""
    return uuid.uuid5(uuid.uuid5(uuid.NAMESPACE_URL, "urn:yishi:" + namespace), name)


def new_code(length: int = 10) -> str:
    """A random code of `length` characters to read out on the phone; 5 bits of chance per character."""
    return "".join(_ALPHABET[byte & 31] for byte in os.urandom(length))


def code_of(digest: bytes, length: int = 10) -> str:
    """A code of `length` characters that stands for a (keyed) digest: the same digest gives the same code."""
    return "".join(_ALPHABET[byte & 31] for byte in digest[:length])


def clean_code(typed: str) -> str:
    """What somebody typed as a code, of half width, without blanks and dashes, look-alike letters mended."""
    plain = unicodedata.normalize("NFKC", typed).upper()
    kept = (character for character in plain if character.isascii() and character.isalnum())
    return "".join(kept).translate(_LOOKALIKES)


def _stamp(value: int) -> uuid.UUID:
    value = value & _VERSION_MASK & _VARIANT_MASK | _VERSION | _VARIANT
    return uuid.UUID(int=value)
