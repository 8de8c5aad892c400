"""Place sets: named, dated sets of places (pilot counties, focus counties)."""

from datetime import date, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.ids import child_id
from yishi.kit.text import clean

from ..grants import Viewer
from ..models import Place, PlaceSet, PlaceSetItem, valid_on
from ..rights import permit
from .bodies import named


def place_set_open(*, actor: Viewer, code: str, name: str, note: str = "", act_id: UUID | None = None) -> Receipt:
    """Open a set of places under a short code (letters and dashes)."""
    by = permit("installation.manage", actor)
    code, name, note = slugify(code), named(name, 64), clean(note)[:300]
    if not code:
        raise Refusal("place_set.code", _("Enter a short code of Latin letters, for example pilot-2026."), field="code")
    sent = {"code": code, "name": name, "note": note}
    with act("organisations.place_set.open", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        if PlaceSet.objects.filter(code=code).exists():
            raise Refusal("place_set.taken", _("A set with this code exists already."), field="code")
        place_set = PlaceSet.objects.create(id=child_id(this.id, 1), **sent)
        this.entry(subject=("place_set", place_set.pk))
        this.result(place_set=place_set.pk)
    return this.receipt


def place_set_add(
    *, actor: Viewer, place_set: PlaceSet, place: Place, since: date | None = None, act_id: UUID | None = None
) -> Receipt:
    """The place belongs to the set from a day on (today)."""
    by = permit("installation.manage", actor)
    since = since or timezone.localdate()
    sent = {"place_set": place_set.pk, "place": place.pk, "since": since}
    with act("organisations.place_set.add", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        PlaceSet.objects.select_for_update().get(pk=place_set.pk)
        items = PlaceSetItem.objects.filter(place_set=place_set, place=place)
        if items.filter(valid_on(since)).exists() or items.filter(valid_from__gte=since).exists():
            raise Refusal("place_set.member", _("This place belongs to the set already."), field="place")
        item = PlaceSetItem.objects.create(id=child_id(this.id, 1), place_set=place_set, place=place, valid_from=since)
        this.entry(subject=("place_set", place_set.pk), place=place.pk, quantities={"places": 1})
        this.result(item=item.pk)
    return this.receipt


def place_set_remove(
    *, actor: Viewer, item: PlaceSetItem, until: date | None = None, act_id: UUID | None = None
) -> Receipt:
    """The place belongs to the set until a day (yesterday); what it was before stays true."""
    by = permit("installation.manage", actor)
    until = until or timezone.localdate() - timedelta(days=1)
    with act("organisations.place_set.remove", actor=by, act_id=act_id, body={"item": item.pk, "until": until}) as this:
        if this.replayed:
            return this.receipt
        item = PlaceSetItem.objects.select_for_update().get(pk=item.pk)
        if item.valid_to is not None:
            raise WrongStage("place_set.left", _("This place left the set on %(day)s.") % {"day": item.valid_to})
        item.valid_to = max(until, item.valid_from - timedelta(days=1))
        item.save(update_fields=["valid_to"])
        this.entry(subject=("place_set", item.place_set_id), place=item.place_id, quantities={"places": -1})
        this.result(item=item.pk)
    return this.receipt
