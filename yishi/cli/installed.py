"""Is there an installation where a command is about to work? Which one it is, is said in words."""

from typing import Any

import psycopg
from django.db import Error, connection

from yishi.database.direct import direct

TABLE = "organisations_installation"  # stands in every version


def ask() -> None:
    """Stops with one line where no installation is: the settings that the service reads were not read here."""
    if TABLE not in tables():
        raise SystemExit(
            f"yishi: 这里还没有安装（{where()}）。设置文件读对了吗？ · no installation at {where()}; "
            "did this command read the settings of the service (YISHI_ENV_FILE)?"
        )


def tables() -> list[str]:
    """The database's tables; stops with one line where it cannot be reached: a wrong password, no server."""
    try:
        if connection.vendor == "postgresql":  # a pool would try for a quarter of a minute, and say so a hundred times
            direct().close()
        return connection.introspection.table_names()
    except (Error, psycopg.Error) as error:
        raise SystemExit(f"yishi: 数据库连不上 · cannot reach {where()}: {first_line(error)}") from error


def first_line(error: BaseException) -> str:
    """What a database says, in one line; behind a pool the reason stands in what caused the error."""
    while error.__cause__ is not None and not str(error).strip():
        error = error.__cause__
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def where(database: Any = connection) -> str:
    """The database in words, without its password: "SQLite /var/lib/yishi/yishi.sqlite3"."""
    parts = database.settings_dict
    if database.vendor == "sqlite":
        return f"SQLite {parts['NAME']}"
    return f"PostgreSQL {parts['NAME']} @ {parts['HOST'] or 'localhost'}"
