"""Letters on paper: the province's scripts are printed; what no font carries is a box, and is named."""

import pytest
from django.conf import settings

from tests.formats.test_paper import TEMPLATE, needs_fonts
from yishi.formats.letters import BOX, boxed, carried, missing, where
from yishi.formats.paper import Paper, Text
from yishi.formats.pdf import write_pdf

pytestmark = needs_fonts
PRINTED = {
    "Extension A": "㐀㒰㸆䶮",
    "Extension B": "𠮷",
    "Yi": "ꀀꆈꌠꒌ",
    "Tibetan": "༄བོད་",
    "Lisu": "ꓐꓱꓵꓸ",
    "Tai Le": "ᥐᥖᥱᥴ",
    "New Tai Lue": "ᦀᦟᧄᧉ",
}
E, H = "\U0002b8ff", "\U00031350"


@pytest.mark.parametrize("script", PRINTED)
def test_text_5_the_scripts_of_the_province_are_printed(script):
    assert missing(PRINTED[script], settings.FONTS_DIR) == []


def test_text_5_what_no_font_carries_is_a_box_and_is_named():
    data = Paper("协商意见书", [Text(f"李{H}四与王{E}签字，{H}方无异议")]).data()
    letters = missing(data, settings.FONTS_DIR)
    assert letters == [H, E]
    assert where(data, letters) == [f"李{BOX}四与：U+31350", f"与王{BOX}签字：U+2B8FF"]
    printed = boxed(data, letters)
    assert missing(printed, settings.FONTS_DIR) == []
    assert write_pdf(TEMPLATE, printed, settings.FONTS_DIR).startswith(b"%PDF-")


def test_text_5_what_is_not_seen_is_not_missed():
    assert missing("葛\U000e0100 \u200b\u200d\ufe0f\n\u3000", settings.FONTS_DIR) == []


def test_text_5_the_fonts_carry_what_their_tables_say():
    letters = carried(settings.FONTS_DIR)
    assert {ord(letter) for letter in "牟定县A1，。"} <= letters and 0x10FFFF not in letters and 0xFFFF not in letters
