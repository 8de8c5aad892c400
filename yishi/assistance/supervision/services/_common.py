"""What every act on a finding shares: lock, who coordinates, step, entry."""

from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.supervision.items import read_pack
from yishi.assistance.supervision.models import Finding, FindingStep, Lane, Round
from yishi.database.words import Words
from yishi.journal.act import Act
from yishi.kit.clock import add_workdays
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.records import certain
from yishi.notices.services import tell
from yishi.organisations.models import Body

CHOOSE = _("Please choose one of the values that are offered.")
WHY = Words("reason", 260, _("Please write why."), code="finding.reason")
Coordination = Finding.Coordination
NOT_ASKED: dict[str, Any] = {"coordination_asked_on": None, "coordinate_by": None}


def locked_round(round: Round) -> Round:
    """The round as it stands, locked for this act; refuses one that has ended."""
    row = Round.objects.select_for_update(of=("self",)).select_related("place", "body", "leading").get(pk=round.pk)
    if row.state != Round.State.OPEN:
        raise WrongStage("round.ended", _("This round has ended. Open it again first."))
    return row


def locked_finding(finding: Finding) -> Finding:
    """The finding as it stands, locked for this act; refuses one that is off the list."""
    row = (
        Finding.within.select_for_update(of=("self",))
        .select_related("round", "commitment", "coordinator", "place")
        .get(pk=finding.pk)
    )
    if not row.is_open:
        raise WrongStage(
            "finding.settled", _("This finding is off the list already. Reload the page to see what became of it.")
        )
    return row


def coordination_of(this: Act, round: Round, lane: str, coordinator: Body | None) -> dict[str, Any]:
    """The columns that say who coordinates."""
    if lane not in Lane.values:
        raise Refusal("finding.lane", CHOOSE, field="lane")
    if lane == Lane.SPOT:
        return {"coordinator": None, "coordination": Coordination.NONE, **NOT_ASKED}
    if coordinator is None:
        raise Refusal("finding.coordinator", _("Say which body coordinates it."), field="coordinator")
    return {
        "coordinator": coordinator,
        "coordination": Coordination.ASKED,
        "coordination_asked_on": timezone.localdate(this.now),
        "coordinate_by": coordinate_by(timezone.localdate(this.now), round),
    }


def coordinate_by(asked_on: date, round: Round) -> date:
    """By when a body that was asked on that day coordinates."""
    return add_workdays(asked_on, read_pack(round.pack).coordinate_workdays)


def ask_to_coordinate(finding: Finding, suffix: str = "") -> None:
    """Tell whoever is to coordinate it."""
    tell_desk(finding, certain(finding.coordinator_id), "finding.coordinate", f"{finding.lane}/{suffix}")


def tell_desk(finding: Finding, desk: UUID | None, code: str, suffix: str) -> None:
    """Tell a desk about a finding; the same thing once."""
    if desk is None:
        return
    tell(
        body_id=desk,
        code=code,
        params={"number": finding.commitment.number, "due_on": finding.coordinate_by or finding.commitment.due_on},
        subject=("finding", finding.pk),
        once=f"{code}/{finding.pk}/{suffix}/{desk}",
    )


def note(this: Act, finding: Finding, kind: str, words: str) -> FindingStep:
    """A step of the finding beside its promise, as it stands now."""
    return FindingStep.objects.create(
        finding=finding,
        kind=kind,
        lane=finding.lane,
        body_id=this.actor.body_id,
        words=words,
        by_id=this.actor.person_id,
        at=this.now,
    )


def enter(this: Act, finding: Finding, verb: str, *, day: date | None = None, **data: Any) -> None:
    """The journal's entry of one step, which happened on `day` (now without it)."""
    this.entry(
        subject=("finding", finding.pk),
        place=finding.place_id,
        at=this.on_day(day) if day else None,
        dims={"round": finding.round_id, "item": finding.item, "lane": finding.lane},
        quantities={verb: 1},
        data={"commitment": finding.commitment_id, **data},
    )
    this.result(finding=finding.pk)
