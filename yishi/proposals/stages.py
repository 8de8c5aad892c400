"""Where a proposal is: derived from its state and from the promise of its answer, never stored."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from yishi.commitments.models import Commitment
from yishi.kit.errors import WrongStage

from .models import Proposal

S = Commitment.State
OF_ANSWER = {
    S.PROPOSED: "handled",
    S.AGREED: "handled",
    S.IN_FORCE: "handled",
    S.PROVED: "answered",
    S.CHECKED: "rating",
    S.STRUCK_OFF: "done",
    S.CLOSED_UNDONE: "unanswered",
    S.DROPPED: "unanswered",
    S.SET_ASIDE: "unanswered",
}
WORDS: dict[str, Any] = {
    "draft": _("draft"),
    "withdrawn": _("withdrawn"),
    "received": _("received; waits for the office"),
    "decided": _("decided without an answer being asked"),
    "handled": _("with the body that answers"),
    "answered": _("answered; the office checks the answer"),
    "rating": _("answered; the authors are asked how it is"),
    "done": _("answered and closed"),
    "unanswered": _("closed without an answer"),
}


def stage_of(proposal: Proposal) -> str:
    """The code of its stage (see WORDS)."""
    if proposal.state != Proposal.State.SUBMITTED:
        return proposal.state
    if proposal.commitment is None:
        return "decided" if proposal.outcome else "received"
    return OF_ANSWER[S(proposal.commitment.state)]


def need(proposal: Proposal, state: str) -> None:
    """Refuse an act for which the proposal must be in `state`."""
    if proposal.state != state:
        raise WrongStage(
            "proposal.stage",
            _("This is not possible now: the proposal is “%(state)s”. Reload the page to see the next step.")
            % {"state": WORDS[stage_of(proposal)]},
        )
