"""Stationed teams (驻村工作队): opened for a village or township; people join and leave with a role and a day; a team
ends with a reason, and with it the rights of all its people there."""

from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.pairing.models import StationedTeam, TeamMember
from yishi.database.words import Words
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.notices.days import day_said
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Place, PlaceLevel, current
from yishi.organisations.rights import permit
from yishi.people.models import Person
from yishi.people.services import Newcomer, person_in

TEAM_NAME = Words("name", 64, _("Please write a name."), code="team.name")
WHY_ENDED = Words("reason", 200, _("Please write why."))

Role = TeamMember.Role
ONE_OF_A_KIND = (Role.FIRST_SECRETARY, Role.TEAM_LEADER)
LEVELS = (PlaceLevel.TOWNSHIP, PlaceLevel.VILLAGE)


def team_open(*, actor: Viewer, place: Place, name: str, valid_from: date, act_id: UUID | None = None) -> Receipt:
    """Open a team for a village or township. Result: team."""
    by = permit("team.open", actor, place)
    body = {"place": place.pk, "name": name, "valid_from": valid_from}
    with act("assistance.team.open", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        if place.level not in LEVELS:
            raise Refusal("team.place", _("A team is stationed in a village or a township."), field="place")
        said = TEAM_NAME.kept(name)
        if StationedTeam.within.filter(current(valid_from), place=place, name=said).exists():
            raise Refusal("team.twice", _("A team of this name is stationed there already."), field="name")
        team = StationedTeam.within.create(place=place, name=said, valid_from=valid_from, made_by=actor.person)
        this.entry(subject=("team", team.pk), place=place.pk, at=this.on_day(valid_from), quantities={"teams": 1})
        this.result(team=team.pk)
    return this.receipt


def team_join(
    *,
    actor: Viewer,
    team: StationedTeam,
    role: str,
    valid_from: date,
    person: Person | None = None,
    name: str = "",
    phone: str = "",
    sent_by: Body | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Somebody joins: known to the platform, or registered now by name and phone. Result: post, person."""
    by = permit("team.keep", actor, team)
    body = {
        "team": team.pk,
        "role": role,
        "valid_from": valid_from,
        "person": person.pk if person else None,
        "name": name,
        "phone": phone,
        "sent_by": sent_by.pk if sent_by else None,
    }
    with act("assistance.team.join", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        if role not in Role.values:
            raise Refusal("team.role", _("Please choose one of the values that are offered."), field="role")
        team = StationedTeam.within.select_for_update().get(pk=team.pk)
        if team.valid_to is not None and valid_from > team.valid_to:
            raise WrongStage("team.closed", _("This team has ended."))
        if valid_from < team.valid_from:
            raise Refusal("team.early", _("The team is there from %(day)s on.") % {"day": day_said(team.valid_from)})
        if person is None:
            person = person_in(this, Newcomer(name, phone))
        here = team.members.filter(current(valid_from))
        if here.filter(person=person).exists():
            raise Refusal("team.there", _("This one is in the team already."), field="name")
        if role in ONE_OF_A_KIND and here.filter(role=role).exists():
            raise Refusal(
                "team.taken",
                _("The team has one already: end that post first, or choose another role."),
                field="role",
            )
        post = TeamMember.objects.create(team=team, person=person, role=role, valid_from=valid_from, sent_by=sent_by)
        this.entry(
            subject=("team", team.pk),
            place=team.place_id,
            at=this.on_day(valid_from),
            dims={"role": role, "body": sent_by.pk if sent_by else None},
            quantities={"stationed": 1},
            data={"person": person.pk, "post": post.pk},
        )
        this.result(post=post.pk, person=person.pk)
    return this.receipt


def team_leave(*, actor: Viewer, post: TeamMember, on: date, act_id: UUID | None = None) -> Receipt:
    """End somebody's time in the team with the day `on`; from the next day on they see no family there."""
    by = permit("team.keep", actor, post.team)
    with act("assistance.team.leave", actor=by, act_id=act_id, body={"post": post.pk, "on": on}) as this:
        if this.replayed:
            return this.receipt
        row = TeamMember.objects.select_for_update().get(pk=post.pk)
        if row.valid_to is not None and row.valid_to < timezone.localdate():
            raise WrongStage("team.left", _("They have left the team already."))
        if on < row.valid_from:
            raise Refusal("team.leave", _("It cannot end before it began."), field="on")
        row.valid_to = on
        row.save(update_fields=["valid_to"])
        this.entry(
            subject=("team", row.team_id),
            place=post.team.place_id,
            at=this.on_day(on),
            quantities={"left": 1},
            data={"person": row.person_id, "post": row.pk},
        )
    return this.receipt


def team_end(*, actor: Viewer, team: StationedTeam, on: date, reason: str, act_id: UUID | None = None) -> Receipt:
    """End a team's posting with the day `on`: everybody's time in it ends then, and with it what they see and do there.
    Result: left, the number of people."""
    by = permit("team.end", actor, team)
    body = {"team": team.pk, "on": on, "reason": reason}
    with act("assistance.team.end", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = StationedTeam.within.select_for_update().get(pk=team.pk)
        if row.valid_to is not None:
            raise WrongStage("team.closed", _("This team has ended."))
        if on < row.valid_from:
            raise Refusal("team.leave", _("It cannot end before it began."), field="on")
        row.end_reason = WHY_ENDED.kept(reason)
        posts = row.members.filter(current(on))
        late = posts.filter(valid_from__gt=on).select_related("person").first()
        if late is not None:
            raise Refusal(
                "team.joins",
                _("%(name)s joins on %(day)s: the team cannot end before.")
                % {"name": late.person.name, "day": late.valid_from.isoformat()},
                field="on",
            )
        people = list(posts.values_list("person", flat=True))
        row.valid_to = on
        row.save(update_fields=["valid_to", "end_reason"])
        posts.update(valid_to=on)
        this.entry(
            subject=("team", row.pk),
            place=row.place_id,
            at=this.on_day(on),
            quantities={"ended": 1, "left": len(people)},
            data={"people": people, "reason": row.end_reason},
        )
        this.result(team=row.pk, left=len(people))
    return this.receipt
