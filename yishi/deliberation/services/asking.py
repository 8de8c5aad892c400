"""Putting a step's gates to their bodies: which desk, which round, by when. Used by course.py and gates.py."""

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.deliberation.models import GateRequest, Matter
from yishi.deliberation.process.schema import Gate, Step, read_document
from yishi.deliberation.shown import gate_is_stale, gate_shown
from yishi.journal.act import Act
from yishi.kit.clock import add_workdays
from yishi.kit.errors import Refusal
from yishi.notices.days import day_said
from yishi.notices.services import tell
from yishi.organisations.models import Body, Place, valid_on


def place_at(place: Place, tier: str) -> Place | None:
    """The place of `tier` around `place` (itself, if it is of that tier)."""
    return Place.objects.filter(level=tier, lo__lte=place.lo, hi__gte=place.lo, closed_on__isnull=True).first()


def gate_bodies(matter: Matter, gate: Gate, today: date) -> list[Body]:
    """The bodies that could answer `gate`: of its kind, at its tier around the matter's place."""
    around = place_at(matter.place, gate.tier)
    if around is None:
        return []
    bodies = Body.objects.filter(valid_on(today), kind=gate.body, place=around)
    return list(bodies.select_related("place").order_by("name"))


def gate_body(matter: Matter, gate: Gate, today: date) -> Body | None:
    """The one body that answers `gate`, or None where somebody must choose (no such body, or several).

    Of several the convener itself is taken if it is among them, else the body above it.
    """
    bodies = gate_bodies(matter, gate, today)
    for body in bodies:
        if body.pk in (matter.convener_id, matter.convener.parent_id):
            return body
    return bodies[0] if len(bodies) == 1 else None


def ask_gates(this: Act, matter: Matter, step: Step, today: date) -> None:
    """Put the gates of `step` that have no standing answer to their bodies.

    Where no body, or more than one, fits, nothing is asked: the matter's page says so and lets one be chosen.
    """
    for gate in step.gates:
        newest = newest_request(matter, step.code, gate.code)
        if newest is not None and newest.answer != GateRequest.Answer.RETURN and not is_stale(newest):
            continue
        body = gate_body(matter, gate, today)
        if body is not None:
            put(this, matter, step, gate, body, today)


def put(this: Act, matter: Matter, step: Step, gate: Gate, body: Body, today: date) -> GateRequest:
    """Write one request and tell the desk. Refuses what is asked already."""
    newest = newest_request(matter, step.code, gate.code)
    if newest is not None and newest.answer != GateRequest.Answer.RETURN and not is_stale(newest):
        raise Refusal(
            "gate.asked",
            _("This gate was asked already, on %(day)s. Wait for the answer, or remind that desk.")
            % {"day": day_said(timezone.localtime(newest.asked_at).date())},
        )
    request = GateRequest.objects.create(
        matter=matter,
        step=step.code,
        gate=gate.code,
        name=gate.name,
        body=body,
        asked_at=this.now,
        due_on=add_workdays(today, gate.days),
        round=newest.round + 1 if newest else 1,
    )
    this.entry(
        code="deliberation.gate.ask",
        subject=("matter", matter.pk),
        place=matter.place_id,
        dims={"body": body.pk},
        data={"gate": request.pk, "code": gate.code, "round": request.round, "due_on": request.due_on},
    )
    tell(
        body_id=body.pk,
        code="gate.asked",
        params={"number": matter.number, "title": matter.title, "gate": gate.name, "due_on": request.due_on},
        subject=("gate", request.pk),
        once=f"gate.asked/{request.pk}",
    )
    return request


def shown_to(gate: GateRequest) -> dict[str, Any]:
    """What stands on the page of this gate now (see shown.py)."""
    matter = Matter.within.select_related("process").get(pk=gate.matter_id)
    agreement = matter.agreements.order_by("-written_at").first()
    return gate_shown(matter, gate.step, read_document(matter.process.document), agreement)


def is_stale(gate: GateRequest) -> bool:
    """Was what this gate approved changed since?"""
    return bool(gate.shown) and gate_is_stale(gate, shown_to(gate))


def keep_shown(matter: Matter) -> None:
    """Before a text changes: approvals from before texts were kept get the text that they were given for."""
    for gate in matter.gates.filter(answer=GateRequest.Answer.APPROVE, shown={}):
        gate.shown = shown_to(gate)
        gate.save(update_fields=["shown"])


def newest_request(matter: Matter, step: str, gate: str) -> GateRequest | None:
    """The last request of the gate at this step, None where it was never asked: a return is followed by a new round."""
    return GateRequest.objects.filter(matter=matter, step=step, gate=gate).order_by("-round").first()
