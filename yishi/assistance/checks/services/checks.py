"""Check households against the rules and keep what was found: after a change, after an import, over the register.

What is found is derived, as figures are: no entry for each finding, one for each run over a place.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Case, Max, Min, Value, When
from django.utils import timezone

from yishi.assistance.checks.hooks import findings_found
from yishi.assistance.checks.logic.engine import Finding
from yishi.assistance.checks.logic.pack import newest
from yishi.assistance.checks.models import CheckFinding, CheckRun
from yishi.assistance.checks.reads import batches, dossiers_of
from yishi.assistance.checks.settings import Checkers
from yishi.assistance.register.models import Household
from yishi.journal.act import SYSTEM, act
from yishi.journal.models import Receipt
from yishi.kit.ids import uuid7
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Place
from yishi.organisations.rights import permit

BATCH = 500
SLICE, SLICE_BATCH = 0.3, 50  # seconds and households of the job: a figure must not wait for it
MORNING = 6  # o'clock: the whole register is checked before
AT_ONCE = 50  # households that an act checks itself
STALE = timedelta(minutes=10)  # a run that was not touched for so long was left by a process that ended
FIELDS = ["severity", "group", "pack", "year", "found_at", "cleared_at"]


@dataclass
class Count:
    households: int = 0
    found: int = 0
    cleared: int = 0


def findings_refresh(
    households: Iterable[UUID], *, as_of: date | None = None, checkers: Checkers | None = None
) -> Count:
    """Check these households and write what is new, what came back and what is gone. Called within the act that
    changed them, or by a run; any number of times gives the same."""
    keys = list(households)
    made = checkers or Checkers()
    dossiers = dossiers_of(keys, as_of)
    places: dict[Any, int] = dict(Household.within.filter(pk__in=keys, left_on=None).values_list("pk", "place__lo"))
    years = {dossier.key: dossier.year for dossier in dossiers}
    findings: dict[tuple[Any, Any, str], Finding] = {}
    for dossier in dossiers:
        if dossier.key in places:  # who has left the register is asked for nothing
            for finding in made.at(places[dossier.key]).check(dossier):
                findings[(finding.household, finding.member, finding.rule.code)] = finding
    return _write(keys, findings, years)


def findings_follow(households: Iterable[UUID | None]) -> None:
    """Within the act that changed them: check a few households at once; of very many, leave it to the jobs."""
    keys = list(dict.fromkeys(key for key in households if key is not None))
    if len(keys) <= AT_ONCE:
        if keys:
            findings_refresh(keys)
        return
    places = Household.within.filter(pk__in=keys).aggregate(lo=Min("place__lo"), hi=Max("place__hi"))
    around = Place.objects.filter(lo__lte=places["lo"], hi__gte=places["hi"])
    check_run_make(around.order_by("hi", "-lo").first())


@transaction.atomic
def _write(keys: list[UUID], findings: dict[tuple[Any, Any, str], Finding], years: dict[Any, Any]) -> Count:
    now, pack = timezone.now(), newest()
    count = Count(households=len(keys))
    standing = {
        (known.household_id, known.member_id, known.rule): known
        for known in CheckFinding.within.filter(household__in=keys)
    }
    gone = [finding.pk for key, finding in standing.items() if key not in findings and finding.cleared_at is None]
    changed, new = [], []
    for key, finding in findings.items():
        row = standing.get(key)
        if row is None:
            row = CheckFinding(id=uuid7(), household_id=key[0], member_id=key[1], rule=key[2], found_at=now)
            new.append(row)
        elif row.cleared_at is not None:
            row.found_at, row.cleared_at = now, None
            count.found += 1
            changed.append(row)
        elif (row.severity, row.pack, row.year) != (finding.severity, pack, years[key[0]]):
            changed.append(row)
        row.severity, row.group, row.pack, row.year = finding.severity, finding.rule.group, pack, years[key[0]]
    CheckFinding.within.bulk_create(new, ignore_conflicts=True)  # two checks at once find the same once
    if changed:
        CheckFinding.within.bulk_update(changed, FIELDS, batch_size=500)
    if gone:
        CheckFinding.within.filter(pk__in=gone).update(cleared_at=now)
    if new or changed:
        findings_found([*new, *(row for row in changed if row.found_at == now)])
    count.found += len(new)
    count.cleared = len(gone)
    return count


def check_run_ask(*, actor: Viewer, place: Place, act_id: UUID | None = None) -> Receipt:
    """Ask for a check of a place's register; the jobs run it. A check that waits already is enough. Result: run."""
    by = permit("check.run", actor, place)
    with act("assistance.check.ask", actor=by, act_id=act_id, body={"place": place.pk}) as this:
        if this.replayed:
            return this.receipt
        waiting = CheckRun.objects.filter(place=place, state=CheckRun.State.WAITING, reached=None).first()
        run = waiting or CheckRun.objects.create(
            place=place, pack=newest(), asked_by=actor.person, asked_at=this.now, touched_at=this.now
        )
        this.entry(subject=("check_run", run.pk), place=place.pk)
        this.result(run=run.pk)
    return this.receipt


