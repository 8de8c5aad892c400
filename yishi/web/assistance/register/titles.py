"""What the acts of the register of families are called, and what its files are."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from yishi.assistance.register.models import ChangeRequest, Household
from yishi.journal.models import Entry
from yishi.web.kit.titles import Kind, Names, Title, by_name


def _year(entry: Entry | None, _names: Names) -> Any:
    year = entry.data.get("year") if entry else None
    return _("Year %(year)s filled in") % {"year": year} if year else _("A year was filled in")


TITLES: dict[str, Title] = {
    "assistance.change.approve": _("A change was approved"),
    "assistance.change.ask": _("A change was asked for"),
    "assistance.change.refuse": _("A change was refused"),
    "assistance.change.withdraw": _("A request was withdrawn"),
    "assistance.family.code": _("Query code given to the family"),
    "assistance.household.change": _("Record corrected"),
    "assistance.household.end": _("Left the register"),
    "assistance.household.fill": _year,
    "assistance.household.head": by_name(_("%(name)s became head"), _("The head of the family changed")),
    "assistance.household.register": _("Registered"),
    "assistance.household.register_many": _("Households registered together"),
    "assistance.household.relocate": _("Lives elsewhere"),
    "assistance.register.count": _("Figures of the register brought up to date"),
    "assistance.household.step_back": _("Leaving or split taken back"),
    "assistance.household.split": _("Split: some members form a household of their own"),
    "assistance.identity.open": by_name(_("Number of %(name)s opened in full"), _("A number was opened in full")),
    "assistance.member.change": by_name(_("Record of %(name)s corrected"), _("The record of a person was corrected")),
    "assistance.member.join": by_name(_("%(name)s joined"), _("A person joined the family")),
    "assistance.member.leave": by_name(_("%(name)s left"), _("A person left the family")),
    "assistance.register.key_add": _("New key of the register"),
    "assistance.register.key_retire": _("Old key of the register retired"),
    "assistance.register.reseal": _("Register sealed under the new key"),
}
KINDS: dict[str, Kind] = {
    "change_request": Kind(_("Change asked for"), "change_request", ChangeRequest.objects.all, ("place__name",)),
    "household": Kind(_("Family"), "household", Household.objects.all, ("head__name", "number")),
    "register_keys": Kind(_("Keys of the register"), "administration"),
}
