"""Facts are told, weighed by the trigger's rule, and raise a signal; somebody of the village or above judges it."""

import unicodedata
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.pairing.models import Visit
from yishi.assistance.register.fields import no_card_number
from yishi.assistance.register.models import Household, HouseholdMember
from yishi.assistance.watch.hooks import judged
from yishi.assistance.watch.models import REASON, Watch, WatchFact, WatchSignal
from yishi.assistance.watch.reads import facts_of, last_raised, open_watch, threshold_for, trigger_of
from yishi.assistance.watch.triggers import Trigger, newest, read_pack, weigh
from yishi.database.taken_back import locked_standing
from yishi.database.words import Words
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.text import clean
from yishi.notices.days import happened
from yishi.notices.services import tell
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body
from yishi.organisations.numbers import next_number
from yishi.organisations.rights import permit

from .telling import reporters_hear, village_desks

TOLD = Words("words", REASON)
WHY = Words("reason", REASON, _("Please write what the verdict rests on."), code="signal.reason")
WHY_TAKEN_BACK = Words("reason", REASON, _("Please write how it came to be told by mistake."), code="fact.reason")
WHY_REOPENED = Words("reason", REASON, _("Please write why it is judged again."), code="signal.reopen")
REFERENCE = Words("reference", 64)
MOST_AMOUNT = Decimal(10_000_000)
CHOOSE = _("Please choose one of the values that are offered.")
State, Source = WatchSignal.State, WatchSignal.Source


