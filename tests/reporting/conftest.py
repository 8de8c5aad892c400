"""A campaign with families, and figures that begin anew."""

import pytest

from tests.assistance.helping import Helping
from yishi.database.reach import everything
from yishi.reporting import figures


@pytest.fixture
def helping(cast):
    figures.forget()
    with everything():
        yield Helping(cast)
