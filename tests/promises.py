"""Promises for the tests of every room: owed, proved, checked."""

from datetime import timedelta

import pytest
from django.utils import timezone

from yishi.commitments import services
from yishi.commitments.models import Commitment
from yishi.kit.ids import uuid7


@pytest.fixture
def promise(cast, all_files):
    """Make a commitment of the department, supervised by the county office, judged by the villager."""

    def make(*, in_force=True, judges=("villager",), due_in=30, **given):
        receipt = services.commitment_agree(
            actor=cast.viewer("clerk"),
            origin_kind="matter",
            origin_id=uuid7(),
            ordinal=1,
            place=cast.places["牟尼村"],
            **{
                "bearer": cast.bodies["department"],
                "act_text": "缓交半年租金",
                "due_on": timezone.localdate() + timedelta(days=due_in),
                "proof_expected": "转账凭证",
                "supervisor": cast.bodies["office"],
                "judges": [cast.people[who] for who in judges],
                **given,
            },
        )
        commitment = Commitment.objects.get(pk=receipt.result["commitment"])
        if in_force:
            services.commitment_hand_over(actor=cast.viewer("clerk"), commitment=commitment)
            commitment.refresh_from_db()
        return commitment

    return make


@pytest.fixture
def proved(cast, promise):
    """A commitment whose bearer has given proof."""

    def make(**given):
        commitment = promise(**given)
        services.proof_give(
            actor=cast.viewer("handler"), commitment=commitment, text="已转账", done_on=timezone.localdate()
        )
        commitment.refresh_from_db()
        return commitment

    return make


@pytest.fixture
def checked(cast, proved):
    """A commitment whose proof a second person accepted: the people are being asked."""

    def make(**given):
        commitment = proved(**given)
        services.proof_check(
            actor=cast.viewer("clerk"), commitment=commitment, accepted=True, finding="属实", as_agreed=True
        )
        commitment.refresh_from_db()
        return commitment

    return make
