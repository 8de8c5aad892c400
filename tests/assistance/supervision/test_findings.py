"""What a round finds: a promise with a lane; coordinated, moved, struck off by a second person, merged or ruled on."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.assistance.supervised import finding_of, supervised
from tests.kept import kept_over_all_files
from yishi.assistance.supervision.models import Finding
from yishi.assistance.supervision.services import findings as services
from yishi.assistance.supervision.services.coordination import (
    finding_coordinate,
    finding_move,
    finding_uncoordinate,
)
from yishi.assistance.supervision.services.findings import finding_merge, finding_rule
from yishi.assistance.supervision.services.rounds import listed_take_off, round_close
from yishi.commitments.models import Commitment
from yishi.commitments.services import commitment_close_undone, commitment_reopen, commitment_take_back, proof_check
from yishi.commitments.shown import proof_digest, proof_waiting
from yishi.database.reach import reaching
from yishi.journal.models import Entry
from yishi.kit.clock import add_workdays
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.notices.models import Notice
from yishi.organisations.models import Installation, Post
from yishi.people.models import Person

pytestmark = pytest.mark.django_db
State = Commitment.State


@kept_over_all_files
def under_way(cast):
    return supervised(cast)


@pytest.fixture
def bearer(cast):
    """Somebody at the township's desk."""
    cast.people["bearer"] = Person.objects.create(name="乡政府甲")
    Post.objects.create(person=cast.people["bearer"], body=cast.bodies["township"], role="clerk")
    return cast.people["bearer"]


def test_it_works(cast, under_way, bearer):
    roof, tap = under_way.visit(under_way.gap(), under_way.gap("water", 1, "province", words="水源季节性断流"))
    promise = roof.commitment
    assert promise.state == State.IN_FORCE and promise.origin_kind == "finding" and promise.origin_id == roof.pk
    assert (promise.bearer, promise.supervisor) == (cast.bodies["township"], cast.bodies["office"])
    assert "房屋墙体开裂" in promise.act and promise.due_on == under_way.today + timedelta(days=20)
    assert roof.coordinator is None and roof.coordinate_by is None
    assert tap.coordinator == cast.bodies["province_office"] and tap.coordination == "asked"
    assert tap.coordinate_by == add_workdays(under_way.today, 10)
    assert Notice.objects.filter(code="finding.coordinate", body_id=cast.bodies["province_office"].pk).count() == 1
    entry = Entry.objects.get(code="assistance.round.visit", subject_kind="round")
    assert entry.quantities == {"visits": 1, "households": 3, "findings": 2}
    under_way.prove(roof)
    struck = under_way.strike(roof)
    assert struck.commitment.state == State.STRUCK_OFF and not struck.is_open
    assert (struck.proved_by, struck.settled_by) == (bearer, cast.people["clerk"]) and not struck.same_hands


def test_the_bearer_never_strikes_off_and_the_database_knows_it(cast, under_way, bearer):
    Post.objects.create(person=bearer, body=cast.bodies["office"], role="clerk")
    (roof,) = under_way.visit(under_way.gap())
    under_way.prove(roof)
    for act in (under_way.strike, lambda found, who: finding_rule(
        actor=cast.viewer(who), finding=found, ruling="unfounded", reason="不存在"
    )):  # fmt: skip
        with pytest.raises(NotAllowed):
            act(roof, "bearer")
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.within.filter(pk=roof.pk).update(proved_by=bearer, settled_by=bearer)
    Installation.objects.update(small_office=True)
    struck = under_way.strike(roof, "bearer")
    assert struck.same_hands and struck.proved_by == struck.settled_by == bearer


