"""Workbooks: send one, see what it would do, take it as a whole or its good rows, undo it as a whole."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.imports.models import Import, ImportPiece
from yishi.assistance.imports.reads import (
    MOST_SHOWN,
    ShownRows,
    import_by_sheet,
    import_changes,
    import_fault_groups,
    import_faults,
    import_rows,
    rejected_workbook,
    template,
)
from yishi.assistance.imports.services.imports import import_send
from yishi.assistance.imports.services.meanings import Asked, Word, import_explain, words_asked
from yishi.assistance.imports.services.publish import counts_shown, import_give_up, import_publish, import_undo
from yishi.assistance.imports.workbooks.faults import fault_words, note_words
from yishi.assistance.imports.workbooks.kinds import kind_of, kinds
from yishi.assistance.register.rules import REGISTER_KEEPERS
from yishi.formats.sheet_limits import LIMITS
from yishi.organisations.models import Body
from yishi.organisations.rights import may
from yishi.web.kit.exports import MEDIA_TYPE
from yishi.web.kit.forms import ActForm
from yishi.web.kit.lists import Column, DeclaredList, file_response
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .import_lists import (
    IMPORT_CHANGES,
    IMPORT_COUNTS,
    IMPORT_FAULT_KINDS,
    IMPORT_FAULTS,
    IMPORT_ROWS,
    IMPORT_SHEETS,
    preview,
)

PER_PAGE = 25
LISTS = {"changed": gettext_lazy("changed"), "new": gettext_lazy("new"), "same": gettext_lazy("unchanged")}
EXPLAINED = {Import.State.READY, Import.State.FAULTY}  # what values mean may be said
WORKING = {"sent", "reading", "checking", "writing", "undoing"}


def load_import(request: Request, pk: UUID) -> Import:
    return Import.objects.select_related("body", "place", "sent_by", "published_by").get(pk=pk)


def kinds_for(request: Request) -> list[tuple[str, Any]]:
    """The kinds of workbook that the viewer may send, as pairs of name and label."""
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
        Column(gettext_lazy("sent"), lambda workbook: timezone.localtime(workbook.sent_at), cell="sent"),
        Column(gettext_lazy("sent by"), "sent_by", page=False),
        Column(gettext_lazy("body"), "body.name", page=False),
        Column(gettext_lazy("new"), "new", css="number"),
        Column(gettext_lazy("changed"), "changed", css="number"),
        Column(gettext_lazy("unchanged"), "same", page=False),
        Column(gettext_lazy("rejected rows"), "bad", css="number"),
    ],
)


@page("import.see", methods=("GET",), unaudited="workbooks hold identity numbers in clear")
def imports(request: Request) -> HttpResponse:
    """The workbooks that the viewer's desks have sent."""
    listed = imports_of(request)
    kind = request.GET.get("kind", "")
    if kind in Import.Kind.values:
        listed = listed.filter(kind=kind)
    return IMPORTS.respond(
        request,
        "assistance/imports/imports.html",
        listed,
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
        desks = {post.body_id for post in viewer.working_posts if post.body.kind in REGISTER_KEEPERS}
        allowed = kinds_for(request)
        self.fields["kind"].choices = allowed
        asked = request.POST.get("kind") or request.GET.get("kind", "")
        self.initial.setdefault("kind", asked)
        if len(allowed) == 1:
            asked = self.initial["kind"] = allowed[0][0]
            self.fields["kind"].widget = forms.HiddenInput()
        if asked == Import.Kind.ORGANISATION:  # bodies and people are of this installation's own place, and of no year
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
        fields=_service_fields,
        next_url=lambda receipt: reverse("import", kwargs={"pk": receipt.result["import"]}),
        template="assistance/imports/import_new.html",
        has_file=True,
        kinds=kinds_for(request),
    )


def _service_fields(cleaned: dict[str, Any]) -> dict[str, Any]:
    """As `import_send` takes them: the file as its bytes and its name."""
    file = cleaned.pop("file")
    return {**cleaned, "data": file.read(), "filename": file.name or ""}


@page("import.see", methods=("GET",), unaudited="workbooks hold identity numbers in clear")
def import_template(request: Request) -> HttpResponse:
    """The empty workbook of one kind (?kind=…)."""
    allowed = dict(kinds_for(request))
    kind = request.GET.get("kind") or next(iter(allowed), "")
    if kind not in allowed:
        raise Http404
    return _file(template(kind), f"{allowed[kind]}-模板.xlsx")


