"""A worry becomes a finding of a supervision by one act: carried over, owed, linked both ways, and its author hears."""

import pytest
from django.urls import reverse
from django.utils import translation

from tests.assistance.supervised import finding_of
from tests.cast import sign_in
from tests.crossings.crossed import Crossed, read, told
from tests.kept import kept_over_all_files
from yishi.assistance.register.models import Household
from yishi.assistance.supervision.models import Finding
from yishi.assistance.supervision.services.findings import finding_merge, finding_rule
from yishi.commitments.models import Commitment
from yishi.commitments.services import commitment_reopen, commitment_take_back
from yishi.crossings.models import Crossing
from yishi.database.reach import reaching
from yishi.deliberation.models import Worry
from yishi.deliberation.services.screening import worry_answer, worry_take_back
from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.kit.ids import uuid7
from yishi.organisations.models import Post
from yishi.people.models import Person

pytestmark = pytest.mark.django_db


@kept_over_all_files
def crossed(cast):
    return Crossed(cast).begun()


@pytest.fixture
def bearer(cast):
    cast.people["bearer"] = Person.objects.create(name="乡政府甲")
    Post.objects.create(person=cast.people["bearer"], body=cast.bodies["township"], role="clerk")
    return cast.people["bearer"]


def made(receipt):
    return finding_of(receipt.result["finding"])


def test_it_works(cast, crossed, bearer):
    worry = crossed.raised()
    finding = made(crossed.supervise(worry))
    worry.refresh_from_db()
    assert worry.state == Worry.State.CARRIED and worry.answered_on is not None
    assert (finding.place, finding.household, finding.visit) == (worry.place, None, None)
    assert finding.words == "水管断了两个月" and finding.commitment.state == Commitment.State.IN_FORCE
    assert finding.commitment.bearer == cast.bodies["township"]
    (crossing,) = Crossing.objects.all()
    assert (crossing.from_kind, crossing.from_id) == ("worry", worry.pk)
    assert (crossing.to_kind, crossing.to_id, crossing.by) == ("finding", finding.pk, cast.people["clerk"])
    entries = Entry.objects.filter(code="crossings.worry.supervise")
    assert {entry.subject_kind for entry in entries} == {"worry", "finding"}
    with translation.override("zh-hans"):
        assert told(worry) == ["worry.supervised"]
        assert read(worry)[1:] == ["列入督战问题清单", "由共和镇人民政府办理"]
        crossed.supervision.prove(finding)
        assert "已报办结，附凭据" in read(worry)
        crossed.supervision.strike(finding)
        assert read(worry)[-1] == "经第二人核实销号"
    worry.refresh_from_db()
    assert worry.state == Worry.State.SETTLED and told(worry) == ["worry.supervised", "worry.settled"]


def test_only_who_screens_it_and_visits_for_the_round_may(cast, crossed):
    worry = crossed.raised()
    crossed.supervision.join("neighbour")  # in the team, not at the desk of the worry
    for who in ("convener", "neighbour", "outsider", "member", "auditor", "handler"):
        with pytest.raises(NotAllowed):
            crossed.supervise(worry, who)
    crossed.supervision.join("convener")
    finding = made(crossed.supervise(worry, "convener"))
    assert finding.found_by == cast.people["convener"]


def test_a_lost_answer_is_given_again_and_a_second_act_is_refused(crossed):
    worry, act_id = crossed.raised(), uuid7()
    first = crossed.supervise(worry, act_id=act_id)
    again = crossed.supervise(worry, act_id=act_id)
    assert first.result == again.result and Finding.within.count() == 1 and len(told(worry)) == 1
    with pytest.raises(WrongStage):
        crossed.supervise(worry)
    assert Finding.within.count() == Crossing.objects.count() == 1


