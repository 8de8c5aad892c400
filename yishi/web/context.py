"""What every template may use. Lazy where it costs a query."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from yishi.notices.services import notices_of
from yishi.organisations.models import Installation

from .navigation import navigation


def site(request: HttpRequest) -> dict[str, Any]:
    viewer = getattr(request, "viewer", None)

    def unread() -> int:
        if viewer is None or not viewer.is_known:
            return 0
        return notices_of(viewer.person, viewer.reach.bodies).filter(read_at__isnull=True).count()

    def installation() -> Installation:
        rows = Installation.objects.select_related("home_place", "home_body")
        return rows.filter(pk=1).first() or Installation()

    return {
        "viewer": viewer,
        "installation": SimpleLazyObject(installation),
        "elder_mode": request.COOKIES.get("yishi-elder") == "1",
        "PUBLIC_URL": settings.PUBLIC_URL,
        "FACES": settings.FACES,
        "SOURCE_URL": settings.SOURCE_URL,
        "navigation": SimpleLazyObject(lambda: navigation(request)),
        "unread_notices": SimpleLazyObject(unread),
    }
