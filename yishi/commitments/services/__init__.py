"""Every act on a promise, by the part of its life to which it belongs."""

from .carrying import commitment_answer, people_met, proof_check, proof_give, proof_withdraw, time_ask, time_decide
from .clock import clocks_run
from .judging import (
    commitment_close_undone,
    commitment_reopen,
    commitment_strike_off,
    recheck_record,
    verdict_change,
    verdict_give,
)
from .making import (
    check_unowed,
    commitment_agree,
    commitment_confirm,
    commitment_drop,
    commitment_hand_over,
    commitment_hand_over_correct,
    promise_make,
    promise_set_aside,
)
from .outcomes import outcome_state, outcome_take_back
from .pressing import letter_send, next_tier_pass, office_above, reminder_send
from .taking_back import commitment_take_back, meeting_take_back, time_take_back

__all__ = [
    "check_unowed",
    "clocks_run",
    "commitment_agree",
    "commitment_answer",
    "commitment_close_undone",
    "commitment_confirm",
    "commitment_drop",
    "commitment_hand_over",
    "commitment_hand_over_correct",
    "commitment_reopen",
    "commitment_strike_off",
    "commitment_take_back",
    "letter_send",
    "meeting_take_back",
    "next_tier_pass",
    "office_above",
    "outcome_state",
    "outcome_take_back",
    "people_met",
    "promise_make",
    "promise_set_aside",
    "proof_check",
    "proof_give",
    "proof_withdraw",
    "recheck_record",
    "reminder_send",
    "time_ask",
    "time_decide",
    "time_take_back",
    "verdict_change",
    "verdict_give",
]
