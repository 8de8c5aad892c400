"""A province under supervision, by a fixed seed: families, a round with its findings and their promises, files of
monitoring and of exit assessments. Rows are written straight into the tables: making them is not measured.

Of the findings one in five is open; the rest was struck off, merged or ruled on. The promises stand as the clock of
yesterday left them, so that the sweep of today finds what one day brings.
"""

import random
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from tests.assistance.families import PEOPLE, PLAIN, YEARLY
from yishi.assistance.campaign.models import StatedNumber
from yishi.assistance.checks.models import CheckFinding
from yishi.assistance.exits.models import ExitAssessment, ExitInterview, ExitSample, ExitSuspicion
from yishi.assistance.exits.survey.pack import questionnaire_versions, rules_versions
from yishi.assistance.register.models import (
    Household,
    HouseholdCause,
    HouseholdMember,
    HouseholdStanding,
    HouseholdStay,
    HouseholdYear,
    MemberYear,
    Resident,
    Uncounted,
)
from yishi.assistance.register.services.counting import counts_follow
from yishi.assistance.supervision.items import newest, read_pack
from yishi.assistance.supervision.models import Finding, Lane, ListedPlace, ListingRule, Round, RoundVisit
from yishi.assistance.watch.models import Watch, WatchFact, WatchSignal
from yishi.assistance.watch.triggers import read_pack as watch_pack
from yishi.commitments.clocks import NEXT_TIER_WORKDAYS, RECHECK_AFTER, yellow_from
from yishi.commitments.models import Commitment
from yishi.commitments.services.clock import _identity
from yishi.journal.act import receipt_number
from yishi.journal.models import Receipt
from yishi.kit.clock import add_workdays
from yishi.kit.ids import uuid7
from yishi.organisations.models import Body, Place
from yishi.organisations.services.bodies import post_give
from yishi.people.models import Account, Person

from .plain_rows import Rows, write_all

SEED = 20200601
CHUNK, ROWS = 2_000, 2_000
STARTED = date(2014, 1, 1)
CAUSES = ("illness", "school", "skill", "labour", "disability")
ETHNIC = ("HA", "YI", "HN", "DA")
State = Commitment.State


