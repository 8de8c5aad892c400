"""Pages of projects and money: what is typed at a desk or by the roadside becomes what the records say."""

import io

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from tests.assistance.helping import Helping
from tests.assistance.works import YUAN, Works
from tests.cast import sign_in
from tests.formats.books import read_sheet
from tests.kept import kept
from yishi.assistance.projects.models import Fund, FundMovement, Project
from yishi.assistance.projects.services.balances import money_of, project_money
from yishi.assistance.projects.services.progress import standing_of
from yishi.database.reach import everything
from yishi.kit.ids import uuid7
from yishi.organisations.models import Place, Post
from yishi.web.assistance.projects.money_fields import QuantitiesField, YuanField
from yishi.web.assistance.projects.money_tags import layers, yuan_short
from yishi.web.shell.desk import inbox

pytestmark = pytest.mark.django_db
QUANTITIES = "硬化道路（公里）\n上村小组 3.2\n下村小组，1.8\n\n边沟(米)\n全村 1,200\n"


@kept
def works(cast) -> Works:
    with everything():
        return Works(cast)


def words(response) -> str:
    return response.content.decode()


@pytest.mark.parametrize(
    ("typed", "fen"),
    [("1500", 150_000), ("1,500.50元", 150_050), ("５６２０万", 5_620_000_000), ("0.01", 1), (" ", None)],
)
def test_yuan_are_typed_as_people_type_them(typed, fen):
    assert YuanField(required=False).clean(typed) == fen


@pytest.mark.parametrize("typed", ["一千", "1.005", "1.2.3", "nan", "万"])
def test_what_is_no_amount_is_never_guessed(typed):
    with pytest.raises(forms.ValidationError):
        YuanField().clean(typed)


def test_a_short_amount_is_never_rounded():
    assert (yuan_short(56_200_000 * YUAN), yuan_short(1_234_567 * YUAN)) == ("5,620 万元", "1,234,567 元")
    assert (yuan_short(None), yuan_short(1)) == ("0 元", "0.01 元")
    assert 'class="layer-inner" width="25.00"' in layers(80, 40, 20)


def test_quantities_are_typed_in_lines():
    road, ditch = QuantitiesField().clean(QUANTITIES)
    assert [(road.what, road.unit), (ditch.what, ditch.unit)] == [("硬化道路", "公里"), ("边沟", "米")]
    assert [(part.where, str(part.planned)) for part in road.parts] == [("上村小组", "3.2"), ("下村小组", "1.8")]
    assert str(ditch.parts[0].planned) == "1200"
    for wrong in ("上村小组 3.2", "道路（公里）\n上村小组", "道路（公里）\n上村小组 3.2345"):
        with pytest.raises(forms.ValidationError):
            QuantitiesField().clean(wrong)


def test_a_project_is_written_down_and_its_hamlets_are_those_of_the_register(client, cast):
    village = cast.places["牟尼村"]
    hamlet = Place.objects.create(
        level="hamlet", code="532323100201001", name="上村小组", full_name="上村小组", parent=village, lo=900, hi=900
    )
    Place.objects.filter(pk=village.pk).update(hi=900)
    given = {
        "name": "通组路",
        "place": village.full_name,
        "place_id": village.pk,
        "kind": "road",
        "responsible": "牟定县水务局",
        "starts_on": "2026-01-01",
        "ends_on": "2026-12-31",
        "quantities": QUANTITIES,
        "fiscal": "12万",
        "member": "3000",
    }
    sign_in(client, cast, "water_clerk")
    response = client.post(reverse("project_new"), given)
    assert response.status_code == 302
    with everything():
        project = Project.objects.get(name="通组路")
        parts = {one.part.name: one.part for one in standing_of(project)}
        assert parts["上村小组"].place == hamlet and parts["下村小组"].place is None
        assert {kind: line.planned for kind, line in project_money(project).sources.items()} == {
            "fiscal": 120_000 * YUAN,
            "member": 3_000 * YUAN,
        }
    assert client.get(response.url).status_code == 200


