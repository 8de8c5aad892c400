"""Set up a campaign: phases with focus sets, drives, directions, the catalogue in versions, targets."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from yishi.assistance.campaign.models import (
    THOUSANDTHS,
    Campaign,
    CatalogueItem,
    Direction,
    Drive,
    EvidenceKind,
    ItemVersion,
    Phase,
    Target,
)
from yishi.assistance.campaign.reads import version_on
from yishi.database.amounts import whole_checked
from yishi.database.words import Words
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.names import plain_name
from yishi.kit.text import clean
from yishi.notices.days import day_said
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Place, PlaceSet
from yishi.organisations.rights import permit
from yishi.organisations.rules import sees_place_set

HINT = Words("hint", 200)
INDICATOR = Words("indicator", 64)
SOURCE_NOTE = Words("source_note", 300)
FOCUS_NOTE = Words("focus_note", 200)
WORDS = Words("words", 500)

MOST = 10**12  # thousandths: a thousand million of anything


def campaign_open(
    *,
    actor: Viewer,
    owner: Body,
    code: str,
    name: str,
    starts_on: date,
    ends_on: date | None = None,
    source_note: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """Open a campaign of `owner`, for all of its place. Result: campaign."""
    by = permit("campaign.open", actor, at=owner)
    body = {"owner": owner.pk, "code": code, "name": name, "from": starts_on, "to": ends_on, "source": source_note}
    with act("assistance.campaign.open", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        made = slugify(code)
        if not made:
            raise Refusal(
                "campaign.code", _("Enter a short code of Latin letters, for example help-2026."), field="code"
            )
        if Campaign.objects.filter(code=made).exists():
            raise Refusal("campaign.taken", _("A campaign with this code exists already."), field="code")
        check_days(starts_on, ends_on)
        campaign = Campaign.objects.create(
            code=made,
            name=named(name, 64),
            owner=owner,
            place=owner.place,
            starts_on=starts_on,
            ends_on=ends_on,
            source_note=SOURCE_NOTE.kept(source_note),
        )
        enter(this, campaign)
    return this.receipt


def phase_add(
    *,
    actor: Viewer,
    campaign: Campaign,
    name: str,
    starts_on: date,
    ends_on: date,
    focus: PlaceSet | None = None,
    focus_note: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """Add the next phase. Phases lie inside the campaign and do not overlap. Result: phase."""
    by = permit("campaign.run", actor, campaign)
    body = {
        "campaign": campaign.pk,
        "name": name,
        "from": starts_on,
        "to": ends_on,
        "focus": focus.pk if focus else None,
        "note": focus_note,
    }
    with act("assistance.phase.add", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_campaign(campaign)
        check_days(starts_on, ends_on)
        if starts_on < row.starts_on or (row.ends_on and ends_on > row.ends_on):
            raise Refusal("phase.outside", _("A phase lies inside its campaign."), field="starts_on")
        if row.phases.filter(starts_on__lte=ends_on, ends_on__gte=starts_on).exists():
            raise Refusal("phase.overlap", _("Another phase runs on some of these days."), field="starts_on")
        phase = Phase.objects.create(
            campaign=row,
            ordinal=row.phases.count() + 1,
            name=named(name, 64),
            starts_on=starts_on,
            ends_on=ends_on,
            focus=focus,
            focus_note=FOCUS_NOTE.kept(focus_note),
        )
        enter(this, row, phase=phase.pk)
    return this.receipt


def drive_add(
    *,
    actor: Viewer,
    campaign: Campaign,
    name: str,
    starts_on: date,
    ends_on: date,
    direction: Direction | None = None,
    place_set: PlaceSet | None = None,
    words: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """Add a themed drive of some weeks, inside its phases if the campaign has some; `place_set`: the places on its
    list. Result: drive."""
    by = permit("campaign.run", actor, campaign)
    body = {"campaign": campaign.pk, "name": name, "from": starts_on, "to": ends_on}
    body |= {"direction": direction.pk if direction else None, "words": words}
    body |= {"set": place_set.pk} if place_set else {}
    with act("assistance.drive.add", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_campaign(campaign)
        check_days(starts_on, ends_on)
        if direction is not None and direction.campaign_id != row.pk:
            raise Refusal("drive.direction", _("This direction belongs to another campaign."), field="direction")
        days_in_phases(row, starts_on, ends_on)
        set_seen(actor, place_set)
        title = named(name, 64)
        if row.drives.filter(name=title).exists():
            raise Refusal("drive.taken", _("There is a drive of this name already."), field="name")
        drive = Drive.objects.create(
            campaign=row,
            name=title,
            starts_on=starts_on,
            ends_on=ends_on,
            direction=direction,
            place_set=place_set,
            words=WORDS.kept(words),
        )
        enter(this, row, drive=drive.pk)
    return this.receipt


def set_seen(actor: Viewer, place_set: PlaceSet | None) -> None:
    """Refuse a set of places that the actor does not see."""
    if place_set is not None and not sees_place_set.test(actor, place_set):
        raise Refusal("drive.set", _("Please choose one of the values that are offered."), field="place_set")


def days_in_phases(campaign: Campaign, starts_on: date, ends_on: date) -> None:
    """Refuse a drive of which a day lies in no phase of the campaign; it may cross from one phase into the next."""
    phases = list(campaign.phases.order_by("starts_on").values_list("starts_on", "ends_on"))
    day = starts_on
    for begins, ends in phases:
        if begins <= day <= ends:
            day = ends + timedelta(days=1)
    if phases and day <= ends_on:
        raise Refusal(
            "drive.outside",
            _("A drive lies inside the phases of its campaign; %(day)s lies in none.") % {"day": day_said(day)},
            field="starts_on" if day == starts_on else "ends_on",
        )


def direction_add(
    *, actor: Viewer, campaign: Campaign, name: str, code: str = "", act_id: UUID | None = None
) -> Receipt:
    """Add a direction. Without a code it is numbered. Result: direction."""
    by = permit("campaign.run", actor, campaign)
    with act(
        "assistance.direction.add", actor=by, act_id=act_id, body={"campaign": campaign.pk, "name": name, "code": code}
    ) as this:
        if this.replayed:
            return this.receipt
        row = locked_campaign(campaign)
        ordinal = row.directions.count() + 1
        made = slugify(code)[:24] or f"d{ordinal}"
        if row.directions.filter(code=made).exists():
            raise Refusal("direction.taken", _("There is a direction with this code already."), field="code")
        direction = Direction.objects.create(campaign=row, code=made, name=named(name, 32), ordinal=ordinal)
        enter(this, row, direction=direction.pk)
    return this.receipt


def item_add(
    *,
    actor: Viewer,
    campaign: Campaign,
    direction: Direction,
    name: str,
    unit: str,
    code: str = "",
    act_id: UUID | None = None,
    **said: Any,
) -> Receipt:
    """Add an item to the catalogue, with its first version from the campaign's first day on (see `item_change` for the
    further fields). Result: item, version."""
    by = permit("campaign.run", actor, campaign)
    version_fields = {"name": name, "unit": unit, **said}
    body = {"campaign": campaign.pk, "direction": direction.pk, "code": code, **version_fields}
    with act("assistance.item.add", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_campaign(campaign)
        if direction.campaign_id != row.pk:
            raise Refusal("item.direction", _("This direction belongs to another campaign."), field="direction")
        ordinal = row.items.count() + 1
        made = slugify(code)[:40] or f"item-{ordinal}"
        if row.items.filter(code=made).exists():
            raise Refusal("item.taken", _("There is an item with this code already."), field="code")
        item = CatalogueItem.objects.create(campaign=row, direction=direction, code=made, ordinal=ordinal)
        version = _version(item, row.starts_on, version_fields)
        enter(this, row, item=item.pk, version=version.pk)
    return this.receipt


def item_change(
    *, actor: Viewer, item: CatalogueItem, since: date, name: str, unit: str, act_id: UUID | None = None, **said: Any
) -> Receipt:
    """A new version of an item from `since` on; deeds before that day keep theirs. The unit stays: what is counted in
    other units is another item. Further fields: hint, additivity, serves, evidence, asks_photo, asks_position,
    per_member, per_body, indicator, fed_by, is_reconstruction. Result: item, version."""
    by = permit("campaign.run", actor, item.campaign)
    version_fields = {"name": name, "unit": unit, **said}
    with act(
        "assistance.item.change", actor=by, act_id=act_id, body={"item": item.pk, "since": since, **version_fields}
    ) as this:
        if this.replayed:
            return this.receipt
        row = locked_campaign(item.campaign)
        last = item.versions.order_by("-number").first()
        if last is not None and clean(unit) != last.unit:
            raise Refusal("item.unit", _("Another unit is another item: add that one, and retire this."), field="unit")
        if last is not None and since <= last.valid_from:
            raise Refusal("item.since", _("Choose a day after the last change."), field="since")
        version = _version(item, since, version_fields)
        enter(this, row, item=item.pk, version=version.pk)
    return this.receipt


def item_retire(*, actor: Viewer, item: CatalogueItem, act_id: UUID | None = None) -> Receipt:
    """Take no further deeds under an item; the deeds that stand stay. Result: item."""
    by = permit("campaign.run", actor, item.campaign)
    with act("assistance.item.retire", actor=by, act_id=act_id, body={"item": item.pk}) as this:
        if this.replayed:
            return this.receipt
        row = locked_campaign(item.campaign)
        if not CatalogueItem.objects.filter(pk=item.pk, is_retired=False).update(is_retired=True):
            raise WrongStage("item.retired", _("This item is retired already."))
        enter(this, row, item=item.pk)
    return this.receipt


def target_set(
    *,
    actor: Viewer,
    item: CatalogueItem,
    place: Place,
    amount: Decimal,
    due_on: date,
    baseline: Decimal = Decimal(0),
    body: Body | None = None,
    drive: Drive | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Set how much of an item is aimed at, where (or by which body) and by when; a target set anew replaces the one
    before. `amount` and `baseline` are in the item's unit, to three decimal places. Of a `drive`: what is to be done in
    its days and on its list. Result: target."""
    by = permit("campaign.run", actor, item.campaign)
    sent = {
        "item": item.pk,
        "place": place.pk,
        "amount": amount,
        "due": due_on,
        "baseline": baseline,
        "body": body.pk if body else None,
        **({"drive": drive.pk} if drive else {}),
    }
    with act("assistance.target.set", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        row = locked_campaign(item.campaign)
        if drive is not None and drive.campaign_id != row.pk:
            raise Refusal("target.drive", _("This drive belongs to another campaign."), field="drive")
        target, _new = Target.objects.update_or_create(
            item=item,
            place=place,
            body=body,
            drive=drive,
            defaults={
                "amount": thousandths(amount, "amount", unit=version_on(item, due_on).unit),
                "baseline": thousandths(baseline, "baseline", least=0),
                "due_on": due_on,
                "set_by": actor.person,
                "set_at": this.now,
            },
        )
        enter(this, row, item=item.pk, target=target.pk, amount=target.amount, due_on=due_on)
    return this.receipt


def thousandths(amount: Decimal, field: str, least: int = 1, unit: str = "") -> int:
    """Whole thousandths of a unit; refuses what is no number, too fine, not positive, or a part of what is whole."""
    whole_checked(Decimal(amount), unit, field)
    made = Decimal(amount) * THOUSANDTHS
    if not made.is_finite() or made != made.to_integral_value() or not least <= made <= MOST:
        raise Refusal(
            "amount",
            _("Please type a number above zero, with at most three places behind the point."),
            field=field,
        )
    return int(made)


def named(name: str, longest: int, field: str = "name") -> str:
    """A name as it is stored: cleaned, between 1 and `longest` characters. Refuses others, naming `field`."""
    kept = plain_name(name)
    if not kept or len(kept) > longest:
        raise Refusal(
            f"{field}.length",
            _("Please write between 1 and %(longest)d characters.") % {"longest": longest},
            field=field,
        )
    return kept


def check_ground(campaign: Campaign | None, place: Place) -> None:
    """Refuses `campaign.elsewhere` where the campaign does not run in `place`: figures hold their own county's."""
    if campaign is not None and not campaign.place.lo <= place.lo <= campaign.place.hi:
        raise Refusal(
            "campaign.elsewhere",
            _("“%(campaign)s” runs in %(there)s, not in %(here)s. Choose a campaign of this place, or none.")
            % {"campaign": campaign.name, "there": campaign.place.full_name, "here": place.full_name},
            field="campaign",
        )


def _version(item: CatalogueItem, since: date, version_fields: dict[str, Any]) -> ItemVersion:
    """The next version of `item`; every field is checked."""
    said = dict(version_fields)
    evidence: Iterable[str] = said.pop("evidence", ())
    wanted = [kind for kind in EvidenceKind.values if kind in set(evidence)]
    fields: dict[str, Any] = {
        "name": named(said.pop("name"), 64),
        "unit": named(said.pop("unit"), 16, "unit"),
        "hint": HINT.kept(said.pop("hint", "")),
        "indicator": INDICATOR.kept(said.pop("indicator", "")),
    }
    offered = (("additivity", ItemVersion.Additivity), ("serves", ItemVersion.Serves), ("fed_by", ItemVersion.Fed))
    for field, choices in offered:
        value = said.pop(field, "") or getattr(ItemVersion, field).field.default
        if value not in choices.values:
            raise Refusal(f"item.{field}", _("Please choose one of the values that are offered."), field=field)
        fields[field] = value
    if fields["fed_by"] != ItemVersion.Fed.HAND and fields["serves"] != ItemVersion.Serves.ANYBODY:
        raise Refusal(
            "item.fed_by", _("A proposal names no family: an item fed by proposals is for anybody."), field="serves"
        )
    if fields["additivity"] == ItemVersion.Additivity.DISTINCT and fields["serves"] == ItemVersion.Serves.ANYBODY:
        raise Refusal(
            "item.heads",
            _("An item that is counted by heads says whose: households, people or villages."),
            field="serves",
        )
    for field in ("asks_photo", "asks_position", "is_reconstruction"):
        fields[field] = bool(said.pop(field, False))
    for field in ("per_member", "per_body"):
        fields[field] = said.pop(field, None)
    if said:
        raise TypeError(f"unknown fields of an item: {sorted(said)}")
    return ItemVersion.objects.create(
        item=item, number=(item.versions.aggregate(last=Max("number"))["last"] or 0) + 1, valid_from=since,
        evidence=wanted, **fields,
    )  # fmt: skip


def check_days(starts_on: date, ends_on: date | None) -> None:
    """Refuse a last day before the first one; without a last day nothing is refused."""
    if ends_on is not None and ends_on < starts_on:
        raise Refusal("days.order", _("The last day lies before the first one."), field="ends_on")


def locked_campaign(campaign: Campaign) -> Campaign:
    """The campaign, locked; refuses one that is over (a demonstration never is)."""
    row = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if row.ends_on is not None and row.ends_on < timezone.localdate() and not row.is_demo:
        raise WrongStage("campaign.over", _("This campaign is over; what it counted stays as it is."))
    return row


def enter(this: Act, campaign: Campaign, **ids: Any) -> None:
    """The journal's entry of an act on a campaign, with the ids of what it concerns; they are its result too."""
    this.entry(subject=("campaign", campaign.pk), place=campaign.place_id, data=ids)
    this.result(campaign=campaign.pk, **{name: value for name, value in ids.items() if name != "amount"})
