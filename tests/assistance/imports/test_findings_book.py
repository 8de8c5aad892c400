"""The matrix of a round goes out as a workbook and comes back: a gap is known by its meaning, a fault stands at its
row, nothing is half-loaded, the same workbook twice changes nothing, and there is a way back."""

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.assistance.importing import again, faults, publish, send
from tests.assistance.supervised import finding_of, supervised
from tests.cast import sign_in
from tests.formats.books import read_sheet
from tests.kept import kept
from yishi.assistance.imports.models import ImportedRow
from yishi.assistance.imports.services import finding_kind
from yishi.assistance.imports.services.publish import import_publish, import_undo
from yishi.assistance.imports.services.steps import imports_work
from yishi.assistance.supervision.book import book_of, lane_of
from yishi.assistance.supervision.models import Finding, RoundVisit
from yishi.assistance.supervision.reads import sums_of
from yishi.commitments.models import Commitment
from yishi.database.reach import everything
from yishi.formats.sheets import write_sheet
from yishi.journal.models import Entry
from yishi.kit.errors import Refusal, WrongStage
from yishi.organisations.models import Post
from yishi.people.models import Person

pytestmark = pytest.mark.django_db


@kept
def under_way(cast):
    with everything():
        cast.people["bearer"] = Person.objects.create(name="乡政府甲")
        Post.objects.create(person=cast.people["bearer"], body=cast.bodies["township"], role="clerk")
        return supervised(cast)


def book(under_way):
    """The workbook as it goes out: headings, and a dict for each row by its head."""
    headings, rows = book_of(under_way.round, [under_way.village], timezone.localdate())
    return headings, {row[headings.index("户主")]: dict(zip(headings, row, strict=True)) for row in rows}


def filled(under_way, on=None):
    """As it comes back: three households were seen; the roof, the tap and a child that left school were found."""
    headings, rows = book(under_way)
    roof, tap, child = (rows[home.head.name] for home in under_way.homes)
    day = (on or timezone.localdate()).isoformat()
    for row in (roof, tap, child):
        row["督战日期"] = day
    roof["住房安全"], tap["饮水安全"], child["义务教育"] = "1", "4 省级协调", "县级协调"
    child["看到的情况"] = "老二辍学在家"
    return headings, rows


def sheet(headings, rows):
    return write_sheet([[row.get(name, "") for name in headings] for row in rows.values()], headings, "问题清单")


def brought(cast, headings, rows, **given):
    return send(cast, sheet(headings, rows), kind="findings", filename="问题清单.xlsx", **given)


def test_it_works(cast, under_way):
    headings, rows = book(under_way)
    roof, tap, child = (rows[home.head.name] for home in under_way.homes)
    assert (roof["住房安全"], tap["饮水安全"], child["义务教育"]) == ("△", "△", "")  # what is known stands in it
    assert (roof["村"], roof["户编号"]) == ("牟尼村", under_way.homes[0].number) and "全村" in rows
    sent = brought(cast, *filled(under_way))
    assert (sent.state, sent.new, sent.same, sent.bad) == ("ready", 3, 1, 0), faults(sent)
    assert not Finding.within.exists() and not RoundVisit.objects.exists()  # nothing before it is taken
    publish(cast, sent)
    found = {finding.household_id: finding for finding in Finding.within.select_related("commitment__bearer")}
    assert [found[home.pk].lane for home in under_way.homes] == ["spot", "province", "county"]
    assert "登记册" in found[under_way.homes[0].pk].words and found[under_way.homes[2].pk].words == "老二辍学在家"
    assert found[under_way.homes[0].pk].commitment.bearer == cast.bodies["township"]
    assert found[under_way.homes[1].pk].coordinator == cast.bodies["province_office"]
    visit = RoundVisit.objects.get()
    assert (visit.households, visit.on) == (3, timezone.localdate())
    assert all(finding.found_by == cast.people["clerk"] for finding in found.values())
    assert [row["住房安全"] for row in book(under_way)[1].values()].count("已列") == 1