def test_province_coordinates_and_the_bearer_goes_on(cast, under_way, bearer):
    (tap,) = under_way.visit(under_way.gap("water", 1, "province"))
    for who in ("clerk", "prefecture_clerk", "bearer"):
        with pytest.raises(NotAllowed):
            finding_coordinate(actor=cast.viewer(who), finding=tap, words="已协调")
    province = cast.viewer("province_clerk")
    with pytest.raises(Refusal):
        finding_coordinate(actor=province, finding=tap, words=" ")
    finding_coordinate(actor=province, finding=tap, words="已商省水利厅安排应急水源工程")
    assert finding_of(tap.pk).coordination == "arranged" and finding_of(tap.pk).is_open
    assert Notice.objects.filter(code="finding.coordinated", body_id=cast.bodies["township"].pk).exists()
    with pytest.raises(WrongStage):
        finding_coordinate(actor=province, finding=tap, words="再协调一次")
    finding_uncoordinate(actor=province, finding=tap, reason="资金未落实")
    assert finding_of(tap.pk).coordination == "asked"
    with pytest.raises(WrongStage):
        finding_uncoordinate(actor=province, finding=tap, reason="再来")
    assert [step.kind for step in tap.steps.all()] == ["coordinated", "uncoordinated"]


def test_a_finding_is_moved_to_another_lane_and_keeps_its_promise(cast, under_way):
    (roof,) = under_way.visit(under_way.gap())
    clerk, province = cast.viewer("clerk"), cast.bodies["province_office"]
    for wrong in ({"lane": "sky"}, {"lane": "province"}, {"lane": "spot"}, {"lane": "county", "reason": ""}):
        with pytest.raises(Refusal):
            finding_move(actor=clerk, finding=roof, **{"reason": "县里解决不了", **wrong})
    finding_move(actor=clerk, finding=roof, lane="province", coordinator=province, reason="县里解决不了")
    moved = finding_of(roof.pk)
    assert (moved.lane, moved.coordinator, moved.commitment_id) == ("province", province, roof.commitment_id)
    with pytest.raises(NotAllowed):
        finding_move(actor=cast.viewer("outsider"), finding=moved, lane="spot", reason="不对")
    finding_move(actor=cast.viewer("province_clerk"), finding=moved, lane="spot", reason="乡里能办")
    assert finding_of(roof.pk).coordinator is None and roof.steps.count() == 2


def test_merged_it_leaves_the_list_and_nobody_owes_it_twice(cast, under_way):
    one, other = under_way.visit(under_way.gap(), under_way.gap("housing", 1, words="同一面挡墙"))
    clerk = cast.viewer("clerk")
    with pytest.raises(Refusal):
        finding_merge(actor=clerk, finding=one, into=one, reason="同一件")
    finding_merge(actor=clerk, finding=other, into=one, reason="同一面挡墙")
    merged = finding_of(other.pk)
    assert merged.merged_into == one and merged.commitment.state == State.SET_ASIDE
    assert one.commitment.number in merged.commitment.closing_reason
    with pytest.raises(WrongStage):
        finding_rule(actor=clerk, finding=merged, ruling="unfounded", reason="又不是")
    with pytest.raises(Refusal):
        finding_merge(actor=clerk, finding=one, into=merged, reason="反过来")
    commitment_take_back(actor=clerk, commitment=merged.commitment, reason="并错了")
    back = finding_of(other.pk)
    assert back.is_open and back.merged_into is None and back.reason == "" and back.settled_by is None


def test_ruled_on_with_a_reason_and_not_without(cast, under_way):
    wrong, never = under_way.visit(under_way.gap(), under_way.gap("water", 1))
    clerk = cast.viewer("clerk")
    for said in ({"ruling": "unfounded", "reason": ""}, {"ruling": "", "reason": "不知道"}):
        with pytest.raises(Refusal):
            finding_rule(actor=clerk, finding=wrong, **said)
    finding_rule(actor=clerk, finding=wrong, ruling="unfounded", reason="复查并无开裂")
    finding_rule(actor=clerk, finding=never, ruling="not_done", reason="整户搬迁，不再整改")
    assert finding_of(wrong.pk).commitment.state == State.SET_ASIDE  # nothing was owed: no rate counts it
    assert finding_of(never.pk).commitment.state == State.CLOSED_UNDONE
    commitment_reopen(actor=clerk, commitment=finding_of(never.pk).commitment, reason="又搬回来了")
    assert finding_of(never.pk).is_open and finding_of(never.pk).ruling == ""


