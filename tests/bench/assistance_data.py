"""A province with a campaign, by a fixed seed: members, households, deeds.

A million deeds through the service would take hours, so their rows are written at once; `prove_equal` records a sample
both ways and compares every column of every table.
"""

import hashlib
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone

from yishi.assistance.campaign.models import Campaign, CatalogueItem
from yishi.assistance.campaign.services.campaigns import (
    campaign_open,
    direction_add,
    item_add,
    phase_add,
)
from yishi.assistance.deeds.models import Deed, DeedBeneficiary, DeedParty
from yishi.assistance.deeds.services.alike import fingerprint
from yishi.assistance.deeds.services.deeds import deed_record
from yishi.assistance.deeds.services.searched import words_index
from yishi.assistance.deeds.services.standing import Part, Reached
from yishi.assistance.register.models import Household
from yishi.assistance.register.services.bulk import NewHousehold, households_register_many
from yishi.journal.act import canonical, plain, receipt_number
from yishi.journal.models import Entry, Receipt
from yishi.kit.identity import check_character
from yishi.kit.ids import child_id, uuid7
from yishi.organisations.grants import Viewer, system, viewer_of
from yishi.organisations.models import Body, Member, Place, PlaceSet, PlaceSetItem, Term
from yishi.organisations.services.bodies import post_give
from yishi.people.models import Account, Person

WAYS = ("联系", "介绍", "帮助", "动员", "组织", "协调")
GOODS = ("红米", "核桃", "花椒", "天麻", "三七", "茶叶", "咖啡", "芒果", "石榴", "土鸡", "蜂蜜", "松茸", "滇红", "土豆")
BUYERS = ("昆明的超市", "学校食堂", "批发市场", "电商平台", "单位工会", "医院食堂", "上海的酒店")
START, END = date(2018, 3, 1), date(2020, 12, 31)
SECTORS = ("cpc", "rccg", "cdl", "cndca")
ITEMS = (  # code, direction, name, unit, whom it serves, amounts
    ("channel", "industry", "为一户找一条销路", "条", "household", (1, 2)),
    ("job", "employment", "介绍一个就业岗位", "个", "household", (1, 4)),
    ("suggestion", "industry", "提一条好建议", "条", "anybody", (1, 2)),
    ("training", "employment", "办一场培训", "场", "anybody", (1, 2)),
    ("clinic", "health", "办一次义诊", "次", "anybody", (1, 2)),
    ("student", "education", "资助一名学生", "名", "household", (1, 3)),
    ("technique", "science", "教会一门技术", "门", "household", (1, 2)),
    ("show", "culture", "送一场文化下乡", "场", "village", (1, 2)),
    ("visit", "health", "送医送药上门", "次", "household", (1, 3)),
)
DIRECTIONS = (
    ("industry", "产业"),
    ("employment", "就业"),
    ("education", "教育"),
    ("health", "健康"),
    ("science", "科技"),
    ("culture", "文化"),
)
BATCH = 10_000


