"""The draw of seats that anybody can repeat. Pure: no database, no chance of its own.

1. The list of candidates is sorted and hashed; the hash is published together with the name of a public number that
   is not known yet (a lottery's result of a later day, say).
2. When it is known, the seed is SHA-256 over the list's hash, the public number and one number from each party.
3. Everybody's rank is SHA-256 of seed and candidate id; the lowest ranks are drawn, in that order.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

FORMAT = "yishi-draw-1"


def list_hash(candidates: Iterable[str]) -> str:
    """SHA-256 over the sorted candidate ids, one per line."""
    return sha256("\n".join(sorted(candidates)).encode()).hexdigest()


def seed_of(published_hash: str, public_number: str, party_numbers: Mapping[str, str]) -> str:
    """The seed: hash of the list's hash, the public number and the parties' numbers in the order of their keys."""
    parts = [published_hash, public_number.strip()]
    parts += [f"{key}={party_numbers[key].strip()}" for key in sorted(party_numbers)]
    return sha256("\n".join(parts).encode()).hexdigest()


def order_of(seed: str, candidates: Iterable[str]) -> list[str]:
    """All candidates in the order in which they are drawn."""
    return sorted(candidates, key=lambda key: (sha256(f"{seed}\n{key}".encode()).hexdigest(), key))


@dataclass(frozen=True, slots=True)
class Checked:
    """What a repetition of a published draw found; `problems` is empty if all agrees."""

    problems: tuple[str, ...]
    drawn: tuple[str, ...]


def record(
    candidates: Iterable[str],
    wanted: int,
    number_source: str,
    public_number: str = "",
    party_numbers: Mapping[str, str] | None = None,
    published_hash: str = "",
    names: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The published record of a draw, as the JSON file says it. `names` are masked names by candidate id."""
    ids = sorted(candidates)
    digest = published_hash or list_hash(ids)
    entry: dict[str, Any] = {
        "format": FORMAT,
        "candidates": ids,
        "names": dict(names or {}),
        "list_hash": digest,
        "wanted": wanted,
        "number_source": number_source,
    }
    if public_number:
        seed = seed_of(digest, public_number, party_numbers or {})
        order = order_of(seed, ids)
        entry |= {
            "public_number": public_number,
            "party_numbers": dict(party_numbers or {}),
            "seed": seed,
            "drawn": order[:wanted],
        }
    return entry


def check(text: str) -> Checked:
    """Repeat the draw of a published file. ValueError if it is no such file."""
    try:
        given = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: line {error.lineno}, column {error.colno}") from error
    if not isinstance(given, dict) or given.get("format") != FORMAT:
        raise ValueError(f"not a draw: the field 'format' is not {FORMAT!r}")
    missing = [name for name in ("candidates", "list_hash", "wanted") if name not in given]
    if missing:
        raise ValueError("not a draw: missing " + ", ".join(missing))
    candidates = [str(one) for one in given["candidates"]]
    problems = []
    if len(set(candidates)) != len(candidates):
        problems.append("list: somebody stands in it twice")
    if list_hash(candidates) != given["list_hash"]:
        problems.append("list: it does not have the published hash; it was changed after the publication")
    if not given.get("public_number"):
        return Checked((*problems, "numbers: the public number is not there yet"), ())
    numbers = {str(key): str(value) for key, value in dict(given.get("party_numbers", {})).items()}
    seed = seed_of(given["list_hash"], str(given["public_number"]), numbers)
    if seed != given.get("seed"):
        problems.append("numbers: they do not give the published seed; one of them was changed")
    drawn = order_of(seed, candidates)[: int(given["wanted"])]
    if drawn != list(given.get("drawn", [])):
        problems.append("result: repeating the draw gives other people")
    return Checked(tuple(problems), tuple(drawn))
