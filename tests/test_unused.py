"""The step that finds unused code: what it finds, and what it leaves alone."""

from tools.unused import outlived, unused
from tools.unused_by_module import unused_by_module

CODE = """
from os import path

CHECKED = named_by_a_pack = 1
FORGOTTEN = 2


class Form:
    def clean_name(self): ...

    @property
    def shown(self): ...

    @property
    def hidden(self): ...


def view(): ...


def helper(): ...


RUN = {"view": "part.pages.view", "form": Form, "checked": CHECKED}
"""
PAGE = "{{ form.shown }} {% translate 'a helper is hidden here' %}"


def found(folder, allowed=("clean_*", "RUN")):
    (folder / "pages.py").write_text(CODE)
    (folder / "page.html").write_text(PAGE)
    (folder / "pack.toml").write_text('look_at = "named_by_a_pack"')
    return sorted(item.name for item in unused([folder], list(allowed)))


def test_it_works(tmp_path):
    assert found(tmp_path) == ["FORGOTTEN", "helper", "hidden", "path"]


def test_what_django_calls_by_its_name_is_allowed_by_its_name(tmp_path):
    assert "clean_name" in found(tmp_path, allowed=())


def test_an_allowed_name_that_stands_nowhere_is_named(tmp_path):
    found(tmp_path)
    assert outlived(["clean_*", "helper", "gone", "never_*"], [tmp_path]) == ["gone", "never_*"]


LISTS = """
COUNTS = 1
SHOWN = 2
ASKED = 3
TOLD = 4


def run(): ...
"""
PAGES = """
import lists
from lists import ASKED

COUNTS = ASKED
SHOWN = COUNTS
print(SHOWN, lists.TOLD)
"""
TABLE = """
from part import lists

VERBS = {"x": "part.lists.run"}
for part in (lists, VERBS):
    print(part.SHOWN)
"""


def test_a_dead_name_that_another_module_has_too_is_found(tmp_path):
    (tmp_path / "lists.py").write_text(LISTS)
    (tmp_path / "pages.py").write_text(PAGES)
    found = [line.rsplit(" ", 1)[1] for line in unused_by_module([tmp_path], tmp_path, [])]
    assert found == ["COUNTS", "SHOWN", "run"]


def test_a_module_that_is_handed_about_may_be_asked_for_its_names(tmp_path):
    part = tmp_path / "part"
    part.mkdir()
    (part / "lists.py").write_text(LISTS)
    (tmp_path / "table.py").write_text(TABLE)
    found = list(unused_by_module([tmp_path], tmp_path, ["ASKED"]))
    assert found == ["part/lists.py:2: unused in its module: COUNTS", "part/lists.py:5: unused in its module: TOLD"]
