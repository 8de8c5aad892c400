"""The rules of an exit, and the questionnaires: dated TOML files. An assessment keeps the versions it began with."""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from .frame import KINDS

PACKS = Path(__file__).with_name("packs")
QUESTIONNAIRES = Path(__file__).with_name("questionnaires")
MEASURES = ("incidence", "wrong", "missed", "approval")
YES_NO, CHOICE, COUNT, WORDS = "yes_no", "choice", "count", "words"
ANSWER_KINDS = (YES_NO, CHOICE, COUNT, WORDS)
YES, NO = "yes", "no"
MOST_WORDS = 500
MOST_COUNT = 99


class PackError(Exception):
    """What is wrong with a file of rules or questions."""


class AnswerError(ValueError):
    """An answer that a question does not take: `question` is its code, `why` one of missing, choice, count, long."""

    def __init__(self, question: str, why: str):
        super().__init__(f"{question}: {why}")
        self.question, self.why = question, why


@dataclass(frozen=True, slots=True)
class Line:
    """The line of a measure in per cent: it must lie below it, or reach it at least."""

    value: Decimal
    is_least: bool

    def holds(self, share: float) -> bool:
        """Does a share (0 to 1) keep to the line?"""
        per_cent = Decimal(repr(share)) * 100
        return per_cent >= self.value if self.is_least else per_cent < self.value


@dataclass(frozen=True, slots=True)
class Condition:
    """What a household needs to have left poverty."""

    code: str
    title: str
    title_en: str


@dataclass(frozen=True, slots=True)
class Rules:
    version: str
    title: str
    title_en: str
    since: date
    source: str
    lines: Mapping[str, Line]
    conditions: Mapping[str, Condition]
    counter_days: int  # working days for counter-evidence
    answered: Decimal  # per cent of the drawn households that must have answered before a zero is shown
    text: str  # the file, as it goes into the package
    income_line: Decimal | None = None  # yuan per head of the year, where the area has one


@dataclass(frozen=True, slots=True)
class Choice:
    code: str
    title: str
    title_en: str


@dataclass(frozen=True, slots=True)
class Question:
    code: str
    title: str
    title_en: str
    kind: str
    of: tuple[str, ...]  # the kinds of households that are asked
    choices: tuple[Choice, ...]
    is_needed: bool
    condition: str  # of the household's rules
    suspect: str  # the answer that speaks against the exit, or for a missed household
    is_approval: bool

    def read(self, typed: Any) -> str | int | None:
        """The answer as it is kept; None where nothing was said. Raises `AnswerError`."""
        text = "" if typed is None else str(typed).strip()
        if not text:
            if self.is_needed:
                raise AnswerError(self.code, "missing")
            return None
        if self.kind == COUNT:
            if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_COUNT):
                raise AnswerError(self.code, "count")
            return int(text)
        if self.kind == WORDS:
            if len(text) > MOST_WORDS:
                raise AnswerError(self.code, "long")
            return text
        if text not in self.codes:
            raise AnswerError(self.code, "choice")
        return text

    @property
    def codes(self) -> tuple[str, ...]:
        return (YES, NO) if self.kind == YES_NO else tuple(choice.code for choice in self.choices)


@dataclass(frozen=True, slots=True)
class Questionnaire:
    version: str
    title: str
    title_en: str
    since: date
    questions: Mapping[str, Question]
    text: str

    def asked(self, kind: str) -> list[Question]:
        """The questions for households of a kind."""
        return [question for question in self.questions.values() if kind in question.of]

    def read(self, kind: str, typed: Mapping[str, Any]) -> dict[str, str | int]:
        """The answers of a household as they are kept. Raises `AnswerError`, also for what is not asked here."""
        asked = {question.code: question for question in self.asked(kind)}
        for code in typed:
            if code not in asked:
                raise AnswerError(code, "unknown")
        answers = {code: question.read(typed.get(code)) for code, question in asked.items()}
        return {code: answer for code, answer in answers.items() if answer is not None}

    def speaks_against(self, answers: Mapping[str, Any]) -> list[Question]:
        """The questions whose answers are a reason to suspect a wrong exit or a missed household."""
        return [q for q in self.questions.values() if q.suspect and answers.get(q.code) == q.suspect]

    def approves(self, answers: Mapping[str, Any]) -> bool | None:
        """Does the household approve? None where it was not asked."""
        said = next((answers[q.code] for q in self.questions.values() if q.is_approval and q.code in answers), None)
        return None if said is None else said == YES


