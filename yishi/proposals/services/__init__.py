"""Every act on a proposal, by the part of its life to which it belongs."""

from .handling import adoption_record, proposal_assign
from .writing import proposal_change, proposal_cosign, proposal_submit, proposal_withdraw, proposal_write

__all__ = [
    "adoption_record",
    "proposal_assign",
    "proposal_change",
    "proposal_cosign",
    "proposal_submit",
    "proposal_withdraw",
    "proposal_write",
]
