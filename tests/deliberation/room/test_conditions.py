"""Conditions become agreement where every other party accepts them; silence of who is here is no assent (0044)."""

import pytest
from django.urls import reverse

from tests.cast import sign_in
from tests.kept import kept
from tests.story import Story
from yishi.database.reach import everything
from yishi.deliberation.models import ConditionAcceptance, Seat, Sitting, Statement
from yishi.deliberation.services.conditions import condition_answer
from yishi.deliberation.services.roll import presence_leave, walk_in
from yishi.deliberation.services.sittings import sitting_close
from yishi.deliberation.services.stances import hands_count, room_floor, stance_take, statement_close
from yishi.deliberation.services.wordings import statement_reword
from yishi.kit.errors import NotAllowed, Refusal
from yishi.kit.ids import uuid7
from yishi.people.services import Newcomer
from yishi.web.deliberation.room.tally_papers import tally_paper
from yishi.web.deliberation.sittings.sitting_papers import minutes_paper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]
SCRIPT = {"Accept": "application/json"}
WATCHED = "农业农村局监督"


@kept
def story(cast):
    """A sitting that is open; the villagers can live with its statement on a condition, the others agree."""
    with everything():
        story = Story(cast).raise_worry().take_up().study_it().fill_seats().sit()
        take(story, "village_head", "conditional", condition=WATCHED)
        take(story, "company_head", "agree")
        take(story, "handler", "agree")
        return story


def take(story, who, value, seat=None, **given):
    seat = seat or story.seat(who)
    return stance_take(actor=story.by(who), statement=story.statement, seat=seat, value=value, **given)


def party(story, name):
    return story.matter.parties.get(name=name)


def answer(story, *accepts, refuses=(), condition=WATCHED, who="convener"):
    return condition_answer(
        actor=story.by(who),
        statement=story.statement,
        condition=condition,
        accepts=[party(story, name) for name in accepts],
        refuses=[party(story, name) for name in refuses],
    )


def ground(story):
    ((_statement, found, _rows),) = room_floor(story.sitting)
    return found


def refused_with(code, call):
    with pytest.raises(Refusal) as refusal:
        call()
    assert refusal.value.code == code


def villager(story, name="村民丁"):
    """One more of the villagers comes in, and says nothing."""
    person, villagers = Newcomer(name, ""), party(story, "村民")
    receipt = walk_in(
        actor=story.by("convener"), sitting=story.sitting, person=person, role=Seat.Role.PARTY, party=villagers
    )
    return Seat.objects.get(pk=receipt.result["seat"])


def test_it_works(story):
    assert not ground(story).is_shared and list(ground(story).waiting) == [WATCHED]
    answer(story, "花卉公司")
    assert not ground(story).is_shared
    assert answer(story, "农业农村局").result["accepted"] == 1
    assert ground(story).is_shared and ground(story).is_conditional
    answer(story, "农业农村局")  # once more: nothing twice
    assert ConditionAcceptance.objects.count() == 2
    with pytest.raises(NotAllowed):
        answer(story, "花卉公司", who="village_head")


def test_a_party_that_accepts_no_more_keeps_it_from_being_shared(story):
    answer(story, "花卉公司", "农业农村局")
    assert answer(story, refuses=("花卉公司",)).result["refused"] == 1
    assert not ground(story).is_shared


def test_nobody_accepts_what_nobody_named_and_nothing_after_it_was_closed(story):
    refused_with("condition.unknown", lambda: answer(story, "花卉公司", condition="先修渠"))
    refused_with("condition.unknown", lambda: answer(story, "花卉公司", condition=" "))
    answer(story, "花卉公司", condition=f" {WATCHED}。")  # spelt otherwise it is the same
    take(story, "village_head", "agree")
    refused_with("condition.unknown", lambda: answer(story, "农业农村局"))
    statement_close(actor=story.by("convener"), statement=story.statement)
    refused_with("statement.closed", lambda: answer(story, "花卉公司"))


