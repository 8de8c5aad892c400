"""The pages that are put together from many tables, with rows in all of them: queries are counted on these."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from tests.assistance.helping import Helped
from tests.assistance.keeping import Keeping, person
from tests.assistance.pairs import Paired
from tests.assistance.steered import Steered
from tests.assistance.watched import Watched
from tests.assistance.works import Works
from tests.cast import Cast
from tests.proposals.proposing import Proposed
from yishi.assistance.campaign.services.campaign_setup import lead_set
from yishi.assistance.checks.models import CheckFinding
from yishi.assistance.checks.services.checks import findings_refresh
from yishi.assistance.deeds.models import DeedCode
from yishi.assistance.deeds.services.deeds import deed_correct, evidence_add
from yishi.assistance.deeds.services.duplicates import duplicate_decide
from yishi.assistance.deeds.services.standing import Reached
from yishi.assistance.pairing.models import Pairing
from yishi.assistance.projects.models import ProjectHousehold, ProjectPhoto
from yishi.assistance.projects.services.acceptance import project_promise
from yishi.assistance.projects.services.payments import deed_link
from yishi.assistance.register.models import HouseholdCause, HouseholdStay
from yishi.assistance.register.services.members import member_join
from yishi.assistance.watch.models import Watch, WatchFact, WatchSignal
from yishi.attachments.models import Attachment
from yishi.database.reach import everything


class Full:
    """`Full(cast)`: `.addresses`, URL name → address of a page of which no part is empty; `.home` of 牟尼村."""

    def __init__(self, cast: Cast):
        self.cast, self.today = cast, timezone.localdate()
        self.soon = self.today + timedelta(days=20)
        with everything():
            self.photo = Attachment.objects.create(
                kind="photo", name="照片", media_type="image/jpeg", size=1, sha256="0" * 64, key="00/00/none.jpg"
            )
            self.helped = Helped(cast, self.photo)
            self.campaign = self.helped.helping.campaign
            self.deed, self.merged = self.helped.deed, self.helped.other
            self.home = self._family()
            self.works = self._works()
            self._deed()
            self._lead()
            village, county = cast.places["牟尼村"], cast.places["牟定县"]
            self.addresses = {
                "household": reverse("household", args=[self.home.pk]),
                "project": reverse("project", args=[self.works.pk]),
                "deed": reverse("deed", args=[self.deed.pk]),
                "merged": reverse("deed", args=[self.merged.pk]),
                "campaign": reverse("campaign", args=[self.campaign.pk]),
                "county": reverse("figures_place", args=[county.pk]),
                "village": reverse("figures_place", args=[village.pk]),
                "more": reverse("figures_more", args=[cast.places["云南省"].pk]),
                "family": reverse("family", args=[self.home.pk]),
                "department": reverse("body_file", args=[cast.bodies["department"].pk]),
                "water": reverse("body_file", args=[cast.bodies["water"].pk]),
                "office": reverse("body_file", args=[cast.bodies["office"].pk]),
                "own": reverse("helping_file"),
            }

    def _family(self):
        """A household with helpers, visits, measures, needs, checks, changes; a proposal about its village."""
        cast = self.cast
        keeping = Keeping(cast).lived()
        home = keeping.household
        home.split_from = keeping.next_door
        home.save()
        HouseholdCause.objects.create(household=home, kind="risk", code="disaster", ordinal=9)
        since = self.today - timedelta(days=2000)
        HouseholdStay.objects.create(
            household=home, place=cast.places["邻近村"], valid_from=since, valid_to=since + timedelta(days=9)
        )
        child = {"relation": "son", **person("张小二", 5)}
        member_join(actor=cast.viewer("clerk"), household=home, member=child, reason="birth")
        home.members.filter(relation="daughter").update(valid_to=self.today, left_reason="marriage")
        keeping.asked()
        paired = Paired(cast, self.helped.helping)
        paired.pair(family=home)
        paired.team()
        paired.plan()
        for days in (1, 9):
            paired.visit(family=home, days_ago=days)
        paired.measure(family=home)
        paired.need(household=home)
        leading = {"kind": "leader", "valid_from": since, "made_at": timezone.now()}
        for who, where in (("chair_head", "云南省"), ("office_head", "牟定县"), ("village_head", "牟尼村")):
            Pairing.within.create(person=cast.people[who], place=cast.places[where], **leading)
        helping = {"kind": "body", "valid_from": since, "made_at": timezone.now()}
        Pairing.within.create(body=cast.bodies["department"], household=home, **helping)
        Pairing.within.create(body=cast.bodies["water"], place=cast.places["牟尼村"], **helping)
        findings_refresh([home.pk])
        found = CheckFinding.within.filter(household=home).first()
        found.waived_until = self.soon
        found.save()
        found.waivers.create(reason="已核实", until=self.soon, given_at=timezone.now())
        Proposed(cast, signers=[cast.people["neighbour"]]).assign()
        self._watch(home)
        return home

    def _watch(self, home) -> None:
        """A signal that opened its file, and a bill that raised none."""
        watched = Watched(self.cast).judged()
        watched.tell(amount=Decimal(300), on=self.today - timedelta(days=500))
        for model in (Watch, WatchSignal, WatchFact):
            model.within.update(household=home)

    def _works(self) -> Works:
        """A road that reached the family, and money that did."""
        cast, home = self.cast, self.home
        works = Works(cast).approve().allot().start()
        contract = works.sign()
        works.report(上村小组="1.5")
        works.build().accept()
        self.payment = works.pay(100, contract=contract)
        works.pay(300, confirmed=False)
        works.pay(200, to=home)
        project = works.project
        project.campaign, project.direction = self.campaign, self.helped.helping.directions["industry"]
        project.acceptor = cast.bodies["office"]
        project.save()
        for stage in ("building", "finished"):
            ProjectPhoto.objects.create(project=project, stage=stage, file=self.photo, on=self.today)
        foreign = self.helped.helping.households[8]  # of 外县村
        ProjectHousehold.objects.bulk_create(
            ProjectHousehold(project=project, household=one) for one in (home, foreign)
        )
        project_promise(
            actor=cast.viewer("clerk"),
            project=project,
            bearer=cast.bodies["water"],
            supervisor=cast.bodies["office"],
            text="安装护栏",
            due_on=self.soon,
            proof_expected="照片",
        )
        return works

    def _deed(self) -> None:
        """The deed that follows from a proposal, was corrected, moved, doubted, and with which another was merged."""
        cast, clerk, home = self.cast, self.cast.viewer("clerk"), self.home
        member = home.members.get(relation="spouse").person
        deed_correct(
            actor=clerk,
            deed=self.deed,
            reason="地点记错了",
            place=cast.places["邻近村"],
            reached=Reached(
                households=[home, self.helped.helping.households[8]], people=[member], villages=[cast.places["牟尼村"]]
            ),
        )
        evidence_add(actor=clerk, deed=self.deed, kind="receipt", words="收条")
        deed_link(actor=clerk, deed=self.deed, movement=self.payment)
        duplicate_decide(actor=clerk, pair=self.helped.pair, verdict="same", reason="同一条销路", overlap=Decimal(0))
        answered = {"issued_at": timezone.now(), "answered_at": timezone.now(), "said_yes": False}
        DeedCode.objects.create(deed=self.deed, household=home, digest="0", **answered)
        source = Proposed(cast, title="建冷库")
        self.deed.refresh_from_db()
        self.deed.source_kind, self.deed.source_id = "proposal", UUID(source.pk)
        self.deed.save()

    def _lead(self) -> None:
        """Who leads the campaign, its targets, its drives, its steering."""
        cast, clerk = self.cast, self.cast.viewer("clerk")
        for role, body in (("group", "chairs"), ("office", "office")):
            lead_set(actor=clerk, campaign=self.campaign, role=role, body=cast.bodies[body], since=self.today)
        Steered(cast, self.campaign)
        direction = self.helped.helping.directions["industry"]
        self.campaign.drives.create(name="百日总攻", direction=direction, starts_on=self.today, ends_on=self.soon)
        for where in ("牟定县", "牟尼村"):
            self.helped.helping.items["road"].targets.create(
                place=cast.places[where], amount=28_500, due_on=self.soon, set_at=timezone.now()
            )
