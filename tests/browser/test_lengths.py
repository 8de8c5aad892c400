"""forms 5 in a browser: a text with line breaks and rare letters is counted as the server counts it, and not cut."""

import pytest
from django.urls import reverse

from tests.consulting import Consulted
from yishi.database.reach import everything
from yishi.deliberation.models import ConsultationStatement

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIMIT = 140


def test_forms_5_the_browser_counts_as_the_server_does(open_page, cast):
    with everything():
        row = Consulted(cast).opened().consultation
    page = open_page(width=390)
    page.goto(reverse("consult", args=[row.code]))
    area = page.locator("textarea[name=text]")
    area.fill("𠮷" * 100)
    assert page.locator(".length-note").count() == 0
    exact = "𠮷\n" * 60 + "字" * 20
    area.fill(exact + "多")
    assert page.text_content(".length-note") == "多了1个字，请写短一点。"
    page.get_by_role("button", name="提交我的观点").click()
    page.wait_for_selector(".error-summary")
    assert f"您写了{LIMIT + 1}个字，最多{LIMIT}个字" in page.text_content(".error-summary")
    assert page.input_value("textarea[name=text]") == exact + "多"
    area.fill(exact)
    assert page.text_content(".length-note") == "还可以写0个字。"
    page.get_by_role("button", name="提交我的观点").click()
    page.wait_for_url("**/mine/")
    with everything():
        assert ConsultationStatement.objects.get(by_staff=False).text == exact.replace("\n", " ")
