"""Words as a column keeps them: of one form, never cut, their length counted as it is stored on both sides."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from yishi.kit.errors import Refusal
from yishi.kit.text import clean

TOO_LONG = _("This has %(length)d characters; at most %(longest)d fit. Please shorten it; nothing was lost.")

AT_LEAST = _("Please write at least %(least)d characters.")


def within(text: str, longest: int, field: str = "text", code: str = "") -> str:
    """`text` as it is stored; refuses one of more than `longest` letters: a line break is one, a rare letter too."""
    kept = clean(text)
    if len(kept) > longest:
        said = str(TOO_LONG) % {"length": len(kept), "longest": longest}
        raise Refusal(code or f"{field}.long", said, field=field)
    return kept


@dataclass(frozen=True, eq=False)
class Words:
    """Words that an act takes. They are declared once, beside the service that keeps to it; the form that asks for them
    reads it there (`WordsField`), so that their limit is counted and their need is marked as they are kept.

    `missing` is the sentence for whoever wrote nothing: without one they may be left out. `shortest` is said under the
    field before anybody is refused for it."""

    field: str
    longest: int
    missing: Any = None
    code: str = ""
    long_code: str = ""
    shortest: int = 0  # letters that they have at least, where they are written

    def kept(self, text: str, *, needed: bool = True) -> str:
        """`text` as it is stored; refuses one that is too long, and one that shows nothing where it is `needed`."""
        stored = within(text, self.longest, self.field, self.long_code)
        if not stored and self.missing is not None and needed:
            raise Refusal(self.code or f"{self.field}.empty", self.missing, field=self.field)
        if 0 < len(stored) < self.shortest:
            said = str(AT_LEAST) % {"least": self.shortest}
            raise Refusal(f"{self.code or self.field}.short", said, field=self.field)
        return stored
