"""People of the register: their posts, memberships, accounts and invitations."""

from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django import forms
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.journal.models import Receipt
from yishi.kit.records import lend, lent
from yishi.organisations.models import Member, Post, valid_on
from yishi.organisations.rights import may
from yishi.organisations.rules import administered_bodies
from yishi.organisations.sectors import sector_name
from yishi.organisations.services.people import (
    account_disable,
    account_enable,
    account_unlock,
    invitation_revoke,
    person_change,
)
from yishi.people.models import Account, Invitation, Person
from yishi.web.kit.forms import ActForm
from yishi.web.kit.lists import Column, DeclaredList
from yishi.web.kit.one_act import CENTRED, one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request


def load_person(request: Request, pk: UUID) -> Person:
    return Person.objects.distinct().get(pk=pk)


def load_account(request: Request, pk: UUID) -> Person:
    person = load_person(request, pk)
    Account.objects.get(person=person)
    return person


def load_invited(request: Request, pk: UUID) -> Person:
    person = load_person(request, pk)
    open_invitations(person).get()
    return person


def open_invitations(person: Person) -> Any:
    return Invitation.objects.filter(
        person=person, used_at=None, revoked_at=None, expires_at__gt=timezone.now()
    ).order_by("-created_at")


def people_of(request: Request) -> Any:
    """The people of the viewer's register with posts, memberships and the state of their account: of the bodies that
    they administer, not of all that another of their posts oversees, for their phones stand in it."""
    today, kept = timezone.localdate(), administered_bodies(request.viewer).order_by().values("pk")
    posts = Post.objects.filter(valid_on(today)).select_related("body").order_by("pk")
    members = Member.objects.filter(valid_on(today)).select_related("term__body").order_by("pk")
    invited = Invitation.objects.filter(
        person=OuterRef("pk"), used_at=None, revoked_at=None, expires_at__gt=timezone.now()
    )
    people = (
        Person.objects.select_related("account")
        .annotate(is_invited=Exists(invited))
        .filter(
            Exists(Post.objects.filter(valid_on(today), person=OuterRef("pk"), body__in=kept))
            | Exists(Member.objects.filter(person=OuterRef("pk"), term__body__in=kept))
        )
        .prefetch_related(
            Prefetch("posts", posts, to_attr="posts_now"), Prefetch("memberships", members, to_attr="memberships_now")
        )
        .order_by("name", "pk")
    )
    typed, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
    if typed:
        at_body = Exists(Post.objects.filter(valid_on(today), person=OuterRef("pk"), body__name__finds=typed))
        people = people.filter(Q(name__finds=typed) | Q(phone__startswith=typed) | at_body)
    if state == "none":
        people = people.filter(account__isnull=True, is_invited=False)
    elif state == "invited":
        people = people.filter(is_invited=True)
    elif state == "active":
        people = people.filter(account__is_active=True)
    elif state == "disabled":
        people = people.filter(account__is_active=False)
    return people


def account_state(person: Person) -> str:
    account = getattr(person, "account", None)
    if account is not None and not account.is_active:
        return _("disabled")
    if getattr(person, "is_invited", False):
        return _("invited")
    return _("has an account") if account is not None else _("no account")


def works_at(person: Person) -> str:
    posts = [f"{post.body.name} {post.title or post.get_role_display()}" for post in lent(person, "posts_now")]
    seats = [f"{member.term.body.name} {member.title or _('member')}" for member in lent(person, "memberships_now")]
    return "；".join([*posts, *seats])


PEOPLE = DeclaredList(
    "people",
    gettext_lazy("people"),
    [
        Column(gettext_lazy("person's name"), "name", cell="name"),
        Column(gettext_lazy("mobile phone"), "phone"),
        Column(gettext_lazy("posts and memberships"), works_at),
        Column(gettext_lazy("account"), account_state),
    ],
)


@page(
    "administration.see",
    methods=("GET",),
    unaudited="of the two administrators; who holds which post stands on the body's page",
)
def people(request: Request) -> HttpResponse:
    people = people_of(request)
    states = [
        ("", _("everybody")),
        ("none", _("not invited yet")),
        ("invited", _("invited")),
        ("active", _("has an account")),
        ("disabled", _("disabled")),
    ]
    return PEOPLE.respond(
        request,
        "organisations/people.html",
        people,
        typed=request.GET.get("q", ""),
        state=request.GET.get("state", ""),
        states=states,
    )


