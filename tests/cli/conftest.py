"""Databases of their own for commands that migrate, restore or move one."""

import os
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest


@pytest.fixture
def new_database():
    """Makes empty databases on the tests' server."""
    server, made = urlsplit(os.environ["YISHI_TEST_DATABASE_URL"]), []
    with psycopg.connect(urlunsplit(server), autocommit=True) as admin:

        def make() -> str:
            made.append(f"command_{os.getpid()}_{len(made)}")
            admin.execute(f"CREATE DATABASE {made[-1]}")
            return urlunsplit(server._replace(path=f"/{made[-1]}"))

        yield make
        for name in made:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
