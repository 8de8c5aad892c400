"""Rights are sentences: a name, and a predicate of who × when × where. Rooms declare theirs in `rules.py`.

    @predicate
    def runs_matter(viewer, matter):
        return viewer.holds(matter.convener_id) or runs_here(viewer, matter.place.lo)

    add("matter.run", runs_matter & is_open)
    add("matter.see", has_desk, reads=True)

A predicate answers with the `Grant` that gave the right; with True where a fact gives it and no grant does; else with
None or False. `a | b` answers as the first that holds, `a & b` with the first grant among them. A right changes
something unless it says `reads=True`.

Pages ask `may(name, viewer, thing)`; services ask `permit(...)`, which refuses with a plain sentence or gives the
journal's actor, by the grant that gave the right. What is done at a desk is asked `at` that desk: the right is given by
the post there, or not at all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.journal.act import Actor
from yishi.kit.errors import NotAllowed

from .grants import Grant, Viewer, system
from .models import Body

PUBLIC = "public"
SYSTEM = Grant("system")

Answer = Grant | bool | None


class Predicate:
    """A question about a viewer and a thing (see the module's text)."""

    __slots__ = ("test",)

    def __init__(self, test: Callable[..., Answer]):
        self.test = test

    def __or__(self, other: "Predicate") -> "Predicate":
        mine, theirs = self.test, other.test
        return Predicate(lambda viewer, thing=None: mine(viewer, thing) or theirs(viewer, thing))

    def __and__(self, other: "Predicate") -> "Predicate":
        mine, theirs = self.test, other.test

        def both(viewer: Viewer, thing: Any = None) -> Answer:
            first = mine(viewer, thing)
            if not first:
                return None
            second = theirs(viewer, thing)
            return first if second and isinstance(first, Grant) else second

        return Predicate(both)

    def __invert__(self) -> "Predicate":
        mine = self.test
        return Predicate(lambda viewer, thing=None: not mine(viewer, thing))


predicate = Predicate  # the decorator


@dataclass(frozen=True, slots=True)
class Right:
    """A declared right: who has it, and whether it only reads."""

    test: Callable[..., Answer]
    reads: bool


registry: dict[str, Right] = {}


def add(name: str, who: Predicate, *, reads: bool = False) -> None:
    """Declare the right `name`; once only."""
    if name in registry or name == PUBLIC:
        raise KeyError(f"The right {name} is declared twice.")
    registry[name] = Right(who.test, reads)


def is_declared(name: str) -> bool:
    """Is there a rule for this right? "public" needs none."""
    return name == PUBLIC or name in registry


def may(name: str, viewer: Viewer, thing: Any = None, *, at: Body | None = None) -> Grant | None:
    """The grant by which `viewer` may do `name` to `thing` now (at the desk `at`); None if they may not.

    A right that changes something is given by no post that only reads: it is asked as if they did not hold it.
    """
    if name == PUBLIC:
        return viewer.in_person
    if viewer.is_system:
        return SYSTEM
    right = registry[name]
    asked = viewer if right.reads else viewer.changing
    answer = right.test(asked if at is None else asked.at(at.pk), thing)
    return viewer.in_person if answer is True else answer or None


def self_or_system(name: str, actor: Viewer, thing: Any = None) -> Viewer:
    """Who does a part of an act that was permitted by another right, and whose entry names its doer: the actor where
    they hold the part's right themselves, else the platform."""
    return actor if may(name, actor, thing) else system()


def permit(
    name: str, viewer: Viewer, thing: Any = None, *, at: Body | None = None, on_behalf_of: UUID | None = None
) -> Actor:
    """The actor for the journal, or `NotAllowed`."""
    grant = may(name, viewer, thing, at=at)
    if grant is None:
        if at is not None and not viewer.holds(at.pk):
            raise NotAllowed("right.desk", _("You have no post at this desk."), details={"right": name})
        raise NotAllowed(
            "right.missing",
            _("Your posts do not allow this here. If it is your task, ask your administrator for the post."),
            details={"right": name},
        )
    return viewer.acting(grant, on_behalf_of=on_behalf_of)
