"""Workbooks: send one, see what it would do, take it as a whole, undo it as a whole."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.imports.models import Import
from yishi.assistance.imports.rules import KEEPING
from yishi.assistance.imports.services.imports import import_send
from yishi.assistance.imports.services.publish import import_give_up, import_publish, import_undo
from yishi.assistance.imports.services.views import (
    MOST_SHOWN,
    import_by_sheet,
    import_changes,
    import_fault_groups,
    import_faults,
    rejected_workbook,
    template,
)
from yishi.assistance.imports.workbooks.faults import fault_words, note_words
from yishi.assistance.imports.workbooks.kinds import kind_of, kinds
from yishi.formats.sheet_limits import LIMITS
from yishi.organisations.models import Body
from yishi.organisations.rights import may
from yishi.web.kit.exports import MEDIA_TYPE
from yishi.web.kit.forms import ActForm
from yishi.web.kit.lists import Column, DeclaredList
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

PER_PAGE = 25
WORKING = {"sent", "reading", "checking", "writing", "undoing"}


def load_import(request: Request, pk: UUID) -> Import:
    return Import.objects.select_related("body", "place", "sent_by", "published_by").get(pk=pk)


def kinds_for(request: Request) -> list[tuple[str, Any]]:
    """The kinds that the viewer may send."""
    return [
        (name, label)
        for name, label in Import.Kind.choices
        if name in kinds() and may(kind_of(name).right, request.viewer)
    ]


def imports_of(request: Request) -> Any:
    return Import.objects.select_related("body", "sent_by").order_by("-sent_at")


IMPORTS = DeclaredList(
    "imports",
    gettext_lazy("workbooks"),
    [
        Column(gettext_lazy("file"), "filename", link="import"),
        Column(gettext_lazy("content"), "get_kind_display"),
        Column(gettext_lazy("state"), "get_state_display"),
        Column(gettext_lazy("sent"), lambda one: timezone.localtime(one.sent_at), cell="sent"),
        Column(gettext_lazy("sent by"), "sent_by", page=False),
        Column(gettext_lazy("body"), "body.name", page=False),
        Column(gettext_lazy("new"), "new", css="number"),
        Column(gettext_lazy("changed"), "changed", css="number"),
        Column(gettext_lazy("unchanged"), "same", page=False),
        Column(gettext_lazy("rejected rows"), "bad", css="number"),
    ],
)


@page("import.see", methods=("GET",))
def imports(request: Request) -> HttpResponse:
    """The workbooks that the viewer's desks have sent."""
    rows = imports_of(request)
    kind = request.GET.get("kind", "")
    if kind in Import.Kind.values:
        rows = rows.filter(kind=kind)
    return IMPORTS.respond(
        request,
        "assistance/imports/imports.html",
        rows,
        kind=kind,
        kinds=kinds_for(request),
    )


