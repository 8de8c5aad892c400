"""Projects built: approved, begun, reported on with or without photos, finished, or given up."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.campaign.services.campaigns import thousandths
from yishi.assistance.projects.models import (
    ProgressLine,
    ProgressReport,
    Project,
    ProjectPhoto,
)
from yishi.assistance.projects.shown import project_digest
from yishi.assistance.projects.stages import standing_among, step
from yishi.attachments.models import Attachment
from yishi.database.words import Words
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.journal.shown import check_shown
from yishi.kit.errors import Refusal
from yishi.kit.ids import child_id
from yishi.kit.text import clean
from yishi.notices.days import happened
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body
from yishi.organisations.rights import permit

from .funds import WHY, locked_project, nothing_bound, passed
from .progress import Standing, standing_of
from .projects import decides_own, enter, note_step, parts_of

WHY_IMPLAUSIBLE = Words("reason", 300)
PAPER = Words("paper", 64)
STEP_WORDS = Words("words", 300)
PHOTO_WORDS = Words("words", 100)
REPORT_WORDS = Words("words", 500)

S = Project.Stage
MOST_PHOTOS = 9


def project_approve(
    *,
    actor: Viewer,
    project: Project,
    on: date,
    acceptor: Body | None = None,
    paper: str = "",
    words: str = "",
    shown: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """Approve the plan, as an office above the project that does not build it, and perhaps name who is to accept the
    works. `shown`: the hash of the plan that was read (`project_digest`).

    Result: project.
    """
    by = permit("project.approve", actor, project)
    body = {
        "project": project.pk,
        "on": on,
        "acceptor": acceptor.pk if acceptor else None,
        "paper": paper,
        "words": words,
    }
    with act("assistance.project.approve", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_project(project)
        stage = step(row, "approve")
        if not parts_of(row):
            raise Refusal("project.no_quantity", _("The plan does not say yet what is built and how much of it."))
        if not row.planned_money.exists():
            raise Refusal("project.no_money", _("The plan does not say yet where its money comes from."))
        if acceptor is not None and acceptor.pk == row.responsible_id:
            raise Refusal("acceptance.self", _("Nobody accepts their own works: another body does."), field="acceptor")
        now = project_digest(row)
        check_shown(shown, now)
        row.stage, row.paper, row.acceptor = stage, PAPER.kept(paper), acceptor
        row.save(update_fields=["stage", "paper", "acceptor"])
        own = decides_own(actor, row)
        note_step(this, row, "approve", in_order(row, on), STEP_WORDS.kept(words), same_hands=own)
        enter(this, row, on=on, shown=now)
    return this.receipt


def project_start(*, actor: Viewer, project: Project, on: date, words: str = "", act_id: UUID | None = None) -> Receipt:
    """The works begin (开工). Result: project."""
    return _walk("start", actor, project, on, words, act_id)


def project_finish(
    *, actor: Viewer, project: Project, on: date, words: str = "", act_id: UUID | None = None
) -> Receipt:
    """The works are done (完工): every part as planned, else the words say why. Result: project."""
    return _walk("finish", actor, project, on, words, act_id)


def _walk(verb: str, actor: Viewer, project: Project, on: date, words: str, act_id: UUID | None) -> Receipt:
    """One step of the works, "start" or "finish", by the desk that builds."""
    by = permit("project.build", actor, project)
    body = {"project": project.pk, "on": on, "words": words}
    with act(f"assistance.project.{verb}", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_project(project)
        stage = step(row, verb)
        if verb == "finish":
            short = [standing.part.name for standing in standing_of(row) if standing.done < standing.part.planned]
            if short and not clean(words):
                raise Refusal(
                    "project.short",
                    _("Less is done than planned at: %(where)s. Report the progress first, or write why.")
                    % {"where": "、".join(short[:10])},
                    field="words",
                )
        row.stage = stage
        row.save(update_fields=["stage"])
        note_step(this, row, verb, in_order(row, on), STEP_WORDS.kept(words))
        enter(this, row, on=on)
    return this.receipt


def project_drop(*, actor: Viewer, project: Project, reason: str, act_id: UUID | None = None) -> Receipt:
    """Give up a project for which no money is bound, with the reason. Result: project."""
    by = permit("project.plan", actor, project)
    with act(
        "assistance.project.drop", actor=by, act_id=act_id, body={"project": project.pk, "reason": reason}
    ) as this:
        if this.replayed:
            return this.receipt
        row = locked_project(project)
        stage = step(row, "drop")
        why = WHY.kept(reason)
        nothing_bound(row)
        row.stage = stage
        row.save(update_fields=["stage"])
        note_step(this, row, "drop", timezone.localdate(this.now), why)
        enter(this, row)
    return this.receipt


def progress_report(
    *,
    actor: Viewer,
    project: Project,
    done: Mapping[UUID, Decimal],
    on: date,
    words: str = "",
    reason: str = "",
    photos: Sequence[Attachment] = (),
    act_id: UUID | None = None,
) -> Receipt:
    """Report how much of each part (by its id, in its unit) is done in all on that day. Result: project, report.

    More than planned, or less than an earlier report said, needs a reason. Photos are welcome and never needed.
    """
    by = permit("project.build", actor, project)
    body = {
        "project": project.pk,
        "done": {str(key): amount for key, amount in done.items()},
        "on": on,
        "words": words,
        "reason": reason,
        "photos": [photo.sha256 for photo in photos],
    }
    with act("assistance.project.report", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        project = locked_project(project)
        step(project, "report")
        day = in_order(project, on, beginning=True)
        before = {standing.part.pk: standing for standing in standing_of(project)}
        lines = {
            key: thousandths(amount, field_of(key), least=0, unit=before[key].part.quantity.unit)
            for key, amount in done.items()
            if key in before
        }
        if not lines or len(lines) < len(done):
            raise Refusal("progress.nothing", _("Type for at least one part how much is done in all."))
        why = WHY_IMPLAUSIBLE.kept(reason)
        if not why:
            _plausible(project, lines, before, day)
        report = ProgressReport.objects.create(
            id=child_id(this.id, 1),
            project=project,
            stage=project.stage,
            on=day,
            words=REPORT_WORDS.kept(words),
            reason=why,
            by=actor.person,
            body_id=this.actor.body_id,
            at=this.now,
        )
        ProgressLine.objects.bulk_create(
            ProgressLine(report=report, part=before[key].part, done=amount) for key, amount in lines.items()
        )
        _keep_photos(project, photos, day, report)
        _enter_progress(this, project, before, day)
        this.result(project=project.pk, report=report.pk)
    return this.receipt


def photos_add(
    *,
    actor: Viewer,
    project: Project,
    photos: Sequence[Attachment],
    on: date,
    stage: str = "",
    words: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """Add photos of the works, at the stage that is named (without one, the present stage). Result: project."""
    by = permit("project.build", actor, project)
    body = {
        "project": project.pk,
        "photos": [photo.sha256 for photo in photos],
        "on": on,
        "stage": stage,
        "words": words,
    }
    with act("assistance.project.photo", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_project(project)
        if not photos:
            raise Refusal("photo.none", _("Please choose a photo."), field="photo_1")
        _keep_photos(row, photos, passed(on), None, stage or row.stage, PHOTO_WORDS.kept(words))
        enter(this, row, photos=len(photos))
    return this.receipt


def field_of(part: UUID) -> str:
    """The name of a part's field in a form."""
    return f"part_{part.hex}"