def check_run_make(place: Place | None) -> CheckRun:
    """A run that the platform itself asks for; without a place over the whole register."""
    now = timezone.now()
    return CheckRun.objects.create(place=place, pack=newest(), asked_at=now, touched_at=now)


def check_run_do(run: CheckRun, *, batch: int = BATCH, until: float | None = None) -> CheckRun:
    """Check all households of the run's place, batch by batch, each in a transaction of its own; then one entry.

    At `until` (of `time.monotonic`) it is laid aside, to be taken up where it stands.
    """
    run.state = CheckRun.State.RUNNING
    run.save(update_fields=["state"])
    households = Household.within.filter(left_on=None)
    if run.place is not None:
        households = households.filter(place__lo__gte=run.place.lo, place__lo__lte=run.place.hi)
    checkers = Checkers()
    for keys in batches(households, batch, run.reached):
        count = findings_refresh(keys, checkers=checkers)
        run.households += count.households
        run.found += count.found
        run.cleared += count.cleared
        run.reached, run.touched_at = keys[-1], timezone.now()
        run.state = CheckRun.State.WAITING if until is not None and time.monotonic() >= until else run.state
        run.save(update_fields=["households", "found", "cleared", "reached", "touched_at", "state"])
        if run.state == CheckRun.State.WAITING:
            return run
    with act("assistance.check.run", actor=SYSTEM, body={"run": run.pk}) as this:
        run.state, run.ended_at, run.touched_at = CheckRun.State.DONE, this.now, this.now
        run.save(update_fields=["state", "ended_at", "touched_at"])
        this.entry(
            subject=("check_run", run.pk),
            place=run.place_id,
            dims={"pack": run.pack},
            quantities={"households": run.households, "found": run.found, "cleared": run.cleared},
        )
    return run


def checks_tend(seconds: float | None = None) -> int:
    """Do the runs that wait, and those that a stopped process left half-way; for so many seconds at most, if given.
    How many were done."""
    until = None if seconds is None else time.monotonic() + seconds
    done = 0
    while (run := _next(timezone.now())) is not None:
        check_run_do(run, batch=BATCH if until is None else SLICE_BATCH, until=until)
        done += run.state == CheckRun.State.DONE
        if until is not None and time.monotonic() >= until:
            break
    return done


def checks_work() -> int:
    """The job: a slice of what is to be checked. The other jobs, such as the figures, wait no longer than for that."""
    return checks_tend(SLICE)


@transaction.atomic
def _next(now: Any) -> CheckRun | None:
    """Take the next run, so that no other process takes it too."""
    runs = CheckRun.objects.select_for_update(skip_locked=True, of=("self",)).select_related("place")
    small_first = Case(When(place=None, then=Value(1)), default=Value(0))  # a village does not wait for the province
    run = runs.filter(state=CheckRun.State.WAITING).order_by(small_first, "asked_at").first()
    if run is None:
        run = runs.filter(state=CheckRun.State.RUNNING, touched_at__lt=now - STALE).order_by("asked_at").first()
    if run is not None:
        run.state, run.touched_at = CheckRun.State.RUNNING, now
        run.save(update_fields=["state", "touched_at"])
    return run


def checks_nightly(now: Any = None) -> CheckRun | None:
    """The job of every night: ages and terms change by themselves, so the whole register is checked once a day."""
    now = now or timezone.now()
    if timezone.localtime(now).hour >= MORNING:
        return None
    recent = CheckRun.objects.filter(place=None, asked_at__gt=now - timedelta(hours=20))
    if recent.exists() or not Household.within.filter(left_on=None).exists():
        return None
    return check_run_make(None)
