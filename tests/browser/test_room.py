"""The room on a small phone: a new statement appears by itself, a tap is received, lost signal is said and mended."""

import pytest
from django.urls import reverse

from tests.story import Story
from yishi.database.reach import everything
from yishi.deliberation.models import Stance, Statement
from yishi.deliberation.services.stances import statement_add

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def story(cast):
    with everything():
        return Story(cast).raise_worry().take_up().study_it().fill_seats().sit()


def test_it_works(open_page, live_server, cast, story):
    page = open_page("village_head", cast, width=390)
    page.goto(live_server.url + reverse("room", args=[story.sitting.pk]))
    with page.expect_response("**/stance/"):
        page.get_by_role("button", name="同意", exact=False).first.click()
    page.wait_for_selector('button[aria-pressed="true"]')
    with everything():
        assert Stance.objects.get().value == "agree"
        statement_add(actor=story.by("convener"), sitting=story.sitting, text="停水的地块先恢复供水", by_staff=True)
    page.wait_for_selector("text=停水的地块先恢复供水")  # asked for every few seconds, without a reload
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_lost_signal_is_said_and_the_second_tap_counts_once(open_page, live_server, cast, story):
    page = open_page("village_head", cast, width=390)
    page.goto(live_server.url + reverse("room", args=[story.sitting.pk]))
    button = page.locator('button[name="value"][value="object"]')
    page.context.set_offline(True)
    button.click()
    page.wait_for_selector("text=没有信号")
    page.context.set_offline(False)
    with page.expect_response("**/stance/"):
        button.click()
    page.wait_for_selector('button[value="object"][aria-pressed="true"]')
    with everything():
        assert Stance.objects.count() == 1


def test_without_script_the_same_form_is_sent(open_page, live_server, cast, story):
    page = open_page("village_head", cast, width=390, script=False)
    page.goto(live_server.url + reverse("room", args=[story.sitting.pk]))
    page.locator("summary").last.click()
    page.locator('input[name="condition"]').fill("农业农村局监督")
    page.locator('button[value="conditional"]').click()
    page.wait_for_selector("text=农业农村局监督")
    with everything():
        assert Stance.objects.get().condition == "农业农村局监督"
        assert Statement.objects.count() == 1


def test_the_chairs_page_follows_the_phones(open_page, live_server, cast, story):
    chair = open_page("convener", cast, width=1440)
    chair.goto(live_server.url + reverse("sitting_room", args=[story.sitting.pk]))
    phone = open_page("company_head", cast, width=390)
    phone.goto(live_server.url + reverse("room", args=[story.sitting.pk]))
    with phone.expect_response("**/stance/"):
        phone.locator('button[name="value"][value="agree"]').click()
    chair.wait_for_selector(".counts tfoot td:text-is('1')")
