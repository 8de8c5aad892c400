"""Needs and offers (所需、所能): stated by the village's desk or by who helps the family; offered by members, bodies
and friends. What brings them together stands in matches.py."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.pairing.models import (
    HelpKind,
    Match,
    Need,
    Offer,
)
from yishi.assistance.register.models import Household
from yishi.database.amounts import whole_checked
from yishi.database.words import Words
from yishi.journal.act import Act, Actor, act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.ids import child_id
from yishi.kit.records import filled
from yishi.kit.text import clean
from yishi.notices.days import happened
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, BodyKind, Place, valid_on
from yishi.organisations.rights import permit
from yishi.people.models import Person
from yishi.people.services import Newcomer, person_in

from .pairing import desk_of

WORDS = Words("words", 300, _("Please write a sentence here."), code="help.words")
WHY_CLOSED = Words("reason", 300, _("Please write why it is closed."))
WHY_WITHDRAWN = Words("reason", 300, _("Please write why it is withdrawn."))
UNIT = Words("unit", 16)


def need_state(
    *,
    actor: Viewer,
    kind: str,
    words: str,
    place: Place,
    household: Household | None = None,
    quantity: Decimal | None = None,
    unit: str = "",
    wanted_by: date | None = None,
    stated_on: date | None = None,
    is_shared: bool = False,
    act_id: UUID | None = None,
) -> Receipt:
    """Write down what a household or village lacks. It stands at the village's desk. Result: need."""
    by = permit("need.write", actor, household or place)
    body = {
        "kind": kind,
        "words": words,
        "place": place.pk,
        "household": household.pk if household else None,
        "quantity": quantity,
        "unit": unit,
        "wanted_by": wanted_by,
        "stated_on": stated_on,
        "is_shared": is_shared,
    }
    with act("assistance.need.state", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        if household is not None:
            place = household.place
        today = timezone.localdate(this.now)
        day = happened(stated_on or today, "stated_on", code="need", today=today)
        if wanted_by is not None and wanted_by < day:
            raise Refusal("need.wanted_by", _("It is wanted by a day that lies before it was stated."))
        need = Need.within.create(
            id=child_id(this.id, 1),
            kind=_kind(kind),
            words=WORDS.kept(words),
            quantity=_quantity(quantity, unit),
            unit=UNIT.kept(unit),
            place=place,
            household=household,
            wanted_by=wanted_by,
            stated_on=day,
            desk=_desk(place, by),
            is_shared=is_shared,
            written_by=actor.person,
            written_at=this.now,
        )
        touches = [("household", household.pk, 1)] if household else []
        this.entry(
            subject=("need", need.pk),
            place=place.pk,
            at=this.on_day(day),
            dims={"kind": need.kind},
            quantities={"needs": 1},
            touches=touches,
        )
        this.result(need=need.pk)
    return this.receipt


def need_share(*, actor: Viewer, need: Need, is_shared: bool, act_id: UUID | None = None) -> Receipt:
    """Let members read a need's words and village (never whose need it is), or no longer. Result: need."""
    by = permit("need.keep", actor, need)
    with act("assistance.need.share", actor=by, act_id=act_id, body={"need": need.pk, "shared": is_shared}) as this:
        if this.replayed:
            return this.receipt
        row = open_need(need)
        row.is_shared = is_shared
        row.save(update_fields=["is_shared"])
        this.entry(subject=("need", row.pk), place=row.place_id, data={"shared": is_shared})
        this.result(need=row.pk)
    return this.receipt


def need_close(*, actor: Viewer, need: Need, is_met: bool, reason: str, act_id: UUID | None = None) -> Receipt:
    """Close a need that was met in another way or is withdrawn; matches proposed for it end with it. Result: need."""
    by = permit("need.keep", actor, need)
    body = {"need": need.pk, "is_met": is_met, "reason": reason}
    with act("assistance.need.close", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = open_need(need)
        why = WHY_CLOSED.kept(reason)
        if row.matches.filter(state=Match.State.ACCEPTED).exists():
            raise WrongStage(
                "need.accepted", _("Somebody has promised help for it. Record the deed, or end that first.")
            )
        row.matches.filter(state=Match.State.PROPOSED).update(state=Match.State.ENDED, reason=why)
        close_need(this, row, Need.State.MET if is_met else Need.State.WITHDRAWN, why)
        this.result(need=row.pk)
    return this.receipt


def offer_make(
    *,
    actor: Viewer,
    kind: str,
    words: str,
    place: Place,
    body: Body | None = None,
    friend_name: str = "",
    friend_phone: str = "",
    quantity: Decimal | None = None,
    unit: str = "",
    valid_until: date | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Say what one can give: for oneself; for the `body` at whose desk one works; or, with `body` and `friend_name`,
    for a friend whose offer that desk keeps. Result: offer."""
    by = permit("offer.make", actor, at=body)
    sent = {
        "kind": kind,
        "words": words,
        "place": place.pk,
        "body": body.pk if body else None,
        "friend": [friend_name, friend_phone],
        "quantity": quantity,
        "unit": unit,
        "valid_until": valid_until,
    }
    with act("assistance.offer.make", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        today = timezone.localdate(this.now)
        if valid_until is not None and valid_until < today:
            raise Refusal("offer.past", _("This day has passed. Give a later one, or none."), field="valid_until")
        person, desk = _giver(this, actor, body, friend_name, friend_phone)
        offer = Offer.within.create(
            id=child_id(this.id, 1),
            kind=_kind(kind),
            words=WORDS.kept(words),
            quantity=_quantity(quantity, unit),
            unit=UNIT.kept(unit),
            place=place,
            valid_from=today,
            valid_until=valid_until,
            person=person,
            body=body if person is None else None,
            desk=desk,
            made_at=this.now,
            made_on=today,
        )
        this.entry(
            subject=("offer", offer.pk),
            place=place.pk,
            dims={"kind": offer.kind, "body": desk.pk},
            quantities={"offers": 1},
            data={"person": offer.person_id, "body": offer.body_id},
        )
        this.result(offer=offer.pk)
    return this.receipt


def offer_withdraw(*, actor: Viewer, offer: Offer, reason: str, act_id: UUID | None = None) -> Receipt:
    """Withdraw an offer; what was promised from it stays promised. Result: offer."""
    by = permit("offer.keep", actor, offer)
    with act("assistance.offer.withdraw", actor=by, act_id=act_id, body={"offer": offer.pk, "reason": reason}) as this:
        if this.replayed:
            return this.receipt
        row = open_offer(offer)
        why = WHY_WITHDRAWN.kept(reason)
        row.matches.filter(state=Match.State.PROPOSED).update(state=Match.State.ENDED, reason=why)
        close_offer(this, row, Offer.State.WITHDRAWN, why)
        this.result(offer=row.pk)
    return this.receipt


def open_need(need: Need) -> Need:
    """The need, locked; refuses one that is closed."""
    row = Need.within.select_for_update(of=("self",)).select_related("place", "household", "desk").get(pk=need.pk)
    if row.state != Need.State.OPEN:
        raise WrongStage("need.closed", _("This need is closed already. Reload the page."))
    return row


def open_offer(offer: Offer) -> Offer:
    """The offer, locked; refuses one that no longer stands."""
    offers = Offer.within.select_for_update(of=("self",)).select_related("place", "person", "body", "desk")
    row = offers.get(pk=offer.pk)
    if row.state != Offer.State.OPEN:
        raise WrongStage("offer.closed", _("This offer no longer stands. Reload the page."))
    return row


def close_need(this: Act, need: Need, state: str, reason: str = "") -> None:
    """Close a locked need as met or withdrawn, with its entry, within an act that checked it."""
    need.state, need.reason, need.closed_on = state, reason, timezone.localdate(this.now)
    need.save(update_fields=["state", "reason", "closed_on"])
    this.entry(
        code="assistance.need.close",
        subject=("need", need.pk),
        place=need.place_id,
        dims={"kind": need.kind},
        quantities={"met" if state == Need.State.MET else "withdrawn": 1},
        touches=[("household", need.household_id, 1)] if need.household_id and state == Need.State.MET else (),
    )


def close_offer(this: Act, offer: Offer, state: str, reason: str = "") -> None:
    """Close a locked offer as used or withdrawn, with its entry, within an act that checked it."""
    offer.state, offer.reason, offer.closed_on = state, reason, timezone.localdate(this.now)
    offer.save(update_fields=["state", "reason", "closed_on"])
    this.entry(
        code="assistance.offer.close",
        subject=("offer", offer.pk),
        place=offer.place_id,
        dims={"kind": offer.kind, "body": offer.desk_id},
        quantities={"withdrawn" if state == Offer.State.WITHDRAWN else state: 1},
    )


def _desk(place: Place, by: Actor) -> Body:
    """The desk that looks after a need: the village's own; where none is registered, the writer's, or the nearest
    office."""
    near = Body.objects.filter(valid_on(timezone.localdate()), place__lo__lte=place.lo, place__hi__gte=place.lo)
    village = near.filter(kind=BodyKind.VILLAGE).order_by("-place__lo", "pk").first()
    if village is not None:
        return village
    own = Body.objects.filter(pk__in=filled([by.body_id])).first() if by.right_kind == "post" else None
    office = own or near.filter(kind=BodyKind.OFFICE).order_by("-place__lo", "pk").first()
    if office is None:
        raise Refusal("need.desk", _("No body is registered for this place. Ask the administrator to register it."))
    return office


def _giver(this: Act, actor: Viewer, body: Body | None, name: str, phone: str) -> tuple[Person | None, Body]:
    """Who gives (None: the body itself), and the desk in whose name a promise is kept."""
    if clean(name):
        if body is None:
            raise Refusal("offer.friend", _("Choose the desk that keeps the friend's offer."), field="body")
        return person_in(this, Newcomer(name, phone)), body
    if body is not None:
        return None, body
    if actor.person is None:
        raise Refusal("offer.nobody", _("Say who offers it."), field="body")
    desk = desk_of(actor.person, timezone.localdate(this.now))
    if desk is None:
        raise Refusal("offer.nobody", _("Say who offers it."), field="body")
    return actor.person, desk


def _kind(kind: str) -> str:
    if kind not in HelpKind.values:
        raise Refusal("help.kind", _("Please choose one of the values that are offered."), field="kind")
    return kind


def _quantity(quantity: Decimal | None, unit: str) -> Decimal | None:
    if quantity is None:
        return None
    if not quantity.is_finite() or quantity <= 0:
        raise Refusal("help.quantity", _("Please type an amount above zero."), field="quantity")
    if not clean(unit):
        raise Refusal("help.unit", _("Please write the unit of the quantity."), field="unit")
    whole_checked(quantity, unit, "quantity")
    return quantity
