"""What a process model says, in three shapes: a TOML file for people, a dict that is stored, dataclasses to work with.

`read_document` takes any dict (a draft may be incomplete); `problems.py` says what is wrong with it.
"""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import tomli_w
from django.utils.translation import gettext_lazy as _

from yishi.deliberation.models import Seat, Stage
from yishi.kit.errors import Refusal
from yishi.organisations.models import BodyKind, PlaceLevel, VenueKind

FORMAT = 1
MAX_BYTES = 200_000

# Who is responsible for a step. Closed: a role that nobody here knows cannot be reminded.
ROLES = {
    "convener": _("convener"),
    "office": _("office of the consultative committee"),
    "chair": _("chair of the sitting"),
    "secretary": _("secretary"),
    "member": _("members"),
    "handler": _("handling body"),
    "supervisor": _("supervisor"),
    "gate": _("the body of the gate"),
}
TIERS = {
    PlaceLevel.VILLAGE.value: _("village"),
    PlaceLevel.TOWNSHIP.value: _("township"),
    PlaceLevel.COUNTY.value: _("county"),
    PlaceLevel.PREFECTURE.value: _("prefecture"),
    PlaceLevel.PROVINCE.value: _("province"),
}
CLOCKS = {  # working days
    "notice": (15, _("notice before a sitting")),
    "papers": (10, _("papers before a sitting")),
    "minutes": (7, _("minutes after a sitting")),
    "verdict": (10, _("time to judge the result")),
    "answer": (5, _("answer to a worry")),
}
PAPERS = {
    "topic_form": _("topic form"),
    "plan": _("yearly plan"),
    "study_report": _("study report"),
    "notice": _("notice of the sitting"),
    "brief": _("brief for the parties"),
    "sign_in": _("sign-in sheet"),
    "minutes": _("minutes"),
    "agreement": _("agreement"),
    "hand_over": _("hand-over letter"),
    "proof": _("proof of what was done"),
    "verdict_form": _("form for the verdict"),
}
STAGES = {value: label for value, label in Stage.choices}
STAGE_ORDER = {value: number for number, value in enumerate(Stage.values)}
SEAT_ROLES = {value: label for value, label in Seat.Role.choices}
FILLED_BY = {value: label for value, label in Seat.FilledBy.choices}
BODY_KINDS = {value: label for value, label in BodyKind.choices}
VENUE_KINDS = {value: label for value, label in VenueKind.choices}
COUNTED = {"sittings": _("sittings"), "venues": _("venues")}


@dataclass(frozen=True, slots=True)
class Gate:
    """A body that must say yes before the step is over."""

    code: str
    name: str
    body: str  # kind
    tier: str
    days: int = 5  # working days until its silence shows
    returns_to: str = ""  # the step to which a return leads back; empty: the matter stays where it is


@dataclass(frozen=True, slots=True)
class Step:
    code: str
    name: str
    stage: str
    role: str
    days: int = 0  # working days; 0: no clock
    entry: tuple[str, ...] = ()
    exit: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    gates: tuple[Gate, ...] = ()
    note: str = ""

    def gate(self, code: str) -> Gate | None:
        return next((gate for gate in self.gates if gate.code == code), None)


@dataclass(frozen=True, slots=True)
class SeatClass:
    code: str
    name: str
    min: int
    max: int
    filled_by: str
    role: str
    votes: bool = False


@dataclass(frozen=True, slots=True)
class Coverage:
    """A quota: so many sittings or venues in each place of a tier, each year."""

    what: str
    tier: str
    per_year: int
    venue_kind: str = ""


@dataclass(frozen=True, slots=True)
class Model:
    """One version of a process model."""

    code: str
    name: str
    source: str = ""
    topics: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    clocks: Mapping[str, int] = field(default_factory=dict)
    seats: tuple[SeatClass, ...] = ()
    fixed: tuple[str, ...] = ()  # composition: codes of the seats that are always there
    varies: str = ""  # and the class that varies with the matter: the N
    coverage: tuple[Coverage, ...] = ()
    steps: tuple[Step, ...] = ()
    checklist: tuple[str, ...] = ()

    def step(self, code: str) -> Step | None:
        return next((step for step in self.steps if step.code == code), None)

    def position(self, code: str) -> int:
        """The place of a step in the order, or -1."""
        return next((number for number, step in enumerate(self.steps) if step.code == code), -1)

    def after(self, code: str) -> Step | None:
        number = self.position(code) + 1
        return self.steps[number] if 0 < number < len(self.steps) else None

    def seat(self, code: str) -> SeatClass | None:
        return next((seat for seat in self.seats if seat.code == code), None)

    def clock(self, code: str) -> int:
        return int(self.clocks.get(code, CLOCKS[code][0]))


