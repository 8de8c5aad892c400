"""Names as people write them: one form in which they are stored, one in which they are looked for.

What is typed on a page, read from a workbook or looked for goes through the same two functions: 阿孜•买买提 and
阿孜 · 买买提 are one name, 李　五 is 李五. Nothing that can be seen is dropped: a letter that one machine alone knows
is named (`lost_letter`), so that whoever typed it can put the letter itself there.
"""

import re
import unicodedata

from .text import clean, is_unseen

DOT = "\u00b7"  # the middle dot of GB/T 16159 and of identity cards
_DOTS = "\u00b7\u2022\u2027\u2219\u22c5\u30fb\uff65\u16eb\ua78f\u2e31\u25cf\u2981"
_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
_VARIANTS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"  # they choose a letter's shape
_ANY_DOT = re.compile(rf"\s*[{_DOTS}]\s*|(?<=[{_HAN}{_VARIANTS}])\s*[.\uff0e]\s*(?=[{_HAN}])")
_BETWEEN = re.compile(rf"(?<=[{_HAN}{_VARIANTS}])\s+(?=[{_HAN}])")
_LONE_VARIANT = re.compile(rf"(?<![{_HAN}])[{_VARIANTS}]")
_LETTERS = re.compile(rf"(.[{_VARIANTS}\u200d\u0300-\u036f]*)", re.DOTALL)
_WIDE = (range(0xFF10, 0xFF1A), range(0xFF21, 0xFF3B), range(0xFF41, 0xFF5B))  # digits, Latin letters
_HALF_WIDTH = {wide: wide - 0xFEE0 for letters in _WIDE for wide in letters}
_NO_LETTER = "\ufffd\ufffc"  # what stands where a letter was lost
# What a search leaves out on both sides: blanks, dots, what has no width, the choice of a letter's shape.
_NO_WIDTH = r"\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
LEFT_OUT = rf"\s\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000{_NO_WIDTH}{_DOTS}{_VARIANTS}"
_LEFT_OUT = re.compile(f"[{LEFT_OUT}]+")


def plain_name(text: str) -> str:
    """A name as it is stored: marks that nobody sees and blanks between Chinese letters are out, every middle dot is
    U+00B7, Latin letters and digits have half width, other blanks are single. A rare letter keeps its code and its
    variation selector."""
    name = clean(text).translate(_HALF_WIDTH)
    name = "".join(letter for letter in name if letter.isspace() or not is_unseen(letter))
    name = _BETWEEN.sub("", _ANY_DOT.sub(DOT, " ".join(name.split())))
    return _LONE_VARIANT.sub("", name)


def lost_letter(name: str) -> str:
    """The first letter that only one machine's font has, or that was lost already, as “U+E0B1”; "" without one."""
    for letter in name:
        if unicodedata.category(letter) in {"Co", "Cs"} or letter in _NO_LETTER:
            return f"U+{ord(letter):04X}"
    return ""


def searched(text: str) -> str:
    """What two spellings of one text share: NFKC and lower case, without blanks, dots and marks. A search folds what is
    typed and what is stored alike (`database.folding`)."""
    return _LEFT_OUT.sub("", unicodedata.normalize("NFKC", text).lower())


def dotted(name: str) -> list[str]:
    """The names that a Chinese name without a dot may be, with one: 阿孜买买提 is asked for as 阿孜·买买提 too."""
    if len(name) < 4 or not re.fullmatch(f"[{_HAN}]+", name):
        return []
    return [name[:place] + DOT + name[place:] for place in range(1, len(name))]


def _shown_letters(name: str) -> list[str]:
    """The letters of a name as they are seen: each with what chooses its shape or stands above it."""
    return _LETTERS.findall(name)


def masked_name(name: str) -> str:
    """A person's name for public eyes: 王*明, 李*; a foreign or hyphenated name keeps its first letter. A letter with a
    variation selector is one letter."""
    letters = _shown_letters(name)
    if len(letters) <= 1:
        return "*"
    if len(letters) == 2:
        return letters[0] + "*"
    return letters[0] + "*" * (len(letters) - 2) + letters[-1]
