"""What a function promises stands above its code: of every act, and of every public function of the domain's rooms."""

import ast
import re
from pathlib import Path

from tests.acts import PACKAGE, modules, openings

OUTSIDE = {"web", "demo", "cli"}  # pages say it by their right and address, commands by their help
FROZEN = "migrations"
LINKS = {"a", "an", "the", "of", "and", "for", "to", "its", "it", "by", "in", "with", "one", "this", "that", "from"}


def public_functions() -> dict[str, str]:
    """ "room/module.py:function" → its docstring, "" without one."""
    return {
        f"{module.path.relative_to(PACKAGE)}:{node.name}": ast.get_docstring(node) or ""
        for module in modules()
        if module.path.relative_to(PACKAGE).parts[0] not in OUTSIDE and FROZEN not in module.path.parts
        for node in module.tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    }


def act_functions() -> dict[str, str]:
    """ "module.py:function" → the docstring of each public function that opens an act."""
    functions = {module.path: module.functions for module in modules()}
    return {
        f"{Path(opening.path).relative_to(PACKAGE)}:{opening.function}": ast.get_docstring(
            functions[opening.path][opening.function]
        )
        or ""
        for opening in openings()
        if not opening.function.startswith("_")
    }


def says_nothing(name: str, docstring: str) -> bool:
    """Does the docstring only repeat the words of the name?"""
    words = set(re.findall(r"[a-z]+", docstring.lower())) - LINKS
    return all(any(word.startswith(part[:4]) for part in name.lower().split("_")) for word in words)


def test_every_act_says_what_it_records_and_refuses():
    acts = act_functions()
    assert len(acts) > 250
    assert [where for where, docstring in acts.items() if not docstring] == []


def test_no_docstring_only_repeats_the_name():
    functions = {**public_functions(), **act_functions()}
    empty = [where for where, said in functions.items() if says_nothing(where.partition(":")[2], said)]
    assert empty == []


def test_what_repeats_the_name_is_known():
    assert says_nothing("goat_milk", "Milk the goat.") and says_nothing("goat_milk", "")
    assert not says_nothing("goat_milk", "Milk a goat, once a day. Refused while its kid drinks.")
