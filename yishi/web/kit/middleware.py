"""Who asks, in which scope, in which language, through which face."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from yishi.database.reach import reaching
from yishi.kit.text import whole_number
from yishi.notices.addresses import other_face, posts_count_here
from yishi.organisations.grants import Viewer, viewer_of, viewer_of_account
from yishi.organisations.models import QueryCode
from yishi.web.kit.errors import OtherFace, too_large
from yishi.web.kit.request import Request

Next = Callable[[HttpRequest], HttpResponse]
LANGUAGE_COOKIE = "yishi-language"
ANYWAY = "anyway"  # in the address of a paper: print it, with boxes for what cannot be printed
QUERY_CODE_KEY = "query_code"  # in the session of a villager who typed a code


class LanguageMiddleware:
    """Chinese, unless the person chose English; what the browser prefers does not count."""

    def __init__(self, get_response: Next):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(LANGUAGE_COOKIE, settings.LANGUAGE_CODE)
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response


class AddressMiddleware:
    """Takes zero bytes out of an address: no database holds one, and nobody types one."""

    def __init__(self, get_response: Next):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.META.get("QUERY_STRING", "")
        while "%00" in asked or "\0" in asked:  # what stood around one may make another: %%0000
            asked = asked.replace("%00", "").replace("\0", "")
            request.META["QUERY_STRING"] = asked
        return self.get_response(request)


class SizeMiddleware:
    """Refuses what is larger than any form may be before it is read, with a page that says so."""

    def __init__(self, get_response: Next):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if whole_number(request.META.get("CONTENT_LENGTH") or "0", settings.REQUEST_MAX_BYTES) is None:
            return too_large()
        return self.get_response(request)


class ViewerMiddleware:
    """Sets `request.viewer` and runs the view within the viewer's reach."""

    def __init__(self, get_response: Next):
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        request.viewer = self._viewer(request)
        with reaching(request.viewer.reach):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any) -> None:
        face = other_face(view)
        if face is not None:
            raise OtherFace(face)

    @staticmethod
    def _viewer(request: HttpRequest) -> Viewer:
        if request.user.is_authenticated:
            viewer = viewer_of_account(request.user)
            return viewer if posts_count_here() else viewer.without_posts
        key = request.session.get(QUERY_CODE_KEY)
        if key:
            code = QueryCode.objects.filter(pk=key, revoked_at__isnull=True).select_related("person").first()
            if code:
                return viewer_of(code.person, code)
        return viewer_of(None)


class UnprintableMiddleware:
    """A paper with letters that no font carries is announced: a page names them, the paper is a click away."""

    def __init__(self, get_response: Next):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        letters = getattr(response, "unprintable", None)
        if not letters or request.method != "GET" or ANYWAY in request.GET:
            return response
        query = request.GET.copy()
        query[ANYWAY] = "1"
        context = {
            "letters": [(letter, f"U+{ord(letter):04X}") for letter in letters],
            "address": f"{request.path}?{query.urlencode()}",
        }
        return render(request, "kit/unprintable.html", context)
