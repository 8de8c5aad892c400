"""What the acts of deeds are called, and what their files are."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from yishi.assistance.deeds.models import Activity, Deed, PossibleDuplicate, Unitemised, VolunteerTeam
from yishi.assistance.deeds.reads import both_seen_q
from yishi.journal.models import Entry
from yishi.web.kit.titles import Kind, Names, Title


def _answer(entry: Entry | None, _names: Names) -> Any:
    if entry is None:
        return _("The family answered")
    if entry.data.get("again"):
        return _("The family corrects itself: yes") if entry.data.get("yes") else _("The family corrects itself: no")
    return _("The family confirms it") if entry.data.get("yes") else _("The family says it was not so")


def _count(entry: Entry | None, _names: Names) -> Any:
    return _("Counts no longer") if entry and entry.reverses_id else _("Counts in the figures")


TITLES: dict[str, Title] = {
    "assistance.activity.open": _("Activity opened"),
    "assistance.activity.record": _("Deeds of the activity recorded"),
    "assistance.deed.answer": _answer,
    "assistance.deed.claim": _("A role was claimed"),
    "assistance.deed.claim_instead": _("Claimed in place of the one named"),
    "assistance.deed.code": _("Confirmation code given to the family"),
    "assistance.deed.confirm": _("Confirmed by the member"),
    "assistance.deed.correct": _("Corrected"),
    "assistance.deed.count": _count,
    "assistance.deed.disown": _("A member says: it was not I"),
    "assistance.deed.prove": _("Evidence added"),
    "assistance.deed.record": _("Recorded"),
    "assistance.deed.uphold": _("Looked into: it stands"),
    "assistance.deed.withdraw": _("Withdrawn"),
    "assistance.duplicate.decide": _("Decided: a possible duplicate"),
    "assistance.duplicate.take_back": _("Ruling on two deeds taken back"),
    "assistance.unitemised.report": _("Number without deeds reported"),
    "assistance.unitemised.withdraw": _("Number without deeds withdrawn"),
    "assistance.volunteers.disband": _("Volunteer team disbanded"),
    "assistance.volunteers.form": _("Volunteer team formed"),
    "assistance.volunteers.join": _("Joined the volunteer team"),
    "assistance.volunteers.leave": _("Left the volunteer team"),
    "assistance.activity.take_back": _("Activity taken back: entered by mistake"),
}
KINDS: dict[str, Kind] = {
    "volunteers": Kind(_("Volunteer team"), "volunteer_team", VolunteerTeam.objects.all, ("name",)),
    "activity": Kind(_("Activity"), "activity", Activity.every.all, ("title",)),
    "deed": Kind(_("Deed"), "deed", Deed.objects.all, ("number", "version__name")),
    "duplicate": Kind(
        _("Possible duplicate"),
        "duplicate",
        lambda: PossibleDuplicate.objects.filter(both_seen_q()),
        ("earlier__number", "later__number"),
    ),
    "unitemised": Kind(_("Number without deeds"), "unitemised", Unitemised.objects.all, ("body__name",), key=""),
}