def test_a_place_that_is_not_its_own_or_not_listed_is_refused(cast, crossed):
    worry, foreign = crossed.raised(), cast.places["邻近村"]
    with pytest.raises(Refusal) as refused:
        crossed.supervise(worry, place=foreign)
    assert refused.value.field == "place"
    with pytest.raises(Refusal):  # a family of another village
        crossed.supervise(worry, household=_home(crossed, "邻近村"))
    unlisted = crossed.raised("邻近村")
    with pytest.raises(NotAllowed):
        crossed.supervise(unlisted)
    worry.refresh_from_db()
    assert worry.state == Worry.State.FILED and not told(worry) and not Finding.within.exists()


def test_a_worry_of_a_township_stands_for_a_village_of_the_list(cast, crossed):
    worry = crossed.raised("共和镇")
    with pytest.raises(Refusal):
        crossed.supervise(worry)  # no village was said
    finding = made(crossed.supervise(worry, place=cast.places["牟尼村"], household=_home(crossed, "牟尼村")))
    assert finding.place == cast.places["牟尼村"] and finding.household is not None


def test_a_sensitive_one_goes_the_way_of_the_law(crossed):
    with pytest.raises(Refusal):
        crossed.supervise(crossed.raised(theme="law_case", text="判了的事还想说"))


def test_ruled_to_be_no_gap_it_is_owed_an_answer_again(cast, crossed):
    worry = crossed.raised()
    finding = made(crossed.supervise(worry))
    clerk = cast.viewer("clerk")
    finding_rule(actor=clerk, finding=finding, ruling="unfounded", reason="已通水")
    worry.refresh_from_db()
    assert (worry.state, worry.desk) == (Worry.State.FILED, worry.convener)
    assert told(worry) == ["worry.supervised", "worry.returned"]
    commitment_take_back(actor=clerk, commitment=_promise(finding), reason="裁错了")
    worry.refresh_from_db()
    assert worry.state == Worry.State.CARRIED and told(worry)[-1] == "worry.resumed"


def test_ruled_and_answered_it_stays_answered_when_the_ruling_is_taken_back(cast, crossed):
    worry = crossed.raised()
    finding = made(crossed.supervise(worry))
    clerk = cast.viewer("clerk")
    finding_rule(actor=clerk, finding=finding, ruling="unfounded", reason="已通水")
    worry.refresh_from_db()
    worry_answer(actor=clerk, worry=worry, text="水已通，请再看看")
    commitment_take_back(actor=clerk, commitment=_promise(finding), reason="裁错了")
    worry.refresh_from_db()
    assert worry.state == Worry.State.ANSWERED


def test_merged_its_author_hears_of_the_other_one(cast, crossed, bearer):
    other = made(crossed.supervise(crossed.raised(text="村东断水")))
    worry = crossed.raised()
    finding = made(crossed.supervise(worry, household=_home(crossed, "牟尼村")))
    finding_merge(actor=cast.viewer("clerk"), finding=finding, into=other, reason="同一水源")
    worry.refresh_from_db()
    assert worry.state == Worry.State.CARRIED
    crossed.supervision.prove(other)
    crossed.supervision.strike(other)
    worry.refresh_from_db()
    assert worry.state == Worry.State.SETTLED and told(worry)[-1] == "worry.settled"


def test_a_merge_taken_back_the_worry_is_at_its_own_finding_again(cast, crossed, bearer):
    """Also after the other one was struck off, and its end says nothing of this worry any longer."""
    clerk = cast.viewer("clerk")
    other = made(crossed.supervise(crossed.raised(text="村东断水")))
    worry = crossed.raised()
    finding = made(crossed.supervise(worry, household=_home(crossed, "牟尼村")))
    finding_merge(actor=clerk, finding=finding, into=other, reason="同一水源")
    crossed.supervision.prove(other)
    crossed.supervision.strike(other)
    commitment_take_back(actor=clerk, commitment=_promise(finding), reason="并错了")
    worry.refresh_from_db()
    (leads,) = Crossing.objects.filter(from_id=worry.pk, ended_at=None)
    assert leads.to_id == finding.pk and worry.state == Worry.State.CARRIED
    finding = finding_of(finding.pk)
    crossed.supervision.prove(finding)
    crossed.supervision.strike(finding)
    worry.refresh_from_db()
    assert worry.state == Worry.State.SETTLED


