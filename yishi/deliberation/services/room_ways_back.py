"""A sitting that was opened or closed too early, a statement that was closed too early: taken back, with the reason."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.deliberation.models import Agreement, Matter, Minutes, Sitting, Statement
from yishi.deliberation.process.schema import read_document
from yishi.journal.act import Act, act
from yishi.journal.models import Moved, Receipt
from yishi.journal.moved import FOLLOWED, last_moved, put_back
from yishi.kit.errors import WrongStage
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit

from .course import MOVED, locked
from .course import enter as enter_step
from .room import S, enter, locked_sitting, save, touch

OPENED, CLOSED = "deliberation.sitting.open", "deliberation.sitting.close"
STATEMENT_CLOSED = "deliberation.statement.close"


def sitting_to_step_back(sitting: Sitting) -> Moved | None:
    """Its opening or closing, whichever was last, where nothing rests on it."""
    last = last_moved(("sitting", sitting.pk), OPENED, CLOSED)
    try:
        _check_free(sitting, last)
    except WrongStage:
        return None
    return last


def sitting_step_back(*, actor: Viewer, sitting: Sitting, reason: str, act_id: UUID | None = None) -> Receipt:
    """Opened or closed too early: the sitting stands as it stood, with whoever was in the room and what was open.

    The opening is refused once statements were put to the room. The closing is refused once minutes were issued or an
    agreement of this sitting was recorded; a step into which it led the matter is left again, and the step before has
    its own clock. Result: sitting.
    """
    by = permit("sitting.run", actor, sitting.matter)
    body = {"sitting": sitting.pk, "reason": reason}
    with act("deliberation.sitting.step_back", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(sitting)
        last = last_moved(("sitting", row.pk), OPENED, CLOSED)
        _check_free(row, last)
        moved = put_back(this, last, reason)
        row = locked_sitting(row)
        if moved.code == OPENED:
            row.present_at_opening = None
            row.state = S.NOTICED if row.notice_given_on else row.state
        else:
            row.statements.filter(withdrawn_at__isnull=False).update(is_open=False)
            Minutes.objects.filter(sitting=row).update(due_on=None)  # counted anew when it closes
            _matter_back(this, row.matter, moved)
        save(row, "state", "present_at_opening")
        enter(this, row, was=moved.code)
    return this.receipt


def statement_open_again(*, actor: Viewer, statement: Statement, reason: str, act_id: UUID | None = None) -> Receipt:
    """Closed too early: stances are taken on it again, while its sitting is open. Result: statement."""
    by = permit("sitting.run", actor, statement.sitting.matter)
    body = {"statement": statement.pk, "reason": reason}
    with act("deliberation.statement.open_again", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        sitting = locked_sitting(statement.sitting)
        row = Statement.objects.select_for_update().get(pk=statement.pk)
        if row.withdrawn_at is not None:
            raise WrongStage("statement.withdrawn", _("This statement is withdrawn already."))
        if row.merged_into_id is not None:
            raise WrongStage("statement.merged", _("This statement is withdrawn or merged already. Reload the page."))
        if sitting.state != S.OPEN:
            raise WrongStage(
                "statement.sitting_over", _("The sitting is not open: nobody says any more where they stand.")
            )
        put_back(this, last_moved(("statement", row.pk), STATEMENT_CLOSED), reason)
        touch(sitting.pk)
        this.entry(subject=("matter", sitting.matter_id), place=sitting.matter.place_id, data={"statement": row.pk})
        this.result(statement=row.pk)
    return this.receipt


def statements_to_open(sitting: Sitting) -> set[UUID]:
    """Those that were closed by hand and can be opened again, while the sitting is open."""
    if sitting.state != S.OPEN:
        return set()
    closed = sitting.statements.filter(is_open=False, withdrawn_at__isnull=True, merged_into__isnull=True).values("pk")
    kept = Moved.objects.filter(subject_kind="statement", subject_id__in=closed, code=STATEMENT_CLOSED)
    return set(kept.values_list("subject_id", flat=True))


def _check_free(sitting: Sitting, last: Moved | None) -> None:
    """Refuse where something rests on the opening, or on the closing."""
    if last is not None and last.code == OPENED:
        _check_silent(sitting, last)
    elif last is not None:
        _check_unsettled(sitting)
        matter = sitting.matter
        stays = matter.step in (last.more["step"], last.more["led_to"])
        if matter.state != Matter.State.OPEN or not stays:
            raise WrongStage("matter.moved", MOVED)


def _check_silent(sitting: Sitting, opening: Moved) -> None:
    if sitting.ballots.filter(opened_at__gte=opening.at).exclude(state="void").exists():
        raise WrongStage("sitting.voted", _("A secret ballot was held: the sitting has begun. Close it instead."))
    if sitting.statements.filter(withdrawn_at__isnull=True, at__gte=opening.at).exists():
        raise WrongStage(
            "sitting.began",
            _("Statements were put to the room: the sitting has begun. Withdraw them first, or close it."),
        )


def _check_unsettled(sitting: Sitting) -> None:
    if Minutes.objects.filter(sitting=sitting, issued_at__isnull=False).exists():
        raise WrongStage(
            "sitting.minuted",
            _("The minutes were issued: the sitting stays closed. What is wrong in them is corrected."),
        )
    if Agreement.objects.filter(sitting=sitting).exclude(state=Agreement.State.DRAFT).exists():
        raise WrongStage(
            "sitting.agreed", _("The agreement of this sitting is recorded. Take it back to a draft first.")
        )


def _matter_back(this: Act, matter: Matter, closing: Moved) -> None:
    """The matter is in the step in which the sitting was held, with that step's clock."""
    fresh = locked(matter)
    step = closing.more["step"]
    if fresh.step == step:
        return
    was = fresh.steps.filter(step=step).order_by("-ordinal").first()
    found = read_document(fresh.process.document).step(step)
    if was is None or found is None:
        raise WrongStage("moved.followed", FOLLOWED)
    enter_step(this, fresh, found, note=closing.taken_back_reason)
    record = fresh.steps.order_by("-ordinal")[0]
    record.due_on, record.came_back = was.due_on, was.came_back
    record.save(update_fields=["due_on", "came_back"])
    fresh.step_due_on = was.due_on
    fresh.save(update_fields=["step_due_on"])
