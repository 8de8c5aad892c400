"""What somebody gets to read, in whichever form it comes: a page, a workbook, a paper."""

import io
import json
import re
import zipfile

from django.http import HttpResponse

from yishi.web.kit import press, stream

TAGS_AND_BLANKS = re.compile(rb"<[^>]*>|\s|&nbsp;")
EXPORT = b"export=xlsx"


def papers_say_their_data(monkeypatch) -> None:
    """A PDF is the data that it is printed from: what is not in there is not on the paper, and printing takes long."""
    monkeypatch.setattr(press, "write_pdf", lambda _template, data, _fonts, mark="": _written([mark, data]).encode())


def every_file_is_there(monkeypatch) -> None:
    """The samples' photos and scans have rows alone."""
    monkeypatch.setattr(stream, "opened", lambda _attachment, small: io.BytesIO(b"photo"))


def _written(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, default=str)


def content(response: HttpResponse) -> bytes:
    """The bytes of a response; of a workbook or Word file all that is packed in it."""
    body = b"".join(response) if response.streaming else response.content
    if body[:2] != b"PK":
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        return b"\n".join(packed.read(name) for name in packed.namelist())


def says(response: HttpResponse, numbers: set[str]) -> set[str]:
    """Those of the numbers that a response shows, also where tags or blanks stand between their digits."""
    body = content(response)
    bare = TAGS_AND_BLANKS.sub(b"", body)
    return {number for number in numbers if number.encode() in body or number.encode() in bare}
