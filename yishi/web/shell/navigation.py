"""The inner desks' menu: what the viewer may open, in the order of the work."""

from functools import cache
from typing import Any

from django.urls import get_script_prefix, reverse
from django.utils.translation import gettext_lazy as _

from yishi.organisations.rights import may
from yishi.web.kit.request import Request

# Per part of the work: (URL name, right, label). A page that the viewer may not open is not offered.
PARTS: tuple[tuple[Any, tuple[tuple[str, str, Any], ...]], ...] = (
    (
        "",
        (
            ("desk", "desk.see", _("My desk")),
            ("mine", "desk.see", _("My duties")),
            ("calendar", "desk.see", _("Calendar")),
            ("commitments", "commitment.list", _("Promises")),
        ),
    ),
    (
        _("Deliberation"),
        (
            ("worries", "worry.list", _("Worries")),
            ("matters", "matter.see", _("Matters")),
            ("gates", "gate.see", _("Gates")),
            ("plans", "plan.see", _("Yearly plan")),
            ("releases", "release.list", _("Release checks")),
            ("overview", "overview.see", _("Overview")),
            ("rates", "rates.see", _("Five rates")),
            ("library", "library.see", _("Good cases")),
            ("processes", "process.see", _("Process models")),
        ),
    ),
    (
        _("Assistance"),
        (
            ("helping", "helping.see", _("My help")),
            ("deeds", "deed.see", _("Deeds")),
            ("pairings", "pairing.list", _("Pairing")),
            ("needs", "need.list", _("Needs and offers")),
            ("figures", "figure.see", _("Figures")),
            ("search", "figure.see", _("Search")),
            ("checks", "check.see", _("Logic checks")),
            ("campaigns", "campaign.see", _("Campaigns")),
            ("households", "household.list", _("Households")),
            ("change_requests", "change.list", _("Changes asked for")),
            ("proposals", "proposal.list", _("Proposals and advice")),
            ("projects", "project.see", _("Projects")),
            ("funds", "fund.see", _("Funds")),
            ("imports", "import.see", _("Workbooks")),
        ),
    ),
    (
        _("Organisation"),
        (
            ("bodies", "organisation.see", _("Bodies")),
            ("members", "organisation.see", _("Members")),
            ("venues", "venue.see", _("Venues")),
            ("places", "place.see", _("Places")),
            ("place_sets", "place_set.see", _("Sets of places")),
            ("administration", "administration.see", _("Administration")),
            ("journal", "journal.see", _("Journal")),
            ("outbox", "installation.manage", _("Outgoing messages")),
        ),
    ),
)


@cache
def _address(name: str, _prefix: str) -> str:
    return reverse(name)


def navigation(request: Request) -> list[dict[str, Any]]:
    """The menu of this request's viewer, part by part; where they are is marked."""
    viewer = getattr(request, "viewer", None)
    if viewer is None or not viewer.is_known:
        return []
    parts = []
    for heading, offered in PARTS:
        items = []
        for name, right, label in offered:
            if may(right, viewer):
                url = _address(name, get_script_prefix())
                here = request.path == url or (name != "desk" and request.path.startswith(url))
                items.append({"url": url, "label": label, "here": here})
        if items:
            parts.append({"heading": heading, "items": items})
    return parts
