"""Volunteer teams: formed by a desk, its people join and leave, it is disbanded; its trips are activities."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.assistance.campaign.models import Campaign
from yishi.assistance.deeds.models import Volunteer, VolunteerTeam
from yishi.database.words import Words
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.names import plain_name
from yishi.notices.days import happened
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Place, current
from yishi.organisations.rights import permit
from yishi.people.models import Person

NAME = Words("name", 64, _("Please write a name."), code="volunteers.name")
WRITTEN_NAME = Words("written_name", 64)
CALLING = Words("calling", 64)
WHY = Words("reason", 200, _("Please write why."), code="volunteers.reason")
MOST_AT_ONCE = 50  # people who join by one act


def volunteer_team_form(
    *,
    actor: Viewer,
    organiser: Body,
    kind: str,
    name: str,
    place: Place,
    valid_from: date,
    campaign: Campaign | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Form a team of a desk, for a place. Refused for a second one of the desk with that name. Result: team."""
    by = permit("volunteers.form", actor, at=organiser)
    body = {
        "organiser": organiser.pk,
        "kind": kind,
        "name": name,
        "place": place.pk,
        "from": valid_from,
        "campaign": campaign.pk if campaign else None,
    }
    with act("assistance.volunteers.form", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        said, day = NAME.kept(plain_name(name)), happened(valid_from, "valid_from")
        if kind not in VolunteerTeam.Kind.values:
            raise Refusal("volunteers.kind", _("Please choose one of the values that are offered."), field="kind")
        if VolunteerTeam.objects.filter(current(day), organiser=organiser, name=said).exists():
            raise Refusal("volunteers.twice", _("This desk has a team of that name already."), field="name")
        team = VolunteerTeam.objects.create(
            name=said,
            kind=kind,
            organiser=organiser,
            place=place,
            campaign=campaign,
            valid_from=day,
            formed_by=actor.person,
        )
        this.entry(
            subject=("volunteers", team.pk),
            place=place.pk,
            at=this.on_day(day),
            dims={"campaign": campaign.pk} if campaign else {},
            data={"kind": kind},
        )
        this.result(team=team.pk)
    return this.receipt


def volunteers_join(
    *,
    actor: Viewer,
    team: VolunteerTeam,
    valid_from: date,
    members: Sequence[Person] = (),
    written_name: str = "",
    calling: str = "",
    leads: bool = False,
    act_id: UUID | None = None,
) -> Receipt:
    """Members join, or one person of whom name and calling are written down. Result: joined (how many)."""
    by = permit("volunteers.keep", actor, team)
    body = {
        "team": team.pk,
        "from": valid_from,
        "members": [person.pk for person in members],
        "name": written_name,
        "calling": calling,
        "leads": leads,
    }
    with act("assistance.volunteers.join", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = _locked(team)
        name = WRITTEN_NAME.kept(plain_name(written_name))
        if bool(name) == bool(members):
            raise Refusal("volunteers.who", _("Choose members, or write the name of one person."), field="written_name")
        if len(members) > MOST_AT_ONCE:
            raise Refusal(
                "volunteers.many", _("At most %(most)d people at once.") % {"most": MOST_AT_ONCE}, field="members"
            )
        if valid_from < row.valid_from:
            raise Refusal("volunteers.early", _("The team was formed later than this day."), field="valid_from")
        here = row.volunteers.filter(current(valid_from))
        twice = here.filter(person__in=members) if members else here.filter(written_name=name)
        if already := twice.select_related("person").first():
            raise Refusal(
                "volunteers.there",
                _("%(name)s is in the team already.") % {"name": already.name},
                field="members" if members else "written_name",
            )
        kept = CALLING.kept(calling)
        people: Sequence[Person | None] = members or [None]
        joined = Volunteer.objects.bulk_create(
            Volunteer(
                team=row, person=person, written_name="" if person else name, calling=kept, leads=leads,
                valid_from=valid_from,
            )
            for person in people
        )  # fmt: skip
        this.entry(
            subject=("volunteers", row.pk),
            place=row.place_id,
            at=this.on_day(valid_from),
            data={"volunteers": [volunteer.pk for volunteer in joined]},
        )
        this.result(joined=len(joined))
    return this.receipt


def volunteer_leave(*, actor: Viewer, volunteer: Volunteer, on: date, act_id: UUID | None = None) -> Receipt:
    """End somebody's time in the team with the day `on`; one who was entered by mistake leaves on the first day."""
    by = permit("volunteers.keep", actor, volunteer.team)
    with act(
        "assistance.volunteers.leave", actor=by, act_id=act_id, body={"volunteer": volunteer.pk, "on": on}
    ) as this:
        if this.replayed:
            return this.receipt
        row = Volunteer.objects.select_for_update().get(pk=volunteer.pk)
        if row.valid_to is not None:
            raise WrongStage("volunteers.left", _("They have left the team already."))
        if on < row.valid_from:
            raise Refusal("volunteers.leave", _("It cannot end before it began."), field="on")
        row.valid_to = on
        row.save(update_fields=["valid_to"])
        team = volunteer.team
        this.entry(subject=("volunteers", team.pk), place=team.place_id, at=this.on_day(on), data={"volunteer": row.pk})
    return this.receipt


def volunteer_team_disband(
    *, actor: Viewer, team: VolunteerTeam, on: date, reason: str, act_id: UUID | None = None
) -> Receipt:
    """End a team with the day `on`; its trips and what it did stay."""
    by = permit("volunteers.keep", actor, team)
    body = {"team": team.pk, "on": on, "reason": reason}
    with act("assistance.volunteers.disband", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = _locked(team)
        if on < row.valid_from:
            raise Refusal("volunteers.leave", _("It cannot end before it began."), field="on")
        row.valid_to, row.end_reason = on, WHY.kept(reason)
        row.save(update_fields=["valid_to", "end_reason"])
        row.volunteers.filter(current(on)).update(valid_to=on)
        this.entry(subject=("volunteers", row.pk), place=row.place_id, at=this.on_day(on))
    return this.receipt


def _locked(team: VolunteerTeam) -> VolunteerTeam:
    row = VolunteerTeam.objects.select_for_update().get(pk=team.pk)
    if row.valid_to is not None:
        raise WrongStage("volunteers.ended", _("This team has ended."))
    return row
