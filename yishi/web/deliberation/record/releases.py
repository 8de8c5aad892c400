"""Release checks: prepare a matter's public file, check it as the second person, hide it with one click."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.deliberation.models import Matter, PhotoMask, Release
from yishi.deliberation.services.releases import (
    SUMMARY,
    TITLE,
    TO_MEND,
    release_check,
    release_hide,
    release_prepare,
    release_restore,
    release_warnings,
)
from yishi.deliberation.shown import release_digest
from yishi.deliberation.veil import masks_of, photos_of, public_texts
from yishi.journal.feed import entries_of
from yishi.kit.records import lend
from yishi.organisations.rights import may
from yishi.organisations.themes import is_sensitive
from yishi.people.models import Person
from yishi.web.deliberation.process.loads import load_matter
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.lists import Column, DeclaredList
from yishi.web.kit.page import page
from yishi.web.kit.request import Request
from yishi.web.kit.timeline import Event
from yishi.web.kit.titles import title_of

from .public_file import PublicFile, with_story
from .public_files import this_installation
from .release_photos import PhotoChoice

KINDS = {"prepared": "warn", "released": "ok", "refused": "late", "hidden": "neutral"}


def in_reach() -> Any:
    """The public files, in any state, of matters within the viewer's reach."""
    releases = Release.objects.filter(matter__in=Matter.keys())
    return releases.select_related("matter__place", "matter__convener", "prepared_by", "checked_by")


def load_release(request: Request, pk: UUID) -> Release:
    return with_story(in_reach()).select_related("matter__process__model").get(pk=pk)


RELEASES = DeclaredList(
    "releases",
    gettext_lazy("release checks"),
    [
        Column(gettext_lazy("title"), "title", cell="title"),
        Column(gettext_lazy("matter"), "matter.number", page=False),
        Column(gettext_lazy("place"), "matter.place.full_name", shown="matter.place.name"),
        Column(gettext_lazy("state"), "get_state_display", cell="state"),
        Column(gettext_lazy("prepared by"), lambda release: str(release.prepared_by or ""), cell="prepared_by"),
        Column(gettext_lazy("prepared on"), "prepared_at", page=False),
        Column(gettext_lazy("checked by"), lambda release: str(release.checked_by or ""), cell="checked_by"),
        Column(gettext_lazy("checked on"), "checked_at", page=False),
        Column(gettext_lazy("reason"), "reason", page=False),
    ],
)


def with_kinds(releases: list[Release]) -> None:
    """Lend each release the kind of badge that shows its state."""
    for release in releases:
        lend(release, kind=KINDS[release.state])


@page("release.list", methods=("GET",))
def releases(request: Request) -> HttpResponse:
    """What waits for the check first, then what is public, refused, hidden."""
    state = request.GET.get("state", "")
    releases = in_reach().order_by("-prepared_at")
    if state in Release.State.values:
        releases = releases.filter(state=state)
    return RELEASES.respond(
        request,
        "deliberation/record/releases.html",
        releases,
        states=Release.State.choices,
        state=state,
        dress=with_kinds,
    )


class PrepareForm(ActForm):
    title = WordsField(TITLE, gettext_lazy("Title for the public"))
    summary = WordsField(
        SUMMARY,
        gettext_lazy("What it is about"),
        rows=6,
        help_text=gettext_lazy("In plain words, without names, phone numbers or identity numbers."),
    )
    shows_agreement = forms.BooleanField(label=gettext_lazy("Show the text of the agreement"), required=False)
    shows_statements = forms.BooleanField(
        label=gettext_lazy("Show the statements and how many stood where"), required=False
    )
    photos = PhotoChoice(
        label=gettext_lazy("Photos to show"),
        help_text=gettext_lazy("Only photos on which nobody can be recognised, or who agreed to be shown."),
        required=False,
    )

    def __init__(self, *args: Any, matter: Matter, **kwargs: Any):
        super().__init__(*args, **kwargs)
        photos = photos_of(matter)
        if photos:
            self.fields["photos"].offer(matter, photos)
        else:
            del self.fields["photos"]


@page("release.prepare", load=load_matter)
def matter_release(request: Request, matter: Matter) -> HttpResponse:
    """The state of a matter's public file, and the form to prepare it."""
    release = in_reach().filter(matter=matter).first()
    masks = masks_of(matter)
    originals = {mask.covered_id: mask.original for mask in masks}
    initial = {
        "title": release.title if release else matter.title,
        "summary": release.summary if release else matter.summary,
        "shows_agreement": release.shows_agreement if release else True,
        "shows_statements": release.shows_statements if release else False,
        "photos": [originals.get(photo.pk, photo) for photo in release.photos.all()] if release else [],
    }
    form = PrepareForm(request.POST or None, initial=initial, matter=matter, edits=release or matter)
    if request.method == "POST" and form.is_valid():
        fields = {key: value for key, value in form.cleaned_data.items() if key != "act_id"}
        receipt = form.attempt(request, release_prepare, matter=matter, **fields)
        if receipt is not None:
            messages.success(request, _("Prepared. A second person must check it before anybody can read it."))
            return redirect("release", receipt.result["release"])
    context = {
        "matter": matter,
        "release": release,
        "form": form,
        "masks": masks,
        "is_sensitive": matter.is_sensitive or is_sensitive(matter.theme),
    }
    return render(
        request, "deliberation/record/matter_release.html", context, status=422 if request.method == "POST" else 200
    )


