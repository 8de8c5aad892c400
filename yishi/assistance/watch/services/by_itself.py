"""Signals that nobody types: from what the logic checks find, and from a new risk that was seen on a visit.

Both parts lie below and know nothing of monitoring: they call the hooks that the wiring fills. The platform raises the
signal, the cool-down of its trigger holds, and a family's file that is open by the same trigger is enough.
"""

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from yishi.assistance.checks.models import CheckFinding
from yishi.assistance.pairing.models import Visit
from yishi.assistance.register.models import Household
from yishi.assistance.watch.models import REASON, Watch, WatchFact, WatchSignal
from yishi.assistance.watch.reads import last_raised
from yishi.assistance.watch.triggers import Trigger, read_pack
from yishi.journal.act import Act
from yishi.kit.identity import masked_in
from yishi.organisations.grants import system

from .signals import fact_take_back, signal_raise

STILL_POOR = ("poor", "returned")  # they are helped as poor, and monitored once they are out
Source, State = WatchSignal.Source, WatchSignal.State


def findings_raise(findings: Sequence[CheckFinding]) -> None:
    """New findings of rules that a trigger names raise its signal, of families that are not poor today."""
    pack = read_pack()
    named = [(finding, rule) for finding in findings if (rule := pack.of_check(finding.rule)) is not None]
    if not named:
        return
    today = timezone.localdate()
    homes = Household.within.filter(pk__in={finding.household_id for finding, _rule in named}, left_on=None)
    homes_by_key = homes.exclude(state__in=STILL_POOR).select_related("place").in_bulk()
    for finding, rule in named:
        home = homes_by_key.get(finding.household_id)
        if home is not None and not _is_known(home, rule):
            signal_raise(
                actor=system(), household=home, member=finding.member, trigger=rule.code, on=today,
                source=Source.CHECK, sure=True,
            )  # fmt: skip


def _is_known(household: Household, rule: Trigger) -> bool:
    """Was this trouble raised within the cool-down, or is the family's file open by it?"""
    last = last_raised(household, rule)
    if last is not None and timezone.localdate() <= last.raised_on + timedelta(days=rule.cool_down_days):
        return True
    return WatchSignal.within.filter(
        household=household, trigger=rule.code, watch__stage__in=Watch.OPEN, state=State.TRUE
    ).exists()


def visit_raises(visit: Visit, this: Act) -> None:
    """A visit that counts and saw a new risk raises its signal; one that counts no longer takes it back, unless a
    verdict rests on it."""
    facts = WatchFact.within.filter(visit=visit)
    if visit.state == Visit.State.KEPT:
        pack = read_pack()
        rule = pack.triggers.get(pack.visit.get(visit.risk, ""))
        if rule is None or visit.household.left_on is not None or facts.exists():
            return
        signal_raise(
            actor=system(), household=visit.household, trigger=rule.code, on=visit.on,
            words=masked_in(visit.found)[:REASON], source=Source.VISIT, sure=True, visit=visit, act_id=this.child(),
        )  # fmt: skip
        return
    for fact in facts.select_related("signal", "household__place"):
        if fact.signal is None or fact.signal.state == State.WAITING:
            reason = visit.reason or _("The visit on which it was seen counts no longer.")
            fact_take_back(actor=system(), fact=fact, reason=reason, act_id=this.child())
