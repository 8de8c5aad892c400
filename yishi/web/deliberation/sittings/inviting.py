"""Many seats at once: pasted lines, or a workbook of one sheet."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.deliberation.models import Matter
from yishi.deliberation.process.schema import read_document
from yishi.deliberation.services.inviting import MOST_LINES, cells_of, seats_paste
from yishi.formats.sheet_limits import SheetError
from yishi.formats.sheet_rows import Row, read_rows
from yishi.formats.tables import shown
from yishi.journal.models import Receipt
from yishi.web.deliberation.process.loads import load_matter
from yishi.web.kit.forms import ActForm
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request


class PasteForm(ActForm):
    lines = forms.CharField(
        label=gettext_lazy("One person a line: name, phone, party or class of seats"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 10}),
    )
    workbook = forms.FileField(
        label=gettext_lazy("Or a workbook with the same columns (.xlsx or .csv)"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )
    either = (("lines", "workbook"),)

    def clean_workbook(self) -> Any:
        """The rows of its first sheet; refused in one sentence where it is none."""
        file = self.cleaned_data["workbook"]
        if not file:
            return None
        rows: list[list[str]] = []
        try:
            for part in read_rows(file.read(), file.name):
                if isinstance(part, Row) and not part.is_hidden:
                    rows.append([shown(cell).strip() for cell in part.cells])
                if len(rows) > MOST_LINES + 1:
                    break
        except SheetError as error:
            raise forms.ValidationError(_("This is no workbook that can be read: .xlsx or .csv.")) from error
        return [row for row in rows if any(row)]

    def service_fields(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        return {"rows": cleaned["workbook"] or cells_of(cleaned["lines"])}


@page("seat.run", load=load_matter)
def seats_pasting(request: Request, matter: Matter) -> HttpResponse:
    form = PasteForm(request.POST or None, request.FILES or None)
    parties = [party.name for party in matter.parties.all()]
    classes = [one.name for one in read_document(matter.process.document).seats]
    return one_act(
        request,
        form,
        seats_paste,
        heading=_("Fill many seats at once"),
        lead=_(
            "Parties: %(parties)s. Classes of seats: %(classes)s. Who holds a seat already is passed over and not "
            "invited again."
        )
        % {"parties": "、".join(parties) or "—", "classes": "、".join(classes)},
        back=reverse("matter_seats", args=[matter.pk]),
        given={"matter": matter},
        fields=form.service_fields,
        answer=lambda receipt: _filled(request, matter, receipt),
        submit=_("Fill these seats"),
    )


def _filled(request: Request, matter: Matter, receipt: Receipt) -> HttpResponse:
    messages.success(
        request,
        _("%(filled)d invited; %(held)d held a seat already and were not invited again.")
        % {"filled": receipt.result["filled"], "held": receipt.result["held"]},
    )
    return HttpResponseRedirect(reverse("matter_seats", args=[matter.pk]))


urlpatterns = [
    path("desk/matters/<uuid:pk>/seats/paste/", seats_pasting, name="seats_paste"),
]
