"""A body's report and a place's target are written anew: who writes over a standing one hears of it before."""

import pytest
from django.urls import reverse

from tests.assistance.campaign.test_steering import steered  # noqa: F401
from tests.cast import sign_in
from yishi.assistance.campaign.models import CatalogueItem
from yishi.assistance.campaign.services import campaigns
from yishi.kit.ids import uuid7

pytestmark = pytest.mark.django_db


def sent_twice(client, address, opened, typed, stored):
    """Refused once with what is stored and what was typed; the mended sending goes through."""
    fields = {**typed, "version": opened["version"], "act_id": uuid7()}
    refused = client.post(address, fields)
    page = refused.content.decode()
    assert refused.status_code == 422 and f"现在保存的是：{stored}" in page
    anew = refused.context["form"].data
    again = {**fields, "version": anew["version"], "act_id": anew["act_id"]}
    assert client.post(address, again).status_code == 302
    assert client.post(address, again).status_code == 302  # answered by its receipt
    return page


def test_forms_4_a_second_report_of_one_body_is_told_of_the_first(client, cast, steered):  # noqa: F811
    sign_in(client, cast, "clerk")
    address = reverse("meeting_report", args=[steered.meeting.pk])
    opened = client.get(address).context["form"].initial
    typed = {"body": cast.bodies["department"].name, "speaker": "副局长", "text": "已培训三期"}
    page = sent_twice(client, address, opened, typed, "已培训两期")
    assert "已培训三期" in page and "这里已经有记录" in page
    assert [report.text for report in steered.meeting.reports.all()] == ["已培训三期"]


def test_forms_4_a_first_report_goes_at_once(client, cast, steered):  # noqa: F811
    sign_in(client, cast, "clerk")
    address = reverse("meeting_report", args=[steered.meeting.pk])
    opened = client.get(address).context["form"].initial
    steered.meeting.reports.all().delete()
    sent = {"body": "牟定县水务局", "text": "已培训三期", "version": opened["version"], "act_id": uuid7()}
    assert client.post(address, sent).status_code == 302


def test_forms_4_a_second_target_of_one_place_is_told_of_the_first(client, cast, steered):  # noqa: F811
    sign_in(client, cast, "clerk")
    item, place = CatalogueItem.objects.filter(campaign=steered.campaign).first(), cast.places["牟定县"]
    address = reverse("target_new", args=[item.pk])
    opened = client.get(address).context["form"].initial
    due = steered.soon
    campaigns.target_set(actor=cast.viewer("clerk"), item=item, place=place, amount=30, due_on=due)
    typed = {"place": place.full_name, "amount": "50", "baseline": "0", "due_on": due.isoformat()}
    sent_twice(client, address, opened, typed, "30")
    assert item.targets.get(place=place).goal == 50
