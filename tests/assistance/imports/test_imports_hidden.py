"""What an import has written but not published is seen by nobody."""

from tests.assistance.helping import Helping
from yishi.assistance.register.models import Household, HouseholdYear
from yishi.database.reach import everything, reaching
from yishi.kit.ids import uuid7


def test_it_is_hidden_from_desks_lists_and_jobs(cast):
    one = Helping(cast).households[0]
    HouseholdYear.within.create(household=one, year=2020)
    clerk = cast.viewer("clerk").reach
    with reaching(clerk):
        assert Household.objects.filter(pk=one.pk).exists() and HouseholdYear.objects.exists()
    Household.arriving_too.filter(pk=one.pk).update(arriving=uuid7())
    with reaching(clerk):
        assert not Household.objects.filter(pk=one.pk).exists() and not HouseholdYear.objects.exists()
    with everything():
        assert not Household.objects.filter(pk=one.pk).exists()
    assert not Household.within.filter(pk=one.pk).exists()
