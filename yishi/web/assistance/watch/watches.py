"""Monitored families: their list, one family's file with its steps, measures and conditions, its notice."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.watch.models import Watch
from yishi.assistance.watch.notice import VillageNotice
from yishi.assistance.watch.reads import clearing_conditions, measures_of
from yishi.assistance.watch.rules import has_other_hands
from yishi.assistance.watch.stages import may_step
from yishi.attachments.models import Attachment
from yishi.organisations.rights import may
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.forms import Form
from yishi.web.kit.lists import Column, DeclaredList, First
from yishi.web.kit.nearby import widest_place
from yishi.web.kit.page import page
from yishi.web.kit.press import paper_response
from yishi.web.kit.request import Request
from yishi.web.kit.stream import stream

from .loads import OF_HOUSEHOLD, load_file, load_watch
from .watch_papers import notice_paper
from .watch_story import watch_events
from .watch_words import STAGE_BADGES, choices_of, household_word, kind_word, risk_words, trigger_word

Stage = Watch.Stage
ONWARD = {"verify", "post", "check", "recognise"}  # the next step, as against a way out
MOST = 10_000

WATCHES = DeclaredList(
    "watches",
    gettext_lazy("monitored families"),
    [
        Column(gettext_lazy("number"), "number", link="watch"),
        Column(gettext_lazy("household"), household_word),
        Column(gettext_lazy("village"), "place.full_name", shown="place.name"),
        Column(gettext_lazy("kind"), kind_word),
        Column(gettext_lazy("risks"), risk_words),
        Column(gettext_lazy("first found on"), "found_on"),
        Column(gettext_lazy("recognise by"), "recognise_by"),
        Column(gettext_lazy("recognised on"), "recognised_on"),
        Column(gettext_lazy("first measure by"), "measures_by", page=False),
        Column(gettext_lazy("stage"), "get_stage_display"),
        Column(gettext_lazy("how cleared"), "get_clearing_display", page=False),
        Column(gettext_lazy("ended on"), "ended_on", page=False),
    ],
    most=MOST,
)


class WatchFilter(Form):
    place = PlaceField(label=gettext_lazy("place"), required=False, help_text="")
    kind = forms.ChoiceField(label=gettext_lazy("kind"), required=False)
    stage = forms.ChoiceField(label=gettext_lazy("stage"), required=False)

    def __init__(self, request: Request):
        super().__init__(request.GET or None)
        self.fields["place"].limit(widest_place(request))
        self.fields["kind"].choices = [("", _("all")), *choices_of("watch_kind")]
        self.fields["stage"].choices = [("", _("open")), *Stage.choices, ("all", _("all"))]

    def narrow(self, watches: QuerySet[Watch]) -> QuerySet[Watch]:
        filters = self.cleaned_data if self.is_valid() else {}
        stage = filters.get("stage")
        if not stage:
            watches = watches.filter(stage__in=Watch.OPEN)
        elif stage != "all":
            watches = watches.filter(stage=stage)
        if filters.get("kind"):
            watches = watches.filter(kind=filters["kind"])
        if place := filters.get("place"):
            watches = watches.filter(place__lo__gte=place.lo, place__lo__lte=place.hi)
        return watches


@page("watch.list", methods=("GET",))
def watches(request: Request) -> HttpResponse:
    """The files that the viewer reaches; without a filter those that are open, the newest first."""
    form = WatchFilter(request)
    parts, beside = [form.narrow(part) for part in Watch.parts()], (*OF_HOUSEHOLD, "place")
    first = First(lambda: parts, ("-found_on", "pk"), lambda: Watch.within.select_related(*beside))
    return WATCHES.respond_in_parts(request, "assistance/watch/watches.html", first, form=form)


@page("watch.see", load=load_watch, methods=("GET",))
def watch(request: Request, watch: Watch) -> HttpResponse:
    """One family's file: what happens next and by when, what was agreed, whether it could be cleared, its story."""
    viewer = request.viewer
    today = timezone.localdate()
    is_up = watch.posted_until is not None and today <= watch.posted_until
    labels = {
        "verify": _("Verify at home"),
        "post": _("Review and post"),
        "check": _("Township's first check"),
        "recognise": _("Recognise"),
        "clear": _("Clear the risk"),
        "resume": _("Monitor again"),
        "return": _("Fell back into poverty"),
        "refuse": _("Do not recognise"),
    }
    offered = [
        (reverse(f"watch_{verb}", args=[watch.pk]), label, verb in ONWARD)
        for verb, label in labels.items()
        if may_step(watch, verb) and may(f"watch.{verb}", viewer, watch) and not (verb == "check" and is_up)
    ]
    steps = watch.steps.filter(taken_back_at=None)
    context: dict[str, Any] = {
        "watch": watch,
        "kind": kind_word(watch),
        "risks": risk_words(watch),
        "badge": STAGE_BADGES.get(watch.stage, "warn"),
        "acts": offered,
        "may_back": steps.exists() and may("watch.step_back", viewer, watch),
        "is_up": is_up and watch.stage == Stage.POSTED,
        "needs_other_hands": _needs_other_hands(watch) and not has_other_hands.test(viewer, watch),
        "signals": [(each, trigger_word(each)) for each in watch.signals.order_by("raised_on", "pk")],
        "measures": list(measures_of(watch).order_by("commitment__due_on", "pk")),
        "may_agree": watch.stage in (*Watch.OPEN, Stage.RETURNED) and may("measure.agree", viewer, watch.household),
        "conditions": clearing_conditions(watch, today) if watch.stage == Stage.WATCHED else [],
        "files": Attachment.objects.filter(pk__in=steps.values("files")).order_by("name", "pk"),
        "clock": _clock(watch),
        "events": watch_events(watch),
        "may_household": may("household.see", viewer, watch.household),
    }
    return render(request, "assistance/watch/watch.html", context)


