"""The journal's raw SQL."""

from django.db import connection

from .models import Receipt


def receipt_insert_or_return(draft: Receipt) -> tuple[Receipt, bool]:
    """Insert `draft` and give (it, True), or give the receipt that stands under its id and False; never look first."""
    fields = Receipt._meta.concrete_fields
    quote = connection.ops.quote_name
    columns = ", ".join(quote(f.column) for f in fields)
    marks = ", ".join(["%s"] * len(fields))
    values = [f.get_db_prep_save(getattr(draft, f.attname), connection) for f in fields]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(Receipt._meta.db_table)} ({columns}) VALUES ({marks}) ON CONFLICT (id) DO NOTHING",
            values,
        )
        if cursor.rowcount == 1:
            draft._state.adding = False
            return draft, True
    return Receipt.objects.get(pk=draft.pk), False
