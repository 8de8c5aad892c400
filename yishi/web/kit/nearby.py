"""Places and bodies around the viewer, from which a form offers."""

from yishi.organisations.grants import Viewer
from yishi.organisations.models import Place
from yishi.web.kit.request import Request


def stationed_places(viewer: Viewer) -> list[Place]:
    """Where the viewer is stationed without a desk there."""
    return list(Place.objects.filter(lo__in=[station.lo for station in viewer.stations])) if viewer.stations else []


def widest_place(request: Request) -> Place | None:
    """The widest place of the viewer's desks (without any, of their stations): within it a matter can lie."""
    places = [post.body.place for post in request.viewer.posts] or stationed_places(request.viewer)
    return max(places, key=lambda place: place.hi - place.lo, default=None)