class Supervised:
    """`build` makes everything; the numbers are those of the command."""

    def __init__(self, given: Any, system: Any, say: Callable[[str], None]):
        self.given, self.system, self.say = given, system, say
        self.chance, self.today = random.Random(SEED), timezone.localdate()
        self.now = timezone.now()
        self.items = list(read_pack(newest()).items)

    def build(self) -> None:
        steps: tuple[Callable[[], None], ...] = (
            self.places,
            self.people,
            self.families,
            self.count,
            self.rounds,
            self.findings,
            self.watches,
            self.exits,
        )
        for step in steps:
            begun = time.perf_counter()
            step()
            self.say(f"{step.__name__}: {time.perf_counter() - begun:.0f} s")

    def places(self) -> None:
        """Which villages are listed, and what papers state of counties, prefectures and the province."""
        self.villages = list(Place.objects.filter(level="village").order_by("lo"))
        self.listed = self.chance.sample(self.villages, self.given.villages)
        wide = Place.objects.filter(level__in=["province", "prefecture", "county"])
        StatedNumber.objects.bulk_create(
            StatedNumber(
                place=place, what=what, value=value, on=self.today - timedelta(days=400), source="示例统计年鉴",
                stated_at=self.now,
            )
            for place in wide
            for what, value in (("rural_people", 300_000), ("poor_people", 8_000))
        )  # fmt: skip

    def people(self) -> None:
        """Somebody at the desks that open these pages, and whose names stand in files."""
        self.department = {body.place_id: body for body in Body.objects.filter(kind="department")}
        self.office = {body.place_id: body for body in Body.objects.filter(kind="office")}
        self.county_of: dict[Any, Any] = {}
        counties = list(Place.objects.filter(level="county").order_by("lo"))
        for village in self.villages:
            self.county_of[village.pk] = next((one.pk for one in counties if one.lo <= village.lo <= one.hi), None)
        self.asked, self.entered = (Person.objects.create(name=name) for name in ("演示调查员", "演示录入员"))
        busiest = max(counties, key=lambda one: sum(self.county_of[place.pk] == one.pk for place in self.listed))
        prefecture = Place.objects.get(level="prefecture", lo__lte=busiest.lo, hi__gte=busiest.hi)
        for name, body in (
            ("county", self.office[busiest.pk]),
            ("prefecture", self.office[prefecture.pk]),
            ("bearer", self.department[busiest.pk]),
        ):
            person = Person.objects.create(name=f"演示{name}")
            Account.objects.create(username=f"desk-{name}", person=person, password="!")
            post_give(actor=self.system, person=person, body=body, role="clerk", title="经办")

    # families

    def families(self) -> None:
        """Half of the families live in the listed villages, the others everywhere else."""
        half = self.given.households // 2
        listed = {place.pk for place in self.listed}
        others = [place for place in self.villages if place.pk not in listed]
        where = [self.listed[n % len(self.listed)] for n in range(half)]
        where += [others[n % len(others)] for n in range(self.given.households - half)]
        self.homes: list[tuple[Any, Place]] = []  # of the listed villages
        tables = families_tables(self.today, self.now)
        for number, place in enumerate(where):
            key = self._family(tables, number, place)
            if number < half:
                self.homes.append((key, place))
            if number % CHUNK == CHUNK - 1:
                write_all(tables.values())
        write_all(tables.values())

    def _family(self, rows: dict[str, Rows], number: int, place: Place) -> Any:
        people, home = [uuid7() for _person in PEOPLE], uuid7()
        for each, person in enumerate(people):
            rows["people"].add(id=person, name=f"演示{number}-{each}")
        exited, returned = number % 5 < 3, number % 50 == 0
        state = "returned" if returned else "exited" if exited else "poor"
        is_watched = number % 40 == 0
        rows["homes"].add(
            id=home, number=f"B{place.code}{number:07}", place_id=place.pk, head_id=people[0],
            state="exited" if exited else "poor", exited_year=2019 if exited else None, returned=returned,
            watch_kind="unstable" if is_watched else "", watch_from=date(2020, 3, 1) if is_watched else None,
        )  # fmt: skip
        rows["stays"].add(id=uuid7(), household_id=home, place_id=place.pk)
        rows["causes"].add(id=uuid7(), household_id=home, code=CAUSES[number % len(CAUSES)])
        ended = date(2019, 12, 31) if state != "poor" else None
        standings = [("poor", STARTED, ended)]
        if state != "poor":
            standings.append(("exited", date(2020, 1, 1), date(2020, 6, 30) if returned else None))
        if returned:
            standings.append(("returned", date(2020, 7, 1), None))
        for said, since, until in standings:
            rows["standings"].add(id=uuid7(), household_id=home, state=said, valid_from=since, valid_to=until)
        lacks: dict[str, Any] = {"house_grade": "D"} if number % 3 == 0 else {}
        lacks |= {"water_is_safe": False} if number % 4 == 0 else {}
        rows["years"].add(id=uuid7(), household_id=home, **lacks)
        for each, (person, said) in enumerate(zip(people, PEOPLE, strict=True)):
            member = uuid7()
            ethnic = ETHNIC[number % len(ETHNIC)]
            rows["residents"].add(person_id=person, sex=said["sex"], ethnic=ethnic, born_on=said["birth"])
            rows["members"].add(id=member, household_id=home, person_id=person, relation=said["relation"])
            medical = "none" if (number + each) % 10 == 0 else "resident"
            left_school = "illness" if said["relation"] == "son" and number % 6 == 0 else ""
            rows["member_years"].add(
                id=uuid7(), member_id=member, student=said["student"], medical=medical, dropout_reason=left_school
            )
        if number % 2 == 0:
            rule = ("exit-house", "exit-water", "helper-none")[number % 3]
            rows["checks"].add(id=uuid7(), household_id=home, rule=rule)
        return home

    def count(self) -> None:
        """The figures are told of every family, as the job tells them."""
        keys = Household.within.values_list("pk", flat=True).order_by("pk").iterator(chunk_size=ROWS)
        while some := list(islice(keys, 20_000)):
            Uncounted.objects.bulk_create([Uncounted(household=key) for key in some], batch_size=ROWS)
        while counts_follow(2_000):
            pass
        from yishi.reporting.book import keep
        from yishi.reporting.fold import fold_all

        fold_all()
        keep()

    # the round

    def rounds(self) -> None:
        """One round over the province, and older ones of the counties, which are closed."""
        province = Place.objects.get(code="53")
        rule = ListingRule.objects.create(
            place=province, level="village", number=1, poor_people=100, source="示例文件", set_at=self.now
        )
        counties = list(Place.objects.filter(level="county").order_by("lo"))
        for number, place in enumerate([*counties, province], 1):
            is_open = place == province
            round = Round.objects.create(
                number=f"督-2020-{number:03d}", name=f"{place.name}督战", place=place, level="village",
                body=self.office[place.pk], visits="team", plan="逐村逐户、逐人逐项。", rule=rule if is_open else None,
                starts_on=self.today - timedelta(days=400), ends_on=self.today + timedelta(days=100), pack=newest(),
                items=self.items, as_of=self.today - timedelta(days=400), known_at=self.now,
                state="open" if is_open else "closed", ended_on=None if is_open else self.today, opened_at=self.now,
            )  # fmt: skip
            inside = self.listed if is_open else [one for one in self.villages if place.lo <= one.lo <= place.hi][:9]
            ListedPlace.objects.bulk_create(
                ListedPlace(round=round, place=one, by_hand=not is_open, listed_at=self.now,
                            values={"poor_people": 360, "rural_people": 900, "is_stated": False, "incidence": "40.00"})
                for one in inside
            )  # fmt: skip
        self.round = round

    def findings(self) -> None:
        """A gap for each of some items of each family of the listed villages; every fifth is open."""
        kept = {place.pk: RoundVisit(round=self.round, place=place, on=self.today - timedelta(days=90), kind="team",
                                     households=90, written_at=self.now) for place in self.listed}  # fmt: skip
        RoundVisit.objects.bulk_create(kept.values(), batch_size=ROWS)
        share = self.given.findings / self.given.open
        plan = self._planned(kept, share)
        promises, findings = Rows(Commitment), Rows(Finding)
        receipts = Rows(Receipt, code="commitments.recheck.ask", body_hash="0" * 64, received_at=self.now)
        for number, (finding, promise) in enumerate(plan, 1):
            promise.number = f"承-2020-{number:07d}"
            promises.keep(promise)
            findings.keep(finding)
            if promise.state == State.CHECKED or is_asked_to_look_back(promise, self.today):
                identity = _identity(promise)  # of the act by which the clock asked the supervisor
                receipts.add(id=identity, number=receipt_number(identity))
            if number % CHUNK == 0:
                write_all((promises, findings, receipts))
        write_all((promises, findings, receipts))
        open_ones: dict[Any, Any] = {}
        for key, place in Finding.within.filter(commitment__state=State.IN_FORCE).values_list("pk", "place"):
            open_ones.setdefault(place, key)
        merged = Finding.within.filter(commitment__closing_reason="merged")
        for place, other in open_ones.items():
            merged.filter(place=place).update(merged_into=other, reason="同一件")

    def _planned(self, visits: dict[Any, RoundVisit], share: float) -> Iterator[tuple[Finding, Commitment]]:
        each = max(1, round(self.given.findings / len(self.homes)))
        count = 0
        for home, place in self.homes:
            first = self.chance.randrange(len(self.items))
            for n in range(each):
                if count == self.given.findings:
                    return
                is_open = int((count + 1) / share) > int(count / share)
                count += 1
                yield self._found(home, place, self.items[(first + n) % len(self.items)], visits[place.pk], is_open)

    def _found(
        self, home: Any, place: Place, item: str, visit: RoundVisit, is_open: bool
    ) -> tuple[Finding, Commitment]:
        lane = self.chance.choices(list(Lane.values), (60, 25, 10, 5))[0]
        county = self.county_of[place.pk]
        key = uuid7()
        begun = self.today - timedelta(days=self.chance.randrange(1, 90))
        promise = Commitment(
            origin_kind="finding", origin_id=key, place=place, bearer=self.department[county], act=f"{item}：现场查看",
            proof_expected="照片", supervisor=self.office[county], state=State.IN_FORCE, agreed_on=begun,
            first_due_on=begun, due_on=begun, in_force_on=begun,
        )  # fmt: skip
        finding = Finding(
            id=key, round=self.round, visit=visit, place=place, household_id=home, item=item, words="与登记不符",
            commitment=promise, lane=lane, found_on=begun, found_at=self.now, found_for=self.round.body,
        )  # fmt: skip
        if lane != Lane.SPOT:
            wide = {"county": county, "prefecture": self._above(county), "province": self.round.place_id}[lane]
            asked_on = begun if is_open else begun - timedelta(days=30)
            finding.coordinator = self.office[wide]
            finding.coordination = "asked" if is_open or self.chance.random() < 0.1 else "arranged"
            finding.coordination_asked_on = asked_on
            finding.coordinate_by = add_workdays(asked_on, read_pack(newest()).coordinate_workdays)
        if is_open:
            self._runs(promise)
        else:
            self._ended(promise, finding)
        return finding, promise

    def _above(self, county: Any) -> Any:
        if not hasattr(self, "_prefectures"):
            self._prefectures = dict(Place.objects.filter(level="county").values_list("pk", "parent"))
        return self._prefectures[county]

    def _runs(self, promise: Commitment) -> None:
        """Open, pressed for as the clock of yesterday left it."""
        day, yesterday = self.today, self.today - timedelta(days=1)
        promise.state = self.chance.choices((State.IN_FORCE, State.PROVED, State.CHECKED), (80, 12, 8))[0]
        promise.due_on = promise.first_due_on = day + timedelta(days=self.chance.randrange(-60, 90))
        promise.in_force_on = promise.due_on - timedelta(days=90)
        if promise.state != State.IN_FORCE:
            promise.proved_on = day - timedelta(days=5)
        if promise.state == State.CHECKED:
            promise.checked_on, promise.as_agreed = day - timedelta(days=3), True
            promise.verdict_due_on = add_workdays(promise.checked_on, 10)
        if yesterday > add_workdays(promise.due_on, NEXT_TIER_WORKDAYS):
            promise.escalation = 3
        elif yesterday > promise.due_on:
            promise.escalation = 2
        elif yesterday >= yellow_from(promise.in_force_on, promise.due_on):
            promise.escalation = 1

    def _ended(self, promise: Commitment, finding: Finding) -> None:
        how = self.chance.choices(("struck_off", "ruled", "merged"), (90, 6, 4))[0]
        promise.settled_on = self.today - timedelta(days=self.chance.randrange(1, 300))
        if how == "struck_off":
            promise.state, promise.as_agreed = State.STRUCK_OFF, True
            finding.standing = Finding.Standing.STRUCK_OFF
            promise.recheck_due_on = promise.settled_on + timedelta(days=90)
            if self.chance.random() < 0.7 and promise.settled_on < self.today - timedelta(days=60):
                promise.rechecked_on = promise.settled_on + timedelta(days=50)
        elif how == "ruled":
            promise.state, finding.ruling, finding.reason = State.SET_ASIDE, "unfounded", "复查不存在"
            finding.standing = Finding.Standing.RULED
        else:
            promise.state, promise.closing_reason = State.SET_ASIDE, "merged"
            finding.standing = Finding.Standing.MERGED

    # monitoring and exits

    def watches(self) -> None:
        """Files of monitoring, half of them open, with their signals; signals that wait."""
        triggers = [code for code in watch_pack().triggers]
        pack = watch_pack().version
        homes = self.chance.sample(self.homes, min(40_000, len(self.homes)))
        stages = (*Watch.OPEN, "cleared", "cleared", "cleared", "cleared", "returned")
        for start in range(0, len(homes), CHUNK):
            made: dict[type[models.Model], list[Any]] = {Watch: [], WatchSignal: [], WatchFact: []}
            for number, (home, place) in enumerate(homes[start : start + CHUNK], start):
                found = self.today - timedelta(days=self.chance.randrange(400))
                stage = stages[number % len(stages)]
                watch = Watch(
                    number=f"监-{number:06d}", household_id=home, place=place, pack=pack, stage=stage, found_on=found,
                    recognise_by=found + timedelta(days=21), kind="unstable", risks=["illness"], measures_from=found,
                    ended_on=None if stage in Watch.OPEN else self.today, opened_at=self.now,
                    clearing="stable" if stage == "cleared" else "",
                )  # fmt: skip
                made[Watch].append(watch)
                for n, state in enumerate(("true", "waiting" if number % 4 == 0 else "untrue")):
                    signal = WatchSignal(
                        number=f"信-{number:06d}-{n}", household_id=home, pack=pack,
                        trigger=triggers[(number + n) % len(triggers)], source="department",
                        raised_on=found, raised_at=self.now, state=state,
                        judge_by=found + timedelta(days=7), watch=watch if n == 0 else None,
                    )  # fmt: skip
                    made[WatchSignal].append(signal)
                    fact = WatchFact(household_id=home, trigger=signal.trigger, on=found, source="department",
                                     signal=signal, told_at=self.now, reference=f"票{number}-{n}")  # fmt: skip
                    made[WatchFact].append(fact)
            write(made)

    def exits(self) -> None:
        """An assessment of each county, under way, with its sample, interviews and suspicions."""
        rules, asked = rules_versions()[0], questionnaire_versions()[0]
        by_county: dict[Any, list[Any]] = {}
        for home, place in self.homes:
            by_county.setdefault(self.county_of[place.pk], []).append((home, place))
        for number, (county, homes) in enumerate(by_county.items()):
            assessment = ExitAssessment.within.create(
                number=f"评-{number:04d}", place_id=county, year=2020, as_of=self.today, rules=rules, stage="drawn",
                questionnaire=asked, frame_hash="0" * 64, frame_households=len(homes), opened_at=self.now,
                strata={}, seed="12345", drawn_at=self.now,
            )  # fmt: skip
            made: dict[type[models.Model], list[Any]] = {ExitSample: [], ExitInterview: [], ExitSuspicion: []}
            for rank, (home, place) in enumerate(homes[:200]):
                sample = ExitSample(
                    assessment=assessment, place=place, stratum="T/exited", rank=rank, code=f"c{rank:05d}", people=4,
                    kind="exited", household_id=home,
                )  # fmt: skip
                made[ExitSample].append(sample)
                if rank >= 150:
                    continue
                interview = ExitInterview(
                    sample=sample, questionnaire=asked, outcome="done", answers={}, on=self.today,
                    asked_by=self.asked, entered_by=self.asked, entered_at=self.now,
                )  # fmt: skip
                made[ExitInterview].append(interview)
                if rank % 10 == 0:
                    made[ExitSuspicion].append(
                        ExitSuspicion(
                            number=f"疑-{number:04d}-{rank:03d}",
                            sample=sample,
                            interview=interview,
                            kind="wrong",
                            basis="住房",
                            people=4,
                            interviewer=self.asked,
                            raised_by=self.entered,
                            raised_on=self.today,
                            raised_at=self.now,
                            due_on=self.today + timedelta(days=10),
                        )  # fmt: skip
                    )
            write(made)


