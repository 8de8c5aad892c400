"""What a matter's page and desk offer can be done: a gate that waits, one that came back, a sitting of last month."""

from datetime import datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import sign_in
from tests.deliberation.facts import a_matter
from tests.story import Story
from yishi.deliberation.models import Agreement, GateRequest, Matter, Sitting, Worry
from yishi.deliberation.process.facts import Facts
from yishi.deliberation.services.sittings import sitting_plan
from yishi.web.deliberation.process.matter_file import story as story_of
from yishi.web.deliberation.sittings.sitting_story import sitting_story
from yishi.web.shell.desk import inbox

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]


def test_a_gate_that_waits_is_opened_and_not_asked_again(client, cast):
    matter = a_matter(cast)
    gate = GateRequest.objects.get(matter=matter, gate="party_plan")
    sign_in(client, cast, "clerk")
    page = client.get(reverse("matter", args=[matter.pk])).content.decode()
    assert reverse("gate", args=[gate.pk]) in page
    assert reverse("gate_ask", args=[matter.pk, "party_plan"]) not in page


def test_a_returned_gate_is_on_the_conveners_desk_while_another_one_waits(cast):
    matter = a_matter(cast)
    GateRequest.objects.filter(matter=matter, gate="party_plan").update(answer="return", reason="请补充")
    Matter.within.filter(pk=matter.pk).update(step_due_on=timezone.localdate() + timedelta(days=90))
    assert matter.title in [item.title for item in inbox(cast.viewer("clerk"))]


def test_a_sitting_that_is_recorded_afterwards_has_no_clock(client, cast):
    told = Story(cast).raise_worry().take_up().fill_seats()
    held = timezone.now() - timedelta(days=20)
    by = told.by("convener")
    receipt = sitting_plan(actor=by, matter=told.matter, starts_at=held, where="村委会")
    sitting = Sitting.within.get(pk=receipt.result["sitting"])
    assert sitting.backfilled
    assert not [item for item in inbox(by) if item.kind == "sitting" and item.due_on]
    assert not [event for event in sitting_story(sitting) if event.due]
    Sitting.within.filter(pk=sitting.pk).update(state="open", opened_at=held)
    sign_in(client, cast, "convener")
    page = client.get(reverse("room_close", args=[sitting.pk])).content.decode()
    assert timezone.localtime(held).strftime("%Y-%m-%dT%H:%M") not in page  # nobody met for no minute


def test_what_was_agreed_stands_after_what_was_raised_on_the_same_day(cast):
    told = Story(cast).raise_worry().take_up().fill_seats().sit().agree()
    evening = timezone.make_aware(datetime.combine(timezone.localdate(), time(23)))
    Sitting.within.update(state="open")
    Worry.within.update(raised_at=evening)
    Agreement.objects.update(written_at=evening + timedelta(minutes=5))
    matter = Matter.within.get(pk=told.matter.pk)
    titles = [str(event.title) for event in story_of(matter, Facts(matter), list(Worry.within.all()), with_notes=False)]
    assert titles.index("有人提出诉求") < titles.index("协商意见已记录")
