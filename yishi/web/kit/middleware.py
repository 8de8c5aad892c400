"""Who asks, in which scope, in which language, through which face."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation

from yishi.database.reach import reaching
from yishi.organisations.grants import Viewer, viewer_of, viewer_of_account
from yishi.organisations.models import QueryCode
from yishi.web.kit.request import Request

Next = Callable[[HttpRequest], HttpResponse]
LANGUAGE_COOKIE = "yishi-language"
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


class ViewerMiddleware:
    """Sets `request.viewer` and runs the view within the viewer's reach."""

    def __init__(self, get_response: Next):
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        request.viewer = self._viewer(request)
        with reaching(request.viewer.reach):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any) -> None:
        face = getattr(view, "face", "both")
        if face != "both" and face not in settings.FACES:
            raise Http404

    @staticmethod
    def _viewer(request: HttpRequest) -> Viewer:
        if request.user.is_authenticated:
            return viewer_of_account(request.user)
        key = request.session.get(QUERY_CODE_KEY)
        if key:
            code = QueryCode.objects.filter(pk=key, revoked_at__isnull=True).select_related("person").first()
            if code:
                return viewer_of(code.person, code)
        return viewer_of(None)