def in_order(project: Project, on: date, *, beginning: bool = False) -> date:
    """The day of a step. Refuses one that is to come, or that lies before the last step (with `beginning`: before the
    works began)."""
    verbs = {"start"} if beginning else {"approve", "start", "finish", "fail"}
    taken = [each for each in standing_among(project.steps.all()) if each.verb in verbs]
    if not beginning:
        taken += project.steps.filter(verb="plan")
    last = max(taken, key=lambda each: each.on, default=None)
    before = (last.on, _("This day lies before the step of %(day)s. Give a later day.")) if last else None
    return happened(on, "on", code="project", not_before=before)


def _plausible(project: Project, lines: Mapping[UUID, int], before: Mapping[UUID, Standing], day: date) -> None:
    """For a report without a reason: refuse more than planned, and less than an earlier day's report."""
    earlier = {standing.part.pk: standing.done for standing in standing_of(project, until=day)}
    for key, amount in lines.items():
        part = before[key].part
        if amount > part.planned:
            raise Refusal(
                "progress.more",
                _("%(where)s: planned are %(planned)s %(unit)s. If more is done, write the reason below.")
                % {"where": part.name, "planned": plain(part.planned), "unit": part.quantity.unit},
                field=field_of(key),
            )
        if amount < earlier[key]:
            raise Refusal(
                "progress.less",
                _("%(where)s: %(done)s %(unit)s were reported earlier. If it is less, write the reason below.")
                % {"where": part.name, "done": plain(earlier[key]), "unit": part.quantity.unit},
                field=field_of(key),
            )


KILOMETRES = ("公里", "千米", "km")  # units that people type for one measure: entries hold codes, no words


def plain(amount: int) -> str:
    """An amount in thousandths as a number for people."""
    return f"{(Decimal(amount) / 1000).normalize():f}"


def _enter_progress(this: Act, project: Project, before: Mapping[UUID, Standing], day: date) -> None:
    """An entry for each part whose standing changes, with what it changes by: entries add up to what stands."""
    entered = False
    for now in standing_of(project):
        change = now.done - before[now.part.pk].done
        if not change:
            continue
        entered = True
        this.entry(
            subject=("project", project.pk),
            place=now.part.place_id or project.place_id,
            at=this.on_day(day),
            dims={
                "campaign": project.campaign_id,
                "kind": project.kind,
                "part": now.part.pk,
                "measure": "km" if now.part.quantity.unit in KILOMETRES else "",
            },
            quantities={"done": change},
        )
    if not entered:
        enter(this, project, on=day)


def _keep_photos(
    project: Project,
    photos: Sequence[Attachment],
    on: date,
    report: ProgressReport | None,
    stage: str = "",
    words: str = "",
) -> None:
    if len(photos) > MOST_PHOTOS:
        raise Refusal("photo.many", _("At most 9 photos at a time."), field="photo_1")
    stage = stage or project.stage
    if stage not in S.values:
        raise Refusal("photo.stage", _("Please choose one of the values that are offered."), field="stage")
    ProjectPhoto.objects.bulk_create(
        ProjectPhoto(project=project, stage=stage, file=photo, report=report, on=on, words=words) for photo in photos
    )
