"""The draw: published first, repeated by anybody, changed by nobody unnoticed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kept import kept_over_all_files
from tests.story import Story
from yishi.cli.draw_verify import run
from yishi.database.reach import everything
from yishi.deliberation import draw
from yishi.deliberation.models import Draw, Seat
from yishi.deliberation.services.draws import draw_publish, draw_record, draw_run
from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.people.models import Person

IDS = st.sets(st.uuids().map(str), min_size=2, max_size=40)
NUMBERS = st.dictionaries(st.uuids().map(str), st.text("0123456789", min_size=1, max_size=6), max_size=4)
SOURCE = "福利彩票下周五的开奖号码"


def a_record(ids, wanted=2, number="136", numbers=None):
    return draw.record(ids, wanted, SOURCE, number, numbers or {"a": "7"}, names={key: "王*" for key in ids})


@given(IDS, NUMBERS, st.text("0123456789", min_size=1, max_size=8), st.randoms())
def test_the_same_list_and_numbers_give_the_same_people_in_whatever_order_they_are_listed(ids, numbers, number, chance):
    shuffled = list(ids)
    chance.shuffle(shuffled)
    assert draw.list_hash(shuffled) == draw.list_hash(ids)
    seed = draw.seed_of(draw.list_hash(ids), number, numbers)
    assert draw.order_of(seed, shuffled) == draw.order_of(seed, ids)
    assert sorted(draw.order_of(seed, ids)) == sorted(ids)


@given(IDS, NUMBERS, st.uuids().map(str))
def test_a_person_more_on_the_list_gives_itself_away(ids, numbers, stranger):
    record = a_record(ids, 1, numbers=numbers)
    record["candidates"] = sorted({*ids, stranger})
    found = draw.check(json.dumps(record))
    assert (draw.LIST_CHANGED in found.problems) == (stranger not in ids)


@given(IDS, st.text("0123456789", min_size=1, max_size=8))
def test_another_number_gives_itself_away(ids, number):
    record = a_record(ids)
    assert draw.check(json.dumps(record)).problems == ()
    changed = {**record, "public_number": number}
    assert (draw.NUMBERS in draw.check(json.dumps(changed)).problems) == (number != "136")
    changed = {**record, "party_numbers": {"a": number}}
    assert (draw.NUMBERS in draw.check(json.dumps(changed)).problems) == (number != "7")


def test_every_place_is_reached_by_everybody_about_equally_often():
    ids = [f"person-{n}" for n in range(5)]
    firsts = [draw.order_of(draw.seed_of("h", str(n), {}), ids)[0] for n in range(2000)]
    assert all(300 < firsts.count(one) < 500 for one in ids)


@pytest.fixture
def published(tmp_path):
    path = tmp_path / "draw.json"

    def write(**changes):
        path.write_text(json.dumps({**a_record([f"id-{n}" for n in range(6)]), **changes}), "utf-8")
        return str(path)

    return write


def test_the_command_repeats_the_draw_without_a_database(published, capsys):
    assert run([published()]) == 0
    said = capsys.readouterr().out
    assert "一致" in said and said.count("抽中") == 2 and "136" in said


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"candidates": [f"id-{n}" for n in range(7)]}, "名单被改动"),
        ({"candidates": ["id-0", "id-0", "id-1"]}, "出现两次"),
        ({"public_number": "137"}, "数字被改动"),
        ({"party_numbers": {"a": "8"}}, "数字被改动"),
        ({"drawn": ["id-0", "id-1"]}, "结果不同"),
        ({"public_number": ""}, "还没有公布"),
    ],
)
def test_what_was_changed_gives_itself_away(published, capsys, changes, word):
    assert run([published(**changes)]) == 1
    assert word in capsys.readouterr().out


def test_a_list_that_was_swapped_whole_differs_from_the_hash_published_before(published, capsys):
    before = a_record([f"id-{n}" for n in range(6)])["list_hash"]
    swapped = a_record([f"other-{n}" for n in range(6)])
    assert run([published(**swapped)]) == 0
    assert run([published(**swapped), "--list-hash", before]) == 1
    assert "换掉" in capsys.readouterr().out
    assert run([published(), "--list-hash", before.upper()]) == 0


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": "x"}', '{"format": "yishi-draw-1", "candidates": 3}'])
def test_another_file_is_told_apart(tmp_path, capsys, text):
    path = tmp_path / "x.json"
    path.write_text(text, "utf-8")
    assert run([str(path)]) == 2
    assert run([str(tmp_path / "missing.json")]) == 2
    assert run([]) == 2 and run(["--list-hash", "x"]) == 2
    assert "读不了" in capsys.readouterr().out


# Through the services


@kept_over_all_files
def story(cast):
    with everything():
        story = Story(cast).raise_worry().take_up("one_seven_n")
        story.people = [Person.within.create(name=f"群众{n}") for n in "甲乙丙丁戊"]
        return story


def publish(story, who="convener", **given):
    given = {"wanted": 2, "candidates": story.people, "number_source": SOURCE, "seat_class": "drawn", **given}
    receipt = draw_publish(actor=story.by(who), matter=story.matter, **given)
    return Draw.objects.get(pk=receipt.result["draw"])


def numbers(story):
    return {str(party.pk): "5" for party in story.matter.parties.all()}


def test_it_works(story, published, capsys, tmp_path):
    row = publish(story)
    assert draw.check(json.dumps(draw_record(row))).problems == (draw.NO_NUMBER,)
    entry = Entry.objects.get(code="deliberation.draw.publish")
    assert entry.data["list_hash"] == row.list_hash  # sealed in the journal before the number is known
    draw_run(actor=story.by("convener"), draw=row, public_number="136", party_numbers=numbers(story))
    row.refresh_from_db()
    seats = Seat.objects.filter(draw=row)
    assert [str(seat.person_id) for seat in seats.order_by("pk")] == row.order[:2]
    assert {(seat.seat_class, seat.filled_by, seat.state) for seat in seats} == {("drawn", "draw", "invited")}
    path = tmp_path / "public.json"
    path.write_text(json.dumps(draw_record(row)), "utf-8")
    assert run([str(path), "--list-hash", row.list_hash]) == 0
    assert "群众" not in path.read_text("utf-8") and "群*" in json.loads(path.read_text())["names"].values().__str__()


def test_more_than_the_list_has_are_not_drawn(story):
    with pytest.raises(Refusal) as refused:
        publish(story, wanted=6)
    assert refused.value.code == "draw.too_many" and refused.value.field == "wanted"
    assert "6" in str(refused.value) and "5" in str(refused.value)
    assert not Draw.objects.exists()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"wanted": 0}, "draw.none"),
        ({"seat_class": "moon"}, "draw.class"),
        ({"number_source": " "}, "number_source.empty"),
    ],
)
def test_what_makes_no_draw_is_refused(story, given, code):
    with pytest.raises(Refusal) as refused:
        publish(story, **given)
    assert refused.value.code == code


def test_who_sits_already_is_not_on_the_list(story):
    story.fill_seats()
    with pytest.raises(Refusal) as refused:
        publish(story, candidates=[*story.people, story.cast.people["village_head"]])
    assert refused.value.code == "draw.sits"


def test_every_party_gives_a_number_and_a_draw_is_held_once(story):
    row = publish(story)
    with pytest.raises(Refusal) as refused:
        draw_run(actor=story.by("convener"), draw=row, public_number="136", party_numbers={})
    assert refused.value.code == "draw.party_number" and "村民" in str(refused.value)
    with pytest.raises(Refusal) as refused:
        draw_run(actor=story.by("convener"), draw=row, public_number=" ", party_numbers=numbers(story))
    assert refused.value.code == "public_number.empty"
    draw_run(actor=story.by("convener"), draw=row, public_number="136", party_numbers=numbers(story))
    with pytest.raises(WrongStage):
        draw_run(actor=story.by("clerk"), draw=row, public_number="137", party_numbers=numbers(story))


@pytest.mark.parametrize("who", ["outsider", "handler", "neighbour"])
def test_who_does_not_run_the_matter_draws_nothing(story, who):
    with pytest.raises(NotAllowed):
        publish(story, who)