@page(
    "person.see",
    load=load_person,
    methods=("GET",),
    unaudited="of the two administrators: phones, accounts, second locks",
)
def person(request: Request, person: Person) -> HttpResponse:
    members = list(person.memberships.select_related("term__body").order_by("-valid_from"))
    today = timezone.localdate()
    for member in members:
        lend(member, sector_name=sector_name(member.sector), sits=member.is_valid_on(today))
    context = {
        "person": person,
        "account": Account.objects.filter(person=person).first(),
        "invitation": open_invitations(person).first(),
        "posts": person.posts.select_related("body__place").order_by("valid_to", "-valid_from"),
        "members": members,
        "today": today,
        "has_lock": Authenticator.objects.filter(user__person=person).exists(),
        "is_self": person.pk == request.viewer.person_id,
    }
    return render(request, "organisations/person.html", context)


def after_appointing(request: Request, receipt: Receipt, otherwise: str) -> str:
    """Where an appointment leads: to the page of the person appointed; `otherwise` where the viewer may not see it."""
    person = Person.within.get(pk=receipt.result["person"])
    may_see = may("person.see", request.viewer, person)
    return reverse("person_admin", kwargs={"pk": person.pk}) if may_see else otherwise


class PersonForm(ActForm):
    name = forms.CharField(label=gettext_lazy("person's name"), max_length=64)
    phone = forms.CharField(label=gettext_lazy("mobile phone"), max_length=32, required=False)
    email = forms.CharField(label=gettext_lazy("mail"), max_length=254, required=False)


@page("person.manage", load=load_person)
def person_edit(request: Request, person: Person) -> HttpResponse:
    initial = {"name": person.name, "phone": person.phone, "email": person.email}
    return one_act(
        request,
        PersonForm(request.POST or None, initial=initial, edits=person),
        person_change,
        heading=_("Correct %(person)s") % {"person": person},
        back=reverse("person_admin", kwargs={"pk": person.pk}),
        done=_("The change is stored."),
        submit=_("Save"),
        given={"person": person},
        layout=CENTRED,
    )


@page("account.switch", load=load_account)
def account_switch(request: Request, person: Person) -> HttpResponse:
    account = person.account
    service, heading, lead, done = (
        (
            account_disable,
            _("Disable the account of %(person)s"),
            _("Whoever is signed in by it is out at the next click. Posts and what the person did stay."),
            _("The account is disabled."),
        )
        if account.is_active
        else (
            account_enable,
            _("Enable the account of %(person)s"),
            _("The person signs in with the password they had. If it is forgotten, print a new invitation too."),
            _("The account is enabled."),
        )
    )
    return one_act(
        request,
        ActForm(request.POST or None),
        service,
        heading=heading % {"person": person},
        lead=lead,
        back=reverse("person_admin", kwargs={"pk": person.pk}),
        done=done,
        submit=_("Disable") if account.is_active else _("Enable"),
        given={"account": account},
        layout=CENTRED,
    )


@page("person.reset_password", load=load_account)
def account_unlocking(request: Request, person: Person) -> HttpResponse:
    return one_act(
        request,
        ActForm(request.POST or None),
        account_unlock,
        heading=_("Remove the second lock of %(person)s") % {"person": person},
        lead=_("For who lost phone and spare codes. Make sure that it is them; they are told. The password stays."),
        back=reverse("person_admin", kwargs={"pk": person.pk}),
        done=_("The second lock is removed. Ask the person to set a new one."),
        submit=_("Remove"),
        given={"account": person.account},
        layout=CENTRED,
    )


@page("person.invite", load=load_invited)
def invitation_end(request: Request, person: Person) -> HttpResponse:
    return one_act(
        request,
        ActForm(request.POST or None),
        invitation_revoke,
        heading=_("Withdraw the invitation of %(person)s") % {"person": person},
        lead=_("The printed code no longer works."),
        back=reverse("person_admin", kwargs={"pk": person.pk}),
        done=_("The invitation is withdrawn."),
        submit=_("Withdraw"),
        given={"invitation": open_invitations(person).get()},
        layout=CENTRED,
    )


urlpatterns = [
    path("desk/people/", people, name="people"),
    path("desk/people/<uuid:pk>/", person, name="person_admin"),
    path("desk/people/<uuid:pk>/change/", person_edit, name="person_change"),
    path("desk/people/<uuid:pk>/account/", account_switch, name="account_switch"),
    path("desk/people/<uuid:pk>/unlock/", account_unlocking, name="account_unlock"),
    path("desk/people/<uuid:pk>/withdraw/", invitation_end, name="invitation_withdraw"),
]
