"""A file that somebody sent is not chosen twice: what came with a form that is shown again waits for its next sending.

No form and no page does anything for it. A field that is drawn with an upload in it keeps that upload (`kept_with`) and
names it in the page; the middleware puts it back into the next sending. It belongs to the session and to whoever was
signed in, or opened a query code, when it came; a page without its name, such as the next villager's, brings nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.forms import BoundField
from django.http import HttpResponse

from yishi.attachments.waiting import upload_forget, upload_wait, upload_waiting
from yishi.web.kit.request import Request

IN_SESSION, NAMED, LEFT_OUT = "uploads", "upload_kept", "upload_left_out"
MOST = 8  # of one session; the oldest goes


@dataclass(frozen=True, slots=True)
class Kept:
    """What a page says of a file that came with its form: its name, and what names it in the next sending; nothing
    where it could not be kept."""

    name: str
    token: str


class UploadsMiddleware:
    """Gives a form the files that it was sent with before; when it is received they are taken away."""

    def __init__(self, get_response: Callable[[Request], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        if request.method != "POST" or request.content_type != "multipart/form-data":
            return self.get_response(request)
        brought = _bring_back(request)
        for name in request.FILES:
            for upload in request.FILES.getlist(name):
                vars(upload)["sent_in"] = request
        response = self.get_response(request)
        if response.status_code in (302, 303) and brought:
            _forget(request, brought)
        return response


def kept_with(field: BoundField) -> Kept | None:
    """The upload with which `field` is drawn again, kept for the next sending; None where there is none, or where it is
    the field's very fault."""
    upload: Any = field.form.files.get(field.html_name) if field.form.is_bound else None
    request: Request | None = getattr(upload, "sent_in", None)
    if request is None or field.errors:
        return None
    if not (token := getattr(upload, "token", "")):
        token = vars(upload)["token"] = _keep(request, field.html_name, upload)
    return Kept(upload.name or "", token)


def _keep(request: Request, field: str, upload: Any) -> str:
    upload.seek(0)
    waits = upload_wait(upload.read())
    if waits is None:
        return ""
    token, key = waits
    kept = dict(request.session.get(IN_SESSION, {}))
    while len(kept) >= MOST:
        oldest = next(iter(kept))
        upload_forget(oldest)
        del kept[oldest]
    kept[token] = {"key": key, "field": field, "name": upload.name, "type": upload.content_type, "who": _who(request)}
    request.session[IN_SESSION] = kept
    return token


def _bring_back(request: Request) -> list[str]:
    """Put what waits into `request.FILES`; the tokens of all that the page named."""
    named = [token for token in request.POST.getlist(NAMED) if token in request.session.get(IN_SESSION, {})]
    left_out = request.POST.getlist(LEFT_OUT)
    for token in named:
        known = request.session[IN_SESSION][token]
        if known["who"] != _who(request) or token in left_out or known["field"] in request.FILES:
            continue
        content = upload_waiting(token, known["key"])
        if content is not None:
            upload = InMemoryUploadedFile(
                BytesIO(content), known["field"], known["name"], known["type"], len(content), None
            )
            vars(upload)["token"] = token
            request.FILES[known["field"]] = upload
    return named


def _forget(request: Request, tokens: list[str]) -> None:
    for token in tokens:
        upload_forget(token)
    kept = request.session.get(IN_SESSION, {})
    request.session[IN_SESSION] = {token: known for token, known in kept.items() if token not in tokens}


def _who(request: Request) -> str:
    viewer = request.viewer
    return f"{viewer.person_id or ''}/{viewer.query_code.pk if viewer.query_code else ''}"