class CheckForm(ActForm):
    warnings_seen = forms.BooleanField(label=gettext_lazy("I looked at every warning"), required=False)
    answer = forms.ChoiceField(
        label=gettext_lazy("The check"),
        choices=[("yes", gettext_lazy("may be public")), ("no", gettext_lazy("not yet: to be mended"))],
        widget=forms.RadioSelect,
    )
    reason = WordsField(TO_MEND, gettext_lazy("What should be mended"), rows=2, when=("answer", "no"))

    def __init__(self, *args: Any, has_doubts: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not has_doubts:
            del self.fields["warnings_seen"]


@page("release.see", load=load_release, methods=("GET",))
def release(request: Request, release: Release) -> HttpResponse:
    """The file as the public would see it, who did what, and for whoever may: the check."""
    return _release_page(request, release)


@page("release.check", load=load_release)
def release_checking(request: Request, release: Release) -> HttpResponse:
    """The same with the check, which is sent here."""
    return _release_page(request, release)


def _release_page(request: Request, release: Release) -> HttpResponse:
    """The file as the public would see it, what the machine warns of, and the check."""
    may_check = may("release.check", request.viewer, release)
    file = PublicFile(release, shows_overdue=False)
    doubts = release_warnings(release, file.veil) if release.state == Release.State.PREPARED else []
    now = release_digest(release, public_texts(release, file.veil.facts))
    form = CheckForm(request.POST or None, has_doubts=bool(doubts), shown=now)
    if request.method == "POST" and form.is_valid():
        receipt = form.attempt(
            request,
            release_check,
            release=release,
            approve=form.cleaned_data["answer"] == "yes",
            reason=form.cleaned_data["reason"],
            warnings_seen=form.cleaned_data.get("warnings_seen", False),
        )
        if receipt is not None:
            is_public = form.cleaned_data["answer"] == "yes"
            messages.success(request, _("The file is public now.") if is_public else _("Sent back to be mended."))
            return redirect("release", release.pk)
    installation = this_installation()
    prepared_it = release.prepared_by_id is not None and release.prepared_by_id == request.viewer.person_id
    waits = release.state == Release.State.PREPARED
    context = {
        "installation": installation,
        "release": release,
        "matter": release.matter,
        "kind": KINDS[release.state],
        "file": file,
        "photos": release.photos.annotate(is_masked=Exists(PhotoMask.objects.filter(covered=OuterRef("pk")))),
        "doubts": doubts,
        "form": form if may_check and waits and (installation.small_office or not prepared_it) else None,
        "prepared_it": prepared_it,
        "may_prepare": may("release.prepare", request.viewer, release.matter),
        "waits": waits,
        "same_hands": release.checked_by_id is not None and release.checked_by_id == release.prepared_by_id,
        "may_hide": release.state == Release.State.RELEASED and may("release.hide", request.viewer, release),
        "may_restore": release.state == Release.State.HIDDEN and may("release.hide", request.viewer, release),
        "trace": trace(release),
    }
    return render(request, "deliberation/record/release.html", context, status=422 if request.method == "POST" else 200)


def trace(release: Release) -> list[Event]:
    """Who did what to the public file, and when: from the journal."""
    entries = list(entries_of("release", release.pk))
    people = Person.within.in_bulk({entry.actor_id for entry in entries if entry.actor_id})
    events = []
    for entry in entries:
        flag = _("prepared and checked by one person") if entry.data.get("same_hands") else ""
        events.append(Event(title=title_of(entry), when=entry.at, who=people.get(entry.actor_id, ""), flag=flag))
    return events


def _one_click(request: Request, release: Release, service: Any, done: Any) -> HttpResponse:
    """Do an act that needs no form; then back to the release, or to the list where the viewer may not see it."""
    form = ActForm(request.POST)
    if form.is_valid() and form.attempt(request, service, release=release) is not None:
        messages.success(request, done)
    else:
        for error in form.non_field_errors():
            messages.error(request, str(error))
    back = "release" if may("release.see", request.viewer, release) else "releases"
    return redirect(back, *([release.pk] if back == "release" else []))


@page("release.hide", load=load_release, methods=("POST",))
def release_hiding(request: Request, release: Release) -> HttpResponse:
    return _one_click(request, release, release_hide, _("Hidden. Nobody can read it in public any more."))


@page("release.hide", load=load_release, methods=("POST",))
def release_restoring(request: Request, release: Release) -> HttpResponse:
    return _one_click(request, release, release_restore, _("The file is public again."))


urlpatterns = [
    path("desk/releases/", releases, name="releases"),
    path("desk/matters/<uuid:pk>/release/", matter_release, name="matter_release"),
    path("desk/releases/<uuid:pk>/", release, name="release"),
    path("desk/releases/<uuid:pk>/check/", release_checking, name="release_check"),
    path("desk/releases/<uuid:pk>/hide/", release_hiding, name="release_hide"),
    path("desk/releases/<uuid:pk>/restore/", release_restoring, name="release_restore"),
]
