"""Is there an installation where a command is about to work? Which one it is, is said in words."""

from django.db import DatabaseError, connection

TABLE = "organisations_installation"  # stands in every version


def ask() -> None:
    """Stops with one line where no installation is: the settings that the service reads were not read here."""
    try:
        tables = connection.introspection.table_names()
    except DatabaseError as error:
        raise SystemExit(f"yishi: 数据库连不上 · cannot reach {where()}: {str(error).splitlines()[0]}") from error
    if TABLE not in tables:
        raise SystemExit(
            f"yishi: 这里还没有安装（{where()}）。设置文件读对了吗？ · no installation at {where()}; "
            "did this command read the settings of the service (YISHI_ENV_FILE)?"
        )


def where() -> str:
    """The database in words, without its password: "SQLite /var/lib/yishi/yishi.sqlite3"."""
    parts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"SQLite {parts['NAME']}"
    return f"PostgreSQL {parts['NAME']} @ {parts['HOST'] or 'localhost'}"
