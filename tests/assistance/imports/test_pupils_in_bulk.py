"""Pupils are helped in bulk, as persons: one workbook, one deed for each by name, and no public page names any."""

from datetime import timedelta

import pytest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from tests.assistance.importing import faults, publish, send
from tests.cast import sign_in
from yishi.assistance.campaign.models import ItemVersion
from yishi.assistance.deeds.models import Deed, DeedBeneficiary
from yishi.assistance.register.models import HouseholdMember
from yishi.formats.sheets import write_sheet
from yishi.people.models import Person
from yishi.reporting.fold import fold_all
from yishi.web.kit.public_views import PUBLIC_VIEWS

HEADINGS = ["活动项", "日期", "村", "数量", "受益户编号", "学生姓名", "受益人编号", "主办"]
PUPILS = 60


@pytest.fixture
def pupils(helping):
    """Sixty pupils of the families of 牟尼村; the item that is counted by persons is theirs."""
    ItemVersion.objects.filter(item=helping.items["job"]).update(name="资助一名学生")
    made = []
    homes = [household for household in helping.households if household.place.name == "牟尼村"]
    for number in range(PUPILS):
        pupil = Person.objects.create(name=f"学童某{number:02d}")
        household = homes[number % len(homes)]
        member = {"valid_from": helping.start, "relation": "child", "number": f"XS{number:03d}"}
        HouseholdMember.within.create(household=household, person=pupil, **member)
        made.append((pupil, household, member["number"]))
    return made


def sent(cast, pupils):
    day = timezone.localdate() - timedelta(days=3)
    rows = [
        ["资助一名学生", day, "牟尼村", 1, home.number, pupil.name, number, "委员甲"] for pupil, home, number in pupils
    ]
    return send(cast, write_sheet(rows, HEADINGS, "实绩"), kind="deeds", year=day.year)


def public_pages():
    """Every public page that needs nothing to be found."""
    for name in sorted(PUBLIC_VIEWS):
        try:
            yield reverse(name)
        except NoReverseMatch:
            continue


def test_one_workbook_is_a_deed_for_each_by_name_and_no_public_page_names_any(client, cast, helping, pupils):
    workbook = sent(cast, pupils)
    assert not faults(workbook)
    assert publish(cast, workbook).state == "published"
    assert Deed.within.count() == PUPILS
    reached = DeedBeneficiary.objects.filter(person__isnull=False).values_list("person", flat=True)
    assert set(reached) == {pupil.pk for pupil, _home, _number in pupils}
    assert sent(cast, pupils).same == PUPILS  # the same list again changes nothing
    fold_all()
    names = [pupil.name for pupil, _home, _number in pupils]
    addresses = list(public_pages())
    assert len(addresses) > 8
    for address in addresses:
        page = client.get(address).content.decode(errors="replace")
        assert not [name for name in names if name in page], address
    deed = Deed.within.first()
    sign_in(client, cast, "clerk")
    assert "学童某" in client.get(reverse("deed", args=[deed.pk])).content.decode()  # who may see the family
    sign_in(client, cast, "outsider")
    assert client.get(reverse("deed", args=[deed.pk])).status_code == 404
    county = client.get(reverse("figures_place", args=[cast.places["牟定县"].pk])).content.decode()
    assert not [name for name in names if name in county]
