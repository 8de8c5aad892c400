"""Before a sitting: many seats at once, nobody twice, who is missing at the table, a substitute who is named."""

import io
from datetime import timedelta

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from tests.cast import sign_in
from tests.kept import kept
from tests.story import Story
from yishi.database.reach import everything
from yishi.deliberation.models import Seat
from yishi.deliberation.services.inviting import MOST_LINES, balance_of, cells_of, seats_paste
from yishi.deliberation.services.seats import seat_answer, seat_fill
from yishi.deliberation.services.sittings import sitting_notice, sitting_plan
from yishi.kit.errors import NotAllowed, Refusal
from yishi.kit.ids import uuid7
from yishi.notices.models import Notice
from yishi.people.models import Person
from yishi.people.services import Newcomer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]
LINES = "姓名\t电话\t身份\n岩甲\t13900000011\t村民\n玉乙\t\t村民\n李　丙\t139 0000 0013\t花卉公司"


@kept
def story(cast):
    """A matter with three parties, taken up; nobody sits yet."""
    with everything():
        return Story(cast).raise_worry().take_up()


def paste(story, text=LINES, who="convener", **given):
    return seats_paste(actor=story.by(who), matter=story.matter, rows=cells_of(text), **given)


def sitting_people(story):
    return sorted(Seat.objects.filter(matter=story.matter, ended_on=None).values_list("person__name", flat=True))


def refused_with(code, call):
    with pytest.raises(Refusal) as refusal:
        call()
    assert refusal.value.code == code
    return str(refusal.value)


def test_it_works(story):
    assert paste(story).result == {"filled": 3, "held": 0}
    assert sitting_people(story) == sorted(["岩甲", "玉乙", "李丙"])
    seat = Seat.objects.get(person__name="李丙")
    assert (seat.party.name, seat.role, seat.state, seat.person.phone) == (
        "花卉公司",
        "party",
        "invited",
        "13900000013",
    )
    assert Notice.objects.filter(code="seat.invited").count() == 3


def test_a_longer_list_pasted_again_invites_the_new_ones_alone(story):
    paste(story)
    assert paste(story, LINES + "\n岩丁\t13900000014\t村民").result == {"filled": 1, "held": 3}
    assert Notice.objects.filter(code="seat.invited").count() == 4
    assert Person.within.filter(name="岩甲").count() == 1


def test_two_of_one_name_with_phones_of_their_own_are_two(story):
    paste(story, "岩甲,13900000011,村民\n岩甲,13900000012,村民")
    assert sitting_people(story) == ["岩甲", "岩甲"]


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ("岩甲 13900000011 村民", ["岩甲", "13900000011", "村民"]),
        ("李 明 村民", ["李明", "村民"]),
        ("岩甲，村民", ["岩甲", "村民"]),
        ("岩甲、13900000011、村民", ["岩甲", "13900000011", "村民"]),
    ],
)
def test_lines_are_read_as_people_write_them(line, cells):
    assert cells_of(line) == [cells]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("岩甲\t不知道", "paste.unknown"),
        ("岩甲", "paste.what_for"),
        ("\t13900000011\t村民", "person.no_name"),
        ("岩甲\t13900000011139000\t村民", "person.phone"),
    ],
)
def test_a_wrong_line_is_named_and_none_is_filled(story, line, code):
    said = refused_with(code, lambda: paste(story, f"玉乙\t\t村民\n{line}"))
    assert said.startswith("第2行") and not sitting_people(story)
    refused_with("paste.empty", lambda: paste(story, "姓名"))


def test_only_whoever_runs_the_matter_fills(story):
    with pytest.raises(NotAllowed):
        paste(story, who="outsider")


def workbook(rows):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return SimpleUploadedFile("名单.xlsx", out.getvalue())


