"""Places are loaded from a file, renamed, moved, recoded, merged, divided; hamlets are added below villages."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.database.schema import rows_counted
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.ids import child_id, named_id
from yishi.kit.text import clean
from yishi.notices.days import day_said, happened

from ..grants import Viewer
from ..models import Place, PlaceLevel, PlaceSuccession, PlaceVersion
from ..place_file import parse_places, unpacked
from ..place_tree import full_name, initials, lock_places, make_room, place_on, refresh
from ..rights import permit

LEVELS = list(PlaceLevel.values)
BATCH = 2000


def place_load(path: str | Path, *, actor: Viewer, act_id: UUID | None = None) -> Receipt:
    """Add the file's places that are not here yet; what is here stays as it is, also where it was renamed since.

    The receipt's result tells `added` and `known`. Raises `Refusal` ("places.malformed" with each bad row and its
    reason, "places.no_file", "places.broken", "places.too_big"); then nothing was loaded.
    """
    by = permit("installation.manage", actor)
    data = unpacked(Path(path))
    with act(
        "organisations.places.load", actor=by, act_id=act_id, body={"sha256": hashlib.sha256(data).hexdigest()}
    ) as this:
        if this.replayed:
            return this.receipt
        lock_places()
        codes = PlaceVersion.objects.values_list("code", "place_id", "place__level")
        known = {code: level for code, _place, level in codes}
        ids = {code: place for code, place, _level in codes}
        published = parse_places(data, known)
        fresh: dict[str, Place] = {}
        for row in published:
            if row.code not in known:
                key = named_id("place", row.code)
                parent = fresh[row.parent].pk if row.parent in fresh else ids.get(row.parent)
                place = Place(id=key, level=row.level, code=row.code, name=row.name, pinyin=initials(row.name))
                place.parent_id = parent
                fresh[row.code] = place
        if fresh:
            refresh(fresh.values())
            Place.objects.bulk_create(fresh.values(), batch_size=BATCH)
            PlaceVersion.objects.bulk_create(
                (
                    PlaceVersion(
                        id=child_id(this.id, 10 + n), place=place, code=place.code, name=place.name, parent=place.parent
                    )
                    for n, place in enumerate(fresh.values())
                ),
                batch_size=BATCH,
            )
            rows_counted(Place)
            this.entry(subject=("places", this.id), quantities={"places": len(fresh)})
        this.result(added=len(fresh), known=len(published) - len(fresh))
    return this.receipt


def place_rename(
    *, actor: Viewer, place: Place, name: str, on: date | None = None, act_id: UUID | None = None
) -> Receipt:
    """Give the place another name from a day on (today)."""
    return _change("rename", actor, place, on, act_id, name=_name(name))


def place_recode(
    *, actor: Viewer, place: Place, code: str, on: date | None = None, act_id: UUID | None = None
) -> Receipt:
    """Give the place another statistical code from a day on (today)."""
    return _change("recode", actor, place, on, act_id, code=_code(code))


def place_move(
    *, actor: Viewer, place: Place, parent: Place, on: date | None = None, act_id: UUID | None = None
) -> Receipt:
    """Put the place under another one from a day on (today); all that it contains moves with it."""
    permit("place.manage", actor, _fresh(parent))
    return _change("move", actor, place, on, act_id, parent=parent)


def place_merge(
    *, actor: Viewer, place: Place, into: Place, on: date | None = None, act_id: UUID | None = None
) -> Receipt:
    """Close `place`: it is part of `into` from a day on. What it contained moves; `into` oversees its files."""
    permit("place.manage", actor, _fresh(into))
    by = permit("place.manage", actor, _fresh(place))
    day = _day(on)
    body = {"place": place.pk, "into": into.pk, "on": day}
    with act("organisations.place.merge", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        lock_places()
        place, into = _open(place), _open(into)
        if place.pk == into.pk:
            raise Refusal(
                "place.itself", _("A place cannot be merged with itself. Choose the other place."), field="into"
            )
        if place.level != into.level:
            raise Refusal("place.level", _("Only places of the same level are merged."), field="into")
        for ordinal, child in enumerate(Place.objects.filter(parent=place, closed_on__isnull=True).order_by("code")):
            _version(child, day, child_id(this.id, 100 + ordinal), parent=into)
        _close(place, day)
        kind = PlaceSuccession.Kind.MERGER
        PlaceSuccession.objects.create(id=child_id(this.id, 1), old=place, new=into, date=day, kind=kind)
        refresh()
        this.entry(subject=("place", place.pk), place=place.pk, data={"into": into.pk, "on": day})
        this.result(place=into.pk)
    return this.receipt


def place_divide(
    *,
    actor: Viewer,
    place: Place,
    parts: Sequence[tuple[str, str]],
    stays: bool = False,
    children: Mapping[UUID, int] | None = None,
    on: date | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Divide `place` into new places `parts` (code, name). With `stays` it goes on itself and the parts were split off.

    `children` says into which part (by its index) each place below goes; without `stays` all must be named.
    """
    by = permit("place.manage", actor, _fresh(place))
    day, children = _day(on), dict(children or {})
    named = [(_code(code), _name(name)) for code, name in parts]
    body = {
        "place": place.pk,
        "parts": named,
        "stays": stays,
        "children": sorted(map(str, children.items())),
        "on": day,
    }
    with act("organisations.place.divide", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        lock_places()
        place = _open(place)
        if len(named) < (1 if stays else 2):
            raise Refusal(
                "place.parts", _("Name at least two new places (one, if the old place goes on)."), field="parts"
            )
        below = list(Place.objects.filter(parent=place, closed_on__isnull=True).order_by("code"))
        homeless = [child for child in below if children.get(child.pk) not in range(len(named))]
        if homeless and not stays:
            text = _("Say to which new place this one belongs from now on: %(names)s")
            raise Refusal(
                "place.children", text % {"names": "、".join(child.name for child in homeless)}, field="children"
            )
        new_places = [
            _make(child_id(this.id, 1 + n), place.level, *part, place.parent, day) for n, part in enumerate(named)
        ]
        for ordinal, child in enumerate(below):
            if child not in homeless:
                _version(child, day, child_id(this.id, 100 + ordinal), parent=new_places[children[child.pk]])
        if not stays:
            _close(place, day)
        for ordinal, new in enumerate(new_places):
            kind = PlaceSuccession.Kind.DIVISION
            PlaceSuccession.objects.create(id=child_id(this.id, 50 + ordinal), old=place, new=new, date=day, kind=kind)
        refresh()
        this.entry(
            subject=("place", place.pk), place=place.pk, data={"into": [new.pk for new in new_places], "on": day}
        )
        this.result(places=[new.pk for new in new_places])
    return this.receipt


def hamlet_add(
    *, actor: Viewer, village: Place, name: str, on: date | None = None, act_id: UUID | None = None
) -> Receipt:
    """Add a hamlet or villagers' group (自然村, 村民小组) below a village."""
    by = permit("place.manage", actor, _fresh(village))
    name, day = _name(name), _day(on)
    body = {"village": village.pk, "name": name, "on": day}
    with act("organisations.place.add_hamlet", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        lock_places()
        village = _open(village)
        if village.level != PlaceLevel.VILLAGE:
            raise Refusal("place.level", _("Hamlets and villagers' groups stand below a village or community."))
        siblings = Place.objects.filter(parent=village)
        if siblings.filter(name=name, closed_on__isnull=True).exists():
            raise Refusal("place.taken", _("There is a hamlet of this name already."), field="name")
        code = f"{village.code}-{siblings.count() + 1:02d}"
        lo, hi = make_room(village)
        place = _make(child_id(this.id, 1), PlaceLevel.HAMLET, code, name, village, day, lo=lo, hi=hi)
        this.entry(subject=("place", place.pk), place=place.pk, data={"village": village.pk})
        this.result(place=place.pk)
    return this.receipt


def _change(verb: str, actor: Viewer, place: Place, on: date | None, act_id: UUID | None, **changes: Any) -> Receipt:
    by = permit("place.manage", actor, _fresh(place))
    day = _day(on)
    parent = changes.get("parent")
    body = {"place": place.pk, "on": day, **({"parent": parent.pk} if parent else changes)}
    with act(f"organisations.place.{verb}", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        lock_places()
        place = _open(place)
        if parent is not None:
            parent = changes["parent"] = _open(parent)
            if place.lo <= parent.lo <= place.hi:
                raise Refusal(
                    "place.itself", _("A place cannot stand below itself. Choose another place."), field="parent"
                )
            if LEVELS.index(parent.level) >= LEVELS.index(place.level):
                raise Refusal("place.level", _("A place must stand below one of a higher level."), field="parent")
        if "code" in changes and Place.objects.filter(code=changes["code"]).exclude(pk=place.pk).exists():
            raise Refusal("place.code_taken", _("Another place has this code. Check the code."), field="code")
        if all(getattr(place, name) == value for name, value in changes.items()):
            raise Refusal("place.unchanged", _("This is how it stands already; nothing was changed."))
        version = _version(place, day, child_id(this.id, 1), **changes)
        refresh()
        this.entry(subject=("place", place.pk), place=place.pk, data={"version": version.pk, "on": day})
        this.result(place=place.pk)
    return this.receipt


def _version(place: Place, day: date, key: UUID, **changes: Any) -> PlaceVersion:
    """Close the version that is valid and open one from `day` on; the place shows it from now on."""
    old = place.versions.order_by("-valid_from").select_for_update().first()
    if old is not None and old.valid_from > day:
        text = _("The last change of %(name)s was on %(day)s. Give a day after it.")
        raise Refusal("place.order", text % {"name": place.name, "day": day_said(old.valid_from)}, field="on")
    values = {"code": place.code, "name": place.name, "parent": place.parent, **changes}
    if old is not None and old.valid_from == day:  # two changes on one day: one version
        for field, value in values.items():
            setattr(old, field, value)
        old.save()
        version = old
    else:
        if old is not None:
            old.valid_to = day - timedelta(days=1)
            old.save(update_fields=["valid_to"])
        version = PlaceVersion.objects.create(id=key, place=place, valid_from=day, **values)
    place.code, place.name, place.parent = values["code"], values["name"], values["parent"]
    place.pinyin = initials(place.name)
    place.save(update_fields=["code", "name", "parent", "pinyin"])
    return version


def _make(
    key: UUID, level: str, code: str, name: str, parent: Place | None, day: date, lo: int = 0, hi: int = 0
) -> Place:
    if Place.objects.filter(code=code).exists():
        text = _("Another place has the code %(code)s. Check the code.")
        raise Refusal("place.code_taken", text % {"code": code}, field="code")
    place = Place.objects.create(
        id=key, level=level, code=code, name=name, parent=parent, lo=lo, hi=hi,
        pinyin=initials(name), full_name=full_name(name, parent),
    )  # fmt: skip
    PlaceVersion.objects.create(id=child_id(key, 1), place=place, code=code, name=name, parent=parent, valid_from=day)
    return place


def _close(place: Place, day: date) -> None:
    last = place_on(place, day) or place.versions.order_by("-valid_from").first()
    if last is not None and last.valid_from >= day:
        text = _("The last change of %(name)s was on %(day)s. Give a day after it.")
        raise Refusal("place.order", text % {"name": place.name, "day": day_said(last.valid_from)}, field="on")
    place.versions.filter(valid_to__isnull=True).update(valid_to=day - timedelta(days=1))
    place.closed_on = day
    place.save(update_fields=["closed_on"])


def _fresh(place: Place) -> Place:
    """With the numbers of today: an earlier change of the tree may have moved them."""
    return Place.objects.get(pk=place.pk)


def _open(place: Place) -> Place:
    place = Place.objects.select_related("parent").get(pk=place.pk)
    if place.closed_on:
        text = _("%(name)s was merged or divided on %(day)s. Work with the place that followed it.")
        raise WrongStage("place.closed", text % {"name": place.name, "day": day_said(place.closed_on)})
    return place


def _day(on: date | None) -> date:
    in_force = _("Enter the change when it is in force: today or an earlier day.")
    return happened(on or timezone.localdate(), "on", code="place", to_come=in_force)


def _name(name: str) -> str:
    name = clean(name)
    if not name:
        raise Refusal("place.no_name", _("Enter the name."), field="name")
    if len(name) > 64:
        raise Refusal("place.long_name", _("The name may have 64 characters."), field="name")
    return name


def _code(code: str) -> str:
    code = clean(code)
    if not code.isascii() or not code.isdigit() or len(code) not in (2, 4, 6, 9, 12):
        raise Refusal("place.code", _("A code has 2, 4, 6, 9 or 12 digits."), field="code")
    return code
