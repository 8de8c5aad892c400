"""Projects: the list, and one project's file — where it stands, its money, its kilometres, its story."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.campaign.models import Campaign
from yishi.assistance.campaign.reads import campaigns_around
from yishi.assistance.projects.models import Acceptance, FundKind, Project, ProjectStep
from yishi.assistance.projects.services.acceptance import promises_of
from yishi.assistance.projects.services.balances import money_from, money_rows
from yishi.assistance.projects.services.progress import (
    Whole,
    found_of,
    lines_of,
    parts_in,
    standing_rows,
    standings_from,
    stood,
    unit_cost,
    wholes,
)
from yishi.assistance.projects.stages import STEPPED, may_step, standing_among
from yishi.assistance.register.models import Household
from yishi.attachments.models import Attachment
from yishi.database.gather import HowMany, gather
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import may
from yishi.reporting.small_numbers import roughly, told
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.forms import Form
from yishi.web.kit.lists import Column, DeclaredList
from yishi.web.kit.nearby import widest_place
from yishi.web.kit.numbers import number_text, thousandths
from yishi.web.kit.page import page
from yishi.web.kit.request import Request
from yishi.web.kit.stream import stream

from .project_story import project_events, step_words

SHOWN = 50
S = Project.Stage

# (verb in the stage table, right, URL name, label): what a project's page offers, in the order of its life.
ACTS: tuple[tuple[str, str, str, Any], ...] = (
    ("approve", "project.approve", "project_approve", gettext_lazy("Approve it")),
    ("decide_money", "project.approve", "project_money_decide", gettext_lazy("Decide about more money")),
    ("decide_works", "project.approve", "project_works_decide", gettext_lazy("Decide about more works")),
    ("start", "project.build", "project_start", gettext_lazy("The works begin")),
    ("report", "project.build", "project_report", gettext_lazy("Report progress")),
    ("finish", "project.build", "project_finish", gettext_lazy("The works are done")),
    ("pass", "project.accept", "project_accept", gettext_lazy("Accept the works")),
    ("plan", "project.plan", "project_quantities", gettext_lazy("What is built")),
    ("plan_money", "project.plan", "project_money", gettext_lazy("Plan of its money")),
    ("sign", "project.build", "contract_sign", gettext_lazy("Add a contract")),
    ("plan_money", "project.build", "project_photos", gettext_lazy("Add photos")),
    ("plan_money", "project.plan", "project_households", gettext_lazy("Families reached")),
    ("promise", "project.promise", "project_promise", gettext_lazy("Write down a promise")),
    ("plan_money", "project.plan", "project_change", gettext_lazy("Change")),
    ("drop", "project.plan", "project_drop", gettext_lazy("Give it up")),
)
STEPS = ("approve", "decide_money", "decide_works", "start", "report", "finish", "pass")  # what brings the project on


class ProjectFilter(Form):
    q = forms.CharField(label=gettext_lazy("Words or number"), required=False, max_length=64)
    stage = forms.ChoiceField(label=gettext_lazy("Stage"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    campaign = forms.ModelChoiceField(
        Campaign.objects.none(), label=gettext_lazy("Campaign"), required=False, empty_label=""
    )
    body = forms.CharField(label=gettext_lazy("Responsible body"), required=False, max_length=64)
    place = PlaceField(required=False, help_text="")

    def __init__(self, request: Request):
        super().__init__(request.GET)
        self.fields["stage"].choices = [("", _("all")), ("running", _("running")), *S.choices]
        self.fields["kind"].choices = [("", _("all")), *Project.Kind.choices]
        top = widest_place(request)
        self.fields["campaign"].empty_label = _("all")
        self.fields["campaign"].queryset = campaigns_around(top)
        self.fields["place"].limit(top)

    def narrow(self, projects: QuerySet[Project]) -> QuerySet[Project]:
        filters = self.cleaned_data if self.is_valid() else {}
        if filters.get("q"):
            typed = filters["q"].strip()
            projects = projects.filter(Q(name__finds=typed) | Q(number__finds=typed) | Q(outside_number=typed))
        if filters.get("stage") == "running":
            projects = projects.filter(stage__in=Project.RUNNING)
        elif filters.get("stage"):
            projects = projects.filter(stage=filters["stage"])
        if filters.get("kind"):
            projects = projects.filter(kind=filters["kind"])
        if filters.get("campaign"):
            projects = projects.filter(campaign=filters["campaign"])
        if filters.get("body"):
            projects = projects.filter(responsible__name__finds=filters["body"].strip())
        if filters.get("place"):
            projects = projects.filter(place__lo__gte=filters["place"].lo, place__lo__lte=filters["place"].hi)
        return projects


def listed(projects: list[Project]) -> list[dict[str, Any]]:
    """The lines of `PROJECTS`: projects with their money and their quantities, by one query whatever their number."""
    keys = [project.pk for project in projects]
    gathered = gather(**money_rows(keys), **standing_rows(keys))
    money, parts = money_from(keys, gathered), standings_from(keys, gathered)
    return [
        {"project": project, "money": money[project.pk].total, "wholes": wholes(parts[project.pk])}
        for project in projects
    ]


def _quantities(attribute: str) -> Any:
    """What the workbook holds of a line's quantities, each in its unit; `attribute`: planned, done or accepted."""
    return lambda line: "；".join(
        f"{whole.quantity.what} {thousandths(getattr(whole, attribute))} {whole.quantity.unit}"
        for whole in line["wholes"]
    )


