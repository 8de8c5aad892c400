"""What raises a signal (预警): the trigger library of a version, read from its pack, and the rule that weighs facts.

Pure: it knows no tables. A trigger sums what happened to a family within its window and raises a signal where that
reaches the threshold of the day; within the cool-down after a signal it raises no second one for the same family.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

PACKS = Path(__file__).parent / "packs"
SOURCES = ("department", "self_report", "visit", "check", "seen")


class TriggerError(Exception):
    """A pack that cannot be used; the message names the trigger."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """What a sum must reach from a day on, with the paper it rests on."""

    since: date
    value: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class Trigger:
    """One thing that may push a family back; without `unit` its mere happening is enough."""

    code: str
    title: str
    title_en: str
    says: str
    risk: str  # a code of list poverty_cause
    unit: str  # 元 or 天
    thresholds: tuple[Threshold, ...]
    parameter: str  # of the logic checks, where the threshold is that one
    window_days: int
    cool_down_days: int
    sources: tuple[str, ...]
    asked: str = ""  # how a family is asked for it, in its own report
    asked_en: str = ""
    checks: tuple[str, ...] = ()  # rules of the logic checks whose findings raise it

    def threshold_on(self, day: date) -> Decimal | None:
        """The pack's own threshold on `day`; None where it has none yet."""
        return next((each.value for each in reversed(self.thresholds) if each.since <= day), None)


@dataclass(frozen=True, slots=True)
class Pack:
    """The triggers of one version and the days within which a signal and a recognition are settled."""

    version: str
    judge_days: int
    recognise_days: int
    measure_months: int
    notice_days: int
    triggers: Mapping[str, Trigger]
    visit: Mapping[str, str]  # which trigger a risk raises that was seen on a visit: code of poverty_cause → trigger

    def of_check(self, rule: str) -> Trigger | None:
        """The trigger that a finding of this logic check raises."""
        return next((trigger for trigger in self.triggers.values() if rule in trigger.checks), None)

    def recognise_by(self, found_on: date) -> date:
        """The last day for the county's recognition of what was found on a day."""
        return found_on + timedelta(days=self.recognise_days)

    def judge_by(self, raised_on: date) -> date:
        return raised_on + timedelta(days=self.judge_days)

    def notice_until(self, posted_on: date) -> date:
        """The last day of a notice: the day on which it is posted is the first."""
        return posted_on + timedelta(days=self.notice_days - 1)

    def measures_by(self, recognised_on: date) -> date:
        """The last day for the first measure: the same day of the month after, or its last one."""
        months = recognised_on.month - 1 + self.measure_months
        year, month = recognised_on.year + months // 12, months % 12 + 1
        following = date(year + month // 12, month % 12 + 1, 1)
        return min(date(year, month, 1) + timedelta(days=recognised_on.day - 1), following - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Weighed:
    """Whether a signal is raised, what the facts of the window add up to, and why not: "below" or "cooling"."""

    raises: bool
    total: Decimal | None
    why: str = ""


def weigh(
    trigger: Trigger,
    day: date,
    happened: Iterable[tuple[date, Decimal | None]],
    last_raised: date | None = None,
    threshold: Decimal | None = None,
    sure: bool = False,
) -> Weighed:
    """Weigh what happened to one family as of `day`: (day, amount) of each fact, the new one among them.

    `threshold` is that of the day where it does not stand in the pack. Facts outside the window are left out. What a
    family itself reports, what a check found and what was seen at home is `sure`: it needs no sum, and is cooled alike.
    """
    since = day - timedelta(days=trigger.window_days)
    counted = [amount for on, amount in happened if since < on <= day]
    total = None
    if trigger.unit:
        total = sum((amount for amount in counted if amount is not None), Decimal(0))
        line = trigger.threshold_on(day) if threshold is None else threshold
        if not sure and (line is None or total < line):
            return Weighed(False, total, "below")
    if last_raised is not None and day <= last_raised + timedelta(days=trigger.cool_down_days):
        return Weighed(False, total, "cooling")
    return Weighed(True, total)


@lru_cache(maxsize=8)
def read_pack(version: str = "") -> Pack:
    """The pack of a version; the newest without one."""
    wanted = version or newest()
    return pack_from(wanted, tomllib.loads((PACKS / f"{wanted}.toml").read_text(encoding="utf-8")))


@lru_cache(maxsize=1)
def newest() -> str:
    """The newest version that is shipped."""
    names = [path.stem for path in PACKS.glob("*.toml")]
    return max(names, key=lambda name: tuple(int(part) for part in name.split(".")))


def pack_from(version: str, document: Mapping[str, Any]) -> Pack:
    """A pack of what its file says; raises TriggerError for one that is not whole."""
    try:
        triggers = {code: _trigger(code, row) for code, row in document["trigger"].items()}
        days = {name: int(document[name]) for name in ("judge_days", "recognise_days", "measure_months", "notice_days")}
    except KeyError as error:
        raise TriggerError(f"{version}: {error} is missing") from error
    if min(days.values()) < 1:
        raise TriggerError(f"{version}: a number of days is not positive")
    visit = dict(document.get("visit", {}))
    if unknown := [code for code in visit.values() if "visit" not in getattr(triggers.get(code), "sources", ())]:
        raise TriggerError(f"{version}: {unknown[0]} does not come from a visit")
    return Pack(version=version, triggers=triggers, visit=visit, **days)


def _trigger(code: str, row: Mapping[str, Any]) -> Trigger:
    thresholds = tuple(
        Threshold(each["since"], Decimal(str(each["value"])), each["source"]) for each in row.get("thresholds", ())
    )
    trigger = Trigger(
        code=code,
        title=row["title"],
        title_en=row["title_en"],
        says=row["says"],
        risk=row["risk"],
        unit=row.get("unit", ""),
        thresholds=thresholds,
        parameter=row.get("parameter", ""),
        window_days=int(row.get("window_days", 1)),
        cool_down_days=int(row["cool_down_days"]),
        sources=tuple(row["sources"]),
        asked=row.get("asked", ""),
        asked_en=row.get("asked_en", ""),
        checks=tuple(row.get("checks", ())),
    )
    if bool(trigger.asked) != ("self_report" in trigger.sources) or bool(trigger.checks) > ("check" in trigger.sources):
        raise TriggerError(f"{code}: what a family reports is asked for, and a check is a source")
    if bool(trigger.unit) != bool(thresholds or trigger.parameter):
        raise TriggerError(f"{code}: a unit and a threshold belong together")
    if list(thresholds) != sorted(thresholds, key=lambda each: each.since) or any(t.value <= 0 for t in thresholds):
        raise TriggerError(f"{code}: thresholds stand in order and are more than nil")
    if not set(trigger.sources) <= set(SOURCES) or trigger.window_days < 1 or trigger.cool_down_days < 0:
        raise TriggerError(f"{code}: an unknown source, or days that are none")
    return trigger
