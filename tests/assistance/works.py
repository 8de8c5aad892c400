"""Works for tests: a road in three hamlets of 牟尼村, built by the water office, paid from the county office's fund."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from tests.cast import Cast
from yishi.assistance.projects.models import (
    Acceptance,
    Fund,
    FundMovement,
    Project,
)
from yishi.assistance.projects.services.acceptance import project_accept
from yishi.assistance.projects.services.asked_works import Part, Quantity
from yishi.assistance.projects.services.building import (
    progress_report,
    project_approve,
    project_finish,
    project_start,
)
from yishi.assistance.projects.services.contracts import contract_sign
from yishi.assistance.projects.services.funds import allotment_make, fund_open, money_receive
from yishi.assistance.projects.services.payments import payment_confirm, payment_record
from yishi.assistance.projects.services.projects import parts_of, project_open

YUAN = 100  # fen
HAMLETS = {"上村小组": Decimal("3.2"), "中村小组": Decimal("2.3"), "下村小组": Decimal("4.5")}  # 10 km


class Works:
    """`.fund` with 100,000 yuan, `.project` planned with 80,000 of them; then `.approve()`, `.build()`, `.accept()`…"""

    def __init__(self, cast: Cast, received: int = 100_000 * YUAN, planned: int = 80_000 * YUAN):
        self.cast = cast
        self.today = timezone.localdate()
        self.clerk, self.second = cast.viewer("clerk"), cast.viewer("second_clerk")
        self.builder = cast.viewer("water_clerk")
        receipt = fund_open(
            actor=self.clerk,
            owner=cast.bodies["office"],
            name="社会帮扶资金",
            kind="donation",
            place=cast.places["共和镇"],
            opened_on=self.day(300),
        )
        self.fund = Fund.within.get(pk=receipt.result["fund"])
        if received:
            self.receive(received)
        receipt = project_open(
            actor=self.builder,
            name="通组路硬化",
            place=cast.places["牟尼村"],
            kind="road",
            responsible=cast.bodies["water"],
            starts_on=self.day(200),
            ends_on=self.day(20),
            planned_on=self.day(260),
            quantities=[Quantity("道路硬化", "公里", [Part(name, km) for name, km in HAMLETS.items()])],
            money={"donation": planned},
        )
        self.pk = receipt.result["project"]

    def day(self, ago: int) -> date:
        return self.today - timedelta(days=ago)

    @property
    def project(self) -> Project:
        return Project.within.get(pk=self.pk)

    @property
    def parts(self) -> dict:
        return {part.name: part for part in parts_of(self.project)}

    def receive(self, amount: int, **given) -> FundMovement:
        receipt = money_receive(
            actor=self.clerk, fund=self.fund, amount=amount, **{"giver": "某基金会", "on": self.day(250), **given}
        )
        return FundMovement.within.get(pk=receipt.result["movement"])

    def approve(self, **given) -> "Works":
        project_approve(actor=self.clerk, project=self.project, **{"on": self.day(190), **given})
        return self

    def allot(self, amount: int = 80_000 * YUAN) -> "Works":
        allotment_make(actor=self.clerk, fund=self.fund, project=self.project, amount=amount, on=self.day(180))
        return self

    def start(self) -> "Works":
        project_start(actor=self.builder, project=self.project, on=self.day(170))
        return self

    def sign(self, amount: int = 70_000 * YUAN, **given):
        receipt = contract_sign(
            actor=self.builder,
            project=self.project,
            amount=amount,
            **{"number": "HT-1", "contractor": "示例路桥公司", "signed_on": self.day(175), **given},
        )
        return self.project.contracts.get(pk=receipt.result["contract"])

    def report(self, ago: int = 100, reason: str = "", **done: str):
        """`report(上村小组="1.5")`: the km done in all."""
        amounts = {self.parts[name].pk: Decimal(km) for name, km in done.items()}
        return progress_report(actor=self.builder, project=self.project, done=amounts, on=self.day(ago), reason=reason)

    def build(self) -> "Works":
        """All of it, reported and finished."""
        self.report(60, **{name: str(km) for name, km in HAMLETS.items()})
        project_finish(actor=self.builder, project=self.project, on=self.day(40))
        return self

    def accept(self, **given) -> Acceptance:
        receipt = project_accept(
            actor=self.clerk,
            project=self.project,
            **{
                "body": self.cast.bodies["office"],
                "on": self.day(10),
                "result": "passed",
                "words": "逐段丈量，路面平整。",
                **given,
            },
        )
        return Acceptance.objects.get(pk=receipt.result["acceptance"])

    def pay(self, amount: int, *, to=None, confirmed: bool = True, **given) -> FundMovement:
        receipt = payment_record(
            actor=self.clerk,
            fund=self.fund,
            to=to or self.project,
            amount=amount,
            **{"on": self.day(30), **given},
        )
        movement = FundMovement.within.get(pk=receipt.result["movement"])
        if confirmed:
            payment_confirm(actor=self.second, movement=movement)
            movement.refresh_from_db()
        return movement
