"""Numbers without the deeds behind them (无明细): kept apart, shown apart, added to nothing."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.assistance.campaign.models import CatalogueItem
from yishi.assistance.campaign.reads import version_on
from yishi.assistance.campaign.services.campaigns import thousandths
from yishi.assistance.deeds.models import Unitemised
from yishi.database.words import Words
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.notices.days import happened
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Place
from yishi.organisations.rights import permit

WHERE_FROM = Words("note", 300, _("Please write where this number comes from."), code="unitemised.note")


def unitemised_report(
    *,
    actor: Viewer,
    item: CatalogueItem,
    body: Body,
    place: Place,
    starts_on: date,
    ends_on: date,
    amount: Decimal,
    note: str,
    act_id: UUID | None = None,
) -> Receipt:
    """A body reports a number of an item over a period without its deeds; `note` says where it comes from, `amount` is
    in the item's unit. No figure of deeds changes. Result: unitemised."""
    by = permit("unitemised.report", actor, at=body)
    sent = {
        "item": item.pk, "body": body.pk, "place": place.pk, "from": starts_on, "to": ends_on, "amount": amount,
        "note": note,
    }  # fmt: skip
    with act("assistance.unitemised.report", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        if ends_on < starts_on:
            raise Refusal("days.order", _("The last day lies before the first one."), field="ends_on")
        happened(ends_on, "ends_on", code="deed")
        said = WHERE_FROM.kept(note)
        row = Unitemised.objects.create(
            item=item,
            body=body,
            place=place,
            starts_on=starts_on,
            ends_on=ends_on,
            amount=thousandths(amount, "amount", unit=version_on(item, ends_on).unit),
            note=said,
            reported_by=actor.person,
            reported_at=this.now,
        )
        this.entry(subject=("unitemised", row.pk), place=place.pk, data={"item": item.pk, "amount": row.amount})
        this.result(unitemised=row.pk)
    return this.receipt


def unitemised_withdraw(*, actor: Viewer, row: Unitemised, act_id: UUID | None = None) -> Receipt:
    """Withdraw a number that stands no longer: its deeds are recorded now, or it was wrong. Result: unitemised."""
    by = permit("unitemised.withdraw", actor, row)
    with act("assistance.unitemised.withdraw", actor=by, act_id=act_id, body={"row": row.pk}) as this:
        if this.replayed:
            return this.receipt
        if not Unitemised.objects.filter(pk=row.pk, withdrawn_at__isnull=True).update(withdrawn_at=this.now):
            raise WrongStage("unitemised.withdrawn", _("This number is withdrawn already."))
        this.entry(subject=("unitemised", row.pk), place=row.place_id)
        this.result(unitemised=row.pk)
    return this.receipt
