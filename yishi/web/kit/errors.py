"""Error pages in plain Chinese that say what to do next."""

from django.http import HttpResponse
from django.shortcuts import render

from yishi.web.kit.request import Request


def not_found(request: Request, exception: Exception | None = None) -> HttpResponse:
    return render(request, "kit/404.html", status=404)


def forbidden(request: Request, exception: Exception | None = None) -> HttpResponse:
    return render(request, "kit/403.html", status=403)


def csrf_failure(request: Request, reason: str = "") -> HttpResponse:
    return render(request, "kit/stale.html", status=403)


def broken(request: Request) -> HttpResponse:
    return render(request, "kit/500.html", status=500)
