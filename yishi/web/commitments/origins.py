"""Where a promise comes from: the case that it belongs to, called and addressed as everywhere (`kit/titles.py`)."""

from yishi.commitments.models import Commitment
from yishi.web.kit.titles import Subject, named

CASES: dict[str, str] = {  # `Commitment.Origin` → the kind of file that the case is
    Commitment.Origin.MATTER: "matter",
    Commitment.Origin.PROPOSAL: "proposal",
    Commitment.Origin.PROJECT: "project",
    Commitment.Origin.STEERING: "steering_meeting",
    Commitment.Origin.COOPERATION: "cooperation",
    Commitment.Origin.HOUSEHOLD: "family",
    Commitment.Origin.VILLAGE_PLAN: "village_plan",
    Commitment.Origin.NEED: "need",
    Commitment.Origin.FINDING: "finding",
    Commitment.Origin.EXIT_SUSPICION: "exit_suspicion",
}


def origin_of(commitment: Commitment) -> Subject | None:
    """The case of `commitment`, if its viewer may open it."""
    kind = CASES.get(commitment.origin_kind)
    if kind is None or commitment.origin_id is None:
        return None
    case = named([(kind, commitment.origin_id)])[kind, commitment.origin_id]
    return case if case.url else None
