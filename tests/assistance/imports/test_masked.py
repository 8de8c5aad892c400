"""An identity number in a wrong place is told with stars: in the reason, in notes, in the file's name."""

import pytest

from tests.assistance.importing import card
from yishi.assistance.imports.workbooks.faults import fault_words, masked_params
from yishi.kit.identity import masked_in

NUMBER = card(1)


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        f"王甲{NUMBER}.xlsx",
        f"身份证号 {NUMBER}，手机",
        NUMBER[:6] + NUMBER[8:17],
        NUMBER + "43",
        NUMBER[:17],
        NUMBER[:15],
    ],
)
def test_workbooks_must_show_a_card_in_any_text_is_masked(text):
    """Also one that was cut: a reason quotes twenty letters of its cell."""
    assert NUMBER[8:14] not in masked_in(text) and "****" in masked_in(text)


@pytest.mark.parametrize(
    "text",
    ["5323230000000001", "13900000000", "530602001000", "2020-05-01", "532300000000000005", "6217000012345678901"],
)
def test_workbooks_must_show_codes_and_phones_stay_as_they_are(text):
    assert masked_in(text) == text


def test_workbooks_must_show_reasons_and_notes_quote_a_card_with_stars():
    assert NUMBER[:14] not in fault_words("no_label", {"text": NUMBER})
    assert NUMBER[:14] not in str(masked_params({"columns": f"姓名、{NUMBER}", "count": 2}))
