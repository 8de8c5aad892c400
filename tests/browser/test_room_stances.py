"""Stances of a room on the secretary's screen: one grid with one save, hands with one save, conditions with one tap,
words that stand on the wall while they are typed; and how few clicks that takes."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.story import Story
from yishi.database.reach import everything
from yishi.deliberation.models import HandCount, Seat, Sitting, Stance, Statement
from yishi.deliberation.services.seats import seat_fill
from yishi.deliberation.services.sittings import sitting_plan
from yishi.people.models import Person

from .conftest import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SAID = "[data-room-said]"


class Desk:
    """The secretary's window on a sitting of fifteen people of three parties; it counts what is clicked."""

    def __init__(self, window, story):
        self.window, self.story, self.clicks = window, story, 0
        window.goto(reverse("sitting_room", args=[story.sitting.pk]))

    def click(self, selector):
        self.clicks += 1
        self.window.locator(selector).first.click()

    def says(self, text):
        self.window.wait_for_selector(f"{SAID} >> text={text}", timeout=20_000)

    def begin(self, text):
        self.click("#roll-all")
        self.window.wait_for_selector(".room-figures strong:text-is('17')")
        self.click("button:has-text('开始会议')")
        self.window.locator("#room-new [name=text]").fill(text)
        self.click("#room-new button:has-text('请大家表态')")
        self.window.wait_for_selector(".stance-grid")


@pytest.fixture
def desk(open_page, cast):
    """Fifteen people of three parties, a chair and a secretary; nobody is here yet."""
    with everything():
        story = Story(cast).raise_worry().take_up().study_it().fill_seats()
        for party in story.matter.parties.all():
            for number in range(4):
                person = Person.within.create(name=f"{party.name}代表{number}")
                given = {"role": Seat.Role.PARTY, "filled_by": "nomination", "party": party, "accepted": True}
                seat_fill(actor=story.by("convener"), matter=story.matter, person=person, **given)
        begins = timezone.now() + timedelta(hours=1)
        plan = {"matter": story.matter, "starts_at": begins, "where": "议事室"}
        receipt = sitting_plan(actor=story.by("convener"), **plan)
        story.sitting = Sitting.within.get(pk=receipt.result["sitting"])
    return Desk(open_page("convener", cast), story)


def test_fifteen_people_one_by_one_are_a_few_clicks(desk):
    """Of fifteen one objects, one can live with it; the others agree: one key, one save. The condition is asked."""
    window = desk.window
    desk.begin("租金缓交半年，水费分期付清")
    desk.click("tr:has-text('村民代表1') label:has-text('有条件')")
    window.locator("tr:has-text('村民代表1') .stance-if").fill("农业农村局监督")
    desk.click("tr:has-text('花卉公司代表2') label:has-text('反对')")
    desk.click("[data-fill]")
    desk.click("#grid-save")
    desk.says("已登记15条表态")
    with everything():
        assert Stance.objects.count() == 15 and Stance.objects.filter(value="agree").count() == 13
    window.wait_for_selector(".condition-row")
    desk.click(".condition-row button:has-text('各方都接受')")
    window.wait_for_selector("text=其他各方均已接受")
    desk.click("tr:has-text('花卉公司代表2') label:has-text('同意')")
    desk.click("#grid-save")
    window.wait_for_selector("text=各方都能接受")
    assert desk.clicks <= 12  # the whole of it, from the roll on
    assert violations(window) == []


def test_every_cell_is_reached_and_set_by_the_keyboard(desk):
    desk.begin("先通水")
    window = desk.window
    window.locator(".stance-grid tbody tr:first-child input[type=radio]:checked").focus()
    window.keyboard.press("ArrowRight")
    assert window.evaluate("document.activeElement.value") == "agree"
    window.keyboard.press("ArrowRight")
    assert window.evaluate("document.activeElement.value") == "conditional"
    window.keyboard.press("Tab")
    assert window.evaluate("document.activeElement.name").startswith("if-")


def test_hands_of_three_parties_are_one_save(desk):
    desk.begin("先通水")
    window = desk.window
    desk.click("details[id^=hands] > summary")
    for row in range(3):
        window.locator(".hands-grid tbody tr").nth(row).locator("input[name^=agree]").fill("5")
    desk.click("details[id^=hands] button:has-text('记')")
    desk.says("已记录")
    with everything():
        assert [count.agree for count in HandCount.objects.all()] == [5, 5, 5]
    window.wait_for_selector("text=各方都能接受")
    assert desk.clicks <= 6


def test_a_grid_that_somebody_fills_in_waits_while_a_phone_says_otherwise(desk, open_page, cast):
    desk.begin("先通水")
    phone = open_page("village_head", cast, width=390)
    phone.goto(reverse("room", args=[desk.story.sitting.pk]))
    desk.click("[data-fill]")
    phone.locator("button[value=object]").click()
    desk.window.wait_for_selector("[id^=on-] tfoot td:nth-child(4):text-is('1')")  # the counts follow at once
    assert desk.window.locator(".stance-grid input[value=agree]:checked").count() >= 15
    desk.click("#grid-save")
    desk.says("以那次为准")
    with everything():
        assert Stance.objects.get(seat=desk.story.seat("village_head")).value == "object"


def test_words_stand_on_the_wall_while_they_are_typed(desk):
    desk.begin("先通水")
    wall = desk.window.context.new_page()
    wall.set_viewport_size({"width": 1024, "height": 768})
    wall.goto(reverse("room_projector", args=[desk.story.sitting.pk]))
    desk.click("details[id^=reword] > summary")
    desk.window.locator("details[id^=reword] textarea").press_sequentially("，后修渠")
    wall.wait_for_selector("#wall-wording:has-text('后修渠')")
    assert wall.locator("#wall").is_hidden()
    desk.click("details[id^=reword] button:has-text('提交新表述')")
    wall.wait_for_selector("#wall .wall-text:has-text('后修渠')")
    assert wall.locator("#wall-wording").is_hidden()
    with everything():
        assert Statement.objects.get().edition == 2
