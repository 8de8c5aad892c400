"""A worry of 牟尼村 and a round that lists the village, for the tests of crossings."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.assistance.supervised import Supervised, supervised
from tests.cast import Cast
from yishi.crossings.into_supervision import Listed, worry_supervise
from yishi.deliberation.models import Worry
from yishi.deliberation.services.worries import worry_file
from yishi.journal.models import Receipt
from yishi.notices.models import Notice
from yishi.organisations.grants import Viewer
from yishi.web.deliberation.worries.worry_story import worry_events


@dataclass
class Crossed:
    """`Crossed(cast).begun()`: the county's office runs a round that lists 牟尼村; `worry` was raised there."""

    cast: Cast
    supervision: Supervised = field(init=False)

    def begun(self) -> "Crossed":
        self.supervision = supervised(self.cast)
        return self

    def raised(self, place: str = "牟尼村", text: str = "水管断了两个月，天天背水", **given: Any) -> Worry:
        given = {"actor": Viewer(), "channel": "page", "theme": "water", "raiser_name": "村民丙", **given}
        receipt = worry_file(text=text, place=self.cast.places[place], **given)
        return Worry.within.select_related("place", "desk", "convener", "raiser").get(pk=receipt.result["worry"])

    def listed(self, **given: Any) -> Listed:
        given = {
            "round": self.supervision.round,
            "item": "water",
            "words": "水管断了两个月",
            "lane": "spot",
            "bearer": self.cast.bodies["township"],
            "due_on": self.supervision.today + timedelta(days=20),
            **given,
        }
        return Listed(**given)

    def supervise(self, worry: Worry, who: str = "clerk", act_id: UUID | None = None, **given: Any) -> Receipt:
        """The worry becomes a finding; `given` changes how it is listed."""
        actor, listed = self.cast.viewer(who), self.listed(**given)
        return worry_supervise(actor=actor, worry=worry, listed=listed, reason="属督战问题，限期办", act_id=act_id)


def told(worry: Worry) -> list[str]:
    """What those who raised it were told, in order."""
    notices = Notice.objects.filter(person=worry.raiser, subject_id=worry.pk).order_by("created_at", "pk")
    return list(notices.values_list("code", flat=True))


def read(worry: Worry) -> list[str]:
    """The lines that whoever raised it reads."""
    worry.refresh_from_db()
    return [str(event.title) for event in worry_events(worry, to_raiser=True)]
