"""Who imports workbooks: whoever works at a desk that keeps a register, for that desk and its place."""

from typing import Any

import rules

from yishi.organisations.grants import OVERSEEING, WORKING, Viewer
from yishi.organisations.models import Body, BodyKind
from yishi.organisations.rights import add

from .models import Import

KEEPING = OVERSEEING | {BodyKind.VILLAGE}


@rules.predicate
def may_import_somewhere(viewer: Viewer, thing: Any = None) -> bool:
    """Without a thing: at any of their desks; for a body or an import: at that desk."""
    if thing is None:
        return viewer.holds_kind(*KEEPING)
    body = thing.body if isinstance(thing, Import) else thing
    return isinstance(body, Body) and body.kind in KEEPING and viewer.holds(body.pk, *WORKING)


add("import.run", may_import_somewhere)
