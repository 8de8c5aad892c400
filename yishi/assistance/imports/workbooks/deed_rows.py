"""A workbook of deeds: one row is one deed, with whom it reached and who did it, by name and by number."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q

from yishi.assistance.campaign.models import CatalogueItem, ItemVersion
from yishi.assistance.campaign.reads import version_among
from yishi.assistance.deeds.models import DeedParty
from yishi.assistance.register.models import Household, HouseholdMember
from yishi.formats.tables import Column
from yishi.kit.text import folded
from yishi.organisations.models import Body, Member, Place, PlaceLevel
from yishi.people.models import Person

from .household_columns import OTHERS_APART
from .places import Places
from .rows import Fault, StagedRow

Role = DeedParty.Role
Serves = ItemVersion.Serves
PARTIES = {"lead": Role.LEAD, "co": Role.CO, "funder": Role.FUNDER, "organiser": Role.ORGANISER}
COLUMNS = (
    Column("item", ("活动项", "活动项目", "活动名称", "助推项目"), is_wanted=True, names=True),
    Column("on", ("日期", "开展时间", "实施日期", "时间"), "day", is_wanted=True),
    Column("county", ("县", "县（市、区）", "县区")),
    Column("township", ("乡", "乡镇", "乡（镇）")),
    Column("village", ("村", "行政村", "村（社区）")),
    Column("village_code", ("村编码", "行政村编码"), "code"),
    Column("amount", ("数量", "完成数量"), "number", is_wanted=True),
    Column("unit", ("单位", "计量单位")),
    Column("households", ("受益户编号", "受益农户", "帮扶户编号"), "text"),
    Column("people", ("受益人", "受益人姓名", "受益学生", "学生姓名")),
    Column("people_numbers", ("受益人编号", "人口编号")),
    Column("unnamed", ("受益人数", "受益人数（人）"), "whole"),
    Column("lead", ("主办", "牵头", "委员", "实施单位"), "text", names=True),
    Column("co", ("协办", "参与", "参加")),
    Column("funder", ("出资", "出资单位", "捐赠方")),
    Column("organiser", ("组织", "组织单位")),
    Column("words", ("内容", "做了什么", "实绩内容", "主要内容"), names=True),
)


@dataclass
class WantedDeed:
    """A deed as a row has it: the records that it names, and the row's faults."""

    item: CatalogueItem | None = None
    place: Any = None
    on: date | None = None
    amount: Decimal = Decimal(0)
    households: list[Household] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    villages: list[Any] = field(default_factory=list)  # of an item that is counted by village: where it was done
    parties: list[tuple[Any, str]] = field(default_factory=list)  # body or person, role
    unnamed: int = 0
    words: str = ""
    faults: list[Fault] = field(default_factory=list)

    def fault(self, row: StagedRow, heading: str, code: str, **params: Any) -> None:
        self.faults.append(Fault(row.number, heading, code, params))


