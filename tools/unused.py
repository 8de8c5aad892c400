"""Name code that nothing uses: functions, classes, methods, imports and module-level names. A step of `./run test`.

vulture reads Python only. What a template or a rule pack names is used too, and so is what stands as a dotted name in a
string (settings, verbs, jobs). What a library calls by its name stands with its reason in tools/unused_allowed.toml. A
name that only tests use counts as unused: a test keeps alive what the product needs, nothing else.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from vulture import Vulture
from vulture.core import Item

from .say import ROOT
from .unused_by_module import unused_by_module

ALLOWED = ROOT / "tools" / "unused_allowed.toml"
KINDS = {"function", "class", "method", "property", "import", "unreachable_code"}
TAG = re.compile(r"\{[{%](.*?)[%}]\}", re.DOTALL)
STRING = re.compile(r"\"[^\"]*\"|'[^']*'")
NAME = re.compile(r"[A-Za-z_]\w+")
DOTTED = re.compile(r"[\"']([\w.]+\.\w+)[\"']")


def names_in_templates(folder: Path) -> set[str]:
    """Names inside tags, without what stands in quotation marks there: that is a sentence or a path."""
    text = "\n".join(path.read_text("utf-8") for path in folder.rglob("*.html"))
    return {name for tag in TAG.findall(text) for name in NAME.findall(STRING.sub(" ", tag))}


def names_in_strings(folder: Path) -> set[str]:
    """Names in rule packs and process models, and the last part of dotted names in Python."""
    packs = "\n".join(path.read_text("utf-8") for path in folder.rglob("*.toml"))
    code = "\n".join(path.read_text("utf-8") for path in folder.rglob("*.py"))
    return set(NAME.findall(packs)) | {dotted.rsplit(".", 1)[1] for dotted in DOTTED.findall(code)}


def unused(paths: list[Path], allowed: list[str]) -> Iterator[Item]:
    """What vulture finds in `paths` and neither a template, a string nor the list of allowed names explains."""
    reader = Vulture(ignore_names=allowed, ignore_decorators=["@page", "@register.*", "@receiver"])
    reader.scavenge([str(path) for path in paths], exclude=["*/migrations/*"])
    folders = [path for path in paths if path.is_dir()]
    known = set().union(*(names_in_templates(folder) | names_in_strings(folder) for folder in folders))
    for item in reader.get_unused_code(min_confidence=60):
        if item.name not in known and (item.typ in KINDS or is_of_module(item)):
            yield item


def is_of_module(item: Item) -> bool:
    """A name that a module binds, not one of a class (columns, choices, options of forms: read by Django)."""
    if item.typ != "variable" or item.filename.name in {"settings.py", "urls.py", "__init__.py"}:
        return False
    line = item.filename.read_text("utf-8").splitlines()[item.first_lineno - 1]
    return line.startswith(item.name)


def outlived(allowed: list[str], paths: list[Path]) -> list[str]:
    """Allowed names that stand nowhere in the code any more."""
    files = [path for folder in paths for path in ([folder] if folder.is_file() else folder.rglob("*.py"))]
    names = set(NAME.findall("\n".join(path.read_text("utf-8") for path in files)))
    return [pattern for pattern in allowed if not any(fnmatchcase(name, pattern) for name in names)]


def main() -> int:
    paths = [ROOT / "yishi", ROOT / "tools", ROOT / "run"]
    groups = tomllib.loads(ALLOWED.read_text("utf-8"))
    allowed = [name for group in groups.values() for name in group["names"]]
    findings = [
        f"{item.filename.relative_to(ROOT)}:{item.first_lineno}: unused {item.typ} {item.name}"
        for item in unused(paths, allowed)
    ]
    findings += unused_by_module(paths, ROOT, allowed)
    findings += [f"{ALLOWED.relative_to(ROOT)}: {name} stands nowhere" for name in outlived(allowed, paths)]
    print("\n".join(findings), end="\n" if findings else "")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
