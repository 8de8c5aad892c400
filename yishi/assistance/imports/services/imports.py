"""A workbook is sent: kept encrypted, read and checked by a job, published by another act (publish.py)."""

import hashlib
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.imports.models import Import
from yishi.assistance.imports.workbooks.faults import fault_words
from yishi.assistance.imports.workbooks.kinds import kind_of, kinds
from yishi.assistance.register.services.identity import keys_check
from yishi.formats.sheet_limits import SheetError
from yishi.formats.sheets import kind_of as kind_of_file
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal
from yishi.kit.identity import masked_in
from yishi.kit.ids import child_id
from yishi.kit.text import clean
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Installation
from yishi.organisations.rights import permit

from .pieces import file_keep

MOST_WAITING = 5  # workbooks of one desk that are being worked on


def import_send(
    *,
    actor: Viewer,
    kind: str,
    body: Body | None = None,
    data: bytes,
    filename: str,
    year: int | None = None,
    options: dict[str, Any] | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Take a workbook for the desk of `body` (one of bodies and people: for the home body); nothing is changed.
    `year`: of rows that name none. Result: import.

    Raises `Refusal` "workbook.…" for a file that is refused at its first look.
    """
    if kind not in kinds():
        raise Refusal("import.kind", _("Please choose one of the values that are offered."), field="kind")
    if kind == Import.Kind.ORGANISATION:
        body = Installation.objects.select_related("home_body__place").get(pk=1).home_body
    if body is None:
        raise Refusal("import.body", _("Please choose one of the values that are offered."), field="body")
    by = permit(kind_of(kind).right, actor, body)
    sha256 = hashlib.sha256(data).hexdigest()
    sent = {"body": body.pk, "kind": kind, "sha256": sha256, "name": filename, "year": year, "options": options or {}}
    try:
        kind_of_file(data, filename)
    except SheetError as error:
        raise Refusal("workbook." + error.code, fault_words(error.code, error.params), field="file") from error
    with act("assistance.import.send", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        keys_check()
        working = Import.within.filter(body=body, state__in=[Import.State.SENT, Import.State.READING])
        if working.count() >= MOST_WAITING:
            raise Refusal("import.waiting", _("Several workbooks are being read. Wait until they are done."))
        workbook = Import.within.create(
            id=child_id(this.id, 1),
            kind=kind,
            body=body,
            place=body.place,
            year=year or timezone.localdate().year,
            options=options or {},
            filename=masked_in(clean(filename))[-120:] or "workbook.xlsx",
            size=len(data),
            sha256=sha256,
            sent_by=actor.person,
            sent_at=this.now,
        )
        file_keep(workbook, data)
        this.entry(subject=("import", workbook.pk), place=workbook.place_id, data={"kind": kind, "size": len(data)})
        this.result(**{"import": workbook.pk})
    return this.receipt
