"""The files that these pages make others of, within the viewer's reach."""

from uuid import UUID

from yishi.deliberation.models import Worry
from yishi.proposals.models import Proposal
from yishi.web.kit.request import Request


def load_raised(request: Request, pk: UUID) -> Worry:
    return Worry.objects.select_related("place", "desk", "convener", "raiser").get(pk=pk)


def load_written(request: Request, pk: UUID) -> Proposal:
    return Proposal.objects.select_related("place").get(pk=pk)
