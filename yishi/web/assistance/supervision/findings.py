"""The lists of what supervision found: all, those that a desk coordinates; one finding with its acts."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.register.models import Household
from yishi.assistance.supervision.items import newest, read_pack
from yishi.assistance.supervision.models import Finding, Lane, Round
from yishi.assistance.supervision.reads import STANDINGS, parts_in, standing_of, with_promise
from yishi.assistance.supervision.rules import rounds_for
from yishi.assistance.supervision.services._common import WHY
from yishi.assistance.supervision.services.coordination import (
    ARRANGED,
    finding_coordinate,
    finding_move,
    finding_uncoordinate,
)
from yishi.assistance.supervision.services.findings import finding_merge, finding_rule
from yishi.attachments.models import Attachment
from yishi.commitments.models import Commitment
from yishi.kit.records import lend
from yishi.organisations.models import Place
from yishi.organisations.rights import may
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm, Form
from yishi.web.kit.lists import Column, DeclaredList, First
from yishi.web.kit.nearby import widest_place
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request
from yishi.web.kit.standing import standing_text
from yishi.web.kit.stream import stream

from .bodies import CoordinatorField
from .finding_story import finding_events
from .supervision_words import STANDING_BADGES, STANDING_WORDS, item_word, standing_word, whom

MOST = 2_000  # of one list that somebody counts
MOST_CHOICES = 300
COLUMNS = (
    Column(gettext_lazy("finding"), "words", cell="finding"),
    Column(gettext_lazy("What is looked at"), item_word, page=False),
    Column(gettext_lazy("whom it concerns"), whom),
    Column(gettext_lazy("household number"), "household.number", page=False),
    Column(gettext_lazy("village"), "place.full_name", shown="place.name"),
    Column(gettext_lazy("lane"), "get_lane_display"),
    Column(gettext_lazy("coordinating body"), "coordinator.name"),
    Column(gettext_lazy("coordination"), "get_coordination_display", page=False),
    Column(gettext_lazy("bearer"), "commitment.bearer.name"),
    Column(gettext_lazy("due"), "commitment.due_on"),
    Column(gettext_lazy("state"), standing_word, cell="state"),
    Column(gettext_lazy("clock"), lambda finding: standing_text(finding.commitment), page=False),
    Column(gettext_lazy("number in the ledger"), "commitment.number", page=False),
    Column(gettext_lazy("round"), "round.name", page=False),
    Column(gettext_lazy("found on"), "found_on", page=False),
    Column(gettext_lazy("reason"), "reason", page=False),
)


def _dress(findings: list[Finding]) -> None:
    """The words of each line that its template draws."""
    for finding in findings:
        badge = STANDING_BADGES[standing_of(finding)]
        lend(finding, item_name=item_word(finding), state_word=standing_word(finding), badge=badge)


FINDINGS = DeclaredList("supervision_findings", gettext_lazy("findings of supervision"), COLUMNS, most=MOST)
COORDINATION = DeclaredList(
    "coordination",
    gettext_lazy("what we coordinate"),
    [*COLUMNS[:7], Column(gettext_lazy("coordinate by"), "coordinate_by"), *COLUMNS[7:]],
    most=MOST,
)


class FindingFilter(Form):
    round: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(None, label=gettext_lazy("round"), required=False)
    place = PlaceField(label=gettext_lazy("place"), required=False, help_text="")
    item = forms.ChoiceField(label=gettext_lazy("What is looked at"), required=False)
    lane = forms.ChoiceField(label=gettext_lazy("lane"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("state"), required=False)

    def __init__(self, request: Request):
        super().__init__(request.GET or None)
        self.fields["round"].queryset = Round.objects.filter(rounds_for(request.viewer)).order_by("-starts_on")
        self.fields["round"].empty_label = _("all")
        self.fields["place"].limit(widest_place(request))
        items = [(item.code, item.name) for item in read_pack(newest()).items.values()]
        self.fields["item"].choices = [("", _("all")), *items]
        self.fields["lane"].choices = [("", _("all")), *Lane.choices]
        self.fields["state"].choices = [("", _("all")), *STANDING_WORDS.items()]

    def narrow(self, findings: QuerySet[Finding]) -> QuerySet[Finding]:
        filters = self.cleaned_data if self.is_valid() else {}
        for name in ("round", "item", "lane"):
            if filters.get(name):
                findings = findings.filter(**{name: filters[name]})
        if filters.get("state"):
            findings = findings.filter(STANDINGS[filters["state"]])
        if place := filters.get("place"):
            there = Place.objects.filter(lo__gte=place.lo, lo__lte=place.hi)
            findings = findings.filter(place__in=there.values("pk"))
        return findings


@page("finding.list", methods=("GET",))
def findings(request: Request) -> HttpResponse:
    """All that the viewer reaches, the newest first."""
    form = FindingFilter(request)
    parts = [form.narrow(part) for part in parts_in(request.viewer.reach)]
    return _listed(request, FINDINGS, parts, ("-found_on", "pk"), form, is_coordination=False)


def _listed(
    request: Request,
    declared: DeclaredList,
    parts: list[QuerySet[Finding]],
    order: tuple[str, ...],
    form: Form,
    **context: Any,
) -> HttpResponse:
    """The ids of a page come first, each part's by its index; only these are read with all that a line shows."""
    first = First(lambda: parts, order, lambda: with_promise(Finding.within.all()), are_apart=True)
    template = "assistance/supervision/findings.html"
    return declared.respond_in_parts(request, template, first, form=form, dress=_dress, **context)


