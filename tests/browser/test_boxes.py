"""Every box has its own padding, above and below: what stands first or last in it adds none."""

import pytest
from django.urls import reverse

from tests.story import Story
from yishi.database.reach import everything

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

UNEVEN = """boxes => boxes.filter(box => box.firstElementChild && (
    parseFloat(getComputedStyle(box.firstElementChild).marginTop) > 0
    || parseFloat(getComputedStyle(box.lastElementChild).marginBottom) > 0))
    .map(box => box.textContent.trim().slice(0, 20))"""


@pytest.mark.parametrize("width", [390, 1440])
def test_no_box_of_a_worry_has_a_gap_more_above_than_another(open_page, cast, width):
    with everything():
        story = Story(cast).raise_worry().take_up()
    page = open_page("convener", cast, width=width)
    page.goto(reverse("worry", args=[story.worry.pk]))
    assert page.eval_on_selector_all(".sheet", UNEVEN) == []
