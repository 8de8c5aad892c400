"""Run the jobs until stopped: messages, clocks of promises, sealing of the journal, figures, checks, workbooks."""

import logging
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.management import call_command
from django.db import close_old_connections
from django.utils import timezone
from django.utils.module_loading import import_string

from yishi import __version__

log = logging.getLogger("yishi.work")


@dataclass(frozen=True)
class Job:
    """Every job may run at any time, twice too: it does what is due and nothing else."""

    name: str
    every: int  # seconds
    do: Callable[[], object]


def messages() -> None:
    import_string("yishi.notices.outbox.run_outbox")()


def clocks() -> None:
    import_string("yishi.commitments.services.clocks_run")(timezone.localdate())


def days() -> None:
    """Days that were counted before the holidays of their year were announced: counted again once they are."""
    import_string("yishi.organisations.counted_days.days_recount")()


_sealed_at: list[datetime] = []  # when the last run began that reached its end
_sealed_all_at: list[datetime] = []  # the same of the last run over everything
SEAL_ALL = timedelta(days=1)


def sealing() -> None:
    """The first time and then once a day everything that is unsealed, between that what has come since the last run
    that reached its end: an entry that becomes visible very late waits for a day at most.
    """
    begun = timezone.now()
    is_whole = not _sealed_all_at or begun - _sealed_all_at[-1] >= SEAL_ALL
    import_string("yishi.journal.blocks.seal")(since=_sealed_at[-1] if _sealed_at and not is_whole else None)
    _sealed_at[:] = [begun]
    if is_whole:
        _sealed_all_at[:] = [begun]


def digests() -> None:
    import_string("yishi.organisations.digest.digests_send")()


def consultations() -> None:
    import_string("yishi.deliberation.services.consultation_results.consultations_tend")()


def weights() -> None:
    import_string("yishi.deliberation.services.consultation_results.consultations_weigh")()


def figures() -> None:
    import_string("yishi.reporting.fold.fold_all")()
    import_string("yishi.reporting.book.keep")()


def counts() -> None:
    """A slice of the households whose record changed: the figures of the register are told."""
    import_string("yishi.assistance.register.services.counting.counts_work")()


def checks() -> None:
    """A slice of the runs of the logic checks that wait; once a day one over the whole register."""
    import_string("yishi.assistance.checks.services.checks.checks_nightly")()
    import_string("yishi.assistance.checks.services.checks.checks_work")()


_imports: "list[subprocess.Popen[bytes]]" = []  # the process that works on workbooks, if one does


def imports() -> None:
    """Workbooks that were sent, in a process of its own: a county's households take a minute, a figure two seconds."""
    if any(process.poll() is None for process in _imports):
        return
    _imports.clear()
    if import_string("yishi.assistance.imports.services.steps.imports_wait")():
        command = [sys.executable, "-m", "yishi.cli", "imports"]
        _imports.append(subprocess.Popen(command))  # noqa: S603  our own module, no shell


def housekeeping() -> None:
    """Sessions that ended, workbooks nobody asked for again, files that no record took up, uploads not sent again."""
    import_string("yishi.assistance.imports.services.publish.imports_forget")()
    import_string("yishi.attachments.sweep.attachments_sweep")()
    import_string("yishi.attachments.waiting.uploads_sweep")()
    call_command("clearsessions", verbosity=0)


JOBS = [
    Job("counts", 1, counts),
    Job("figures", 1, figures),
    Job("messages", 2, messages),
    Job("consultations", 3, consultations),
    Job("imports", 2, imports),
    Job("weights", 60, weights),
    Job("sealing", 60, sealing),
    Job("clocks", 300, clocks),
    Job("days", 3600, days),
    Job("digests", 600, digests),
    Job("checks", 1, checks),
    Job("housekeeping", 24 * 3600, housekeeping),
]


def run(words: list[str]) -> int:
    """`yishi work [--once]`"""
    log.info("Yishi %s: the jobs have started", __version__)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    next_time = dict.fromkeys(JOBS, 0.0)
    while not stopped.is_set():
        round_of_jobs(next_time)
        if "--once" in words:
            break
        stopped.wait(1)
    return 0


def round_of_jobs(next_time: dict[Job, float]) -> None:
    """Each job whose time has come; one that fails is logged and tried again at its next time."""
    for job in JOBS:
        now = timezone.now().timestamp()
        if now < next_time[job]:
            continue
        next_time[job] = now + job.every
        close_old_connections()
        failed = False
        try:
            job.do()
        except Exception:
            failed = True
            log.exception("job %s failed; it is tried again in %s s", job.name, job.every)
        try:
            import_string("yishi.organisations.heartbeat.job_ran")(job.name, failed=failed)
        except Exception:
            log.exception("that job %s ran could not be written down", job.name)
    close_old_connections()
