"""A family tells of its own trouble (农户自主申报) without an account, and reads later what came of it.

By its own code it is known, and a signal waits for a verdict at once, whatever the sum: who asks is answered. From the
poster it gives a name and a place; the desk there finds the household by hand, or says why it does not.
"""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.register.fields import no_card_number
from yishi.assistance.register.models import Household
from yishi.assistance.watch.models import REASON, SelfReport, WatchFact, WatchSignal
from yishi.assistance.watch.triggers import newest, read_pack
from yishi.database.words import Words
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.notices.days import happened
from yishi.notices.services import tell
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Place, PlaceLevel
from yishi.organisations.numbers import next_number
from yishi.organisations.query_codes import code_for_act, code_issue
from yishi.organisations.rights import permit
from yishi.people.models import Person
from yishi.people.services import person_name, person_phone

from .signals import MOST_AMOUNT, fact_keep, fact_take_back, rule_of
from .telling import receiving_desks, tell_reporter

TOLD = Words("words", REASON)
WHY_ASIDE = Words("reason", REASON, _("Please write why it is not taken up."), code="self_report.reason")
WHY_AGAIN = Words("reason", REASON, _("Please write why it is looked at again."), code="self_report.again")
LEVELS = (PlaceLevel.VILLAGE, PlaceLevel.HAMLET, PlaceLevel.TOWNSHIP)
SOURCE = WatchSignal.Source.SELF_REPORT
State = SelfReport.State


