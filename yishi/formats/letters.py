"""Which letters the fonts for paper carry: what none of them has is named, not printed as a crossed box."""

import struct
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

BOX = "□"  # to be filled in by hand
_AROUND = 2  # letters beside a box by which it is found


@lru_cache(maxsize=4)
def carried(folder: Path) -> frozenset[int]:
    """The code points of all TrueType and OpenType fonts in `folder`.

    Not those for private use: what a font draws there need not be what the writer meant.
    """
    fonts = sorted(path for path in folder.iterdir() if path.suffix.lower() in {".ttf", ".otf"})
    letters = frozenset(code for path in fonts for code in font_letters(path.read_bytes()))
    return frozenset(code for code in letters if unicodedata.category(chr(code)) != "Co")


def font_letters(font: bytes) -> Iterator[int]:
    """The code points for which a font has a glyph: its `cmap`, formats 4 and 12 (ISO/IEC 14496-22)."""
    for number in range(struct.unpack_from(">H", font, 4)[0]):
        tag, _sum, start, _length = struct.unpack_from(">4sIII", font, 12 + 16 * number)
        if tag == b"cmap":
            for place in range(struct.unpack_from(">H", font, start + 2)[0]):
                at = start + struct.unpack_from(">I", font, start + 8 + 8 * place)[0]
                yield from _letters_of(font, at)


def _letters_of(font: bytes, at: int) -> Iterator[int]:
    kind = struct.unpack_from(">H", font, at)[0]
    if kind == 12:
        for number in range(struct.unpack_from(">I", font, at + 12)[0]):
            first, last, _glyph = struct.unpack_from(">III", font, at + 16 + 12 * number)
            yield from range(first, last + 1)
    elif kind == 4:
        segments = struct.unpack_from(">H", font, at + 6)[0] // 2
        ends = struct.unpack_from(f">{segments}H", font, at + 14)
        starts = struct.unpack_from(f">{segments}H", font, at + 16 + 2 * segments)
        for first, last in zip(starts, ends, strict=True):
            yield from range(first, min(last, 0xFFFE) + 1)


def missing(data: Any, fonts: Path) -> list[str]:
    """The letters anywhere in `data` that no font of `fonts` carries, in their order, each once."""
    known = carried(fonts)
    found = dict.fromkeys(
        letter for text in _texts(data) for letter in text if ord(letter) not in known and _is_shown(letter)
    )
    return list(found)


def boxed(data: Any, letters: list[str]) -> Any:
    """`data` with a box in the place of each of `letters`."""
    table = {ord(letter): BOX for letter in letters}
    if isinstance(data, str):
        return data.translate(table)
    if isinstance(data, dict):
        return {key: boxed(value, letters) for key, value in data.items()}
    return [boxed(value, letters) for value in data] if isinstance(data, list | tuple) else data


def where(data: Any, letters: list[str]) -> list[str]:
    """For each of `letters` the place of its first box and its code: "李□：U+20BB7"."""
    places = []
    for letter in letters:
        text = next(text for text in _texts(data) if letter in text)
        at = text.index(letter)
        beside = text[max(at - _AROUND, 0) : at] + BOX + text[at + 1 : at + 1 + _AROUND]
        places.append(f"{boxed(' '.join(beside.split()), letters)}：U+{ord(letter):04X}")
    return places


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        if not data.startswith("<"):  # a drawing
            yield data
    elif isinstance(data, dict):
        for value in data.values():
            yield from _texts(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _texts(value)


def _is_shown(letter: str) -> bool:
    """Not a blank, nor what has no width or chooses a shape."""
    is_unseen = unicodedata.category(letter) in {"Cc", "Cf", "Zs", "Zl", "Zp"}
    return not is_unseen and not 0xFE00 <= ord(letter) <= 0xFE0F and not 0xE0100 <= ord(letter) <= 0xE01EF
