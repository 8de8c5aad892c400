"""Words as a column keeps them: of one form, never cut, their length counted as it is stored on both sides."""

from django.utils.translation import gettext_lazy as _

from yishi.kit.errors import Refusal
from yishi.kit.text import clean

TOO_LONG = _("This has %(length)d characters; at most %(longest)d fit. Please shorten it; nothing was lost.")


def within(text: str, longest: int, field: str = "text", code: str = "") -> str:
    """`text` as it is stored; refuses one of more than `longest` letters: a line break is one, a rare letter too."""
    kept = clean(text)
    if len(kept) > longest:
        said = str(TOO_LONG) % {"length": len(kept), "longest": longest}
        raise Refusal(code or f"{field}.long", said, field=field)
    return kept


def written(text: str, longest: int, field: str, missing: object, *, code: str = "", long_code: str = "") -> str:
    """`text` as `within` keeps it; one that shows nothing is refused with the sentence `missing`."""
    kept = within(text, longest, field, long_code)
    if not kept:
        raise Refusal(code or f"{field}.empty", missing, field=field)
    return kept
