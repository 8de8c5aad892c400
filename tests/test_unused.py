"""The step that finds unused code: what it finds, and what it leaves alone."""

from tools.unused import outlived, unused

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
