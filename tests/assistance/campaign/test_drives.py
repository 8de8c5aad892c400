"""A drive lies inside the phases of its campaign, and may cross from one into the next; its list, its targets."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.assistance.helping import Helping
from tests.cast import sign_in
from yishi.assistance.campaign.models import Campaign, Drive, Target
from yishi.assistance.campaign.services.campaign_setup import drive_change
from yishi.assistance.campaign.services.campaigns import drive_add, target_set
from yishi.assistance.deeds.services.standing import Part, Reached
from yishi.database.reach import everything
from yishi.kit.errors import Refusal
from yishi.kit.ids import uuid7
from yishi.organisations.models import PlaceSet
from yishi.reporting.fold import fold_all

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


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


def days_of(helping, since=430, until=350):
    """Some days of which the first lie in one phase and the last in the next."""
    return {"starts_on": TODAY - timedelta(days=since), "ends_on": TODAY - timedelta(days=until)}


def road(helping, name, days_ago, km):
    """So much road at a village, so many days ago."""
    place, on = helping.cast.places[name], TODAY - timedelta(days=days_ago)
    helping.record(
        "clerk",
        "road",
        place=place,
        on=on,
        amount=Decimal(km),
        reached=Reached(villages=[place]),
        parties=[Part(helping.cast.bodies["office"])],
    )


def test_a_drive_has_its_own_list_and_targets(client, cast):
    with everything():
        helping = Helping(cast)
        clerk = cast.viewer("clerk")
        drive_add(actor=clerk, campaign=helping.campaign, name="百日总攻", place_set=helping.focus, **days_of(helping))
        drive = Drive.objects.get()
        road(helping, "牟尼村", 420, 3)  # on the list then
        road(helping, "邻近村", 420, 5)  # not yet
        road(helping, "邻近村", 360, 7)
        road(helping, "邻近村", 10, 9)  # after its days
    sign_in(client, cast, "clerk")
    answer = client.post(
        reverse("drive_target_new", args=[drive.pk]),
        {"item": helping.items["road"].pk, "amount": "12", "act_id": uuid7()},
    )
    assert answer.status_code == 302
    fold_all()
    page = client.get(reverse("drive", args=[drive.pk]))
    (target,) = page.context["targets"]
    assert (target["goal"], target["said"], target["missing"]) == ("12 公里", "10 公里", "2 公里")
    assert [(row["place"].name, row["deeds"]) for row in page.context["places"]] == [("牟尼村", 1), ("邻近村", 1)]
    figures = client.get(reverse("campaign", args=[helping.campaign.pk]))
    assert list(figures.context["targets"]) == []  # its targets are its own


def test_a_target_of_a_drive_is_set_anew_and_one_of_another_campaign_refused(cast):
    with everything():
        helping = Helping(cast)
        clerk = cast.viewer("clerk")
        drive_add(actor=clerk, campaign=helping.campaign, name="百日总攻", **days_of(helping))
        drive = Drive.objects.get()
        said = {"item": helping.items["road"], "place": helping.campaign.place, "due_on": drive.ends_on}
        target_set(actor=clerk, amount=Decimal(12), drive=drive, **said)
        target_set(actor=clerk, amount=Decimal(99), **said)  # the campaign's own stays apart
        target_set(actor=clerk, amount=Decimal(15), drive=drive, **said)
        assert sorted(Target.objects.values_list("amount", flat=True)) == [15_000, 99_000]
        Campaign.objects.filter(pk=helping.campaign.pk).update(code="other")
        other = Campaign.objects.create(
            code="second", name="另一行动", owner=cast.bodies["office"], place=helping.campaign.place, starts_on=TODAY
        )
        drive.campaign = other
        drive.save()
        with pytest.raises(Refusal) as refused:
            target_set(actor=clerk, amount=Decimal(1), drive=drive, **said)
        assert refused.value.field == "drive"


def test_a_list_that_one_does_not_see_is_refused(cast):
    with everything():
        helping = Helping(cast)
        clerk = cast.viewer("clerk")
        foreign = PlaceSet.objects.create(code="foreign", name="别处名单", owner=cast.bodies["outside_office"])
        with pytest.raises(Refusal) as refused:
            drive_add(actor=clerk, campaign=helping.campaign, name="专项", place_set=foreign, **days_of(helping))
        assert refused.value.field == "place_set"
