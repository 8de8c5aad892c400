"""An online consultation: who opens it, one voice each, moderation with an appeal, no tally before the end."""

import csv
import io
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from tests.cast import make_cast
from tests.consulting import TEXTS, Consulted
from tests.kept import kept_over_all_files
from tests.story import Story
from yishi.common_ground import analyse
from yishi.database.reach import everything
from yishi.deliberation.models import ConsultationStatement, ConsultationVote, Statement, Voice
from yishi.deliberation.services.consultation_results import (
    anonymous_votes,
    consultation_brief,
    consultations_tend,
    consultations_weigh,
    result_make,
    votes_csv,
)
from yishi.deliberation.services.consultation_statements import (
    appeal_decide,
    consultation_statement_add,
    consultation_statement_remove,
    statement_decide,
)
from yishi.deliberation.services.consultation_voices import (
    ballot_of,
    next_statement,
    statement_appeal,
    statement_state,
    voice_of,
    votes_give,
)
from yishi.deliberation.services.consultations import (
    consultation_change,
    consultation_close,
    consultation_open,
    consultation_plan,
    link_reissue,
    slip_code,
    slips_make,
)
from yishi.deliberation.services.sittings import sitting_plan
from yishi.journal.models import Entry
from yishi.kit.errors import Conflict, NotAllowed, Refusal, WrongStage
from yishi.kit.ids import uuid7
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Installation

pytestmark = pytest.mark.django_db


@kept_over_all_files
def consulted(cast):
    return Consulted(cast)


def test_a_second_person_opens_it_and_not_without_statements(consulted):
    cast, row = consulted.cast, consulted.consultation
    with pytest.raises(WrongStage, match="3"):
        consultation_open(actor=cast.viewer("second_clerk"), consultation=row)
    consulted.stated()
    with pytest.raises(NotAllowed):
        consultation_open(actor=cast.viewer("clerk"), consultation=row)
    with pytest.raises(NotAllowed):
        consultation_open(actor=cast.viewer("outsider"), consultation=row)
    Installation.objects.update(small_office=True)
    consultation_open(actor=cast.viewer("clerk"), consultation=row)
    assert Entry.objects.get(code="deliberation.consultation.open").data["same_hands"] is True


def test_a_sensitive_matter_has_none(cast):
    with everything():
        story = Story(cast).raise_worry().take_up()
        story.matter.is_sensitive = True
        story.matter.save()
        with pytest.raises(NotAllowed):
            consultation_plan(
                actor=cast.viewer("clerk"),
                matter=story.matter,
                question="怎么办",
                closes_at=timezone.now() + timedelta(days=1),
            )


@pytest.mark.parametrize("days", [-1, 91])
def test_it_ends_on_a_day_to_come_within_90_days(cast, days):
    with everything(), pytest.raises(Refusal) as refused:
        Consulted(cast, closes_at=timezone.now() + timedelta(days=days))
    assert refused.value.field == "closes_at"


def test_a_statement_before_it_opens_is_removed_and_after_it_is_refused_with_a_reason(consulted):
    clerk = consulted.cast.viewer("clerk")
    consulted.stated()
    first, second = consulted.consultation.statements.all()[:2]
    consultation_statement_remove(actor=clerk, statement=first)
    consultation_open(actor=consulted.cast.viewer("second_clerk"), consultation=consulted.consultation)
    with pytest.raises(WrongStage):
        consultation_statement_remove(actor=clerk, statement=second)
    with pytest.raises(Refusal) as refused:
        statement_decide(actor=clerk, statement=second, admit=False)
    assert refused.value.field == "reason"
    statement_decide(actor=clerk, statement=second, admit=False, reason="said", words_why="与第 5 条相同")
    assert not consulted.consultation.statements.filter(state="admitted", pk=second.pk).exists()


def test_an_open_question_stays_the_question(consulted):
    consulted.opened()
    later = timezone.now() + timedelta(days=20)
    consultation_change(
        actor=consulted.cast.viewer("clerk"),
        consultation=consulted.consultation,
        question="另一个问题",
        closes_at=later,
        audience="invited",
    )
    fresh = consulted.fresh()
    assert (fresh.question, fresh.audience, fresh.closes_at) == ("村里的公共空间怎么用", "anyone", later)


