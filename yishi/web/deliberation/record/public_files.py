"""What anybody may read: the public files of matters, their photos, and the good cases that are public."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.attachments.models import Attachment
from yishi.commitments.models import Commitment
from yishi.deliberation.models import GoodCase, Matter, Release, Stage
from yishi.kit.records import lent
from yishi.organisations.models import Installation, Place
from yishi.organisations.themes import theme_choices, theme_word
from yishi.web.kit.exports import wants_export
from yishi.web.kit.forms import Form
from yishi.web.kit.lists import Column, DeclaredList, local_day
from yishi.web.kit.page import page
from yishi.web.kit.request import Request
from yishi.web.kit.stream import stream

from .public_file import PublicFile, with_story

PER_PAGE = 25
NEAR = 4


def released() -> QuerySet[Release]:
    """All public files. A release is no file of a scope: what is released is everybody's."""
    running = Commitment.within.filter(origin_id=OuterRef("matter_id"), state=Commitment.State.IN_FORCE)
    releases = Release.objects.filter(state=Release.State.RELEASED, matter__is_sensitive=False)
    releases = releases.annotate(is_carried_out=Exists(running))
    return releases.select_related("matter__place", "matter__convener").order_by("-checked_at")


def load_release(request: Request, slug: str) -> Release:
    releases = with_story(released()).select_related("matter__process__model", "matter__good_case")
    return releases.get(slug=slug)


def this_installation() -> Installation:
    """The installation, with its home; it also says whether the party committee has made overdue lists public."""
    return Installation.objects.select_related("home_place", "home_body").filter(pk=1).first() or Installation()


class FileFilter(Form):
    """All filters live in the address."""

    q = forms.CharField(label=gettext_lazy("search"), required=False, max_length=60)
    state = forms.ChoiceField(label=gettext_lazy("where it stands"), required=False)
    theme = forms.ChoiceField(label=gettext_lazy("theme"), required=False)
    place = forms.ModelChoiceField(Place.objects.all(), label=gettext_lazy("place"), required=False)

    def __init__(self, data: Any, with_overdue: bool):
        super().__init__(data)
        states = [("open", _("under way")), ("over", _("concluded"))]
        if with_overdue:
            states.append(("overdue", _("a promise is overdue")))
        self.fields["state"].choices = [("", _("all")), *states]
        self.fields["theme"].choices = [("", _("all")), *theme_choices()]
        self.fields["place"].widget = forms.HiddenInput()

    def narrow(self, releases: QuerySet[Release]) -> QuerySet[Release]:
        self.is_valid()
        filters = {key: value for key, value in self.cleaned_data.items() if value}
        if "place" in filters:
            releases = releases.filter(matter__place__lo__range=(filters["place"].lo, filters["place"].hi))
        if "theme" in filters:
            releases = releases.filter(matter__theme=filters["theme"])
        if filters.get("state") == "open":
            releases = releases.filter(matter__state=Matter.State.OPEN)
        elif filters.get("state") == "over":
            releases = releases.exclude(matter__state=Matter.State.OPEN)
        elif filters.get("state") == "overdue":
            late = Commitment.within.filter(state=Commitment.State.IN_FORCE, due_on__lt=timezone.localdate())
            releases = releases.filter(matter__in=late.values("origin_id"))
        if "q" in filters:
            word = filters["q"].strip()
            releases = releases.filter(Q(title__finds=word) | Q(matter__place__full_name__finds=word))
        return releases


FILES = DeclaredList(
    "",
    gettext_lazy("public files"),
    [
        Column(gettext_lazy("title"), "title"),
        Column(gettext_lazy("place"), "matter.place.full_name"),
        Column(gettext_lazy("theme"), lambda release: theme_word(release.matter.theme)),
        Column(gettext_lazy("where it stands"), lambda release: standing(release)[0]),
        Column(gettext_lazy("public since"), local_day("checked_at")),
    ],
)


