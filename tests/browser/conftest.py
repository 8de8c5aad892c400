"""A real Chromium (Debian's), a live server, and people who are signed in without typing a password."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from tests.cast import Cast, make_cast

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs in the test's thread

CHROMIUM = next((p for p in (Path("/usr/bin/chromium"), Path("/usr/bin/chromium-browser")) if p.exists()), None)
ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = {390: 844, 1440: 900}
VIOLATIONS = """async levels => {
  const found = await axe.run(document, {runOnly: {type: 'tag', values: levels}, resultTypes: ['violations']});
  return found.violations.map(one =>
    `${one.id}: ${one.help} — ${one.nodes.slice(0, 3).map(node => node.html.slice(0, 120)).join('; ')}`);
}"""
# Cells of a table in which words stand a letter a line, and words about a state that are cut.
CLOSED_UP = """() => [...document.querySelectorAll('main .scroll :is(td, th), main .table-wrap :is(td, th)')]
  .filter(cell => cell.offsetParent && cell.innerText.trim().length > 3)
  .filter(cell => cell.innerText.trim() !== cell.querySelector(':scope > .visually-hidden')?.innerText.trim())
  .filter(cell => getComputedStyle(cell).display === 'table-cell')
  .filter(cell => cell.clientWidth < 3 * parseFloat(getComputedStyle(cell).fontSize))
  .map(cell => cell.innerText.trim().slice(0, 20))
  .concat([...document.querySelectorAll('main td .tag, main td .clock, main th .tag')]
    .filter(tag => tag.offsetParent && (tag.scrollWidth > tag.clientWidth + 1
      || tag.getBoundingClientRect().right > tag.closest('td, th').getBoundingClientRect().right + 1))
    .map(tag => 'cut: ' + tag.innerText))"""
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="session")
def chromium() -> Iterator:
    """The browser; without one the tests are skipped by name, in CI they fail."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium: apt install chromium")
        pytest.skip("no Chromium: apt install chromium")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  loads a driver of its own

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def cast(transactional_db) -> Cast:
    """The cast, in tables that the live server sees."""
    return make_cast()


@pytest.fixture
def open_page(chromium, live_server) -> Iterator[Callable]:
    """`open_page("clerk", cast, width=390)`: a browser window of one person; "" is somebody without an account."""
    contexts = []

    def make(who: str = "", cast: Cast | None = None, *, width: int = 1440, elder: bool = False, script: bool = True):
        context = chromium.new_context(
            viewport={"width": width, "height": WIDTHS.get(width, 900)},
            base_url=live_server.url,
            locale="zh-CN",
            java_script_enabled=script,
        )
        context.set_default_timeout(90_000)  # a first start loads a whole province
        contexts.append(context)
        cookies = []
        if who:
            cookies.append(
                {"name": settings.SESSION_COOKIE_NAME, "value": session_of(cast, who), "url": live_server.url}
            )
        if elder:
            cookies.append({"name": "yishi-elder", "value": "1", "url": live_server.url})
        context.add_cookies(cookies)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


def says(page, text: str | re.Pattern[str]) -> None:
    """The page says this, now or as soon as it is there: a click does not wait for the page that it opens."""
    from playwright.sync_api import expect  # noqa: PLC0415  as above

    expect(page.locator("body")).to_contain_text(text, timeout=30_000)


def session_of(cast: Cast, who: str) -> str:
    """The key of a new session in which `who` is signed in."""
    account = cast.account(who)
    session = SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session.save()
    return session.session_key


def closed_up(page) -> list[str]:
    """What of the tables cannot be read: a column that closed up to letters, a badge that is cut."""
    return list(page.evaluate(CLOSED_UP))


def violations(page) -> list[str]:
    """What axe-core finds on the page at level A or AA, a line each."""
    if page.evaluate("typeof window.axe") == "undefined":
        page.evaluate(AXE.read_text("utf-8"))  # evaluated by the driver: the page's own policy stays in force
    return page.evaluate(VIOLATIONS, LEVELS)
