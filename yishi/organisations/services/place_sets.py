"""Place sets: named, dated sets of places (pilot counties, focus counties)."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from yishi.database.words import Words
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.ids import child_id

from ..grants import Viewer
from ..models import Body, Place, PlaceSet, PlaceSetItem, current
from ..rights import may, permit
from .bodies import named

NOTE = Words("note", 300)
PAPER = Words("paper", 200)  # name or number of a decision


def place_set_open(
    *,
    actor: Viewer,
    name: str,
    code: str = "",
    note: str = "",
    owner: Body | None = None,
    is_poor_list: bool = False,
    act_id: UUID | None = None,
) -> Receipt:
    """Open a set of places under a short code (letters and dashes; made up if none is given), kept by the desk `owner`.
    `is_poor_list`: who stands in it is poor on those days; a county leaves it with its approved exit.

    Result: place_set.
    """
    own = may("place_set.open", actor, at=owner) if owner else None
    runs = None if own else may("installation.manage", actor)
    by = actor.acting(runs) if runs else permit("place_set.open", actor, at=owner)
    typed, name, note = code.strip(), named(name, 64), NOTE.kept(note)
    code = slugify(typed)
    if typed and not code:
        raise Refusal("place_set.code", _("Enter a short code of Latin letters, for example pilot-2026."), field="code")
    sent = {"code": code, "name": name, "note": note, **({"owner": owner.pk} if owner else {})}
    sent |= {"poor": True} if is_poor_list else {}
    with act("organisations.place_set.open", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        code = code or f"set-{this.id.hex[-8:]}"
        if PlaceSet.objects.filter(code=code).exists():
            raise Refusal("place_set.taken", _("A set with this code exists already."), field="code")
        place_set = PlaceSet.objects.create(
            id=child_id(this.id, 1), code=code, name=name, note=note, owner=owner, is_poor_list=is_poor_list
        )
        this.entry(subject=("place_set", place_set.pk))
        this.result(place_set=place_set.pk)
    return this.receipt


def place_set_mark(*, actor: Viewer, place_set: PlaceSet, is_poor_list: bool, act_id: UUID | None = None) -> Receipt:
    """Say that whoever stands in the set is poor on those days, or that it says nothing of that. Result: place_set."""
    by = permit("place_set.manage", actor, place_set)
    sent = {"place_set": place_set.pk, "poor": is_poor_list}
    with act("organisations.place_set.mark", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        PlaceSet.objects.filter(pk=place_set.pk).update(is_poor_list=is_poor_list)
        this.entry(subject=("place_set", place_set.pk), data={"poor": is_poor_list})
        this.result(place_set=place_set.pk)
    return this.receipt


def place_set_put(
    *,
    actor: Viewer,
    place_set: PlaceSet,
    places: Iterable[Place],
    since: date,
    until: date | None = None,
    paper: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """Put many places into the set from a day on (until a day), by a decision (`paper`); places that belong to it in
    that time already are passed over.

    Result: added, known (how many each).
    """
    by = permit("place_set.manage", actor, place_set)
    wanted = {place.pk: place for place in places}
    paper = PAPER.kept(paper)
    sent = {"place_set": place_set.pk, "places": sorted(wanted, key=str), "since": since, "until": until}
    sent |= {"paper": paper} if paper else {}
    with act("organisations.place_set.put", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        if until is not None and until < since:
            raise Refusal("days.order", _("The last day lies before the first one."), field="until")
        PlaceSet.objects.select_for_update().get(pk=place_set.pk)
        there = PlaceSetItem.objects.filter(place_set=place_set, place__in=wanted)
        there = there.filter(valid_from__lte=until) if until else there
        known = set(there.filter(current(since)).values_list("place", flat=True))
        new = [
            PlaceSetItem(
                id=child_id(this.id, number),
                place_set=place_set,
                place=place,
                valid_from=since,
                valid_to=until,
                paper=paper,
            )
            for number, place in enumerate((place for pk, place in wanted.items() if pk not in known), start=1)
        ]
        PlaceSetItem.objects.bulk_create(new)
        for item in new:
            this.entry(subject=("place_set", place_set.pk), place=item.place_id, quantities={"places": 1})
        this.result(added=len(new), known=len(known))
    return this.receipt


def place_set_remove(
    *, actor: Viewer, item: PlaceSetItem, until: date | None = None, paper: str = "", act_id: UUID | None = None
) -> Receipt:
    """Take a place out of the set, by a decision (`paper`): it belongs to it until a day (yesterday).

    That it did before stays true.
    """
    by = permit("place_set.manage", actor, item.place_set)
    until, paper = until or timezone.localdate() - timedelta(days=1), PAPER.kept(paper)
    sent = {"item": item.pk, "until": until, **({"paper": paper} if paper else {})}
    with act("organisations.place_set.remove", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        item = PlaceSetItem.objects.select_for_update().get(pk=item.pk)
        if item.valid_to is not None:
            raise WrongStage("place_set.left", _("This place left the set on %(day)s.") % {"day": item.valid_to})
        item.valid_to, item.end_paper = max(until, item.valid_from - timedelta(days=1)), paper
        item.save(update_fields=["valid_to", "end_paper"])
        this.entry(subject=("place_set", item.place_set_id), place=item.place_id, quantities={"places": -1})
        this.result(item=item.pk)
    return this.receipt


def poor_lists(place: Place, day: date) -> list[PlaceSetItem]:
    """The poor lists in which a place stands on a day, without a last day so far."""
    standing = PlaceSetItem.objects.filter(
        place=place, place_set__is_poor_list=True, valid_from__lte=day, valid_to__isnull=True
    )
    return list(standing.select_related("place_set").order_by("valid_from", "pk"))


def lists_leave(this: Act, place: Place, day: date, paper: str) -> list[PlaceSetItem]:
    """Within an act that decides so: the place stands in no poor list any more from `day` on, by the same decision."""
    left = []
    for standing in poor_lists(place, day):
        item = PlaceSetItem.objects.select_for_update().get(pk=standing.pk)
        if item.valid_to is not None:
            continue
        item.valid_to, item.end_paper = max(day, item.valid_from) - timedelta(days=1), paper
        item.save(update_fields=["valid_to", "end_paper"])
        this.entry(subject=("place_set", item.place_set_id), place=item.place_id, data={"until": item.valid_to})
        left.append(item)
    return left


def lists_rejoin(this: Act, items: Iterable[PlaceSetItem], paper: str) -> None:
    """Within an act that takes such a decision back: each stands in its list again as before. Refused where somebody
    changed that since."""
    for given in items:
        item = PlaceSetItem.objects.select_for_update().select_related("place_set").get(pk=given.pk)
        since = PlaceSetItem.objects.filter(
            Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), place_set=item.place_set_id, place=item.place_id
        )
        if item.end_paper != paper or since.filter(valid_from__gt=item.valid_to).exists():
            raise WrongStage(
                "place_set.changed",
                _("What “%(name)s” says of this place was changed since. Put it right there first.")
                % {"name": item.place_set.name},
            )
        item.valid_to, item.end_paper = None, ""
        item.save(update_fields=["valid_to", "end_paper"])
        this.entry(subject=("place_set", item.place_set_id), place=item.place_id, data={"until": None})