def test_a_conditional_stance_becomes_agreement_after_rewording(story):
    """Acceptances belong to a wording; the condition written into the text, everybody simply agrees."""
    answer(story, "花卉公司", "农业农村局")
    text = "租金缓交半年，水费由公司分期付清，农业农村局监督"
    statement_reword(actor=story.by("convener"), statement=story.statement, text=text)
    assert not ground(story).is_shared and ground(story).conditions == ()
    for who in ("village_head", "company_head", "handler"):
        take(story, who, "agree")
    assert ground(story).is_shared and not ground(story).is_conditional
    take(story, "village_head", "conditional", condition=WATCHED)
    assert ground(story).waiting  # what was accepted of the wording before is asked anew


def test_silence_of_who_is_here_is_no_assent(story):
    answer(story, "花卉公司", "农业农村局")
    seat = villager(story)
    villagers = str(party(story, "村民").pk)
    assert ground(story).silent == (villagers,)  # one of two is not more than half
    take(story, "convener", "agree", seat)
    assert ground(story).is_shared
    villager(story, "村民戊")
    assert ground(story).is_shared  # two of three
    last = villager(story, "村民己")
    assert not ground(story).is_shared  # two of four
    presence_leave(actor=story.by("convener"), sitting=story.sitting, seat=last)
    assert ground(story).is_shared  # who has left is not asked


def test_who_spoke_and_left_was_asked(story):
    answer(story, "花卉公司", "农业农村局")
    villager(story)
    presence_leave(actor=story.by("convener"), sitting=story.sitting, seat=story.seat("village_head"))
    assert ground(story).by_party[str(party(story, "村民").pk)].here == 2


def test_who_comes_after_it_was_closed_changes_nothing(story):
    answer(story, "花卉公司", "农业农村局")
    statement_close(actor=story.by("convener"), statement=story.statement)
    villager(story)
    assert ground(story).is_shared
    sitting_close(actor=story.by("convener"), sitting=story.sitting)
    assert ground(story).is_shared and ground(story).total.here == 3


def test_who_sits_for_no_party_keeps_nothing_from_being_shared_by_silence(story):
    answer(story, "花卉公司", "农业农村局")
    walk_in(actor=story.by("convener"), sitting=story.sitting, person=Newcomer("专家", ""), role=Seat.Role.EXPERT)
    assert ground(story).is_shared
    take(story, "convener", "agree")  # the secretary speaks for nobody
    assert ground(story).is_shared


def test_an_observer_of_a_party_is_not_asked(story):
    answer(story, "花卉公司", "农业农村局")
    role, villagers = Seat.Role.OBSERVER, party(story, "村民")
    given = {"person": Newcomer("旁听", ""), "role": role, "party": villagers}
    walk_in(actor=story.by("convener"), sitting=story.sitting, **given)
    assert ground(story).is_shared


def test_what_was_closed_before_this_was_asked_stands_as_it_was_reckoned(story):
    """A sitting of an earlier version: nobody could accept, and its minutes are issued."""
    villager(story)
    statement_close(actor=story.by("convener"), statement=story.statement)
    assert not ground(story).is_shared
    Statement.objects.update(closed_at=None)
    assert ground(story).is_shared and ground(story).conditions == (WATCHED,)
    assert "尚未接受" not in str(minutes_paper(story.sitting, None))


def test_hands_under_a_condition_say_which(story):
    company = party(story, "花卉公司")
    counted = {"statement": story.statement, "party": company, "agree": 0, "object": 0, "abstain": 0, "conditional": 1}
    refused_with("hands.condition", lambda: hands_count(actor=story.by("convener"), **counted))
    hands_count(actor=story.by("convener"), condition="分两期", **counted)
    assert set(ground(story).waiting) == {WATCHED, "分两期"}
    answer(story, "花卉公司", "农业农村局")
    answer(story, "村民", "农业农村局", condition="分两期")
    assert ground(story).is_shared
    counted |= {"party": party(story, "村民")}
    hands_count(actor=story.by("convener"), **counted)  # one of them has named theirs


