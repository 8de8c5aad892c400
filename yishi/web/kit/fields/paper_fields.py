"""Fields for what came on paper: whose signature, of which day, and the scan. A desk writes it down for who signed."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from yishi.attachments.on_paper import SIGNED_BY, OnPaper
from yishi.attachments.store import scan_keep
from yishi.journal.models import Receipt
from yishi.organisations.grants import Viewer
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm


class PaperForm(ActForm):
    """An act's form with the paper below it: mix it in before the fields of the act, or add them by `with_paper`."""

    signed_by = WordsField(SIGNED_BY, gettext_lazy("Whose signature or seal is on the paper?"))
    signed_on = day_field(gettext_lazy("Day on the paper (if not today)"), required=False)
    scan = forms.FileField(
        label=gettext_lazy("photo or scan of the paper"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*,application/pdf"}),
    )


def with_paper(form_class: type[ActForm]) -> type[ActForm]:
    """The form of an act, with the fields of the paper on which it came below its own."""
    fields = {name: field for name, field in PaperForm.base_fields.items() if name != "act_id"}
    return type(f"{form_class.__name__}OnPaper", (form_class,), {"__module__": form_class.__module__, **fields})


def from_paper(service: Callable[..., Receipt]) -> Callable[..., Receipt]:
    """The service, called with the fields of the paper: its scan is kept first."""

    def call(*, actor: Viewer, signed_by: str, signed_on: Any, scan: Any, **fields: Any) -> Receipt:
        kept = scan_keep(actor=actor, upload=scan) if scan else None
        return service(actor=actor, paper=OnPaper(kept, signed_by, signed_on), **fields)

    return call


def with_scan(service: Callable[..., Receipt], given_as: str = "scan") -> Callable[..., Receipt]:
    """The service of a form with a scan alone: the file is kept first, and given to the service as `given_as`."""

    def call(*, actor: Viewer, scan: Any = None, **fields: Any) -> Receipt:
        kept = scan_keep(actor=actor, upload=scan) if scan else None
        return service(actor=actor, **{given_as: kept}, **fields)

    return call
