"""What was shown to one person stays in no browser's store: the next one at this computer presses "back" in vain."""

from collections.abc import Callable

from django.http import HttpResponse

from yishi.web.kit.request import Request


class PrivateMiddleware:
    """Pages of somebody who is known, or who was just shown a code, are not stored; leaving clears what is.

    Stands after the viewer is known. A view that says itself how long its answer may be kept is believed.
    """

    def __init__(self, get_response: Callable[[Request], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        was_known = request.viewer.is_known
        response = self.get_response(request)
        if was_known or not request.session.is_empty():
            response.headers.setdefault("Cache-Control", "no-store")
        if was_known and request.session.is_empty():
            response.headers.setdefault("Clear-Site-Data", '"cache"')
        return response
