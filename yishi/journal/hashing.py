"""What a block's hash covers: every field of every entry, written the same way whichever database keeps it."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
_TIMES = slice(10, 12)  # of queries.COLUMNS
_JSON = slice(12, 16)
_WHOLE_SECOND = 19  # SQLite leaves out microseconds that are zero


def entry_hash(row: Sequence[Any]) -> str:
    """SHA-256 of the canonical JSON of one entry, given as a row of `queries.COLUMNS`."""
    fields = list(row)
    fields[_TIMES] = [moment(text) for text in row[_TIMES]]
    fields[_JSON] = [text if text in ("{}", "[]") else json.loads(text) for text in row[_JSON]]
    return hashlib.sha256(_encode(fields).encode()).hexdigest()


def block_hash(number: int, previous: str, sealed_at: str, entry_hashes: Iterable[str]) -> str:
    """SHA-256 over the block's number, the hash of the block before it, its time, and its entries' hashes in order."""
    total = hashlib.sha256(f"{number}\n{previous}\n{sealed_at}\n".encode())
    for hashed in entry_hashes:
        total.update(hashed.encode())
    return total.hexdigest()


def moment(text: str) -> str:
    """A time as both databases give it, in UTC with microseconds."""
    return text + ".000000" if len(text) == _WHOLE_SECOND else text