@page("import.see", load=load_import, methods=("GET",), unaudited="workbooks hold identity numbers in clear")
def import_page(request: Request, workbook: Import) -> HttpResponse:
    """One workbook: where it stands, what it would do or did, and what to do next."""
    asked = request.GET.get("export", "")
    faults = import_faults(workbook, all_of_them=asked == IMPORT_FAULTS.name) if workbook.bad else []
    lists = lists_of(workbook)
    show = request.GET.get("show", "")
    if show not in lists and workbook.state != Import.State.FAULTY:
        show = "changed" if "changed" in lists else next(iter(lists), "")
    changes = import_changes(workbook, all_of_them=asked == IMPORT_CHANGES.name) if show == "changed" else []
    listed = import_rows(workbook, show) if show in ("new", "same") and show in lists else ShownRows([], [])
    rows_list = preview(listed.headings)
    if asked == IMPORT_ROWS:
        return rows_list.workbook(request, listed.rows)
    groups = import_fault_groups(workbook) if faults else []
    sheets = import_by_sheet(workbook)
    context = {
        "workbook": workbook,
        "version": version_of(workbook),
        "is_working": workbook.state in WORKING,
        "notes": [note_words(code, params) for code, params in workbook.notes],
        "refused": fault_words(workbook.refused["code"], workbook.refused["params"]) if workbook.refused else "",
        "faults": Paginator(faults, PER_PAGE).get_page(request.GET.get("page")),
        "changes": Paginator(changes, PER_PAGE).get_page(request.GET.get("page")),
        "rows": Paginator(listed.rows, PER_PAGE).get_page(request.GET.get("page")),
        "preview": rows_list,
        "counts": [workbook],
        "lists": [(name, LISTS[name], count) for name, count in lists.items()],
        "show": show,
        "groups": groups if any(kind.how_many > 1 for kind in groups) else [],
        "by_sheet": sheets,
        "is_organisation": workbook.kind == Import.Kind.ORGANISATION,
        "is_cut": MOST_SHOWN in (len(faults), len(changes), len(listed.rows)),
        "percent": percent(workbook),
        "steps": steps(workbook),
        "gives_back": gives_back(workbook),
        "may_explain": bool(workbook.state in EXPLAINED and words_asked(workbook)),
    }
    sections: dict[DeclaredList, Sequence[Any]] = {
        IMPORT_COUNTS: [workbook],
        IMPORT_SHEETS: sheets,
        IMPORT_FAULT_KINDS: groups,
        IMPORT_FAULTS: faults,
        IMPORT_CHANGES: changes,
    }
    return file_response(request, "assistance/imports/import.html", context, sections)


def lists_of(workbook: Import) -> dict[str, int]:
    """What there is to list of a checked workbook, with how many of each; of one that is imported what it changed."""
    State = Import.State
    counts = {"changed": workbook.changed, "new": workbook.new, "same": workbook.same}
    if workbook.kind == Import.Kind.ORGANISATION:  # what is new stands among the changes there, field by field
        counts["changed"] += counts.pop("new")
    if workbook.state == State.PUBLISHED:
        counts = {"changed": counts["changed"]}
    elif workbook.state not in (State.READY, State.FAULTY):
        counts = {}
    return {name: count for name, count in counts.items() if count}


def steps(workbook: Import) -> list[tuple[Any, str]]:
    """The steps of a workbook, each with its state: "done", "now", or "" for one to come."""
    names = (_("sent"), _("read"), _("gone through"), _("seen and imported"))
    reached = {"sent": 1, "reading": 1, "checking": 2, "refused": 1, "faulty": 3, "ready": 3, "writing": 3}
    now = reached.get(workbook.state, 4)
    return [(name, "done" if place < now else "now" if place == now else "") for place, name in enumerate(names)]


