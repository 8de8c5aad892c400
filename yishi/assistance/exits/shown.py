"""What the decision about an exit is about: the frozen figures, the package that holds what they rest on."""

from yishi.journal.shown import digest

from .models import ExitAssessment


def exit_digest(assessment: ExitAssessment) -> str:
    """What whoever decides reads: the figures as they were closed, and the hash of the package."""
    return digest({"results": assessment.results, "package": assessment.package_hash, "seed": assessment.seed})
