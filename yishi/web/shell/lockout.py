"""Sign-in by django-allauth: by invitation only, throttled per account and address."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from yishi.notices.addresses import INNER, base_of, posts_count_here
from yishi.organisations.grants import viewer_of_account

# "Signed in" and "signed out" are plain from the page itself; as green news they would pass for a form's receipt.
UNSAID = {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Nobody signs up by themselves: accounts come from invitations."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mfa_index")

    def pre_login(self, request: HttpRequest, user: Any, **more: Any) -> HttpResponse | None:
        """Who administers signs in at the inner desks only: their account is no door on the internet."""
        if not posts_count_here() and viewer_of_account(user).is_administrator:
            return render(request, "shell/inner_only.html", {"desks": base_of(INNER)}, status=403)
        answer: HttpResponse | None = super().pre_login(request, user, **more)
        return answer

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Wrong passwords are counted by axes, per account and address: counted per account alone, anybody could
        lock a stranger out. The codes of the second lock come after the password and are counted by allauth."""

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        if message_template not in UNSAID:
            super().add_message(request, level, message_template, *args, **kwargs)


def locked_out(request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None) -> HttpResponse:
    """What axes shows after too many wrong passwords for one account from one address."""
    return render(request, "shell/locked.html", status=429)
