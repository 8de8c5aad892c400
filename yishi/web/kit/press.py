"""From a paper to the bytes that are sent. Papers are official documents: always Chinese, whatever the page speaks."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from yishi.formats.letters import boxed, missing, where
from yishi.formats.paper import Paper
from yishi.formats.pdf import write_pdf
from yishi.formats.word import write_word
from yishi.journal.blocks import last_hash
from yishi.kit.records import certain, lend
from yishi.notices.days import doubt_of
from yishi.organisations.demo import demo_mark

CHINESE = "zh-hans"  # official papers are written in Chinese, whoever asks for them
TEMPLATES = Path(__file__).parent / "typst"
PDF = "application/pdf"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WEEKDAYS = "一二三四五六日"
SHORT_HASH = 16


def pdf_response(template: str, data: dict[str, Any], name: str) -> HttpResponse:
    """A PDF of one of our templates, shown in the browser and saved under `name`.

    A letter that no font carries is a box to be filled in by hand; the foot of the paper says which, and a page says so
    before it (`UnprintableMiddleware` reads `unprintable`).
    """
    letters = missing(data, settings.FONTS_DIR)
    if letters:
        note = "方框处请手写：" + "，".join(where(data, letters))
        data = {**boxed(data, letters), **({"foot": f"{data['foot']}    {note}".strip()} if "foot" in data else {})}
    content = write_pdf(TEMPLATES / template, data, settings.FONTS_DIR, demo_mark())
    response = _response(content, PDF, f"{name}.pdf", attachment=False)
    return lend(response, unprintable=letters)


def paper_response(paper: Paper, name: str, ending: str) -> HttpResponse:
    """The paper as PDF for printing, or as Word for editing."""
    if ending == "docx":
        return _response(write_word(paper, demo_mark()), WORD, f"{name}.docx", attachment=True)
    return pdf_response("paper.typ", paper.data(), name)


def _response(content: bytes, media_type: str, name: str, *, attachment: bool) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response.headers["Content-Disposition"] = certain(content_disposition_header(attachment, name))
    response.headers["Cache-Control"] = "private, no-store"
    return response


def foot(number: str) -> str:
    """The small line of every page: the paper's number, and to which sealed state of the journal it belongs."""
    sealed = last_hash()
    seal = f"日志封存值 {sealed[:SHORT_HASH]}" if sealed else ""
    return "    ".join(part for part in (f"编号 {number}" if number else "", seal) if part)


def chinese_day(day: date | datetime | None) -> str:
    if day is None:
        return ""
    if isinstance(day, datetime):
        day = timezone.localdate(day)
    return f"{day.year}年{day.month}月{day.day}日{doubt_of(day)}"


def chinese_moment(at: datetime | None, *, weekday: bool = False) -> str:
    if at is None:
        return ""
    local = timezone.localtime(at)
    named = f"（星期{WEEKDAYS[local.weekday()]}）" if weekday else ""
    return f"{chinese_day(local)}{named}{local:%H:%M}"


def clock_time(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%H:%M}" if at else ""


def amount(quantity: Decimal | None, unit: str) -> str:
    """“1720 亩”: no zeros behind the point that nobody wrote."""
    if quantity is None:
        return ""
    text = f"{quantity.normalize():f}"
    return f"{text} {unit}".strip()


NUMERALS = "一二三四五六七八九十"


def ordinal_word(number: int) -> str:
    """一、二、… 十、十一… for 1 to 99."""
    if number <= 10:
        return NUMERALS[number - 1]
    tens, rest = divmod(number, 10)
    return ("" if tens == 1 else NUMERALS[tens - 1]) + "十" + (NUMERALS[rest - 1] if rest else "")
