"""docs/faults.md is true: each test that it names is there, each test with the number of a fault is in its line."""

import ast
import re
from collections import defaultdict
from functools import cache

from tests.test_house import ROOT

AREAS = {"records": 15, "forms": 12, "text": 8, "waiting": 9, "workbooks": 8, "operating": 9}
LEFT_OUT = {("operating", 7), ("operating", 8)}  # without a registry, and the metrics: not mended yet
NUMBERED = re.compile(rf"test_({'|'.join(AREAS)})_(\d+)_")
NODE = re.compile(r"`(tests/[^`]+)`")
Fault = tuple[str, int]


@cache
def lines() -> dict[Fault, str]:
    """Fault → its line in the document."""
    rows = re.findall(rf"^\| ({'|'.join(AREAS)}) (\d+) (\|.*)$", (ROOT / "docs" / "faults.md").read_text("utf-8"), re.M)
    assert len(rows) == len({(area, number) for area, number, _line in rows}), "a fault has two lines"
    return {(area, int(number)): line for area, number, line in rows}


@cache
def known_tests() -> dict[str, bool]:
    """Node id of every test, without its parameters → whether it has any; read off the source."""
    found = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        _collect(found, str(path.relative_to(ROOT)), ast.parse(path.read_text("utf-8")).body)
    return found


def _collect(found: dict[str, bool], before: str, body: list[ast.stmt]) -> None:
    for node in body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            _collect(found, f"{before}::{node.name}", node.body)
        elif isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            marks = " ".join(ast.unparse(mark) for mark in node.decorator_list)
            found[f"{before}::{node.name}"] = "parametrize(" in marks


def named(line: str) -> list[str]:
    return NODE.findall(line)


def is_there(node: str) -> bool:
    """Is it a test, and has it parameters where one is named behind it?"""
    name, bracket, _parameters = node.partition("[")
    return name in known_tests() and (not bracket or known_tests()[name])


def test_it_works():
    assert is_there("tests/test_faults.py::test_it_works")
    assert not is_there("tests/test_faults.py::test_it_works[1]")
    assert not is_there("tests/test_faults.py::test_that_never_was")
    assert is_there("tests/config/test_guide_install.py::test_operating_9_the_guide_has_its_chapters[## 12 卸载]")


def test_every_fault_has_its_line():
    numbers = {(area, number) for area, last in AREAS.items() for number in range(1, last + 1)} - LEFT_OUT
    assert set(lines()) == numbers | {("operating", 0)}


def test_every_line_names_a_test_or_says_that_it_is_open():
    assert [fault for fault, line in lines().items() if not named(line) and "**Open:**" not in line] == []


def test_every_named_test_is_there_and_named_once_in_its_line():
    assert [node for line in lines().values() for node in named(line) if not is_there(node)] == []
    assert [fault for fault, line in lines().items() if len(named(line)) != len(set(named(line)))] == []


def test_every_test_with_a_number_stands_in_the_line_of_its_fault():
    by_fault = defaultdict(set)
    for node in known_tests():
        if match := NUMBERED.match(node.rpartition("::")[2]):
            by_fault[match[1], int(match[2])].add(node)
    assert len(by_fault) > 50
    stands = {fault: {node.partition("[")[0] for node in named(line)} for fault, line in lines().items()}
    absent = {fault: sorted(nodes - stands.get(fault, set())) for fault, nodes in by_fault.items()}
    assert {fault: nodes for fault, nodes in absent.items() if nodes} == {}
