"""Indexes for orders that one database has by itself and the other must be told."""

from typing import Any

from django.db import models
from django.db.backends.ddl_references import Statement


class NullsFirst(models.Index):
    """An index of columns in whose first one what is not set comes first: so SQLite sorts by itself, and PostgreSQL
    where it is told. It answers `order_by(F(first).asc(nulls_first=True), …)`."""

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **kwargs: Any) -> Statement:
        plain = self.fields_orders
        if schema_editor.connection.vendor == "postgresql":
            self.fields_orders = [(plain[0][0], "NULLS FIRST"), *plain[1:]]
        try:
            return super().create_sql(model, schema_editor, using=using, **kwargs)
        finally:
            self.fields_orders = plain
