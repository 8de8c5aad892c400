"""A cell with more letters than its column keeps is a fault; nothing is cut."""

import pytest

from tests.assistance.importing import families, faults, send, workbook

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("letters", "expected"), [(64, set()), (65, {"text_long"})])
def test_text_1_a_long_cell_is_a_fault_and_never_cut(cast, all_files, letters, expected):
    rows = families(1)
    for row in rows:
        row["村民小组"] = "组" * letters
    assert {code for _row, _heading, code in faults(send(cast, workbook(rows)))} == expected
