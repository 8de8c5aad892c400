"""The whole chain through the services."""

import pytest

from tests.story import Story
from yishi.commitments.models import Commitment
from yishi.deliberation.services.stances import room_floor
from yishi.journal.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]


def test_it_works(cast):
    story = Story(cast).all()
    assert story.commitment.state == "checked"
    ((statement, ground, rows),) = room_floor(story.sitting)
    assert ground.is_shared and ground.is_conditional and ground.conditions == ("农业农村局监督",)
    assert [(name, counts.agree, counts.conditional) for name, counts in rows] == [
        ("村民", 0, 1),
        ("花卉公司", 1, 0),
        ("农业农村局", 1, 0),
    ]
    story.judge().strike_off()
    assert story.commitment.state == "struck_off"
    assert (story.matter.state, story.worry.state) == ("done", "settled")


def test_a_negative_verdict_opens_the_promise_and_its_matter_again(cast):
    story = Story(cast).all().judge("not_satisfied")
    assert (story.commitment.state, story.commitment.round) == ("in_force", 2)
    assert (story.matter.state, story.worry.state) == ("open", "taken_up")


def test_nothing_that_people_wrote_stands_in_the_journal(cast):
    story = Story(cast).all().judge()
    kept = str(list(Entry.objects.values()))
    for words in ("租金", "村民丙", "13900000000", "周转", "监督", story.code):
        assert words not in kept
    assert Commitment.within.count() == 1


@pytest.mark.parametrize(
    "process", ["courtyard", "five_links", "four_two_n", "one_seven_n", "one_two_three_four", "qr", "enterprise"]
)
def test_the_chain_under_each_shipped_model_begins(cast, process):
    story = Story(cast).raise_worry().take_up(process)
    assert story.matter.state == "open"
