"""A day for a sitting: put to everybody with a seat, answered by each, and taken where those who must come can."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import sign_in
from tests.kept import kept
from tests.story import Story
from yishi.database.reach import everything
from yishi.deliberation.models import DateRound, Sitting
from yishi.deliberation.services.dates import (
    LEAST_DAYS,
    MOST_DAYS,
    dates_answer,
    dates_ask,
    dates_drop,
    dates_settle,
    days_of,
)
from yishi.deliberation.services.seats import seat_recuse
from yishi.kit.errors import NotAllowed, Refusal
from yishi.kit.ids import uuid7
from yishi.notices.models import Notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]
EVERYBODY = ("member", "convener", "village_head", "company_head", "handler")


@kept
def story(cast):
    """Seats are filled; no day yet."""
    with everything():
        return Story(cast).raise_worry().take_up().study_it().fill_seats()


def in_days(*numbers):
    noon = timezone.localtime().replace(hour=10, minute=0, second=0, microsecond=0)
    return [noon + timedelta(days=number) for number in numbers]


def asked(story, days=(20, 21, 22), **given):
    given = {"answer_by": timezone.localdate() + timedelta(days=5), **given}
    receipt = dates_ask(actor=story.by("convener"), matter=story.matter, options=in_days(*days), **given)
    return DateRound.objects.get(pk=receipt.result["round"])


def answer(story, found, who, *can, by=None):
    return dates_answer(actor=story.by(by or who), asked=found, seat=story.seat(who), can=can)


def refused_with(code, call):
    with pytest.raises(Refusal) as refusal:
        call()
    assert refusal.value.code == code


def test_it_works(story):
    found = asked(story)
    assert Notice.objects.filter(code="dates.asked").count() == len(EVERYBODY)
    answer(story, found, "member", "yes", "no", "yes")
    answer(story, found, "convener", "yes", "yes", "yes")
    answer(story, found, "village_head", "no", "yes", "maybe")
    answer(story, found, "company_head", "yes", "yes", "yes")
    answer(story, found, "handler", "yes", "yes", "yes", by="convener")
    people = story.cast.people
    assert [day.missing for day in days_of(found)] == [("村民",), (people["member"].name,), ()]
    third = days_of(found)[2]
    assert (third.can, third.maybe, third.cannot, third.silent) == (4, 1, 0, 0)
    receipt = dates_settle(actor=story.by("convener"), asked=found, option=2, where="议事室")
    sitting = Sitting.within.get(pk=receipt.result["sitting"])
    assert sitting.starts_at == in_days(22)[0]
    refused_with("dates.ended", lambda: answer(story, found, "handler", "no", "no", "no"))


def test_an_answer_is_ones_own_or_the_desks_and_replaces_the_first(story):
    found = asked(story)
    with pytest.raises(NotAllowed):
        answer(story, found, "handler", "yes", "yes", "yes", by="company_head")
    answer(story, found, "handler", "yes", "yes", "yes")
    answer(story, found, "handler", "no", "no", "no")
    assert found.answers.get().can == ["no", "no", "no"] and found.answers.get().by_self


def test_whose_seat_ended_counts_no_more(story):
    found = asked(story)
    for who in EVERYBODY:
        answer(story, found, who, "yes", "yes", "yes")
    seat_recuse(actor=story.by("convener"), seat=story.seat("handler"), reason="亲戚")
    assert days_of(found)[0].can == 4


@pytest.mark.parametrize(
    ("code", "days", "given"),
    [
        ("dates.number", (20,), {}),
        ("dates.number", tuple(range(20, 21 + MOST_DAYS)), {}),
        ("dates.past", (-1, 20), {}),
        ("dates.answer_by", (20, 21), {"answer_by": timezone.localdate() + timedelta(days=21)}),
        ("dates.answer_by", (20, 21), {"answer_by": timezone.localdate() - timedelta(days=1)}),
    ],
)
def test_days_that_help_nobody_are_refused(story, code, days, given):
    refused_with(code, lambda: asked(story, days, **given))


def test_two_to_eight_days_are_asked_for(story):
    asked(story, tuple(range(20, 20 + MOST_DAYS)))
    DateRound.objects.all().delete()
    asked(story, tuple(range(20, 20 + LEAST_DAYS)))


def test_one_round_at_a_time_and_dropped_another(story):
    found = asked(story)
    refused_with("dates.asked", lambda: asked(story))
    refused_with("dates.each", lambda: answer(story, found, "handler", "yes"))
    refused_with("dates.option", lambda: dates_settle(actor=story.by("convener"), asked=found, option=9, where="室"))
    dates_drop(actor=story.by("convener"), asked=found, reason="都不合适")
    asked(story)


def test_a_planned_sitting_asks_for_no_days(story):
    found = asked(story)
    dates_settle(actor=story.by("convener"), asked=found, option=0, where="议事室")
    refused_with("dates.planned", lambda: asked(story))


def test_on_the_pages(story, client):
    sign_in(client, story.cast, "convener")
    days = {f"option_{number}": f"{day:%Y-%m-%dT%H:%M}" for number, day in enumerate(in_days(20, 21), start=1)}
    sent = {"act_id": str(uuid7()), "answer_by": f"{timezone.localdate() + timedelta(days=5)}", **days}
    shown = client.post(reverse("dates_ask", args=[story.matter.pk]), sent).url
    assert shown in client.get(reverse("matter_sittings", args=[story.matter.pk])).content.decode()
    sign_in(client, story.cast, "handler")
    mine = reverse("my_seat", args=[story.seat("handler").pk])
    address = reverse("dates_answer", args=[story.seat("handler").pk])
    assert address in client.get(mine).content.decode()
    assert client.post(address, {"act_id": str(uuid7()), "day_1": "yes"}).status_code == 422
    assert client.post(address, {"act_id": str(uuid7()), "day_1": "yes", "day_2": "no"}).status_code == 302
    sign_in(client, story.cast, "convener")
    page = client.get(shown).content.decode()
    assert "1人能来" in page and "农业农村局" in page
    settle = reverse("dates_settle", args=[DateRound.objects.get().pk])
    assert client.post(settle, {"act_id": str(uuid7()), "option": "0", "where": "议事室"}).status_code == 302
    assert story.matter.sittings.count() == 1
