"""Insert or return: what two deliveries of one thing need, where looking first would let both insert."""

from typing import TypeVar

from django.db import connection
from django.db.models import Model

from yishi.kit.records import certain

Row = TypeVar("Row", bound=Model)


def insert_or_return(draft: Row) -> tuple[Row, bool]:
    """Insert `draft` and give (it, True), or give the row that stands under its primary key and False.

    No index is named as the arbiter: of two deliveries at one moment the second may meet the first in another unique
    index before that of the key, and PostgreSQL forgives only a conflict in a named one. `Model.DoesNotExist` if the
    conflict was with another row: its key is another, something else of it is the same.
    """
    model = type(draft)
    fields = model._meta.concrete_fields
    quote = connection.ops.quote_name
    columns = ", ".join(quote(certain(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    values = [field.get_db_prep_save(getattr(draft, field.attname), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({marks}) ON CONFLICT DO NOTHING", values
        )
        if cursor.rowcount == 1:
            draft._state.adding = False
            return draft, True
    return model._default_manager.get(pk=draft.pk), False
