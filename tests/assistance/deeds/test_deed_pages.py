"""The pages of deeds: recorded in two steps, claimed, confirmed, corrected; a family is read of by its own only."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.assistance.helping import Helping
from tests.assistance.pairs import Paired
from tests.cast import sign_in
from tests.formats.books import read_sheet
from tests.kept import kept
from yishi.assistance.deeds.models import (
    Activity,
    Deed,
    PossibleDuplicate,
    Unitemised,
)
from yishi.assistance.deeds.services.deeds import deed_claim
from yishi.assistance.deeds.services.family import deed_code_issue, family_code
from yishi.assistance.deeds.services.standing import Part, Reached
from yishi.assistance.pairing.models import Match
from yishi.assistance.pairing.services.matches import match_answer, match_propose
from yishi.database.reach import everything
from yishi.reporting.fold import fold_all

pytestmark = pytest.mark.django_db
HEAD = "牟尼村户主0"


@kept
def helping(cast):
    with everything():
        return Helping(cast)


def given(client, address, **more):
    """What the form at `address` would send as it stands, with `more` on top."""
    form = client.get(address).context["form"]
    found = {}
    for field in form:
        value = field.value()
        if field.name == "place" and value is not None:
            found |= {"place": value.full_name, "place_id": str(value.pk)}
        elif value not in (None, []):
            found[field.html_name] = value
    return {**found, **more}


def new(helping, item="channel"):
    return reverse("deed_new_item", args=[helping.items[item].pk])


def test_it_works_on_a_members_phone(client, helping, cast):
    sign_in(client, cast, "member")
    page = client.get(reverse("deed_new")).content.decode()
    assert new(helping) in page
    data = given(client, new(helping), amount="2", unnamed="6", place="牟尼村", place_id="", words="进城卖菜")
    for _ in range(2):  # sent twice, recorded once
        answer = client.post(new(helping), data, follow=True)
        assert answer.status_code == 200
    deed = Deed.within.get()
    assert deed.number in answer.content.decode()
    assert (deed.quantity, deed.unnamed, deed.place.name) == (Decimal(2), 6, "牟尼村")
    again = given(client, f"{new(helping)}?like={deed.pk}")
    assert (again["place_id"], again["amount"], again["words"]) == (str(deed.place_id), "2", "进城卖菜")


def test_a_member_who_may_see_no_family_is_asked_for_the_number_alone(client, helping, cast):
    sign_in(client, cast, "member")
    answer = client.post(new(helping), given(client, new(helping), place="牟尼村", place_id="", words="留着"))
    assert answer.status_code == 422
    assert "惠及多少人" in answer.content.decode()
    assert "留着" in answer.content.decode()
    assert not Deed.within.exists()


def test_searching_records_nothing_and_keeps_what_was_typed(client, helping, cast):
    sign_in(client, cast, "clerk")
    typed = given(
        client, new(helping), amount="7", place="牟尼村", place_id="", households_q="户主0", find="households"
    )
    answer = client.post(new(helping), typed)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert HEAD in page
    assert "外县村户主0" not in page  # another county's family
    assert 'value="7"' in page
    assert "error-summary" not in page
    assert not Deed.within.exists()
    key = str(helping.households[0].pk)
    client.post(new(helping), {**typed, "find": "", "households_q": "", "households": [key]})
    assert Deed.within.get().beneficiaries.get().household == helping.households[0]


def test_a_foreign_family_cannot_be_ticked(client, helping, cast):
    sign_in(client, cast, "clerk")
    foreign = str(helping.households[-1].pk)
    client.post(
        new(helping), given(client, new(helping), place="牟尼村", place_id="", households=[foreign], unnamed="1")
    )
    assert not Deed.within.get().beneficiaries.exists()


def test_whoever_organised_it_records_and_the_member_confirms_with_one_tap(client, helping, cast):
    sign_in(client, cast, "clerk")
    office, member = cast.bodies["office"], cast.people["member"]
    data = given(
        client,
        new(helping, "training"),
        doer=f"members:{office.pk}",
        members=[str(member.pk)],
        bodies=[str(cast.bodies["department"].pk)],
        share="40",
        place="牟尼村",
        place_id="",
    )
    client.post(new(helping, "training"), data)
    deed = Deed.within.get()
    assert deed.recorded_for == office
    assert {(str(one), one.role, one.share) for one in deed.parties.all()} == {
        ("委员甲", "lead", 4_000),
        ("牟定县政协办公室", "organiser", 3_000),
        ("牟定县农业农村局", "co", 3_000),
    }
    sign_in(client, cast, "member")
    confirm = reverse("deed_confirm", args=[deed.pk])
    assert confirm in client.get(reverse("mine")).content.decode()
    assert confirm in client.get(reverse("helping")).content.decode()
    client.post(confirm, given(client, confirm))
    assert Deed.within.get().confirmed_at is not None
    assert confirm not in client.get(reverse("helping")).content.decode()


def test_who_may_not_see_a_family_reads_neither_name_nor_a_small_number(client, helping, cast):
    with everything():
        deed = helping.record(reached=Reached(households=helping.households[:2], unnamed=3))
        deed_claim(actor=cast.viewer("handler"), deed=deed, who=cast.bodies["department"], role="co")
    address = reverse("deed", args=[deed.pk])
    sign_in(client, cast, "handler")
    for page in (client.get(address), client.get(reverse("deeds")), client.get(reverse("helping"))):
        assert "户主" not in page.content.decode()
    page = client.get(address).content.decode()
    assert "少于 10 户" in page
    assert "未列名 少于 10 人" in page
    sign_in(client, cast, "member")  # recorded it, so knows how many; names are for those who look after them
    page = client.get(address).content.decode()
    assert "2 户" in page
    assert "户主" not in page
    sign_in(client, cast, "clerk")
    assert HEAD in client.get(address).content.decode()


@pytest.mark.parametrize("who", ["outsider", "neighbour", "company_head"])
def test_others_do_not_find_it(client, helping, cast, who):
    with everything():
        deed = helping.record(words="上门收购山货")
    sign_in(client, cast, who)
    assert client.get(reverse("deed", args=[deed.pk])).status_code == 404
    for address in (reverse("deeds") + "?q=山货", reverse("deeds") + "?export=xlsx", reverse("duplicates")):
        assert deed.number.encode() not in client.get(address).content


def test_a_villager_without_an_account_is_asked_to_sign_in(client, helping):
    with everything():
        deed = helping.record()
    answer = client.get(reverse("deed", args=[deed.pk]))
    assert answer.status_code == 302
    assert client.get(reverse("family_code", args=["0000000000"])).status_code == 404


def test_the_family_reads_the_act_without_names_and_answers(client, helping, cast):
    with everything():
        deed = helping.record(words="给李家联系了收购商")
        code = family_code(deed_code_issue(actor=cast.viewer("member"), deed=deed).pk)
    typed = client.post(reverse("family_codes"), {"code": f"{code[:4]}-{code[4:].lower()}"})
    assert typed.url == reverse("family_code", args=[code])
    page = client.get(typed.url).content.decode()
    assert "为农户找一条销路" in page
    assert "牟尼村" in page
    for secret in ("户主", "李家", "委员甲", deed.number):
        assert secret not in page
    assert "是这样。谢谢您" in client.post(typed.url, {"answer": "yes"}, follow=True).content.decode()
    assert deed.evidence.get().kind == "confirmation"
    assert client.post(reverse("family_codes"), {"code": "AAAA-BBB-CCC"}).status_code == 422


def test_a_no_of_the_family_stands_in_the_file(client, helping, cast):
    with everything():
        deed = helping.record()
    sign_in(client, cast, "member")
    address = reverse("deed_code", args=[deed.pk])
    shown = client.post(address, given(client, address), follow=True).content.decode()
    typed = "".join(re.search(r"([0-9A-Z]{4})-([0-9A-Z]{3})-([0-9A-Z]{3})", shown).groups())
    client.logout()
    client.post(reverse("family_code", args=[typed]), {"answer": "no"})
    sign_in(client, cast, "member")
    assert "不属实" in client.get(reverse("deed", args=[deed.pk])).content.decode()
    assert deed.number in client.get(reverse("deeds") + "?whose=denied").content.decode()


def test_a_deed_is_found_by_chinese_words_item_place_and_number(client, helping, cast):
    with everything():
        deed = helping.record(words="上门收购山货，当天结账")
        helping.record(item="training", words="电焊培训", on=timezone.localdate() - timedelta(days=9))
    sign_in(client, cast, "clerk")
    for typed in ("山货", "收购", "当天结账", "销路", deed.number[:8], "牟尼 销路"):
        page = client.get(reverse("deeds"), {"q": typed}).content.decode()
        assert deed.number in page, typed
        assert "电焊" not in page, typed
    assert "没有符合" in client.get(reverse("deeds"), {"q": "不存在的词"}).content.decode()
    (sheet,) = read_sheet(client.get(reverse("deeds"), {"q": "山货", "export": "xlsx"}).content)
    assert len(sheet.rows) == 2


def test_the_queue_says_beforehand_what_a_verdict_does(client, helping, cast):
    with everything():
        one = helping.record()
        two = helping.record("handler", parties=[Part(cast.bodies["department"])])
        pair = PossibleDuplicate.objects.get()
    address = reverse("duplicate", args=[pair.pk])
    sign_in(client, cast, "handler")
    assert client.get(address).status_code == 404  # sees their own record, not the other one
    sign_in(client, cast, "clerk")
    page = client.get(address).content.decode()
    assert "1 件实绩，2 份记名" in page
    assert "2 → 1 条" in page
    answer = client.post(address, {"verdict": "same", "reason": ""})
    assert answer.status_code == 422
    client.post(address, {"verdict": "same", "reason": "同一天同一户"})
    assert Deed.within.get(pk=two.pk).merged_into == one
    story = client.get(reverse("deed", args=[one.pk])).content.decode()
    assert "疑似重复已判定" in story
    assert two.number in story


def test_one_claims_in_the_others_from_the_page_after_sending(client, helping, cast):
    with everything():
        theirs = helping.record(reached=Reached(unnamed=5))
    sign_in(client, cast, "handler")
    answer = client.post(
        new(helping), given(client, new(helping), place="牟尼村", place_id="", unnamed="5"), follow=True
    )
    mine = Deed.within.get(recorded_for=cast.bodies["department"])
    instead = reverse("deed_claim_instead", args=[mine.pk, theirs.pk])
    assert instead in answer.content.decode()
    assert client.get(reverse("deed", args=[theirs.pk])).status_code == 404
    client.post(instead, {"role": "co", "share": "25"})
    assert sorted(theirs.parties.values_list("share", flat=True)) == [2_500, 7_500]
    assert client.get(reverse("deed", args=[theirs.pk])).status_code == 200
    sign_in(client, cast, "outside_handler")
    assert client.get(instead).status_code == 404


def test_a_role_is_claimed_by_the_number_that_one_was_told(client, helping, cast):
    with everything():
        deed = helping.record()
    sign_in(client, cast, "handler")
    desk = str(cast.bodies["department"].pk)
    wrong = client.post(reverse("deed_claim_number"), {"number": "26AAAAAAAAAAAA", "who": desk, "role": "funder"})
    assert wrong.status_code == 422
    client.post(
        reverse("deed_claim_number"),
        {"number": "".join(chr(ord(each) + 0xFEE0) for each in deed.number), "who": desk, "role": "funder"},
    )
    assert deed.parties.filter(body=cast.bodies["department"], role="funder").exists()


def test_a_correction_leaves_what_one_may_not_see(client, helping, cast):
    with everything():
        deed = helping.record(reached=Reached(households=helping.households[:2]))
    sign_in(client, cast, "member")
    address = reverse("deed_correct", args=[deed.pk])
    client.post(address, given(client, address, amount="9", reason="数错了"))
    deed.refresh_from_db()
    assert (deed.quantity, deed.beneficiaries.count()) == (Decimal(9), 2)
    assert "数错了" in client.get(reverse("deed", args=[deed.pk])).content.decode()


def test_records_15_a_correction_says_which_families_came_and_went(client, helping, cast):
    first, second, third = helping.households[:3]
    with everything():
        deed = helping.record("clerk", reached=Reached(households=[first, second]))
    sign_in(client, cast, "clerk")
    address = reverse("deed_correct", args=[deed.pk])
    client.post(address, given(client, address, households=[str(first.pk), str(third.pk)], reason="记错了户"))
    page = client.get(reverse("deed", args=[deed.pk])).content.decode()
    assert f"+ {third.head.name} {third.number}" in page and f"− {second.head.name} {second.number}" in page
    assert f"+ {first.head.name}" not in page


def test_an_activity_carries_deeds_for_several_items_and_families(client, helping, cast):
    sign_in(client, cast, "clerk")
    office = cast.bodies["office"]
    address = reverse("activity_new")
    data = given(client, address, title="春季义诊", place="牟尼村", place_id="", organiser=str(office.pk))
    client.post(address, data)
    activity = Activity.objects.get(title="春季义诊")
    add = reverse("activity_add", args=[activity.pk])
    families = [str(one.pk) for one in helping.households[:2]]
    amounts = {f"item_{helping.items[code].pk}": "1" for code in ("channel", "training")}
    client.post(add, given(client, add, households=families, how="each", **amounts))
    assert activity.deeds.count() == 4
    assert "春季义诊" in client.get(reverse("activities")).content.decode()
    sign_in(client, cast, "member")
    assert client.get(add).status_code == 404


def test_a_number_without_details_stands_apart(client, helping, cast):
    sign_in(client, cast, "handler")
    address = reverse("unitemised_new")
    today = timezone.localdate().isoformat()
    data = given(client, address, amount="30", starts_on=today, ends_on=today, note="局里的统计表")
    data |= {"item": str(helping.items["training"].pk), "body": str(cast.bodies["department"].pk)}
    client.post(address, data)
    row = Unitemised.objects.get()
    assert "局里的统计表" in client.get(reverse("unitemised")).content.decode()
    end = reverse("unitemised_withdraw", args=[row.pk])
    client.post(end, given(client, end))
    assert "局里的统计表" not in client.get(reverse("unitemised")).content.decode()
    sign_in(client, cast, "outsider")
    assert "局里的统计表" not in client.get(reverse("unitemised") + "?withdrawn=1").content.decode()


def test_a_members_file_is_their_own_and_prints(client, helping, cast):
    with everything():
        helping.record(reached=Reached(households=helping.households[:2], unnamed=12))
    fold_all()
    sign_in(client, cast, "member")
    page = client.get(reverse("helping_file")).content.decode()
    assert "不排名" in page
    assert "自动进入村、乡镇、县、州市、省 5 处统计" in page
    printed = client.get(reverse("helping_file_pdf"))
    assert printed.content.startswith(b"%PDF")
    body = reverse("body_file", args=[cast.bodies["office"].pk])
    assert client.get(body).status_code == 404
    sign_in(client, cast, "clerk")
    assert client.get(body).status_code == 200
    assert client.get(reverse("body_file_pdf", args=[cast.bodies["office"].pk])).content.startswith(b"%PDF")


def test_a_promise_is_kept_by_recording_it_and_the_family_is_not_asked_for_again(client, cast):
    with everything():
        paired = Paired(cast)
        receipt = match_propose(
            actor=cast.viewer("village_head"), need=paired.need(), offer=paired.offer(), due_on=paired.today
        )
        match = Match.within.get(pk=receipt.result["match"])
        match_answer(actor=cast.viewer("member"), match=match, accepted=True)
    sign_in(client, cast, "member")
    assert f"?match={match.pk}" in client.get(reverse("helping")).content.decode()
    address = f"{new(paired.helping)}?match={match.pk}"
    page = client.get(address).content.decode()
    assert paired.family.head.name not in page
    client.post(address, given(client, address))
    match.refresh_from_db()
    assert match.state == "done"
    assert match.deed.beneficiaries.get().household == paired.family
    assert match.commitment.state == "proved"


@pytest.mark.parametrize("name", ["deeds", "helping", "helping_file", "duplicates", "activities", "unitemised", "deed"])
def test_pages_ask_few_questions(client, helping, cast, django_assert_max_num_queries, monkeypatch, name):
    monkeypatch.setattr(
        "yishi.web.assistance.deeds.helping.MEMBER", ()
    )  # other parts of the product ask for themselves
    with everything():
        family = Reached(households=helping.households[:1])
        rows = [helping.record(on=timezone.localdate() - timedelta(days=30 * n), reached=family) for n in range(4)]
        helping.record("handler", parties=[Part(cast.bodies["department"])])
    sign_in(client, cast, "clerk")
    address = reverse(name, args=[rows[0].pk] if name == "deed" else [])
    client.get(address)
    with django_assert_max_num_queries(15):
        client.get(address)
