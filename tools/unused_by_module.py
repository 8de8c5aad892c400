"""Names of a module that nothing uses, asked module by module.

vulture looks for a name over the whole tree: a dead one that another module has too stays hidden (`COUNTS`, `SHOWN`,
`NAMES`). Here a name counts as used where its own module reads it, another imports it from there or reads it from that
module, or `__all__` names it and somebody imports it. A module that is handed about (in a table, or named in a string)
may be asked for any name that is read as an attribute somewhere.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

# What the framework reads from a module by these names.
READ_BY_NAME = {"urlpatterns", "app_name", "register", "handler403", "handler404", "handler500", "_"}
SETTINGS = "settings.py"
DECLARES_ITSELF = "DeclaredList"  # templates know a list by its own name


@dataclass
class Module:
    """What one file binds at its top, and what it reads of itself and of others."""

    path: Path
    name: str
    bound: dict[str, int] = field(default_factory=dict)  # name: line
    read: set[str] = field(default_factory=set)
    taken: set[tuple[str, str]] = field(default_factory=set)  # (module, name) that it imports or reads there
    handed: set[str] = field(default_factory=set)  # modules that it hands about
    attributes: set[str] = field(default_factory=set)
    strings: set[str] = field(default_factory=set)


def dotted(path: Path, root: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(node: ast.ImportFrom, package: list[str]) -> str:
    """The dotted name from which it imports."""
    if not node.level:
        return node.module or ""
    return ".".join(filter(None, [*package[: len(package) - node.level + 1], node.module]))


def _names(target: ast.expr) -> list[str]:
    """One name; of several that one value fills, none: one may be there for the others' sake."""
    return [target.id] if isinstance(target, ast.Name) else []


def _bound(tree: ast.Module) -> dict[str, int]:
    bound: dict[str, int] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            bound |= {} if node.decorator_list else {node.name: node.lineno}
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            is_list = isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == DECLARES_ITSELF
            bound |= {} if is_list else {name: node.lineno for target in targets for name in _names(target)}
    return {name: line for name, line in bound.items() if not name.startswith("__") and name not in READ_BY_NAME}


def read_module(path: Path, root: Path, known: set[str]) -> Module:
    """What the file at `path` binds and reads; `known` are the dotted names of all modules."""
    tree = ast.parse(path.read_text("utf-8"))
    module = Module(path, dotted(path, root), _bound(tree))
    package = module.name.split(".") if path.name == "__init__.py" else module.name.split(".")[:-1]
    alias: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            alias |= {
                imported.asname or imported.name: imported.name for imported in node.names if imported.name in known
            }
        elif isinstance(node, ast.ImportFrom):
            base = _imported(node, package)
            for imported in node.names:
                module.taken.add((base, imported.name))
                if f"{base}.{imported.name}" in known:
                    alias[imported.asname or imported.name] = f"{base}.{imported.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            module.attributes.add(node.attr)
            if isinstance(node.value, ast.Name) and node.value.id in alias:
                module.taken.add((alias[node.value.id], node.attr))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            module.strings.add(node.value)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            module.read.add(node.id)
    bases = [node.value for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    bare = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and not any(node is base for base in bases)]
    module.handed = {alias[node.id] for node in bare if node.id in alias}
    return module


def unused_by_module(folders: list[Path], root: Path, allowed: list[str]) -> Iterator[str]:
    """A line for each name that a module of `folders` (or a file) binds and nobody uses; Django reads its settings."""
    paths = [path for folder in folders for path in ([folder] if folder.is_file() else sorted(folder.rglob("*.py")))]
    paths = [path for path in paths if "migrations" not in path.parts]
    known = {dotted(path, root) for path in paths}
    modules = [read_module(path, root, known) for path in paths]
    taken = set().union(*(module.taken for module in modules))
    strings = set().union(*(module.strings for module in modules))
    handed = set().union(*(module.handed for module in modules)) | {name for name in known if name in strings}
    attributes = set().union(*(module.attributes for module in modules)) | strings
    for module in modules:
        if module.path.name == SETTINGS:
            continue
        for name, line in module.bound.items():
            used = name in module.read or (module.name, name) in taken or f"{module.name}.{name}" in strings
            used = used or (module.name in handed and name in attributes)
            if not used and not any(fnmatchcase(name, pattern) for pattern in allowed):
                yield f"{module.path.relative_to(root)}:{line}: unused in its module: {name}"
