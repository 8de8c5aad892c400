"""What somebody read when they consented, approved or checked: its text in one canonical form, and the hash of it.

What changes after an approval no longer has it (`yishi/journal/shown.py`).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from yishi.deliberation.models import Agreement, Duty, GateRequest, Matter, Minutes, Release, Stage, Study
from yishi.journal.shown import digest

from .process.schema import Model

DUTY_COLUMNS = (
    "act",
    "bearer_id",
    "bearer_person_id",
    "quantity",
    "unit",
    "due_on",
    "conditions",
    "proof_expected",
    "supervisor_id",
)
BEARER_COLUMNS = ("bearer_party_id", "bearer_household", "responsible")


def agreement_shown(agreement: Agreement, duties: Iterable[Duty] | None = None) -> dict[str, Any]:
    """What a party consents to: the words, the conditions, and each duty."""
    rows = agreement.duties.order_by("ordinal") if duties is None else duties
    return {
        "text": agreement.text,
        "conditions": agreement.conditions,
        "minority": agreement.minority,
        "duties": [_duty_shown(duty) for duty in rows],
    }


def _duty_shown(duty: Duty) -> list[Any]:
    """A duty's columns; those of a bearer without a desk only where there is one, so that older consents stand."""
    further = {column: _plain(getattr(duty, column)) for column in BEARER_COLUMNS if getattr(duty, column)}
    return [_plain(getattr(duty, column)) for column in DUTY_COLUMNS] + ([further] if further else [])


def agreement_digest(agreement: Agreement) -> str:
    """The hash of the agreement as its page shows it: a consent belongs to this text and falls with it."""
    return digest(agreement_shown(agreement))


def study_digest(study: Study) -> str:
    """What the second person checks: question, report, visits and findings."""
    return digest(
        {
            "question": study.question,
            "report": study.report,
            "visits": [str(visit.pk) for visit in study.visits.order_by("pk")],
            "findings": list(study.findings.values_list("text", "source")),
        }
    )


def minutes_digest(minutes: Minutes) -> str:
    """What is issued: the text of the minutes."""
    return digest({"text": minutes.text})


def minutes_issue_digest(minutes: Minutes) -> str:
    """What is issued: the text, and what those who were there said to it."""
    answers = minutes.answers.filter(draft=minutes.draft).order_by("pk")
    said = [[str(key), agrees, words] for key, agrees, words in answers.values_list("seat", "agrees", "objection")]
    return digest({"text": minutes.text, "answers": said}) if said else minutes_digest(minutes)


def release_digest(release: Release, texts: Mapping[Any, str]) -> str:
    """What becomes public: the texts, and which photos."""
    photos = sorted(str(key) for key in release.photos.values_list("pk", flat=True))
    return digest({"texts": list(texts.values()), "photos": photos, "statements": release.shows_statements})


def gate_shown(
    matter: Matter, step: str, model: Model, agreement: Agreement | None, duties: Iterable[Duty] | None = None
) -> dict[str, Any]:
    """What a gate approves: title and purpose of the matter; at the hand-over the agreement and its duties too."""
    shown: dict[str, Any] = {"title": matter.title, "summary": matter.summary}
    of_step = model.step(step)
    if of_step is not None and of_step.stage == Stage.HANDED_OVER and agreement is not None:
        shown |= agreement_shown(agreement, duties)
    return shown


def gate_is_stale(gate: GateRequest, shown: Mapping[str, Any]) -> bool:
    """Was what this gate approved changed since? Answers from before texts were kept stand until the next change."""
    return gate.answer == GateRequest.Answer.APPROVE and bool(gate.shown) and gate.shown != shown


def _plain(value: Any) -> str | None:
    """A decimal reads alike before and after it was stored."""
    if value is None:
        return None
    return f"{value.normalize():f}" if hasattr(value, "normalize") else str(value)
