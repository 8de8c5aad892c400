"""Whose turn it is at a device that many use: what one villager said there is shown again only while it is theirs."""

from django.http import HttpResponse

from yishi.web.kit.request import Request

TURN = "turn"  # a cookie
TURN_SECONDS = 20 * 60  # since the last act or page, as long as a villager's draft lives (frontend/src/drafts.js)


def is_in_turn(request: Request) -> bool:
    return bool(request.COOKIES.get(TURN))


def begin_turn(request: Request, response: HttpResponse) -> HttpResponse:
    """Somebody is at work on this device, or still is."""
    response.set_cookie(TURN, "1", max_age=TURN_SECONDS, secure=request.is_secure(), httponly=True, samesite="Lax")
    return response


def end_turn(request: Request, response: HttpResponse) -> HttpResponse:
    """The start page: whoever comes next may be somebody else."""
    if is_in_turn(request):
        response.delete_cookie(TURN, samesite="Lax")
    return response
