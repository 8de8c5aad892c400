"""Text helpers for Chinese: normal form, bigrams for search and likeness, masked names."""

import re
import unicodedata
from collections.abc import Iterator


def clean(text: str) -> str:
    """Text as it is stored: NFC, no control or bidirectional override characters, line ends as newlines."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if text.isprintable():  # then there is none of them in it
        return text.strip()
    return "".join(c for c in text if c in "\n\t" or _is_kept(c)).strip()


def _is_kept(character: str) -> bool:
    return unicodedata.category(character) not in _BANNED and character not in _BIDI


_STOP = re.compile(r"(?<!\d)\.|\.(?!\d)")  # a point that is not within a number
_BANNED = frozenset({"Cc", "Cs", "Co"})
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
    return "".join(c for c in plain if c.isalnum() or c == ".")


def likeness(left: frozenset[str], right: frozenset[str]) -> float:
    """Sørensen-Dice coefficient of two bigram sets: 0 (nothing shared) to 1 (the same set)."""
    if not left or not right:
        return 0.0
    return 2 * len(left & right) / (len(left) + len(right))


def masked_name(name: str) -> str:
    """A person's name for public eyes: 王*明, 李*; a foreign or hyphenated name keeps its first letter."""
    if len(name) <= 1:
        return "*"
    if len(name) == 2:
        return name[0] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]


def masked_phone(phone: str) -> str:
    """A phone number with its middle hidden: 139****5678."""
    if len(phone) < 7:
        return "*" * len(phone)
    return phone[:3] + "*" * (len(phone) - 7) + phone[-4:]


def _letters(text: str) -> list[str]:
    return [c for c in unicodedata.normalize("NFKC", text).lower() if c.isalnum()]


def _pairs(text: str) -> Iterator[str]:
    letters = _letters(text)
    for left, right in zip(letters, letters[1:], strict=False):
        yield left + right
