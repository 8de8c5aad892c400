"""三猛乡 as published: 56.2 million yuan of project funds, 5.8 million of social help, 28.5 km in 10 hamlets of 腊姑村.

Which hamlet got how much road and what it cost is not published: those numbers are ours and add up to the published.
"""

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from tests.cast import Cast
from yishi.assistance.projects.models import Fund, FundMovement, Project
from yishi.assistance.projects.services.acceptance import project_accept
from yishi.assistance.projects.services.asked_works import Part, Quantity
from yishi.assistance.projects.services.building import (
    progress_report,
    project_approve,
    project_finish,
    project_start,
)
from yishi.assistance.projects.services.contracts import contract_sign, households_reach
from yishi.assistance.projects.services.funds import (
    allotment_make,
    fund_open,
    money_mobilise,
    money_receive,
)
from yishi.assistance.projects.services.payments import donation_record, payment_confirm, payment_record
from yishi.assistance.projects.services.projects import parts_of, project_open
from yishi.assistance.register.models import Household
from yishi.organisations.models import Body, Place, PlaceVersion, Post
from yishi.people.models import Account, Person

YUAN = 100
MILLION = 1_000_000 * YUAN
PROJECT_FUNDS, SOCIAL_HELP = 562 * MILLION // 10, 58 * MILLION // 10
HAMLETS = ("3.2", "2.8", "4.1", "1.9", "3.5", "2.4", "2.6", "3.0", "2.7", "2.3")  # km
PLACES = (  # code, name, level, parent
    ("5325", "红河哈尼族彝族自治州", "prefecture", "53"),
    ("532531", "绿春县", "county", "5325"),
    ("532531203", "三猛乡", "township", "532531"),
    ("532531203203", "腊姑村", "village", "532531203"),
)
BODIES = (  # key, kind, name, place
    ("office", "office", "绿春县政协办公室", "绿春县"),
    ("transport", "department", "绿春县交通运输局", "绿春县"),
    ("township", "government", "三猛乡人民政府", "三猛乡"),
    ("village", "village", "腊姑村村民委员会", "腊姑村"),
)
PEOPLE = (
    ("office", "clerk"),
    ("office", "second"),
    ("transport", "inspector"),
    ("township", "builder"),
    ("village", "head"),
)


