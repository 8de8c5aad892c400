"""A family of 牟尼村 with its helper, for the tests of pairing, visits, measures, needs."""

from datetime import date, timedelta

from django.utils import timezone

from tests.assistance.helping import Helping
from tests.cast import PASSWORD_HASH, Cast
from yishi.assistance.pairing.models import (
    Match,
    Measure,
    Need,
    Offer,
    Pairing,
    StationedTeam,
    VillagePlan,
    Visit,
)
from yishi.assistance.pairing.services.matches import match_propose
from yishi.assistance.pairing.services.measures import measure_agree
from yishi.assistance.pairing.services.needs import need_state, offer_make
from yishi.assistance.pairing.services.pairing import PairingRow, pairing_make
from yishi.assistance.pairing.services.teams import team_join, team_open
from yishi.assistance.pairing.services.village_plans import village_plan_open
from yishi.assistance.pairing.services.visits import visit_log
from yishi.organisations.models import Body, Post
from yishi.people.models import Account, Person


class Paired:
    """`Paired(cast)`: the member `member` helps `.family`; a cadre without any desk, "cadre", helps nobody yet; "next"
    sits at the desk of 邻近村."""

    def __init__(self, cast: Cast, helping: Helping | None = None):
        self.cast = cast
        self.helping = helping or Helping(cast)
        self.family, self.second, *_rest = self.helping.households
        self.foreign = self.helping.households[4]  # of 邻近村
        self.today = timezone.localdate()
        for key, name in (("cadre", "干部甲"), ("next", "邻村主任")):
            cast.people[key] = Person.objects.create(name=name)
            Account.objects.create(username=key, person=cast.people[key], password=PASSWORD_HASH)
        cast.bodies["next_village"] = Body.objects.create(
            kind="village", name="邻近村村民委员会", place=cast.places["邻近村"]
        )
        Post.objects.create(person=cast.people["next"], body=cast.bodies["next_village"], role="head")

    def pair(self, who: str = "member", family=None, since: int = 100, until: date | None = None) -> Pairing:
        row = PairingRow(
            self.cast.people[who], family or self.family, self.today - timedelta(days=since), until, note="常联系"
        )
        receipt = pairing_make(actor=self.cast.viewer("village_head"), row=row)
        return Pairing.within.get(pk=receipt.result["pairing"])

    def visit(self, who: str = "member", family=None, days_ago: int = 1, **given) -> Visit:
        receipt = visit_log(
            actor=self.cast.viewer(who),
            household=family or self.family,
            on=self.today - timedelta(days=days_ago),
            **{"found": "老人常年吃药，缺技术", "met": "户主", "cause": "因病", "agreed": "帮办慢病卡", **given},
        )
        return Visit.within.get(pk=receipt.result["visit"])

    def measure(self, who: str = "member", family=None, **given) -> Measure:
        receipt = measure_agree(
            actor=self.cast.viewer(who),
            household=family or self.family,
            **{
                "group": "health",
                "act_text": "办好慢病卡",
                "due_on": self.today + timedelta(days=20),
                "bearer": self.cast.bodies["committee"],
                "bearer_person": self.cast.people["member"],
                "proof_expected": "卡已到手",
                **given,
            },
        )
        return Measure.within.select_related("household__head", "household__place", "commitment__bearer").get(
            pk=receipt.result["measure"]
        )

    def team(self, who: str = "cadre", role: str = "first_secretary", since: int = 50) -> StationedTeam:
        clerk, day = self.cast.viewer("clerk"), self.today - timedelta(days=since)
        receipt = team_open(actor=clerk, place=self.cast.places["牟尼村"], name="驻村工作队", valid_from=day)
        team = StationedTeam.within.get(pk=receipt.result["team"])
        team_join(actor=clerk, team=team, role=role, valid_from=day, person=self.cast.people[who])
        return team

    def need(self, who: str = "village_head", **given) -> Need:
        given = {
            "kind": "sales",
            "words": "土豆没人收",
            "place": self.cast.places["牟尼村"],
            "household": self.family,
            "quantity": None,
            **given,
        }
        receipt = need_state(actor=self.cast.viewer(who), **given)
        return Need.within.select_related("place", "household__head", "desk").get(pk=receipt.result["need"])

    def offer(self, who: str = "member", **given) -> Offer:
        given = {"kind": "sales", "words": "能联系超市收购", "place": self.cast.places["牟定县"], **given}
        receipt = offer_make(actor=self.cast.viewer(who), **given)
        return Offer.within.select_related("place", "person", "body", "desk").get(pk=receipt.result["offer"])

    def match(self, need: Need, offer: Offer, who: str = "village_head", **given) -> Match:
        given = {"due_on": self.today + timedelta(days=10), **given}
        receipt = match_propose(actor=self.cast.viewer(who), need=need, offer=offer, **given)
        rows = Match.within.select_related("need__place", "need__household__head", "offer")
        return rows.get(pk=receipt.result["match"])

    def plan(self, who: str = "village_head") -> VillagePlan:
        receipt = village_plan_open(
            actor=self.cast.viewer(who),
            place=self.cast.places["牟尼村"],
            title="梯田稻米三年规划",
            aim="换新稻种，每户多收 2400 元",
            starts_on=self.today,
            ends_on=self.today + timedelta(days=900),
        )
        return VillagePlan.within.select_related("place").get(pk=receipt.result["plan"])
