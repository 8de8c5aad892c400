"""What the rows of one household say: codes for labels, fen for yuan, one answer where several rows give one.

No database: places and the year are given. What cannot be read becomes a fault of its row; nothing is guessed, and an
empty cell says nothing (it never empties a field).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from yishi.assistance.register import codes
from yishi.kit import identity
from yishi.kit.identity import Fault as IdentityFault
from yishi.kit.text import clean

from .household_columns import BY_KEY, FIELDS, HOUSEHOLD, INSURED, MEMBER, MEMBER_YEAR, OTHERS_APART, RISKS, YEAR, Field
from .places import Places
from .rows import Fault, StagedRow

MOST_FEN = 10**12  # ten thousand million yuan
MOST_AREA = Decimal(100_000)
ROUNDING = 100  # fen by which a sum may differ from its parts
_PHONE = re.compile(r"[0-9+()（）-]{5,20}")
_NUMBER = re.compile(r"[0-9A-Za-z\u3400-\u9fff_-]{1,32}")
_APART = re.compile(f"[{re.escape(OTHERS_APART)}\n]")
_CLASSES = ("wage_income", "business_income", "property_income", "transfer_income")
_BY_HEAD = {"household.phone"}  # each row may have its own; the head's counts


@dataclass
class WantedMember:
    """A person as a row has them. `identity` and `key` are in clear: they live in memory and in sealed pieces only."""

    row: int
    name: str
    identity_kind: str = ""
    identity: str = ""
    key: str = ""  # by what the number is found
    fields: dict[str, dict[str, Any]] = field(default_factory=dict)  # member, resident, member_year: name: value
    raw: dict[str, str] = field(default_factory=dict)


@dataclass
class Wanted:
    """A household as its rows have it."""

    number: str
    place: Any = None  # organisations.Place
    year: int = 0
    fields: dict[str, dict[str, Any]] = field(default_factory=dict)  # household, year: name: value
    causes: dict[str, list[str]] = field(default_factory=dict)  # cause: main first; risk
    cleared: bool | None = None
    account: str = ""
    members: list[WantedMember] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    headings: dict[str, str] = field(default_factory=dict)  # key: how the column is called here

    def fault(self, at: int, key: str, code: str, **params: Any) -> None:
        """`at`: the row's number; `params` may name another."""
        self.faults.append(Fault(at, self.headings.get(key, key), code, params))


def read_household(
    rows: Sequence[StagedRow], headings: dict[str, str], places: Places, year: int, today: date
) -> Wanted:
    """The household that `rows` describe, with all their faults."""
    made = Wanted(rows[0].values.get("number", ""), headings=headings)
    for row in rows:
        made.faults.extend(Fault(row.number, *fault) for fault in row.faults)
    first = rows[0].number
    if not made.number:
        made.fault(first, "number", "missing")
    elif not _NUMBER.fullmatch(made.number):
        made.fault(first, "number", "household_number", text=made.number[:20])
    faulty = {(fault.row, fault.heading) for fault in made.faults}
    heads = [row for row in rows if _is_head(row)]
    _year(made, rows, year, today)
    _place(made, rows, places)
    _shared(made, rows, heads, faulty)
    _causes(made, rows, faulty)
    for row in rows:
        made.members.append(_member(made, row, faulty, today))
    if len(heads) > 1:
        made.fault(heads[1].number, "member.relation", "two_heads", row=heads[0].number)
    _sums(made, first)
    return made


def _is_head(row: StagedRow) -> bool:
    text = row.values.get("member.relation", "")
    return bool(text) and codes.find("relation", text) == "head"


def _is_whole(text: str) -> bool:
    """A faulty cell is kept as it stands: ② and ² are digits to Python and no numbers."""
    return text.isascii() and text.isdigit() and len(text) <= 9


