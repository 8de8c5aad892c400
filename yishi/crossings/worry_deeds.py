"""A worry that somebody helps with at once is a deed: recorded once, and its author reads what was done."""

from uuid import UUID

from django.utils.translation import gettext as _now

from yishi.assistance.deeds.models import Deed
from yishi.assistance.deeds.services.deeds import Planned, deed_record, deed_withdraw
from yishi.deliberation.models import Worry, WorryStep
from yishi.deliberation.services.carrying import worry_carry
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit

from .links import Kind, link, link_end, standing


def worry_help(*, actor: Viewer, worry: Worry, deed: Planned, reason: str, act_id: UUID | None = None) -> Receipt:
    """A worry becomes a deed: `deed` as it is recorded, `reason` as those who raised it read what was done, after which
    they may ask once more. Result: worry, deed."""
    by = permit("worry.help", actor, worry)
    sent = {"worry": worry.pk, "reason": reason, "deed": deed.sent()}
    with act("crossings.worry.help", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        row = worry_carry(this, worry, WorryStep.Kind.HELPED, reason, told="worry.helped")
        receipt = deed_record(
            actor=actor,
            item=deed.item,
            place=row.place,
            on=deed.on,
            amount=deed.amount,
            parties=deed.parties,
            reached=deed.reached,
            words=deed.words,
            recorded_for=deed.recorded_for,
            act_id=this.child(),
        )
        made = UUID(str(receipt.result["deed"]))
        link(this, (Kind.WORRY, row.pk), (Kind.DEED, made))
        this.result(worry=row.pk, deed=made)
    return this.receipt


def worry_taken_back(worry: Worry, actor: Viewer, this: Act) -> None:
    """The answer that a deed gave was a mistake: the deed is withdrawn with it."""
    decided = worry.steps.exclude(kind__in=(WorryStep.Kind.CODE, WorryStep.Kind.CORRECTED)).order_by("-at", "-pk")
    last = decided.first()
    if last is None or last.kind != WorryStep.Kind.HELPED:
        return
    for crossing in standing(from_kind=Kind.WORRY, from_id=worry.pk, to_kind=Kind.DEED):
        link_end(this, crossing)
        deed = Deed.within.get(pk=crossing.to_id)
        if deed.state == Deed.State.COUNTED:
            said = _now("It was recorded from the worry %(number)s by mistake.") % {"number": worry.number}
            deed_withdraw(actor=actor, deed=deed, reason=said, act_id=this.child())
