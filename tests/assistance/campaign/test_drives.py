"""A drive lies inside the phases of its campaign, and may cross from one into the next."""

from datetime import timedelta

import pytest

from tests.assistance.helping import Helping
from yishi.assistance.campaign.models import Drive
from yishi.assistance.campaign.services.campaign_setup import drive_change
from yishi.assistance.campaign.services.campaigns import drive_add
from yishi.database.reach import everything
from yishi.kit.errors import Refusal

pytestmark = pytest.mark.django_db


def test_records_15_a_drive_crosses_two_phases_and_leaves_none(cast):
    with everything():
        helping = Helping(cast)
        clerk, first = cast.viewer("clerk"), helping.start
        days = {"starts_on": first + timedelta(days=290), "ends_on": first + timedelta(days=310)}
        drive_add(actor=clerk, campaign=helping.campaign, name="秋冬总攻", **days)
        drive = Drive.objects.get()
        for wrong in ({"starts_on": first - timedelta(days=1)}, {"ends_on": first + timedelta(days=900)}):
            with pytest.raises(Refusal) as refused:
                drive_change(actor=clerk, drive=drive, name="秋冬总攻", **{**days, **wrong})
            assert refused.value.field in wrong
