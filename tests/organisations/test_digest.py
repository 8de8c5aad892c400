"""What is due at a desk goes by mail to its body, once on each working day."""

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from tests.cast import sign_in
from tests.story import Story
from yishi.cli import work
from yishi.notices.models import Delivery, Notice
from yishi.notices.outbox import run_outbox
from yishi.organisations import digest
from yishi.organisations.digest import digests_send
from yishi.organisations.models import Body

pytestmark = pytest.mark.django_db


class Carrier:
    def __init__(self):
        self.taken = []

    def send(self, message):
        self.taken.append(message)


@pytest.fixture
def morning(monkeypatch):
    """It is a working day, nine o'clock, or another hour; the clock of the deliveries is not touched."""

    def at(hour: int = 9, *, works: bool = True) -> None:
        now = datetime.combine(timezone.localdate(), datetime.min.time()) + timedelta(hours=hour)
        monkeypatch.setattr(digest, "timezone", SimpleNamespace(localtime=lambda: timezone.make_aware(now)))
        monkeypatch.setattr(digest, "is_workday", lambda _day: works)

    return at


@pytest.fixture
def department(cast, promise) -> Body:
    """It left an address, and owes something by tomorrow and something in a month."""
    promise(due_in=1)
    body = cast.bodies["department"]
    body.email = "nyj@example.gov.cn"
    body.save()
    return body


def test_operating_3_a_body_reads_by_mail_what_is_due_at_its_desk(department, morning):
    morning()
    assert digests_send() == 1 and digests_send() == 0
    delivery, carrier = Delivery.objects.get(channel="mail"), Carrier()
    assert delivery.address == "nyj@example.gov.cn"
    with override_settings(INNER_URL="https://desks.example.gov.cn"):
        run_outbox(senders={"mail": carrier, "sms": Carrier()})
    (mail,) = carrier.taken
    assert "1件事项" in mail.text and "承诺事项：请答复或提交办理证明" in mail.text
    assert "https://desks.example.gov.cn/desk/" in mail.text
    assert "缓交" not in mail.text and "村民甲" not in mail.text, "numbers and days alone leave the house"
    assert Notice.objects.get(code="digest.due").read_at is not None, "nothing new to read at the desk"


def test_operating_3_nobody_is_told_on_a_holiday_before_the_day_begins_or_without_an_address(department, morning):
    for hour, works in ((9, False), (6, True)):
        morning(hour, works=works)
        assert digests_send() == 0
    Body.objects.update(email="")
    morning()
    assert digests_send() == 0


def test_operating_3_the_list_is_one_of_the_jobs_and_asks_every_room():
    assert "digests" in {job.name for job in work.JOBS}
    assert {source.__name__ for source in digest.SOURCES} == {"courses_due"}


def test_operating_3_what_deliberation_asks_is_on_the_list(cast, morning, all_files):
    story = Story(cast).raise_worry()
    type(story.worry).objects.update(answer_due_on=timezone.localdate())
    Body.objects.filter(pk=story.worry.desk_id).update(email="desk@example.gov.cn")
    morning()
    assert digests_send() == 1
    assert story.worry.number in Notice.objects.get(code="digest.due").params["due"]


def test_operating_3_a_body_leaves_its_address_on_its_page(client, cast):
    sign_in(client, cast, "administrator")
    body = cast.bodies["department"]
    form = {"name": body.name, "kind": body.kind, "may_be_public": "on"}
    page = reverse("body_change", args=[body.pk])
    assert client.post(page, {**form, "email": "no address"}).status_code == 422
    assert client.post(page, {**form, "email": "nyj@example.gov.cn"}).status_code == 302
    body.refresh_from_db()
    assert body.email == "nyj@example.gov.cn"
