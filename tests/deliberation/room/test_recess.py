"""A recess: of minutes, and to another day; the quorum at every decision."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import sign_in
from tests.kept import kept
from tests.story import Story
from yishi.database.reach import everything, reaching
from yishi.deliberation.models import Recess, Sitting, Statement
from yishi.deliberation.services.roll import absent_invited, presence_leave, roll_call
from yishi.deliberation.services.sittings import sitting_close, sitting_recess, sitting_resume
from yishi.deliberation.services.stances import hands_count, stance_take, statement_add, statement_close
from yishi.kit.errors import Refusal
from yishi.notices.models import Notice
from yishi.web.deliberation.sittings.sitting_story import sitting_story
from yishi.web.shell.desk import inbox

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]


@kept
def story(cast):
    """A sitting that is open, with one statement."""
    with everything():
        return Story(cast).raise_worry().take_up().study_it().fill_seats().sit()


def refused_with(code, call):
    with pytest.raises(Refusal) as refusal:
        call()
    assert refusal.value.code == code


def recess(story, **given):
    sitting_recess(actor=story.by("convener"), sitting=story.sitting, **given)
    story.sitting.refresh_from_db()


def resume(story):
    sitting_resume(actor=story.by("convener"), sitting=story.sitting)
    story.sitting.refresh_from_db()


def test_it_works(story):
    """In a recess nobody says where they stand; then it goes on where it stopped."""
    recess(story, reason="双方单独商量")
    said = {"statement": story.statement, "seat": story.seat("handler"), "value": "agree"}
    refused_with("statement.closed", lambda: stance_take(actor=story.by("handler"), **said))
    refused_with(
        "sitting.state.state",
        lambda: statement_add(actor=story.by("convener"), sitting=story.sitting, text="水", by_staff=True),
    )
    resume(story)
    stance_take(actor=story.by("handler"), **said)
    row = Recess.objects.get()
    assert (row.reason, row.present) == ("双方单独商量", 5) and row.ended_at >= row.began_at
    assert "双方单独商量" in [event.text for event in sitting_story(story.sitting)]


def test_to_another_day_everybody_leaves_is_told_and_is_called_again(story):
    day = timezone.now() + timedelta(days=3)
    recess(story, resumes_at=day)
    assert story.sitting.state == "recess" and not story.sitting.presences.filter(left_at__isnull=True).exists()
    assert Notice.objects.filter(code="sitting.adjourned").count() == 5
    refused_with("sitting.no_chair", lambda: resume(story))
    roll_call(actor=story.by("convener"), sitting=story.sitting, here=absent_invited(story.sitting))
    resume(story)
    assert (story.sitting.state, story.sitting.resumes_at) == ("open", None)
    sitting_close(actor=story.by("convener"), sitting=story.sitting)


def test_it_does_not_go_on_before_it_stopped(story):
    refused_with("recess.day", lambda: recess(story, resumes_at=timezone.now() - timedelta(days=1)))


def test_closed_in_a_recess_it_is_over(story):
    recess(story)
    sitting_close(actor=story.by("convener"), sitting=story.sitting)
    assert Recess.objects.get().ended_at == Sitting.within.get().closed_at


def test_the_desk_waits_for_the_day_on_which_it_goes_on(story):
    day = timezone.now() + timedelta(days=3)
    recess(story, resumes_at=day)
    convener = story.by("convener")
    with reaching(convener.reach):
        items = [item for item in inbox(convener) if item.kind == "sitting"]
    assert [item.due_on for item in items] == [timezone.localdate(day)]


def test_below_the_quorum_nothing_is_decided_unless_that_is_said(story):
    for who in ("handler", "company_head", "village_head"):
        presence_leave(actor=story.by("convener"), sitting=story.sitting, seat=story.seat(who))
    close = {"actor": story.by("convener"), "statement": story.statement}
    refused_with("statement.quorum", lambda: statement_close(**close))
    statement_close(**close, without_quorum=True)
    statement = Statement.objects.get()
    assert statement.lacked_quorum and (statement.present, statement.quorum) == (2, 3)


def test_the_page_asks_only_where_it_is_a_question(story, client):
    sign_in(client, story.cast, "convener")
    address = reverse("statement_close", args=[story.statement.pk])
    assert "without_quorum" not in client.get(address).content.decode()
    for who in ("handler", "company_head", "village_head"):
        presence_leave(actor=story.by("convener"), sitting=story.sitting, seat=story.seat(who))
    page = client.post(address, {"minority_note": "水先通"})
    assert page.status_code == 422 and "without_quorum" in page.content.decode() and "水先通" in page.content.decode()
    assert client.post(address, {"minority_note": "水先通", "without_quorum": "on"}).status_code == 302
    room = client.get(reverse("sitting_room", args=[story.sitting.pk])).content.decode()
    assert "没有作出决定" in room


def test_with_the_quorum_a_closed_statement_says_how_many_were_here(story):
    hands_count(
        actor=story.by("convener"),
        statement=story.statement,
        party=story.matter.parties.get(name="村民"),
        agree=1,
        object=0,
        abstain=0,
    )
    statement_close(actor=story.by("convener"), statement=story.statement)
    statement = Statement.objects.get()
    assert not statement.lacked_quorum and statement.present == 5
