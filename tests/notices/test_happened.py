"""A day that is still to come is refused in one place: by `happened`, with the field at which it was typed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import acts
from yishi.kit.errors import Refusal
from yishi.notices.days import happened

ITSELF = "yishi.notices.days"
MOMENTS = "yishi.deliberation.services.room"  # a moment in the room: a fast clock is forgiven some minutes


def test_it_works():
    today = timezone.localdate()
    assert happened(today, "on") == today
    with pytest.raises(Refusal) as error:
        happened(today + timedelta(days=1), "on", code="visit")
    assert (error.value.code, error.value.field) == ("visit.future", "on")


def test_nobody_else_says_that_a_day_is_to_come():
    """Each service asked by itself, and one of them forgot the field at which the day had been typed."""
    elsewhere = {module.name for module in acts.modules() if '.future"' in module.text}
    assert elsewhere == {ITSELF, MOMENTS}
