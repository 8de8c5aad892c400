"""Projects: the list, and one project's file — where it stands, its money, its kilometres, its story."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.campaign.models import Campaign
from yishi.assistance.projects.models import Acceptance, FundKind, Project
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
from yishi.assistance.projects.stages import may_step
from yishi.assistance.register.models import Household
from yishi.attachments.models import Attachment
from yishi.database.gather import HowMany, gather
from yishi.organisations.rights import may
from yishi.reporting.small_numbers import roughly, told
from yishi.web.kit.desk_items import DeskItem, Source
from yishi.web.kit.exports import export
from yishi.web.kit.forms import Form
from yishi.web.kit.nearby import widest_place
from yishi.web.kit.numbers import number_text
from yishi.web.kit.page import page
from yishi.web.kit.place_field import PlaceField
from yishi.web.kit.request import Request
from yishi.web.kit.stream import stream

from .project_story import project_events

PER_PAGE = 25
SHOWN = 50
S = Project.Stage

# (verb in the stage table, right, URL name, label): what a project's page offers, in the order of its life.
ACTS: tuple[tuple[str, str, str, Any], ...] = (
    ("approve", "project.approve", "project_approve", gettext_lazy("Approve it")),
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
STEPS = ("approve", "start", "report", "finish", "pass")  # what brings the project on


class ProjectFilter(Form):
    q = forms.CharField(label=gettext_lazy("Words or number"), required=False, max_length=64)
    stage = forms.ChoiceField(label=gettext_lazy("Stage"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    campaign = forms.ModelChoiceField(
        Campaign.objects.order_by("-starts_on"), label=gettext_lazy("Campaign"), required=False, empty_label=""
    )
    body = forms.CharField(label=gettext_lazy("Responsible body"), required=False, max_length=64)
    place = PlaceField(required=False, help_text="")

    def __init__(self, request: Request):
        super().__init__(request.GET)
        self.fields["stage"].choices = [("", _("all")), ("running", _("running")), *S.choices]
        self.fields["kind"].choices = [("", _("all")), *Project.Kind.choices]
        self.fields["campaign"].empty_label = _("all")
        self.fields["place"].limit(widest_place(request))

    def narrow(self, rows: QuerySet[Project]) -> QuerySet[Project]:
        given = self.cleaned_data if self.is_valid() else {}
        if given.get("q"):
            words = given["q"].strip()
            rows = rows.filter(Q(name__icontains=words) | Q(number__icontains=words) | Q(outside_number=words))
        if given.get("stage") == "running":
            rows = rows.filter(stage__in=Project.RUNNING)
        elif given.get("stage"):
            rows = rows.filter(stage=given["stage"])
        if given.get("kind"):
            rows = rows.filter(kind=given["kind"])
        if given.get("campaign"):
            rows = rows.filter(campaign=given["campaign"])
        if given.get("body"):
            rows = rows.filter(responsible__name__icontains=given["body"].strip())
        if given.get("place"):
            rows = rows.filter(place__lo__gte=given["place"].lo, place__lo__lte=given["place"].hi)
        return rows


@page("project.see", methods=("GET",))
def projects(request: Request) -> HttpResponse:
    form = ProjectFilter(request)
    rows = form.narrow(Project.objects.select_related("place", "responsible")).order_by("place__lo", "starts_on", "pk")
    if request.GET.get("export"):
        return _export(request, list(rows))
    page_obj = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    words = {
        "form": form,
        "page_obj": page_obj,
        "lines": listed(page_obj),
        "is_filtered": any(value for key, value in request.GET.items() if key != "page"),
        "may_open": may("project.open", request.viewer),
    }
    return render(request, "assistance/projects/projects.html", words)


def listed(found: Any) -> list[dict[str, Any]]:
    """Projects with their money and their quantities, by one query whatever their number."""
    rows = list(found)
    keys = [one.pk for one in rows]
    told = gather(**money_rows(keys), **standing_rows(keys))
    money, parts = money_from(keys, told), standings_from(keys, told)
    return [{"project": one, "money": money[one.pk].total, "wholes": wholes(parts[one.pk])} for one in rows]


def _export(request: Request, rows: list[Project]) -> HttpResponse:
    def quantity(attribute: str) -> Any:
        return lambda line: "；".join(
            f"{one.quantity.what} {getattr(one, attribute) / 1000:g} {one.quantity.unit}" for one in line["wholes"]
        )

    columns = [
        (_("number"), lambda line: line["project"].number),
        (_("project"), lambda line: line["project"].name),
        (_("place"), lambda line: line["project"].place.full_name),
        (_("kind"), lambda line: line["project"].get_kind_display()),
        (_("responsible body"), lambda line: line["project"].responsible.name),
        (_("stage"), lambda line: line["project"].get_stage_display()),
        (_("planned from"), lambda line: line["project"].starts_on),
        (_("planned until"), lambda line: line["project"].ends_on),
        (_("quantity planned"), quantity("planned")),
        (_("quantity done"), quantity("done")),
        (_("quantity accepted"), quantity("accepted")),
        (_("money planned (yuan)"), lambda line: line["money"].planned / 100),
        (_("money held ready (yuan)"), lambda line: line["money"].allotted / 100),
        (_("money paid (yuan)"), lambda line: line["money"].paid / 100),
    ]
    return export(request, _("projects"), columns, listed(rows))


def load_project(request: Request, pk: UUID) -> Project:
    rows = Project.objects.select_related("place", "responsible", "acceptor", "campaign", "direction")
    return rows.get(pk=pk)


def load_photo(request: Request, pk: UUID, photo: UUID) -> Attachment:
    return Attachment.objects.get(pk=photo, pk__in=Project.objects.get(pk=pk).photos.values("file"))


def load_paper(request: Request, pk: UUID, file: UUID) -> Attachment:
    one = Project.objects.get(pk=pk)
    own = Q(pk__in=one.contracts.values("file")) | Q(pk__in=one.acceptances.values("file"))
    return Attachment.objects.filter(own).get(pk=file)


@page("project.see", load=load_project, methods=("GET",))
def project(request: Request, one: Project) -> HttpResponse:
    """Where does it stand; then its money, its quantities, its story, its papers, its families."""
    mine = Household.objects.filter(pk__in=one.reached.values("household"))
    rows = gather(
        **money_rows([one.pk]),
        parts=parts_in([one.pk]),
        lines=lines_of([one.pk]).select_related("report__body", "part__quantity"),
        found=found_of([one.pk]).select_related("acceptance__body"),
        steps=one.steps.select_related("body"),
        contracts=one.contracts.select_related("contractor"),
        allotments=one.allotments.select_related("fund").order_by("on", "pk"),
        photos=one.photos.all(),
        promises=promises_of(one),
        reached=HowMany(one.reached.all()),
        known=HowMany(mine),
        seen=mine.select_related("head").order_by("number")[:SHOWN],
    )
    money, lines, found, photos = money_from([one.pk], rows)[one.pk], rows["lines"], rows["found"], rows["photos"]
    passed = [(row.part_id, row.amount) for row in found if row.acceptance.result != Acceptance.Result.FAILED]
    whole = wholes(stood(rows["parts"], [(row.part_id, row.done) for row in lines], passed))
    contracts, reached, known, seen = rows["contracts"], rows["reached"], rows["known"], rows["seen"]
    families = told(reached, known, has_own=False, has_rest=reached != known)
    words = {
        "project": one,
        "acts": offered(request.viewer, one),
        "total": money.total,
        "sources": [
            {"kind": kind, "name": FundKind(kind).label, "line": line}
            for kind, line in sorted(money.sources.items(), key=lambda pair: -pair[1].planned)
        ],
        "allotments": rows["allotments"],
        "wholes": whole,
        "cost": cost_of(money.total, whole),
        "contracts": [{"contract": sign, "paid": money.contracts.get(sign.pk, 0)} for sign in contracts],
        "photos": [
            (label, [photo for photo in photos if photo.stage == stage])
            for stage, label in S.choices
            if any(photo.stage == stage for photo in photos)
        ],
        "events": project_events(one, rows["steps"], contracts, lines, found),
        "promises": rows["promises"],
        "families": seen,
        "reached": number_text(families) if reached else "",
        "unseen": "" if known == len(seen) else str(known - len(seen)),
        "others": "" if families.is_exact else number_text(roughly(reached - known)),
    }
    return render(request, "assistance/projects/project.html", words)


def cost_of(total: Any, whole: list[Whole]) -> dict[str, Any] | None:
    """What a unit of the first thing costs: as planned, and as paid for what is done; in fen."""
    if len(whole) != 1:  # the money is not divided among several things: a unit price would be invented
        return None
    planned = unit_cost(total.planned, whole[0].planned)
    real = unit_cost(total.paid, whole[0].done)
    return {"unit": whole[0].quantity.unit, "planned": planned, "real": real} if planned or real else None


def offered(viewer: Any, one: Project) -> list[dict[str, Any]]:
    """The acts that the viewer may do now, by stage and right; the first that brings the project on stands out."""
    rights = {right for verb, right, _name, _label in ACTS if may_step(one, verb)}
    allowed = {right: may(right, viewer, one) for right in rights}
    acts = [
        {"url": reverse(name, args=[one.pk]), "label": label, "is_step": verb in STEPS}
        for verb, right, name, label in ACTS
        if may_step(one, verb) and allowed[right]
    ]
    if may_step(one, "allot") and any(viewer.holds(post.body_id) for post in viewer.posts):
        acts.append({"url": reverse("project_allot", args=[one.pk]), "label": _("Hold money ready"), "is_step": False})
    return acts


@page("project.see", load=load_photo, methods=("GET",))
def project_photo(request: Request, attachment: Attachment) -> HttpResponse:
    return stream(attachment, small=request.GET.get("small") == "1")


@page("project.see", load=load_paper, methods=("GET",))
def project_paper(request: Request, attachment: Attachment) -> HttpResponse:
    return stream(attachment)


def _waiting_rows(viewer: Any) -> Any:
    """Our projects that are to begin or to be done by now; finished ones that we are to accept."""
    today = timezone.localdate()
    desks = [post.body_id for post in viewer.posts if viewer.holds(post.body_id)]
    ours = Q(responsible__in=desks) & (
        Q(stage=S.APPROVED, starts_on__lte=today) | Q(stage=S.BUILDING, ends_on__lte=today)
    )
    theirs = Q(stage=S.FINISHED, acceptor__in=desks)
    return Project.objects.filter(ours | theirs).select_related("place").order_by("ends_on")


def _waiting_items(viewer: Any, rows: Any) -> list[DeskItem]:
    words = {
        S.APPROVED: (_("Begin the works"), "project_start"),
        S.BUILDING: (_("Report how far it is"), "project_report"),
        S.FINISHED: (_("Accept the works"), "project_accept"),
    }
    return [
        DeskItem(
            kind="project",
            title=one.name,
            act=words[one.stage][0],
            url=reverse(words[one.stage][1], args=[one.pk]),
            due_on=one.starts_on if one.stage == S.APPROVED else one.ends_on,
            body_id=one.acceptor_id if one.stage == S.FINISHED else one.responsible_id,
            detail=f"{one.number} · {one.place.name}",
        )
        for one in rows[:SHOWN]
    ]


waiting = Source(_waiting_rows, _waiting_items)


urlpatterns = [
    path("desk/projects/", projects, name="projects"),
    path("desk/projects/<uuid:pk>/", project, name="project"),
    path("desk/projects/<uuid:pk>/photos/<uuid:photo>/", project_photo, name="project_photo"),
    path("desk/projects/<uuid:pk>/papers/<uuid:file>/", project_paper, name="project_paper"),
]
