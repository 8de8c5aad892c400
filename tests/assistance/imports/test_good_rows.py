"""Beside all or nothing: what can be taken is taken, the rest is given back with its reasons."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.assistance.importing import again, card, families, faults, publish, send, workbook
from tests.cast import sign_in
from tests.formats.books import read_sheet
from yishi.assistance.deeds.models import Deed
from yishi.assistance.imports.models import Import
from yishi.assistance.imports.reads import rejected_workbook
from yishi.assistance.imports.services import deed_kind
from yishi.assistance.imports.services.publish import counts_shown, import_publish, import_undo
from yishi.assistance.imports.services.steps import imports_work
from yishi.assistance.pairing.models import Pairing
from yishi.assistance.register.models import Household
from yishi.database.reach import everything
from yishi.formats.sheets import write_sheet
from yishi.kit.errors import WrongStage
from yishi.kit.ids import uuid7


def take_good(cast, sent, who="clerk"):
    import_publish(actor=cast.viewer(who), sent=sent, without_bad=True, shown=counts_shown(sent))
    imports_work()
    return again(sent.pk)


def test_workbooks_4_eleven_faulty_cells_do_not_stop_the_other_households(cast):
    lines = families(30)
    for family in range(11):
        lines[family * 8]["证件号码"] = "532323"
    sent = send(cast, workbook(lines))
    assert (sent.state, sent.new, sent.bad) == ("faulty", 19, 44)
    with pytest.raises(WrongStage):
        import_publish(actor=cast.viewer("clerk"), sent=sent)
    sent = take_good(cast, sent)
    assert sent.state == "published" and Household.within.count() == 19
    back = read_sheet(rejected_workbook(sent))[0].rows
    assert "其余各行已导入" in str(back[0]) and len(back) == 2 + 44
    mended = send(cast, workbook(families(30)))
    assert (mended.new, mended.same, mended.bad) == (11, 19, 0)
    import_undo(actor=cast.viewer("clerk"), sent=sent)
    assert not Household.within.exists()


def test_workbooks_4_deeds_and_pairings_likewise(cast, helping, monkeypatch):
    day = timezone.localdate() - timedelta(days=3)
    lines = [["办一场培训", day, 1, "种花"], ["没有这一项", day, 1, "养蜂"], ["办一场培训", day, 1, "修路"]]
    sent = send(cast, write_sheet(lines, ["活动项", "日期", "数量", "内容"], "实绩"), kind="deeds", year=2026)
    assert take_good(cast, sent).state == "published"
    assert set(Deed.within.values_list("words", flat=True)) == {"种花", "修路"}
    lines = [["H牟尼村0", "委员甲", "委员", "2020-03-01"], ["H没有", "委员甲", "委员", "2020-03-01"]]
    headings = ["户编号", "帮扶责任人", "结对类型", "开始日期"]
    assert take_good(cast, send(cast, write_sheet(lines, headings, "结对"), kind="pairings")).state == "published"
    assert Pairing.within.get().household.number == "H牟尼村0"
    monkeypatch.setattr(deed_kind, "MOST_ON_SQLITE", 2)
    monkeypatch.setattr(deed_kind, "MOST_DEEDS", 2)
    lines = [["办一场培训", day, 1, f"第{number}次"] for number in range(5)]
    sent = send(cast, write_sheet(lines, ["活动项", "日期", "数量", "内容"], "实绩"), kind="deeds", year=2026)
    assert (sent.new, sent.bad) == (2, 3), "what is beyond the most is given back"


def test_workbooks_4_the_choice_belongs_to_the_counts_that_were_shown(cast):
    lines = families(3)
    lines[0]["证件号码"] = "532323"
    sent = send(cast, workbook(lines))
    Import.within.filter(pk=sent.pk).update(bad=8, new=1)
    with pytest.raises(WrongStage, match="重新检查"):
        import_publish(actor=cast.viewer("clerk"), sent=sent, without_bad=True, shown=counts_shown(sent))
    assert again(sent.pk).state == "faulty"


def test_workbooks_4_a_changed_register_is_looked_at_anew_before_the_good_rows_are_taken(cast):
    lines = families(3)
    lines[0]["证件号码"] = "532323"
    sent = send(cast, workbook(lines))
    publish(
        cast,
        send(
            cast,
            workbook(
                [
                    {**line, "姓名": "赵又来", "证件号码": card(9_000 + place)}
                    for place, line in enumerate(families(1, start=1))
                ]
            ),
        ),
    )
    sent = take_good(cast, sent)
    assert sent.state == "faulty" and sent.notes[-1][0] != "" and Household.within.count() == 1, faults(sent)


def test_workbooks_4_the_page_offers_the_choice_and_gives_the_rest_back(client, cast):
    with everything():
        lines = families(2)
        lines[0]["证件号码"] = "532323"
        sent = send(cast, workbook(lines))
    sign_in(client, cast, "clerk")
    page, take = reverse("import", args=[sent.pk]), reverse("import_take_good", args=[sent.pk])
    assert take in client.get(page).content.decode()
    form = client.get(take).context["form"]
    answer = client.post(take, {"act_id": uuid7(), "shown": form["shown"].value()})
    assert answer.status_code == 302
    with everything():
        imports_work()
    text = client.get(page).content.decode()
    assert "4 行没有导入" in text
    assert client.get(reverse("import_rejected", args=[sent.pk])).status_code == 200
    with everything():
        all_good = publish(cast, send(cast, workbook(families(2, start=9))))
    assert client.get(reverse("import_rejected", args=[all_good.pk])).status_code == 404
    assert client.post(take, {"act_id": uuid7(), "shown": "0-0-0-0"}).status_code == 422
