"""Whoever raised it reads date, minutes, agreement and duties without a publication; each message says what is new.

Sister: the desk's message about an answered gate says whose answer, and what it says.
"""

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from tests.commitments.test_promise_pages import QUERY_CODE_KEY
from tests.story import Story
from yishi.deliberation.services.minutes import minutes_issue, minutes_write
from yishi.notices.models import Notice
from yishi.notices.texts import notice_text, sentence
from yishi.organisations.models import QueryCode

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]


def file_of(client, story):
    code = QueryCode.objects.filter(person=story.worry.raiser).first()
    session = client.session
    session[QUERY_CODE_KEY] = str(code.pk)
    session.save()
    return client.get(reverse("follow_one", args=[story.worry.pk])).content.decode()


def test_waiting_6_who_raised_it_reads_date_minutes_agreement_and_duties(client, cast):
    story = Story(cast).raise_worry().take_up().study_it().fill_seats().sit()
    page = file_of(client, story)
    assert str(timezone.localtime(story.sitting.starts_at).year) in page and "牟尼村协商议事室" in page
    story.stand()
    minutes_write(actor=story.by("convener"), sitting=story.sitting, text="各方同意缓交。")
    assert "各方同意缓交" not in file_of(client, story)
    minutes_issue(actor=story.by("convener"), minutes=story.sitting.minutes, unheard="外出，联系不上")
    assert "各方同意缓交" in file_of(client, story)
    story.agree()
    page = file_of(client, story)
    assert "租金缓交半年，水费分期付清" in page and "付清两季租金" in page and "示例花卉有限公司" in page


def test_waiting_6_each_message_says_what_is_new(cast):
    story = Story(cast).raise_worry().take_up()
    with translation.override("zh-hans"):
        told = [notice_text(notice) for notice in Notice.objects.filter(person=story.worry.raiser, code="matter.stage")]
        assert told and all("进入新环节：" in text and "—" not in text for text in told)
        assert sentence("matter.stage", {"number": "协-1"}) == "协-1有了新进展。"  # as stored by an older version
