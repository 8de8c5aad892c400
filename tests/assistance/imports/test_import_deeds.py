"""A workbook of deeds: each row once, with its parties and families, through the same service as the pages."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.assistance.importing import again, faults, publish, send
from yishi.assistance.deeds.models import (
    Deed,
    DeedParty,
    DeedRemark,
    PossibleDuplicate,
)
from yishi.assistance.deeds.services.deeds import deed_withdraw
from yishi.assistance.imports.models import Import
from yishi.assistance.imports.reads import import_fault_groups
from yishi.assistance.imports.services import deed_kind as import_deed_kind
from yishi.assistance.imports.services import steps as import_steps
from yishi.assistance.imports.services.deed_rows import NewDeeds
from yishi.assistance.imports.services.publish import import_undo
from yishi.formats.sheets import write_sheet
from yishi.journal.models import Entry, Receipt, Unfolded
from yishi.kit.errors import Refusal

State = Import.State
HEADINGS = ["活动项", "日期", "村", "数量", "单位", "受益户编号", "主办", "出资", "内容"]


def rows(**changed):
    day = timezone.localdate() - timedelta(days=3)
    first = ["为农户找一条销路", day, "牟尼村", 2, "条", "H牟尼村0、H牟尼村1", "委员甲", "示例花卉有限公司", "卖花"]
    second = ["办一场培训", (day - timedelta(days=9)).isoformat(), "邻近村", 1, "", "", "", "", "教种花"]
    for heading, value in changed.items():
        first[HEADINGS.index(heading)] = value
    return [first, second]


def deeds(cast, lines):
    return send(cast, write_sheet(lines, HEADINGS, "实绩"), kind="deeds", year=2026)


def test_it_works(cast, helping):
    one = deeds(cast, rows())
    assert (one.state, one.new) == (State.READY, 2), faults(one)
    assert not Deed.within.exists()
    one = publish(cast, one)
    assert one.state == State.PUBLISHED
    first, second = Deed.within.order_by("-on")
    assert (first.amount, first.place.name, first.recorded_for) == (2000, "牟尼村", cast.bodies["office"])
    assert {(str(part), part.role) for part in first.parties.all()} == {
        ("委员甲", "lead"),
        ("示例花卉有限公司", "funder"),
    }
    assert first.beneficiaries.count() == 2
    assert [part.body for part in second.parties.all()] == [cast.bodies["office"]]  # nobody named: the desk itself


def test_what_is_counted_by_village_reaches_the_village_of_its_row(cast, helping):
    road = {"活动项": "硬化一段路", "单位": "公里", "受益户编号": ""}
    one = publish(cast, deeds(cast, rows(**road)))
    assert one.state == State.PUBLISHED, faults(one)
    deed = Deed.within.get(item=helping.items["road"])
    assert [reached.village for reached in deed.beneficiaries.all()] == [cast.places["牟尼村"]]
    assert Entry.objects.get(pk=deed.entry_id).touches == [["village", str(cast.places["牟尼村"].pk), 1]]


def test_what_is_counted_by_village_asks_for_the_village(cast, helping):
    road = {"活动项": "硬化一段路", "单位": "公里", "受益户编号": "", "村": ""}
    assert faults(deeds(cast, rows(**road))) == [(2, "村", "missing")]


def test_what_is_refused_for_different_reasons_is_of_different_kinds_and_names_its_column(cast, helping):
    first, second = rows()
    second[HEADINGS.index("日期")] = (timezone.localdate() + timedelta(days=9)).isoformat()
    first[HEADINGS.index("受益户编号")] = ""
    one = deeds(cast, [first, second])
    assert faults(one) == [(2, "受益户编号", "refusal"), (3, "日期", "refusal")]
    assert {(kind.heading, kind.how_many) for kind in import_fault_groups(one)} == {("受益户编号", 1), ("日期", 1)}
    third = [*second]
    third[HEADINGS.index("日期")] = "2019-01-01"  # the same column, another reason
    assert len(import_fault_groups(deeds(cast, [second, third]))) == 2


def test_the_same_rows_again_change_nothing(cast, helping):
    publish(cast, deeds(cast, rows()))
    one = deeds(cast, rows())
    assert (one.new, one.same, one.bad) == (0, 2, 0)
    assert Deed.within.count() == 2


def test_it_is_undone_as_a_whole_until_one_was_touched(cast, helping):
    one = publish(cast, deeds(cast, rows()))
    import_undo(actor=cast.viewer("clerk"), sent=one)
    assert set(Deed.within.values_list("state", "reason")) == {("withdrawn", "导入撤销")}
    assert deeds(cast, rows()).new == 2  # it may be sent anew
    two = publish(cast, deeds(cast, rows()))
    deed = Deed.within.filter(state="counted").first()
    deed_withdraw(actor=cast.viewer("clerk"), deed=deed, reason="写错了")
    with pytest.raises(Refusal) as refused:
        import_undo(actor=cast.viewer("clerk"), sent=two)
    assert refused.value.code == "import.built_upon" and again(two.pk).state == State.PUBLISHED


def test_what_was_recorded_already_comes_into_the_queue(cast, helping):
    day = timezone.localdate() - timedelta(days=3)
    helping.record(on=day, amount=2)
    publish(cast, deeds(cast, rows(受益户编号="Ｈ牟尼村０", 主办="委员甲", 出资="")))
    assert PossibleDuplicate.objects.count() == 1


@pytest.mark.parametrize(
    ("heading", "value", "code"),
    [
        ("活动项", "没有的项", "no_item"),
        ("日期", "明年", "no_date"),
        ("日期", (timezone.localdate() + timedelta(days=40)).isoformat(), "refusal"),
        ("村", "外县村", "no_place"),
        ("数量", "若干", "no_number"),
        ("数量", "", "missing"),
        ("单位", "吨", "other_unit"),
        ("受益户编号", "H外县村0", "no_household"),
        ("受益户编号", "", "refusal"),
        ("主办", "不认识的人", "no_party"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_recorded(cast, helping, heading, value, code):
    one = deeds(cast, rows(**{heading: value}))
    assert one.state == State.FAULTY
    assert [(row, what) for row, _heading, what in faults(one)] == [(2, code)]
    assert not Deed.within.exists()


def test_a_row_twice_is_asked_about(cast, helping):
    first, second = rows()
    assert [code for _r, _h, code in faults(deeds(cast, [first, second, first]))] == ["deed_twice"]


def test_nobody_sees_a_deed_before_all_of_them_stand(cast, helping, monkeypatch):
    monkeypatch.setattr(import_steps, "UNITS_A_PIECE", 1)
    one = deeds(cast, rows())
    monkeypatch.setattr(import_steps, "import_switch_on", killed)
    with pytest.raises(Killed):
        publish(cast, one)
    assert Deed.arriving_too.count() == 2 and DeedParty.objects.count() == 3
    assert not Deed.within.exists() and not Deed.objects.exists() and not counts().exists()
    monkeypatch.undo()
    went_on(one)
    assert again(one.pk).state == State.PUBLISHED
    assert {deed.entry_id for deed in Deed.within.all()} == set(counts().values_list("pk", flat=True))
    assert set(counts().values_list("received_at", flat=True)) == {again(one.pk).published_at}
    assert Unfolded.objects.filter(entry__in=counts()).count() == 2


def test_a_process_that_died_half_way_is_followed_by_the_next(cast, helping, monkeypatch):
    monkeypatch.setattr(import_steps, "UNITS_A_PIECE", 1)
    one = deeds(cast, rows())
    insert, before = NewDeeds.insert, []

    def once(self):
        if before:
            raise Killed
        before.append(insert(self))

    monkeypatch.setattr(NewDeeds, "insert", once)
    with pytest.raises(Killed):
        publish(cast, one)
    assert Deed.arriving_too.count() == 1 and not Deed.within.exists()
    monkeypatch.setattr(NewDeeds, "insert", insert)
    went_on(one)
    assert Deed.within.count() == 2 and counts().count() == 2


def test_the_queue_of_duplicates_is_filled_though_the_process_died(cast, helping, monkeypatch):
    helping.record(on=timezone.localdate() - timedelta(days=3), amount=2)
    one = deeds(cast, rows(受益户编号="H牟尼村0", 主办="委员甲", 出资=""))
    monkeypatch.setattr(import_deed_kind, "duplicates_find_many", killed)
    with pytest.raises(Killed):
        publish(cast, one)
    assert again(one.pk).state == State.PUBLISHED and not PossibleDuplicate.objects.exists()
    monkeypatch.undo()
    went_on(one)
    assert PossibleDuplicate.objects.count() == 1 and not import_steps.imports_wait()


def test_what_another_workbook_brought_meanwhile_is_checked_anew(cast, helping):
    one, two = deeds(cast, rows()), deeds(cast, rows())
    publish(cast, one)
    two = publish(cast, two)
    assert (two.state, two.new, two.same) == (State.READY, 0, 2)
    assert Deed.within.count() == 2 and not Deed.arriving_too.filter(arriving__isnull=False).exists()
    assert Receipt.objects.filter(code="assistance.deed.record").count() == 2


def test_an_undo_leaves_nothing_counted_and_every_reason(cast, helping):
    one = publish(cast, deeds(cast, rows()))
    import_undo(actor=cast.viewer("clerk"), sent=one)
    assert sum(entry.quantities["amount"] for entry in counts()) == 0 and counts().count() == 4
    assert Unfolded.objects.filter(entry__in=counts()).count() == 4
    assert set(DeedRemark.objects.values_list("text", flat=True)) == {"导入撤销"}
    assert not Deed.within.filter(entry_id__isnull=False).exists()


def test_a_workbook_of_too_many_deeds_is_to_be_divided(cast, helping, monkeypatch):
    monkeypatch.setattr(import_deed_kind, "MOST_DEEDS", 1)
    assert [code for _r, _h, code in faults(deeds(cast, rows()))] == ["too_many_deeds"]


class Killed(BaseException):
    """The process is gone."""


def killed(*_args):
    raise Killed


def went_on(one):
    Import.within.filter(pk=one.pk).update(held_until=None)  # a dead worker lets go after a while
    import_steps.imports_work()


def counts():
    return Entry.objects.filter(code="assistance.deed.count")


@pytest.mark.postgres  # SQLite has one writer at a time
def test_who_claims_a_deed_while_it_is_undone_waits(cast, helping):
    one = publish(cast, deeds(cast, rows()))
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        import_deed_kind.Deeds().built_upon(one)
    first = asked.captured_queries[0]["sql"]
    assert "FOR UPDATE" in first and "ORDER BY" in first
