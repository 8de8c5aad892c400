"""Paper sheets: one for each seat, typed in twice by two people; what they read differently is looked at again."""

import random

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from tests.cast import sign_in
from tests.kept import kept
from tests.story import Story
from yishi.database.reach import everything
from yishi.deliberation.models import Presence, Seat, Stance, StanceSheet
from yishi.deliberation.services.sheets import MOST_STATEMENTS, differences, sheet_settle, sheet_type, sheets_make
from yishi.deliberation.services.stances import statement_add, statement_close
from yishi.deliberation.services.wordings import statement_reword
from yishi.kit.errors import NotAllowed, Refusal
from yishi.kit.ids import uuid7
from yishi.people.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]
FIRST, SECOND, THIRD = "convener", "clerk", "office_head"


@kept
def story(cast):
    """An open sitting with one statement; three seats whose stance counts, beside the secretary's."""
    with everything():
        return Story(cast).raise_worry().take_up().study_it().fill_seats().sit()


def printed(story):
    receipt = sheets_make(actor=story.by(FIRST), sitting=story.sitting)
    return list(StanceSheet.objects.filter(sitting=story.sitting, printing=receipt.result["printing"]))


def sheet_of(story, who):
    return StanceSheet.objects.select_related("sitting").get(seat=story.seat(who))


def answers(sheet, *said):
    """What stands on a sheet, statement by statement: "agree", or ("conditional", "…")."""
    pairs = [one if isinstance(one, tuple) else (one, "") for one in said]
    return {one["id"]: pair for one, pair in zip(sheet.statements, pairs, strict=True)}


def typed(story, sheet, who, *said, **given):
    return sheet_type(actor=story.by(who), sheet=sheet, answers=answers(sheet, *said), **given)


def refused_with(code, call):
    with pytest.raises(Refusal) as refusal:
        call()
    assert refusal.value.code == code


def test_it_works(story):
    printed(story)
    sheet = sheet_of(story, "village_head")
    assert typed(story, sheet, FIRST, ("conditional", "先通水")).result["taken"] == 0
    assert not Stance.objects.exists(), "one reading is not enough"
    assert typed(story, sheet, SECOND, ("conditional", "先通水。")).result == {
        "sheet": str(sheet.pk),
        "differs": 0,
        "taken": 1,
    }
    stance = Stance.objects.get()
    assert (stance.seat, stance.value, stance.way) == (story.seat("village_head"), "conditional", "sheet")


def test_of_40_sheets_typed_twice_all_three_planted_differences_are_found(story):
    party = story.matter.parties.get(name="村民")
    missing = 40 - len(printed(story))
    StanceSheet.objects.all().delete()
    people = Person.objects.bulk_create(Person(name=f"村民{number}") for number in range(missing))
    seat = {"matter": story.matter, "party": party, "role": "party", "filled_by": "invitation", "state": "accepted"}
    today = timezone.localdate()
    seats = Seat.objects.bulk_create(Seat(person=person, started_on=today, **seat) for person in people)
    Presence.objects.bulk_create(
        Presence(sitting=story.sitting, seat=seat, arrived_at=timezone.now()) for seat in seats
    )
    statement_add(actor=story.by(FIRST), sitting=story.sitting, text="先通水", by_staff=True)
    sheets = printed(story)
    assert len(sheets) == 40 and [len(sheet.statements) for sheet in sheets] == [2] * 40
    drawn = random.Random(5)
    read = {sheet.pk: [drawn.choice(["agree", "object", "pass"]) for _one in range(2)] for sheet in sheets}
    planted = {
        sheets[4].pk: ["agree" if read[sheets[4].pk][0] != "agree" else "object", read[sheets[4].pk][1]],
        sheets[17].pk: [read[sheets[17].pk][0], ""],
        sheets[39].pk: [read[sheets[39].pk][0], ("conditional", "半年后再议")],
    }
    for sheet in sheets:
        typed(story, sheet, FIRST, *read[sheet.pk])
    for sheet in sheets:
        typed(story, sheet, SECOND, *planted.get(sheet.pk, read[sheet.pk]))
    differing = [sheet for sheet in StanceSheet.objects.all() if sheet.differs]
    assert {sheet.pk for sheet in differing} == set(planted)
    assert [len(differences(sheet)) for sheet in differing] == [1, 1, 1]
    assert Stance.objects.filter(way="sheet").count() == 37 * 2
    for sheet in differing:
        sheet_settle(actor=story.by(THIRD), sheet=sheet, answers=answers(sheet, *read[sheet.pk]))
    assert not [sheet for sheet in StanceSheet.objects.all() if sheet.differs]
    counted = {(stance.seat_id, stance.statement_id): stance.value for stance in Stance.objects.all()}
    for sheet in sheets:
        for one, value in zip(sheet.statements, read[sheet.pk], strict=True):
            assert counted[sheet.seat_id, type(sheet.seat_id)(one["id"])] == value


def test_nobody_types_a_sheet_twice(story):
    """The service says so; the database holds it, whoever writes the row."""
    printed(story)
    sheet = sheet_of(story, "village_head")
    typed(story, sheet, FIRST, "agree")
    refused_with("sheet.same_person", lambda: typed(story, sheet, FIRST, "agree"))
    with pytest.raises(IntegrityError), transaction.atomic():
        StanceSheet.objects.filter(pk=sheet.pk).update(second_by=story.cast.people[FIRST])
    typed(story, sheet, FIRST, "object", anew=True)
    assert typed(story, sheet, SECOND, "object").result["taken"] == 1
    refused_with("sheet.settled", lambda: typed(story, sheet, THIRD, "agree"))


