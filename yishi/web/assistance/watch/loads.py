"""The records that pages of monitoring open, within the viewer's reach."""

from uuid import UUID

from yishi.assistance.register.models import Household
from yishi.assistance.watch.models import SelfReport, Watch, WatchFact, WatchSignal, WatchStep
from yishi.attachments.models import Attachment
from yishi.web.kit.request import Request

OF_HOUSEHOLD = ("household__head", "household__place")


def load_household(request: Request, pk: UUID) -> Household:
    return Household.objects.select_related("place", "head").get(pk=pk)


def load_signal(request: Request, pk: UUID) -> WatchSignal:
    people = ("raised_by", "judged_by", "judged_for", "referred_to", "watch")
    return WatchSignal.objects.select_related(*OF_HOUSEHOLD, *people).get(pk=pk)


def load_fact(request: Request, pk: UUID) -> WatchFact:
    fact: WatchFact = WatchFact.objects.select_related(*OF_HOUSEHOLD, "signal").get(pk=pk)
    return fact


def load_self_report(request: Request, pk: UUID) -> SelfReport:
    related = ("place", "household__head", "household__place", "fact__signal__household__place", "settled_by")
    watch = ("fact__signal__watch", "fact__signal__referred_to")
    return SelfReport.objects.select_related(*related, *watch).get(pk=pk)


def load_watch(request: Request, pk: UUID) -> Watch:
    people = ("verified_by", "checked_by", "recognised_by")
    return Watch.objects.select_related(*OF_HOUSEHOLD, "place", *people).get(pk=pk)


def load_file(request: Request, pk: UUID, file: UUID) -> Attachment:
    """A file of a step of a family's file that the viewer reaches: its consent, photos."""
    steps = WatchStep.objects.filter(watch=Watch.objects.get(pk=pk))
    return Attachment.objects.filter(pk__in=steps.values("files")).get(pk=file)
