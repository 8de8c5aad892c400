"""One deed: recorded by a member on a phone, claimed by another body, reported again by the prefecture's workbook."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.assistance.helping import Helping
from yishi.assistance.deeds.models import Deed
from yishi.assistance.imports.services.steps import imports_work
from yishi.database.reach import everything
from yishi.formats.sheets import write_sheet
from yishi.organisations.models import Post
from yishi.reporting import figures
from yishi.reporting.figures import Question, ask
from yishi.reporting.fold import fold_all

from .conftest import says, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TIERS = {"province_clerk": "云南省", "prefecture_clerk": "楚雄彝族自治州", "clerk": "牟定县"}


def figure(helping, place="云南省", **more):
    fold_all()
    with everything():
        return ask(Question(helping.cast.places[place], helping.start, timezone.localdate(), helping.campaign, **more))


def choose_place(page, name):
    page.fill("input[name=place]", name)
    page.get_by_role("option", name=name).first.click()


def test_one_physical_deed_and_two_bodies_credits(open_page, cast):
    figures.forget()
    with everything():
        helping = Helping(cast)
        Post.objects.create(person=cast.people["member"], body=cast.bodies["special"], role="clerk")

    # A member on a phone, for their committee: two taps, an amount, a number; the draft survives a reload.
    phone = open_page("member", cast, width=390)
    phone.goto(reverse("helping"))
    phone.get_by_role("link", name="记一笔").first.click()
    phone.get_by_role("link", name="为农户找一条销路").first.click()
    assert phone.input_value("input[name=on]") == timezone.localdate().isoformat()
    phone.fill("input[name=amount]", "5")
    phone.fill("input[name=unnamed]", "12")
    phone.fill("textarea[name=words]", "联系县城超市收购山货")
    choose_place(phone, "牟尼村")
    phone.get_by_label("牟定县政协农业农村委员会", exact=True).check()
    phone.locator("textarea[name=words]").blur()
    phone.reload()
    assert phone.input_value("textarea[name=words]") == "联系县城超市收购山货"
    assert phone.input_value("input[name=amount]") == "5"
    choose_place(phone, "牟尼村")
    assert violations(phone) == []
    phone.get_by_role("button", name="记录").last.click()
    number = phone.locator("[data-receipt]").get_attribute("data-receipt")
    says(phone, number)
    phone.get_by_role("link", name="再记一条类似的").click()
    assert "牟尼村" in phone.input_value("input[name=place]")
    assert phone.input_value("textarea[name=words]") == "联系县城超市收购山货"

    # A county body was told the number: one credit more, no second deed.
    county = open_page("handler", cast)
    county.goto(reverse("deed_claim_number"))
    county.fill("input[name=number]", number.lower())
    county.get_by_role("button", name="认领").click()
    says(county, "实绩仍是一件")

    # The prefecture reports it again from its own workbook, as the work of the committee.
    row = ["为农户找一条销路", timezone.localdate(), "牟尼村", 5, "条", "H牟尼村0", "牟定县政协农业农村委员会"]
    book = write_sheet([row], ["活动项", "日期", "村", "数量", "单位", "受益户编号", "主办"], "实绩")
    prefecture = open_page("prefecture_clerk", cast)
    prefecture.goto(reverse("import_new"))
    prefecture.locator("[name=kind]").first.evaluate("one => one.form.elements.kind.value = 'deeds'")
    prefecture.fill("input[name=year]", str(timezone.localdate().year))
    prefecture.set_input_files(
        "input[name=file]", {"name": "全州实绩.xlsx", "mimeType": "application/octet-stream", "buffer": book}
    )
    prefecture.locator("form[enctype] button.btn-primary").click()
    prefecture.wait_for_url("**/desk/imports/*-*/")
    imports_work()
    prefecture.reload()
    prefecture.get_by_role("link", name="全部导入").click()
    prefecture.locator("form.act-form button.btn-primary").click()
    imports_work()
    assert figure(helping).deeds == 2

    # The county office compares and says: the same. What that does is said beforehand.
    office = open_page("clerk", cast)
    office.goto(reverse("desk"))
    says(office, "1 对疑似重复待判定")
    office.goto(reverse("duplicates"))
    office.get_by_role("link", name="为农户找一条销路").first.click()
    says(office, "1 件实绩，2 份记名")
    assert violations(office) == []
    office.get_by_label("同一件", exact=True).check()
    office.fill("textarea[name=reason]", "同一家超市，同一天")
    with office.expect_navigation():
        office.get_by_role("button", name="判定").click()
    says(office, re.compile("并入|疑似重复已判定"))

    # Every tier and both bodies see one deed with two credits.
    tiers = {"province_clerk": open_page("province_clerk", cast), "prefecture_clerk": prefecture, "clerk": office}
    for who, place in TIERS.items():
        found = figure(helping, place)
        assert (found.deeds, found.amount, found.credits, found.overlap) == (1, 5_000, 2, 1), place
        tiers[who].goto(reverse("figures_place", args=[cast.places[place].pk]))
        assert tiers[who].locator(".overlap strong").all_inner_texts() == ["1", "2", "1"], place
        assert found.households == 1, place  # named by the second report alone
    for page, body in ((county, "department"), (phone, "special")):
        page.goto(reverse("body_file", args=[cast.bodies[body].pk]))
        says(page, "1 件实绩，记名 2 个单位")
        assert figure(helping, body=cast.bodies[body]).deeds == 1

    # The county closes its report; then the member corrects: today's figure changes, the closed report does not.
    office.goto(reverse("report_new", args=[cast.places["牟定县"].pk]))
    with office.expect_navigation():
        office.locator("form.act-form button.btn-primary").click()
    report, closed = office.url, timezone.now()
    says(office, "5 条")
    with everything():
        deed = Deed.within.get(number=number)
    phone.goto(reverse("deed_correct", args=[deed.pk]))
    phone.fill("input[name=amount]", "3")
    phone.fill("textarea[name=reason]", "两条没有谈成")
    phone.get_by_role("button", name="更正").click()
    says(phone, "5 → 3 条")
    says(phone, "两条没有谈成")
    for place in TIERS.values():
        assert figure(helping, place).amount == 3_000
        assert figure(helping, place, known_by=closed).amount == 5_000
    office.goto(report)
    says(office, "5 条")
    assert "3 条" not in office.content()
    office.goto(reverse("figures_place", args=[cast.places["牟定县"].pk]))
    says(office, "3 条")
    assert "5 条" not in office.content()
