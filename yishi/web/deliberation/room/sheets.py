"""Paper sheets of a sitting: printed for each seat, found by number or QR code, typed in twice, looked at again."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.deliberation.models import Matter, Sitting, Stance, StanceSheet
from yishi.deliberation.services.sheets import (
    differences,
    seats_for_sheets,
    sheet_settle,
    sheet_type,
    sheets_make,
    statements_for_sheets,
)
from yishi.deliberation.services.stances import CONDITION
from yishi.formats.qr import qr_svg
from yishi.journal.models import Receipt
from yishi.kit.text import clean, whole_number
from yishi.notices.addresses import address_of
from yishi.web.deliberation.sittings.loads import load_sitting
from yishi.web.kit.forms import ActForm
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.press import CHINESE, chinese_moment, foot, pdf_response
from yishi.web.kit.request import Request

UNAUDITED = "the desk at which paper sheets are typed in"
ANSWERS = [("", gettext_lazy("nothing marked")), *Stance.Value.choices]


def load_sheet(request: Request, pk: UUID) -> StanceSheet:
    sheets = StanceSheet.objects.select_related(
        "sitting__matter__place", "sitting__matter__convener", "seat__person", "seat__party", "first_by", "second_by"
    )
    return sheets.get(pk=pk, sitting__matter__in=Matter.keys())


def load_printed(request: Request, pk: UUID) -> Sitting:
    """A sitting of which sheets were printed."""
    sitting = load_sitting(request, pk)
    if not sitting.sheets.exists():
        raise Sitting.DoesNotExist
    return sitting


class NothingForm(ActForm):
    """Only a button."""


@page("sitting.run", load=load_sitting, methods=("GET",), unaudited=UNAUDITED)
def sheets(request: Request, sitting: Sitting) -> HttpResponse:
    """All sheets with how far each is; `?number=2-07` leads to one."""
    all_sheets = list(sitting.sheets.select_related("seat__person", "seat__party", "first_by", "second_by"))
    asked = clean(request.GET.get("number", ""))
    found = next((sheet for sheet in all_sheets if sheet.code == asked), None) if asked else None
    number = whole_number(asked)
    if found is None and number is not None and all_sheets:  # the number alone: of the last printing
        last = all_sheets[-1].printing
        found = next((one for one in all_sheets if (one.printing, one.number) == (last, number)), None)
    if found is not None:
        return HttpResponseRedirect(reverse("sheet", args=[found.pk]))
    context = {
        "sitting": sitting,
        "matter": sitting.matter,
        "sheets": all_sheets,
        "asked": asked,
        "typed_once": sum(sheet.first is not None and sheet.second is None for sheet in all_sheets),
        "differing": [sheet for sheet in all_sheets if sheet.differs],
        "done": sum(sheet.is_settled for sheet in all_sheets),
        "seats": len(seats_for_sheets(sitting)),
        "statements": len(statements_for_sheets(sitting)),
    }
    return render(request, "deliberation/room/sheets.html", context)


@page("sitting.run", load=load_sitting)
def sheets_printing(request: Request, sitting: Sitting) -> HttpResponse:
    return one_act(
        request,
        NothingForm(request.POST or None),
        sheets_make,
        heading=_("Print sheets for stances"),
        lead=_("A sheet for each of %(seats)d seats, with the %(statements)d statements that are open now.")
        % {"seats": len(seats_for_sheets(sitting)), "statements": len(statements_for_sheets(sitting))},
        back=reverse("sheets", args=[sitting.pk]),
        given={"sitting": sitting},
        done=_("The sheets are ready to be printed."),
        submit=_("Make the stance sheets"),
    )


class SheetForm(ActForm):
    """The statements of a sheet (`only` some of them), one answer each."""

    def __init__(self, *args: Any, sheet: StanceSheet, only: list[str] | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.asked = [one for one in sheet.statements if only is None or one["id"] in only]
        for one in self.asked:
            self.fields[f"said_{one['ordinal']}"] = forms.ChoiceField(
                label=f"{one['ordinal']}. {one['text']}", choices=ANSWERS, required=False, widget=forms.RadioSelect
            )
            self.fields[f"if_{one['ordinal']}"] = forms.CharField(
                label=_("If “can live with it if…”: if what?"), required=False, max_length=CONDITION.longest
            )

    def service_fields(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        answers = {
            one["id"]: (cleaned[f"said_{one['ordinal']}"], cleaned[f"if_{one['ordinal']}"]) for one in self.asked
        }
        return {"answers": answers}


@page("sitting.run", load=load_sheet, unaudited=UNAUDITED)
def sheet(request: Request, sheet: StanceSheet) -> HttpResponse:
    """Type one sheet: the first time, or the second without a look at the first; or look where both differ."""
    mine = sheet.first_by_id == request.viewer.person_id
    anew = request.GET.get("anew") == "1" and mine and sheet.second is None
    waits = mine and sheet.first is not None and sheet.second is None and not anew
    if sheet.is_settled or waits:
        context = {"sheet": sheet, "sitting": sheet.sitting, "matter": sheet.sitting.matter, "waits": waits}
        return render(request, "deliberation/room/sheet_done.html", {**context, "said": _said(sheet)})
    differing = differences(sheet) if sheet.differs else None
    form = SheetForm(request.POST or None, sheet=sheet, only=differing)
    given: dict[str, Any] = {"sheet": sheet, **({"anew": True} if anew else {})}
    is_second = sheet.first is not None and not anew
    heading = _("Sheet %(code)s: %(name)s") % {"code": sheet.code, "name": sheet.seat.person}
    return one_act(
        request,
        form,
        sheet_settle if differing is not None else sheet_type,
        heading=heading,
        lead=_("Two people read this differently. Look at the paper a third time.")
        if differing is not None
        else _("The second time: type what stands on the paper.")
        if is_second
        else _("The first time: type what stands on the paper."),
        back=reverse("sheets", args=[sheet.sitting_id]),
        given=given,
        fields=form.service_fields,
        answer=lambda receipt: _answered(request, sheet, receipt),
        submit=_("Keep it"),
        template="deliberation/room/sheet.html",
        readings=_readings(sheet, differing or []),
    )


def _answered(request: Request, sheet: StanceSheet, receipt: Receipt) -> HttpResponse:
    """Where both differ, straight to the third look; else to the next sheet."""
    if receipt.result["differs"]:
        return HttpResponseRedirect(reverse("sheet", args=[sheet.pk]))
    return HttpResponseRedirect(reverse("sheets", args=[sheet.sitting_id]) + "#next")


def _word(answer: list[str]) -> str:
    if not answer[0]:
        return _("nothing marked")
    label = str(Stance.Value(answer[0]).label)
    return f"{label}：{answer[1]}" if answer[1] else label


def _readings(sheet: StanceSheet, differing: list[str]) -> list[tuple[str, str, str]]:
    """Per statement in question: its text, what the first read, what the second read."""
    first, second = sheet.first or {}, sheet.second or {}
    return [
        (f"{one['ordinal']}. {one['text']}", _word(first[one["id"]]), _word(second[one["id"]]))
        for one in sheet.statements
        if one["id"] in differing
    ]


def _said(sheet: StanceSheet) -> list[tuple[str, str]]:
    """What counts of a sheet that is done, statement by statement."""
    settled = sheet.settled or {}
    late = settled.get("late", [])
    return [
        (
            f"{one['ordinal']}. {one['text']}",
            _word(settled[one["id"]])
            + (_(" (closed or worded otherwise since: not recorded)") if one["ordinal"] in late else ""),
        )
        for one in sheet.statements
        if one["id"] in settled
    ]


def sheets_data(sitting: Sitting) -> dict[str, Any]:
    """The sheets of the last printing, one page each, for the press."""
    with translation.override(CHINESE):
        matter = sitting.matter
        printed = list(sitting.sheets.select_related("seat__person", "seat__party", "seat__body"))
        last = max(sheet.printing for sheet in printed)
        return {
            "title": "表态单",
            "matter": f"{matter.title}（{matter.number}）",
            "when": chinese_moment(sitting.starts_at, weekday=True),
            "answers": [str(label) for _value, label in Stance.Value.choices],
            "sheets": [
                {
                    "code": sheet.code,
                    "name": sheet.seat.person.name,
                    "side": sheet.seat.party.name if sheet.seat.party else sheet.seat.get_role_display(),
                    "qr": qr_svg(address_of("sheet", args=[sheet.pk]), border=1),
                    "statements": [f"{one['ordinal']}. {one['text']}" for one in sheet.statements],
                }
                for sheet in printed
                if sheet.printing == last
            ],
            "foot": foot(f"{matter.number}-表态单-{sitting.ordinal}-{last}"),
        }


@page("sitting.run", load=load_printed, methods=("GET",), unaudited=UNAUDITED)
def sheets_pdf(request: Request, sitting: Sitting) -> HttpResponse:
    return pdf_response("stance_sheets.typ", sheets_data(sitting), _("stance sheets") + f"-{sitting.matter.number}")


urlpatterns = [
    path("desk/sittings/<uuid:pk>/sheets/", sheets, name="sheets"),
    path("desk/sittings/<uuid:pk>/sheets/new/", sheets_printing, name="sheets_make"),
    path("desk/sittings/<uuid:pk>/sheets.pdf", sheets_pdf, name="sheets_pdf"),
    path("desk/sheets/<uuid:pk>/", sheet, name="sheet"),
]