def read_document(document: Mapping[str, Any]) -> Model:
    """The dataclasses for a document. What is missing or of a wrong type becomes empty: drafts may be incomplete."""
    return Model(
        code=_text(document, "code"),
        name=_text(document, "name"),
        source=_text(document, "source"),
        topics=_texts(document, "topics"),
        levels=_texts(document, "levels"),
        clocks={code: _number(_table(document, "clocks"), code, default) for code, (default, _label) in CLOCKS.items()},
        seats=tuple(_seat(row) for row in _rows(document, "seats")),
        fixed=_texts(_table(document, "composition"), "fixed"),
        varies=_text(_table(document, "composition"), "varies"),
        coverage=tuple(_coverage(row) for row in _rows(document, "coverage")),
        steps=tuple(_step(row) for row in _rows(document, "steps")),
        checklist=_texts(document, "checklist"),
    )


def write_document(model: Model) -> dict[str, Any]:
    """The dict that is stored, with every key in the order in which people read the file."""
    return {
        "format": FORMAT,
        "code": model.code,
        "name": model.name,
        "source": model.source,
        "topics": list(model.topics),
        "levels": list(model.levels),
        "clocks": {code: model.clock(code) for code in CLOCKS},
        "composition": {"fixed": list(model.fixed), "varies": model.varies},
        "coverage": [
            {"what": row.what, "tier": row.tier, "per_year": row.per_year, "venue_kind": row.venue_kind}
            for row in model.coverage
        ],
        "seats": [
            {
                "code": seat.code,
                "name": seat.name,
                "min": seat.min,
                "max": seat.max,
                "filled_by": seat.filled_by,
                "role": seat.role,
                "votes": seat.votes,
            }
            for seat in model.seats
        ],
        "steps": [_step_table(step) for step in model.steps],
        "checklist": list(model.checklist),
    }


def from_toml(text: str | bytes) -> dict[str, Any]:
    """The document in a TOML file. Raises Refusal `process.not_toml` with the line at fault."""
    if len(text) > MAX_BYTES:
        raise Refusal("process.too_large", _("This file is too large for a process model. Please check the file."))
    try:
        loaded = tomllib.loads(text.decode("utf-8-sig") if isinstance(text, bytes) else text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refusal(
            "process.not_toml",
            _("This is no readable model file (%(where)s). Download a model as an example and change that.")
            % {"where": error},
        ) from error
    return loaded


def to_toml(document: Mapping[str, Any]) -> str:
    """The document as a file that people read and change."""
    return tomli_w.dumps(write_document(read_document(document)), multiline_strings=True)


def fingerprint(document: Mapping[str, Any]) -> str:
    """Equal for equal documents: by it an editor notices that somebody else saved in between."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def empty_document(code: str, name: str) -> dict[str, Any]:
    """Where a model begins that is built from nothing."""
    return write_document(Model(code=code, name=name))


def _step_table(step: Step) -> dict[str, Any]:
    return {
        "code": step.code,
        "name": step.name,
        "stage": step.stage,
        "role": step.role,
        "days": step.days,
        "entry": list(step.entry),
        "exit": list(step.exit),
        "papers": list(step.papers),
        "note": step.note,
        "gates": [
            {
                "code": gate.code,
                "name": gate.name,
                "body": gate.body,
                "tier": gate.tier,
                "days": gate.days,
                "returns_to": gate.returns_to,
            }
            for gate in step.gates
        ],
    }


def _step(row: Mapping[str, Any]) -> Step:
    return Step(
        code=_text(row, "code"),
        name=_text(row, "name"),
        stage=_text(row, "stage"),
        role=_text(row, "role"),
        days=_number(row, "days", 0),
        entry=_texts(row, "entry"),
        exit=_texts(row, "exit"),
        papers=_texts(row, "papers"),
        gates=tuple(
            Gate(
                code=_text(gate, "code"),
                name=_text(gate, "name"),
                body=_text(gate, "body"),
                tier=_text(gate, "tier"),
                days=_number(gate, "days", 5),
                returns_to=_text(gate, "returns_to"),
            )
            for gate in _rows(row, "gates")
        ),
        note=_text(row, "note"),
    )


def _seat(row: Mapping[str, Any]) -> SeatClass:
    return SeatClass(
        code=_text(row, "code"),
        name=_text(row, "name"),
        min=_number(row, "min", 0),
        max=_number(row, "max", 0),
        filled_by=_text(row, "filled_by"),
        role=_text(row, "role"),
        votes=row.get("votes") is True,
    )


def _coverage(row: Mapping[str, Any]) -> Coverage:
    return Coverage(_text(row, "what"), _text(row, "tier"), _number(row, "per_year", 0), _text(row, "venue_kind"))


def _text(table: Mapping[str, Any], key: str) -> str:
    value = table.get(key, "")
    return value.strip() if isinstance(value, str) else ""


def _number(table: Mapping[str, Any], key: str, default: int) -> int:
    value = table.get(key, default)
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def _texts(table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = table.get(key, [])
    return tuple(item.strip() for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _rows(table: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    value = table.get(key, [])
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _table(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = table.get(key, {})
    return value if isinstance(value, dict) else {}
