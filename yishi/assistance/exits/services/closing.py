"""An assessment is closed: its figures and files are frozen in a signed package. Closed by mistake, it is reopened."""

import csv
import hashlib
import io
import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.assistance.exits.models import ExitAssessment, ExitFile, ExitInterview, ExitSuspicion
from yishi.assistance.exits.reads import results_now, still_open
from yishi.assistance.exits.settings import rules_of
from yishi.assistance.exits.survey.draw import draw
from yishi.assistance.exits.survey.frame import frame_read
from yishi.assistance.exits.survey.pack import questionnaire_read
from yishi.assistance.exits.survey.package import package_write
from yishi.assistance.register.services.identity import ring
from yishi.database.words import Words
from yishi.journal.act import act, canonical, plain
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.organisations.demo import demo_mark
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit

from .assessments import locked
from .framing import file_keep, file_of

WHY = Words("reason", 300, _("Please say why it is opened again."), code="exit.reopen_reason")
Stage = ExitAssessment.Stage


def assessment_close(*, actor: Viewer, assessment: ExitAssessment, act_id: UUID | None = None) -> Receipt:
    """Close an assessment in which every drawn household was visited, every paper is settled and every suspicion
    ruled: the figures stand as they are now, in a package signed with the installation's key. Result: assessment,
    hash."""
    by = permit("exit.close", actor, assessment)
    with act("assistance.exit.close", actor=by, act_id=act_id, body={"assessment": assessment.pk}) as this:
        if this.replayed:
            return this.receipt
        row = locked(assessment, Stage.DRAWN)
        waiting = still_open(row)
        if any(waiting.values()):
            raise Refusal(
                "exit.unfinished",
                _(
                    "Not finished: %(unvisited)d households without an interview, %(papers)d papers not settled, "
                    "%(suspicions)d suspicions not ruled."
                )
                % waiting,
            )
        row.results = plain(results_now(row))
        row.stage, row.closed_by, row.closed_at = Stage.CLOSED, actor.person, this.now
        content = _package(row)
        row.package_hash = hashlib.sha256(content).hexdigest()
        row.save(update_fields=["results", "stage", "closed_by", "closed_at", "package_hash"])
        file_keep(row, ExitFile.Kind.PACKAGE, content)
        this.entry(subject=("exit_assessment", row.pk), place=row.place_id, data={"hash": row.package_hash})
        this.result(assessment=row.pk, hash=row.package_hash)
    return this.receipt


def assessment_reopen(*, actor: Viewer, assessment: ExitAssessment, reason: str, act_id: UUID | None = None) -> Receipt:
    """Open an assessment again that was closed by mistake, before it is decided; its package is void, and a package
    that was handed out before no longer has the hash on the page. Result: assessment."""
    by = permit("exit.reopen", actor, assessment)
    body = {"assessment": assessment.pk, "reason": reason}
    with act("assistance.exit.reopen", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked(assessment, Stage.CLOSED)
        if row.decision:
            raise WrongStage("exit.decided", _("It is decided. Take the decision back first."))
        why, was = WHY.kept(reason), row.package_hash
        row.stage, row.results, row.package_hash, row.closed_by, row.closed_at = Stage.DRAWN, {}, "", None, None
        row.save(update_fields=["stage", "results", "package_hash", "closed_by", "closed_at"])
        ExitFile.objects.filter(assessment=row, kind=ExitFile.Kind.PACKAGE).delete()
        this.entry(subject=("exit_assessment", row.pk), place=row.place_id, data={"reason": why, "hash": was})
        this.result(assessment=row.pk)
    return this.receipt


def _package(row: ExitAssessment) -> bytes:
    """The package of an assessment. It names nobody: households by their codes in the frame."""
    frame = file_of(row, ExitFile.Kind.FRAME)
    rules, questionnaire = rules_of(row), questionnaire_read(row.questionnaire)
    files = {
        "frame.csv": frame,
        "sample.csv": draw(frame_read(frame.decode()), row.seed).written().encode(),
        f"rules-{row.rules}.toml": rules.text.encode(),
        "rules-of-the-area.json": _json(row.area_rules),
        f"questionnaire-{row.questionnaire}.toml": questionnaire.text.encode(),
        "interviews.csv": _table(_interviews(row, list(questionnaire.questions))),
        "suspicions.csv": _table(_suspicions(row)),
        "results.json": _json(row.results),
    }
    about = {
        "number": row.number,
        "place": row.place.full_name,
        "code": row.place.code,
        "year": row.year,
        "as_of": row.as_of.isoformat(),
        "rules": row.rules,
        "questionnaire": row.questionnaire,
        "seed": row.seed,
        "seed_source": row.seed_source,
        "frame": row.frame_hash,
    }
    if mark := demo_mark():
        about["demo"] = mark
    keys = ring()
    return package_write(about, files, key=keys.public_key, sign=keys.sign)


def _json(said: Any) -> bytes:
    return (json.dumps(said, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def _interviews(row: ExitAssessment, questions: list[str]) -> Iterable[list[Any]]:
    """A line for each interview; of free words only the hash of the whole record stands here."""
    said = [code for code in questions if code != "remark"]
    yield ["code", "kind", "outcome", "on", "paper", "second", "settled", *said, "record"]
    interviews = ExitInterview.objects.filter(sample__assessment=row).select_related("sample")
    for interview in interviews.order_by("sample__stratum", "sample__rank"):
        answers = interview.said
        whole = canonical({"known": interview.known, "answers": answers, "version": interview.questionnaire})
        yield [
            interview.sample.code,
            interview.sample.kind,
            interview.outcome,
            interview.on.isoformat(),
            int(interview.on_paper),
            int(interview.second_answers is not None),
            int(interview.settled_answers is not None),
            *(answers.get(code, "") for code in said),
            hashlib.sha256(whole.encode()).hexdigest(),
        ]


def _suspicions(row: ExitAssessment) -> Iterable[list[Any]]:
    yield ["number", "code", "kind", "conditions", "people", "due_on", "counters", "state", "basis", "ruling"]
    suspicions = ExitSuspicion.within.filter(sample__assessment=row).select_related("sample")
    for suspicion in suspicions.order_by("number"):
        yield [
            suspicion.number,
            suspicion.sample.code,
            suspicion.kind,
            " ".join(suspicion.conditions),
            suspicion.people,
            suspicion.due_on.isoformat(),
            suspicion.counters.count(),
            suspicion.state,
            suspicion.basis,
            suspicion.ruling_reason,
        ]


def _table(rows: Iterable[list[Any]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()