def _year(made: Wanted, rows: Sequence[StagedRow], year: int, today: date) -> None:
    years = {row.values["year"]: row.number for row in rows if _is_whole(row.values.get("year", ""))}
    if len(years) > 1:
        made.fault(max(years.values()), "year", "two_years")
    made.year = int(next(iter(years), year))
    if not 2010 <= made.year <= today.year:
        made.fault(rows[0].number, "year", "year_range", year=made.year)


def _place(made: Wanted, rows: Sequence[StagedRow], places: Places) -> None:
    villages: dict[Any, int] = {}
    for row in rows:
        values = row.values
        asked = tuple(values.get(key, "") for key in ("county", "township", "village", "village_code"))
        place, code, text = places.find(*asked)
        if code:
            key = "village" if "village" in made.headings else "village_code"
            made.fault(row.number, key, code, text=text[:20])
            return
        villages.setdefault(place, row.number)
    if len(villages) > 1:
        made.fault(max(villages.values()), "village", "two_villages")
    made.place = next(iter(villages))


def _shared(made: Wanted, rows: Sequence[StagedRow], heads: Sequence[StagedRow], faulty: set[Any]) -> None:
    """What concerns the household: every row that says something says the same, or the head's row counts."""
    in_turn = [*heads, *rows]
    for column in FIELDS:
        if column.on not in (HOUSEHOLD, YEAR) or column.key not in made.headings:
            continue
        said: dict[str, int] = {}
        for row in in_turn:
            text = row.values.get(column.key, "")
            if text and (row.number, made.headings[column.key]) not in faulty:
                said.setdefault(text, row.number)
        if not said:
            continue
        text, number = next(iter(said.items()))
        if len(said) > 1 and column.key not in _BY_HEAD:
            made.fault(max(said.values()), column.key, "rows_differ", row=min(said.values()))
            continue
        value = _value(made, number, column.key, text)
        if value is not None:
            made.fields.setdefault(column.on, {})[column.name] = value
    accounts = {row.values["account"]: row.number for row in in_turn if row.values.get("account")}
    if accounts:
        made.account, number = next(iter(accounts.items()))
        if (number, made.headings["account"]) not in faulty and not re.fullmatch(r"[0-9]{8,32}", made.account):
            made.fault(number, "account", "account")


def _causes(made: Wanted, rows: Sequence[StagedRow], faulty: set[Any]) -> None:
    """The main cause and the others, which differ from it; the risks of a monitored household."""
    main = _cause_codes(made, rows, "main_cause", faulty)
    others = _cause_codes(made, rows, "other_causes", faulty)
    number = rows[0].number
    if len(main) > 1:
        made.fault(number, "main_cause", "two_main_causes")
    elif main and main[0] in others:
        made.fault(number, "other_causes", "cause_twice")
    if others and not main:
        made.fault(number, "main_cause", "missing")
    if main:
        made.causes["cause"] = [*main, *others]
    risks = [code for key in RISKS for code in _cause_codes(made, rows, key, faulty)]
    if risks:
        made.causes["risk"] = list(dict.fromkeys(risks))
    cleared = {row.values["cleared"] for row in rows if row.values.get("cleared") in ("0", "1")}
    if len(cleared) > 1:
        made.fault(number, "cleared", "rows_differ", row=number)
    made.cleared = next(iter(cleared)) == "1" if cleared else None


def _cause_codes(made: Wanted, rows: Sequence[StagedRow], key: str, faulty: set[Any]) -> list[str]:
    cause_codes: list[str] = []
    for row in rows:
        if (row.number, made.headings.get(key, key)) in faulty:
            continue
        for text in _apart(row.values.get(key, "")):
            code = _code_of("poverty_cause", text, made.year)
            if code is None:
                made.fault(row.number, key, "no_label", text=text[:20], said=text)
            elif code not in cause_codes:
                cause_codes.append(code)
    return cause_codes


