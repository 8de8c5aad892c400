"""A rule pack: a folder of TOML files, read and checked as a whole. A slip anywhere and nothing of it is used.

parameters.toml   dated thresholds and where each comes from
base.toml         one sound household, from which every example differs
<group>.toml      rules
"""

import copy
import functools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from .dossier import FIELDS, Dossier, Field, Helper, Measure, Member, Scope
from .expression import ExpressionError, Reader, Run
from .identity import read_number

PACKS = Path(__file__).with_name("packs")
SEVERITIES = ("error", "doubt", "hint")
SCOPES: tuple[Scope, ...] = ("household", "member")
_CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_RULE = {"code", "title", "title_en", "severity", "on", "when", "says", "todo", "examples"}
_ROWS: Mapping[str, type] = {"members": Member, "helpers": Helper, "measures": Measure}


class PackError(Exception):
    """What is wrong with a pack: file, rule and one plain line."""


@dataclass(frozen=True, slots=True)
class Value:
    """A threshold from a day on."""

    since: date
    value: Decimal
    source: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    code: str
    title: str
    title_en: str
    unit: str  # 元 is kept in yuan here and compared in fen
    values: tuple[Value, ...]

    def on(self, day: date) -> Decimal | None:
        """The value that holds on `day`; the first one for days before."""
        holding = [value for value in self.values if value.since <= day]
        return (holding or self.values[:1])[-1].value if self.values else None


@dataclass(frozen=True, slots=True)
class Rule:
    code: str
    group: str
    title: str
    title_en: str
    severity: str
    on: Scope
    when: str
    says: str
    todo: str
    run: Run = field(compare=False, repr=False)
    labels: tuple[str, ...] = ()  # the fields it looks at, as clerks know them
    parameters: tuple[str, ...] = ()
    positive: tuple[Mapping[str, Any], ...] = ()
    negative: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    code: str
    title: str
    title_en: str


@dataclass(frozen=True, slots=True)
class Pack:
    version: str
    groups: Mapping[str, Group]
    rules: Mapping[str, Rule]
    parameters: Mapping[str, Parameter]
    base: Mapping[str, Any]

    def example(self, differences: Mapping[str, Any]) -> Dossier:
        """The sound household with `differences`, ready for the checks.

        A key names a field of the household, or, as in `member.2.sex`, a field of one row of a list (counted from 1);
        a whole list may be given anew (`members`). Raises `PackError` for what does not exist.
        """
        data = copy.deepcopy(dict(self.base))
        for path, value in differences.items():
            _put(data, path, value)
        return make_dossier(data)


@functools.cache
def read_pack(version: str = "") -> Pack:
    """The shipped pack of `version`; the newest without one."""
    name = version or newest()
    if name not in versions():
        raise PackError(f"there is no pack {name}")
    return load_pack(PACKS / name)


def versions() -> list[str]:
    """The shipped versions, the oldest first."""
    return sorted((folder.name for folder in PACKS.iterdir() if folder.is_dir()), key=_version_key)


def newest() -> str:
    """The newest version of the rules that is shipped: the name of its folder."""
    return versions()[-1]


def _version_key(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in name.split(".") if part.isdigit())


def load_pack(folder: Path) -> Pack:
    """Read and check all files of `folder`. Raises `PackError`."""
    parameters = _parameters(_toml(folder / "parameters.toml"))
    base = _toml(folder / "base.toml")
    groups: dict[str, Group] = {}
    rules: dict[str, Rule] = {}
    for path in sorted(folder.glob("*.toml")):
        if path.name in ("parameters.toml", "base.toml"):
            continue
        document = _toml(path)
        group = Group(*(_text(document, key, path.name) for key in ("group", "title", "title_en")))
        groups[group.code] = group
        for row in document.get("rule", []):
            rule = _rule(row, group, parameters, path.name)
            if rule.code in rules:
                raise PackError(f"{path.name}: two rules are called “{rule.code}”")
            rules[rule.code] = rule
    if not rules:
        raise PackError(f"{folder.name}: holds no rule")
    pack = Pack(folder.name, groups, rules, parameters, base)
    for rule in rules.values():
        for differences in (*rule.positive, *rule.negative):
            try:
                pack.example(differences)
            except PackError as error:
                raise PackError(f"rule “{rule.code}”, example: {error}") from None
    unused = set(parameters) - {name for rule in rules.values() for name in rule.parameters}
    if unused:
        raise PackError(f"parameters.toml: no rule uses “{min(unused)}”")
    return pack


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
    except OSError:
        raise PackError(f"{path.name} is not there") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PackError(f"{path.name}: {error}") from None


