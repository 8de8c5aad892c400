"""Run a pack over dossiers. The same engine serves a form, an import and the whole register."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from .dossier import Dossier
from .pack import Pack, Rule

FEN = 100
MONEY = "元"


class Finding(NamedTuple):
    """One rule that one dossier (or one of its members) breaks."""

    rule: Rule
    severity: str
    household: Hashable
    member: Hashable | None  # None: the household as a whole


@dataclass(frozen=True)
class Settings:
    """What an area has changed in the pack: rules switched off, other severities, other thresholds with their day."""

    off: frozenset[str] = frozenset()
    severities: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, tuple[tuple[date, Decimal], ...]] = field(default_factory=dict)  # the oldest first


PLAIN = Settings()


class Checker:
    """A pack as it stands in one area; made once, then used for many dossiers."""

    def __init__(self, pack: Pack, settings: Settings = PLAIN):
        self.pack = pack
        self.settings = settings
        self._household: list[tuple[Rule, str]] = []
        self._member: list[tuple[Rule, str]] = []
        for rule in pack.rules.values():
            if rule.code not in settings.off:
                scoped_rules = self._household if rule.on == "household" else self._member
                scoped_rules.append((rule, settings.severities.get(rule.code, rule.severity)))
        self._values: dict[date, Mapping[str, Any]] = {}

    def values_on(self, day: date) -> Mapping[str, Any]:
        """Every parameter as it holds on `day`; money in fen."""
        if day not in self._values:
            self._values[day] = {code: self._value(code, day) for code in self.pack.parameters}
        return self._values[day]

    def _value(self, code: str, day: date) -> Decimal | None:
        parameter = self.pack.parameters[code]
        changed = [value for since, value in self.settings.values.get(code, ()) if since <= day]
        value = changed[-1] if changed else parameter.on(day)
        return value * FEN if value is not None and parameter.unit == MONEY else value

    def check(self, dossier: Dossier) -> list[Finding]:
        """The findings on a settled dossier, in the pack's order: the household's own, then those of each member."""
        values, key = self.values_on(dossier.closes), dossier.key
        findings = [
            Finding(rule, severity, key, None)
            for rule, severity in self._household
            if rule.run(dossier, None, values) is True
        ]
        for member in dossier.members:
            findings += [
                Finding(rule, severity, key, member.key)
                for rule, severity in self._member
                if rule.run(dossier, member, values) is True
            ]
        return findings