def _member(made: Wanted, row: StagedRow, faulty: set[Any], today: date) -> WantedMember:
    member = WantedMember(row.number, row.values.get("name", "")[:64], raw=row.raw)
    if not member.name:
        made.fault(row.number, "name", "missing")
    elif (row.number, made.headings["name"]) in faulty:
        pass
    elif len(row.values["name"]) > 30 or not re.search(r"[^\W\d_]", member.name):
        made.fault(row.number, "name", "name", text=member.name[:10])
    for key, text in row.values.items():
        column = BY_KEY.get(key)
        if column is None or column.on in (HOUSEHOLD, YEAR) or (row.number, made.headings.get(key, "")) in faulty:
            continue
        value = _value(made, row.number, key, text)
        if value is not None:
            member.fields.setdefault(column.on, {})[column.name] = value
    if "relation" not in member.fields.get(MEMBER, {}) and not row.values.get("member.relation"):
        made.fault(row.number, "member.relation", "missing")
    _insured(made, row, member, faulty)
    months = member.fields.get(MEMBER_YEAR, {})
    for name in ("work_months", "public_post_months"):
        if not 0 <= months.get(name, 0) <= 12:
            made.fault(row.number, f"member_year.{name}", "months")
    if (row.number, made.headings.get("identity", "")) not in faulty:
        _identity(made, row, member, today)
    return member


def _insured(made: Wanted, row: StagedRow, member: WantedMember, faulty: set[Any]) -> None:
    """Columns that ask for one insurance by yes and no. One no alone is no word about the other insurance: it is kept
    as it stands."""
    for name, by_insurance in INSURED.items():
        asked = {code: row.values.get(key, "") for code, key in by_insurance.items()}
        asked = {
            code: text
            for code, text in asked.items()
            if text in ("0", "1") and (row.number, made.headings.get(by_insurance[code], "")) not in faulty
        }
        has = [code for code, text in asked.items() if text == "1"]
        chosen = has[0] if has else "none" if len(asked) == len(by_insurance) else ""
        before = member.fields.get(MEMBER_YEAR, {}).get(name)
        if len(has) > 1 or (chosen and before not in (None, chosen)) or before in (asked.keys() - has):
            made.fault(row.number, by_insurance[next(iter(asked))], "two_insurances")
        elif chosen:
            member.fields.setdefault(MEMBER_YEAR, {})[name] = chosen
        elif asked and before is None:
            member.raw = {**member.raw, **{made.headings[by_insurance[code]]: "否" for code in asked}}


def number_of(values: Mapping[str, str], today: date | None = None) -> identity.Identity | None:
    """The number of a row's paper; none where the row has none, or says a kind of paper that nobody knows."""
    text, kind = values.get("identity", ""), identity.CARD
    if values.get("identity_kind"):
        kind = codes.find("identity_kind", values["identity_kind"]) or ""
    if not text or not kind:
        return None
    if kind == identity.CARD and len(text) in (20, 22):
        kind = identity.DISABILITY
    return identity.read(text, kind, today)


def _identity(made: Wanted, row: StagedRow, member: WantedMember, today: date) -> None:
    said_kind = row.values.get("identity_kind", "")
    if said_kind and not codes.find("identity_kind", said_kind):
        made.fault(row.number, "identity_kind", "no_label", text=said_kind[:20], said=said_kind)
        return
    number = number_of(row.values, today)
    if number is None:
        return
    if number.fault == IdentityFault.SPREADSHEET:
        made.fault(row.number, "identity", "digits_lost", text="")
    elif number.fault:
        made.fault(row.number, "identity", f"identity_{number.fault.value}")
    elif number.kind == identity.CARD and number.number.endswith("000") and row.values.get("identity_checked") != "1":
        made.fault(row.number, "identity", "identity_zeros")  # one in eleven such numbers fits its check by chance
    else:
        member.identity_kind, member.identity, member.key = number.kind, number.number, number.key
        said = member.fields.setdefault("resident", {})
        for name, value in (("sex", number.sex), ("born_on", number.born_on and number.born_on.isoformat())):
            if value and said.setdefault(name, value) != value:
                made.fault(row.number, f"resident.{name}", "unlike_card")


