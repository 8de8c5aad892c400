"""Pages of a search: each knows whether another follows; how many there are in all nobody counts."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

if TYPE_CHECKING:
    AnyPaginator = Paginator[Any]
else:  # Django's own takes no type at run time
    AnyPaginator = Paginator

DIGITS = 6  # of the number of a page; nobody turns a million pages


def in_order(keys: Iterable[Any], records: Iterable[Any]) -> list[Any]:
    """The records in the order of their keys; of a key without one nothing."""
    by_key = {record.pk: record for record in records}
    return [by_key[key] for key in keys if key in by_key]


class Capped(AnyPaginator):
    """Of very many rows the first `most` are paged through, and no more of them are counted."""

    def __init__(self, rows: QuerySet[Any], per_page: int, most: int):
        super().__init__(rows, per_page)
        self.most = most

    @cached_property
    def counted(self) -> int:
        rows: Any = self.object_list
        return self.first_of(rows, self.most).count()

    @staticmethod
    def first_of(rows: QuerySet[Any], most: int) -> QuerySet[Any]:
        """What tells whether there are more, in no order."""
        return rows.order_by()[: most + 1]

    @cached_property
    def count(self) -> int:
        return min(self.counted, self.most)

    @property
    def is_open(self) -> bool:
        return self.counted > self.most


class KeysFirst(Capped):
    """The same of rows that are found sooner than read: the ids of a page come first, in the order of `rows`, and only
    these are then read from `files`. `counting`: the same rows in a form that is counted sooner."""

    def __init__(
        self,
        rows: QuerySet[Any],
        files: QuerySet[Any],
        per_page: int,
        most: int,
        counting: QuerySet[Any] | None = None,
    ):
        super().__init__(rows, per_page, most)
        self.files, self.counting = files, rows if counting is None else counting

    @cached_property
    def counted(self) -> int:
        return self.first_of(self.counting, self.most).count()

    def page(self, number: Any) -> Page[Any]:
        here = self.validate_number(number)
        rows: Any = self.object_list
        start, end = (here - 1) * self.per_page, min(here * self.per_page, self.count)
        ids = list(rows.values_list("pk", flat=True)[start:end])
        return Page(in_order(ids, self.files.filter(pk__in=ids)), here, self)


class Peek(AnyPaginator):
    """The ids of a page are found first, in the order of `rows`; only those are then read from `files`, which says
    what the viewer may see and what comes along."""

    is_open = False  # does more follow?

    def __init__(self, rows: QuerySet[Any], files: QuerySet[Any], per_page: int):
        super().__init__(rows, per_page)
        self.rows, self.files = rows, files

    def get_page(self, number: Any) -> Page[Any]:
        said = str(number)
        here = max(int(said), 1) if said.isascii() and said.isdigit() and len(said) <= DIGITS else 1
        start = (here - 1) * self.per_page
        ids = list(self.rows.select_related(None).values_list("pk", flat=True)[start : start + self.per_page + 1])
        if not ids and here > 1:
            return self.get_page(1)
        self.is_open = len(ids) > self.per_page
        self.__dict__.update(count=start + len(ids), num_pages=here + self.is_open)
        return Page(in_order(ids, self.files.filter(pk__in=ids[: self.per_page])), here, self)
