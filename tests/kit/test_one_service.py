"""A page asks one service, which asks the right and does the whole act: nothing is put together in a page."""

import ast
from pathlib import Path

import yishi

PACKAGE = Path(yishi.__path__[0])


def functions_of(text: str) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]


def acts_of_the_domain() -> set[str]:
    """The names of all services that take the id of an act."""
    return {
        function.name
        for path in PACKAGE.rglob("*.py")
        if "web" not in path.relative_to(PACKAGE).parts
        for function in functions_of(path.read_text("utf-8"))
        if any(argument.arg == "act_id" for argument in function.args.kwonlyargs) and not function.name.startswith("_")
    }


def composed(text: str, acts: set[str]) -> dict[str, list[str]]:
    """The functions of a page's module that call several services, or ask for an act's right themselves."""
    found = {}
    for function in functions_of(text):
        calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
        names = [call.id if isinstance(call, ast.Name) else getattr(call, "attr", "") for call in calls]
        done = [name for name in names if name in acts]
        if len(done) > 1 or {"permit", "child_id"} & set(names):
            found[function.name] = done
    return found


def test_no_page_puts_an_act_together_of_several_services():
    acts = acts_of_the_domain()
    assert len(acts) > 300
    pages = (PACKAGE / "web").rglob("*.py")
    found = {str(path.relative_to(PACKAGE)): composed(path.read_text("utf-8"), acts) for path in pages}
    assert {name: functions for name, functions in found.items() if functions} == {}
    bad = "def fill(*, actor):\n    person_write(by=permit('seat.run', actor), name='x')\n    seat_fill(actor=actor)\n"
    assert composed(bad, acts) == {"fill": ["person_write", "seat_fill"]}
