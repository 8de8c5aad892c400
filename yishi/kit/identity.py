"""Numbers on identity papers: normal form, what is wrong with one, what it says, what may be shown of it.

Resident identity cards have 18 characters (GB 11643: area, day of birth, sequence, check character of ISO 7064 MOD
11-2), those of before 1999 have 15; a disability card adds two digits (kind and degree) to the 18, and two characters
where it was issued again.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_LONG = re.compile(r"[0-9]{17}[0-9X]")
_SHORT = re.compile(r"[0-9]{15}")
_DISABILITY = re.compile(r"([0-9]{17}[0-9X])[1-7][1-4](?:B[0-9]|[0-9]{2})?")
_DAY_OF_BIRTH = "(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_CARD_IN_TEXT = re.compile(
    f"(?<![0-9])[1-8][0-9]{{5}}(?:(?:18|19|20)[0-9]{{2}}{_DAY_OF_BIRTH}[0-9]{{1,5}}[0-9Xx]?|[0-9]{{2}}{_DAY_OF_BIRTH}[0-9]{{3}})"
    "(?![0-9])"
)
_BIRTH = re.compile(r"[A-Z][0-9]{9}")
_FREE = re.compile(r"[0-9A-Z\u4e00-\u9fff第号字-]{4,24}")
_SPREADSHEET = re.compile(r"[0-9]+\.[0-9]+E\+?[0-9]+|[0-9]{15,}\.0*")
CARD, OFFICER, DISABILITY, BIRTH = "id_card", "officer", "disability", "birth"
LONG, SHORT = 18, 15
SHOWN = 4


class Fault(StrEnum):
    """What is wrong with a number."""

    NONE = ""
    LENGTH = "length"  # neither 15 nor 18 characters (a disability card: 20 or 22)
    CHARACTERS = "characters"  # something else than digits and a last X
    DAY = "day"  # no such day of birth, or one to come
    CHECK = "check"  # the last character does not fit the others
    SPREADSHEET = "spreadsheet"  # a spreadsheet kept it as a number: its last digits are lost


@dataclass(frozen=True, slots=True)
class Identity:
    """A number in its normal form, and what it says. `key` is by what it is found: the card's 18 characters."""

    kind: str
    number: str
    key: str
    fault: Fault = Fault.NONE
    born_on: date | None = None
    sex: str = ""  # "male", "female" or ""
    was_short: bool = False  # had 15 digits; `number` has the 18 that follow from them

    @property
    def masked(self) -> str:
        return masked(self.number)


def read(text: str, kind: str = CARD, today: date | None = None) -> Identity:
    """Read what somebody typed: full-width digits, blanks and a small x are mended, nothing is guessed."""
    number = normal(text)
    if _SPREADSHEET.fullmatch(number):
        return Identity(kind, number, number, Fault.SPREADSHEET)
    if kind == CARD:
        return _card(number, today)
    if kind == DISABILITY:
        return _disability(number, today)
    pattern = _BIRTH if kind == BIRTH else _FREE
    return Identity(kind, number, number, Fault.NONE if pattern.fullmatch(number) else Fault.LENGTH)


def normal(text: str) -> str:
    """NFKC, without blanks, dashes, quotation marks and invisible characters, in capitals."""
    kept = (c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c)[0] not in "ZC")
    return "".join(kept).strip("'\"`‘’“”").replace("-", "").upper().replace("×", "X").replace("Х", "X")


def masked(number: str) -> str:
    """Stars, and the last four characters of a number that is long enough to hide the rest."""
    if len(number) < 3 * SHOWN:
        return "*" * len(number)
    return "*" * (len(number) - SHOWN) + number[-SHOWN:]


def masked_in(text: str) -> str:
    """A text of any kind with stars for the numbers of cards in it (of cut ones too): for what is shown, noted or kept
    where no such number belongs. Told from other long numbers by the day of birth within."""
    return _CARD_IN_TEXT.sub(lambda match: masked(match[0]), text)


def check_character(first: str) -> str:
    """The 18th character that belongs to 17 digits."""
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(first, _WEIGHTS, strict=True)) % 11]


def _card(number: str, today: date | None) -> Identity:
    short = bool(_SHORT.fullmatch(number))
    if short:
        first = f"{number[:6]}19{number[6:]}"
        number = first + check_character(first)
    if not _LONG.fullmatch(number):
        wrong = Fault.CHARACTERS if len(number) in (SHORT, LONG) else Fault.LENGTH
        return Identity(CARD, number, number, wrong)
    fault, born_on = _fault(number, today)
    if fault:
        return Identity(CARD, number, number, fault)
    return Identity(CARD, number, number, Fault.NONE, born_on, _sex(number), short)


def _disability(number: str, today: date | None) -> Identity:
    match = _DISABILITY.fullmatch(number)
    if match is None:
        return Identity(DISABILITY, number, number, Fault.LENGTH)
    card = match[1]
    fault, born_on = _fault(card, today)
    if fault:
        return Identity(DISABILITY, number, card, fault)
    return Identity(DISABILITY, number, card, Fault.NONE, born_on, _sex(card))


def _fault(card: str, today: date | None) -> tuple[Fault, date | None]:
    """What is wrong with 18 characters, and the day of birth in them."""
    if card[-1] != check_character(card[:17]):
        # 15 digits of a spreadsheet's number are right; three zeros stand for what it lost.
        return (Fault.SPREADSHEET if card.endswith("000") else Fault.CHECK), None
    try:
        born_on = date(int(card[6:10]), int(card[10:12]), int(card[12:14]))
    except ValueError:
        return Fault.DAY, None
    if born_on.year < 1850 or (today is not None and born_on > today):
        return Fault.DAY, None
    return Fault.NONE, born_on


def _sex(card: str) -> str:
    return "male" if int(card[16]) % 2 else "female"
