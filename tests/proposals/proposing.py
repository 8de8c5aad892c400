"""A proposal for tests: written by 委员甲 about 牟尼村."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from tests.cast import Cast
from yishi.proposals import services
from yishi.proposals.models import Proposal

TEXT = "牟尼村到集镇没有班车，老人看病要走两个小时。建议开一条公交线。"


class Proposed:
    """`Proposed(cast)`: `.proposal`; the acts of its life as methods that give it back as it stands."""

    def __init__(self, cast: Cast, who: str = "member", **given: Any):
        self.cast = cast
        given = {
            "kind": "opinion",
            "title": "开一条到牟尼村的公交线",
            "text": TEXT,
            "theme": "roads",
            "place": cast.places["牟尼村"],
            "submit": True,
            **given,
        }
        receipt = services.proposal_write(actor=cast.viewer(who), **given)
        self.pk = receipt.result["proposal"]

    @property
    def proposal(self) -> Proposal:
        return Proposal.within.select_related("commitment", "place", "author").get(pk=self.pk)

    def assign(self, who: str = "clerk", body: str = "department") -> Proposal:
        services.proposal_assign(
            actor=self.cast.viewer(who),
            proposal=self.proposal,
            bearer=self.cast.bodies[body],
            due_on=timezone.localdate() + timedelta(days=90),
        )
        return self.proposal

    def adopt(self, who: str = "handler", outcome: str = "adopted", **given: Any) -> Proposal:
        given = {
            "body": self.cast.bodies["department"],
            "decided_on": timezone.localdate(),
            "document": "牟定县农村客运三年规划",
            "clause": "第四条",
            **given,
        }
        services.adoption_record(actor=self.cast.viewer(who), proposal=self.proposal, outcome=outcome, **given)
        return self.proposal
