"""What happened, and to what, in words: titles of the journal's entries, names and addresses of their subjects.

An entry holds codes and ids, no sentence and no name. Each part of the product says in its `titles.py` what its acts
are called (`TITLES`) and what its kinds of files are (`KINDS`); `shell/titles.py` puts them together at start.
Timelines, traces, notices and lists of entries all ask here, so that an act is called the same everywhere.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet, TextField, UUIDField, Value
from django.db.models.functions import Cast, Concat
from django.urls import NoReverseMatch, reverse

from yishi.database.unions import union_of
from yishi.journal.models import Entry

Names = Mapping[UUID, str]  # of the people whom an entry's data name, as far as the viewer may read them
Title = Any  # a sentence (lazy), or a function `(entry, names)` that makes one


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that entries are about: what it is called, which records the viewer may read, their page.

    `title` names the columns that say which one it is, `key` the one that stands in the page's address (that of the
    file on whose page it stands); without a key the page is that of them all. A kind without `records` is one thing
    alone, such as the installation.
    """

    label: Any
    page: str
    records: Callable[[], QuerySet[Any]] | None = None
    title: tuple[str, ...] = ()
    key: str = "pk"


@dataclass(frozen=True, slots=True)
class Subject:
    """What an entry is about. `title` and `url` are empty where the viewer may not open it, or it is gone."""

    label: Any
    title: str = ""
    url: str = ""


TITLES: dict[str, Title] = {}  # code of an act or entry → what happened
KINDS: dict[str, Kind] = {}  # `Entry.subject_kind` → what it was done to


def title_of(entry: Entry, names: Names | None = None) -> str:
    """What happened, as a heading that stands beside the name of its subject; the bare code where no part knows it."""
    return act_title(entry.code, entry, names)


def act_title(code: str, entry: Entry | None = None, names: Names | None = None) -> str:
    """The same for the code of an act, with the entry that tells it if there is one."""
    title = TITLES.get(code, code)
    return str(title(entry, names or {}) if callable(title) else title)


def by_name(named: Any, plainly: Any, key: str = "member") -> Callable[[Entry | None, Names], Any]:
    """A title that names the person in `entry.data[key]` where the name is known: "%(name)s joined"."""

    def title(entry: Entry | None, names: Names) -> Any:
        person = entry.data.get(key) if entry else None
        name = names.get(UUID(person), "") if person else ""
        return named % {"name": name} if name else plainly

    return title


def kind_of(entry: Entry) -> str:
    """What kind of file it is about, without asking which one."""
    kind = KINDS.get(entry.subject_kind)
    return str(kind.label) if kind else entry.subject_kind


def subject_of(entry: Entry) -> Subject:
    """To what it happened, within the viewer's reach. For a list of entries ask `subjects_of`."""
    return subjects_of([entry])[entry.subject_kind, entry.subject_id]


def subjects_of(entries: Iterable[Entry]) -> dict[tuple[str, UUID], Subject]:
    """The subject of each entry by its kind and id, by one query for all."""
    return named((entry.subject_kind, entry.subject_id) for entry in entries)


def named(subjects: Iterable[tuple[str, UUID]]) -> dict[tuple[str, UUID], Subject]:
    """The same for pairs of kind and id, wherever they come from."""
    wanted: dict[str, set[UUID]] = {}
    for name, key in subjects:
        wanted.setdefault(name, set()).add(key)
    asked = [_asked(name, KINDS[name], keys) for name, keys in wanted.items() if name in KINDS and KINDS[name].records]
    records = union_of(asked, are_apart=True) if asked else []
    known = {(name, key): (title, page_key) for name, key, title, page_key in records}
    pairs = [(name, key) for name, keys in wanted.items() for key in keys]
    return {(name, key): _subject(name, known.get((name, key))) for name, key in pairs}


def _asked(name: str, kind: Kind, keys: set[UUID]) -> QuerySet[Any, Any]:
    """(kind, id, title, key of the page) of those records that the viewer may read."""
    assert kind.records is not None
    parts: list[Any] = []
    for column in kind.title:
        parts += [Value(" · "), Cast(F(column), TextField())]
    records = kind.records().filter(pk__in=keys).order_by()
    columns = {
        "its_kind": Value(name, TextField()),
        "its_title": Concat(*parts, Value(""), output_field=TextField()),
        "its_key": Cast(F(kind.key or "pk"), UUIDField()),
    }
    named: QuerySet[Any, Any] = records.annotate(**columns).values_list("its_kind", "pk", "its_title", "its_key")
    return named


def _subject(name: str, known: tuple[str, UUID] | None) -> Subject:
    kind = KINDS.get(name)
    if kind is None:
        return Subject(name)
    if kind.records is None:
        return Subject(kind.label, url=address(kind.page))
    if known is None:
        return Subject(kind.label)
    title, key = known
    return Subject(kind.label, title.strip(" ·"), address(kind.page, *([key] if kind.key else [])))


def page_of(name: str, key: UUID) -> str:
    """The address of a subject that has a page of its own, or stands on one with all its kind; it asks for nothing."""
    kind = KINDS.get(name)
    if kind is None or kind.key not in ("", "pk"):
        return ""
    return address(kind.page, *([key] if kind.records and kind.key else []))


def address(page: str, *arguments: Any) -> str:
    """The address of a page; nothing where this installation does not have it."""
    try:
        return reverse(page, args=arguments or None)
    except NoReverseMatch:
        return ""


def fill(titles: Iterable[Mapping[str, Title]], kinds: Iterable[Mapping[str, Kind]]) -> None:
    """Put the parts' tables together. Two parts that name the same code or kind are a mistake."""
    tables: list[tuple[dict[str, Any], Iterable[Mapping[str, Any]]]] = [(TITLES, titles), (KINDS, kinds)]
    for table, additions in tables:
        table.clear()
        for addition in additions:
            twice = table.keys() & addition.keys()
            if twice:
                raise ValueError(f"named by two parts: {sorted(twice)}")
            table.update(addition)
