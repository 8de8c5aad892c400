"""Whether the jobs of the platform run: clocks, messages, sealing, consultations stand still with them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from .models import JobRun

STILL = timedelta(minutes=10)  # without any job that reached its end: they stand
WRITTEN = timedelta(minutes=1)  # a job says at most so often that it ran

_written: dict[str, tuple[datetime, bool]] = {}  # of this process: when it last wrote, and whether the job had failed


@dataclass(frozen=True, slots=True)
class Pulse:
    """`last`: when any job last reached its end. `failing`: those whose last attempt failed."""

    last: datetime | None
    failing: tuple[str, ...]
    is_still: bool


def job_ran(name: str, *, failed: bool = False) -> None:
    """Write down that a job ran: at once where its outcome changed, else once a minute."""
    now = timezone.now()
    before = _written.get(name)
    if before is not None and before[1] == failed and timedelta(0) <= now - before[0] < WRITTEN:
        return
    JobRun.objects.update_or_create(name=name, defaults={"failed_at" if failed else "ended_at": now})
    _written[name] = now, failed


def pulse() -> Pulse:
    """How the jobs are, as every process of the installation sees it."""
    runs = list(JobRun.objects.order_by("name"))
    last = max((run.ended_at for run in runs if run.ended_at), default=None)
    failing = [run.name for run in runs if run.failed_at and (run.ended_at is None or run.ended_at < run.failed_at)]
    return Pulse(last, tuple(failing), last is None or timezone.now() - last > STILL)
