"""forms 3: what makes an act repeatable exists before it is sent: a first answer that was lost is given again, and one
villager stays one voice."""

import copy

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.consulting import Consulted
from tests.kept import kept
from tests.story import Story
from yishi.assistance.watch.models import SelfReport
from yishi.config.checks import all_views
from yishi.database.reach import everything
from yishi.deliberation.models import ConsultationStatement, ConsultationVote, Voice, Worry
from yishi.deliberation.services.consultation_statements import statement_decide
from yishi.journal.models import Receipt
from yishi.kit.ids import uuid7

pytestmark = pytest.mark.django_db
PART = {"x-part": "ballot"}


@kept
def consulted(cast):
    with everything():
        return Consulted(cast).opened()


def to(consulted, name="consult", *more):
    return reverse(name, args=[consulted.consultation.code, *more])


class Weak(Client):
    """A phone with a weak signal: `lost` sends and hears no answer, so what the answer would have kept is not there."""

    def lost(self, address, data, **more):
        before = copy.deepcopy(self.cookies)
        answer = self.post(address, data, **more)
        self.cookies = before
        return answer


@pytest.mark.parametrize("headers", [{}, PART])
def test_forms_3_a_first_vote_whose_answer_was_lost_is_one_voice(consulted, headers):
    phone = Weak()
    phone.get(to(consulted))
    sent = {"number": 1, "value": 1, "act_id": str(uuid7())}
    assert phone.lost(to(consulted, "consult_vote"), sent, headers=headers).status_code in (200, 302)
    again = phone.post(to(consulted, "consult_vote"), sent, headers=headers)
    assert again.status_code in (200, 302)
    phone.post(to(consulted, "consult_vote"), {"number": 2, "value": -1, "act_id": str(uuid7())}, headers=headers)
    assert (Voice.objects.count(), ConsultationVote.objects.count()) == (1, 2)
    assert "已表态 2 / 8 条" in phone.get(to(consulted)).content.decode()


def test_forms_3_after_a_lost_answer_the_page_opened_anew_is_the_same_voice(consulted):
    phone = Weak()
    phone.get(to(consulted))
    phone.lost(to(consulted, "consult_vote"), {"number": 1, "value": 1, "act_id": str(uuid7())})
    assert "已表态 1 / 8 条" in phone.get(to(consulted)).content.decode()
    phone.post(to(consulted, "consult_vote"), {"number": 2, "value": 1, "act_id": str(uuid7())})
    assert Voice.objects.count() == 1


def test_forms_3_a_first_sentence_and_its_appeal_are_not_lost_with_their_answers(cast, consulted):
    phone = Weak()
    phone.get(to(consulted))
    sent = {"text": "广场边上种两排树", "act_id": str(uuid7())}
    phone.lost(to(consulted, "consult_state"), sent)
    assert phone.post(to(consulted, "consult_state"), sent).status_code == 302
    assert "广场边上种两排树" in phone.get(to(consulted, "consult_mine")).content.decode()
    stated = ConsultationStatement.objects.get(by_staff=False)
    with everything():
        statement_decide(
            actor=cast.viewer("clerk"), statement=stated, admit=False, reason="off_topic", words_why="无关"
        )
    address, appeal = to(consulted, "consult_appeal", stated.number), {"text": "有关的", "act_id": str(uuid7())}
    assert phone.lost(address, appeal).status_code == 302
    assert phone.post(address, appeal).status_code == 302  # answered by its receipt, not by "no such page"
    stated.refresh_from_db()
    assert (stated.appeal, Voice.objects.count()) == ("有关的", 1)
    assert phone.get(address).status_code == 404  # nothing more to appeal against
    assert phone.post(address, {"text": "还是有关", "act_id": str(uuid7())}).status_code == 404


@pytest.mark.parametrize("headers", [{}, PART])
def test_forms_3_without_a_receipt_nothing_counts_yet_and_nothing_is_lost(consulted, headers):
    phone = Client()  # its receipt was cleared while the page stood open
    sent = {"number": 1, "value": 1, "act_id": str(uuid7())}
    answer = phone.post(to(consulted, "consult_vote"), sent, headers=headers)
    assert answer.status_code == 422 and "请再点一次" in answer.content.decode()
    answer = phone.post(to(consulted, "consult_vote"), sent, headers=headers)
    assert answer.status_code in (200, 302)
    other = Client()
    words = {"text": "广场边上种两排树", "act_id": str(uuid7())}
    answer = other.post(to(consulted, "consult_state"), words)
    assert answer.status_code == 422 and words["text"] in answer.content.decode()
    assert other.post(to(consulted, "consult_state"), words).status_code == 302
    assert Voice.objects.count() == 2


