"""The draw of seats that anybody can repeat. Pure: no database, no chance of its own.

1. The list of candidates is sorted and hashed; the hash is published together with the name of a public number that
   is not known yet (a lottery's result of a later day, say).
2. When it is known, the seed is SHA-256 over the list's hash, the public number and one number from each party.
3. Everybody's rank is SHA-256 of seed and candidate id; the lowest ranks are drawn, in that order.

By hand: `printf '%s\n' ID… | sort | head -c -1 | sha256sum` gives the list's hash, and
`printf '%s\n%s' SEED ID | sha256sum` gives a candidate's rank.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

FORMAT = "yishi-draw-1"
# The codes of `Checked.problems`.
LIST_CHANGED, TWICE, OTHER_LIST, NO_NUMBER, NUMBERS, RESULT = (
    "list_changed",
    "twice",
    "other_list",
    "no_number",
    "numbers",
    "result",
)


def list_hash(candidates: Iterable[str]) -> str:
    """SHA-256 over the sorted candidate ids, one per line."""
    return sha256("\n".join(sorted(candidates)).encode()).hexdigest()


def seed_of(published_hash: str, public_number: str, party_numbers: Mapping[str, str]) -> str:
    """The seed: hash of the list's hash, the public number and the parties' numbers in the order of their keys."""
    parts = [published_hash, public_number.strip()]
    parts += [f"{key}={party_numbers[key].strip()}" for key in sorted(party_numbers)]
    return sha256("\n".join(parts).encode()).hexdigest()


def rank_of(seed: str, candidate: str) -> str:
    """The number by which candidates are ordered, the lowest first."""
    return sha256(f"{seed}\n{candidate}".encode()).hexdigest()


def order_of(seed: str, candidates: Iterable[str]) -> list[str]:
    """All candidates in the order in which they are drawn."""
    return sorted(candidates, key=lambda key: (rank_of(seed, key), key))


@dataclass(frozen=True, slots=True)
class Checked:
    """What a repetition of a published draw found; `problems` (codes above) is empty if all agrees."""

    problems: tuple[str, ...]
    list_hash: str = ""  # of the list in the file
    number_source: str = ""
    public_number: str = ""
    party_numbers: Mapping[str, str] = field(default_factory=dict)
    seed: str = ""
    order: tuple[str, ...] = ()  # everybody, as the file's list and numbers give it
    wanted: int = 0
    names: Mapping[str, str] = field(default_factory=dict)


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


def check(text: str, known_hash: str = "") -> Checked:
    """Repeat the draw of a published file; `known_hash` is the list's hash as it was published before the draw.

    Raises ValueError, with a sentence that says what is wrong, for a text that is no published draw.
    """
    published = _read(text)
    candidates = [str(candidate) for candidate in published["candidates"]]
    digest = list_hash(candidates)
    problems = []
    if len(set(candidates)) != len(candidates):
        problems.append(TWICE)
    if digest != published["list_hash"]:
        problems.append(LIST_CHANGED)
    if known_hash and known_hash.strip().lower() != digest:
        problems.append(OTHER_LIST)
    number = str(published.get("public_number") or "")
    numbers = {str(key): str(value) for key, value in published.get("party_numbers", {}).items()}
    seed, order = "", []
    if not number:
        problems.append(NO_NUMBER)
    else:
        seed = seed_of(str(published["list_hash"]), number, numbers)
        order = order_of(seed, candidates)
        if seed != published.get("seed"):
            problems.append(NUMBERS)
        if order[: published["wanted"]] != published.get("drawn"):
            problems.append(RESULT)
    return Checked(
        problems=tuple(problems),
        list_hash=digest,
        number_source=str(published.get("number_source", "")),
        public_number=number,
        party_numbers=numbers,
        seed=seed,
        order=tuple(order),
        wanted=published["wanted"],
        names={str(key): str(value) for key, value in published.get("names", {}).items()},
    )


def _read(text: str) -> dict[str, Any]:
    try:
        published = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: line {error.lineno}, column {error.colno}") from error
    if not isinstance(published, dict) or published.get("format") != FORMAT:
        raise ValueError(f"not a draw: the field 'format' is not {FORMAT!r}")
    kinds = {"candidates": list, "list_hash": str, "wanted": int, "party_numbers": dict, "names": dict}
    wrong = [name for name, kind in kinds.items() if not isinstance(published.get(name, kind()), kind)]
    wrong += [name for name in ("candidates", "list_hash", "wanted") if name not in published]
    if wrong:
        raise ValueError("not a draw: missing or of a wrong kind: " + ", ".join(wrong))
    return published
