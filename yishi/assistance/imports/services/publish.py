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
PUBLISH, UNDO = 2, 3  # ordinals of the acts that follow from an import's own id


def import_publish(*, actor: Viewer, sent: Import, act_id: UUID | None = None) -> Receipt:
    """Let a checked import begin to be written; it is published when all of it stands. Result: import."""
    by = permit("import.run", actor, sent)
    with act("assistance.import.start", actor=by, act_id=act_id, body={"import": sent.pk}) as this:
        if this.replayed:
            return this.receipt
        one = _locked(sent)
        if one.bad or one.state == State.FAULTY:
            raise WrongStage("import.faulty", _("Some rows cannot be taken. Mend them and send the workbook again."))
        if one.state != State.READY:
            raise WrongStage("import.state", _("This workbook is “%(state)s”.") % {"state": one.get_state_display()})
        if not (one.new or one.changed):
            raise WrongStage("import.nothing", _("All of this stands already; there is nothing to import."))
        one.state, one.done, one.published_by = State.WRITING, 0, actor.person
        one.save(update_fields=["state", "done", "published_by"])
        this.entry(subject=("import", one.pk), place=one.place_id, data=_counts(one))
        this.result(**{"import": one.pk})
    return this.receipt


def import_switch_on(one: Import) -> None:
    """Publish what was written: one short transaction. If the register has changed meanwhile, check it anew."""
    actor = viewer_of(one.published_by)
    kind, body = kind_of(one.kind), {"import": one.pk, "sha256": one.sha256}
    try:
        by = permit("import.run", actor, one)
        turn = kind.turn(one, actor, _results(one, "changed"), forwards=True)
        began = time.perf_counter()
        with act("assistance.import.publish", actor=by, act_id=child_id(one.pk, PUBLISH), body=body) as this:
            if this.replayed:
                return
            row = _locked(one)
            if row.state != State.WRITING:
                return
            kind.switch_on(row, actor, this, turn)
            check_run_make(row.place)
            row.state, row.published_at = State.PUBLISHED, this.now
            row.done = 0 if kind.follows else row.total
            row.save(update_fields=["state", "published_at", "done"])
            this.entry(subject=("import", row.pk), place=row.place_id, data=_counts(row))
            this.result(**{"import": row.pk, "new": row.new, "changed": row.changed})
        log.info("import %s published in %.2f s", one.pk, time.perf_counter() - began)
    except Stale as stale:
        import_check_anew(one, stale)
    ImportPiece.objects.filter(of__in=Import.within.filter(pk=one.pk, state=State.PUBLISHED), stage=Stage.ROWS).delete()


def import_check_anew(one: Import, stale: Stale) -> None:
    """The register is no longer as it was checked: take away what was written unseen, and begin from the rows."""
    log.info("import %s: %s, is checked anew", one.pk, stale.code)
    import_hidden_sweep(one)
    ImportPiece.objects.filter(of=one, stage=Stage.UNITS).delete()
    Import.within.filter(pk=one.pk).update(
        state=State.CHECKING, done=0, new=0, changed=0, same=0, bad=0, notes=[*one.notes, ["stale", {}]]
    )


def import_undo(*, actor: Viewer, sent: Import, reason: str = "", act_id: UUID | None = None) -> Receipt:
    """Take a published import back as a whole, unless something was built on it. Result: import."""
    by = permit("import.run", actor, sent)
    body = {"import": sent.pk, "reason": reason}
    kind = kind_of(sent.kind)
    turn = kind.turn(sent, actor, _results(sent, "changed"), forwards=False)
    with act("assistance.import.undo", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        one = _locked(sent)
        if one.state != State.PUBLISHED:
            raise WrongStage("import.state", _("This workbook is “%(state)s”.") % {"state": one.get_state_display()})
        if why := kind.built_upon(one):
            raise Refusal("import.built_upon", why)
        kind.switch_off(one, actor, this, turn)
        check_run_make(one.place)
        one.state, one.undone_at = State.UNDOING, this.now
        one.save(update_fields=["state", "undone_at"])
        this.entry(subject=("import", one.pk), place=one.place_id, data=_counts(one))
        this.result(**{"import": one.pk})
    return this.receipt


def import_give_up(*, actor: Viewer, sent: Import, act_id: UUID | None = None) -> Receipt:
    """Drop a workbook that was not published, with all that was kept of it. Result: import."""
    by = permit("import.run", actor, sent)
    with act("assistance.import.give_up", actor=by, act_id=act_id, body={"import": sent.pk}) as this:
        if this.replayed:
            return this.receipt
        one = _locked(sent)
        if one.state not in (State.READY, State.FAULTY, State.REFUSED):
            raise WrongStage("import.state", _("This workbook is “%(state)s”.") % {"state": one.get_state_display()})
        one.pieces.all().delete()
        one.file.all().delete()
        one.state = State.GIVEN_UP
        one.save(update_fields=["state"])
        this.entry(subject=("import", one.pk), place=one.place_id)
        this.result(**{"import": one.pk})
    return this.receipt


def import_hidden_sweep(one: Import) -> None:
    """Take away all that an import has written unseen, in short transactions."""
    kind = kind_of(one.kind)
    while True:
        began = time.perf_counter()
        if not kind.sweep(one):
            return
        time.sleep(min(0.2, (time.perf_counter() - began) / 4))


def imports_forget(kept_days: int = 30) -> int:
    """Drop what is kept of workbooks that nobody took up, or that can no longer be undone; the counts stay."""
    before = timezone.now() - timedelta(days=kept_days)
    waiting = Import.within.filter(sent_at__lt=before, state__in=[State.READY, State.FAULTY, State.REFUSED])
    done = Import.within.filter(published_at__lt=before)
    return ImportPiece.objects.filter(of__in=[*waiting, *done]).delete()[0]


def _results(one: Import, verdict: str) -> Iterator[Result]:
    keys = set(ImportPiece.objects.filter(of=one, stage=Stage.UNITS, changed__gt=0).values_list("pk", flat=True))
    for piece in pieces(one, Stage.UNITS) if keys else ():
        if piece.pk in keys:
            yield from (result for result in results_in(piece) if result.verdict == verdict)


def _locked(one: Import) -> Import:
    rows = Import.within.select_for_update(of=("self",)).select_related("place", "body", "published_by")
    return rows.get(pk=one.pk)


def _counts(one: Import) -> dict[str, Any]:
    return {"kind": one.kind, "new": one.new, "changed": one.changed, "same": one.same, "sha256": one.sha256}
