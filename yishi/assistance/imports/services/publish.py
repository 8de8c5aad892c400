"""A checked workbook becomes part of the register as a whole, and leaves it as a whole."""

import logging
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.checks.services.checks import check_run_make
from yishi.assistance.imports.models import Import, ImportPiece
from yishi.assistance.imports.workbooks.kinds import Stale, kind_of
from yishi.assistance.imports.workbooks.results import Result
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.ids import child_id
from yishi.organisations.grants import Viewer, viewer_of
from yishi.organisations.rights import permit

from .pieces import Stage, pieces, results_in

log = logging.getLogger("yishi.assistance.imports")
State = Import.State
PUBLISH = 2  # ordinal of the act that follows from an import's own id


def import_publish(
    *,
    actor: Viewer,
    sent: Import,
    without_bad: bool = False,
    shown: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """Let a checked import begin to be written; it is published when all of it stands. Result: import.

    `without_bad`: rows that cannot be taken are left out and given back; else one of them stops all. It belongs to the
    counts that the page showed (`shown`, see `counts_shown`): a workbook is checked anew when the register changed.
    """
    by = permit(kind_of(sent.kind).right, actor, sent)
    body = {"import": sent.pk, **({"without_bad": shown} if without_bad else {})}
    with act("assistance.import.start", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        workbook = _locked(sent)
        if not without_bad and (workbook.bad or workbook.state == State.FAULTY):
            raise WrongStage("import.faulty", _("Some rows cannot be taken. Mend them and send the workbook again."))
        if without_bad and shown != counts_shown(workbook):
            raise WrongStage("import.anew", _("The workbook was checked anew meanwhile. Look at its page again."))
        if workbook.state not in (State.READY, State.FAULTY):
            raise WrongStage(
                "import.state", _("This workbook is “%(state)s”.") % {"state": workbook.get_state_display()}
            )
        if not (workbook.new or workbook.changed):
            raise WrongStage("import.nothing", _("All of this stands already; there is nothing to import."))
        workbook.state, workbook.done, workbook.published_by = State.WRITING, 0, actor.person
        workbook.save(update_fields=["state", "done", "published_by"])
        this.entry(subject=("import", workbook.pk), place=workbook.place_id, data=_counts(workbook))
        this.result(**{"import": workbook.pk})
    return this.receipt


def counts_shown(workbook: Import) -> str:
    """What a page shows of a checked workbook: how many rows are taken and how many given back."""
    return f"{workbook.new}-{workbook.changed}-{workbook.same}-{workbook.bad}"


def import_switch_on(workbook: Import) -> None:
    """Publish what was written: one short transaction. If the register has changed meanwhile, check it anew."""
    actor = viewer_of(workbook.published_by).at(workbook.body_id)
    kind, body = kind_of(workbook.kind), {"import": workbook.pk, "sha256": workbook.sha256}
    try:
        by = permit(kind.right, actor, workbook)
        turn = kind.turn(workbook, actor, _results(workbook, "changed"), forwards=True)
        began = time.perf_counter()
        with act("assistance.import.publish", actor=by, act_id=child_id(workbook.pk, PUBLISH), body=body) as this:
            if this.replayed:
                return
            locked = _locked(workbook)
            if locked.state != State.WRITING:
                return
            kind.switch_on(locked, actor, this, turn)
            if kind.stirs_checks:
                check_run_make(locked.place)
            locked.state, locked.published_at = State.PUBLISHED, this.now
            locked.done = 0 if kind.follows else locked.total
            locked.save(update_fields=["state", "published_at", "done"])
            this.entry(subject=("import", locked.pk), place=locked.place_id, data=_counts(locked))
            this.result(**{"import": locked.pk, "new": locked.new, "changed": locked.changed})
        log.info("import %s published in %.2f s", workbook.pk, time.perf_counter() - began)
    except Stale as stale:
        import_check_anew(workbook, stale)
    whole = Import.within.filter(pk=workbook.pk, state=State.PUBLISHED, bad=0)  # else rows are to be given back
    ImportPiece.objects.filter(of__in=whole, stage=Stage.ROWS).delete()


def import_check_anew(workbook: Import, stale: Stale) -> None:
    """The register is no longer as it was checked: take away what was written unseen, and begin from the rows."""
    log.info("import %s: %s, is checked anew", workbook.pk, stale.code)
    import_hidden_sweep(workbook)
    ImportPiece.objects.filter(of=workbook, stage=Stage.UNITS).delete()
    Import.within.filter(pk=workbook.pk).update(
        state=State.CHECKING, done=0, new=0, changed=0, same=0, bad=0, notes=[*workbook.notes, ["stale", {}]]
    )


def import_undo(*, actor: Viewer, sent: Import, reason: str = "", act_id: UUID | None = None) -> Receipt:
    """Take a published import back as a whole, unless something was built on it. Result: import."""
    by = permit(kind_of(sent.kind).right, actor, sent)
    actor = actor.at(sent.body_id)
    body = {"import": sent.pk, "reason": reason}
    kind = kind_of(sent.kind)
    turn = kind.turn(sent, actor, _results(sent, "changed"), forwards=False)
    with act("assistance.import.undo", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        workbook = _locked(sent)
        if workbook.state != State.PUBLISHED:
            raise WrongStage(
                "import.state", _("This workbook is “%(state)s”.") % {"state": workbook.get_state_display()}
            )
        if why := kind.built_upon(workbook):
            raise Refusal("import.built_upon", why)
        kind.switch_off(workbook, actor, this, turn)
        if kind.stirs_checks:
            check_run_make(workbook.place)
        workbook.state, workbook.undone_at = State.UNDOING, this.now
        workbook.save(update_fields=["state", "undone_at"])
        this.entry(subject=("import", workbook.pk), place=workbook.place_id, data=_counts(workbook))
        this.result(**{"import": workbook.pk})
    return this.receipt


def import_give_up(*, actor: Viewer, sent: Import, act_id: UUID | None = None) -> Receipt:
    """Drop a workbook that was not published, with all that was kept of it. Result: import."""
    by = permit(kind_of(sent.kind).right, actor, sent)
    with act("assistance.import.give_up", actor=by, act_id=act_id, body={"import": sent.pk}) as this:
        if this.replayed:
            return this.receipt
        workbook = _locked(sent)
        if workbook.state not in (State.READY, State.FAULTY, State.REFUSED):
            raise WrongStage(
                "import.state", _("This workbook is “%(state)s”.") % {"state": workbook.get_state_display()}
            )
        workbook.pieces.all().delete()
        workbook.file.all().delete()
        workbook.state = State.GIVEN_UP
        workbook.save(update_fields=["state"])
        this.entry(subject=("import", workbook.pk), place=workbook.place_id)
        this.result(**{"import": workbook.pk})
    return this.receipt


def import_hidden_sweep(workbook: Import) -> None:
    """Take away all that an import has written unseen, in short transactions."""
    kind = kind_of(workbook.kind)
    while True:
        began = time.perf_counter()
        if not kind.sweep(workbook):
            return
        time.sleep(min(0.2, (time.perf_counter() - began) / 4))


def imports_forget(kept_days: int = 30) -> int:
    """Drop what is kept of workbooks that nobody took up, or that can no longer be undone; the counts stay."""
    before = timezone.now() - timedelta(days=kept_days)
    waiting = Import.within.filter(sent_at__lt=before, state__in=[State.READY, State.FAULTY, State.REFUSED])
    done = Import.within.filter(published_at__lt=before)
    return ImportPiece.objects.filter(of__in=[*waiting, *done]).delete()[0]


def _results(workbook: Import, verdict: str) -> Iterator[Result]:
    keys = set(ImportPiece.objects.filter(of=workbook, stage=Stage.UNITS, changed__gt=0).values_list("pk", flat=True))
    for piece in pieces(workbook, Stage.UNITS) if keys else ():
        if piece.pk in keys:
            yield from (result for result in results_in(piece) if result.verdict == verdict)


def _locked(workbook: Import) -> Import:
    imports = Import.within.select_for_update(of=("self",)).select_related("place", "body", "published_by")
    return imports.get(pk=workbook.pk)


def _counts(workbook: Import) -> dict[str, Any]:
    return {
        "kind": workbook.kind,
        "new": workbook.new,
        "changed": workbook.changed,
        "same": workbook.same,
        **({"bad": workbook.bad} if workbook.bad else {}),
        "sha256": workbook.sha256,
    }
