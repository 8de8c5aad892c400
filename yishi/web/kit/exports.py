"""Every list as a workbook: what is filtered on the page, all of it."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from yishi.formats.sheets import NotedDay, write_sheet
from yishi.kit.clock import is_certain
from yishi.notices.days import doubt_of
from yishi.organisations.demo import demo_mark
from yishi.web.kit.request import Request

Column = tuple[Any, Callable[[Any], Any]]
MOST_ROWS = 50_000  # in one workbook: what is held in memory while it is written
AT_ONCE = 1_000  # rows read from the database at a time
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def wants_export(request: Request) -> bool:
    return request.GET.get("export") == "xlsx"


def export(request: Request, filename: str, columns: Sequence[Column], rows: Iterable[Any]) -> HttpResponse:
    """`rows` as .xlsx: one column per (heading, function). Text stays text, formulas are defused.

    Of more than `MOST_ROWS` the first ones, and the workbook's first line says so.
    """
    today = timezone.localdate()
    iterator = iter(rows.iterator(chunk_size=AT_ONCE) if isinstance(rows, QuerySet) else rows)
    cells = [[local(value(row)) for _heading, value in columns] for row in islice(iterator, MOST_ROWS)]
    notes = demo_notes() + ([too_many()] if next(iterator, None) is not None else [])
    content = write_sheet(
        rows=cells,
        headings=[str(heading) for heading, _value in columns],
        title=str(filename)[:31],
        notes=notes,
    )
    response = HttpResponse(content, content_type=MEDIA_TYPE)
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{filename}-{today.isoformat()}.xlsx")
    return response


def demo_notes() -> list[str]:
    """The line above the headings with which every workbook of a demo begins."""
    mark = demo_mark()
    return [mark] if mark else []


def local(value: Any) -> Any:
    """A moment as the clock on the wall says it: a workbook knows no time zones. A day with its doubt."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value).replace(tzinfo=None)
    if isinstance(value, date) and not is_certain(value):
        return NotedDay(value, doubt_of(value))
    return value


def too_many() -> str:
    return _("There are more rows than these first %(n)s: take a smaller place or a shorter period for the rest.") % {
        "n": f"{MOST_ROWS:,}"
    }
