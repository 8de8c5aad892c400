"""Three hundred phones' worth of votes: a villager's own by tapping, then the end, the result page and its paper."""

import re

import pytest
from django.urls import reverse

from tests.consulting import Consulted
from yishi.database.reach import everything
from yishi.deliberation.models import ConsultationVote, Voice
from yishi.deliberation.services.consultation_results import consultations_tend

from .conftest import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONES = 299
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def consulted(cast):
    with everything():
        return Consulted(cast).opened()


def test_three_hundred_phones_vote_and_the_result_is_read(open_page, live_server, cast, consulted):
    with everything():
        consulted.phones(PHONES)
    row = consulted.consultation
    phone = open_page(width=390)
    phone.goto("/")
    phone.get_by_text(row.question).click()
    for number in range(8):
        assert f"已表态 {number} / 8 条" in phone.locator("#ballot").inner_text()
        with phone.expect_response("**/vote/"):
            phone.locator("button[name=value][value='1']").click()
        phone.wait_for_selector(f"text=已表态 {number + 1} / 8 条")
    assert not phone.evaluate(TOO_WIDE)
    assert violations(phone) == []
    with everything():
        assert Voice.objects.count() == PHONES + 1

    desk = open_page("clerk", cast, width=1440)
    desk.goto(reverse("consultation", args=[row.pk]))
    assert "300" in desk.locator(".figures").inner_text()
    desk.get_by_role("link", name="结束线上征询").click()
    desk.locator("textarea[name=reason]").fill("三百人都说过了")
    desk.get_by_role("button", name="现在结束").click()
    desk.wait_for_selector("text=正在统计")
    with everything():
        assert consultations_tend() == 1  # what the job does every three seconds
        consulted.fresh()

    for width in (390, 1440):
        page = open_page(width=width)
        page.goto(reverse("consult", args=[row.code]))
        text = page.locator("main").inner_text()
        for words in ("各群组都同意的", "分歧在哪里", "各群组看重什么", "有多大把握", "300"):
            assert words in text
        assert page.locator(".opinion-map svg use").count() == 300
        assert not page.evaluate(TOO_WIDE)
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": height})  # else the bar at the foot covers links by chance
        assert violations(page) == []
        link = page.locator(".ground-text").first  # a figure leads to the row of its counts
        link.click()
        page.wait_for_url(re.compile(r"#s\d+$"))
        row_shown = page.locator(re.sub(r".*(#s\d+)", r"\1", page.url))
        told = re.search(r"(\d+)/(\d+)/(\d+)", row_shown.inner_text())
        number = int(page.url.rpartition("#s")[2])
        with everything():
            votes = ConsultationVote.objects.filter(statement__number=number)
            assert [votes.filter(value=value).count() for value in (1, -1, 0)] == [int(one) for one in told.groups()]
        paper = page.request.get(reverse("consult_paper", args=[row.code]))
        assert paper.ok
        assert paper.body().startswith(b"%PDF")


def test_without_script_and_without_signal(open_page, cast, consulted):
    row = consulted.consultation
    plain = open_page(width=390, script=False)
    plain.goto(reverse("consult", args=[row.code]))
    plain.locator("button[name=value][value='-1']").click()
    plain.wait_for_selector("text=已表态 1 / 8 条")
    phone = open_page(width=390)
    phone.goto(reverse("consult", args=[row.code]))
    phone.context.set_offline(True)
    phone.locator("button[name=value][value='1']").click()
    phone.wait_for_selector("text=没有信号")
    phone.context.set_offline(False)
    with phone.expect_response("**/vote/"):
        phone.locator("button[name=value][value='1']").click()
    phone.wait_for_selector("text=已表态 1 / 8 条")
    with everything():
        assert Voice.objects.count() == 2
