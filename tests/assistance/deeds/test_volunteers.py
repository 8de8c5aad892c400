"""Volunteer teams: formed by a desk, with a roster and trips; the people whom they saw."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from tests.assistance.helping import Helping
from tests.cast import sign_in
from tests.kept import kept
from yishi.assistance.deeds.models import Activity, Volunteer, VolunteerTeam
from yishi.assistance.deeds.services.activities import Line, activity_open, activity_record
from yishi.assistance.deeds.services.standing import Part, Reached
from yishi.assistance.deeds.services.volunteers import (
    MOST_AT_ONCE,
    volunteer_leave,
    volunteer_team_disband,
    volunteer_team_form,
    volunteers_join,
)
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.kit.ids import uuid7

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]
TODAY = timezone.localdate()
SINCE = TODAY - timedelta(days=100)


@kept
def helping(cast):
    return Helping(cast)


def formed(cast, **more):
    said = {
        "organiser": cast.bodies["office"],
        "kind": "medical",
        "name": "县政协义诊医疗队",
        "place": cast.places["牟定县"],
    }
    receipt = volunteer_team_form(actor=cast.viewer("clerk"), valid_from=SINCE, **{**said, **more})
    return VolunteerTeam.objects.get(pk=receipt.result["team"])


def trip(cast, helping, team, days_ago=10, **reached):
    """A clinic of the team with one deed."""
    clerk, place = cast.viewer("clerk"), cast.places["牟尼村"]
    on = TODAY - timedelta(days=days_ago)
    receipt = activity_open(
        actor=clerk, title="村小学义诊", place=place, on=on, organiser=cast.bodies["office"], team=team
    )
    activity = Activity.objects.get(pk=receipt.result["activity"])
    line = Line(helping.items["training"], Decimal(1), Reached(**reached))
    activity_record(actor=clerk, activity=activity, lines=[line], parties=[Part(cast.bodies["office"])])
    return activity


def test_it_works(client, cast, helping):
    team, home = formed(cast), helping.households[0]
    by = cast.viewer("clerk")
    volunteers_join(actor=by, team=team, valid_from=SINCE, members=[cast.people["member"]], leads=True)
    volunteers_join(actor=by, team=team, valid_from=SINCE, written_name="演示·医生甲", calling="县医院内科")
    trip(cast, helping, team, 20, people=[home.head], unnamed=40)
    trip(cast, helping, team, 10, people=[home.head], unnamed=25)
    sign_in(client, cast, "clerk")
    page = client.get(reverse("volunteer_team", args=[team.pk]))
    shown = page.context["team"]
    assert (shown.trip_count, shown.named, shown.unnamed) == (2, 1, 65)  # by heads; the two are never added
    assert [row.title for row in page.context["trips"]] == ["村小学义诊", "村小学义诊"]
    assert [row.unnamed for row in page.context["trips"]] == [25, 40]
    assert [volunteer.name for volunteer in page.context["here"]][1] == "演示·医生甲"
    (listed,) = client.get(reverse("volunteer_teams")).context["page_obj"].object_list
    assert (listed.people, listed.trip_count, listed.unnamed) == (2, 2, 65)
    sheet = client.get(reverse("volunteer_teams"), {"export": "xlsx"})
    assert sheet.headers["Content-Type"].startswith("application/vnd.openxml")


def test_it_goes_through_the_pages(client, cast, helping):
    sign_in(client, cast, "clerk")
    answer = client.post(
        reverse("volunteer_team_new"),
        {
            "name": "农技服务队",
            "kind": "farming",
            "organiser": cast.bodies["office"].pk,
            "place": cast.places["牟定县"].full_name,
            "valid_from": SINCE.isoformat(),
            "act_id": uuid7(),
        },
    )
    assert answer.status_code == 302, answer.context["form"].errors
    team = VolunteerTeam.objects.get()
    add = reverse("volunteers_add", args=[team.pk])
    searched = client.post(add, {"find": "members", "members_q": cast.people["member"].name})
    assert searched.status_code == 200
    assert cast.people["member"].name in searched.content.decode()
    both = {"members": cast.people["member"].pk, "written_name": "演示·乙", "valid_from": SINCE, "act_id": uuid7()}
    assert client.post(add, both).status_code == 422
    joined = {"members": cast.people["member"].pk, "valid_from": SINCE.isoformat(), "act_id": uuid7()}
    assert client.post(add, joined).status_code == 302
    volunteer = Volunteer.objects.get()
    new_trip = client.get(reverse("activity_new"), {"team": team.pk})
    assert new_trip.context["form"].initial["team"] == team
    leave = reverse("volunteer_leave", args=[team.pk, volunteer.pk])
    assert client.post(leave, {"on": TODAY.isoformat(), "act_id": uuid7()}).status_code == 302
    end = reverse("volunteer_team_end", args=[team.pk])
    assert client.post(end, {"on": TODAY.isoformat(), "reason": "任务完成", "act_id": uuid7()}).status_code == 302
    assert client.get(reverse("volunteer_team", args=[team.pk])).context["may_keep"] is False


@pytest.mark.parametrize("who", ["outsider", "member", "handler"])
def test_another_desk_does_not_keep_it(cast, helping, who):
    team = formed(cast)
    with pytest.raises(NotAllowed):
        volunteers_join(actor=cast.viewer(who), team=team, valid_from=TODAY, written_name="演示·甲")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"kind": "navy"}, "volunteers.kind"),
        ({"name": " "}, "volunteers.name"),
        ({"valid_from": TODAY + timedelta(days=1)}, "valid_from.future"),
    ],
)
def test_a_team_that_cannot_be_is_refused(cast, helping, more, code):
    with pytest.raises(Refusal) as error:
        formed(cast, **more) if "valid_from" not in more else volunteer_team_form(
            actor=cast.viewer("clerk"),
            organiser=cast.bodies["office"],
            kind="medical",
            name="队",
            place=cast.places["牟定县"],
            **more,
        )
    assert error.value.code == code


def test_twice_the_same_and_nobody_are_refused(cast, helping):
    team, by = formed(cast), cast.viewer("clerk")
    with pytest.raises(Refusal) as error:
        formed(cast)
    assert error.value.code == "volunteers.twice"
    volunteers_join(actor=by, team=team, valid_from=SINCE, written_name="演示·甲")
    refusals = {
        "volunteers.who": {},
        "volunteers.there": {"written_name": "演示·甲"},
        "volunteers.early": {"written_name": "演示·乙", "valid_from": SINCE - timedelta(days=1)},
        "volunteers.many": {"members": [cast.people["member"]] * (MOST_AT_ONCE + 1)},
    }
    for code, more in refusals.items():
        with pytest.raises(Refusal) as error:
            volunteers_join(actor=by, team=team, **{"valid_from": SINCE, **more})
        assert error.value.code == code
    with pytest.raises(IntegrityError), transaction.atomic():
        Volunteer.objects.update(person=cast.people["member"])


def test_who_left_leaves_once_and_an_ended_team_takes_nobody(cast, helping):
    team, by = formed(cast), cast.viewer("clerk")
    volunteers_join(actor=by, team=team, valid_from=SINCE, written_name="演示·甲")
    volunteer = Volunteer.objects.get()
    with pytest.raises(Refusal):
        volunteer_leave(actor=by, volunteer=volunteer, on=SINCE - timedelta(days=1))
    volunteer_leave(actor=by, volunteer=volunteer, on=SINCE)
    with pytest.raises(WrongStage):
        volunteer_leave(actor=by, volunteer=volunteer, on=TODAY)
    volunteer_team_disband(actor=by, team=team, on=TODAY - timedelta(days=5), reason="任务完成")
    for service, more in (
        (volunteers_join, {"valid_from": TODAY, "written_name": "演示·乙"}),
        (volunteer_team_disband, {"on": TODAY, "reason": "再来一次"}),
    ):
        with pytest.raises(WrongStage):
            service(actor=by, team=team, **more)
    with pytest.raises(Refusal) as error:
        trip(cast, helping, VolunteerTeam.objects.get(), 1)
    assert error.value.code == "activity.team"


def test_a_trip_taken_back_and_deeds_withdrawn_are_not_counted(client, cast, helping):
    team = formed(cast)
    activity = trip(cast, helping, team, unnamed=40)
    activity.deeds.update(state="withdrawn")
    sign_in(client, cast, "clerk")
    shown = client.get(reverse("volunteer_team", args=[team.pk])).context["team"]
    assert (shown.trip_count, shown.unnamed) == (1, 0)
    Activity.every.update(taken_back_at=timezone.now(), taken_back_reason="记错了")
    shown = client.get(reverse("volunteer_team", args=[team.pk])).context["team"]
    assert (shown.trip_count, shown.named, shown.unnamed) == (0, 0, 0)
