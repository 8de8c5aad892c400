"""Who imports workbooks: whoever works at a desk that keeps a register, for that desk and its place."""

from typing import Any

from yishi.organisations.grants import OVERSEEING, Viewer
from yishi.organisations.models import Body, BodyKind
from yishi.organisations.rights import Answer, add, predicate

from .models import Import

KEEPING = OVERSEEING | {BodyKind.VILLAGE}


@predicate
def may_import_somewhere(viewer: Viewer, thing: Any = None) -> Answer:
    """Without a thing: at any of their desks; for a body or an import: at that desk."""
    if thing is None:
        return viewer.holds_kind(*KEEPING)
    body = thing.body if isinstance(thing, Import) else thing
    return viewer.holds(body.pk) if isinstance(body, Body) and body.kind in KEEPING else None


add("import.run", may_import_somewhere)