def test_forms_3_a_worry_whose_answer_was_lost_is_one_worry_with_its_code(cast):
    phone = Weak()
    phone.get(reverse("raise_worry_at", args=["MN0000TEST"]))
    sent = {"text": "路灯坏了半个月", "theme": "roads", "act_id": str(uuid7())}
    phone.lost(reverse("raise_worry_at", args=["MN0000TEST"]), sent)
    page = phone.post(reverse("raise_worry_at", args=["MN0000TEST"]), sent, follow=True)
    assert "code-big" in page.content.decode()
    with everything():
        assert Worry.objects.count() == 1


def test_forms_3_a_report_whose_answer_was_lost_is_one_report_with_its_code(cast):
    phone = Weak()
    address = reverse("self_report_at", args=["MN0000TEST"])
    phone.get(address)
    sent = {"trigger": "self_paid", "on": timezone.localdate().isoformat(), "words": "住院花了不少", "name": "张三"}
    sent["act_id"] = str(uuid7())
    phone.lost(address, sent)
    page = phone.post(address, sent, follow=True).content.decode()
    report = SelfReport.within.get()
    assert report.number in page and "code-big" in page


def _code_holder(cast):
    """A villager's phone that typed the query code of a worry."""
    with everything():
        story = Story(cast).all()
    phone = Weak()
    phone.post(reverse("follow"), {"code": story.code})
    return story, phone


def test_forms_3_what_a_code_opens_is_done_once(cast):
    story, phone = _code_holder(cast)
    acts = [
        (reverse("follow_phone"), {"phone": "13900000009"}),
        (reverse("judge_one", args=[story.commitment.pk]), {"value": "satisfied"}),
    ]
    for address, data in acts:
        data["act_id"] = str(uuid7())
        assert phone.lost(address, data).status_code == 302, address
        before = Receipt.objects.count()
        assert phone.post(address, data).status_code == 302, address
        assert Receipt.objects.count() == before, address


# Every page that takes something without an account: tried above, or why nothing is lost with its answer.
TRIED = {"consult_vote", "consult_state", "consult_appeal", "raise_worry_at", "follow_phone", "judge_one",
         "self_report_at"}  # fmt: skip
BY_ITSELF = {
    "self_report": "the same form as self_report_at with a village chosen",
    **dict.fromkeys(("self_report_code", "self_report_mine"), "types a code into a session: no act"),
    "raise_worry": "the same form as raise_worry_at with a village chosen",
    "room_stance": "a seat's holder has a session before; see tests/deliberation/room/test_stance.py",
    "room_ballot": "as room_stance; see tests/deliberation/room/test_ballots.py",
    "room_ask": "as room_stance; see tests/deliberation/room/test_speaking.py",
    "room_minutes": "as room_stance; see tests/deliberation/sittings/test_minutes_read_back.py",
    "room_sign_in": "as room_stance; see tests/deliberation/room/test_roll.py",
    "family_code": "the code stands in the address",
    **dict.fromkeys(("follow", "judge", "room"), "types a code into a session: no act"),
    "consult_enter": "types a receipt or a slip that exists",
    "family_codes": "leads to the address of the typed code",
    "forget": "ends the session",
    "join": "the code stands on paper; who sent it twice signs in by the password just chosen",
    "first": "guarded by the console's code; the first administrator signs in by the password just chosen",
    **dict.fromkeys(("demo", "elder_mode", "language"), "a switch"),
    "consult_turn": "says who is at the device; sent again it is a new receipt without a vote",
    "consult": "reads, and types a slip's code where slips count",
}
BY_CODE = {"public", "worry.follow", "worry.own", "commitment.judge", "room.enter"}


def test_forms_3_every_page_that_takes_something_without_an_account_is_looked_at():
    views = {name: view for _pattern, name, view in all_views() if getattr(view, "right", "") in BY_CODE}
    taking = {name for name, view in views.items() if "POST" in view.methods}
    assert taking == TRIED | set(BY_ITSELF)
