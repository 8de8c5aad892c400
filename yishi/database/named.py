"""A record by the id that an address or a form names."""

from typing import TypeVar

from django.db.models import Manager, Model, QuerySet

from yishi.kit.ids import id_read

AModel = TypeVar("AModel", bound=Model)


def record_named(records: QuerySet[AModel] | Manager[AModel], text: object) -> AModel | None:
    """The one of `records` whose id `text` names; None where it names none of them."""
    key = id_read(text)
    return records.filter(pk=key).first() if key else None