class CoordinationFilter(FindingFilter):
    done = forms.ChoiceField(label=gettext_lazy("coordination"), required=False)

    def __init__(self, request: Request):
        super().__init__(request)
        self.fields["done"].choices = [
            ("", _("asked for")),
            ("arranged", _("coordinated")),
            ("all", _("both")),
        ]
        del self.fields["state"]


@page("finding.list", methods=("GET",))
def coordination(request: Request) -> HttpResponse:
    """What a higher tier is to coordinate, by the day by which: that of the viewer's own desks, then of others."""
    form = CoordinationFilter(request)
    done = form.cleaned_data.get("done") if form.is_valid() else ""

    def asked(part: QuerySet[Finding]) -> QuerySet[Finding]:
        found = form.narrow(part.filter(STANDINGS["open"], coordinate_by__isnull=False))
        if done != "all":
            found = found.filter(coordination=done or Finding.Coordination.ASKED)
        return found.filter(coordinator__in=request.viewer.reach.bodies) if request.GET.get("ours") else found

    parts = [asked(part) for part in parts_in(request.viewer.reach)]
    return _listed(request, COORDINATION, parts, ("coordinate_by", "pk"), form, is_coordination=True)


def load_finding(request: Request, pk: UUID) -> Finding:
    return with_promise(Finding.objects.all()).select_related(
        "round__place", "round__body", "visit", "found_by", "found_for", "settled_by", "commitment__supervisor",
        "merged_into__commitment", "household__place",
    ).get(pk=pk)  # fmt: skip


@page("finding.see", load=load_finding, methods=("GET",))
def finding_file(request: Request, finding: Finding) -> HttpResponse:
    """One finding: what was seen, who owes it and until when, who coordinates, what became of it."""
    viewer = request.viewer
    _dress([finding])
    is_open = finding.is_open
    is_free = finding.commitment.state == Commitment.State.IN_FORCE
    rights = {right: may(f"finding.{right}", viewer, finding) for right in ("settle", "move", "coordinate")}
    arranged = finding.coordination == Finding.Coordination.ARRANGED
    acts = [
        ("finding_coordinate", _("Say what was arranged"), is_open and rights["coordinate"] and
         finding.coordination == Finding.Coordination.ASKED),
        ("finding_move", _("Move to another lane"), is_open and rights["move"]),
        ("finding_uncoordinate", _("Ask for coordination again"), is_open and rights["move"] and arranged),
        ("finding_merge", _("It is the same as another one"), is_free and rights["settle"]),
        ("finding_rule", _("Rule on it"), is_free and rights["settle"]),
    ]  # fmt: skip
    reached = finding.household_id and Household.objects.filter(pk=finding.household_id).exists()
    context = {
        "finding": finding,
        "whom": whom(finding),
        "acts": [(reverse(name, args=[finding.pk]), label) for name, label, offered in acts if offered],
        "opens": Commitment.objects.filter(pk=finding.commitment_id).exists(),
        "household_url": reverse("household", args=[finding.household_id]) if reached else "",
        "files": list(finding.files.all()),
        "merged": list(with_promise(finding.merged.all())),
        "events": finding_events(finding),
        "may_round": may("round.see", viewer, finding.round),
    }
    return render(request, "assistance/supervision/finding.html", context)


def load_file(request: Request, pk: UUID, file: UUID) -> Finding:
    """The finding, lent `chosen`: one file of its evidence."""
    finding = load_finding(request, pk)
    chosen: Attachment = finding.files.get(pk=file)
    return lend(finding, chosen=chosen)


@page("finding.see", load=load_file, methods=("GET",))
def finding_evidence(request: Request, finding: Finding) -> HttpResponse:
    return stream(vars(finding)["chosen"], small=request.GET.get("small") == "1")


