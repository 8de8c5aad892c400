"""A desk with more than it lists: page by page, its numbers exact or marked as more."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import sign_in
from tests.story import Story
from yishi.database.reach import everything
from yishi.deliberation.models import Matter
from yishi.deliberation.services.processes import model_of
from yishi.web.kit.desk_items import MOST
from yishi.web.kit.lists import PER_PAGE

pytestmark = pytest.mark.django_db


@pytest.fixture
def matter(cast):
    with everything():
        return Story(cast).raise_worry().take_up().matter


def put(matter, **counts):
    """Further open matters of the same desk: `late=3` are due yesterday, `today=2` today, `soon=1` tomorrow."""
    days = {"late": -1, "today": 0, "soon": 1}
    rows = [
        Matter(
            number=f"{name}-{number}", title=f"{name} {number}", theme=matter.theme, place=matter.place,
            convener=matter.convener, process=matter.process, step=matter.step, stage=matter.stage,
            opened_at=matter.opened_at, step_due_on=timezone.localdate() + timedelta(days=days[name]),
        )
        for name, count in counts.items()
        for number in range(count)
    ]  # fmt: skip
    with everything():
        Matter.within.filter(pk=matter.pk).update(state="done")
        Matter.within.bulk_create(rows)


def desk(client, cast, **asked):
    found = sign_in(client, cast, "convener").get(reverse("desk"), asked).context
    return {name: found[f"{name}_count"] for name in ("late", "today", "week")} | {
        "kinds": {code: count for _word, code, count in found["kinds"]},
        "page": found["page_obj"],
        "more": found["more"],
    }


def test_it_works(client, cast, matter):
    put(matter, late=3, today=2, soon=1)
    found = desk(client, cast)
    assert (found["late"], found["today"], found["week"]) == ("3", "2", "1")
    assert found["kinds"]["matter"] == "6" and not found["more"]


def test_a_page_of_a_desk_is_as_long_as_that_of_a_list(client, cast, matter):
    put(matter, late=PER_PAGE + 1)
    assert len(desk(client, cast)["page"].object_list) == PER_PAGE
    second = desk(client, cast, page=2, kind="matter")
    assert len(second["page"].object_list) == 1 and not second["more"]


def test_a_number_is_exact_where_all_of_its_days_are_listed_and_else_says_more(client, cast, matter):
    """Of more matters than a desk lists the first that are due are there: what is late is known to the last one."""
    put(matter, late=2, today=MOST, soon=5)
    found = desk(client, cast)
    assert (found["late"], found["today"], found["week"]) == ("2", f"{MOST - 2}+", "")
    assert found["kinds"]["matter"] == f"{MOST - 1}+"


def test_more_late_ones_than_are_listed_are_99_and_more(client, cast, matter):
    put(matter, late=MOST + 30)
    found = desk(client, cast, page=4, kind="matter")
    assert (found["late"], found["today"], found["week"]) == (f"{MOST - 1}+", "", "")
    assert found["more"]  # the last page that is listed says so
    page = sign_in(client, cast, "convener").get(reverse("desk"), {"kind": "matter"}).content.decode()
    assert "逾期99+件" in page


@pytest.mark.parametrize("count", [MOST - 1, MOST])
def test_the_limit_itself(client, cast, matter, count):
    put(matter, late=count)
    assert desk(client, cast)["late"] == (str(count) if count < MOST else f"{MOST - 1}+")


def test_an_edited_model_is_read_again(cast, matter):
    """Steps are named by the version as it was edited last (`model_of`)."""
    version = matter.process
    before = model_of(version).step(matter.step).name
    version.document = {
        **version.document,
        "steps": [{**step, "name": f"改{step['name']}"} for step in version.document["steps"]],
    }
    assert model_of(version).step(matter.step).name == before  # the same edit, known already
    version.edited_at = timezone.now()
    assert model_of(version).step(matter.step).name == f"改{before}"
