"""What the screens of a room show of its secret ballots: the question, who is on the roll, how many have voted; counts
only once all slips were opened together."""

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from yishi.deliberation.models import BallotVoter, SecretBallot, Sitting
from yishi.web.deliberation.sittings.ballots_kept import ballots_shown

MIDDLE, LONG = 36, 90  # of a question as long as this the letters on the wall are made smaller


def ballots_context(sitting: Sitting) -> dict[str, Any]:
    """For the screens of the desk and the wall: all, and the one that everybody looks at: open, or just counted."""
    ballots = ballots_shown(sitting)
    counting = [row for row in ballots if row["ballot"].state == SecretBallot.State.OPEN]
    wall = counting[-1] if counting else None
    if wall is None and ballots and ballots[-1]["ballot"].state == SecretBallot.State.COUNTED:
        newer = sitting.statements.filter(at__gt=ballots[-1]["ballot"].opened_at, withdrawn_at__isnull=True)
        wall = None if newer.exists() else ballots[-1]
    length = len(wall["ballot"].question) if wall else 0
    size = "wall-long" if length > LONG else "wall-middle" if length > MIDDLE else "wall-short"
    return {
        "ballots": ballots,
        "open_ballot": counting[-1] if counting else None,
        "wall_ballot": wall,
        "ballot_size": size,
    }


def roll_of(ballot: SecretBallot) -> list[BallotVoter]:
    """The roll: who may vote, and whether they have; by party."""
    voters = ballot.voters.select_related("person", "seat__party")
    return list(voters.order_by("seat__party__ordinal", "pk"))


def has_voted(sitting: Any) -> Exists:
    """Of the seat in the outer query: has its person voted in the ballot that is open? Their phone is drawn by it."""
    lines = BallotVoter.objects.filter(ballot__sitting=sitting, ballot__state="open", person=OuterRef("person"))
    return Exists(lines.exclude(way=""))


def ballots_on_phone(sitting: Sitting, person: UUID | None) -> list[dict[str, Any]]:
    """The ballots that a phone shows, the newest first: each with its holder's line of the roll, and the whole roll for
    whoever stands on it."""
    rows = []
    for ballot in reversed(list(SecretBallot.objects.filter(sitting=sitting.pk))):
        roll = roll_of(ballot)
        mine = next((voter for voter in roll if voter.person_id == person), None)
        voted = sum(bool(voter.way) for voter in roll)
        rows.append({"ballot": ballot, "mine": mine, "roll": roll if mine else [], "voted": voted, "all": len(roll)})
    return rows
