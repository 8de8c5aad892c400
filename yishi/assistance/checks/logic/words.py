"""The values that a dossier's fields may take: the code lists of the register (`register/codes/`), read as they are.

The rules of a pack may name these codes and no others; a code that is not there is refused when the pack is read.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

Words = Mapping[str, str]

_LISTS = Path(__file__).parents[2] / "register" / "codes"


@cache
def _values() -> Mapping[str, list[dict[str, Any]]]:
    lists: dict[str, list[dict[str, Any]]] = {}
    for path in sorted(_LISTS.glob("*.toml")):
        document = tomllib.loads(path.read_text("utf-8"))
        lists.update({name: code_list["values"] for name, code_list in document.items() if "values" in code_list})
    return lists


def codes_of(name: str) -> Words:
    """code → its Chinese label, of one list of the register."""
    return {value["code"]: value["zh"] for value in _values()[name]}


def marked(name: str, mark: str) -> Mapping[str, Any]:
    """code → what the list says of it under `mark` (the sex of a relation, the level of a school year)."""
    return {value["code"]: value[mark] for value in _values()[name] if mark in value}


# Not on any form: what follows from the lists, or from a comparison with other households.
LEVELS: Words = {"pre": "学前", "primary": "小学", "middle": "初中", "high": "高中阶段", "higher": "大专及以上"}
ELSEWHERE: Words = {"province": "外省", "prefecture": "省内其他州市", "county": "州市内其他县", "here": "本县其他户"}