def test_the_third_look_settles_only_what_differs(story):
    statement_add(actor=story.by(FIRST), sitting=story.sitting, text="先通水", by_staff=True)
    printed(story)
    sheet = sheet_of(story, "handler")
    refused_with("sheet.same", lambda: sheet_settle(actor=story.by(THIRD), sheet=sheet, answers={}))
    typed(story, sheet, FIRST, "agree", "object")
    assert typed(story, sheet, SECOND, "agree", "pass").result["differs"] == 1
    sheet_settle(actor=story.by(THIRD), sheet=sheet, answers=answers(sheet, "object", "pass"))
    said = dict(Stance.objects.values_list("statement__ordinal", "value"))
    assert said == {1: "agree", 2: "pass"}, "what both read alike stands"


def test_what_is_not_marked_is_no_stance(story):
    printed(story)
    sheet = sheet_of(story, "handler")
    for who in (FIRST, SECOND):
        receipt = typed(story, sheet, who, "")
    assert receipt.result["taken"] == 0 and not Stance.objects.exists()


@pytest.mark.parametrize("late", ["closed", "reworded"])
def test_a_sheet_says_nothing_on_what_was_closed_or_worded_otherwise_since(story, late):
    printed(story)
    sheet = sheet_of(story, "handler")
    typed(story, sheet, FIRST, "agree")
    if late == "closed":
        statement_close(actor=story.by(FIRST), statement=story.statement, without_quorum=True)
    else:
        statement_reword(actor=story.by(FIRST), statement=story.statement, text="租金不缓交，今年付清")
    assert typed(story, sheet, SECOND, "agree").result["taken"] == 0
    sheet.refresh_from_db()
    assert sheet.is_settled and sheet.settled["late"] == [1] and not Stance.objects.exists()


def test_who_is_not_here_is_named(story):
    printed(story)
    story.sitting.presences.filter(seat=story.seat("handler")).delete()
    sheet = sheet_of(story, "handler")
    typed(story, sheet, FIRST, "agree")
    with pytest.raises(Refusal) as refusal:
        typed(story, sheet, SECOND, "agree")
    assert refusal.value.code == "stance.absent" and story.cast.people["handler"].name in str(refusal.value)


def test_what_no_sheet_can_say_is_refused(story):
    printed(story)
    sheet = sheet_of(story, "handler")
    refused_with("stance.value", lambda: typed(story, sheet, FIRST, "maybe"))
    refused_with("stance.condition", lambda: typed(story, sheet, FIRST, "conditional"))
    refused_with("stance.no_condition", lambda: typed(story, sheet, FIRST, ("agree", "先通水")))


def test_a_sheet_holds_twelve_statements(story):
    for number in range(MOST_STATEMENTS - 1):
        statement_add(actor=story.by(FIRST), sitting=story.sitting, text=f"观点{number}", by_staff=True)
    assert len(printed(story)[0].statements) == MOST_STATEMENTS
    statement_add(actor=story.by(FIRST), sitting=story.sitting, text="再一条", by_staff=True)
    refused_with("sheet.many", lambda: printed(story))


def test_without_an_open_statement_nothing_is_printed(story):
    statement_close(actor=story.by(FIRST), statement=story.statement, without_quorum=True)
    refused_with("sheet.nothing", lambda: printed(story))


def test_the_chair_and_observers_have_no_sheet_and_only_the_desk_types(story):
    sheets = printed(story)
    assert "chair" not in {sheet.seat.role for sheet in sheets}
    with pytest.raises(NotAllowed):
        typed(story, sheets[0], "village_head", "agree")


def test_the_desk_prints_finds_by_number_and_types(story, client):
    sign_in(client, story.cast, FIRST)
    listed = reverse("sheets", args=[story.sitting.pk])
    assert "打印表态单" in client.get(listed).content.decode()
    client.post(reverse("sheets_make", args=[story.sitting.pk]), {"act_id": str(uuid7())})
    assert client.get(reverse("sheets_pdf", args=[story.sitting.pk])).content.startswith(b"%PDF")
    sheet = StanceSheet.objects.get(number=2)
    address = reverse("sheet", args=[sheet.pk])
    for number in ("1-02", "2"):
        assert client.get(listed, {"number": number}).url == address
    assert "没有这个编号" in client.get(listed, {"number": "99"}).content.decode()
    assert client.post(address, {"act_id": str(uuid7()), "said_1": "agree", "if_1": ""}).status_code == 302
    assert "您已录入第一遍" in client.get(address).content.decode()
    sign_in(client, story.cast, SECOND)
    page = client.get(address).content.decode()
    assert "第二遍" in page and 'said_1_1" checked' not in page, "the second is not shown what the first read"
    answer = client.post(address, {"act_id": str(uuid7()), "said_1": "object", "if_1": ""})
    assert answer.url == address
    third = client.get(address).content.decode()
    assert "第一遍：同意" in third and "第二遍：反对" in third
    assert client.post(address, {"act_id": str(uuid7()), "said_1": "agree", "if_1": ""}).status_code == 302
    assert Stance.objects.get().value == "agree" and "同意" in client.get(address).content.decode()