def families_tables(today: date, now: Any) -> dict[str, Rows]:
    """The tables of the register, in the order of the references."""
    family = {"size": len(PEOPLE), "kind": "listed", "identified_year": 2014, "registered_on": STARTED}
    check = {"group": "exit", "severity": "error", "pack": "bench", "found_at": now}
    return {
        "people": Rows(Person),
        "residents": Rows(Resident),
        "homes": Rows(Household, **family),
        "stays": Rows(HouseholdStay, valid_from=STARTED),
        "causes": Rows(HouseholdCause, is_main=True),
        "standings": Rows(HouseholdStanding),
        "members": Rows(HouseholdMember, valid_from=STARTED),
        "years": Rows(HouseholdYear, year=today.year, **YEARLY),
        "member_years": Rows(MemberYear, year=today.year, **{**PLAIN, "health": ["healthy"]}),
        "checks": Rows(CheckFinding, **check),
    }


def is_asked_to_look_back(promise: Commitment, today: date) -> bool:
    """Was its look back asked for on a day before today?"""
    return (
        promise.state == State.STRUCK_OFF
        and promise.rechecked_on is None
        and promise.settled_on is not None
        and promise.settled_on < today - RECHECK_AFTER
    )


def write(made: dict[type[models.Model], Iterable[Any]]) -> None:
    """The rows of each table, in this order."""
    with transaction.atomic():
        for model, rows in made.items():
            manager: Any = getattr(model, "within", model._default_manager)
            manager.bulk_create(rows, batch_size=ROWS)
