"""Fixtures for all tests."""

import os

import pytest

from yishi.people.scopes import everything

from .cast import Cast, make_cast
from .promises import checked, promise, proved  # noqa: F401  fixtures


@pytest.fixture
def cast(db) -> Cast:
    """The cast of people, bodies and places (see cast.py)."""
    return make_cast()


@pytest.fixture
def all_files():
    """Run the test's own queries over all files."""
    with everything():
        yield


def pytest_collection_modifyitems(items):
    """Tests that only mean something on PostgreSQL wait for the run that has one."""
    if os.environ.get("YISHI_TEST_DATABASE") != "postgresql":
        for item in items:
            if item.get_closest_marker("postgres"):
                item.add_marker(pytest.mark.skip(reason="PostgreSQL only"))
