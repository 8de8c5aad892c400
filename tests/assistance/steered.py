"""A push meeting with a report and an instruction, and a cooperation agreement with a clause."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from tests.cast import Cast
from yishi.assistance.campaign.models import Campaign, Cooperation, SteeringMeeting
from yishi.assistance.campaign.services import steering
from yishi.commitments.models import Commitment


class Steered:
    """`Steered(cast, campaign)`: `.meeting`, `.cooperation`, `.instruct(…)`, `.clause(…)`."""

    def __init__(self, cast: Cast, campaign: Campaign):
        self.cast, self.clerk = cast, cast.viewer("clerk")
        self.soon = timezone.localdate() + timedelta(days=30)
        office = cast.bodies["office"]
        opened = steering.meeting_open(
            actor=self.clerk,
            campaign=campaign,
            kind="push",
            title="第一次推进会",
            body=office,
            on=timezone.localdate(),
            chaired_by="县政协主席",
        )
        self.meeting = SteeringMeeting.objects.get(pk=opened.result["meeting"])
        steering.report_hear(
            actor=self.clerk, meeting=self.meeting, body=cast.bodies["department"], text="已培训两期", speaker="局长"
        )
        self.instruct()
        signed = steering.cooperation_sign(
            actor=self.clerk,
            campaign=campaign,
            title="校地合作协议",
            place=cast.places["牟定县"],
            parties=[cast.bodies["government"], cast.bodies["company"]],
            supervisor=office,
            signed_on=timezone.localdate(),
        )
        self.cooperation = Cooperation.objects.get(pk=signed.result["cooperation"])
        self.clause()

    def instruct(self, who: str = "clerk", **given: Any) -> Commitment:
        given = {
            "act_text": "年底前硬化通组路",
            "bearer": self.cast.bodies["department"],
            "due_on": self.soon,
            "proof_expected": "验收单",
            **given,
        }
        made = steering.instruction_give(actor=self.cast.viewer(who), meeting=self.meeting, **given)
        return Commitment.within.get(pk=made.result["commitment"])

    def clause(self, who: str = "clerk", **given: Any) -> Commitment:
        given = {
            "act_text": "每年招收二十名学生",
            "bearer": self.cast.bodies["company"],
            "due_on": self.soon,
            "proof_expected": "录取名单",
            "quantity": 20,
            "unit": "人",
            **given,
        }
        made = steering.clause_add(actor=self.cast.viewer(who), cooperation=self.cooperation, **given)
        return Commitment.within.get(pk=made.result["commitment"])
