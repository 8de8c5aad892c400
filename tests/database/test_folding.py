"""A search folds what is typed and what is stored: width, case, dots and blanks make no difference."""

import pytest

from yishi.database.folding import FOLDED
from yishi.kit.names import searched
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


def test_letters_that_need_no_folding_are_left_to_the_database():
    """SQLite asks our function for none that consists of these alone; and of any other for the whole."""
    assert [chr(code) for code in range(ord(FOLDED[0]), ord(FOLDED[-1]) + 1) if searched(chr(code)) != chr(code)] == []
    for name in ("测试冯六", "测试冯六A", "\uf900测试", ""):
        Person.within.create(name=name)
    assert set(Person.within.filter(name__finds="测试").values_list("name", flat=True)) == {
        "测试冯六", "测试冯六A", "\uf900测试",
    }  # fmt: skip
    assert Person.within.get(name__finds="六a").name == "测试冯六A"
    assert Person.within.get(name__finds="豈测").name == "\uf900测试"  # one of the letters that are two in Unicode


@pytest.mark.parametrize("typed", ["", " ", "·", "tb062", "阿买", "%", "500"])
def test_text_3_nothing_else_is_found(typed):
    Person.within.create(name=STORED.replace("50%_", ""))
    assert not Person.within.filter(name__finds=typed).exists()
    assert not Person.within.filter(name__starts=typed).exists()