def test_a_vote_counts_once_and_may_be_changed(consulted):
    consulted.opened()
    ballot, act_id = consulted.ballot(1), uuid7()
    votes_give(ballot=ballot, votes={1: 1, 2: -1}, act_id=act_id)
    votes_give(ballot=ballot, votes={1: 1, 2: -1}, act_id=act_id)
    with pytest.raises(Conflict):
        votes_give(ballot=ballot, votes={1: -1}, act_id=act_id)
    receipt = votes_give(ballot=ballot, votes={2: 0, 3: 1})
    assert receipt.result["new"] == 1
    assert sorted(ConsultationVote.objects.values_list("statement__number", "value")) == [(1, 1), (2, 0), (3, 1)]
    assert Voice.objects.count() == 1
    told = [entry.quantities for entry in Entry.objects.filter(code="deliberation.consultation.vote")]
    assert sum(one.get("consultation_votes", 0) for one in told) == 3
    assert sum(one.get("consultation_voices", 0) for one in told) == 1


@pytest.mark.parametrize("votes", [{1: 2}, {99: 1}, {1: None}])
def test_nonsense_is_refused_and_nothing_is_kept(consulted, votes):
    consulted.opened()
    with pytest.raises(Refusal):
        votes_give(ballot=consulted.ballot(1), votes=votes)
    assert not Voice.objects.exists()


def test_an_account_is_one_voice_on_every_phone(consulted):
    consulted.opened()
    villager = consulted.cast.viewer("villager")
    for receipt in ("A123456789", "B123456789", ""):
        votes_give(ballot=ballot_of(consulted.consultation, villager, receipt), votes={1: 1})
    assert Voice.objects.get().kind == "account"
    assert ballot_of(consulted.consultation, Viewer(), "") is None


def test_where_slips_count_only_slips_do(cast):
    with everything():
        consulted = Consulted(cast, audience="invited").stated()
        row = consulted.consultation
        with pytest.raises(WrongStage):
            consultation_open(actor=cast.viewer("second_clerk"), consultation=row)
        slips_make(actor=cast.viewer("clerk"), consultation=row, count=3)
        slips_make(actor=cast.viewer("clerk"), consultation=row, count=2)
        assert [slip.number for slip in row.slips.all()] == [1, 2, 3, 4, 5]
        consultation_open(actor=cast.viewer("second_clerk"), consultation=row)
        assert ballot_of(row, cast.viewer("villager"), "A123456789") is None
        code = slip_code(row.slips.first())
        for written in (code, code.lower(), f"{code[:4]}-{code[4:]}"):
            votes_give(ballot=ballot_of(row, Viewer(), written), votes={1: 1})
        assert Voice.objects.get().kind == "slip"
        assert code not in json.dumps([entry.data for entry in Entry.objects.all()], default=str)


def test_whose_voice_it_is_stands_nowhere(consulted):
    """Neither row nor journal lead from a vote to a person; nor does the journal say which way it went."""
    consulted.opened()
    villager = consulted.cast.viewer("villager")
    votes_give(ballot=ballot_of(consulted.consultation, villager, ""), votes={1: -1, 2: 1})
    entry = Entry.objects.get(code="deliberation.consultation.vote")
    assert (entry.actor_id, entry.on_behalf_of_id, entry.right_kind, entry.right_id) == (None, None, "voice", None)
    said = json.dumps([entry.data, entry.dims, entry.quantities, entry.touches], default=str)
    assert str(villager.person_id) not in said
    assert str(Voice.objects.get().pk) not in said
    assert entry.quantities == {"consultation_votes": 2, "consultation_voices": 1}
    votes_give(ballot=ballot_of(consulted.consultation, consulted.cast.viewer("member"), ""), votes={1: 1, 2: 1})
    other = Entry.objects.filter(code="deliberation.consultation.vote").latest("received_at")
    assert other.data == entry.data
    assert other.quantities == entry.quantities
    assert "person" not in {field.name for field in Voice._meta.get_fields()}
    for vote in ConsultationVote.objects.all():  # no moment leads from a vote to a phone
        assert vote.pk.version == 4
    assert not [one for one in ConsultationVote._meta.fields if "Time" in one.get_internal_type()]


