"""Invitations: printed one page per person; accepted by whoever holds the code, once."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import login, logout
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal
from yishi.kit.ids import clean_code, id_read
from yishi.notices.addresses import INNER, MEMBER, address_of
from yishi.organisations.models import Post, valid_on
from yishi.organisations.services.people import invitation_accept, invitation_issue, invitations_issue
from yishi.people.models import Account, Invitation, Person
from yishi.people.services import INVITATION_DAYS, invitation_find
from yishi.web.kit.forms import ActForm
from yishi.web.kit.lists import Column, DeclaredList
from yishi.web.kit.page import page
from yishi.web.kit.qr_image import qr_image
from yishi.web.kit.request import Request

from .people import load_person, people_of, works_at

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def grouped(code: str) -> str:
    """K7QXM-28VDA-… : five letters at a time, for people who type from paper."""
    return "-".join(code[n : n + 5] for n in range(0, len(code), 5))


def sheets_page(request: Request, issued: list[tuple[Person, Any]]) -> HttpResponse:
    """The printable sheets of `issued`: each person with the receipt of their invitation.

    The codes stand in this answer only: they are stored nowhere.
    """
    ids = [receipt.result["invitation"] for _person, receipt in issued]
    expiry = dict(Invitation.objects.filter(pk__in=ids).values_list("pk", "expires_at"))
    by_text = {str(key): value for key, value in expiry.items()}
    people = [person for person, _receipt in issued]
    accounts = dict(Account.objects.filter(person__in=people).values_list("person_id", "username"))
    posts = Post.objects.filter(valid_on(timezone.localdate()), person__in=people)
    at_desks = set(posts.values_list("person_id", flat=True))
    sheets = []
    for person, receipt in issued:
        reader = INNER if person.pk in at_desks else MEMBER
        address = address_of("join", query={"code": receipt.invitation_code}, reader=reader)
        sheets.append(
            {
                "person": person,
                "code": grouped(receipt.invitation_code),
                "image": qr_image(address),
                "address": address_of("join", reader=reader),
                "expires": by_text[receipt.result["invitation"]],
                "username": accounts.get(person.pk, ""),
            }
        )
    response = render(request, "organisations/invitation_sheets.html", {"sheets": sheets})
    response["Cache-Control"] = "no-store"
    return response


def _invited(person: Person) -> str:
    is_invited = getattr(person, "is_invited", False)
    return _("invited; a new sheet ends the old one") if is_invited else _("not invited yet")


UNINVITED = DeclaredList(  # a list to tick; its people's workbook is that of the people
    "uninvited",
    gettext_lazy("people without an account"),
    [
        Column(gettext_lazy("person's name"), cell="person"),
        Column(gettext_lazy("posts and memberships"), shown="works_at"),
        Column(gettext_lazy("state"), shown=_invited),
    ],
    per_page=100,
)


@page("person.invite")
def invitations(request: Request) -> HttpResponse:
    """Choose people who have no account yet, and print their invitations."""
    form = ActForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        chosen = [key for key in request.POST.getlist("person") if id_read(key)]
        people = list(Person.objects.filter(pk__in=chosen).distinct())
        if not people:
            form.add_error(None, _("Tick the people whom you invite."))
        else:
            try:
                issued = invitations_issue(actor=request.viewer, people=people, act_id=form.cleaned_data.get("act_id"))
            except Refusal as refusal:
                form.add_error(None, str(refusal.message))
            else:
                return sheets_page(request, sorted(issued, key=lambda pair: pair[0].name))
    without_account = people_of(request).filter(account__isnull=True)
    page_obj = Paginator(without_account, UNINVITED.per_page).get_page(request.GET.get("page"))
    for person in page_obj:
        person.works_at = works_at(person)
    context = {"form": form, "page_obj": page_obj, "days": INVITATION_DAYS, "typed": request.GET.get("q", "")}
    return render(request, "organisations/invitations.html", context, status=422 if form.errors else 200)


@page("person.invite", load=load_person)
def invite(request: Request, person: Person) -> HttpResponse:
    """Invite one person, or let somebody who forgot the password set a new one."""
    form = ActForm(request.POST or None)
    account = Account.objects.filter(person=person).first()
    if request.method == "POST" and form.is_valid():
        receipt = form.attempt(request, invitation_issue, person=person)
        if receipt is not None:
            return sheets_page(request, [(person, receipt)])
    context = {
        "form": form,
        "person": person,
        "account": account,
        "days": INVITATION_DAYS,
        "back": reverse("person_admin", kwargs={"pk": person.pk}),
    }
    return render(request, "organisations/invite.html", context, status=422 if form.errors else 200)


class NewAccountForm(ActForm):
    """Sign-in name and password twice, for an invitation and for the first administrator."""

    username = forms.CharField(
        label=gettext_lazy("sign-in name"),
        max_length=32,
        help_text=gettext_lazy(
            "3 to 32 letters or digits, without blanks; Chinese is fine. You will type it to sign in."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=gettext_lazy("password"),
        help_text=gettext_lazy(
            "At least 10 characters. A short sentence is easier to remember than a word with digits."
        ),
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
        strip=False,
    )
    again = forms.CharField(
        label=gettext_lazy("password once more"),
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
        strip=False,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("password") and cleaned.get("again") and cleaned["password"] != cleaned["again"]:
            self.add_error("again", _("The two passwords differ. Type both again."))
        return cleaned


class InvitationCodeForm(ActForm):
    code = forms.CharField(
        label=gettext_lazy("code on your sheet"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class JoinForm(NewAccountForm, InvitationCodeForm):
    field_order = ["code", "username", "password", "again"]


@page("public", face="member")
def join(request: Request) -> HttpResponse:
    """First the code, then sign-in name and password; then the person is signed in.

    Who had an account signs in on the usual page: a second lock stays, and a disabled account opens nothing.
    """
    typed = request.POST.get("code") or request.GET.get("code") or ""
    invitation, why = None, ""
    if clean_code(typed):
        try:
            invitation = invitation_find(typed)
        except Refusal as refusal:
            why = str(refusal.message)
    if invitation is None:
        form: ActForm = InvitationCodeForm(initial={"code": typed})
        status = 422 if why else 200
        return render(request, "organisations/join_code.html", {"form": form, "why": why}, status=status)
    account = Account.objects.filter(person=invitation.person).first()
    is_sent = request.method == "POST" and "password" in request.POST
    form = JoinForm(request.POST if is_sent else None, initial={"code": typed})
    form.fields["code"].widget = forms.HiddenInput()
    if account is not None:
        form.fields["username"].widget = forms.HiddenInput()
        form.fields["username"].required = False
    if is_sent and form.is_valid():
        done = _accepted(form, account)
        if done is not None and not done.result["is_new"]:
            logout(request)
            messages.success(request, _("The password is changed. Please sign in with it."))
            return HttpResponseRedirect(reverse("account_login"))
        if done is not None:
            login(request, Account.objects.get(pk=done.result["account"]), backend=BACKEND)
            messages.success(request, _("Welcome. This is your desk."))
            return HttpResponseRedirect(reverse("desk"))
    context = {"form": form, "person": invitation.person, "account": account}
    return render(request, "organisations/join.html", context, status=422 if is_sent else 200)


def _accepted(form: JoinForm, account: Account | None) -> Receipt | None:
    fields = form.cleaned_data
    try:
        receipt = invitation_accept(
            token=fields["code"],
            username=account.username if account else fields["username"],
            password=fields["password"],
            act_id=fields.get("act_id"),
        )
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))
        return None
    if receipt.replayed:  # the form was sent twice: sign in by the password
        form.add_error(None, _("Your account is ready. Sign in with the name and password that you chose."))
        return None
    return receipt


urlpatterns = [
    path("join/", join, name="join"),
    path("desk/invitations/", invitations, name="invitations"),
    path("desk/people/<uuid:pk>/invite/", invite, name="person_invite"),
]
