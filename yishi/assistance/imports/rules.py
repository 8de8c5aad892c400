"""Who imports workbooks: whoever works at a desk that keeps a register, for that desk and its place; those of bodies
and people the home administrator ("register.import")."""

from typing import Any

import rules

from yishi.organisations.grants import OVERSEEING, WORKING, Viewer
from yishi.organisations.models import Body, BodyKind
from yishi.organisations.rights import add
from yishi.organisations.rules import is_home_administrator

from .models import Import

KEEPING = OVERSEEING | {BodyKind.VILLAGE}


@rules.predicate
def may_import_somewhere(viewer: Viewer, thing: Any = None) -> bool:
    """Without a thing: at any of their desks; for a body or an import: at that desk."""
    if thing is None:
        return viewer.holds_kind(*KEEPING)
    body = thing.body if isinstance(thing, Import) else thing
    return isinstance(body, Body) and body.kind in KEEPING and viewer.holds(body.pk, *WORKING)


@rules.predicate
def sees_import(viewer: Viewer, thing: Any = None) -> bool:
    """The pages of workbooks: for whoever may send one of some kind; a workbook's own for whoever may send such."""
    if isinstance(thing, Import) and thing.kind == Import.Kind.ORGANISATION:
        return is_home_administrator.test(viewer)
    return may_import_somewhere.test(viewer, thing) or (thing is None and is_home_administrator.test(viewer))


add("import.run", may_import_somewhere)
add("import.see", sees_import)