def signal_raise(
    *,
    actor: Viewer,
    household: Household,
    trigger: str,
    on: date,
    amount: Decimal | None = None,
    words: str = "",
    reference: str = "",
    member: HouseholdMember | None = None,
    source: str = Source.SEEN,
    sure: bool = False,
    visit: Visit | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Tell of something that happened to a family. It is kept; where it reaches the threshold together with what was
    told before, or is `sure` without a sum (a check found it, it was seen on a visit), it raises a signal. Result:
    fact, signal (None below the threshold or within the cool-down), why."""
    by = permit("signal.raise", actor, household)
    body = {
        "household": household.pk,
        "trigger": trigger,
        "on": on,
        "amount": amount,
        "words": words,
        "reference": reference,
        "member": member.pk if member else None,
        "source": source,
        "sure": sure,
        "visit": visit.pk if visit else None,
    }
    with act("assistance.signal.raise", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        fact, why = fact_keep(
            this, household, rule_of(trigger, source), on=on, amount=amount, words=words, reference=reference,
            member=member, source=source, sure=sure, visit=visit,
        )  # fmt: skip
        raised = fact.signal_id if not why else None
        this.result(fact=fact.pk, signal=raised, why=why)
    return this.receipt


def fact_keep(
    this: Act,
    household: Household,
    rule: Trigger,
    *,
    on: date,
    amount: Decimal | None,
    words: str,
    source: str,
    reference: str = "",
    member: HouseholdMember | None = None,
    sure: bool = False,
    visit: Visit | None = None,
) -> tuple[WatchFact, str]:
    """Keep a fact within an act and weigh it: with the signal that it raised or joined, and why it raised none."""
    day = happened(on, "on")
    _check(household, member, rule, amount, sure)
    home = Household.within.select_for_update(of=("self",)).select_related("place").get(pk=household.pk)
    fact = _fact(
        household=home,
        member=member,
        trigger=rule.code,
        on=day,
        amount=amount if rule.unit else None,
        reference=REFERENCE.kept(bill_number(reference)),
        source=source,
        visit=visit,
        told_by_id=this.actor.person_id,
        told_at=this.now,
    )
    said = no_card_number(TOLD.kept(words), "words")
    why = _weigh(this, home, rule, fact, said, sure)
    this.entry(
        code="assistance.signal.raise",
        subject=("household", home.pk),
        place=home.place_id,
        dims={"trigger": rule.code, "source": source},
        quantities={"facts": 1} | ({} if why else {"signals": 1}),
        data={"fact": fact.pk, "signal": None if why else fact.signal_id, "why": why},
    )
    return fact, why


def bill_number(typed: str) -> str:
    """The number of a bill in one form, whoever writes it: without blanks, of half width."""
    return "".join(unicodedata.normalize("NFKC", clean(typed)).split())


def rule_of(trigger: str, source: str) -> Trigger:
    """The trigger of the newest version, as a signal from that source may have it."""
    rule = read_pack().triggers.get(trigger)
    if rule is None:
        raise Refusal("signal.trigger", CHOOSE, field="trigger")
    if source not in rule.sources:
        raise Refusal("signal.source", _("This kind of signal does not come from there."), field="source")
    return rule


def _check(
    household: Household, member: HouseholdMember | None, rule: Trigger, amount: Decimal | None, sure: bool
) -> None:
    if household.left_on is not None:
        raise WrongStage("household.left", _("This household is no longer in the register."))
    if member is not None and member.household_id != household.pk:
        raise Refusal("signal.member", _("Choose somebody of this household."), field="member")
    if not rule.unit or (sure and amount is None):
        return
    if amount is None or not amount.is_finite() or not 0 < amount <= MOST_AMOUNT:
        raise Refusal("signal.amount", _("Please give how much, more than nil."), field="amount")


def _fact(**columns: Any) -> WatchFact:
    try:
        with transaction.atomic():
            return WatchFact.within.create(**columns)
    except IntegrityError as error:
        raise WrongStage("signal.told", _("This bill or line was told already; it counts once.")) from error


def _weigh(this: Act, household: Household, rule: Trigger, fact: WatchFact, words: str, sure: bool) -> str:
    """Raise the signal that the fact raises, or say why not. Within the cool-down it joins the last one that waits, or
    by which the family's file is open; a family that asks once more after a verdict against it gets a new one."""
    day = timezone.localdate(this.now)
    last, line = last_raised(household, rule), threshold_for(rule, household, day)
    facts = facts_of(household, rule, day).values_list("on", "amount")
    weighed = weigh(rule, day, facts, last.raised_on if last else None, line, sure)
    if weighed.why == "cooling" and last is not None:
        asks = fact.source == Source.SELF_REPORT
        if last.state == State.WAITING or (asks and _is_followed(last)):
            fact.signal = last
            fact.save(update_fields=["signal"])
            return weighed.why
        if not asks:
            return weighed.why
    elif not weighed.raises:
        return weighed.why
    pack = newest()
    signal = WatchSignal.within.create(
        number=f"警-{day.year}-{next_number(f'signal/{day.year}'):06d}",
        household=household,
        trigger=rule.code,
        pack=pack,
        source=fact.source,
        total=weighed.total or None,  # what is sure may have no sum
        threshold=line,
        words=words,
        raised_on=day,
        raised_at=this.now,
        raised_by_id=fact.told_by_id,
        judge_by=read_pack(pack).judge_by(day),
    )
    fact.signal = signal
    fact.save(update_fields=["signal"])
    for desk in village_desks(household.place):
        tell(
            body_id=desk,
            code="signal.raised",
            params={"number": signal.number, "due_on": signal.judge_by},
            subject=("watch_signal", signal.pk),
            once=f"signal.raised/{signal.pk}/{desk}",
        )
    return ""


def _is_followed(signal: WatchSignal) -> bool:
    """Is the family's file open, on which this signal stands?"""
    return signal.watch is not None and signal.watch.stage in Watch.OPEN


def fact_take_back(*, actor: Viewer, fact: WatchFact, reason: str, act_id: UUID | None = None) -> Receipt:
    """Take back what was told by mistake: it counts no longer. A signal that waits and rests on nothing else goes with
    it, and keeps no other from being raised. Result: fact."""
    by = permit("signal.take_back", actor, fact)
    with act("assistance.signal.take_back", actor=by, act_id=act_id, body={"fact": fact.pk, "reason": reason}) as this:
        if this.replayed:
            return this.receipt
        row = locked_standing(fact, _("Somebody took this back before you."))
        why = WHY_TAKEN_BACK.kept(reason)
        row.take_back(why, this.now, by.person_id)
        signal = row.signal
        if signal is not None and signal.state != State.WAITING:
            raise WrongStage("signal.judged", _("Its signal is judged already: take the verdict back first."))
        if signal is not None and not signal.facts.exists():
            signal.state, signal.reason, signal.judged_at = State.MISTAKE, why, this.now
            signal.judged_by_id, signal.judged_for_id = by.person_id, by.body_id
            signal.save()
            judged(signal, this)
        this.entry(
            subject=("household", row.household_id),
            place=row.household.place_id,
            dims={"trigger": row.trigger, "source": row.source},
            quantities={"facts": -1},
            data={"fact": row.pk, "signal": row.signal_id, "reason": why},
        )
        this.result(fact=row.pk)
    return this.receipt


def signal_judge(
    *,
    actor: Viewer,
    signal: WatchSignal,
    verdict: str,
    reason: str,
    referred_to: Body | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Judge a signal: true, not true, monitored already, or handed to the body that can help. A true one opens the
    family's file, or joins the one that is open. Result: signal, watch."""
    by = permit("signal.judge", actor, signal)
    body = {
        "signal": signal.pk,
        "verdict": verdict,
        "reason": reason,
        "referred_to": referred_to.pk if referred_to else None,
    }
    with act("assistance.signal.judge", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = _locked(signal, State.WAITING)
        if verdict not in WatchSignal.VERDICTS:
            raise Refusal("signal.verdict", CHOOSE, field="verdict")
        if (verdict == State.REFERRED) != (referred_to is not None):
            raise Refusal("signal.referred", _("Say to which body it is handed, and only then."), field="referred_to")
        watch = open_watch(row.household)
        if verdict == State.KNOWN and watch is None:
            raise Refusal(
                "signal.known", _("This family is not monitored, and no file of it is open."), field="verdict"
            )
        if verdict == State.TRUE and watch is None:
            watch = _open(this, row)
        row.state, row.reason = State(verdict), no_card_number(WHY.kept(reason), "reason")
        row.referred_to, row.watch = referred_to, watch if verdict in (State.TRUE, State.KNOWN) else None
        row.judged_by_id, row.judged_for_id, row.judged_at = by.person_id, by.body_id, this.now
        row.save()
        reporters_hear(row, this)
        if referred_to is not None:
            tell(
                body_id=referred_to.pk,
                code="signal.referred",
                params={"number": row.number},
                subject=("watch_signal", row.pk),
                once=f"signal.referred/{row.pk}/{referred_to.pk}/{this.id}",
            )
        this.entry(
            subject=("watch_signal", row.pk),
            place=row.household.place_id,
            dims={"trigger": row.trigger, "verdict": verdict},
            quantities={"judged": 1},
            data={"reason": row.reason, "watch": row.watch_id},
        )
        this.result(signal=row.pk, watch=row.watch_id)
        judged(row, this)
    return this.receipt


def _open(this: Act, signal: WatchSignal) -> Watch:
    """The file of a family whose first signal was found true."""
    year = signal.raised_on.year
    return Watch.within.create(
        number=f"监-{year}-{next_number(f'watch/{year}'):05d}",
        household=signal.household,
        place=signal.household.place,
        pack=signal.pack,
        found_on=signal.raised_on,
        measures_from=signal.raised_on,
        recognise_by=read_pack(signal.pack).recognise_by(signal.raised_on),
        risks=[trigger_of(signal).risk],
        opened_at=this.now,
    )


def signal_reopen(*, actor: Viewer, signal: WatchSignal, reason: str, act_id: UUID | None = None) -> Receipt:
    """Take a verdict back: the signal waits again. A file that it alone opened and in which nothing was done yet goes
    with it. Result: signal."""
    by = permit("signal.reopen", actor, signal)
    with act("assistance.signal.reopen", actor=by, act_id=act_id, body={"signal": signal.pk, "reason": reason}) as this:
        if this.replayed:
            return this.receipt
        row = _locked(signal, *WatchSignal.VERDICTS)
        why, watch, was = WHY_REOPENED.kept(reason), row.watch, row.state
        if watch is not None and row.state == State.TRUE:
            is_alone = not watch.signals.exclude(pk=row.pk).exists()
            if is_alone and (watch.stage != Watch.Stage.OPENED or watch.steps.exists()):
                raise WrongStage(
                    "signal.rests", _("The family's file rests on this verdict: take its steps back first.")
                )
        else:
            is_alone = False
        row.state, row.watch, row.referred_to = State.WAITING, None, None
        row.judged_by, row.judged_for, row.judged_at = None, None, None
        said, row.reason = row.reason, ""
        row.save()
        if watch is not None and is_alone:
            watch.delete()
        this.entry(
            subject=("watch_signal", row.pk),
            place=row.household.place_id,
            dims={"trigger": row.trigger, "verdict": was},
            quantities={"judged": -1},
            data={"reason": why, "said": said},
        )
        this.result(signal=row.pk)
        judged(row, this)
    return this.receipt


def _locked(signal: WatchSignal, *states: str) -> WatchSignal:
    row = (
        WatchSignal.within.select_for_update(of=("self",)).select_related("household__place", "watch").get(pk=signal.pk)
    )
    if row.state not in states:
        raise WrongStage(
            "signal.stage",
            _("Somebody was here before you: the signal is “%(state)s” now.") % {"state": row.get_state_display()},
        )
    return row
