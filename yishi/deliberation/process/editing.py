"""Changing a draft one row at a time: each function takes a document and gives a new one. Nothing is saved here."""

from collections.abc import Mapping, Sequence
from typing import Any

from yishi.kit.ids import new_code

from .schema import read_document, write_document

Document = dict[str, Any]
Row = dict[str, Any]
LISTS = ("seats", "steps")  # lists whose rows have codes


def new_row_code(document: Mapping[str, Any], kind: str) -> str:
    """A code for a new row that nobody has to think up: `step_4f2a`."""
    taken = {row["code"] for listed in (document["seats"], document["steps"]) for row in listed}
    taken |= {gate["code"] for step in document["steps"] for gate in step["gates"]}
    while True:
        code = f"{kind}_{new_code(4).lower()}"
        if code not in taken:
            return code


def head_set(document: Mapping[str, Any], **values: Any) -> Document:
    """Set name, source, topics, levels, clocks, composition, checklist."""
    return _clean({**document, **values})


def row_put(document: Mapping[str, Any], kind: str, row: Mapping[str, Any], code: str = "") -> Document:
    """Change the row `code` of `kind` ("seats", "steps"), or put `row` at the end. A step keeps its gates."""
    entries = [dict(entry) for entry in document[kind]]
    if code:
        entries = [{**entry, **row} if entry["code"] == code else entry for entry in entries]
    else:
        entries.append({**({"gates": []} if kind == "steps" else {}), **row})
    return _clean({**document, kind: entries})


def row_move(document: Mapping[str, Any], kind: str, code: str, by: int) -> Document:
    """Move the row `code` one place up (-1) or down (1); at the end of the list nothing happens."""
    return _clean({**document, kind: _moved(document[kind], code, by)})


def row_remove(document: Mapping[str, Any], kind: str, code: str) -> Document:
    """The document without the row `code` of `kind` ("seats", "steps"). What still names it is a fault that the
    validator finds."""
    return _clean({**document, kind: [row for row in document[kind] if row["code"] != code]})


def gate_put(document: Mapping[str, Any], step: str, gate: Mapping[str, Any], code: str = "") -> Document:
    """Change the gate `code` of `step`, or put `gate` at the end of its gates."""
    return _in_step(
        document,
        step,
        lambda gates: (
            [{**entry, **gate} if entry["code"] == code else entry for entry in gates] if code else [*gates, dict(gate)]
        ),
    )


def gate_move(document: Mapping[str, Any], step: str, code: str, by: int) -> Document:
    """The document with the gate moved one place up (-1) or down (1) within its step; at an end nothing happens."""
    return _in_step(document, step, lambda gates: _moved(gates, code, by))


def gate_remove(document: Mapping[str, Any], step: str, code: str) -> Document:
    """The document without the gate of the step."""
    return _in_step(document, step, lambda gates: [gate for gate in gates if gate["code"] != code])


def quota_put(document: Mapping[str, Any], row: Mapping[str, Any]) -> Document:
    """The document with one more row of coverage at the end."""
    return _clean({**document, "coverage": [*document["coverage"], dict(row)]})


def quota_remove(document: Mapping[str, Any], number: int) -> Document:
    """Take out the quota at position `number`, counted from 0."""
    return _clean({**document, "coverage": [row for place, row in enumerate(document["coverage"]) if place != number]})


def _in_step(document: Mapping[str, Any], code: str, change: Any) -> Document:
    steps = [{**step, "gates": change(step["gates"])} if step["code"] == code else step for step in document["steps"]]
    return _clean({**document, "steps": steps})


def _moved(entries: Sequence[Row], code: str, by: int) -> list[Row]:
    kept = list(entries)
    at = next((number for number, row in enumerate(kept) if row["code"] == code), None)
    if at is not None and 0 <= at + by < len(kept):
        kept[at], kept[at + by] = kept[at + by], kept[at]
    return kept


def _clean(document: Mapping[str, Any]) -> Document:
    return write_document(read_document(document))
