"""The name of every file that a demo hands out says that it is one, whatever wrote the file."""

from collections.abc import Callable

from django.http import HttpResponse
from django.utils.http import content_disposition_header, parse_header_parameters

from yishi.kit.records import certain
from yishi.organisations.demo import demo_mark_kept
from yishi.web.kit.request import Request

HEADER = "Content-Disposition"


class DemoMiddleware:
    """Marks the names of downloads. What the files say inside is marked by who writes them (`press.py`, `exports.py`);
    a file whose bytes are signed or hashed (a frame, a sample) has the mark in its name alone."""

    def __init__(self, get_response: Callable[[Request], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        response = self.get_response(request)
        said = response.headers.get(HEADER, "")
        mark = demo_mark_kept() if said else ""
        if mark and mark not in said:
            how, parameters = parse_header_parameters(said)
            name = parameters.get("filename", "")
            if name:
                response.headers[HEADER] = certain(content_disposition_header(how == "attachment", f"{mark}-{name}"))
        return response
