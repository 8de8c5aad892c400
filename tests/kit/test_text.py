"""Text as it is stored, compared and shown to the public; money in fen."""

from decimal import Decimal

import pytest

from yishi.kit.errors import Refusal
from yishi.kit.money import fen_from_yuan, yuan_text
from yishi.kit.names import masked_name
from yishi.kit.text import bigrams, clean, grams, likeness, masked_phone, whole_number

pytestmark = pytest.mark.once


def test_it_works():
    assert clean("  牟尼村\r\n路灯\u202e坏了\x00 ") == "牟尼村\n路灯坏了"
    assert clean(" e\u0301 ") == "é"


def test_pairs_leave_out_blanks_marks_and_widths():
    assert bigrams("路 灯，Ａ1") == {"路灯", "灯a", "a1"}
    assert grams("路灯") == {"路灯", "路", "灯"}
    assert bigrams("路") == frozenset()


def test_likeness_is_between_nothing_and_the_same():
    road = bigrams("村口路灯坏了")
    assert likeness(road, road) == 1
    assert likeness(road, bigrams("幸福大院")) == likeness(road, frozenset()) == 0
    assert 0 < likeness(road, bigrams("村口的路灯坏了")) < 1


@pytest.mark.parametrize(
    ("name", "shown"), [("", "*"), ("王", "*"), ("李四", "李*"), ("王小明", "王*明"), ("欧阳小明", "欧**明")]
)
def test_a_name_for_public_eyes(name, shown):
    assert masked_name(name) == shown


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13912345678", "139****5678"),
        ("0878-5201234", "087*****1234"),
        ("87654321", "****4321"),  # a landline: as many digits are hidden of it
        ("5201234", "****234"),
        ("110", "***"),
    ],
)
def test_a_telephone_number_for_public_eyes(phone, shown):
    assert masked_phone(phone) == shown


@pytest.mark.parametrize(
    ("yuan", "fen"),
    [("1,234.56", 123456), (" 0.1 ", 10), (3, 300), ("-2", -200), ("￥2,000.50", 200050), (Decimal("1E+3"), 100000)],
)
def test_money_is_counted_in_fen(yuan, fen):
    assert fen_from_yuan(yuan) == fen


@pytest.mark.parametrize("yuan", ["", "one", "0.001", "NaN", "Infinity", "１２元", "1e5", "1E3", "1_000", "￥"])
def test_what_is_no_whole_number_of_fen_is_refused(yuan):
    with pytest.raises(ValueError, match="not "):
        fen_from_yuan(yuan)


def test_money_is_shown_with_commas():
    assert (yuan_text(123456789), yuan_text(-5), yuan_text(0)) == ("1,234,567.89", "-0.05", "0.00")


def test_a_refusal_says_its_sentence_and_keeps_its_details():
    details = {"right": "worry.screen"}
    refusal = Refusal("worry.late", "Too late.", field="day", details=details)
    details.clear()
    assert (str(refusal), refusal.code, refusal.field) == ("Too late.", "worry.late", "day")
    assert refusal.details == {"right": "worry.screen"}


def test_a_whole_number_is_written_in_its_ten_figures():
    assert [whole_number(text) for text in ("0", "12", "²", "１２", "-1", "1.0", "", "9" * 5000)] == [0, 12] + [
        None
    ] * 6
    assert (whole_number("32767", 32_767), whole_number("32768", 32_767)) == (32_767, None)
