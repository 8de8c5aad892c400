"""Statements as SQLite takes them, put into its style once.

Django writes `?` for `%s` anew each time that a statement is executed. The questions that are kept (`gather`) are long
and always the same: a twentieth of an office's desk went into it.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.db.backends.sqlite3.base import SQLiteCursorWrapper

KEPT = 500  # statements, by each process

_convert: Any = SQLiteCursorWrapper.convert_query  # asks nothing of its cursor


@lru_cache(maxsize=KEPT)
def _without_names(query: str) -> str:
    converted: str = _convert(None, query)
    return converted


def _convert_query(cursor: Any, query: str, *, param_names: Iterable[str] | None = None) -> str:
    if param_names is None:
        return _without_names(query)
    named: str = _convert(cursor, query, param_names=param_names)
    return named


def register() -> None:
    """Let every cursor of SQLite ask it; doing it again changes nothing."""
    cursor: Any = SQLiteCursorWrapper
    cursor.convert_query = _convert_query