def _needs_other_hands(watch: Watch) -> bool:
    return watch.stage in (Stage.POSTED, Stage.CHECKED)


def _clock(watch: Watch) -> tuple[str, date] | None:
    """The day that runs: to the county's recognition, then to the first measure."""
    if watch.stage in (Stage.OPENED, Stage.VERIFIED, Stage.POSTED, Stage.CHECKED):
        return _("recognise by"), watch.recognise_by
    if watch.stage == Stage.WATCHED and watch.measures_by is not None and not measures_of(watch).exists():
        return _("first measure by"), watch.measures_by
    return None


def notice_of(watch: Watch) -> VillageNotice:
    """The notice of a file that was posted. Raises `Http404` for another."""
    posted = watch.steps.filter(verb="post", taken_back_at=None).select_related("body").order_by("at").last()
    if posted is None or watch.posted_on is None or watch.posted_until is None:
        raise Http404
    return VillageNotice(
        village=watch.place.full_name,
        number=watch.number,
        kind=watch.kind,
        reviewed_on=date.fromisoformat(posted.data["reviewed_on"]),
        present=posted.data["present"],
        agreed=posted.data["agreed"],
        posted_on=watch.posted_on,
        until=watch.posted_until,
        desk=posted.body.name if posted.body else watch.place.name,
    )


@page("watch.see", load=load_watch, methods=("GET",))
def notice_pdf(request: Request, watch: Watch) -> HttpResponse:
    return paper_response(notice_paper(notice_of(watch)), f"公示-{watch.number}", "pdf")


@page("watch.see", load=load_watch, methods=("GET",))
def notice_word(request: Request, watch: Watch) -> HttpResponse:
    return paper_response(notice_paper(notice_of(watch)), f"公示-{watch.number}", "docx")


@page("watch.list", load=load_file, methods=("GET",))
def watch_file(request: Request, attachment: Attachment) -> HttpResponse:
    return stream(attachment, small=request.GET.get("small") == "1")


urlpatterns = [
    path("desk/watch/families/", watches, name="watches"),
    path("desk/watch/families/<uuid:pk>/", watch, name="watch"),
    path("desk/watch/families/<uuid:pk>/notice.pdf", notice_pdf, name="watch_notice_pdf"),
    path("desk/watch/families/<uuid:pk>/notice.docx", notice_word, name="watch_notice_word"),
    path("desk/watch/families/<uuid:pk>/files/<uuid:file>/", watch_file, name="watch_file"),
]
