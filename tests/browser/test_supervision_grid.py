"""The grid of a village by keyboard: forty households from the paper list, every key counted; on a phone no column of
the matrix closes up and no badge is cut."""

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.assistance.supervised import Supervised, poor_family
from yishi.assistance.register.models import Household
from yishi.assistance.supervision.matrix import matrix_of
from yishi.assistance.supervision.models import Finding, RoundVisit
from yishi.commitments.models import Commitment
from yishi.database.reach import everything

from .conftest import closed_up

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
KEYS_A_MINUTE = 100  # somebody who types with two fingers
A_CHARACTER = 2  # keys: two letters and its choice, less what the input method foresees
ITEMS = ["schooling", "medical", "housing", "water", "work", "measures"]
ASKED = {"csrfmiddlewaretoken", "act_id", "on", "kind", "households", "note", "bearer", "coordinator", "due", "words"}


@pytest.fixture
def forty(cast):
    """Forty poor households; a third has a dangerous house, a fifth no safe water: the register knows it."""
    with everything():
        for number in range(401, 441):
            changes = {"house_grade": "D"} if number % 3 == 0 else {}
            poor_family(
                cast.places["牟尼村"], number, **changes, **({"water_is_safe": False} if number % 5 == 0 else {})
            )
        return Supervised(cast).line().open(items=ITEMS)


class Hands:
    """Somebody at a keyboard, and how many keys they pressed."""

    def __init__(self, page):
        self.page, self.keys = page, 0
        self.row, self.column = 0, 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.keys += 1

    def type(self, text: str) -> None:
        self.page.keyboard.insert_text(text)
        self.keys += len(text) * A_CHARACTER

    def go(self, row: int, column: int) -> None:
        """By the arrows, as one goes down a list: first to the row, then to the column."""
        for _step in range(abs(row - self.row)):
            self.press("ArrowDown" if row > self.row else "ArrowUp")
        for _step in range(abs(column - self.column)):
            self.press("ArrowRight" if column > self.column else "ArrowLeft")
        self.row, self.column = row, column

    @property
    def at(self) -> str:
        return str(self.page.evaluate("document.activeElement.name"))


def on_paper(forty) -> tuple[list[Household], list[tuple[int, int, str]]]:
    """The households in the order of the list, and sixty marks on it: (row, column, words where nothing is known)."""
    with everything():
        homes = list(Household.within.filter(place=forty.village).order_by("number"))
        marks = []
        for row, line in enumerate(matrix_of(forty.round, homes, timezone.localdate())):
            marks += [(row, column, "") for column, cell in enumerate(line.cells) if cell.is_gap]
        known = {row for row, _column, _words in marks}
        marks += [(row, ITEMS.index("work"), "与登记不符") for row in range(40) if row not in known][: 60 - len(marks)]
        marks += [(row, ITEMS.index("measures"), "措施未落实") for row in sorted(known)][: 60 - len(marks)]
    return homes, sorted(marks)


def test_a_visit_to_forty_households_is_entered_by_keyboard_within_a_quarter_of_an_hour(open_page, cast, forty):
    homes, marks = on_paper(forty)
    page = open_page("clerk", cast)
    page.goto(reverse("round_grid", args=[forty.round.pk, forty.village.pk]))
    names = {"act_id" if name == "act_id" else name.split("_")[0] for name in page.eval_on_selector_all(
        "main form.act-form :is(input, select, textarea)", "all => all.map(one => one.name)") if name}  # fmt: skip
    assert names <= ASKED | set(ITEMS)  # nothing that the register knows is asked: no name, no number, no people
    assert page.locator("[data-grid] tbody tr").count() == 40
    assert page.locator("[data-grid] tbody input").count() == 40 * (len(ITEMS) + 1)
    hands = Hands(page)
    page.locator(f"[name=schooling_{homes[0].pk}]").focus()
    for row, column, words in marks:
        hands.go(row, column)
        assert hands.at == f"{ITEMS[column]}_{homes[row].pk}"
        hands.press("2")
        if words:
            hands.go(row, len(ITEMS))
            hands.type(words)
            page.keyboard.press("Home")
            hands.keys += 1  # back to the cells: the caret stands first
    a_household, minutes = hands.keys / 40, hands.keys / KEYS_A_MINUTE
    assert len(marks) == 60 and minutes <= 15 and a_household <= 20, (hands.keys, a_household)
    page.keyboard.press("Enter")  # sends nothing
    assert page.url.endswith("/visit/")
    page.locator("main form.act-form button[type=submit]").last.click()
    page.wait_for_url("**/villages/*/")
    with everything():
        assert Finding.within.count() == 60 == Commitment.within.filter(origin_kind="finding").count()
        assert RoundVisit.objects.get().households == 40


def test_arrows_move_a_key_sets_the_state_and_enter_goes_down(open_page, cast, forty):
    homes, _marks = on_paper(forty)
    page = open_page("clerk", cast)
    page.goto(reverse("round_grid", args=[forty.round.pk, forty.village.pk]))
    hands = Hands(page)
    page.locator(f"[name=schooling_{homes[0].pk}]").focus()
    for key, name in (
        ("ArrowRight", f"medical_{homes[0].pk}"), ("ArrowDown", f"medical_{homes[1].pk}"),
        ("ArrowLeft", f"schooling_{homes[1].pk}"), ("ArrowUp", f"schooling_{homes[0].pk}"),
        ("ArrowUp", f"schooling_{homes[0].pk}"), ("ArrowLeft", f"schooling_{homes[0].pk}"),
        ("Enter", f"schooling_{homes[1].pk}"),
    ):  # fmt: skip
        page.keyboard.press(key)
        assert hands.at == name, key
    cell = page.locator(f"[name=schooling_{homes[1].pk}]")
    for key, stands in (("1", "1"), ("3", "3"), ("9", ""), ("4", "4"), ("Backspace", "")):
        page.keyboard.press(key)
        assert cell.input_value() == stands, key
    page.keyboard.insert_text("２")
    assert cell.input_value() == "2"
    assert page.url.endswith("/visit/")


@pytest.mark.parametrize("width", [390, 1440])
def test_no_column_of_the_matrix_closes_up_and_no_badge_is_cut(open_page, cast, forty, width):
    with everything():
        forty.homes = list(Household.within.filter(place=forty.village).order_by("number"))
        forty.visit(forty.gap(), forty.gap("water", 1, "province"))
    page = open_page("clerk", cast, width=width)
    args = [forty.round.pk, forty.village.pk]
    for name, given in (("round_village", args), ("round_grid", args), ("round", args[:1]), ("coordination", ())):
        page.goto(reverse(name, args=given))
        assert closed_up(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1"), name
    page.goto(reverse("round_village", args=args))
    first = page.locator(".scroll tbody th").first
    page.locator(".scroll").first.evaluate("box => { box.scrollLeft = 400; }")
    box, head = page.locator(".scroll").first.bounding_box(), first.bounding_box()
    assert abs(head["x"] - box["x"]) <= 2  # who it is about stays in sight
