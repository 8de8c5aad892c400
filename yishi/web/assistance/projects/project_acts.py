"""The acts that bring a project on, a page each: approve, begin, report from the phone, finish, accept."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.projects.models import Acceptance, FundKind, Project
from yishi.assistance.projects.services import acceptance, building
from yishi.assistance.projects.services import projects as planning
from yishi.assistance.projects.services.acceptance import LOOKED_AT, Defect
from yishi.assistance.projects.services.building import REPORT_WORDS, STEP_WORDS, field_of
from yishi.assistance.projects.services.funds import WHY
from yishi.assistance.projects.services.progress import Standing, standing_of
from yishi.assistance.projects.services.stepping_back import WHY as WHY_BACK
from yishi.assistance.projects.services.stepping_back import project_step_back
from yishi.assistance.projects.shown import money_asked_digest, project_digest
from yishi.assistance.projects.stages import STEPPED
from yishi.attachments.store import scan_keep
from yishi.commitments.services.making import ACT, PROOF_EXPECTED
from yishi.journal.models import Receipt
from yishi.kit.money import yuan_text
from yishi.kit.records import lend, lent
from yishi.notices.days import day_said
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body
from yishi.organisations.rights import may
from yishi.web.kit.fields.simple import AmountField, day_field, photo_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.one_act import CENTRED, one_act
from yishi.web.kit.page import page
from yishi.web.kit.proof_files import kept_photos
from yishi.web.kit.request import Request

from .money_fields import BodyField, bodies_nearby
from .project_story import step_words
from .projects import load_project

DEFECTS = 5
PAPER = gettext_lazy("Scan or PDF (a receipt, a contract)")


def today() -> Any:
    return timezone.localdate()


class StepForm(ActForm):
    on = day_field(gettext_lazy("When"))
    words = WordsField(STEP_WORDS, gettext_lazy("Note (if you like)"), rows=2)


class ApproveForm(StepForm):
    paper = forms.CharField(label=gettext_lazy("Number of the document"), required=False, max_length=64)
    acceptor = BodyField(label=gettext_lazy("Who is to accept the works"), required=False)
    field_order = ["on", "paper", "acceptor", "words"]


class ReasonForm(ActForm):
    reason = WordsField(WHY, gettext_lazy("Reason"), rows=2)


class PromiseForm(ActForm):
    text = WordsField(ACT, gettext_lazy("What is to be done?"), rows=2)
    bearer = BodyField(label=gettext_lazy("bearer"))
    supervisor = BodyField(label=gettext_lazy("supervising body"))
    due_on = day_field(gettext_lazy("due"))
    proof_expected = WordsField(PROOF_EXPECTED, gettext_lazy("how it is proved"))


class PhotosForm(ActForm):
    on = day_field(gettext_lazy("When"))
    stage = forms.ChoiceField(label=gettext_lazy("Stage"), choices=Project.Stage.choices[:-1])
    photo_1, photo_2, photo_3 = photo_field(1), photo_field(2), photo_field(3)
    words = forms.CharField(label=gettext_lazy("What one sees"), required=False, max_length=100)


class PartsForm(ActForm):
    """A number for each part of the project."""

    def add_parts(self, project: Project, help_text: Callable[[Standing], str]) -> None:
        """A field for each part, in the unit of its quantity; what stands below it is `help_text` of the part."""
        self.parts = {field_of(standing.part.pk): standing for standing in standing_of(project)}
        several = len({standing.part.quantity_id for standing in self.parts.values()}) > 1
        for name, standing in self.parts.items():
            part_name = f"{standing.part.quantity.what} · {standing.part.name}" if several else standing.part.name
            self.fields[name] = AmountField(
                label=f"{part_name}（{standing.part.quantity.unit}）",
                help_text=help_text(standing),
                min_value=0,
                max_digits=14,
                decimal_places=3,
                required=False,
                widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            )

    def typed(self) -> dict[UUID, Decimal]:
        """The numbers of those parts for which one was typed."""
        cleaned = self.cleaned_data
        return {
            standing.part.pk: cleaned[name] for name, standing in self.parts.items() if cleaned.get(name) is not None
        }


class ReportForm(PartsForm):
    on = day_field(gettext_lazy("As of which day"))
    words = WordsField(REPORT_WORDS, gettext_lazy("What happened (if you like)"), rows=2)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Needed if more is done than planned, or less than reported before."),
    )
    photo_1, photo_2, photo_3 = photo_field(1), photo_field(2), photo_field(3)

    def __init__(self, *args: Any, project: Project, **kwargs: Any):
        super().__init__(*args, **kwargs)

        def planned_and_done(standing: Standing) -> str:
            return _("planned %(planned)s, reported so far %(done)s") % {
                "planned": building.plain(standing.part.planned),
                "done": building.plain(standing.done),
            }

        self.add_parts(project, planned_and_done)
        self.order_fields([*self.parts, "photo_1", "words", "on", "reason", "photo_2", "photo_3"])


class AcceptForm(PartsForm):
    body = forms.ModelChoiceField(Body.objects.none(), label=gettext_lazy("Accepting body"))
    on = day_field(gettext_lazy("When"))
    result = forms.ChoiceField(
        label=gettext_lazy("Result"), choices=Acceptance.Result.choices, widget=forms.RadioSelect
    )
    words = WordsField(LOOKED_AT, gettext_lazy("What was looked at and found"), rows=3)
    scan = forms.FileField(label=PAPER, required=False)

    def __init__(self, *args: Any, project: Project, request: Request, **kwargs: Any):
        super().__init__(*args, **kwargs)
        viewer = request.viewer
        desks = [post.body_id for post in viewer.posts if may("project.accept", viewer, project, at=post.body)]
        self.fields["body"].queryset = Body.objects.filter(pk__in=desks)
        if len(desks) == 1:
            self.fields["body"].initial = desks[0]

        def done_so_far(standing: Standing) -> str:
            return _("done %(done)s; empty: all of it") % {"done": building.plain(standing.done)}

        self.add_parts(project, done_so_far)
        for number in range(1, DEFECTS + 1):
            self.fields[f"defect_{number}"] = forms.CharField(
                label=_("Defect %(number)d") % {"number": number}, required=False, max_length=300
            )
            self.fields[f"due_{number}"] = day_field(
                _("to be mended by"), required=False, help_text=_("It becomes a promise of the responsible body.")
            )
        self.order_fields(["body", "on", "result", *self.parts, "words"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for number in range(1, DEFECTS + 1):
            if cleaned.get(f"defect_{number}") and not cleaned.get(f"due_{number}"):
                self.add_error(f"due_{number}", _("Say by which day it is mended."))
        return cleaned

    def defects(self) -> list[Defect]:
        """The defects that were written down, each with the day by which it is mended."""
        cleaned = self.cleaned_data
        numbers = range(1, DEFECTS + 1)
        return [Defect(cleaned[f"defect_{n}"], cleaned[f"due_{n}"]) for n in numbers if cleaned.get(f"defect_{n}")]


def lead_of(project: Project) -> str:
    return f"{project.number} · {project.name} · {project.place.full_name}"


def act_on(
    request: Request, project: Project, form: ActForm, service: Callable[..., Receipt], **arguments: Any
) -> HttpResponse:
    return one_act(
        request,
        form,
        service,
        given={"project": project},
        lead=arguments.pop("lead", lead_of(project)),
        back=reverse("project", args=[project.pk]),
        layout=CENTRED,
        **arguments,
    )


def plan_facts(project: Project) -> list[tuple[str, str]]:
    """The plan as its approver reads it: the days, each part with its amount, each source with its money."""
    parts: dict[str, list[str]] = {}
    for part in planning.parts_of(project):
        label = f"{part.quantity.what}（{part.quantity.unit}）"
        parts.setdefault(label, []).append(f"{part.name} {building.plain(part.planned)}")
    money = [f"{FundKind(line.kind).label} {yuan_text(line.amount)}" for line in project.planned_money.order_by("kind")]
    whole = sum(project.planned_money.values_list("amount", flat=True))
    facts = [
        (_("kind"), f"{project.get_kind_display()}\n{project.words}".strip()),
        (_("Days planned"), f"{day_said(project.starts_on)} — {day_said(project.ends_on)}"),
        *((label, "\n".join(lines)) for label, lines in parts.items()),
        (_("money planned (yuan)"), "\n".join([yuan_text(whole), *money]) if money else ""),
    ]
    return [(label, text) for label, text in facts if text]


@page("project.approve", load=load_project)
def project_approve(request: Request, project: Project) -> HttpResponse:
    form = ApproveForm(request.POST or None, initial={"on": today()}, shown=project_digest(project))
    form.fields["acceptor"].offer(bodies_nearby(project.place, request.viewer))
    return act_on(
        request,
        project,
        form,
        building.project_approve,
        heading=_("Approve the project"),
        done=_("The project is approved; the works may begin."),
        facts=plan_facts(project),
        submit=_("Approve it"),
    )


class DecideForm(ActForm):
    granted = forms.TypedChoiceField(
        label=gettext_lazy("Decision"),
        choices=[("1", gettext_lazy("grant it")), ("0", gettext_lazy("refuse it"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    answer = WordsField(planning.WHY_NO_MONEY, gettext_lazy("Reason"), rows=3, when=("granted", False))


@page("project.approve", load=load_project)
def project_money_decide(request: Request, project: Project) -> HttpResponse:
    """Who approved the plan reads what it is, what is asked for beyond it, and why."""
    asked = project.asked_money or {}
    before = dict(project.planned_money.values_list("kind", "amount"))
    lines = [
        (FundKind(kind).label, f"{yuan_text(before.get(kind, 0))} → {yuan_text(asked.get(kind, 0))}")
        for kind in FundKind.values
        if before.get(kind) or asked.get(kind)
    ]
    whole = f"{yuan_text(sum(before.values()))} → {yuan_text(sum(asked.values()))}"
    return act_on(
        request,
        project,
        DecideForm(request.POST or None, shown=money_asked_digest(project)),
        planning.money_decide,
        heading=_("Decide about more money"),
        done=_("Decided; until then the approved plan held."),
        submit=_("Decide"),
        facts=[(_("money planned (yuan)"), whole), *lines, (_("Reason"), project.asked_money_why)] if asked else [],
    )


@page("project.build", load=load_project)
def project_start(request: Request, project: Project) -> HttpResponse:
    return act_on(
        request,
        project,
        StepForm(request.POST or None, initial={"on": today()}),
        building.project_start,
        heading=_("The works begin"),
        done=_("The works have begun; report their progress from the spot."),
        submit=_("The works begin"),
    )


@page("project.build", load=load_project)
def project_finish(request: Request, project: Project) -> HttpResponse:
    return act_on(
        request,
        project,
        StepForm(request.POST or None, initial={"on": today()}),
        building.project_finish,
        heading=_("The works are done"),
        done=_("The works are done; another body accepts them."),
        submit=_("The works are done"),
    )


@page("project.plan", load=load_project)
def project_drop(request: Request, project: Project) -> HttpResponse:
    return act_on(
        request,
        project,
        ReasonForm(request.POST or None),
        building.project_drop,
        heading=_("Give the project up"),
        done=_("The project is given up; its file stays."),
        submit=_("Give it up"),
    )


class BackForm(ActForm):
    reason = WordsField(WHY_BACK, gettext_lazy("Why? It stays on the record."), rows=3)


def load_stepped(request: Request, pk: UUID, verb: str) -> Project:
    """A project, with the step that is to be taken back."""
    if verb not in STEPPED:
        raise Http404
    return lend(load_project(request, pk), asked_verb=verb)


@page("project.step_back", load=load_stepped)
def project_back(request: Request, project: Project) -> HttpResponse:
    verb = lent(project, "asked_verb")
    return act_on(
        request,
        project,
        BackForm(request.POST or None),
        partial(project_step_back, verb=verb),
        heading=_("Taken by mistake: %(step)s") % {"step": step_words(verb)},
        done=_("It is taken back; the reason stays in the story."),
        submit=_("Take it back"),
    )


@page("project.build", load=load_project)
def project_report(request: Request, project: Project) -> HttpResponse:
    """Made for a phone at the roadside: a number for each hamlet; a photo if one likes."""
    form = ReportForm(request.POST or None, request.FILES or None, project=project, initial={"on": today()})

    def report(*, actor: Viewer, act_id: UUID | None = None, **fields: Any) -> Receipt:
        photos = kept_photos(actor, fields)
        for name in form.parts:
            fields.pop(name, None)
        return building.progress_report(actor=actor, act_id=act_id, done=form.typed(), photos=photos, **fields)

    return act_on(
        request,
        project,
        form,
        report,
        heading=_("Report progress"),
        lead=_("%(name)s: type what is done in all, not what was added. Leave out what did not change.")
        % {"name": project.name},
        done=_("The progress is reported."),
        submit=_("Report it"),
    )


@page("project.build", load=load_project)
def project_photos(request: Request, project: Project) -> HttpResponse:
    form = PhotosForm(request.POST or None, request.FILES or None, initial={"on": today(), "stage": project.stage})

    def add(*, actor: Viewer, act_id: UUID | None = None, **fields: Any) -> Receipt:
        return building.photos_add(actor=actor, act_id=act_id, photos=kept_photos(actor, fields), **fields)

    return act_on(
        request,
        project,
        form,
        add,
        heading=_("Add photos"),
        done=_("The photos are kept."),
        submit=_("Keep them"),
    )


@page("project.accept", load=load_project)
def project_accept(request: Request, project: Project) -> HttpResponse:
    form = AcceptForm(
        request.POST or None, request.FILES or None, project=project, request=request, initial={"on": today()}
    )

    def accept(*, actor: Viewer, act_id: UUID | None = None, **fields: Any) -> Receipt:
        file = scan_keep(actor=actor, upload=fields["scan"]) if fields.get("scan") else None
        kept = {name: fields[name] for name in ("project", "body", "on", "result", "words")}
        return acceptance.project_accept(
            actor=actor, act_id=act_id, found=form.typed(), defects=form.defects(), file=file, **kept
        )

    return act_on(
        request,
        project,
        form,
        accept,
        heading=_("Accept the works"),
        done=_("The acceptance is recorded."),
        submit=_("Record the acceptance"),
    )


@page("project.promise", load=load_project)
def project_promise(request: Request, project: Project) -> HttpResponse:
    form = PromiseForm(request.POST or None, initial={"bearer": project.responsible.name})
    for name in ("bearer", "supervisor"):
        form.fields[name].offer(bodies_nearby(project.place, request.viewer))
    return act_on(
        request,
        project,
        form,
        acceptance.project_promise,
        heading=_("Write down a promise"),
        done=_("The promise is in force."),
        submit=_("Write it down"),
    )


urlpatterns = [
    path("desk/projects/<uuid:pk>/money/decide/", project_money_decide, name="project_money_decide"),
    path("desk/projects/<uuid:pk>/approve/", project_approve, name="project_approve"),
    path("desk/projects/<uuid:pk>/start/", project_start, name="project_start"),
    path("desk/projects/<uuid:pk>/report/", project_report, name="project_report"),
    path("desk/projects/<uuid:pk>/finish/", project_finish, name="project_finish"),
    path("desk/projects/<uuid:pk>/accept/", project_accept, name="project_accept"),
    path("desk/projects/<uuid:pk>/drop/", project_drop, name="project_drop"),
    path("desk/projects/<uuid:pk>/back/<slug:verb>/", project_back, name="project_back"),
    path("desk/projects/<uuid:pk>/photos/", project_photos, name="project_photos"),
    path("desk/projects/<uuid:pk>/promise/", project_promise, name="project_promise"),
]
