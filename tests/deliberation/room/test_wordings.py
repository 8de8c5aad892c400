"""A statement in the room is worded otherwise, in editions that are kept, and merged into another one."""

import pytest
from django.urls import reverse

from tests.cast import sign_in
from tests.kept import kept
from tests.story import Story
from yishi.database.reach import everything
from yishi.deliberation.models import HandCount, Stance, Statement, StatementEdition
from yishi.deliberation.services.recording import Cell, Hands, hands_record, stances_record
from yishi.deliberation.services.room import room_number
from yishi.deliberation.services.room_ways_back import statement_open_again
from yishi.deliberation.services.stances import hands_count, room_floor, stance_take, statement_add, statement_close
from yishi.deliberation.services.ways_back import statement_withdraw
from yishi.deliberation.services.wordings import (
    is_spelling,
    statement_merge,
    statement_reword,
    statement_unmerge,
)
from yishi.kit.errors import NotAllowed, Refusal
from yishi.kit.ids import uuid7
from yishi.web.deliberation.sittings.sitting_papers import minutes_paper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]
SCRIPT = {"Accept": "application/json"}


@kept
def story(cast):
    """A sitting that is open, with one statement on which two have said where they stand."""
    with everything():
        story = Story(cast).raise_worry().take_up().study_it().fill_seats().sit()
        take(story, "village_head", "conditional", condition="农业农村局监督")
        take(story, "company_head", "object")
        return story


def take(story, who, value, **given):
    statement = given.pop("statement", story.statement)
    return stance_take(actor=story.by(who), statement=statement, seat=story.seat(who), value=value, **given)


def reword(story, text, who="convener", **given):
    receipt = statement_reword(actor=story.by(who), statement=story.statement, text=text, **given)
    story.statement.refresh_from_db()
    return receipt


def refused_with(code, call):
    with pytest.raises(Refusal) as refusal:
        call()
    assert refusal.value.code == code


def total(story):
    ((_statement, ground, _rows),) = room_floor(story.sitting)
    return ground.total.said


def test_it_works(story):
    """Worded otherwise everybody says anew; what was said stays with the wording on which it was said."""
    before = room_number(story.sitting)
    assert reword(story, "租金缓交半年，由农业农村局监督").result["edition"] == 2
    assert total(story) == 0 and Stance.objects.count() == 2
    take(story, "village_head", "agree")
    assert total(story) == 1 and Stance.objects.filter(seat=story.seat("village_head")).count() == 2
    kept_wording = StatementEdition.objects.get()
    assert (kept_wording.text, kept_wording.is_spelling) == ("租金缓交半年，水费由公司分期付清", False)
    story.sitting.refresh_from_db()
    assert room_number(story.sitting) > before  # the screens hear of it
    with pytest.raises(NotAllowed):
        reword(story, "另一种说法", who="village_head")


def test_where_only_the_spelling_changed_the_stances_stay(story):
    assert reword(story, "租金缓交半年，水费由公司分期付请", spelling=True).result["edition"] == 1
    assert total(story) == 2 and StatementEdition.objects.get().is_spelling
    assert reword(story, "租金缓交半年,水费由公司分期付请。").result["edition"] == 1  # width, and a mark at the end
    assert total(story) == 2 and [row.ordinal for row in StatementEdition.objects.all()] == [1, 2]


@pytest.mark.parametrize(
    ("before", "after", "spelling"),
    [
        ("租佥缓交半年", "租金缓交半年", True),
        ("同意缓交", "不同意缓交", False),
        ("缓交3个月", "缓交6个月", False),
        ("缓交三个月", "缓交六个月", False),
        ("公司可以监督", "公司必须监督", False),
        ("由公司付清水费", "由村委会和农业农村局付清水费", False),
        ("甲乙丙丁付租金", "子丑寅卯付租金", True),  # four letters
        ("甲乙丙丁戊付租金", "子丑寅卯辰付租金", False),
    ],
)
def test_no_number_no_not_and_no_must_is_spelling(before, after, spelling):
    assert is_spelling(before, after) is spelling


def test_what_is_more_than_spelling_is_refused_as_spelling(story):
    refused_with("statement.not_spelling", lambda: reword(story, "租金不缓交半年，水费由公司分期付清", spelling=True))
    refused_with("statement.same", lambda: reword(story, "租金缓交半年，水费由公司分期付清"))
    refused_with("text.empty", lambda: reword(story, " "))
    statement_close(actor=story.by("convener"), statement=story.statement)
    refused_with("statement.closed", lambda: reword(story, "另一种说法"))


def test_a_stance_on_the_wording_that_was_read_before_does_not_count_on_the_new_one(story, client):
    """A phone that still shows the old wording says so, and asks again."""
    reword(story, "租金一分不少，按时付清")
    refused_with("stance.reworded", lambda: take(story, "handler", "agree", edition=1))
    sign_in(client, story.cast, "handler")
    address = reverse("room_stance", args=[story.sitting.pk])
    sent = {"act_id": str(uuid7()), "statement": story.statement.pk, "value": "agree", "edition": 1}
    answer = client.post(address, sent, headers=SCRIPT)
    assert answer.json()["refused"] == "stance.reworded" and "表述" in answer.json()["message"]
    sent |= {"act_id": str(uuid7()), "edition": 2}
    assert client.post(address, sent, headers=SCRIPT).status_code == 200
    assert total(story) == 1
    sign_in(client, story.cast, "village_head")
    page = client.get(reverse("room", args=[story.sitting.pk])).content.decode()
    assert 'name="edition" value="2"' in page and "农业农村局监督" in page and "您对上一稿的表态" in page