def test_the_same_workbook_twice_changes_nothing_and_a_longer_one_adds_what_is_new(cast, under_way):
    headings, rows = filled(under_way)
    publish(cast, brought(cast, headings, rows))
    before = Finding.within.count(), RoundVisit.objects.count(), Entry.objects.count()
    twice = brought(cast, headings, rows)
    assert (twice.state, twice.new, twice.same) == ("ready", 0, 4)
    with pytest.raises(WrongStage):
        import_publish(actor=cast.viewer("clerk"), sent=twice)
    spelt = {
        name: {**row, "村": " 牟尼村 ", "住房安全": row["住房安全"].replace("1", "１")} for name, row in rows.items()
    }
    assert brought(cast, headings, spelt).new == 0  # the same meaning, spelt otherwise
    assert before[:2] == (Finding.within.count(), RoundVisit.objects.count())
    rows[under_way.homes[0].head.name] |= {"饮水安全": "2", "看到的情况": "水管冻裂"}
    more = brought(cast, headings, rows)
    assert (more.new, more.same) == (1, 3)
    publish(cast, more)
    assert Finding.within.count() == 4


def test_what_was_settled_since_is_not_found_again_by_the_same_workbook(cast, under_way):
    headings, rows = filled(under_way)
    publish(cast, brought(cast, headings, rows))
    roof = finding_of(Finding.within.get(item="housing").pk)
    under_way.prove(roof)
    under_way.strike(roof)
    assert brought(cast, headings, rows).new == 0
    rows[under_way.homes[0].head.name]["督战日期"] = ""
    rows[under_way.homes[0].head.name]["住房安全"] = "△"
    assert brought(cast, headings, rows).new == 0


@pytest.mark.parametrize(
    ("changes", "heading", "code"),
    [
        ({"督战轮次编号": "督-1999-001"}, "督战轮次编号", "no_round"),
        ({"督战轮次编号": ""}, "督战轮次编号", "missing"),
        ({"村": "没有的村"}, "村", "no_place"),
        ({"村": "外县村", "县": "宜良县", "乡": ""}, "村", "no_place"),
        ({"户编号": "H999"}, "户编号", "no_household"),
        ({"户编号": ""}, "户编号", "missing"),
        ({"户主": "别人"}, "户主", "head_differs"),
        ({"涉及人员": "不是这户的人"}, "涉及人员", "no_member"),
        ({"住房安全": "9"}, "住房安全", "no_label"),
        ({"住房安全": "严重"}, "住房安全", "no_label"),
        ({"督战日期": ""}, "督战日期", "missing"),
        ({"督战日期": "去年"}, "督战日期", "no_date"),
        ({"饮水安全": "2"}, "看到的情况", "missing"),
        ({"责任单位": "没有的单位"}, "责任单位", "no_body_called"),
        ({"督战日期": "2099-01-01"}, "督战日期", "refusal"),
        ({"整改期限": "2001-01-01"}, "整改期限", "refusal"),
    ],
)
def test_a_fault_stands_at_its_row_and_nothing_of_the_workbook_is_loaded(cast, under_way, changes, heading, code):
    headings, rows = filled(under_way)
    rows[under_way.homes[0].head.name] |= changes
    sent = brought(cast, headings, rows)
    assert sent.state == "faulty"
    assert (heading, code) in [fault[1:] for fault in faults(sent)], faults(sent)
    assert {fault[0] for fault in faults(sent)} == {3}  # under the headings and the row of the whole village
    with pytest.raises(WrongStage):
        import_publish(actor=cast.viewer("clerk"), sent=sent)
    assert not Finding.within.exists() and not Commitment.within.exists() and not ImportedRow.objects.exists()


def test_an_item_that_the_round_does_not_look_at_is_named(cast, under_way):
    headings, rows = filled(under_way)
    rows[under_way.homes[0].head.name]["务工就业"] = "1"
    sent = brought(cast, [*headings, "务工就业"], rows)
    assert [fault[1:] for fault in faults(sent)] == [("务工就业", "item_not_looked_at")]


def test_a_gap_that_stands_twice_is_taken_from_neither_place_by_guess(cast, under_way):
    headings, rows = filled(under_way)
    rows["again"] = {**rows[under_way.homes[0].head.name], "看到的情况": "墙体开裂"}
    sent = brought(cast, headings, rows)
    assert [fault[1:] for fault in faults(sent)] == [("住房安全", "row_twice")]


