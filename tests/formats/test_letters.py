"""Letters on paper: the province's scripts are printed; what no font carries is a box, and is named."""

import struct

import pytest
from django.conf import settings

from tests.formats.test_paper import TEMPLATE, needs_fonts, needs_poppler, read
from tools import fonts
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
NONE, NEITHER = "\U0003f000", "\U0003f001"  # no character is there, so no font of any machine carries it
RARE = {
    "Extension B": "𠀀𪛖",
    "Extension C": "𪜎𫜲",
    "Extension D": "𫝀𫠝",
    "Extension E": "𫠠𬺡",
    "Extension F": "𬺰𮯠",
    "Extension G": "𰀀𰀁",
    "Extension H": "𱍐𱍑",
}
needs_rare_fonts = pytest.mark.skipif(
    any(not (settings.FONTS_DIR / font.name).exists() for font in fonts.RARE.values()),
    reason="apt install " + " ".join(fonts.RARE) + "; ./run setup",
)


@pytest.mark.parametrize("script", PRINTED)
def test_text_5_the_scripts_of_the_province_are_printed(script):
    assert missing(PRINTED[script], settings.FONTS_DIR) == []


def test_text_5_what_no_font_carries_is_a_box_and_is_named():
    data = Paper("协商意见书", [Text(f"李{NONE}四与王{NEITHER}签字，{NONE}方无异议")]).data()
    letters = missing(data, settings.FONTS_DIR)
    assert letters == [NONE, NEITHER]
    assert where(data, letters) == [f"李{BOX}四与：U+3F000", f"与王{BOX}签字：U+3F001"]
    printed = boxed(data, letters)
    assert missing(printed, settings.FONTS_DIR) == []
    assert write_pdf(TEMPLATE, printed, settings.FONTS_DIR).startswith(b"%PDF-")


def test_text_5_what_is_not_seen_is_not_missed():
    assert missing("葛\U000e0100 \u200b\u200d\ufe0f\n\u3000", settings.FONTS_DIR) == []


def test_text_5_the_fonts_carry_what_their_tables_say():
    letters = carried(settings.FONTS_DIR)
    assert {ord(letter) for letter in "牟定县A1，。"} <= letters and 0x10FFFF not in letters and 0xFFFF not in letters


@needs_rare_fonts
@needs_poppler
@pytest.mark.parametrize("block", RARE)
def test_text_5_debians_fonts_print_the_rare_letters_of_names(block):
    letters = RARE[block]
    data = Paper("名单", [Text(f"王{letters[0]}、李{letters[1]}四到会。")]).data()
    assert missing(data, settings.FONTS_DIR) == []
    assert f"王{letters[0]}、李{letters[1]}四到会。" in read(write_pdf(TEMPLATE, data, settings.FONTS_DIR))


@needs_rare_fonts
def test_text_5_level_3_of_gb_18030_is_carried_whole():
    """Extensions B to F as they were when the standard was made."""
    blocks = [(0x20000, 0x2A6D6), (0x2A700, 0x2B734), (0x2B740, 0x2B81D), (0x2B820, 0x2CEA1), (0x2CEB0, 0x2EBE0)]
    letters = {code for first, last in blocks for code in range(first, last + 1)}
    assert letters - carried(settings.FONTS_DIR) == set()


def test_text_5_a_letter_for_private_use_is_a_box_whatever_a_font_draws_there(tmp_path):
    """BabelStone Han of Debian 12 draws 4,637 of them, each what its maker meant by it."""
    (tmp_path / "private.ttf").write_bytes(font(0xE000, 0x4E00))
    assert carried(tmp_path) == {0x4E00}
    assert missing("一\ue000", tmp_path) == ["\ue000"]


def font(*codes: int) -> bytes:
    """As much of a TrueType font as says which letters it carries."""
    groups = b"".join(struct.pack(">III", code, code, 1) for code in codes)
    table = struct.pack(">HHHHIHHIII", 0, 1, 3, 10, 12, 12, 0, 16 + len(groups), 0, len(codes)) + groups
    return struct.pack(">IHHHH", 0x10000, 1, 16, 0, 0) + struct.pack(">4sIII", b"cmap", 0, 28, len(table)) + table
