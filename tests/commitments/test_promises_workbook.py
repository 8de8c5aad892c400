"""Promises as a workbook: what can be added up is a number."""

from decimal import Decimal
from types import SimpleNamespace

from django.utils.translation import gettext_lazy

from yishi.web.assistance.projects.projects import PROJECTS
from yishi.web.commitments.commitments import COMMITMENTS
from yishi.web.kit.lists import reader


def values(declared, row, *sources):
    """What stands in the workbook of a list in the columns that read `sources`, else in those of a function."""
    return [reader(column.value)(row) for column in declared.in_workbook() if column.value in sources]


def test_workbooks_7_a_promised_quantity_is_a_number_with_its_unit_beside_it():
    """It was the text "1.000 处"."""
    row = SimpleNamespace(quantity=Decimal("1.000"), unit="处")
    assert values(COMMITMENTS, row, "quantity", "unit") == [Decimal(1), "处"]


def test_workbooks_7_a_projects_quantity_keeps_all_its_digits():
    """A sister: six digits were kept, 1234.567 公里 was 1234.57."""
    whole = SimpleNamespace(quantity=SimpleNamespace(what="村道", unit="米"), planned=1_234_567, done=0, accepted=0)
    [planned] = [
        column.value({"wholes": [whole]})
        for column in PROJECTS.in_workbook()
        if column.heading == gettext_lazy("quantity planned")
    ]
    assert planned == "村道 1,234.567 米"
