"""Places and bodies around the viewer, from which a form offers."""

from yishi.organisations.models import Place
from yishi.web.kit.request import Request


def widest_place(request: Request) -> Place | None:
    """The widest place of the viewer's desks: within it a matter can lie."""
    places = [post.body.place for post in request.viewer.posts]
    return max(places, key=lambda place: place.hi - place.lo, default=None)
