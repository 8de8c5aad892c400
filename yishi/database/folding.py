"""Two look-ups that fold both sides: `name__finds="阿孜买买提"` finds 阿孜·买买提, `number__starts="tb0"` TB061.

What is left out and made alike stands in `kit.names.searched`; PostgreSQL says it in SQL, SQLite asks that function.
"""

from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.backends.signals import connection_created
from django.db.models import CharField, Lookup, TextField

from yishi.kit.names import LEFT_OUT, searched

_POSTGRESQL = "regexp_replace(lower(normalize(%s, NFKC)), %%s, '', 'g')"
_SQLITE = "yishi_searched"
FOLDED = "\u4e00-\u9fff"  # letters that folding leaves as they are
NAME = 40  # letters: longer texts are not kept


class Finds(Lookup):
    """The text holds what was typed, whatever the width, case, dots and blanks of either; nothing holds nothing."""

    lookup_name = "finds"
    prepare_rhs = False
    postgresql, sqlite = "strpos({}, {}) > 0", "instr({}, {}) > 0"

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """What consists of Chinese letters alone, as nearly all names do, is folded already: SQLite looks by itself."""
        text, params = self.process_lhs(compiler, connection)
        typed = self._typed()
        folded, plain = self.sqlite.format(f"{_SQLITE}({text})", "%s"), self.sqlite.format(text, "%s")
        sql = f"CASE WHEN {text} GLOB '*[^{FOLDED}]*' THEN {folded} ELSE {plain} END"
        return sql, [*params, *params, typed, *params, typed]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        text, params = self.process_lhs(compiler, connection)
        marks = f"[{LEFT_OUT}]"
        sql = self.postgresql.format(_POSTGRESQL % text, _POSTGRESQL % "%s::text")
        return sql, [*params, marks, self._typed(), marks]

    def _typed(self) -> str:
        typed = searched(str(self.rhs))
        if not typed:
            raise EmptyResultSet
        return typed


class Starts(Finds):
    """The text begins with what was typed, folded alike."""

    lookup_name = "starts"
    postgresql, sqlite = "starts_with({}, {})", "instr({}, {}) = 1"


def register() -> None:
    """Make the look-ups known to Django's text fields and their function to each new connection with SQLite."""
    for field in (CharField, TextField):
        field.register_lookup(Finds)
        field.register_lookup(Starts)
    connection_created.connect(_function, dispatch_uid="yishi.database.folding")


def _function(sender: Any, connection: Any, **_rest: Any) -> None:
    if connection.vendor == "sqlite":
        connection.connection.create_function(_SQLITE, 1, _searched, deterministic=True)


def _searched(text: str | None) -> str | None:
    if text is None or len(text) > NAME:
        return text and searched(text)
    return _name_searched(text)


@lru_cache(maxsize=40_000)
def _name_searched(text: str) -> str:
    """Of names: a search looks through those of all sixteen thousand places, and folding one takes ten times as long
    as finding it here."""
    return searched(text)
