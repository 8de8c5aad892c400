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
    "web/deliberation/record/library.py": 1,
    "web/kit/body_field.py": 1,
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


def test_text_1_no_service_cuts_what_was_typed():
    assert list(cuts(ast.parse("clean(x)[:3]; x.strip()[:3]; x[:3]; clean(x)"))) == [1, 1]
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
