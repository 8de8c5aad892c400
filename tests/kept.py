"""Fixtures whose rows are written once for the tests that follow one another with them, not again for each.

    @kept
    def story(cast):
        return Story(cast).raise_worry()

A kept fixture writes rows, returns what stands for them, and asks for kept fixtures only. Its rows stand in a
transaction around the tests (a layer for each fixture, that of `cast` lowest) and each test in a savepoint of its own.
Each test holds its own copies of what the fixtures returned: what one test changes no other finds changed. A test that
commits (`transactional_db`) has no layer under it; there the fixture is made as any other is.
"""

import inspect
import pickle
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import wraps
from itertools import groupby
from typing import Any

import pytest
from django.db import transaction
from pytest_django.plugin import blocking_manager_key

from yishi.database.reach import everything
from yishi.reporting import figures

COMMITTING = {"transactional_db", "live_server", "django_db_reset_sequences"}


def kept(build: Callable) -> Any:
    """The fixture that hands out what `build` returned."""
    return _fixture(build, nullcontext)


def kept_over_all_files(build: Callable) -> Any:
    """As `kept`; the fixture and the test that asks for it read all files."""
    return _fixture(build, everything)


def _fixture(build: Callable, reach: Callable) -> Any:
    asked = tuple(inspect.signature(build).parameters)

    def write(below: dict[str, Any]) -> Any:
        with reach():
            return build(*(below.get(name) for name in asked))

    @wraps(build)
    def hand_out(kept_values, **given):
        with reach():
            yield kept_values[build.__name__] if build.__name__ in kept_values else build(*(given[n] for n in asked))

    hand_out.__signature__ = inspect.Signature(
        [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in (*asked, "kept_values")]
    )
    hand_out.kept = write
    return pytest.fixture(hand_out)


@dataclass
class Layer:
    """The rows of one fixture: who wrote them, the transaction in which they stand."""

    write: Callable
    transaction: ExitStack = field(default_factory=ExitStack)
    values: bytes = b""  # what this fixture and those below it returned, by name; together, for they hold one another


class Layers:
    """Those that stand in this process, the lowest first."""

    def __init__(self) -> None:
        self.standing: list[Layer] = []

    def take_down(self, to: int = 0) -> None:
        while len(self.standing) > to:
            self.standing.pop().transaction.close()

    def keep(self, wanted: dict[str, Callable]) -> None:
        """Take down what `wanted` does not begin with."""
        pairs = zip(self.standing, wanted.values(), strict=False)
        alike = [layer.write is write for layer, write in pairs]
        self.take_down(alike.index(False) if False in alike else len(alike))

    def put_up(self, wanted: dict[str, Callable]) -> dict[str, Any]:
        """Make `wanted` stand and nothing else; the values, copies of their own."""
        self.keep(wanted)
        for name, write in list(wanted.items())[len(self.standing) :]:
            below = self.values()
            layer = Layer(write)
            layer.transaction.enter_context(_undone())
            self.standing.append(layer)
            try:
                layer.values = pickle.dumps({**below, name: write(below)})
            except BaseException:
                self.take_down(len(self.standing) - 1)
                raise
        return self.values()

    def values(self) -> dict[str, Any]:
        return pickle.loads(self.standing[-1].values) if self.standing else {}  # noqa: S301  our own


LAYERS = Layers()


@contextmanager
def _undone() -> Iterator[None]:
    """A transaction, or a savepoint in one, whose rows are gone at its end."""
    atomic = transaction.atomic()
    atomic._from_testcase = True  # durable ones may begin in it
    atomic.__enter__()
    try:
        yield
    finally:
        transaction.set_rollback(True)
        atomic.__exit__(None, None, None)


def commits(item: Any) -> bool:
    """Does the test commit, as threads that wait for one another must?"""
    mark = item.get_closest_marker("django_db")
    is_marked = mark and (mark.kwargs.get("transaction") or mark.kwargs.get("reset_sequences"))
    return bool(is_marked) or bool(COMMITTING & set(item.fixturenames))


def wanted_by(item: Any) -> dict[str, Callable]:
    """The kept fixtures under a test, those first on which others stand: name → what writes the rows."""
    fixtures = getattr(item, "_fixtureinfo", None)
    if fixtures is None or commits(item):
        return {}
    wanted: dict[str, Callable] = {}

    def add(name: str) -> bool:
        """Is it kept, with all that it stands on?"""
        if name in wanted or name == "db":
            return True
        definition = fixtures.name2fixturedefs.get(name, [None])[-1]
        write = getattr(getattr(definition, "func", None), "kept", None)
        if write is None or not all([add(below) for below in definition.argnames if below != "kept_values"]):
            return False
        wanted[name] = write
        return True

    for name in item.fixturenames:
        add(name)
    return wanted


def in_groups(items: list[Any]) -> list[Any]:
    """The tests of each module with those together that stand on the same rows."""
    grouped = []
    for _, of_module in groupby(items, key=lambda item: item.path):
        groups: dict[tuple[Callable, ...], list[Any]] = {}
        for item in of_module:
            groups.setdefault(tuple(wanted_by(item).values()), []).append(item)
        grouped += [item for group in groups.values() for item in group]
    return grouped


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: Any) -> None:
    """What a test does not stand on goes before it begins: another's rows, and the transaction around them."""
    if LAYERS.standing:
        with item.config.stash[blocking_manager_key].unblock():
            LAYERS.keep(wanted_by(item))


@pytest.fixture
def kept_values(request, django_db_setup, django_db_blocker) -> dict[str, Any]:
    figures.forget()  # what this process remembers of rows that are gone
    with django_db_blocker.unblock():
        return LAYERS.put_up(wanted_by(request.node))


@pytest.fixture
def _django_db_helper(kept_values, _django_db_helper):
    """The savepoint of a test stands on its layers."""
