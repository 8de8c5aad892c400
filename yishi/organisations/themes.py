"""The themes of worries, matters and proposals: data/themes.csv, read once."""

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import get_language


class Theme(NamedTuple):
    code: str
    zh: str
    en: str
    sensitive: bool  # petitions, ethnic and religious affairs, border, law cases: internal, referred


@cache
def themes() -> dict[str, Theme]:
    """All themes by code, in the order of the file."""
    with (Path(__file__).parent / "data" / "themes.csv").open(encoding="utf-8", newline="") as file:
        return {r["code"]: Theme(r["code"], r["zh"], r["en"], r["sensitive"] == "1") for r in csv.DictReader(file)}


def theme_word(code: str) -> str:
    """The theme's word in the language of the page; the code itself for one that is no longer known."""
    theme = themes().get(code)
    if theme is None:
        return code
    return theme.en if (get_language() or "").startswith("en") else theme.zh


def theme_choices() -> list[tuple[str, str]]:
    """The themes of worries and matters as choices of a form: code and word."""
    return [(code, theme_word(code)) for code in themes()]


def is_sensitive(code: str) -> bool:
    """Is what is raised under this theme referred on, and never deliberated? An unknown code is not sensitive."""
    theme = themes().get(code)
    return theme is not None and theme.sensitive
