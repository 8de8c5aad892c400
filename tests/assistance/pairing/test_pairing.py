"""Pairing: a dated grant. Handed over, it passes the sight of the family on; ended, it takes it away."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.assistance.pairs import Paired
from tests.kept import kept_over_all_files
from yishi.assistance.pairing.models import (
    Measure,
    Need,
    Pairing,
    Visit,
)
from yishi.assistance.pairing.reads import without_helper
from yishi.assistance.pairing.services import handovers
from yishi.assistance.pairing.services.handovers import hand_over_preview, pairing_hand_over, pairings_hand_over
from yishi.assistance.pairing.services.pairing import (
    PairingRow,
    pairing_end,
    pairing_make,
    pairings_make_many,
    visit_rule_set,
)
from yishi.assistance.pairing.services.teams import team_join, team_leave, team_open
from yishi.assistance.register.models import ChangeRequest, Household
from yishi.database.reach import reaching
from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.notices.models import Notice
from yishi.organisations.grants import viewer_of
from yishi.organisations.models import QueryCode

pytestmark = pytest.mark.django_db


@kept_over_all_files
def paired(cast):
    return Paired(cast)


def families(cast, who) -> set[str]:
    viewer = cast.viewer(who)
    with reaching(viewer.reach):
        return set(Household.objects.values_list("number", flat=True))


def test_it_works_and_gives_sight_of_that_family_alone(paired):
    cast = paired.cast
    assert families(cast, "member") == set()
    pairing = paired.pair()
    assert (pairing.kind, pairing.valid_to) == ("member", None)
    assert families(cast, "member") == {paired.family.number}
    assert families(cast, "neighbour") == set()
    entry = Entry.objects.get(subject_kind="pairing")
    assert entry.quantities == {"pairings": 1}
    assert "委员" not in str(entry.data)


def test_the_helper_loses_sight_with_the_end(paired):
    cast = paired.cast
    pairing = paired.pair()
    paired.visit()
    paired.measure()
    paired.need()
    member = cast.viewer("member")
    with reaching(member.reach):
        seen = [model.objects.count() for model in (Household, Visit, Measure, Need)]
    assert seen == [1, 1, 1, 1]
    yesterday = paired.today - timedelta(days=1)
    pairing_end(actor=cast.viewer("village_head"), pairing=pairing, on=yesterday, reason="调离")
    with reaching(cast.viewer("member").reach):
        seen = [model.objects.count() for model in (Household, Visit, Measure, Need, ChangeRequest)]
        assert Pairing.objects.count() == 1  # that they helped once is theirs to know
    assert seen == [0, 0, 0, 0, 0]
    with pytest.raises(WrongStage):
        pairing_end(actor=cast.viewer("village_head"), pairing=pairing, on=yesterday, reason="再来")


def test_a_query_code_is_no_pairing(paired):
    """Ten characters on paper never open the families that their holder helps as a cadre."""
    paired.pair("cadre")
    person = paired.cast.people["cadre"]
    viewer = viewer_of(person, QueryCode(person=person))
    with reaching(viewer.reach):
        assert not Household.objects.exists()


def test_a_handover_passes_it_on_with_a_note(paired):
    cast = paired.cast
    pairing = paired.pair()
    keeper = cast.viewer("village_head")
    given = {"actor": keeper, "pairing": pairing, "on": paired.today}
    with pytest.raises(Refusal) as refused:
        pairing_hand_over(**given, successor=cast.people["neighbour"], note=" ")
    assert refused.value.field == "note"
    with pytest.raises(Refusal):
        pairing_hand_over(**given, successor=cast.people["member"], note="给自己")
    receipt = pairing_hand_over(**given, successor=cast.people["neighbour"], note="药要按月送")
    new = Pairing.within.get(pk=receipt.result["pairing"])
    pairing.refresh_from_db()
    assert (pairing.valid_to, new.follows_id) == (paired.today - timedelta(days=1), pairing.pk)
    assert families(cast, "member") == set()
    assert families(cast, "neighbour") == {paired.family.number}


def test_a_cadre_who_leaves_hands_over_all_families_in_one_act(paired):
    cast, keeper = paired.cast, paired.cast.viewer("village_head")
    mine = [paired.pair("cadre"), paired.pair("cadre", paired.second)]
    paired.measure("cadre", bearer_person=cast.people["cadre"])
    given = {"actor": keeper, "pairings": mine, "successor": cast.people["neighbour"], "on": paired.today}
    seen = hand_over_preview(**given, note="药要按月送")
    assert (len(seen.over), seen.stay, seen.owed) == (2, [], 1)
    receipt = pairings_hand_over(**given, note="药要按月送")
    assert receipt.result["handed"] == 2
    made = Pairing.within.filter(pk__in=receipt.result["pairings"])
    assert {one.follows_id for one in made} == {one.pk for one in mine}
    assert families(cast, "cadre") == set()
    assert families(cast, "neighbour") == {paired.family.number, paired.second.number}
    entries = Entry.objects.filter(code="assistance.pairing.hand_over")
    assert sorted(next(iter(one.quantities)) for one in entries) == ["ended", "ended", "pairings", "pairings"]
    assert len({one.receipt_id for one in entries}) == 2  # each family's history has its own
    assert [one.code for one in Notice.objects.filter(person=cast.people["neighbour"])] == ["pairing.taken_over"]
    bare = without_helper(Household.within.all(), paired.today)
    assert not bare.filter(pk__in=[paired.family.pk, paired.second.pk]).exists()
    again = pairings_hand_over(**given, note="药要按月送", act_id=receipt.pk)
    assert again.replayed
    assert Pairing.within.count() == 4


def test_whether_the_successor_sits_in_a_committee_is_asked_once_for_all_families(paired, monkeypatch):
    asked = []
    monkeypatch.setattr(handovers, "sitting_among", lambda people: asked.append(people) or set())
    cast, mine = paired.cast, [paired.pair("cadre"), paired.pair("cadre", paired.second)]
    given = {"pairings": mine, "successor": cast.people["neighbour"], "on": paired.today, "note": "交接"}
    assert pairings_hand_over(actor=cast.viewer("village_head"), **given).result["handed"] == 2
    assert asked == [[cast.people["neighbour"]]]


def test_what_cannot_go_to_the_successor_is_said_before_and_then_nothing_goes(paired):
    cast, keeper = paired.cast, paired.cast.viewer("village_head")
    mine = [paired.pair("cadre"), paired.pair("cadre", paired.second)]
    paired.pair("neighbour")  # helps the first family already
    given = {"actor": keeper, "pairings": mine, "successor": cast.people["neighbour"], "on": paired.today}
    seen = hand_over_preview(**given, note="交接")
    assert [one.pk for one in seen.over] == [mine[1].pk]
    assert [problem.code for _one, problem in seen.stay] == ["pairing.twice"]
    with pytest.raises(Refusal):
        pairings_hand_over(**given, note="交接")
    assert Pairing.within.filter(follows__isnull=False).count() == 0
    with pytest.raises(Refusal):
        pairings_hand_over(**{**given, "pairings": []}, note="交接")


@pytest.mark.parametrize("who", ["member", "outsider", "next", "handler"])
def test_who_keeps_no_village_hands_over_nothing(paired, who):
    cast, mine = paired.cast, [paired.pair("cadre"), paired.pair("cadre", paired.second)]
    with pytest.raises(NotAllowed):
        pairings_hand_over(
            actor=cast.viewer(who), pairings=mine, successor=cast.people["neighbour"], on=paired.today, note="交接"
        )


def test_a_leader_who_follows_a_leader_leads_there_too(paired):
    cast, clerk = paired.cast, paired.cast.viewer("clerk")
    since = paired.today - timedelta(days=9)
    row = PairingRow(cast.people["chair_head"], cast.places["牟定县"], since, kind="leader")
    pairing = Pairing.within.get(pk=pairing_make(actor=clerk, row=row).result["pairing"])
    receipt = pairing_hand_over(
        actor=clerk, pairing=pairing, successor=cast.people["neighbour"], on=paired.today, note="分管调整"
    )
    assert Pairing.within.get(pk=receipt.result["pairing"]).kind == "leader"


@pytest.mark.parametrize("who", ["member", "outsider", "next", "handler"])
def test_who_has_no_desk_over_the_village_pairs_nobody(paired, who):
    with pytest.raises((NotAllowed, Refusal)):
        pairing_make(
            actor=paired.cast.viewer(who), row=PairingRow(paired.cast.people["member"], paired.family, paired.today)
        )
    assert not Pairing.within.exists()


def test_overlapping_duplicates_are_refused_and_the_same_again_changes_nothing(paired):
    cast, today = paired.cast, paired.today
    keeper, member = cast.viewer("village_head"), cast.people["member"]
    ended = today - timedelta(days=50)
    paired.pair(until=ended)
    later = PairingRow(member, paired.family, today - timedelta(days=60))
    with pytest.raises(Refusal) as refused:
        pairing_make(actor=keeper, row=later)
    assert refused.value.code == "pairing.twice"
    pairing_make(actor=keeper, row=PairingRow(member, paired.family, today))
    rows = [PairingRow(member, paired.family, today), PairingRow(member, paired.second, today)]
    again = pairings_make_many(actor=keeper, rows=rows)
    assert (again.result["made"], again.result["unchanged"]) == (1, 1)
    assert pairings_make_many(actor=keeper, rows=rows).result["made"] == 0
    assert Pairing.within.count() == 3


def test_of_many_rows_all_or_none(paired):
    cast, today = paired.cast, paired.today
    rows = [
        PairingRow(cast.people["member"], paired.family, today),
        PairingRow(cast.people["member"], paired.foreign, today),
        PairingRow(cast.people["former_member"], paired.second, today, kind="member"),
        PairingRow(cast.bodies["department"], paired.second, today, today - timedelta(days=1)),
        PairingRow(paired.family.head, paired.family, today),
        PairingRow(cast.people["member"], paired.family, today - timedelta(days=5)),
    ]
    with pytest.raises(Refusal) as refused:
        pairings_make_many(actor=cast.viewer("village_head"), rows=rows)
    assert set(refused.value.details["rows"]) == {1, 2, 3, 4, 5}
    assert not Pairing.within.exists()


def test_a_leader_is_paired_with_the_county_and_a_body_with_a_village(paired):
    cast, today = paired.cast, paired.today
    rows = [
        PairingRow(cast.people["chair_head"], cast.places["牟定县"], today, kind="leader"),
        PairingRow(cast.bodies["department"], cast.places["牟尼村"], today),
    ]
    assert pairings_make_many(actor=cast.viewer("clerk"), rows=rows).result["made"] == 2
    assert {one.kind for one in Pairing.within.all()} == {"leader", "body"}
    assert families(cast, "handler") == set()  # a body paired with a village opens no family's file
    with pytest.raises(Refusal):
        pairing_make(
            actor=cast.viewer("clerk"),
            row=PairingRow(cast.people["chair_head"], paired.family, today, kind="leader"),
        )


def test_a_stationed_cadre_sees_the_village_as_long_as_they_stay(paired):
    cast = paired.cast
    team = paired.team()
    here = {one.number for one in paired.helping.households if one.place == cast.places["牟尼村"]}
    assert families(cast, "cadre") == here
    with pytest.raises(Refusal):  # one first secretary
        team_join(actor=cast.viewer("clerk"), team=team, role="first_secretary", valid_from=paired.today, name="干部乙")
    team_join(actor=cast.viewer("clerk"), team=team, role="member", valid_from=paired.today, name="干部乙")
    assert team.members.count() == 2
    team_leave(
        actor=cast.viewer("clerk"),
        post=team.members.get(person=cast.people["cadre"]),
        on=paired.today - timedelta(days=1),
    )
    assert families(cast, "cadre") == set()
    with pytest.raises(NotAllowed):
        team_open(actor=cast.viewer("next"), place=cast.places["牟尼村"], name="外队", valid_from=timezone.localdate())


def test_a_desk_says_after_how_many_days_it_wants_to_know(paired):
    office = paired.cast.bodies["office"]
    visit_rule_set(actor=paired.cast.viewer("clerk"), body=office, days=14)
    with pytest.raises(Refusal):
        visit_rule_set(actor=paired.cast.viewer("clerk"), body=office, days=0)
    with pytest.raises(Refusal):
        visit_rule_set(actor=paired.cast.viewer("outsider"), body=office, days=7)


def test_it_is_not_handed_to_somebody_who_begins_that_day_anyway(paired):
    cast, today = paired.cast, timezone.localdate()
    old = paired.pair()
    paired.pair("neighbour", since=0)
    with pytest.raises(Refusal) as refused:
        pairing_hand_over(
            actor=cast.viewer("clerk"), pairing=old, successor=cast.people["neighbour"], on=today, note="请多走动"
        )
    assert refused.value.code == "pairing.twice"
    assert Pairing.within.filter(person=cast.people["neighbour"]).count() == 1
