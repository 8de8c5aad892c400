"""What an entry's right must be true of: the grant that it names is held by its doer, there and then."""

import ast
from collections.abc import Callable
from typing import Any

from tests import acts
from yishi.assistance.deeds.models import DeedCode
from yishi.assistance.pairing.models import Pairing, TeamMember
from yishi.assistance.supervision.models import RoundMember
from yishi.commitments.models import Commitment, Judge
from yishi.deliberation.models import Seat
from yishi.journal.models import Entry
from yishi.organisations.models import Member, Place, Post, QueryCode
from yishi.people.models import Invitation

Held = Callable[[Entry, Any], bool]


def _covers(place: Place | None, entry: Entry) -> bool:
    """Does the place contain the entry's?"""
    if place is None or entry.place_id is None:
        return place is not None
    there = Place.objects.get(pk=entry.place_id)
    return place.lo <= there.lo <= place.hi


def _helps(entry: Entry, pairing: Pairing) -> bool:
    """Paired in person, or by the body at whose desk they work; with the family or place that the entry is about."""
    theirs = (
        pairing.person_id == entry.actor_id or Post.objects.filter(person=entry.actor_id, body=pairing.body_id).exists()
    )
    return theirs and _covers(pairing.household.place if pairing.household else pairing.place, entry)


# The kinds of rights that an entry names by their row: the table, and what must be true of the row.
BY_ROW: dict[str, tuple[Any, Held]] = {
    "post": (Post, lambda entry, post: (post.person_id, post.body_id) == (entry.actor_id, entry.body_id)),
    "member": (Member, lambda entry, member: member.person_id == entry.actor_id),
    "seat": (Seat, lambda entry, seat: seat.person_id == entry.actor_id and _covers(seat.matter.place, entry)),
    "bearer": (Commitment, lambda entry, promise: promise.bearer_person_id == entry.actor_id),
    "judge": (Judge, lambda entry, judge: judge.person_id == entry.actor_id),
    "pairing": (Pairing, _helps),
    "station": (TeamMember, lambda entry, row: row.person_id == entry.actor_id and _covers(row.team.place, entry)),
    "round_team": (RoundMember, lambda entry, row: row.person_id == entry.actor_id and _covers(row.round.place, entry)),
    "query_code": (QueryCode, lambda entry, code: code.person_id == entry.actor_id),
    "deed_code": (DeedCode, lambda entry, code: entry.actor_id is None),
    "invitation": (Invitation, lambda entry, invitation: invitation.person_id == entry.actor_id),
}
# Those without one: in their own name; nobody's.
IN_PERSON = "person"
NOBODYS = {"public", "system", "voice"}


def kinds() -> set[str]:
    """Every kind of right that the product makes."""
    made = {"post", "member"}  # by Grant.of_post and Grant.of_member
    for module in acts.modules():
        for call in acts.calls(module.tree, "Grant", "Actor"):
            is_actor = acts.called(call) == "Actor"
            kind = acts.given(call, "right_kind" if is_actor else "kind", 1 if is_actor else 0)
            if isinstance(kind, ast.Constant):
                made.add(kind.value)
    return made


def wrong_rights(entries: Any, elsewhere: set[Any]) -> set[tuple[str, str]]:
    """(act, what is wrong) of the entries whose right is not one that their doer held there; `elsewhere` are the ids of
    posts that give nothing."""
    wrong = set()
    for entry in entries.select_related("receipt"):
        kind, said = entry.right_kind, entry.receipt.code
        if kind in BY_ROW:
            table, is_held = BY_ROW[kind]
            row = table._base_manager.filter(pk=entry.right_id).first()
            if entry.right_id in elsewhere:
                wrong.add((said, "a post elsewhere"))
            elif row is None or not is_held(entry, row):
                wrong.add((said, f"a {kind} of somebody else, or not there"))
        elif kind == IN_PERSON:
            if entry.actor_id is None or entry.right_id != entry.actor_id or entry.body_id is not None:
                wrong.add((said, "in whose name?"))
        elif kind not in NOBODYS or (entry.actor_id, entry.right_id, entry.body_id) != (None, None, None):
            wrong.add((said, f"{kind} of somebody"))
    return wrong