def _text(row: Mapping[str, Any], key: str, where: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise PackError(f"{where}: “{key}” is missing")
    return value.strip()


def _parameters(document: Mapping[str, Any]) -> dict[str, Parameter]:
    parameters: dict[str, Parameter] = {}
    for code, row in document.items():
        where = f"parameters.toml, “{code}”"
        values = []
        for dated in row.get("values", []):
            if not isinstance(dated.get("since"), date) or not isinstance(dated.get("value"), int | Decimal):
                raise PackError(f"{where}: a value needs a day (since) and a number (value)")
            values.append(Value(dated["since"], Decimal(dated["value"]), dated.get("source", "")))
        if not values or [value.since for value in values] != sorted({value.since for value in values}):
            raise PackError(f"{where}: needs values, the oldest first, each day once")
        title, title_en, unit = (_text(row, key, where) for key in ("title", "title_en", "unit"))
        if any(code in names for names in FIELDS.values()):
            raise PackError(f"{where}: a field is called so already")
        parameters[code] = Parameter(code, title, title_en, unit, tuple(values))
    return parameters


def _rule(row: Mapping[str, Any], group: Group, parameters: Mapping[str, Parameter], name: str) -> Rule:
    code = _text(row, "code", f"{name}, a rule")
    where = f"{name}, rule “{code}”"
    if not _CODE.fullmatch(code) or len(code) > 40:
        raise PackError(f"{where}: a code has small Latin letters, digits and single dashes")
    if strange := set(row) - _RULE:
        raise PackError(f"{where}: nobody knows “{min(strange)}”")
    on, severity = row.get("on", "household"), row.get("severity")
    if severity not in SEVERITIES:
        raise PackError(f"{where}: severity is one of {', '.join(SEVERITIES)}")
    if on not in SCOPES:
        raise PackError(f"{where}: on is one of {', '.join(SCOPES)}")
    reader = Reader(on, parameters)
    when = _text(row, "when", where)
    try:
        run = reader.read(when)
    except ExpressionError as error:
        raise PackError(f"{where}, when: {error}") from None
    title, title_en, says, todo = (_text(row, key, where) for key in ("title", "title_en", "says", "todo"))
    examples = row.get("examples", {})
    shown: dict[str, tuple[Mapping[str, Any], ...]] = {}
    for kind in ("positive", "negative"):
        shown_examples = examples.get(kind)
        if (
            not isinstance(shown_examples, list)
            or not shown_examples
            or not all(isinstance(example, dict) for example in shown_examples)
        ):
            raise PackError(f"{where}: needs a {kind} example")
        shown[kind] = tuple(shown_examples)
    return Rule(
        code=code,
        group=group.code,
        severity=severity,
        on=on,
        when=" ".join(when.split()),
        run=run,
        labels=tuple(dict.fromkeys(field_.label for field_ in reader.fields.values())),
        parameters=tuple(sorted(reader.used)),
        title=title,
        title_en=title_en,
        says=says,
        todo=todo,
        positive=shown["positive"],
        negative=shown["negative"],
    )


def _put(data: dict[str, Any], path: str, value: Any) -> None:
    first, *rest = path.split(".")
    if not rest:
        data[first] = value
        return
    rows = data.get(first + "s")
    if len(rest) != 2 or not isinstance(rows, list) or not rest[0].isdigit() or not 0 < int(rest[0]) <= len(rows):
        raise PackError(f"“{path}” leads nowhere: write a field, or member.1.field")
    rows[int(rest[0]) - 1][rest[1]] = value


def make_dossier(data: Mapping[str, Any]) -> Dossier:
    """A dossier from plain data (an example): lists become sets, money stays in fen. Raises `PackError`."""
    fields_given = dict(data)
    for name, kind in _ROWS.items():
        if name in fields_given and isinstance(fields_given[name], list):
            fields_given[name] = [_made(kind, row, number) for number, row in enumerate(fields_given[name], 1)]
    dossier: Dossier = _made(Dossier, fields_given, 0)
    return dossier.settle()


def _made(kind: type, row: Mapping[str, Any], number: int) -> Any:
    values_given = {name: _plain(value) for name, value in row.items()}
    values_given.update({name: None if row[name] == "unknown" else row[name] for name in _ROWS if name in row})
    if kind is Member:
        values_given.setdefault("key", number)
        values_given["identity"] = read_number(values_given.get("number"))
    wanted = {field_.name for field_ in fields(kind) if field_.init}
    if strange := set(values_given) - wanted:
        raise PackError(f"there is no field “{min(strange)}” in a {kind.__name__.lower()}")
    by_name: dict[str, Mapping[str, Field]] = dict(FIELDS.items())
    known = by_name["household" if kind is Dossier else kind.__name__.lower()]
    for name, value in values_given.items():
        if name in _ROWS:
            continue
        codes = known[name].words if name in known else None
        values = value if isinstance(value, frozenset) else {value}
        if codes is not None and (wrong := [code for code in values if code is not None and code not in codes]):
            raise PackError(f"{name}: “{wrong[0]}” is none of {', '.join(codes)}")
    return kind(**values_given)


def _plain(value: Any) -> Any:
    """TOML has no null: "unknown" stands for it; a list of codes is a set."""
    if value == "unknown":
        return None
    if isinstance(value, list) and all(isinstance(code, str) for code in value):
        return frozenset(value)
    return value
