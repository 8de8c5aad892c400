"""How a matter ends: by agreement before the sitting, dropped with a reason, done and judged; how it opens again."""

import pytest
from django.utils import timezone

from tests.deliberation.facts import (
    a_commitment,
    a_matter,
    a_sitting,
    a_worry,
    an_agreement,
    two_parties,
)
from tests.kept import kept
from yishi.deliberation.models import Matter, Worry
from yishi.deliberation.services.matters import (
    matter_close,
    matter_drop,
    matter_end,
    matter_join_worry,
    matter_move_on,
    matter_reopen,
    party_add,
    party_remove,
)
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.notices.models import Notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]


def again(matter):
    return Matter.within.select_related("place", "convener", "process").get(pk=matter.pk)


def told(cast, who, code):
    return Notice.objects.filter(person=cast.people[who], code=code)


@kept
def matter(cast):
    return a_matter(cast)


def end(cast, matter, who="clerk", reason="双方商定分两次付清"):
    return matter_end(actor=cast.viewer(who), matter=matter, reason=reason)


def test_it_works(cast, matter):
    an_agreement(cast, matter, state="handed_over")
    end(cast, matter)
    matter = again(matter)
    assert (matter.state, matter.closed_on, matter.step) == ("ended", timezone.localdate(), "plan")
    assert not matter.sittings.exists()
    assert told(cast, "villager", "matter.ended").count() == 1


def test_it_ends_at_any_step_but_only_with_a_recorded_agreement(cast, matter):
    with pytest.raises(Refusal) as refused:
        end(cast, matter)
    assert refused.value.code == "matter.no_agreement"
    an_agreement(cast, matter, state="draft")
    with pytest.raises(Refusal):
        end(cast, matter)


def test_duties_are_handed_over_before_it_ends(cast, matter):
    an_agreement(cast, matter)
    with pytest.raises(Refusal) as refused:
        end(cast, matter)
    assert refused.value.code == "matter.not_handed_over"


def test_an_agreement_without_duties_ends_it_too(cast, matter):
    an_agreement(cast, matter, duty=False)
    end(cast, matter)
    assert again(matter).state == "ended"


def test_after_the_sitting_it_goes_the_whole_way(cast, matter):
    an_agreement(cast, matter, state="handed_over")
    a_sitting(matter)
    with pytest.raises(WrongStage):
        end(cast, matter)


def test_the_outsider_ends_nothing(cast, matter):
    an_agreement(cast, matter, state="handed_over")
    for act in (matter_end, matter_drop):
        with pytest.raises(NotAllowed):
            act(actor=cast.viewer("outsider"), matter=matter, reason="算了")
    with pytest.raises(NotAllowed):
        matter_close(actor=cast.viewer("outsider"), matter=matter)


def test_a_matter_is_dropped_with_a_reason_that_its_authors_read(cast, matter):
    with pytest.raises(Refusal) as refused:
        matter_drop(actor=cast.viewer("clerk"), matter=matter, reason=" ")
    assert refused.value.field == "reason"
    matter_drop(actor=cast.viewer("clerk"), matter=matter, reason="已进入诉讼程序")
    assert again(matter).state == "dropped"
    assert told(cast, "villager", "matter.dropped").get().params["reason"] == "已进入诉讼程序"
    with pytest.raises(WrongStage):
        matter_drop(actor=cast.viewer("second_clerk"), matter=matter, reason="再来一次")


def test_a_matter_with_open_promises_is_not_dropped(cast, matter):
    a_commitment(cast, matter)
    with pytest.raises(Refusal) as refused:
        matter_drop(actor=cast.viewer("clerk"), matter=matter, reason="算了")
    assert refused.value.code == "matter.promises_open"


def test_it_is_not_closed_before_its_last_step(cast, matter):
    with pytest.raises(WrongStage) as refused:
        matter_close(actor=cast.viewer("clerk"), matter=matter)
    assert refused.value.code == "matter.not_last"


def test_it_is_not_closed_with_open_promises(cast):
    matter = a_matter(cast, "courtyard", worries=[])
    a_commitment(cast, matter)
    Matter.within.filter(pk=matter.pk).update(step="judge", stage="judged")
    with pytest.raises(Refusal) as refused:
        matter_close(actor=cast.viewer("clerk"), matter=again(matter))
    assert refused.value.code == "matter.missing"


def test_a_reopened_promise_opens_the_matter_again(cast):
    matter = a_matter(cast)
    an_agreement(cast, matter, state="handed_over")
    commitment = a_commitment(cast, matter, state="struck_off", settled_on=timezone.localdate())
    end(cast, matter)
    assert Worry.within.get(matter=matter).state == "settled"
    commitment.state, commitment.settled_on = "in_force", None
    commitment.save()
    matter_reopen(again(matter))
    matter = again(matter)
    assert (matter.state, matter.step, matter.closed_on) == ("open", "carry_out", None)
    assert Worry.within.get(matter=matter).state == "taken_up"
    commitment.state, commitment.settled_on = "struck_off", timezone.localdate()
    commitment.save()
    matter_move_on(matter)
    assert again(matter).state == "done"


def test_reopening_what_is_still_carried_out_changes_nothing(cast, matter):
    steps = matter.steps.count()
    matter_reopen(matter)
    assert again(matter).steps.count() == steps


def test_a_matter_that_is_over_takes_nothing_in(cast, matter):
    matter_drop(actor=cast.viewer("clerk"), matter=matter, reason="重复")
    with pytest.raises(WrongStage):
        party_add(actor=cast.viewer("clerk"), matter=matter, name="村民")
    with pytest.raises(WrongStage):
        matter_join_worry(actor=cast.viewer("clerk"), matter=matter, worry=a_worry(cast))


def test_authors_of_a_worry_that_joins_later_hear_of_the_stages_that_follow(cast):
    matter = a_matter(cast, "courtyard", worries=[])
    matter_join_worry(actor=cast.viewer("clerk"), matter=matter, worry=a_worry(cast, raiser="second_villager"))
    two_parties(matter)
    matter_move_on(again(matter))
    assert told(cast, "second_villager", "matter.stage").get().params["stage"] == "deliberated"


def test_a_party_is_named_once_and_taken_out_if_it_was_a_mistake(cast, matter):
    clerk = cast.viewer("clerk")
    party_add(actor=clerk, matter=matter, name="三组村民")
    for same in ("三组村民 ", "三组 村民", "三组\u200b村民"):
        with pytest.raises(Refusal) as refused:
            party_add(actor=clerk, matter=matter, name=same)
        assert refused.value.code == "party.twice"
    with pytest.raises(Refusal):
        party_add(actor=clerk, matter=matter, name=" ")
    party_add(actor=clerk, matter=matter, name="", body=cast.bodies["company"])
    assert list(matter.parties.values_list("name", flat=True)) == ["三组村民", cast.bodies["company"].name]
    party_remove(actor=clerk, matter=matter, party=matter.parties.first())
    assert matter.parties.count() == 1
    with pytest.raises(NotAllowed):
        party_add(actor=cast.viewer("outsider"), matter=matter, name="外人")


def test_a_party_that_consented_stays_on_the_record(cast, matter):
    party = two_parties(matter)[0]
    an_agreement(cast, matter)
    with pytest.raises(WrongStage):
        party_remove(actor=cast.viewer("clerk"), matter=matter, party=party)
