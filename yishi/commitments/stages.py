"""The stages of a commitment as a table, and the one function that walks it."""

from django.utils.translation import gettext_lazy as _

from yishi.kit.errors import WrongStage
from yishi.notices.days import moment_said

from .models import Commitment, LedgerEvent

S = Commitment.State

TABLE: dict[str, dict[str, str]] = {
    S.PROPOSED: {"confirm": S.AGREED, "hand_over": S.IN_FORCE, "drop": S.DROPPED},
    S.AGREED: {"hand_over": S.IN_FORCE, "drop": S.DROPPED},
    S.IN_FORCE: {
        "answer": S.IN_FORCE,
        "meet": S.IN_FORCE,
        "prove": S.PROVED,
        "close_undone": S.CLOSED_UNDONE,
        "set_aside": S.SET_ASIDE,
        "ask_time": S.IN_FORCE,
        "decide_time": S.IN_FORCE,
        "escalate": S.IN_FORCE,
        "hand_over_correct": S.IN_FORCE,
    },
    S.PROVED: {
        "answer": S.PROVED,
        "meet": S.PROVED,
        "accept": S.CHECKED,
        "return": S.IN_FORCE,
        "withdraw": S.IN_FORCE,
        "hear": S.PROVED,  # said before the check; the check is still to come
        "hear_no": S.IN_FORCE,
        "escalate": S.PROVED,
        "decide_time": S.PROVED,
        "hand_over_correct": S.PROVED,
    },
    S.CHECKED: {
        "meet": S.CHECKED,
        "judge": S.CHECKED,
        "hear": S.CHECKED,
        "strike_off": S.STRUCK_OFF,
        "reopen": S.IN_FORCE,
        "decide_time": S.CHECKED,
        "hand_over_correct": S.CHECKED,
    },
    S.STRUCK_OFF: {"judge": S.STRUCK_OFF, "hear": S.STRUCK_OFF, "reopen": S.IN_FORCE, "recheck": S.STRUCK_OFF},
    S.CLOSED_UNDONE: {"reopen": S.IN_FORCE},
    S.DROPPED: {},
    S.SET_ASIDE: {},
}

SAYS = {
    S.PROPOSED: _("It was only proposed; its bearer has not confirmed it yet."),
    S.AGREED: _("It is agreed but not in force; its clock starts with the hand-over."),
    S.IN_FORCE: _("It is in force and waits for proof from its bearer."),
    S.PROVED: _("Proof was given; it waits for the check by a second person."),
    S.CHECKED: _("The proof was checked; the people are being asked for their verdict."),
    S.STRUCK_OFF: _("It is struck off already."),
    S.CLOSED_UNDONE: _("It was closed without being done."),
    S.DROPPED: _("It was dropped before it was in force."),
    S.SET_ASIDE: _("It is owed no longer."),
}


def may_step(commitment: Commitment, verb: str) -> bool:
    """Is `verb` possible in the stage of `commitment`?"""
    return verb in TABLE[commitment.state]


def step(commitment: Commitment, verb: str) -> str:
    """The state after `verb`, or `WrongStage` with a sentence about where the commitment stands."""
    following = TABLE[commitment.state].get(verb)
    if following is None:
        raise WrongStage(
            f"commitment.{verb}.stage",
            _("This is not possible now. %(stage)s%(last)s Reload the page to see the next step.")
            % {"stage": SAYS[S(commitment.state)], "last": last_act(commitment)},
            details={"state": commitment.state},
        )
    return following


def last_act(commitment: Commitment) -> str:
    """What was done last, by which desk, when: so one knows who was quicker. In brackets; "" before anything was."""
    acts = [
        (event.at, str(LedgerEvent.Kind(event.kind).label), event.body.name if event.body else "")
        for event in commitment.events.select_related("body").order_by("-at")[:1]
    ]
    for proof in commitment.proofs.order_by("-given_at")[:1]:
        acts.append((proof.given_at, str(_("proof given")), ""))
        if proof.checked_at:
            acts.append((proof.checked_at, str(_("proof checked")), ""))
    if not acts:
        return ""
    done_at, done, desk = max(acts)
    parts = (done, desk, moment_said(done_at))
    return f" ({'，'.join(filter(None, parts))})"