# The screens


def page_of(client, story, name):
    return " ".join(client.get(reverse(name, args=[story.sitting.pk])).content.decode().split())


def test_one_tap_records_that_all_accept_and_every_screen_says_what_waits(client, story):
    sign_in(client, story.cast, "convener")
    for name in ("sitting_room", "room_chair", "room_projector", "sitting"):
        assert "待接受：花卉公司、农业农村局" in page_of(client, story, name).replace("待接受： ", "待接受："), name
    assert "以上条件被接受后，即为各方共同接受" in page_of(client, story, "sitting_room")
    address = reverse("condition_answer", args=[story.statement.pk])
    asked = [party(story, name).pk for name in ("花卉公司", "农业农村局")]
    sent = {"act_id": str(uuid7()), "condition": WATCHED, "asked": asked, "everybody": "1"}
    assert client.post(address, sent, headers=SCRIPT).json()["said"]
    assert ground(story).is_shared
    assert "其他各方均已接受" in page_of(client, story, "room_projector")
    sent = {"act_id": str(uuid7()), "condition": WATCHED, "asked": asked, "was": asked, "accepts": asked[:1]}
    client.post(address, sent)  # without a script, too
    assert ConditionAcceptance.objects.get().party.name == "花卉公司"


def test_the_tally_sheet_adds_up_to_what_the_screens_say(client, story):
    answer(story, "花卉公司", "农业农村局")
    villager(story)
    company = party(story, "花卉公司")
    hands = {"party": company, "agree": 1, "object": 0, "abstain": 0}
    hands_count(actor=story.by("convener"), statement=story.statement, **hands)
    tables = [block for block in tally_paper(story.sitting).blocks if block.kind == "table"]
    people, counted, sums = tables
    ticks = [[row[1], *row[2:8]] for row in people.rows]
    names = {who: story.cast.people[who].name for who in ("village_head", "company_head", "handler")}
    by_name = {row[0]: row[2:] for row in ticks}
    assert by_name[names["village_head"]] == ["", "", "", "√", ""]
    assert by_name[names["company_head"]] == ["√", "", "", "", ""] and by_name["村民丁"] == ["", "", "", "", "√"]
    assert all(row.count("√") == 1 for row in people.rows)
    assert counted.rows[0][:5] == ["花卉公司", "1", "0", "0", "0"]
    found = {row[0]: row[1:] for row in sums.rows}
    assert found["村民"] == ["0", "0", "0", "1", "1", "2", "逐人"]
    assert found["花卉公司"] == ["1", "0", "0", "0", "0", "1", "举手"]
    # Recounted by hand from the sheet: ticks of each party, in each column.
    ticked = [row for row in people.rows if row[2] == "村民"]
    assert [sum(row[column] == "√" for row in ticked) for column in range(3, 8)] == [0, 0, 0, 1, 1]
    sign_in(client, story.cast, "convener")
    for ending, start in (("pdf", b"%PDF"), ("docx", b"PK")):
        assert client.get(reverse(f"tally_{ending}", args=[story.sitting.pk])).content.startswith(start)
    assert "计票表" in page_of(client, story, "sitting")


def test_a_sitting_recorded_afterwards_counts_who_was_there_then(story):
    statement_close(actor=story.by("convener"), statement=story.statement)
    before = Sitting.within.get(pk=story.sitting.pk).opened_at
    sitting_close(actor=story.by("convener"), sitting=story.sitting)
    Sitting.within.filter(pk=story.sitting.pk).update(closed_at=before, backfilled=True)
    story.sitting.presences.update(arrived_at=before, left_at=before)
    story.sitting.refresh_from_db()
    assert ground(story).total.here == 3


@pytest.mark.parametrize("who", ["outsider", "neighbour", "village_head"])
def test_the_tally_sheet_names_people_and_is_not_for_everybody(client, story, who):
    sign_in(client, story.cast, who)
    assert client.get(reverse("tally_pdf", args=[story.sitting.pk])).status_code == 404