@page("public", methods=("GET",), face="both")
def public_files(request: Request) -> HttpResponse:
    installation = this_installation()
    form = FileFilter(request.GET, installation.public_overdue)
    releases = form.narrow(released())
    if wants_export(request):
        return FILES.workbook(request, releases)
    page_obj = Paginator(releases, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "installation": installation,
        "form": form,
        "place": form.cleaned_data.get("place"),
        "page_obj": page_obj,
        "files": [card(release) for release in page_obj],
        "counts": released().aggregate(
            all=Count("pk"),
            open=Count("pk", filter=Q(matter__state=Matter.State.OPEN)),
            over=Count("pk", filter=~Q(matter__state=Matter.State.OPEN)),
        ),
        "today": timezone.localdate(),
        "is_filtered": any(request.GET.get(name) for name in form.fields),
        "tab": "matters",
    }
    return render(request, "deliberation/record/public_files.html", context)


def standing(release: Release) -> tuple[str, str]:
    """Where a matter stands, in a word, and the kind of its badge. While promises run, they are carried out, even
    where the model has no step for it."""
    matter = release.matter
    if matter.is_published_case:
        return _("solved"), "ok"
    if matter.state != Matter.State.OPEN:
        return matter.get_state_display(), "ok" if matter.state != Matter.State.DROPPED else "neutral"
    stage = Stage.CARRIED_OUT if lent(release, "is_carried_out") else Stage(matter.stage)
    return str(stage.label), "info"


def card(release: Release) -> dict[str, Any]:
    """What a card of a public file shows. `state` is the word for where it stands, `kind` that of its badge."""
    word, kind = standing(release)
    return {
        "url": reverse("public_file", args=[release.slug]),
        "title": release.title,
        "place": release.matter.place.full_name,
        "day": release.checked_at or release.prepared_at,
        "theme": theme_word(release.matter.theme),
        "state": word,
        "kind": kind,
    }


def nearby(home: Place | None) -> list[dict[str, Any]]:
    """The newest public files near the installation's home place, as cards; the whole where it has none."""
    releases = released()
    if home is not None:
        releases = releases.filter(matter__place__lo__range=(home.lo, home.hi))
    return [card(release) for release in releases[:NEAR]]


@page("public", load=load_release, methods=("GET",), face="both")
def public_file(request: Request, release: Release) -> HttpResponse:
    installation = this_installation()
    file = PublicFile(release, shows_overdue=installation.public_overdue)
    case = getattr(release.matter, "good_case", None)
    word, kind = standing(release)
    context = {
        "installation": installation,
        "file": file,
        "release": release,
        "matter": release.matter,
        "theme": theme_word(release.matter.theme),
        "word": word,
        "kind": kind,
        "photos": release.photos.filter(may_be_public=True),
        "case": case if case and case.withdrawn_on is None else None,
        "tab": "matters",
    }
    return render(request, "deliberation/record/public_file.html", context)


def load_photo(request: Request, slug: str, pk: UUID) -> Attachment:
    return released().get(slug=slug).photos.get(pk=pk, may_be_public=True)


@page("public", load=load_photo, methods=("GET",), face="both")
def public_photo(request: Request, photo: Attachment) -> HttpResponse:
    response = stream(photo, small=request.GET.get("small") == "1", public=True)
    response.headers["Cache-Control"] = "public, max-age=300"  # short: one click hides
    return response


@page("public", methods=("GET",), face="both")
def public_cases(request: Request) -> HttpResponse:
    """Good cases whose files are public."""
    cases = GoodCase.objects.filter(
        withdrawn_on__isnull=True, matter__release__state=Release.State.RELEASED, matter__is_sensitive=False
    ).select_related("matter__release", "matter__place", "matter__process", "chosen_by")
    cases = cases.order_by("-chosen_on")
    page_obj = Paginator(cases, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "deliberation/record/public_cases.html", {"page_obj": page_obj, "tab": "matters"})


urlpatterns = [
    path("matters/", public_files, name="public_files"),
    path("cases/", public_cases, name="public_cases"),
    path("matters/<slug:slug>/", public_file, name="public_file"),
    path("matters/<slug:slug>/photos/<uuid:pk>/", public_photo, name="public_photo"),
]
