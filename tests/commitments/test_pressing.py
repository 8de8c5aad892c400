"""Whoever is told to press can press: after the last rung too, at every tier, once a day."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.cast import sign_in
from yishi.commitments import services
from yishi.commitments.models import Commitment, LedgerEvent
from yishi.journal.act import acting_at
from yishi.kit.errors import WrongStage

pytestmark = pytest.mark.django_db


@pytest.fixture
def overdue(cast, promise):
    """Overdue, reminded, written to, and passed to the prefecture's office, all some days ago."""
    commitment = promise(due_in=1)
    Commitment.objects.filter(pk=commitment.pk).update(due_on=timezone.localdate() - timedelta(days=20))
    with acting_at(timezone.now() - timedelta(days=5)):
        clerk = cast.viewer("clerk")
        services.reminder_send(actor=clerk, commitment=commitment)
        services.letter_send(actor=clerk, commitment=commitment, text="请尽快办理")
        services.next_tier_pass(actor=clerk, commitment=commitment)
    commitment.refresh_from_db()
    return commitment


def reminders(commitment):
    return commitment.events.filter(kind__in=(LedgerEvent.Kind.REMINDER, LedgerEvent.Kind.AGAIN)).count()


@pytest.mark.parametrize("who", ["clerk", "prefecture_clerk"])
def test_who_has_it_on_the_desk_reminds_again(client, cast, overdue, who):
    sign_in(client, cast, who)
    page = f"/desk/commitments/{overdue.pk}/"
    assert f"{page}press/" in client.get(page).content.decode()
    form = client.get(f"{page}press/").context["form"]
    assert [code for code, _label in form.fields["how"].choices] == ["reminder"]
    assert client.post(f"{page}press/", {**form.initial, "how": "reminder", "text": "再催一次"}).status_code == 302
    assert reminders(overdue) == 2


def test_once_a_day(cast, overdue):
    services.reminder_send(actor=cast.viewer("clerk"), commitment=overdue)
    with pytest.raises(WrongStage) as refused:
        services.reminder_send(actor=cast.viewer("prefecture_clerk"), commitment=overdue)
    assert refused.value.code == "commitment.reminder.today"
    overdue.refresh_from_db()
    assert (reminders(overdue), overdue.escalation) == (2, 3)


def test_a_tier_that_there_is_not_is_not_offered(client, cast, promise):
    commitment = promise(supervisor=cast.bodies["province_office"], due_in=1)
    sign_in(client, cast, "province_clerk")
    form = client.get(f"/desk/commitments/{commitment.pk}/press/").context["form"]
    assert [code for code, _label in form.fields["how"].choices] == ["reminder", "letter"]
