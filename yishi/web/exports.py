"""Every list as a workbook: what is filtered on the page, all of it."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from yishi.formats.sheets import write_sheet

Column = tuple[Any, Callable[[Any], Any]]
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def wants_export(request: HttpRequest) -> bool:
    return request.GET.get("export") == "xlsx"


def export(request: HttpRequest, filename: str, columns: Sequence[Column], rows: Iterable[Any]) -> HttpResponse:
    """`rows` as .xlsx: one column per (heading, function). Text stays text, formulas are defused."""
    today = timezone.localdate()
    content = write_sheet(
        rows=[[value(row) for _heading, value in columns] for row in rows],
        headings=[str(heading) for heading, _value in columns],
        title=str(filename)[:31],
    )
    response = HttpResponse(content, content_type=MEDIA_TYPE)
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{filename}-{today.isoformat()}.xlsx")
    return response