def test_moderation_appeal_and_its_second_person(consulted):
    consulted.opened()
    cast, ballot = consulted.cast, consulted.ballot(7)
    number = statement_state(ballot=ballot, text="广场上装两个健身器材").result["number"]
    statement = ConsultationStatement.objects.get(number=number)
    assert (statement.state, statement.voice_id, statement.votes.get().value) == ("waiting", ballot.voice_id, 1)
    assert next_statement(consulted.consultation, voice_of(ballot)).number != number
    statement_decide(actor=cast.viewer("clerk"), statement=statement, admit=False, reason="off_topic", words_why="另说")
    with pytest.raises(Refusal):
        statement_appeal(ballot=consulted.ballot(8), statement=statement, text="不服")
    statement_appeal(ballot=ballot, statement=statement, text="健身器材就在公共空间里")
    with pytest.raises(WrongStage):
        statement_appeal(ballot=ballot, statement=statement, text="再说一次")
    with pytest.raises(NotAllowed):
        appeal_decide(actor=cast.viewer("clerk"), statement=statement, uphold=True, answer="同意")
    with pytest.raises(NotAllowed):
        appeal_decide(actor=cast.viewer("outsider"), statement=statement, uphold=True, answer="同意")
    with pytest.raises(Refusal):
        appeal_decide(actor=cast.viewer("second_clerk"), statement=statement, uphold=True, answer=" ")
    appeal_decide(actor=cast.viewer("second_clerk"), statement=statement, uphold=True, answer="确与公共空间有关")
    statement.refresh_from_db()
    assert (statement.state, statement.reason) == ("admitted", "")


def test_what_is_stated_already_or_too_much_is_said(consulted):
    consulted.opened()
    ballot = consulted.ballot(1)
    with pytest.raises(Refusal, match="5"):
        statement_state(ballot=ballot, text=TEXTS[4])
    for text in ("甲", "乙", "丙"):
        statement_state(ballot=ballot, text=text)
    with pytest.raises(Refusal):
        statement_state(ballot=ballot, text="丁")
    with pytest.raises(Refusal):
        statement_state(ballot=consulted.ballot(2), text="长" * 141)
    assert Voice.objects.count() == 1


def test_every_statement_comes_once_and_the_same_until_it_is_answered(consulted):
    consulted.opened()
    ballot, seen = consulted.ballot(3), []
    for _ in TEXTS:
        shown = next_statement(consulted.consultation, voice_of(ballot))
        assert shown == next_statement(consulted.consultation, voice_of(ballot))
        seen.append(shown.number)
        votes_give(ballot=ballot, votes={shown.number: 0})
    assert sorted(seen) == list(range(1, len(TEXTS) + 1))
    assert next_statement(consulted.consultation, voice_of(ballot)) is None


def test_weights_draw_what_tells_more(consulted):
    consulted.opened().phones(30)
    assert consultations_weigh() == 1
    assert consultations_weigh() == 0  # nothing grew
    fresh = consulted.fresh()
    assert set(fresh.priorities) == {str(number) for number in range(1, 9)}
    statement_decide(
        actor=consulted.cast.viewer("clerk"),
        statement=fresh.statements.get(number=8),
        admit=False,
        reason="said",
    )
    fresh.priorities = {"1": 1000.0, "2": 0.001} | {str(number): 0.001 for number in range(3, 8)}
    drawn = [next_statement(fresh, _unheard(fresh, number)).number for number in range(60)]
    assert drawn.count(1) > 50


def _unheard(consultation, number):
    return Voice(id=uuid7(number), consultation=consultation)


def test_closing_early_needs_a_reason_and_then_nothing_is_counted(consulted):
    consulted.opened().phones(6)
    clerk = consulted.cast.viewer("clerk")
    with pytest.raises(Refusal) as refused:
        consultation_close(actor=clerk, consultation=consulted.consultation)
    assert refused.value.field == "reason"
    assert consulted.fresh().stage == "open"
    consulted.close()
    with pytest.raises(WrongStage):
        votes_give(ballot=consulted.ballot(99), votes={1: 1})
    assert not Voice.objects.exclude(network="").exists()


def test_the_clock_closes_it_and_makes_the_result(consulted):
    consulted.opened().phones(6)
    assert consultations_tend() == 0
    row = consulted.fresh()
    row.closes_at = timezone.now() - timedelta(minutes=1)
    row.save()
    with pytest.raises(WrongStage):  # over is over, whether the job has run or not
        votes_give(ballot=consulted.ballot(99), votes={1: 1})
    assert consultations_tend() == 2
    assert consultations_tend() == 0
    row = consulted.fresh()
    assert (row.stage, row.closing_reason, row.result["people"]) == ("closed", "", 6)


