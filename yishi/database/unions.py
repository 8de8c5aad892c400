"""Querysets put together, each found by its own index."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet


def union_of(parts: Sequence[QuerySet[Any, Any]], *, are_apart: bool = False) -> QuerySet[Any, Any]:
    """All of them as one; of rows that stand in several, one. `are_apart`: no row does, so that nobody looks for it."""
    first, *others = parts
    whole: QuerySet[Any, Any] = first.union(*others, all=are_apart) if others else first
    return whole


def as_part(keys: QuerySet[Any, Any]) -> QuerySet[Any]:
    """The rows of `keys`, which has an end: within a union SQLite takes no limit, but within a part of it."""
    rows: QuerySet[Any] = keys.model._base_manager.filter(pk__in=keys)
    return rows
