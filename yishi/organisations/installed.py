"""The installation as every page and every answer shows it, for a moment."""

import time

from django.conf import settings

from .models import Installation

_kept: tuple[float, Installation] | None = None


def installed() -> Installation:
    """The installation's row, asked for at most once in INSTALLATION_SECONDS by each process; services never use it."""
    global _kept
    now = time.monotonic()
    if _kept is None or now - _kept[0] >= settings.INSTALLATION_SECONDS:
        installations = Installation.objects.select_related("home_place", "home_body")
        _kept = (now, installations.filter(pk=1).first() or Installation())
    return _kept[1]
