"""What is wrong with a process model, in plain sentences: nobody publishes a model in which a matter would be stuck."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from .conditions import CONDITIONS, GATE
from .schema import (
    BODY_KINDS,
    CLOCKS,
    COUNTED,
    FILLED_BY,
    FORMAT,
    PAPERS,
    ROLES,
    SEAT_ROLES,
    STAGE_ORDER,
    TIERS,
    VENUE_KINDS,
    Gate,
    Model,
    Step,
    read_document,
)

CODE = re.compile(r"[a-z0-9_-]{1,40}")
NAME_LENGTH = 64
MAX_DAYS = 400
# Every key that a file may have, and the type of its value.
KEYS: dict[str, dict[str, type]] = {
    "": {
        "format": int,
        "code": str,
        "name": str,
        "source": str,
        "topics": list,
        "levels": list,
        "clocks": dict,
        "composition": dict,
        "coverage": list,
        "seats": list,
        "steps": list,
        "checklist": list,
    },
    "composition": {"fixed": list, "varies": str},
    "coverage": {"what": str, "tier": str, "per_year": int, "venue_kind": str},
    "seats": {"code": str, "name": str, "min": int, "max": int, "filled_by": str, "role": str, "votes": bool},
    "steps": {
        "code": str,
        "name": str,
        "stage": str,
        "role": str,
        "days": int,
        "entry": list,
        "exit": list,
        "papers": list,
        "note": str,
        "gates": list,
    },
    "gates": {"code": str, "name": str, "body": str, "tier": str, "days": int, "returns_to": str},
}


def validate_model(document: Mapping[str, Any]) -> list[str]:
    """Every problem of `document`, in the language of the moment; an empty list: it may be published."""
    return [*shape_problems(document), *_meaning_problems(read_document(document))]


def shape_problems(document: Mapping[str, Any]) -> list[str]:
    """Keys that nobody knows and values of a wrong type: they would be dropped in silence otherwise."""
    return list(_shape(document))


def _shape(document: Mapping[str, Any]) -> Iterator[str]:
    if document.get("format", FORMAT) != FORMAT:
        yield _("The file is of format %(format)s; this platform reads format %(known)d.") % {
            "format": document.get("format"),
            "known": FORMAT,
        }
    yield from _table_shape(document, "", _("the file"))
    clocks = document.get("clocks", {})
    if isinstance(clocks, dict):
        for code, days in clocks.items():
            if code not in CLOCKS:
                yield _("Unknown clock “%(code)s”. Known are: %(known)s.") % _choice(code, CLOCKS)
            elif not isinstance(days, int) or isinstance(days, bool):
                yield _("The clock “%(code)s” must be a whole number of working days.") % {"code": code}
    composition = document.get("composition", {})
    if isinstance(composition, dict):
        yield from _table_shape(composition, "composition", _("the composition"))
    for kind, word in (("coverage", _("quota %(n)d")), ("seats", _("seat class %(n)d")), ("steps", _("step %(n)d"))):
        listed = document.get(kind, [])
        for number, row in enumerate(listed if isinstance(listed, list) else [], 1):
            where = word % {"n": number}
            yield from _table_shape(row, kind, where)
            if kind == "steps" and isinstance(row, dict) and isinstance(row.get("gates", []), list):
                for gate in row.get("gates", []):
                    yield from _table_shape(gate, "gates", _("a gate of %(step)s") % {"step": where})


def _table_shape(table: Any, kind: str, where: str) -> Iterator[str]:
    if not isinstance(table, Mapping):
        yield _("%(where)s is not a table of keys and values.") % {"where": where}
        return
    known = KEYS[kind]
    for key, value in table.items():
        if key not in known:
            yield _("%(where)s has the unknown key “%(key)s”.") % {"where": where, "key": key}
        elif not isinstance(value, known[key]) or (known[key] is int and isinstance(value, bool)):
            yield _("%(where)s: the value of “%(key)s” is of the wrong kind.") % {"where": where, "key": key}


def _meaning_problems(model: Model) -> list[str]:
    return [
        *_head(model),
        *_clocks(model),
        *_seats(model),
        *_composition(model),
        *_steps(model),
        *_gates(model),
        *_conditions(model),
        *_order(model),
    ]


def _head(model: Model) -> Iterator[str]:
    if not model.name:
        yield _("The model has no name. Write the name by which people know it.")
    elif len(model.name) > NAME_LENGTH:
        yield _("The model's name is longer than %(count)d characters. Shorten it.") % {"count": NAME_LENGTH}
    if not CODE.fullmatch(model.code):
        yield _("The model's code “%(code)s” must be small Latin letters, digits, _ or -.") % {"code": model.code}
    if not model.source:
        yield _("It is not said where this reading of the model comes from. Write the source.")
    if not model.topics:
        yield _("It is not said for which topics the model is. Write at least one.")
    if not model.levels:
        yield _("It is not said for which tiers the model is. Choose at least one.")
    for level in model.levels:
        if level not in TIERS:
            yield _("Unknown tier “%(code)s”. Known are: %(known)s.") % _choice(level, TIERS)


def _clocks(model: Model) -> Iterator[str]:
    for code, days in model.clocks.items():
        if not 0 <= days <= MAX_DAYS:
            yield _("The clock “%(name)s” must lie between 0 and %(max)d working days.") % {
                "name": CLOCKS[code][1],
                "max": MAX_DAYS,
            }


def _seats(model: Model) -> Iterator[str]:
    yield from _duplicates((seat.code for seat in model.seats), _("Two seat classes have the same code “%(code)s”."))
    for seat in model.seats:
        name = seat.name or seat.code
        if not CODE.fullmatch(seat.code):
            yield _("The code “%(code)s” of a seat class must be small Latin letters, digits, _ or -.") % {
                "code": seat.code
            }
        if not seat.name:
            yield _("Seat class “%(code)s” has no name.") % {"code": seat.code}
        if seat.role not in SEAT_ROLES:
            yield _("Seat class “%(name)s”: unknown role “%(code)s”. Known are: %(known)s.") % {
                "name": name,
                **_choice(seat.role, SEAT_ROLES),
            }
        if seat.filled_by not in FILLED_BY:
            yield _("Seat class “%(name)s”: unknown way of filling “%(code)s”. Known are: %(known)s.") % {
                "name": name,
                **_choice(seat.filled_by, FILLED_BY),
            }
        if seat.min < 0 or seat.max < 1:
            yield _("Seat class “%(name)s” must have room for at least one person.") % {"name": name}
        if seat.min > seat.max:
            yield _("Seat class “%(name)s”: the minimum %(min)d is larger than the maximum %(max)d.") % {
                "name": name,
                "min": seat.min,
                "max": seat.max,
            }
        if seat.role == "chair" and seat.votes:
            yield _("Seat class “%(name)s”: the chair is neutral and takes no stance.") % {"name": name}
    if sum(seat.max for seat in model.seats if seat.role == "chair") > 1:
        yield _("There can be only one chair. Lower the maximum, or leave only one class with this role.")


def _composition(model: Model) -> Iterator[str]:
    codes = {seat.code for seat in model.seats}
    for code in (*model.fixed, *([model.varies] if model.varies else [])):
        if code not in codes:
            yield _("The composition names the seat class “%(code)s”, which the model does not have.") % {"code": code}
    if model.varies and model.varies in model.fixed:
        yield _("The composition counts “%(code)s” both as fixed and as varying.") % {"code": model.varies}
    for row in model.coverage:
        if row.what not in COUNTED:
            yield _("Unknown thing to count “%(code)s”. Known are: %(known)s.") % _choice(row.what, COUNTED)
        if row.tier not in TIERS:
            yield _("Unknown tier “%(code)s”. Known are: %(known)s.") % _choice(row.tier, TIERS)
        if row.venue_kind and row.venue_kind not in VENUE_KINDS:
            yield _("Unknown kind of venue “%(code)s”. Known are: %(known)s.") % _choice(row.venue_kind, VENUE_KINDS)
        if row.per_year < 1:
            yield _("A quota must be at least 1 a year.")


def _steps(model: Model) -> Iterator[str]:
    if not model.steps:
        yield _("The model has no step. Add the first one.")
    yield from _duplicates((step.code for step in model.steps), _("Two steps have the same code “%(code)s”."))
    for number, step in enumerate(model.steps, 1):
        name = step.name or step.code or str(number)
        if not CODE.fullmatch(step.code):
            yield _("Step “%(name)s”: the code “%(code)s” must be small Latin letters, digits, _ or -.") % {
                "name": name,
                "code": step.code,
            }
        if not step.name:
            yield _("Step %(number)d has no name.") % {"number": number}
        if step.stage not in STAGE_ORDER:
            yield _("Step “%(name)s”: unknown stage “%(code)s”. Known are: %(known)s.") % {
                "name": name,
                **_choice(step.stage, STAGE_ORDER),
            }
        if step.role not in ROLES:
            yield _("Step “%(name)s”: unknown role “%(code)s”. Known are: %(known)s.") % {
                "name": name,
                **_choice(step.role, ROLES),
            }
        if not 0 <= step.days <= MAX_DAYS:
            yield _("Step “%(name)s”: the time must lie between 0 and %(max)d working days.") % {
                "name": name,
                "max": MAX_DAYS,
            }
        for paper in step.papers:
            if paper not in PAPERS:
                yield _("Step “%(name)s”: unknown paper “%(code)s”. Known are: %(known)s.") % {
                    "name": name,
                    **_choice(paper, PAPERS),
                }


def _gates(model: Model) -> Iterator[str]:
    yield from _duplicates((gate.code for _step, gate in _all_gates(model)), _("Two gates have the code “%(code)s”."))
    for step, gate in _all_gates(model):
        names = {"step": step.name or step.code, "gate": gate.name or gate.code}
        if not CODE.fullmatch(gate.code):
            yield _("Step “%(step)s”: a gate's code must be small Latin letters, digits, _ or -.") % names
        if not gate.name:
            yield _("Step “%(step)s”: the gate “%(gate)s” has no name.") % names
        if not gate.body:
            yield _("Step “%(step)s”: it is not said which kind of body answers the gate “%(gate)s”.") % names
        elif gate.body not in BODY_KINDS:
            yield _("Gate “%(gate)s”: unknown kind of body “%(code)s”. Known are: %(known)s.") % {
                **names,
                **_choice(gate.body, BODY_KINDS),
            }
        if gate.tier not in TIERS:
            yield _("Gate “%(gate)s”: unknown tier “%(code)s”. Known are: %(known)s.") % {
                **names,
                **_choice(gate.tier, TIERS),
            }
        if not 1 <= gate.days <= MAX_DAYS:
            yield _("Gate “%(gate)s” needs a time of at least 1 working day.") % names
        if gate.returns_to and not 0 <= model.position(gate.returns_to) <= model.position(step.code):
            yield _("Gate “%(gate)s” returns to “%(code)s”, which is no earlier step.") % {
                **names,
                "code": gate.returns_to,
            }


def _conditions(model: Model) -> Iterator[str]:
    where_gates = {gate.code: model.position(step.code) for step, gate in _all_gates(model)}
    has_chair = any(seat.role == "chair" for seat in model.seats)
    for number, step in enumerate(model.steps):
        name = step.name or step.code
        for code in (*step.entry, *step.exit):
            if code.startswith(GATE):
                gate = code.removeprefix(GATE)
                if where_gates.get(gate, number + 1) > number:
                    yield _("Step “%(name)s” waits for the gate “%(gate)s”, which no step up to here has.") % {
                        "name": name,
                        "gate": gate,
                    }
            elif code not in CONDITIONS:
                yield _("Step “%(name)s”: unknown condition “%(code)s”. Known are: %(known)s.") % {
                    "name": name,
                    **_choice(code, CONDITIONS),
                }
            elif code == "chair_neutral" and not has_chair:
                yield _("Step “%(name)s” asks for a neutral chair, but no seat class has the role of chair.") % {
                    "name": name
                }
            elif code == "seats_filled" and not model.seats:
                yield _("Step “%(name)s” asks for filled seats, but the model has no seat class.") % {"name": name}


def _order(model: Model) -> Iterator[str]:
    highest, before = -1, ""
    for step in model.steps:
        order = STAGE_ORDER.get(step.stage, highest)
        if order < highest:
            yield _("Step “%(name)s” goes back to a stage before that of “%(before)s”. Change the order.") % {
                "name": step.name or step.code,
                "before": before,
            }
        if order >= highest:
            highest, before = order, step.name or step.code
    if not model.steps:
        return
    stages = {step.stage for step in model.steps}
    if "handed_over" not in stages:
        yield _("No step hands the agreement over. Add a step of the stage “hand-over”, else no duty ever begins.")
    if "judged" not in stages:
        yield _("In no step do the people judge the result. Add a step of the stage “verdict”.")
    if "all_settled" not in model.steps[-1].exit:
        yield _("The last step must wait until every commitment is settled, else open promises would be closed.")


def _all_gates(model: Model) -> list[tuple[Step, Gate]]:
    return [(step, gate) for step in model.steps for gate in step.gates]


def _duplicates(codes: Iterable[str], message: str) -> Iterator[str]:
    seen: set[str] = set()
    told: set[str] = set()
    for code in codes:
        if code in seen and code not in told:
            told.add(code)
            yield message % {"code": code}
        seen.add(code)


def _choice(code: str, known: Iterable[str]) -> dict[str, str]:
    return {"code": code, "known": "、".join(known)}
