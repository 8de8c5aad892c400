"""The cells of the matrix as pages draw them: a village has hundreds, each too small for a template of its own."""

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from yishi.assistance.supervision.matrix import Cell, Found, Line
from yishi.assistance.supervision.usual import rule_title
from yishi.web.kit.page_tags import badge

from .supervision_words import STANDING_BADGES, STANDING_WORDS


def cell_drawn(cell: Cell) -> SafeString:
    """What is on the list, that the register has the gap, whom it names, what the checks point to; of nothing,
    nothing."""
    said = [_found(found) for found in cell.findings]
    if cell.is_lacking:
        said.append(badge(_("register"), "late"))
    if cell.people:
        said.append(format_html('<span class="muted">{}</span>', "、".join(cell.people)))
    said += [format_html('<div class="muted">{}</div>', rule_title(rule)) for rule in cell.rules]
    return mark_safe("\n".join(said))


def cells_drawn(line: Line) -> SafeString:
    """The cells of a household, each in its column."""
    return format_html_join("", "<td>{}</td>", ((cell_drawn(cell),) for cell in line.cells))


def _found(found: Found) -> SafeString:
    state = badge(STANDING_WORDS[found.standing], STANDING_BADGES[found.standing])
    address = reverse("supervision_finding", args=[found.pk])
    return format_html('<a href="{}" title="{}">{}</a>', address, found.words, state)