def test_closed_in_the_ledger_it_is_ruled_on_in_the_list(cast, under_way):
    (roof,) = under_way.visit(under_way.gap())
    commitment_close_undone(actor=cast.viewer("clerk"), commitment=roof.commitment, reason="户主不愿修")
    ruled = finding_of(roof.pk)
    assert (ruled.ruling, ruled.reason, ruled.settled_by) == ("not_done", "户主不愿修", cast.people["clerk"])


def test_a_round_is_closed_when_its_list_is_empty(cast, under_way, bearer):
    clerk = cast.viewer("clerk")
    roof, tap = under_way.visit(under_way.gap(), under_way.gap("water", 1, "province"))
    listed = under_way.round.listed.get()
    for _try in range(2):
        with pytest.raises(WrongStage):
            round_close(actor=clerk, round=under_way.round, words="完成")
        with pytest.raises(WrongStage):
            listed_take_off(actor=clerk, listed=listed, reason="不督了")
        if roof.commitment.state != State.STRUCK_OFF:
            under_way.prove(roof)
            roof = under_way.strike(roof)
    finding_coordinate(actor=cast.viewer("province_clerk"), finding=tap, words="已安排")
    under_way.prove(tap)
    under_way.strike(tap)
    round_close(actor=clerk, round=under_way.round, words="两项问题全部销号。")
    with pytest.raises(WrongStage):
        under_way.visit(under_way.gap("schooling"))


def test_what_cannot_be_found_is_refused_and_nothing_stays(cast, under_way):
    member = under_way.homes[1].members.first()
    wrong = (
        [under_way.gap("bread")],
        [under_way.gap(words="")],
        [under_way.gap(lane="sky")],
        [under_way.gap(lane="county", coordinator=None, item="bread")],
        [under_way.gap(member=member)],  # of another household
        [under_way.gap(), under_way.gap()],  # the same twice
        [under_way.gap(due_on=under_way.today - timedelta(days=1))],
    )
    for gaps in wrong:
        with pytest.raises(Refusal):
            under_way.visit(*gaps)
    for given in (
        {"on": under_way.today + timedelta(days=1)},
        {"on": under_way.round.starts_on - timedelta(days=1)},
        {"place": cast.places["邻近村"]},
        {"place": cast.places["共和镇"]},
        {"kind": "by_air"},
    ):
        with pytest.raises(Refusal):
            under_way.visit(**given)
    assert not Finding.within.exists() and not Commitment.within.exists()
    under_way.visit(under_way.gap())
    with pytest.raises(Refusal):
        under_way.visit(under_way.gap())  # it is on the list and still open


def test_a_visit_that_finds_nothing_is_a_visit(cast, under_way):
    assert under_way.visit(note="三户均无问题") == []
    assert under_way.round.made.get().words == "三户均无问题"


def test_whoever_owes_it_reads_it_and_the_neighbour_does_not(cast, under_way, bearer):
    under_way.join("member", "leader")
    (roof,) = under_way.visit(under_way.gap(), who="member")
    assert roof.found_by == cast.people["member"] and roof.found_for is None
    for who, sees in (("bearer", True), ("member", True), ("village_head", True), ("province_clerk", True),
                      ("handler", False), ("outsider", False), ("neighbour", False)):  # fmt: skip
        with reaching(cast.viewer(who).reach):
            assert Finding.objects.filter(pk=roof.pk).exists() is sees, who
    with pytest.raises(NotAllowed):
        under_way.visit(under_way.gap("water"), who="neighbour")


def test_a_proof_returned_keeps_it_on_the_list(cast, under_way, bearer):
    (roof,) = under_way.visit(under_way.gap())
    under_way.prove(roof)
    promise = finding_of(roof.pk).commitment
    shown = proof_digest(promise, proof_waiting(promise))
    proof_check(actor=cast.viewer("clerk"), commitment=promise, accepted=False, finding="照片看不清", shown=shown)
    assert finding_of(roof.pk).is_open and finding_of(roof.pk).settled_by is None


def test_limits_so_many_findings_at_once_and_not_one_more(cast, under_way, monkeypatch):
    monkeypatch.setattr(services, "MOST", 2)
    gaps = [under_way.gap("housing", None, words=f"第{number}处") for number in range(3)]
    with pytest.raises(Refusal):
        under_way.visit(*gaps)
    assert len(under_way.visit(*gaps[:2])) == 2
