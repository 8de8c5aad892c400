"""A search folds what is typed and what is stored: width, case, dots and blanks make no difference."""

import pytest

from yishi.people.models import Person

pytestmark = pytest.mark.django_db

STORED = "ＴＢ０６１ 阿孜·买买提\U000e0100（一）50%_\\"


@pytest.mark.parametrize(
    "typed", ["tb061", "TB 061", "ｔｂ０６１", "阿孜买买提", "阿孜•买", "提(一)", "买 买", "50%_\\"]
)
def test_text_3_both_sides_are_folded(typed):
    Person.within.create(name=STORED)
    assert Person.within.filter(name__finds=typed).count() == 1
    assert Person.within.filter(name__starts=typed).count() == (typed.lower()[0] in "tｔ")


@pytest.mark.parametrize("typed", ["", " ", "·", "tb062", "阿买", "%", "500"])
def test_text_3_nothing_else_is_found(typed):
    Person.within.create(name=STORED.replace("50%_", ""))
    assert not Person.within.filter(name__finds=typed).exists()
    assert not Person.within.filter(name__starts=typed).exists()
