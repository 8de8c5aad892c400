"""Receipts as an act begins and ends them: inserted without looking first, ended by one statement."""

from django.db import IntegrityError, connection

from yishi.database.insert import insert_or_return
from yishi.database.prepared import update_of

from .models import Receipt


def receipt_insert_or_return(draft: Receipt) -> tuple[Receipt, bool]:
    """Insert `draft` and give (it, True), or give the receipt that stands under its id and False; never look first.

    IntegrityError if another id has the same number (60 bits of its hash: once in a billion billion).
    """
    try:
        return insert_or_return(draft)
    except Receipt.DoesNotExist as error:
        raise IntegrityError(f"receipt number {draft.number} is taken by another act") from error


def receipt_end(receipt: Receipt) -> None:
    """Write what the act ended with: its result and how many entries it has."""
    ended = update_of(Receipt, ("result", "entry_count"), [(receipt.pk, (receipt.result, receipt.entry_count))])
    with connection.cursor() as cursor:
        cursor.execute(ended.sql, ended.rows[0])
