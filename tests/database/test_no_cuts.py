"""What somebody wrote is kept whole or refused; nothing that can be seen is cut away in silence."""

import ast
from pathlib import Path

import pytest

import yishi
from tests.promises import promise  # noqa: F401
from yishi.commitments import services as ledger
from yishi.kit.errors import Refusal
from yishi.organisations.services.venues import venue_open

PACKAGE = Path(yishi.__file__).parent
# Words that are looked for, never kept: a search reads their beginning.
SEARCHED = {
    "assistance/deeds/reads.py": 4,
    "assistance/register/reads.py": 1,
    "web/assistance/register/households.py": 2,
    "web/crossings/supervising.py": 1,
    "web/deliberation/record/library.py": 1,
    "web/kit/fields/body_field.py": 1,
    "web/organisations/journal.py": 1,
    "web/shell/search.py": 1,
}


def cuts(tree):
    """`clean(…)[:n]` and `….strip()[:n]`: what was typed, cut."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice) and node.slice.upper is not None):
            continue
        called = node.value.func if isinstance(node.value, ast.Call) else None
        if getattr(called, "id", "") == "clean" or (getattr(called, "attr", "") == "strip" and not node.value.args):
            yield node.lineno


# Texts that a service shows in a sentence or compares: their beginning is enough.
QUOTED = {"imports/services/fact_kind.py", "imports/services/finding_kind.py", "imports/services/number_kind.py",
          "imports/services/pairing_kind.py", "imports/services/project_kind.py", "imports/services/steps.py",
          "services/similar.py"}  # fmt: skip


def later_cuts(tree):
    """`x[:n]` of a text that the function was given or has cleaned."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        given = (*function.args.args, *function.args.kwonlyargs)
        texts = {each.arg for each in given if each.annotation is not None and ast.unparse(each.annotation) == "str"}
        for node in ast.walk(function):
            called = node.value.func if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) else None
            if getattr(called, "id", "") == "clean" or getattr(called, "attr", "") in ("strip", "kept"):
                texts |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        for node in ast.walk(function):
            is_cut = isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice) and not node.slice.lower
            if is_cut and node.slice.upper and getattr(node.value, "id", "") in texts:
                yield node.lineno


def test_text_1_no_service_cuts_what_was_typed():
    assert list(cuts(ast.parse("clean(x)[:3]; x.strip()[:3]; x[:3]; clean(x)"))) == [1, 1]
    sample = "def a(x: str, y):\n x[:3]; y[:3]; x[1:3]\ndef b(z):\n z = clean(z)\n z[:3]"
    assert list(later_cuts(ast.parse(sample))) == [2, 5]
    services = [path for path in PACKAGE.rglob("services/*.py") if not str(path).endswith(tuple(QUOTED))]
    assert len(services) > 80
    assert [path for path in services if list(later_cuts(ast.parse(path.read_text("utf-8"))))] == []
    found = {}
    for path in PACKAGE.rglob("*.py"):
        name = path.relative_to(PACKAGE).as_posix()
        if not name.startswith(("demo/", "cli/")) and (lines := list(cuts(ast.parse(path.read_text("utf-8"))))):
            found[name] = len(lines)
    assert found == SEARCHED


@pytest.mark.django_db
def test_text_1_an_address_and_a_note_beyond_their_columns_are_refused_whole(cast, all_files, promise):  # noqa: F811
    with pytest.raises(Refusal) as refused:
        venue_open(
            actor=cast.viewer("administrator"),
            kind="room",
            name="新室",
            place=cast.places["牟尼村"],
            address="街" * 121,
            convener=cast.bodies["council"],
        )
    assert refused.value.field == "address"
    with pytest.raises(Refusal) as refused:
        ledger.reminder_send(actor=cast.viewer("clerk"), commitment=promise(), text="催" * 1001)
    assert refused.value.field == "text"