class SendForm(ActForm):
    kind = forms.ChoiceField(label=gettext_lazy("content"))
    body = forms.ModelChoiceField(
        Body.objects.none(),
        label=gettext_lazy("working desk"),
        help_text=gettext_lazy("Only what lies within its place is taken."),
    )
    year = forms.IntegerField(
        label=gettext_lazy("year of the data"),
        help_text=gettext_lazy("For rows that name no year."),
        min_value=2010,
        max_value=2100,
    )
    file = forms.FileField(
        label=gettext_lazy("workbook (.xlsx or .csv)"),
        help_text=gettext_lazy(
            "At most 30 MB and 200,000 rows. Nothing is changed before you have seen what it would do."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def __init__(self, *args: Any, request: Request, **kwargs: Any):
        super().__init__(*args, **kwargs)
        viewer = request.viewer
        desks = {post.body_id for post in viewer.posts if post.body.kind in KEEPING and viewer.holds(post.body_id)}
        allowed = kinds_for(request)
        self.fields["kind"].choices = allowed
        asked = request.POST.get("kind") or request.GET.get("kind", "")
        self.initial.setdefault("kind", asked)
        if len(allowed) == 1:
            asked = self.initial["kind"] = allowed[0][0]
            self.fields["kind"].widget = forms.HiddenInput()
        if asked == Import.Kind.ORGANISATION:  # they are of this installation's own place, and of no year
            del self.fields["body"], self.fields["year"]
            self.fields["file"].label = _("workbook (.xlsx)")
            self.fields["file"].help_text = _(
                "The template, filled in; at most 2,000 rows. Nothing is changed before you have seen what it would do."
            )
            return
        self.fields["body"].queryset = Body.objects.filter(pk__in=desks).order_by("place__lo", "name")
        self.initial.setdefault("year", timezone.localdate().year)
        if len(desks) == 1:
            self.initial.setdefault("body", next(iter(desks)))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LIMITS.bytes:
            raise forms.ValidationError(fault_words("too_big", {"megabytes": LIMITS.bytes // 1024 // 1024}))
        return file


@page("import.see")
def import_new(request: Request) -> HttpResponse:
    form = SendForm(request.POST or None, request.FILES or None, request=request)
    return one_act(
        request,
        form,
        import_send,
        heading=_("Send a workbook"),
        back=reverse("imports"),
        done=_("The workbook has arrived and is being read."),
        submit=_("Send and check"),
        fields=_sent,
        next_url=lambda receipt: reverse("import", kwargs={"pk": receipt.result["import"]}),
        template="assistance/imports/import_new.html",
        has_file=True,
        kinds=kinds_for(request),
    )


def _sent(cleaned: dict[str, Any]) -> dict[str, Any]:
    file = cleaned.pop("file")
    return {**cleaned, "data": file.read(), "filename": file.name or ""}


@page("import.see", methods=("GET",))
def import_template(request: Request) -> HttpResponse:
    """The empty workbook of one kind (?kind=…)."""
    allowed = dict(kinds_for(request))
    kind = request.GET.get("kind") or next(iter(allowed), "")
    if kind not in allowed:
        raise Http404
    return _file(template(kind), f"{allowed[kind]}-模板.xlsx")


@page("import.see", load=load_import, methods=("GET",))
def import_page(request: Request, one: Import) -> HttpResponse:
    """Where it stands, what it would do or did, and what to do next."""
    faults = import_faults(one) if one.bad else []
    changes = import_changes(one) if (one.changed or one.new) and one.state in ("ready", "published") else []
    words = {
        "one": one,
        "version": version_of(one),
        "is_working": one.state in WORKING,
        "notes": [note_words(code, params) for code, params in one.notes],
        "refused": fault_words(one.refused["code"], one.refused["params"]) if one.refused else "",
        "faults": Paginator(faults, PER_PAGE).get_page(request.GET.get("page")),
        "changes": Paginator(changes, PER_PAGE).get_page(request.GET.get("page")),
        "groups": import_fault_groups(one) if len(faults) > PER_PAGE else [],
        "by_sheet": import_by_sheet(one),
        "is_organisation": one.kind == Import.Kind.ORGANISATION,
        "is_cut": len(faults) == MOST_SHOWN or len(changes) == MOST_SHOWN,
        "percent": percent(one),
        "steps": steps(one),
    }
    return render(request, "assistance/imports/import.html", words)


def steps(one: Import) -> list[tuple[Any, str]]:
    """The way of a workbook, and how far this one is: done, now, or to come."""
    names = (_("sent"), _("read"), _("gone through"), _("seen and imported"))
    reached = {"sent": 1, "reading": 1, "checking": 2, "refused": 1, "faulty": 3, "ready": 3, "writing": 3}
    now = reached.get(one.state, 4)
    return [(name, "done" if place < now else "now" if place == now else "") for place, name in enumerate(names)]


def percent(one: Import) -> int:
    """How much of the present step is done; 0 where nobody knows yet."""
    return min(99, one.done * 100 // one.total) if one.total else 0


def version_of(one: Import) -> str:
    return f"{one.state}-{one.staged}-{one.done}"


@page("import.see", load=load_import, methods=("GET",))
def import_state(request: Request, one: Import) -> HttpResponse:
    """What the page asks for while work is done."""
    return JsonResponse({"version": version_of(one)})


@page("import.see", load=load_import, methods=("GET",))
def import_rejected(request: Request, one: Import) -> HttpResponse:
    """The rejected rows as a workbook, the reason in a column of its own."""
    if one.state != Import.State.FAULTY:
        raise Http404
    return _file(rejected_workbook(one), _("rows to mend") + ".xlsx")


@page("import.see", load=load_import)
def import_take(request: Request, one: Import) -> HttpResponse:
    return _act(
        request,
        one,
        import_publish,
        heading=_("Import all of it"),
        lead=_("%(new)s new, %(changed)s changed. All of it is taken, or nothing.")
        % {"new": one.new, "changed": one.changed},
        done=_("It is being imported; this page shows when it is done."),
        submit=_("Import all of it"),
    )


@page("import.see", load=load_import)
def import_back(request: Request, one: Import) -> HttpResponse:
    return _act(
        request,
        one,
        import_undo,
        heading=_("Undo the import"),
        lead=_("What it brought disappears and what it changed is as before, unless something was built on it."),
        done=_("The import is undone."),
        submit=_("Undo the import"),
    )


@page("import.see", load=load_import)
def import_drop(request: Request, one: Import) -> HttpResponse:
    return _act(
        request,
        one,
        import_give_up,
        heading=_("Give this workbook up"),
        lead=_("Nothing of it is imported, and what was kept of it is deleted."),
        done=_("The workbook is given up."),
        submit=_("Give the file up"),
    )


def _act(request: Request, one: Import, service: Any, **words: Any) -> HttpResponse:
    back = reverse("import", kwargs={"pk": one.pk})
    form = ActForm(request.POST or None)
    return one_act(request, form, service, back=back, given={"sent": one}, **words)


def _file(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=MEDIA_TYPE)
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    return response


urlpatterns = [
    path("desk/imports/", imports, name="imports"),
    path("desk/imports/new/", import_new, name="import_new"),
    path("desk/imports/template.xlsx", import_template, name="import_template"),
    path("desk/imports/<uuid:pk>/", import_page, name="import"),
    path("desk/imports/<uuid:pk>/state/", import_state, name="import_state"),
    path("desk/imports/<uuid:pk>/rejected.xlsx", import_rejected, name="import_rejected"),
    path("desk/imports/<uuid:pk>/take/", import_take, name="import_take"),
    path("desk/imports/<uuid:pk>/undo/", import_back, name="import_undo"),
    path("desk/imports/<uuid:pk>/give-up/", import_drop, name="import_give_up"),
]
