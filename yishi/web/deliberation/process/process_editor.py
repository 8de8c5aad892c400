"""The editor of a draft: one plain form per row, buttons up and down, problems in plain words after each save."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.deliberation.models import ProcessVersion
from yishi.deliberation.process import editing
from yishi.deliberation.process.conditions import CONDITIONS, GATE, label_of
from yishi.deliberation.process.problems import MAX_DAYS, validate_model
from yishi.deliberation.process.schema import (
    BODY_KINDS,
    CLOCKS,
    COUNTED,
    FILLED_BY,
    PAPERS,
    ROLES,
    SEAT_ROLES,
    STAGES,
    TIERS,
    VENUE_KINDS,
    fingerprint,
    read_document,
)
from yishi.deliberation.services.processes import process_save
from yishi.kit.records import lend, lent
from yishi.web.kit.forms import ActForm
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .processes import load_version, table_of

Document = dict[str, Any]
Edit = Callable[[Document], Document]


def load_draft(request: Request, pk: UUID) -> ProcessVersion:
    version = load_version(request, pk)
    if version.published_at is not None:
        raise ProcessVersion.DoesNotExist
    return version


def load_row(request: Request, pk: UUID, **row: str) -> ProcessVersion:
    """The draft, and which row of it is meant (`row`: kind, code, step, number)."""
    version = load_draft(request, pk)
    return lend(version, row=row)


@page("process.draft", load=load_draft, methods=("GET",), unaudited="where a draft is written")
def editor(request: Request, version: ProcessVersion) -> HttpResponse:
    model = read_document(version.document)
    context = {
        "version": version,
        "model": model,
        "table": table_of(model),
        "problems": validate_model(version.document),
        "seen": fingerprint(version.document),
    }
    return render(request, "deliberation/process/editor.html", context)


def edit_page(
    request: Request,
    version: ProcessVersion,
    form: ActForm,
    change: Callable[[Document, dict[str, Any]], Document],
    **options: Any,
) -> HttpResponse:
    """The page of one row: `change(document, cleaned)` gives the document that is saved.

    `options` go on to `one_act`; `anchor` among them is where on the editor's page one comes back to.
    """

    def fields(cleaned: dict[str, Any]) -> dict[str, Any]:
        seen = cleaned.pop("seen", "")
        return {"document": change(version.document, cleaned), "seen": seen}

    return one_act(
        request,
        form,
        process_save,
        back=reverse("process_edit", args=[version.pk]) + options.pop("anchor", ""),
        done=_("Saved."),
        submit=_("Save"),
        given={"version": version},
        fields=fields,
        **options,
    )


def edit_now(request: Request, version: ProcessVersion, change: Edit, anchor: str = "") -> HttpResponse:
    """One button: save `change(document)` and come back to the editor; a refusal is shown there."""
    form = ActForm(request.POST)
    if form.is_valid():
        arguments = {"document": change(version.document), "seen": request.POST.get("seen", "")}
        if form.attempt(request, process_save, version=version, **arguments) is None:
            for error in form.non_field_errors():
                messages.error(request, str(error))
    return HttpResponseRedirect(reverse("process_edit", args=[version.pk]) + anchor)


class RowForm(ActForm):
    """A form that began from a state of the draft: saved in between by somebody else, nothing is overwritten."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def choices(labels: Any, *, empty: Any = None) -> list[tuple[str, Any]]:
    pairs = [(code, label[1] if isinstance(label, tuple) else label) for code, label in labels.items()]
    return pairs if empty is None else [("", empty), *pairs]


