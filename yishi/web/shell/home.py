"""The villager's home: three doors; and the settings that every page offers: large print, language."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from yishi.deliberation.models import Consultation
from yishi.notices.addresses import PUBLIC
from yishi.organisations.heartbeat import pulse
from yishi.organisations.models import Installation
from yishi.web.deliberation.record import public_files
from yishi.web.kit.middleware import LANGUAGE_COOKIE
from yishi.web.kit.page import page
from yishi.web.kit.request import Request
from yishi.web.kit.turns import end_turn

from .context import ELDER_COOKIE

YEAR = 365 * 24 * 3600  # seconds: how long a device keeps a setting
ASKED = 3  # open consultations shown on the home page
SIZES = {"0", "1", "2", "3"}


@page("public", methods=("GET",), face="both")
def home(request: Request) -> HttpResponse:
    """The three doors; where only desks are served, the way to one's own."""
    if PUBLIC not in settings.FACES:
        return redirect("desk")
    context = {"nearby": nearby(request), "asked": asked_now(request), "tab": "home"}
    return end_turn(request, render(request, "shell/home.html", context))


def nearby(request: Request) -> list[dict[str, Any]]:
    """The newest public files near the installation's home place, as cards."""
    installation = Installation.objects.filter(pk=1).select_related("home_place").first()
    return public_files.nearby(installation.home_place if installation else None)


def asked_now(request: Request) -> list[Consultation]:
    """Open consultations near the installation's home place in which anybody may take part."""
    installation = Installation.objects.filter(pk=1).select_related("home_place").first()
    consultations = Consultation.within.filter(
        stage=Consultation.Stage.OPEN,
        audience=Consultation.Audience.ANYONE,
        closes_at__gt=timezone.now(),
        matter__is_sensitive=False,
    )
    if installation and installation.home_place:
        home = installation.home_place
        consultations = consultations.filter(matter__place__lo__range=(home.lo, home.hi))
    return list(consultations.select_related("matter__place").order_by("closes_at")[:ASKED])


@page("public", methods=("POST",), face="both")
def elder_mode(request: Request) -> HttpResponse:
    """Large print in one of three sizes, or normal; kept on this device."""
    response = redirect(_back(request))
    size = request.POST.get("size", "")
    size = size if size in SIZES else "0"
    response.set_cookie(ELDER_COOKIE, size, max_age=YEAR, samesite="Lax", secure=settings.HTTPS)
    return response


@page("public", methods=("POST",), face="both")
def language(request: Request) -> HttpResponse:
    """Chinese or English, kept on this device."""
    response = redirect(_back(request))
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        response.set_cookie(LANGUAGE_COOKIE, chosen, max_age=YEAR, samesite="Lax", secure=settings.HTTPS)
    return response


@page("public", methods=("GET",), face="both")
def privacy(request: Request) -> HttpResponse:
    return render(request, "shell/privacy.html")


@page("public", methods=("GET",), face="both")
def accessibility(request: Request) -> HttpResponse:
    return render(request, "shell/accessibility.html")


@page("public", methods=("GET",), face="both")
def health(request: Request) -> HttpResponse:
    """For whoever watches the machine: 200 while the jobs run, 503 once none has ended for ten minutes. No names."""
    state = pulse()
    answer = {
        "state": "still" if state.is_still else "failing" if state.failing else "ok",
        "last_round": state.last.isoformat() if state.last else None,
        "failing": list(state.failing),
    }
    response = JsonResponse(answer, status=503 if state.is_still else 200)
    response["Cache-Control"] = "no-store"
    return response


def _back(request: Request) -> str:
    """The page from which a setting was changed; never another site."""
    target = request.POST.get("next", "/")
    return target if url_has_allowed_host_and_scheme(target, allowed_hosts=None) else "/"


urlpatterns = [
    path("", home, name="home"),
    path("settings/large-print/", elder_mode, name="elder_mode"),
    path("settings/language/", language, name="language"),
    path("privacy/", privacy, name="privacy"),
    path("health/", health, name="health"),
    path("accessibility/", accessibility, name="accessibility"),
]
