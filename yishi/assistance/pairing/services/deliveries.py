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
from yishi.commitments.models import Commitment, Proof
from yishi.commitments.services import proof_give, proof_withdraw
from yishi.database.amounts import whole_checked
from yishi.database.words import Words
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.journal.moved import Watch, last_moved, put_back, take_back_row
from yishi.kit.errors import Refusal, WrongStage
from yishi.notices.days import happened
from yishi.organisations.grants import Viewer, system
from yishi.organisations.rights import permit

from .matches import close_used, locked_match, taken
from .needs import close_offer, open_offer

DELIVERED = ("assistance.match.deliver", "assistance.offer.deliver")
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
        watch, proof = _watching(row.offer, [row]), None
        watch.row(row.need, "state", "reason", "closed_on")
        row.state, row.quantity = Match.State.DELIVERED, given
        row.save(update_fields=["state", "quantity"])
        close_used(this, row)
        owed = row.commitment
        if owed is not None and owed.state == Commitment.State.IN_FORCE:
            # By the right to keep the match: what was written down is the proof. Who wrote it does not check it.
            proof = proof_give(
                actor=system(),
                commitment=owed,
                text=delivery.words,
                done_on=delivery.on,
                quantity=given,
                files=kept,
                writer=by,
                earlier=True,
                act_id=this.child(),
            ).result["proof"]
        this.entry(
            subject=("match", row.pk),
            place=row.need.place_id,
            at=this.on_day(delivery.on),
            dims={"kind": row.need.kind},
            quantities={"delivered": 1},
            data={"delivery": delivery.pk},
        )
        watch.keep(this, ("delivery", delivery.pk), proof=proof)
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
        watch = _watching(row, row.matches.filter(state=Match.State.PROPOSED))
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
        watch.keep(this, ("delivery", delivery.pk))
        this.result(offer=row.pk, delivery=delivery.pk)
    return this.receipt


def delivery_take_back(*, actor: Viewer, delivery: OfferDelivery, reason: str, act_id: UUID | None = None) -> Receipt:
    """It was not given, or not so: need, offer and match stand as they stood, the promise is owed again, and the words
    stay with the reason. Refused once a second person has accepted the proof. Result: delivery."""
    by = permit("delivery.take_back", actor, delivery)
    body = {"delivery": delivery.pk, "reason": reason}
    with act("assistance.delivery.take_back", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = take_back_row(this, delivery, reason)
        match = locked_match(row.match, Match.State.DELIVERED) if row.match else None
        moved = put_back(this, last_moved(("delivery", row.pk), *DELIVERED), reason)
        if match is not None and match.commitment is not None and moved.more["proof"]:
            _unprove(this, match.commitment, moved.more["proof"], moved.taken_back_reason)
        this.entry(subject=("offer", row.offer_id), place=row.offer.place_id, data={"delivery": row.pk})
        this.result(delivery=row.pk)
    return this.receipt


def _unprove(this: Act, owed: Commitment, proof: str, reason: str) -> None:
    """The proof that the delivery was is withdrawn, by the right to take the delivery back."""
    given = owed.proofs.get(pk=proof)
    if given.outcome == Proof.Outcome.ACCEPTED:
        raise WrongStage(
            "delivery.checked",
            _("A second person has accepted the proof. Let the promise be opened again first."),
        )
    if not given.outcome:
        proof_withdraw(actor=system(), commitment=owed, reason=reason, act_id=this.child())


def _watching(offer: Offer, matches: Iterable[Match]) -> Watch:
    watch = Watch()
    watch.row(offer, "state", "reason", "closed_on")
    watch.rows(matches, "state", "quantity", "reason")
    return watch


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
    happened(on, "on", code="delivery", today=timezone.localdate(this.now))
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
