"""The history of one day is told in the order in which it happened; a day alone is no noon."""

import re
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django import forms
from django.urls import reverse
from django.utils import timezone, translation

from tests.cast import sign_in
from tests.story import Story
from yishi.deliberation.process.conditions import gate_missing
from yishi.deliberation.process.facts import Facts
from yishi.deliberation.process.validator import matter_missing
from yishi.deliberation.services.worries import worry_file
from yishi.kit.ids import uuid7
from yishi.kit.text import unstopped
from yishi.notices.texts import TEXTS, sentence
from yishi.web.deliberation.process.matter_file import story as story_of
from yishi.web.kit.edited import stored_now
from yishi.web.kit.timeline import moment_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]


def test_forms_12_a_record_of_a_day_is_ordered_by_when_it_was_written():
    key, today = uuid7(), timezone.localdate()
    written = moment_of(key, today)
    assert abs((timezone.now() - written).total_seconds()) < 5
    assert moment_of(key, today - timedelta(days=1)) is None


def test_forms_12_what_was_agreed_in_a_sitting_follows_it(cast):
    """All on one day, the sitting in the afternoon: the agreement has a day alone, and stands after the sitting."""
    story = Story(cast).all()
    facts = Facts(story.matter)
    titles = [str(event.title) for event in story_of(story.matter, facts, [story.worry], with_notes=True)]
    assert titles.index("协商会已开") < titles.index("协商意见已记录")
    assert titles[0] == "有人提出诉求"


def test_forms_12_a_worry_of_an_earlier_day_has_no_noon(client, cast):
    receipt = worry_file(
        actor=cast.viewer("convener"),
        text="路灯不亮",
        theme="land",
        place=cast.places["牟尼村"],
        channel="phone",
        happened_on=timezone.localdate() - timedelta(days=3),
    )
    sign_in(client, cast, "convener")
    page = client.get(reverse("worry", args=[receipt.result["worry"]])).content.decode()
    assert "12:00" not in page


def test_forms_12_one_sentence_is_said_once(cast):
    """Notice and papers both lack a sitting: that is one thing to do."""
    story = Story(cast).raise_worry().take_up("five_links").study_it().fill_seats()
    story.fresh()
    said = [str(lack.message) for lack in matter_missing(story.matter)]
    assert len(said) == len(set(said))


@pytest.mark.parametrize("typed", ["请补齐材料，再报。", "请补齐材料，再报", "请补齐材料，再报． "])
def test_forms_12_a_typed_sentence_within_a_sentence_has_one_stop(typed):
    assert unstopped(typed) == "请补齐材料，再报"


def test_forms_12_a_form_sent_after_the_session_had_ended_is_come_back_to(client, cast, promise):
    commitment = promise()
    address = reverse("commitment_answer", args=[commitment.pk])
    answer = client.post(address, {"text": "已联系企业"})
    assert answer.status_code == 302 and answer.url == f"{reverse('account_login')}?next={address}"


def test_forms_12_of_a_button_the_page_on_which_it_stands(client, cast):
    address, page = reverse("notices_read"), reverse("notices")
    answer = client.post(address, headers={"referer": f"http://testserver{page}"})
    assert answer.url == f"{reverse('account_login')}?next={page}"
    foreign = client.post(address, headers={"referer": "https://elsewhere.example/x/"})
    assert foreign.url == f"{reverse('account_login')}?next=/"


def test_forms_12_a_returned_gate_says_its_reason_with_one_stop():
    today = timezone.localdate()
    asked = SimpleNamespace(
        name="采纳交办", body=SimpleNamespace(name="县委"), due_on=today, reason="请补齐材料，再报。", answer="return"
    )
    facts = SimpleNamespace(gate=lambda code, step: asked, today=today)
    with translation.override("zh-hans"):
        assert "再报。请" in gate_missing("adopt", facts, SimpleNamespace(steps=()))


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "2026年12月9日 09:30"), ("en", "Dec. 9, 2026")])
def test_forms_12_no_notice_says_a_raw_day(language, said):
    named = re.findall(r"%\((\w+)\)", " ".join(map(str, TEXTS.values())))
    params = {**dict.fromkeys(named, "某"), "due_on": "2026-12-09", "when": "2026-12-09 09:30"}
    with translation.override(language):
        for code in TEXTS:
            text = sentence(code, params)
            assert not re.search(r"\d{4}-\d\d-\d\d", text), (code, text)
        assert said in sentence("sitting.notice", params)
        assert "-12-" not in stored_now(forms.DateField(), date(2026, 12, 9))