class HeadForm(RowForm):
    name = forms.CharField(label=gettext_lazy("name of the model"), max_length=64)
    source = forms.CharField(
        label=gettext_lazy("where this reading comes from"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=500,
        required=False,
    )
    topics = forms.CharField(
        label=gettext_lazy("for which topics, one a line"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    levels = forms.MultipleChoiceField(
        label=gettext_lazy("for which tiers"),
        choices=choices(TIERS),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    checklist = forms.CharField(
        label=gettext_lazy("checklist, one a line"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for code, (_default, label) in CLOCKS.items():
            self.fields[f"clock_{code}"] = forms.IntegerField(
                label=gettext_lazy("%(clock)s, in working days") % {"clock": label}, min_value=0, max_value=MAX_DAYS
            )


@page("process.draft", load=load_draft)
def edit_head(request: Request, version: ProcessVersion) -> HttpResponse:
    document = version.document
    initial = {
        "name": document["name"],
        "source": document["source"],
        "topics": "\n".join(document["topics"]),
        "levels": document["levels"],
        "checklist": "\n".join(document["checklist"]),
        "seen": fingerprint(document),
        **{f"clock_{code}": days for code, days in document["clocks"].items()},
    }

    def change(document: Document, fields: dict[str, Any]) -> Document:
        clocks = {code: fields.pop(f"clock_{code}") for code in CLOCKS}
        topics, checklist = lines(fields.pop("topics")), lines(fields.pop("checklist"))
        return editing.head_set(document, **fields, clocks=clocks, topics=topics, checklist=checklist)

    form = HeadForm(request.POST or None, initial=initial)
    return edit_page(request, version, form, change, heading=_("Name, topics and clocks"))


class SeatForm(RowForm):
    name = forms.CharField(label=gettext_lazy("name of the seat class"), max_length=64)
    role = forms.ChoiceField(label=gettext_lazy("role in the room"), choices=choices(SEAT_ROLES))
    filled_by = forms.ChoiceField(label=gettext_lazy("how it is filled"), choices=choices(FILLED_BY))
    min = forms.IntegerField(label=gettext_lazy("at least"), min_value=0, max_value=200, initial=1)
    max = forms.IntegerField(label=gettext_lazy("at most"), min_value=1, max_value=200, initial=1)
    votes = forms.BooleanField(label=gettext_lazy("takes a stance"), required=False)
    place = forms.ChoiceField(
        label=gettext_lazy("in the composition"),
        choices=[
            ("", gettext_lazy("not counted")),
            ("fixed", gettext_lazy("always there")),
            ("varies", gettext_lazy("varies with the matter (N)")),
        ],
        required=False,
    )


@page("process.draft", load=load_row)
def edit_seat(request: Request, version: ProcessVersion) -> HttpResponse:
    document, code = version.document, lent(version, "row").get("code", "")
    row = _find(document["seats"], code) if code else {}
    composition = document["composition"]
    place = "fixed" if code in composition["fixed"] else "varies" if code and code == composition["varies"] else ""
    initial = {**row, "place": place, "seen": fingerprint(document)}

    def change(document: Document, fields: dict[str, Any]) -> Document:
        place, key = fields.pop("place"), code or editing.new_row_code(document, "seat")
        fixed = [seat_code for seat_code in document["composition"]["fixed"] if seat_code != key]
        varies = document["composition"]["varies"]
        varies = key if place == "varies" else "" if varies == key else varies
        parts = {"fixed": [*fixed, key] if place == "fixed" else fixed, "varies": varies}
        changed = editing.row_put(document, "seats", {**fields, "code": key}, code)
        return editing.head_set(changed, composition=parts)

    heading = _("Seat class “%(name)s”") % {"name": row["name"]} if code else _("A new seat class")
    return edit_page(
        request, version, SeatForm(request.POST or None, initial=initial), change, heading=heading, anchor="#seats"
    )


class StepForm(RowForm):
    name = forms.CharField(label=gettext_lazy("name of the step"), max_length=64)
    stage = forms.ChoiceField(
        label=gettext_lazy("canonical stage"),
        choices=choices(STAGES),
        help_text=gettext_lazy("By it places that work differently are compared."),
    )
    role = forms.ChoiceField(label=gettext_lazy("who is responsible"), choices=choices(ROLES))
    days = forms.IntegerField(
        label=gettext_lazy("time in working days"),
        min_value=0,
        max_value=MAX_DAYS,
        initial=10,
        help_text=gettext_lazy("0: no clock."),
    )
    exit = forms.MultipleChoiceField(
        label=gettext_lazy("it ends when"), widget=forms.CheckboxSelectMultiple, required=False
    )
    entry = forms.MultipleChoiceField(
        label=gettext_lazy("it begins only when"), widget=forms.CheckboxSelectMultiple, required=False
    )
    papers = forms.MultipleChoiceField(
        label=gettext_lazy("papers"), choices=choices(PAPERS), widget=forms.CheckboxSelectMultiple, required=False
    )
    note = forms.CharField(label=gettext_lazy("note"), max_length=300, required=False)

    def __init__(self, *args: Any, document: Document, **kwargs: Any):
        super().__init__(*args, **kwargs)
        model = read_document(document)
        gates = [f"{GATE}{gate.code}" for step in model.steps for gate in step.gates]
        known = [(code, label_of(code, model)) for code in (*CONDITIONS, *gates)]
        self.fields["exit"].choices = self.fields["entry"].choices = known


@page("process.draft", load=load_row)
def edit_step(request: Request, version: ProcessVersion) -> HttpResponse:
    document, code = version.document, lent(version, "row").get("code", "")
    row = _find(document["steps"], code) if code else {}
    initial = {**row, "seen": fingerprint(document)}

    def change(document: Document, fields: dict[str, Any]) -> Document:
        key = code or editing.new_row_code(document, "step")
        return editing.row_put(document, "steps", {**fields, "code": key}, code)

    heading = _("Step “%(name)s”") % {"name": row["name"]} if code else _("A new step")
    form = StepForm(request.POST or None, initial=initial, document=document)
    return edit_page(request, version, form, change, heading=heading, anchor="#steps")


class GateForm(RowForm):
    name = forms.CharField(label=gettext_lazy("name of the gate"), max_length=64)
    body = forms.ChoiceField(label=gettext_lazy("kind of body that answers"), choices=choices(BODY_KINDS))
    tier = forms.ChoiceField(label=gettext_lazy("tier of that body"), choices=choices(TIERS), initial="county")
    days = forms.IntegerField(
        label=gettext_lazy("time to answer, in working days"), min_value=1, max_value=MAX_DAYS, initial=5
    )
    returns_to = forms.ChoiceField(label=gettext_lazy("a return leads back to"), required=False)

    def __init__(self, *args: Any, document: Document, step: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        earlier: list[tuple[str, Any]] = [("", _("this step, where it is mended"))]
        for row in document["steps"]:
            if row["code"] == step:
                break
            earlier.append((row["code"], row["name"]))
        self.fields["returns_to"].choices = earlier


@page("process.draft", load=load_row)
def edit_gate(request: Request, version: ProcessVersion) -> HttpResponse:
    document, step, code = version.document, lent(version, "row")["step"], lent(version, "row").get("code", "")
    row = _find(_find(document["steps"], step)["gates"], code) if code else {}
    initial = {**row, "seen": fingerprint(document)}

    def change(document: Document, fields: dict[str, Any]) -> Document:
        key = code or editing.new_row_code(document, "gate")
        return editing.gate_put(document, step, {**fields, "code": key}, code)

    heading = _("Gate “%(name)s”") % {"name": row["name"]} if code else _("A new gate")
    form = GateForm(request.POST or None, initial=initial, document=document, step=step)
    return edit_page(request, version, form, change, heading=heading, anchor="#steps")


class QuotaForm(RowForm):
    what = forms.ChoiceField(label=gettext_lazy("what is counted"), choices=choices(COUNTED))
    venue_kind = forms.ChoiceField(
        label=gettext_lazy("kind of venue"), choices=choices(VENUE_KINDS, empty=gettext_lazy("any")), required=False
    )
    tier = forms.ChoiceField(label=gettext_lazy("in each"), choices=choices(TIERS))
    per_year = forms.IntegerField(label=gettext_lazy("at least, a year"), min_value=1, max_value=1000, initial=1)


@page("process.draft", load=load_draft)
def edit_quota(request: Request, version: ProcessVersion) -> HttpResponse:
    form = QuotaForm(request.POST or None, initial={"seen": fingerprint(version.document)})
    heading = _("A new quota")
    return edit_page(request, version, form, editing.quota_put, heading=heading, anchor="#coverage")


MOVES = {"up": -1, "down": 1}


@page("process.draft", load=load_row, methods=("POST",))
def move_row(request: Request, version: ProcessVersion) -> HttpResponse:
    """Up, down or out: steps and seat classes."""
    kind, code, verb = lent(version, "row")["kind"], lent(version, "row")["code"], lent(version, "row")["verb"]
    if kind not in editing.LISTS or verb not in (*MOVES, "out"):
        raise Http404
    if verb == "out":
        return edit_now(request, version, lambda document: _without(document, kind, code), f"#{kind}")
    return edit_now(request, version, lambda document: editing.row_move(document, kind, code, MOVES[verb]), f"#{kind}")


@page("process.draft", load=load_row, methods=("POST",))
def move_gate(request: Request, version: ProcessVersion) -> HttpResponse:
    step, code, verb = lent(version, "row")["step"], lent(version, "row")["code"], lent(version, "row")["verb"]
    if verb not in (*MOVES, "out"):
        raise Http404
    if verb == "out":
        return edit_now(request, version, lambda document: editing.gate_remove(document, step, code), "#steps")
    return edit_now(request, version, lambda document: editing.gate_move(document, step, code, MOVES[verb]), "#steps")


@page("process.draft", load=load_row, methods=("POST",))
def quota_out(request: Request, version: ProcessVersion) -> HttpResponse:
    number = int(lent(version, "row")["number"])
    return edit_now(request, version, lambda document: editing.quota_remove(document, number), "#coverage")


def _without(document: Document, kind: str, code: str) -> Document:
    """The document without the row; a seat class that goes leaves the composition with it."""
    composition = document["composition"]
    if kind == "seats":
        composition = {
            "fixed": [seat_code for seat_code in composition["fixed"] if seat_code != code],
            "varies": "" if composition["varies"] == code else composition["varies"],
        }
    return editing.row_remove({**document, "composition": composition}, kind, code)


def _find(rows: list[dict[str, Any]], code: str) -> dict[str, Any]:
    """The row (a step, a gate or a seat class) of this code; 404 where the draft has none."""
    for row in rows:
        if row["code"] == code:
            return row
    raise Http404


EDIT = "desk/processes/versions/<uuid:pk>/edit/"
urlpatterns = [
    path(EDIT, editor, name="process_edit"),
    path(EDIT + "about/", edit_head, name="process_edit_head"),
    path(EDIT + "seats/new/", edit_seat, name="process_seat_new"),
    path(EDIT + "seats/<slug:code>/", edit_seat, name="process_seat"),
    path(EDIT + "steps/new/", edit_step, name="process_step_new"),
    path(EDIT + "steps/<slug:code>/", edit_step, name="process_step"),
    path(EDIT + "steps/<slug:step>/gates/new/", edit_gate, name="process_gate_new"),
    path(EDIT + "steps/<slug:step>/gates/<slug:code>/", edit_gate, name="process_gate"),
    path(EDIT + "steps/<slug:step>/gates/<slug:code>/<slug:verb>/", move_gate, name="process_gate_move"),
    path(EDIT + "quota/new/", edit_quota, name="process_quota_new"),
    path(EDIT + "quota/<number:number>/out/", quota_out, name="process_quota_out"),
    path(EDIT + "<slug:kind>/<slug:code>/<slug:verb>/", move_row, name="process_row_move"),
]
