"""Who is invited: many seats at once from pasted lines, and what the table still lacks before a sitting."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.deliberation.models import Matter, Party, Seat
from yishi.deliberation.process.schema import read_document
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal
from yishi.kit.text import clean
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Member, PlaceLevel, valid_on
from yishi.organisations.rights import permit
from yishi.people.models import Person
from yishi.people.services import Newcomer, person_name, person_phone

from .seats import seat_fill
from .studies import open_matter

MOST_LINES = 200  # a township's largest sitting has a quarter of it
BETWEEN = re.compile(r"[\t,，;；、|]")
HEADINGS = frozenset({"姓名", "name"})
Cells = Sequence[str]


@dataclass(frozen=True, slots=True)
class Balance:
    """What the table lacks: parties for which nobody sits, classes of seats (name, held, least) below their least
    number, and how many have not answered yet."""

    missing: tuple[str, ...]
    short: tuple[tuple[str, int, int], ...]
    unanswered: int

    @property
    def is_level(self) -> bool:
        return not self.missing and not self.short


def balance_of(matter: Matter) -> Balance:
    """Who is missing at the table as it is filled now; observers sit for nobody."""
    seats = list(Seat.objects.filter(matter=matter, state__in=Seat.LIVE, ended_on__isnull=True))
    sat_for = {seat.party_id for seat in seats if seat.role != Seat.Role.OBSERVER}
    held = Counter(seat.seat_class for seat in seats)
    classes = read_document(matter.process.document).seats
    return Balance(
        tuple(party.name for party in matter.parties.all() if party.pk not in sat_for),
        tuple((one.name, held[one.code], one.min) for one in classes if held[one.code] < one.min),
        sum(seat.state == Seat.State.INVITED for seat in seats),
    )


def cells_of(text: str) -> list[list[str]]:
    """Pasted lines as cells: between them a tab, a comma or a mark of enumeration; in a line without any, blanks. A
    name of two letters that a list sets apart (李　明) is one cell."""
    rows = []
    for line in text.splitlines():
        if BETWEEN.search(line):
            cells = [cell.strip() for cell in BETWEEN.split(line)]
        else:
            cells = line.split()
            if len(cells) > 1 and len(cells[0]) == len(cells[1]) == 1:
                cells[:2] = ["".join(cells[:2])]
        if any(cells):
            rows.append(cells)
    return rows


def seats_paste(*, actor: Viewer, matter: Matter, rows: Sequence[Cells], act_id: UUID | None = None) -> Receipt:
    """Fill many seats: per row a name, then in any order a phone, a party, a class of seats or what they are there as.
    All of them, or none: what is wrong is said with its line. Whoever holds a seat already is passed over and not
    invited again, so that a longer list may be pasted once more. Result: filled, held (how many of each)."""
    by = permit("seat.run", actor, matter)
    body = {"matter": matter.pk, "rows": [list(row) for row in rows]}
    with act("deliberation.seat.paste", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        fresh = open_matter(matter)
        lines = [(number, row) for number, row in enumerate(rows, start=1) if not _is_heading(number, row)]
        if not lines:
            raise Refusal("paste.empty", _("Please paste at least one line with a name."), field="lines")
        if len(lines) > MOST_LINES:
            raise Refusal(
                "paste.many", _("That is more than %(most)d lines at once.") % {"most": MOST_LINES}, field="lines"
            )
        known = _Known(fresh)
        filled, held = 0, 0
        for number, row in lines:
            try:
                fields = known.read(row)
                if known.holds(fields["person"]):
                    held += 1
                    continue
                seat_fill(actor=actor, matter=fresh, act_id=this.child(), **fields)
                known.note(fields["person"])
            except Refusal as refusal:
                said = _("Line %(number)d (%(name)s): %(why)s") % {
                    "number": number,
                    "name": row[0] if row else "",
                    "why": refusal.message,
                }
                raise Refusal(refusal.code, said, field="lines") from refusal
            filled += 1
        this.entry(
            subject=("matter", fresh.pk),
            place=fresh.place_id,
            data={"filled": filled, "held": held},
        )
        this.result(filled=filled, held=held)
    return this.receipt


def members_to_invite(matter: Matter) -> list[Member]:
    """Sitting members of the county's and nearer committees; former ones are not invited."""
    today = timezone.localdate()
    members = Member.objects.filter(
        valid_on(today),
        Q(term__body__place__lo__lte=matter.place.lo, term__body__place__hi__gte=matter.place.lo),
        term__body__place__level__in=[PlaceLevel.COUNTY, PlaceLevel.TOWNSHIP, PlaceLevel.VILLAGE],
    )
    return list(members.select_related("person", "term__body").order_by("sector", "pk"))


def _is_heading(number: int, row: Cells) -> bool:
    return number == 1 and bool(row) and row[0].strip().lower() in HEADINGS


class _Known:
    """What the cells of a row may name in one matter, and who holds a seat in it."""

    def __init__(self, matter: Matter):
        self.parties: dict[str, Party] = {party.name: party for party in matter.parties.all()}
        self.classes = {one.name: one.code for one in read_document(matter.process.document).seats}
        self.roles = {str(label): value for value, label in Seat.Role.choices}
        live = Seat.objects.filter(matter=matter, ended_on__isnull=True).select_related("person")
        self.held: dict[str, set[str]] = {}
        for seat in live:
            self.held.setdefault(seat.person.name, set()).add(seat.person.phone)

    def read(self, row: Cells) -> dict[str, Any]:
        """The fields of a seat from one row. Refuses a cell that means nothing here, with what may stand there."""
        name = person_name(row[0] if row else "")
        fields: dict[str, Any] = {"role": ""}
        phone = ""
        for cell in filter(None, (clean(cell) for cell in row[1:])):
            if cell in self.parties:
                fields["party"] = self.parties[cell]
                fields["role"] = fields["role"] or Seat.Role.PARTY
            elif cell in self.classes:
                fields["seat_class"] = self.classes[cell]
            elif cell in self.roles:
                fields["role"] = self.roles[cell]
            elif any(letter.isdigit() for letter in cell):
                phone = person_phone(cell)
            else:
                named = [*self.parties, *self.classes, *self.roles]
                raise Refusal(
                    "paste.unknown",
                    _("“%(cell)s” is no party, class of seats or role here. There are: %(named)s.")
                    % {"cell": cell, "named": "、".join(named)},
                )
        if not fields["role"] and "seat_class" not in fields:
            raise Refusal("paste.what_for", _("For which party, in which class of seats, or as what are they there?"))
        person = Person.within.filter(name=name, phone=phone).first() if phone else None
        return {**fields, "person": person or Newcomer(name, phone)}

    def holds(self, person: object) -> bool:
        """Does somebody of this name hold a seat: with this phone, or where one of the two left none?"""
        name, phone = getattr(person, "name", ""), getattr(person, "phone", "")
        return any(phone == other or not phone or not other for other in self.held.get(name, ()))

    def note(self, person: object) -> None:
        self.held.setdefault(getattr(person, "name", ""), set()).add(getattr(person, "phone", ""))
