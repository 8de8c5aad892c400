"""Rights are sentences: a name, and a predicate of who × when × where. Rooms declare theirs in `rules.py`.

    add("worry.screen", sits_at_its_desk & is_open)

Pages ask `may(name, viewer, thing)`; services ask `permit(...)`, which refuses with a plain sentence or gives the
journal's actor, with the grant that gave the right.
"""

from typing import Any
from uuid import UUID

import rules
from django.utils.translation import gettext_lazy as _

from yishi.journal.act import Actor
from yishi.kit.errors import NotAllowed

from .grants import Viewer

PUBLIC = "public"

registry = rules.RuleSet()


def add(name: str, predicate: Any) -> None:
    """Declare the right `name`; once only."""
    registry.add_rule(name, predicate)


def is_declared(name: str) -> bool:
    return name == PUBLIC or name in registry


def may(name: str, viewer: Viewer, thing: Any = None) -> bool:
    """May `viewer` do `name` to `thing` now?"""
    if name == PUBLIC:
        return True
    viewer.forget_grant()
    return viewer.is_system or bool(registry.test_rule(name, viewer, thing))


def permit(name: str, viewer: Viewer, thing: Any = None, *, on_behalf_of: UUID | None = None) -> Actor:
    """The actor for the journal, or `NotAllowed`."""
    if not may(name, viewer, thing):
        raise NotAllowed(
            "right.missing",
            _("Your posts do not allow this here. If it is your task, ask your administrator for the post."),
            details={"right": name},
        )
    return viewer.acting(on_behalf_of=on_behalf_of)