def differences(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    """The questions whose answers two entries of one paper do not give alike."""
    return sorted(code for code in {*first, *second} if first.get(code) != second.get(code))


def rules_versions() -> list[str]:
    """The shipped versions of the rules, the newest name first."""
    return _versions(PACKS)


def questionnaire_versions() -> list[str]:
    """The shipped versions of the questionnaire, the newest name first."""
    return _versions(QUESTIONNAIRES)


@functools.cache
def rules_read(version: str) -> Rules:
    """The shipped rules of a version."""
    return rules_of_text(version, _load(PACKS, version))


def rules_of_text(version: str, text: str) -> Rules:
    """The rules that a file says. Raises `PackError`."""
    data = _parsed(version, text)
    try:
        lines = {measure: _line(data["county"][measure]) for measure in MEASURES}
        conditions = {said["code"]: Condition(**said) for said in data["household"]}
        return Rules(
            version=version,
            title=data["title"],
            title_en=data["title_en"],
            since=data["since"],
            source=data["source"],
            lines=lines,
            conditions=conditions,
            counter_days=int(data["clocks"]["counter"]),
            answered=Decimal(data["quality"]["answered"]),
            text=text,
        )
    except (KeyError, TypeError, InvalidOperation) as error:
        raise PackError(f"{version}: {error!r}") from error


@functools.cache
def questionnaire_read(version: str) -> Questionnaire:
    """The shipped questionnaire of a version."""
    return questionnaire_of(version, _load(QUESTIONNAIRES, version))


def questionnaire_of(version: str, text: str) -> Questionnaire:
    """The questionnaire that a file says. Raises `PackError`."""
    data = _parsed(version, text)
    try:
        questions = [_question(said) for said in data["question"]]
        if len({question.code for question in questions}) < len(questions):
            raise PackError(f"{version}: two questions have one code")
        return Questionnaire(
            version, data["title"], data["title_en"], data["since"], {q.code: q for q in questions}, text
        )
    except (KeyError, TypeError) as error:
        raise PackError(f"{version}: {error!r}") from error


def _versions(folder: Path) -> list[str]:
    return sorted((path.stem for path in folder.glob("*.toml")), reverse=True)


def _load(folder: Path, version: str) -> str:
    if version not in _versions(folder):
        raise PackError(f"there is no version {version}")
    return (folder / f"{version}.toml").read_text("utf-8")


def _parsed(version: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PackError(f"{version}: {error}") from error


def _line(said: Mapping[str, str]) -> Line:
    ((word, value),) = said.items()
    if word not in ("below", "least"):
        raise PackError(f"a line is below or least, not {word}")
    return Line(Decimal(value), word == "least")


def _question(said: Mapping[str, Any]) -> Question:
    kind, of = said["kind"], tuple(said.get("of", KINDS))
    if kind not in ANSWER_KINDS or not set(of) <= set(KINDS):
        raise PackError(f"{said['code']}: kind {kind} of {of}")
    choices = tuple(Choice(choice["code"], choice["text"], choice["text_en"]) for choice in said.get("choices", ()))
    question = Question(
        code=said["code"],
        title=said["text"],
        title_en=said["text_en"],
        kind=kind,
        of=of,
        choices=choices,
        is_needed=said.get("needed", True),
        condition=said.get("condition", ""),
        suspect=said.get("suspect", ""),
        is_approval=said.get("approval", False),
    )
    if (kind == CHOICE) != bool(choices) or (question.suspect and question.suspect not in question.codes):
        raise PackError(f"{question.code}: choices")
    return question
