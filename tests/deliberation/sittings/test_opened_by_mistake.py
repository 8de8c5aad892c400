"""A sitting opened or closed too early, a statement closed too early: taken back with the reason, and all stands as it
stood."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import sign_in
from tests.kept import kept
from tests.story import Story
from yishi.deliberation.models import Matter, Minutes, Sitting
from yishi.deliberation.services.minutes import minutes_issue, minutes_write
from yishi.deliberation.services.room_ways_back import sitting_step_back, statement_open_again
from yishi.deliberation.services.sittings import sitting_close, sitting_open
from yishi.deliberation.services.stances import stance_take, statement_close
from yishi.deliberation.services.ways_back import presence_take_back, statement_withdraw
from yishi.journal.models import Entry, Moved
from yishi.kit.errors import NotAllowed, Refusal, WrongStage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]


@kept
def sat(cast):
    """The sitting is open, one statement is put to the room."""
    return Story(cast).raise_worry().take_up().study_it().fill_seats().sit()


def of(story):
    return Sitting.within.select_related("matter").get(pk=story.sitting.pk)


def back(story, who="convener", reason="点错了", **more):
    return sitting_step_back(actor=story.by(who), sitting=of(story), reason=reason, **more)


def opened(story):
    """How many sittings were opened, as the journal's quantities say it."""
    entries = Entry.objects.filter(code="deliberation.sitting.open", subject_id=story.matter.pk)
    return sum(entry.quantities.get("sittings", 0) for entry in entries)


def withdraw(story):
    statement_withdraw(actor=story.by("convener"), statement=story.statement, reason="还没有开会")


def test_it_works_opened_too_early_it_waits_for_its_opening(sat):
    with pytest.raises(WrongStage) as error:
        back(sat)
    assert error.value.code == "sitting.began"
    withdraw(sat)
    presence_take_back(actor=sat.by("convener"), sitting=of(sat), seat=sat.seat("handler"))
    with pytest.raises(Refusal):
        back(sat, reason=" ")
    with pytest.raises(NotAllowed):
        back(sat, "outsider")
    back(sat)
    after = of(sat)
    assert (after.state, after.opened_at, after.present_at_opening) == ("noticed", None, None)
    assert after.presences.filter(left_at=None).count() == 4  # whoever is in the room stays in the roll call
    assert opened(sat) == 0
    kept = Moved.every.get(code="deliberation.sitting.open")
    assert (kept.taken_back_reason, kept.taken_back_by_id) == ("点错了", sat.by("convener").person_id)
    with pytest.raises(WrongStage):
        back(sat)
    sitting_open(actor=sat.by("convener"), sitting=of(sat))
    assert of(sat).state == "open" and opened(sat) == 1


def test_closed_too_early_everybody_is_in_the_room_and_the_clock_of_the_minutes_stands_still(sat):
    was = of(sat)
    here = set(was.presences.filter(left_at=None).values_list("pk", flat=True))
    sat.stand()
    assert of(sat).state == "closed" and not was.presences.filter(left_at=None).exists()
    minutes_write(actor=sat.by("convener"), sitting=of(sat), text="草稿")
    assert Minutes.objects.get().due_on is not None
    with pytest.raises(NotAllowed):
        back(sat, "outsider")
    back(sat)
    after = of(sat)
    assert (after.state, after.closed_at) == ("open", None)
    assert set(after.presences.filter(left_at=None).values_list("pk", flat=True)) == here
    assert after.statements.get().is_open and Minutes.objects.get().due_on is None
    stance_take(actor=sat.by("company_head"), statement=sat.statement, seat=sat.seat("company_head"), value="object")
    sitting_close(actor=sat.by("convener"), sitting=after)
    assert of(sat).state == "closed"
    minutes_write(actor=sat.by("convener"), sitting=of(sat), text="定稿")
    assert Minutes.objects.get().due_on is not None