def self_report_file(
    *,
    actor: Viewer,
    place: Place,
    name: str,
    trigger: str,
    on: date,
    amount: Decimal | None = None,
    words: str = "",
    phone: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """From the poster, by anybody: kept until the desk there has found the household. `receipt.query_code` reads later
    what came of it. Result: report, number."""
    by = permit("self_report.file", actor, place)
    body = {
        "place": place.pk,
        "name": name,
        "trigger": trigger,
        "on": on,
        "amount": amount,
        "words": words,
        "phone": phone,
    }
    with act("assistance.self_report.file", actor=by, act_id=act_id, body=body) as this:
        if not this.replayed:
            if place.level not in LEVELS:
                raise Refusal("self_report.place", _("Choose a village or a township."), field="place")
            desks = receiving_desks(place)
            if not desks:
                raise Refusal("self_report.no_desk", _("Nobody receives reports for this place yet."), field="place")
            reporter = Person.objects.create(name=person_name(name), phone=person_phone(phone))
            code_issue(reporter, code_for_act(this.id))
            report = _write(this, place, reporter, trigger, on, amount, words)
            this.entry(
                subject=("self_report", report.pk),
                place=place.pk,
                dims={"trigger": trigger},
                quantities={"self_reports": 1},
            )
            for desk in desks:
                tell(
                    body_id=desk,
                    code="self_report.filed",
                    params={"number": report.number, "due_on": report.match_by},
                    subject=("self_report", report.pk),
                    once=f"self_report.filed/{report.pk}/{desk}",
                )
            this.result(report=report.pk, number=report.number)
    this.receipt.query_code = code_for_act(this.id)
    return this.receipt


def self_report_by_code(
    *,
    actor: Viewer,
    household: Household,
    trigger: str,
    on: date,
    amount: Decimal | None = None,
    words: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """By the family's own code (or its head's account): a signal waits for a verdict, or the one that waits is joined.
    Result: report, number, signal."""
    by = permit("self_report.by_code", actor, household)
    body = {"household": household.pk, "trigger": trigger, "on": on, "amount": amount, "words": words}
    with act("assistance.self_report.by_code", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        report = _write(this, household.place, household.head, trigger, on, amount, words)
        fact = _tell(this, report, household)
        report.household, report.fact, report.state, report.settled_at = household, fact, State.MATCHED, this.now
        report.save()
        this.entry(
            subject=("self_report", report.pk),
            place=report.place_id,
            dims={"trigger": trigger},
            quantities={"self_reports": 1},
            touches=[("household", household.pk, 1)],
        )
        this.result(report=report.pk, number=report.number, signal=fact.signal_id)
    return this.receipt


def _write(
    this: Act, place: Place, reporter: Person, trigger: str, on: date, amount: Decimal | None, words: str
) -> SelfReport:
    rule_of(trigger, SOURCE)
    if amount is not None and (not amount.is_finite() or not 0 < amount <= MOST_AMOUNT):
        raise Refusal(
            "self_report.amount", _("Please give how much, more than nil, or leave it empty."), field="amount"
        )
    day, pack = timezone.localdate(this.now), newest()
    return SelfReport.within.create(
        number=f"申-{day.year}-{next_number(f'self_report/{day.year}'):05d}",
        place=place,
        reporter=reporter,
        name=reporter.name,
        phone=reporter.phone,
        trigger=trigger,
        pack=pack,
        on=happened(on, "on"),
        amount=amount,
        words=no_card_number(TOLD.kept(words), "words"),
        filed_at=this.now,
        match_by=read_pack(pack).judge_by(day),
    )


def _tell(this: Act, report: SelfReport, household: Household) -> WatchFact:
    fact, _why = fact_keep(
        this, household, rule_of(report.trigger, SOURCE), on=report.on, amount=report.amount, words=report.words,
        source=SOURCE, sure=True,
    )  # fmt: skip
    return fact


def self_report_match(
    *, actor: Viewer, report: SelfReport, household: Household, act_id: UUID | None = None
) -> Receipt:
    """Say whose report it is: the family's signal waits for a verdict. Result: report, signal."""
    by = permit("self_report.match", actor, report)
    body = {"report": report.pk, "household": household.pk}
    with act("assistance.self_report.match", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = _locked(report, State.WAITING)
        home = Household.within.select_related("place").get(pk=household.pk)
        if not row.place.lo <= home.place.lo <= row.place.hi and not home.place.lo <= row.place.lo <= home.place.hi:
            raise Refusal("self_report.elsewhere", _("This household does not live in that place."), field="household")
        fact = _tell(this, row, home)
        row.household, row.fact = home, fact
        _settle(this, row, State.MATCHED)
        this.entry(
            subject=("self_report", row.pk),
            place=row.place_id,
            quantities={"matched": 1},
            touches=[("household", home.pk, 1)],
        )
        this.result(report=row.pk, signal=fact.signal_id)
    return this.receipt


def self_report_set_aside(*, actor: Viewer, report: SelfReport, reason: str, act_id: UUID | None = None) -> Receipt:
    """It is not taken up, with the reason: nobody of that name lives there, or it says nothing of a family. Result:
    report."""
    by = permit("self_report.set_aside", actor, report)
    body = {"report": report.pk, "reason": reason}
    with act("assistance.self_report.set_aside", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = _locked(report, State.WAITING)
        row.reason = no_card_number(WHY_ASIDE.kept(reason), "reason")
        _settle(this, row, State.SET_ASIDE)
        this.entry(subject=("self_report", row.pk), place=row.place_id, quantities={"aside": 1})
        tell_reporter(row, this)
        this.result(report=row.pk)
    return this.receipt


def self_report_reopen(*, actor: Viewer, report: SelfReport, reason: str, act_id: UUID | None = None) -> Receipt:
    """Matched with another family, or set aside by mistake: it waits again, and what it told of that family is taken
    back. Result: report."""
    by = permit("self_report.reopen", actor, report)
    body = {"report": report.pk, "reason": reason}
    with act("assistance.self_report.reopen", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = _locked(report, State.MATCHED, State.SET_ASIDE)
        why, was, said, fact = WHY_AGAIN.kept(reason), row.state, row.reason, row.fact
        if row.household is not None and row.household.head_id == row.reporter_id:
            raise WrongStage("self_report.by_code", _("The family said by its own code who it is."))
        row.state, row.household, row.fact = State.WAITING, None, None
        row.reason, row.settled_by, row.settled_at = "", None, None
        row.save()
        if fact is not None and fact.taken_back_at is None:
            fact_take_back(actor=actor, fact=fact, reason=why, act_id=this.child())
        this.entry(
            subject=("self_report", row.pk),
            place=row.place_id,
            quantities={"matched" if was == State.MATCHED else "aside": -1},
            data={"reason": why, "said": said},
        )
        this.result(report=row.pk)
    return this.receipt


def _settle(this: Act, report: SelfReport, state: str) -> None:
    report.state, report.settled_by_id, report.settled_at = State(state), this.actor.person_id, this.now
    report.save()


def _locked(report: SelfReport, *states: str) -> SelfReport:
    rows: Any = SelfReport.within.select_for_update(of=("self",))
    row: SelfReport = rows.select_related("place", "household", "fact", "reporter").get(pk=report.pk)
    if row.state not in states:
        raise WrongStage(
            "self_report.stage",
            _("Somebody was here before you: the report is “%(state)s” now.") % {"state": row.get_state_display()},
        )
    return row