class DeedReader:
    """Reads rows for one desk; what many rows name alike is looked up once."""

    def __init__(self, desk: Body, places: Places, headings: dict[str, str]):
        self.desk, self.places, self.headings = desk, places, headings
        self._households: dict[str, Household] = {}
        self._members: dict[UUID, list[HouseholdMember]] = {}  # by household, of any time
        self._by_number: dict[str, dict[UUID, HouseholdMember]] = {}  # by their own number, then by person
        self._named: dict[str, tuple[list[Body], list[Member]]] = {}
        self._items: dict[str, list[CatalogueItem]] = {}
        for item in CatalogueItem.objects.select_related("campaign").prefetch_related("versions"):
            place = item.campaign.place_id
            if place in places.rows or self._lies_within(item.campaign.place):
                for name in {item.code, *(version.name for version in item.versions.all())}:
                    self._items.setdefault(_plain(name), []).append(item)

    def _lies_within(self, other: Any) -> bool:
        return bool(other.lo <= self.places.home.lo <= other.hi)

    def look_up(self, rows: Sequence[StagedRow]) -> None:
        """Ask for all households that some rows name, at once."""
        numbers = {number for row in rows for number in _numbers(row.values.get("households", ""))}
        home = self.places.home
        within = Household.within.filter(number__in=numbers, place__lo__gte=home.lo, place__lo__lte=home.hi)
        self._households = {household.number: household for household in within} if numbers else {}
        self._look_up_members(rows)

    def _look_up_members(self, rows: Sequence[StagedRow]) -> None:
        """The members of the households whose people are named, and those of the numbers that some rows give."""
        home = self.places.home
        named = {
            household.pk
            for row in rows
            if row.values.get("people")
            for number in _numbers(row.values.get("households", ""))
            if (household := self._households.get(number))
        }
        numbers = {number for row in rows for number in _numbers(row.values.get("people_numbers", ""))}
        self._members = {}
        self._by_number = {}
        if not named and not numbers:
            return
        here = Q(household__place__lo__gte=home.lo, household__place__lo__lte=home.hi)
        members = HouseholdMember.within.filter(here, Q(household__in=named) | Q(number__in=numbers))
        for member in members.select_related("person"):
            self._members.setdefault(member.household_id, []).append(member)
            if member.number in numbers:
                self._by_number.setdefault(member.number, {})[member.person_id] = member

    def read(self, row: StagedRow) -> WantedDeed:
        """What a row says; `look_up` was asked before."""
        made, values = WantedDeed(), row.values
        made.faults.extend(Fault(row.number, *fault) for fault in row.faults)
        faulty = {fault.heading for fault in made.faults}
        for key in ("item", "on", "amount"):
            if not values.get(key):
                made.fault(row, self.headings[key], "missing")
        if self.headings["on"] not in faulty and values.get("on"):
            made.on = date.fromisoformat(values["on"])
        if self.headings["amount"] not in faulty and values.get("amount"):
            made.amount = Decimal(values["amount"])
        if self.headings.get("unnamed") not in faulty:
            made.unnamed = int(values.get("unnamed", "0"))
        made.words = values.get("words", "")
        asked = tuple(values.get(key, "") for key in ("county", "township", "village", "village_code"))
        made.place, code, text = (self.places.home, "", "") if not any(asked) else self.places.find(*asked, day=made.on)
        if code:
            made.fault(row, self.headings.get("village", "村"), code, text=text[:20])
        self._item(made, row)
        self._reached(made, row)
        if made.on:
            self._parties(made, row, made.on)
        return made

    def _item(self, made: WantedDeed, row: StagedRow) -> None:
        typed = row.values.get("item", "")
        items = self._items.get(_plain(typed), [])
        if made.on:
            running = [item for item in items if _runs(item, made.on)]
            items = running or items
        if typed and len(items) != 1:
            made.fault(row, self.headings["item"], "many_items" if items else "no_item", text=typed[:20], said=typed)
            return
        made.item = items[0] if items else None
        unit = row.values.get("unit", "")
        if made.item is not None and unit:
            units = {version.unit for version in made.item.versions.all()}
            if unit not in units:
                made.fault(row, self.headings["unit"], "other_unit", text=unit[:10], unit="、".join(sorted(units)))

    def _reached(self, made: WantedDeed, row: StagedRow) -> None:
        for number in _numbers(row.values.get("households", "")):
            if number in self._households:
                made.households.append(self._households[number])
            else:
                made.fault(row, self.headings["households"], "no_household", text=number[:32])
        self._numbered(made, row)
        self._named_people(made, row)
        if made.item is not None and made.on is not None:
            version = version_among(sorted(made.item.versions.all(), key=lambda version: version.number), made.on)
            if version.serves == Serves.VILLAGE and made.place is not None:
                self._villages(made, row)
            if version.serves == Serves.PERSON and made.people:  # the number says whose they are; the deed reached them
                theirs = {household.pk for household in made.households if self._lives_there(made.people, household)}
                made.households = [household for household in made.households if household.pk not in theirs]

    def _villages(self, made: WantedDeed, row: StagedRow) -> None:
        """An item that is counted by village reached the one where it was done, as on the page."""
        if made.place.level == PlaceLevel.VILLAGE:
            made.villages = [made.place]
        elif not made.unnamed:
            made.fault(row, self.headings.get("village", "村"), "missing")

    def _lives_there(self, people: Sequence[Person], household: Household) -> bool:
        return any(member.person in people for member in self._members.get(household.pk, ()))

    def _numbered(self, made: WantedDeed, row: StagedRow) -> None:
        """The people whose own number stands in the row."""
        for number in _numbers(row.values.get("people_numbers", "")):
            members = list(self._by_number.get(number, {}).values())
            if len(members) == 1:
                made.people.append(members[0].person)
            else:
                code = "many_of_number" if members else "no_member_number"
                made.fault(row, self.headings["people_numbers"], code, text=number[:32])

    def _named_people(self, made: WantedDeed, row: StagedRow) -> None:
        """The people whom the row names: members of its households on that day, or of the numbers that it gives."""
        for name in _apart(row.values.get("people", "")):
            if any(folded(person.name) == folded(name) for person in made.people):
                continue
            if not made.households:
                if not row.values.get("households"):
                    made.fault(row, self.headings["people"], "whose_member", text=name[:20])
                continue
            called = {
                member.person_id: member.person
                for household in made.households
                for member in self._members.get(household.pk, ())
                if folded(member.person.name) == folded(name) and (made.on is None or member.is_valid_on(made.on))
            }
            if len(called) == 1:
                made.people.extend(called.values())
            else:
                made.fault(row, self.headings["people"], "namesakes" if called else "no_member", text=name[:20])

    def _parties(self, made: WantedDeed, row: StagedRow, day: date) -> None:
        for key, role in PARTIES.items():
            for name in _apart(row.values.get(key, "")):
                who = self._who(name, day)
                if len(who) != 1:
                    made.fault(row, self.headings[key], "many_parties" if who else "no_party", text=name[:20])
                elif who[0] not in [each for each, _role in made.parties]:
                    made.parties.append((who[0], role))
        if not made.parties:
            made.parties.append((self.desk, Role.LEAD))

    def _who(self, name: str, day: date) -> list[Any]:
        """The bodies of the place or above it that are called so on `day`, else the members of committees there; two at
        most: one is an answer, more are not."""
        if name not in self._named:
            self._named[name] = self._called(name)
        bodies, members = self._named[name]
        there = [body for body in bodies if body.is_valid_on(day)]
        if there:
            return there[:2]
        return list({member.person_id: member.person for member in members if member.is_valid_on(day)}.values())[:2]

    def _called(self, name: str) -> tuple[list[Body], list[Member]]:
        """The bodies and members of this name, of any time: asked for once, whatever the days of the rows that name
        them."""
        home = self.places.home
        near = Q(place__lo__gte=home.lo, place__lo__lte=home.hi) | Q(place__lo__lte=home.lo, place__hi__gte=home.hi)
        bodies = Body.objects.filter(near, Q(name=name) | Q(short_name=name))
        body = {"term__body__place__lo__gte": home.lo, "term__body__place__lo__lte": home.hi}
        members = Member.objects.filter(person__name=name, **body).select_related("person")
        return list(bodies[:50]), list(members[:200])


def _runs(item: CatalogueItem, day: date) -> bool:
    campaign = item.campaign
    return not item.is_retired and campaign.starts_on <= day and (campaign.ends_on is None or day <= campaign.ends_on)


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()


def _apart(text: str) -> list[str]:
    for mark in OTHERS_APART:
        text = text.replace(mark, "\n")
    return list(dict.fromkeys(part.strip() for part in text.split("\n") if part.strip()))


def _numbers(text: str) -> list[str]:
    """Numbers as the register keeps them, of half width."""
    return _apart(unicodedata.normalize("NFKC", text))


def columns() -> list[Column]:
    """The columns of a workbook of deeds, in the order of its template."""
    return list(COLUMNS)


def item_names(home: Place) -> list[str]:
    """The names of the items of all campaigns that a desk at `home` may have deeds of."""
    within = Q(item__campaign__place__lo__gte=home.lo, item__campaign__place__lo__lte=home.hi)
    above = Q(item__campaign__place__lo__lte=home.lo, item__campaign__place__hi__gte=home.lo)
    versions = ItemVersion.objects.filter(within | above, item__is_retired=False)
    return sorted(set(versions.values_list("name", flat=True)))
