"""The inner desks' menu: what the viewer may open, in the order of the work."""

from functools import cache
from typing import Any

from django.urls import get_script_prefix, resolve, reverse
from django.utils.translation import gettext_lazy as _

from yishi.organisations.rights import may
from yishi.web.kit.request import Request

# Per part of the work: (URL name, label). A page that the viewer may not open is not offered: the page knows its right.
PARTS: tuple[tuple[Any, tuple[tuple[str, Any], ...]], ...] = (
    (
        "",
        (
            ("desk", _("My desk")),
            ("mine", _("My duties")),
            ("calendar", _("Calendar")),
            ("commitments", _("Promises")),
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
            ("projects", _("Projects")),
            ("funds", _("Funds")),
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
    "desk": "desk.see"
}  # everybody may enter there and is led on; a line of the menu is for whom it is their own


@cache
def _address(name: str, _prefix: str) -> str:
    return reverse(name)


@cache
def _right(name: str) -> str:
    """The right under which the page of this name stands."""
    view: Any = resolve("/" + reverse(name).removeprefix(get_script_prefix())).func
    right: str = view.right
    return LEADS_ON.get(name, right)


def navigation(request: Request) -> list[dict[str, Any]]:
    """The menu of this request's viewer, part by part; where they are is marked."""
    viewer = getattr(request, "viewer", None)
    if viewer is None or not viewer.is_known:
        return []
    parts = []
    for heading, offered in PARTS:
        items = []
        for name, label in offered:
            if may(_right(name), viewer):
                url = _address(name, get_script_prefix())
                here = request.path == url or (name != "desk" and request.path.startswith(url))
                items.append({"url": url, "label": label, "here": here})
        if items:
            parts.append({"heading": heading, "items": items})
    return parts
