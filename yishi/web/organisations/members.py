"""Members by term and sector: sitting ones, and former ones who keep what they did."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.organisations.models import Body, BodyKind, Member, Term, valid_on
from yishi.organisations.rights import may
from yishi.organisations.rules import administered_bodies, seen_bodies
from yishi.organisations.sectors import sector_name, sectors
from yishi.organisations.services.appointments import member_appoint
from yishi.organisations.services.members import member_leave, term_open, term_take_back
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.forms import ActForm
from yishi.web.kit.lists import Column, DeclaredList
from yishi.web.kit.one_act import CENTRED, one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request
from yishi.web.kit.taking_back import taking_back

from .people import after_appointing


def load_term(request: Request, pk: UUID) -> Term:
    return Term.objects.select_related("body__place").get(pk=pk)


def load_member(request: Request, pk: UUID) -> Member:
    return Member.objects.select_related("term__body__place", "person").get(pk=pk)


def load_committee(request: Request, pk: UUID) -> Body:
    return Body.objects.select_related("place").get(pk=pk, kind=BodyKind.COMMITTEE)


MEMBERS = DeclaredList(
    "members",
    gettext_lazy("members"),
    [
        Column(gettext_lazy("person's name"), "person.name", cell="name"),
        Column(gettext_lazy("committee"), "term.body.name", page=False),
        Column(gettext_lazy("sector"), lambda member: sector_name(member.sector)),
        Column(gettext_lazy("office held"), "title"),
        Column(gettext_lazy("term"), lambda member: str(member.term), cell="term", at=3),
        Column(gettext_lazy("from"), "valid_from", only="serving"),
        Column(gettext_lazy("last day"), "valid_to", cell="last_day", only="former"),
        Column(gettext_lazy("reason"), "end_reason", page=False),
    ],
)


@page("organisation.see", methods=("GET",))
def members(request: Request) -> HttpResponse:
    """The members of my committees; filters: term, sector, sitting or former, name."""
    today = timezone.localdate()
    mine = seen_bodies(request.viewer)
    terms = list(
        Term.objects.filter(body__in=mine).select_related("body__place").order_by("body__place__lo", "-number")
    )
    chosen = request.GET.get("term", "")
    term = next((known_term for known_term in terms if str(known_term.pk) == chosen), None)
    members = Member.objects.filter(term__in=[term] if term else terms).select_related("person", "term__body")
    sector, typed, former = request.GET.get("sector", ""), request.GET.get("q", "").strip(), request.GET.get("former")
    if sector in sectors():
        members = members.filter(sector=sector)
    if typed:
        members = members.filter(person__name__finds=typed)
    members = members.exclude(valid_on(today)) if former else members.filter(valid_on(today))
    members = members.order_by("term__body__place__lo", "sector", "person__name")
    open_terms = [
        known_term
        for known_term in terms
        if known_term.valid_to is None and may("member.manage", request.viewer, known_term)
    ]
    return MEMBERS.respond(
        request,
        "organisations/members.html",
        members,
        terms=terms,
        term=term,
        admit_to=term if term in open_terms else (open_terms[0] if open_terms else None),
        committees=administered_bodies(request.viewer)
        .filter(kind=BodyKind.COMMITTEE, valid_to__isnull=True)
        .order_by("place__lo"),
        sectors=sectors().values(),
        sector=sector,
        typed=typed,
        former=former,
        serving=not former,
    )


class TermForm(ActForm):
    number = forms.IntegerField(label=gettext_lazy("number of the term"), min_value=1, max_value=99)
    name = forms.CharField(label=gettext_lazy("name, for example 第十一届"), max_length=64, required=False)
    since = day_field(gettext_lazy("begins on"), required=False)


@page("member.manage", load=load_committee)
def term_new(request: Request, body: Body) -> HttpResponse:
    return one_act(
        request,
        TermForm(request.POST or None),
        term_open,
        heading=_("Open a term of %(body)s") % {"body": body.name},
        lead=_("The term before ends the day before, and with it the memberships in it."),
        back=reverse("members"),
        done=_("The term is open. Now admit its members, one by one or by the workbook."),
        submit=_("Open the term"),
        given={"body": body},
        layout=CENTRED,
    )


@page("member.manage", load=load_term)
def term_back(request: Request, term: Term) -> HttpResponse:
    return taking_back(
        request,
        term_take_back,
        what=f"{term.body.name} · {term}",
        heading=_("Opened by mistake: take the term back"),
        lead=_("The term before goes on, and the memberships that ended with it, as if this one had not been opened."),
        back=reverse("body", args=[term.body_id]),
        given={"term": term},
    )


class MemberForm(ActForm):
    name = forms.CharField(label=gettext_lazy("person's name"), max_length=64)
    phone = forms.CharField(
        label=gettext_lazy("mobile phone"),
        max_length=32,
        required=False,
        help_text=gettext_lazy("Somebody of this name and number who is registered already is recognised by it."),
    )
    sector = forms.ChoiceField(label=gettext_lazy("sector"))
    title = forms.CharField(label=gettext_lazy("office held"), max_length=64, required=False)
    since = day_field(gettext_lazy("from"), required=False, help_text=gettext_lazy("Empty: from today."))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["sector"].choices = [(known_sector.code, known_sector.name) for known_sector in sectors().values()]


@page("member.manage", load=load_term)
def member_new(request: Request, term: Term) -> HttpResponse:
    return one_act(
        request,
        MemberForm(request.POST or None),
        member_appoint,
        heading=_("Admit a member: %(body)s, %(term)s") % {"body": term.body.name, "term": term},
        back=reverse("members"),
        done=_("The member is admitted. If the person has no account yet, print an invitation."),
        submit=_("Admit"),
        given={"term": term},
        next_url=lambda receipt: after_appointing(request, receipt, reverse("members")),
        layout=CENTRED,
    )


class LeaveForm(ActForm):
    reason = forms.CharField(label=gettext_lazy("why"), max_length=120)
    until = day_field(gettext_lazy("last day"), required=False, help_text=gettext_lazy("Empty: it ended yesterday."))


@page("member.manage", load=load_member)
def member_end(request: Request, member: Member) -> HttpResponse:
    return one_act(
        request,
        LeaveForm(request.POST or None),
        member_leave,
        heading=_("%(person)s is no longer a member") % {"person": member.person},
        lead=_(
            "A former member keeps what they did and reads it on; they get no new duties and no invitations. "
            "What they owe personally stays with them until it is passed on."
        ),
        back=reverse("members"),
        done=_("The member has left; the record stays."),
        submit=_("End the membership"),
        given={"member": member},
        layout=CENTRED,
    )


urlpatterns = [
    path("desk/members/", members, name="members"),
    path("desk/bodies/<uuid:pk>/term/", term_new, name="term_open"),
    path("desk/terms/<uuid:pk>/back/", term_back, name="term_take_back"),
    path("desk/terms/<uuid:pk>/admit/", member_new, name="member_admit"),
    path("desk/members/<uuid:pk>/leave/", member_end, name="member_leave"),
]
