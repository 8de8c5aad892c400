"""The parts by which findings are looked for are together what the reach says, and no finding stands in two of them."""

import pytest
from django.urls import reverse

from tests.assistance.supervised import Supervised, supervised
from tests.cast import sign_in
from tests.kept import kept
from yishi.assistance.supervision import reads
from yishi.assistance.supervision.models import Finding, Lane
from yishi.assistance.supervision.reads import parts_in, sums_of
from yishi.database.reach import Reach, everything, reaching
from yishi.organisations.models import Place, Post
from yishi.people.models import Account, Person
from yishi.web.assistance.supervision.findings import COORDINATION, FINDINGS

pytestmark = pytest.mark.django_db
ITEMS = ("housing", "water", "schooling")
WHO = (
    "clerk", "convener", "village_head", "handler", "party_clerk", "prefecture_clerk", "province_clerk", "bearer",
    "leader", "water_clerk", "member", "outsider",
)  # fmt: skip


@kept
def under_way(cast):
    """Findings in every lane, owed by several bodies, of two rounds: one has a team, one is led by another body."""
    for who, name, body in (("bearer", "乡甲", "township"), ("leader", "县甲", "special")):
        cast.people[who] = Person.objects.create(name=name)
        Post.objects.create(person=cast.people[who], body=cast.bodies[body], role="clerk")
        Account.objects.create(username=who, person=cast.people[who], password="!")
    with everything():
        first = supervised(cast)
        first.join("member")
        second = Supervised(cast, homes=first.homes, rule=first.rule)
        second.open(name="示例督战第二轮", leading=cast.bodies["special"])
        owing = [cast.bodies[name] for name in ("township", "department", "government", "village", "water")]
        lanes = [*Lane.values, *Lane.values]
        for round in (first, second):
            round.visit(*(round.gap(ITEMS[n % 3], n // 3, lane, bearer=owing[n % 5]) for n, lane in enumerate(lanes)))
    return first, second


def within(reach):
    with reaching(reach):
        return set(Finding.objects.values_list("pk", flat=True))


def in_parts(reach):
    return [key for part in parts_in(reach) for key in part.values_list("pk", flat=True)]


@pytest.mark.parametrize("widest", [3_000, 0])
@pytest.mark.parametrize("who", WHO)
def test_parts_are_the_reach_and_share_nothing(cast, under_way, monkeypatch, who, widest):
    """Of few places and, as if every area were wide, of many."""
    monkeypatch.setattr(reads, "WIDE", widest)
    viewer = cast.viewer(who)
    keys = in_parts(viewer.reach)
    assert sorted(keys) == sorted(within(viewer.reach))
    assert sum(sum(lane.values()) for lane in sums_of(parts_in(viewer.reach)).values()) == len(keys)


def test_whoever_oversees_every_place_is_asked_nothing_of_a_finding(cast, under_way):
    roots = list(Place.objects.filter(parent=None).values_list("lo", "hi"))
    wide = Reach(spans=tuple((lo, hi + reads.WIDE) for lo, hi in roots))
    (part,) = parts_in(wide)
    assert not part.query.where and sorted(in_parts(wide)) == sorted(within(wide))
    almost = Reach(spans=tuple((lo + 1, hi + reads.WIDE) for lo, hi in roots))
    (part,) = parts_in(almost)
    assert part.query.where and sorted(in_parts(almost)) == sorted(within(almost))


@pytest.mark.parametrize("name", ["supervision_findings", "coordination"])
@pytest.mark.parametrize("who", ["clerk", "bearer", "leader", "prefecture_clerk", "province_clerk"])
def test_pages_of_parts_follow_one_another(client, cast, under_way, monkeypatch, name, who):
    """Each finding of the reach stands on one page, in the order of the list, whatever part it is of."""
    for declared in (FINDINGS, COORDINATION):
        monkeypatch.setattr(declared, "per_page", 3)
    sign_in(client, cast, who)
    listed = []
    for number in range(1, 9):
        page_obj = client.get(reverse(name), {"page": number}).context["page_obj"]
        if page_obj.number != number:
            break
        listed += [found.pk for found in page_obj]
    with reaching(cast.viewer(who).reach):
        found = Finding.objects.order_by("-found_on", "pk")
        if name == "coordination":
            found = found.filter(standing="open", coordination="asked").order_by("coordinate_by", "pk")
        assert listed == list(found.values_list("pk", flat=True))
