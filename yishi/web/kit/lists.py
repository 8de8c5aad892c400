"""A list is declared once: its columns give the table on a desk, the cards on a phone and the workbook.

    PROMISES = DeclaredList(
        "commitments",
        _("promises"),
        [
            Column(_("promise"), cell="promise"),                        # the template draws it
            Column(_("bearer"), "bearer.name"),                          # the same on the page and in the workbook
            Column(_("place"), "place.full_name", shown="place.name"),   # said shorter on the page
            Column(_("round"), "round", page=False),                     # in the workbook only
        ],
    )

The template says where the table stands, and draws the cells that hold more than a word:

    {% list_table "commitments" page_obj as commitment %}
    {% cell "promise" %}<a href="{% url "commitment" commitment.pk %}">{{ commitment.act }}</a>{% endcell %}
    {% endlist_table %}
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import OrderBy, QuerySet, UUIDField
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import cached_property

from yishi.database.gather import Given, HowMany
from yishi.database.kept import kept_question
from yishi.database.unions import as_part, union_of
from yishi.kit.records import certain
from yishi.web.kit.exports import AT_ONCE, export, wants_export
from yishi.web.kit.peek import Capped, in_order
from yishi.web.kit.request import Request

PER_PAGE = 25
NOBODY = UUID(int=0)  # no row has this key
NO_FILTERS = {"page", "export"}
Reader = str | Callable[[Any], Any]  # "place.full_name", or a function of one row

LISTS: dict[str, "DeclaredList"] = {}


@dataclass(frozen=True, slots=True)
class Column:
    """One column. On the page stands what the template draws (`cell`), else `shown`, else `value`."""

    heading: Any
    value: Reader | None = None  # in the workbook; without it the column stands on the page only
    _: KW_ONLY
    shown: Reader | None = None
    cell: str = ""
    link: str | Callable[[Any], str] = ""  # the name of a page of the row's `pk`, or what gives a row's address
    page: bool = True
    at: int = 0  # its place in the workbook, counted from 1, where that is not its place on the page
    only: str = ""  # what the page must hold (its name there) for the column to stand on it
    css: str = ""
    is_silent: bool = False  # a column of buttons: its heading is only for those who hear the page


@dataclass(frozen=True, slots=True)
class First:
    """The first page of a list whose keys are found sooner than its rows are read: in `parts`, each by an index, and in
    `order`, which ends with the key (of several parts: names alone). `rows` gives what is read of the few that the page
    shows. `are_apart`: no row stands in two parts."""

    parts: Callable[[], Sequence[QuerySet[Any]]]
    order: tuple[str | OrderBy, ...]
    rows: Callable[[], Any]
    are_apart: bool = False

    def asked(self, per_page: int, most: int) -> dict[str, Any]:
        """The keys of the page, each with what it is sorted by, and how many rows there are (`most`: see
        `DeclaredList`)."""
        return {"rows": self.keys(0, per_page), "count": HowMany(self.counted(most))}

    def keys(self, start: int, end: int) -> QuerySet[Any, Any]:
        """The keys of the rows from `start` to `end`, each with what it is sorted by."""
        ordered, columns = [part.order_by(*self.order) for part in self.parts()], [_name(by) for by in self.order]
        firsts = ordered if len(ordered) == 1 else [as_part(part.values("pk")[:end]) for part in ordered]
        whole = union_of([first.values_list(*columns) for first in firsts], are_apart=self.are_apart)
        return whole.order_by(*self.order)[start:end]

    def counted(self, most: int) -> QuerySet[Any, Any]:
        """The keys of all, or of as many as tell that there are more than `most`."""
        counted = union_of([part.order_by().values("pk") for part in self.parts()], are_apart=self.are_apart)
        return Capped.first_of(counted, most) if most else counted


class Parted(Capped):
    """Any page of a list, found as its first one is: for lists whose parts keep to the filters of the address."""

    def __init__(self, first: First, per_page: int, most: int):
        super().__init__(first.rows().order_by(*first.order), per_page, most)
        self.first = first

    @cached_property
    def counted(self) -> int:
        return self.first.counted(self.most).count()

    def page(self, number: Any) -> "Page[Any]":
        here = self.validate_number(number)
        start, end = (here - 1) * self.per_page, min(here * self.per_page, self.count)
        keys = [row[-1] for row in self.first.keys(start, end)]
        return Page(in_order(keys, self.first.rows().filter(pk__in=keys)), here, self)


def _name(by: str | OrderBy) -> str:
    column: Any = by if isinstance(by, str) else by.expression
    name: str = column.lstrip("-") if isinstance(column, str) else column.name
    return name


class DeclaredList:
    """The columns of a list, its name in templates, its title (of the workbook and for those who hear the table).

    A list whose columns are known only when it is asked for has no name: the page hands it to the template.
    `prepare` gives some rows what all of their cells ask for, by one query; the page and the workbook call it. `most`:
    there may be so many rows that nobody counts more, and the page then says no number.
    """

    def __init__(
        self,
        name: str,
        title: Any,
        columns: Sequence[Column],
        *,
        per_page: int = PER_PAGE,
        prepare: Callable[[list[Any]], list[Any]] | None = None,
        group: Reader | None = None,
        css: str = "",
        most: int = 0,
    ):
        self.name, self.title, self.columns, self.css = name, title, tuple(columns), css
        self.per_page, self.prepare, self.group, self.most = per_page, prepare, group, most
        if name and name in LISTS:
            raise ValueError(f"two lists are called {name!r}")
        if name:
            LISTS[name] = self

    def respond(
        self,
        request: Request,
        template: str,
        rows: Any,
        *,
        filename: str = "",
        form: Any = None,
        dress: Callable[[list[Any]], Any] | None = None,
        paginator: Any = None,
        first: First | None = None,
        **context: Any,
    ) -> HttpResponse:
        """The list's answer: a page of `rows` in `template`, or all of them as a workbook where that is asked for.

        `rows` may be a function that gives them; what it asks must then hang on nothing but grants, the day
        and what the address says: for the first page, as whoever opens the list sees it, the question is kept.
        `dress` gives the rows of the page what only its cells ask for.
        """
        if wants_export(request):
            return self.workbook(request, rows() if callable(rows) else rows, filename)
        if callable(rows) and not is_filtered(request) and not request.GET.get("page"):
            page_obj = self._first_page(request, rows, first)
        else:
            rows = rows() if callable(rows) else rows
            page_obj = (paginator or self._paginator(rows)).get_page(request.GET.get("page"))
        shown = list(page_obj.object_list)
        page_obj.object_list = self.prepare(shown) if self.prepare else shown
        if dress:
            dress(page_obj.object_list)
        context = {"form": form, "page_obj": page_obj, "is_filtered": is_filtered(request), **context}
        return render(request, template, context)

    def respond_in_parts(
        self, request: Request, template: str, first: First, *, filename: str = "", **context: Any
    ) -> HttpResponse:
        """The same of a list whose parts keep to what the address says: each page is found as the first one is."""
        keys = union_of([part.order_by().values("pk") for part in first.parts()], are_apart=first.are_apart)
        rows, paginator = (
            first.rows().filter(pk__in=keys).order_by(*first.order),
            Parted(first, self.per_page, self.most),
        )
        return self.respond(request, template, rows, filename=filename, paginator=paginator, **context)

    def _paginator(self, rows: Any) -> Any:
        return Capped(rows, self.per_page, self.most) if self.most else Paginator(rows, self.per_page)

    def _first_page(self, request: Request, rows: Callable[[], Any], first: First | None) -> "Page[Any]":
        def asked() -> dict[str, Any]:
            if first:
                return first.asked(self.per_page, self.most)
            whole = rows()
            counted = Capped.first_of(whole, self.most) if self.most else whole
            return {"rows": whole[: self.per_page], "count": HowMany(counted)}

        answer = kept_question(("list", self.name), (request.path, request.viewer.key), asked).answer()
        shown = answer["rows"]
        if first:
            shown = self._of_keys([row[-1] for row in shown], first)
        paginator = self._paginator(shown)
        paginator.__dict__["counted" if self.most else "count"] = answer["count"]  # of all pages
        return Page(shown, 1, paginator)

    def _of_keys(self, keys: list[Any], first: First) -> list[Any]:
        """The rows of these keys, at most a page of them, by a question that is the same for everybody."""
        names = [f"key_{number}" for number in range(self.per_page)]

        def asked() -> dict[str, Any]:
            return {"rows": first.rows().filter(pk__in=[Given(name, UUIDField()) for name in names])}

        question = kept_question(("list by keys", self.name), None, asked, is_reached=False)
        filled = [*keys, *[NOBODY] * (self.per_page - len(keys))]
        return in_order(keys, question.answer(**dict(zip(names, filled, strict=True)))["rows"])

    def workbook(
        self, request: Request, rows: Iterable[Any], filename: str = "", shown: Mapping[str, Any] | None = None
    ) -> HttpResponse:
        """`rows` as .xlsx. `shown`: the page's own names; a column that asks for one (`only`) needs it here too."""
        columns = [
            (column.heading, reader(column.value))
            for column in self.in_workbook()
            if column.value is not None and (shown is None or not column.only or shown.get(column.only))
        ]
        return export(request, filename or str(self.title), columns, self._prepared(rows) if self.prepare else rows)

    def in_workbook(self) -> list[Column]:
        """The columns that have a value, each at its place."""
        valued = [column for column in self.columns if column.value is not None]
        columns = [column for column in valued if not column.at]
        for column in sorted(valued, key=lambda column: column.at):
            if column.at:
                columns.insert(column.at - 1, column)
        return columns

    def _prepared(self, rows: Iterable[Any]) -> Iterator[Any]:
        rest = iter(rows.iterator(chunk_size=AT_ONCE) if isinstance(rows, QuerySet) else rows)
        while some := list(islice(rest, AT_ONCE)):
            yield from certain(self.prepare)(some)


