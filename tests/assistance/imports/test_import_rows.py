"""Workbooks of pairings and of projects: made by their own services, all or nothing, taken back as a whole."""

from datetime import date

import pytest

from tests.assistance.importing import faults, publish, send
from yishi.assistance.imports.models import Import
from yishi.assistance.imports.services.publish import import_undo
from yishi.assistance.pairing.models import Pairing
from yishi.assistance.pairing.services.pairing import pairing_end
from yishi.assistance.projects.models import PlannedMoney, Project
from yishi.formats.sheets import write_sheet
from yishi.journal.models import Entry
from yishi.kit.errors import Refusal

State = Import.State
PAIRINGS = ["户编号", "村", "帮扶责任人", "帮扶单位", "结对类型", "开始日期"]
PROJECTS = [
    "项目名称",
    "项目类型",
    "村",
    "责任单位",
    "计划开工日期",
    "计划完工日期",
    "工程量",
    "单位",
    "财政资金（元）",
]


pytestmark = pytest.mark.usefixtures("helping")


def pairings(cast, **changed):
    rows = [
        ["H牟尼村0", "", "委员甲", "", "委员", "2020-03-01"],
        ["H牟尼村1", "", "农业局甲", "牟定县农业农村局", "干部", date(2020, 3, 1)],
        ["", "牟尼村", "", "牟定县水务局", "单位", "2020.3.1"],
    ]
    for heading, value in changed.items():
        rows[0][PAIRINGS.index(heading)] = value
    return send(cast, write_sheet(rows, PAIRINGS, "结对"), kind="pairings")


def projects(cast, **changed):
    row = ["腊姑至牟尼公路", "道路", "牟尼村", "牟定县水务局", "2020-03-01", "2020-12-01", 2.5, "公里", 1200000.5]
    for heading, value in changed.items():
        row[PROJECTS.index(heading)] = value
    return send(cast, write_sheet([row], PROJECTS, "项目"), kind="projects")


def test_pairings_work_and_the_same_again_changes_nothing(cast):
    one = pairings(cast)
    assert (one.state, one.new) == (State.READY, 3), faults(one)
    assert not Pairing.within.exists()
    assert publish(cast, one).state == State.PUBLISHED
    made = {(str(row.helper), row.kind, str(row.household or row.place)) for row in Pairing.within.all()}
    assert made == {
        ("委员甲", "member", "H牟尼村0"),
        ("农业局甲", "cadre", "H牟尼村1"),
        ("牟定县水务局", "body", "牟尼村"),
    }
    again = pairings(cast)
    assert (again.new, again.same, again.bad) == (0, 3, 0)


def test_pairings_are_undone_with_their_entries_until_one_was_changed(cast):
    one = publish(cast, pairings(cast))
    import_undo(actor=cast.viewer("clerk"), sent=one)
    assert not Pairing.within.exists()
    rows = Entry.objects.filter(subject_kind="pairing")
    assert sum(entry.quantities.get("pairings", 0) for entry in rows) == 0 and rows.count() == 6
    two = publish(cast, pairings(cast))
    assert Pairing.within.count() == 3
    changed = Pairing.within.get(household__number="H牟尼村0")
    pairing_end(actor=cast.viewer("clerk"), pairing=changed, on=date(2021, 1, 1), reason="调走")
    with pytest.raises(Refusal) as refused:
        import_undo(actor=cast.viewer("clerk"), sent=two)
    assert refused.value.code == "import.built_upon" and Pairing.within.count() == 3


@pytest.mark.parametrize(
    ("heading", "value", "code"),
    [
        ("户编号", "没有", "no_household"),
        ("户编号", "H外县村0", "no_household"),
        ("户编号", "", "missing"),
        ("帮扶责任人", "不认识", "no_party"),
        ("结对类型", "亲戚", "no_label"),
        ("结对类型", "领导", "refusal"),
        ("开始日期", "", "missing"),
        ("开始日期", 43891, "no_date"),
    ],
)
def test_a_bad_pairing_is_named_and_none_is_made(cast, heading, value, code):
    one = pairings(cast, **{heading: value})
    assert one.state == State.FAULTY and [what for _row, _heading, what in faults(one)] == [code]
    assert not Pairing.within.exists()


def test_projects_work_and_are_taken_back(cast):
    one = publish(cast, projects(cast))
    assert one.state == State.PUBLISHED, faults(one)
    project = Project.within.get()
    assert (project.kind, project.place.name, str(project.responsible)) == ("road", "牟尼村", "牟定县水务局")
    assert project.quantities.get().parts.get().planned == 2500
    assert {(row.kind, row.amount) for row in PlannedMoney.objects.filter(project=project)} == {("fiscal", 120000050)}
    assert projects(cast).same == 1
    import_undo(actor=cast.viewer("clerk"), sent=one)
    assert not Project.within.exists()
    assert projects(cast).new == 1


@pytest.mark.parametrize(
    ("heading", "value", "code"),
    [
        ("项目类型", "航天", "no_label"),
        ("责任单位", "没有的局", "no_party"),
        ("村", "外县村", "no_place"),
        ("计划完工日期", "2019-01-01", "refusal"),
        ("工程量", "约两公里", "no_number"),
        ("单位", "", "missing"),
        ("财政资金（元）", "1.005", "money_range"),
    ],
)
def test_a_bad_project_is_named_and_none_is_made(cast, heading, value, code):
    one = projects(cast, **{heading: value})
    assert one.state == State.FAULTY and [what for _row, _heading, what in faults(one)] == [code]
    assert not Project.within.exists()
