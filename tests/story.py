"""牟尼村, told through the services: from the worry to the verdict, each chapter a function."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from yishi.commitments import services as ledger
from yishi.commitments.models import Commitment
from yishi.deliberation.models import (
    Agreement,
    BallotVoter,
    Brief,
    BriefPosition,
    DateRound,
    Intervention,
    Matter,
    Seat,
    SecretBallot,
    Sitting,
    StanceSheet,
    Statement,
    Study,
    Turn,
    Worry,
)
from yishi.deliberation.services import (
    agreements,
    conditions,
    matters,
    roll,
    screening,
    seats,
    sittings,
    stances,
    studies,
)
from yishi.deliberation.services.processes import process_shipped
from yishi.deliberation.services.worries import worry_file
from yishi.organisations.grants import Viewer, viewer_of

from .cast import Cast


@dataclass
class Story:
    """The same story for every test; each chapter may be told once, in order."""

    cast: Cast
    worry: Worry = None
    code: str = ""
    matter: Matter = None
    study: Study = None
    sitting: Sitting = None
    statement: Statement = None
    agreement: Agreement = None
    commitment: Commitment = None

    def by(self, who: str) -> Viewer:
        return self.cast.viewer(who)

    def raise_worry(self) -> "Story":
        receipt = worry_file(
            actor=Viewer(),
            text="花卉公司付不出租金，一千七百二十亩地的租金和水费都欠着",
            theme="land",
            place=self.cast.places["牟尼村"],
            venue=self.cast.venue,
            channel="code",
            raiser_name="村民丙",
            raiser_phone="13900000000",
        )
        self.worry = Worry.within.get(pk=receipt.result["worry"])
        self.code = receipt.query_code
        return self

    @property
    def raiser(self) -> Viewer:
        return viewer_of(self.worry.raiser)

    def take_up(self, process: str = "courtyard") -> "Story":
        receipt = screening.worry_take_up(
            actor=self.by("convener"),
            worry=self.worry,
            reason="涉及全村，宜协商",
            title="牟尼村土地租金协商",
            process=process_shipped(process),
        )
        self.matter = Matter.within.get(pk=receipt.result["matter"])
        for name, body in (("村民", "village"), ("花卉公司", "company"), ("农业农村局", "department")):
            matters.party_add(actor=self.by("convener"), matter=self.matter, name=name, body=self.cast.bodies[body])
        return self

    def study_it(self) -> "Story":
        receipt = studies.study_open(actor=self.by("convener"), matter=self.matter, question="租金为何付不出")
        self.study = Study.objects.get(pk=receipt.result["study"])
        studies.visit_add(
            actor=self.by("convener"),
            study=self.study,
            on=timezone.localdate(),
            where="花卉基地",
            met="公司负责人、村民代表",
            text="花价跌了，公司周转不开",
        )
        studies.finding_add(actor=self.by("convener"), study=self.study, text="公司愿付，需缓交")
        studies.study_hand_in(actor=self.by("convener"), study=self.study, report="建议缓交并由农业农村局监督")
        studies.study_check(actor=self.by("clerk"), study=self.study, accepted=True, note="属实")
        return self

    def fill_seats(self) -> "Story":
        parties = {party.name: party for party in self.matter.parties.all()}
        plan: tuple[tuple[str, str, Any, Any], ...] = (
            ("member", "chair", None, None),
            ("convener", "secretary", None, "council"),
            ("village_head", "party", "村民", "village"),
            ("company_head", "party", "花卉公司", "company"),
            ("handler", "party", "农业农村局", "department"),
        )
        for who, role, party, body in plan:
            seats.seat_fill(
                actor=self.by("convener"),
                matter=self.matter,
                person=self.cast.people[who],
                role=role,
                filled_by="invitation",
                party=parties.get(party),
                body=self.cast.bodies[body] if body else None,
                accepted=True,
            )
        seats.interests_declare(actor=self.by("member"), seat=self.seat("member"), interests="无")
        return self

    def seat(self, who: str) -> Seat:
        return Seat.objects.get(matter=self.matter, person=self.cast.people[who], ended_on=None)

    def sit(self) -> "Story":
        receipt = sittings.sitting_plan(
            actor=self.by("convener"),
            matter=self.matter,
            starts_at=timezone.now() + timedelta(hours=1),
            venue=self.cast.venue,
            agenda="一、通报；二、协商",
        )
        self.sitting = Sitting.within.get(pk=receipt.result["sitting"])
        sittings.sitting_notice(actor=self.by("convener"), sitting=self.sitting, short_notice_reason="事急")
        sittings.papers_send(actor=self.by("convener"), sitting=self.sitting)
        for who in ("member", "convener", "village_head", "company_head", "handler"):
            roll.presence_arrive(actor=self.by("convener"), sitting=self.sitting, seat=self.seat(who))
        sittings.sitting_open(actor=self.by("convener"), sitting=self.sitting)
        receipt = stances.statement_add(
            actor=self.by("convener"), sitting=self.sitting, text="租金缓交半年，水费由公司分期付清", by_staff=True
        )
        self.statement = Statement.objects.get(pk=receipt.result["statement"])
        return self

    def waits(self, who: str) -> Turn:
        """Somebody waits to speak."""
        return Turn.objects.create(sitting=self.sitting, seat=self.seat(who), asked_at=timezone.now())

    def balloted(self) -> SecretBallot:
        """A secret ballot that is open, on screens and on paper."""
        tellers = {"teller": self.seat("convener"), "scrutineer": self.seat("handler")}
        ballot = SecretBallot.objects.create(
            sitting=self.sitting,
            ordinal=1,
            question="由谁来监督水费",
            choices=["赞成", "反对", "弃权"],
            on_screen=True,
            on_paper=True,
            mark="AB12",
            opened_at=timezone.now(),
            present=5,
            quorum=3,
            **tellers,
        )
        for who in ("village_head", "company_head", "handler"):
            BallotVoter.objects.create(ballot=ballot, seat=self.seat(who), person=self.cast.people[who])
        return ballot

    def asked_for_days(self) -> DateRound:
        """Days that are put to everybody with a seat."""
        days = [(timezone.now() + timedelta(days=number)).isoformat() for number in (30, 31)]
        by = timezone.localdate() + timedelta(days=7)
        return DateRound.objects.create(matter=self.matter, options=days, asked_at=timezone.now(), answer_by=by)

    def briefed(self) -> Brief:
        """A brief that is not issued yet, with one side's position."""
        brief = Brief.objects.create(sitting=self.sitting, facts="租金欠了两季", written_at=timezone.now())
        BriefPosition.objects.create(brief=brief, party=self.matter.parties.first(), text="请缓交半年")
        return brief

    def in_the_room(self, who: str) -> dict[str, Any]:
        """By the loaders of the room's pages: the first item, somebody's wish to speak, an intervention."""
        now, seat = timezone.now(), self.seat(who)
        return {
            "speaking.load_item": self.sitting.items.first(),
            "speaking.load_turn": self.waits(who),
            "chairing.load_intervention": Intervention.objects.create(
                sitting=self.sitting, kind="time", seat=seat, at=now
            ),
        }

    def sheet_printed(self) -> StanceSheet:
        """A paper sheet that nobody has typed in."""
        statement = self.statement
        asked = [{"id": str(statement.pk), "ordinal": 1, "text": statement.text, "edition": 1}]
        return StanceSheet.objects.create(
            sitting=self.sitting, printing=1, number=1, seat=self.seat("handler"), statements=asked
        )

    def stand(self) -> "Story":
        for who, value, condition in (
            ("village_head", "conditional", "农业农村局监督"),
            ("company_head", "agree", ""),
            ("handler", "agree", ""),
        ):
            stances.stance_take(
                actor=self.by(who),
                statement=self.statement,
                seat=self.seat(who),
                value=value,
                condition=condition,
            )
        conditions.condition_answer(
            actor=self.by("convener"),
            statement=self.statement,
            condition="农业农村局监督",
            accepts=[party for party in self.matter.parties.all() if party.name != "村民"],
        )
        sittings.sitting_close(actor=self.by("convener"), sitting=self.sitting)
        return self

    def agree(self) -> "Story":
        receipt = agreements.agreement_draft(
            actor=self.by("convener"),
            matter=self.matter,
            sitting=self.sitting,
            text="租金缓交半年，水费分期付清",
            conditions="由农业农村局监督",
        )
        self.agreement = Agreement.objects.get(pk=receipt.result["agreement"])
        agreements.duty_add(
            actor=self.by("convener"),
            agreement=self.agreement,
            act="付清两季租金",
            bearer=self.cast.bodies["company"],
            due_on=timezone.localdate() + timedelta(days=30),
            proof_expected="转账凭证",
            supervisor=self.cast.bodies["department"],
        )
        for party in self.matter.parties.all():
            agreements.consent_record(actor=self.by("convener"), agreement=self.agreement, party=party, way="paper")
        agreements.agreement_record(actor=self.by("convener"), agreement=self.agreement)
        self.agreement.refresh_from_db()
        self.commitment = Commitment.within.get(origin_id=self.matter.pk)
        return self

    def hand_over(self) -> "Story":
        agreements.agreement_hand_over(actor=self.by("convener"), agreement=self.agreement)
        return self.fresh()

    def carry_out(self) -> "Story":
        ledger.proof_give(
            actor=self.by("company_head"), commitment=self.commitment, text="已付", done_on=timezone.localdate()
        )
        ledger.proof_check(
            actor=self.by("handler"), commitment=self.commitment, accepted=True, finding="属实", as_agreed=True
        )
        return self.fresh()

    def judge(self, value: str = "satisfied") -> "Story":
        ledger.verdict_give(actor=self.raiser, commitment=self.commitment, value=value)
        return self.fresh()

    def strike_off(self) -> "Story":
        ledger.commitment_strike_off(actor=self.by("handler"), commitment=self.commitment)
        return self.fresh()

    def fresh(self) -> "Story":
        for one in (self.worry, self.matter, self.sitting, self.agreement, self.commitment):
            if one is not None:
                one.refresh_from_db()
        return self

    def all(self) -> "Story":
        """Up to the checked proof: what most pages need."""
        self.raise_worry().take_up().study_it().fill_seats().sit().stand().agree().hand_over().carry_out()
        return self
