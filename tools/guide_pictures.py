"""Take the pictures of docs/guide-assistance.zh-CN.md: walks the guide on a running demo, as a clerk does.

    ./run                                    # in another window; a fresh demo
    .venv/bin/python -m tools.guide_pictures http://localhost:8000

Everything is done through the pages; each picture is at most 150 KB (docs/pictures, checked by tests/test_guide.py).
"""

import io
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
CHROMIUM = "/usr/bin/chromium"
LARGEST = 150_000
WIDE, PHONE = (1200, 800), (390, 780)
TODAY = date.today()  # noqa: DTZ011  the days that a clerk would type
YEAR = TODAY.replace(month=1, day=1)


class Clerk:
    """Somebody of the demo in a browser window; `fill` and `send` work on the form of the page."""

    def __init__(self, browser: Any, base: str, who: str, size: tuple[int, int] = WIDE):
        context = browser.new_context(
            base_url=base, locale="zh-CN", viewport={"width": size[0], "height": size[1]}, device_scale_factor=1
        )
        context.set_default_timeout(60_000)
        self.page = context.new_page()
        self.page.goto("/demo/")
        self.page.click(f'button[name="as"][value="{who}"]')

    def open(self, address: str) -> None:
        self.page.goto(address)

    def follow(self, words: str) -> None:
        self.page.get_by_role("link", name=words, exact=True).first.click()

    def fill(self, **fields: str) -> None:
        form = self.page.locator("main form.act-form")
        for name, value in fields.items():
            field = form.locator(f'[name="{name}"]').first
            if (field.get_attribute("type") or "") in ("radio", "checkbox"):
                form.locator(f'[name="{name}"][value="{value}"]').check()
            elif field.evaluate("one => one.tagName") == "SELECT":
                field.select_option(label=value)
            else:
                field.fill(value)

    def send(self) -> None:
        self.page.locator("main form.act-form .form-end button").first.click()
        self.page.wait_for_load_state()
        problem = self.page.locator(".error-summary")
        if problem.count():
            raise SystemExit(f"{self.page.url}: {problem.inner_text()}")

    def picture(self, name: str, height: int | None = None) -> None:
        """Keep what the window shows, the page's first `height` pixels."""
        size = self.page.viewport_size
        self.page.evaluate("document.querySelectorAll('.demo-strip').forEach(one => one.remove())")
        self.page.set_viewport_size({"width": size["width"], "height": height or size["height"]})
        self.page.evaluate("window.scrollTo(0, 0)")
        image = Image.open(io.BytesIO(self.page.screenshot()))
        self.page.set_viewport_size(size)
        for colours in (256, 128, 64, 32):
            made = io.BytesIO()
            image.convert("RGB").quantize(colours).save(made, "PNG", optimize=True)
            if made.tell() <= LARGEST:
                break
        (PICTURES / f"{name}.png").write_bytes(made.getvalue())
        print(f"{name}.png {made.tell() // 1000} KB")


def walk(browser: Any, base: str) -> None:
    clerk = Clerk(browser, base, "demo-prefecture-clerk")
    clerk.open("/desk/place-sets/new/")
    clerk.fill(name="今年的重点县")
    clerk.send()
    clerk.fill(places="牟定县\n大姚县\n双柏县", since=YEAR.isoformat())
    clerk.picture("set-places", 760)
    clerk.send()
    clerk.open("/desk/campaigns/new/")
    clerk.fill(name="三个一活动", starts_on=YEAR.isoformat(), ends_on=f"{YEAR.year}-12-31")
    clerk.picture("campaign-new", 900)
    clerk.send()
    campaign = clerk.page.url
    clerk.picture("campaign-empty", 620)
    clerk.open(f"{campaign}phases/new/")
    clerk.fill(name="全年", starts_on=YEAR.isoformat(), ends_on=f"{YEAR.year}-12-31", focus="今年的重点县")
    clerk.send()
    clerk.open(f"{campaign}directions/new/")
    clerk.fill(name="为老服务")
    clerk.send()
    for name, unit in (("结一门亲", "户"), ("办一件实事", "件"), ("提一条建议", "条")):
        clerk.open(f"{campaign}items/new/")
        clerk.fill(direction="为老服务", name=name, unit=unit, hint="由办公室核实后记一次。")
        if name == "提一条建议":
            clerk.fill(fed_by="建言提交时自动计一条")
        if name == "办一件实事":
            clerk.fill(per_member="2", indicator="办实事件数")
            clerk.picture("campaign-item", 1100)
        clerk.send()
    clerk.follow("办一件实事")
    clerk.follow("设目标")
    clerk.fill(amount="400", baseline="35", due_on=f"{YEAR.year}-12-31")
    clerk.send()
    clerk.open(f"{campaign}drives/new/")
    days = (max(TODAY - timedelta(days=20), YEAR), min(TODAY + timedelta(days=20), YEAR.replace(month=12, day=31)))
    clerk.fill(name="百日行动", starts_on=days[0].isoformat(), ends_on=days[1].isoformat(), words="把实事办到家门口")
    clerk.send()
    clerk.open(campaign)
    clerk.picture("campaign", 1250)
    clerk.open(f"{campaign}meetings/new/")
    clerk.fill(title="第一次推进会", chaired_by="州政协主席", where="州政协三楼会议室")
    clerk.send()
    clerk.follow("登记议定事项")
    due = (TODAY + timedelta(days=40)).isoformat()
    clerk.fill(act_text="摸清重点县高龄独居老人底数", bearer="牟定县政协办公室", due_on=due)
    clerk.send()
    clerk.picture("steering-meeting", 800)
    member = Clerk(browser, base, "demo-member", PHONE)
    member.open("/desk/proposals/new/")
    member.fill(
        title="给独居老人装一键呼叫", text="村里独居老人摔倒没人知道。建议先给八十岁以上的装一键呼叫，连到村卫生室。"
    )
    member.picture("proposal-new", 900)


def main() -> None:
    base = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        walk(browser, base)
        browser.close()


if __name__ == "__main__":
    main()
