"""What the logic checks found: counts by rule, the findings one by one; let one stand; have a place checked again."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.checks.logic.pack import read_pack
from yishi.assistance.checks.models import CheckFinding, CheckRun, Severity
from yishi.assistance.checks.services.check_acts import WHY, finding_unwaive, finding_waive
from yishi.assistance.checks.services.checks import check_run_ask
from yishi.kit.records import lend
from yishi.organisations.models import Place
from yishi.organisations.rights import may
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm, Form
from yishi.web.kit.lists import Column, DeclaredList, local_day
from yishi.web.kit.one_act import PROSE, link, one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .check_sections import (
    NEWEST_WAIVERS,
    ORDER,
    dress,
    reason_of,
)
from .check_words import (
    BADGES,
    rule_title,
    severity_word,
    title_of,
)

STATES = (
    ("waiting", gettext_lazy("to be mended")),
    ("waived", gettext_lazy("let stand")),
    ("cleared", gettext_lazy("cleared")),
)
RANK = Case(*(When(severity=code, then=Value(rank)) for code, rank in ORDER.items()), output_field=IntegerField())


class FindingFilter(Form):
    place = PlaceField(label=gettext_lazy("place"), required=False, help_text="")
    group = forms.ChoiceField(label=gettext_lazy("group of rules"), required=False)
    severity = forms.ChoiceField(label=gettext_lazy("how grave"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("state"), choices=STATES, required=False)
    rule = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, request: Request):
        super().__init__(request.GET or None)
        groups = [(group.code, title_of(group)) for group in read_pack().groups.values()]
        self.fields["group"].choices = [("", _("all")), *groups]
        self.fields["severity"].choices = [("", _("all")), *Severity.choices]

    @property
    def filters(self) -> dict[str, Any]:
        return self.cleaned_data if self.is_valid() else {}

    def narrow(self, findings: QuerySet[CheckFinding]) -> QuerySet[CheckFinding]:
        """The findings that fit all filters but the state, for which there is `in_state`."""
        for name in ("group", "severity", "rule"):
            if self.filters.get(name):
                findings = findings.filter(**{name: self.filters[name]})
        if self.filters.get("place"):
            place = self.filters["place"]
            findings = findings.filter(household__place__lo__gte=place.lo, household__place__lo__lte=place.hi)
        return findings

    def in_state(self) -> Q:
        """The condition of the chosen state; without one, what waits."""
        waits = CheckFinding.waits(timezone.localdate())
        state = self.filters.get("state")
        if state == "waived":
            return Q(cleared_at=None) & ~waits
        return Q(cleared_at__isnull=False) if state == "cleared" else waits


CHECKS = DeclaredList(
    "checks",
    gettext_lazy("logic checks by rule"),
    [
        Column(gettext_lazy("rule"), "title", cell="rule"),
        Column(gettext_lazy("group of rules"), "group"),
        Column(gettext_lazy("how grave"), "word", cell="how_grave"),
        Column(gettext_lazy("to be mended"), "waiting", css="number"),
        Column(gettext_lazy("households"), "homes", css="number"),
        Column(gettext_lazy("let stand"), "waived", css="number"),
    ],
)


@page("check.see", methods=("GET",))
def checks(request: Request) -> HttpResponse:
    """Counts by rule within the viewer's reach: the gravest and most frequent first."""
    form, pack = FindingFilter(request), read_pack()
    standing = form.narrow(CheckFinding.objects.filter(cleared_at=None))
    waits = CheckFinding.waits(timezone.localdate())
    counts = standing.order_by().values("rule", "severity").annotate(
        waiting=Count("pk", filter=waits), homes=Count("household", filter=waits, distinct=True), all=Count("pk")
    )  # fmt: skip
    by_rule = [
        {
            **line,
            "waived": line["all"] - line["waiting"],
            "title": rule_title(pack, line["rule"]),
            "group": _group(pack, line["rule"]),
            "word": severity_word(line["severity"]),
            "badge": BADGES[line["severity"]],
        }
        for line in counts
    ]
    by_rule.sort(key=lambda line: (ORDER[line["severity"]], -line["waiting"], line["rule"]))
    totals = dict.fromkeys(Severity.values, 0)
    for line in by_rule:
        totals[line["severity"]] += line["waiting"]
    return CHECKS.respond(
        request,
        "assistance/checks/checks.html",
        by_rule,
        form=form,
        totals=[(code, severity_word(code), count) for code, count in totals.items()],
        waived=sum(line["waived"] for line in by_rule),
        run=_last_run(request),
        may_run=may("check.run", request.viewer),
        place_query=_place_query(request),
        pack=pack,
    )


def _group(pack: Any, code: str) -> str:
    rule = pack.rules.get(code)
    return title_of(pack.groups[rule.group]) if rule else ""


def _place_query(request: Request) -> str:
    """The chosen place, as the end of an address: "&place…=…", or nothing."""
    kept = request.GET.copy()
    for name in list(kept):
        if not name.startswith("place"):
            del kept[name]
    return f"&{kept.urlencode()}" if kept else ""


def _own_place(request: Request) -> Place | None:
    """The place of the desk for which the viewer may have the register checked."""
    for post in request.viewer.posts:
        if may("check.run", request.viewer, post.body.place):
            return post.body.place
    return None