def test_the_result_is_what_anybody_computes_from_the_download(consulted):
    consulted.opened().phones(80).close()
    row = consulted.consultation
    votes, _party_of = anonymous_votes(row)
    table = list(csv.DictReader(io.StringIO(votes_csv(votes))))
    found = analyse(*[[int(one[name]) for one in table] for name in ("participant", "statement", "vote")])
    assert row.result["k"] == found.k == 2
    for place, told in enumerate(row.result["rows"]):
        against, passes, agree = (int(one) for one in found.totals[:, place])
        assert (told["agree"], told["object"], told["pass"]) == (agree, against, passes)
        cast_votes = ConsultationVote.objects.filter(statement__number=told["number"])
        assert agree == cast_votes.filter(value=1).count()
    assert row.result["people"] == 80
    assert 1 in row.result["shared"]
    assert 3 in row.result["divides"]
    assert 3 not in row.result["shared"]
    assert sum(group["size"] for group in row.result["groups"]) == row.result["placed"]
    before = row.result_hash
    result_make(row)
    assert consulted.fresh().result_hash == before
    entry = Entry.objects.get(code="deliberation.consultation.result")
    assert (entry.data["result"], entry.data["votes"]) == (before, row.result["votes_hash"])


def test_words_that_the_numbers_do_not_carry_are_not_used(cast):
    with everything():
        few = Consulted(cast).opened()
        for number in range(12):
            votes_give(ballot=few.ballot(number), votes=dict.fromkeys(range(1, 9), 1))
        few.close()
        result = few.consultation.result
        assert {row["most"] for row in result["rows"]} == {""}  # all twelve agreed; twelve carry no "most"
        assert result["shared"] == []
        assert result["leading"]


def test_below_five_people_nothing_is_counted(consulted):
    consulted.opened().phones(4).close()
    result = consulted.consultation.result
    assert (result["too_few"], result["rows"], result["people"]) == (True, [], 4)


def test_a_party_of_fewer_than_five_is_named_without_a_number(cast):
    with everything():
        consulted = Consulted(cast, asks_party=True).opened()
        villagers, company, _department = consulted.story.matter.parties.all()
        consulted.phones(14, parties=(villagers, villagers, villagers, company))
        consulted.close()
        result = consulted.consultation.result
        assert [one["people"] for one in result["parties"] if one["name"] == villagers.name] == [11]
        assert [one["people"] for one in result["parties"] if one["name"] == company.name] == [None]
        assert {len(row["by_party"]) for row in result["rows"]} == {1}


def test_the_brief_lays_it_before_the_next_sitting(consulted):
    consulted.opened().phones(60).close()
    story = consulted.story.fill_seats()
    planned = sitting_plan(
        actor=story.by("convener"), matter=story.matter, starts_at=timezone.now() + timedelta(days=30), where="村委会"
    )
    sitting = story.matter.sittings.get(pk=planned.result["sitting"])
    act_id = uuid7()
    for _ in range(2):
        receipt = consultation_brief(
            actor=story.by("convener"), consultation=consulted.consultation, sitting=sitting, act_id=act_id
        )
    sitting.refresh_from_db()
    laid = list(Statement.objects.filter(sitting=sitting))
    assert len(laid) == receipt.result["statements"] > 2
    assert {one.from_consultation.text for one in laid} == {one.text for one in laid}
    assert "60" in sitting.agenda
    with pytest.raises(WrongStage):
        consultation_brief(actor=story.by("convener"), consultation=consulted.consultation, sitting=sitting)


def test_a_new_link_kills_the_old_and_keeps_the_voices(consulted):
    consulted.opened().phones(3)
    before = consulted.consultation.code
    link_reissue(actor=consulted.cast.viewer("clerk"), consultation=consulted.consultation)
    assert consulted.fresh().code != before
    votes_give(ballot=consulted.ballot(0), votes={1: -1})
    assert Voice.objects.count() == 3


def test_staff_statements_are_labelled(consulted):
    consulted.stated()
    assert set(consulted.consultation.statements.values_list("by_staff", flat=True)) == {True}
    with pytest.raises(NotAllowed):
        consultation_statement_add(
            actor=consulted.cast.viewer("outsider"), consultation=consulted.consultation, text="外县的话"
        )


@pytest.mark.django_db(transaction=True)
def test_many_taps_at_one_moment_raise_one_voice_and_none_is_lost_by_closing():
    with everything():
        consulted = Consulted(make_cast()).opened()
    ballots = [consulted.ballot(number) for number in (1, 2)]

    def tap(number: int) -> int:
        try:
            with everything():
                if number == 40:
                    clerk = consulted.cast.viewer("clerk")
                    consultation_close(actor=clerk, consultation=consulted.consultation, reason="够了")
                    return 0
                return votes_give(ballot=ballots[number % 2], votes={number % 8 + 1: 1}).result["new"]
        except WrongStage:
            return 0  # after the closing
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        new = sum(pool.map(tap, range(80)))
    with everything():
        assert Voice.objects.count() == 2
        assert ConsultationVote.objects.count() == new
        result_make(consulted.consultation)
        told = consulted.fresh().result
    assert (told["people"], told["votes"]) == (2, new)
