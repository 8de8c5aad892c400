"""A workbook says the time and the day of the clock on the wall."""

import io
import zipfile
from datetime import UTC, date, datetime

import pytest
from django.test import RequestFactory

from yishi.formats.sheet_rows import Row, read_rows
from yishi.formats.sheets import write_sheet
from yishi.kit.clock import CountedDay
from yishi.notices.days import doubt_of
from yishi.web.kit.exports import export

pytestmark = pytest.mark.django_db  # a workbook says whether it comes from a demo
MOMENT = datetime(2026, 3, 1, 18, 36, tzinfo=UTC)  # 2 March, 02:36, where we are


def test_text_7_a_moment_in_a_list_is_exported_in_local_time():
    answer = export(RequestFactory().get("/"), "list", [("at", lambda row: row)], [MOMENT])
    cells = [cell for row in read_rows(answer.content, "list.xlsx") if isinstance(row, Row) for cell in row.cells]
    assert "2026-03-02 02:36" in [str(cell)[:16] for cell in cells]


def test_text_7_a_moment_with_a_zone_is_no_cell():
    with pytest.raises(TypeError, match="local time"):
        write_sheet([[MOMENT]], ["at"], "list")


def test_text_6_a_workbook_says_of_a_day_that_it_may_move():
    certain, doubted = date(2026, 3, 2), CountedDay.doubted(date(2028, 1, 5))
    for day, is_marked in ((certain, False), (doubted, True)):
        answer = export(RequestFactory().get("/"), "list", [("due", lambda row: row)], [day])
        styles = zipfile.ZipFile(io.BytesIO(answer.content)).read("xl/styles.xml").decode()
        assert (doubt_of(doubted).strip() in styles) == is_marked
