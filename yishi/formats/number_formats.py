"""Number formats of a spreadsheet that show more than the number: leading zeros, letters beside it, per cent.

A household number 456 that its cell shows as 00000456 is 00000456 to whoever typed it. Amounts, fractions and powers
are left alone: of them what is stored counts.
"""

import re

MOST = 10**15  # from here on a spreadsheet has lost digits
PERCENT_FORMATS = {9: "0%", 10: "0.00%"}  # by their built-in numbers
_PART = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.|.')
_LITERAL = re.compile(r'"[^"]*"|\\.')
_MORE = re.compile(r'00|%|"|\\')
_OTHER = frozenset(".,?/@Ee")


def may_show_more(code: str) -> bool:
    """Is it worth asking `shown_as` for each number of this format?"""
    return bool(_MORE.search(code))


def shown_as(stored: str, code: str) -> str:
    """What a format of leading zeros, of letters beside the number or of per cent makes of it: 00000456 of 456; ""
    where it shows no more than the number."""
    try:
        value = float(stored)
    except ValueError:
        return ""
    if not abs(value) < MOST:
        return ""
    if "%" in _LITERAL.sub("", code):
        return format(round(value * 100, 10), ".15g") + "%"
    section = code.partition(";")[0]
    if not value.is_integer() or value < 0:
        return ""
    parts = [part for part in _PART.findall(section) if part[0] not in "[_*"]
    places = [place for place, part in enumerate(parts) if part in ("0", "#")]
    said = {place: part[1:].rstrip('"') if part[0] in '"\\' else part for place, part in enumerate(parts)}
    if not places or any(part in _OTHER for part in parts) or "general" in section.lower():
        return ""
    digits = str(int(value))
    for place in reversed(places):
        digit, digits = digits[-1:], digits[:-1]
        said[place] = digit or ("0" if parts[place] == "0" else "")
    said[places[0]] = digits + said[places[0]]
    made = "".join(said.values()).strip()
    return "" if made == str(int(value)) else made
