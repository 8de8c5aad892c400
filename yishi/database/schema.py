"""What the database is told of its own tables and schemas."""

from django.db import connection
from django.db.models import Model


def rows_counted(model: type[Model]) -> None:
    """Let PostgreSQL know how many rows there are now: what it plans for ten it does slowly with sixteen thousand."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {model._meta.db_table}")


def schema_set_aside(name: str) -> None:
    """PostgreSQL: the current schema becomes `name`, an empty one takes its place."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        current = connection.ops.quote_name(cursor.fetchone()[0])
        cursor.execute(f"ALTER SCHEMA {current} RENAME TO {connection.ops.quote_name(name)}")
        cursor.execute(f"CREATE SCHEMA {current}")
