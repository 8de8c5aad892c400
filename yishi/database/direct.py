"""A connection of our own to PostgreSQL, beside Django's pool: it fails at once, and says why in one line."""

from typing import Any

import psycopg
from django.db import connection


def direct() -> "psycopg.Connection[tuple[Any, ...]]":
    """A new connection to the default database. Raises `psycopg.Error`."""
    given = connection.get_connection_params()
    ours = {name: given[name] for name in given if name not in {"context", "cursor_factory", "prepare_threshold"}}
    return psycopg.connect(**ours)
