"""Text helpers for Chinese: normal form, bigrams for search and likeness, masked telephone numbers."""

import re
import unicodedata
from collections.abc import Iterator


def clean(text: str) -> str:
    """Text as it is stored: NFC, no control or bidirectional override characters, line ends as newlines.

    What can be seen stays: letters of private fonts, and compatibility letters, which NFC would make another letter of.
    """
    text = composed(text.replace("\r\n", "\n").replace("\r", "\n"))
    if text.isprintable():  # then there is none of them in it
        return text.strip()
    return "".join(c for c in text if c in "\n\t" or _is_kept(c)).strip()


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


def masked_phone(phone: str) -> str:
    """A phone number with its middle hidden: 139****5678."""
    if len(phone) < 7:
        return "*" * len(phone)
    return phone[:3] + "*" * (len(phone) - 7) + phone[-4:]


def _is_letter(character: str) -> bool:
    return character.isalnum() or ord(character) in _RARE


def _letters(text: str) -> list[str]:
    return [c for c in unicodedata.normalize("NFKC", text).lower() if _is_letter(c)]


def _pairs(text: str) -> Iterator[str]:
    letters = _letters(text)
    for left, right in zip(letters, letters[1:], strict=False):
        yield left + right
