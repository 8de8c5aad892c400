"""The standings that are kept follow the register's acts, one household at a time and by workbook."""

from datetime import date, timedelta

import pytest

from tests.assistance.importing import families, publish, send, workbook
from tests.assistance.keeping import Keeping, person
from tests.cast import sign_in
from tests.kept import kept
from yishi.assistance.imports.services.publish import import_undo
from yishi.assistance.imports.services.steps import imports_work
from yishi.assistance.register.models import Household, HouseholdStanding
from yishi.assistance.register.services.bulk import NewHousehold, households_register_many
from yishi.assistance.register.services.leaving import household_end
from yishi.assistance.register.services.register import household_change, household_split

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]


@kept
def keeping(cast):
    return Keeping(cast)


@kept
def listed(keeping):
    """A household that is poor since the end of 2014."""
    values = {"kind": "listed", "state": "poor", "identified_year": 2014}
    return keeping.register("牟尼村", "赵六", 120, values=values)


def rows(household):
    return list(household.standings.values_list("state", "valid_from", "valid_to", "by_year"))


def test_a_family_leaves_poverty_falls_back_and_leaves_again(keeping, listed):
    by, day = keeping.cast.viewer("clerk"), keeping.day
    assert rows(listed) == [("poor", date(2014, 12, 31), None, True)]
    for number, state in enumerate(("exited", "returned", "exited"), start=1):
        household_change(actor=by, household=listed, values={"state": state}, on=day + timedelta(days=100 * number))
    days = [day + timedelta(days=100 * number) for number in (1, 2, 3)]
    before = [each - timedelta(days=1) for each in days]
    assert rows(listed) == [
        ("poor", date(2014, 12, 31), before[0], True),
        ("exited", days[0], before[1], False),
        ("returned", days[1], before[2], False),
        ("exited", days[2], None, False),
    ]


def test_what_splits_off_stands_as_the_rest_from_that_day(keeping, listed):
    day = keeping.day + timedelta(days=50)
    child = keeping.member("daughter", listed)
    receipt = household_split(actor=keeping.cast.viewer("clerk"), household=listed, members=[], head=child, on=day)
    assert rows(Household.within.get(pk=receipt.result["household"])) == [("poor", day, None, False)]
    assert rows(listed) == [("poor", date(2014, 12, 31), None, True)]


def test_what_leaves_the_register_stands_no_longer(keeping, listed):
    day = keeping.day + timedelta(days=50)
    household_end(actor=keeping.cast.viewer("clerk"), household=listed, reason="moved", on=day)
    assert rows(listed) == [("poor", date(2014, 12, 31), day - timedelta(days=1), True)]


def test_a_correction_of_something_else_touches_no_standing(keeping, listed):
    kept_row = listed.standings.get().pk
    household_change(actor=keeping.cast.viewer("clerk"), household=listed, values={"phone": "13900002222"})
    assert listed.standings.get().pk == kept_row


def test_households_registered_by_the_thousand_stand_as_each_alone(keeping):
    values = {"state": "exited", "identified_year": 2014, "exited_year": 2018}
    alone = keeping.register("牟尼村", "钱七", 160, values=values)
    row = NewHousehold(
        place=alone.place, number="YN1", head=person("孙八", 200), values=values, on=keeping.day, main_cause="illness"
    )
    households_register_many(actor=keeping.cast.viewer("clerk"), place=alone.place, rows=[row], source="a")
    assert rows(Household.within.get(number="YN1")) == rows(alone)
    assert rows(alone) == [
        ("poor", date(2014, 12, 31), date(2018, 12, 30), True),
        ("exited", date(2018, 12, 31), None, True),
    ]


def test_a_workbook_changes_them_and_its_undoing_puts_them_back(cast):
    said = families(2)
    for row in said:
        row.update(脱贫状态="贫困", 识别年度="2014")
    publish(cast, send(cast, workbook(said)))
    home = Household.within.get(number=said[0]["户编号"])
    poor = [("poor", date(2014, 12, 31), None, True)]
    assert rows(home) == poor
    for row in said[:4]:
        row.update(脱贫状态="已脱贫", 脱贫年度="2019")
    one = publish(cast, send(cast, workbook(said), year=2021))
    exited = date(2019, 12, 31)
    assert rows(home) == [("poor", date(2014, 12, 31), date(2019, 12, 30), True), ("exited", exited, None, True)]
    import_undo(actor=cast.viewer("clerk"), sent=one)
    imports_work()
    assert rows(home) == poor


def test_what_an_import_brought_goes_with_it(cast):
    said = families(3)
    for row in said:
        row.update(脱贫状态="贫困")
    one = publish(cast, send(cast, workbook(said)))
    assert HouseholdStanding.objects.count() == 3
    import_undo(actor=cast.viewer("clerk"), sent=one)
    imports_work()
    assert not HouseholdStanding.objects.exists()


def test_the_page_of_a_household_tells_since_when(keeping, listed, client):
    household_change(actor=keeping.cast.viewer("clerk"), household=listed, values={"state": "exited"})
    sign_in(client, keeping.cast, "clerk")
    page = client.get(f"/desk/households/{listed.pk}/").content.decode()
    assert "建档立卡状态" in page and "2014年底" in page and "已脱贫" in page
