"""A step of a project that was taken by mistake is taken back, the last one first; its line stays in the story."""

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.projects.models import Acceptance, Project, ProjectStep
from yishi.assistance.projects.stages import BACK, STEPPED, standing_among
from yishi.commitments.models import Commitment
from yishi.database.words import Words
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit

from .funds import locked_project, nothing_bound
from .projects import enter, note_step

WHY = Words("reason", 300, _("Please say why it is taken back."), code="project.reason")


def steps_that_stand(project: Project) -> list[ProjectStep]:
    """The steps from stage to stage that were not taken back, in the order in which they were recorded."""
    return standing_among(project.steps.all())


def project_step_back(
    *, actor: Viewer, project: Project, verb: str, reason: str, act_id: UUID | None = None
) -> Receipt:
    """Take the project's last step, `verb`, back to the stage before it. Whoever may take the step may take it back,
    as long as nothing rests on it: no money that is bound by an approval, no progress of works that had not begun, no
    promise to mend what an acceptance found. Result: project.
    """
    if verb not in STEPPED:
        raise Refusal("project.verb", _("Please choose one of the values that are offered."), field="verb")
    acceptance = project.acceptances.order_by("-on", "-at").first() if verb in ("pass", "fail") else None
    by = permit(STEPPED[verb], actor, project, at=acceptance.body if acceptance else None)
    body = {"project": project.pk, "verb": verb, "reason": reason}
    with act("assistance.project.step_back", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_project(project)
        standing = steps_that_stand(row)
        if not standing or standing[-1].verb != verb:
            raise WrongStage(
                "project.back.stage", _("Another step was taken meanwhile. Reload the page to see where it stands.")
            )
        why = WHY.kept(reason)
        _nothing_rests_on(row, standing[-1], acceptance)
        if acceptance is not None:
            acceptance.take_back(why, this.now, by.person_id)
        row.stage = standing[-2].stage if len(standing) > 1 else Project.Stage.PLANNED
        row.save(update_fields=["stage"])
        note_step(this, row, BACK, timezone.localdate(this.now), why)
        enter(this, row, taken_back=verb)
    return this.receipt


def _nothing_rests_on(project: Project, taken: ProjectStep, acceptance: Acceptance | None) -> None:
    if taken.verb == "approve":
        nothing_bound(project)
    if taken.verb == "start" and project.reports.filter(at__gte=taken.at).exists():
        raise Refusal("project.reported", _("Progress was reported since: the works have begun."))
    if acceptance is not None and acceptance.result == Acceptance.Result.DEFECTS and _owed(project, acceptance):
        raise Refusal(
            "project.promised",
            _("Promises to mend what was found rest on it. Let them be closed first, each with its reason."),
        )


def _owed(project: Project, acceptance: Acceptance) -> bool:
    """Is something still owed that was promised when the works were accepted?"""
    promises = Commitment.within.filter(origin_kind=Commitment.Origin.PROJECT, origin_id=project.pk)
    of_then = promises.filter(supervisor=acceptance.body, agreed_on__gte=timezone.localdate(acceptance.at))
    return of_then.filter(state__in=[Commitment.State.PROPOSED, Commitment.State.AGREED, *Commitment.OPEN]).exists()
