"""How long somebody stays signed in: half an hour without an act of their own, twelve hours at the longest."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from .middleware import QUERY_CODE_KEY

BEGAN, SEEN = "began", "seen"  # in the session, in whole seconds
NOTED_EVERY = 60  # seconds: a busy page does not write the session at each request
POLL_HEADER = "X-Poll"  # what a page asks by itself; nobody need sit in front of it


class SessionLimitsMiddleware:
    """Signs out whoever left the desk, and forgets the query code of whoever left a shared phone.

    Stands after the messages, because the next page says what happened.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated or QUERY_CODE_KEY in request.session:
            self._check(request)
        return self.get_response(request)

    @staticmethod
    def _check(request: HttpRequest) -> None:
        now = int(time.time())
        began = request.session.get(BEGAN, now)
        seen = request.session.get(SEEN, now)
        if now - seen >= settings.SESSION_IDLE_SECONDS or now - began >= settings.SESSION_COOKIE_AGE:
            was_signed_in = request.user.is_authenticated
            logout(request)
            said = _("You were signed out, for safety: please sign in again. Drafts are kept.")
            messages.warning(request, said if was_signed_in else _("For safety this phone has forgotten the code."))
            return
        is_person = POLL_HEADER not in request.headers
        if BEGAN not in request.session or (is_person and now - seen >= NOTED_EVERY):
            request.session[BEGAN] = began
            request.session[SEEN] = now
