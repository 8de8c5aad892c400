"""The door for newcomers is true: acts that exist are walked through the list of files, and what is named is there."""

import ast
import re
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest
import yaml

from tests.test_house import ROOT, tracked
from tools import check

GUIDE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def section(heading: str) -> str:
    return GUIDE.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def listed() -> list[str]:
    """The files of the table, as they are written there."""
    rows = [row.split("|") for row in section("A new act").splitlines() if row.startswith("| ")][1:]
    return [name for row in rows for name in re.findall(r"`([\w/<>.*]+(?:\.\w+))`", row[2])]


def pattern(name: str) -> re.Pattern[str]:
    parts = {"<part>": r"\w+(/\w+)*", "<file>": r"\w+", "*": r"\w*"}
    return re.compile("".join(parts.get(part, re.escape(part)) for part in re.split(r"(<part>|<file>|\*)", name)))


def names() -> list[str]:
    return [str(path.relative_to(ROOT)) for path in tracked()]


def acts() -> set[str]:
    """Every function `noun_verb(*, …, act_id=…)` of the services."""
    trees = [
        ast.parse(path.read_text("utf-8")) for path in tracked() if "services" in str(path) and path.suffix == ".py"
    ]
    functions = [node for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)]
    return {node.name for node in functions if any(argument.arg == "act_id" for argument in node.args.kwonlyargs)}


def touched() -> dict[str, set[str]]:
    """Act → the files that say its function, its right or its entry's code."""
    found = defaultdict(set)
    names_of_acts = {act: act.replace("_", ".", 1) for act in acts()}
    says = re.compile(r"(?<![\w.])(" + "|".join(names_of_acts) + r")\b")
    codes = re.compile(r"\b(" + "|".join(map(re.escape, names_of_acts.values())) + r")\b(?!\.)")
    act_of = {code: act for act, code in names_of_acts.items()}
    for path in tracked():
        name = str(path.relative_to(ROOT))
        if path.suffix in {".py", ".html", ".toml"} and name.startswith(("yishi/", "tests/")):
            text = path.read_text("utf-8")
            for act in {*says.findall(text), *(act_of[code] for code in codes.findall(text))}:
                found[act].add(name)
    return found


def test_it_works():
    assert pattern("yishi/<part>/rules*.py").fullmatch("yishi/assistance/deeds/rules_register.py")
    assert not pattern("yishi/<part>/rules*.py").fullmatch("yishi/assistance/deeds/unruly.py")
    assert "yishi/<part>/services/<file>.py" in listed()


def test_a_name_that_the_guide_places_in_a_file_stands_there():
    placed = re.findall(r"`(\w+)`\s+(?:of|in|beside)\s+`([\w/]+\.py)`", GUIDE)
    placed += [(name, file) for file, names in re.findall(r"`([\w/]+\.py)` \(([A-Z]+)[;)]", GUIDE) for name in [names]]
    assert len(placed) >= 5
    wrong = [
        f"{name} in {file}" for name, file in placed if not re.search(rf"\b{name}\b", (ROOT / file).read_text("utf-8"))
    ]
    assert wrong == []


# Files that say the name of an act and mean something else, or an act that no page does.
ELSEWHERE = {
    "household_end": "a value of a code list",
    "item_add": "a campaign's file is loaded by it",
    "match_end": "a method of a regular expression",
    "matter_open": "the name of a count",
    "member_join": "a value of a code list",
    "member_leave": "a value of a code list",
    "place_load": "done on the command line",
    "seat_code": "a word of process models",
    "worry_file": "an example in a docstring",
    "worries_settle": "follows from a promise, by a hook",
    "worries_take_up_again": "follows from a promise, by a hook",
}


def test_the_list_is_complete_for_every_act_that_exists():
    patterns = [pattern(name) for name in listed()]
    files = touched()
    assert len(files) > 150
    elsewhere = {
        f"{act}: {name}"
        for act in files.keys() - ELSEWHERE
        for name in files[act]
        if not any(one.fullmatch(name) for one in patterns)
    }
    assert elsewhere == set()
    assert [act for act in ELSEWHERE if act not in files] == []


@pytest.mark.parametrize("name", sorted(set(listed())))
def test_every_place_of_the_list_is_a_place(name):
    assert any(pattern(name).fullmatch(existing) for existing in names()), name


def test_every_file_that_a_recipe_names_is_there():
    paths = re.findall(r"`((?:yishi|tests|docs|tools)/[\w/.-]+)`", GUIDE)
    assert len(paths) > 10
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_every_command_of_the_loop_is_one():
    verbs = set(re.findall(r"(?m)^\./run ?(\w*)", (ROOT / "run").read_text("utf-8"))) | {"help"}
    assert set(re.findall(r"`[^`]*\./run ?(\w*)", GUIDE)) <= verbs
    assert check.tests_of("kit")


def test_the_hooks_are_local_and_the_steps_of_the_test():
    text = (ROOT / ".pre-commit-config.yaml").read_text("utf-8")
    assert "://" not in text
    steps = Steps()
    check.checks(steps)
    (repository,) = yaml.safe_load(text)["repos"]
    assert repository["repo"] == "local"
    *programs, subject = repository["hooks"]
    hooks = {hook["name"]: hook["entry"] for hook in programs}
    assert {hook["language"] for hook in programs} == {"system"}
    assert hooks == {name: entry for name, entry in steps.entries.items() if name in hooks}
    assert set(steps.entries) - set(hooks) == {"类型检查 · mypy"}, "too slow for a commit"
    fits = re.compile(subject["entry"], re.MULTILINE).search
    assert fits("deeds: ask for the day before the place\n\nBecause.\n") and fits("kit, web: " + "x" * 62 + "\n")
    for refused in ("kit, web: " + "x" * 63, "Deeds ask for the day", "", "why\n\ndeeds: ask", "deeds: "):
        assert not fits(refused + "\n"), refused


class Steps:
    """Takes the steps down instead of running them."""

    def __init__(self):
        self.entries = {}

    def together(self, steps):
        for step in steps:
            entry = " ".join(str(word).replace(f"{ROOT}/", "") for word in step.words)
            self.entries[f"{step.chinese} · {step.english}"] = entry


def test_every_change_stands_under_a_version_with_its_day():
    headings = re.findall(r"(?m)^## (.+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"))
    assert headings[0] == "Unreleased"
    assert all(re.fullmatch(r"\d+\.\d+\.\d+ · \d{4}-\d\d-\d\d", heading) for heading in headings[1:])


def test_the_editor_is_told_the_line_length_of_the_checks():
    width = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]["line-length"]
    assert f"max_line_length = {width}" in (Path(ROOT) / ".editorconfig").read_text("utf-8")


def test_each_test_that_a_document_names_is_there():
    """What a newcomer copies from a document runs."""
    documents = [path for path in tracked() if path.suffix == ".md"]
    named = {
        match
        for path in documents
        for match in re.findall(r"(tests/[\w/]+\.py)::(?:Test\w+::)?(\w+)", path.read_text("utf-8"))
    }
    assert named
    assert [f"{file}::{test}" for file, test in named if f"def {test}(" not in (ROOT / file).read_text("utf-8")] == []
