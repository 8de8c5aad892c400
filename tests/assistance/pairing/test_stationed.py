"""A stationed team without a desk: what happens in its village is its own to see and to record, until its posting ends.

Sisters of the deed: a claim, a correction, the change of a household, the figures, the promises, the findings that say
what to ask a family. The neighbour of every right: the next village, and who left the team.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.assistance.families import family
from tests.assistance.helping import Helping
from tests.assistance.keeping import Keeping
from tests.assistance.pairs import Paired
from tests.cast import sign_in
from tests.kept import kept
from yishi.assistance.checks.services.checks import findings_refresh
from yishi.assistance.deeds.models import Deed
from yishi.assistance.deeds.services.deeds import deed_claim, deed_correct
from yishi.assistance.pairing.models import TeamMember
from yishi.assistance.pairing.services.teams import team_end
from yishi.assistance.register.models import ChangeRequest, Household, HouseholdMember
from yishi.assistance.register.services.requests import change_approve, change_ask, change_withdraw
from yishi.commitments.models import Commitment
from yishi.database.reach import everything, reaching
from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.organisations.grants import viewer_of
from yishi.organisations.rights import may

pytestmark = pytest.mark.django_db
LISTS = ("deeds", "figures", "commitments", "change_requests", "checks")


@kept
def paired(cast):
    with everything():
        paired = Paired(cast, Helping(cast))
        paired.posting = paired.team()
    return paired


def end(cast, team, **given):
    given = {"on": timezone.localdate() - timedelta(days=1), "reason": "任期已满", **given}
    return team_end(actor=cast.viewer(given.pop("who", "clerk")), team=team, **given)


def test_it_works(cast, paired):
    with everything():
        receipt = end(cast, paired.posting)
        paired.posting.refresh_from_db()
        post = TeamMember.objects.get(team=paired.posting)
    assert receipt.result["left"] == 1
    assert paired.posting.end_reason == "任期已满" and post.valid_to == paired.posting.valid_to
    entry = Entry.objects.get(code="assistance.team.end")
    assert entry.quantities == {"ended": 1, "left": 1} and entry.data["reason"] == "任期已满"


def test_waiting_4_deeds_are_recorded_where_one_is_stationed_and_nowhere_else(cast, paired):
    with everything():
        deed = paired.helping.record("cadre")
        assert (deed.recorded_by, deed.recorded_for) == (cast.people["cadre"], None)
        entry = Entry.objects.filter(code="assistance.deed.count").latest("received_at")
        assert entry.right_kind == "station"
        with pytest.raises(NotAllowed):
            paired.helping.record("cadre", place=cast.places["邻近村"])
        with pytest.raises(NotAllowed):  # the desk of another body is no desk of theirs
            paired.helping.record("cadre", recorded_for=cast.bodies["office"])
        deed_correct(actor=cast.viewer("cadre"), deed=deed, amount=Decimal(2), reason="数错了")
        theirs = paired.helping.record("member", item="road")
        deed_claim(actor=cast.viewer("cadre"), deed=theirs, who=cast.people["cadre"], role="co")
        elsewhere = paired.helping.record("member", place=cast.places["邻近村"])
        with pytest.raises(NotAllowed):
            deed_claim(actor=cast.viewer("cadre"), deed=elsewhere, who=cast.people["cadre"], role="co")


def test_waiting_4_the_pages_of_the_village_open_and_a_deed_goes_through_them(client, cast, paired):
    sign_in(client, cast, "cadre")
    for name in LISTS:
        response = client.get(reverse(name), follow=True)
        assert response.status_code == 200, name
    item = paired.helping.items["channel"]
    page = client.get(reverse("deed_new")).content.decode()
    assert reverse("deed_new_item", args=[item.pk]) in page
    page = client.get(reverse("deed_new_item", args=[item.pk]))
    assert page.context["form"].initial["place"] == cast.places["牟尼村"]
    assert [value for value, _label in page.context["form"].fields["doer"].choices] == ["me", "others"]
    with everything():
        act_id = page.context["form"]["act_id"].value()
    sent = {"act_id": act_id, "doer": "others", "bodies": str(cast.bodies["department"].pk), "role": "lead",
            "amount": "1", "households": str(paired.family.pk), "place": "牟尼村",
            "place_id": str(cast.places["牟尼村"].pk), "on": timezone.localdate().isoformat()}  # fmt: skip
    response = client.post(reverse("deed_new_item", args=[item.pk]), sent)
    assert response.status_code == 302, response.context["form"].errors
    with everything():
        deed = Deed.within.get(recorded_by=cast.people["cadre"])
        assert [party.body for party in deed.parties.all()] == [cast.bodies["department"]]


def test_waiting_4_a_change_is_asked_for_there_and_the_desk_above_decides(cast, paired):
    with everything():
        keeping = Keeping(cast)
        asked = {"values": {"phone": "13800002222"}}
        cadre = cast.viewer("cadre")
        receipt = change_ask(actor=cadre, kind="change", asked=asked, household=keeping.household, reason="入户问到的")
        request = ChangeRequest.within.get(pk=receipt.result["request"])
        assert not receipt.result["done"]
        assert (request.state, request.asked_for, request.asked_by) == ("open", None, cast.people["cadre"])
        with pytest.raises(NotAllowed):
            change_approve(actor=cadre, change=request)
        with pytest.raises(NotAllowed):
            change_ask(actor=cadre, kind="change", asked=asked, household=keeping.next_door, reason="x")
        change_approve(actor=cast.viewer("convener"), change=request)
        assert Household.within.get(pk=keeping.household.pk).phone == "13800002222"
        asked = {"values": {"phone": "13800003333"}}
        receipt = change_ask(actor=cadre, kind="change", asked=asked, household=keeping.household, reason="再问")
        change_withdraw(actor=cadre, change=ChangeRequest.within.get(pk=receipt.result["request"]))


def test_waiting_4_a_check_that_asks_for_a_phone_leads_to_where_it_is_written_down(client, cast, paired):
    with everything():
        household = family(cast.places["牟尼村"], 1, phone="")
        findings_refresh([household.pk])
        member = HouseholdMember.within.filter(household=household).first()
    sign_in(client, cast, "cadre")
    page = client.get(reverse("household", args=[household.pk])).content.decode()
    form = reverse("household_change", args=[household.pk])
    assert f'<a href="{form}">记下来' in page.split("没有联系电话")[1].split("</li>")[0]
    assert client.get(form).status_code == 200
    assert client.get(reverse("household_new")).status_code == 200
    assert client.get(reverse("identity_open", args=[member.pk])).status_code == 404
    assert client.get(reverse("household_year", args=[household.pk, 2025])).status_code == 404


def test_waiting_4_the_promises_of_the_village_are_seen_by_its_team_and_its_desk(cast, paired, promise):
    with everything():
        promise = promise()
        viewers = {name: viewer_of(cast.people[name]) for name in ("village_head", "cadre", "next")}
    seen = {}
    for name, viewer in viewers.items():
        with reaching(viewer.reach):
            seen[name] = Commitment.objects.filter(pk=promise.pk).exists()
    assert seen == {"village_head": True, "cadre": True, "next": False}


def test_waiting_4_with_the_posting_every_right_ends(client, cast, paired):
    sign_in(client, cast, "cadre")
    with everything():
        deed = paired.helping.record("cadre")
        end(cast, paired.posting)
        for act in (
            lambda: paired.helping.record("cadre"),
            lambda: deed_correct(actor=cast.viewer("cadre"), deed=deed, amount=Decimal(3), reason="x"),
            lambda: deed_claim(actor=cast.viewer("cadre"), deed=deed, who=cast.people["cadre"], role="co"),
        ):
            with pytest.raises(NotAllowed):
                act()
    for name in (*LISTS, "deed_new"):
        assert client.get(reverse(name)).status_code == 403, name


def test_the_end_needs_a_reason_and_a_day_and_comes_once(cast, paired):
    with everything():
        for given, code in (
            ({"reason": " "}, "reason.empty"),
            ({"on": paired.posting.valid_from - timedelta(days=1)}, "team.leave"),
        ):
            with pytest.raises(Refusal) as caught:
                end(cast, paired.posting, **given)
            assert caught.value.code == code
        for who in ("cadre", "next", "outsider"):
            with pytest.raises(NotAllowed):
                end(cast, paired.posting, who=who)
        end(cast, paired.posting)
        with pytest.raises(WrongStage):
            end(cast, paired.posting)


def test_a_team_does_not_end_before_somebody_who_is_still_to_come(cast, paired):
    with everything():
        TeamMember.objects.create(
            team=paired.posting, person=cast.people["member"], role="member",
            valid_from=timezone.localdate() + timedelta(days=3),
        )  # fmt: skip
        with pytest.raises(Refusal) as caught:
            end(cast, paired.posting)
    assert caught.value.code == "team.joins"


def test_the_page_of_the_team_ends_it(client, cast, paired):
    sign_in(client, cast, "clerk")
    page = client.get(reverse("team", args=[paired.posting.pk])).content.decode()
    assert reverse("team_end", args=[paired.posting.pk]) in page
    form = client.get(reverse("team_end", args=[paired.posting.pk])).context["form"]
    sent = {"act_id": form["act_id"].value(), "on": timezone.localdate().isoformat(), "reason": "轮换"}
    assert client.post(reverse("team_end", args=[paired.posting.pk]), sent).status_code == 302
    page = client.get(reverse("team", args=[paired.posting.pk])).content.decode()
    assert "轮换" in page and reverse("team_end", args=[paired.posting.pk]) not in page


def test_what_is_asked_at_a_desk_says_nothing_of_the_whole_person(cast, paired):
    with everything():
        cadre = cast.viewer("cadre")
        assert may("pairing.own", cadre, at=cast.bodies["office"]) is None  # no post there, and paired with nobody
        assert may("pairing.own", cadre)


def test_whether_somebody_helps_is_asked_for_once_and_with_their_stations(cast, paired):
    office = cast.bodies["office"]
    with everything():
        paired.pair("member")
        for who, helps in (("cadre", True), ("member", True), ("villager", False)):
            viewer = cast.viewer(who)
            with CaptureQueriesContext(connection) as asked:
                assert viewer.key and bool(viewer.stationed()) == (who == "cadre")
                for copy in (viewer, viewer.changing, viewer.without_posts):
                    assert bool(may("household.list", copy)) == helps
                may("household.list", viewer, at=office)
            assert len(asked) == 1, asked.captured_queries
