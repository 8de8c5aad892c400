"""Fonts of the machine for rare letters: taken where they are installed, named where they are not."""

import shutil

import pytest
from django.conf import settings

from tools import fonts, machine, setup
from yishi.config.checks import papers_print_rare_letters


@pytest.fixture
def places(tmp_path, monkeypatch):
    """A machine with one of the two packages, and a folder of fonts for paper."""
    there, absent, folder = tmp_path / "HanaMinB.ttf", tmp_path / "BabelStoneHan.ttf", tmp_path / "fonts-built"
    there.write_bytes(b"a font")
    folder.mkdir()
    monkeypatch.setattr(fonts, "RARE", {"fonts-hanazono": there, "fonts-babelstone-han": absent})
    monkeypatch.setattr(fonts, "FOLDER", folder)
    return there, folder


def test_text_5_what_the_machine_has_is_taken_once_and_again_when_it_is_another(places):
    there, folder = places
    assert fonts.take() == ["HanaMinB.ttf"] and fonts.take() == []
    there.write_bytes(b"a newer font")
    assert fonts.take() == ["HanaMinB.ttf"]
    assert (folder / "HanaMinB.ttf").read_bytes() == b"a newer font"


def test_text_5_a_service_that_may_only_read_its_program_starts_all_the_same(places, monkeypatch):
    monkeypatch.setattr(fonts.os, "access", lambda *_: False)  # root may always
    assert fonts.take() == [] and not list(places[1].iterdir())


def test_text_5_set_up_names_the_packages_that_are_not_there(places, monkeypatch, capsys):
    monkeypatch.setattr(setup, "ready", lambda **_: None)
    assert setup.run([]) == 0
    assert "apt install fonts-babelstone-han，" in capsys.readouterr().out


def test_text_5_before_going_public_the_check_names_letters_and_packages(places, monkeypatch):
    monkeypatch.setattr(settings, "FONTS_DIR", places[1])
    shutil.copyfile("/dev/null", places[1] / "none.txt")
    (warning,) = papers_print_rare_letters(None)
    assert "\U0002ceb0" in warning.msg and "fonts-hanazono fonts-babelstone-han" in warning.hint


def test_text_5_what_the_check_and_the_guide_name_is_what_set_up_takes():
    guide = (fonts.ROOT / "docs" / "install.zh-CN.md").read_text("utf-8")
    for text in (guide, (fonts.ROOT / "yishi" / "config" / "checks.py").read_text("utf-8")):
        assert " ".join(fonts.RARE) in text
    assert set(fonts.RARE) <= set(machine.PACKAGES)
