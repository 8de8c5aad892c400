"""What is filled in for one person is what would be compiled for them; where that is not certain, it is compiled.

Everywhere else in these tests each question that is filled in is compared (`alike.always`).
"""

from uuid import UUID

import pytest

from yishi.commitments.models import Commitment
from yishi.database import alike, kept
from yishi.database.alike import Pattern, are_same, taken_apart
from yishi.database.gather import Given
from yishi.database.kept import kept_question
from yishi.database.reach import everything
from yishi.organisations.models import Place
from yishi.people.models import Person

A, B, C, D = (UUID(int=number) for number in range(1, 5))


def form(keys):
    return taken_apart(keys).form


def test_alike_is_who_has_the_same_grants_at_other_desks():
    clerk = (False, ((100, 200),), frozenset({A}), ((A, "clerk", 100, 200),), B)
    assert form(clerk) == form((False, ((300, 420),), frozenset({C}), ((C, "clerk", 300, 420),), D))
    assert taken_apart(clerk).values[:2] == (100, 200)
    unlike = {
        "another role": (False, ((300, 420),), frozenset({C}), ((C, "staff", 300, 420),), D),
        "a desk elsewhere than the files": (False, ((300, 420),), frozenset({C}), ((C, "clerk", 310, 320),), D),
        "another desk than the files'": (False, ((300, 420),), frozenset({C}), ((D, "clerk", 300, 420),), D),
        "a prefecture": (False, ((300, 900),), frozenset({C}), ((C, "clerk", 300, 900),), D),
        "everything": (True, ((300, 420),), frozenset({C}), ((C, "clerk", 300, 420),), D),
    }
    assert [name for name, keys in unlike.items() if form(keys) == form(clerk)] == []
    assert form(((1, 9), (2, 3))) != form(((1, 9), (12, 13)))  # one within the other, and beside it
    assert form((True,)) != form((1,))


def test_a_set_of_several_desks_has_no_order():
    assert taken_apart((frozenset({A, B}),)) is None
    assert taken_apart((frozenset({"poor", "watched"}), frozenset({A}))) is not None


def test_a_pattern_is_what_two_questions_say_for_certain():
    pattern = Pattern.of([A.hex, 7, "open", 100], (A, 100), [B.hex, 7, "open", 300], (B, 300))
    assert pattern.filled((C, 500)) == [C.hex, 7, "open", 500]
    assert Pattern.of([A], (A,), [B], (B,)).filled((C,)) == [C]
    wide = Pattern.of([Wide(100)], (100,), [Wide(300)], (300,)).filled((500,))
    assert wide == [500] and type(wide[0]) is Wide


class Wide(int):
    """As a number goes to PostgreSQL."""


@pytest.mark.parametrize(
    ("one", "ones", "other", "others"),
    [
        ([100], (100,), [100], (100,)),  # the number of both, or everybody's
        ([A.hex], (A,), [A.hex], (A,)),
        ([99], (100,), [299], (300,)),  # worked out of a number
        ([A.hex], (A, B), [D.hex], (C, D)),  # the first of one, the second of the other
        (["matter a"], (A,), ["matter b"], (B,)),
        ([1], (5,), [True], (6,)),
    ],
)
def test_what_is_not_certain_has_no_pattern(one, ones, other, others):
    assert Pattern.of(one, ones, other, others) is None


def test_a_value_that_comes_with_each_asking_stays_one():
    field = Place._meta.pk
    assert are_same([Given("home", field)], [Given("home", field)])
    assert not are_same([Given("home", field)], [Given("deed", field)])
    assert not are_same([Given("home", field)], ["home"]) and not are_same([1], [1, 2])


@pytest.mark.django_db
class TestKept:
    @pytest.fixture(autouse=True)
    def fresh(self, monkeypatch):
        monkeypatch.setattr(alike, "always", False)
        kept.forget()
        yield
        kept.forget()

    def asked(self, number, build):
        return kept_question("of somebody", (UUID(int=number), number * 1000), build)

    def test_the_third_is_filled_in_and_asks_what_is_theirs(self):
        people = [Person.objects.create(name=f"演示{number}") for number in range(4)]
        built = []

        def names(person):
            def build():
                built.append(person.name)
                return {"found": Person.within.filter(pk=person.pk)}

            with everything():
                return kept_question("somebody", person.pk, build).answer()["found"]

        assert [names(person)[0].name for person in people] == [person.name for person in people]
        assert built == ["演示0", "演示1"]

    def test_one_that_is_not_alike_after_all_is_found_out(self, monkeypatch):
        """It hangs on something that the keys do not say."""
        where = {1: 1, 2: 1, 3: 1, 4: 2}

        def build(number):
            return lambda: {"rows": Commitment.within.filter(place__lo__gte=number * 1000, round__gte=where[number])}

        for number in (1, 2):
            self.asked(number, build(number))
        told = []
        monkeypatch.setattr(kept.log, "error", lambda *said: told.append(said))
        monkeypatch.setattr(alike, "is_due", lambda: True)
        assert 3000 in self.asked(3, build(3)).params
        question = self.asked(4, build(4))
        assert 2 in question.params and len(told) == 1
        monkeypatch.setattr(alike, "is_due", lambda: False)
        where[5] = 2
        assert 2 in self.asked(5, build(5)).params  # compiled for each from now on

    def test_a_form_without_a_pattern_is_given_up(self):
        for number in range(1, alike.TRIED + 3):
            self.asked(number, lambda number=number: {"rows": Commitment.within.filter(place__lo=number * 1000 + 1)})
        assert [(kin.is_lost, len(kin.samples)) for kin in kept._kin.values()] == [(True, alike.TRIED)]

    def test_so_often_one_is_compared(self, monkeypatch):
        assert sum(alike.is_due() for _use in range(3 * alike.EVERY)) == 3
        monkeypatch.setattr(alike, "always", True)
        assert all(alike.is_due() for _use in range(3))
