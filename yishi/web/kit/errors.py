"""Error pages in plain Chinese that say what to do next."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "kit/404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "kit/403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "kit/stale.html", status=403)


def broken(request: HttpRequest) -> HttpResponse:
    return render(request, "kit/500.html", status=500)
