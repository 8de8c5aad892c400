"""Somebody of the demo in a browser window, who fills in forms and keeps pictures of what they see."""

import io
import re
from pathlib import Path
from typing import Any

from PIL import Image

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
LARGEST = 150_000
WIDE, PHONE = (1200, 800), (390, 780)


class Clerk:
    """Somebody of the demo in a browser window; without a name: a villager. `fill`, `send`… work on the page's form."""

    def __init__(self, browser: Any, base: str, who: str = "", size: tuple[int, int] = WIDE):
        context = browser.new_context(
            base_url=base, locale="zh-CN", viewport={"width": size[0], "height": size[1]}, device_scale_factor=1
        )
        context.set_default_timeout(12_000)
        self.page = context.new_page()
        if who:
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

    def follow_part(self, words: str) -> None:
        self.page.get_by_role("link", name=words).first.click()

    def pick(self, name: str, typed: str) -> None:
        """Search in a picker and tick the first that is found."""
        picker = self.page.locator(f'[data-picker="{name}"]')
        picker.locator('input[type="search"]').fill(typed)
        picker.locator("button").click()
        picker.get_by_label(re.compile(typed)).first.check()

    def place(self, typed: str) -> None:
        self.page.fill('main form.act-form [name="place"]', typed)
        self.page.get_by_role("option", name=typed).first.click()

    def upload(self, name: str, data: bytes) -> None:
        file = {"name": name, "mimeType": "application/octet-stream", "buffer": data}
        self.page.set_input_files('main form.act-form input[type="file"]', file)

    def wait_for(self, selector: str) -> None:
        """Until work in the background has come so far; the page reloads itself."""
        self.page.wait_for_selector(selector)

    def wait_without(self, words: str) -> None:
        """Until the page says `words` no longer: work in the background has ended."""
        for _ in range(60):
            if words not in self.page.inner_text("main"):
                return
            self.page.wait_for_timeout(1000)
            self.page.reload()

    def picture(self, name: str, height: int | None = None, at: str = "") -> None:
        """Keep what the window shows: `height` pixels, from the top of the page or from the element `at`."""
        size = self.page.viewport_size
        self.page.evaluate("document.querySelectorAll('.demo-strip').forEach(one => one.remove())")
        self.page.set_viewport_size({"width": size["width"], "height": height or size["height"]})
        top = f"document.querySelector({at!r}).getBoundingClientRect().top + scrollY - 20" if at else "0"
        self.page.evaluate(f"window.scrollTo({{top: {top}, behavior: 'instant'}})")
        self.page.wait_for_timeout(400)  # charts
        image = Image.open(io.BytesIO(self.page.screenshot()))
        self.page.set_viewport_size(size)
        for colours in (256, 128, 64, 32):
            made = io.BytesIO()
            image.convert("RGB").quantize(colours).save(made, "PNG", optimize=True)
            if made.tell() <= LARGEST:
                break
        (PICTURES / f"{name}.png").write_bytes(made.getvalue())
        print(f"{name}.png {made.tell() // 1000} KB")
