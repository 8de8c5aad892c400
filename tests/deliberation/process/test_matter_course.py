"""A matter's course: the same matter goes different ways under different models."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.deliberation.facts import (
    a_chair,
    a_commitment,
    a_matter,
    a_sitting,
    a_study,
    an_agreement,
    every_seat,
    two_parties,
)
from yishi.database.reach import everything
from yishi.deliberation.models import Agreement, GateRequest, Matter
from yishi.deliberation.process.facts import Facts
from yishi.deliberation.services.gates import gate_answer
from yishi.deliberation.services.matters import (
    matter_advance,
    matter_missing,
    matter_move_on,
    matter_open,
)
from yishi.deliberation.services.processes import process_shipped
from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.kit.ids import uuid7

pytestmark = pytest.mark.django_db


def again(matter):
    return Matter.within.select_related("place", "convener", "process").get(pk=matter.pk)


def approve(cast, matter, gate, who):
    with everything():
        request = GateRequest.objects.get(matter=matter, gate=gate, answer="")
        gate_answer(actor=cast.viewer(who), gate=request, answer="approve", reason="同意")


def steps_of(matter):
    return list(matter.steps.order_by("ordinal").values_list("step", flat=True))


def carry_through(cast, matter):
    """Meet every condition in the order of the field and let the matter go on after each act."""
    with everything():
        if matter.step == "plan":
            approve(cast, matter, "chairs_plan", "chair_head")
            approve(cast, matter, "party_plan", "party_second")
        two_parties(matter)
        matter_move_on(again(matter))
        if again(matter).step == "study":
            a_study(cast, matter)
            matter_move_on(again(matter))
        a_chair(cast, matter)
        every_seat(cast, matter, Facts(again(matter)).model)
        a_sitting(matter)
        matter_move_on(again(matter))
        agreement = an_agreement(cast, matter)
        matter_move_on(again(matter))
        if again(matter).step == "hand_over":
            approve(cast, matter, "party_adopts", "party_second")
        agreement.state = Agreement.State.HANDED_OVER
        agreement.save()
        commitment = a_commitment(cast, matter)
        matter_move_on(again(matter))
        commitment.state, commitment.settled_on = "struck_off", commitment.agreed_on
        commitment.save()
        matter_move_on(again(matter))
    return again(matter)


def test_it_works(cast):
    matter = a_matter(cast)
    assert matter.number.startswith("协商-牟定-")
    assert (matter.step, matter.stage, matter.state) == ("plan", "planned", "open")
    assert steps_of(matter) == ["collect", "plan"]
    assert matter.step_due_on is not None


def test_the_same_matter_goes_different_ways(cast):
    with everything():
        links = carry_through(cast, a_matter(cast, "five_links"))
        yard = carry_through(cast, a_matter(cast, "courtyard", worries=[]))
        assert links.state == yard.state == Matter.State.DONE
        assert steps_of(links) == [
            "collect",
            "plan",
            "study",
            "prepare",
            "sit",
            "agree",
            "hand_over",
            "carry_out",
            "feed_back",
            "judge",
        ]
        assert steps_of(yard) == ["gather", "talk", "settle", "judge"]
        assert links.gates.count() == 3 and yard.gates.count() == 0
        assert set(links.gates.values_list("body__kind", flat=True)) == {"chairs", "party"}


def test_a_matter_stays_while_something_is_missing_and_says_what(cast):
    matter = a_matter(cast, "courtyard", worries=[])
    with everything():
        lacking = matter_missing(matter)
        assert [one.code for one in lacking] == ["parties_named"]
        with pytest.raises(Refusal) as refused:
            matter_advance(actor=cast.viewer("clerk"), matter=matter)
        assert refused.value.code == "matter.missing"
        assert refused.value.details["missing"] == ["parties_named"]


def test_a_second_click_does_not_carry_the_matter_two_steps(cast):
    matter = a_matter(cast, "courtyard", worries=[])
    with everything():
        two_parties(matter)
        matter_advance(actor=cast.viewer("clerk"), matter=matter, step="gather")
        with pytest.raises(WrongStage):
            matter_advance(actor=cast.viewer("second_clerk"), matter=again(matter), step="gather")


def test_the_same_delivery_moves_once(cast):
    matter, act_id = a_matter(cast, "courtyard", worries=[]), uuid7()
    with everything():
        two_parties(matter)
        first = matter_advance(actor=cast.viewer("clerk"), matter=matter, step="gather", act_id=act_id)
        second = matter_advance(actor=cast.viewer("clerk"), matter=again(matter), step="gather", act_id=act_id)
    assert second.replayed and second.result == first.result


def test_the_outsider_opens_and_moves_nothing(cast):
    with everything():
        with pytest.raises(NotAllowed):
            a_matter(cast, who="outsider")
        matter = a_matter(cast)
        for who in ("outsider", "handler", "prefecture_clerk", "member", "administrator"):
            with pytest.raises(NotAllowed):
                matter_advance(actor=cast.viewer(who), matter=matter)


def test_a_matter_that_began_in_the_past_is_marked_and_starts_no_clock(cast):
    long_ago = timezone.localdate() - timedelta(days=300)
    matter = a_matter(cast, "courtyard", worries=[], opened_on=long_ago)
    assert matter.backfilled and matter.step_due_on is None
    with pytest.raises(Refusal) as refused:
        a_matter(cast, "courtyard", worries=[], opened_on=timezone.localdate() + timedelta(days=2))
    assert refused.value.field == "opened_on"


def test_a_worry_belongs_to_one_matter(cast):
    first = a_matter(cast)
    with everything():
        worry = first.worries.get()
        assert worry.state == "taken_up"
        with pytest.raises(WrongStage):
            a_matter(cast, worries=[worry])


def test_the_journal_holds_no_words(cast):
    matter = a_matter(cast)
    for entry in Entry.objects.filter(subject_id=matter.pk):
        assert "花卉" not in str(entry.data) + str(entry.dims)


def test_a_matter_without_title_is_refused(cast):
    with everything(), pytest.raises(Refusal) as refused:
        matter_open(
            actor=cast.viewer("clerk"),
            title="  ",
            summary="",
            theme="land",
            place=cast.places["牟尼村"],
            convener=cast.bodies["office"],
            process=process_shipped("qr"),
        )
    assert refused.value.field == "title"
