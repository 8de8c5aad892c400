"""Every view declares its right; one that does not, does not start (config/checks.py).

    @page("worry.screen", load=worry_in_reach, face="inner")
    def screen(request, worry): ...

`load(request, **kwargs)` fetches the object of the URL within the viewer's scope; a foreign and a missing object
give the same 404. "public" is a right held only by the views in `PUBLIC_VIEWS` (web/kit/public_views.py).
"""

import functools
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render

from yishi.notices.addresses import INNER, base_of, posts_count_here
from yishi.organisations.rights import PUBLIC, may
from yishi.web.kit.request import Request

View = Callable[..., HttpResponse]


def page(
    right: str,
    *,
    load: Callable[..., Any] | None = None,
    methods: tuple[str, ...] = ("GET", "POST"),
    face: str = "inner",
    unaudited: str = "",
) -> Callable[[View], View]:
    """Declare a view's right, its object, its methods and the face it belongs to: "inner", "public", "both", or
    "member", which is there at the inner desks and at the members' face, without a right too.

    An auditor reads every page that only shows something; of one that they do not, `unaudited` says why.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: Request, **kwargs: Any) -> HttpResponse:
            if request.method not in methods and not (request.method == "HEAD" and "GET" in methods):
                return HttpResponseNotAllowed(methods)
            viewer = request.viewer
            if load is None:
                if not may(right, viewer):
                    return refuse(request)
                return view(request, **kwargs)
            if right != PUBLIC and not viewer.is_known:
                return refuse(request)
            try:
                thing = load(request, **kwargs)
            except (ObjectDoesNotExist, ValidationError) as error:
                raise Http404 from error
            if not may(right, viewer, thing):
                raise Http404
            return view(request, thing)

        declared: Any = guarded  # the function carries what it declares: checks and the middleware read it there
        declared.right, declared.load, declared.methods, declared.face = right, load, methods, face
        declared.unaudited = unaudited
        return guarded

    return decorate


def _after_signing_in(request: Request) -> str:
    """Where whoever signs in goes on: the page itself; of what was sent after the session had ended, its form, in which
    the browser restores what was typed; of a button, the page on which it stands."""
    view = getattr(request.resolver_match, "func", None)
    if request.method in ("GET", "HEAD") or "GET" in getattr(view, "methods", ()):
        return request.get_full_path()
    stands_on = urlsplit(request.headers.get("Referer", ""))
    return urlunsplit(("", "", stands_on.path, stands_on.query, "")) if stands_on.netloc == request.get_host() else "/"


def refuse(request: Request) -> HttpResponse:
    """Whoever is not signed in is sent to sign in; who is, but lacks the right, reads so (status 403)."""
    if not request.viewer.is_known:
        return redirect_to_login(_after_signing_in(request))
    desks = "" if posts_count_here() else base_of(INNER)
    return render(request, "kit/403.html", {"without_posts": not posts_count_here(), "desks": desks}, status=403)
