"""The auditor's page: the entries of their place, each with the right by which it was made and its receipt."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.journal.models import Entry, Seal
from yishi.kit.ids import id_read
from yishi.kit.records import filled
from yishi.organisations.audit import audited_entries
from yishi.organisations.models import Body, Member, Place, Post
from yishi.people.models import Person
from yishi.web.kit.lists import Column, DeclaredList
from yishi.web.kit.page import page
from yishi.web.kit.peek import Peek
from yishi.web.kit.request import Request
from yishi.web.kit.titles import kind_of, subject_of, title_of

PER_PAGE = 50
MOST_TYPED = 64
RIGHTS = {
    "post": gettext_lazy("a post"),
    "member": gettext_lazy("a membership"),
    "seat": gettext_lazy("a seat"),
    "pairing": gettext_lazy("a pairing"),
    "round_team": gettext_lazy("the team of a round"),
    "station": gettext_lazy("a stationed team"),
    "bearer": gettext_lazy("their own promise"),
    "judge": gettext_lazy("their own judgement"),
    "query_code": gettext_lazy("a query code"),
    "deed_code": gettext_lazy("a family's code"),
    "voice": gettext_lazy("a voice in a consultation"),
    "person": gettext_lazy("in their own name"),
    "public": gettext_lazy("everybody's right"),
    "system": gettext_lazy("the platform itself"),
}


def _with_names(entries: list[Any]) -> list[Any]:
    """The entries with names beside their ids (people within reach, desks, places), and words for act and right."""
    people = Person.objects.distinct().in_bulk({entry.actor_id for entry in entries} - {None})
    bodies = Body.objects.in_bulk({entry.body_id for entry in entries} - {None})
    places = Place.objects.in_bulk({entry.place_id for entry in entries} - {None})
    for entry in entries:
        entry.actor_name = people[entry.actor_id].name if entry.actor_id in people else ""
        entry.body = bodies.get(entry.body_id)
        entry.place = places.get(entry.place_id)
        entry.title, entry.subject = title_of(entry), kind_of(entry)
        entry.right = RIGHTS.get(entry.right_kind, entry.right_kind)
    return entries


JOURNAL = DeclaredList(
    "journal",
    gettext_lazy("Journal"),
    [
        Column(gettext_lazy("entered"), "received_at", cell="entered"),
        Column(gettext_lazy("act"), "title", cell="act"),
        Column(gettext_lazy("code of the act"), "code", page=False),
        Column(gettext_lazy("who acted"), "actor_name", cell="actor"),
        Column(gettext_lazy("by which right"), "right", page=False),
        Column(gettext_lazy("for which desk"), "body.name"),
        Column(gettext_lazy("place"), "place.full_name"),
        Column(gettext_lazy("number of the receipt"), "receipt.number", css="nowrap"),
    ],
    per_page=PER_PAGE,
    prepare=_with_names,
)


@page("journal.see", methods=("GET",))
def journal(request: Request) -> HttpResponse:
    """The newest entries first; by act, day, desk, subject and who acted."""
    names = ("act", "since", "until", "body", "subject", "actor")
    typed = {name: request.GET.get(name, "").strip()[:MOST_TYPED] for name in names}
    found_entries = _filtered(audited_entries(request.viewer), typed).order_by("-received_at", "-pk")
    pages = Peek(found_entries, Entry.objects.select_related("receipt"), PER_PAGE)
    return JOURNAL.respond(
        request,
        "organisations/journal.html",
        found_entries.select_related("receipt"),
        paginator=pages,
        typed=typed,
        is_filtered=any(typed.values()),
    )


def _filtered(entries: QuerySet[Entry], typed: dict[str, str]) -> QuerySet[Entry]:
    """What fits all that was typed; what is no day, number or id of its field fits nothing."""
    if typed["act"]:
        entries = entries.filter(code__contains=typed["act"])
    for name, comparison in (("since", "gte"), ("until", "lte")):
        if typed[name]:
            day = _day(typed[name])
            entries = entries.filter(**{f"received_at__date__{comparison}": day}) if day else entries.none()
    if typed["body"]:
        entries = entries.filter(body_id__in=Body.objects.filter(name__finds=typed["body"]).values("pk"))
    if typed["actor"]:
        entries = entries.filter(actor_id__in=Person.objects.filter(name__finds=typed["actor"]).values("pk"))
    if typed["subject"]:
        said = Q(subject_kind=typed["subject"]) | Q(receipt__number=typed["subject"].upper())
        key = id_read(typed["subject"])
        entries = entries.filter(said | Q(subject_id=key) if key else said)
    return entries


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def load_entry(request: Request, pk: UUID) -> Entry:
    return audited_entries(request.viewer).select_related("receipt").get(pk=pk)


@page("journal.see", load=load_entry, methods=("GET",))
def journal_entry(request: Request, entry: Entry) -> HttpResponse:
    """One entry with all that it says."""
    _with_names([entry])
    context = {
        "entry": entry,
        "right_words": _right_words(entry),
        "on_behalf_of": Person.objects.distinct().filter(pk__in=filled([entry.on_behalf_of_id])).first(),
        "subject": subject_of(entry),
        "parts": [
            (_("what it is counted by"), sorted(entry.dims.items())),
            (_("quantities"), sorted(entry.quantities.items())),
            (_("what it reached"), [(f"{kind} {key}", f"{sign:+d}") for kind, key, sign in entry.touches]),
            (_("further"), sorted(entry.data.items())),
        ],
        "others": audited_entries(request.viewer).filter(receipt=entry.receipt_id).exclude(pk=entry.pk),
        "reversed_by": audited_entries(request.viewer).filter(reverses_id=entry.pk).first(),
        "reverses": audited_entries(request.viewer).filter(pk__in=filled([entry.reverses_id])).first(),
        "seal": Seal.objects.filter(entry_id=entry.pk).first(),
    }
    return render(request, "organisations/journal_entry.html", context)


def _right_words(entry: Entry) -> str:
    """The post or membership itself; of any other right its kind says enough."""
    if entry.right_kind == "post":
        post = Post.objects.filter(pk__in=filled([entry.right_id])).select_related("body").first()
        return f"{post.body} · {post.get_role_display()}" if post else ""
    if entry.right_kind == "member":
        member = Member.objects.filter(pk__in=filled([entry.right_id])).select_related("term__body").first()
        return f"{member.term.body} · {member.term}" if member else ""
    return ""


urlpatterns = [
    path("desk/journal/", journal, name="journal"),
    path("desk/journal/<uuid:pk>/", journal_entry, name="journal_entry"),
]
