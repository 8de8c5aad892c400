"""What a document number (证件号) says by itself: length, check digit, birth, sex, disability.

An identity card's number (GB 11643) has 18 characters; older ones have 15. A disability certificate's number is the
identity number followed by one digit for the kind and one for the degree (20), or also a letter and a digit for its
renewal (22). The number itself goes no further than this module: rules see what it says, never what it is.
"""

import re
from dataclasses import dataclass
from datetime import date

from yishi.kit.identity import check_character

_PROVINCES = frozenset(
    str(code)
    for area in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for code in range(area[0], area[1] + 1)
)
_SHAPE = re.compile(r"\d{15}|\d{17}[\dX](\d{2}([A-Z]\d)?)?", re.ASCII)
OLD, CARD = 15, 18
DISABILITY = (20, 22)
KINDS_OF_DISABILITY, DEGREES = "1234567", "1234"


@dataclass(frozen=True, slots=True)
class Identity:
    """What a document number says; `None` where it does not say it."""

    length: int
    is_well_formed: bool  # digits where digits belong
    is_region_known: bool | None = None
    is_day_real: bool | None = None  # the birthday exists in the calendar
    is_check_right: bool | None = None
    birth: date | None = None
    sex: str | None = None
    is_degree_real: bool | None = None  # of a disability certificate


def read_number(number: str | None) -> Identity | None:
    """What `number` says; None for an empty one. Never raises."""
    text = (number or "").strip().upper()
    if not text:
        return None
    if not _SHAPE.fullmatch(text):
        return Identity(len(text), False)
    if len(text) == OLD:
        day, order = "19" + text[6:12], text[14]
    else:
        day, order = text[6:14], text[16]
    birth = _day(day)
    return Identity(
        length=len(text),
        is_well_formed=True,
        is_region_known=text[:2] in _PROVINCES,
        is_day_real=birth is not None,
        is_check_right=None if len(text) == OLD else text[17] == check_character(text[:17]),
        birth=birth,
        sex="male" if int(order) % 2 else "female",
        is_degree_real=text[18] in KINDS_OF_DISABILITY and text[19] in DEGREES if len(text) in DISABILITY else None,
    )


def _day(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
