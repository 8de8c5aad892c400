"""The records that pages of exit assessments open, within the viewer's reach."""

from uuid import UUID

from yishi.assistance.exits.models import ExitAssessment, ExitCounter, ExitInterview, ExitSample, ExitSuspicion
from yishi.attachments.models import Attachment
from yishi.web.kit.request import Request

OF_SAMPLE = ("assessment__place", "place", "household__head")
OF_SUSPICION = ("sample__assessment__place", "sample__place", "sample__household__head", "interviewer", "raised_by")


def load_assessment(request: Request, pk: UUID) -> ExitAssessment:
    people = ("opened_by", "opened_for", "closed_by", "decided_by", "decided_for")
    return ExitAssessment.objects.select_related("place", *people).get(pk=pk)


def load_sample(request: Request, pk: UUID) -> ExitSample:
    return ExitSample.objects.select_related(*OF_SAMPLE).get(pk=pk)


def load_interview(request: Request, pk: UUID) -> ExitInterview:
    interviews = ExitInterview.objects.filter(sample__in=ExitSample.keys())
    people = ("asked_by", "asked_for", "entered_by", "second_by", "settled_by")
    return interviews.select_related(*(f"sample__{name}" for name in OF_SAMPLE), *people).get(pk=pk)


def load_suspicion(request: Request, pk: UUID) -> ExitSuspicion:
    suspicion: ExitSuspicion = ExitSuspicion.objects.select_related(*OF_SUSPICION, "ruled_by", "ruled_for").get(pk=pk)
    return suspicion


def load_counter(request: Request, pk: UUID) -> ExitCounter:
    counters = ExitCounter.objects.filter(suspicion__in=ExitSuspicion.keys())
    return counters.select_related(*(f"suspicion__{name}" for name in OF_SUSPICION)).get(pk=pk)


def load_counter_file(request: Request, pk: UUID, file: UUID) -> Attachment:
    """A file of counter-evidence that stands, of a suspicion that the viewer reaches."""
    counters = ExitCounter.objects.filter(suspicion=ExitSuspicion.objects.get(pk=pk))
    return Attachment.objects.filter(pk__in=counters.values("files")).get(pk=file)
