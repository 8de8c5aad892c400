"""Where a promise comes from: one explicit table, a line for each kind of case (`Commitment.Origin`).

A finder is a function `(id) -> Origin | None`; it asks within the viewer's reach, so a case that the viewer may not
open is not named.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yishi.assistance.campaign.models import Cooperation, SteeringMeeting
from yishi.assistance.pairing.models import Need, VillagePlan
from yishi.assistance.projects.models import Project
from yishi.assistance.register.models import Household
from yishi.commitments.models import Commitment
from yishi.deliberation.models import Matter
from yishi.proposals.models import Proposal


@dataclass(frozen=True, slots=True)
class Origin:
    """The case of a promise: what kind it is, its title, its page."""

    label: Any
    title: str
    url: str


def _matter(pk: UUID) -> Origin | None:
    matter = Matter.objects.filter(pk=pk).first()
    return Origin(_("Matter"), matter.title, reverse("matter", args=[pk])) if matter else None


def _proposal(pk: UUID) -> Origin | None:
    one = Proposal.objects.filter(pk=pk).first()
    return Origin(_("Proposal"), one.title, reverse("proposal", args=[pk])) if one else None


def _project(pk: UUID) -> Origin | None:
    project = Project.objects.filter(pk=pk).first()
    return Origin(_("Project"), project.name, reverse("project", args=[pk])) if project else None


def _meeting(pk: UUID) -> Origin | None:
    one = SteeringMeeting.objects.filter(pk=pk).first()
    return Origin(_("Meeting"), one.title, reverse("meeting", args=[pk])) if one else None


def _cooperation(pk: UUID) -> Origin | None:
    one = Cooperation.objects.filter(pk=pk).first()
    return Origin(_("Cooperation agreement"), one.title, reverse("cooperation", args=[pk])) if one else None


def _family(pk: UUID) -> Origin | None:
    home = Household.objects.select_related("head").filter(pk=pk).first()
    return Origin(_("Family"), f"{home.head.name}（{home.number}）", reverse("family", args=[pk])) if home else None


def _village_plan(pk: UUID) -> Origin | None:
    plan = VillagePlan.objects.filter(pk=pk).first()
    return Origin(_("Village plan"), plan.title, reverse("village_plan", args=[pk])) if plan else None


def _need(pk: UUID) -> Origin | None:
    need = Need.objects.filter(pk=pk).first()
    return Origin(_("Need"), need.words, reverse("need", args=[pk])) if need else None


FINDERS: dict[str, Callable[[UUID], Origin | None]] = {
    Commitment.Origin.MATTER: _matter,
    Commitment.Origin.PROPOSAL: _proposal,
    Commitment.Origin.PROJECT: _project,
    Commitment.Origin.STEERING: _meeting,
    Commitment.Origin.COOPERATION: _cooperation,
    Commitment.Origin.HOUSEHOLD: _family,
    Commitment.Origin.VILLAGE_PLAN: _village_plan,
    Commitment.Origin.NEED: _need,
}


def origin_of(commitment: Commitment) -> Origin | None:
    """The case of `commitment`, if its viewer may open it."""
    finder = FINDERS.get(commitment.origin_kind)
    return finder(commitment.origin_id) if finder else None
