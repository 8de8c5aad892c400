"""What every template may use. Lazy where it costs a query."""

from typing import Any

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from yishi import __version__
from yishi.database.gather import HowMany
from yishi.database.kept import kept_question
from yishi.notices.addresses import PUBLIC, has_sign_in
from yishi.notices.services import notices_of
from yishi.organisations.demo import MARK
from yishi.organisations.installed import installed
from yishi.web.kit.request import Request

from .navigation import navigation

ELDER_COOKIE = "yishi-elder"


def elder_size(request: Request) -> int:
    """0: normal; 1, 2, 3: large print, larger, largest (21, 25 and 30 px)."""
    chosen = request.COOKIES.get(ELDER_COOKIE, "")
    return int(chosen) if chosen in {"1", "2", "3"} else 0


def site(request: Request) -> dict[str, Any]:
    viewer = getattr(request, "viewer", None)

    def unread() -> int:
        if viewer is None or not viewer.is_known:
            return 0
        person, bodies = viewer.person, viewer.reach.bodies
        asked = kept_question(
            "unread",
            (person.pk, bodies),
            lambda: {"unread": HowMany(notices_of(person, bodies).filter(read_at__isnull=True))},
            is_reached=False,
        )
        return int(asked.answer()["unread"])

    return {
        "viewer": viewer,
        "installation": SimpleLazyObject(installed),
        "DEMO_MARK": MARK,
        "elder_mode": elder_size(request),
        "IDLE_SECONDS": settings.SESSION_IDLE_SECONDS,
        "HAS_SIGN_IN": has_sign_in(),
        "HAS_DOOR": PUBLIC in settings.FACES,
        "SOURCE_URL": settings.SOURCE_URL,
        "VERSION": __version__,
        "navigation": SimpleLazyObject(lambda: navigation(request)),
        "unread_notices": SimpleLazyObject(unread),
    }
