"""Who really asked, behind trusted proxies."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class ClientAddressMiddleware:
    """Sets REMOTE_ADDR to the client's address as the outermost trusted proxy saw it.

    Everything that throttles reads REMOTE_ADDR. Each of the `YISHI_PROXIES` trusted proxies adds one address at the
    right end of X-Forwarded-For; what stands further left was typed by the client and is believed by nobody. With no
    trusted proxy the header is dropped.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        forwarded = request.META.pop("HTTP_X_FORWARDED_FOR", "")
        addresses = [part.strip() for part in forwarded.split(",") if part.strip()]
        if 0 < settings.TRUSTED_PROXIES <= len(addresses):
            request.META["REMOTE_ADDR"] = addresses[-settings.TRUSTED_PROXIES]
        return self.get_response(request)
