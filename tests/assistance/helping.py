"""A campaign for tests: three phases with a focus set, two directions, four items, households in two villages."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from tests.cast import Cast
from yishi.assistance.campaign.models import Campaign, CatalogueItem
from yishi.assistance.campaign.services.campaigns import (
    campaign_open,
    direction_add,
    item_add,
    phase_add,
)
from yishi.assistance.deeds.models import (
    Activity,
    Deed,
    Evidence,
    PossibleDuplicate,
    Unitemised,
)
from yishi.assistance.deeds.services.activities import activity_open
from yishi.assistance.deeds.services.deeds import deed_record
from yishi.assistance.deeds.services.standing import Part, Reached
from yishi.assistance.deeds.services.unitemised import unitemised_report
from yishi.assistance.register.models import Household
from yishi.kit.ids import named_id
from yishi.organisations.models import PlaceSet, PlaceSetItem
from yishi.people.models import Person

ITEMS = (  # code, direction, name, unit, further
    ("channel", "industry", "为农户找一条销路", "条", {"serves": "household"}),
    ("job", "employment", "介绍一个就业岗位", "个", {"serves": "person"}),
    ("road", "industry", "硬化一段路", "公里", {"serves": "village"}),
    ("training", "employment", "办一场培训", "场", {}),
)


class Helping:
    """`Helping(cast)`: `.campaign`, `.items[code]`, `.households`, `.record(…)`."""

    def __init__(self, cast: Cast):
        self.cast = cast
        today = timezone.localdate()
        self.start = today - timedelta(days=900)
        clerk = cast.viewer("clerk")
        receipt = campaign_open(
            actor=clerk, owner=cast.bodies["office"], code="help", name="助推行动", starts_on=self.start
        )
        self.campaign = Campaign.objects.get(pk=receipt.result["campaign"])
        for code, name in (("industry", "产业助推"), ("employment", "就业助推")):
            direction_add(actor=clerk, campaign=self.campaign, code=code, name=name)
        self.directions = {one.code: one for one in self.campaign.directions.all()}
        for code, direction, name, unit, further in ITEMS:
            item_add(
                actor=clerk,
                campaign=self.campaign,
                direction=self.directions[direction],
                name=name,
                unit=unit,
                code=code,
                **further,
            )
        self.items = {one.code: one for one in CatalogueItem.objects.select_related("campaign")}
        self.focus = PlaceSet.objects.create(code="focus", name="重点村")
        PlaceSetItem.objects.create(
            place_set=self.focus,
            place=cast.places["牟尼村"],
            valid_from=self.start,
            valid_to=today - timedelta(days=400),
        )
        PlaceSetItem.objects.create(
            place_set=self.focus, place=cast.places["邻近村"], valid_from=today - timedelta(days=399)
        )
        for number in range(3):
            begins = self.start + timedelta(days=300 * number)
            phase_add(
                actor=clerk,
                campaign=self.campaign,
                name=f"第{number + 1}阶段",
                starts_on=begins,
                ends_on=begins + timedelta(days=299),
                focus=self.focus,
            )
        self.households = []
        for village in ("牟尼村", "邻近村", "外县村"):
            for number in range(4):
                head = Person.objects.create(name=f"{village}户主{number}")
                self.households.append(
                    Household.within.create(
                        id=named_id("household", f"{village}{number}"),
                        number=f"H{village}{number}",
                        place=cast.places[village],
                        head=head,
                        size=3,
                        registered_on=self.start,
                    )
                )

    def record(self, who: str = "member", item: str = "channel", **given) -> Deed:
        """A deed of `who`, at 牟尼村 yesterday unless something else is said."""
        person = self.cast.people[who]
        given = {
            "place": self.cast.places["牟尼村"],
            "on": timezone.localdate() - timedelta(days=1),
            "amount": Decimal(1),
            "parties": [Part(person)],
            "reached": Reached(households=self.households[:1], people=[self.households[0].head])
            if item in ("channel", "job")
            else Reached(villages=[self.cast.places["牟尼村"]]),
            **given,
        }
        receipt = deed_record(actor=self.cast.viewer(who), item=self.items[item], **given)
        return Deed.within.get(pk=receipt.result["deed"])


class Helped:
    """One deed of the county office with its activity, its evidence, and another record that looks like it; a number
    without details. For the tests of all pages."""

    def __init__(self, cast: Cast, photo: Any):
        helping, office, clerk = Helping(cast), cast.bodies["office"], cast.viewer("clerk")
        self.helping = helping
        village, yesterday = cast.places["牟尼村"], timezone.localdate() - timedelta(days=1)
        opened = activity_open(actor=clerk, title="义诊", place=village, on=yesterday, organiser=office)
        self.activity = Activity.objects.get(pk=opened.result["activity"])
        parties = [Part(cast.people["member"]), Part(office, "organiser")]
        given = {"activity": self.activity, "parties": parties, "recorded_for": office, "words": "上门收购山货"}
        self.deed = helping.record("clerk", **given)
        Evidence.objects.create(deed=self.deed, kind="receipt", file=photo, added_at=timezone.now())
        self.other = helping.record("handler", parties=[Part(cast.bodies["department"])])
        self.pair = PossibleDuplicate.objects.get(earlier=self.deed, later=self.other)
        unitemised_report(
            actor=clerk,
            item=helping.items["training"],
            body=office,
            place=village,
            starts_on=yesterday,
            ends_on=yesterday,
            amount=Decimal(12),
            note="统计表",
        )
        self.number = Unitemised.objects.get()
