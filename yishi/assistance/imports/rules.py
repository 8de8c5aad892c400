"""Who imports workbooks: whoever works at a desk that keeps a register, for that desk and its place; those of bodies
and people the home administrator ("register.import")."""

from typing import Any

from yishi.assistance.register.rules import REGISTER_KEEPERS
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body
from yishi.organisations.rights import Answer, add, predicate
from yishi.organisations.rules import is_home_administrator

from .models import Import


@predicate
def may_import_somewhere(viewer: Viewer, thing: Any = None) -> Answer:
    """Without a thing: at any of their desks; for a body or an import: at that desk."""
    if thing is None:
        return viewer.holds_kind(*REGISTER_KEEPERS)
    body = thing.body if isinstance(thing, Import) else thing
    return viewer.holds(body.pk) if isinstance(body, Body) and body.kind in REGISTER_KEEPERS else None


@predicate
def sees_import(viewer: Viewer, thing: Any = None) -> Answer:
    """The pages of workbooks: for whoever may send one of some kind; a workbook's own for whoever may send such."""
    if isinstance(thing, Import) and thing.kind == Import.Kind.ORGANISATION:
        return is_home_administrator.test(viewer)
    return may_import_somewhere.test(viewer, thing) or (is_home_administrator.test(viewer) if thing is None else None)


add("import.run", may_import_somewhere)
add("import.see", sees_import)  # sends too; no reading post sees a workbook, which holds identity numbers in clear
