"""Error pages in plain Chinese that say what to do next."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render

from yishi.notices.addresses import base_of
from yishi.web.kit.request import Request


class OtherFace(Http404):
    """The page is served at another face; `face` says at which."""

    def __init__(self, face: str):
        super().__init__(face)
        self.face = face


def not_found(request: Request, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, OtherFace):
        base = base_of(exception.face)
        there = base + request.get_full_path() if base else ""
        return render(request, "kit/other_face.html", {"face": exception.face, "there": there}, status=404)
    return render(request, "kit/404.html", status=404)


def forbidden(request: Request, exception: Exception | None = None) -> HttpResponse:
    return render(request, "kit/403.html", status=403)


def csrf_failure(request: Request, reason: str = "") -> HttpResponse:
    return render(request, "kit/stale.html", status=403)


def too_large() -> HttpResponse:
    """The page that the proxy in front shows too: it asks for no session, no installation."""
    return HttpResponse((settings.ERROR_PAGES / "413.html").read_bytes(), status=413)


def broken(request: Request) -> HttpResponse:
    return render(request, "kit/500.html", status=500)
