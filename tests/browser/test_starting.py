"""Starting for real, as the guide shows: code, place, administrator, workbook, invitations, QR code, first worry."""

import re
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.urls import reverse

from tests.organisations.test_workbook import BODIES, workbook
from yishi.database.reach import everything
from yishi.deliberation.models import Worry
from yishi.organisations.first_code import first_code, first_code_forget
from yishi.organisations.models import Body, Installation, Place, VenueCode

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "一句够长的口令 2026"
COUNCIL = ["共和镇协商议事会议", "协商议事会议", "共和镇", "", "", "", ""]
POSTS = [["张办事", "13900000011", "共和镇协商议事会议", "召集人", "召集人", ""]]


@pytest.fixture(autouse=True)
def _data_folder(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    cache.clear()
    yield
    first_code_forget()


def test_from_the_first_page_to_the_first_worry(open_page, tmp_path):
    # 1. The console shows a code; with it the first page opens. No account exists.
    admin = open_page()
    admin.goto(reverse("first"))
    admin.fill("[name=code]", first_code())
    admin.locator("form.act-form button[type=submit]").click()

    # 2. My place, found by its initials; the first administrator.
    picker = admin.locator("[data-place-picker] input[type=text]")
    picker.fill("mdx")
    admin.locator("[role=option]", has_text="牟定县").first.click()
    admin.fill("[name=body_name]", "政协牟定县委员会办公室")
    admin.fill("[name=site_name]", "牟定县协商议事平台")
    admin.fill("[name=name]", "管理员甲")
    admin.fill("[name=username]", "guanli")
    admin.fill("[name=password]", PASSWORD)
    admin.fill("[name=again]", PASSWORD)
    admin.locator("form.act-form button[type=submit]").click()
    admin.wait_for_url("**" + reverse("start"))
    assert Installation.objects.get().home_place == Place.objects.get(code="532323")
    assert not Installation.objects.get().is_demo

    # 3. One workbook brings bodies, posts and members; it is seen before it is published.
    book = tmp_path / "机构人员.xlsx"
    book.write_bytes(workbook(bodies=[COUNCIL, *BODIES], posts=POSTS))
    admin.goto(reverse("register_import"))
    admin.set_input_files("[name=file]", book)
    admin.locator("main form[method=post] button.btn-primary").click()
    admin.wait_for_selector("text=机构人员.xlsx")
    assert not Body.objects.filter(name="共和镇协商议事会议").exists()
    admin.locator("main form[method=post] button.btn-primary").click()
    admin.wait_for_selector(".alert-success")
    assert Body.objects.filter(name="共和镇协商议事会议").exists()

    # 4. Invitations are printed; the convener makes an account with the code of the sheet.
    admin.goto(reverse("invitations"))
    admin.locator("main form[method=post] button.btn-primary").click()
    sheet = admin.locator(".invitation-sheet", has_text="张办事")
    code = sheet.locator(".invitation-code").inner_text()
    convener = open_page(width=390)
    convener.goto(reverse("join"))
    convener.fill("[name=code]", code)
    convener.locator("form.act-form button[type=submit]").click()
    convener.fill("[name=username]", "zhang")
    convener.fill("[name=password]", PASSWORD)
    convener.fill("[name=again]", PASSWORD)
    convener.locator("form.act-form button[type=submit]").click()
    convener.wait_for_url("**" + reverse("desk"))

    # 5. The first room and its QR code.
    convener.goto(reverse("venue_new"))
    convener.fill("[name=name]", "牟尼村协商议事室")
    convener.select_option("[name=kind]", "room")
    convener.locator("[data-place-picker] input[type=text]").fill("mnc")
    convener.locator("[role=option]", has_text="牟尼村").first.click()
    convener.select_option("[name=convener]", label="共和镇协商议事会议")
    convener.locator("form.act-form button[type=submit]").click()
    convener.wait_for_url(re.compile(r".*/desk/venues/.*"))
    token = VenueCode.objects.get().token

    # 6. A villager scans it and raises the first worry, without an account.
    villager = open_page(width=390)
    villager.goto(reverse("venue_door", kwargs={"token": token}))
    assert "牟尼村协商议事室" in villager.locator("h1").inner_text()
    villager.locator(f'a[href="{reverse("raise_worry_at", kwargs={"token": token})}"]').click()
    villager.fill("[name=text]", "村口水渠漏水，半年没人管")
    villager.check("[name=theme][value=water]", force=True)
    villager.locator("form.act-form button[type=submit]").last.click()
    villager.wait_for_url("**" + reverse("raised"))
    assert re.search(r"[0-9A-Z]{4}-[0-9A-Z]{3}-[0-9A-Z]{3}", villager.locator(".code-big").inner_text())
    with everything():
        worry = Worry.objects.get()
    assert worry.place.code.startswith("532323") and worry.place.name.startswith("牟尼村")
    assert worry.desk.name == "共和镇协商议事会议"

    # 7. It waits at the convener's desk.
    convener.goto(reverse("desk"))
    assert "村口水渠漏水" in convener.locator("main").inner_text()
    assert urlsplit(convener.url).path == reverse("desk")
