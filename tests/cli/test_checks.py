"""`yishi checks`: the pack is sound, a place is checked, wrong words are answered with how to type it."""

import pytest

from tests.assistance.families import family
from yishi.assistance.checks.models import CheckFinding
from yishi.cli.checks import run

pytestmark = pytest.mark.django_db


def test_a_place_is_checked(cast, capsys):
    family(cast.places["牟尼村"], 1, house_grade="D")
    family(cast.places["外县村"], 2, house_grade="D")
    assert run(["run", "--place", "532323100201"]) == 0
    assert "households 1, found 1, cleared 0, standing 1" in capsys.readouterr().out
    assert run(["run"]) == 0
    assert "households 2, found 1, cleared 0, standing 2" in capsys.readouterr().out
    assert CheckFinding.within.count() == 2


def test_the_pack_is_sound(capsys):
    assert run(["pack"]) == 0
    assert "162 rules" in capsys.readouterr().out


@pytest.mark.parametrize("words", [[], ["run", "--place"], ["run", "x"], ["go"], ["run", "--place", "1", "2"]])
def test_wrong_words_are_answered_with_the_usage(words, capsys):
    assert run(words) == 2
    assert "yishi checks run" in capsys.readouterr().out


def test_an_unknown_place_is_named(cast, capsys):
    assert run(["run", "--place", "999"]) == 2
    assert "999" in capsys.readouterr().out
