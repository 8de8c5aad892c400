"""What the parts of the product add to a file of another line: doors that lead on, the files from which it came and
that it became, and what its timeline tells of them.

The tables are filled at start, in one place (`shell/across.py`); a part asks for a kind of file and knows nobody.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from yishi.organisations.grants import Viewer

from .timeline import Event


@dataclass(frozen=True, slots=True)
class Door:
    """An act that makes something else of a file: where it is done, and what its button says."""

    url: str
    label: Any


@dataclass(frozen=True, slots=True)
class FileLink:
    """A file of another part as its counterpart shows it; without an address where the viewer does not reach it."""

    relation: Any  # that it came from there, or became this
    title: str
    on: date
    url: str = ""
    text: str = ""  # its words, where they say more than those that were carried over
    over: Any = ""  # why it leads on no longer


DOORS: dict[str, list[Callable[[Viewer, Any], list[Door]]]] = {}
LINKS: list[Callable[[Viewer, str, Any], list[FileLink]]] = []
EVENTS: dict[str, list[Callable[[Any, bool], list[Event]]]] = {}


def doors(kind: str, viewer: Viewer, file: Any) -> list[Door]:
    """The doors that are open to the viewer on a file."""
    return [door for offered in DOORS.get(kind, ()) for door in offered(viewer, file)]


def links_across(kind: str, viewer: Viewer, file: Any) -> list[FileLink]:
    """Where a file came from and what it became."""
    return [link for linked in LINKS for link in linked(viewer, kind, file)]


def events_across(kind: str, file: Any, *, to_raiser: bool = False) -> list[Event]:
    """What a file's timeline tells of what it became; `to_raiser` leaves out whatever is others' own."""
    return [event for tells in EVENTS.get(kind, ()) for event in tells(file, to_raiser)]
