"""What every page does in a real browser: nothing typed is lost, large print is large, fingers hit, keys suffice."""

import io
import json
import re

import pytest
from PIL import Image

from tests.cast import PASSWORD
from yishi.database.reach import everything
from yishi.deliberation.models import Worry

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RAISE = "/v/MN0000TEST/raise/"
WORDS = "村口的路灯坏了半个月，晚上老人不敢出门"
STORE = "JSON.stringify({...localStorage, ...sessionStorage})"
# Something else lies over the middle of what has the focus; the bar itself may be focused.
COVERED = """() => {
    const one = document.activeElement;
    if (!one || one === document.body || one.closest('.tabs')) return false;
    const box = one.getBoundingClientRect();
    const seen = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return !(seen && (one.contains(seen) || seen.contains(one)));
}"""
LINES = """() => {
    const style = getComputedStyle(document.querySelector('main p'));
    return parseFloat(style.lineHeight) / parseFloat(style.fontSize);
}"""
# What a thumb must hit; links inside a sentence are exempt (WCAG 2.5.8).
TARGETS = """least => [...document.querySelectorAll(
    'button, .btn, .tabs a, .doors a, .choice, .form-control, .form-select, summary, .desk-nav a, .door-foot a'
  )].filter(one => one.offsetParent && !one.closest('.visually-hidden'))
    .map(one => [one.outerHTML.slice(0, 90), one.getBoundingClientRect()])
    .filter(([, box]) => box.height < least - 0.5).map(([html, box]) => `${Math.round(box.height)} px: ${html}`)"""


def write(page, text: str = WORDS) -> None:
    """What a villager fills in at the least."""
    page.fill("[name=text]", text)
    page.check("[name=theme][value=roads]")


def worries() -> list[Worry]:
    with everything():
        return list(Worry.objects.all())


def picture(width: int = 2400, height: int = 1500) -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "a camera that tells too much"
    file = io.BytesIO()
    Image.effect_noise((width, height), 60).convert("RGB").save(file, "JPEG", exif=exif)
    return file.getvalue()


class TestDrafts:
    """What somebody types stays on the device until it is received."""

    def test_it_works(self, open_page, cast):
        page = open_page(width=390)
        page.goto(RAISE)
        page.fill("[name=text]", WORDS)
        page.check("[name=theme][value=roads]")
        page.locator("[name=text]").blur()
        page.reload()
        assert page.input_value("[name=text]") == WORDS
        assert page.is_checked("[name=theme][value=roads]")
        assert "还在" in page.text_content(".draft-note")

    def test_it_is_kept_while_one_still_writes(self, open_page, cast):
        page = open_page(width=390)
        page.clock.install()
        page.goto(RAISE)
        page.locator("[name=text]").press_sequentially("路灯")
        page.clock.fast_forward(2100)
        assert "路灯" in page.evaluate(STORE)

    def test_it_goes_when_the_worry_is_received(self, open_page, cast):
        page = open_page(width=390)
        page.goto(RAISE)
        write(page)
        page.locator("[name=text]").blur()
        page.click("button[type=submit].btn-primary")
        page.wait_for_selector("[data-receipt]")
        assert "路灯" not in page.evaluate(STORE)
        page.goto(RAISE)
        assert page.input_value("[name=text]") == ""

    def test_it_stays_when_the_worry_is_refused(self, open_page, cast):
        page = open_page(width=390)
        page.goto(RAISE)
        page.fill("[name=text]", "太长" * 1500)
        page.click("button[type=submit].btn-primary")
        page.wait_for_selector(".error-summary")
        assert page.input_value("[name=text]").startswith("太长")
        assert page.evaluate("document.activeElement.className").split()[-1] == "error-summary"

    def test_it_is_cleared_by_hand(self, open_page, cast):
        page = open_page(width=390)
        page.goto(RAISE)
        page.fill("[name=text]", WORDS)
        page.locator("[name=text]").blur()
        page.reload()
        page.click(".draft-note button")
        assert page.input_value("[name=text]") == ""
        page.reload()
        assert page.locator(".draft-note").count() == 0

    def test_names_and_phones_are_not_kept(self, open_page, cast):
        page = open_page(width=390)
        page.goto(RAISE)
        page.fill("[name=text]", WORDS)
        page.fill("[name=raiser_name]", "村民丁")
        page.fill("[name=raiser_phone]", "13900000001")
        page.locator("[name=raiser_phone]").blur()
        kept = page.evaluate(STORE)
        assert "路灯" in kept and "村民丁" not in kept and "13900000001" not in kept

    def test_two_people_on_one_computer_keep_apart(self, open_page, cast, live_server):
        page = open_page("clerk", cast)
        page.goto("/desk/worries/new/")
        page.fill("[name=text]", WORDS)
        page.locator("[name=text]").blur()
        page.context.clear_cookies()
        page.goto(RAISE)
        assert page.input_value("[name=text]") == ""

    def test_a_villagers_ends_with_the_window(self, open_page, cast):
        page = open_page(width=390)
        page.goto(RAISE)
        page.fill("[name=text]", WORDS)
        page.locator("[name=text]").blur()
        other = page.context.new_page()  # the next villager at the venue's tablet
        other.goto(RAISE)
        assert other.input_value("[name=text]") == ""
        assert "路灯" not in other.evaluate("JSON.stringify({...localStorage})")

    def test_signing_out_takes_them_from_a_shared_computer(self, open_page, cast):
        page = open_page("clerk", cast)
        page.goto("/desk/worries/new/")
        page.fill("[name=text]", WORDS)
        page.locator("[name=text]").blur()
        assert "路灯" in page.evaluate(STORE)
        page.goto("/desk/")
        page.click("[data-sign-out] button")
        page.wait_for_url("**/")
        assert "路灯" not in page.evaluate(STORE)