def test_a_grid_and_hands_that_show_the_old_wording_record_nothing_on_the_new_one(story):
    reword(story, "租金一分不少，按时付清")
    cells = [Cell(story.statement, story.seat("handler"), "agree", edition=1)]
    receipt = stances_record(actor=story.by("convener"), sitting=story.sitting, cells=cells)
    assert receipt.result["saved"] == 0 and len(receipt.result["kept"]) == 1
    party = story.matter.parties.get(name="村民")
    given = {"statement": story.statement, "counts": [Hands(party, (1, 0, 0, 0))]}
    refused_with("stance.reworded", lambda: hands_record(actor=story.by("convener"), edition=1, **given))
    assert hands_record(actor=story.by("convener"), edition=2, **given).result["saved"] == 1


def test_hands_belong_to_the_wording_on_which_they_were_raised(story):
    party = story.matter.parties.get(name="村民")
    hands = {"agree": 1, "object": 0, "abstain": 0, "party": party}
    for text in ("", "租金一分不少，按时付清"):
        if text:
            reword(story, text)
            assert total(story) == 0
        hands_count(actor=story.by("convener"), statement=story.statement, **hands)
    assert sorted(HandCount.objects.values_list("edition", flat=True)) == [1, 2] and total(story) == 1


def test_earlier_wordings_stand_on_every_screen_and_in_the_minutes(story, client):
    reword(story, "租金缓交半年，由农业农村局监督")
    sign_in(client, story.cast, "convener")
    for name in ("sitting_room", "room_chair", "sitting"):
        page = " ".join(client.get(reverse(name, args=[story.sitting.pk])).content.decode().split())
        assert "<s>租金缓交半年，水费由公司分期付清</s>" in page and "反对 1" in page, name
        assert "农业农村局监督" in page, name
    wall = client.get(reverse("room_projector", args=[story.sitting.pk])).content.decode()
    assert "第2稿" in wall and "data-wording-shown" in wall
    assert "第1稿" in str(minutes_paper(story.sitting, None))


def other(story, text="水费由公司付"):
    receipt = statement_add(actor=story.by("convener"), sitting=story.sitting, text=text, by_staff=True)
    return Statement.objects.get(pk=receipt.result["statement"])


def merge(story, into):
    return statement_merge(actor=story.by("convener"), statement=story.statement, into=into)


def test_a_merged_statement_points_to_the_other_and_both_keep_what_was_said(story, client):
    into = other(story)
    merge(story, into)
    row = Statement.objects.get(pk=story.statement.pk)
    assert row.merged_into == into and not row.is_open and Stance.objects.filter(statement=row).count() == 2
    assert [statement for statement, _ground, _rows in room_floor(story.sitting)] == [into]
    refused_with("statement.closed", lambda: take(story, "handler", "agree"))
    sign_in(client, story.cast, "convener")
    page = " ".join(client.get(reverse("sitting_room", args=[story.sitting.pk])).content.decode().split())
    assert "→ 2. 水费由公司付" in page and "已合并" in page
    assert "已并入第2条" in str(minutes_paper(story.sitting, None))


def test_merged_by_mistake_it_stands_by_itself_again(story):
    into = other(story)
    merge(story, into)
    for again in (
        lambda: merge(story, into),
        lambda: statement_withdraw(actor=story.by("convener"), statement=story.statement, reason="重复"),
        lambda: statement_open_again(actor=story.by("convener"), statement=story.statement, reason="误点"),
    ):
        refused_with("statement.merged", again)
    statement_unmerge(actor=story.by("convener"), statement=story.statement, reason="不是一回事")
    row = Statement.objects.get(pk=story.statement.pk)
    assert row.merged_into is None and row.is_open and len(room_floor(story.sitting)) == 2


def test_nothing_is_merged_into_itself_or_into_what_no_longer_stands(story):
    into = other(story)
    refused_with("statement.into", lambda: merge(story, story.statement))
    statement_withdraw(actor=story.by("convener"), statement=into, reason="重复")
    refused_with("statement.into", lambda: merge(story, into))


def test_two_who_word_it_at_once_see_each_others_words(story, client):
    sign_in(client, story.cast, "convener")
    address = reverse("statement_reword", args=[story.statement.pk])
    version = client.get(address).context["form"]["version"].value()
    reword(story, "租金一分不少，按时付清")
    sent = {"act_id": str(uuid7()), "version": version, "text": "租金缓交三个月"}
    answer = client.post(address, sent, headers=SCRIPT)
    assert answer.status_code == 422 and "租金一分不少，按时付清" in answer.json()["message"]
    assert Statement.objects.get().text == "租金一分不少，按时付清"
