"""Minutes are read back: who was there confirms or objects, by phone, aloud or on paper; what is objected to stays."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import sign_in
from tests.kept import kept
from tests.story import Story
from yishi.deliberation.models import Minutes, MinutesAnswer, Presence
from yishi.deliberation.services.minutes import minutes_issue, minutes_write
from yishi.deliberation.services.minutes_reading import (
    Answer,
    answers_to,
    heard_seats,
    minutes_answer,
    minutes_ask,
    minutes_read,
    silent_seats,
)
from yishi.kit.errors import NotAllowed, Refusal
from yishi.notices.models import Notice
from yishi.web.deliberation.sittings.sitting_papers import minutes_paper

pytestmark = pytest.mark.django_db


@kept
def story(cast):
    told = Story(cast).raise_worry().take_up().study_it().fill_seats().sit().stand()
    minutes_write(actor=told.by("convener"), sitting=told.sitting, text="议定租金缓交半年")
    return told.fresh()


def refused_with(code, call):
    with pytest.raises(Refusal) as caught:
        call()
    assert caught.value.code == code


def draft(story) -> Minutes:
    return Minutes.objects.select_related("sitting__matter").get(sitting=story.sitting)


def read(story, answers, **given):
    return minutes_read(actor=story.by("clerk"), minutes=draft(story), answers=answers, **{"way": "read", **given})


def test_all_but_one_confirm_and_the_objection_stands_in_the_paper(story):
    first, *others = heard_seats(story.sitting)
    read(story, [Answer(seat) for seat in others] + [Answer(first, "我说的是缓交一年")])
    assert silent_seats(draft(story)) == []
    minutes_issue(actor=story.by("convener"), minutes=draft(story))
    paper = str(minutes_paper(story.sitting, draft(story)).blocks)
    assert f"到会人员中{len(others)}人确认本纪要属实" in paper and "我说的是缓交一年" in paper
    refused_with("minutes.issued", lambda: read(story, [Answer(first)]))


def test_who_has_not_answered_is_waited_for_until_the_clock_runs_out_or_somebody_says_why_not(story, monkeypatch):
    silent = heard_seats(story.sitting)[0]
    read(story, [Answer(seat) for seat in heard_seats(story.sitting)[1:]])
    refused_with("unheard.empty", lambda: minutes_issue(actor=story.by("convener"), minutes=draft(story)))
    assert draft(story).issued_at is None
    due = draft(story).due_on
    monkeypatch.setattr(timezone, "localdate", lambda *_: due + timedelta(days=1))
    minutes_issue(actor=story.by("convener"), minutes=draft(story))
    assert draft(story).unheard == ""
    assert str(silent.person) in str(minutes_paper(story.sitting, draft(story)).blocks)


def test_issued_without_waiting_the_reason_stands_in_the_paper(story):
    minutes_issue(actor=story.by("convener"), minutes=draft(story), unheard="外出务工，联系不上")
    paper = str(minutes_paper(story.sitting, draft(story)).blocks)
    assert "外出务工，联系不上" in paper


def test_written_anew_they_are_to_be_confirmed_anew(story):
    seats = heard_seats(story.sitting)
    read(story, [Answer(seat) for seat in seats])
    minutes_write(actor=story.by("clerk"), sitting=story.sitting, text="议定租金缓交一年")
    assert silent_seats(draft(story)) == seats
    assert MinutesAnswer.objects.filter(draft=1).count() == len(seats)


def test_by_phone_it_is_their_own_answer_and_nobody_gives_another(story, client):
    minutes_ask(actor=story.by("clerk"), minutes=draft(story))
    seat = story.seat("member")
    assert Notice.objects.filter(code="minutes.to_confirm", person=seat.person).exists()
    sign_in(client, story.cast, "member")
    address = reverse("room_minutes", args=[story.sitting.pk])
    assert address in client.get(reverse("mine")).content.decode()
    for who in ("clerk", "outsider"):
        with pytest.raises(NotAllowed):
            minutes_answer(actor=story.by(who), minutes=draft(story), seat=seat, agrees=True)
    member = story.by("member")
    refused_with(
        "minutes.objection", lambda: minutes_answer(actor=member, minutes=draft(story), seat=seat, agrees=False)
    )
    minutes_answer(actor=member, minutes=draft(story), seat=seat, agrees=False, objection="漏了水费")
    refused_with("minutes.own", lambda: read(story, [Answer(seat)]))
    assert answers_to(draft(story))[seat.pk].objection == "漏了水费"
    assert address not in client.get(reverse("mine")).content.decode()


def test_whoever_was_not_there_says_nothing_to_them(story):
    absent = story.seat("handler")
    Presence.objects.filter(seat=absent).delete()
    refused_with("minutes.absent", lambda: read(story, [Answer(absent)]))
    refused_with("minutes.nobody", lambda: read(story, []))
    refused_with("minutes.scan", lambda: read(story, [Answer(heard_seats(story.sitting)[0])], way="paper"))


def test_the_pages_ask_read_and_answer(story, client):
    sign_in(client, story.cast, "clerk")
    page = reverse("sitting", args=[story.sitting.pk])
    assert reverse("minutes_read", args=[story.sitting.pk]) in client.get(page).content.decode()
    client.post(reverse("minutes_ask", args=[story.sitting.pk]), {"act_id": str(uuid4())})
    sign_in(client, story.cast, "member")
    address = reverse("room_minutes", args=[story.sitting.pk])
    assert address in client.get(reverse("room", args=[story.sitting.pk])).content.decode()
    assert "议定租金缓交半年" in client.get(address).content.decode()
    refused = client.post(address, {"agrees": "wrong", "objection": ""})
    assert refused.status_code == 422 and "请写明纪要哪里不对" in refused.content.decode()
    assert client.post(address, {"agrees": "right"}).status_code == 302
    sign_in(client, story.cast, "clerk")
    reading = reverse("minutes_read", args=[story.sitting.pk])
    assert "本人已用手机表态" in client.get(reading).content.decode()
    first = next(seat for seat in heard_seats(story.sitting) if seat != story.seat("member"))
    typed = {"way": "read", "everybody": "on", f"said-{first.pk}": "wrong", f"words-{first.pk}": ""}
    assert client.post(reading, typed).status_code == 422
    assert client.post(reading, {**typed, f"words-{first.pk}": "少记了一条"}).status_code == 302
    assert silent_seats(draft(story)) == []
    issuing = reverse("minutes_issue", args=[story.sitting.pk])
    shown = client.get(issuing).content.decode()
    assert "少记了一条" in shown and 'name="unheard"' not in shown
    assert client.post(issuing, {"act_id": str(uuid4())}).status_code == 302
    assert "少记了一条" in client.get(page).content.decode()
