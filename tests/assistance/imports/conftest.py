"""Fixtures for tests of workbooks."""

import pytest

from tests.assistance.helping import Helping
from tests.kept import kept


@pytest.fixture(autouse=True)
def _all(request):
    """The tests look at what was written, whoever may see it; those of pages see what their people see."""
    if "client" not in request.fixturenames and "cast" in request.fixturenames:
        request.getfixturevalue("all_files")


@kept
def helping(cast):
    """A campaign with its catalogue and families."""
    return Helping(cast)
