"""Needs and offers brought together: suggested by place, kind and time; proposed by one side, accepted by the other.

Accepted, it is a commitment in the ledger. The deed that is recorded for it closes both, and proves the commitment.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.deeds.models import Deed
from yishi.assistance.pairing.models import Match, Need, Offer
from yishi.assistance.pairing.models.needs import left_of
from yishi.assistance.pairing.rules_needs import keeps_need
from yishi.commitments.models import Commitment
from yishi.commitments.services import commitment_close_undone, proof_give
from yishi.database.amounts import whole_checked
from yishi.database.words import Words
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.notices.services import tell
from yishi.organisations.grants import Viewer, system
from yishi.organisations.models import Body, Place, PlaceLevel
from yishi.organisations.reads import place_path
from yishi.organisations.rights import permit
from yishi.people.models import Account

from .measures import promise
from .needs import close_need, close_offer, offer_make, open_need, open_offer

WHY_DECLINED = Words("reason", 300, _("Please write why it is declined."))
WHY_ENDED = Words("reason", 300, _("Please write why it ends."))

State = Match.State
CANDIDATES = 400
RANK = {"hamlet": 0, "village": 0, "township": 1, "county": 2, "prefecture": 3, "province": 4}
FAR = 4


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An offer for a need, or a need for an offer: how near it is (0 the same village … 4 the province) and why."""

    need: Need
    offer: Offer
    distance: int
    is_late: bool  # the offer ends before the need's day


def offers_for(need: Need, limit: int = 10) -> list[Suggestion]:
    """Offers of the same kind that stand, given where the need is or elsewhere in its county; the nearest first."""
    today = timezone.localdate()
    offers = Offer.objects.filter(_stands(today), kind=need.kind, state=Offer.State.OPEN)
    offers = offers.exclude(matches__in=Match.within.filter(need=need, state__in=Match.LIVE))
    path = place_path(need.place)
    offers = offers.filter(_near(need.place, path))
    nearest = offers.select_related("person", "body", "place", "desk").order_by("made_on", "pk")[:CANDIDATES]
    return _ranked([_suggest(need, offer, path, offer.place) for offer in nearest], limit)


def needs_for(offer: Offer, limit: int = 10, *, shared: bool = False) -> list[Suggestion]:
    """Open needs of the same kind, the nearest and then the oldest first. `shared`: of those that members may read,
    whoever asks."""
    needs = Need.within.filter(is_shared=True) if shared else Need.objects.all()
    needs = needs.filter(kind=offer.kind, state=Need.State.OPEN)
    needs = needs.exclude(matches__in=Match.within.filter(offer=offer, state__in=Match.LIVE))
    path = place_path(offer.place)
    needs = needs.filter(_near(offer.place, path))
    nearest = needs.select_related("place", "household__head", "desk").order_by("stated_on", "pk")[:CANDIDATES]
    return _ranked([_suggest(need, offer, path, need.place) for need in nearest], limit)


