"""Exit assessments: their list, one's file with figures and files, how it is opened, drawn, dropped."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.exits.models import ExitAssessment, ExitFile, ExitSample, ExitSuspicion
from yishi.assistance.exits.reads import results_now
from yishi.assistance.exits.services.assessments import (
    EARLIEST,
    MOST_DRAWN,
    MOST_VILLAGES,
    SEED,
    SOURCE,
    WHY_DROPPED,
    assessment_draw,
    assessment_drop,
    assessment_open,
)
from yishi.assistance.exits.services.framing import MOST_ROSTER, file_of
from yishi.assistance.exits.settings import changes_kept, rules_of
from yishi.assistance.exits.survey.draw import draw
from yishi.assistance.exits.survey.frame import frame_read
from yishi.assistance.exits.survey.pack import (
    questionnaire_read,
    questionnaire_versions,
    rules_read,
    rules_versions,
)
from yishi.assistance.register.services.identity import ring
from yishi.kit.records import certain, lend
from yishi.kit.text import whole_number
from yishi.organisations.models import Place, PlaceLevel
from yishi.organisations.reads import places_find
from yishi.organisations.rights import may
from yishi.web.kit.fields.simple import area, day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.lists import Column, DeclaredList, file_response
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .exit_story import assessment_events
from .exit_words import MEASURES, STAGE_BADGES, ZEROS, change_words, in_words, interval, line_words, per_cent
from .loads import load_assessment

Stage = ExitAssessment.Stage


def _count(assessments: list[ExitAssessment]) -> list[ExitAssessment]:
    """How many households were drawn for each of these."""
    samples = ExitSample.within.filter(assessment__in=[one.pk for one in assessments]).order_by()
    drawn = dict(samples.values_list("assessment").annotate(Count("pk")))
    for assessment in assessments:
        lend(assessment, drawn=drawn.get(assessment.pk, 0))
    return assessments


ASSESSMENTS = DeclaredList(
    "exit_assessments",
    gettext_lazy("exit assessments"),
    [
        Column(gettext_lazy("number"), "number", link="exit_assessment"),
        Column(gettext_lazy("county"), "place.full_name", shown="place.name"),
        Column(gettext_lazy("year"), "year"),
        Column(gettext_lazy("register as of"), "as_of"),
        Column(gettext_lazy("stage"), "get_stage_display"),
        Column(gettext_lazy("drawn"), "drawn", css="number"),
        Column(gettext_lazy("decision"), "get_decision_display"),
    ],
    prepare=_count,
)


@page("exit.list", methods=("GET",))
def assessments(request: Request) -> HttpResponse:
    found = ExitAssessment.objects.select_related("place")
    return ASSESSMENTS.respond(
        request,
        "assistance/exits/assessments.html",
        found.order_by("-opened_at", "-pk"),
        may_open=may("exit.open", request.viewer),
    )


STRATA = DeclaredList(
    "exit_strata",
    gettext_lazy("strata of the sample"),
    [
        Column(gettext_lazy("township"), "township"),
        Column(gettext_lazy("kind"), "kind"),
        Column(gettext_lazy("villages drawn"), "villages_text"),
        Column(gettext_lazy("households drawn"), "drawn_text"),
        Column(gettext_lazy("answered"), "answered", css="number"),
        Column(gettext_lazy("ruled: upheld"), "hits", css="number"),
        Column(gettext_lazy("rate"), "rate", css="number"),
        Column(gettext_lazy("interval (95%)"), "interval", css="number"),
        Column(gettext_lazy("people"), "people", css="number"),
        Column(gettext_lazy("people concerned"), "concerned", css="number"),
    ],
)


@page("exit.see", load=load_assessment, methods=("GET",))
def assessment(request: Request, assessment: ExitAssessment) -> HttpResponse:
    viewer = request.viewer
    results = assessment.results if assessment.stage == Stage.CLOSED else {}
    if assessment.stage == Stage.DRAWN:
        results = results_now(assessment)
    is_decided = bool(assessment.decision)
    is_running, is_closed = assessment.stage == Stage.DRAWN, assessment.stage == Stage.CLOSED
    strata = _strata_rows(results) if results else []
    context: dict[str, Any] = {
        "assessment": assessment,
        "badge": STAGE_BADGES[assessment.stage],
        "decision_badge": "ok" if assessment.decision == ExitAssessment.Decision.APPROVED else "warn",
        "rules_title": in_words(rules_read(assessment.rules)),
        "rules": rules_of(assessment),
        "area_rules": [change_words(change) for change in changes_kept(assessment)],
        "questionnaire_title": in_words(questionnaire_read(assessment.questionnaire)),
        "results": results,
        "measures": _measure_rows(results) if results else [],
        "zeros": _zero_rows(results) if results else [],
        "strata": strata,
        "dropped": _dropped(assessment),
        "events": assessment_events(assessment),
        "key": ring().public_key,
        "waiting": _waiting(results) if is_running else {},
        "may_state": is_running and may("number.state", viewer, assessment.place),
        "may_draw": assessment.stage == Stage.FRAMED and may("exit.draw", viewer, assessment),
        "may_drop": assessment.stage in (Stage.FRAMED, Stage.DRAWN) and may("exit.drop", viewer, assessment),
        "may_close": is_running and may("exit.close", viewer, assessment),
        "may_reopen": is_closed and not is_decided and may("exit.reopen", viewer, assessment),
        "may_decide": is_closed and not is_decided and may("exit.decide", viewer, assessment),
        "may_take_back": is_closed and is_decided and may("exit.decide_back", viewer, assessment),
    }
    return file_response(request, "assistance/exits/assessment.html", context, {STRATA: strata})


def _dropped(assessment: ExitAssessment) -> int:
    """How many assessments of this county and year were dropped: whoever draws twice is seen to have drawn twice."""
    same = ExitAssessment.objects.filter(place=assessment.place_id, year=assessment.year, stage=Stage.DROPPED)
    return same.exclude(pk=assessment.pk).count()


def _waiting(results: dict[str, Any]) -> dict[str, int]:
    """What stands in the way of closing (see `still_open`), by the figures as they stand now."""
    states = results["suspicions"]
    unruled = sum(states.get(state, 0) for state in (ExitSuspicion.State.OPEN, ExitSuspicion.State.COUNTERED))
    return {"unvisited": results["unvisited"], "papers": results["papers"], "suspicions": unruled}


def _strata_rows(results: dict[str, Any]) -> list[dict[str, Any]]:
    codes = {row["name"].partition("/")[0] for row in results["strata"]}
    names = dict(Place.objects.filter(code__in=codes).values_list("code", "name"))
    kinds = dict(ExitSample.Kind.choices)
    return [
        {
            **row,
            "township": names.get(row["name"].partition("/")[0], row["name"]),
            "kind": kinds[ExitSample.Kind(row["name"].partition("/")[2])],
            "villages_text": f"{row['drawn_villages']} / {row['villages']}",
            "drawn_text": f"{row['drawn']} / {row['households']}",
            "rate": per_cent(row["share"]),
            "interval": interval(row["low"], row["high"]) if row["answered"] else "",
        }
        for row in results["strata"]
    ]


def _measure_rows(results: dict[str, Any]) -> list[dict[str, Any]]:
    """Each measure with its share, its line, its sample and its weighted rate."""
    rows = []
    for name in MEASURES:
        line, measure = results["lines"][name], results["measures"].get(name)
        row = {
            "name": MEASURES[name],
            "share": per_cent(line["share"]),
            "line": line_words(line),
            "holds": line["holds"],
            "measure": measure,
            "by_people": name in ("wrong", "missed"),
        }
        if name == "incidence" and line["share"] is None:
            row["is_unknown"] = (
                _("nobody answered of whom it is reckoned")
                if results["incidence"]["rural"]
                else _("no paper states the rural people of the county by that day")
            )
            row["needs_rural"] = not results["incidence"]["rural"]
        if measure:
            whole = measure["whole"]
            row |= {
                "interval": interval(whole["low"], whole["high"]),
                "weighted": per_cent(whole["share"]),
                "households": interval(measure["low"], measure["high"]),
            }
        rows.append(row)
    return rows


def _zero_rows(results: dict[str, Any]) -> list[dict[str, Any]]:
    """The zeros that were earned, each with the sample that earned it and how much it leaves open."""
    return [
        {"name": ZEROS[name], "sample": zero["sample"], "high": per_cent(zero["high"])}
        for name, zero in results["zeros"].items()
        if zero["is_earned"]
    ]


class OpenForm(ActForm):
    place = forms.ModelChoiceField(Place.objects.none(), label=gettext_lazy("county"))
    year = forms.IntegerField(label=gettext_lazy("year of the exit"), min_value=EARLIEST)
    as_of = day_field(
        gettext_lazy("register as of"), help_text=gettext_lazy("The frame is the register as it was on that day.")
    )
    rules = forms.ChoiceField(label=gettext_lazy("rules"))
    questionnaire = forms.ChoiceField(label=gettext_lazy("questionnaire"))
    villages = forms.IntegerField(
        label=gettext_lazy("villages drawn in each township"),
        min_value=0,
        max_value=MOST_VILLAGES,
        help_text=gettext_lazy("0: all of them."),
    )
    exited = forms.IntegerField(
        label=gettext_lazy("households out of poverty, in each township"), min_value=0, max_value=MOST_DRAWN
    )
    unlisted = forms.IntegerField(
        label=gettext_lazy("households never listed, in each township"), min_value=0, max_value=MOST_DRAWN
    )
    rosters = area(
        gettext_lazy("households that stand in no register, village by village"),
        rows=6,
        help_text=gettext_lazy(
            "One village in a line, then how many such households its roster has: “牟尼村 120”. "
            "They are drawn by the line of the roster; no name is written here."
        ),
    )

    def __init__(self, *args: Any, request: Request, **kwargs: Any):
        super().__init__(*args, **kwargs)
        counties = Q(pk__in=[])
        for post in request.viewer.working_posts:
            here = post.body.place
            if may("exit.run", request.viewer, here):
                counties |= Q(lo__gte=here.lo, hi__lte=here.hi)
        found = Place.objects.filter(counties, level=PlaceLevel.COUNTY, closed_on=None).order_by("lo")
        self.fields["place"].queryset = found
        self.fields["rules"].choices = [(name, in_words(rules_read(name))) for name in rules_versions()]
        self.fields["questionnaire"].choices = [
            (name, in_words(questionnaire_read(name))) for name in questionnaire_versions()
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        county: Place | None = cleaned.get("place")
        if county is not None:
            try:
                cleaned["rosters"] = _rosters(cleaned.get("rosters", ""), county)
            except forms.ValidationError as error:
                self.add_error("rosters", error)
        return cleaned


def _rosters(text: str, county: Place) -> dict[UUID, int]:
    """{village: households} of the lines; every line that is none is named."""
    rosters: dict[UUID, int] = {}
    wrong = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        name, _blank, number = line.replace("\t", " ").replace("，", " ").rpartition(" ")
        matches = [place for place in places_find(name.strip(), county, 3) if place.level == PlaceLevel.VILLAGE]
        exact = [place for place in matches if name.strip() in (place.name, place.full_name, place.code)] or matches
        size = whole_number(number, MOST_ROSTER)
        if len(exact) != 1 or size is None or exact[0].pk in rosters:
            wrong.append(line)
            continue
        rosters[exact[0].pk] = size
    if wrong:
        raise forms.ValidationError(
            _("These lines name no village of the county with a number, or one twice: %(lines)s")
            % {"lines": "；".join(wrong[:20])}
        )
    return rosters


@page("exit.open")
def assessment_new(request: Request) -> HttpResponse:
    return one_act(
        request,
        OpenForm(request.POST or None, request=request),
        assessment_open,
        heading=_("Open an exit assessment"),
        lead=_("First the frame is made and its hash published. The seed is one that nobody can know yet."),
        back=reverse("exit_assessments"),
        done=_("The frame is made. Publish its hash, then draw with the seed once it is known."),
        submit=_("Make the frame"),
        next_url=lambda receipt: reverse("exit_assessment", args=[receipt.result["assessment"]]),
    )


class DrawForm(ActForm):
    seed = WordsField(SEED, gettext_lazy("seed"), help_text=gettext_lazy("As it was published, letter by letter."))
    seed_source = WordsField(
        SOURCE,
        gettext_lazy("which public number it is"),
        rows=2,
        help_text=gettext_lazy("For example the result of a named lottery, with its day: later than the frame."),
    )


@page("exit.draw", load=load_assessment)
def assessment_drawing(request: Request, assessment: ExitAssessment) -> HttpResponse:
    return one_act(
        request,
        DrawForm(request.POST or None),
        assessment_draw,
        given={"assessment": assessment},
        heading=_("Draw the sample"),
        lead=_("Whoever has the frame and the seed draws the same households. It is drawn once."),
        facts=[(_("hash of the frame"), assessment.frame_hash), (_("households"), f"{assessment.frame_households:,}")],
        back=reverse("exit_assessment", args=[assessment.pk]),
        done=_("The sample is drawn."),
        submit=_("Draw it"),
    )


class DropForm(ActForm):
    reason = WordsField(WHY_DROPPED, gettext_lazy("why"), rows=2)


@page("exit.drop", load=load_assessment)
def assessment_dropping(request: Request, assessment: ExitAssessment) -> HttpResponse:
    return one_act(
        request,
        DropForm(request.POST or None),
        assessment_drop,
        given={"assessment": assessment},
        heading=_("Drop this assessment"),
        lead=_(
            "It stays in the list with its frame, its seed and the reason; every later one says that it was dropped."
        ),
        back=reverse("exit_assessment", args=[assessment.pk]),
        done=_("Dropped."),
        submit=_("Drop it"),
    )


def _file(request: Request, assessment: ExitAssessment, kind: str) -> bytes:
    try:
        return file_of(assessment, kind)
    except ExitFile.DoesNotExist as error:
        raise Http404 from error


def _download(content: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response.headers["Content-Disposition"] = certain(content_disposition_header(True, name))
    response.headers["Cache-Control"] = "private, no-store"
    return response


@page("exit.see", load=load_assessment, methods=("GET",))
def frame_file(request: Request, assessment: ExitAssessment) -> HttpResponse:
    content = _file(request, assessment, ExitFile.Kind.FRAME)
    return _download(content, "text/csv; charset=utf-8", f"{assessment.number}-frame.csv")


@page("exit.see", load=load_assessment, methods=("GET",))
def sample_file(request: Request, assessment: ExitAssessment) -> HttpResponse:
    """The sample as `yishi exits draw` gives it, byte for byte."""
    if not assessment.seed:
        raise Http404
    frame = frame_read(_file(request, assessment, ExitFile.Kind.FRAME).decode())
    content = draw(frame, assessment.seed).written().encode()
    return _download(content, "text/csv; charset=utf-8", f"{assessment.number}-sample.csv")


@page("exit.see", load=load_assessment, methods=("GET",))
def package_file(request: Request, assessment: ExitAssessment) -> HttpResponse:
    content = _file(request, assessment, ExitFile.Kind.PACKAGE)
    return _download(content, "application/zip", f"{assessment.number}.zip")


urlpatterns = [
    path("desk/exits/", assessments, name="exit_assessments"),
    path("desk/exits/new/", assessment_new, name="exit_new"),
    path("desk/exits/<uuid:pk>/", assessment, name="exit_assessment"),
    path("desk/exits/<uuid:pk>/draw/", assessment_drawing, name="exit_draw"),
    path("desk/exits/<uuid:pk>/drop/", assessment_dropping, name="exit_drop"),
    path("desk/exits/<uuid:pk>/frame.csv", frame_file, name="exit_frame"),
    path("desk/exits/<uuid:pk>/sample.csv", sample_file, name="exit_sample_file"),
    path("desk/exits/<uuid:pk>/package.zip", package_file, name="exit_package"),
]
