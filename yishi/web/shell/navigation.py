"""The inner desks' menu: what the viewer may open, in the order of the work."""

from functools import cache
from typing import Any

from django.conf import settings
from django.urls import get_script_prefix, resolve, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from yishi.organisations.rights import may
from yishi.web.kit.request import Request

HERE = ' aria-current="page"'
# Per part of the work: (URL name, label). A page that the viewer may not open is not offered: the page knows its right.
PARTS: tuple[tuple[Any, tuple[tuple[str, Any], ...]], ...] = (
    (
        "",
        (
            ("desk", _("My desk")),
            ("mine", _("My duties")),
            ("calendar", _("Calendar")),
            ("commitments", _("Promises")),
            ("outcomes", _("Outcomes")),
        ),
    ),
    (
        _("Deliberation"),
        (
            ("worries", _("Worries")),
            ("matters", _("Matters")),
            ("gates", _("Gates")),
            ("plans", _("Yearly plan")),
            ("releases", _("Release checks")),
            ("overview", _("Overview")),
            ("rates", _("Five rates")),
            ("library", _("Good cases")),
            ("processes", _("Process models")),
        ),
    ),
    (
        _("Assistance"),
        (
            ("helping", _("My help")),
            ("deeds", _("Deeds")),
            ("pairings", _("Pairing")),
            ("needs", _("Needs and offers")),
            ("figures", _("Figures")),
            ("search", _("Search")),
            ("checks", _("Logic checks")),
            ("campaigns", _("Campaigns")),
            ("households", _("Households")),
            ("change_requests", _("Changes asked for")),
            ("proposals", _("Proposals and advice")),
            ("rounds", _("Supervision")),
            ("projects", _("Projects")),
            ("funds", _("Funds")),
            ("exit_assessments", _("Exit assessments")),
            ("self_reports", _("Families' own reports")),
            ("watch_signals", _("Signals about families")),
            ("watches", _("Monitored families")),
            ("imports", _("Workbooks")),
        ),
    ),
    (
        _("Organisation"),
        (
            ("bodies", _("Bodies")),
            ("members", _("Members")),
            ("venues", _("Venues")),
            ("places", _("Places")),
            ("place_sets", _("Sets of places")),
            ("administration", _("Administration")),
            ("journal", _("Journal")),
            ("outbox", _("Outgoing messages")),
        ),
    ),
)

LEADS_ON = {
    "desk": "desk.see",
}  # everybody may enter there and is led on; a line of the menu is for whom it is their own


LABELS = {name: label for _heading, offered in PARTS for name, label in offered}


@cache
def _line(name: str, _language: str, _prefix: str) -> tuple[str, str, str]:
    """The page's address, and its line in the menu as it is and where one is there: the same for everybody."""
    url, line = reverse(name), '<li><a href="{}"{}>{}</a></li>'
    elsewhere, here = (format_html(line, url, mark_safe(said), LABELS[name]) for said in ("", HERE))
    return url, elsewhere, here


@cache
def _right(name: str) -> str:
    """The right under which the page of this name stands."""
    view: Any = resolve("/" + reverse(name).removeprefix(get_script_prefix())).func
    right: str = view.right
    return LEADS_ON.get(name, right)


@cache
def _opening(number: int, part: int, _language: str) -> str:
    """Of the menu's part `part`, which is the viewer's part `number`."""
    heading = PARTS[part][0]
    if not heading:
        return "<ul>"
    opening = '<p class="nav-part" id="part-{}">{}</p><ul aria-labelledby="part-{}">'
    return format_html(opening, number, heading, number)


def navigation(request: Request) -> SafeString:
    """The menu of this request's viewer, part by part; where they are is marked."""
    viewer = getattr(request, "viewer", None)
    if viewer is None or not viewer.is_known:
        return SafeString("")
    language, prefix, path = get_language() or "", get_script_prefix(), request.path
    parts: list[str] = []
    for part, (_heading, offered) in enumerate(PARTS):
        lines = []
        for name, _label in offered:
            if may(_right(name), viewer):
                url, elsewhere, here = _line(name, language, prefix)
                is_here = path == url or (name != "desk" and path.startswith(url))
                lines.append(here if is_here else elsewhere)
        if lines:
            parts.append(_opening(len(parts) + 1, part, language) + "".join(lines))
    if parts and settings.SOURCE_URL:
        parts[-1] += format_html('<li><a href="{}">{}</a></li>', settings.SOURCE_URL, _("Source code"))
    return mark_safe("</ul>".join([*parts, ""]))
