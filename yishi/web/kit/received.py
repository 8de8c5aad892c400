"""What was received: a form's draft ends with the receipt of its act, not with a sentence on the next page."""

from collections.abc import Callable

from django.http import HttpResponse

from yishi.journal.act import receiving
from yishi.kit.ids import id_read
from yishi.web.kit.request import Request

COOKIE = "received"  # ids of the last acts of this browser, which frontend/src/drafts.js reads
KEPT = 8  # several windows, each of which reads it at its next page
KEPT_SECONDS = 10 * 60


class ReceivedMiddleware:
    """Tells the browser the id of the act that its form has sent and the platform has received, also when the answer to
    the first sending was lost and the receipt answers the second one."""

    def __init__(self, get_response: Callable[[Request], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        if request.method != "POST":
            return self.get_response(request)
        with receiving() as acts:
            response = self.get_response(request)
        if acts and response.status_code < 400 and (sent := _id(request.POST.get("act_id", ""))):
            before = [key for key in request.COOKIES.get(COOKIE, "").split(".") if key and key != sent]
            response.set_cookie(
                COOKIE,
                ".".join([*before, sent][-KEPT:]),
                max_age=KEPT_SECONDS,
                secure=request.is_secure(),
                samesite="Lax",
            )
        return response


def _id(text: str) -> str:
    return str(id_read(text) or "")