@pytest.mark.parametrize("first", [0, 1])
def test_merges_one_after_the_other_are_taken_back_in_any_order(cast, crossed, first):
    """一 into 二, 二 into 三: whichever is taken back first, the worry ends at its own finding, and never elsewhere."""
    clerk = cast.viewer("clerk")
    worry = crossed.raised()
    chain = [made(crossed.supervise(worry, household=_home(crossed, "牟尼村")))]
    chain += [made(crossed.supervise(crossed.raised(text=text))) for text in ("村东断水", "村西断水")]
    for number in (0, 1):
        finding_merge(actor=clerk, finding=finding_of(chain[number].pk), into=chain[number + 1], reason="同一水源")
    for number in (first, 1 - first):
        commitment_take_back(actor=clerk, commitment=_promise(chain[number]), reason="并错了")
    (leads,) = Crossing.objects.filter(from_id=worry.pk, ended_at=None)
    assert leads.to_id == chain[0].pk


def test_opened_again_it_is_under_way_again(cast, crossed, bearer):
    worry = crossed.raised()
    finding = made(crossed.supervise(worry))
    crossed.supervision.prove(finding)
    crossed.supervision.strike(finding)
    commitment_reopen(actor=cast.viewer("clerk"), commitment=_promise(finding), reason="又断了")
    worry.refresh_from_db()
    assert worry.state == Worry.State.CARRIED and told(worry)[-1] == "worry.resumed"


def test_done_by_mistake_the_decision_is_taken_back_and_the_finding_goes_with_it(cast, crossed):
    crossed.supervision.join("convener")
    worry = crossed.raised()
    finding = made(crossed.supervise(worry))
    with pytest.raises(NotAllowed):  # screens it, and does not run the round
        worry_take_back(actor=cast.viewer("convener"), worry=worry, reason="点错了")
    worry_take_back(actor=cast.viewer("clerk"), worry=worry, reason="点错了")
    worry.refresh_from_db()
    finding = finding_of(finding.pk)
    assert worry.state == Worry.State.FILED and not finding.is_open and finding.ruling == "unfounded"
    assert Crossing.objects.get().ended_at is not None
    assert told(worry) == ["worry.supervised", "worry.taken_back"]
    made(crossed.supervise(worry))  # and may go the same way again


def test_the_desk_sees_one_choice_with_the_doors_open_to_it(cast, crossed, client):
    worry = crossed.raised()
    for who, doors in (("clerk", True), ("convener", False)):
        sign_in(client, cast, who)
        page = client.get(reverse("worry", args=[worry.pk])).content.decode()
        assert "这件事怎么办" in page and (reverse("worry_supervise", args=[worry.pk]) in page) is doors
    sign_in(client, cast, "clerk")
    address = reverse("worry_supervise", args=[worry.pk])
    form = client.get(address).context["form"]
    assert form["words"].value() == worry.text and form["round"].value() == crossed.supervision.round.pk
    assert "place" not in form.fields
    sent = {
        "round": crossed.supervision.round.pk, "item": "water", "words": worry.text, "lane": "spot", "reason": "限期办",
        "bearer": cast.bodies["township"].pk, "due_on": "2027-01-20", "act_id": uuid7(),
    }  # fmt: skip
    page = client.post(address, sent, follow=True).content.decode()
    with reaching(cast.viewer("clerk")):
        assert worry.number in page and "来自民情诉求" in page and worry.text in page
    page = client.get(reverse("worry", args=[worry.pk])).content.decode()
    assert "转为督战问题" in page and reverse("supervision_finding", args=[Finding.within.get().pk]) in page


def _home(crossed, place):
    return Household.within.filter(place=crossed.cast.places[place]).select_related("place", "head").first()


def _promise(finding):
    return Commitment.within.get(pk=finding.commitment_id)