def test_the_matter_that_went_on_because_of_it_comes_back_with_its_clock(sat):
    matter = of(sat).matter
    due = timezone.localdate() + timedelta(days=3)
    matter.steps.filter(left_on=None).update(due_on=due)
    sat.stand()
    assert of(sat).matter.step == "settle"
    back(sat)
    after = of(sat).matter
    assert (after.step, after.step_due_on) == ("talk", due)
    assert after.steps.order_by("-ordinal")[0].note == "点错了"
    sitting_close(actor=sat.by("convener"), sitting=of(sat))
    assert of(sat).matter.step == "settle"  # it goes on by itself, as before
    Matter.within.filter(pk=matter.pk).update(step="carry")  # and on from there
    with pytest.raises(WrongStage) as error:
        back(sat)
    assert error.value.code == "matter.moved"


def test_what_rests_on_the_closing_is_taken_back_first(sat):
    sat.stand()
    receipt = minutes_write(actor=sat.by("convener"), sitting=of(sat), text="定稿")
    minutes_issue(
        actor=sat.by("convener"), minutes=Minutes.objects.get(pk=receipt.result["minutes"]), unheard="外出，联系不上"
    )
    with pytest.raises(WrongStage) as error:
        back(sat)
    assert error.value.code == "sitting.minuted"


def test_an_agreement_of_the_sitting_is_taken_back_first(sat):
    sat.stand().agree()
    with pytest.raises(WrongStage) as error:
        back(sat)
    assert error.value.code == "sitting.agreed"


def test_a_statement_that_was_withdrawn_meanwhile_stays_withdrawn(sat):
    sat.stand()
    statement_withdraw(actor=sat.by("convener"), statement=sat.statement, reason="说法不清")
    back(sat)
    assert not of(sat).statements.get().is_open


def test_sent_twice_it_is_one_step_back(sat):
    sat.stand()
    key = uuid4()
    first = back(sat, act_id=key)
    again = back(sat, act_id=key)
    assert again.pk == first.pk and again.replayed and of(sat).state == "open"


def test_a_statement_closed_too_early_is_open_again_without_what_was_written_for_a_minority(sat):
    closing = {"actor": sat.by("convener"), "statement": sat.statement}
    statement_close(**closing, minority_note="村民不同意")
    with pytest.raises(NotAllowed):
        statement_open_again(actor=sat.by("outsider"), statement=sat.statement, reason="误点")
    statement_open_again(**closing, reason="还有人要说")
    sat.statement.refresh_from_db()
    assert (sat.statement.is_open, sat.statement.minority_note) == (True, "")
    with pytest.raises(WrongStage):
        statement_open_again(**closing, reason="再来一次")
    statement_close(**closing)
    sitting_close(actor=sat.by("convener"), sitting=of(sat))
    with pytest.raises(WrongStage) as error:
        statement_open_again(**closing, reason="误点")
    assert error.value.code == "statement.sitting_over"


def test_the_pages_offer_it_and_tell_it(sat, client):
    sign_in(client, sat.cast, "convener")
    page, room = (reverse(name, args=[sat.sitting.pk]) for name in ("sitting", "sitting_room"))
    step_back, again = (
        reverse("sitting_step_back", args=[sat.sitting.pk]),
        reverse("statement_open_again", args=[sat.statement.pk]),
    )
    for address in (page, room):  # a statement was put to the room: it would be refused, and is not offered
        assert step_back not in client.get(address).content.decode()
    empty = Sitting.within.get(pk=sat.sitting.pk).statements.all()
    empty.update(at=sat.sitting.starts_at - timedelta(days=1))  # laid before it by a consultation
    for address in (page, room):
        assert step_back in client.get(address).content.decode()
    assert again not in client.get(room).content.decode()
    statement_close(actor=sat.by("convener"), statement=sat.statement)
    assert again in client.get(room).content.decode()
    assert client.get(again).status_code == 200
    assert client.post(again, {"reason": "还有人要说"}).status_code == 302
    assert again not in client.get(room).content.decode()
    sitting_close(actor=sat.by("convener"), sitting=of(sat))
    assert "散会点早了" in client.get(step_back).content.decode()
    assert client.post(step_back, {"reason": "会还没有开完"}).status_code == 302
    told = client.get(page).content.decode()
    assert step_back in told and "会还没有开完" in told and "已撤回" in told
    sign_in(client, sat.cast, "handler")  # reads the sitting, does not run it
    assert step_back not in client.get(page).content.decode()
    assert client.get(step_back).status_code in (403, 404)
