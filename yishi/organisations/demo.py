"""A demo says so on everything that it shows and hands out: one mark, asked for by whatever draws a page, a paper, a
workbook or the name of a file (decision 0008: a demo is known by its installation)."""

from .installed import installed
from .models import Installation

MARK = "演示数据，与该地实际无关"  # Chinese in every language: the paper may reach somebody who never saw the page


def demo_mark() -> str:
    """The mark; nothing on an installation that was started for real."""
    return MARK if Installation.objects.filter(pk=1, is_demo=True).exists() else ""


def demo_mark_kept() -> str:
    """As `demo_mark`, of the installation as it is kept for a moment: for what every answer carries."""
    return MARK if installed().is_demo else ""
