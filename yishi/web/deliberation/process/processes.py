"""The library of process models: read one, compare its versions, take it as a file, copy it, begin one's own."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.deliberation.models import Matter, ProcessModel, ProcessVersion
from yishi.deliberation.process.compare import differences
from yishi.deliberation.process.conditions import label_of
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
    Model,
    read_document,
)
from yishi.deliberation.services.processes import (
    NAME,
    process_copy,
    process_draft,
    process_file,
    process_new,
    process_publish,
    process_retire,
    process_upload,
)
from yishi.organisations.grants import OVERSEEING
from yishi.organisations.models import Body
from yishi.organisations.rights import may
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.lists import Column, DeclaredList
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

MAX_UPLOAD = 200_000


def load_version(request: Request, pk: UUID) -> ProcessVersion:
    return ProcessVersion.objects.select_related("model__owner", "model__copied_from", "edited_by").get(pk=pk)


def load_model(request: Request, pk: UUID) -> ProcessModel:
    return ProcessModel.objects.select_related("owner").get(pk=pk)


def own_desks(request: Request) -> list[Body]:
    """The bodies for which the viewer may own a model."""
    return [post.body for post in request.viewer.working_posts if post.body.kind in OVERSEEING]


PROCESSES = DeclaredList(
    "",
    gettext_lazy("process models"),
    [
        Column(gettext_lazy("name"), "shown.name"),
        Column(gettext_lazy("version"), "shown.number"),
        Column(gettext_lazy("owner"), lambda row: row["model"].owner.name if row["model"].owner else _("shipped")),
        Column(gettext_lazy("steps"), "steps"),
        Column(gettext_lazy("gates"), "gates"),
        Column(gettext_lazy("seat classes"), "seats"),
        Column(gettext_lazy("days of notice"), "notice"),
    ],
)


@page("process.see", methods=("GET",))
def processes(request: Request) -> HttpResponse:
    """Models in use: the shipped templates, those of other places, our own with their drafts."""
    desks = {body.pk for body in own_desks(request)}
    by_model: dict[UUID, dict[str, Any]] = {}
    versions = ProcessVersion.objects.select_related("model__owner").order_by("model__code", "number")
    for version in versions:
        row = by_model.setdefault(version.model_id, {"model": version.model, "published": None, "draft": None})
        row["published" if version.published_at else "draft"] = version
    listed = []
    for row in by_model.values():
        row["is_ours"] = row["model"].owner_id in desks
        if row["published"] is None and not row["is_ours"]:
            continue
        shown = row["published"] or row["draft"]
        model = read_document(shown.document)
        row.update(
            shown=shown,
            steps=len(model.steps),
            gates=sum(len(step.gates) for step in model.steps),
            seats=len(model.seats),
            topics=model.topics[:3],
            notice=model.clock("notice"),
            levels=[TIERS.get(level, level) for level in model.levels],
        )
        listed.append(row)
    listed.sort(key=lambda row: (row["model"].is_retired, not row["is_ours"], row["model"].owner_id is not None))
    if request.GET.get("export"):
        return PROCESSES.workbook(request, listed)
    return render(request, "deliberation/process/processes.html", {"models": listed, "may_own": bool(desks)})


def table_of(model: Model) -> dict[str, Any]:
    """A model in words, for the page that shows it: clocks in working days, steps in order, seats, coverage."""
    gates = {gate.code: gate.name for step in model.steps for gate in step.gates}
    return {
        "clocks": [(label, model.clock(code)) for code, (_default, label) in CLOCKS.items()],
        "levels": [TIERS.get(level, level) for level in model.levels],
        "fixed": [seat.name for code in model.fixed if (seat := model.seat(code))],
        "varies": varying.name if (varying := model.seat(model.varies)) else "",
        "coverage": [
            {
                "what": VENUE_KINDS.get(row.venue_kind) or COUNTED.get(row.what, row.what),
                "tier": TIERS.get(row.tier, row.tier),
                "per_year": row.per_year,
            }
            for row in model.coverage
        ],
        "seats": [
            {
                "seat": seat,
                "how": FILLED_BY.get(seat.filled_by, seat.filled_by),
                "role": SEAT_ROLES.get(seat.role, seat.role),
            }
            for seat in model.seats
        ],
        "steps": [
            {
                "step": step,
                "stage": STAGES.get(step.stage, step.stage),
                "role": ROLES.get(step.role, step.role),
                "entry": [label_of(code, model) for code in step.entry],
                "exit": [label_of(code, model) for code in step.exit],
                "papers": [PAPERS.get(code, code) for code in step.papers],
                "gates": [
                    {
                        "gate": gate,
                        "body": BODY_KINDS.get(gate.body, gate.body),
                        "tier": TIERS.get(gate.tier, gate.tier),
                        "back": next((earlier.name for earlier in model.steps if earlier.code == gate.returns_to), ""),
                    }
                    for gate in step.gates
                ],
            }
            for step in model.steps
        ],
        "gate_names": gates,
    }


@page("process.version", load=load_version, methods=("GET",))
def process(request: Request, version: ProcessVersion) -> HttpResponse:
    """One version, in words; its history; what changed against the version before."""
    versions = [
        known
        for known in version.model.versions.select_related("edited_by").order_by("-number")
        if known.published_at or may("process.edit", request.viewer, version.model)
    ]
    before = next((known for known in versions if known.number < version.number), None)
    against = request.GET.get("against", "")
    other = next((known for known in versions if str(known.number) == against and known.pk != version.pk), before)
    model = read_document(version.document)
    context = {
        "version": version,
        "model": model,
        "table": table_of(model),
        "versions": versions,
        "other": other,
        "differences": differences(other.document, version.document) if other else [],
        "matters": Matter.objects.filter(process=version).count(),
        "owns": may("process.edit", request.viewer, version.model),
        "draft": next((known for known in versions if not known.published_at), None),
        "may_own": bool(own_desks(request)),
    }
    return render(request, "deliberation/process/process.html", context)


@page("process.version", load=load_version, methods=("GET",))
def process_download(request: Request, version: ProcessVersion) -> HttpResponse:
    """The version as a TOML file that people read, change and upload again."""
    response = HttpResponse(process_file(version), content_type="application/toml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{version.model.code}-v{version.number}.toml"'
    return response


class OwnerForm(ActForm):
    owner = forms.ModelChoiceField(Body.objects.none(), label=gettext_lazy("for which body"))

    def __init__(self, *args: Any, request: Request, **kwargs: Any):
        super().__init__(*args, **kwargs)
        desks = own_desks(request)
        self.fields["owner"].queryset = Body.objects.filter(pk__in=[body.pk for body in desks]).order_by("name")
        if desks:
            self.initial.setdefault("owner", desks[0].pk)


class NewForm(OwnerForm):
    name = WordsField(NAME, gettext_lazy("name of the model"))
    field_order = ["name", "owner"]


class UploadForm(OwnerForm):
    file = forms.FileField(
        label=gettext_lazy("model file (.toml)"), widget=forms.ClearableFileInput(attrs={"accept": ".toml"})
    )
    field_order = ["file", "owner"]

    def clean_file(self) -> bytes:
        file = self.cleaned_data["file"]
        if file.size > MAX_UPLOAD:
            raise forms.ValidationError(
                _("This file is too large for a process model. Please check the file."), code="process.too_large"
            )
        content: bytes = file.read()
        return content


def _to_editor(receipt: Any) -> str:
    return reverse("process_edit", args=[receipt.result["version"]])


@page("process.new")
def process_begin(request: Request) -> HttpResponse:
    return one_act(
        request,
        NewForm(request.POST or None, request=request),
        process_new,
        heading=_("A model from nothing"),
        lead=_("Name it; then add steps, gates and seats one by one. To change a known model, copy that instead."),
        back=reverse("processes"),
        done=_("The draft is there. Add the first step."),
        submit=_("Begin the draft"),
        next_url=_to_editor,
    )


@page("process.new")
def process_uploading(request: Request) -> HttpResponse:
    return one_act(
        request,
        UploadForm(request.POST or None, request.FILES or None, request=request),
        process_upload,
        heading=_("A model from a file"),
        lead=_("A file as this platform writes it; download a model to have an example."),
        back=reverse("processes"),
        done=_("The file was read; it is a draft now."),
        submit=_("Read the file"),
        next_url=_to_editor,
    )


def load_copied(request: Request, pk: UUID) -> ProcessVersion:
    version = load_version(request, pk)
    if version.published_at is None:
        raise ProcessVersion.DoesNotExist
    return version


@page("process.copy", load=load_copied)
def process_copying(request: Request, version: ProcessVersion) -> HttpResponse:
    return one_act(
        request,
        NewForm(request.POST or None, request=request, initial={"name": version.name}),
        process_copy,
        heading=_("Copy “%(name)s”") % {"name": version.name},
        lead=_("The copy is a draft of your own: change what is different with you, then publish it."),
        back=reverse("process", args=[version.pk]),
        done=_("The copy is yours now."),
        submit=_("Copy the model"),
        given={"source": version},
        next_url=_to_editor,
    )


@page("process.edit", load=load_model, methods=("POST",))
def process_drafting(request: Request, model: ProcessModel) -> HttpResponse:
    """Begin the next version (or open the draft that exists)."""
    return one_act(
        request,
        ActForm(request.POST),
        process_draft,
        heading=_("The next version"),
        back=reverse("processes"),
        done=_("This is the draft of the next version; matters under way are not touched by it."),
        submit=_("Try again"),
        given={"model": model},
        next_url=_to_editor,
    )


@page("process.edit", load=load_model)
def process_retiring(request: Request, model: ProcessModel) -> HttpResponse:
    return one_act(
        request,
        ActForm(request.POST or None),
        process_retire,
        heading=_("Take back into use") if model.is_retired else _("Retire the model"),
        lead="" if model.is_retired else _("No new matter begins under it; matters under way go on."),
        back=reverse("processes"),
        done=_("Saved."),
        submit=_("Take back into use") if model.is_retired else _("Retire the model"),
        given={"model": model, "is_retired": not model.is_retired},
    )


def load_owned_version(request: Request, pk: UUID) -> ProcessVersion:
    return load_version(request, pk)


@page("process.draft", load=load_owned_version)
def process_publishing(request: Request, version: ProcessVersion) -> HttpResponse:
    return one_act(
        request,
        ActForm(request.POST or None),
        process_publish,
        heading=_("Publish version %(number)d of “%(name)s”") % {"number": version.number, "name": version.name},
        lead=_("New matters begin under it from now on; matters under way keep the version they began with."),
        back=reverse("process_edit", args=[version.pk]),
        done=_("The version is published."),
        submit=_("Publish"),
        given={"version": version},
        next_url=lambda receipt: reverse("process", args=[version.pk]),
    )


urlpatterns = [
    path("desk/processes/", processes, name="processes"),
    path("desk/processes/new/", process_begin, name="process_new"),
    path("desk/processes/upload/", process_uploading, name="process_upload"),
    path("desk/processes/versions/<uuid:pk>/", process, name="process"),
    path("desk/processes/versions/<uuid:pk>/file/", process_download, name="process_download"),
    path("desk/processes/versions/<uuid:pk>/copy/", process_copying, name="process_copy"),
    path("desk/processes/versions/<uuid:pk>/publish/", process_publishing, name="process_publish"),
    path("desk/processes/<uuid:pk>/draft/", process_drafting, name="process_draft"),
    path("desk/processes/<uuid:pk>/retire/", process_retiring, name="process_retire"),
]