class MoveForm(ActForm):
    lane = forms.ChoiceField(label=gettext_lazy("lane"), choices=Lane.choices, widget=forms.RadioSelect)
    coordinator = CoordinatorField(required=False)
    reason = WordsField(WHY, gettext_lazy("why"), rows=2)

    def __init__(self, *args: Any, finding: Finding, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["coordinator"].around(finding.place)


def _act_on(request: Request, finding: Finding, form: ActForm, service: Any, **texts: Any) -> HttpResponse:
    back = reverse("supervision_finding", args=[finding.pk])
    given = {"finding": finding, **texts.pop("given", {})}
    return one_act(request, form, service, back=back, given=given, **texts)


@page("finding.move", load=load_finding)
def finding_lane(request: Request, finding: Finding) -> HttpResponse:
    return _act_on(
        request,
        finding,
        MoveForm(request.POST or None, finding=finding),
        finding_move,
        heading=_("Move a finding to another lane"),
        lead=_("%(words)s. Now: %(lane)s. Who owes it and until when stays.")
        % {"words": finding.words, "lane": finding.get_lane_display()},
        done=_("The finding is in its new lane; whoever coordinates has been told."),
        submit=_("Move it"),
    )


class ArrangedForm(ActForm):
    words = WordsField(ARRANGED, gettext_lazy("What was arranged, and with whom?"), rows=4)


@page("finding.coordinate", load=load_finding)
def finding_arranged(request: Request, finding: Finding) -> HttpResponse:
    return _act_on(
        request,
        finding,
        ArrangedForm(request.POST or None),
        finding_coordinate,
        heading=_("Say what was arranged"),
        lead=finding.words,
        done=_("It is in the file; who owes it has been told and goes on."),
        submit=_("Write it down"),
    )


class WhyForm(ActForm):
    reason = WordsField(WHY, gettext_lazy("why"), rows=2)


@page("finding.move", load=load_finding)
def finding_unarranged(request: Request, finding: Finding) -> HttpResponse:
    return _act_on(
        request,
        finding,
        WhyForm(request.POST or None),
        finding_uncoordinate,
        heading=_("Ask for coordination again"),
        lead=finding.words,
        done=_("Coordination is asked for again."),
        submit=_("Ask for it again"),
    )


class MergeForm(ActForm):
    into: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(None, label=gettext_lazy("the one that stays"))
    reason = WordsField(WHY, gettext_lazy("why"), rows=2)

    def __init__(self, *args: Any, finding: Finding, **kwargs: Any):
        super().__init__(*args, **kwargs)
        near = Q(place=finding.place) | Q(item=finding.item)
        open_ones = Finding.objects.filter(STANDINGS["open"], near, round=finding.round).exclude(pk=finding.pk)
        keys = list(open_ones.order_by("place__lo", "pk").values_list("pk", flat=True)[:MOST_CHOICES])
        self.fields["into"].queryset = with_promise(Finding.objects.filter(pk__in=keys)).order_by("place__lo", "pk")
        self.fields["into"].label_from_instance = _called


def _called(finding: Finding) -> str:
    said = {"number": finding.commitment.number, "whom": whom(finding), "words": finding.words}
    return _("%(number)s %(whom)s: %(words)s") % said


@page("finding.settle", load=load_finding)
def finding_same(request: Request, finding: Finding) -> HttpResponse:
    return _act_on(
        request,
        finding,
        MergeForm(request.POST or None, finding=finding),
        finding_merge,
        heading=_("It is the same as another one"),
        lead=_("%(words)s. It leaves the list, and its promise is owed no longer; the other one stays.")
        % {"words": finding.words},
        done=_("The finding is merged."),
        submit=_("Merge it"),
    )


class RuleForm(ActForm):
    ruling = forms.ChoiceField(label=gettext_lazy("ruling"), choices=Finding.Ruling.choices, widget=forms.RadioSelect)
    reason = WordsField(WHY, gettext_lazy("why"), rows=2)


@page("finding.settle", load=load_finding)
def finding_ruled(request: Request, finding: Finding) -> HttpResponse:
    return _act_on(
        request,
        finding,
        RuleForm(request.POST or None),
        finding_rule,
        heading=_("Rule on a finding"),
        lead=_("%(words)s. It leaves the list with the ruling and its reason; what is done is struck off instead.")
        % {"words": finding.words},
        done=_("The ruling is in the file."),
        submit=_("Rule on it"),
    )


urlpatterns = [
    path("desk/supervision/findings/", findings, name="supervision_findings"),
    path("desk/supervision/coordination/", coordination, name="coordination"),
    path("desk/supervision/findings/<uuid:pk>/", finding_file, name="supervision_finding"),
    path("desk/supervision/findings/<uuid:pk>/files/<uuid:file>/", finding_evidence, name="finding_evidence"),
    path("desk/supervision/findings/<uuid:pk>/lane/", finding_lane, name="finding_move"),
    path("desk/supervision/findings/<uuid:pk>/coordinate/", finding_arranged, name="finding_coordinate"),
    path("desk/supervision/findings/<uuid:pk>/again/", finding_unarranged, name="finding_uncoordinate"),
    path("desk/supervision/findings/<uuid:pk>/merge/", finding_same, name="finding_merge"),
    path("desk/supervision/findings/<uuid:pk>/rule/", finding_ruled, name="finding_rule"),
]
