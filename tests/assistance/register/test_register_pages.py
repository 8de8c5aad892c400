"""The pages of the register: what a village's desk sees of its own households, and nothing of the next one's."""

import pytest
from django.urls import reverse

from tests.assistance.keeping import Keeping, card
from tests.cast import sign_in
from tests.formats.books import read_sheet
from tests.kept import kept
from yishi.assistance.register.models import (
    ChangeRequest,
    Household,
    HouseholdMember,
    HouseholdYear,
)
from yishi.database.reach import everything
from yishi.journal.models import Entry
from yishi.kit.ids import uuid7

pytestmark = pytest.mark.django_db


@kept
def keeping(cast):
    with everything():
        return Keeping(cast).lived()


def page(client, at: str, *args, **query):
    return client.get(reverse(at, args=args), query)


def send(client, at: str, *args, **given):
    return client.post(reverse(at, args=args), {"act_id": str(uuid7()), **given})


def sheet(response) -> str:
    return str(read_sheet(response.content)[0].rows)


def test_it_works(client, cast, keeping, django_assert_max_num_queries):
    sign_in(client, cast, "clerk")
    with django_assert_max_num_queries(15):
        text = page(client, "households").content.decode()
    assert "张三" in text and "李四" in text and "王五" not in text
    with django_assert_max_num_queries(32):  # the file itself and the sections of the other parts; none per row
        text = page(client, "household", keeping.household.pk).content.decode()
    for shown in ("张三之妻", "因病", "脱贫户（享受政策）", "人均纯收入", "长期慢性病", "登记入册", "139****1111"):
        assert shown in text, shown
    for hidden in (card(1), card(1, female=True), "6217000010001234567", "13900001111", "1975"):
        assert hidden not in text, hidden
    assert "*" * 14 + card(1)[-4:] in text


def test_a_village_sees_its_own_households_and_nothing_of_the_next_ones(client, cast, keeping):
    sign_in(client, cast, "village_head")
    next_door = keeping.next_door
    with everything():
        foreign = keeping.member(household=next_door)
    assert page(client, "household", keeping.household.pk).status_code == 200
    for response in (
        page(client, "household", next_door.pk),
        page(client, "household_change", next_door.pk),
        page(client, "household_year", next_door.pk, 2025),
        page(client, "household_member_change", foreign.pk),
        send(client, "identity_open", foreign.pk, why="paper"),
        send(client, "household_end", next_door.pk, why="moved"),
    ):
        assert response.status_code == 404
        assert "李四" not in response.content.decode()
    found = [
        page(client, "households"),
        page(client, "households", q="李四", state="all"),
        page(client, "households", place=next_door.place_id, state="all"),
        send(client, "household_find", q=card(40)),
        send(client, "household_find", q="李四"),
        send(client, "household_find", q=next_door.number),
        page(client, "change_requests", state="all"),
        page(client, "desk"),
    ]
    for response in found:
        response = client.get(response.url) if response.status_code == 302 else response
        text = response.content.decode()
        assert "李四" not in text.replace('value="李四"', "")
        assert next_door.number not in text.replace(f'value="{next_door.number}"', "")
    for export in ("xlsx", "members"):
        text = sheet(page(client, "households", export=export, state="all", place=next_door.place_id))
        assert "李四" not in text
        text = sheet(page(client, "households", export=export, state="all"))
        assert "张三" in text and "李四" not in text and card(1) not in text
    assert Entry.objects.filter(code="assistance.identity.open").count() == 0


def test_a_full_number_finds_its_household_and_never_stands_in_an_address(client, cast, keeping):
    sign_in(client, cast, "village_head")
    for typed in (card(1), f" {card(1)[:6]} {card(1)[6:]} ", card(1)[:6] + card(1)[8:17], card(1) + "44"):
        response = send(client, "household_find", q=typed)
        assert response.url == reverse("household", args=[keeping.household.pk])
    wrong = card(1)[:-1] + ("0" if card(1)[-1] != "0" else "1")
    for typed in (wrong, card(99), "532323100201000011112"):
        response = send(client, "household_find", q=typed)
        assert response.url == reverse("households")
    assert send(client, "household_find", q="张三").url.startswith(reverse("households") + "?q=")
    text = client.get(send(client, "household_find", q="张三之女").url).content.decode()
    assert keeping.household.number in text


