"""Values that are kept encrypted and found by a keyed index: AES-256-GCM and HMAC-SHA256, no Django. What leaves the
installation is signed by a key that follows from the index's (Ed25519).

A sealed value is bound to its table, column and row: copied to another row it does not open. Its header names the key,
so that keys can be changed while old values still open, and carries a mark of that key, so that a wrong key file is
told apart from a value that somebody changed.

    sealed value = version (1 byte) ‖ key id (1) ‖ mark of the key (4) ‖ nonce (12) ‖ ciphertext and tag
"""

import base64
import hashlib
import hmac
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = 1
KEY_BYTES = 32
INDEX = "index"
_MARK, _NONCE, _TAG = 4, 12, 16
_HEADER = 2 + _MARK + _NONCE
_LAST_ID = 255


class SealError(Exception):
    """A sealed value does not open."""


class WrongKey(SealError):
    """It was sealed with a key that is not here: another key file belongs to this database."""


class Tampered(SealError):
    """The key is right, the value is not: it was changed, or moved from another row or column."""


class BadKeys(ValueError):
    """What was given is no ring of keys."""


@dataclass(frozen=True)
class KeyRing:
    """The key of the index, and the numbered keys that seal; the highest number seals, all open.

    Written as `index:BASE64` and `1:BASE64`, by lines or commas.
    """

    index: bytes = field(repr=False)
    keys: Mapping[int, bytes] = field(repr=False)

    def __post_init__(self) -> None:
        if not self.keys or not all(0 < number <= _LAST_ID for number in self.keys):
            raise BadKeys("a ring needs at least one key, numbered from 1 to 255")
        if any(len(key) != KEY_BYTES for key in (self.index, *self.keys.values())):
            raise BadKeys(f"each key has {KEY_BYTES} bytes")

    @classmethod
    def generate(cls) -> "KeyRing":
        return cls(os.urandom(KEY_BYTES), {1: os.urandom(KEY_BYTES)})

    @classmethod
    def parse(cls, text: str) -> "KeyRing":
        """Read the written form. Raises `BadKeys`, which never repeats what was given."""
        index, keys = b"", {}
        for part in filter(None, re.split(r"[\s,]+", text)):
            name, _colon, value = part.partition(":")
            try:
                key = base64.b64decode(value, validate=True)
            except ValueError as error:
                raise BadKeys("a key is not written in base64") from error
            if name == INDEX:
                index = key
            elif name.isascii() and name.isdigit() and int(name) not in keys:
                keys[int(name)] = key
            else:
                raise BadKeys("keys are named index, 1, 2, …; each once")
        return cls(index, keys)

    def written(self) -> str:
        """The form that `parse` reads, by lines."""
        entries = [(INDEX, self.index), *((str(number), key) for number, key in sorted(self.keys.items()))]
        return "".join(f"{name}:{base64.b64encode(key).decode()}\n" for name, key in entries)

    def with_new_key(self) -> "KeyRing":
        """The same ring with one more key, which seals from now on."""
        return KeyRing(self.index, {**self.keys, max(self.keys) + 1: os.urandom(KEY_BYTES)})

    @property
    def current(self) -> int:
        return max(self.keys)

    @property
    def mark(self) -> str:
        """By what this ring is told apart from others: 16 hex digits that say nothing of its keys."""
        return hmac.new(self.index, b"yishi mark of the index key", hashlib.sha256).hexdigest()[:16]

    @property
    def _signer(self) -> Ed25519PrivateKey:
        """The key that signs: as long as the index's key stays, so does this one, whichever key seals."""
        seed = hmac.new(self.index, b"yishi key that signs", hashlib.sha256).digest()
        return Ed25519PrivateKey.from_private_bytes(seed)

    def sign(self, message: bytes) -> bytes:
        """The signature (Ed25519, 64 bytes) of what this installation hands out."""
        return self._signer.sign(message)

    @property
    def public_key(self) -> str:
        """The key by which anybody checks its signatures: 64 hex digits, to be published."""
        return self._signer.public_key().public_bytes_raw().hex()

    def seal(self, plain: str | bytes, *, table: str, column: str, row: UUID) -> bytes:
        """Encrypt `plain` for one field of one row."""
        clear = plain.encode() if isinstance(plain, str) else plain
        number = self.current
        header = bytes((VERSION, number)) + _mark(self.keys[number])
        nonce = os.urandom(_NONCE)
        sealed = AESGCM(self.keys[number]).encrypt(nonce, clear, _bound(header, table, column, row))
        return header + nonce + sealed

    def open(self, sealed: bytes | memoryview, *, table: str, column: str, row: UUID) -> str:
        """Decrypt a text that `seal` sealed for the same field. Raises `WrongKey` or `Tampered`."""
        return self.open_bytes(sealed, table=table, column=column, row=row).decode()

    def open_bytes(self, sealed: bytes | memoryview, *, table: str, column: str, row: UUID) -> bytes:
        """The same for what was sealed as bytes."""
        value = bytes(sealed)
        number = self.key_of(value)
        header, nonce = value[: 2 + _MARK], value[2 + _MARK : _HEADER]
        key = self.keys.get(number)
        if key is None:
            raise WrongKey(f"key {number} is not in the ring of keys")
        if not hmac.compare_digest(header[2:], _mark(key)):
            raise WrongKey(f"key {number} here is not the key {number} with which this was sealed")
        try:
            return AESGCM(key).decrypt(nonce, value[_HEADER:], _bound(header, table, column, row))
        except InvalidTag as error:
            raise Tampered("the value was changed, or belongs to another row or column") from error

    @staticmethod
    def key_of(sealed: bytes | memoryview) -> int:
        """The number of the key with which a value was sealed. Raises `Tampered` for what is no sealed value."""
        value = bytes(sealed)
        if len(value) < _HEADER + _TAG or value[0] != VERSION:
            raise Tampered("this is no sealed value")
        return value[1]

    def blind(self, purpose: str, text: str) -> str:
        """128 bits of HMAC-SHA256 in hex: equal for equal texts of one purpose, nothing to guess without the key."""
        message = purpose.encode() + b"\0" + text.encode()
        return hmac.new(self.index, message, hashlib.sha256).hexdigest()[:32]


def _mark(key: bytes) -> bytes:
    return hmac.new(key, b"yishi mark of a sealing key", hashlib.sha256).digest()[:_MARK]


def _bound(header: bytes, table: str, column: str, row: UUID) -> bytes:
    return b"\0".join((header, table.encode(), column.encode(), row.bytes))