class Sanmeng:
    """`.places`, `.bodies`, `.viewer(key)`; `.gather()` the money, `.build()` the road, `.help()` the families."""

    def __init__(self, cast: Cast):
        self.cast, self.today = cast, timezone.localdate()
        self._places()
        self.bodies = {
            key: Body.objects.create(kind=kind, name=name, place=self.places[place])
            for key, kind, name, place in BODIES
        }
        for number, (body, key) in enumerate(PEOPLE, 1):
            person = cast.people[f"sanmeng_{key}"] = Person.objects.create(name=f"三猛{number}")
            Account.objects.create(username=f"sanmeng_{key}", person=person)
            Post.objects.create(person=person, body=self.bodies[body], role="clerk")
        self.hamlets = [place for name, place in self.places.items() if name.endswith("小组")]

    def _places(self) -> None:
        province = self.cast.places["云南省"]
        rows = [*PLACES, *((f"532531203203{n:02}", f"第{n}村民小组", "hamlet", "532531203203") for n in range(1, 11))]
        self.places = {}
        by_code = {"53": province}
        first = 1_000
        last = first + len(rows) - 1
        for lo, (code, name, level, parent) in enumerate(rows, first):
            above = by_code[parent]
            hi = lo if level == "hamlet" else last
            full = name if level == "prefecture" else above.full_name + name
            place = Place(code=code, name=name, level=level, parent=above, full_name=full, lo=lo, hi=hi)
            place.save()
            PlaceVersion.objects.create(place=place, code=code, name=name, parent=above)
            by_code[code] = self.places[name] = place
        Place.objects.filter(pk=province.pk).update(hi=last)

    def viewer(self, key: str):
        return self.cast.viewer(f"sanmeng_{key}")

    def day(self, ago: int) -> date:
        return self.today - timedelta(days=ago)

    def gather(self) -> "Sanmeng":
        """Two funds of the county office for the township; what was promised stands apart from what arrived."""
        clerk = self.viewer("clerk")
        self.funds = {}
        for name, kind in (("三猛乡项目资金", "fiscal"), ("三猛乡社会帮扶资金", "donation")):
            receipt = fund_open(
                actor=clerk,
                owner=self.bodies["office"],
                name=name,
                kind=kind,
                place=self.places["三猛乡"],
                opened_on=self.day(900),
            )
            self.funds[kind] = Fund.within.get(pk=receipt.result["fund"])
        money_mobilise(
            actor=clerk,
            fund=self.funds["fiscal"],
            giver="省级财政",
            amount=PROJECT_FUNDS,
            on=self.day(880),
            bill="预 1",
        )
        for kind, whole, giver in (("fiscal", PROJECT_FUNDS, "省级财政"), ("donation", SOCIAL_HELP, "社会各界")):
            for number, share in enumerate((5, 3, 2), 1):
                money_receive(
                    actor=clerk,
                    fund=self.funds[kind],
                    giver=giver,
                    amount=whole * share // 10,
                    on=self.day(870 - 90 * number),
                    bill=f"{kind}-{number}",
                )
        return self

    def build(self) -> "Sanmeng":
        """The road of 腊姑村, from its plan to its acceptance by the county's transport office."""
        builder, clerk = self.viewer("builder"), self.viewer("clerk")
        parts = [Part(place, Decimal(km)) for place, km in zip(self.hamlets, HAMLETS, strict=True)]
        receipt = project_open(
            actor=builder,
            name="腊姑村通组道路硬化",
            place=self.places["腊姑村"],
            kind="road",
            responsible=self.bodies["township"],
            starts_on=self.day(600),
            ends_on=self.day(120),
            quantities=[Quantity("道路硬化", "公里", parts)],
            money={"fiscal": 12 * MILLION, "donation": MILLION},
            words="10 个村民小组的进村道路。",
            planned_on=self.day(640),
        )
        self.pk = receipt.result["project"]
        project_approve(
            actor=clerk,
            project=self.project,
            on=self.day(610),
            acceptor=self.bodies["transport"],
            paper="绿政复〔2019〕8号",
        )
        for kind, amount in (("fiscal", 12 * MILLION), ("donation", MILLION)):
            allotment_make(actor=clerk, fund=self.funds[kind], project=self.project, amount=amount, on=self.day(590))
        project_start(actor=builder, project=self.project, on=self.day(580))
        contract = contract_sign(
            actor=builder,
            project=self.project,
            number="LG-2019-01",
            contractor="示例路桥有限公司",
            amount=123 * MILLION // 10,
            signed_on=self.day(585),
            what="路基路面施工",
        )
        self.report(400, range(4), Decimal("1"))
        self.report(250, range(8), Decimal("0.5"))
        self.report(150, range(10), Decimal("1"))
        project_finish(actor=builder, project=self.project, on=self.day(140))
        project_accept(
            actor=self.viewer("inspector"),
            project=self.project,
            body=self.bodies["transport"],
            on=self.day(100),
            result="passed",
            words="逐组丈量 28.5 公里，厚度、宽度符合设计。",
        )
        work = self.project.contracts.get(pk=contract.result["contract"])
        for kind, amount in (("fiscal", 113 * MILLION // 10), ("donation", MILLION)):
            self.pay(kind, self.project, amount, contract=work)
        return self

    def help(self) -> "Sanmeng":
        """Families that the road reached, and a donation that went on to a pupil's family."""
        self.households = [
            Household.within.create(
                number=f"LG{n:03}",
                place=self.places["腊姑村"],
                head=Person.objects.create(name=f"腊姑户主{n}"),
                size=4,
                registered_on=self.day(900),
            )
            for n in range(1, 7)
        ]
        households_reach(actor=self.viewer("clerk"), project=self.project, households=self.households, unnamed=250)
        gift = donation_record(
            actor=self.viewer("clerk"),
            fund=self.funds["donation"],
            giver=self.cast.people["member"],
            amount=3_000 * YUAN,
            on=self.day(30),
            bill="捐 0001",
            to=self.households[0],
            words="高中学费",
        )
        payment_confirm(actor=self.viewer("second"), movement=FundMovement.within.get(pk=gift.result["payment"]))
        return self

    @property
    def project(self) -> Project:
        return Project.within.get(pk=self.pk)

    def report(self, ago: int, hamlets: range, of_it: Decimal) -> None:
        done = {
            part.pk: (Decimal(part.planned) / 1000 * of_it).quantize(Decimal("0.1"))
            for number, part in enumerate(parts_of(self.project))
            if number in hamlets and (of_it == 1 or number >= 4)
        }
        progress_report(actor=self.viewer("builder"), project=self.project, done=done, on=self.day(ago))

    def pay(self, kind: str, to, amount: int, **given) -> FundMovement:
        receipt = payment_record(
            actor=self.viewer("clerk"), fund=self.funds[kind], to=to, amount=amount, on=self.day(60), **given
        )
        movement = FundMovement.within.get(pk=receipt.result["movement"])
        payment_confirm(actor=self.viewer("second"), movement=movement)
        return movement
