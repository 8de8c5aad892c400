"""`yishi …`: the command line. Django is loaded only by the verbs that need it.

A verb (verbs.py) is a module with `run(words) -> int`; its first docstring line is its help. Every other word
goes to Django's own commands (`yishi migrate`, `yishi shell`, …).
"""

import ast
import importlib
import os
import sys
from pathlib import Path

from .verbs import VERBS, WITHOUT_DJANGO, WITHOUT_TABLES


def main(arguments: list[str] | None = None) -> int:
    words = sys.argv[1:] if arguments is None else arguments
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yishi.config.settings")
    verb = words[0] if words else "help"
    if verb in {"help", "-h", "--help"} and len(words) <= 1:
        print(overview())
        return 0
    if verb in VERBS:
        if verb not in WITHOUT_DJANGO:
            import django

            django.setup()
        if verb not in WITHOUT_TABLES:
            from . import installed

            installed.ask()
        return importlib.import_module(VERBS[verb]).run(words[1:]) or 0
    from django.core.management import execute_from_command_line

    execute_from_command_line(["yishi", *words])
    return 0


def overview() -> str:
    """The verbs, each with the first line of its module."""
    lines = ["yishi VERB …", ""]
    for verb, module in sorted(VERBS.items()):
        path = Path(__file__).resolve().parents[2] / (module.replace(".", "/") + ".py")
        text = (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").splitlines()[0]
        lines.append(f"  {verb:18} {text}")
    return "\n".join([*lines, "", "Every other word is a command of Django: yishi migrate, yishi shell, …"])


if __name__ == "__main__":
    raise SystemExit(main())
