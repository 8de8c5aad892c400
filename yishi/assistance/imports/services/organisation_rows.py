"""What the rows of a workbook of bodies and people do, each by the services of the organisations' room.

Every row has acts of its own, whose ids follow from the import and the row: what the check tries and rolls back is
what the act that publishes does, with the same ids, so that an undo knows them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from yishi.assistance.imports.models import Import
from yishi.assistance.imports.workbooks.organisation_columns import (
    BY_TITLE,
    HEADINGS,
    ROLES,
    SEATS,
    SHEETS,
    body_kind_of,
)
from yishi.assistance.imports.workbooks.results import Result
from yishi.assistance.imports.workbooks.rows import Fault, StagedRow, refused
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal
from yishi.kit.ids import child_id
from yishi.kit.records import certain
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, BodyKind, Installation, Member, Place, PlaceLevel, Post, Term
from yishi.organisations.named_places import NamedPlaces
from yishi.organisations.rights import permit
from yishi.organisations.sectors import sector_of
from yishi.organisations.services.bodies import body_change, body_register, post_give
from yishi.organisations.services.members import member_admit, term_open
from yishi.organisations.services.people import person_register
from yishi.people.models import Person
from yishi.people.services import person_name, person_phone

ACTS_OF_A_ROW = 16
FIELDS = {"kind": "kind", "short_name": "short_name", "phone": "phone", "may_be_public": "public", "parent": "parent"}
_YES = {"是": True, "否": False, "": None}


class CellFault(Exception):
    """A cell that says something impossible."""

    def __init__(self, column: str, code: str, **params: Any):
        super().__init__(code)
        self.column, self.code, self.params = column, code, params


@dataclass
class RowActs:
    """One row on its way: what it says, the acts that it took, what they made or changed."""

    of: Import
    row: StagedRow
    sheet: str
    values: dict[str, str]
    made: list[list[str]] = field(default_factory=list)  # [kind, id, act]
    changed: dict[str, Any] = field(default_factory=dict)  # {"body", "before", "after"}
    changes: list[tuple[int, str, str, str]] = field(default_factory=list)
    has_namesake: bool = False
    _count: int = 0

    def next_act(self) -> UUID:
        self._count += 1
        return child_id(self.of.pk, self.row.number * ACTS_OF_A_ROW + self._count)

    def keep(self, kind: str, receipt: Receipt) -> UUID:
        """Remember what an act made; gives its id."""
        self.made.append([kind, str(receipt.result[kind]), str(receipt.pk)])
        return UUID(str(receipt.result[kind]))


@dataclass
class Recorder:
    """One run over the rows; what is wrong is gathered row by row, so that a clerk mends all of it at once."""

    of: Import
    actor: Viewer
    faults: Mapping[int, Sequence[Fault]] = field(default_factory=dict)  # what the whole file shows, by row
    _people: dict[tuple[str, str], Person] = field(default_factory=dict)

    def __post_init__(self) -> None:
        permit("register.import", self.actor)
        self.home: Place = certain(Installation.objects.select_related("home_place").get(pk=1).home_place)
        self.today = timezone.localdate()
        self._steps = {"bodies": self._body, "posts": self._post, "members": self._member, "councillors": self._seat}

    def run(self, rows: Iterable[StagedRow]) -> Iterator[Result]:
        """The result of each row: bodies first, then who sits there."""
        by_sheet: dict[str, list[RowActs]] = {plan.key: [] for plan in SHEETS}
        for row in rows:
            sheet = BY_TITLE[row.sheet].key
            said = {column.key.partition(".")[2]: "" for column in BY_TITLE[row.sheet].columns}
            said.update({key.partition(".")[2]: " ".join(text.split()) for key, text in row.values.items()})
            by_sheet[sheet].append(RowActs(self.of, row, sheet, said))
        by_sheet["bodies"] = _parents_first(by_sheet["bodies"])
        for sheet, taken in by_sheet.items():
            for acts in taken:
                yield self._result(acts, self._steps[sheet])

    def _result(self, acts: RowActs, step: Any) -> Result:
        row = acts.row
        faults = [Fault(row.number, *fault) for fault in row.faults] + list(self.faults.get(row.number, ()))
        faulty = {fault.heading for fault in faults}
        for column in next(plan for plan in SHEETS if plan.key == acts.sheet).columns:
            heading = column.headings[0]
            if column.is_wanted and not row.values.get(column.key) and heading not in faulty:
                faults.append(Fault(row.number, heading, "missing", {}))
        if not faults:
            try:
                with transaction.atomic():
                    verdict = step(acts)
            except CellFault as fault:
                params = {key: str(value)[:40] for key, value in fault.params.items()}
                faults.append(Fault(row.number, HEADINGS[f"{acts.sheet}.{fault.column}"], fault.code, params))
            except Refusal as refusal:
                own = {
                    key.partition(".")[2]: name for key, name in HEADINGS.items() if key.startswith(f"{acts.sheet}.")
                }
                faults.append(refused(row.number, refusal, own))
        if faults:
            return Result("bad", [row.number], faults)
        if verdict == "same":
            return Result("same", [row.number])
        ops = [{"made": acts.made, **acts.changed}]
        new = {"row": list(row), "namesake": acts.has_namesake}
        return Result(verdict, [row.number], new=new, ops=ops, changes=acts.changes)

    # The sheets

    def _body(self, acts: RowActs) -> str:
        values = acts.values
        kind = body_kind_of(values["kind"])
        if kind is None:
            raise CellFault("kind", "body_kind", text=values["kind"])
        if values["public"] not in _YES:
            raise CellFault("public", "public")
        place, public = self._place(values["place"]), _YES[values["public"]]
        parent = self._find_body(values["parent"], "parent") if values["parent"] else None
        known = Body.objects.filter(place=place, name=values["name"], valid_to__isnull=True).first()
        if known is None:
            receipt = body_register(
                actor=self.actor, kind=kind, name=values["name"], place=place, short_name=values["short_name"],
                parent=parent, phone=values["phone"], may_be_public=public, act_id=acts.next_act(),
            )  # fmt: skip
            acts.keep("body", receipt)
            self._is_new(acts, values["name"], values["kind"], place.name)
            return "new"
        wanted: dict[str, Any] = {"kind": kind}
        wanted.update({name: values[name] for name in ("short_name", "phone") if values[name]})
        if public is not None:
            wanted["may_be_public"] = public
        if parent is not None:
            wanted["parent"] = parent
        changes = {name: value for name, value in wanted.items() if getattr(known, name) != value}
        permit("organisation.manage", self.actor, known)
        if not changes:
            return "same"
        before = {name: getattr(known, name) for name in changes}
        for name, value in changes.items():
            heading = HEADINGS[f"bodies.{FIELDS[name]}"]
            acts.changes.append((acts.row.number, heading, _shown(name, before[name]), _shown(name, value)))
        body_change(actor=self.actor, body=known, act_id=acts.next_act(), **changes)
        acts.changed = {"body": str(known.pk), "before": _plain(before), "after": _plain(changes)}
        return "changed"

    def _post(self, acts: RowActs) -> str:
        role = ROLES.get(acts.values["role"])
        if role is None:
            raise CellFault("role", "post_role", text=acts.values["role"])
        return self._give(acts, role)

    def _seat(self, acts: RowActs) -> str:
        role = SEATS.get(acts.values["role"] or "议事会成员")
        if role is None:
            raise CellFault("role", "seat")
        return self._give(acts, role, kind=BodyKind.COUNCIL)

    def _give(self, acts: RowActs, role: str, kind: str = "") -> str:
        values = acts.values
        body = self._find_body(values["body"], "body", kind)
        person, is_new = self._person(acts, body=body)
        if not is_new and Post.objects.filter(person=person, body=body, role=role, valid_to__isnull=True).exists():
            return "same"
        receipt = post_give(
            actor=self.actor, person=person, body=body, role=role, title=values["title"],
            since=_day(values["since"]), act_id=acts.next_act(),
        )  # fmt: skip
        acts.keep("post", receipt)
        self._is_new(acts, person.name, body.name, values["role"])
        return "new"

    def _member(self, acts: RowActs) -> str:
        values = acts.values
        sector = sector_of(values["sector"])
        if sector is None:
            raise CellFault("sector", "sector", text=values["sector"])
        committee = self._committee(values["committee"])
        term = self._term(acts, committee)
        person, is_new = self._person(acts, committee=committee)
        if not is_new and Member.objects.filter(person=person, term=term).exists():
            return "same"
        receipt = member_admit(
            actor=self.actor, person=person, term=term, sector=sector, title=values["title"],
            since=_day(values["since"]), act_id=acts.next_act(),
        )  # fmt: skip
        acts.keep("member", receipt)
        self._is_new(acts, person.name, committee.name, values["sector"])
        return "new"

    def _is_new(self, acts: RowActs, name: str, *others: str) -> None:
        """For the preview: what the row brings, under the heading of its name."""
        text = " · ".join([name, *(other for other in others if other)])
        acts.changes.append((acts.row.number, HEADINGS[f"{acts.sheet}.name"], "", text))

    # What a cell means

    def _place(self, typed: str) -> Place:
        if not typed or typed in (self.home.name, self.home.full_name, self.home.code):
            return self.home
        places = Place.objects.filter(closed_on__isnull=True, lo__gte=self.home.lo, lo__lte=self.home.hi)
        if typed.isdigit():
            tries = [{"code": typed}]
        else:
            tries = [{"full_name": typed}, {"name": typed}, {"full_name__endswith": typed}, {"name__startswith": typed}]
        for asked in tries:
            fitting = list(places.filter(**asked)[:2])
            if len(fitting) == 1:
                return fitting[0]
            if fitting:
                raise CellFault("place", "many_places_here", text=typed)
        code, name = (typed, "") if typed.isdigit() else ("", typed)
        once = self._places_of_all_times.find(name, code=code, levels=PlaceLevel.values)
        if len(once) == 1:
            return once[0]
        raise CellFault("place", "many_places_here" if once else "no_place_here", text=typed, home=self.home.name)

    @cached_property
    def _places_of_all_times(self) -> NamedPlaces:
        return NamedPlaces(self.home)

    def _find_body(self, name: str, column: str, kind: str = "") -> Body:
        bodies = Body.objects.filter(name=name, valid_to__isnull=True).select_related("place")
        bodies = bodies.filter(place__lo__gte=self.home.lo, place__lo__lte=self.home.hi)
        fitting = list(bodies.filter(kind=kind)[:2] if kind else bodies[:2])
        if len(fitting) != 1:
            raise CellFault(column, "many_bodies" if fitting else "no_body", text=name)
        return fitting[0]

    def _committee(self, name: str) -> Body:
        if name:
            return self._find_body(name, "committee", BodyKind.COMMITTEE)
        fitting = list(Body.objects.filter(kind=BodyKind.COMMITTEE, place=self.home, valid_to__isnull=True)[:2])
        if len(fitting) != 1:
            raise CellFault("committee", "no_committee")
        return fitting[0]

    def _term(self, acts: RowActs, committee: Body) -> Term:
        digits = acts.values["term"].removeprefix("第").removesuffix("届").strip()
        number = int(digits) if digits.isascii() and digits.isdigit() else _CHINESE.get(digits, 0)
        if not number:
            raise CellFault("term", "term_number")
        term = Term.objects.filter(body=committee, number=number).first()
        if term is not None:
            return term
        if Term.objects.filter(body=committee).exists():
            raise CellFault("term", "term_closed", text=number)
        receipt = term_open(
            actor=self.actor, body=committee, number=number, name=f"第{_CHINESE_NUMBERS.get(number, number)}届",
            since=_day(acts.values["since"]) or self.today, act_id=acts.next_act(),
        )  # fmt: skip
        return Term.objects.get(pk=acts.keep("term", receipt))

    def _person(self, acts: RowActs, body: Body | None = None, committee: Body | None = None) -> tuple[Person, bool]:
        """The person of a row: by name and phone; without a phone by name, within the body or committee."""
        name, phone = person_name(acts.values["name"]), person_phone(acts.values["phone"])
        home = body or committee
        where = phone or (home.pk.hex if home else "")
        if (name, where) in self._people:
            return self._people[name, where], False
        people = Person.within.filter(name=name)
        if phone:
            known = people.filter(phone=phone).exclude(posts=None, memberships=None).distinct().first()
        elif body is not None:
            known = people.filter(posts__body=body, posts__valid_to__isnull=True).distinct().first()
        else:
            known = people.filter(memberships__term__body=committee).distinct().first()
        is_new = known is None
        if known is None:
            acts.has_namesake = people.exclude(posts=None, memberships=None).exists()
            receipt = person_register(actor=self.actor, name=name, phone=phone, act_id=acts.next_act())
            known = Person.within.get(pk=acts.keep("person", receipt))
        self._people[name, where] = known
        return known, is_new


def _parents_first(bodies: list[RowActs]) -> list[RowActs]:
    """A body may stand below one that comes later in the sheet; in a circle the first one stays first."""
    by_name = {acts.values["name"]: acts for acts in bodies}
    ordered: dict[int, RowActs] = {}

    def put(acts: RowActs, below: frozenset[int]) -> None:
        number = acts.row.number
        if number in ordered or number in below:
            return
        above = by_name.get(acts.values["parent"])
        if above is not None:
            put(above, below | {number})
        ordered[number] = acts

    for acts in bodies:
        put(acts, frozenset())
    return list(ordered.values())


def _plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(value.pk) if isinstance(value, Body) else value for name, value in fields.items()}


def _shown(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if name == "kind":
        return str(BodyKind(value).label)
    return str(value or "")


_DIGITS = "一二三四五六七八九"
_CHINESE_NUMBERS = {
    n: ("" if n < 10 else ("十" if n < 20 else _DIGITS[n // 10 - 1] + "十")) + (_DIGITS[n % 10 - 1] if n % 10 else "")
    for n in range(1, 100)
}
_CHINESE = {text: number for number, text in _CHINESE_NUMBERS.items()}


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