def _value(made: Wanted, row: int, key: str, text: str) -> Any:
    """A field's value as JSON keeps it, or None with a fault."""
    column = BY_KEY[key]
    value, fault = _READ.get(column.kind, _read_text)(column, text, made.year)
    if fault == "no_label":
        unknown = [said for said in _said(column, text) if _code_of(column.codes, said, made.year) is None]
        for said in unknown:
            made.fault(row, key, fault, text=said[:20], said=said)
        return None
    if fault:
        made.fault(row, key, fault, text="" if fault == "phone" else text[:20])
        return None
    return value


def _said(column: Field, text: str) -> list[str]:
    """The values in one cell."""
    return _apart(text) if column.kind == "codes_of" else [text]


def _code_of(name: str, text: str, year: int) -> str | None:
    return codes.find(name, text, str(year)) or codes.find(name, text)


def _read_code(column: Field, text: str, year: int) -> tuple[Any, str]:
    code = _code_of(column.codes, text, year)
    return code, "" if code else "no_label"


def _read_codes(column: Field, text: str, year: int) -> tuple[Any, str]:
    chosen = [_code_of(column.codes, label, year) for label in _apart(text)]
    if None in chosen:
        return None, "no_label"
    kept = sorted({str(code) for code in chosen})
    return kept, "healthy_and_ill" if column.name == "health" and "healthy" in kept and len(kept) > 1 else ""


def _read_money(column: Field, text: str, year: int) -> tuple[Any, str]:
    fen = int((Decimal(text) * 100).to_integral_value(ROUND_HALF_UP))
    return fen, "money_range" if abs(fen) > MOST_FEN or (fen < 0 and not column.name.startswith("net_")) else ""


def _read_area(column: Field, text: str, year: int) -> tuple[Any, str]:
    area = Decimal(text).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return str(area), "" if 0 <= area <= MOST_AREA else "number_range"


def _read_whole(column: Field, text: str, year: int) -> tuple[Any, str]:
    return int(text), "" if 0 <= int(text) <= 99 else "number_range"


def _read_text(column: Field, text: str, year: int) -> tuple[Any, str]:
    if column.name in ("phone", "watch_phone") and not _PHONE.fullmatch(text):
        return None, "phone"
    kept = clean(text)
    return (kept, "") if len(kept) <= _LONGEST.get(column.name, 96) else (None, "text_long")


_LONGEST = {"group_name": 64, "watch_contact": 64, "filled_by": 64, "number": 32}
_READ: dict[str, Callable[[Field, str, int], tuple[Any, str]]] = {
    "code_of": _read_code,
    "codes_of": _read_codes,
    "money": _read_money,
    "area": _read_area,
    "whole": _read_whole,
    "year": lambda column, text, year: (int(text), ""),
    "yes": lambda column, text, year: (text == "1", ""),
}


def _sums(made: Wanted, row: int) -> None:
    """Net income is what its parts make; what the workbook says of it must agree."""
    said = made.fields.get(YEAR, {})
    parts = [said[name] for name in _CLASSES if said.get(name) is not None]
    stated, per_head = said.pop("net_income", None), said.pop("net_per_head", None)
    if len(parts) < len(_CLASSES) or said.get("business_cost") is None:
        return
    net = sum(parts) - said["business_cost"]
    said["net_income"] = net
    if stated is not None and abs(stated - net) > ROUNDING:
        made.fault(row, "year.net_income", "sum_differs", given=_yuan(stated), made=_yuan(net))
    if said.get("head_count"):
        said["net_per_head"] = int((Decimal(net) / said["head_count"]).to_integral_value(ROUND_HALF_UP))
        if per_head is not None and abs(per_head - said["net_per_head"]) > ROUNDING:
            made.fault(row, "year.net_per_head", "sum_differs", given=_yuan(per_head), made=_yuan(said["net_per_head"]))


def _yuan(fen: int) -> str:
    return f"{Decimal(fen) / 100:f}"


def _apart(text: str) -> list[str]:
    return [part.strip() for part in _APART.split(text) if part.strip()] if text else []