def test_what_was_typed_wrongly_stays_and_says_what_to_do(client, cast):
    sign_in(client, cast, "water_clerk")
    given = {"name": "路", "quantities": "上村小组 3", "fiscal": "很多", "responsible": "没有这个局"}
    page = client.post(reverse("project_new"), given)
    assert page.status_code == 422
    for said in ["上村小组 3", "很多", "没有这个局", "请先写建什么", "金额写法不对", "没有叫这个名称的单位"]:
        assert said in words(page), said


def test_progress_comes_from_the_roadside_with_or_without_a_photo(client, cast, works):
    with everything():
        works.approve().start()
        part = works.parts["上村小组"]
    sign_in(client, cast, "water_clerk")
    address = reverse("project_report", args=[works.pk])
    assert "计划 3.2" in words(client.get(address))
    field = f"part_{part.pk.hex}"
    assert client.post(address, {field: "1.5", "on": works.day(3)}).status_code == 302
    wrong = client.post(address, {field: "9", "on": works.day(2), "words": "下雨停工"})
    assert wrong.status_code == 422 and "下雨停工" in words(wrong) and "计划为 3.2" in words(wrong)
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "grey").save(picture, "JPEG")
    photo = SimpleUploadedFile("IMG.jpg", picture.getvalue(), content_type="image/jpeg")
    sent = {field: "2", "on": works.day(1), "photo_1": photo}
    assert client.post(address, sent).status_code == 302
    with everything():
        assert standing_of(works.project)[0].done == 2_000
        kept = works.project.photos.get()
        assert kept.stage == "building"
    assert client.get(reverse("project_photo", args=[works.pk, kept.file_id])).status_code == 200
    sign_in(client, cast, "outsider")
    assert client.get(reverse("project_photo", args=[works.pk, kept.file_id])).status_code == 404


def test_acceptance_with_a_defect_is_a_promise_with_its_way_back(client, cast, works):
    with everything():
        works.approve().start().build()
    sign_in(client, cast, "clerk")
    given = {
        "body": cast.bodies["office"].pk,
        "on": works.day(1),
        "result": "defects",
        "words": "看了三段",
        "defect_1": "补边沟",
    }
    assert "请写明整改期限" in words(client.post(reverse("project_accept", args=[works.pk]), given))
    given["due_1"] = works.today.replace(year=works.today.year + 1)
    assert client.post(reverse("project_accept", args=[works.pk]), given).status_code == 302
    page = client.get(reverse("project", args=[works.pk]))
    (promise,) = page.context["promises"]
    back = words(client.get(reverse("commitment", args=[promise.pk])))
    assert reverse("project", args=[works.pk]) in back


def test_money_goes_its_whole_way_through_the_pages(client, cast, works):
    with everything():
        works.approve()
    sign_in(client, cast, "clerk")
    fund = works.fund.pk
    day = works.day(1)
    post = lambda name, pk, **given: client.post(reverse(name, args=[pk]), {"on": day, **given})  # noqa: E731
    assert post("fund_receive", fund, giver="某基金会", amount="1万", bill="A1").status_code == 302
    assert post("fund_mobilise", fund, giver="牟定县水务局", amount="2万").status_code == 302
    assert post("project_allot", works.pk, fund=fund, amount="5万").status_code == 302
    assert "付给谁" in words(post("fund_pay", fund, amount="1"))
    too_much = post("fund_pay", fund, project=works.pk, amount="6万")
    assert too_much.status_code == 422 and "50,000.00" in words(too_much)
    assert post("fund_pay", fund, project=works.pk, amount="4万", bill="P1").status_code == 302
    payment = FundMovement.within.get(bill="P1")
    assert client.get(reverse("movement_confirm", args=[payment.pk])).status_code == 404  # one's own
    sign_in(client, cast, "second_clerk")
    assert client.post(reverse("movement_confirm", args=[payment.pk]), {"act_id": uuid7()}).status_code == 302
    money = money_of(works.fund)
    assert (money.mobilised, money.received, money.paid) == (20_000 * YUAN, 110_000 * YUAN, 40_000 * YUAN)
    assert FundMovement.within.get(kind="mobilised").giver_body == cast.bodies["water"]
    assert post("movement_reverse", payment.pk, reason="重复").status_code == 302
    assert money_of(works.fund).paid == 0


