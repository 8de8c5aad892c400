"""A demo says so on everything that it shows and hands out: one mark, asked for by whatever draws a page, a paper, a
workbook or the name of a file (decision 0008: a demo is known by its installation)."""

import time

from django.conf import settings

from .models import Installation

MARK = "演示数据，与该地实际无关"  # Chinese in every language: the paper may reach somebody who never saw the page

_kept: tuple[float, bool] | None = None


def demo_mark() -> str:
    """The mark; nothing on an installation that was started for real."""
    return MARK if Installation.objects.filter(pk=1, is_demo=True).exists() else ""


def demo_mark_kept() -> str:
    """As `demo_mark`, asked for at most once in INSTALLATION_SECONDS by each process: for what every answer carries."""
    global _kept
    now = time.monotonic()
    if _kept is None or now - _kept[0] >= settings.INSTALLATION_SECONDS:
        _kept = (now, bool(demo_mark()))
    return MARK if _kept[1] else ""
