"""An urn of sealed slips: whoever holds it sees how many there are, and nothing else; no Django.

A slip is sealed for the urn's public key as a sealed box is: a key pair of its own (X25519), a key derived from both
(HKDF-SHA256), AES-256-GCM. All slips have one length whatever they say. The urn is one run of bytes: a slip is put in
at a place drawn by chance, so neither its place nor a number, a time or a row of its own says when it came.

    slip = public half of its own key (32 bytes) ‖ ciphertext (1) and tag (16)
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
SLIP_BYTES = KEY_BYTES + 1 + 16
_ONCE = bytes(12)  # the nonce of a key with which one message is sealed


class BadUrn(Exception):
    """The urn, or a slip in it, is not as it was put there, or the key is another urn's."""


def new_keys() -> tuple[bytes, bytes]:
    """A private key, which opens the urn, and the public one, for which slips are sealed."""
    private = X25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


def sealed_slip(public: bytes, choice: int, about: bytes) -> bytes:
    """A slip with the number of one choice (0 to 255). `about` names the urn: in another one it does not open."""
    own = X25519PrivateKey.generate()
    half = own.public_key().public_bytes_raw()
    shared = own.exchange(X25519PublicKey.from_public_bytes(public))
    return half + AESGCM(_key(shared, half, public, about)).encrypt(_ONCE, bytes((choice,)), None)


def put_in(urn: bytes, slip: bytes) -> bytes:
    """The urn with one more slip, at a place drawn by chance."""
    place = secrets.randbelow(count(urn) + 1) * SLIP_BYTES
    return urn[:place] + slip + urn[place:]


def count(urn: bytes) -> int:
    """How many slips are in it. Raises `BadUrn` where it holds no whole number of them."""
    slips, rest = divmod(len(urn), SLIP_BYTES)
    if rest:
        raise BadUrn("the urn holds a broken slip")
    return slips


def opened(private: bytes, urn: bytes, about: bytes) -> list[int]:
    """What the slips say, in rising order: not as they lie in the urn. Raises `BadUrn`."""
    key = X25519PrivateKey.from_private_bytes(private)
    public = key.public_key().public_bytes_raw()
    said = []
    for number in range(count(urn)):
        slip = urn[number * SLIP_BYTES : (number + 1) * SLIP_BYTES]
        half = slip[:KEY_BYTES]
        try:
            shared = key.exchange(X25519PublicKey.from_public_bytes(half))
            said.append(AESGCM(_key(shared, half, public, about)).decrypt(_ONCE, slip[KEY_BYTES:], None)[0])
        except (InvalidTag, ValueError) as error:
            raise BadUrn("a slip does not open with this key") from error
    return sorted(said)


def _key(shared: bytes, half: bytes, public: bytes, about: bytes) -> bytes:
    info = b"\0".join((b"yishi slip", half, public, about))
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(shared)
