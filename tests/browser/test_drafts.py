"""A draft ends by the receipt of its act; without an account after some minutes or at the start page (forms 2, 6)."""

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from tests.cast import PASSWORD
from tests.consulting import Consulted
from tests.story import Story
from yishi.database.reach import everything
from yishi.deliberation.models import Statement, Voice

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RAISE = "/v/MN0000TEST/raise/"
WORDS = "村口的路灯坏了半个月，晚上老人不敢出门"
STORE = "JSON.stringify({...localStorage, ...sessionStorage})"
MINUTE = 60_000


@pytest.fixture
def room(cast):
    with everything():
        story = Story(cast).raise_worry().take_up().study_it().fill_seats().sit()
    return reverse("sitting_room", args=[story.sitting.pk])


NEW = "#room-new [name=text]"  # of the room: the field of a new statement


def typed(page, words=WORDS, field="[name=text]"):
    page.fill(field, words)
    page.locator(field).blur()


def test_forms_2_a_form_that_returns_to_its_own_page_is_empty_there(open_page, cast, room, monkeypatch):
    monkeypatch.setattr("django.contrib.messages.success", lambda *_given: None)  # a page may say nothing
    page = open_page("convener", cast)
    page.goto(room)
    typed(page, "租金缓交三个月", NEW)
    with page.expect_response("**/statements/new/"):
        page.get_by_role("button", name="请大家表态").click()
    page.wait_for_function("document.querySelector('#room-new [name=text]').value === ''")
    assert page.locator(".said .alert-success").count() == 0
    assert page.input_value(NEW) == ""
    assert "租金缓交三个月" not in page.evaluate(STORE)
    page.reload()
    assert page.input_value(NEW) == "" and page.locator(".draft-note").count() == 0
    with everything():
        assert Statement.objects.filter(text="租金缓交三个月").count() == 1


def test_forms_2_what_another_window_holds_is_not_taken_with_it(open_page, cast, room):
    page = open_page("convener", cast)
    page.goto(room)
    other = page.context.new_page()
    other.goto(room)
    page.fill(NEW, "租金缓交三个月")
    with page.expect_response("**/statements/new/"):
        page.get_by_role("button", name="请大家表态").click()
    page.wait_for_function("document.querySelector('#room-new [name=text]').value === ''")
    typed(other, "水费由公司分期付清", NEW)
    page.reload()
    other.reload()
    assert other.input_value(NEW) == "水费由公司分期付清"


def test_a_draft_does_not_cover_what_another_link_fills_in(open_page, cast):
    with everything():
        story = Story(cast).raise_worry().take_up().study_it()
    page = open_page("convener", cast)
    blank, preset = (
        reverse("seat_new", args=[story.matter.pk]),
        reverse("seat_new", args=[story.matter.pk]) + "?class=chair",
    )
    page.goto(blank)
    other = page.locator("[name=seat_class] option:not([value=chair]):not([value=''])").first.get_attribute("value")
    page.select_option("[name=seat_class]", other)
    page.goto(preset)
    assert page.input_value("[name=seat_class]") == "chair" and page.locator(".draft-note").count() == 0
    page.goto(blank)
    assert page.input_value("[name=seat_class]") == other


def test_forms_6_without_an_account_a_draft_lives_for_twenty_minutes(open_page, cast):
    page = open_page(width=390)
    page.clock.install()
    page.goto(RAISE)
    typed(page)
    page.clock.fast_forward(19 * MINUTE)
    page.reload()
    assert page.input_value("[name=text]") == WORDS
    page.goto("/privacy/")
    page.clock.fast_forward(2 * MINUTE)
    page.goto(RAISE)
    assert page.input_value("[name=text]") == ""
    assert "路灯" not in page.evaluate(STORE)


def test_forms_6_a_page_that_stands_open_is_emptied_too(open_page, cast):
    page = open_page(width=390)
    page.clock.install()
    page.goto(RAISE)
    typed(page)
    page.fill("[name=raiser_name]", "村民丁")
    page.clock.run_for(19 * MINUTE)
    page.locator("[name=raiser_name]").press("End")  # somebody is there
    page.clock.run_for(19 * MINUTE)
    assert page.input_value("[name=text]") == WORDS
    page.clock.run_for(2 * MINUTE)
    assert page.input_value("[name=text]") == "" and page.input_value("[name=raiser_name]") == ""
    assert "20分钟" in page.text_content(".draft-note")
    assert "路灯" not in page.evaluate(STORE)


def test_forms_6_it_ends_at_the_start_page_and_whoever_goes_there_is_asked(open_page, cast):
    page = open_page(width=390)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(RAISE)
    typed(page)
    page.click(".tabs a >> nth=1")  # another page of the door: kept, nobody is asked
    page.wait_for_url("**/follow/")
    page.go_back()
    page.goto(RAISE)
    assert (page.input_value("[name=text]"), asked) == (WORDS, [])
    typed(page, WORDS + "。")
    page.click(".door-name")
    page.wait_for_url("**/")
    assert asked == ["beforeunload"]
    page.goto(RAISE)
    assert page.input_value("[name=text]") == ""
    assert "路灯" not in page.evaluate(STORE)


def test_forms_6_a_desks_draft_lives_for_weeks(open_page, cast):
    page = open_page("clerk", cast)
    page.clock.install()
    page.goto("/desk/worries/new/")
    typed(page)
    page.clock.fast_forward(25 * MINUTE)
    page.goto("/")
    page.goto("/desk/worries/new/")
    assert page.input_value("[name=text]") == WORDS


def test_forms_6_two_villagers_at_one_tablet_are_two_voices(open_page, cast):
    with everything():
        address = reverse("consult", args=[Consulted(cast).opened().consultation.code])
    tablet = open_page(width=390)
    tablet.goto(address)
    with tablet.expect_response("**/vote/"):
        tablet.locator("button[name=value][value='1']").click()
    tablet.wait_for_selector("text=已表态 1 / 8 条")
    tablet.fill("[name=text]", WORDS)
    tablet.locator("[name=text]").blur()
    tablet.goto("/")
    tablet.goto(address)
    assert "已表态" not in tablet.inner_text("main")
    tablet.get_by_role("button", name="换一个人投票").click()
    tablet.wait_for_selector("text=已表态 0 / 8 条")
    assert tablet.input_value("[name=text]") == ""
    with tablet.expect_response("**/vote/"):
        tablet.locator("button[name=value][value='-1']").click()
    tablet.wait_for_selector("text=已表态 1 / 8 条")
    with everything():
        assert Voice.objects.count() == 2


def test_forms_12_a_session_that_ends_while_one_types_costs_no_word(open_page, cast):
    page = open_page("clerk", cast)
    page.goto("/desk/worries/new/")
    page.locator("[name=text]").press_sequentially(WORDS[:6])
    Session.objects.all().delete()  # half an hour on the telephone
    page.locator("[name=text]").press_sequentially(WORDS[6:])
    page.click("main button[type=submit].btn-primary")
    page.fill("[name=login]", cast.account("clerk").username)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit].btn-primary")
    page.wait_for_url("**/desk/worries/new/")
    assert page.input_value("[name=text]") == WORDS and "还在" in page.text_content(".draft-note")
