"""Set-up that comes after the opening: mending names and days, who leads, a whole catalogue from a file."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yishi.assistance.campaign.catalogues import Catalogue, shipped
from yishi.assistance.campaign.models import (
    Campaign,
    CampaignLead,
    Direction,
    Drive,
    Phase,
    Target,
)
from yishi.database.words import Words
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.ids import child_id, uuid7
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, PlaceSet
from yishi.organisations.rights import permit

from .campaigns import (
    FOCUS_NOTE,
    SOURCE_NOTE,
    WORDS,
    campaign_open,
    check_days,
    days_in_phases,
    direction_add,
    enter,
    item_add,
    locked_campaign,
    named,
    set_seen,
)

SOURCE = Words("source", 300)


def campaign_begin(*, actor: Viewer, template: str = "", act_id: UUID | None = None, **said: Any) -> Receipt:
    """`campaign_open`, and the shipped catalogue `template` loaded in the same breath.

    A code is made up if none is given.
    """
    act_id = act_id or uuid7()
    said["code"] = said.get("code") or f"campaign-{act_id.hex[-8:]}"
    with transaction.atomic():
        receipt = campaign_open(actor=actor, act_id=act_id, **said)
        if template:
            campaign = Campaign.objects.get(pk=receipt.result["campaign"])
            loaded = child_id(act_id, 2000)
            catalogue_load(actor=actor, campaign=campaign, catalogue=shipped()[template], act_id=loaded)
    return receipt


def campaign_change(
    *,
    actor: Viewer,
    campaign: Campaign,
    name: str,
    starts_on: date,
    ends_on: date | None = None,
    source_note: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """Mend the name, the days, the source. Refuses days that leave a phase outside. Result: campaign."""
    by = permit("campaign.run", actor, campaign)
    body = {"campaign": campaign.pk, "name": name, "from": starts_on, "to": ends_on, "source": source_note}
    with act("assistance.campaign.change", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = Campaign.objects.select_for_update().get(pk=campaign.pk)
        check_days(starts_on, ends_on)
        first, last = row.phases.order_by("starts_on").first(), row.phases.order_by("-ends_on").first()
        if first is not None and first.starts_on < starts_on:
            raise Refusal("campaign.phases", _("A phase lies inside its campaign."), field="starts_on")
        if last is not None and ends_on is not None and last.ends_on > ends_on:
            raise Refusal("campaign.phases", _("A phase lies inside its campaign."), field="ends_on")
        row.name, row.starts_on, row.ends_on = named(name, 64), starts_on, ends_on
        row.source_note = SOURCE_NOTE.kept(source_note)
        row.save(update_fields=["name", "starts_on", "ends_on", "source_note"])
        enter(this, row)
    return this.receipt


def phase_change(
    *,
    actor: Viewer,
    phase: Phase,
    name: str,
    starts_on: date,
    ends_on: date,
    focus: PlaceSet | None = None,
    focus_note: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """Mend a phase. Figures of the phase follow at once: they are counted by its days. Result: phase."""
    by = permit("campaign.run", actor, phase.campaign)
    body = {
        "phase": phase.pk,
        "name": name,
        "from": starts_on,
        "to": ends_on,
        "focus": focus.pk if focus else None,
        "note": focus_note,
    }
    with act("assistance.phase.change", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_campaign(phase.campaign)
        check_days(starts_on, ends_on)
        if starts_on < row.starts_on or (row.ends_on and ends_on > row.ends_on):
            raise Refusal("phase.outside", _("A phase lies inside its campaign."), field="starts_on")
        others = row.phases.exclude(pk=phase.pk)
        if others.filter(starts_on__lte=ends_on, ends_on__gte=starts_on).exists():
            raise Refusal("phase.overlap", _("Another phase runs on some of these days."), field="starts_on")
        Phase.objects.filter(pk=phase.pk).update(
            name=named(name, 64),
            starts_on=starts_on,
            ends_on=ends_on,
            focus=focus,
            focus_note=FOCUS_NOTE.kept(focus_note),
        )
        enter(this, row, phase=phase.pk)
    return this.receipt


def direction_change(*, actor: Viewer, direction: Direction, name: str, act_id: UUID | None = None) -> Receipt:
    """Give a direction another name, of at most 32 letters; figures follow at once. Result: direction."""
    by = permit("campaign.run", actor, direction.campaign)
    body = {"direction": direction.pk, "name": name}
    with act("assistance.direction.change", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_campaign(direction.campaign)
        Direction.objects.filter(pk=direction.pk).update(name=named(name, 32))
        enter(this, row, direction=direction.pk)
    return this.receipt


def drive_change(
    *,
    actor: Viewer,
    drive: Drive,
    name: str,
    starts_on: date,
    ends_on: date,
    direction: Direction | None = None,
    place_set: PlaceSet | None = None,
    words: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """Replace what a drive says of itself. Refused outside the campaign's phases, for days in the wrong order, for
    a name that another drive of the campaign has. Result: drive."""
    by = permit("campaign.run", actor, drive.campaign)
    body = {"drive": drive.pk, "name": name, "from": starts_on, "to": ends_on, "words": words}
    body["direction"] = direction.pk if direction else None
    body |= {"set": place_set.pk} if place_set else {}
    with act("assistance.drive.change", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_campaign(drive.campaign)
        check_days(starts_on, ends_on)
        days_in_phases(row, starts_on, ends_on)
        if place_set is not None and place_set.pk != drive.place_set_id:  # one that stands may stay
            set_seen(actor, place_set)
        title = named(name, 64)
        if row.drives.filter(name=title).exclude(pk=drive.pk).exists():
            raise Refusal("drive.taken", _("There is a drive of this name already."), field="name")
        Drive.objects.filter(pk=drive.pk).update(
            name=title,
            starts_on=starts_on,
            ends_on=ends_on,
            direction=direction,
            place_set=place_set,
            words=WORDS.kept(words),
        )
        enter(this, row, drive=drive.pk)
    return this.receipt


def target_drop(*, actor: Viewer, target: Target, act_id: UUID | None = None) -> Receipt:
    """Take back a target that was set by mistake; the journal keeps that there was one. Result: item, target."""
    by = permit("campaign.run", actor, target.item.campaign)
    with act("assistance.target.drop", actor=by, act_id=act_id, body={"target": target.pk}) as this:
        if this.replayed:
            return this.receipt
        row = locked_campaign(target.item.campaign)
        if not Target.objects.filter(pk=target.pk).delete()[0]:
            raise WrongStage("target.gone", _("This target was taken away already."))
        enter(this, row, item=target.item_id, target=target.pk)
    return this.receipt


def lead_set(
    *,
    actor: Viewer,
    campaign: Campaign,
    role: str,
    body: Body,
    since: date,
    act_id: UUID | None = None,
) -> Receipt:
    """Say which body is the leading group, or its office, from a day on; it follows the one before. Result: lead."""
    by = permit("campaign.run", actor, campaign)
    sent = {"campaign": campaign.pk, "role": role, "body": body.pk, "since": since}
    with act("assistance.lead.set", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        row = locked_campaign(campaign)
        if role not in CampaignLead.Role.values:
            raise Refusal("lead.role", _("Please choose one of the values that are offered."), field="role")
        before = row.leads.filter(role=role, valid_to__isnull=True).first()
        if before is not None and before.body_id == body.pk:
            raise Refusal("lead.same", _("This body leads already."), field="body")
        if before is not None:
            if since <= before.valid_from:
                raise Refusal("lead.since", _("Choose a day after the last change."), field="since")
            before.valid_to = since - timedelta(days=1)
            before.save(update_fields=["valid_to"])
        lead = CampaignLead.objects.create(campaign=row, role=role, body=body, valid_from=since)
        enter(this, row, lead=lead.pk)
    return this.receipt


def catalogue_load(*, actor: Viewer, campaign: Campaign, catalogue: Catalogue, act_id: UUID | None = None) -> Receipt:
    """Add all directions and items of a file, each by its own act; those whose code is there already are passed over.

    Result: directions, items (how many were added).
    """
    by = permit("campaign.run", actor, campaign)
    body: dict[str, Any] = {
        "campaign": campaign.pk,
        "name": catalogue.name,
        "directions": catalogue.directions,
        "items": catalogue.items,
    }
    with act("assistance.catalogue.load", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_campaign(campaign)
        there = {direction.code for direction in row.directions.all()}
        new = [(code, name) for code, name in catalogue.directions if code not in there]
        for code, name in new:
            direction_add(actor=actor, campaign=row, code=code, name=name, act_id=this.child())
        directions = {direction.code: direction for direction in row.directions.all()}
        known = set(row.items.values_list("code", flat=True))
        items = [dict(item) for item in catalogue.items if item["code"] not in known]
        for item in items:
            direction = directions[item.pop("direction")]
            item_add(actor=actor, campaign=row, direction=direction, act_id=this.child(), **item)
        if not row.source_note and catalogue.source:
            row.source_note = SOURCE.kept(catalogue.source)
            row.save(update_fields=["source_note"])
        enter(this, row)
        this.result(directions=len(new), items=len(items))
    return this.receipt
