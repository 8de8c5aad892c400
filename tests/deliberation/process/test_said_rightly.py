"""What pages and messages of a matter say is so: no act that can only refuse, nobody told who is not there."""

import pytest
from django.urls import reverse

from tests.cast import sign_in
from tests.story import Story
from yishi.deliberation.models import Worry
from yishi.deliberation.services.course import enter, matter_drop
from yishi.deliberation.services.processes import model_of, process_shipped
from yishi.journal.act import SYSTEM, act
from yishi.notices.models import Notice
from yishi.notices.texts import notice_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]


def test_a_dropped_matter_sends_nobody_to_a_study(client, cast):
    story = Story(cast).raise_worry().take_up()
    sign_in(client, cast, "convener")
    address = reverse("matter", args=[story.matter.pk])
    assert "去调研" in client.get(address).content.decode()
    matter_drop(actor=story.by("convener"), matter=story.matter, reason="重复")
    assert "去调研" not in client.get(address).content.decode()


def test_a_model_is_chosen_by_what_it_is_for(client, cast):
    process_shipped("courtyard")
    sign_in(client, cast, "convener")
    options = [label for _pk, label in client.get(reverse("matter_new")).context["form"].fields["process"].choices]
    assert any("个环节，从“" in str(label) for label in options)


def test_nobody_is_told_where_nobody_raised_it(client, cast):
    story = Story(cast).raise_worry().take_up()
    Worry.within.filter(matter=story.matter).update(matter=None)
    sign_in(client, cast, "convener")
    page = client.post(reverse("matter_drop", args=[story.matter.pk]), {"reason": "重复"}, follow=True)
    assert "没有提出人需要告知" in page.content.decode()


def test_those_who_raised_it_are_asked_before_anything_is_struck_off(cast):
    """“A new step: strike-off” was told before anybody had judged."""
    story = Story(cast).raise_worry().take_up("five_links")
    with act("deliberation.matter.move_on", actor=SYSTEM, body={}) as this:
        enter(this, story.matter, next(step for step in model_of(story.matter.process).steps if step.stage == "judged"))
    told = [notice_text(notice) for notice in Notice.objects.filter(person=story.worry.raiser)]
    assert any("请您来评价" in sentence for sentence in told) and not any("销号" in sentence for sentence in told)