def test_a_household_is_registered_on_one_page(client, cast, keeping):
    sign_in(client, cast, "clerk")
    given = {
        "place": "牟尼村",
        "place_id": str(cast.places["牟尼村"].pk),
        "head_name": "钱七",
        "head_identity": card(12),
        "kind": "ordinary",
        "main_cause": "illness",
        "m0_name": "钱七之妻",
        "m0_identity": card(12, female=True),
        "m0_relation": "spouse",
    }
    response = send(client, "household_new", **{**given, "head_identity": card(12)[:-1]})
    assert response.status_code == 422
    assert "18 位" in response.content.decode()
    response = send(client, "household_new", **given)
    with everything():
        household = Household.objects.get(head__name="钱七")
    assert response.url == reverse("household", args=[household.pk])
    assert household.size == 2


def test_what_a_village_types_becomes_a_request_that_the_county_decides(client, cast, keeping):
    sign_in(client, cast, "village_head")
    response = send(
        client, "member_join", keeping.household.pk, why="birth", name="张小", sex="male", relation="son", reason="已看"
    )
    with everything():
        request = ChangeRequest.objects.get()
    assert response.url == reverse("change_request", args=[request.pk])
    assert page(client, "change_approve", request.pk).status_code == 404
    client.logout()
    sign_in(client, cast, "clerk")
    assert "张小" in page(client, "change_request", request.pk).content.decode()
    assert reverse("change_request", args=[request.pk]) in page(client, "desk").content.decode()
    assert send(client, "change_approve", request.pk).status_code == 302
    with everything():
        assert HouseholdMember.objects.filter(household=keeping.household, valid_to=None).count() == 4


def test_a_year_begins_with_the_last_and_is_stored(client, cast, keeping):
    sign_in(client, cast, "village_head")
    year = HouseholdYear.within.order_by("-year").first().year + 1
    text = page(client, "household_year", keeping.household.pk, year).content.decode()
    assert 'value="5.2"' in text
    assert 'value="24000"' in text
    given = {"head_count": "3", "income_work": "30,000", "business_income": "0", "property_income": "0"}
    response = send(client, "household_year", keeping.household.pk, year, transfer_income="x", **given)
    assert response.status_code == 422
    response = send(client, "household_year", keeping.household.pk, year, transfer_income="600", **given)
    assert response.status_code == 302
    with everything():
        assert HouseholdYear.objects.get(year=year).net_per_head == 1_020_000
        member = keeping.member()
    response = send(client, "household_member_year", member.pk, year, health=["chronic", "disabled"], skill="lost")
    assert response.status_code == 302
    assert page(client, "household_year", keeping.household.pk, 1999).status_code == 404


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("household_change", {"number": "H-1", "kind": "ordinary", "main_cause": "skill"}),
        ("household_move", {"kind": "relocated", "place": "邻近村", "site": "幸福小区"}),
        ("household_end", {"why": "moved"}),
    ],
)
def test_each_change_of_a_household_has_its_page(client, cast, keeping, name, given):
    sign_in(client, cast, "clerk")
    assert page(client, name, keeping.household.pk).status_code == 200
    response = send(client, name, keeping.household.pk, **given)
    assert response.url == reverse("household", args=[keeping.household.pk])
    assert client.get(response.url).status_code == 200


def test_head_and_split_and_members_have_their_pages(client, cast, keeping):
    sign_in(client, cast, "clerk")
    with everything():
        wife, daughter, head = keeping.member(), keeping.member("daughter"), keeping.member("head")
    key = keeping.household.pk
    send(client, "household_split", key, leaving=[str(daughter.pk)], head=str(daughter.pk))
    send(client, "household_head", key, head=str(wife.pk), **{f"r_{head.pk}": "spouse"})
    assert send(client, "household_member_leave", head.pk, why="death").status_code == 302
    response = send(client, "household_member_change", wife.pk, name="赵六", identity=card(5, female=True))
    assert response.status_code == 302
    text = page(client, "household", key).content.decode()
    assert "赵六" in text and card(5, female=True)[-4:] in text and card(5, female=True) not in text
    with everything():
        assert Household.objects.get(pk=key).size == 1
        assert Household.objects.get(split_from=key).head == daughter.person


def test_a_number_in_full_is_on_the_answer_to_a_reason_alone(client, cast, keeping):
    sign_in(client, cast, "village_head")
    with everything():
        member = keeping.member()
    number = card(1, female=True)
    assert number not in page(client, "identity_open", member.pk).content.decode()
    assert send(client, "identity_open", member.pk, why="").status_code == 422
    response = send(client, "identity_open", member.pk, why="benefit")
    assert number in response.content.decode()
    assert response.headers["Cache-Control"] == "no-store"
    assert "查看了张三之妻的完整证件号" in page(client, "household", keeping.household.pk).content.decode()
