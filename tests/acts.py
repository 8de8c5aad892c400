"""The acts of the product, read off its source: whatever opens `act(…)` or is a part of one, its code and actor."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import yishi

PACKAGE = Path(yishi.__file__).parent
OPENERS = {"act", "loose_act", "part"}  # see yishi/journal/act.py
JOURNAL = PACKAGE / "journal"


@dataclass(frozen=True)
class Opening:
    """A place in the source at which an act is opened: its codes, and by whose right."""

    path: Path
    function: str
    codes: frozenset[str]
    actor: str  # as it is written there

    @property
    def is_by_the_system(self) -> bool:
        return self.actor == "SYSTEM"


@dataclass
class Module:
    """A module of the product, read once; taken apart when somebody asks what is in it (each takes some 20 ms)."""

    path: Path
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def functions(self) -> dict[str, ast.FunctionDef]:
        return {node.name: node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef)}

    @property
    def name(self) -> str:
        return ".".join(self.path.relative_to(PACKAGE.parent).with_suffix("").parts)


@cache
def modules() -> tuple[Module, ...]:
    return tuple(Module(path, path.read_text("utf-8")) for path in sorted(PACKAGE.rglob("*.py")))


def calls(node: ast.AST, *names: str) -> Iterator[ast.Call]:
    """Every call below `node` of a function or method with one of `names`."""
    for each in ast.walk(node):
        if isinstance(each, ast.Call) and called(each) in names:
            yield each


def called(call: ast.Call) -> str:
    return getattr(call.func, "id", "") or getattr(call.func, "attr", "")


def given(call: ast.Call, name: str, at: int | None = None) -> ast.expr | None:
    """The argument `name` of a call, else the one in place `at`."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    return call.args[at] if at is not None and len(call.args) > at else None


@cache
def openings() -> tuple[Opening, ...]:
    """Raises AssertionError for an act whose code the source does not say."""
    found = []
    for module in modules():
        if module.path.is_relative_to(JOURNAL):
            continue
        for function in module.functions.values():
            for call in calls(function, *OPENERS):
                code = given(call, "code", 0)
                if code is None or called(call) != "act" and not _is_code(module, code):
                    continue  # `part` of something else
                if called(call) == "act" and given(call, "actor") is None:
                    continue  # a function of that name in a page
                codes = _codes(module, function, code)
                assert codes, f"{module.path}: the code of the act in {function.name} cannot be read"
                actor = given(call, "actor", 2 if called(call) == "part" else 1)
                found.append(Opening(module.path, function.name, codes, ast.unparse(actor) if actor else ""))
    return tuple(found)


def _is_code(module: Module, code: ast.expr) -> bool:
    return any("." in text for text in _constants(module, code))


def _codes(module: Module, function: ast.FunctionDef, code: ast.expr) -> frozenset[str]:
    if not isinstance(code, ast.JoinedStr):
        return frozenset(_constants(module, code))
    (hole,) = [part for part in code.values if isinstance(part, ast.FormattedValue)]
    assert isinstance(hole.value, ast.Name), ast.unparse(code)
    names = [argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)]
    position = names.index(hole.value.id)
    values = {
        value
        for caller in calls(module.tree, function.name)
        for value in _constants(module, given(caller, hole.value.id, position))
    }
    before, after = (ast.unparse(code)[2:-1].split("{")[0], ast.unparse(code)[2:-1].split("}")[1])
    return frozenset(f"{before}{value}{after}" for value in values)


def _constants(module: Module, node: ast.expr | None) -> set[str]:
    """The texts that an expression may be: one, either of two, or the constant of its name in any module."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.IfExp):
        return _constants(module, node.body) | _constants(module, node.orelse)
    if isinstance(node, ast.Name):
        for each in (module, *modules()):
            for line in each.tree.body:
                is_named = isinstance(line, ast.Assign) and getattr(line.targets[0], "id", "") == node.id
                if is_named and isinstance(line.value, ast.Constant):
                    return {line.value.value}
    return set()


def codes() -> set[str]:
    """The codes of all acts."""
    return set().union(*(opening.codes for opening in openings()))


def system_codes() -> set[str]:
    """The codes of acts that nobody but the platform itself can do: all that open them are by its right."""
    by_people = {code for opening in openings() if not opening.is_by_the_system for code in opening.codes}
    return codes() - by_people


def services() -> list[Module]:
    """The modules in which acts are done for a viewer."""
    return [module for module in modules() if "services" in module.name.split(".") or ".crossings." in module.name]


def rights_asked() -> set[str]:
    """The names of the rights that the services ask; a kind of workbook names its own."""
    asked = {
        text
        for module in services()
        for call in calls(module.tree, "permit", "may")
        for text in _constants(module, given(call, "name", 0))
    }
    lines = [line for module in modules() if ".imports." in module.name for line in ast.walk(module.tree)]
    kinds = [line for line in lines if isinstance(line, ast.Assign) and getattr(line.targets[0], "id", "") == "right"]
    return asked | {line.value.value for line in kinds if isinstance(line.value, ast.Constant)}
