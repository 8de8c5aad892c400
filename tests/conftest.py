"""Fixtures for all tests."""

import hashlib
import os
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core.management.commands import migrate
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection, connections
from django.test import TransactionTestCase
from hypothesis import settings

from yishi.database import alike
from yishi.database.reach import everything

from . import kept as kept_fixtures
from .cast import Cast, make_cast
from .kept import _django_db_helper, commits, kept, kept_values, pytest_runtest_setup  # noqa: F401  fixtures and a hook
from .promises import checked, promise, proved  # noqa: F401  fixtures

# A machine that does other things at the same time is no fault of what is tested.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

# An installation on the machine where tests run is none of theirs, nor of the commands that they start.
os.environ.setdefault("YISHI_ENV_FILE", "")

alike.always = True  # each question that is filled in is compared with one compiled anew

MANY = 4  # cases of a walk
SHARE = 6  # one part in six is drawn

_migrate = migrate.Command.handle


def _make_tables(command: migrate.Command, *_args: Any, **options: Any) -> None:
    """What `migrate --run-syncdb` does without migrations, without building the state of a project that has none: the
    same tables in a third of the time (a single test waits for it, and each process of a run)."""
    with connections[options["database"]].schema_editor() as editor:
        for model in apps.get_models():
            if model._meta.can_migrate(editor.connection):
                editor.create_model(model)
    emit_post_migrate_signal(verbosity=0, interactive=False, db=options["database"])


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, django_db_use_migrations):
    if not django_db_use_migrations:
        migrate.Command.handle = _make_tables


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The text index stands in a migration, and tests run none."""
    migrate.Command.handle = _migrate
    made = import_module("yishi.assistance.migrations.0001_initial").MADE
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for sql in made[connection.vendor]:
            cursor.execute(sql)
    yield
    with django_db_blocker.unblock():
        kept_fixtures.LAYERS.take_down()


@kept
def cast(db) -> Cast:
    """The cast of people, bodies and places (see cast.py)."""
    return make_cast()


@pytest.fixture
def all_files():
    """Run the test's own queries over all files."""
    with everything():
        yield


def asks_the_database(item) -> bool:
    """By a mark, by a fixture, as a test case of Django, or because it is about PostgreSQL itself."""
    marked = item.get_closest_marker("django_db") or item.get_closest_marker("postgres")
    is_case = item.cls is not None and issubclass(item.cls, TransactionTestCase)
    return bool(marked) or is_case or bool({"db", "transactional_db"} & set(item.fixturenames))


def draw(names: list[str], seed: str) -> set[str]:
    """A sixth of `names`, at least one; the same for the same seed, in whichever order they come."""
    shuffled = sorted(names, key=lambda name: hashlib.sha256(f"{seed} {name}".encode()).digest())
    return set(shuffled[: -(-len(shuffled) // SHARE)])


def drawn_walks(walks: list[str], seed: str) -> set[str]:
    """A sixth of the cases of each walk that has many, a sixth of all others: one seed costs what another does."""
    by_walk: dict[str, list[str]] = {}
    for name in walks:
        by_walk.setdefault(name.partition("[")[0], []).append(name)
    few = [name for cases in by_walk.values() if len(cases) < MANY for name in cases]
    return draw(few, seed).union(*(draw(cases, seed) for cases in by_walk.values() if len(cases) >= MANY))


def left_out(items, seed: str, database: str) -> list:
    """What this run does not draw: five sixths of the long walks; on PostgreSQL also five sixths of what SQLite ran,
    these walks too, where it neither is about PostgreSQL nor commits."""
    walks = [item.nodeid for item in items if item.get_closest_marker("long")]
    out = set(walks) - drawn_walks(walks, seed)
    if database == "postgresql":
        alike = [item for item in items if not (item.get_closest_marker("postgres") or commits(item))]
        names = [item.nodeid for item in alike if item.nodeid not in out]
        out |= set(names) - draw(names, seed)
    return [item for item in items if item.nodeid in out]


def pytest_collection_modifyitems(config, items):
    """What means something on PostgreSQL only waits for the run that has one; what asks no database runs once, by
    itself (`YISHI_TEST_DATABASE=none`). Where a seed says which, only what is drawn runs."""
    database = os.environ.get("YISHI_TEST_DATABASE", "")
    if seed := os.environ.get("YISHI_TEST_DRAW"):
        out = set(left_out(items, seed, database))
        config.hook.pytest_deselected(items=list(out))
        items[:] = [item for item in items if item not in out]
    if database != "postgresql":
        for item in items:
            if item.get_closest_marker("postgres"):
                item.add_marker(pytest.mark.skip(reason="PostgreSQL only"))
    items[:] = kept_fixtures.in_groups(items)
    if not database:
        return
    asking = {item for item in items if asks_the_database(item)}
    if database == "none":
        kept = set(items) - asking
    elif database == "postgresql":
        kept = {item for item in asking if not item.get_closest_marker("once")}
    else:
        kept = asking
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = [item for item in items if item in kept]
