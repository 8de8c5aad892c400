"""What the rules of the logic checks say, for pages: titles in the reader's language, examples in plain words."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yishi.assistance.checks.logic.dossier import FIELDS
from yishi.assistance.checks.logic.engine import MONEY
from yishi.assistance.checks.logic.pack import (
    Group,
    Pack,
    Parameter,
    Rule,
)
from yishi.assistance.checks.models import Severity
from yishi.kit.money import yuan_text

_FIELDS: dict[str, Mapping[str, Any]] = dict(FIELDS.items())  # by a scope that comes as text
BADGES: dict[str, str] = {Severity.ERROR: "late", Severity.DOUBT: "warn", Severity.HINT: "info"}
MONEY_FIELDS = frozenset(
    name
    for name in FIELDS["household"]
    if name.startswith("income_") or name.endswith(("_income", "_cost")) or name in ("self_paid", "property_income")
)


def title_of(titled: Rule | Group | Parameter) -> str:
    """The title in the reader's language."""
    return titled.title_en if (get_language() or "zh").startswith("en") else titled.title


def rule_title(pack: Pack, code: str) -> str:
    """The title of a rule; of one that today's pack no longer has, its code."""
    rule = pack.rules.get(code)
    return title_of(rule) if rule else code


def severity_word(severity: str) -> str:
    return str(Severity(severity).label)


def number_text(value: Decimal, unit: str) -> str:
    """A threshold with its unit: 4,000 元, 0.5 亩."""
    plain = value.normalize()
    return f"{plain:,f} {unit}"


def example_words(differences: Mapping[str, Any]) -> list[str]:
    """How an example differs from a sound household, line by line."""
    if not differences:
        return [_("as the sound household: nothing is different")]
    return [_line(path, value) for path, value in differences.items()]


def _line(path: str, value: Any) -> str:
    """One difference in words; `path` leads to a field of the household or, as "member.1.sex", of one of its people."""
    parts = path.split(".")
    if len(parts) == 1:
        if isinstance(value, list) and parts[0] in ("members", "helpers", "measures"):
            return _entries_text(parts[0], value)
        return f"{_label('household', parts[0])}：{_value('household', parts[0], value)}"
    scope, number, name = parts
    who = _who(scope, number)
    if name == "number":
        return f"{who}{_('document number')}：{_value(scope, name, value)}"
    return f"{who}{_label(scope, name)}：{_value(scope, name, value)}"


def _who(scope: str, number: str) -> str:
    if scope == "member":
        people = {"1": _("head of the household"), "2": _("wife"), "3": _("son"), "4": _("father")}
        return f"{people.get(number, number)} · "
    return f"{_('helper') if scope == 'helper' else _('measure')} · "


def _entries_text(name: str, entries: list[Any]) -> str:
    """Members, helpers or measures of an example, each with its values, in one line."""
    heading = {"members": _("household members"), "helpers": _("helpers"), "measures": _("measures")}[name]
    if not entries:
        return f"{heading}：{_('none')}"
    scope = name.removesuffix("s")
    shown = ["、".join(_value(scope, key, value) for key, value in entry.items()) for entry in entries]
    return f"{heading}：{'；'.join(shown)}"


def _label(scope: str, name: str) -> str:
    table: Mapping[str, Any] = _FIELDS[scope]
    return str(table[name].label) if name in table else name


def _value(scope: str, name: str, value: Any) -> str:
    table: Mapping[str, Any] = _FIELDS[scope]
    field = table.get(name)
    if value == "unknown":
        return _("not filled in")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return date_format(value, "SHORT_DATE_FORMAT")
    if isinstance(value, list):
        labels = field.words or {} if field else {}
        return "、".join(str(labels.get(code, code)) for code in value) or _("none")
    if scope == "household" and name in MONEY_FIELDS and isinstance(value, int | Decimal):
        return f"{yuan_text(int(value))} {MONEY}"
    if field and field.words:
        return str(field.words.get(value, value))
    return str(value)
