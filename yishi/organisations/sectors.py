"""The sectors (界别) of a consultative committee, from data/sectors.csv."""

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import get_language

FILE = Path(__file__).parent / "data" / "sectors.csv"


class Sector(NamedTuple):
    code: str
    zh: str
    en: str
    also: tuple[str, ...]  # short forms that an import accepts

    @property
    def name(self) -> str:
        return self.en if (get_language() or "").startswith("en") else self.zh


@cache
def sectors() -> dict[str, Sector]:
    """All sectors by code, in the official order."""
    with FILE.open(encoding="utf-8", newline="") as file:
        in_order = [
            Sector(line["code"], line["zh"], line["en"], tuple(filter(None, line["also"].split("|"))))
            for line in csv.DictReader(file)
        ]
    return {sector.code: sector for sector in in_order}


def sector_name(code: str) -> str:
    """The sector's name in the reader's language; the code itself where it is not known."""
    sector = sectors().get(code)
    return sector.name if sector else code


def sector_of(typed: str) -> str | None:
    """The code of the sector that somebody wrote (code, official name or short form); None if there is none."""
    return _by_name().get(_plain(typed))


@cache
def _by_name() -> dict[str, str]:
    names: dict[str, str] = {}
    for sector in sectors().values():
        for name in (sector.code, sector.zh, *sector.also):
            names.setdefault(_plain(name), sector.code)
    return names


def _plain(name: str) -> str:
    return name.strip().removesuffix("界").casefold()
