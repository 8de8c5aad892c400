"""Fixtures for all tests."""

import pytest

from yishi.people.scopes import everything

from .cast import Cast, make_cast


@pytest.fixture
def cast(db) -> Cast:
    """The cast of people, bodies and places (see cast.py)."""
    return make_cast()


@pytest.fixture
def all_files():
    """Run the test's own queries over all files."""
    with everything():
        yield
