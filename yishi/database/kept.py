"""Questions that are compiled once and asked again, by several people too."""

import logging
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from weakref import WeakValueDictionary

from django.db import connection
from django.utils import timezone

from yishi.kit.records import certain

from . import alike
from .gather import Asked, Plan, Question
from .reach import nowhere, reach_now

log = logging.getLogger("yishi.database.kept")

KEPT = 2000  # questions, by each process: the newest asked
_kept: OrderedDict[tuple[Hashable, ...], Question] = OrderedDict()
_kin: "OrderedDict[tuple[Hashable, ...], _Kin]" = OrderedDict()
_plans: WeakValueDictionary[tuple[Hashable, ...], Plan] = WeakValueDictionary()
_keeping = Lock()


def kept_question(
    name: Hashable, key: Hashable, build: Callable[[], Mapping[str, Asked]], *, is_reached: bool = True
) -> Question:
    """The question `name` of what `build` gives, compiled once for each `key`, each reach and each day.

    Only the question is kept, never an answer. `build` may read nothing else than what `key` names, the reach within
    which we run and today's date; above all it asks the database nothing. `is_reached=False`: it reads no file, so
    that its question is the same within every reach.
    """
    reach = reach_now() if is_reached else None
    whole = (name, key, reach.key if reach else None, timezone.localdate(), connection.vendor)
    with _keeping:
        question = _kept.get(whole)
        if question is not None:
            _kept.move_to_end(whole)
            return question
    form = alike.taken_apart((key, whole[2]))
    kin = _kin_of((name, form.form, *whole[3:])) if form else None
    question = kin.question(form.values) if kin and form else None
    if question is None or alike.is_due():
        with nullcontext() if is_reached else nowhere():
            built = Question(**build())
        if question is not None and not question.asks_the_same(built):
            log.error("a question is not as that of others alike, and is compiled for each from now on: %s", name)
            certain(kin).is_lost = True
            if alike.always:
                raise AssertionError(f"not alike: {name}")
        question = built
    with _keeping:
        shared = (name, connection.vendor, question.plan.sql, *question.shape)
        question.plan = _plans.setdefault(shared, question.plan)
        question.plan.is_kept = True
        if kin and form:
            kin.learn(question, form.values)
        _kept[whole] = question
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return question


@dataclass(eq=False)
class _Kin:
    """Questions of one name of people whose keys have one form."""

    samples: list[tuple[Question, tuple[Any, ...]]] = field(default_factory=list)
    pattern: alike.Pattern | None = None
    is_lost: bool = False  # they have no pattern

    def question(self, values: tuple[Any, ...]) -> Question | None:
        if self.pattern is None or self.is_lost:
            return None
        return self.samples[0][0].like(self.pattern.filled(values))

    def learn(self, question: Question, values: tuple[Any, ...]) -> None:
        """Look for the pattern in the questions of two people."""
        if self.pattern is not None or self.is_lost:
            return
        for other, theirs in self.samples:
            if other.plan is question.plan:
                self.pattern = self.pattern or alike.Pattern.of(other.params, theirs, question.params, values)
        if self.pattern is not None:
            self.samples[:] = [(question, values)]
        else:
            self.samples.append((question, values))
            self.is_lost = len(self.samples) >= alike.TRIED


def _kin_of(form: tuple[Hashable, ...]) -> _Kin:
    with _keeping:
        kin = _kin.setdefault(form, _Kin())
        _kin.move_to_end(form)
        while len(_kin) > KEPT:
            _kin.popitem(last=False)
        return kin


def forget() -> None:
    """Compile every question anew: for those who measure or compare."""
    with _keeping:
        _kept.clear()
        _kin.clear()
