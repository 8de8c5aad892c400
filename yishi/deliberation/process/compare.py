"""What one version of a process model changes against another, in sentences."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from .conditions import label_of
from .schema import (
    BODY_KINDS,
    CLOCKS,
    FILLED_BY,
    PAPERS,
    ROLES,
    SEAT_ROLES,
    STAGES,
    TIERS,
    Gate,
    Model,
    SeatClass,
    Step,
    read_document,
)

Named = SeatClass | Step | Gate


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """The changes from `old` to `new`, in the order in which a reader meets them; empty: they say the same."""
    before, after = read_document(old), read_document(new)
    return [*_head(before, after), *_seats(before, after), *_steps(before, after), *_gates(before, after)]


def _head(before: Model, after: Model) -> Iterator[str]:
    if before.name != after.name:
        yield _("The name was “%(old)s”, it is “%(new)s”.") % {"old": before.name, "new": after.name}
    if before.source != after.source:
        yield _("The source was changed.")
    for label, old, new in (
        (_("topics"), before.topics, after.topics),
        (_("tiers"), _labels(before.levels, TIERS), _labels(after.levels, TIERS)),
        (_("checklist"), before.checklist, after.checklist),
    ):
        yield from _list_change(label, old, new)
    for code, (_default, clock) in CLOCKS.items():
        if before.clock(code) != after.clock(code):
            yield _("Clock “%(name)s”: %(old)d working days before, %(new)d now.") % {
                "name": clock,
                "old": before.clock(code),
                "new": after.clock(code),
            }
    if (before.fixed, before.varies) != (after.fixed, after.varies):
        yield _("The composition of the sitting was changed.")
    if before.coverage != after.coverage:
        yield _("The quotas were changed.")


def _seats(before: Model, after: Model) -> Iterator[str]:
    old, new = {seat.code: seat for seat in before.seats}, {seat.code: seat for seat in after.seats}
    yield from _name_changes(_("seat class"), old, new)
    for code in [code for code in new if code in old]:
        was, now = old[code], new[code]
        if (was.min, was.max) != (now.min, now.max):
            yield _("Seat class “%(name)s”: %(old)s people before, %(new)s now.") % {
                "name": now.name,
                "old": f"{was.min}–{was.max}",
                "new": f"{now.min}–{now.max}",
            }
        yield from _label_change(_("seat class"), now.name, was.filled_by, now.filled_by, FILLED_BY)
        yield from _label_change(_("seat class"), now.name, was.role, now.role, SEAT_ROLES)
        if was.votes != now.votes:
            yield _("Seat class “%(name)s”: whether it takes a stance was changed.") % {"name": now.name}


def _steps(before: Model, after: Model) -> Iterator[str]:
    old, new = {step.code: step for step in before.steps}, {step.code: step for step in after.steps}
    yield from _name_changes(_("step"), old, new)
    if [code for code in old if code in new] != [code for code in new if code in old]:
        yield _("The order of the steps was changed.")
    for code in [code for code in new if code in old]:
        was, now = old[code], new[code]
        yield from _label_change(_("step"), now.name, was.stage, now.stage, STAGES)
        yield from _label_change(_("step"), now.name, was.role, now.role, ROLES)
        if was.days != now.days:
            yield _("Step “%(name)s”: %(old)d working days before, %(new)d now.") % {
                "name": now.name,
                "old": was.days,
                "new": now.days,
            }
        for label, first, second in (
            (_("conditions to begin"), was.entry, now.entry),
            (_("conditions to end"), was.exit, now.exit),
        ):
            yield from _list_change(
                f"{now.name} · {label}", [label_of(c, before) for c in first], [label_of(c, after) for c in second]
            )
        yield from _list_change(f"{now.name} · {_('papers')}", _labels(was.papers, PAPERS), _labels(now.papers, PAPERS))


def _gates(before: Model, after: Model) -> Iterator[str]:
    old = {gate.code: gate for step in before.steps for gate in step.gates}
    new = {gate.code: gate for step in after.steps for gate in step.gates}
    yield from _name_changes(_("gate"), old, new)
    for code in [code for code in new if code in old]:
        was, now = old[code], new[code]
        yield from _label_change(_("gate"), now.name, was.body, now.body, BODY_KINDS)
        yield from _label_change(_("gate"), now.name, was.tier, now.tier, TIERS)
        if was.days != now.days:
            yield _("Gate “%(name)s”: %(old)d working days before, %(new)d now.") % {
                "name": now.name,
                "old": was.days,
                "new": now.days,
            }


def _name_changes(kind: str, old: Mapping[str, Named], new: Mapping[str, Named]) -> Iterator[str]:
    """What was added, renamed or taken out, by code."""
    for code, item in new.items():
        if code not in old:
            yield _("New %(kind)s: “%(name)s”.") % {"kind": kind, "name": item.name}
        elif old[code].name != item.name:
            yield _("The %(kind)s “%(old)s” is called “%(new)s” now.") % {
                "kind": kind,
                "old": old[code].name,
                "new": item.name,
            }
    for code, item in old.items():
        if code not in new:
            yield _("The %(kind)s “%(name)s” was taken out.") % {"kind": kind, "name": item.name}


def _label_change(kind: str, name: str, old: str, new: str, labels: Mapping[str, Any]) -> Iterator[str]:
    if old != new:
        yield _("%(kind)s “%(name)s”: “%(old)s” before, “%(new)s” now.") % {
            "kind": kind,
            "name": name,
            "old": labels.get(old, old),
            "new": labels.get(new, new),
        }


def _list_change(label: Any, old: Any, new: Any) -> Iterator[str]:
    added = [str(item) for item in new if item not in old]
    gone = [str(item) for item in old if item not in new]
    if added:
        yield _("%(what)s: added %(items)s.") % {"what": label, "items": "、".join(added)}
    if gone:
        yield _("%(what)s: taken out %(items)s.") % {"what": label, "items": "、".join(gone)}


def _labels(codes: Any, labels: Mapping[str, Any]) -> list[str]:
    return [str(labels.get(code, code)) for code in codes]
