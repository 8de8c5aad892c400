"""What the services and pages of monitoring ask of the register, the checks and the ledger."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from yishi.assistance.checks.settings import Checkers
from yishi.assistance.pairing.models import Measure
from yishi.assistance.register import codes
from yishi.assistance.register.models import Household, HouseholdYear, MemberYear
from yishi.commitments.models import Commitment

from .models import Watch, WatchFact, WatchSignal
from .triggers import Trigger, read_pack

FEN = 100
UNSAFE = frozenset({"C", "D"})
SCHOOL_AGE = (6, 16)


def threshold_for(trigger: Trigger, household: Household, day: date) -> Decimal | None:
    """What the sum must reach for this household on `day`: as its area set it, where the trigger names a threshold of
    the logic checks; else that of the pack."""
    if not trigger.unit:
        return None
    if not trigger.parameter:
        return trigger.threshold_on(day)
    value = Checkers(day).at(household.place.lo).values_on(day).get(trigger.parameter)
    return Decimal(value) / FEN if value is not None else None


def line_for(household: Household, day: date) -> Decimal | None:
    """The yearly line of monitoring for this household on `day`, in yuan a head; its own year's where that says one."""
    own = HouseholdYear.within.filter(household=household, year__lte=day.year, watch_line__isnull=False)
    said = own.order_by("-year").values_list("watch_line", flat=True).first()
    value = said if said is not None else Checkers(day).at(household.place.lo).values_on(day).get("watch_line")
    return Decimal(value) / FEN if value is not None else None


def facts_of(household: Household, trigger: Trigger, day: date) -> QuerySet[WatchFact]:
    """What happened to the household within the trigger's window."""
    since = day - timedelta(days=trigger.window_days)
    return WatchFact.within.filter(household=household, trigger=trigger.code, on__gt=since, on__lte=day)


def last_raised(household: Household, trigger: Trigger) -> WatchSignal | None:
    """The newest signal of this trigger about the household; one that was raised by mistake cools nothing."""
    signals = WatchSignal.within.filter(household=household, trigger=trigger.code)
    signals = signals.exclude(state=WatchSignal.State.MISTAKE)
    return signals.order_by("-raised_on", "-raised_at").first()


def open_watch(household: Household) -> Watch | None:
    """The household's file that is under way, or under which it is monitored."""
    return Watch.within.filter(household=household, stage__in=Watch.OPEN).first()


def measures_of(watch: Watch) -> QuerySet[Measure]:
    """What was agreed with the family for this monitoring, and still holds or was done."""
    measures = Measure.within.filter(household=watch.household_id, commitment__agreed_on__gte=watch.measures_from)
    return measures.exclude(commitment__state=Commitment.State.DROPPED).select_related("commitment__bearer")


def has_measure() -> Exists:
    """The condition that a monitored family has a measure since its first signal."""
    agreed = Measure.within.filter(
        household=OuterRef("household"), commitment__agreed_on__gte=OuterRef("measures_from")
    )
    return Exists(agreed.exclude(commitment__state=Commitment.State.DROPPED))


def without_measure(day: date) -> Q:
    """The condition of a course (it gets the day, which does not matter here): nothing is agreed yet."""
    return ~Q(has_measure())


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a stable clearance as the register has it; `holds` is None where it does not say."""

    code: str
    words: Any
    holds: bool | None
    said: str = ""


def clearing_conditions(watch: Watch, day: date) -> list[Condition]:
    """The conditions of a stable clearance (稳定消除) as the register, the ledger and the signals have them."""
    household = watch.household
    year = HouseholdYear.within.filter(household=household, year__lte=day.year).order_by("-year").first()
    line, net = line_for(household, day), year.net_per_head if year else None
    people = MemberYear.within.filter(
        member__household=household, member__valid_to=None, year=year.year if year else day.year
    )
    people = people.select_related("member__person__resident")
    members = list(people)
    measures = list(measures_of(watch))
    done = [one for one in measures if one.commitment.state == Commitment.State.STRUCK_OFF]
    waiting = WatchSignal.within.filter(household=household, state=WatchSignal.State.WAITING).exists()
    income = None if line is None or net is None else Decimal(net) / FEN > line
    numbers = f"{Decimal(net) / FEN:.0f} / {line:.0f}" if net is not None and line is not None else ""
    grade = year.house_grade if year else ""
    return [
        Condition("income", _("income a head is above the year's line"), income, numbers),
        Condition("schooling", _("every child of school age is at school"), _at_school(members, day)),
        Condition("medical", _("everybody is insured for medical care"), _all(bool(each.medical) for each in members)),
        Condition("housing", _("the house is safe"), None if not grade else grade not in UNSAFE,
                  codes.label("house_grade", grade)),
        Condition("water", _("the water is safe"), year.water_is_safe if year else None),
        Condition("measures", _("the measures agreed are done"), bool(measures) and len(done) == len(measures),
                  f"{len(done)} / {len(measures)}"),
        Condition("signals", _("no new signal waits for a verdict"), not waiting),
    ]  # fmt: skip


def _all(answers: Any) -> bool | None:
    known = list(answers)
    return all(known) if known else None


def _at_school(members: list[MemberYear], day: date) -> bool | None:
    children = []
    for each in members:
        born = getattr(getattr(each.member.person, "resident", None), "born_on", None)
        if born is not None and SCHOOL_AGE[0] <= day.year - born.year < SCHOOL_AGE[1]:
            children.append(each)
    if not members:
        return None
    return all(child.student not in ("", "none") and not child.dropout_reason for child in children)


def trigger_of(signal: WatchSignal) -> Trigger:
    """The trigger as the version has it under which the signal was raised."""
    return read_pack(signal.pack).triggers[signal.trigger]
