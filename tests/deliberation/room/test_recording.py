"""Stances of a whole room with one save, hands of every party with one save: only what somebody changed."""

import pytest
from django.urls import reverse

from tests.cast import sign_in
from tests.kept import kept
from tests.story import Story
from yishi.database.reach import everything
from yishi.deliberation.models import HandCount, Presence, Seat, Stance, Statement
from yishi.deliberation.services.recording import Cell, Hands, hands_record, stances_record
from yishi.deliberation.services.roll import walk_in
from yishi.deliberation.services.stances import hands_count, stance_take, statement_add, statement_close
from yishi.kit.errors import NotAllowed, Refusal
from yishi.kit.ids import uuid7
from yishi.people.services import Newcomer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]
SCRIPT = {"Accept": "application/json"}


@kept
def story(cast):
    """A sitting that is open, with one statement and a person of each of three parties."""
    with everything():
        return Story(cast).raise_worry().take_up().study_it().fill_seats().sit()


def record(story, *cells, **given):
    return stances_record(actor=story.by("convener"), sitting=story.sitting, cells=cells, **given)


def cell(story, who, value, condition="", **was):
    return Cell(story.statement, story.seat(who), value, condition, **was)


def refused_with(code, call):
    with pytest.raises(Refusal) as refusal:
        call()
    assert refusal.value.code == code
    return str(refusal.value)


def stands(story, who):
    stance = Stance.objects.get(statement=story.statement, seat=story.seat(who))
    return stance.value, stance.condition, stance.way


def test_it_works(story):
    act_id = uuid7()
    cells = [cell(story, "village_head", "conditional", "先通水"), cell(story, "company_head", "agree")]
    receipt = record(story, *cells, act_id=act_id)
    assert receipt.result["saved"] == 2 and receipt.result["kept"] == []
    assert record(story, *cells, act_id=act_id).result["saved"] == 2  # delivered twice: once
    assert stands(story, "village_head") == ("conditional", "先通水", "desk")
    assert stands(story, "company_head") == ("agree", "", "desk")
    with pytest.raises(NotAllowed):
        stances_record(actor=story.by("village_head"), sitting=story.sitting, cells=cells)


def test_who_said_it_on_a_phone_meanwhile_keeps_their_word(story):
    stance_take(
        actor=story.by("village_head"), statement=story.statement, seat=story.seat("village_head"), value="object"
    )
    receipt = record(story, cell(story, "village_head", "agree"), cell(story, "company_head", "agree"))
    assert receipt.result["kept"] == [str(story.seat("village_head").pk)]
    assert stands(story, "village_head") == ("object", "", "phone") and stands(story, "company_head")[0] == "agree"


def test_a_condition_that_a_phone_wrote_otherwise_is_not_written_over(story):
    said = {"statement": story.statement, "seat": story.seat("village_head"), "value": "conditional"}
    stance_take(actor=story.by("village_head"), condition="先修渠", **said)
    shown = {"was": "conditional", "was_condition": "先通水"}
    assert record(story, cell(story, "village_head", "conditional", "先通水再修渠", **shown)).result["saved"] == 0
    shown["was_condition"] = "先修渠"
    assert record(story, cell(story, "village_head", "conditional", "先修渠，再通水", **shown)).result["saved"] == 1
    assert stands(story, "village_head")[1] == "先修渠，再通水"


def test_one_cell_that_is_refused_refuses_all_and_names_the_person(story):
    cells = [cell(story, "company_head", "agree"), cell(story, "village_head", "conditional", "")]
    said = refused_with("stance.condition", lambda: record(story, *cells))
    assert story.cast.people["village_head"].name in said
    assert not Stance.objects.exists()
    refused_with("stance.chair", lambda: record(story, cell(story, "member", "agree")))
    refused_with("grid.empty", lambda: record(story))
    statement_close(actor=story.by("convener"), statement=story.statement)
    refused_with("statement.closed", lambda: record(story, cell(story, "company_head", "agree")))


def count(story, *lines, **given):
    parties = {party.name: party for party in story.matter.parties.all()}
    hands = [Hands(parties[name], numbers, was) for name, numbers, was in lines]
    return hands_record(actor=story.by("convener"), statement=story.statement, counts=hands, **given)


def test_hands_of_every_party_are_counted_with_one_save(story):
    receipt = count(story, ("村民", (1, 0, 0, 0), ()), ("花卉公司", (0, 0, 1, 0), ()))
    assert receipt.result["saved"] == 2
    found = {row.party.name: (row.agree, row.object) for row in HandCount.objects.all()}
    assert found == {"村民": (1, 0), "花卉公司": (0, 1)}


def test_more_hands_than_a_party_has_here_are_refused_for_all_and_observers_do_not_count(story):
    walk_in(
        actor=story.by("convener"),
        sitting=story.sitting,
        person=Newcomer("旁听人", ""),
        role=Seat.Role.OBSERVER,
        party=story.matter.parties.get(name="村民"),
    )
    both = (("花卉公司", (1, 0, 0, 0), ()), ("村民", (2, 0, 0, 0), ()))
    assert "村民" in refused_with("hands.many", lambda: count(story, *both))
    assert not HandCount.objects.exists()


def test_hands_that_another_screen_counted_meanwhile_stand(story):
    party = story.matter.parties.get(name="村民")
    hands = {"agree": 0, "object": 1, "abstain": 0}
    hands_count(actor=story.by("convener"), statement=story.statement, party=party, **hands)
    assert count(story, ("村民", (1, 0, 0, 0), ())).result["kept"] == [str(party.pk)]
    assert count(story, ("村民", (1, 0, 0, 0), (0, 0, 1, 0))).result["saved"] == 1
    assert HandCount.objects.get().agree == 1