def match_propose(
    *,
    actor: Viewer,
    need: Need,
    offer: Offer,
    due_on: date,
    quantity: Decimal | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Bring a need and an offer together; the other side answers. Result: match."""
    by = permit("match.propose", actor, (need, offer))
    body = {"need": need.pk, "offer": offer.pk, "due_on": due_on, "quantity": quantity}
    with act("assistance.match.propose", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        wanted, offered = open_need(need), open_offer(offer)
        if wanted.kind != offered.kind:
            raise Refusal("match.kind", _("The offer is of another kind than the need."), field="offer")
        if due_on < timezone.localdate(this.now):
            raise Refusal("match.past", _("This day has passed. Give a later one."), field="due_on")
        if Match.within.filter(need=wanted, offer=offered, state__in=Match.LIVE).exists():
            raise WrongStage("match.twice", _("These two were brought together already."))
        amount = _amount(wanted, offered, quantity)
        from_need = keeps_need.test(actor, wanted)
        match = Match.within.create(
            need=wanted,
            offer=offered,
            quantity=amount,
            due_on=due_on,
            proposed_by=Match.Side.NEED if from_need else Match.Side.OFFER,
            made_at=this.now,
        )
        this.entry(subject=("match", match.pk), place=wanted.place_id, dims={"kind": wanted.kind})
        _tell(match, match.waits_for, "match.proposed")
        this.result(match=match.pk)
    return this.receipt


def need_take(
    *,
    actor: Viewer,
    need: Need,
    due_on: date,
    words: str = "",
    body: Body | None = None,
    quantity: Decimal | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Say that one can help with a need, by one act: the offer is made and proposed for it; the need's desk answers.

    `words`: what is given, where it is not simply what is lacking. `body`: for the body at whose desk one works.
    Result: offer, match.
    """
    by = permit("need.take", actor, need, at=body)
    sent = {
        "need": need.pk,
        "due_on": due_on,
        "words": words,
        "body": body.pk if body else None,
        "quantity": quantity,
    }
    with act("assistance.need.take", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        wanted = open_need(need)
        lacking = left_of(wanted.quantity, taken(wanted))
        given = quantity if quantity is not None else lacking
        made = offer_make(
            actor=actor,
            kind=wanted.kind,
            words=words.strip() or wanted.words,
            place=wanted.place,
            body=body,
            quantity=given,
            unit=wanted.unit if given is not None else "",
            act_id=this.child(),
        )
        offer = Offer.within.select_related("place", "person", "body", "desk").get(pk=made.result["offer"])
        proposed = match_propose(
            actor=actor, need=wanted, offer=offer, due_on=due_on, quantity=quantity, act_id=this.child()
        )
        this.entry(subject=("need", wanted.pk), place=wanted.place_id, data={"offer": offer.pk})
        this.result(offer=offer.pk, match=proposed.result["match"])
    return this.receipt


def match_answer(
    *, actor: Viewer, match: Match, accepted: bool, reason: str = "", act_id: UUID | None = None
) -> Receipt:
    """Answer for the other side: yes, and the help is owed from now on; or no, with a reason. Result: match,
    commitment."""
    by = permit("match.answer", actor, match)
    body = {"match": match.pk, "accepted": accepted, "reason": reason}
    with act("assistance.match.answer", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_match(match, State.PROPOSED)
        why = WHY_DECLINED.kept(reason, needed=not accepted)
        row.answered_at, row.reason = this.now, why
        if not accepted:
            row.state = State.DECLINED
            this.result(match=row.pk)
        else:
            need, offer = open_need(row.need), open_offer(row.offer)
            row.state = State.ACCEPTED
            row.commitment = promise(
                this,
                actor,
                origin=(Commitment.Origin.NEED, need.pk),
                place=need.place,
                bearer=offer.desk,
                bearer_person=offer.person,
                act_text=offer.words,
                quantity=row.quantity,
                unit=need.unit or offer.unit,
                due_on=max(row.due_on, timezone.localdate(this.now)),
                supervisor=need.desk if need.desk_id != offer.desk_id else None,
                judges=[need.household.head] if need.household else [],
            )
            this.result(match=row.pk, commitment=row.commitment.pk)
        row.save(update_fields=["state", "reason", "answered_at", "commitment"])
        _tell(row, row.proposed_by, "match.answered", said="accepted" if accepted else "declined")
        this.entry(
            subject=("match", row.pk),
            place=row.need.place_id,
            dims={"kind": row.need.kind},
            quantities={"matches" if accepted else "declined": 1},
            data={"commitment": row.commitment_id},
        )
    return this.receipt


def match_end(*, actor: Viewer, match: Match, reason: str, act_id: UUID | None = None) -> Receipt:
    """End a match that comes to nothing: the need is open again, the promise is closed undone. Result: match."""
    by = permit("match.keep", actor, match)
    with act("assistance.match.end", actor=by, act_id=act_id, body={"match": match.pk, "reason": reason}) as this:
        if this.replayed:
            return this.receipt
        row = locked_match(match, *Match.LIVE)
        why = WHY_ENDED.kept(reason)
        if row.commitment is not None and row.commitment.state == Commitment.State.IN_FORCE:
            # By the right to end the match: the promise was of that match alone. It counts as never done.
            commitment_close_undone(actor=system(), commitment=row.commitment, reason=why, act_id=this.child())
        row.state, row.reason = State.ENDED, why
        row.save(update_fields=["state", "reason"])
        this.entry(subject=("match", row.pk), place=row.need.place_id, quantities={"ended": 1})
        this.result(match=row.pk)
    return this.receipt


def match_close(this: Act, actor: Viewer, match: Match, deed: Deed) -> None:
    """The deed of an accepted match: it closes need and offer as far as they are used up, and proves the promise.

    Called through `deeds/hooks.py` by `deed_record(match=…)`, within its act.
    """
    by = permit("match.keep", actor, match)
    row = locked_match(match, State.ACCEPTED)
    row.state, row.deed = State.DONE, deed
    row.save(update_fields=["state", "deed"])
    close_used(this, row)
    owed = row.commitment
    if owed is not None and owed.state == Commitment.State.IN_FORCE:
        # By the right to keep the match: the proof is the deed itself. Who recorded it does not check it.
        proof_give(
            actor=system(),
            commitment=owed,
            text=str(_("Recorded as deed %(number)s.") % {"number": deed.number}),
            done_on=deed.on,
            quantity=deed.quantity,
            writer=by,
            earlier=True,
            act_id=this.child(),
        )
    this.entry(
        code="assistance.match.close",
        subject=("match", row.pk),
        place=row.need.place_id,
        dims={"kind": row.need.kind},
        quantities={"done": 1},
        data={"deed": deed.pk},
    )


def close_used(this: Act, row: Match) -> None:
    """Close the need and the offer of a kept match as far as they are used up, within the act that keeps it."""
    need = Need.within.select_for_update(of=("self",)).get(pk=row.need_id)
    offer = Offer.within.select_for_update(of=("self",)).get(pk=row.offer_id)
    if need.state == Need.State.OPEN and not left_of(need.quantity, used(need)):
        close_need(this, need, Need.State.MET)
    if offer.state == Offer.State.OPEN and offer.quantity is not None and not left_of(offer.quantity, used(offer)):
        close_offer(this, offer, Offer.State.USED)


def used(need_or_offer: Need | Offer) -> Decimal:
    """How much of a need or an offer is done already, in its unit."""
    return _sum(need_or_offer, Match.KEPT)


def taken(need_or_offer: Need | Offer) -> Decimal:
    """How much of a need or an offer is done or promised, in its unit."""
    return _sum(need_or_offer, (State.ACCEPTED, *Match.KEPT))


def _sum(need_or_offer: Need | Offer, states: tuple[str, ...]) -> Decimal:
    """The quantities of the matches in `states`; of an offer also what was delivered without any match."""
    matched = need_or_offer.matches.filter(state__in=states).aggregate(total=Sum("quantity"))["total"] or Decimal(0)
    if isinstance(need_or_offer, Need):
        return matched
    alone = need_or_offer.deliveries.filter(match__isnull=True).aggregate(total=Sum("quantity"))["total"]
    return matched + (alone or Decimal(0))


def _tell(match: Match, side: str, code: str, **params: str) -> None:
    """Tell one side: the need's desk, or the giver (the desk that keeps the offer of a friend without an account)."""
    person = match.offer.person if side == Match.Side.OFFER else None
    if person is not None and not Account.objects.filter(person=person).exists():
        person = None
    desk = match.need.desk_id if side == Match.Side.NEED else match.offer.desk_id
    tell(
        code=code,
        params=params,
        subject=("match", match.pk),
        once=f"{code}/{match.pk}",
        person=person,
        body_id=None if person else desk,
    )


def idle_offers(day: date) -> Q:
    """Offers that stand and that nobody takes up: an open one without a live match."""
    return (
        _stands(day) & Q(state=Offer.State.OPEN) & ~Q(pk__in=Match.within.filter(state__in=Match.LIVE).values("offer"))
    )


def _stands(day: date) -> Q:
    return Q(valid_until__isnull=True) | Q(valid_until__gte=day)


def _amount(need: Need, offer: Offer, quantity: Decimal | None) -> Decimal | None:
    """What is promised: at most what is lacking and at most what is left of the offer."""
    lacking, left = left_of(need.quantity, taken(need)), left_of(offer.quantity, taken(offer))
    if quantity is not None and quantity <= 0:
        raise Refusal("match.quantity", _("Please type an amount above zero."), field="quantity")
    if quantity is not None:
        whole_checked(quantity, need.unit or offer.unit, "quantity")
    if left == 0:
        raise WrongStage("match.used", _("All of this offer is promised already."))
    if lacking == 0:
        raise WrongStage("match.lacking", _("All of this need is promised already."))
    if quantity is not None and left is not None and quantity > left:
        raise Refusal(
            "match.most", _("Only %(left)s is left of the offer.") % {"left": f"{left.normalize():f}"}, field="quantity"
        )
    if quantity is not None:
        return quantity
    known = [quantity for quantity in (lacking, left) if quantity is not None]
    return min(known) if known else None


def _near(place: Place, path: list[Place]) -> Q:
    """What lies around `place`: the places above it, and everything in its county."""
    county = next((place for place in path if place.level == PlaceLevel.COUNTY), place)
    return Q(place__lo__gte=county.lo, place__lo__lte=county.hi) | Q(place__lo__lte=place.lo, place__hi__gte=place.hi)


def _suggest(need: Need, offer: Offer, path: list[Place], other: Place) -> Suggestion:
    """`path` leads to one of the two places; the other's distance is the first step up that holds both."""
    late = bool(offer.valid_until and need.wanted_by and offer.valid_until < need.wanted_by)
    both = next((place for place in reversed(path) if place.lo <= other.lo and other.hi <= place.hi), None)
    return Suggestion(need, offer, RANK.get(both.level, FAR) if both else FAR, late)


def _ranked(suggestions: list[Suggestion], limit: int) -> list[Suggestion]:
    return sorted(
        suggestions,
        key=lambda suggestion: (
            suggestion.is_late,
            suggestion.distance,
            suggestion.need.stated_on,
            suggestion.offer.made_on,
        ),
    )[:limit]


def locked_match(match: Match, *states: str) -> Match:
    """The match with both of its sides, locked. Refused where it stands in none of `states`."""
    matches = Match.within.select_for_update(of=("self",)).select_related(
        "need__place",
        "need__household__head",
        "need__desk",
        "offer__place",
        "offer__desk",
        "offer__person",
        "commitment",
    )
    row = matches.get(pk=match.pk)
    if row.state not in states:
        raise WrongStage(
            "match.state",
            _("This is “%(state)s” now. Reload the page.") % {"state": row.get_state_display()},
        )
    return row
