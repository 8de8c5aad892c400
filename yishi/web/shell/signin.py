"""Sign-in: django-allauth's views, mounted by name; and the demo's page on which one enters as anybody."""

from typing import Any

from allauth.account import urls as account_urls
from allauth.account.views import password_change
from allauth.mfa import urls as mfa_urls
from django.contrib.auth import login
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy

from yishi.demo.entry import room_token, villager_code
from yishi.organisations.grants import viewer_of
from yishi.organisations.models import Installation
from yishi.people.models import Account
from yishi.web.kit.lists import Column, DeclaredList
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# Of allauth's own pages only these: no mail confirmation, no reset by mail (a new invitation does it).
KEPT = {"account_login", "account_logout", "account_inactive", "account_signup", "account_reauthenticate"}

DeclaredList(  # on the library's page: the reader's own few
    "passkeys",
    gettext_lazy("Passkeys"),
    [
        Column(gettext_lazy("Name"), cell="name"),
        Column(gettext_lazy("Added"), cell="added"),
        Column(gettext_lazy("Last used"), cell="last_used"),
        Column(gettext_lazy("Acts"), cell="acts", is_silent=True),
    ],
)


def _is_demo() -> bool:
    return Installation.objects.filter(pk=1, is_demo=True).exists()


@page("public", methods=("GET", "POST"), face="both")
def demo(request: Request) -> HttpResponse:
    """Enter as each kind of person with one click, while the demo is on; else there is no such page."""
    if not _is_demo():
        raise Http404
    accounts = (
        Account.objects.filter(is_demo=True, is_active=True).select_related("person").order_by("created_at", "pk")
    )
    if request.method == "POST":
        account = accounts.filter(username=request.POST.get("as", "")).first()
        if account is None:
            raise Http404
        login(request, account, backend=BACKEND)
        return redirect("desk")
    people = [{"account": account, "viewer": viewer_of(account.person)} for account in accounts]
    token = room_token()
    context = {
        "people": people,
        "demo_query_code": villager_code(),
        "demo_venue_url": reverse("venue_door", args=[token]) if token else "",
    }
    return render(request, "shell/demo.html", context)


@page("account.own", face="member")
def change_password(request: Request) -> HttpResponse:
    """The page of the old and the new password; accounts of the demo have no password."""
    if not request.user.is_authenticated or not request.user.has_usable_password():
        return redirect("mfa_index" if request.user.is_authenticated else "account_login")
    answer: HttpResponse = password_change(request)
    return answer


def _signing_in(patterns: list[Any]) -> list[Any]:
    """Put a library's views where people sign in: at the desks and at the members' face; the public door alone has no
    such pages."""
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            _signing_in(pattern.url_patterns)
        else:
            pattern.callback.face = "member"
    return patterns


urlpatterns = [
    path("demo/", demo, name="demo"),
    path("accounts/", include(_signing_in([pattern for pattern in account_urls.urlpatterns if pattern.name in KEPT]))),
    path("accounts/password/change/", change_password, name="account_change_password"),
    path("accounts/2fa/", include(_signing_in(mfa_urls.urlpatterns))),
]
