"""An office's register comes from one workbook: checked, shown, then taken as a whole or not at all."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.formats.sheet_limits import SheetError
from yishi.formats.sheets import Sheet, read_sheet
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.kit.ids import child_id
from yishi.kit.records import certain
from yishi.people.models import Person
from yishi.people.services import person_name, person_phone

from ..grants import Viewer
from ..models import Body, BodyKind, Installation, Member, Place, Post, Term, WorkbookDraft
from ..rights import permit
from ..sectors import sector_of
from ..workbook import BY_KEY, ROLES, SEATS, Record, Register, RowError, kind_of, read_register, sheet_reason, yes_or_no
from .bodies import body_change, body_register, post_give
from .members import member_admit, term_open
from .people import person_register

KEPT_DAYS = 7
MOST_ERRORS = 500


def workbook_check(*, actor: Viewer, data: bytes, filename: str, act_id: UUID | None = None) -> Receipt:
    """Read a workbook and try it: nothing is changed but the draft that keeps its rows. Result: draft, errors.

    Raises `Refusal` "workbook.…" for a file that cannot be read at all.
    """
    by = permit("register.import", actor)
    body = {"sha256": hashlib.sha256(data).hexdigest()}
    try:
        sheets = read_sheet(data, filename)
    except SheetError as error:
        raise Refusal("workbook." + error.code, sheet_reason(error), field="file") from error
    with act("organisations.register.check", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        WorkbookDraft.objects.filter(created_at__lt=this.now - timedelta(days=KEPT_DAYS)).delete()
        register = read_register(sheets)
        tried = Import(actor, this)
        if not register.errors:
            tried = _tried(actor, this, register)
        errors = (register.errors + tried.errors)[:MOST_ERRORS]
        draft = WorkbookDraft.objects.create(
            id=child_id(this.id, 1),
            person_id=certain(actor.person_id),
            filename=filename[-120:] or "register.xlsx",
            sheets=register.texts,
            created_at=this.now,
            report={"errors": errors, "warnings": tried.warnings, "counts": tried.counted()},
        )
        this.result(draft=draft.pk, errors=len(errors))
    return this.receipt


def workbook_import(*, actor: Viewer, draft: WorkbookDraft, act_id: UUID | None = None) -> Receipt:
    """Take a checked workbook: every row, or none. The same workbook again changes nothing.

    Raises `Refusal` "workbook.errors" with the first row that is not taken (something changed since the check).
    """
    by = permit("register.import", actor)
    with act("organisations.register.import", actor=by, act_id=act_id, body={"draft": draft.pk}) as this:
        if this.replayed:
            return this.receipt
        draft = WorkbookDraft.objects.select_for_update().get(pk=draft.pk)
        if draft.person_id != actor.person_id:
            raise NotAllowed("workbook.foreign", _("Somebody else sent this file. Send your own."))
        if draft.applied_at is not None:
            raise WrongStage("workbook.applied", _("This file was imported already."))
        register = _register_of(draft)
        done = Import(actor, this)
        done.run(register)
        errors = register.errors + done.errors
        if errors:
            one = errors[0]
            where = _("%(sheet)s, row %(row)s: %(reason)s") % {"sheet": one.sheet, "row": one.row, "reason": one.reason}
            text = str(_("Nothing was imported.")) + " " + str(where)
            raise Refusal("workbook.errors", text, details={"errors": errors})
        draft.applied_at, draft.sheets = this.now, {}  # names and phones are not kept twice
        draft.save(update_fields=["applied_at", "sheets"])
        home = Installation.objects.filter(pk=1).values_list("home_place_id", flat=True).first()
        counts = done.counted()
        this.entry(subject=("register", draft.pk), place=home, data=counts)
        this.result(counts=counts)
    return this.receipt


def _tried(actor: Viewer, this: Act, register: Register) -> "Import":
    tried = Import(actor, this)
    mark = transaction.savepoint()
    try:
        tried.run(register)
    finally:
        transaction.savepoint_rollback(mark)
    return tried


def _register_of(draft: WorkbookDraft) -> Register:
    return read_register([Sheet(title, rows) for title, rows in draft.sheets.items()])


@dataclass
class Import:
    """One run over a register's rows; errors are collected row by row, so that a clerk mends them all at once."""

    actor: Viewer
    this: Act
    errors: list[RowError] = field(default_factory=list)
    warnings: list[RowError] = field(default_factory=list)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    _people: dict[tuple[str, str], Person] = field(default_factory=dict)

    def run(self, register: Register) -> None:
        home = Installation.objects.select_related("home_place").get(pk=1)
        self.home: Place = certain(home.home_place)
        self.today = timezone.localdate()
        steps = (
            ("bodies", self._body),
            ("bodies", self._parent),
            ("posts", self._post),
            ("members", self._member),
            ("councillors", self._councillor),
        )
        for key, step in steps:
            for record in register.of(key):
                try:
                    with transaction.atomic():
                        outcome = step(record)
                except _Bad as bad:
                    self._refused(record, bad.column, str(bad))
                except Refusal as refusal:
                    self._refused(record, refusal.field or "", str(refusal.message))
                else:
                    if outcome:
                        self.counts[key, outcome] += 1

    def counted(self) -> dict[str, dict[str, int]]:
        return {key: {o: self.counts[key, o] for o in ("new", "changed", "same")} for key in BY_KEY}

    def _refused(self, record: Record, column: str, reason: str) -> None:
        plan = BY_KEY[record.sheet]
        heading = next((one.heading for one in plan.columns if one.key == column), "")
        self.errors.append(RowError(plan.title, record.row, heading, reason))

    # The sheets

    def _body(self, record: Record) -> str:
        values = record.values
        kind = kind_of(values["kind"])
        if kind is None:
            raise _Bad("kind", _("“%(text)s” is no kind of body. Choose one from the list.") % {"text": values["kind"]})
        if values["public"] not in ("", "是", "否"):
            raise _Bad("public", _("Write 是 or 否, or leave it empty."))
        place = self._place(values["place"])
        public = yes_or_no(values["public"])
        known = Body.objects.filter(place=place, name=values["name"], valid_to__isnull=True).first()
        if known is None:
            body_register(
                actor=self.actor, kind=kind, name=values["name"], place=place, short_name=values["short_name"],
                phone=values["phone"], may_be_public=public, act_id=self.this.child(),
            )  # fmt: skip
            return "new"
        wanted: dict[str, Any] = {"kind": kind}
        wanted.update({name: values[name] for name in ("short_name", "phone") if values[name]})
        if public is not None:
            wanted["may_be_public"] = public
        changes = {name: value for name, value in wanted.items() if getattr(known, name) != value}
        if not changes:
            permit("organisation.manage", self.actor, known)
            return "same"
        body_change(actor=self.actor, body=known, act_id=self.this.child(), **changes)
        return "changed"

    def _parent(self, record: Record) -> str:
        """In a second round: a body may stand below one that comes later in the sheet."""
        values = record.values
        if not values["parent"]:
            return ""
        body = Body.objects.filter(
            place=self._place(values["place"]), name=values["name"], valid_to__isnull=True
        ).first()
        if body is None:  # its row has an error of its own
            return ""
        parent = self._find_body(values["parent"], "parent")
        if body.parent_id != parent.pk:
            body_change(actor=self.actor, body=body, parent=parent, act_id=self.this.child())
        return ""

    def _post(self, record: Record) -> str:
        role = ROLES.get(record.values["role"])
        if role is None:
            text = _("“%(text)s” is no role. Choose one from the list.")
            raise _Bad("role", text % {"text": record.values["role"]})
        return self._give(record, role)

    def _councillor(self, record: Record) -> str:
        typed = record.values["role"] or "议事会成员"
        role = SEATS.get(typed)
        if role is None:
            raise _Bad("role", _("Write 议事会成员 or 召集人, or leave it empty."))
        return self._give(record, role, kind=BodyKind.COUNCIL)

    def _give(self, record: Record, role: str, kind: str = "") -> str:
        values = record.values
        body = self._find_body(values["body"], "body", kind)
        person, is_new = self._person(record, body=body)
        if not is_new and Post.objects.filter(person=person, body=body, role=role, valid_to__isnull=True).exists():
            return "same"
        post_give(
            actor=self.actor, person=person, body=body, role=role, title=values["title"],
            since=_day(values["since"]), act_id=self.this.child(),
        )  # fmt: skip
        return "new"

    def _member(self, record: Record) -> str:
        values = record.values
        sector = sector_of(values["sector"])
        if sector is None:
            raise _Bad("sector", _("“%(text)s” is no sector. Choose one from the list.") % {"text": values["sector"]})
        committee = self._committee(values["committee"])
        term = self._term(committee, values["term"], _day(values["since"]))
        person, is_new = self._person(record, committee=committee)
        if not is_new and Member.objects.filter(person=person, term=term).exists():
            return "same"
        member_admit(
            actor=self.actor, person=person, term=term, sector=sector, title=values["title"],
            since=_day(values["since"]), act_id=self.this.child(),
        )  # fmt: skip
        return "new"

    # What a cell means

    def _place(self, typed: str) -> Place:
        if not typed or typed in (self.home.name, self.home.full_name, self.home.code):
            return self.home
        rows = Place.objects.filter(closed_on__isnull=True, lo__gte=self.home.lo, lo__lte=self.home.hi)
        if typed.isdigit():
            tries = [{"code": typed}]
        else:
            tries = [{"full_name": typed}, {"name": typed}, {"full_name__endswith": typed}, {"name__startswith": typed}]
        for one in tries:
            found = list(rows.filter(**one)[:2])
            if len(found) == 1:
                return found[0]
            if found:
                text = _(
                    "Several places are called “%(text)s”. Write the code, or the full name from the prefecture down."
                )
                raise _Bad("place", text % {"text": typed})
        text = _("“%(text)s” is no place within %(home)s. Write its name as in the list of places, or its code.")
        raise _Bad("place", text % {"text": typed, "home": self.home.name})

    def _find_body(self, name: str, column: str, kind: str = "") -> Body:
        rows = Body.objects.filter(name=name, valid_to__isnull=True).select_related("place")
        rows = rows.filter(place__lo__gte=self.home.lo, place__lo__lte=self.home.hi)
        found = list(rows.filter(kind=kind)[:2] if kind else rows[:2])
        if not found:
            text = _(
                "“%(text)s” is not in the sheet 机构 and not registered. Enter the body first, with the same name."
            )
            raise _Bad(column, text % {"text": name})
        if len(found) > 1:
            text = _("Several bodies are called “%(text)s”. Give them different names, for example with the township.")
            raise _Bad(column, text % {"text": name})
        return found[0]

    def _committee(self, name: str) -> Body:
        if name:
            return self._find_body(name, "committee", BodyKind.COMMITTEE)
        found = list(Body.objects.filter(kind=BodyKind.COMMITTEE, place=self.home, valid_to__isnull=True)[:2])
        if len(found) != 1:
            raise _Bad("committee", _("Write the committee's name as in the sheet 机构."))
        return found[0]

    def _term(self, committee: Body, typed: str, since: date | None) -> Term:
        digits = typed.removeprefix("第").removesuffix("届").strip()
        number = int(digits) if digits.isascii() and digits.isdigit() else _CHINESE.get(digits, 0)
        if not number:
            raise _Bad("term", _("Enter the number of the term, for example 10."))
        term = Term.objects.filter(body=committee, number=number).first()
        if term is not None:
            return term
        if Term.objects.filter(body=committee).exists():
            text = _("The term %(number)s is not open. Open it on the page “members” first: that ends the term before.")
            raise _Bad("term", text % {"number": number})
        name = f"第{_CHINESE_NUMBERS.get(number, number)}届"
        receipt = term_open(
            actor=self.actor, body=committee, number=number, name=name, since=since or self.today,
            act_id=self.this.child(),
        )  # fmt: skip
        return Term.objects.get(pk=receipt.result["term"])

    def _person(self, record: Record, body: Body | None = None, committee: Body | None = None) -> tuple[Person, bool]:
        """The person of a row: by name and phone; without a phone by name, within the body or committee."""
        name, phone = person_name(record.values["name"]), person_phone(record.values["phone"])
        home = body or committee
        where = phone or (home.pk.hex if home else "")
        if (name, where) in self._people:
            return self._people[name, where], False
        rows = Person.within.filter(name=name)
        if phone:
            known = rows.filter(phone=phone).exclude(posts=None, memberships=None).distinct().first()
        elif body is not None:
            known = rows.filter(posts__body=body, posts__valid_to__isnull=True).distinct().first()
        else:
            known = rows.filter(memberships__term__body=committee).distinct().first()
        is_new = known is None
        if known is None:
            self._warn_of_twin(record, name)
            receipt = person_register(actor=self.actor, name=name, phone=phone, act_id=self.this.child())
            known = Person.within.get(pk=receipt.result["person"])
        self._people[name, where] = known
        return known, is_new

    def _warn_of_twin(self, record: Record, name: str) -> None:
        twins = Person.within.filter(name=name).exclude(posts=None, memberships=None)
        if twins.exists():
            text = _(
                "Somebody called %(name)s is registered already. If it is the same person, enter the same phone number."
            )
            self.warnings.append(RowError(BY_KEY[record.sheet].title, record.row, "手机", str(text % {"name": name})))


class _Bad(Exception):
    """A cell that says something impossible."""

    def __init__(self, column: str, reason: Any):
        super().__init__(str(reason))
        self.column = column


_DIGITS = "一二三四五六七八九"
_CHINESE_NUMBERS = {
    n: ("" if n < 10 else ("十" if n < 20 else _DIGITS[n // 10 - 1] + "十")) + (_DIGITS[n % 10 - 1] if n % 10 else "")
    for n in range(1, 100)
}
_CHINESE = {text: number for number, text in _CHINESE_NUMBERS.items()}


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
