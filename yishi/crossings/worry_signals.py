"""A worry about a family in trouble becomes a signal of the monitoring: the village looks into it at home."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from yishi.assistance.register.models import Household, HouseholdMember
from yishi.assistance.watch.models import WatchFact, WatchSignal
from yishi.assistance.watch.services.signals import fact_take_back, signal_raise
from yishi.assistance.watch.triggers import read_pack
from yishi.deliberation.models import Worry, WorryStep
from yishi.deliberation.services.carrying import worry_carry, worry_end, worry_resume
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal
from yishi.kit.records import certain
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit

from .links import Kind, link, link_end, standing

Source, State = WatchSignal.Source, WatchSignal.State


def worry_signal(
    *,
    actor: Viewer,
    worry: Worry,
    household: Household,
    trigger: str,
    on: date,
    words: str,
    reason: str,
    amount: Decimal | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """A worry becomes a signal about a family of the place, or joins the one that waits. Those who raised it read the
    reason and by when the village looks into it, and nothing about the family. Result: worry, signal."""
    by = permit("worry.signal", actor, worry)
    sent = {
        "worry": worry.pk,
        "household": household.pk,
        "trigger": trigger,
        "on": on,
        "words": words,
        "reason": reason,
        "amount": amount,
    }
    with act("crossings.worry.signal", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        if not worry.place.lo <= household.place.lo <= worry.place.hi:
            raise Refusal("crossing.household", _("This family does not live where it was raised."), field="household")
        receipt = signal_raise(
            actor=actor,
            household=household,
            trigger=trigger,
            on=on,
            amount=amount,
            words=words,
            source=_source(worry, household, trigger),
            act_id=this.child(),
        )
        fact = WatchFact.within.select_related("signal").get(pk=UUID(str(receipt.result["fact"])))
        signal = fact.signal
        if signal is None:
            raise Refusal(
                "crossing.no_signal",
                _("By the rules this raises no signal: it is below the threshold, or one was judged a short time ago."),
                field="trigger",
            )
        kind = WorryStep.Kind.SIGNALLED
        row = worry_carry(this, worry, kind, reason, told="worry.signalled", due_on=signal.judge_by)
        link(this, (Kind.WORRY, row.pk), (Kind.SIGNAL, signal.pk), part=fact.pk)
        this.result(worry=row.pk, signal=signal.pk)
    return this.receipt


def _source(worry: Worry, household: Household, trigger: str) -> str:
    """Where the signal comes from: the family itself, a visit, or a desk that was told."""
    own = HouseholdMember.within.filter(household=household, person=worry.raiser_id, valid_to=None).exists()
    source = Source.SELF_REPORT if own else Source.VISIT if worry.channel == Worry.Channel.VISIT else Source.SEEN
    rule = read_pack().triggers.get(trigger)
    return source if rule is None or source in rule.sources else Source.SEEN


def signal_judged(signal: WatchSignal, this: Act) -> None:
    """The village has looked into it: its worries are settled, or answered where nothing was found; a verdict that was
    taken back puts them under way again."""
    for crossing in standing(from_kind=Kind.WORRY, to_kind=Kind.SIGNAL, to_id=signal.pk):
        worry = Worry.within.get(pk=crossing.from_id)
        if signal.state != State.WAITING:
            worry_end(this, worry, is_found=signal.state not in (State.UNTRUE, State.MISTAKE))
        elif worry.state in (Worry.State.SETTLED, Worry.State.ANSWERED):
            worry_resume(this, worry, "carry_on")


def worry_taken_back(worry: Worry, actor: Viewer, this: Act) -> None:
    """A worry that was handed on as a signal by mistake: what was told of the family is taken back too."""
    if worry.state != Worry.State.CARRIED:
        return
    for crossing in standing(from_kind=Kind.WORRY, from_id=worry.pk, to_kind=Kind.SIGNAL):
        link_end(this, crossing)
        fact = WatchFact.within.select_related("household__place", "signal").get(pk=certain(crossing.part_id))
        said = _now("The worry %(number)s was handed on by mistake.") % {"number": worry.number}
        fact_take_back(actor=actor, fact=fact, reason=said, act_id=this.child())
