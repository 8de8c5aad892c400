"""What a matter has not met yet, in plain words."""

from dataclasses import dataclass

from yishi.deliberation.models import Matter, Stage

from .conditions import gate_missing, missing
from .facts import Facts
from .schema import Step


@dataclass(frozen=True, slots=True)
class Missing:
    """A condition that does not hold: its code, and the sentence that says what to do."""

    code: str
    message: str


def matter_missing(matter: Matter, facts: Facts | None = None) -> list[Missing]:
    """What stands between `matter` and its next step: gates and exit conditions here, entry conditions there.

    Empty: it may go on (out of its last step: be closed). A matter that is over lacks nothing.
    """
    if matter.state != Matter.State.OPEN:
        return []
    facts = facts or Facts(matter)
    step = facts.model.step(matter.step)
    if step is None:
        return []
    following = facts.model.after(step.code)
    lacking = {condition.code: condition for condition in _gates(step, facts)}
    for code in (*step.exit, *(following.entry if following else ())):
        if code not in lacking:
            message = missing(code, facts, facts.model)
            if message and message not in {str(known.message) for known in lacking.values()}:  # said once
                lacking[code] = Missing(code, message)
    return list(lacking.values())


def hand_over_missing(matter: Matter, facts: Facts | None = None) -> list[Missing]:
    """Gates of the hand-over that have not approved.

    They bind once a sitting was held or the matter stands at its hand-over. What was solved on the way, before any
    sitting, is handed over without them: it ends where it is.
    """
    facts = facts or Facts(matter)
    sat = any(sitting.has_begun for sitting in facts.sittings)
    if not sat and matter.stage != Stage.HANDED_OVER:
        return []
    return [lack for step in facts.model.steps if step.stage == Stage.HANDED_OVER for lack in _gates(step, facts)]


def _gates(step: Step, facts: Facts) -> list[Missing]:
    messages = [(gate.code, gate_missing(gate.code, facts, facts.model, step.code)) for gate in step.gates]
    return [Missing(f"gate:{code}", message) for code, message in messages if message]
