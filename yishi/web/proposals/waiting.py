"""Whose act comes next on a proposal."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yishi.proposals.models import Proposal
from yishi.web.kit.next_acts import Course, NextAct

State = Proposal.State

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
