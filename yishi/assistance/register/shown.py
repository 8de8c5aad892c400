"""What the approval of a change of the register is about: what was asked for, from which day, and on what it rests."""

from yishi.journal.shown import digest

from .models import ChangeRequest


def change_digest(change: ChangeRequest) -> str:
    """What the desk that decides reads of a request."""
    return digest(
        {
            "kind": change.kind,
            "household": str(change.household_id or ""),
            "asked": change.asked,
            "from": str(change.effective_on),
            "reason": change.reason,
        }
    )
