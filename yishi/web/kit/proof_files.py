"""Photos and a scan that show that something was done: the fields of a form, and how they are kept."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy

from yishi.attachments.models import Attachment
from yishi.attachments.store import photo_keep, scan_keep
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal
from yishi.organisations.grants import Viewer
from yishi.web.kit.fields.simple import photo_field
from yishi.web.kit.forms import ActForm
from yishi.web.kit.one_act import Fields, one_act
from yishi.web.kit.request import Request

PHOTOS = 3


class ProofFiles(ActForm):
    """The fields of up to three photos and a scan, after those of the act."""

    photo_1, photo_2, photo_3 = photo_field(1), photo_field(2), photo_field(3)
    scan = forms.FileField(label=gettext_lazy("Scan or PDF (a receipt, a contract)"), required=False)


def kept_photos(actor: Viewer, fields: dict[str, Any]) -> list[Attachment]:
    """Keep the uploads of `photo_1` to `photo_3`, which are taken out of `fields`; one that cannot be kept is named at
    its own field."""
    kept = []
    for name in [f"photo_{number}" for number in range(1, PHOTOS + 1)]:
        upload = fields.pop(name, None)
        try:
            kept += [photo_keep(actor=actor, upload=upload)] if upload else []
        except Refusal as refusal:
            raise Refusal(refusal.code, refusal.message, field=name) from refusal
    return kept


def one_proved_act(
    request: Request,
    form: ProofFiles,
    service: Callable[..., Receipt],
    *,
    fields: Fields | None = None,
    **options: Any,
) -> HttpResponse:
    """`one_act` of a service that takes `files`; a file that cannot be kept is named at its field."""
    files: list[Attachment] = []

    def with_files(cleaned: dict[str, Any]) -> dict[str, Any]:
        scan = cleaned.pop("scan")
        files.extend(kept_photos(request.viewer, cleaned))
        if scan:
            files.append(scan_keep(actor=request.viewer, upload=scan))
        return {**(fields(cleaned) if fields else cleaned), "files": files}

    try:
        return one_act(request, form, service, fields=with_files, **options)
    except Refusal as refusal:  # of a file, before the act began
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))
        return one_act(request, form, service, fields=with_files, **options)