def identity_number(number: int) -> str:
    """An invented number of an area that does not exist; the same for the same `number`, another for each."""
    day = date(1950, 1, 1) + timedelta(days=number // 500 % 20_000)
    first = f"5399{number // 10_000_000:02d}{day:%Y%m%d}{2 * (number % 500) + 1 - number % 2:03d}"
    return first + check_character(first)


@dataclass(frozen=True, slots=True)
class Planned:
    """One deed to be."""

    act_id: UUID
    item: CatalogueItem
    place: Place
    on: date
    amount: int
    member: Member
    body: Body | None
    household: Household | None
    unnamed: int
    words: str


class Assistance:
    """`build()` makes everything but the deeds; `deeds(count)` writes those."""

    def __init__(self, seed: int, offices: dict[Any, Body]):
        self.words = random.Random(seed)
        self.chance, self.offices, self.system = random.Random(seed), offices, system()

    def campaign_make(self) -> None:
        owner = next(one for one in self.offices.values() if one.place.level == "province")
        receipt = campaign_open(actor=self.system, owner=owner, code="zhutui", name="助推行动", starts_on=START)
        self.campaign = Campaign.objects.get(pk=receipt.result["campaign"])
        for code, name in DIRECTIONS:
            direction_add(actor=self.system, campaign=self.campaign, code=code, name=name)
        directions = {one.code: one for one in self.campaign.directions.all()}
        for code, direction, name, unit, serves, _amounts in ITEMS:
            item_add(
                actor=self.system,
                campaign=self.campaign,
                direction=directions[direction],
                name=name,
                unit=unit,
                code=code,
                serves=serves,
            )
        self.items = {one.code: one for one in self.campaign.items.select_related("campaign")}
        self.versions = {one.pk: one.versions.get() for one in self.items.values()}
        self.phases()

    def again(self) -> None:
        """What `build` made before, read from the database."""
        self.campaign = Campaign.objects.get(code="zhutui")
        self.items = {one.code: one for one in self.campaign.items.select_related("campaign")}
        self.versions = {one.pk: one.versions.get() for one in self.items.values()}
        self.accounts = list(Account.objects.filter(username__startswith="member").order_by("created_at", "pk"))
        self.members = list(Member.objects.select_related("person").order_by("pk"))
        self.households_read()

    def phases(self) -> None:
        """27, then 40, then 9 counties of the focus."""
        counties = list(Place.objects.filter(level="county").order_by("lo"))
        for number, size in enumerate((27, 40, 9)):
            begins = date(2018 + number, 3 if number == 0 else 1, 1)
            focus = PlaceSet.objects.create(code=f"focus-{number}", name=f"第{number + 1}阶段重点县")
            PlaceSetItem.objects.bulk_create(
                PlaceSetItem(place_set=focus, place=one, valid_from=begins)
                for one in self.chance.sample(counties, size)
            )
            phase_add(
                actor=self.system,
                campaign=self.campaign,
                name=f"第{number + 1}阶段",
                starts_on=begins,
                ends_on=date(2018 + number, 12, 31),
                focus=focus,
            )

    def members_make(self, count: int) -> None:
        """Members of the county committees, in equal shares."""
        counties = [one for one in self.offices.values() if one.place.level == "county"]
        terms = [Term(body=office, number=1, name="第一届", valid_from=date(2017, 1, 1)) for office in counties]
        Term.objects.bulk_create(terms)
        people = [Person(name=f"演示委员{number}") for number in range(count)]
        Person.objects.bulk_create(people, batch_size=BATCH)
        made = [
            Member(
                person=person,
                term=terms[number % len(terms)],
                sector=SECTORS[number % len(SECTORS)],
                valid_from=date(2017, 1, 1),
            )
            for number, person in enumerate(people)
        ]
        self.members = Member.objects.bulk_create(made, batch_size=BATCH)
        self.accounts = [
            Account(username=f"member{number}", person=people[number], password="!") for number in range(64)
        ]
        Account.objects.bulk_create(self.accounts)

    def households_make(self, count: int) -> None:
        """The register, by its own service: a head and a spouse with invented identity numbers for each household."""
        villages = list(Place.objects.filter(level="village"))
        households_register_many(
            actor=self.system,
            place=Place.objects.get(code="53"),
            rows=(self._family(number, self.chance.choice(villages)) for number in range(count)),
            source=f"bench/{count}",
        )

    def _family(self, number: int, village: Place) -> NewHousehold:
        return NewHousehold(
            place=village,
            number=f"YN{number:09d}",
            head={"name": f"演示户主{number}", "identity": identity_number(2 * number), "relation": "head"},
            members=[{"name": f"演示配偶{number}", "identity": identity_number(2 * number + 1), "relation": "spouse"}],
            values={"kind": "listed"},
            main_cause="skill",
            on=START,
        )

    def planned(self, count: int) -> Iterator[Planned]:
        """Deeds spread over three years; every third with a county's office beside the member."""
        days = (END - START).days
        kinds = list(ITEMS)
        offices = {office.place_id: office for office in self.offices.values() if office.place.level == "county"}
        for number in range(count):
            code, _direction, _name, _unit, serves, (least, most) = kinds[self.chance.randrange(len(kinds))]
            household = self.households[self.chance.randrange(len(self.households))]
            place = household.place
            county = self.county_of[place.pk]
            yield Planned(
                act_id=uuid7(),
                item=self.items[code],
                place=place,
                on=START + timedelta(days=self.chance.randrange(days)),
                amount=self.chance.randrange(least, most),
                member=self.members[self.chance.randrange(len(self.members))],
                body=offices.get(county) if number % 3 == 0 else None,
                household=household if serves == "household" else None,
                unnamed=self.chance.randrange(1, 80) if serves == "anybody" else 0,
                words=self.said(),
            )

    def said(self) -> str:
        """What somebody wrote; every third wrote nothing."""
        if self.words.random() < 0.33:
            return ""
        way, what, where = (self.words.choice(one) for one in (WAYS, GOODS, BUYERS))
        return f"{way}把村里的{what}卖到{where}，{self.words.randrange(1, 900)}斤"

    def households_read(self) -> None:
        """All households with their villages, and the county of each village."""
        places = {one.pk: one for one in Place.objects.all()}
        self.households = list(Household.within.only("pk", "place").order_by("pk"))
        for one in self.households:
            one.place = places[one.place_id]
        self.county_of = {}
        for pk, one in places.items():
            while one is not None and one.level != "county":
                one = places.get(one.parent_id)
            self.county_of[pk] = one.pk if one else None

    def busiest(self, count: int) -> list[Body]:
        """The offices of the counties with most families."""
        sizes = Counter(self.county_of[one.place_id] for one in self.households)
        return [self.offices[place] for place, _size in sizes.most_common(count)]

    def families_of(self, office: Body) -> list[Household]:
        return [one for one in self.households if self.county_of[one.place_id] == office.place_id]

    def clerk_of(self, office: Body) -> Account:
        """A clerk of the office with an account; made if there is none."""
        name = f"clerk-{office.pk.hex[-8:]}"
        if not Account.objects.filter(username=name).exists():
            person = Person.objects.create(name=f"演示{name}")
            Account.objects.create(username=name, person=person, password="!")
            post_give(actor=self.system, person=person, body=office, role="clerk", title="经办")
        return Account.objects.get(username=name)

    def deeds(self, count: int, said: Any = None) -> float:
        """Write `count` deeds; gives the seconds."""
        begun = time.perf_counter()
        batch: list[Planned] = []
        for plan in self.planned(count):
            batch.append(plan)
            if len(batch) == BATCH:
                self._write(batch)
                batch = []
                if said:
                    said()
        if batch:
            self._write(batch)
        return time.perf_counter() - begun

    def _write(self, batch: list[Planned]) -> None:
        rows: dict[type[models.Model], list[Any]] = {
            kind: [] for kind in (Receipt, Entry, Deed, DeedParty, DeedBeneficiary)
        }
        for plan in batch:
            for row in self.rows(plan):
                rows[type(row)].append(row)
        with transaction.atomic():
            for kind, found in rows.items():
                manager = kind.within if kind is Deed else kind.objects
                manager.bulk_create(found, batch_size=2_000)
            words_index(rows[Deed])

    def rows(self, plan: Planned, now: datetime | None = None) -> list[models.Model]:
        """The rows that `deed_record` would write."""
        noon = timezone.make_aware(datetime.combine(plan.on, clock(12)))
        now = now or noon + timedelta(days=2)
        person, body, version = plan.member.person, plan.body, self.versions[plan.item.pk]
        village = plan.place if version.serves == "village" else None
        parties = [["person", person.pk, "lead", 5_000 if body else 10_000, plan.member.sector]]
        if body:
            parties.append(["body", body.pk, "co", 5_000, ""])
        body_sent = {
            "item": plan.item.pk,
            "place": plan.place.pk,
            "on": plan.on,
            "amount": Decimal(plan.amount),
            "parties": [[ref, role, None] for _kind, ref, role, _share, _sector in parties],
            "reached": {
                "households": [plan.household.pk] if plan.household else [],
                "people": [],
                "villages": [village.pk] if village else [],
                "unnamed": plan.unnamed,
            },
            "words": plan.words,
            "activity": None,
            "desk": None,
        }
        code = "assistance.deed.record"
        sent = canonical({"code": code, "person": person.pk, "body": body_sent})
        number, deed_id = receipt_number(plan.act_id), child_id(plan.act_id, 1)
        receipt = Receipt(
            id=plan.act_id,
            number=number,
            code=code,
            body_hash=hashlib.sha256(sent.encode()).hexdigest(),
            received_at=now,
            result={"deed": str(deed_id), "number": number, "alike": 0},
            entry_count=1,
        )
        touches = [["household", plan.household.pk, 1]] if plan.household else []
        touches += [["village", village.pk, 1]] if village else []
        entry = Entry(
            id=child_id(plan.act_id, 0),
            receipt=receipt,
            ordinal=0,
            code="assistance.deed.count",
            subject_kind="deed",
            subject_id=deed_id,
            actor_id=person.pk,
            right_kind="member",
            right_id=plan.member.pk,
            place_id=plan.place.pk,
            at=noon,
            received_at=now,
            body_hash=receipt.body_hash,
            dims=plain({"campaign": self.campaign.pk, "item": plan.item.pk}),
            quantities={"deeds": 1, "amount": plan.amount * 1000, "unnamed": plan.unnamed},
            touches=plain(touches),
            data=plain({"parties": parties}),
        )
        deed = Deed(
            id=deed_id,
            number=number,
            item=plan.item,
            version=version,
            place=plan.place,
            on=plan.on,
            amount=plan.amount * 1000,
            unnamed=plan.unnamed,
            words=plan.words,
            entry_id=entry.pk,
            recorded_by=person,
            recorded_at=now,
            confirmed_at=now,
        )
        deed.fingerprint = fingerprint(deed)
        made = [receipt, entry, deed]
        for kind, ref, role, share, sector in parties:
            which = {f"{kind}_id": ref}
            made.append(DeedParty(deed=deed, place_id=deed.place_id, **which, role=role, share=share, sector=sector))
        if plan.household or village:
            made.append(DeedBeneficiary(deed=deed, household=plan.household, village=village))
        return made

    def record(self, plan: Planned, actor: Viewer | None = None) -> Any:
        """The same deed through the service."""
        person = plan.member.person
        village = [plan.place] if self.versions[plan.item.pk].serves == "village" else []
        parts = [Part(person)] + ([Part(plan.body, "co")] if plan.body else [])
        return deed_record(
            actor=actor or viewer_of(person),
            item=plan.item,
            place=plan.place,
            on=plan.on,
            amount=Decimal(plan.amount),
            parties=parts,
            reached=Reached(
                households=[plan.household] if plan.household else [], villages=village, unnamed=plan.unnamed
            ),
            words=plan.words,
            act_id=plan.act_id,
        )

    def prove_equal(self, count: int) -> int:
        """Record `count` deeds by the service and write them at once, in two transactions that are taken back; gives
        how many rows were compared. AssertionError where a column differs."""
        plans = list(self.planned(count))
        by_service = self._tried(lambda: [self.record(plan) for plan in plans], plans)
        at_once = self._tried(lambda: self._write(plans), plans)
        for key, row in by_service.items():
            assert row == at_once.get(key), (key, row, at_once.get(key))
        assert by_service.keys() == at_once.keys()
        return len(by_service)

    def _tried(self, work: Any, plans: list[Planned]) -> dict[Any, Any]:
        with transaction.atomic():
            work()
            found = written(plans)
            transaction.set_rollback(True)
        return found


# What is made by chance, or says when this computer wrote it.
LEFT_OUT = {"recorded_at", "received_at", "confirmed_at"}


def written(plans: list[Planned]) -> dict[Any, Any]:
    """{(table, key): columns} of what stands for `plans`; rows with ids of chance by their content."""
    acts = [plan.act_id for plan in plans]
    deeds = [child_id(one, 1) for one in acts]
    found: dict[Any, Any] = {}
    sets = {
        "receipt": Receipt.objects.filter(pk__in=acts),
        "entry": Entry.objects.filter(receipt__in=acts),
        "deed": Deed.within.filter(pk__in=deeds),
    }
    for table, rows in sets.items():
        for row in rows.values():
            found[(table, row["id"])] = {name: value for name, value in row.items() if name not in LEFT_OUT}
    for table, kind in (("party", DeedParty), ("beneficiary", DeedBeneficiary)):
        for row in kind.objects.filter(deed__in=deeds).values():
            row.pop("id")
            found[(table, canonical(row))] = 1
    for key, row in found.items():
        if key[0] == "receipt":
            row["result"].pop("alike")  # how many looked like it: the plain rows do not look
    return found