PROJECTS = DeclaredList(
    "projects",
    gettext_lazy("projects"),
    [
        Column(gettext_lazy("number"), "project.number", page=False),
        Column(gettext_lazy("project"), "project.name", cell="project"),
        Column(gettext_lazy("place"), "project.place.full_name", page=False),
        Column(gettext_lazy("kind"), "project.get_kind_display", page=False),
        Column(gettext_lazy("responsible body"), "project.responsible.name", page=False),
        Column(gettext_lazy("stage"), "project.get_stage_display"),
        Column(gettext_lazy("done of what is planned"), cell="done"),
        Column(gettext_lazy("money planned"), cell="money_planned", css="number"),
        Column(gettext_lazy("held ready"), cell="held_ready", css="number"),
        Column(gettext_lazy("paid"), cell="paid", css="number"),
        Column(gettext_lazy("planned from"), "project.starts_on", page=False),
        Column(gettext_lazy("planned until"), "project.ends_on", page=False),
        Column(gettext_lazy("quantity planned"), _quantities("planned"), page=False),
        Column(gettext_lazy("quantity done"), _quantities("done"), page=False),
        Column(gettext_lazy("quantity accepted"), _quantities("accepted"), page=False),
        Column(gettext_lazy("money planned (yuan)"), lambda line: line["money"].planned / 100, page=False),
        Column(gettext_lazy("money held ready (yuan)"), lambda line: line["money"].allotted / 100, page=False),
        Column(gettext_lazy("money paid (yuan)"), lambda line: line["money"].paid / 100, page=False),
    ],
    prepare=listed,
)


@page("project.see", methods=("GET",))
def projects(request: Request) -> HttpResponse:
    form = ProjectFilter(request)
    listed_projects = form.narrow(Project.objects.select_related("place", "responsible")).order_by(
        "place__lo", "starts_on", "pk"
    )
    return PROJECTS.respond(
        request,
        "assistance/projects/projects.html",
        listed_projects,
        form=form,
        may_open=may("project.open", request.viewer),
    )


def load_project(request: Request, pk: UUID) -> Project:
    projects = Project.objects.select_related("place", "responsible", "acceptor", "campaign", "direction")
    return projects.get(pk=pk)


def load_photo(request: Request, pk: UUID, photo: UUID) -> Attachment:
    return Attachment.objects.get(pk=photo, pk__in=Project.objects.get(pk=pk).photos.values("file"))


def load_paper(request: Request, pk: UUID, file: UUID) -> Attachment:
    """The scan of a contract or of an acceptance of a project that the viewer reaches."""
    project = Project.objects.get(pk=pk)
    own = Q(pk__in=project.contracts.values("file")) | Q(pk__in=project.acceptances.values("file"))
    return Attachment.objects.filter(own).get(pk=file)


