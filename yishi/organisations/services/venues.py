"""Venues are opened by one body or by several together (协商联合体); each has one live QR code."""

import secrets
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.database.words import Words
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.ids import child_id, clean_code, new_code
from yishi.notices.days import day_said

from ..grants import Viewer
from ..models import Body, Place, Venue, VenueCode, VenueKind, VenueOwner
from ..rights import permit
from .bodies import START, named

ADDRESS = Words("address", 120)
PHONE = Words("phone", 32)

TOKEN_LENGTH = 12


class FoundVenue(NamedTuple):
    venue: Venue
    is_live: bool  # False: the code was reissued or the venue closed


def venue_open(
    *,
    actor: Viewer,
    kind: str,
    name: str,
    place: Place,
    convener: Body,
    shares: Iterable[Body] = (),
    address: str = "",
    phone: str = "",
    since: date | None = None,
    is_demo: bool = False,
    act_id: UUID | None = None,
) -> Receipt:
    """Open a venue and issue its code. `convener` receives its worries; `shares` run it together with the convener."""
    by = permit("venue.open", actor, convener)
    name, others = named(name, 64), _others(convener, shares)
    if kind not in VenueKind.values:
        raise Refusal("venue.kind", _("Choose the kind of venue from the list."), field="kind")
    sent = {"kind": kind, "name": name, "place": place.pk, "convener": convener.pk, "shares": [b.pk for b in others]}
    with act("organisations.venue.open", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        place = Place.objects.select_for_update().get(pk=place.pk)  # two of one name: the second waits and is told
        _in_reach(convener, place)
        taken = Refusal("venue.taken", _("A venue of this name is open at this place already."), field="name")
        if Venue.objects.filter(place=place, name=name, valid_to__isnull=True).exists():
            raise taken
        if since is None:
            since = timezone.localdate() if Venue.objects.filter(place=place, name=name).exists() else START
        try:
            with transaction.atomic():
                venue = Venue.objects.create(
                    id=child_id(this.id, 1), kind=kind, name=name, place=place, address=ADDRESS.kept(address),
                    phone=PHONE.kept(phone), valid_from=since, is_demo=is_demo,
                )  # fmt: skip
        except IntegrityError as error:
            raise taken from error
        _set_owners(venue, convener, others)
        code = _issue(this, venue)
        this.entry(subject=("venue", venue.pk), place=place.pk, dims={"kind": kind}, quantities={"venues": 1})
        this.result(venue=venue.pk, code=code.pk)
    return this.receipt


def venue_change(
    *,
    actor: Viewer,
    venue: Venue,
    name: str,
    address: str = "",
    phone: str = "",
    convener: Body | None = None,
    shares: Iterable[Body] = (),
    act_id: UUID | None = None,
) -> Receipt:
    """Change a venue's name, address and phone; with `convener` also who runs it."""
    by = permit("venue.manage", actor, venue)
    name, others = named(name, 64), _others(convener, shares)
    values = {"name": name, "address": ADDRESS.kept(address), "phone": PHONE.kept(phone)}
    sent = {"venue": venue.pk, **values, "convener": convener and convener.pk, "shares": [b.pk for b in others]}
    with act("organisations.venue.change", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        venue = _open(venue)
        same = Venue.objects.filter(place=venue.place_id, name=name, valid_to__isnull=True).exclude(pk=venue.pk)
        if same.exists():
            raise Refusal("venue.taken", _("A venue of this name is open at this place already."), field="name")
        for field, value in values.items():
            setattr(venue, field, value)
        venue.save(update_fields=list(values))
        if convener is not None:
            _in_reach(convener, venue.place)
            venue.owners.all().delete()
            _set_owners(venue, convener, others)
        this.entry(
            subject=("venue", venue.pk), place=venue.place_id,
            data={"convener": convener and convener.pk, "shares": [b.pk for b in others]},
        )  # fmt: skip
        this.result(venue=venue.pk)
    return this.receipt


def venue_close(*, actor: Viewer, venue: Venue, act_id: UUID | None = None) -> Receipt:
    """Close a venue: its code is dead, its file stays. It closes with yesterday's end."""
    by = permit("venue.manage", actor, venue)
    with act("organisations.venue.close", actor=by, act_id=act_id, body={"venue": venue.pk}) as this:
        if this.replayed:
            return this.receipt
        venue = _open(venue)
        venue.valid_to = timezone.localdate() - timedelta(days=1)
        venue.save(update_fields=["valid_to"])
        venue.codes.filter(revoked_at__isnull=True).update(revoked_at=this.now)
        this.entry(subject=("venue", venue.pk), place=venue.place_id, quantities={"venues": -1})
        this.result(venue=venue.pk)
    return this.receipt


def venue_code_reissue(*, actor: Viewer, venue: Venue, act_id: UUID | None = None) -> Receipt:
    """Issue another code (the old poster was copied, lost or pasted over); the old one is dead from now on."""
    by = permit("venue.manage", actor, venue)
    with act("organisations.venue.reissue_code", actor=by, act_id=act_id, body={"venue": venue.pk}) as this:
        if this.replayed:
            return this.receipt
        venue = _open(venue)
        venue.codes.filter(revoked_at__isnull=True).update(revoked_at=this.now)
        code = _issue(this, venue)
        this.entry(subject=("venue", venue.pk), place=venue.place_id, data={"code": code.pk})
        this.result(venue=venue.pk, code=code.pk)
    return this.receipt


def venue_by_code(token: str) -> FoundVenue | None:
    """The venue of a QR code, also of a dead one (`is_live` False); None for a code that never was."""
    typed = {token, clean_code(token)}
    code = VenueCode.objects.filter(token__in=typed).select_related("venue__place").first()
    if code is None:
        return None
    return FoundVenue(code.venue, code.revoked_at is None and code.venue.is_valid_on(timezone.localdate()))


def _issue(this: Act, venue: Venue) -> VenueCode:
    while True:
        token = new_code(TOKEN_LENGTH)
        if secrets.compare_digest(token, clean_code(token)) and not VenueCode.objects.filter(token=token).exists():
            return VenueCode.objects.create(id=child_id(this.id, 2), venue=venue, token=token, issued_at=this.now)


def _others(convener: Body | None, shares: Iterable[Body]) -> list[Body]:
    unique = {body.pk: body for body in shares if convener is None or body.pk != convener.pk}
    return sorted(unique.values(), key=lambda body: body.pk)


def _set_owners(venue: Venue, convener: Body, others: Iterable[Body]) -> None:
    VenueOwner.objects.create(venue=venue, body=convener, role=VenueOwner.Role.CONVENES)
    VenueOwner.objects.bulk_create(VenueOwner(venue=venue, body=body, role=VenueOwner.Role.SHARES) for body in others)


def _in_reach(convener: Body, place: Place) -> None:
    above = convener.place
    if not (above.lo <= place.lo <= above.hi or place.lo <= above.lo <= place.hi):
        text = _("“%(body)s” works at %(place)s. Choose a place there, or another body.")
        raise Refusal("venue.place", text % {"body": convener.name, "place": above.full_name}, field="place")


def _open(venue: Venue) -> Venue:
    venue = Venue.objects.select_for_update(of=("self",)).select_related("place").get(pk=venue.pk)
    if venue.valid_to is not None:
        raise WrongStage("venue.closed", _("This venue was closed on %(day)s.") % {"day": day_said(venue.valid_to)})
    return venue