def test_a_workbook_fills_as_lines_do(story, client):
    sign_in(client, story.cast, "convener")
    address = reverse("seats_paste", args=[story.matter.pk])
    rows = [["姓名", "电话", "代表"], ["岩甲", 13900000011, "村民"], ["玉乙", "", "花卉公司"]]
    answer = client.post(address, {"act_id": str(uuid7()), "workbook": workbook(rows)}, follow=True)
    assert "已邀请2人" in answer.content.decode() and sitting_people(story) == ["岩甲", "玉乙"]
    broken = SimpleUploadedFile("名单.xlsx", b"PK no workbook")
    answer = client.post(address, {"act_id": str(uuid7()), "workbook": broken})
    assert answer.status_code == 422
    answer = client.post(address, {"act_id": str(uuid7()), "lines": "岩甲\t不知道"})
    assert answer.status_code == 422 and "岩甲\t不知道" in answer.content.decode()


def test_the_balance_names_who_is_missing(story, client):
    paste(story, "岩甲\t村民")
    balance = balance_of(story.matter)
    assert set(balance.missing) == {"花卉公司", "农业农村局"} and not balance.is_level
    assert balance.unanswered == 1 and balance.short
    sign_in(client, story.cast, "convener")
    page = client.get(reverse("matter_seats", args=[story.matter.pk])).content.decode()
    assert "花卉公司还没有人参加" in page
    story.fill_seats()
    assert balance_of(story.matter).missing == ()


def test_an_observer_sits_for_nobody(story):
    party = story.matter.parties.get(name="村民")
    seat_fill(
        actor=story.by("convener"),
        matter=story.matter,
        person=Newcomer("旁听甲"),
        role="observer",
        party=party,
        filled_by="invitation",
    )
    assert "村民" in balance_of(story.matter).missing


def test_who_is_added_after_the_notice_hears_of_the_day_and_nobody_else_does_again(story):
    story.fill_seats()
    planned = sitting_plan(
        actor=story.by("convener"),
        matter=story.matter,
        where="议事室",
        starts_at=timezone.now() + timedelta(days=90),
    )
    sitting = story.matter.sittings.get(pk=planned.result["sitting"])
    sitting_notice(actor=story.by("convener"), sitting=sitting)
    before = set(Notice.objects.filter(code="sitting.notice").values_list("pk", flat=True))
    paste(story, "岩甲\t13900000011\t村民")
    new = Notice.objects.filter(code="sitting.notice").exclude(pk__in=before)
    assert [notice.person.name for notice in new] == ["岩甲"]


def test_who_declines_names_somebody_who_comes_instead(story, client):
    paste(story, "岩甲\t13900000011\t村民")
    seat = Seat.objects.get(person__name="岩甲")
    seat_answer(
        actor=story.by("convener"),
        seat=seat,
        accepts=False,
        reason="外出打工",
        substitute="玉乙",
        substitute_phone="13900000012",
    )
    sign_in(client, story.cast, "convener")
    page = client.get(reverse("matter_seats", args=[story.matter.pk])).content.decode()
    address = f"{reverse('seat_new', args=[story.matter.pk])}?instead={seat.pk}"
    assert "玉乙" in page and address in page
    form = client.get(address).content.decode()
    assert 'value="玉乙"' in form and 'value="13900000012"' in form
    sent = {"name": "玉乙", "phone": "13900000012", "party": str(seat.party_id), "role": "party", "filled_by": ""}
    assert client.post(address, {"act_id": str(uuid7()), "seat_class": seat.seat_class, **sent}).status_code == 302
    assert "玉乙" in sitting_people(story)
    again = client.get(reverse("matter_seats", args=[story.matter.pk])).content.decode()
    assert address not in again, "who was invited is not offered again"


def test_at_most_200_lines_at_once(story):
    lines = "\n".join(f"村民{number},村民" for number in range(MOST_LINES + 1))
    refused_with("paste.many", lambda: paste(story, lines))
    assert paste(story, lines.rsplit("\n", 1)[0]).result["filled"] == MOST_LINES
