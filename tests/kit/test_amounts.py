"""An amount is read alike in forms and workbooks, and what cannot be divided is counted whole (件条次个户人期场).

Looked at besides deeds: activities, corrections, numbers without deeds, what stands in both of two deeds, targets,
needs, offers, matches, measures and village plans.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django import forms
from django.utils import timezone

from tests.assistance.helping import Helping
from tests.assistance.importing import faults, send
from tests.assistance.pairs import Paired
from tests.kept import kept_over_all_files
from yishi.assistance.campaign.services.campaigns import target_set, thousandths
from yishi.assistance.deeds.models import Deed
from yishi.assistance.deeds.services.deeds import deed_correct
from yishi.assistance.deeds.services.unitemised import unitemised_report
from yishi.database.amounts import WHOLE_UNITS
from yishi.database.reach import everything
from yishi.formats.sheet_limits import SheetError
from yishi.formats.sheets import write_sheet
from yishi.formats.tables import number_text
from yishi.kit.errors import Refusal
from yishi.web.kit.fields.simple import AmountField

pytestmark = pytest.mark.django_db


@kept_over_all_files
def paired(cast):
    return Paired(cast)


def refused(act, *args, **given):
    with pytest.raises(Refusal) as refusal:
        act(*args, **given)
    return refusal.value.code


@pytest.mark.parametrize(
    "typed", ["1,200", "１２００", "1200.0", "0.5", "1e3", "1E3", "12,00", "约3", "3元", "+2", "1 200"]
)
def test_records_12_a_form_reads_a_number_as_a_workbook_does(typed):
    try:
        workbook = Decimal(number_text(typed))
    except SheetError:
        workbook = None
    try:
        form = AmountField(max_digits=14, decimal_places=3).clean(typed)
    except forms.ValidationError:
        form = None
    assert form == workbook
    assert (workbook is None) == (typed in ("1e3", "1E3", "12,00", "约3", "3元"))


@pytest.mark.parametrize("unit", sorted(WHOLE_UNITS))
def test_records_12_what_cannot_be_divided_is_whole(unit):
    assert thousandths(Decimal(2), "amount", unit=unit) == 2000
    assert refused(thousandths, Decimal("0.1"), "amount", unit=unit) == "amount.whole"
    assert thousandths(Decimal("0.1"), "amount", unit="公里") == 100


def test_records_12_every_way_to_write_an_amount_follows(cast, paired):
    helping, half, today = paired.helping, Decimal("0.5"), timezone.localdate()
    office, village, item = cast.bodies["office"], cast.places["牟尼村"], helping.items["channel"]
    clerk = cast.viewer("clerk")
    assert refused(helping.record, amount=half) == "amount.whole"
    deed = helping.record()
    assert refused(deed_correct, actor=cast.viewer("member"), deed=deed, reason="错", amount=half) == "amount.whole"
    period = {"body": office, "place": village, "starts_on": today, "ends_on": today, "note": "统计表"}
    assert refused(unitemised_report, actor=clerk, item=item, amount=half, **period) == "amount.whole"
    due = {"place": cast.places["牟定县"], "due_on": today + timedelta(days=9)}
    assert refused(target_set, actor=clerk, item=item, amount=half, **due) == "amount.whole"
    said = {"quantity": half, "unit": "户"}
    assert refused(paired.need, **said) == refused(paired.offer, **said) == "amount.whole"
    paired.pair()
    assert refused(paired.measure, **said) == "amount.whole"
    assert paired.need(quantity=half, unit="吨").quantity == half


def test_records_12_half_a_job_in_a_workbook_is_refused(cast, all_files):
    Helping(cast)
    day = (timezone.localdate() - timedelta(days=3)).isoformat()
    headings = ["活动项", "日期", "村", "数量"]
    workbook = send(cast, write_sheet([["办一场培训", day, "邻近村", 0.5]], headings, "实绩"), kind="deeds", year=2026)
    assert [code for _row, _heading, code in faults(workbook)] == ["refusal"]
    with everything():
        assert not Deed.within.exists()


def test_records_12_a_quantity_that_may_be_empty_may_be_left_empty():
    assert AmountField(required=False).clean(" ") is None
    with pytest.raises(forms.ValidationError):
        AmountField().clean("")
