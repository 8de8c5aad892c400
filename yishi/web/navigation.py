"""The inner desks' menu: what the viewer may open, in the order of the work."""

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from yishi.organisations.rights import may

# (URL name, right, label). A page that the viewer may not open is not offered.
ITEMS: tuple[tuple[str, str, Any], ...] = (
    ("desk", "desk.see", _("My desk")),
    ("mine", "desk.see", _("My duties")),
    ("worries", "worry.list", _("Worries")),
    ("matters", "matter.see", _("Matters")),
    ("gates", "gate.see", _("Gates")),
    ("commitments", "commitment.list", _("Promises")),
    ("calendar", "desk.see", _("Calendar")),
    ("plans", "plan.see", _("Yearly plan")),
    ("releases", "release.list", _("Release checks")),
    ("overview", "overview.see", _("Overview")),
    ("rates", "rates.see", _("Five rates")),
    ("library", "library.see", _("Good cases")),
    ("processes", "process.see", _("Process models")),
    ("bodies", "organisation.see", _("Bodies")),
    ("members", "organisation.see", _("Members")),
    ("venues", "venue.see", _("Venues")),
    ("places", "place.see", _("Places")),
    ("administration", "organisation.manage", _("Administration")),
)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The menu of this request's viewer; where they are is marked."""
    viewer = getattr(request, "viewer", None)
    if viewer is None or not viewer.is_known:
        return []
    items = []
    for name, right, label in ITEMS:
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        if may(right, viewer):
            here = request.path == url or (name != "desk" and request.path.startswith(url))
            items.append({"url": url, "label": label, "here": here})
    return items
