"""Acceptance by another body than the builder (验收); defects, and whatever else is owed to a project, are promises."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from yishi.assistance.campaign.services.campaigns import thousandths
from yishi.assistance.projects.models import (
    Acceptance,
    AcceptanceLine,
    Project,
    QuantityPart,
)
from yishi.assistance.projects.rules import builds_it
from yishi.assistance.projects.stages import step
from yishi.attachments.models import Attachment
from yishi.commitments.models import Commitment
from yishi.commitments.services import promise_make
from yishi.database.words import Words
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal
from yishi.kit.ids import child_id
from yishi.organisations.grants import Viewer, system
from yishi.organisations.models import Body
from yishi.organisations.rights import permit

from .building import field_of, in_order, plain
from .funds import locked_project
from .progress import standing_of
from .projects import enter, note_step

LOOKED_AT = Words("words", 500, _("Write what was looked at and found."), code="acceptance.words")

Result = Acceptance.Result


@dataclass(frozen=True, slots=True)
class Defect:
    """What is to be mended, until when: it becomes a promise of the responsible body."""

    text: str
    due_on: date


def project_accept(
    *,
    actor: Viewer,
    project: Project,
    body: Body,
    on: date,
    result: str,
    words: str,
    found: Mapping[UUID, Decimal] | None = None,
    defects: Sequence[Defect] = (),
    file: Attachment | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Say what another body than the builder found at the acceptance, part by part. Result: project, acceptance,
    promises.

    `found`: by part how much is in order, in its unit; a part that is not named counts as it was reported (nothing, if
    the works did not pass). Passed, with or without defects, the project is accepted; not passed, it is under
    construction again. Each defect is a promise of the responsible body under the accepting body's supervision.
    """
    by = permit("project.accept", actor, project, at=body)
    sent = {
        "project": project.pk,
        "body": body.pk,
        "on": on,
        "result": result,
        "words": words,
        "found": {str(key): amount for key, amount in (found or {}).items()},
        "defects": [[defect.text, defect.due_on] for defect in defects],
        "file": file.sha256 if file else None,
    }
    with act("assistance.project.accept", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        project = locked_project(project)
        if result not in Result.values:
            raise Refusal("acceptance.result", _("Please choose one of the values that are offered."), field="result")
        stage = step(project, "fail" if result == Result.FAILED else "pass")
        _another_body(project, body)
        if bool(defects) != (result == Result.DEFECTS):
            raise Refusal(
                "acceptance.defects",
                _("Defects go with “passed; defects to be mended”: name each with the day by which it is mended."),
                field="defects",
            )
        report = LOOKED_AT.kept(words)
        acceptance = Acceptance.objects.create(
            id=child_id(this.id, 1),
            project=project,
            body=body,
            on=in_order(project, on),
            result=result,
            words=report,
            file=file,
            by=actor.person,
            same_hands=not actor.is_system and builds_it(actor, project),
            at=this.now,
        )
        accepted = _found(project, found or {}, result)
        AcceptanceLine.objects.bulk_create(
            AcceptanceLine(acceptance=acceptance, part=part, amount=amount) for part, amount in accepted
        )
        project.stage = stage
        project.save(update_fields=["stage"])
        note_step(this, project, "fail" if result == Result.FAILED else "pass", on, "")
        enter(this, project, on=on, result=result, accepted=[[part.pk, amount] for part, amount in accepted])
        promises = [
            _owe(this, project, body, defect.text, defect.due_on, _("Re-check on the spot")) for defect in defects
        ]
        this.result(acceptance=acceptance.pk, promises=promises)
    return this.receipt


def project_promise(
    *,
    actor: Viewer,
    project: Project,
    bearer: Body,
    supervisor: Body,
    text: str,
    due_on: date,
    proof_expected: str,
    quantity: Decimal | None = None,
    unit: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """Something that somebody owes the project becomes a promise in the ledger, in force at once.

    Result: commitment.
    """
    by = permit("project.promise", actor, project)
    sent = {
        "project": project.pk,
        "bearer": bearer.pk,
        "supervisor": supervisor.pk,
        "text": text,
        "due_on": due_on,
        "proof": proof_expected,
        "quantity": quantity,
        "unit": unit,
    }
    with act("assistance.project.promise", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        row = locked_project(project)
        step(row, "promise")
        made = _owe(this, row, supervisor, text, due_on, proof_expected, bearer, quantity, unit)
        enter(this, row, commitment=made)
        this.result(commitment=made)
    return this.receipt


def promises_of(project: Project) -> QuerySet[Commitment]:
    """The promises that belong to a project, within the viewer's reach."""
    commitments = Commitment.objects.filter(origin_kind=Commitment.Origin.PROJECT, origin_id=project.pk)
    return commitments.select_related("bearer", "supervisor").order_by("due_on", "pk")


def _another_body(project: Project, body: Body) -> None:
    builders = {project.responsible_id, *project.contracts.values_list("contractor", flat=True)}
    if body.pk in builders:
        raise Refusal("acceptance.self", _("Nobody accepts their own works: another body does."), field="body")


def _found(project: Project, measured: Mapping[UUID, Decimal], result: str) -> list[tuple[QuantityPart, int]]:
    """What is accepted of each part: as found, else all that is done; never more than is done."""
    accepted = []
    for standing in standing_of(project):
        typed = measured.get(standing.part.pk)
        amount = (
            standing.done
            if typed is None
            else thousandths(typed, field_of(standing.part.pk), least=0, unit=standing.part.quantity.unit)
        )
        if result == Result.FAILED and typed is None:
            amount = 0
        if amount > standing.done:
            raise Refusal(
                "acceptance.more",
                _("%(where)s: %(done)s %(unit)s are reported as done; not more can be accepted.")
                % {"where": standing.part.name, "done": plain(standing.done), "unit": standing.part.quantity.unit},
                field=field_of(standing.part.pk),
            )
        accepted.append((standing.part, amount))
    return accepted


def _owe(
    this: Act,
    project: Project,
    supervisor: Body,
    text: str,
    due_on: date,
    proof: object,
    bearer: Body | None = None,
    quantity: Decimal | None = None,
    unit: str = "",
) -> UUID:
    """A promise in the ledger, in force at once: by the right of the act on the project that makes it."""
    # What follows from a stage of the project is owed by its responsible body: no desk agrees it by a right of its own.
    commitment = promise_make(
        this,
        system(),
        origin=(Commitment.Origin.PROJECT, project.pk),
        place=project.place,
        bearer=bearer or project.responsible,
        act_text=text,
        due_on=due_on,
        proof_expected=str(proof),
        supervisor=supervisor,
        quantity=quantity,
        unit=unit,
    )
    return commitment.pk
