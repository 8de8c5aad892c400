"""The venue's poster: its QR code, what happens after it is scanned, and how to do without a phone."""

from typing import Any

from django.utils import timezone

from yishi.formats.qr import qr_svg
from yishi.notices.addresses import address_of, public_host
from yishi.organisations.models import Installation, Venue, VenueOwner
from yishi.web.kit.press import chinese_day

ANSWER_WORKDAYS = 5


def poster_data(venue: Venue, token: str, site: Installation) -> dict[str, Any]:
    """What the poster shows for the live code `token` of `venue`."""
    address = address_of("venue_door", args=[token])
    owners = VenueOwner.objects.filter(venue=venue).select_related("body").order_by("role")
    convener = next((owner.body.name for owner in owners if owner.role == VenueOwner.Role.CONVENES), "")
    sharing = "、".join(owner.body.name for owner in owners if owner.role == VenueOwner.Role.SHARES)
    phone = venue.phone or site.contact_phone
    facts = [
        ("召集单位", convener),
        ("共同主办", sharing),
        ("家里有难处", "扫码后点“我家有困难”，答四句，七天内有人来看"),
        ("电话", f"{phone}（不会扫码，打电话也一样登记）" if phone else ""),
    ]
    return {
        "title": f"{venue.name} 民情诉求码",
        "site": site.site_name or "议事",
        "headline": "有事好商量",
        "lead": "扫一扫，说说您的烦心事",
        "qr": qr_svg(address),
        "address": address.split("://", 1)[-1],
        "steps": [
            ("扫码", "用微信或手机相机扫一扫，不用登录，不用下载"),
            ("说事", "写几句话，可以拍照；可以不留姓名"),
            ("看进展", f"记下查询码，{ANSWER_WORKDAYS} 个工作日内有答复，随时看办到哪一步"),
            ("来评价", "办完了请您评；不满意，可以让它重新办"),
        ],
        "venue": venue.name,
        "where": " ".join(part for part in (venue.place.full_name, venue.address) if part),
        "facts": [[name, text] for name, text in facts if text],
        "check": f"谨防假码：扫码后第一屏应当显示“{venue.name}”，网址应当以 {public_host()} "
        f"开头。本码编号 {token[-4:]}，{chinese_day(timezone.localdate())}印制。",
    }
