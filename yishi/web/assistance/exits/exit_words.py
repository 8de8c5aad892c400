"""How an exit assessment is told: rules and questions in the reader's language, shares, what the register says."""

from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from yishi.assistance.exits.models import ExitAssessment, ExitSample, ExitSuspicion
from yishi.assistance.exits.settings import rules_of
from yishi.assistance.exits.survey.area import ANSWERED, CONDITION, COUNTER, INCOME, Change
from yishi.assistance.exits.survey.pack import COUNT, NO, WORDS, YES, Question, rules_read, rules_versions
from yishi.assistance.register import codes
from yishi.kit.money import yuan_text
from yishi.notices.days import day_said
from yishi.organisations.models import PlaceSetItem

NUMBERS = {
    COUNTER: gettext_lazy("time for counter-evidence"),
    ANSWERED: gettext_lazy("drawn households that must have answered before a zero is shown"),
    INCOME: gettext_lazy("income line of the year"),
}
MEASURES = {
    "incidence": gettext_lazy("incidence of poverty, all told"),
    "wrong": gettext_lazy("wrong exits"),
    "missed": gettext_lazy("missed households"),
    "approval": gettext_lazy("approval"),
}
ZEROS = {
    "counter": gettext_lazy("no suspicion that called for counter-evidence"),
    "wrong": gettext_lazy("no wrong exit"),
    "missed": gettext_lazy("no missed household"),
}
STAGE_BADGES = {"framed": "warn", "drawn": "info", "closed": "ok", "dropped": "neutral"}
STATE_BADGES = {"open": "warn", "countered": "info", "upheld": "late", "dismissed": "ok"}


def rule_title(code: str) -> str:
    """What a line, a clock or a condition of the rules is called (codes of survey/area)."""
    if code.startswith(CONDITION):
        wanted = code.removeprefix(CONDITION)
        found = (rules_read(version).conditions.get(wanted) for version in rules_versions())
        return next((in_words(condition) for condition in found if condition is not None), wanted)
    return str(MEASURES.get(code) or NUMBERS[code])


def number_words(code: str, value: Decimal) -> str:
    """A number of the rules with its unit: a line in per cent, working days, yuan."""
    plain = f"{value.normalize():,f}"
    if code == COUNTER:
        return _("%(days)s working days") % {"days": plain}
    if code == INCOME:
        return _("%(yuan)s yuan") % {"yuan": plain}
    if code == ANSWERED:
        return f"{plain}%"
    return line_words({"is_least": code == "approval", "line": plain, "value": plain})


def change_words(change: Change) -> dict[str, Any]:
    """What an area had changed when an assessment began: the rule, what held, since when and by which document."""
    said = _("is none here") if change.is_off or change.value is None else number_words(change.code, change.value)
    return {"title": rule_title(change.code), "text": said, "change": change}


def in_words(said: Any) -> str:
    """The title of a rule, a question or a choice in the language of the page: Chinese, or English."""
    return str(said.title if (get_language() or "").startswith("zh") else said.title_en)


def per_cent(share: float | None) -> str:
    """A share of 0 to 1 with two digits behind the point; nothing where there is none."""
    return "" if share is None else f"{share * 100:.2f}%"


def interval(low: float, high: float) -> str:
    return f"{low * 100:.2f}%–{high * 100:.2f}%"


def line_words(line: dict[str, Any]) -> str:
    """The line of the rules that a share must keep to."""
    text = _("at least %(line)s%%") if line["is_least"] else _("below %(line)s%%")
    return text % {"line": line["value"]}


def list_words(item: PlaceSetItem) -> str:
    """A list of poor places, since when a place stands in it and until when, and by which papers."""
    begun = _("from %(day)s") % {"day": day_said(item.valid_from)}
    said = [item.place_set.name, " · ".join(filter(None, (begun, item.paper)))]
    if item.valid_to is not None:
        left = _("left it after %(day)s") % {"day": day_said(item.valid_to)}
        said.append(" · ".join(filter(None, (left, item.end_paper))))
    return "；".join(said)


def who(sample: ExitSample) -> str:
    """A drawn household as its visitors call it: its head, or the line of the village's roster."""
    if sample.household is not None:
        return f"{sample.household.head.name} · {sample.household.number}"
    return _("line %(line)s of the village's roster") % {"line": sample.roster_line}


def known_words(known: dict[str, Any]) -> list[tuple[str, str]]:
    """What the register says of a household, as pairs of label and text: it is compared at home, not asked."""
    facts: list[tuple[Any, Any]] = []
    if known.get("income_line") is not None:
        facts.append((_("income line of the year, in yuan"), yuan_text(known["income_line"])))
    if "people" in known:
        facts.append((_("people"), known["people"]))
    if "year" in known:
        facts.append((_("of the year"), known["year"]))
    if known.get("net_per_head") is not None:
        facts.append((_("net income per head, in yuan"), yuan_text(known["net_per_head"])))
    if known.get("house_grade"):
        facts.append((_("grade of the house in the register"), codes.label("house_grade", known["house_grade"])))
    if known.get("water_is_safe") is not None:
        facts.append((_("drinking water is safe"), _("yes") if known["water_is_safe"] else _("no")))
    if "uninsured" in known:
        facts.append((_("not insured"), known["uninsured"]))
        facts.append((_("out of school"), known["out_of_school"]))
    return [(str(label), str(value)) for label, value in facts]


def answer_words(question: Question, answer: Any) -> str:
    """An answer as it is read."""
    if answer in (None, ""):
        return "—"
    if question.kind in (COUNT, WORDS):
        return str(answer)
    return dict(choices_of(question)).get(str(answer), str(answer))


def choices_of(question: Question) -> list[tuple[str, str]]:
    if question.choices:
        return [(choice.code, in_words(choice)) for choice in question.choices]
    return [(YES, _("yes")), (NO, _("no"))]


def conditions_words(suspicion: ExitSuspicion, assessment: ExitAssessment) -> str:
    """What is not met, as the rules of the assessment call it."""
    known = rules_of(assessment).conditions
    return "、".join(in_words(known[code]) for code in suspicion.conditions if code in known)
