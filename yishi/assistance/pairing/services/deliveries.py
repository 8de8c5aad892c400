"""What was promised and given and fits no item of a catalogue (已送达): closed with its proof, counted as no deed.

A hundred quilts that fit no item are as kept a promise as a training that fits one. What they are not is a figure.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.pairing.models import Match, Offer, OfferDelivery
from yishi.assistance.pairing.models.needs import left_of
from yishi.attachments.models import Attachment
from yishi.commitments.models import Commitment
from yishi.commitments.services import proof_give
from yishi.database.amounts import whole_checked
from yishi.database.words import Words
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.organisations.grants import Viewer, system
from yishi.organisations.rights import permit

from .matches import close_used, locked_match, taken
from .needs import close_offer, open_offer

GIVEN = Words("words", 500, _("Please write what was given to whom, and how one sees it."), code="delivery.words")


def match_deliver(
    *,
    actor: Viewer,
    match: Match,
    words: str,
    on: date,
    quantity: Decimal | None = None,
    files: Iterable[Attachment] = (),
    act_id: UUID | None = None,
) -> Receipt:
    """The help of an accepted match is given and fits no item: need and offer close as far as they are used up, and the
    promise is proved by these words and files. Result: match, delivery."""
    by = permit("match.keep", actor, match)
    kept = list(files)
    body = {"match": match.pk, **_sent(words, on, quantity, kept)}
    with act("assistance.match.deliver", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_match(match, Match.State.ACCEPTED)
        given = _quantity(quantity, row.need.unit or row.offer.unit) or row.quantity
        delivery = _written(this, actor, row.offer, words, on, given, kept, row)
        row.state, row.quantity = Match.State.DELIVERED, given
        row.save(update_fields=["state", "quantity"])
        close_used(this, row)
        owed = row.commitment
        if owed is not None and owed.state == Commitment.State.IN_FORCE:
            # By the right to keep the match: what was written down is the proof. Who wrote it does not check it.
            proof_give(
                actor=system(),
                commitment=owed,
                text=delivery.words,
                done_on=delivery.on,
                quantity=given,
                files=kept,
                writer=by,
                earlier=True,
                act_id=this.child(),
            )
        this.entry(
            subject=("match", row.pk),
            place=row.need.place_id,
            at=this.on_day(delivery.on),
            dims={"kind": row.need.kind},
            quantities={"delivered": 1},
            data={"delivery": delivery.pk},
        )
        this.result(match=row.pk, delivery=delivery.pk)
    return this.receipt


def offer_deliver(
    *,
    actor: Viewer,
    offer: Offer,
    words: str,
    on: date,
    quantity: Decimal | None = None,
    files: Iterable[Attachment] = (),
    act_id: UUID | None = None,
) -> Receipt:
    """What was offered is given without any need having been written down. The offer closes; where a quantity is typed
    that is less than what is left, the rest stands. Result: offer, delivery."""
    by = permit("offer.keep", actor, offer)
    kept = list(files)
    body = {"offer": offer.pk, **_sent(words, on, quantity, kept)}
    with act("assistance.offer.deliver", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = open_offer(offer)
        if row.matches.filter(state=Match.State.ACCEPTED).exists():
            raise WrongStage(
                "offer.accepted", _("Part of it is promised for a need. Write down there that it is delivered.")
            )
        left = left_of(row.quantity, taken(row))
        given = _quantity(quantity, row.unit) or left
        if left is not None and given is not None and given > left:
            raise Refusal(
                "match.most",
                _("Only %(left)s is left of the offer.") % {"left": f"{left.normalize():f}"},
                field="quantity",
            )
        delivery = _written(this, actor, row, words, on, given, kept)
        if left is None or given == left:
            row.matches.filter(state=Match.State.PROPOSED).update(state=Match.State.ENDED, reason=delivery.words[:300])
            close_offer(this, row, Offer.State.DELIVERED)
        this.entry(
            subject=("offer", row.pk),
            place=row.place_id,
            at=this.on_day(delivery.on),
            dims={"kind": row.kind, "body": row.desk_id},
            quantities={"delivered": 1},
            data={"delivery": delivery.pk},
        )
        this.result(offer=row.pk, delivery=delivery.pk)
    return this.receipt


def _sent(words: str, on: date, quantity: Decimal | None, files: list[Attachment]) -> dict[str, object]:
    return {"words": words, "on": on, "quantity": quantity, "files": [file.sha256 for file in files]}


def _quantity(quantity: Decimal | None, unit: str) -> Decimal | None:
    if quantity is not None and quantity <= 0:
        raise Refusal("match.quantity", _("Please type an amount above zero."), field="quantity")
    if quantity is not None:
        whole_checked(quantity, unit, "quantity")
    return quantity


def _written(
    this: Act,
    actor: Viewer,
    offer: Offer,
    words: str,
    on: date,
    quantity: Decimal | None,
    files: list[Attachment],
    match: Match | None = None,
) -> OfferDelivery:
    said = GIVEN.kept(words)
    if on > timezone.localdate(this.now):
        raise Refusal("delivery.future", _("This day is still to come. Please give the day it happened."), field="on")
    delivery = OfferDelivery.within.create(
        offer=offer,
        match=match,
        words=said,
        quantity=quantity,
        on=on,
        written_by=actor.person,
        written_at=this.now,
    )
    delivery.files.set(files)
    return delivery
