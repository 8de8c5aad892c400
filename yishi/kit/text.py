"""Text helpers for Chinese: normal form, bigrams for search and likeness, masked telephone numbers."""

import re
import unicodedata
from collections.abc import Iterator


def clean(text: str) -> str:
    """Text as it is stored: NFC, no control or bidirectional override characters, line ends as newlines.

    What can be seen stays: letters of private fonts, and compatibility letters, which NFC would make another letter of.
    A text that shows nothing is empty, whatever letters it is made of.
    """
    text = composed(text.replace("\r\n", "\n").replace("\r", "\n"))
    if not text.isprintable():  # else there is none of them in it
        text = "".join(c for c in text if c in "\n\t" or _is_kept(c))
    return "" if shows_nothing(text) else text.strip()


def shows_nothing(text: str) -> bool:
    """Is there nothing to be seen: no letter at all, or only blanks and letters that no font draws?"""
    return _UNSEEN.fullmatch(text) is not None


def composed(text: str) -> str:
    """Text in NFC but for compatibility letters, which keep their shape: U+F95C is no 樂 to whoever is called so."""
    if unicodedata.is_normalized("NFC", text):
        return text
    return _ALL_BUT_COMPATIBLE.sub(lambda part: unicodedata.normalize("NFC", part[0]), text)


def is_unseen(character: str) -> bool:
    """Is this a mark that nobody sees: of control, of direction, of no width?"""
    return unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp"} or character in _FILLERS


def _is_kept(character: str) -> bool:
    return unicodedata.category(character) not in _BANNED and character not in _BIDI


# Blanks, and what Unicode calls Default_Ignorable_Code_Point (17.0), of whatever category; the blank of Braille and the
# note without a head, which are drawn as nothing.
_UNSEEN = re.compile(
    "[\\s\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u2800\\u3164"
    "\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufff8\\U0001bca0-\\U0001bca3\\U0001d159\\U0001d173-\\U0001d17a\\U000e0000-\\U000e0fff]*"
)
_PHONE = re.compile(r"(?:\+?86)?1[3-9]\d{9}|(?:\+86|0)[1-9]\d{8,12}|[48]00\d{7}|\d{3,8}|\+(?!86)\d{7,15}", re.ASCII)
_STOP = re.compile(r"(?<!\d)\.|\.(?!\d)")  # a point that is not within a number
_BANNED = frozenset({"Cc", "Cs"})
_FILLERS = frozenset("\u034f\u115f\u1160\u3164\uffa0")
_ALL_BUT_COMPATIBLE = re.compile("[^\uf900-\ufaff\U0002f800-\U0002fa1f]+")
_RARE = range(0x20000, 0x3FFFE)  # planes of Chinese letters alone; newer extensions are unknown to this Python
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def bigrams(text: str) -> frozenset[str]:
    """The set of pairs of neighbouring letters, blanks and punctuation left out, in NFKC and lower case."""
    return frozenset(_pairs(text))


def grams(text: str) -> frozenset[str]:
    """The same pairs and each single letter: what a text is indexed by."""
    return frozenset([*_pairs(text), *_letters(text)])


def folded(text: str) -> str:
    """What two spellings of one sentence share: letters and digits in NFKC and lower case, a point within a number."""
    plain = _STOP.sub("", unicodedata.normalize("NFKC", text).casefold())
    return "".join(c for c in plain if _is_letter(c) or c == ".")


def likeness(left: frozenset[str], right: frozenset[str]) -> float:
    """Sørensen-Dice coefficient of two bigram sets: 0 (nothing shared) to 1 (the same set)."""
    if not left or not right:
        return 0.0
    return 2 * len(left & right) / (len(left) + len(right))


def phone_number(typed: str) -> str | None:
    """A phone number in digits, without blanks, dashes and brackets; None for what is none: a mobile number has eleven
    digits, one with an area code begins with 0, a short one has at most eight, one from abroad begins with +."""
    number = re.sub(r"[\s()\u2010-\u2015\u2212-]", "", unicodedata.normalize("NFKC", clean(typed)))
    return number if _PHONE.fullmatch(number) else None


def masked_phone(phone: str) -> str:
    """A phone number with four digits hidden at least: 139****5678, of a landline ****5678."""
    before, behind = max(0, min(3, len(phone) - 8)), max(0, min(4, len(phone) - 4))
    return phone[:before] + "*" * (len(phone) - before - behind) + phone[len(phone) - behind :]


def _is_letter(character: str) -> bool:
    return character.isalnum() or ord(character) in _RARE


def _letters(text: str) -> list[str]:
    return [c for c in unicodedata.normalize("NFKC", text).lower() if _is_letter(c)]


def _pairs(text: str) -> Iterator[str]:
    letters = _letters(text)
    for left, right in zip(letters, letters[1:], strict=False):
        yield left + right


def unstopped(text: str) -> str:
    """A sentence that somebody typed, without its full stop: where it stands within another sentence that has one."""
    return text.strip().rstrip("。．.；;，,").rstrip()


def whole_number(text: str, most: int = 2**31 - 1) -> int | None:
    """The number that a text is, written in the figures 0 to 9; None for what is none, or beyond `most`. Python calls
    “²” a digit, and cannot read it."""
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(most)):
        return None
    number = int(text)
    return number if number <= most else None