def percent(workbook: Import) -> int:
    """Per cent of the present step that are done, 99 at most; 0 where nobody knows yet: what is taken away again is not
    counted, and its numbers are those of the writing."""
    if workbook.state == Import.State.UNDOING:
        return 0
    return min(99, workbook.done * 100 // workbook.total) if workbook.total else 0


def version_of(workbook: Import) -> str:
    """A text that changes whenever the page of the workbook would."""
    return f"{workbook.state}-{workbook.staged}-{workbook.done}"


@page("import.see", load=load_import, methods=("GET",), unaudited="workbooks hold identity numbers in clear")
def import_state(request: Request, workbook: Import) -> HttpResponse:
    """The version of the workbook's page, for which the page asks while work is done: a new one shows it anew."""
    return JsonResponse({"version": version_of(workbook)})


def gives_back(workbook: Import) -> bool:
    """Are there rows to be given back, and are they kept yet?"""
    if not workbook.bad or workbook.state not in (Import.State.FAULTY, Import.State.PUBLISHED):
        return False
    return workbook.pieces.filter(stage=ImportPiece.Stage.ROWS).exists()


@page("import.see", load=load_import, methods=("GET",), unaudited="workbooks hold identity numbers in clear")
def import_rejected(request: Request, workbook: Import) -> HttpResponse:
    """The rejected rows as a workbook to mend, with the reasons in a column of their own."""
    if not gives_back(workbook):
        raise Http404
    return _file(rejected_workbook(workbook), _("rows to mend") + ".xlsx")


@page("import.see", load=load_import)
def import_take(request: Request, workbook: Import) -> HttpResponse:
    return _act(
        request,
        workbook,
        import_publish,
        heading=_("Import all of it"),
        lead=_("%(new)s new, %(changed)s changed. All of it is taken, or nothing.")
        % {"new": workbook.new, "changed": workbook.changed},
        done=_("It is being imported; this page shows when it is done."),
        submit=_("Import all of it"),
    )


@page("import.see", load=load_import)
def import_take_good(request: Request, workbook: Import) -> HttpResponse:
    """The choice beside all or nothing: what can be taken is taken, the rest is given back."""
    return _act(
        request,
        workbook,
        partial(import_publish, without_bad=True),
        shown=counts_shown(workbook),
        heading=_("Take the good rows, give the rest back"),
        lead=_(
            "%(new)s new, %(changed)s changed are taken. %(bad)s rows are given back in a workbook, with the reasons."
        )
        % {"new": workbook.new, "changed": workbook.changed, "bad": workbook.bad},
        done=_("It is being imported; this page shows when it is done."),
        submit=_("Take the good rows, give the rest back"),
    )


class ExplainForm(ActForm):
    """A choice for each value that is in no list, or was explained before."""

    def __init__(self, *args: Any, asked: list[Asked], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.asked = {f"word_{uuid5(NAMESPACE_OID, f'{value.column} {value.said}').hex[:12]}": value for value in asked}
        for name, value in self.asked.items():
            heading = f"{value.heading}：{value.said}" + (f"（{value.rows}）" if value.rows else "")
            choices = [("", _("as it stands")), *((label, label) for label in value.choices)]
            self.fields[name] = forms.ChoiceField(label=heading, choices=choices, required=False, initial=value.meant)

    def service_fields(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        words = [Word(value.column, value.said, cleaned.get(name, "")) for name, value in self.asked.items()]
        return {"words": words}


@page("import.see", load=load_import)
def import_words(request: Request, workbook: Import) -> HttpResponse:
    """What values mean, once for all rows and for the desk's next workbooks."""
    form = ExplainForm(request.POST or None, asked=words_asked(workbook))
    return one_act(
        request,
        form,
        import_explain,
        heading=_("Say what these values mean"),
        lead=_("Chosen once it holds for all rows, and for the next workbooks of %(body)s.")
        % {"body": workbook.body.name},
        back=reverse("import", kwargs={"pk": workbook.pk}),
        done=_("Remembered; the workbook is being checked anew."),
        submit=_("Remember and check anew"),
        given={"sent": workbook},
        fields=form.service_fields,
    )


@page("import.see", load=load_import)
def import_back(request: Request, workbook: Import) -> HttpResponse:
    return _act(
        request,
        workbook,
        import_undo,
        heading=_("Undo the import"),
        lead=_("What it brought disappears and what it changed is as before, unless something was built on it."),
        done=_("The import is undone."),
        submit=_("Undo the import"),
    )


@page("import.see", load=load_import)
def import_drop(request: Request, workbook: Import) -> HttpResponse:
    return _act(
        request,
        workbook,
        import_give_up,
        heading=_("Give this workbook up"),
        lead=_("Nothing of it is imported, and what was kept of it is deleted."),
        done=_("The workbook is given up."),
        submit=_("Give the file up"),
    )


def _act(request: Request, workbook: Import, service: Any, shown: str = "", **texts: Any) -> HttpResponse:
    back = reverse("import", kwargs={"pk": workbook.pk})
    form = ActForm(request.POST or None, shown=shown)
    return one_act(request, form, service, back=back, given={"sent": workbook}, **texts)


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
    path("desk/imports/<uuid:pk>/take-good/", import_take_good, name="import_take_good"),
    path("desk/imports/<uuid:pk>/words/", import_words, name="import_words"),
    path("desk/imports/<uuid:pk>/undo/", import_back, name="import_undo"),
    path("desk/imports/<uuid:pk>/give-up/", import_drop, name="import_give_up"),
]