# The screen


def drawn(client, story):
    return client.get(reverse("sitting_room", args=[story.sitting.pk])).content.decode()


def named(story, who):
    return f"{story.statement.pk}-{story.seat(who).pk}"


def test_the_screen_sends_what_it_showed_and_only_changes_are_recorded(client, story):
    record(story, cell(story, "village_head", "agree"))
    sign_in(client, story.cast, "convener")
    page = drawn(client, story)
    name = named(story, "village_head")
    assert f'name="was-{name}" value="agree"' in page and "现场登记" in page
    chair = named(story, "member")
    assert f"said-{chair}" not in page  # the chair is neutral
    sent = {f"was-{name}": "agree", f"said-{name}": "agree"}
    other = named(story, "company_head")
    sent |= {f"was-{other}": "", f"said-{other}": "conditional", f"if-{other}": "分期付"}
    stance_take(
        actor=story.by("village_head"), statement=story.statement, seat=story.seat("village_head"), value="pass"
    )
    address = reverse("room_grid", args=[story.sitting.pk])
    answer = client.post(address, {"act_id": str(uuid7()), **sent}, headers=SCRIPT)
    assert answer.json()["said"] == "已登记1条表态。"
    assert stands(story, "village_head")[0] == "pass" and stands(story, "company_head")[1] == "分期付"


def test_the_same_sending_is_the_same_act_though_a_statement_was_closed_meanwhile(client, story):
    sign_in(client, story.cast, "convener")
    address, name = reverse("room_grid", args=[story.sitting.pk]), named(story, "village_head")
    sent = {"act_id": str(uuid7()), f"was-{name}": "", f"said-{name}": "agree"}
    assert client.post(address, sent, headers=SCRIPT).status_code == 200
    statement_close(actor=story.by("convener"), statement=story.statement)
    assert client.post(address, sent, headers=SCRIPT).status_code == 200
    assert Stance.objects.count() == 1


def test_without_a_script_what_was_typed_stands_on_the_screen_again(client, story):
    sign_in(client, story.cast, "convener")
    name, party = named(story, "village_head"), story.matter.parties.get(name="村民")
    sent = {"act_id": str(uuid7()), f"was-{name}": "", f"said-{name}": "agree", f"if-{name}": ""}
    other = named(story, "company_head")
    sent |= {f"was-{other}": "", f"said-{other}": "conditional", f"if-{other}": " "}
    answer = client.post(reverse("room_grid", args=[story.sitting.pk]), sent)
    page = answer.content.decode()
    assert answer.status_code == 422 and "请写明在什么条件下可以接受" in page
    assert f'name="said-{name}" value="agree" checked' in " ".join(page.split())
    hands = {"act_id": str(uuid7()), "statement": story.statement.pk, f"agree-{party.pk}": "9"}
    answer = client.post(reverse("hands_of_parties", args=[story.statement.pk]), hands)
    assert answer.status_code == 422 and 'value="9"' in answer.content.decode()
    hands |= {"act_id": str(uuid7()), f"agree-{party.pk}": "１"}
    answer = client.post(reverse("hands_of_parties", args=[story.statement.pk]), hands, follow=True)
    assert HandCount.objects.get().agree == 1 and "已记录" in answer.content.decode()


def test_what_is_no_number_of_hands_is_refused(client, story):
    sign_in(client, story.cast, "convener")
    party = story.matter.parties.get(name="村民")
    for typed in ("-1", "两", "1.5", "99999999"):
        hands = {"act_id": str(uuid7()), f"agree-{party.pk}": typed}
        answer = client.post(reverse("hands_of_parties", args=[story.statement.pk]), hands, headers=SCRIPT)
        assert answer.status_code == 422 and answer.json()["message"]
    assert not HandCount.objects.exists()


def test_the_record_says_how_each_stance_came_in(client, story):
    stance_take(
        actor=story.by("village_head"), statement=story.statement, seat=story.seat("village_head"), value="agree"
    )
    stance_take(actor=story.by("convener"), statement=story.statement, seat=story.seat("handler"), value="agree")
    sheet = {"statement": story.statement, "seat": story.seat("company_head"), "value": "agree", "way": "sheet"}
    stance_take(actor=story.by("convener"), **sheet)
    assert sorted(Stance.objects.values_list("way", flat=True)) == ["desk", "phone", "sheet"]
    sign_in(client, story.cast, "convener")
    page = drawn(client, story)
    assert all(way in page for way in ("本人手机", "现场登记", "纸质表态表"))


def test_a_room_of_many_statements_shows_no_more_cells_than_a_form_carries(client, story, monkeypatch):
    monkeypatch.setattr("yishi.web.deliberation.room.grid.MOST", 8)
    for number in range(3):
        statement_add(actor=story.by("convener"), sitting=story.sitting, text=f"第{number}条", by_staff=True)
    assert Presence.objects.filter(left_at=None).exclude(seat__role="chair").count() == 4
    sign_in(client, story.cast, "convener")
    page = drawn(client, story)
    assert page.count("data-fill=") == 2 and "还有2条较早的观点" in page
    assert Statement.objects.count() == 4


def test_no_more_cells_than_one_room_says_at_once(story, monkeypatch):
    monkeypatch.setattr("yishi.deliberation.services.recording.MOST_CELLS", 1)
    cells = [cell(story, "village_head", "agree"), cell(story, "company_head", "agree")]
    refused_with("grid.many", lambda: record(story, *cells))
    assert record(story, cells[0]).result["saved"] == 1
