"""What the pages of sittings and those of the room load."""

from uuid import UUID

from yishi.deliberation.models import Sitting
from yishi.web.kit.request import Request


def load_sitting(request: Request, pk: UUID) -> Sitting:
    sittings = Sitting.objects.select_related(
        "matter__place", "matter__convener", "matter__process", "venue", "minutes", "brief"
    )
    return sittings.get(pk=pk)