def test_a_donation_finds_its_member_and_its_family(client, cast, works):
    with everything():
        household = Helping(cast).households[0]
    sign_in(client, cast, "clerk")
    address = reverse("fund_donation", args=[works.fund.pk])
    given = {
        "giver": "委员甲 · 牟定县政协",
        "amount": "2000",
        "on": works.day(1),
        "bill": "捐 1",
        "household": "不存在",
    }
    wrong = client.post(address, given)
    assert wrong.status_code == 422 and "户编号" in words(wrong) and "捐 1" in words(wrong)
    assert client.post(address, {**given, "household": household.number}).status_code == 302
    gift = FundMovement.within.get(bill="捐 1")
    assert gift.giver_person == cast.people["member"]
    assert gift.passed_on.get().household == household


def test_a_payment_waits_on_the_desk_of_a_second_person(cast, works):
    with everything():
        works.approve().allot().pay(500, confirmed=False)
        mine = [item.kind for item in inbox(works.clerk)]
        theirs = [item.kind for item in inbox(works.second)]
    assert "payment" in theirs and "payment" not in mine


def test_what_the_countys_own_office_builds_waits_for_the_tier_above_where_no_other_desk_is_manned(cast, works):
    with everything():
        Project.within.update(responsible=cast.bodies["office"])
        above = cast.viewer("prefecture_clerk")
        assert "project" not in [item.kind for item in inbox(above)]
        near = ("county", "township", "village")
        Post.objects.filter(body__place__level__in=near).exclude(body=cast.bodies["office"]).delete()
        assert "project" in [item.kind for item in inbox(cast.viewer("prefecture_clerk"))]
        assert "project" not in [item.kind for item in inbox(cast.viewer("clerk"))]


def test_a_payment_waits_for_the_tier_above_where_its_fund_has_one_person(cast, works):
    with everything():
        works.approve().allot().pay(500, confirmed=False)
        assert "payment" not in [item.kind for item in inbox(cast.viewer("prefecture_clerk"))]
        Post.objects.filter(body=cast.bodies["office"]).exclude(person=cast.people["clerk"]).delete()
        assert "payment" in [item.kind for item in inbox(cast.viewer("prefecture_clerk"))]
        assert "payment" not in [item.kind for item in inbox(cast.viewer("clerk"))]


def test_the_list_is_filtered_and_exported(client, cast, works):
    sign_in(client, cast, "clerk")
    assert "通组路硬化" in words(
        client.get(reverse("projects"), {"kind": "road", "place_id": cast.places["牟尼村"].pk})
    )
    assert not client.get(reverse("projects"), {"kind": "water"}).context["page_obj"]
    (sheet,) = read_sheet(client.get(reverse("projects"), {"export": "xlsx"}).content)
    assert "道路硬化 10 公里" in [str(cell) for row in sheet.rows for cell in row]
    for name in ("funds", "movements"):
        assert client.get(reverse(name), {"export": "xlsx"}).status_code == 200


def test_a_deed_and_its_money_lead_to_each_other(client, cast, works):
    with everything():
        deed = Helping(cast).record()
        movement = works.approve().allot().pay(500)
    sign_in(client, cast, "clerk")
    assert client.post(reverse("deed_money", args=[deed.pk]), {"number": movement.number}).status_code == 302
    assert movement.number in words(client.get(reverse("deed", args=[deed.pk])))
    assert reverse("deed", args=[deed.pk]) in words(client.get(reverse("movement", args=[movement.pk])))


def test_the_village_reads_its_project_and_not_the_fund(client, cast, works):
    sign_in(client, cast, "village_head")
    assert client.get(reverse("project", args=[works.pk])).status_code == 200
    assert client.get(reverse("fund", args=[works.fund.pk])).status_code == 404
    with everything():
        assert Fund.objects.count() == 1