class TestSending:
    """Sent twice it counts once; slow is said."""

    def test_an_impatient_thumb_sends_one_worry(self, open_page, cast):
        page = open_page(width=390)
        page.goto(RAISE)
        write(page)
        page.evaluate("for (let n = 0; n < 3; n++) document.querySelector('button.btn-primary[type=submit]').click()")
        page.wait_for_selector("[data-receipt]")
        assert len(worries()) == 1

    def test_a_slow_network_is_said_after_ten_seconds(self, open_page, cast):
        page = open_page(width=390)
        page.clock.install()
        page.goto(RAISE)
        # A network that never answers: what is sent is stopped on its way, and the page waits as if it had not been.
        page.evaluate("document.addEventListener('submit', () => setTimeout(() => window.stop(), 0))")
        write(page)
        page.evaluate("document.querySelector('button.btn-primary[type=submit]').click()")
        page.clock.fast_forward(100)
        assert page.text_content("button.btn-primary[type=submit]") == "正在提交……"
        page.clock.fast_forward(10_000)
        assert "网络较慢" in page.text_content(".slow-note")
        assert page.text_content("button.btn-primary[type=submit]") == "提交"

    def test_a_photo_goes_small_and_says_nothing_about_its_camera(self, open_page, cast):
        page = open_page(width=390)
        page.goto(RAISE)
        original = picture()
        page.set_input_files("[name=photo]", {"name": "灯.jpg", "mimeType": "image/jpeg", "buffer": original})
        page.wait_for_selector(".chosen img")
        sent = bytes(
            page.evaluate(
                "async () => [...new Uint8Array(await document.querySelector('[name=photo]').files[0].arrayBuffer())]"
            )
        )
        small = Image.open(io.BytesIO(sent))
        assert max(small.size) == 1600 and small.format == "JPEG"
        assert not small.getexif() and len(sent) < len(original)

    def test_a_chosen_photo_is_not_left_by_accident(self, open_page, cast):
        page = open_page(width=390)
        page.goto(RAISE)
        asked = []
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        page.fill("[name=text]", WORDS)
        page.reload()
        assert asked == [], "words alone are kept as a draft: nobody is asked"
        page.set_input_files("[name=photo]", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture(40, 30)})
        page.wait_for_selector(".chosen img")
        page.click("[name=raiser_name]")
        page.reload()
        assert asked == ["beforeunload"]

    def test_without_scripts_the_worry_arrives_too(self, open_page, cast):
        page = open_page(width=390, script=False)
        page.goto("/")
        page.goto(RAISE)
        write(page)
        page.click("button.btn-primary[type=submit]")
        page.wait_for_selector("[data-receipt]")
        assert len(worries()) == 1


def size_of_text(page) -> float:
    return page.evaluate("parseFloat(getComputedStyle(document.querySelector('main p')).fontSize)")


class TestLargePrint:
    """长辈版: on the first page, three sizes, remembered."""

    def test_it_works(self, open_page, cast):
        page = open_page(width=390)
        page.goto("/")
        assert page.evaluate(TARGETS, 44) == []
        page.click("text=长辈版")
        assert size_of_text(page) >= 18
        assert page.evaluate(TARGETS, 60) == []
        page.click("text=最大")
        assert size_of_text(page) >= 30
        page.goto(RAISE)
        assert size_of_text(page) >= 30
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.click("text=标准版")
        assert size_of_text(page) < 18

    @pytest.mark.parametrize(
        "address", [RAISE, "/follow/", "/accounts/login/", "/demo/", "/desk/", "/desk/worries/new/"]
    )
    def test_targets_are_large_on_a_phone(self, open_page, cast, address):
        for elder, least in ((False, 44), (True, 60)):
            page = open_page("clerk" if "desk" in address else "", cast, width=390, elder=elder)
            page.goto(address)
            assert page.evaluate(TARGETS, least) == []

    def test_lines_stand_apart(self, open_page, cast):
        for elder in (False, True):
            page = open_page(width=390, elder=elder)
            page.goto("/privacy/")
            assert page.evaluate(LINES) >= 1.5


