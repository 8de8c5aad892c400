"""What the page on which one enters the demo shows beside the accounts: a villager's code, a room's QR code."""

from yishi.organisations.models import VenueCode
from yishi.organisations.query_codes import code_find, code_for_act, spaced

from .tales import VILLAGER_ACT


def villager_code() -> str:
    """The query code of a villager who is asked for a verdict; empty where the demo is not loaded."""
    code = code_for_act(VILLAGER_ACT)
    return spaced(code) if code_find(code) else ""


def room_token() -> str:
    """The token of the QR code of 牟尼村's room."""
    venue_codes = VenueCode.objects.filter(venue__is_demo=True, revoked_at__isnull=True, venue__kind="room")
    return venue_codes.values_list("token", flat=True).first() or ""
