"""A round of supervision: the line that lists places, its list, its team, its end."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from tests.assistance.supervised import Supervised, poor_family, stated, supervised
from tests.kept import kept_over_all_files
from yishi.assistance.register.models import HouseholdMember
from yishi.assistance.supervision.listing import Values, fits, listed_again
from yishi.assistance.supervision.models import ListedPlace, ListingRule, Round, RoundMember
from yishi.assistance.supervision.services.rounds import (
    MOST_PEOPLE,
    listed_add,
    listed_take_off,
    round_change,
    round_close,
    round_leave,
    round_reopen,
    round_withdraw,
)
from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.kit.ids import uuid7
from yishi.organisations.rights import may

pytestmark = pytest.mark.django_db


@kept_over_all_files
def under_way(cast):
    return supervised(cast)


def listed(round):
    return sorted(round.listed.filter(off_at=None).values_list("place__name", flat=True))


def test_it_works(cast, under_way):
    assert listed(under_way.round) == ["牟尼村"]
    kept = under_way.round.listed.get()
    assert kept.values == {"poor_people": 12, "rural_people": None, "is_stated": False, "incidence": None}
    assert not kept.by_hand and under_way.round.rule == under_way.rule and under_way.round.number.startswith("督-")
    entry = Entry.objects.get(code="assistance.round.open")
    assert entry.quantities == {"opened": 1} and entry.subject_id == under_way.round.pk


@pytest.mark.parametrize(
    ("rule", "values", "answer"),
    [
        ({"poor_people": 1000}, (1000, None), False),  # more than a thousand, not a thousand
        ({"poor_people": 1000}, (1001, None), True),
        ({"poor_people": 1000}, (None, 900), None),
        ({"incidence": Decimal(10)}, (100, 1000), True),  # 10 % is 10 % or more
        ({"incidence": Decimal(10)}, (9_996, 100_000), False),  # rounded it would be 10.00 %
        ({"incidence": Decimal(10)}, (100, None), None),
        ({"poor_people": 50, "incidence": Decimal(10)}, (60, 1000), True),
        ({"poor_people": 50, "incidence": Decimal(10)}, (60, None), True),  # one is enough, and it is known
        ({"poor_people": 50, "incidence": Decimal(10)}, (40, None), None),
        ({"poor_people": 50, "incidence": Decimal(10), "needs_both": True}, (60, 1000), False),
        ({"poor_people": 50, "incidence": Decimal(10), "needs_both": True}, (40, None), False),
        ({"poor_people": 50, "incidence": Decimal(10), "needs_both": True}, (60, None), None),
    ],
)
def test_a_line_is_what_its_words_say(rule, values, answer):
    assert fits(ListingRule(**rule), Values(*values)) is answer


def test_by_incidence_it_is_the_stated_people_that_count(cast, all_files):
    round = Supervised(cast).settle_in()
    stated(cast, "rural_people", {cast.places["牟尼村"]: 120, cast.places["邻近村"]: 41}, cast.places["共和镇"])
    round.line(poor_people=None, incidence=Decimal("9.76")).open()
    assert listed(round.round) == ["牟尼村"]  # 4 of 41 is 9.7560… %
    assert round.round.listed.get().values["incidence"] == "10.00"


def test_where_the_register_is_empty_a_paper_says_how_many(cast, all_files):
    round = Supervised(cast)
    stated(cast, "poor_people", {cast.places["邻近村"]: 30}, cast.places["共和镇"])
    round.line().open()
    kept = round.round.listed.get()
    assert kept.place == cast.places["邻近村"] and kept.values["is_stated"] is True


def test_computed_again_it_is_the_same_until_the_register_is_corrected(cast, under_way):
    assert listed_again(under_way.round).is_same
    poor_family(cast.places["牟尼村"], 305)
    for number in (306, 307):
        poor_family(cast.places["邻近村"], number)
    again = listed_again(under_way.round)
    assert [place.name for place in again.more] == ["邻近村"]
    assert [(was.place.name, now.poor_people) for was, now in again.changed] == [("牟尼村", 16)] and not again.gone
    HouseholdMember.within.filter(household__place=cast.places["牟尼村"]).delete()
    assert [was.place.name for was in listed_again(under_way.round).gone] == ["牟尼村"]


def test_what_was_stated_later_does_not_change_a_list(cast, all_files):
    round = Supervised(cast)
    stated(cast, "poor_people", {cast.places["邻近村"]: 30}, cast.places["共和镇"])
    round.line().open()
    stated(cast, "poor_people", {cast.places["牟尼村"]: 90, cast.places["邻近村"]: 3}, cast.places["共和镇"])
    assert listed_again(round.round).is_same
    assert listed(Supervised(cast, rule=round.rule).open().round) == ["牟尼村"]


def test_a_new_version_of_the_line_leaves_a_round_as_it_began(cast, under_way):
    under_way.line(poor_people=2)
    assert under_way.rule.number == 2
    under_way.round.refresh_from_db()
    assert under_way.round.rule.number == 1 and listed_again(under_way.round).is_same
    assert listed(under_way.open().round) == ["牟尼村", "邻近村"]


def test_by_hand_with_a_reason_on_and_off_and_on_again(cast, under_way):
    clerk, place = cast.viewer("clerk"), cast.places["邻近村"]
    with pytest.raises(Refusal):
        listed_add(actor=clerk, round=under_way.round, place=place, reason="  ")
    listed_add(actor=clerk, round=under_way.round, place=place, reason="移民安置点，情况复杂")
    assert listed(under_way.round) == ["牟尼村", "邻近村"]
    assert listed_again(under_way.round).is_same  # what was put there by hand is nobody's rule
    row = ListedPlace.objects.get(place=place)
    listed_take_off(actor=clerk, listed=row, reason="已整村搬迁")
    with pytest.raises(WrongStage):
        listed_take_off(actor=clerk, listed=row, reason="再来一次")
    assert listed(under_way.round) == ["牟尼村"]
    listed_add(actor=clerk, round=under_way.round, place=place, reason="搬错了")
    assert listed(under_way.round) == ["牟尼村", "邻近村"]
    with pytest.raises(Refusal):
        listed_add(actor=clerk, round=under_way.round, place=cast.places["外县村"], reason="外县")


def test_who_may_not(cast, under_way):
    for who in ("outsider", "handler", "member", "village_head", "auditor"):
        with pytest.raises(NotAllowed):
            round_close(actor=cast.viewer(who), round=under_way.round, words="完成")
    with pytest.raises(NotAllowed):
        under_way.line(place=cast.places["楚雄彝族自治州"])
    with pytest.raises(NotAllowed):
        under_way.open(who="outsider")


def test_the_team_and_its_one_leader(cast, under_way):
    under_way.join("member", "leader")
    assert may("round.visit", cast.viewer("member"), under_way.round)
    assert not may("round.visit", cast.viewer("neighbour"), under_way.round)
    for who, role in (("member", "member"), ("neighbour", "leader"), ("neighbour", "cook")):
        with pytest.raises(Refusal):
            under_way.join(who, role)
    post = RoundMember.objects.get()
    round_leave(actor=cast.viewer("clerk"), post=post, on=under_way.today - timedelta(days=1))
    assert not may("round.visit", cast.viewer("member"), under_way.round)
    with pytest.raises(WrongStage):
        round_leave(actor=cast.viewer("clerk"), post=post, on=under_way.today)
    under_way.join("neighbour", "leader", valid_from=under_way.today)


def test_an_unannounced_round_is_not_announced(cast, under_way):
    quiet = under_way.open(
        who="prefecture_clerk", place=cast.places["楚雄彝族自治州"], rule=None, visits="unannounced"
    ).round
    assert not may("round.see", cast.viewer("village_head"), quiet) and not may(
        "round.see", cast.viewer("clerk"), quiet
    )
    assert may("round.see", cast.viewer("prefecture_clerk"), quiet)
    assert may("round.see", cast.viewer("province_clerk"), quiet)
    listed_add(actor=cast.viewer("prefecture_clerk"), round=quiet, place=under_way.village, reason="暗访")
    under_way.visit(who="prefecture_clerk")
    assert may("round.see", cast.viewer("village_head"), quiet)  # it has been there
    assert not may("round.see", cast.viewer("outsider"), quiet)


def test_changed_withdrawn_opened_again(cast, under_way):
    clerk = cast.viewer("clerk")
    said = {"name": "第一轮", "visits": "fixed", "plan": "蹲点", "ends_on": under_way.round.ends_on}
    round_change(actor=clerk, round=under_way.round, leading=cast.bodies["chairs"], **said)
    row = Round.objects.get(pk=under_way.round.pk)
    assert (row.name, row.visits, row.leading) == ("第一轮", "fixed", cast.bodies["chairs"])
    with pytest.raises(Refusal):
        round_change(actor=clerk, round=row, **{**said, "ends_on": row.starts_on - timedelta(days=1)})
    round_withdraw(actor=clerk, round=row, reason="重复建立")
    with pytest.raises(WrongStage):
        under_way.join("member")
    round_reopen(actor=clerk, round=row, reason="并未重复")
    row.refresh_from_db()
    assert row.state == Round.State.OPEN and row.end_words == ""
    with pytest.raises(WrongStage):
        round_reopen(actor=clerk, round=row, reason="再来")


def test_what_makes_no_round_is_refused(cast, under_way):
    for wrong in (
        {"items": []},
        {"items": ["bread"]},
        {"visits": "by_air"},
        {"level": "township"},
        {"name": " "},
        {"ends_on": under_way.today - timedelta(days=11)},
        {"as_of": under_way.today + timedelta(days=1)},
    ):
        with pytest.raises(Refusal):
            under_way.open(**wrong)
    for wrong in ({"poor_people": None}, {"level": "province"}, {"incidence": Decimal(0)}, {"source": ""}):
        with pytest.raises(Refusal):
            under_way.line(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Round.objects.filter(pk=under_way.round.pk).update(ends_on=under_way.round.starts_on - timedelta(days=1))


def test_sent_twice_it_is_one_round(cast, under_way):
    key, count = uuid7(), Round.objects.count()
    first = under_way.open(act_id=key).round
    assert under_way.open(act_id=key).round == first and Round.objects.count() == count + 1


def test_limits_a_line_of_so_many_people_and_not_one_more(cast, under_way):
    assert under_way.line(poor_people=MOST_PEOPLE).rule.poor_people == MOST_PEOPLE
    with pytest.raises(Refusal):
        under_way.line(poor_people=MOST_PEOPLE + 1)


def test_somebody_unknown_is_registered_when_they_join(cast, under_way):
    receipt = under_way.join("member", person=None, name="督战员丁", phone="13900000009")
    assert RoundMember.objects.get(pk=receipt.result["post"]).person.name == "督战员丁"
