"""What every template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from yishi.organisations.models import Installation


def site(request: HttpRequest) -> dict[str, Any]:
    return {
        "viewer": getattr(request, "viewer", None),
        "installation": Installation.objects.filter(pk=1).select_related("home_place").first(),
        "elder_mode": request.COOKIES.get("yishi-elder") == "1",
        "PUBLIC_URL": settings.PUBLIC_URL,
        "FACES": settings.FACES,
    }
