"""What the decision about an exit is about: the frozen figures, the package that holds what they rest on."""

from django.utils import timezone

from yishi.journal.shown import digest
from yishi.organisations.services.place_sets import poor_lists

from .models import ExitAssessment


def exit_digest(assessment: ExitAssessment) -> str:
    """What whoever decides reads: the figures as they were closed, the hash of the package, and the poor lists in which
    the county stands today."""
    lists = [str(item.pk) for item in poor_lists(assessment.place, timezone.localdate())]
    return digest(
        {"results": assessment.results, "package": assessment.package_hash, "seed": assessment.seed, "lists": lists}
    )
