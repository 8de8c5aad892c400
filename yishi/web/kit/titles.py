"""What happened, and to what, in words: titles of the journal's entries, names and addresses of their subjects.

An entry holds codes and ids, no sentence and no name. Each part of the product says in its `titles.py` what its acts
are called (`TITLES`) and what its kinds of files are (`KINDS`); `shell/titles.py` puts them together at start.
Timelines, traces, notices and lists of entries all ask here, so that an act is called the same everywhere.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse

from yishi.database.gather import gather
from yishi.journal.models import Entry

Title = Any  # a sentence (lazy), or a function that makes one of the entry


def _key(record: Any) -> tuple[Any, ...]:
    return (record.pk,)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that entries are about: what it is called, which records the viewer may read, their page.

    A kind without `records` has no record of its own to be named (the installation, the list of all places): its page
    takes no argument. `key` gives the arguments of the page's address, for records that stand on another one's page.
    """

    label: Any
    page: str  # the name of an address
    records: Callable[[], QuerySet[Any]] | None = None
    title: Callable[[Any], Any] = str
    key: Callable[[Any], tuple[Any, ...]] = _key


@dataclass(frozen=True, slots=True)
class Subject:
    """What an entry is about. `title` and `url` are empty where the viewer may not open it, or it is gone."""

    label: Any
    title: str = ""
    url: str = ""


TITLES: dict[str, Title] = {}  # code of an act or entry → what happened
KINDS: dict[str, Kind] = {}  # `Entry.subject_kind` → what it was done to


def title_of(entry: Entry) -> str:
    """What happened, as a heading that stands beside the name of its subject; the bare code where no part knows it."""
    title = TITLES.get(entry.code, entry.code)
    return str(title(entry) if callable(title) else title)


def subject_of(entry: Entry) -> Subject:
    """To what it happened, within the viewer's reach. For a list of entries ask `subjects_of`."""
    return subjects_of([entry])[entry.subject_kind, entry.subject_id]


def subjects_of(entries: Iterable[Entry]) -> dict[tuple[str, UUID], Subject]:
    """The subject of each entry by its kind and id, by one query for all."""
    return named((entry.subject_kind, entry.subject_id) for entry in entries)


def named(subjects: Iterable[tuple[str, UUID]]) -> dict[tuple[str, UUID], Subject]:
    """The same for pairs of kind and id, wherever they come from."""
    wanted: dict[str, set[UUID]] = {}
    for kind, key in subjects:
        wanted.setdefault(kind, set()).add(key)
    asked = {
        name: kind.records().filter(pk__in=wanted[name])
        for name, kind in KINDS.items()
        if name in wanted and kind.records is not None
    }
    records = {name: {record.pk: record for record in found} for name, found in gather(**asked).items()}
    pairs = [(name, key) for name, keys in wanted.items() for key in keys]
    return {(name, key): _subject(name, records.get(name, {}).get(key)) for name, key in pairs}


def _subject(name: str, record: Any) -> Subject:
    kind = KINDS.get(name)
    if kind is None:
        return Subject(name)
    if kind.records is None:
        return Subject(kind.label, url=address(kind.page))
    if record is None:
        return Subject(kind.label)
    return Subject(kind.label, str(kind.title(record)), address(kind.page, *kind.key(record)))


def address(page: str, *arguments: Any) -> str:
    """The address of a page; nothing where this installation does not have it."""
    try:
        return reverse(page, args=arguments or None)
    except NoReverseMatch:
        return ""


def fill(titles: Iterable[Mapping[str, Title]], kinds: Iterable[Mapping[str, Kind]]) -> None:
    """Put the parts' tables together. Two parts that name the same code or kind are a mistake."""
    for table, additions in ((TITLES, titles), (KINDS, kinds)):
        table.clear()
        for addition in additions:
            twice = table.keys() & addition.keys()
            if twice:
                raise ValueError(f"named by two parts: {sorted(twice)}")
            table.update(addition)  # type: ignore[arg-type]
