"""A county's exit file as one frozen package: a zip that is signed, and fails its check when one byte changes.

    manifest.json   what the package is about; SHA-256 and size of each file; the public key
    signature.txt   Ed25519 over the bytes of manifest.json, 128 hex digits
    …               the files themselves

The zip is written in one way only (stored, fixed times, files in order of their names), so the check builds it anew
from what it holds and compares every byte, also those that no unpacking program reads.
"""

import io
import json
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "yishi exit package 1"
MANIFEST, SIGNATURE = "manifest.json", "signature.txt"
MOST_BYTES = 512 * 1024 * 1024  # of all files unpacked
UNREADABLE = (KeyError, TypeError, ValueError, RuntimeError, EOFError, OSError, zipfile.BadZipFile, zlib.error)
# What a check finds wrong.
NO_PACKAGE, FILES, CONTENT, SIGNED, OTHER_KEY, BYTES = "no_package", "files", "content", "signature", "key", "bytes"


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found; `problem` is one of the codes above, "" if all agrees."""

    problem: str
    detail: str = ""
    about: Mapping[str, Any] | None = None
    key: str = ""
    files: int = 0


def package_write(
    about: Mapping[str, Any], files: Mapping[str, bytes], *, key: str, sign: Callable[[bytes], bytes]
) -> bytes:
    """The package of `files`; `key` is the public key in hex of whoever signs."""
    listed = {name: {"sha256": sha256(content).hexdigest(), "size": len(content)} for name, content in files.items()}
    said = {"format": FORMAT, "about": about, "files": listed, "key": key}
    manifest = (json.dumps(said, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()
    signature = (sign(manifest).hex() + "\n").encode()
    return _zipped({**files, MANIFEST: manifest, SIGNATURE: signature})


def package_check(content: bytes, key: str = "") -> Checked:
    """Is it a whole package as it was signed, and by `key`, where one is given?"""
    try:
        files = _unzipped(content)
        manifest = files.pop(MANIFEST)
        signature = bytes.fromhex(files.pop(SIGNATURE).decode("ascii").removesuffix("\n"))
        said = json.loads(manifest)
        listed, named = said["files"], str(said["key"])
        if said["format"] != FORMAT:
            return Checked(NO_PACKAGE, str(said["format"]))
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(named))
    except UNREADABLE as error:
        return Checked(NO_PACKAGE, str(error))
    try:
        public.verify(signature, manifest)
    except InvalidSignature:
        return Checked(SIGNED, key=named)
    found = Checked("", about=said["about"], key=named, files=len(files))
    if set(files) != set(listed):
        return Checked(FILES, ", ".join(sorted(set(files) ^ set(listed))), key=named)
    for name, body in sorted(files.items()):
        if {"sha256": sha256(body).hexdigest(), "size": len(body)} != listed[name]:
            return Checked(CONTENT, name, key=named)
    if key and key.lower() != named:
        return Checked(OTHER_KEY, named, key=named)
    whole = _zipped({**files, MANIFEST: manifest, SIGNATURE: (signature.hex() + "\n").encode()})
    return found if whole == content else Checked(BYTES, key=named)


def _zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as made:
        for name in sorted(files):
            info = zipfile.ZipInfo(name)  # of 1980-01-01, stored
            info.create_system, info.external_attr = 3, 0o644 << 16
            made.writestr(info, files[name])
    return out.getvalue()


def _unzipped(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as given:
        names = [info.filename for info in given.infolist()]
        if len(set(names)) < len(names) or sum(info.file_size for info in given.infolist()) > MOST_BYTES:
            raise zipfile.BadZipFile("a name stands twice, or it is too large")
        return {name: given.read(name) for name in names}
