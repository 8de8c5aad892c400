"""Code lists of the register: read from the files beside this one, mapped by label, never by number.

    codes.label("relation", "spouse")            → 配偶 (in English: spouse)
    codes.find("relation", "妻子")                → "spouse"
    codes.find("poverty_cause", "缺土地", "2021")  → None: that form has no such cause
    codes.choices("skill")                        → [("ordinary", "普通劳动力"), …] for a form

A list stands in a .toml file as `[list]` with its name, the source of its labels, and its values: `code` (ours, stored,
never changed), `zh` and `en` (labels), `also` (other labels for the same), `since` and `until` (the first and the last
year of the forms that have it), `labels` (the label that forms from a year on print), and what rules ask of a value
(`sex`, `class`, `level`, …). The version of a source is the year of its form, as text: "2014", "2021".
"""

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language

HERE = Path(__file__).parent
_NUMBER = re.compile(r"^[0-9]{1,2}\s*[.、:：-]?\s*(?=\D)")  # "01户主", "1.户主": the label decides
_DROPPED = re.compile(r"[\s()（）·、,，/]+")


class UnknownCode(LookupError):
    """No such list, or no such code in it: a mistake of whoever wrote the caller."""


@cache
def _lists() -> dict[str, dict[str, Any]]:
    lists: dict[str, dict[str, Any]] = {}
    for path in sorted(HERE.glob("*.toml")):
        lists.update(tomllib.loads(path.read_text("utf-8")))
    return lists


@cache
def _values(name: str) -> dict[str, dict[str, Any]]:
    try:
        return {value["code"]: value for value in _lists()[name]["values"]}
    except KeyError as error:
        raise UnknownCode(f"no code list is called {name!r}") from error


@cache
def _labels(name: str) -> dict[str, list[dict[str, Any]]]:
    """Normal form of a label → the values that it may mean."""
    by_label: dict[str, list[dict[str, Any]]] = {}
    for value in _values(name).values():
        for text in {
            _normal(text) for text in (value["zh"], *value.get("also", ()), *value.get("labels", {}).values())
        }:
            by_label.setdefault(text, []).append(value)
    return by_label


def names() -> list[str]:
    """The names of all lists."""
    return sorted(_lists())


def title(name: str) -> str:
    """What the list is called on forms: 与户主关系."""
    _values(name)
    return str(_lists()[name]["name"])


def label(name: str, code: str, version: str | None = None) -> str:
    """The label of a code in the reader's language, as forms of `version` print it; "" for none."""
    if not code:
        return ""
    value = _values(name).get(code)
    if value is None:
        raise UnknownCode(f"{code!r} is no code of {name}")
    if (get_language() or "zh").startswith("en"):
        return str(value["en"])
    dated = [text for year, text in sorted(value.get("labels", {}).items()) if version and year <= version]
    return str(dated[-1] if dated else value["zh"])


@lru_cache(maxsize=4096)
def find(name: str, text: str, version: str | None = None) -> str | None:
    """The code that a label means on forms of `version` (any, without one); None if no code or several may be meant."""
    typed = unicodedata.normalize("NFKC", str(text or "")).strip()
    table = _labels(name)
    matches = table.get(_normal(typed)) or table.get(_normal(_NUMBER.sub("", typed))) or []
    fitting = [value for value in matches if version is None or _in(value, version)]
    return str(fitting[0]["code"]) if len(fitting) == 1 else None


def has(name: str, code: str) -> bool:
    """Is this a code of the list?"""
    return code in _values(name)


def values(name: str, version: str | None = None) -> list[dict[str, Any]]:
    """The values of the list, all they say, in the order of the forms; those of `version` if one is given."""
    return [value for value in _values(name).values() if version is None or _in(value, version)]


def choices(name: str, version: str | None = None) -> list[tuple[str, str]]:
    """(code, label) for a form."""
    return [(value["code"], label(name, value["code"], version)) for value in values(name, version)]


def of(name: str, code: str) -> dict[str, Any]:
    """All that a list says of one code: `codes.of("relation", "son")["sex"]`."""
    value = _values(name).get(code)
    if value is None:
        raise UnknownCode(f"{code!r} is no code of {name}")
    return value


def _in(value: dict[str, Any], version: str) -> bool:
    return bool(value.get("since", "0") <= version <= value.get("until", "9"))


def _normal(text: str) -> str:
    return _DROPPED.sub("", unicodedata.normalize("NFKC", text)).casefold()