@page("project.see", load=load_project, methods=("GET",))
def project(request: Request, project: Project) -> HttpResponse:
    """Where a project stands; then its money, its quantities, its story, its papers, its families."""
    mine = Household.objects.filter(pk__in=project.reached.values("household"))
    gathered = gather(
        **money_rows([project.pk]),
        parts=parts_in([project.pk]),
        progress_lines=lines_of([project.pk]).select_related("report__body", "part__quantity"),
        acceptance_lines=found_of([project.pk]).select_related("acceptance__body"),
        steps=project.steps.select_related("body"),
        contracts=project.contracts.select_related("contractor"),
        allotments=project.allotments.select_related("fund").order_by("on", "pk"),
        photos=project.photos.all(),
        promises=promises_of(project),
        reached=HowMany(project.reached.all()),
        known=HowMany(mine),
        seen=mine.select_related("head").order_by("number")[:SHOWN],
    )
    money, photos, contracts = money_from([project.pk], gathered)[project.pk], gathered["photos"], gathered["contracts"]
    progress_lines, acceptance_lines = gathered["progress_lines"], gathered["acceptance_lines"]
    done = [(line.part_id, line.done) for line in progress_lines]
    passed = [
        (line.part_id, line.amount) for line in acceptance_lines if line.acceptance.result != Acceptance.Result.FAILED
    ]
    quantities = wholes(stood(gathered["parts"], done, passed))
    reached, known, seen = gathered["reached"], gathered["known"], gathered["seen"]
    families = told(reached, known, has_own=False, has_rest=reached != known)
    context = {
        "project": project,
        "acts": offered(request.viewer, project),
        "back": step_back(request.viewer, project, gathered["steps"]),
        "total": money.total,
        "sources": [
            {"kind": kind, "name": FundKind(kind).label, "line": line}
            for kind, line in sorted(money.sources.items(), key=lambda pair: -pair[1].planned)
        ],
        "allotments": gathered["allotments"],
        "wholes": quantities,
        "cost": cost_of(money.total, quantities),
        "contracts": [{"contract": contract, "paid": money.contracts.get(contract.pk, 0)} for contract in contracts],
        "photos": [
            (label, [photo for photo in photos if photo.stage == stage])
            for stage, label in S.choices
            if any(photo.stage == stage for photo in photos)
        ],
        "events": project_events(project, gathered["steps"], contracts, progress_lines, acceptance_lines),
        "promises": gathered["promises"],
        "families": seen,
        "reached": number_text(families) if reached else "",
        "unseen": "" if known == len(seen) else str(known - len(seen)),
        "others": "" if families.is_exact else number_text(roughly(reached - known)),
    }
    return render(request, "assistance/projects/project.html", context)


def cost_of(total: Any, quantities: list[Whole]) -> dict[str, Any] | None:
    """What a unit of what is built costs, in fen: as planned, and as paid for what is done. None: not to be said."""
    if len(quantities) != 1:  # the money is not divided among several quantities: a unit price would be invented
        return None
    planned = unit_cost(total.planned, quantities[0].planned)
    real = unit_cost(total.paid, quantities[0].done)
    return {"unit": quantities[0].quantity.unit, "planned": planned, "real": real} if planned or real else None


def offered(viewer: Viewer, project: Project) -> list[dict[str, Any]]:
    """The acts that the viewer may do now, by stage and right; the first that brings the project on stands out."""
    rights = {right for verb, right, _name, _label in ACTS if may_step(project, verb)}
    allowed = {right: may(right, viewer, project) for right in rights}
    asked = {"decide_money": project.asked_money, "decide_works": project.asked_works}
    acts = [
        {"url": reverse(name, args=[project.pk]), "label": label, "is_step": verb in STEPS}
        for verb, right, name, label in ACTS
        if may_step(project, verb) and allowed[right] and asked.get(verb, ()) is not None
    ]
    if may_step(project, "allot") and may("project.allot", viewer, project):
        acts.append(
            {"url": reverse("project_allot", args=[project.pk]), "label": _("Hold money ready"), "is_step": False}
        )
    return acts


def step_back(viewer: Viewer, project: Project, steps: list[ProjectStep]) -> dict[str, str] | None:
    """The last step, for whoever may take it back."""
    last = next(reversed(standing_among(steps)), None)
    if last is None or not may(STEPPED[last.verb], viewer, project):
        return None
    return {
        "url": reverse("project_back", args=[project.pk, last.verb]),
        "label": _("Take back: %(step)s") % {"step": step_words(last.verb)},
    }


@page("project.see", load=load_photo, methods=("GET",))
def project_photo(request: Request, attachment: Attachment) -> HttpResponse:
    return stream(attachment, small=request.GET.get("small") == "1")


@page("project.see", load=load_paper, methods=("GET",))
def project_paper(request: Request, attachment: Attachment) -> HttpResponse:
    return stream(attachment)


urlpatterns = [
    path("desk/projects/", projects, name="projects"),
    path("desk/projects/<uuid:pk>/", project, name="project"),
    path("desk/projects/<uuid:pk>/photos/<uuid:photo>/", project_photo, name="project_photo"),
    path("desk/projects/<uuid:pk>/papers/<uuid:file>/", project_paper, name="project_paper"),
]
