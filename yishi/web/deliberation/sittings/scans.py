"""The photo or scan of a paper that was signed: its field, and the act that takes it up."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from yishi.attachments.store import scan_keep
from yishi.journal.models import Receipt
from yishi.organisations.grants import Viewer


def scan_field() -> forms.FileField:
    return forms.FileField(
        label=gettext_lazy("Photo or scan of the signed paper"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*,application/pdf"}),
    )


def with_scan(service: Callable[..., Receipt]) -> Callable[..., Receipt]:
    """Keep the scan first; the act that follows takes it up."""

    def call(*, actor: Viewer, scan: Any = None, **fields: Any) -> Receipt:
        kept = scan_keep(actor=actor, upload=scan) if scan else None
        return service(actor=actor, scan=kept, **fields)

    return call