def test_of_the_village_as_a_whole_and_of_one_person(cast, under_way):
    headings, rows = filled(under_way)
    rows["全村"] |= {"督战日期": timezone.localdate().isoformat(), "饮水安全": "3", "看到的情况": "水源枯竭"}
    home = under_way.homes[2]
    member = home.members.exclude(person=home.head).select_related("person").first()
    rows[home.head.name]["涉及人员"] = member.person.name
    publish(cast, brought(cast, headings, rows))
    whole = Finding.within.get(household=None)
    assert (whole.place, whole.lane, whole.words) == (under_way.village, "prefecture", "水源枯竭")
    assert Finding.within.get(household=home).member == member
    assert brought(cast, headings, rows).new == 0


def test_undone_every_finding_is_ruled_with_the_reason_and_may_come_again(cast, under_way):
    headings, rows = filled(under_way)
    sent = publish(cast, brought(cast, headings, rows))
    import_undo(actor=cast.viewer("clerk"), sent=sent)
    imports_work()
    assert again(sent.pk).state == "undone"
    found = list(Finding.within.select_related("commitment"))
    assert {(one.ruling, one.commitment.state) for one in found} == {("unfounded", "set_aside")}
    assert all("问题清单.xlsx" in one.reason for one in found)
    assert sum(sum(lane.values()) for lane in sums_of([Finding.within.filter(round=under_way.round)]).values()) == 3
    assert not RoundVisit.objects.exists() and RoundVisit.every.get().taken_back_reason
    counts = Entry.objects.filter(code="assistance.round.visit", subject_kind="round")
    assert sum(entry.quantities.get("findings", 0) for entry in counts) == 0
    anew = brought(cast, headings, rows)
    assert anew.new == 3
    publish(cast, anew)
    assert len([one for one in Finding.within.select_related("commitment") if one.is_open]) == 3


def test_undone_is_nothing_of_which_something_became(cast, under_way):
    sent = publish(cast, brought(cast, *filled(under_way)))
    roof = finding_of(Finding.within.get(item="housing").pk)
    under_way.prove(roof)
    with pytest.raises(Refusal) as refusal:
        import_undo(actor=cast.viewer("clerk"), sent=sent)
    assert refusal.value.code == "import.built_upon" and roof.commitment.number in str(refusal.value)
    assert roof.is_open


def test_who_does_not_run_the_round_brings_nothing(cast, under_way):
    sent = brought(cast, *filled(under_way), who="village_head", body="village")
    assert sent.state == "faulty" and {fault[2] for fault in faults(sent)} == {"refusal"}


def test_limits_so_many_gaps_in_one_workbook_and_not_one_more(cast, under_way, monkeypatch):
    monkeypatch.setattr(finding_kind, "MOST_GAPS", 2)
    sent = brought(cast, *filled(under_way))
    assert [fault[2] for fault in faults(sent)] == ["too_many_records"]
    monkeypatch.setattr(finding_kind, "MOST_GAPS", 3)
    assert brought(cast, *filled(under_way)).state == "ready"


def test_a_digit_its_label_or_both_say_a_lane_and_marks_say_nothing():
    said = {"1": "spot", "2 县级协调": "county", "3、州市协调": "prefecture", "省级协调": "province"}
    said |= {"△": "", "已列": "", "": "", "5": None, "有问题": None}
    assert {text: lane_of(text) for text in said} == said


def test_the_pages_offer_it_and_take_it_back(cast, client, under_way):
    sign_in(client, cast, "clerk")
    args = [under_way.round.pk, under_way.village.pk]
    page = client.get(reverse("round_village", args=args)).content.decode()
    assert reverse("village_book", args=args) in page and f"{reverse('import_new')}?kind=findings" in page
    assert reverse("round_book", args=args[:1]) in client.get(reverse("round", args=args[:1])).content.decode()
    for name, given in (("village_book", args), ("round_book", args[:1])):
        answer = client.get(reverse(name, args=given))
        (read,) = read_sheet(answer.content)
        assert answer.status_code == 200 and "义务教育" in str(read)
    template = client.get(reverse("import_template"), {"kind": "findings"})
    assert template.status_code == 200
    sign_in(client, cast, "outsider")
    assert client.get(reverse("village_book", args=args)).status_code == 404
