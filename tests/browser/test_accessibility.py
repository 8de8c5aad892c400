"""Every page, in normal size on a desktop and a phone and in large print: nothing of level A or AA, nothing cut off, no
script error."""

import pytest
from django.conf import settings

from tests import samples as sample
from tests.cast import sign_in
from yishi.database.reach import everything
from yishi.deliberation.models import Worry
from yishi.organisations.query_codes import code_issue
from yishi.web.kit.middleware import QUERY_CODE_KEY

from .conftest import closed_up, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Who opens a page: the first of them whom it lets in.
PEOPLE = ("", "clerk", "convener", "handler", "water_clerk", "company_head", "member", "administrator", "party_clerk")
# Not pages: files, data, pictures.
NO_PAGE = {
    "places_find",
    "room_state",
    "sitting_state",
    "room_code",
    "public_draw_file",
    "room_part",
    "sitting_room_part",
    "room_chair_part",
    "room_projector_part",
    "process_download",
}


PARTS = 12  # a run of every day draws a sixth of them
LONG = 4000  # px: as high as the page, so that the bar at the foot covers nothing that one could scroll to
LARGE = "document.documentElement.className = 'elder elder-1'"  # what the server writes for the cookie of large print


def pages_of(client, cast, samples, part: int) -> dict[str, list[str]]:
    """Person → addresses of the HTML pages that open for them; each page once; one of PARTS parts of all."""
    pages = [
        (name, address)
        for name, address, view, _loader in sample.addresses(samples)
        if "GET" in view.methods and name not in NO_PAGE and not address.endswith((".pdf", ".docx"))
    ]
    left = dict(pages[part::PARTS])
    found: dict[str, list[str]] = {}
    for who in PEOPLE:
        client.logout()
        if who:
            sign_in(client, cast, who)
        for name, address in list(left.items()):
            response = client.get(address)
            if response.status_code == 200 and response.headers["Content-Type"].startswith("text/html"):
                found.setdefault(who, []).append(address)
                del left[name]
    return found


def is_fault(said) -> bool:
    """An error in the console; the samples' photos have no files."""
    return said.type == "error" and "Failed to load resource" not in said.text


def look(page, addresses: list[str]) -> list[str]:
    """What is wrong with each page, first as a desktop shows it, then on a phone, then in large print there."""
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(f"{page.url} script: {error}"))
    page.on("console", lambda said: wrong.append(f"{page.url} says {said.text}") if is_fault(said) else None)
    for address in addresses:
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(address)
        wrong += faults(page, address)
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto(address)  # scripts ask how wide the window is when they begin
        wrong += too_wide(page, f"{address} on a phone")
        wrong += [f"{address} on a phone closes up: {one}" for one in closed_up(page)]
        page.set_viewport_size({"width": 390, "height": LONG})
        page.evaluate(LARGE)
        height = page.evaluate("document.documentElement.scrollHeight")
        if height > LONG:
            page.set_viewport_size({"width": 390, "height": height})
        wrong += faults(page, f"{address} in large print")
    return wrong


def faults(page, name: str) -> list[str]:
    return [*(f"{name} {one}" for one in violations(page)), *too_wide(page, name)]


def too_wide(page, name: str) -> list[str]:
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{name} is {over} px wider than the window"] if over > 1 else []


@pytest.mark.long
@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_is_for_everybody(open_page, client, cast, part):
    samples = sample.kwargs_by_loader(cast)
    found = pages_of(client, cast, samples, part)
    assert sum(len(rows) for rows in found.values()) > 10
    wrong = []
    for who, addresses in found.items():
        wrong += look(open_page(who, cast), addresses)
    assert not wrong, "\n".join(wrong)


def test_the_pages_behind_a_query_code_too(open_page, cast, client):
    samples = sample.kwargs_by_loader(cast)
    worry, promise = samples["follow.load_own"]["pk"], samples["judge.load_judged"]["pk"]
    with everything():
        code = code_issue(Worry.within.get(pk=worry).raiser, "AAAABBBBCC")
    session = client.session
    session[QUERY_CODE_KEY] = str(code.pk)
    session.save()
    addresses = ["/follow/", f"/follow/{worry}/", "/follow/phone/", "/judge/", f"/judge/{promise}/"]
    for elder in (False, True):
        page = open_page(width=390, elder=elder)
        page.goto("/privacy/")
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": page.url}]
        )
        for address in addresses:
            page.goto(address)
            assert faults(page, address) == []


def test_a_villagers_first_page_is_small(open_page, cast):
    """At most 150 KB cross the line before a villager can write (no cache, everything that the page loads)."""
    page = open_page(width=390)
    sizes: list[int] = []
    page.on("response", lambda response: sizes.append(len(response.body())))
    page.goto("/v/MN0000TEST/raise/", wait_until="networkidle")
    assert 0 < sum(sizes) <= 150 * 1024
