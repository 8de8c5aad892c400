"""Activities (活动): one event, many deeds, recorded at once by whoever organised it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.assistance.campaign.models import CatalogueItem
from yishi.assistance.campaign.services.campaigns import named
from yishi.assistance.deeds.models import Activity, Deed, VolunteerTeam
from yishi.database.taken_back import locked_standing
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.journal.moved import GONE, take_back_row
from yishi.kit.errors import Refusal
from yishi.notices.days import happened
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Place
from yishi.organisations.rights import permit

from .deeds import Planned, _ids, deeds_record
from .standing import NOBODY, Part, Reached

MOST_DEEDS = 200  # of one act


@dataclass(frozen=True, slots=True)
class Line:
    """One deed of an activity."""

    item: CatalogueItem
    amount: Decimal
    reached: Reached = NOBODY
    words: str = ""


def activity_open(
    *,
    actor: Viewer,
    title: str,
    place: Place,
    on: date,
    organiser: Body | None = None,
    team: VolunteerTeam | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Write down an event that was held, as a trip of a volunteer `team` if one went there; its deeds are recorded
    afterwards. Refused for a day to come. Result: activity."""
    by = permit("activity.open", actor, at=organiser)
    body = {"title": title, "place": place.pk, "on": on, "organiser": organiser.pk if organiser else None}
    body |= {"team": team.pk} if team else {}
    with act("assistance.activity.open", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        happened(on, "on", code="deed")
        if team is not None and (on < team.valid_from or (team.valid_to is not None and on > team.valid_to)):
            raise Refusal("activity.team", _("On this day there was no such team."), field="team")
        activity = Activity.objects.create(
            title=named(title, 120, "title"),
            place=place,
            on=on,
            organiser=organiser,
            team=team,
            recorded_by=actor.person,
        )
        this.entry(subject=("activity", activity.pk), place=place.pk)
        this.result(activity=activity.pk)
    return this.receipt


def activity_take_back(*, actor: Viewer, activity: Activity, reason: str, act_id: UUID | None = None) -> Receipt:
    """An event that was written down by mistake or twice: it stays with the reason and is listed no more. Refused while
    deeds of it count. Result: activity."""
    by = permit("activity.extend", actor, activity)
    body = {"activity": activity.pk, "reason": reason}
    with act("assistance.activity.take_back", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = take_back_row(this, activity, reason)
        if row.deeds.exclude(state=Deed.State.WITHDRAWN).exists():
            raise Refusal("activity.deeds", _("Deeds of it are recorded. Withdraw them first, each with its reason."))
        this.entry(subject=("activity", row.pk), place=row.place_id)
        this.result(activity=row.pk)
    return this.receipt


def activity_record(
    *,
    actor: Viewer,
    activity: Activity,
    lines: Sequence[Line],
    parties: Sequence[Part],
    act_id: UUID | None = None,
) -> Receipt:
    """Record several deeds of one event: all or none. They happened on its day at its place. Result: activity, deeds,
    alike (how many look like others)."""
    by = permit("activity.extend", actor, activity)
    body = {
        "activity": activity.pk,
        "lines": [[line.item.pk, line.amount, _ids(line.reached), line.words] for line in lines],
        "parties": [[part.who.pk, part.role, part.share] for part in parties],
    }
    with act("assistance.activity.record", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        locked_standing(activity, GONE)
        if not lines:
            raise Refusal("activity.nothing", _("Give an amount for at least one item."))
        if len(lines) > MOST_DEEDS:
            raise Refusal(
                "activity.many",
                _("At most %(most)d deeds at once. Record the rest in a second step.") % {"most": MOST_DEEDS},
            )
        plans = [
            Planned(
                line.item,
                activity.place,
                activity.on,
                line.amount,
                parties,
                line.reached,
                line.words,
                activity,
                activity.organiser,
            )
            for line in lines
        ]
        deeds, alike = deeds_record(this, actor=actor, plans=plans)
        made = [deed.pk for deed in deeds]
        this.entry(subject=("activity", activity.pk), place=activity.place_id, data={"deeds": len(made)})
        this.result(activity=activity.pk, deeds=made, alike=alike)
    return this.receipt
