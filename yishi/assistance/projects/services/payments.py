"""Payments from a fund: one person records, another confirms; what waits is bound; never more than there is."""

from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.assistance.deeds.models import Deed
from yishi.assistance.projects.models import (
    Contract,
    DeedMovement,
    Fund,
    FundMovement,
    Project,
)
from yishi.assistance.projects.stages import step
from yishi.assistance.register.models import Household
from yishi.attachments.models import Attachment
from yishi.database.words import Words
from yishi.journal.act import act, receipt_number
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.ids import child_id
from yishi.kit.money import yuan_text
from yishi.kit.text import clean
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body
from yishi.organisations.rights import permit
from yishi.people.models import Person

from .balances import money_of, payments_standing, project_money, total
from .funds import (
    WHY,
    Giver,
    bill_of,
    count,
    fen_of,
    locked_fund,
    locked_movement,
    locked_project,
    money_receive,
    passed,
)

WORDS = Words("words", 200)

Kind, State = FundMovement.Kind, FundMovement.State

Receiver = Project | Household | Person | Body


def payment_record(
    *,
    actor: Viewer,
    fund: Fund,
    to: Receiver,
    amount: int,
    on: date,
    bill: str = "",
    contract: Contract | None = None,
    gift: FundMovement | None = None,
    pupil: Person | None = None,
    file: Attachment | None = None,
    words: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """Record a payment to a project (perhaps on a contract), a household, a pupil or a body. Result: movement, number.

    `amount` is in fen. It binds the money at once and is counted when a second person has confirmed it. `gift` names
    the donation that is passed on; `pupil` the child of the household for whom it is.
    """
    by = permit("fund.move", actor, fund)
    body = {
        "fund": fund.pk,
        "to": to.pk,
        "amount": amount,
        "on": on,
        "bill": bill,
        "contract": contract.pk if contract else None,
        "gift": gift.pk if gift else None,
        "pupil": pupil.pk if pupil else None,
        "file": file.sha256 if file else None,
        "words": words,
    }
    with act("assistance.payment.record", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        fund = locked_fund(fund)
        movement = FundMovement(
            id=child_id(this.id, 1),
            number=receipt_number(this.id),
            fund=fund,
            kind=Kind.PAID,
            amount=fen_of(amount),
            on=passed(on, _had(fund, gift)),
            bill=bill_of(fund, Kind.PAID, bill),
            contract=contract,
            gift=gift,
            pupil=pupil,
            file=file,
            words=WORDS.kept(words),
            state=State.WAITING,
            recorded_by=actor.person,
            recorded_at=this.now,
        )
        _address(movement, to)
        if isinstance(to, Project):
            _project_has(movement, locked_project(to))
        else:
            _fund_has(movement)
        _gift_has(movement)
        movement.save(force_insert=True)
        this.entry(
            subject=("fund_movement", movement.pk), place=movement.place_id, at=this.on_day(on), data={"fund": fund.pk}
        )
        this.result(movement=movement.pk, number=movement.number)
    return this.receipt


def payment_confirm(*, actor: Viewer, movement: FundMovement, act_id: UUID | None = None) -> Receipt:
    """A second person has looked at the payment: it is counted now. Result: movement."""
    by = permit("movement.confirm", actor, movement)
    with act("assistance.payment.confirm", actor=by, act_id=act_id, body={"movement": movement.pk}) as this:
        if this.replayed:
            return this.receipt
        row = _waiting(movement)
        row.same_hands = actor.person_id is not None and actor.person_id == row.recorded_by_id
        row.state, row.confirmed_by, row.confirmed_at = State.COUNTED, actor.person, this.now
        row.save(update_fields=["state", "confirmed_by", "confirmed_at", "same_hands"])
        count(this, row)
        this.result(movement=row.pk)
    return this.receipt


def payment_return(*, actor: Viewer, movement: FundMovement, reason: str, act_id: UUID | None = None) -> Receipt:
    """A payment that waits is not made: its money is no longer bound. Result: movement."""
    by = permit("movement.reverse", actor, movement)
    body = {"movement": movement.pk, "reason": reason}
    with act("assistance.payment.return", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = _waiting(movement)
        row.state, row.reason = State.RETURNED, WHY.kept(reason)
        row.save(update_fields=["state", "reason"])
        this.entry(subject=("fund_movement", row.pk), place=row.place_id)
        this.result(movement=row.pk)
    return this.receipt


def donation_record(
    *,
    actor: Viewer,
    fund: Fund,
    giver: Giver,
    amount: int,
    on: date,
    bill: str,
    to: Receiver | None = None,
    pupil: Person | None = None,
    payment_bill: str = "",
    file: Attachment | None = None,
    words: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """A donation on one page: from the giver to the fund by its bill, and on to a family, pupil, project or body.

    `amount` is in fen. The way on waits for a second person as every payment does. Result: movement, number, payment
    (the movement from the fund on, or None).
    """
    by = permit("fund.move", actor, fund)
    body = {
        "fund": fund.pk,
        "giver": giver if isinstance(giver, str) else giver.pk,
        "amount": amount,
        "on": on,
        "bill": bill,
        "to": to.pk if to else None,
        "pupil": pupil.pk if pupil else None,
        "payment_bill": payment_bill,
        "file": file.sha256 if file else None,
        "words": words,
    }
    with act("assistance.donation.record", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        if not clean(bill):
            raise Refusal("donation.bill", _("A donation has a bill: type its number."), field="bill")
        gift_receipt = money_receive(
            actor=actor,
            fund=fund,
            giver=giver,
            amount=amount,
            on=on,
            bill=bill,
            file=file,
            words=words,
            act_id=this.child(),
        )
        gift = FundMovement.within.get(pk=gift_receipt.result["movement"])
        payment = None
        if to is not None:
            payment = payment_record(
                actor=actor,
                fund=fund,
                to=to,
                amount=amount,
                on=on,
                bill=payment_bill,
                gift=gift,
                pupil=pupil,
                words=words,
                act_id=this.child(),
            ).result["movement"]
        this.entry(subject=("fund_movement", gift.pk), place=gift.place_id)
        this.result(movement=gift.pk, number=gift.number, payment=payment)
    return this.receipt


def deed_link(*, actor: Viewer, deed: Deed, movement: FundMovement, act_id: UUID | None = None) -> Receipt:
    """A deed refers to a movement of money; the money is counted there and nowhere else. Result: deed, link."""
    by = permit("deed.link_money", actor, deed)
    with act(
        "assistance.deed.link_money", actor=by, act_id=act_id, body={"deed": deed.pk, "movement": movement.pk}
    ) as this:
        if this.replayed:
            return this.receipt
        if deed.state != Deed.State.COUNTED or movement.state not in FundMovement.STANDING:
            raise WrongStage("deed.money", _("Only a deed that counts refers to money that counts."))
        link, is_new = DeedMovement.objects.get_or_create(
            deed=deed, movement=movement, defaults={"linked_by": actor.person, "linked_at": this.now}
        )
        if is_new:
            this.entry(subject=("deed", deed.pk), place=deed.place_id, data={"movement": movement.pk})
        this.result(deed=deed.pk, link=link.pk)
    return this.receipt


def _waiting(movement: FundMovement) -> FundMovement:
    """The payment, locked; refuses one that no longer waits for a second person."""
    row = locked_movement(movement)
    if row.state != State.WAITING:
        raise WrongStage(
            "payment.state",
            _("This payment is “%(state)s” already. Reload the page.") % {"state": row.get_state_display()},
        )
    return row


def _address(movement: FundMovement, to: Any) -> None:
    """Where the money goes, and in which place it is counted."""
    movement.place = movement.fund.place
    if isinstance(to, Project):
        movement.project, movement.place = to, to.place
    elif isinstance(to, Household):
        movement.household, movement.place = to, to.place
    elif isinstance(to, Body):
        movement.body, movement.place = to, to.place
    else:
        movement.pupil = to
    if movement.contract and (movement.project is None or movement.contract.project_id != movement.project.pk):
        raise Refusal("payment.contract", _("This contract belongs to another project."), field="contract")


def _had(fund: Fund, gift: FundMovement | None) -> tuple[date, Any]:
    """The day before which nothing can have been paid: when the donation that is passed on came, else when the fund
    began or, if that is earlier, first received something."""
    if gift is not None:
        return gift.on, _("The donation came on %(day)s; it cannot have been passed on earlier.")
    came_in = FundMovement.within.filter(fund=fund, kind=Kind.RECEIVED, state__in=FundMovement.STANDING)
    first = came_in.order_by("on").values_list("on", flat=True).first()
    began = min(first, fund.opened_on) if first else fund.opened_on
    return began, _("The fund has had money since %(day)s; nothing can have been paid earlier.")


def _fund_has(movement: FundMovement) -> None:
    """Refuse a payment of more than the fund has free."""
    free = money_of(movement.fund).free
    if movement.amount > free:
        raise Refusal(
            "payment.free",
            _("The fund has %(free)s yuan that are not bound yet; this asks for %(asked)s.")
            % {"free": yuan_text(free), "asked": yuan_text(movement.amount)},
            field="amount",
        )


def _project_has(movement: FundMovement, project: Project) -> None:
    """Refuse a payment of more than this fund holds ready for the project, or than its contract is still worth."""
    step(project, "pay")
    left = project_money(project).funds[movement.fund.pk].left
    if movement.amount > left:
        raise Refusal(
            "payment.allotted",
            _("This fund holds %(left)s yuan ready for the project; this asks for %(asked)s. Allot more first.")
            % {"left": yuan_text(left), "asked": yuan_text(movement.amount)},
            field="amount",
        )
    if movement.contract is None:
        return
    contract = Contract.objects.get(pk=movement.contract.pk)
    if contract.ended_at:
        raise Refusal("payment.ended", _("This contract was cancelled."), field="contract")
    open_still = contract.amount - total(payments_standing().filter(contract=contract))
    if movement.amount > open_still:
        raise Refusal(
            "payment.contract_left",
            _("Of contract %(number)s %(left)s yuan are not paid yet; this asks for %(asked)s.")
            % {"number": contract.number, "left": yuan_text(open_still), "asked": yuan_text(movement.amount)},
            field="amount",
        )


def _gift_has(movement: FundMovement) -> None:
    """Refuse a payment that passes on more of a donation than is left of it."""
    gift = movement.gift
    if gift is None:
        return
    is_gift = gift.fund_id == movement.fund.pk and gift.kind == Kind.RECEIVED and gift.state == State.COUNTED
    if not is_gift:
        raise Refusal("payment.gift", _("Choose a donation that this fund has received."), field="gift")
    left = gift.amount - total(payments_standing().filter(gift=gift))
    if movement.amount > left:
        raise Refusal(
            "payment.gift_left",
            _("Of this donation %(left)s yuan are not passed on yet.") % {"left": yuan_text(left)},
            field="amount",
        )