def file_response(
    request: Request, template: str, context: Mapping[str, Any], sections: Mapping["DeclaredList", Iterable[Any]]
) -> HttpResponse:
    """The page of a file. Its tables are declared lists: `sections` has, for each, all the rows that the page draws
    of it for this viewer, also those of its next pages.

    `?export=NAME` gives the section NAME as a workbook: the columns that this viewer may have, and no other row.
    """
    asked = request.GET.get("export", "")
    for declared, rows in sections.items():
        if declared.name and declared.name == asked:
            return declared.workbook(request, rows, shown=context)
    return render(request, template, dict(context))


def is_filtered(request: Request) -> bool:
    """Does the address narrow the list?"""
    return any(value for key, value in request.GET.items() if key not in NO_FILTERS)


def local_day(path: str) -> Callable[[Any], Any]:
    """The day, where we are, of a moment of the row."""
    read = reader(path)
    return lambda row: timezone.localtime(moment).date() if (moment := read(row)) else None


def reader(source: Reader) -> Callable[[Any], Any]:
    """The function that reads "place.full_name" of a row; where something on the way is nothing, so is the answer."""
    if callable(source):
        return source
    steps = source.split(".")

    def read(row: Any) -> Any:
        for step in steps:
            if row is None:
                return None
            row = row[step] if isinstance(row, Mapping) else getattr(row, step)
            if callable(row):
                row = row()
        return row

    return read
