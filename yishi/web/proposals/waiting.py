"""Whose act comes next on a proposal, and who is asked to sign one."""

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yishi.organisations.grants import Viewer
from yishi.proposals.models import Proposal, Signer
from yishi.web.kit.desk_items import DeskItem, Source
from yishi.web.kit.next_acts import Course, NextAct

State = Proposal.State
MOST_SIGNED = 100

PROPOSALS = Course(
    kind="proposal",
    column="state",
    stages=tuple(State.values),
    acts=(
        NextAct(
            (State.SUBMITTED,),
            "office",
            _("Hand it to the body that answers"),
            "proposal",
            when=lambda today: Q(commitment__isnull=True, outcome=""),
        ),
    ),
    rests={State.DRAFT: "its author writes it", State.WITHDRAWN: "over"},
    records=lambda: Proposal.objects.select_related("place"),
    at_desk=lambda: Proposal.within.select_related("place"),
    order="submitted_at",
    title=lambda proposal: proposal.title,
    detail=lambda proposal: f"{proposal.number} · {proposal.place.name}",
)


def _signing_rows(viewer: Viewer) -> QuerySet[Signer]:
    """What others ask the person to sign too."""
    signers = Signer.objects.filter(person=viewer.person_id, agrees__isnull=True)
    signers = signers.exclude(proposal__state=State.WITHDRAWN)
    return signers.select_related("proposal__author").order_by("asked_at")[:MOST_SIGNED]


def _signing_items(viewer: Viewer, signers: Any) -> list[DeskItem]:
    return [
        DeskItem(
            kind="proposal",
            title=signer.proposal.title,
            act=gettext("Read it; sign or not"),
            url=reverse("proposal", args=[signer.proposal_id]),
            detail=signer.proposal.author.name,
        )
        for signer in signers
    ]


ASKED_TO_SIGN = Source(_signing_rows, _signing_items, most=MOST_SIGNED)
