"""Meetings and agreements steer: each instruction and clause is a promise in force, with a clock and a supervisor."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.assistance.helping import Helping
from tests.assistance.steered import Steered
from tests.cast import sign_in
from tests.kept import kept_over_all_files
from yishi.assistance.campaign.services import steering
from yishi.assistance.campaign.services.campaign_setup import lead_set
from yishi.commitments.models import Commitment
from yishi.database.reach import everything
from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.organisations.models import Body
from yishi.web.assistance.campaign.steering_papers import steering_paper

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@kept_over_all_files
def steered(cast):
    helping = Helping(cast)
    with everything():
        made = Steered(cast, helping.campaign)
        made.campaign = helping.campaign
        return made


def test_it_works(cast, steered):
    one = Commitment.objects.get(origin_kind="steering")
    assert (one.state, one.bearer, one.supervisor) == ("in_force", cast.bodies["department"], cast.bodies["office"])
    assert (one.origin_id, one.place, one.in_force_on) == (steered.meeting.pk, cast.places["牟定县"], TODAY)
    clause = Commitment.objects.get(origin_kind="cooperation")
    assert (clause.state, clause.quantity, clause.unit) == ("in_force", 20, "人")
    said = "".join(str([one.dims, one.data]) for one in Entry.objects.filter(subject_kind="steering_meeting"))
    assert "硬化" not in said
    assert "培训" not in said


def test_the_office_of_the_leading_group_supervises(cast, steered):
    group = Body.objects.create(kind="leading", name="领导小组办公室", place=cast.places["牟定县"])
    lead_set(actor=cast.viewer("clerk"), campaign=steered.campaign, role="office", body=group, since=TODAY)
    assert steered.instruct(act_text="再查一遍").supervisor == group
    own = steered.instruct(act_text="汇总", bearer=group)  # nobody supervises themselves
    assert own.supervisor == cast.bodies["office"]


def test_a_meeting_to_come_lays_nothing_down(cast, steered):
    later = steering.meeting_open(
        actor=cast.viewer("clerk"),
        campaign=steered.campaign,
        kind="mobilisation",
        title="动员会",
        body=cast.bodies["office"],
        on=TODAY + timedelta(days=7),
    )
    steered.meeting = type(steered.meeting).objects.get(pk=later.result["meeting"])
    with pytest.raises(WrongStage):
        steered.instruct()


def test_a_clause_binds_a_party(cast, steered):
    with pytest.raises(Refusal) as refused:
        steered.clause(bearer=cast.bodies["water"])
    assert refused.value.code == "clause.bearer"


@pytest.mark.parametrize("who", ["outsider", "handler", "member", "party_clerk"])
def test_who_may_not(cast, steered, who):
    with pytest.raises(NotAllowed):
        steered.instruct(who)
    with pytest.raises(NotAllowed):
        steered.clause(who)
    with pytest.raises(NotAllowed):
        steering.minutes_write(actor=cast.viewer(who), meeting=steered.meeting, text="x")


def test_a_desk_below_holds_meetings_of_its_own(cast, steered):
    opened = steering.meeting_open(
        actor=cast.viewer("convener"),
        campaign=steered.campaign,
        kind="push",
        title="镇推进会",
        body=cast.bodies["council"],
        on=TODAY,
    )
    assert type(steered.meeting).objects.get(pk=opened.result["meeting"]).place == cast.places["共和镇"]


def test_it_works_through_the_pages(client, cast, steered):
    sign_in(client, cast, "clerk")
    campaign, meeting = steered.campaign.pk, steered.meeting

    def send(address, /, *args, **fields):
        response = client.post(reverse(address, args=args), fields)
        assert response.status_code == 302, (address, response.context["form"].errors)
        return response.url

    office = cast.bodies["office"].pk
    url = send("meeting_new", campaign, kind="mobilisation", title="动员会", body=office, on=TODAY.isoformat())
    assert client.get(url).status_code == 200
    duty = {
        "act_text": "修通水渠",
        "bearer": "牟定县水务局",
        "due_on": steered.soon.isoformat(),
        "proof_expected": "照片",
    }
    send("meeting_instruct", meeting.pk, **duty)
    send("meeting_report", meeting.pk, body="牟定县水务局", text="水渠已勘测")
    send("meeting_minutes", meeting.pk, text="会议认为，进度偏慢。")
    page = client.get(reverse("meeting", args=[meeting.pk])).content.decode()
    for wanted in ("修通水渠", "水渠已勘测", "进度偏慢", "牟定县水务局"):
        assert wanted in page
    listed = client.get(reverse("instructions", args=[campaign]), {"state": "open"}).context["page_obj"]
    assert {one.act for one in listed} == {"修通水渠", "年底前硬化通组路", "每年招收二十名学生"}
    assert client.get(reverse("instructions", args=[campaign]), {"export": "xlsx"}).status_code == 200
    row = client.get(reverse("steering", args=[campaign])).context["meetings"][-1]
    assert (row["n"], row["open"], row["late"]) == (2, 2, 0)
    commitment = Commitment.objects.get(act="修通水渠")
    assert (
        reverse("meeting", args=[meeting.pk])
        in client.get(reverse("commitment", args=[commitment.pk])).content.decode()
    )
    paper = str(steering_paper(type(meeting).objects.get(pk=meeting.pk)).data())
    for wanted in ("会议认为", "修通水渠", "已培训两期", "县政协主席"):
        assert wanted in paper
    signing = {"first": "牟定县人民政府", "second": "牟定县农业农村局", "place": "牟尼村", "supervisor": office}
    url = send("cooperation_new", campaign, title="技术协议", signed_on=TODAY.isoformat(), **signing)
    assert "技术协议" in client.get(url).content.decode()
    sign_in(client, cast, "outsider")
    for address in (reverse("meeting", args=[meeting.pk]), url, reverse("steering", args=[campaign])):
        assert client.get(address).status_code == 404
