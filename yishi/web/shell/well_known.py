"""What browsers, search engines and those who find a hole ask every site for."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import path
from django.utils import timezone

from yishi.notices.addresses import PUBLIC, address_of
from yishi.organisations.models import Installation
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

# Personal or without end: no search engine needs them.
CLOSED = ("/accounts/", "/desk/", "/demo/", "/first/", "/follow/", "/join/", "/judge/", "/d/", "/c/", "/v/", "/room/")
VALID = timedelta(days=180)


@page("public", methods=("GET",), face="both")
def favicon(request: Request) -> HttpResponse:
    """For browsers that ask for it before they read a page."""
    return redirect(static("icon.svg"), permanent=False)


@page("public", methods=("GET",), face="both")
def robots(request: Request) -> HttpResponse:
    """Public files may be found; what is somebody's own, and the desks, are not to be."""
    closed = CLOSED if PUBLIC in settings.FACES else ("/",)
    lines = ["User-agent: *", *(f"Disallow: {address}" for address in closed)]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@page("public", methods=("GET",), face="both")
def security(request: Request) -> HttpResponse:
    """Whom to tell of a hole (RFC 9116): the site's phone, and the page that says who runs it."""
    phone = Installation.objects.filter(pk=1).values_list("contact_phone", flat=True).first() or ""
    digits = "".join(letter for letter in phone if letter.isdigit() or letter == "+")
    lines = [f"Contact: tel:{digits}"] if digits else []
    lines += [
        f"Contact: {address_of('privacy')}",
        f"Expires: {(timezone.now() + VALID).strftime('%Y-%m-%dT00:00:00Z')}",
        "Preferred-Languages: zh, en",
        f"Canonical: {address_of('security_txt')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


urlpatterns = [
    path("favicon.ico", favicon, name="favicon"),
    path("robots.txt", robots, name="robots"),
    path(".well-known/security.txt", security, name="security_txt"),
]