def _last_run(request: Request) -> CheckRun | None:
    """The newest run that covered something of the viewer's reach."""
    reach = request.viewer.reach
    mine = Q(place=None)
    for lo, hi in (*reach.spans, *reach.villages):
        mine |= Q(place__lo__lte=lo, place__hi__gte=lo) | Q(place__lo__gte=lo, place__lo__lte=hi)
    return CheckRun.objects.filter(mine).select_related("place").order_by("-asked_at").first()


def _todo(finding: CheckFinding) -> str:
    rule = read_pack().rules.get(finding.rule)
    return rule.todo if rule else ""


FINDINGS = DeclaredList(
    "findings",
    gettext_lazy("findings of the logic checks"),
    [
        Column(gettext_lazy("household"), "household.number", cell="household"),
        Column(gettext_lazy("head of the household"), "household.head.name", page=False),
        Column(gettext_lazy("village"), "household.place.full_name", shown="household.place.name"),
        Column(gettext_lazy("finding"), cell="finding"),
        Column(gettext_lazy("household member"), "member.person.name", page=False),
        Column(gettext_lazy("rule"), lambda finding: rule_title(read_pack(), finding.rule), page=False),
        Column(gettext_lazy("how grave"), "get_severity_display", cell="how_grave"),
        Column(gettext_lazy("what to do"), _todo, page=False),
        Column(gettext_lazy("year"), "year", page=False),
        Column(gettext_lazy("found on"), local_day("found_at")),
        Column("", cell="acts", is_silent=True),
        Column(
            gettext_lazy("let stand until"),
            lambda finding: finding.waived_until if finding.is_waived_on(timezone.localdate()) else None,
            page=False,
        ),
        Column(gettext_lazy("reason"), lambda finding: reason_of(finding, timezone.localdate()), page=False),
    ],
)


@page("check.see", methods=("GET",))
def findings(request: Request) -> HttpResponse:
    """The findings one by one."""
    form, pack = FindingFilter(request), read_pack()
    listed = form.narrow(CheckFinding.objects.filter(form.in_state())).annotate(rank=RANK)
    listed = listed.order_by("household__place__lo", "household", "rank", "pk")
    listed = listed.select_related("household__place", "household__head", "member__person").prefetch_related(
        NEWEST_WAIVERS
    )

    def dress_page(shown: list[CheckFinding]) -> None:
        for finding in shown:
            dress(request, finding, pack)
            lend(finding, household_url=link("household", pk=finding.household_id))

    rule = pack.rules.get(form.filters.get("rule", ""))
    return FINDINGS.respond(
        request,
        "assistance/checks/findings.html",
        listed,
        form=form,
        dress=dress_page,
        rule=rule,
        rule_title=title_of(rule) if rule else "",
    )


def load_finding(request: Request, pk: UUID) -> CheckFinding:
    findings = CheckFinding.objects.select_related("household__place", "household__head", "member__person")
    return findings.get(pk=pk)


class WaiveForm(ActForm):
    reason = WordsField(
        WHY,
        gettext_lazy("Why may it stand?"),
        rows=3,
        help_text=gettext_lazy("What you looked at and found, for whoever reads it next year."),
    )
    until = day_field(gettext_lazy("until"), help_text=gettext_lazy("A year at most; after that day it comes back."))


@page("check.waive", load=load_finding)
def waive(request: Request, finding: CheckFinding) -> HttpResponse:
    pack = read_pack()
    rule = pack.rules.get(finding.rule)
    whom = finding.member.person.name if finding.member else finding.household.head.name
    return one_act(
        request,
        WaiveForm(request.POST or None),
        finding_waive,
        heading=_("Let this stand: %(rule)s") % {"rule": rule_title(pack, finding.rule)},
        lead=f"{finding.household.number} · {whom} · {rule.says if rule else ''}",
        back=reverse("check_findings") + f"?rule={finding.rule}",
        done=_("It is let stand until that day, with your reason."),
        submit=_("Let it stand"),
        given={"finding": finding},
        layout=PROSE,
    )


@page("check.waive", load=load_finding)
def unwaive(request: Request, finding: CheckFinding) -> HttpResponse:
    return one_act(
        request,
        ActForm(request.POST or None),
        finding_unwaive,
        heading=_("Take it back: %(rule)s") % {"rule": rule_title(read_pack(), finding.rule)},
        lead=_("The finding waits again, as if nobody had let it stand. The reason stays readable."),
        back=reverse("check_findings") + f"?rule={finding.rule}&state=waived",
        done=_("The finding waits again."),
        submit=_("Take it back"),
        given={"finding": finding},
        layout=PROSE,
    )


class RunForm(ActForm):
    place = PlaceField()


@page("check.run")
def check_again(request: Request) -> HttpResponse:
    place = _own_place(request)
    form = RunForm(request.POST or None, initial={"place": place})
    form.fields["place"].limit(place)
    return one_act(
        request,
        form,
        check_run_ask,
        heading=_("Check the register again"),
        lead=_(
            "Every change of a household is checked at once, and the whole register every night. "
            "Ask for it here after a change of rules."
        ),
        back=reverse("checks"),
        done=_("The check waits for its turn; this page shows how far it is."),
        submit=_("Check"),
        layout=PROSE,
    )  # fmt: skip


urlpatterns = [
    path("desk/checks/", checks, name="checks"),
    path("desk/checks/findings/", findings, name="check_findings"),
    path("desk/checks/findings/<uuid:pk>/waive/", waive, name="check_waive"),
    path("desk/checks/findings/<uuid:pk>/unwaive/", unwaive, name="check_unwaive"),
    path("desk/checks/again/", check_again, name="check_again"),
]
