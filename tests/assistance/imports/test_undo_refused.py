"""An undo that is refused names what stands in the way, and what was recorded on it, in Chinese."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.assistance.importing import families, faults, publish, send, workbook
from yishi.assistance.deeds.models import Deed
from yishi.assistance.deeds.services.deeds import deed_withdraw
from yishi.assistance.deeds.services.standing import Reached
from yishi.assistance.imports.services.by_row import ByRow
from yishi.assistance.imports.services.household_kind import OWN
from yishi.assistance.imports.services.obstacles import CHANGED, RECORDS, Obstacles, pointing_at
from yishi.assistance.imports.services.organisation_kind import MODELS
from yishi.assistance.imports.services.publish import import_undo
from yishi.assistance.imports.workbooks.kinds import kind_of, kinds
from yishi.assistance.pairing.models import Pairing
from yishi.assistance.pairing.services.pairing import pairing_end
from yishi.assistance.register.models import Household, HouseholdMember
from yishi.formats.sheets import write_sheet
from yishi.kit.errors import Refusal
from yishi.people.models import Person


def refused(cast, sent, who="clerk"):
    with pytest.raises(Refusal, match="不能撤销") as refusal:
        import_undo(actor=cast.viewer(who), sent=sent)
    assert refusal.value.code == "import.built_upon"
    return str(refusal.value)


def test_workbooks_8_households_are_named_with_what_was_recorded_of_them(cast, helping):
    sent = publish(cast, send(cast, workbook(families(3))))
    for number, count in (("5323230000000001", 2), ("5323230000000002", 1)):
        reached = Reached(households=[Household.within.get(number=number)])
        for days in range(count):
            helping.record(reached=reached, on=timezone.localdate() - timedelta(days=days))
    said = refused(cast, sent)
    assert "2 条" in said and "5323230000000001（实绩 2）；5323230000000002（实绩 1）" in said
    assert "5323230000000000" not in said


def test_workbooks_8_deeds_are_named(cast, helping):
    headings = ["活动项", "日期", "数量", "内容"]
    lines = [["办一场培训", "2026-11-01", 1, f"教种花{number}"] for number in range(3)]
    sent = publish(cast, send(cast, write_sheet(lines, headings, "实绩"), kind="deeds", year=2026))
    deed = Deed.within.get(words="教种花1")
    deed_withdraw(actor=cast.viewer("clerk"), deed=deed, reason="写错了")
    said = refused(cast, sent)
    assert "1 条" in said and deed.number in said and "后来的更改" in said


def test_workbooks_8_pairings_are_named(cast, helping):
    headings = ["户编号", "帮扶责任人", "结对类型", "开始日期"]
    lines = [["H牟尼村0", "委员甲", "委员", "2020-03-01"], ["H牟尼村1", "委员甲", "委员", "2020-03-01"]]
    sent = publish(cast, send(cast, write_sheet(lines, headings, "结对"), kind="pairings"))
    assert sent.state == "published", faults(sent)
    pairing = Pairing.within.get(household__number="H牟尼村1")
    pairing_end(actor=cast.viewer("clerk"), pairing=pairing, on=date(2021, 1, 1), reason="调走")
    said = refused(cast, sent)
    assert "委员甲 → H牟尼村1（" in said and "H牟尼村0" not in said


def test_workbooks_8_many_are_counted_and_the_first_named():
    obstacles = Obstacles()
    for number in range(25):
        obstacles.add(f"H{number:02d}", CHANGED)
    said = str(obstacles.sentence())
    assert "25" in said and "H09" in said and "H10" not in said and "…" in said


def test_workbooks_8_everything_that_may_stand_in_the_way_has_a_name():
    """What a record knows that points at it; what it does not know of is a later change, if nothing better is said."""
    models = {other for model in (Household, HouseholdMember, Person) for other in known_to(model) - OWN}
    models |= {other for model in MODELS.values() for other in known_to(model)}
    by_row = [kind for kind in map(kind_of, kinds()) if isinstance(kind, ByRow)]
    models |= {other for kind in by_row for other in known_to(kind.model) - kind.own()}
    assert {model._meta.label_lower for model in models} <= set(RECORDS)
    hidden = {other._meta.label_lower for model in (*MODELS.values(), Household) for other, _name in pointing_at(model)}
    hidden |= {other._meta.label_lower for kind in by_row for other, _name in pointing_at(kind.model)}
    assert set(RECORDS) <= hidden | {model._meta.label_lower for model in models}


def known_to(model):
    relations = [relation for relation in model._meta.related_objects if hasattr(relation.field, "column")]
    return {relation.related_model for relation in relations}
