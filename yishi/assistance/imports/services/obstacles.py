"""What stands in the way of an undo: which records of an import have what upon them, by their names."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import ForeignObjectRel, Model
from django.utils.translation import gettext_lazy as _

SHOWN = 10  # records that the sentence names

# What a record is called that points at a household, a person, a body, a project, a pairing; checked by a test.
RECORDS: dict[str, Any] = {
    "assistance.acceptance": _("acceptances"),
    "assistance.allotment": _("amounts of money"),
    "assistance.changerequest": _("requests for a change"),
    "assistance.contract": _("contracts"),
    "assistance.cooperation": _("cooperations"),
    "assistance.deedbeneficiary": _("deeds"),
    "assistance.exitfollowed": _("exit assessments"),
    "assistance.exitsample": _("exit assessments"),
    "assistance.fundmovement": _("amounts of money"),
    "assistance.householdmember": _("household members"),
    "assistance.measure": _("measures"),
    "assistance.need": _("needs"),
    "assistance.offer": _("offers"),
    "assistance.pairing": _("pairings"),
    "assistance.progressreport": _("reports on progress"),
    "assistance.projecthousehold": _("households"),
    "assistance.projectphoto": _("photos"),
    "assistance.finding": _("findings of a round"),
    "assistance.resident": _("household members"),
    "assistance.selfreport": _("families' own reports"),
    "assistance.teammember": _("teams"),
    "assistance.visit": _("visits"),
    "assistance.watch": _("monitored families"),
    "assistance.watchfact": _("monitoring facts"),
    "assistance.watchsignal": _("warning signals"),
    "notices.notice": _("notices"),
    "organisations.body": _("bodies below it"),
    "organisations.installation": _("the home body"),
    "organisations.member": _("memberships"),
    "organisations.post": _("posts"),
    "organisations.querycode": _("codes handed out"),
    "organisations.term": _("terms"),
    "organisations.venueowner": _("venues"),
    "people.account": _("accounts"),
    "people.invitation": _("invitations"),
}
CHANGED = _("later changes")


def pointing_at(model: type[Model]) -> Iterator[tuple[type[Model], str]]:
    """The models with a field that points at `model`, also where it does not know of it, each with the field's name."""
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel):
            other: Any = relation.related_model
            if hasattr(relation.field, "column") and not other._meta.auto_created:
                yield other, relation.field.name


def called(model: type[Model]) -> Any:
    """What the records of a model are called, by many."""
    return RECORDS.get(model._meta.label_lower, CHANGED)


class Obstacles:
    """Collects what stands upon records, and says it as one sentence."""

    def __init__(self) -> None:
        self._upon: dict[str, Counter[str]] = defaultdict(Counter)

    def __bool__(self) -> bool:
        return bool(self._upon)

    def add(self, name: str, what: Any, count: int = 1) -> None:
        """`name`: of the record of the import; `what` stands on it."""
        self._upon[name][str(what)] += count

    def add_each(self, names: Iterable[str], what: Any) -> None:
        for name in names:
            self.add(name, what)

    def sentence(self) -> Any:
        """The sentence; None where nothing stands in the way."""
        if not self._upon:
            return None
        named = [
            f"{name}（{'、'.join(f'{what} {count}' for what, count in upon.items())}）"
            for name, upon in sorted(self._upon.items())[:SHOWN]
        ]
        text = _(
            "It cannot be undone: upon %(count)s of its records others stand by now: %(list)s. Take those back first; "
            "or leave the import and mend single records."
        )
        more = "…" if len(self._upon) > SHOWN else ""
        return text % {"count": len(self._upon), "list": "；".join(named) + more}
