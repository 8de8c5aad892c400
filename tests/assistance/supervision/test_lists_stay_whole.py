"""Properties: whatever people do in whatever order, nothing leaves a list but by strike-off, merge or a ruling with its
reason; lanes and states add up to the list; each open finding is owed at one desk, and coordinated at one or none."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.assistance.supervised import finding_of, supervised
from tests.kept import kept_over_all_files
from yishi.assistance.supervision.models import Finding, Lane
from yishi.assistance.supervision.reads import STANDINGS, standing_of, sums_of
from yishi.assistance.supervision.services.coordination import (
    finding_coordinate,
    finding_move,
    finding_uncoordinate,
)
from yishi.assistance.supervision.services.findings import finding_merge, finding_rule
from yishi.commitments.models import Commitment
from yishi.commitments.services import (
    commitment_close_undone,
    commitment_reopen,
    commitment_take_back,
    proof_withdraw,
)
from yishi.database.reach import reaching
from yishi.kit.errors import Refusal
from yishi.organisations.models import Post
from yishi.people.models import Person
from yishi.web.shell.desk import inbox

pytestmark = pytest.mark.django_db
ITEMS = ("housing", "water", "schooling")
LANES = {Lane.COUNTY: "office", Lane.PREFECTURE: "prefecture_office", Lane.PROVINCE: "province_office"}


@kept_over_all_files
def under_way(cast):
    cast.people["bearer"] = Person.objects.create(name="乡政府甲")
    Post.objects.create(person=cast.people["bearer"], body=cast.bodies["township"], role="clerk")
    return supervised(cast)


def acts(cast, round, one, other):
    clerk, promise = cast.viewer("clerk"), one.commitment
    coordinator = cast.viewer("province_clerk")
    return {
        "prove": lambda: round.prove(one),
        "withdraw": lambda: proof_withdraw(actor=cast.viewer("bearer"), commitment=promise, reason="传早了"),
        "strike": lambda: round.strike(one),
        "merge": lambda: finding_merge(actor=clerk, finding=one, into=other, reason="同一件"),
        "unfounded": lambda: finding_rule(actor=clerk, finding=one, ruling="unfounded", reason="不存在"),
        "not_done": lambda: finding_rule(actor=clerk, finding=one, ruling="not_done", reason="不再整改"),
        "close": lambda: commitment_close_undone(actor=clerk, commitment=promise, reason="办不了"),
        "reopen": lambda: commitment_reopen(actor=clerk, commitment=promise, reason="又坏了"),
        "take_back": lambda: commitment_take_back(actor=clerk, commitment=promise, reason="定错了"),
        "spot": lambda: finding_move(actor=clerk, finding=one, lane="spot", reason="乡里能办"),
        "province": lambda: finding_move(
            actor=clerk, finding=one, lane="province", coordinator=cast.bodies["province_office"], reason="县里办不了"
        ),
        "coordinate": lambda: finding_coordinate(actor=coordinator, finding=one, words="已商定"),
        "again": lambda: finding_uncoordinate(actor=clerk, finding=one, reason="没落实"),
    }


def stays_whole(cast, round, made):
    """The list as it stands keeps what it promises."""
    rows = [finding_of(found.pk) for found in made]
    sums = sums_of([Finding.within.filter(round=round.round)])
    assert sum(sum(lane.values()) for lane in sums.values()) == len(made)
    for name in STANDINGS:
        standing = {row.pk for row in rows if standing_of(row) == name}
        assert {found.pk for found in Finding.within.filter(STANDINGS[name], pk__in=[f.pk for f in made])} == standing
    for row in rows:
        assert row.is_open == (standing_of(row) == "open") and row.standing == standing_of(row)
        left = [row.commitment.state == "struck_off", row.merged_into_id is not None, bool(row.ruling)]
        assert sum(left) == (0 if row.is_open else 1), (row.commitment.state, row.ruling)
        assert bool(row.reason) == (row.merged_into_id is not None or bool(row.ruling))
        assert (row.coordinator_id is None) == (row.lane == "spot")


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.data())
def test_nothing_leaves_a_list_but_in_three_ways(cast, under_way, data):
    lanes = data.draw(st.lists(st.sampled_from(sorted(Lane.values)), min_size=2, max_size=4))
    which = st.integers(0, len(lanes) - 1)
    with transaction.atomic():
        gaps = [under_way.gap(ITEMS[number % 3], number // 3, lane) for number, lane in enumerate(lanes)]
        made = under_way.visit(*gaps)
        names = sorted(acts(cast, under_way, *made[:2]))
        for name, one, two in data.draw(st.lists(st.tuples(st.sampled_from(names), which, which), max_size=12)):
            first, second = finding_of(made[one].pk), finding_of(made[two].pk)
            before = standing_of(first)
            try:
                acts(cast, under_way, first, second)[name]()
            except Refusal:
                assert standing_of(finding_of(first.pk)) == before
            stays_whole(cast, under_way, made)
        transaction.set_rollback(True)  # each example begins with the round as it was


def test_each_open_finding_is_owed_at_one_desk_and_coordinated_at_one_or_none(cast, under_way):
    bodies = [cast.bodies[name] for name in ("township", "department", "government", "village", "water")]
    gaps = [
        under_way.gap(ITEMS[number % 3], number // 3, lane, bearer=bodies[number % len(bodies)], words=f"第{number}项")
        for number, lane in enumerate([*Lane.values, *Lane.values])
    ]
    made = under_way.visit(*gaps)
    owed, coordinated = {found.pk: [] for found in made}, {found.words: [] for found in made}
    people = {"township": "bearer", "department": "handler", "village": "village_head", "water": "water_clerk"}
    Post.objects.create(person=cast.people["villager"], body=cast.bodies["government"], role="clerk")
    people["government"] = "villager"
    for who in (*people.values(), "clerk", "prefecture_clerk", "province_clerk", "outsider", "convener"):
        viewer = cast.viewer(who)
        with reaching(viewer.reach):
            items = inbox(viewer)
        for found in made:
            is_mine = found.commitment.bearer_id in viewer.desks
            lines = [item for item in items if item.kind == "commitment" and found.words in str(item.title)]
            owed[found.pk] += [who] * len([line for line in lines if is_mine])
            coordinated[found.words] += [
                who for item in items if item.kind == "coordination" and item.title == found.words
            ]
    assert all(len(desks) == 1 for desks in owed.values()), owed
    for found in made:
        assert len(coordinated[found.words]) == (0 if found.lane == "spot" else 1), (found.lane, coordinated)
    assert Commitment.within.filter(origin_kind="finding").count() == len(made)
