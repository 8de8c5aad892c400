"""What became of a matter, for whom it concerns (whoever raised it, whoever has a seat): published or not."""

from typing import Any

from yishi.commitments.models import Commitment
from yishi.commitments.reads import outcomes_of

from .models import Agreement, Matter, Sitting


def course_shown(matter: Matter | None) -> dict[str, Any]:
    """Sittings with their minutes, the agreement once it is recorded, its duties, what came of it."""
    if matter is None:
        return {}
    sittings = (
        Sitting.within.filter(matter=matter)
        .exclude(state=Sitting.State.CANCELLED)
        .select_related("venue", "minutes", "brief")
    )
    agreement = matter.agreements.exclude(state=Agreement.State.DRAFT).order_by("-written_at").first()
    return {
        "sittings": sittings.order_by("starts_at"),
        "agreement": agreement,
        "outcomes": outcomes_of(Commitment.Origin.MATTER, matter.pk),
        "duties": list(agreement.duties.select_related("bearer", "bearer_party", "supervisor")) if agreement else [],
    }