def test_the_language_is_changed_and_remembered(open_page, cast):
    page = open_page(width=390)
    page.goto("/privacy/")
    with page.expect_navigation():
        page.click("text=English")
    assert page.url.endswith("/privacy/") and page.get_attribute("html", "lang") == "en"
    page.goto("/")
    assert page.text_content("h1") == "Speak up, and see what becomes of it"
    with page.expect_navigation():
        page.click("text=中文")
    assert page.get_attribute("html", "lang") == "zh-Hans"


def test_the_first_tab_leads_past_the_head(open_page, cast):
    page = open_page("clerk", cast)
    page.goto("/desk/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.wait_for_url("**#main")


def test_a_place_is_chosen_with_the_keys_alone(open_page, cast):
    page = open_page(width=390)
    page.goto("/raise/")
    page.locator("[role=combobox]").press_sequentially("mnc", delay=30)
    page.wait_for_selector("[role=option]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.locator("[role=combobox]").input_value().endswith("牟尼村")
    assert page.locator("[role=combobox]").get_attribute("aria-expanded") == "false"


def test_nothing_lies_over_what_has_the_focus(open_page, cast):
    """WCAG 2.4.11: the bar at the foot of a phone hides no focused field."""
    page = open_page(width=390)
    page.goto("/")
    for _ in range(25):
        page.keyboard.press("Tab")
        hidden = page.evaluate(COVERED)
        assert not hidden, page.evaluate("document.activeElement.outerHTML")


def test_the_desk_warns_before_it_signs_out(open_page, cast):
    page = open_page("clerk", cast)
    page.clock.install()
    page.goto("/desk/")
    page.clock.fast_forward(27 * 60 * 1000)
    assert page.locator(".idle-banner").count() == 0
    page.clock.fast_forward(70 * 1000)
    assert "自动退出" in page.text_content(".idle-banner")
    with page.expect_request(lambda request: request.method == "HEAD"):
        page.click(".idle-banner button")
    assert page.locator(".idle-banner").count() == 0


def test_the_home_page_is_small(open_page, cast):
    page = open_page(width=390)
    sizes: list[int] = []
    page.on("response", lambda response: sizes.append(len(response.body())))
    page.goto("/", wait_until="networkidle")
    assert 0 < sum(sizes) <= 60 * 1024


def test_nothing_runs_that_the_policy_forbids(open_page, cast):
    """No inline script or style anywhere on the shell's pages: the browser itself would complain."""
    said: list[str] = []
    for who, addresses in {
        "": ("/", RAISE, "/accounts/login/", "/follow/", "/privacy/", "/accessibility/"),
        "clerk": ("/desk/", "/accounts/2fa/", "/accounts/password/change/"),
    }.items():
        page = open_page(who, cast)
        page.on("console", lambda one: said.append(one.text) if one.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        for address in addresses:
            page.goto(address)
    assert said == []


def test_a_passkey_is_added_and_signs_in(open_page, cast, settings, live_server):
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # the test's server has no TLS
    page = open_page()
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto("/accounts/login/?next=/accounts/2fa/")
    page.fill("[name=login]", cast.account("clerk").username)
    page.fill("[name=password]", PASSWORD)
    page.click("form.act-form button.btn-primary")
    page.click("text=添加通行密钥")
    page.fill("[name=password]", PASSWORD)  # who changes the locks says again who they are
    page.click("main button.btn-primary")
    page.check("[name=passwordless]")
    page.click("#passkey_add")
    page.wait_for_url(lambda address: "webauthn/add" not in address)  # the form has arrived
    page.goto("/accounts/2fa/")
    assert "已有1个通行密钥" in page.text_content("main")
    with page.expect_navigation():
        page.click("[data-sign-out] button")
    page.goto("/accounts/login/")
    page.click("#passkey_login")
    page.wait_for_url("**/desk/")
    assert cast.people["clerk"].name in page.text_content(".desk-who")


def test_a_passkey_that_is_not_used_leaves_the_password(open_page, cast):
    page = open_page()
    page.goto("/accounts/login/")
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")  # a browser with passkeys, and none on it
    page.route(re.compile("2fa/webauthn/login"), lambda route: route.abort())
    page.click("#passkey_login")
    page.wait_for_selector("[data-passkey-said]:not([hidden])")
    assert "密码登录" in page.text_content("[data-passkey-said]")


def test_the_words_of_the_scripts_are_in_the_language_of_the_page(open_page, cast):
    page = open_page()
    page.goto("/")
    words = json.loads(page.text_content("#words"))
    assert all(re.search(r"[\u4e00-\u9fff]", word) for word in words.values())
